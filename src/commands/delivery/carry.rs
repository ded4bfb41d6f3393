//! One zone on its way: written, read back, proved.

use std::num::NonZeroUsize;
use std::sync::Arc;

use super::apart::apart;
use super::{Delivery, Work, planned};
use crate::commands::aftermath::{leftovers, outcome};
use crate::commands::departures::{departures, listed, unlisted};
use crate::commands::strangers::strangers;
use crate::plan::State;
use crate::report::{Outcome, ZoneReport};
use crate::rollout::journal::{Event, Journal};
use crate::rollout::{self, Contacts, Follower, ParentSet, Stop, Target};
use crate::zone::{Finding, Name, Severity, Zone};

/// What came of one zone.
pub(super) struct Done {
    pub(super) zone: ZoneReport,
    pub(super) outcome: Outcome,
    /// Whether any provider may hold something new.
    pub(super) touched: bool,
    /// Whether nameservers did not answer from what their provider holds.
    pub(super) disproved: bool,
    /// Whether everything was made, and nothing speaks against it.
    pub(super) is_whole: bool,
}

impl Delivery<'_> {
    pub(super) async fn carry_out(
        &self,
        work: Work<'_>,
        is_told: bool,
        contacts: &mut Contacts,
        stop: &Arc<Stop>,
        journal: &Journal<'_>,
    ) -> Done {
        let Self {
            session,
            writing,
            console,
            ..
        } = *self;
        let mut zone = planned(&work);
        if is_told {
            zone.findings.clear();
        }
        let is_of_a_file = work.file.is_some();
        let Work {
            origin,
            surveyed,
            prover,
            ..
        } = work;
        // Where nothing changes there is nothing to wait for, unless somebody says so.
        let is_idle = surveyed
            .iter()
            .all(|one| one.base.is_some() && one.plan.is_same() && one.unserved.is_none())
            && writing.settle.is_none();
        let settle = writing.settle.or(session.project.policy.settle);
        let settles = surveyed
            .iter()
            .map(|one| (one.account.id.clone(), one.capabilities.settle))
            .collect();
        let unlisted = unlisted(&surveyed);
        let (mut targets, mut followers) = (Vec::new(), Vec::new());
        for one in surveyed {
            let Some(provider) = one.provider else {
                continue;
            };
            let id = one.account.id.clone();
            match one.plan.state {
                State::Known { waves, .. } => targets.push(Target {
                    id,
                    provider,
                    desired: one.desired,
                    rules: one.rules,
                    detects_conflict: one.capabilities.detects_conflict,
                    batch: one.account.batch.map(NonZeroUsize::get),
                    base: one.base,
                    waves,
                    publish: one.unserved.is_some(),
                }),
                State::Follows { from } => followers.push(Follower {
                    id,
                    provider,
                    zone: origin.clone(),
                    from,
                }),
                State::Unknown { .. } => {}
            }
        }
        let prover = prover.settling(settles, settle).stopping(stop);
        let progress = console.progress(&format!("{origin}: writing"));
        let options = rollout::Options {
            canary: session.project.policy.canary.as_deref(),
            all_at_once: writing.all_at_once,
            followers: &followers,
            stop,
            journal,
            progress: &|id, words| progress.say(format!("{origin}: {id}: {words}")),
        };
        let rollout = rollout::run(&mut targets, &options, &prover).await;
        drop(progress);
        for (target, result) in targets.iter().zip(&rollout.results) {
            let is_written = result.applied > 0 || result.error.is_none() && result.touched;
            // Not before: who was only refused, or never reached, is still met for the first time next time.
            if (is_written || target.waves.is_empty())
                && let Err(error) =
                    contacts.remember(&target.id, &origin, &prover.nameservers_of(&target.id))
            {
                let finding = Finding::new("RUN05", Severity::Warning, format!("{error:#}"))
                    .provider(&target.id);
                zone.findings.push((&finding).into());
            }
            if let Some(provider) = zone
                .providers
                .iter_mut()
                .find(|provider| provider.id == target.id)
            {
                provider.applied = result.applied;
                provider.error = result.error.as_ref().map(Into::into);
            }
        }
        if rollout.is_complete() {
            let names: Vec<Name> = targets
                .iter()
                .flat_map(|target| listed(&target.desired))
                .collect();
            let parent = prover
                .parent()
                .map(|parent| (parent.names(), parent.ns.ttl));
            let parent = parent
                .as_ref()
                .map(|(names, ttl)| ParentSet { names, ttl: *ttl });
            let known = departures(contacts, &origin);
            if let Err(error) = contacts.relisted(&origin, &names, &unlisted, parent) {
                let finding = Finding::new("RUN05", Severity::Warning, format!("{error:#}"));
                zone.findings.push((&finding).into());
            }
            let mut departing = departures(contacts, &origin);
            // Said once more, and then forgotten.
            departing.extend(known.into_iter().filter(|finding| finding.code == "RUN17"));
            zone.findings.extend(departing.iter().map(Into::into));
        }
        let followed = followers.iter().filter_map(|follower| {
            let mut primaries = targets
                .iter()
                .filter(|target| follower.from.contains(&target.id));
            Some((&*follower.id, &*primaries.next()?.desired))
        });
        let expected: Vec<(&str, &Zone)> = targets
            .iter()
            .map(|target| (&*target.id, &*target.desired))
            .chain(followed)
            .collect();
        let served = prover
            .prove_each(&expected, is_idle || !rollout.is_complete())
            .await;
        // What cannot be noted is told in the end.
        let _ = journal.append(Event::Proof(served.proof(&origin)));
        let proof = served.fill(&mut zone);
        prover.place(&mut zone);
        let left = leftovers(&rollout, &targets, &followers);
        let others = strangers(&rollout, &targets, journal.number());
        zone.findings
            .extend(left.iter().chain(&others).map(Into::into));
        let apart = (!is_of_a_file).then(|| apart(session, &origin, &targets));
        let apart = apart.flatten();
        zone.findings.extend(apart.iter().map(Into::into));
        let differs = served.judgement.differs();
        let disproved = rollout.is_disproved() || rollout.is_complete() && differs;
        Done {
            zone,
            outcome: match outcome(&rollout, proof, differs) {
                Outcome::Same if apart.is_some() => Outcome::Differs,
                outcome => outcome,
            },
            touched: rollout.touched(),
            disproved,
            is_whole: rollout.is_complete() && !(disproved && rollout.touched()),
        }
    }
}
