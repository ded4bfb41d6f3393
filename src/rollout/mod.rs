//! Telling them: one provider first, proof, then the others, and the apex NS set last.
//!
//! A rollout has two waves. In the first, every provider gets everything but the apex NS set: the canary alone, and
//! the rest together once the canary's nameservers have been seen to answer as planned. In the second, which begins
//! when the nameservers of every provider were seen to, all of them get the apex NS set. Providers whose data arrive by
//! zone transfer are told after each wave, and are proved before the second one too. Whatever fails stops what was
//! not yet begun, and nothing is ever taken back silently: the result says for each provider how much of its plan is
//! made.

mod contacts;
mod departure;
mod follow;
mod inverse;
pub mod journal;
mod lock;
mod met;
mod write;

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::watch;

pub use contacts::Contacts;
pub use departure::{Departure, ParentSet};
pub use follow::{Followed, Follower};
pub use inverse::{Inverse, inverse};
pub use lock::{Lock, Taken};

use journal::{Journal, Wave};

use crate::plan::{DiffRules, Waves};
use crate::provider::{Provider, ProviderError, Snapshot};
use crate::zone::{RecordKey, Zone, ZoneBuilder};

/// One provider, and what is planned for it.
pub struct Target {
    /// Account id.
    pub id: String,
    /// The provider.
    pub provider: Arc<dyn Provider>,
    /// What it shall hold in the end: the zone file, with the exceptions declared for it.
    pub desired: Arc<Zone>,
    /// What it lets be planned.
    pub rules: DiffRules,
    /// Whether its API refuses a base that moved; where it does not, it is read once more before it is written.
    pub detects_conflict: bool,
    /// The most changes in one call, where that is less than the adapter's own best; never zero.
    pub batch: Option<usize>,
    /// What it held when it was planned; `None` where it lacks the zone, which is then created first.
    pub base: Option<Snapshot>,
    /// What is planned.
    pub waves: Waves,
    /// Whether it may not serve what an earlier run wrote, and is told to where nothing else is written.
    pub publish: bool,
}

impl Target {
    /// Whether there is anything to do in the first wave.
    fn has_work(&self) -> bool {
        self.base.is_none() || self.publish || !self.waves.body.is_empty()
    }
}

/// What came of one target.
#[derive(Debug, Default)]
pub struct Result {
    /// Changes made for certain.
    pub applied: usize,
    /// Whether writing began, so that the provider may hold something new.
    pub touched: bool,
    /// Why it stopped.
    pub error: Option<ProviderError>,
    /// Whether it was left between two calls, since somebody asked to stop.
    pub stopped: bool,
    /// Record sets that somebody else changed while it was written, and that are no part of its plan.
    pub foreign: Vec<RecordKey>,
    /// Record sets that were written while somebody else wrote to the zone: what they set there is overwritten.
    pub contested: Vec<RecordKey>,
    /// Whether its nameservers were not seen to answer from what it holds.
    pub unproved: bool,
}

impl Result {
    /// Whether nothing speaks against going on.
    fn is_well(&self) -> bool {
        self.error.is_none() && !self.stopped && !self.unproved
    }
}

/// What came of the rollout.
#[derive(Debug)]
pub struct Rollout {
    /// One entry a target, in the order they were given.
    pub results: Vec<Result>,
    /// One entry a follower, in the order they were given.
    pub followers: Vec<Followed>,
    /// Whether somebody asked to stop before it was complete.
    pub interrupted: bool,
}

impl Rollout {
    /// Whether every target has all of its plan and was proved on the way.
    pub fn is_complete(&self) -> bool {
        !self.interrupted
            && self.results.iter().all(Result::is_well)
            && self.followers.iter().all(|result| !result.unproved)
    }

    /// Whether the nameservers of some provider were not seen to answer from what it holds.
    pub fn is_disproved(&self) -> bool {
        self.results.iter().any(|result| result.unproved)
            || self.followers.iter().any(|result| result.unproved)
    }

