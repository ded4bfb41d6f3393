//! The code under which a difference is explained.

use crate::verdict::{Difference, Expected, Nameserver, Verdict};
use crate::zone::{Lookup, NameRef, RecordType, Zone};

/// The code of what is wrong with the answers. `zone` is what they were compared with; empty where nobody is known to
/// be wrong.
pub(super) fn code(
    difference: &Difference,
    zone: &Zone,
    nameservers: &[Nameserver],
) -> &'static str {
    let mut wrong = difference
        .answers
        .iter()
        .filter(|group| group.verdict > Verdict::Unverified)
        .peekable();
    if wrong.peek().is_none() {
        return "";
    }
    let apex = difference.name == *zone.origin();
    if apex && difference.rtype == RecordType::SOA {
        return "SOA01";
    }
    if apex && difference.rtype == RecordType::NS {
        return "DEL02";
    }
    let of_declared = |&server: &usize| {
        let whose = nameservers[server].provider.as_ref();
        let mut declared = difference.declared.iter();
        declared.any(|one| Some(&one.provider) == whose)
    };
    if wrong
        .clone()
        .all(|group| group.nameservers.iter().all(of_declared))
    {
        return "AGR09";
    }
    if wrong.all(|group| group.why.starts_with("TTL ")) {
        return "AGR02";
    }
    let name = difference.name.borrow();
    let wild = |lookup| {
        matches!(
            lookup,
            Lookup::Records { wildcard: true, .. }
                | Lookup::Alias { wildcard: true, .. }
                | Lookup::NoData { wildcard: true }
        )
    };
    match difference.expected {
        Expected::NoData {
            empty_non_terminal: true,
        } => "AGR04",
        _ if name.is_wildcard() || wild(zone.lookup(name, difference.rtype)) => "AGR05",
        Expected::NoData { .. } | Expected::NxDomain if is_near_wildcard(zone, name) => "AGR05",
        Expected::NoData { .. } | Expected::NxDomain => "AGR03",
        Expected::Records { .. } | Expected::Referral { .. } => "AGR01",
    }
}

/// Whether a wildcard beside or above `name` could have answered.
fn is_near_wildcard(zone: &Zone, name: NameRef<'_>) -> bool {
    let mut above = name.parent();
    while let Some(own) = above.filter(|own| own.is_at_or_below(zone.origin().borrow())) {
        let Ok(wildcard) = own.child(b"*") else {
            return false;
        };
        if zone.at(wildcard.borrow()).next().is_some() {
            return true;
        }
        above = own.parent();
    }
    false
}
