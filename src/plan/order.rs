//! In which order changes are written, so that nothing that is served before and after is missing in between.

use std::collections::HashSet;

use super::Change;
use crate::zone::rdata::targets;
use crate::zone::{Name, RecordSet, RecordType};

/// Changes in the order of writing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Waves {
    /// Everything but the apex NS set: the SOA, then what is created or replaced, then what is deleted.
    pub body: Vec<Change>,
    /// The apex NS set, written once all providers have the body; behind it the addresses of servers that it no
    /// longer lists, which must stay as long as it does list them.
    pub apex_ns: Vec<Change>,
    /// Names whose old and new record sets exclude each other (a CNAME and anything else): without an atomic batch
    /// they are without an answer for a moment. Their changes stand side by side, the deletion first.
    pub gaps: Vec<Name>,
}

impl Waves {
    /// Every change in the order of writing.
    pub fn iter(&self) -> impl Iterator<Item = &Change> {
        self.body.iter().chain(&self.apex_ns)
    }

    /// How many changes.
    pub fn len(&self) -> usize {
        self.body.len() + self.apex_ns.len()
    }

    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.body.is_empty() && self.apex_ns.is_empty()
    }
}

/// Where a change stands in the body; what is equal keeps canonical order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Soa,
    /// Addresses and other data that stand for themselves.
    Data,
    /// Sets that name others.
    Pointer,
    /// The DS set of a delegation that stands by now.
    SecureDelegation,
    /// The DS set goes before its delegation, or what remains is bogus.
    DeleteSecureDelegation,
    DeletePointer,
    DeleteData,
}

/// Puts `changes` into the order of writing for the zone of `origin`.
///
/// Creations and replacements come before deletions. A target comes before the sets that name it, and goes after
/// them. The exception is in [`Waves::gaps`].
pub fn order(mut changes: Vec<Change>, origin: &Name) -> Waves {
    changes.sort_by(|a, b| a.key().cmp(b.key()));
    let is_apex_ns =
        |change: &Change| change.key().rtype == RecordType::NS && change.key().owner == *origin;
    let (ns, rest): (Vec<Change>, Vec<Change>) = changes.into_iter().partition(is_apex_ns);
    let unlisted: HashSet<Name> = ns.iter().flat_map(unlisted).collect();
    let (after_ns, rest): (Vec<Change>, Vec<Change>) = rest.into_iter().partition(|change| {
        let key = change.key();
        change.after().is_none() && is_address(key.rtype) && unlisted.contains(&key.owner)
    });

    let gaps = conflicts(&rest);
    let mut body: Vec<(Step, Change)> = rest
        .into_iter()
        .map(|change| (step(&change), change))
        .collect();
    join(&mut body, &gaps);
    body.sort_by_key(|(step, _)| *step);
    Waves {
        body: body.into_iter().map(|(_, change)| change).collect(),
        apex_ns: ns.into_iter().chain(after_ns).collect(),
        gaps,
    }
}

/// Servers that an NS set names before a change and not after.
fn unlisted(change: &Change) -> Vec<Name> {
    let records = |set: Option<&RecordSet>| -> HashSet<Box<[u8]>> {
        set.into_iter()
            .flat_map(|set| set.rdata.iter().cloned())
            .collect()
    };
    let (before, after) = (records(change.before()), records(change.after()));
    before
        .difference(&after)
        .filter_map(|wire| Name::from_wire(wire).ok())
        .collect()
}

/// Owners of a set to be deleted and one to be created that cannot stand beside it, in canonical order.
fn conflicts(changes: &[Change]) -> Vec<Name> {
    let is_owner = |a: &&Change, b: &&Change| a.key().owner == b.key().owner;
    let mut found: Vec<Name> = Vec::new();
    let refs: Vec<&Change> = changes.iter().collect();
    for at_owner in refs.chunk_by(|a, b| is_owner(a, b)) {
        let types = |wanted: fn(&Change) -> bool| {
            at_owner
                .iter()
                .filter(move |change| wanted(change))
                .map(|change| change.key().rtype)
        };
        let deleted = types(|change| matches!(change, Change::Delete { .. }));
        let created = || types(|change| matches!(change, Change::Create { .. }));
        if deleted
            .into_iter()
            .any(|old| created().any(|new| exclude_each_other(old, new)))
        {
            found.push(at_owner[0].key().owner.clone());
        }
    }
    found
}

/// RFC 1034 section 3.6.2 for CNAME, RFC 6672 section 2.4 for DNAME and NS.
fn exclude_each_other(old: RecordType, new: RecordType) -> bool {
    let is_pair = |a, b| (old, new) == (a, b) || (old, new) == (b, a);
    old == RecordType::CNAME
        || new == RecordType::CNAME
        || is_pair(RecordType::DNAME, RecordType::NS)
}

/// Gives all changes of an owner in `gaps` one step and puts the deletions first.
fn join(body: &mut [(Step, Change)], gaps: &[Name]) {
    let mut gaps = gaps.iter().peekable();
    for at_owner in body.chunk_by_mut(|(_, a), (_, b)| a.key().owner == b.key().owner) {
        if gaps
            .next_if(|gap| **gap == at_owner[0].1.key().owner)
            .is_none()
        {
            continue;
        }
        let step = at_owner
            .iter()
            .filter(|(_, change)| change.after().is_some())
            .map(|(step, _)| *step)
            .max()
            .unwrap_or(Step::Data);
        at_owner.sort_by_key(|(_, change)| change.after().is_some());
        for (own, _) in at_owner {
            *own = step;
        }
    }
}

fn step(change: &Change) -> Step {
    let rtype = change.key().rtype;
    let stays = change.after().is_some();
    match rtype {
        RecordType::SOA => Step::Soa,
        RecordType::DS if stays => Step::SecureDelegation,
        RecordType::DS => Step::DeleteSecureDelegation,
        _ if names_others(change) && stays => Step::Pointer,
        _ if names_others(change) => Step::DeletePointer,
        _ if stays => Step::Data,
        _ => Step::DeleteData,
    }
}

fn is_address(rtype: RecordType) -> bool {
    matches!(rtype, RecordType::A | RecordType::AAAA)
}

fn names_others(change: &Change) -> bool {
    let rtype = change.key().rtype;
    change.after().or(change.before()).is_some_and(|set| {
        set.rdata
            .iter()
            .any(|rdata| targets(rtype, rdata).next().is_some())
    })
}
