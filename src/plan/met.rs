//! Whose change somebody met: what record sets are now, where a change expected them otherwise.

use super::Change;
use super::diff::soa_with_serial;
use crate::zone::{RecordKey, RecordSet, RecordType, Zone, rdata};

/// Longest text of a record set in a sentence, in characters.
const LONGEST: usize = 72;

/// A sentence for each record set of `changes` that `now` does not have as its change found it: those that are
/// otherwise, or where there are none, those that somebody else made what they shall be.
pub fn met<'a>(
    changes: impl IntoIterator<Item = &'a Change>,
    now: &Zone,
) -> Vec<(&'a RecordKey, String)> {
    let (mut others, mut done) = (Vec::new(), Vec::new());
    for change in changes {
        let key = change.key();
        let held = in_zone(now, key);
        let is = |set: Option<&RecordSet>| is_same(key.rtype, set, held.as_ref());
        if is(change.before()) {
            continue;
        }
        let owner = key.owner.borrow().relative_to(now.origin().borrow());
        let sentence = format!(
            "`{owner} {}` is {} now, where the plan found {}",
            key.rtype,
            told(key, held.as_ref()),
            expected(key, change.before())
        );
        if is(change.after()) {
            done.push((key, sentence));
        } else {
            others.push((key, sentence));
        }
    }
    if others.is_empty() { done } else { others }
}

pub(super) fn in_zone(zone: &Zone, key: &RecordKey) -> Option<RecordSet> {
    let set = zone.get(key.owner.borrow(), key.rtype)?;
    Some(without_serial(key.rtype, &set.to_record_set()))
}

/// The set, its serial as 0 where it is a SOA: that is each provider's own business.
pub(super) fn without_serial(rtype: RecordType, set: &RecordSet) -> RecordSet {
    if rtype != RecordType::SOA {
        return set.clone();
    }
    let zeroed = set.rdata.iter().map(|rdata| {
        soa_with_serial(rdata, 0).map_or_else(|| rdata.clone(), Vec::into_boxed_slice)
    });
    RecordSet::new(set.ttl, zeroed.collect())
}

/// Whether both hold the same, but for a serial and the cut of texts.
pub(super) fn is_same(rtype: RecordType, a: Option<&RecordSet>, b: Option<&RecordSet>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => {
            let (a, b) = (without_serial(rtype, a), without_serial(rtype, b));
            let (of_a, of_b) = (a.rdata.iter(), b.rdata.iter());
            a.ttl == b.ttl
                && rdata::same_set(rtype, of_a.map(AsRef::as_ref), of_b.map(AsRef::as_ref))
        }
        _ => false,
    }
}

/// `192.0.2.1 (TTL 300)`, or that there is nothing.
pub(super) fn told(key: &RecordKey, set: Option<&RecordSet>) -> String {
    let Some(set) = set else {
        return "not there".to_owned();
    };
    let data: Vec<String> = set
        .rdata
        .iter()
        .map(|octets| rdata::to_text(key.rtype, octets))
        .collect();
    let data = data.join(", ");
    let mut text: String = data.chars().take(LONGEST).collect();
    if text.len() < data.len() {
        text.push('…');
    }
    format!("`{text}` (TTL {})", set.ttl)
}

/// The same behind "the plan found".
pub(super) fn expected(key: &RecordKey, set: Option<&RecordSet>) -> String {
    set.map_or_else(|| "nothing".to_owned(), |set| told(key, Some(set)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::diff;
    use crate::plan::tests::{FULL, zone};

    #[test]
    fn what_is_otherwise_is_told_before_what_somebody_else_did_already() {
        let then = zone(&[
            "@ 60 SOA a. b. 1 1 1 1 1",
            "www 60 A 192.0.2.1",
            "x 60 A 192.0.2.1",
        ]);
        let desired = zone(&[
            "@ 60 SOA a. b. 1 2 1 1 1",
            "www 60 A 192.0.2.2",
            "x 60 A 192.0.2.2",
            "new 60 A 192.0.2.2",
        ]);
        let changes = diff(&then, &desired, &FULL).changes;
        let met = |now: &Zone| -> Vec<String> {
            let met = met(&changes, now).into_iter();
            met.map(|(_, sentence)| sentence).collect()
        };
        assert_eq!(met(&then), [""; 0]);
        let serial = "@ 60 SOA a. b. 9 1 1 1 1";
        let done = zone(&[serial, "www 60 A 192.0.2.2", "x 60 A 192.0.2.1"]);
        assert_eq!(
            met(&done),
            ["`www A` is `192.0.2.2` (TTL 60) now, where the plan found `192.0.2.1` (TTL 60)"]
        );
        let other = zone(&[serial, "www 60 A 192.0.2.2", "new 60 A 192.0.2.9"]);
        assert_eq!(
            met(&other),
            [
                "`new A` is `192.0.2.9` (TTL 60) now, where the plan found nothing",
                "`x A` is not there now, where the plan found `192.0.2.1` (TTL 60)",
            ]
        );
    }
}