    /// Whether any provider may hold something new.
    pub fn touched(&self) -> bool {
        self.results.iter().any(|result| result.touched)
    }
}

/// Asks a provider's nameservers whether they answer as planned.
#[async_trait]
pub trait Proof: Sync {
    /// The ids, out of `expected`, whose nameservers do not answer from the zone beside them by the end of their
    /// settle time.
    async fn failing(&self, expected: &[(&str, &Zone)]) -> Vec<String>;
}

/// A request to stop, from Ctrl-C or a deadline: what is under way is finished, nothing new is begun.
#[derive(Default)]
pub struct Stop(watch::Sender<bool>);

impl Stop {
    /// Asks to stop.
    pub fn request(&self) {
        self.0.send_replace(true);
    }

    /// Whether anybody asked.
    pub fn is_requested(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until somebody asks.
    pub async fn requested(&self) {
        // Fails only when the sender is gone, and `self` is the sender.
        let _ = self
            .0
            .subscribe()
            .wait_for(|is_requested| *is_requested)
            .await;
    }
}

/// How to go about it.
pub struct Options<'a> {
    /// The account to change first; where it has nothing to change, the first target that has.
    pub canary: Option<&'a str>,
    /// No canary.
    pub all_at_once: bool,
    /// Who gets the data by zone transfer from the targets.
    pub followers: &'a [Follower],
    /// Looked at between calls.
    pub stop: &'a Stop,
    /// Where every call is put on record before and after.
    pub journal: &'a Journal<'a>,
    /// Told what is being done: the account, and the words for it.
    pub progress: &'a (dyn Fn(&str, &str) + Sync),
}

/// Changes the targets so that each holds what it shall.
pub async fn run(targets: &mut [Target], options: &Options<'_>, proof: &dyn Proof) -> Rollout {
    let mut rollout = Rollout {
        results: targets.iter().map(|_| Result::default()).collect(),
        followers: options
            .followers
            .iter()
            .map(|_| Followed::default())
            .collect(),
        interrupted: false,
    };
    let groups = groups(targets, options);
    for group in &groups {
        if options.stop.is_requested() {
            rollout.interrupted = true;
            return rollout;
        }
        let results = &mut rollout.results;
        write_all(group, targets, results, Wave::Body, options).await;
        prove(group, targets, results, proof).await;
        if !all_well(group, &rollout.results) {
            rollout.interrupted = options.stop.is_requested();
            return rollout;
        }
    }
    let last: Vec<usize> = (0..targets.len())
        .filter(|&index| !targets[index].waves.apex_ns.is_empty())
        .collect();
    if options.stop.is_requested() {
        rollout.interrupted = !last.is_empty() || !options.followers.is_empty();
        return rollout;
    }
    follow::tell(options, &mut rollout.followers).await;
    if !groups.is_empty() || !last.is_empty() {
        follow::prove(options, targets, &mut rollout.followers, proof).await;
    }
    if last.is_empty() || rollout.followers.iter().any(|result| result.unproved) {
        return rollout;
    }
    // Those that had nothing to change may be listed all the same, and so they have to be proved as well.
    let rest: Vec<usize> = (0..targets.len())
        .filter(|index| !groups.concat().contains(index))
        .collect();
    prove(&rest, targets, &mut rollout.results, proof).await;
    rollout.interrupted = options.stop.is_requested();
    if !rollout.interrupted && all_well(&rest, &rollout.results) {
        let results = &mut rollout.results;
        write_all(&last, targets, results, Wave::ApexNs, options).await;
        follow::tell(options, &mut rollout.followers).await;
        rollout.interrupted = rollout.results.iter().any(|result| result.stopped);
    }
    rollout
}

fn all_well(group: &[usize], results: &[Result]) -> bool {
    group.iter().all(|&index| results[index].is_well())
}

