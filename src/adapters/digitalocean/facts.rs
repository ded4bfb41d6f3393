//! What DigitalOcean can hold, and where it differs from what a zone file would expect.

use std::time::Duration;

use crate::provider::{Capabilities, Counted, Granularity, Quirk, RateLimit};
use crate::zone::RecordType;

type T = RecordType;
/// <https://docs.digitalocean.com/reference/api/digitalocean/#tag/Domain-Records>
const TYPES: &[T] = &[
    T::A,
    T::AAAA,
    T::CAA,
    T::CNAME,
    T::MX,
    T::NS,
    T::SRV,
    T::TXT,
];

const fn limit(requests: u32, seconds: u64) -> RateLimit {
    RateLimit {
        requests,
        per: Duration::from_secs(seconds),
        of: Counted::All,
    }
}

/// <https://docs.digitalocean.com/reference/api/digitalocean/#section/Introduction/Rate-Limit>, of a token.
pub(super) const LIMITS: &[RateLimit] = &[limit(250, 60), limit(5000, 3600)];

/// A text in quotes, quotes in it escaped, has 509 characters at most; two strings have five quotes and spaces.
const TXT_OCTETS: usize = 509 - 5;

const fn documented(what: &'static str, source: &'static str) -> Quirk {
    Quirk {
        what,
        verified: "2026-11-30",
        source,
    }
}

const QUIRKS: &[Quirk] = &[
    documented(
        "records are written one by one: a set of several is half made in between, and nothing takes back what is made",
        "documentation, domain records, from documents only",
    ),
    documented(
        "TTLs start at 30, and all records of a set get the TTL that was written last",
        "lego and terraform-provider-digitalocean, resource_record.go, from documents only",
    ),
    documented(
        "a text has 509 characters at most, its quotes and the backslashes before quotes counted",
        "DNSControl, providers/digitalocean/auditrecords.go, from documents only",
    ),
    documented(
        "no empty TXT, no backslash in one, and only printable ASCII: what the API makes of other octets was not seen",
        "DNSControl, providers/digitalocean/auditrecords.go, from documents only",
    ),
    documented(
        "no null MX",
        "DNSControl, providers/digitalocean/auditrecords.go, from documents only",
    ),
    documented(
        "CAA tags are issue, issuewild and iodef; the value is a name or a URL, without parameters, nor a lone semicolon",
        "documentation, CAA records and domain records; DNSControl, providers/digitalocean/auditrecords.go, from documents only",
    ),
    documented(
        "its SOA shows as a TTL alone, and is left as it is",
        "documentation, domain records; recorded answers in dns-lexicon, from documents only",
    ),
    documented(
        "its nameservers are ns1, ns2 and ns3.digitalocean.com for every domain",
        "documentation, domains, from documents only",
    ),
];

pub(super) fn capabilities() -> Capabilities {
    Capabilities {
        rtypes: Some(TYPES.into()),
        ttl: 30..=0x7fff_ffff,
        txt_octets: Some(TXT_OCTETS),
        granularity: Granularity::Record,
        lists_zones: true,
        creates_zones: true,
        limits: LIMITS,
        settle: Duration::from_secs(120),
        quirks: QUIRKS,
        ..Capabilities::default()
    }
}
