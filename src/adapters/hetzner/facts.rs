//! What the zones of Hetzner's Cloud API can hold.

use std::time::Duration;

use crate::provider::{ApexNs, Capabilities, Counted, Quirk, RateLimit};
use crate::zone::RecordType as T;

/// <https://docs.hetzner.cloud/reference/cloud#tag/zone-rrsets>
#[rustfmt::skip]
const TYPES: &[T] = &[
    T::A, T::AAAA, T::CAA, T::CNAME, T::DS, T::HINFO, T::HTTPS, T::MX, T::NS, T::PTR, T::RP, T::SOA, T::SRV, T::SVCB,
    T::TLSA, T::TXT,
];

/// <https://docs.hetzner.cloud/reference/cloud#rate-limiting>, of a project as a whole.
pub(super) const LIMITS: &[RateLimit] = &[RateLimit {
    requests: 3600,
    per: Duration::from_secs(3600),
    of: Counted::All,
}];

const QUIRKS: &[Quirk] = &[
    Quirk {
        what: "more than 25 calls for one apply become an import of the whole zone, read again right before, where \
               that is fewer calls: what somebody else writes between the two is lost",
        verified: "2026-11-23",
        source: "documentation, zone file import, and the vendor's description of its API, from documents only",
    },
    Quirk {
        what: "nothing is imported into a zone that has labels or protection on a record set, or comments that no \
               zone file can hold: it is written set by set",
        verified: "2026-11-23",
        source: "documentation, zone file import, from documents only",
    },
    Quirk {
        what: "record sets protected from changes are read, and a change of one is refused before anything is written",
        verified: "2026-11-23",
        source: "documentation, protection of record sets, from documents only",
    },
    Quirk {
        what: "a new TTL and new data are two calls; in between, the set has its old data and the new TTL",
        verified: "2026-11-23",
        source: "hcloud 2.27.0 and octodns-hetzner 2.0.0, from documents only",
    },
    Quirk {
        what: "zones directly below a public suffix alone, no subdomains",
        verified: "2026-11-23",
        source: "documentation, create a zone, from documents only",
    },
    Quirk {
        what: "secondary zones are neither read nor written through the API: they follow other nameservers",
        verified: "2026-11-23",
        source: "documentation, zone modes, incorrect_zone_mode, from documents only",
    },
    Quirk {
        what: "the SOA is left as it is; the vendor's Terraform provider can change its MINIMUM, nobody documents the rest",
        verified: "2026-11-23",
        source: "terraform-provider-hcloud, TestAccZoneRRSetResource_SOA, from documents only",
    },
    Quirk {
        what: "its delegation status is `invalid` for a zone that other providers serve as well",
        verified: "2026-11-23",
        source: "documentation, authoritative_nameservers of a zone, from documents only",
    },
];

pub(super) fn capabilities() -> Capabilities {
    Capabilities {
        rtypes: Some(TYPES.into()),
        ttl: 60..=0x7fff_ffff,
        apex_ns: ApexNs::AddOnly,
        lists_zones: true,
        creates_zones: true,
        limits: LIMITS,
        settle: Duration::from_secs(120),
        quirks: QUIRKS,
        ..Capabilities::default()
    }
}
