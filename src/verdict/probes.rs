//! Questions for what a zone does not contain: where servers guess, forget or invent.

use super::Question;
use crate::zone::{Lookup, Name, NameRef, RecordType, SetRef, Zone};

/// Up to `limit` probes, drawn evenly from every kind there is.
pub(super) fn probes(zone: &Zone, limit: usize, seed: u64) -> Vec<Question> {
    let mut labels = Labels(seed);
    let mut kinds = [
        nowhere(zone, &mut labels),
        wildcards(zone, &mut labels, limit),
        empty_non_terminals(zone, limit),
        absent_types(zone, limit),
    ];
    let mut all = Vec::new();
    for kind in &mut kinds {
        kind.reverse();
    }
    while all.len() < limit && kinds.iter().any(|kind| !kind.is_empty()) {
        all.extend(kinds.iter_mut().filter_map(Vec::pop));
    }
    all.truncate(limit);
    all
}

/// A name that nobody has, at the apex and below it.
fn nowhere(zone: &Zone, labels: &mut Labels) -> Vec<Question> {
    let origin = zone.origin().borrow();
    let Some(one) = labels.below(origin) else {
        return Vec::new();
    };
    let two = labels.below(one.borrow());
    let mut all = vec![ask(one, RecordType::A)];
    all.extend(two.map(|two| ask(two, RecordType::TXT)));
    all
}

/// For each wildcard: what it covers, with one label and with two, in its type and in another; and what an
/// existing sibling blocks (RFC 4592, section 2.2.1).
fn wildcards(zone: &Zone, labels: &mut Labels, limit: usize) -> Vec<Question> {
    let mut all = Vec::new();
    for set in zone.sets().filter(|set| set.owner().is_wildcard()) {
        if all.len() >= limit {
            break;
        }
        let Some(encloser) = set.owner().parent() else {
            continue;
        };
        let Some(one) = labels.below(encloser) else {
            continue;
        };
        let two = labels.below(one.borrow());
        all.push(ask(one.clone(), set.rtype()));
        all.extend(two.map(|two| ask(two, set.rtype())));
        if let Some(absent) = absent_at(zone, one.borrow()) {
            all.push(ask(one, absent));
        }
        let sibling = zone
            .sets()
            .skip(zone.lower_bound(encloser, RecordType(0)))
            .map(SetRef::owner)
            .take_while(|owner| owner.is_at_or_below(encloser))
            .take(64)
            .find(|owner| *owner != encloser && !owner.is_wildcard());
        let blocked = sibling.and_then(|sibling| labels.below(sibling));
        all.extend(
            blocked
                .filter(|name| is_ours(zone, name.borrow()))
                .map(|name| ask(name, set.rtype())),
        );
    }
    all
}

/// Names that exist only because names below them do.
fn empty_non_terminals(zone: &Zone, limit: usize) -> Vec<Question> {
    let origin = zone.origin().borrow();
    let mut all = Vec::new();
    let mut previous = origin;
    for set in zone.sets() {
        let owner = set.owner();
        if owner == previous {
            continue;
        }
        // In canonical order a name comes right after its nearest ancestor's branch, so that an ancestor which is
        // neither at nor above the previous name is met for the first time.
        let mut above = owner.parent();
        while let Some(name) = above {
            if !name.is_at_or_below(origin) || previous.is_at_or_below(name) {
                break;
            }
            if zone.at(name).next().is_none() && is_ours(zone, name) {
                all.push(ask(name.to_name(), RecordType::A));
            }
            above = name.parent();
        }
        previous = owner;
        if all.len() >= limit {
            break;
        }
    }
    all
}

/// Existing names, spread over the zone, with a type that they lack.
fn absent_types(zone: &Zone, limit: usize) -> Vec<Question> {
    let step = (zone.len() / limit.max(1)).max(1);
    let mut all: Vec<Question> = Vec::new();
    for index in (0..zone.len()).step_by(step) {
        let owner = zone.set(index).owner();
        let repeated = all.last().is_some_and(|last| last.name.borrow() == owner);
        if !repeated && let Some(absent) = absent_at(zone, owner) {
            all.push(ask(owner.to_name(), absent));
        }
    }
    all
}

/// The first of the usual types for which the zone has NODATA at `name`.
fn absent_at(zone: &Zone, name: NameRef<'_>) -> Option<RecordType> {
    [
        RecordType::A,
        RecordType::AAAA,
        RecordType::MX,
        RecordType::TXT,
    ]
    .into_iter()
    .find(|rtype| matches!(zone.lookup(name, *rtype), Lookup::NoData { .. }))
}

/// Whether the zone itself answers for `name`.
fn is_ours(zone: &Zone, name: NameRef<'_>) -> bool {
    !matches!(
        zone.lookup(name, RecordType::A),
        Lookup::Referral { .. } | Lookup::NotInZone | Lookup::Dname { .. }
    )
}

fn ask(name: Name, rtype: RecordType) -> Question {
    Question { name, rtype }
}

/// Labels that look like nobody's, from a seed (splitmix64).
struct Labels(u64);

impl Labels {
    /// A new name below `name`; `None` where that would be too long.
    fn below(&mut self, name: NameRef<'_>) -> Option<Name> {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        name.child(format!("probe-{mixed:016x}").as_bytes()).ok()
    }
}
