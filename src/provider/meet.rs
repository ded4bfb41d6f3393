//! What every provider of a fleet can hold identically: the greatest lower bound of their capabilities.

use std::collections::BTreeSet;

use super::{ApexNs, Capabilities, Soa};
use crate::zone::RecordType;

/// What a fleet can hold together. The order of the members makes no difference.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Meet {
    /// Types; `None` means all.
    pub rtypes: Option<BTreeSet<RecordType>>,
    /// The lowest TTL in seconds; above [`Meet::ttl_max`] where no TTL suits all.
    pub ttl_min: u32,
    /// The highest TTL in seconds.
    pub ttl_max: u32,
    /// The only TTLs there are, within the bounds; `None` means all of them.
    pub ttl_steps: Option<BTreeSet<u32>>,
    /// Octets of TXT data in one record.
    pub txt_octets: Option<usize>,
    /// Octets of TXT data in one set.
    pub txt_set_octets: Option<usize>,
    /// Records in one set.
    pub records_per_set: Option<usize>,
    /// The apex NS set.
    pub apex_ns: ApexNs,
    /// The SOA.
    pub soa: Soa,
}

/// What the accounts `members` can hold together; of no member at all, everything.
pub fn meet(members: &[(&str, &Capabilities)]) -> Meet {
    members
        .iter()
        .map(|(_, capabilities)| Meet::of(capabilities))
        .fold(Meet::everything(), |all, one| all.and(&one))
}

impl Meet {
    /// What a provider without any limit holds: the neutral element of [`Meet::and`].
    pub fn everything() -> Self {
        Self {
            rtypes: None,
            ttl_min: 0,
            ttl_max: u32::MAX,
            ttl_steps: None,
            txt_octets: None,
            txt_set_octets: None,
            records_per_set: None,
            apex_ns: ApexNs::Full,
            soa: Soa::Settable,
        }
    }

    /// What one API holds.
    pub fn of(capabilities: &Capabilities) -> Self {
        Self {
            rtypes: capabilities
                .rtypes
                .as_ref()
                .map(|rtypes| rtypes.iter().copied().collect()),
            ttl_min: *capabilities.ttl.start(),
            ttl_max: *capabilities.ttl.end(),
            ttl_steps: (!capabilities.ttl_steps.is_empty())
                .then(|| capabilities.ttl_steps.iter().copied().collect()),
            txt_octets: capabilities.txt_octets,
            txt_set_octets: capabilities.txt_set_octets,
            records_per_set: capabilities.records_per_set,
            apex_ns: capabilities.apex_ns,
            soa: capabilities.soa,
        }
    }

    /// What both hold. Commutative, associative and idempotent.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self {
            rtypes: common(self.rtypes.as_ref(), other.rtypes.as_ref()),
            ttl_min: self.ttl_min.max(other.ttl_min),
            ttl_max: self.ttl_max.min(other.ttl_max),
            ttl_steps: common(self.ttl_steps.as_ref(), other.ttl_steps.as_ref()),
            txt_octets: smaller(self.txt_octets, other.txt_octets),
            txt_set_octets: smaller(self.txt_set_octets, other.txt_set_octets),
            records_per_set: smaller(self.records_per_set, other.records_per_set),
            apex_ns: self.apex_ns.min(other.apex_ns),
            soa: self.soa.min(other.soa),
        }
    }

    /// The TTL nearest to `wanted` that all can hold, the lower of two that are equally near; `None` where there is
    /// none.
    pub fn nearest_ttl(&self, wanted: u32) -> Option<u32> {
        let bounds = self.ttl_min..=self.ttl_max;
        match &self.ttl_steps {
            _ if bounds.is_empty() => None,
            None => Some(wanted.clamp(self.ttl_min, self.ttl_max)),
            Some(steps) => steps
                .iter()
                .copied()
                .filter(|step| bounds.contains(step))
                .min_by_key(|step| (step.abs_diff(wanted), *step)),
        }
    }
}

fn common<T: Ord + Copy>(a: Option<&BTreeSet<T>>, b: Option<&BTreeSet<T>>) -> Option<BTreeSet<T>> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a & b),
        (one, other) => one.or(other).cloned(),
    }
}

fn smaller(a: Option<usize>, b: Option<usize>) -> Option<usize> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_meet() -> impl Strategy<Value = Meet> {
        let steps = proptest::option::of(proptest::collection::btree_set(0_u32..9, 0..5));
        let rtypes = proptest::option::of(proptest::collection::btree_set(0_u16..5, 0..5));
        let limit = || proptest::option::of(1_usize..5);
        let kinds = (0_usize..4, any::<bool>());
        (rtypes, 0_u32..9, 0_u32..9, steps, limit(), limit(), kinds).prop_map(
            |(rtypes, ttl_min, ttl_max, ttl_steps, txt_octets, records_per_set, (ns, soa))| Meet {
                rtypes: rtypes.map(|rtypes| rtypes.into_iter().map(RecordType).collect()),
                ttl_min,
                ttl_max,
                ttl_steps,
                txt_octets,
                txt_set_octets: txt_octets.map(|octets| 2 * octets),
                records_per_set,
                apex_ns: [ApexNs::Hidden, ApexNs::Fixed, ApexNs::AddOnly, ApexNs::Full][ns],
                soa: if soa { Soa::Settable } else { Soa::Fixed },
            },
        )
    }

    proptest! {
        #[test]
        fn the_order_of_a_fleet_makes_no_difference(a in any_meet(), b in any_meet(), c in any_meet()) {
            prop_assert_eq!(a.and(&b), b.and(&a));
            prop_assert_eq!(a.and(&b).and(&c), a.and(&b.and(&c)));
            prop_assert_eq!(a.and(&a), a.clone());
            prop_assert_eq!(a.and(&Meet::everything()), a);
        }

        #[test]
        fn the_nearest_ttl_suits_everybody(a in any_meet(), b in any_meet(), wanted in 0_u32..12) {
            let both = a.and(&b);
            if let Some(ttl) = both.nearest_ttl(wanted) {
                prop_assert_eq!(a.nearest_ttl(ttl), Some(ttl));
                prop_assert_eq!(b.nearest_ttl(ttl), Some(ttl));
            }
        }
    }

    #[test]
    fn the_nearest_ttl() {
        let range = Meet {
            ttl_min: 60,
            ttl_max: 3600,
            ..Meet::everything()
        };
        let steps = Meet {
            ttl_steps: Some([1, 120, 300, 86400].into()),
            ..range.clone()
        };
        let none = Meet {
            ttl_min: 3600,
            ttl_max: 600,
            ..Meet::everything()
        };
        for (meet, wanted, nearest) in [
            (&range, 300, Some(300)),
            (&range, 5, Some(60)),
            (&range, 86400, Some(3600)),
            (&steps, 210, Some(120)),
            (&steps, 86400, Some(300)),
            (&none, 700, None),
        ] {
            assert_eq!(meet.nearest_ttl(wanted), nearest, "{wanted}");
        }
    }
}
