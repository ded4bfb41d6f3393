//! What `PowerDNS` can hold, and where it differs from what a zone file would expect.

use std::time::Duration;

use super::write::MOST_SETS;
use crate::provider::{ApexNs, Capabilities, Granularity, Quirk, Soa};

const QUIRKS: &[Quirk] = &[
    Quirk {
        what: "owner names hold letters, digits, `-`, `_`, `/` and a leftmost `*` only",
        verified: "2026-11-23",
        source: "4.7.3 refuses others with 422: contains unsupported characters",
    },
    Quirk {
        what: "targets of NS, MX and SRV must be host names; DNSKEY stands at the apex only",
        verified: "2026-11-23",
        source: "4.7.3 refuses others with 422",
    },
    Quirk {
        what: "an SOA written with a low serial sets the zone's serial back, whatever soa_edit_api says",
        verified: "2026-11-23",
        source: "4.7.3, every soa_edit_api; this adapter writes the successor of the server's serial",
    },
    Quirk {
        what: "types that the server does not know go and come as generic data (RFC 3597)",
        verified: "2026-11-23",
        source: "4.7.3 takes any TYPEnnn that has no name of its own there",
    },
    Quirk {
        what: "on SQLite two writers at a time get 500, whatever their zones",
        verified: "2026-11-23",
        source: "4.7.3: database is locked; this adapter writes one request at a time",
    },
    Quirk {
        what: "ALIAS and LUA, which exist nowhere else, show as TYPE65401 and TYPE65402",
        verified: "2026-11-23",
        source: "numbers of the server's own qtype table",
    },
];

pub(super) fn capabilities() -> Capabilities {
    Capabilities {
        rtypes: None,
        ttl: 0..=0x7fff_ffff,
        ttl_steps: (&[]).into(),
        txt_octets: None,
        txt_set_octets: None,
        records_per_set: None,
        apex_ns: ApexNs::Full,
        apex_ns_ttl: None,
        soa: Soa::Settable,
        granularity: Granularity::RecordSet,
        batch: MOST_SETS,
        atomic: true,
        detects_conflict: false,
        lists_zones: true,
        creates_zones: true,
        follows: false,
        limits: &[],
        // The server that is written to forgets its cached answers at once; others on the same database keep them
        // for as long as cache-ttl and query-cache-ttl say, 20 s each by default.
        settle: Duration::from_secs(40),
        quirks: QUIRKS,
    }
}
