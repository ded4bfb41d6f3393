//! What NS1 can hold, and where it differs from what a zone file would expect.

use std::time::Duration;

use crate::provider::{Capabilities, Counted, Quirk, RateLimit};
use crate::zone::RecordType;

type T = RecordType;
/// <https://www.ibm.com/docs/en/ns1-connect?topic=answers-reference-dns-record-types>, and what NS1's Terraform provider
/// 2.9 has beside: APL, IPSECKEY, OPENPGPKEY, SSHFP and URI.
#[rustfmt::skip]
pub(super) const TYPES: &[T] = &[
    T::A, T::AAAA, T::AFSDB, T::APL, T::CAA, T::CDNSKEY, T::CDS, T::CERT, T::CNAME, T::CSYNC, T::DHCID, T::DNAME, T::DS,
    T::HTTPS, T::IPSECKEY, T::MX, T::NAPTR, T::NS, T::OPENPGPKEY, T::PTR, T::RP, T::SMIMEA, T::SPF, T::SRV, T::SSHFP,
    T::SVCB, T::TLSA, T::TXT, T::URI,
];

/// <https://www.ibm.com/docs/en/SSSYGZ/getting_started/api_rate_limiting.html>: the one that it names. All others are
/// known from the answers alone.
pub(super) const LIMITS: &[RateLimit] = &[RateLimit {
    requests: 900,
    per: Duration::from_secs(300),
    of: Counted::Reads,
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
        "each method and path has a budget of its own, by customer, that every answer tells: writes were seen to have 100 \
         in 200 s, one of which comes back every 2 s",
        "documentation, API rate limiting; recorded answers in Shopify's record_store, 2019 and 2020, from documents only",
    ),
    documented(
        "record sets with a filter chain, those linked to another one, aliases and redirects are seen and left alone",
        "documentation, filter chain and NS1-specific record types; octodns-ns1 1.0.2, `tier`, from documents only",
    ),
    documented(
        "a record set is read once more before its data are replaced, so that answers that stay keep their metadata and \
         their group",
        "ns1-go, Record and Answer, from documents only",
    ),
    documented(
        "HINFO and GPOS records are seen and left alone: how their strings are told apart is nowhere said",
        "this adapter",
    ),
    documented(
        "no empty TXT",
        "DNSControl, providers/ns1/auditrecords.go, from documents only",
    ),
    documented(
        "texts of TXT, SPF, CAA and NAPTR records are sent as they are, without quotes and escapes, and only printable ASCII: \
         what the API makes of other octets was not seen",
        "octoDNS's and DNSControl's providers, from documents only",
    ),
    documented(
        "a text that somebody wrote in several parts is read as the list of the zone shows it, in one",
        "NS1's Terraform provider 2.9, answer_parts, from documents only",
    ),
    documented(
        "its SOA is left as it is: the settings of the zone have TTL, timers and MINIMUM of it, and records may inherit that TTL",
        "documentation, TTL configuration; NS1's Terraform provider 2.9, ns1_zone, from documents only",
    ),
    documented(
        "secondary zones and zones linked to another one are neither read nor written: their records are somebody else's",
        "NS1's Terraform provider 2.9, ns1_zone, from documents only",
    ),
    documented(
        "a new zone is published on the network 0, NS1's shared one",
        "NS1's Terraform provider 2.9, ns1_zone, networks; recorded answers in ns1-js, from documents only",
    ),
];

pub(super) fn capabilities() -> Capabilities {
    Capabilities {
        rtypes: Some(TYPES.into()),
        ttl: 1..=0x7fff_ffff,
        lists_zones: true,
        creates_zones: true,
        limits: LIMITS,
        settle: Duration::from_secs(60),
        quirks: QUIRKS,
        ..Capabilities::default()
    }
}
