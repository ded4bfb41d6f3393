//! What a server's RCODE means to somebody who wants to do something about it.

use crate::provider::{ErrorKind, ProviderError};
use crate::zone::Name;

const FORMERR: u16 = 1;
const SERVFAIL: u16 = 2;
const NXDOMAIN: u16 = 3;
const NOTIMP: u16 = 4;
const REFUSED: u16 = 5;
const YXDOMAIN: u16 = 6;
const YXRRSET: u16 = 7;
const NXRRSET: u16 = 8;
const NOTAUTH: u16 = 9;
const NOTZONE: u16 = 10;

/// An AXFR or SOA question was answered with `rcode`.
pub(super) fn of_transfer(rcode: u16, zone: &Name, is_signed: bool) -> ProviderError {
    match rcode {
        REFUSED => ProviderError::new(
            ErrorKind::Unauthorized,
            format!("the server refuses the transfer of `{zone}`"),
        )
        .hint("allow the key: `allow-transfer` in BIND, an `acl` with `action: transfer` in Knot"),
        NOTAUTH => not_authoritative(zone, is_signed),
        _ => ProviderError::new(
            ErrorKind::Protocol,
            format!("the transfer of `{zone}` ended with {}", spelled(rcode)),
        ),
    }
}

/// An UPDATE was answered with `rcode`: nothing of that message was made (RFC 2136, section 3).
pub(super) fn of_update(rcode: u16, zone: &Name, is_signed: bool) -> ProviderError {
    match rcode {
        NXDOMAIN | YXDOMAIN | YXRRSET | NXRRSET => ProviderError::new(
            ErrorKind::Conflict,
            format!("`{zone}` was changed by somebody else meanwhile ({})", spelled(rcode)),
        )
        .hint("plan again"),
        REFUSED => ProviderError::new(
            ErrorKind::Unauthorized,
            format!("the server refuses the update of `{zone}`"),
        )
        .hint(
            "allow the key: `allow-update` or `update-policy` in BIND, an `acl` with `action: update` in Knot; \
             BIND also refuses nameservers in the zone that have no address, and says so in its log",
        ),
        NOTAUTH => not_authoritative(zone, is_signed),
        NOTIMP => ProviderError::new(
            ErrorKind::Rejected,
            format!("the server takes no updates of `{zone}` (NOTIMP)"),
        )
        .hint("in PowerDNS set `dnsupdate=yes`; NSD takes none at all"),
        NOTZONE => ProviderError::new(
            ErrorKind::Rejected,
            format!("a name is not in `{zone}` (NOTZONE)"),
        ),
        _ => ProviderError::new(
            ErrorKind::Rejected,
            format!("the server refuses the update of `{zone}` with {}", spelled(rcode)),
        )
        .hint(
            "the server's log says why; BIND takes 100 records in a set unless `max-records-per-type` says otherwise",
        ),
    }
}

fn not_authoritative(zone: &Name, is_signed: bool) -> ProviderError {
    let error = ProviderError::new(
        ErrorKind::NoSuchZone,
        format!(
            "the server is not authoritative for `{zone}`, or does not let this client see it (NOTAUTH)"
        ),
    );
    if is_signed {
        error
    } else {
        error.hint("Knot answers so to requests without a TSIG key: set `tsig`")
    }
}

fn spelled(rcode: u16) -> String {
    match rcode {
        FORMERR => "FORMERR".to_owned(),
        SERVFAIL => "SERVFAIL".to_owned(),
        NXDOMAIN => "NXDOMAIN".to_owned(),
        NOTIMP => "NOTIMP".to_owned(),
        YXDOMAIN => "YXDOMAIN".to_owned(),
        YXRRSET => "YXRRSET".to_owned(),
        NXRRSET => "NXRRSET".to_owned(),
        NOTZONE => "NOTZONE".to_owned(),
        other => format!("RCODE {other}"),
    }
}
