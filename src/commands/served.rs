//! What the nameservers said, and what it comes to.

use crate::report::{Outcome, ZoneReport};
use crate::rollout::journal::{Answered, Proof};
use crate::verdict::{Judgement, Nameserver, Verdict};
use crate::zone::Name;

/// Everything that asking came to.
#[derive(Default)]
pub(super) struct Served {
    pub(super) nameservers: Vec<Nameserver>,
    pub(super) judgement: Judgement,
    /// What comparing the delegation came to.
    pub(super) delegation: Outcome,
}

impl Served {
    /// Puts it into the zone's report, and says what it comes to. Could not verify is never [`Outcome::Same`].
    pub(super) fn fill(&self, zone: &mut ZoneReport) -> Outcome {
        let judgement = &self.judgement;
        zone.judged(&self.nameservers, judgement);
        let mut outcomes = vec![self.delegation];
        if judgement.differs() {
            outcomes.push(Outcome::Differs);
        }
        if judgement.is_trouble() || judgement.is_unverified() {
            outcomes.push(Outcome::Trouble);
        }
        Outcome::worst(outcomes)
    }

    /// Takes in what other servers said to other questions.
    pub(super) fn add(&mut self, other: Self) {
        let offset = self.nameservers.len();
        let shift = |servers: &mut Vec<usize>| servers.iter_mut().for_each(|own| *own += offset);
        self.nameservers.extend(other.nameservers);
        self.delegation = Outcome::worst([self.delegation, other.delegation]);
        let (own, other) = (&mut self.judgement, other.judgement);
        for mut difference in other.differences {
            for group in &mut difference.answers {
                shift(&mut group.nameservers);
            }
            own.differences.push(difference);
        }
        for mut notice in other.notices {
            shift(&mut notice.nameservers);
            own.notices.push(notice);
        }
        own.agreement.questions += other.agreement.questions;
        own.agreement.agree += other.agreement.agree;
        own.agreement.differ += other.agreement.differ;
        own.agreement.unverified += other.agreement.unverified;
        own.nameservers.extend(other.nameservers);
        own.unverified_providers.extend(other.unverified_providers);
    }

    /// The same for the journal.
    pub(super) fn proof(&self, zone: &Name) -> Proof {
        let counts = self.judgement.agreement;
        let mut wrong = vec![(0, 0); self.nameservers.len()];
        for group in self
            .judgement
            .differences
            .iter()
            .flat_map(|one| &one.answers)
        {
            for &server in &group.nameservers {
                match (group.verdict, wrong.get_mut(server)) {
                    (Verdict::Agree, _) | (_, None) => {}
                    (Verdict::Unverified, Some((_, unverified))) => *unverified += 1,
                    (_, Some((differ, _))) => *differ += 1,
                }
            }
        }
        let answered = |(index, server): (usize, &Nameserver)| {
            let own = self
                .judgement
                .nameservers
                .get(index)
                .cloned()
                .unwrap_or_default();
            let (differ, unverified) = wrong[index];
            Answered {
                name: server.name.to_string(),
                address: server.address.to_string(),
                provider: server.provider.clone(),
                asked: own.asked,
                answered: own.answered,
                agree: own.asked.saturating_sub(differ + unverified),
                differ,
                serial: own.serial,
            }
        };
        Proof {
            zone: zone.to_string(),
            questions: counts.questions,
            agree: counts.agree,
            differ: counts.differ,
            unverified: counts.unverified,
            nameservers: self.nameservers.iter().enumerate().map(answered).collect(),
        }
    }
}
