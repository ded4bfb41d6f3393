//! Writing one wave to one provider, call by call, and reading it back: a 200 OK is not evidence.
//!
//! Each call is journalled before and after. A call that cannot be journalled is not made.

use std::sync::Arc;

use super::journal::{Journal, Moment, Planned, Wave};
use super::{Options, Result, Target};
use crate::plan::{Change, Waves, apply, diff, order};
use crate::provider::{ErrorKind, ProviderError, Snapshot};
use crate::zone::{Name, RecordKey, RecordType, SetRef, Zone, rdata};

type Written = std::result::Result<(), ProviderError>;

pub(super) async fn write(
    target: &mut Target,
    result: &mut Result,
    wave: Wave,
    options: &Options<'_>,
) -> Written {
    let desired = Arc::clone(&target.desired);
    let origin = desired.origin();
    let journal = options.journal;
    let is_new = target.base.is_none();
    if is_new {
        create(&desired, target, result, journal).await?;
    } else if !target.detects_conflict && !changes(&target.waves, wave).is_empty() {
        let fresh = target.provider.fetch(origin).await?;
        still_the_base(changes(&target.waves, wave), &fresh)?;
        target.base = Some(fresh);
    }
    let changes = changes(&target.waves, wave);
    let Some(base) = target.base.as_ref().filter(|_| !changes.is_empty()) else {
        // Whoever is written is told to serve it by that.
        return match wave {
            Wave::Body if target.publish => publish(target, result, journal).await,
            _ => Ok(()),
        };
    };
    if !is_new {
        journal.keep(&target.id, &base.zone)?;
    }
    let mut made = 0;
    let mut renewed = None;
    for call in calls(changes, &target.waves.gaps, target.batch) {
        if made > 0 && options.stop.is_requested() {
            result.stopped = true;
            break;
        }
        let outcome = async {
            if made > 0 {
                renewed = Some(renew(target, base, changes.split_at(made)).await?);
            }
            let base = renewed.as_ref().unwrap_or(base);
            let number = journal.intend(&target.id, origin, wave, call)?;
            journal.announce(Moment::CallBefore);
            let outcome = target.provider.apply(origin, call, base).await;
            journal.announce(Moment::CallAfter);
            journal.note(number, call.len(), &outcome);
            outcome
        };
        if let Err(error) = outcome.await {
            result.applied += made + error.applied.unwrap_or(0);
            // A refusal that wrote nothing leaves the provider as it was.
            result.touched |= made > 0 || error.applied != Some(0);
            return Err(error);
        }
        result.touched = true;
        made += call.len();
    }
    let changes = &changes[..made];
    let held = match target.provider.fetch(origin).await {
        Ok(held) => held,
        Err(error) => {
            // Its word for it is all there is.
            result.applied += made;
            journal.note_read_back(&target.id, origin, Vec::new(), Some(&error));
            return Err(error);
        }
    };
    let planned = apply(&base.zone, changes);
    let is_ours = |key: &RecordKey| changes.iter().any(|change| change.key() == key);
    let foreign = diff(&held.zone, &planned, &target.rules).changes;
    let foreign = foreign.iter().map(Change::key).filter(|key| !is_ours(key));
    result.foreign.extend(foreign.cloned());
    if target.provider.others_wrote(base, &held) == Some(true) {
        result
            .contested
            .extend(changes.iter().map(|change| change.key().clone()));
    }
    let is_lost = |key: &&RecordKey| !is_kept(key, &planned, &held.zone);
    let lost: Vec<&RecordKey> = changes.iter().map(Change::key).filter(is_lost).collect();
    result.applied += made - lost.len();
    let names = lost.iter().map(ToString::to_string).collect();
    journal.note_read_back(&target.id, origin, names, None);
    let outcome = lost.first().map_or(Ok(()), |key| {
        Err(ProviderError::new(
            ErrorKind::Protocol,
            format!("it reported success and does not hold `{key}` as written"),
        )
        .hint("`redundns plan` shows what it holds now"))
    });
    target.base = Some(held);
    outcome
}

fn changes(waves: &Waves, wave: Wave) -> &[Change] {
    match wave {
        Wave::Create | Wave::Publish => &[],
        Wave::Body => &waves.body,
        Wave::ApexNs => &waves.apex_ns,
    }
}

/// `changes` cut into calls of at most `batch`. Changes of a name in `gaps` stay in one call however many they are:
/// apart, the name would be without an answer from one call to the next.
fn calls<'a>(changes: &'a [Change], gaps: &[Name], batch: Option<usize>) -> Vec<&'a [Change]> {
    let Some(most) = batch else {
        return vec![changes];
    };
    let mut calls = Vec::new();
    let (mut start, mut end) = (0, 0);
    let is_one =
        |a: &Change, b: &Change| a.key().owner == b.key().owner && gaps.contains(&a.key().owner);
    for unit in changes.chunk_by(is_one) {
        if end > start && end - start + unit.len() > most {
            calls.push(&changes[start..end]);
            start = end;
        }
        end += unit.len();
    }
    calls.push(&changes[start..end]);
    calls
}

