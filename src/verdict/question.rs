//! What to ask about a zone, and what the zone says to it.

use std::collections::HashSet;

use super::{Question, probes};
use crate::zone::{Lookup, Name, RecordSet, RecordType, Zone, redirect};

/// The most negative probes of a zone, unless everything is asked.
pub const MAX_PROBES: usize = 64;

/// What an up-to-date server says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Authoritative data.
    Records {
        /// QTYPE, or CNAME where one stands in its place.
        rtype: RecordType,
        /// The set as it is served for the QNAME.
        set: RecordSet,
        /// Whether it is made from a DNAME: such a CNAME has the DNAME's TTL or none (RFC 6672, section 3.1).
        from_dname: bool,
    },
    /// The name exists, if only because of names below it or by a wildcard; the type does not.
    NoData {
        /// Whether it exists only because of names below it, so that NXDOMAIN would deny those (RFC 8020).
        empty_non_terminal: bool,
    },
    /// The name does not exist.
    NxDomain,
    /// A zone cut at or above the QNAME.
    Referral {
        /// The zone cut.
        cut: Name,
        /// Its NS set.
        set: RecordSet,
    },
}

impl Expected {
    /// The records in it.
    pub fn set(&self) -> Option<&RecordSet> {
        match self {
            Self::Records { set, .. } | Self::Referral { set, .. } => Some(set),
            Self::NoData { .. } | Self::NxDomain => None,
        }
    }
}

/// Every question whose answers prove `zone`: all its record sets, in its order, then probes for what is not in
/// it. There are at most [`MAX_PROBES`] of those unless `deep`; their random labels come from `seed` alone.
///
/// RRSIG, NSEC and NSEC3 are left out: they are each signer's own, and an NSEC3's owner cannot be asked for.
pub fn questions(zone: &Zone, deep: bool, seed: u64) -> Vec<Question> {
    let own = [RecordType::RRSIG, RecordType::NSEC, RecordType::NSEC3];
    let mut all: Vec<Question> = zone
        .sets()
        .filter(|set| !own.contains(&set.rtype()))
        .map(|set| Question {
            name: set.owner().to_name(),
            rtype: set.rtype(),
        })
        .collect();
    let limit = if deep { usize::MAX } else { MAX_PROBES };
    let mut seen = HashSet::new();
    let probes = probes::probes(zone, limit, seed)
        .into_iter()
        .filter(|probe| seen.insert((probe.name.clone(), probe.rtype)));
    all.extend(probes);
    all
}

/// What `zone` says to `question`; `None` where that is outside of the zone.
pub fn expect(zone: &Zone, question: &Question) -> Option<Expected> {
    let qname = question.name.borrow();
    let records = |rtype, set| Expected::Records {
        rtype,
        set,
        from_dname: false,
    };
    Some(match zone.lookup(qname, question.rtype) {
        Lookup::Records { set, .. } | Lookup::Alias { set, .. } => {
            records(set.rtype(), set.to_record_set())
        }
        Lookup::Dname { set } => {
            let target = redirect(qname, set)?;
            Expected::Records {
                rtype: RecordType::CNAME,
                set: RecordSet::new(set.ttl(), vec![target.borrow().wire().into()]),
                from_dname: true,
            }
        }
        Lookup::Referral { set } => Expected::Referral {
            cut: set.owner().to_name(),
            set: set.to_record_set(),
        },
        Lookup::NoData { wildcard } => Expected::NoData {
            empty_non_terminal: !wildcard && zone.at(qname).next().is_none(),
        },
        Lookup::NxDomain => Expected::NxDomain,
        Lookup::NotInZone => return None,
    })
}
