//! What belongs together, and in which order.

use std::cmp::Ordering;

use super::super::{NameRef, RecordType, SetRef, Zone, rdata};

/// A part of a master file, in the order of the parts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Section {
    /// SOA and apex NS set.
    Authority,
    /// What receives and vouches for the domain's mail.
    Mail,
    /// The rest of the apex.
    Apex,
    /// Names below the apex that begin with an underscore (RFC 8552).
    Services,
    /// Everything else.
    Names,
    /// Zone cuts, with DS and glue.
    Delegations,
}

impl Section {
    pub(super) fn title(self) -> Option<&'static str> {
        match self {
            Self::Authority => None,
            Self::Mail => Some("Mail"),
            Self::Apex => Some("The domain itself"),
            Self::Services => Some("Services"),
            Self::Names => Some("Names"),
            Self::Delegations => Some("Delegations"),
        }
    }
}

/// Where names stand that vouch for mail: DKIM, DMARC, MTA-STS, TLS reports, BIMI.
const MAIL_LABELS: [&[u8]; 5] = [b"_domainkey", b"_dmarc", b"_mta-sts", b"_tls", b"_bimi"];

/// Every record set with its section, in the order of the file.
pub(super) fn arranged(zone: &Zone) -> Vec<(Section, SetRef<'_>)> {
    let origin = zone.origin().borrow();
    let mut cut: Option<NameRef<'_>> = None;
    let mut sets: Vec<(Section, Vec<&[u8]>, SetRef<'_>)> = Vec::with_capacity(zone.len());
    // In canonical order everything below a name follows it.
    for set in zone.sets() {
        let owner = set.owner();
        if cut.is_none_or(|cut| !owner.is_at_or_below(cut)) {
            cut = (owner != origin && zone.get(owner, RecordType::NS).is_some()).then_some(owner);
        }
        let below = owner.labels().count() - origin.labels().count();
        let mut labels: Vec<&[u8]> = owner.labels().take(below).collect();
        labels.reverse();
        let section = if cut.is_some() {
            Section::Delegations
        } else {
            section(&labels, set)
        };
        sets.push((section, labels, set));
    }
    sets.sort_by(
        |(section, labels, set), (other_section, other_labels, other)| {
            section
                .cmp(other_section)
                .then_with(|| names(labels, other_labels))
                .then_with(|| rank(set.rtype()).cmp(&rank(other.rtype())))
        },
    );
    sets.into_iter()
        .map(|(section, _, set)| (section, set))
        .collect()
}

/// The section of a set that is not delegated away; `labels` from the apex downwards.
fn section(labels: &[&[u8]], set: SetRef<'_>) -> Section {
    match labels.first() {
        None => match set.rtype() {
            RecordType::SOA | RecordType::NS => Section::Authority,
            RecordType::MX => Section::Mail,
            RecordType::TXT | RecordType::SPF if is_sender_policy(set) => Section::Mail,
            _ => Section::Apex,
        },
        Some(first) if MAIL_LABELS.contains(first) => Section::Mail,
        Some(first) if first.starts_with(b"_") => Section::Services,
        Some(_) => Section::Names,
    }
}

/// RFC 7208, section 4.5.
fn is_sender_policy(set: SetRef<'_>) -> bool {
    set.rdata()
        .any(|rdata| rdata::content(set.rtype(), rdata).starts_with(b"v=spf1"))
}

/// The order of types at one name: what is asked for most comes first, then by number.
fn rank(rtype: RecordType) -> (usize, u16) {
    const FIRST: [RecordType; 8] = [
        RecordType::SOA,
        RecordType::NS,
        RecordType::DS,
        RecordType::A,
        RecordType::AAAA,
        RecordType::CNAME,
        RecordType::MX,
        RecordType::TXT,
    ];
    let place = FIRST.iter().position(|first| *first == rtype);
    (place.unwrap_or(FIRST.len()), rtype.0)
}

/// By labels from the apex downwards, numbers in them as numbers: `h2` before `h10`.
fn names(a: &[&[u8]], b: &[&[u8]]) -> Ordering {
    for (a, b) in a.iter().zip(b) {
        let order = natural(a, b).then_with(|| a.cmp(b));
        if order.is_ne() {
            return order;
        }
    }
    a.len().cmp(&b.len())
}

fn natural(mut a: &[u8], mut b: &[u8]) -> Ordering {
    loop {
        let (Some(&first), Some(&other)) = (a.first(), b.first()) else {
            return a.len().cmp(&b.len());
        };
        if first.is_ascii_digit() && other.is_ascii_digit() {
            let (number, other) = (digits(&mut a), digits(&mut b));
            let order = (number.len(), number).cmp(&(other.len(), other));
            if order.is_ne() {
                return order;
            }
        } else if first == other {
            (a, b) = (&a[1..], &b[1..]);
        } else {
            return first.cmp(&other);
        }
    }
}

/// Takes the digits in front, and gives them without leading zeros.
fn digits<'t>(text: &mut &'t [u8]) -> &'t [u8] {
    let end = text
        .iter()
        .take_while(|octet| octet.is_ascii_digit())
        .count();
    let (number, rest) = text.split_at(end);
    *text = rest;
    let zeros = number.iter().take_while(|octet| **octet == b'0').count();
    &number[zeros..]
}
