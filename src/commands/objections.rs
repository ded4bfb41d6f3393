//! The guards, each with what it has to know.

use std::collections::BTreeSet;

use super::listed::{newly_listed, unproved};
use super::session::Session;
use super::survey::Surveyed;
use crate::cli::Allow;
use crate::plan::{
    Asked, Change, GuardPolicy, Left, Measure, Objection, Proposal, State, guard, guard_fleet,
};
use crate::rollout::{Contacts, Departure};
use crate::zone::{Name, RecordType, Zone, rfc3339};

/// What is refused, by `redundns.toml` and the flags.
fn policy(session: &Session, allow: &Allow) -> GuardPolicy {
    let policy = &session.project.policy;
    GuardPolicy {
        max_change: f64::from(allow.allow_change.unwrap_or(policy.max_change)) / 100.0,
        min_records: policy.min_records,
        protect: policy.protect.clone(),
        allow_empty: allow.allow_empty,
        allow_protected: allow.allow_protected,
        adopt: allow.adopt,
        allow_unproved: allow.allow_unproved,
        allow_type_gone: allow.allow_type_gone,
        allow_gap: allow.allow_gap || policy.allow_gap,
        allow_left: allow.allow_left,
    }
}

/// Lets the guards look at each plan of a zone; gives what the zone counts for in [`object_to_all`].
pub(super) async fn object(
    session: &Session,
    origin: &Name,
    surveyed: &mut [Surveyed<'_>],
    allow: &Allow,
    is_first_contact: &dyn Fn(&str) -> bool,
    mut left: Vec<Left>,
) -> Measure {
    let guards = policy(session, allow);
    let unproved = unproved(session, origin, surveyed).await;
    let mut measure = Measure::default();
    let nothing = Zone::empty(origin.clone());
    for one in surveyed {
        let State::Known { waves, .. } = &one.plan.state else {
            continue;
        };
        // What a zone lists that is yet to be created is new to resolvers only where the NS sets of the other
        // providers lack it too, and those are judged.
        let current = one.base.as_ref().map_or(&nothing, |base| &base.zone);
        let changes: Vec<&Change> = waves.iter().collect();
        let mut newly_listed = match &one.base {
            Some(base) => newly_listed(&base.zone, &one.desired),
            None => Vec::new(),
        };
        newly_listed.retain(|name| {
            unproved.contains(name) && changes.iter().any(|change| is_apex_ns(change, origin))
        });
        let proposal = Proposal {
            provider: &one.account.id,
            current,
            desired: &one.desired,
            changes: &changes,
            first_contact: is_first_contact(&one.account.id),
            unproved: &newly_listed,
            gaps: &waves.gaps,
            // Said once: it is about the zone, and stands where something would be written.
            left: &if changes.is_empty() {
                Vec::new()
            } else {
                std::mem::take(&mut left)
            },
        };
        measure = measure.max(Measure::of(&proposal));
        one.plan.objections = guard(&guards, &proposal);
    }
    measure
}

/// Lets the guards look at all zones of a run together.
pub(super) fn object_to_all(session: &Session, allow: &Allow, zones: &[Measure]) -> Vec<Objection> {
    guard_fleet(&policy(session, allow), zones)
        .into_iter()
        .collect()
}

/// Nameservers of accounts that had the zone and no longer take it, where resolvers are sent to them: by the file, or
/// by a provider that would get new data beside the shorter NS set.
pub(super) fn left(
    session: &Session,
    zone: &Zone,
    surveyed: &[Surveyed<'_>],
    contacts: &Contacts,
) -> Vec<Left> {
    let takers = session.project.accounts_of(zone.origin());
    let own: BTreeSet<&Name> = takers
        .iter()
        .flat_map(|account| &account.nameservers)
        .map(|server| &server.name)
        .collect();
    let lists = |zone: &Zone, name: &Name| {
        zone.get(zone.origin().borrow(), RecordType::NS)
            .is_some_and(|set| set.rdata().any(|rdata| rdata == name.borrow().wire()))
    };
    // Taking the server out of the NS set is the remedy, and shall not be refused.
    let writes_data = |one: &&Surveyed<'_>| match &one.plan.state {
        State::Known { waves, .. } => !waves.body.is_empty(),
        _ => false,
    };
    let mut left = Vec::new();
    for (id, names) in contacts.of(zone.origin()) {
        if takers.iter().any(|account| account.id == id) {
            continue;
        }
        for name in names.into_iter().filter(|name| !own.contains(name)) {
            let holder = || {
                surveyed.iter().filter(writes_data).find(|one| {
                    one.base
                        .as_ref()
                        .is_some_and(|base| lists(&base.zone, &name))
                })
            };
            let remembered = || {
                let waits = |one: &&Departure| !one.is_over() && one.nameserver == name.to_string();
                contacts.departures(zone.origin()).find(waits)
            };
            let asked = if lists(zone, &name) {
                Asked::File
            } else if let Some(one) = holder() {
                Asked::At(one.account.id.clone())
            } else if let Some(departure) = remembered() {
                Asked::Remembered(rfc3339(departure.until()))
            } else {
                continue;
            };
            left.push(Left {
                nameserver: name,
                account: id.to_owned(),
                asked,
            });
        }
    }
    left
}

fn is_apex_ns(change: &Change, origin: &Name) -> bool {
    change.key().rtype == RecordType::NS && change.key().owner == *origin
}
