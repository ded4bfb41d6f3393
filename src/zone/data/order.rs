//! Canonical order of a million records: short keys are compared first, names only where the keys are equal.

use std::cmp::Ordering;

use super::super::NameRef;
use super::{Entry, Zone};

/// The beginning of an owner's labels from right to left, so that keys order as names do (RFC 4034, section 6.1), and
/// whether equal keys mean equal names.
type Key = (u128, bool);

/// A record's place among `entries`.
#[derive(Clone, Copy)]
struct Keyed {
    key: [u64; 2],
    index: u32,
    rtype: u16,
    whole: bool,
}

/// `entries` by owner, type, RDATA and the order they were given in.
pub(super) fn sorted(zone: &Zone, entries: Vec<Entry>) -> Vec<Entry> {
    let origin = zone.origin().borrow();
    let mut keyed = Vec::with_capacity(entries.len());
    let mut last = (u32::MAX, (0, true));
    for (index, entry) in entries.iter().enumerate() {
        if entry.owner != last.0 {
            // Keys compare what is below the origin; a name outside would fit nowhere among them.
            let Some(key) = key(zone.owner(*entry), origin) else {
                return by_name(zone, entries);
            };
            last = (entry.owner, key);
        }
        let (key, whole) = last.1;
        keyed.push(Keyed {
            key: [(key >> 64) as u64, key as u64],
            index: index as u32,
            rtype: entry.rtype.0,
            whole,
        });
    }
    let order = |a: &Keyed, b: &Keyed| {
        let (left, right) = (entries[a.index as usize], entries[b.index as usize]);
        a.key
            .cmp(&b.key)
            .then_with(|| {
                if a.whole && b.whole || left.owner == right.owner {
                    Ordering::Equal
                } else {
                    zone.owner(left).cmp(&zone.owner(right))
                }
            })
            .then(a.rtype.cmp(&b.rtype))
            .then_with(|| zone.rdata(left).cmp(zone.rdata(right)))
            .then(a.index.cmp(&b.index))
    };
    if keyed.is_sorted_by(|a, b| order(a, b) != Ordering::Greater) {
        return entries;
    }
    keyed.sort_unstable_by(order);
    keyed
        .iter()
        .map(|keyed| entries[keyed.index as usize])
        .collect()
}

/// The same without keys.
fn by_name(zone: &Zone, mut entries: Vec<Entry>) -> Vec<Entry> {
    entries.sort_by(|a, b| {
        zone.owner(*a)
            .cmp(&zone.owner(*b))
            .then(a.rtype.cmp(&b.rtype))
            .then_with(|| zone.rdata(*a).cmp(zone.rdata(*b)))
    });
    entries
}

/// Labels below `origin` from right to left, each ended by 0; octets 0 and 1 within a label become 1 1 and 1 2.
/// `None` for a name outside.
fn key(name: NameRef<'_>, origin: NameRef<'_>) -> Option<Key> {
    let wire = name.wire();
    let own = wire.strip_suffix(origin.wire())?.len();
    let mut starts = [0_u8; 128];
    let (mut at, mut count) = (0, 0);
    while at < own {
        starts[count] = at as u8;
        count += 1;
        at += 1 + usize::from(wire[at]);
    }
    if at != own {
        return None;
    }
    let mut key = [0_u8; 16];
    let mut filled = 0;
    for &start in starts[..count].iter().rev() {
        let start = usize::from(start);
        for &octet in &wire[start + 1..=start + usize::from(wire[start])] {
            let pair = [1, octet + u8::from(octet < 2)];
            let octets = if octet < 2 { &pair[..] } else { &pair[1..] };
            for &octet in octets {
                let Some(place) = key.get_mut(filled) else {
                    return Some((u128::from_be_bytes(key), false));
                };
                *place = octet;
                filled += 1;
            }
        }
        if filled == key.len() {
            return Some((u128::from_be_bytes(key), false));
        }
        filled += 1;
    }
    Some((u128::from_be_bytes(key), true))
}
