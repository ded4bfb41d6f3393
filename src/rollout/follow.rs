//! Providers whose data arrive by zone transfer: told once their primaries were written, and proved like any other.

use std::sync::Arc;

use super::{Options, Proof, Target, join_all, without_signers};
use crate::provider::{Provider, ProviderError};
use crate::zone::{Name, Zone};

/// One provider that follows others.
pub struct Follower {
    /// Account id.
    pub id: String,
    /// The provider.
    pub provider: Arc<dyn Provider>,
    /// The zone.
    pub zone: Name,
    /// The accounts that it may transfer from.
    pub from: Vec<String>,
}

/// What came of one follower.
#[derive(Debug, Default)]
pub struct Followed {
    /// Why it could not be told that there is something new.
    pub unheard: Option<ProviderError>,
    /// Whether its nameservers were not seen to answer from what its primary holds.
    pub unproved: bool,
}

/// Tells all of them that their primaries have something new.
pub(super) async fn tell(options: &Options<'_>, results: &mut [Followed]) {
    let telling = options.followers.iter().zip(results.iter_mut());
    let telling = telling.map(|(follower, result)| async {
        if let Some(ability) = follower.provider.follows() {
            (options.progress)(&follower.id, "telling it what is new");
            result.unheard = ability.notify(&follower.zone).await.err();
        }
    });
    join_all(telling.collect()).await;
}

/// Notes whose nameservers do not answer from what their primary holds. Where that is not known, the proof of the
/// whole zone has to do.
pub(super) async fn prove(
    options: &Options<'_>,
    targets: &[Target],
    results: &mut [Followed],
    proof: &dyn Proof,
) {
    let of = |follower: &Follower| {
        let mut primaries = targets
            .iter()
            .filter(|target| follower.from.contains(&target.id));
        let primary = primaries.find(|target| target.base.is_some())?;
        let held = &primary.base.as_ref()?.zone;
        Some(without_signers(held, &primary.desired))
    };
    let held: Vec<Option<Zone>> = options.followers.iter().map(of).collect();
    let expected: Vec<(&str, &Zone)> = options
        .followers
        .iter()
        .zip(&held)
        .filter_map(|(follower, zone)| Some((follower.id.as_str(), zone.as_ref()?)))
        .collect();
    if expected.is_empty() {
        return;
    }
    let failing = proof.failing(&expected).await;
    for (follower, result) in options.followers.iter().zip(results) {
        result.unproved = failing.contains(&follower.id);
    }
}
