//! Writing one wave to one provider, and reading it back: a 200 OK is not evidence.

use std::sync::Arc;

use super::{Result, Target, Wave, after};
use crate::plan::{Change, diff, order};
use crate::provider::{ErrorKind, ProviderError, Snapshot};
use crate::zone::{RecordKey, RecordType, SetRef, Zone, rdata};

pub(super) async fn write(
    target: &mut Target,
    result: &mut Result,
    wave: Wave,
) -> std::result::Result<(), ProviderError> {
    let desired = Arc::clone(&target.desired);
    let origin = desired.origin();
    if target.base.is_none() {
        create(&desired, target, result).await?;
    } else if !target.detects_conflict {
        let fresh = target.provider.fetch(origin).await?;
        still_the_base(target, wave, &fresh)?;
        target.base = Some(fresh);
    }
    let planned = after(target, wave);
    let Some((base, planned)) = target.base.as_ref().zip(planned) else {
        return Ok(());
    };
    let changes = match wave {
        Wave::Body => &target.waves.body,
        Wave::ApexNs => &target.waves.apex_ns,
    };
    if changes.is_empty() {
        return Ok(());
    }
    if let Err(error) = target.provider.apply(origin, changes, base).await {
        result.applied += error.applied.unwrap_or(0);
        // A refusal that wrote nothing leaves the provider as it was.
        result.touched |= error.applied != Some(0);
        return Err(error);
    }
    result.touched = true;
    let held = match target.provider.fetch(origin).await {
        Ok(held) => held,
        Err(error) => {
            // Its word for it is all there is.
            result.applied += changes.len();
            return Err(error);
        }
    };
    let is_lost = |key: &&RecordKey| !is_kept(key, &planned, &held.zone);
    let lost: Vec<&RecordKey> = changes.iter().map(Change::key).filter(is_lost).collect();
    result.applied += changes.len() - lost.len();
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

/// Creates the zone, and plans anew from what the provider then holds.
async fn create(
    desired: &Zone,
    target: &mut Target,
    result: &mut Result,
) -> std::result::Result<(), ProviderError> {
    let Some(ability) = target.provider.creates_zones() else {
        return Err(ProviderError::new(
            ErrorKind::NoSuchZone,
            format!("it has no zone `{}`", desired.origin()),
        ));
    };
    if let Err(error) = ability.create_zone(desired).await {
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
    // What creating the zone has put there already need not be written.
    result.applied += planned.saturating_sub(target.waves.len());
    target.base = Some(held);
    Ok(())
}

/// Whether everything that will be changed is still as it was when it was planned.
fn still_the_base(
    target: &Target,
    wave: Wave,
    fresh: &Snapshot,
) -> std::result::Result<(), ProviderError> {
    let changes = match wave {
        Wave::Body => &target.waves.body,
        Wave::ApexNs => &target.waves.apex_ns,
    };
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
        .hint("nothing was written there; plan again to see what it is now")),
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