/// The base of the next call, once of the changes on top of `base` those on the left are made and the others not.
async fn renew(
    target: &Target,
    base: &Snapshot,
    (made, left): (&[Change], &[Change]),
) -> std::result::Result<Snapshot, ProviderError> {
    // What an adapter noted about what it read may be about record sets that are gone.
    if base.handles.is_some() {
        let fresh = target.provider.fetch(base.zone.origin()).await?;
        still_the_base(left, &fresh)?;
        return Ok(fresh);
    }
    Ok(Snapshot::of(apply(&base.zone, made)))
}

/// Has the provider serve what an earlier run wrote.
async fn publish(target: &Target, result: &mut Result, journal: &Journal<'_>) -> Written {
    let Some(ability) = target.provider.publishes() else {
        return Ok(());
    };
    let origin = target.desired.origin();
    let number = journal.intend(&target.id, origin, Wave::Publish, &[])?;
    journal.announce(Moment::CallBefore);
    let outcome = ability.publish(origin).await;
    journal.announce(Moment::CallAfter);
    journal.note(number, 0, &outcome);
    result.touched = !matches!(&outcome, Err(error) if error.applied == Some(0));
    outcome
}

/// Creates the zone, and plans anew from what the provider then holds.
async fn create(
    desired: &Zone,
    target: &mut Target,
    result: &mut Result,
    journal: &Journal<'_>,
) -> Written {
    let Some(ability) = target.provider.creates_zones() else {
        return Err(ProviderError::new(
            ErrorKind::NoSuchZone,
            format!("it has no zone `{}`", desired.origin()),
        ));
    };
    let number = journal.intend(&target.id, desired.origin(), Wave::Create, &[])?;
    journal.announce(Moment::CallBefore);
    let outcome = ability.create_zone(desired).await;
    journal.announce(Moment::CallAfter);
    journal.note(number, 0, &outcome);
    if let Err(error) = outcome {
        result.touched = error.applied != Some(0);
        return Err(error);
    }
    result.touched = true;
    let held = target.provider.fetch(desired.origin()).await?;
    let planned = target.waves.len();
    let waves = order(
        diff(&held.zone, desired, &target.rules).changes,
        desired.origin(),
    );
    // No guard has seen what is deleted here, since there was no zone to look at.
    if let Some(change) = waves.iter().find(|change| change.after().is_none()) {
        return Err(ProviderError::new(
            ErrorKind::Conflict,
            format!(
                "the zone was missing, and holds `{}` now that it was to be created",
                change.key()
            ),
        )
        .hint("nothing was deleted there; plan again to see what it holds"));
    }
    target.waves = waves;
    journal.note_replanned(Planned::new(desired, &target.id, target.waves.len()));
    // What creating the zone has put there already need not be written.
    result.applied += planned.saturating_sub(target.waves.len());
    target.base = Some(held);
    Ok(())
}

/// Whether everything that will be changed is still as it was when it was planned.
fn still_the_base(changes: &[Change], fresh: &Snapshot) -> Written {
    let moved = changes.iter().find(|change| {
        let key = change.key();
        let now = fresh.zone.get(key.owner.borrow(), key.rtype);
        match (change.before(), now) {
            (None, None) => false,
            (Some(before), Some(now)) => {
                key.rtype != RecordType::SOA && (before.ttl != now.ttl() || !same(key, before, now))
            }
            _ => true,
        }
    });
    match moved {
        None => Ok(()),
        Some(change) => Err(ProviderError::new(
            ErrorKind::Conflict,
            format!("somebody else changed `{}` since it was read", change.key()),
        )
        .hint("it was not written there; plan again to see what it is now")),
    }
}

fn same(key: &RecordKey, set: &crate::zone::RecordSet, now: SetRef<'_>) -> bool {
    rdata::same_set(key.rtype, set.rdata.iter().map(AsRef::as_ref), now.rdata())
}

/// Whether a record set is held as planned. The serial of the SOA is the provider's own business.
fn is_kept(key: &RecordKey, planned: &Zone, held: &Zone) -> bool {
    let want = planned.get(key.owner.borrow(), key.rtype);
    match (want, held.get(key.owner.borrow(), key.rtype)) {
        (None, None) => true,
        (Some(want), Some(have)) => {
            key.rtype == RecordType::SOA
                || (want.ttl() == have.ttl() && same(key, &want.to_record_set(), have))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::RecordSet;

    fn change(owner: &str) -> Change {
        Change::Create {
            key: RecordKey {
                owner: Name::absolute(owner).expect("a name"),
                rtype: RecordType::A,
            },
            after: RecordSet::new(60, Vec::new()),
        }
    }

    #[test]
    fn calls_are_no_longer_than_allowed_but_for_names_that_would_go_without_an_answer() {
        let changes: Vec<Change> = ["a", "b", "x", "x", "x", "c", "d", "d"]
            .map(change)
            .to_vec();
        let gaps = [Name::absolute("x").expect("a name")];
        let lengths = |batch| -> Vec<usize> {
            let calls = calls(&changes, &gaps, batch);
            assert_eq!(calls.concat(), changes);
            calls.iter().map(|call| call.len()).collect()
        };
        assert_eq!(lengths(None), [8]);
        assert_eq!(lengths(Some(1)), [1, 1, 3, 1, 1, 1]);
        assert_eq!(lengths(Some(2)), [2, 3, 2, 1]);
        assert_eq!(lengths(Some(5)), [5, 3]);
        assert_eq!(lengths(Some(100)), [8]);
    }
}
