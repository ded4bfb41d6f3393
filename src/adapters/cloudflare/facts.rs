//! What Cloudflare can hold, and where it differs from what a zone file would expect.

use std::time::Duration;

use crate::provider::{ApexNs, Capabilities, Counted, Granularity, Quirk, RateLimit};
use crate::zone::RecordType;

/// Records that one call changes in a zone of the free plan; see [`PAID_BATCH`].
pub(super) const FREE_BATCH: usize = 200;
/// The same in a zone of any other plan.
/// <https://developers.cloudflare.com/dns/manage-dns-records/how-to/batch-record-changes/#availability-and-limits>
pub(super) const PAID_BATCH: usize = 3500;

/// What `ttl: 1`, automatic, is answered with, in seconds.
/// <https://developers.cloudflare.com/dns/manage-dns-records/reference/ttl/>
pub(super) const AUTOMATIC_TTL: u32 = 300;

type T = RecordType;
/// <https://developers.cloudflare.com/api/resources/dns/subresources/records/methods/create/>
#[rustfmt::skip]
const TYPES: &[T] = &[
    T::A, T::AAAA, T::CAA, T::CERT, T::CNAME, T::DNSKEY, T::DS, T::HTTPS, T::LOC, T::MX, T::NAPTR, T::NS,
    T::OPENPGPKEY, T::PTR, T::SMIMEA, T::SRV, T::SSHFP, T::SVCB, T::TLSA, T::TXT, T::URI,
];

const fn limit(requests: u32, seconds: u64) -> RateLimit {
    RateLimit {
        requests,
        per: Duration::from_secs(seconds),
        of: Counted::All,
    }
}

/// <https://developers.cloudflare.com/fundamentals/api/reference/limits/>: of a user or account, and of an address.
pub(super) const LIMITS: &[RateLimit] = &[limit(200, 1), limit(1200, 300)];

const fn documented(what: &'static str, source: &'static str) -> Quirk {
    Quirk {
        what,
        verified: "2026-11-23",
        source,
    }
}

const QUIRKS: &[Quirk] = &[
    documented(
        "foreign servers in the apex NS set are served only where multi-provider DNS is on (`multi_provider` of the zone's DNS settings); its own are always listed",
        "documentation, nameserver options, from documents only",
    ),
    documented(
        "the apex NS set has the TTL of the zone setting `ns_ttl`, 86400; another one needs Foundation DNS",
        "documentation, nameserver TTL, from documents only",
    ),
    documented(
        "proxied records answer with addresses of Cloudflare's own: they are shown and left alone; what is written is not proxied",
        "documentation, proxied DNS records, from documents only",
    ),
    documented(
        "a CNAME at the apex, and any CNAME that is set so, is flattened into addresses: it is shown and left alone",
        "documentation, CNAME flattening, from documents only",
    ),
    documented(
        "records that Email Routing, apps or tunnels own are read-only: they are shown and left alone",
        "DNSControl's issue 3850 and octoDNS's provider, `meta`, from documents only",
    ),
    documented(
        "one call changes 200 records on the free plan and 3,500 on the others; the zone's plan says which",
        "documentation, batch record changes, from documents only",
    ),
    documented(
        "a call is one transaction in the database, but its records reach the nameservers one by one",
        "documentation, batch record changes, from documents only",
    ),
    documented(
        "an automatic TTL (1) is 300 seconds; Enterprise zones take TTLs from 30",
        "documentation, TTL, from documents only",
    ),
    documented(
        "an empty TXT record is refused",
        "DNSControl's audit of records, TxtIsEmpty, from documents only",
    ),
    documented(
        "the texts of all TXT records at a name have at most 8,192 characters together",
        "documentation, DNS record types, TXT, from documents only",
    ),
    documented(
        "A, AAAA and CNAME records cannot stand beside NS records, nor a DS record without them",
        "documentation, error 81056, and octoDNS's provider, from documents only",
    ),
    documented(
        "free zones made since September 2024 hold 200 records, other plans 3,500 and more",
        "documentation, DNS records, from documents only",
    ),
    documented(
        "backslashes in the texts of CAA, NAPTR and URI records are sent and read as in a zone file",
        "octoDNS's and DNSControl's providers, from documents only",
    ),
];

/// TXT contents may have 2,048 characters, quotes and the spaces between strings included: eight strings take 23.
/// <https://developers.cloudflare.com/dns/manage-dns-records/reference/dns-record-types/#txt>
const TXT_OCTETS: usize = 2048 - 8 * 3 + 1;

pub(super) fn capabilities() -> Capabilities {
    Capabilities {
        rtypes: Some(TYPES.into()),
        ttl: 60..=86_400,
        txt_octets: Some(TXT_OCTETS),
        apex_ns: ApexNs::AddOnly,
        granularity: Granularity::Record,
        batch: FREE_BATCH,
        atomic: true,
        lists_zones: true,
        creates_zones: true,
        limits: LIMITS,
        settle: Duration::from_secs(60),
        quirks: QUIRKS,
        ..Capabilities::default()
    }
}
