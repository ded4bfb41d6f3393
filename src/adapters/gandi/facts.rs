//! What Gandi can hold, and where it differs from what a zone file would expect.

use std::time::Duration;

use crate::provider::{ApexNs, Capabilities, Counted, Quirk, RateLimit};
use crate::zone::RecordType;

type T = RecordType;
/// <https://api.gandi.net/docs/livedns/>, and HTTPS and SVCB, which `DNSControl` writes there.
#[rustfmt::skip]
const TYPES: &[T] = &[
    T::A, T::AAAA, T::CAA, T::CNAME, T::DNAME, T::DS, T::HTTPS, T::LOC, T::MX, T::NAPTR, T::NS, T::OPENPGPKEY, T::PTR,
    T::RP, T::SPF, T::SRV, T::SSHFP, T::SVCB, T::TLSA, T::TXT,
];

/// <https://api.gandi.net/docs/reference/>, of an address that asks.
pub(super) const LIMITS: &[RateLimit] = &[RateLimit {
    requests: 1000,
    per: Duration::from_secs(60),
    of: Counted::All,
}];

const fn quirk(what: &'static str, source: &'static str) -> Quirk {
    Quirk {
        what,
        verified: "2026-11-30",
        source,
    }
}

#[rustfmt::skip]
const QUIRKS: &[Quirk] = &[
    quirk("the apex NS set is its own, TTL and all, neither shown nor settable: write `apex_ns = \"provider\"` in its account",
        "DNSControl, issue 135 (can't use '@' for NS records) and its integration tests, from documents only"),
    quirk("more than 25 calls for one apply become one PUT of the whole zone, read again right before, where that is \
         fewer calls: what somebody else writes between the two is lost",
        "go-gandi, UpdateDomainRecords, from documents only"),
    quirk("several sets of one name change in one call, which holds the others of that name as they were read",
        "go-gandi, UpdateDomainRecordsByName, from documents only"),
    quirk("ALIAS at the apex is seen and left alone: no zone file can say it",
        "octoDNS, pull request 619, from documents only"),
    quirk("names are looked up in the case in which they were written; targets may be relative, and stay so",
        "DNSControl, providers/gandiv5; octodns-gandi 1.2.0, from documents only"),
    quirk("a domain with automatic snapshots keeps one of each change, to go back to in the console",
        "go-gandi, automatic_snapshots, from documents only"),
    quirk("domains registered at Gandi alone",
        "octodns-gandi 1.2.0, GandiClientUnknownDomainName, from documents only"),
];

pub(super) fn capabilities() -> Capabilities {
    Capabilities {
        rtypes: Some(TYPES.into()),
        ttl: 300..=2_592_000,
        apex_ns: ApexNs::Hidden,
        lists_zones: true,
        creates_zones: true,
        limits: LIMITS,
        settle: Duration::from_secs(120),
        quirks: QUIRKS,
        ..Capabilities::default()
    }
}
