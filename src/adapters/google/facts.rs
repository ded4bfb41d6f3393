//! What Cloud DNS can hold, and since when that is known.

use std::time::Duration;

use super::change::MOST_SETS;
use crate::provider::{Capabilities, Quirk, Soa};
use crate::zone::RecordType;

type T = RecordType;
/// <https://docs.cloud.google.com/dns/docs/records-overview>
#[rustfmt::skip]
const TYPES: &[T] = &[
    T::SOA, T::A, T::AAAA, T::CAA, T::CNAME, T::DS, T::HTTPS, T::IPSECKEY, T::MX, T::NAPTR, T::NS, T::PTR, T::SPF,
    T::SRV, T::SSHFP, T::SVCB, T::TLSA, T::TXT,
];

const VERIFIED: &str = "2026-11-23";

const fn quirk(what: &'static str, source: &'static str) -> Quirk {
    Quirk {
        what,
        verified: VERIFIED,
        source,
    }
}

const QUIRKS: &[Quirk] = &[
    quirk(
        "a set is replaced by its deletion and its addition in one change, which the API refuses as a whole unless what \
         it deletes is there exactly so; every change is followed until it is `done`, two minutes at most",
        "documents only: API reference, changes; error messages, preconditionFailed",
    ),
    quirk(
        "`done` means that the nameservers have been told, not that all of them answer so",
        "documents only: discovery document of the API, revision 20261009",
    ),
    quirk(
        "sets with a routing policy and ALIAS records are seen and left alone: no zone file can say them",
        "documents only: discovery document, revision 20261009; records overview",
    ),
    quirk(
        "private zones are passed over, and several public zones of one name are not chosen between: name one in \
         `managed_zones`",
        "this adapter; documents only: discovery document, ManagedZone",
    ),
    quirk(
        "a change adds 1,000 sets, deletes 1,000 and holds 100,000 octets of values, a set has 100 records, a zone \
         10,000 sets, unless Google raises the project's quota",
        "documents only: quotas, an older version of the page; the newer one names no figures",
    ),
    quirk(
        "an NS set, the apex included, has 8 nameservers at most unless Google raises the project's quota",
        "documents only: quotas, an older version of the page; that it holds for the apex too was not seen",
    ),
    quirk(
        "requests a minute are limited by a quota of the project that its console shows; nothing is paced, and whoever is \
         turned away is patient",
        "documents only: quotas",
    ),
    quirk(
        "the apex NS set takes any servers, and like the SOA it can be replaced and not deleted",
        "documents only: error messages, invalidZoneApex; octoDNS's provider (SUPPORTS_ROOT_NS), DNSControl's (DocDualHost)",
    ),
    quirk(
        "no wildcard NS set, no CNAME at the apex, and a SOA nowhere but there",
        "documents only: error messages",
    ),
    quirk(
        "DNSKEY sets can be added only while a signed zone is in the state `transfer`, so they are not written",
        "documents only: records overview",
    ),
    quirk(
        "a signed zone's keys and signatures are Google's own and not among the sets; a DS at the parent needs the same \
         keys at every other provider",
        "documents only: discovery document, dnsKeys",
    ),
    quirk(
        "the serial counts up with each change that does not touch the SOA",
        "documents only: `gcloud dns record-sets transaction` and the vendor's Java test server",
    ),
    quirk(
        "hexadecimal digits come back small and parameters of services quoted; a deletion repeats what was listed",
        "answers recorded by DNSControl's integration tests (providers/gcloud/testdata)",
    ),
];

pub(super) fn capabilities() -> Capabilities {
    Capabilities {
        rtypes: Some(TYPES.into()),
        records_per_set: Some(100),
        soa: Soa::Settable,
        batch: MOST_SETS,
        atomic: true,
        detects_conflict: true,
        lists_zones: true,
        creates_zones: true,
        settle: Duration::from_secs(120),
        quirks: QUIRKS,
        ..Capabilities::default()
    }
}