/// Notes whose nameservers do not answer from what their provider holds.
async fn prove(group: &[usize], targets: &[Target], results: &mut [Result], proof: &dyn Proof) {
    let held: Vec<(usize, Zone)> = group
        .iter()
        .filter(|&&index| results[index].error.is_none())
        .filter_map(|&index| {
            let held = &targets[index].base.as_ref()?.zone;
            Some((index, without_signers(held, &targets[index].desired)))
        })
        .collect();
    if held.is_empty() {
        return;
    }
    let expected: Vec<(&str, &Zone)> = held
        .iter()
        .map(|(index, zone)| (targets[*index].id.as_str(), zone))
        .collect();
    let failing = proof.failing(&expected).await;
    for (index, _) in held {
        results[index].unproved = failing.contains(&targets[index].id);
    }
}

/// Who is changed together in the first wave.
fn groups(targets: &[Target], options: &Options<'_>) -> Vec<Vec<usize>> {
    let mut work: Vec<usize> = (0..targets.len())
        .filter(|&index| targets[index].has_work())
        .collect();
    if options.all_at_once || work.len() < 2 {
        return if work.is_empty() {
            Vec::new()
        } else {
            vec![work]
        };
    }
    let first = work
        .iter()
        .position(|&index| Some(targets[index].id.as_str()) == options.canary)
        .unwrap_or(0);
    let canary = work.remove(first);
    vec![vec![canary], work]
}

async fn write_all(
    group: &[usize],
    targets: &mut [Target],
    results: &mut [Result],
    wave: Wave,
    options: &Options<'_>,
) {
    let chosen = targets.iter_mut().zip(results.iter_mut()).enumerate();
    let writes =
        chosen
            .filter(|(index, _)| group.contains(index))
            .map(|(_, (target, result))| async move {
                let words = match wave {
                    Wave::Create | Wave::Body | Wave::Publish => "writing",
                    Wave::ApexNs => "writing the apex NS set",
                };
                (options.progress)(&target.id, words);
                if let Err(error) = write::write(target, result, wave, options).await {
                    result.error = Some(met::named(error, target, options.journal).await);
                }
            });
    join_all(writes.collect()).await;
}

/// Drives the futures together on this task, since they borrow what the caller owns.
pub async fn join_all<F: Future<Output = ()>>(futures: Vec<F>) {
    let mut pending: Vec<_> = futures.into_iter().map(Box::pin).collect();
    std::future::poll_fn(|context| {
        pending.retain_mut(|future| future.as_mut().poll(context).is_pending());
        if pending.is_empty() {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
}

/// What a provider holds, without the signer's own records: a signer makes them anew whenever it likes, so that they
/// can be another's by the time that the nameservers are asked.
fn without_signers(held: &Zone, desired: &Zone) -> Zone {
    let mut builder = ZoneBuilder::new(held.origin().clone());
    let is_meant = |set: &crate::zone::SetRef<'_>| {
        !set.rtype().is_signers() || desired.get(set.owner(), set.rtype()).is_some()
    };
    for set in held.sets().filter(is_meant) {
        for (rdata, position) in set.rdata().zip(set.positions()) {
            builder.push(set.owner(), set.rtype(), set.ttl(), rdata, position);
        }
    }
    builder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::{Name, Position, RecordType};

    #[test]
    fn a_signers_records_are_not_expected_unless_they_stand_in_the_file() {
        let origin = Name::absolute("example.com").expect("a name");
        let zone = |rtypes: &[RecordType]| {
            let mut builder = ZoneBuilder::new(origin.clone());
            for &rtype in rtypes {
                builder.push(origin.borrow(), rtype, 60, &[1, 2], Position::default());
            }
            builder.finish()
        };
        let held = zone(&[RecordType::A, RecordType::DNSKEY, RecordType::CDS]);
        let desired = zone(&[RecordType::A, RecordType::CDS]);
        assert!(without_signers(&held, &desired) == desired);
    }

    #[tokio::test]
    async fn a_request_to_stop_is_heard_by_those_who_wait_and_those_who_look() {
        let stop = Stop::default();
        assert!(!stop.is_requested());
        stop.request();
        stop.requested().await;
        assert!(stop.is_requested());
    }
}
