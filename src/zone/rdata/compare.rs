//! When two records hold the same, and which names a record points to.

use std::borrow::Cow;

use super::fields::{Field, fields};
use super::print::strings;
use super::wire::{is_valid, length};
use crate::zone::{NameRef, RecordType};

/// Whether the data is a text that vendors cut into character-strings as they like.
fn is_text(rtype: RecordType) -> bool {
    matches!(rtype, RecordType::TXT | RecordType::SPF)
}

/// Whether both records hold the same: the joined octets of a TXT or SPF, however cut; the octets of any other type.
pub fn same(rtype: RecordType, a: &[u8], b: &[u8]) -> bool {
    a == b
        || is_text(rtype)
            && strings(a).flatten().eq(strings(b).flatten())
            && is_valid(rtype, a) == is_valid(rtype, b)
}

/// Whether two record sets hold the same, as [`same`] tells for each pair. Order and repetition do not count.
pub fn same_set<'a>(
    rtype: RecordType,
    a: impl IntoIterator<Item = &'a [u8]>,
    b: impl IntoIterator<Item = &'a [u8]>,
) -> bool {
    if is_text(rtype) {
        sorted(a.into_iter().map(joined)) == sorted(b.into_iter().map(joined))
    } else {
        sorted(a) == sorted(b)
    }
}

/// Whether two record sets hold the same and differ only in how their texts are cut.
pub fn only_cut_differs<'a>(
    rtype: RecordType,
    a: impl IntoIterator<Item = &'a [u8]> + Clone,
    b: impl IntoIterator<Item = &'a [u8]> + Clone,
) -> bool {
    is_text(rtype) && same_set(rtype, a.clone(), b.clone()) && sorted(a) != sorted(b)
}

/// What the data comes to: the joined octets of a TXT or SPF, the octets of any other type. Two records of one type
/// are [`same`] where this is equal.
pub fn content(rtype: RecordType, rdata: &[u8]) -> Cow<'_, [u8]> {
    if is_text(rtype) {
        joined(rdata).into()
    } else {
        rdata.into()
    }
}

fn sorted<T: Ord>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.into_iter().collect();
    items.sort_unstable();
    items.dedup();
    items
}

fn joined(text: &[u8]) -> Vec<u8> {
    strings(text).flatten().copied().collect()
}

/// The names that the data points to and that ought to exist: the target of an NS, MX, SRV, HTTPS and so on. The
/// names of an SOA, the mailboxes of an RP and a signer's own names are none.
pub fn targets(rtype: RecordType, rdata: &[u8]) -> impl Iterator<Item = NameRef<'_>> {
    type T = RecordType;
    let is_pointer = matches!(
        rtype,
        T::NS
            | T::CNAME
            | T::DNAME
            | T::PTR
            | T::MX
            | T::SRV
            | T::SVCB
            | T::HTTPS
            | T::AFSDB
            | T::RT
            | T::KX
            | T::LP
            | T::NAPTR
            | T::IPSECKEY
            | T::AMTRELAY
            | T::HIP
            | T::DSYNC
    );
    let fields = fields(rtype)
        .filter(|_| is_pointer && is_valid(rtype, rdata))
        .unwrap_or_default();
    let mut at = 0;
    let ranges = fields.iter().flat_map(move |&field| {
        let length = length(field, &rdata[..at], &rdata[at..]).unwrap_or_default();
        let octets = &rdata[at..at + length];
        let is_name = match field {
            Field::Name | Field::Names => true,
            Field::Gateway(mask) => rdata[1] & mask == 3,
            _ => false,
        };
        at += length;
        names(if is_name { octets } else { &[] })
    });
    // `.` says that there is none: a null MX (RFC 7505), an SRV without service, an SVCB that means its owner.
    ranges.filter(|name| !name.is_root())
}

fn names(octets: &[u8]) -> impl Iterator<Item = NameRef<'_>> {
    let mut rest = octets;
    std::iter::from_fn(move || {
        let length = super::wire::name_length(rest)?;
        let (name, next) = rest.split_at(length);
        rest = next;
        Some(NameRef::trusted(name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::rdata::from_text;

    fn octets(rtype: RecordType, text: &str) -> Vec<u8> {
        from_text(rtype, text, None).expect("data in a test")
    }

    #[test]
    fn how_a_text_is_cut_does_not_count() {
        let whole = octets(RecordType::TXT, "\"abcdef\"");
        let cut = octets(RecordType::TXT, "\"abc\" \"\" \"def\"");
        let other = octets(RecordType::TXT, "\"abcdeg\"");
        assert!(same(RecordType::TXT, &whole, &cut));
        assert!(!same(RecordType::TXT, &whole, &other));
        assert!(!same(RecordType::NINFO, &whole, &cut));
        let (a, b) = ([whole.as_slice(), &other], [other.as_slice(), &cut]);
        assert!(same_set(RecordType::TXT, a, b));
        assert!(only_cut_differs(RecordType::TXT, a, b));
        assert!(!only_cut_differs(RecordType::TXT, a, a));
        assert!(!same_set(RecordType::TXT, a, [other.as_slice()]));
        assert!(!same_set(RecordType::NINFO, a, b));
    }

    #[test]
    fn targets_are_the_names_pointed_to() {
        for (rtype, text, names) in [
            (RecordType::MX, "10 a.", &["a."][..]),
            (RecordType::MX, "0 .", &[]),
            (RecordType::SRV, "1 2 3 b.c.", &["b.c."]),
            (RecordType::HTTPS, "1 x. alpn=h2", &["x."]),
            (RecordType::SOA, "a. b. 1 2 3 4 5", &[]),
            (RecordType::IPSECKEY, "1 3 2 g. AQ==", &["g."]),
            (RecordType::IPSECKEY, "1 1 2 192.0.2.1 AQ==", &[]),
            (RecordType::HIP, "2 20 AQ== r. s.", &["r.", "s."]),
        ] {
            let octets = octets(rtype, text);
            let found: Vec<String> = targets(rtype, &octets).map(|n| n.to_string()).collect();
            assert_eq!(found, names, "{rtype} {text}");
        }
    }
}
