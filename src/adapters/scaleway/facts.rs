//! What Scaleway's zones can hold.

use std::time::Duration;

use crate::provider::{ApexNs, Capabilities, Quirk};
use crate::zone::RecordType as T;

/// Sets in one call. The API names no limit; it is a body of some 300 kB.
pub(super) const MOST_SETS: usize = 1000;
/// Seconds; lower ones are raised to it without a word.
pub(super) const LOWEST_NS_TTL: u32 = 1800;

/// Those of <https://www.scaleway.com/en/developers/api/domains-and-dns/>, Technical limitations, and those of the
/// vendor's client besides that somebody has seen to work: HTTPS, SSHFP and SVCB.
const TYPES: &[T] = &[
    T::A,
    T::AAAA,
    T::CAA,
    T::CNAME,
    T::DNAME,
    T::HTTPS,
    T::MX,
    T::NAPTR,
    T::NS,
    T::SRV,
    T::SSHFP,
    T::SVCB,
    T::TLSA,
    T::TXT,
];

const SEEN: &str =
    "DNSControl, pull request 4919, which tried it with the real service, from documents only";

const QUIRKS: &[Quirk] = &[
    Quirk {
        what: "records by place, weight, view or health, and ALIAS, are seen and left alone: no zone file can say them",
        verified: "2026-11-30",
        source: "documentation, how to manage DNS records, and terraform-provider-scaleway, domain-record-geo-ip, from documents only",
    },
    Quirk {
        what: "comments of records stay as long as their data do",
        verified: "2026-11-30",
        source: "scaleway 2.12.0, Record, from documents only",
    },
    Quirk {
        what: "no empty TXT, and none that begins or ends in a space or a double quote, which it would drop without a word: \
               such a set is refused before anything is sent",
        verified: "2026-09-19",
        source: SEEN,
    },
    Quirk {
        what: "a TXT set with other octets than printable ASCII is refused before anything is sent: nobody says what \
               becomes of them",
        verified: "2026-11-30",
        source: SEEN,
    },
    Quirk {
        what: "NS records below a TTL of 1800 would be raised to it without a word: such a set is refused before anything is \
               sent",
        verified: "2026-09-19",
        source: SEEN,
    },
    Quirk {
        what: "parameters of SVCB and HTTPS are written without quotes: a set with values that need them is refused \
               before anything is sent",
        verified: "2026-09-19",
        source: SEEN,
    },
    Quirk {
        what: "one call makes one version of the zone, of which 100 are kept, and so it happens wholly or not at all",
        verified: "2026-11-30",
        source: "scaleway 2.12.0, update_dns_zone_records and list_dns_zone_versions, from documents only",
    },
    Quirk {
        what: "each apply ends with a question or more whether the zone is published, for at most a minute",
        verified: "2026-11-30",
        source: "terraform-provider-scaleway, domain-record-srv-zone: pending for 7 s, from documents only",
    },
    Quirk {
        what: "its own servers stay in the apex NS set, others can be added",
        verified: "2026-09-19",
        source: "DNSControl, integration tests, NS only APEX, which it passes with its own servers listed, from documents only",
    },
    Quirk {
        what: "the servers of a zone (`PUT nameservers`) are left alone: where they are not Scaleway's own, it serves no \
               records",
        verified: "2026-11-30",
        source: "scaleway 2.12.0, list_dns_zone_records, from documents only",
    },
    Quirk {
        what: "zones are made below a domain that the account has; a domain itself has to be registered or proved by \
               its owner first",
        verified: "2026-11-30",
        source: "documentation, Quickstart and Technical limitations, from documents only",
    },
    Quirk {
        what: "DS, HINFO, LOC, PTR, RP and URI are names in the client, and nobody has seen them work",
        verified: "2026-09-19",
        source: "scaleway 2.12.0, RecordType; DNSControl, providers/scaleway, from documents only",
    },
    Quirk {
        what: "no limit of requests is documented; the API answers 429 to whoever asks too often",
        verified: "2026-11-30",
        source: "documentation, from documents only",
    },
];

pub(super) fn capabilities() -> Capabilities {
    Capabilities {
        rtypes: Some(TYPES.into()),
        // terraform-provider-scaleway, record.go.
        ttl: 60..=2_592_000,
        apex_ns: ApexNs::AddOnly,
        batch: MOST_SETS,
        atomic: true,
        lists_zones: true,
        creates_zones: true,
        settle: Duration::from_secs(120),
        quirks: QUIRKS,
        ..Capabilities::default()
    }
}
