//! What the nameservers said, and what it comes to.

use crate::report::{Outcome, ZoneReport};
use crate::verdict::{Judgement, Nameserver};

/// Everything that asking came to.
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
}
