//! Nameservers that were taken out of an apex NS set: resolvers may ask them as long as some cache remembers it.
//!
//! A resolver has the NS set from the zone itself or from the parent's delegation, each with a TTL of its own
//! (RFC 2181, section 5.4.1), so the larger of the two has to pass, counted from the last time that either listed the
//! server.

use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::zone::Name;

/// The TTL of a delegation where the parent was not asked: two days, as in `com` and many others.
const USUAL_PARENT_TTL: u32 = 172_800;

/// What the parent's delegation says.
#[derive(Clone, Copy, Debug)]
pub struct ParentSet<'a> {
    /// The nameservers that it lists.
    pub names: &'a [Name],
    /// Seconds.
    pub ttl: u32,
}

/// A nameserver that is no longer listed.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq, Debug)]
#[serde(deny_unknown_fields)]
pub struct Departure {
    pub(super) zone: String,
    /// The nameserver.
    pub nameserver: String,
    /// Since when it has not been seen in any NS set, in seconds since 1970.
    pub since: u64,
    /// The TTL of the apex NS set that listed it, in seconds.
    pub ttl: u32,
    /// The TTL of the parent's delegation, in seconds, where it was asked.
    pub parent_ttl: Option<u32>,
}

impl Departure {
    /// How long caches may remember it, in seconds.
    pub fn wait(&self) -> u32 {
        self.ttl.max(self.parent_ttl.unwrap_or(USUAL_PARENT_TTL))
    }

    /// Until when it has to go on serving, in seconds since 1970.
    pub fn until(&self) -> u64 {
        self.since.saturating_add(u64::from(self.wait()))
    }

    /// Whether nobody can remember it any more.
    pub fn is_over(&self) -> bool {
        now() >= self.until()
    }
}

/// Brings what is known of `zone` up to date: it lists `listed` now, and listed `unlisted` until now, with the TTLs
/// beside them.
pub(super) fn update(
    known: &mut Vec<Departure>,
    zone: &Name,
    listed: &[Name],
    unlisted: &[(Name, u32)],
    parent: Option<ParentSet<'_>>,
) {
    let zone = zone.to_string();
    let is_listed = |one: &Departure| listed.iter().any(|name| name.to_string() == one.nameserver);
    known.retain(|one| one.zone != zone || !(is_listed(one) || one.is_over()));
    for (name, ttl) in unlisted {
        let nameserver = name.to_string();
        if known
            .iter()
            .any(|one| one.zone == zone && one.nameserver == nameserver)
        {
            continue;
        }
        known.push(Departure {
            zone: zone.clone(),
            nameserver,
            since: now(),
            ttl: *ttl,
            parent_ttl: None,
        });
    }
    if let Some(parent) = parent {
        for one in known.iter_mut().filter(|one| one.zone == zone) {
            one.parent_ttl = Some(parent.ttl);
            let is_delegated = |name: &Name| name.to_string() == one.nameserver;
            if parent.names.iter().any(is_delegated) {
                one.since = now();
            }
        }
    }
}

fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::absolute(text).expect("a name")
    }

    #[test]
    fn a_server_waits_out_the_larger_ttl_and_the_parent_holds_it_back() {
        let (zone, old, new) = (
            name("example.com"),
            name("ns.old.test"),
            name("ns.new.test"),
        );
        let mut known = Vec::new();
        let gone = [(old.clone(), 3600)];
        update(&mut known, &zone, std::slice::from_ref(&new), &gone, None);
        assert_eq!(known[0].wait(), USUAL_PARENT_TTL);
        assert!(!known[0].is_over());

        known[0].since = 1;
        let names = [old.clone()];
        let parent = ParentSet {
            names: &names,
            ttl: 900,
        };
        // A parent that still delegates to it begins the wait anew.
        known[0].ttl = 2_000_000_000;
        update(&mut known, &zone, &[new], &[], Some(parent));
        assert!(known[0].since > 1);
        known[0].ttl = 3600;
        assert_eq!(known[0].wait(), 3600);

        known[0].since = 1;
        assert!(known[0].is_over());
        let elsewhere = known.clone();
        let relisted = std::slice::from_ref(&old);
        update(&mut known, &name("other.test"), relisted, &[], None);
        assert_eq!(known, elsewhere, "another zone's are left alone");
        known[0].since = now();
        update(&mut known, &zone, &[old], &[], None);
        assert_eq!(known, [], "it is listed again");
    }
}
