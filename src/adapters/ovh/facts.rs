//! What OVH's zones can hold, and where it differs from what a zone file would expect.

use std::time::Duration;

use crate::provider::{Capabilities, Granularity, Quirk};
use crate::zone::RecordType as T;

/// <https://eu.api.ovh.com/console/?section=%2Fdomain&branch=v1>, `domain.zone.RecordTypeEnum`, but for its DKIM, DMARC and
/// SPF, which are TXT records of a checked form.
#[rustfmt::skip]
const TYPES: &[T] = &[
    T::A, T::AAAA, T::CAA, T::CNAME, T::DNAME, T::HTTPS, T::LOC, T::MX, T::NAPTR, T::NS, T::PTR, T::RP, T::SRV,
    T::SSHFP, T::SVCB, T::TLSA, T::TXT,
];

const fn documented(what: &'static str, source: &'static str) -> Quirk {
    Quirk {
        what,
        verified: "2026-11-30",
        source,
    }
}

const QUIRKS: &[Quirk] = &[
    documented(
        "records that are written are served once the zone is refreshed, all of them at once; where anything fails before, what was written is taken back",
        "vendor's API, `refresh`: apply zone modification on DNS servers, from documents only",
    ),
    documented(
        "whether records were written and never served shows nowhere in the API but in the answers of its nameservers: after a kill between the last write and the refresh the plan is empty, and the next sync of the same directory, whose journal tells of the run, has them served",
        "vendor's API, schema of domain.zone, from documents only",
    ),
    documented(
        "a zone file is not imported, though the API could: that replaces what other products keep in the zone, takes a task of up to an hour, and sees nobody else's change",
        "terraform-provider-ovh, ovh_domain_zone_import, which waits so long, from documents only",
    ),
    documented(
        "records are read 100 at a time by the header `X-Ovh-Batch`, and one by one where that is refused",
        "ovh-api-services, the vendor's library for its own console, getBatch, from documents only",
    ),
    documented(
        "the keys need GET, POST, PUT and DELETE on `/domain/zone/*`; without POST on `refresh` nothing is ever served",
        "terraform-provider-ovh's issue 292, from documents only",
    ),
    documented(
        "a TTL below 60 becomes 60 without a word; 0 is the TTL of the zone's SOA record",
        "terraform-provider-ovh's pull requests 397 and 672, from documents only",
    ),
    documented(
        "texts with backslashes or quotes are spoiled there: they are refused here before anything is written, and so are octets that no ASCII character stands for",
        "DNSControl's audit of records, TxtHasBackslash and TxtHasDoubleQuotes of 2026-07-19, from documents only",
    ),
    documented(
        "DKIM, DMARC and SPF are types of their own there and TXT records on the wire; where their data change they become TXT",
        "DNSControl's provider, from documents only",
    ),
    documented(
        "addresses below a name that begins with an underscore are refused",
        "python-ovh's issue 144, from documents only",
    ),
    documented(
        "a CNAME record stands alone at its name, and never at the apex",
        "ovh-manager-web's pull request 910, from documents only",
    ),
    documented(
        "the SOA is left as it is: the API sets its servers, mailbox and most timers, and does not know RETRY",
        "vendor's API, domain.zone.Soa, from documents only",
    ),
    documented(
        "zones come with a domain or are ordered; the API creates none without an order",
        "DNSControl's provider, DocCreateDomains, from documents only",
    ),
    documented(
        "keys belong to one of three regions: `endpoint` is eu.api.ovh.com, ca.api.ovh.com or api.us.ovhcloud.com",
        "python-ovh 1.2.0, ENDPOINTS, from documents only",
    ),
];

pub(super) fn capabilities() -> Capabilities {
    Capabilities {
        rtypes: Some(TYPES.into()),
        ttl: 60..=0x7fff_ffff,
        granularity: Granularity::Record,
        batch: usize::MAX,
        atomic: true,
        lists_zones: true,
        settle: Duration::from_secs(300),
        quirks: QUIRKS,
        ..Capabilities::default()
    }
}
