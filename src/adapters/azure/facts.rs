//! What Azure DNS can hold, and since when that is known.

use std::time::Duration;

use crate::provider::{ApexNs, Capabilities, Counted, Quirk, RateLimit};
use crate::zone::RecordType;

const TYPES: &[RecordType] = &[
    RecordType::A,
    RecordType::AAAA,
    RecordType::CAA,
    RecordType::CNAME,
    RecordType::MX,
    RecordType::NS,
    RecordType::PTR,
    RecordType::SRV,
    RecordType::TXT,
];

/// How long one attempt may take.
pub(super) const TIMEOUT: Duration = Duration::from_secs(30);

/// What Resource Manager answers a subscription, 250 reads that come back at 25 a second; what a zone takes of writes.
pub(super) const LIMITS: &[RateLimit] = &[
    RateLimit {
        requests: 250,
        per: Duration::from_secs(10),
        of: Counted::Reads,
    },
    RateLimit {
        requests: 200,
        per: Duration::from_secs(60),
        of: Counted::Writes,
    },
];

const QUIRKS: &[Quirk] = &[
    Quirk {
        what: "the application needs the role DNS Zone Contributor in the resource group",
        verified: "2026-11-23",
        source: "documents only: protect DNS zones and records, dns-protect-zones-recordsets",
    },
    Quirk {
        what: "each zone takes 200 creations, 200 updates and 200 deletions a minute, one set each, and 60 pages of 100 \
               sets; there is no batch",
        verified: "2026-11-23",
        source: "documents only: Azure DNS limits, dns-limits",
    },
    Quirk {
        what: "a set that was touched since it was read is refused by its ETag, If-Match or If-None-Match, and its \
               metadata are sent back as they came",
        verified: "2026-11-23",
        source: "documents only: dns-zones-records, Etags",
    },
    Quirk {
        what: "10,000 sets a zone and 20 records a set unless support raises it",
        verified: "2026-11-23",
        source: "documents only: Azure DNS limits, dns-limits",
    },
    Quirk {
        what: "all records of a TXT set together have 1,024 characters at most in national clouds, and a string has 255",
        verified: "2026-11-23",
        source: "documents only: dns-zones-records, TXT records; terraform-provider-azurerm, pull request 24169",
    },
    Quirk {
        what: "no empty TXT and no null MX",
        verified: "2026-11-23",
        source: "DNSControl, providers/azuredns/auditrecords.go, from documents only",
    },
    Quirk {
        what: "text is sent as it is, and only printable ASCII: what the API makes of other octets was not seen",
        verified: "2026-11-23",
        source: "this adapter",
    },
    Quirk {
        what: "CAA tags are issue, issuewild and iodef",
        verified: "2026-11-23",
        source: "documents only: dns-zones-records, CAA records",
    },
    Quirk {
        what: "alias record sets, those of a Traffic Manager among them, are seen and left alone; a set without records \
               counts as none",
        verified: "2026-11-23",
        source: "documents only: dns-alias; REST reference, RecordSet, targetResource",
    },
    Quirk {
        what: "no wildcard NS set, and no CNAME at the apex",
        verified: "2026-11-23",
        source: "documents only: dns-zones-records",
    },
    Quirk {
        what: "the serial is never counted up",
        verified: "2026-11-23",
        source: "documents only: dns-zones-records, SOA records",
    },
    Quirk {
        what: "DS, TLSA and NAPTR are in the preview version of the API alone, which is not used",
        verified: "2026-11-23",
        source: "azure-mgmt-dns 9.0.0, which uses 2018-05-01; azure-rest-api-specs, Dns/preview/2023-07-01-preview",
    },
    Quirk {
        what: "a second write to a set that is still being worked on is answered with 409 and tried again",
        verified: "2026-11-23",
        source: "DNSControl, issue 4363, from documents only",
    },
];

pub(super) fn capabilities() -> Capabilities {
    Capabilities {
        rtypes: Some(TYPES.into()),
        ttl: 1..=0x7fff_ffff,
        txt_octets: Some(4096),
        txt_set_octets: Some(4096),
        records_per_set: Some(20),
        apex_ns: ApexNs::AddOnly,
        detects_conflict: true,
        lists_zones: true,
        creates_zones: true,
        limits: LIMITS,
        settle: Duration::from_secs(60),
        quirks: QUIRKS,
        ..Capabilities::default()
    }
}
