//! Where providers hold different things, and one zone of what was chosen.

use std::collections::{BTreeSet, HashSet};

use crate::zone::rdata::same_set;
use crate::zone::{RecordKey, RecordSet, RecordType, Zone, ZoneBuilder};

/// A record set that is not the same in all zones.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dispute {
    /// Which set.
    pub key: RecordKey,
    /// What each zone has; `None` where it lacks the set.
    pub sets: Vec<Option<RecordSet>>,
}

/// What shall be of a [`Dispute`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Choice {
    /// What that zone has, be it nothing.
    Of(usize),
    /// The records of all, with the lowest TTL.
    All,
}

impl Dispute {
    /// Whether it is about the apex NS set of `zone`, in which the servers of all providers belong.
    pub fn is_apex_ns(&self, zone: &Zone) -> bool {
        self.key.rtype == RecordType::NS && self.key.owner == *zone.origin()
    }

    /// The set that was chosen; `None` where that is none.
    pub fn chosen(&self, choice: Choice) -> Option<RecordSet> {
        match choice {
            Choice::Of(index) => self.sets.get(index).cloned().flatten(),
            Choice::All => {
                let sets = || self.sets.iter().flatten();
                let ttl = sets().map(|set| set.ttl).min()?;
                let data = sets().flat_map(|set| set.rdata.iter().cloned());
                Some(RecordSet::new(ttl, data.collect()))
            }
        }
    }
}

/// What is not the same in all of `zones`, in canonical order. SOAs are each provider's own.
pub fn disputes(zones: &[&Zone]) -> Vec<Dispute> {
    let keys: BTreeSet<RecordKey> = zones
        .iter()
        .flat_map(|zone| zone.sets())
        .filter(|set| set.rtype() != RecordType::SOA)
        .map(|set| set.key())
        .collect();
    keys.into_iter()
        .filter_map(|key| {
            let sets: Vec<Option<RecordSet>> = zones
                .iter()
                .map(|zone| Some(zone.get(key.owner.borrow(), key.rtype)?.to_record_set()))
                .collect();
            let (first, rest) = sets.split_first()?;
            let is_same = rest.iter().all(|other| match (first, other) {
                (Some(a), Some(b)) => a.ttl == b.ttl && same_data(key.rtype, a, b),
                (None, None) => true,
                _ => false,
            });
            (!is_same).then_some(Dispute { key, sets })
        })
        .collect()
}

fn same_data(rtype: RecordType, a: &RecordSet, b: &RecordSet) -> bool {
    let (a, b) = (a.rdata.iter(), b.rdata.iter());
    same_set(rtype, a.map(|rdata| &**rdata), b.map(|rdata| &**rdata))
}

/// The zone `base` with what was chosen where it is disputed.
pub fn unite(base: &Zone, chosen: &[(Dispute, Choice)]) -> Zone {
    let disputed: HashSet<&RecordKey> = chosen.iter().map(|(dispute, _)| &dispute.key).collect();
    let mut builder = ZoneBuilder::new(base.origin().clone());
    for set in base.sets().filter(|set| !disputed.contains(&set.key())) {
        builder.push_set(set.owner(), set.rtype(), &set.to_record_set());
    }
    for (dispute, choice) in chosen {
        if let Some(set) = dispute.chosen(*choice) {
            builder.push_set(dispute.key.owner.borrow(), dispute.key.rtype, &set);
        }
    }
    builder.finish()
}
