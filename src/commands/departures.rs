//! Nameservers on their way out: until when they have to serve, and when they may go.

use super::survey::Surveyed;
use crate::plan::Change;
use crate::rollout::{Contacts, Departure};
use crate::zone::{Finding, Name, RecordType, Severity, Zone, rfc3339};

/// What is to be said of the nameservers that `origin` no longer lists.
pub(super) fn departures(contacts: &Contacts, origin: &Name) -> Vec<Finding> {
    let account_of = |server: &str| {
        let mut known = contacts.of(origin);
        let has = |names: &[Name]| names.iter().any(|name| name.to_string() == server);
        known
            .find(|(_, names)| has(names))
            .map(|(account, _)| account.to_owned())
    };
    contacts
        .departures(origin)
        .map(|departure| {
            let account = account_of(&departure.nameserver);
            let finding = told(departure, account.as_deref()).about(origin, RecordType::NS);
            match account {
                Some(account) => finding.provider(account),
                None => finding,
            }
        })
        .collect()
}

fn told(departure: &Departure, account: Option<&str>) -> Finding {
    let server = &departure.nameserver;
    let whose = account.map_or_else(
        || "its provider".to_owned(),
        |account| format!("the account `{account}`"),
    );
    if departure.is_over() {
        return Finding::new(
            "RUN17",
            Severity::Info,
            format!("`{server}` may stop serving: no resolver remembers an NS set that lists it"),
        )
        .hint(format!("the zone can be taken away from {whose} now"));
    }
    let reason = match departure.parent_ttl {
        Some(ttl) => format!(
            "the zone gave its NS set {} s, and the parent {ttl} s",
            departure.ttl
        ),
        None => format!(
            "the zone gave its NS set {} s; the parent was not asked, and most give two days",
            departure.ttl
        ),
    };
    Finding::new(
        "RUN16",
        Severity::Info,
        format!(
            "`{server}` is no longer listed, and has to go on serving until {}: {reason}",
            rfc3339(departure.until())
        ),
    )
    .hint(format!(
        "the registrar must not list it either; leave the zone at {whose} until then, so that it stays current"
    ))
}

/// The nameservers that the plans take out of an apex NS set, each with the largest TTL that it was listed with.
pub(super) fn unlisted(surveyed: &[Surveyed<'_>]) -> Vec<(Name, u32)> {
    let mut gone: Vec<(Name, u32)> = Vec::new();
    let is_ns = |change: &&Change| change.key().rtype == RecordType::NS;
    for one in surveyed {
        let origin = one.desired.origin();
        let mut changes = one.plan.changes().filter(is_ns);
        let Some(change) = changes.find(|change| change.key().owner == *origin) else {
            continue;
        };
        let (Some(before), Some(after)) = (change.before(), change.after()) else {
            continue;
        };
        for rdata in before
            .rdata
            .iter()
            .filter(|rdata| !after.rdata.contains(rdata))
        {
            let Ok(name) = Name::from_wire(rdata) else {
                continue;
            };
            match gone.iter_mut().find(|(known, _)| *known == name) {
                Some((_, ttl)) => *ttl = (*ttl).max(before.ttl),
                None => gone.push((name, before.ttl)),
            }
        }
    }
    gone
}

/// The nameservers of the apex NS set.
pub(super) fn listed(zone: &Zone) -> impl Iterator<Item = Name> {
    zone.get(zone.origin().borrow(), RecordType::NS)
        .into_iter()
        .flat_map(|set| set.rdata())
        .filter_map(|rdata| Name::from_wire(rdata).ok())
}
