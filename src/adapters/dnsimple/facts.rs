//! What `DNSimple` can hold, and where it differs from what a zone file would expect.

use std::time::Duration;

use crate::provider::{Capabilities, Counted, Granularity, Quirk, RateLimit};
use crate::zone::RecordType as T;

/// Records that one batch changes. The documentation says that there is a limit, and not which.
pub(super) const BATCH: usize = 100;
/// Records on a page: <https://developer.dnsimple.com/v2/#pagination>
pub(super) const PAGE: usize = 100;

/// <https://support.dnsimple.com/articles/supported-dns-records/>, and three that `DNSControl`'s provider has.
#[rustfmt::skip]
const TYPES: &[T] = &[
    T::A, T::AAAA, T::CAA, T::CNAME, T::HINFO, T::HTTPS, T::MX, T::NAPTR, T::NS, T::PTR, T::SRV, T::SSHFP, T::SVCB,
    T::TLSA, T::TXT,
];

/// <https://developer.dnsimple.com/v2/#rate-limiting>
pub(super) const LIMITS: &[RateLimit] = &[RateLimit {
    requests: 2400,
    per: Duration::from_secs(3600),
    of: Counted::All,
}];

const fn documented(what: &'static str, source: &'static str) -> Quirk {
    Quirk {
        what,
        verified: "2026-11-30",
        source,
    }
}

const QUIRKS: &[Quirk] = &[
    documented(
        "records are changed in batches, each wholly or not at all, on the Enterprise plan alone; on any other one by one",
        "documentation, batch change zone records: 412, from documents only",
    ),
    documented(
        "how much a batch may hold is not told; 100 records are sent at most",
        "documentation, batch change zone records, from documents only",
    ),
    documented(
        "the apex NS set is changed by a call of its own, which the plan has to have (name server sets), for hosted domains; without it write `apex_ns = \"provider\"` in the account",
        "documentation, zone NS records: 412, from documents only",
    ),
    documented(
        "the apex NS set has a TTL of its own, 3600, and takes no other",
        "documentation, zone NS records, which has no field for it, from documents only",
    ),
    documented(
        "the SOA, the apex NS set and keys are system records: read-only, and the SOA and the keys do not show here",
        "dnsimple 2.15.0, ZoneRecord.system_record, from documents only",
    ),
    documented(
        "ALIAS, POOL and URL records, those of some regions only and those that depend on another are shown and left alone",
        "documentation, zone records, from documents only",
    ),
    documented(
        "a text has 1,000 characters with its quotes and escapes, and is not empty",
        "support, TXT record format, and DNSControl's audit of records of 2022-07, from documents only",
    ),
    documented(
        "an SRV record whose target is the root would be spoiled: it is refused here before anything is written",
        "octodns-dnsimple 1.0.1, supports, from documents only",
    ),
    documented(
        "a zone whose DNS services are off is written to no avail: it is refused before anything is written",
        "documentation, activate DNS services for the zone, from documents only",
    ),
    documented(
        "a record is created in the integrated providers of a zone as well, where it has any",
        "documentation, zone records, integrated_zones, from documents only",
    ),
    documented(
        "a CNAME record stands alone at its name, and never at the apex",
        "support, CNAME record, from documents only",
    ),
];

/// Texts of 1,000 characters, in four strings: two quotes around each, and three spaces.
/// <https://support.dnsimple.com/articles/txt-record-format/>
const TXT_OCTETS: usize = 1000 - 4 * 2 - 3;

/// Of the apex NS set, whose call has no field for one.
pub(super) const APEX_NS_TTL: u32 = 3600;

pub(super) fn capabilities() -> Capabilities {
    Capabilities {
        rtypes: Some(TYPES.into()),
        apex_ns_ttl: Some(APEX_NS_TTL),
        txt_octets: Some(TXT_OCTETS),
        granularity: Granularity::Record,
        batch: BATCH,
        lists_zones: true,
        creates_zones: true,
        limits: LIMITS,
        settle: Duration::from_secs(120),
        quirks: QUIRKS,
        ..Capabilities::default()
    }
}
