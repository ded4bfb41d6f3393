//! What Route 53 can hold, and since when that is known.

use std::time::Duration;

use super::write;
use crate::provider::{Capabilities, Counted, Quirk, RateLimit, Soa};
use crate::zone::RecordType;

const TYPES: &[RecordType] = &[
    RecordType::SOA,
    RecordType::A,
    RecordType::TXT,
    RecordType::NS,
    RecordType::CNAME,
    RecordType::MX,
    RecordType::NAPTR,
    RecordType::PTR,
    RecordType::SRV,
    RecordType::SPF,
    RecordType::AAAA,
    RecordType::CAA,
    RecordType::DS,
    RecordType::TLSA,
    RecordType::SSHFP,
    RecordType::SVCB,
    RecordType::HTTPS,
];

/// A bucket of fifty requests, ten of which come back each second.
pub(super) const LIMITS: &[RateLimit] = &[RateLimit {
    requests: 50,
    per: Duration::from_secs(5),
    of: Counted::All,
}];

const QUIRKS: &[Quirk] = &[
    Quirk {
        what: "the policy has to allow ListHostedZones, ListHostedZonesByName, GetHostedZone, ListResourceRecordSets, \
               ChangeResourceRecordSets and GetChange, and CreateHostedZone for `create = true`",
        verified: "2026-11-23",
        source: "this adapter; without GetChange it does not wait, and the proof by DNS alone says when a write is out",
    },
    Quirk {
        what: "aliases and sets with a routing policy or a health check are seen and left alone: no zone file can say them",
        verified: "2026-11-23",
        source: "documents only: API reference, ResourceRecordSet",
    },
    Quirk {
        what: "the serial is never counted up; the SOA can be written, and the adapter writes it when the file's differs",
        verified: "2026-11-23",
        source: "documents only: developer guide, SOA-NSrecords.html",
    },
    Quirk {
        what: "the apex NS set and the SOA can be overwritten and not deleted, so a change of theirs by somebody else is \
               looked for just before the write",
        verified: "2026-11-23",
        source: "documents only: developer guide, SOA-NSrecords.html",
    },
    Quirk {
        what: "a batch holds 1,000 records and 32,000 characters of values; an overwritten record counts twice",
        verified: "2026-11-23",
        source: "documents only: developer guide, DNSLimitations.html",
    },
    Quirk {
        what: "a value has 4,000 characters at most, quotation marks and escapes included",
        verified: "2026-11-23",
        source: "documents only: API reference, ResourceRecord; botocore's model of the service (RData)",
    },
    Quirk {
        what: "10,000 record sets a zone and 400 records a set unless AWS raises it",
        verified: "2026-11-23",
        source: "documents only: developer guide, DNSLimitations.html",
    },
    Quirk {
        what: "besides requests, record changes a second are limited for the whole account, since 2026-07-30",
        verified: "2026-11-23",
        source: "documents only: developer guide, throttling-api-requests.html; only the requests are paced, and \
                 whoever is turned away is patient",
    },
    Quirk {
        what: "a set is replaced by DELETE of what was seen and CREATE of what is wanted in one batch, which a moved base \
               makes fail as a whole; every write is followed by GetChange until INSYNC, two minutes at most",
        verified: "2026-11-23",
        source: "documents only: API reference, ChangeResourceRecordSets and GetChange; seen with MiniStack 1.5.33",
    },
    Quirk {
        what: "escapes in values are octal; in SVCB, HTTPS, CAA and NAPTR that was not seen at AWS itself",
        verified: "2026-11-23",
        source: "documents only: developer guide, ResourceRecordTypes.html and DomainNameFormat.html",
    },
    Quirk {
        what: "no wildcard NS set, and no CNAME at the apex",
        verified: "2026-11-23",
        source: "documents only: API reference, ResourceRecordSet; developer guide, ResourceRecordTypes.html",
    },
    Quirk {
        what: "the China and GovCloud partitions are not spoken to: requests are signed for us-east-1",
        verified: "2026-11-23",
        source: "this adapter",
    },
];

pub(super) fn capabilities() -> Capabilities {
    Capabilities {
        rtypes: Some(TYPES.into()),
        // Fifteen strings of 255 and what is left of 4,000 characters behind them.
        txt_octets: Some(3953),
        records_per_set: Some(400),
        soa: Soa::Settable,
        batch: write::MOST_RECORDS,
        atomic: true,
        detects_conflict: true,
        lists_zones: true,
        creates_zones: true,
        limits: LIMITS,
        settle: Duration::from_secs(60),
        quirks: QUIRKS,
        ..Capabilities::default()
    }
}
