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
    let mut known = HashSet::new();
    let probes = probes::probes(zone, limit, seed)
        .into_iter()
        .filter(|probe| known.insert((probe.name.clone(), probe.rtype)));
    all.extend(probes);
    all
}

/// What `zone` says to `question`; `None` where that is outside of the zone.
pub fn expect(zone: &Zone, question: &Question) -> Option<Expected> {
    let qname = question.name.borrow();
    let authoritative = |rtype, set| Expected::Records {
        rtype,
        set,
        from_dname: false,
    };
    Some(match zone.lookup(qname, question.rtype) {
        Lookup::Records { set, .. } | Lookup::Alias { set, .. } => {
            authoritative(set.rtype(), set.to_record_set())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::{Position, ZoneBuilder};

    fn name(text: &str) -> Name {
        Name::absolute(text).expect("a name in a test")
    }

    fn zone(sets: &[(&str, RecordType)]) -> Zone {
        let mut builder = ZoneBuilder::new(name("example"));
        for (owner, rtype) in sets {
            let owner = name(owner);
            builder.push(owner.borrow(), *rtype, 60, &[0], Position::default());
        }
        builder.finish()
    }

    fn sample() -> Zone {
        use RecordType as T;
        zone(&[
            ("example", T::SOA),
            ("example", T::NS),
            ("example", T::RRSIG),
            ("*.wild.example", T::TXT),
            ("here.wild.example", T::A),
            ("a.b.c.example", T::A),
            ("sub.example", T::NS),
            ("ns.sub.example", T::A),
            ("old.example", T::DNAME),
        ])
    }

    #[test]
    fn every_set_is_asked_but_a_signers_own() {
        let zone = sample();
        let asked = questions(&zone, false, 1);
        let sets = zone.len() - 1;
        assert!(
            asked[..sets]
                .iter()
                .all(|question| { zone.get(question.name.borrow(), question.rtype).is_some() })
        );
        assert!(
            asked
                .iter()
                .all(|question| question.rtype != RecordType::RRSIG)
        );
    }

    #[test]
    fn probes_find_what_the_zone_does_not_say() {
        let zone = sample();
        let asked = questions(&zone, false, 1);
        let expected: Vec<Expected> = asked
            .iter()
            .filter_map(|question| expect(&zone, question))
            .collect();
        assert_eq!(expected.len(), asked.len(), "every question is in the zone");
        let hollow: Vec<String> = asked
            .iter()
            .zip(&expected)
            .filter(|(_, expected)| {
                matches!(
                    expected,
                    Expected::NoData {
                        empty_non_terminal: true
                    }
                )
            })
            .map(|(question, _)| question.name.to_string())
            .collect();
        assert_eq!(
            hollow,
            ["b.c.example.", "c.example.", "wild.example."].map(str::to_owned)
        );
        // The apex's random name, the one below it, and the one that `here` blocks.
        let nowhere = |expected: &&Expected| **expected == Expected::NxDomain;
        assert_eq!(expected.iter().filter(nowhere).count(), 3);
        let covered = asked.iter().zip(&expected).filter(|(question, expected)| {
            zone.at(question.name.borrow()).next().is_none()
                && matches!(
                    expected,
                    Expected::Records {
                        rtype: RecordType::TXT,
                        ..
                    }
                )
        });
        assert_eq!(covered.count(), 2, "one label and two below the wildcard");
    }

    #[test]
    fn probes_come_from_the_seed_alone_and_are_limited() {
        let owners: Vec<String> = (0..500)
            .map(|number| format!("x.n{number}.example"))
            .collect();
        let sets: Vec<(&str, RecordType)> = owners
            .iter()
            .map(|owner| (owner.as_str(), RecordType::A))
            .collect();
        let zone = zone(&sets);
        assert_eq!(questions(&zone, false, 7), questions(&zone, false, 7));
        assert_ne!(questions(&zone, false, 7), questions(&zone, false, 8));
        assert_eq!(questions(&zone, false, 7).len(), zone.len() + MAX_PROBES);
        let deep = questions(&zone, true, 7);
        assert_eq!(
            deep.len(),
            3 * zone.len() + 2,
            "a hollow name and an absent type each"
        );
    }

    #[test]
    fn what_lies_below_a_cut_or_a_dname_is_expected_so() {
        let zone = sample();
        let expected = |owner, rtype| {
            let question = Question {
                name: name(owner),
                rtype,
            };
            expect(&zone, &question)
        };
        assert!(matches!(
            expected("ns.sub.example", RecordType::A),
            Some(Expected::Referral { cut, .. }) if cut == name("sub.example")
        ));
        assert!(matches!(
            expected("x.old.example", RecordType::A),
            Some(Expected::Records { rtype: RecordType::CNAME, from_dname: true, set })
                if *set.rdata[0] == *b"\x01x\0"
        ));
        assert_eq!(expected("example.org", RecordType::A), None);
    }
}
