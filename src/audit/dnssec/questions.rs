//! What to ask with the DO bit.

use std::collections::HashSet;

use crate::verdict::Question;
use crate::zone::{Name, RecordType};

/// Types of the apex that signing is about.
const APEX: [RecordType; 6] = [
    RecordType::SOA,
    RecordType::NS,
    RecordType::CDS,
    RecordType::CDNSKEY,
    RecordType::CSYNC,
    RecordType::NSEC3PARAM,
];

/// A type of private use (RFC 6895, section 3.1) that no zone has, so that its denial shows the types that are there.
const ABSENT: RecordType = RecordType(65_399);

/// The most of the zone's own questions that are asked, unless all are.
const MOST: usize = 128;

/// What to ask every server of `zone`, given the questions that its records are asked with: DNSKEY apart, which is
/// asked first. Each name is also asked for a type that it does not have.
pub fn questions(zone: &Name, known: &[Question], deep: bool) -> Vec<Question> {
    let at = |name: &Name, rtype| Question {
        name: name.clone(),
        rtype,
    };
    let most = if deep { usize::MAX } else { MOST };
    let mut seen: HashSet<(Name, RecordType)> = HashSet::new();
    let apex = APEX.into_iter().map(|rtype| at(zone, rtype));
    let own = known.iter().take(most).cloned();
    let denials = std::iter::once(zone)
        .chain(known.iter().take(most).map(|question| &question.name))
        .map(|name| at(name, ABSENT));
    apex.chain(own)
        .chain(denials)
        .filter(|question| question.rtype != RecordType::DNSKEY)
        .filter(|question| seen.insert((question.name.clone(), question.rtype)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_asked_once_for_what_it_has_and_what_it_lacks() {
        let name = |text| Name::absolute(text).expect("a name");
        let (apex, www) = (name("example."), name("www.example."));
        let known: Vec<Question> = [
            (&apex, RecordType::SOA),
            (&apex, RecordType::DNSKEY),
            (&www, RecordType::A),
            (&www, RecordType::AAAA),
        ]
        .map(|(name, rtype)| Question {
            name: name.clone(),
            rtype,
        })
        .to_vec();
        let asked = questions(&apex, &known, false);
        let count = |name: &Name, rtype| {
            asked
                .iter()
                .filter(|question| question.name == *name && question.rtype == rtype)
                .count()
        };
        assert_eq!(asked.len(), 6 + 2 + 2);
        assert_eq!(count(&apex, RecordType::SOA), 1);
        assert_eq!(count(&apex, RecordType::DNSKEY), 0);
        assert_eq!(count(&apex, ABSENT), 1);
        assert_eq!(count(&www, ABSENT), 1);
    }
}
