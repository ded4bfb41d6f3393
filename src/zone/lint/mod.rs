//! Rules over a whole zone: what nameservers refuse, and what they serve though nobody can have meant it.
//!
//! One pass in canonical order, in which everything below a name follows it directly.

mod index;
mod owners;
mod targets;

use super::parse::{Note, Part};
use super::{Finding, NameRef, RecordType, SetRef, Severity, Zone, codes};
use index::Index;

/// Judges a zone that came from no text, such as a provider's: the findings have no place.
pub fn lint(zone: &Zone) -> Vec<Finding> {
    let mut notes = Vec::new();
    check(zone, &mut notes);
    notes.into_iter().map(|note| note.finding).collect()
}

/// Adds what the rules have to say about `zone`.
pub(super) fn check(zone: &Zone, notes: &mut Vec<Note>) {
    let mut lint = Lint {
        zone,
        index: Index::new(zone),
        cut: None,
        redirected: None,
        nameservers: None,
        notes,
    };
    lint.apex();
    let mut from = 0;
    while from < zone.len() {
        let owner = zone.set(from).owner();
        let mut to = from + 1;
        while to < zone.len() && zone.set(to).owner() == owner {
            to += 1;
        }
        lint.owner(owner, from..to);
        from = to;
    }
}

struct Lint<'z, 'n> {
    zone: &'z Zone,
    index: Index,
    /// The delegation that names may be below at this point of the pass.
    cut: Option<NameRef<'z>>,
    /// The same for a DNAME.
    redirected: Option<NameRef<'z>>,
    /// Targets of all NS records, once needed.
    nameservers: Option<std::collections::HashSet<&'z [u8]>>,
    notes: &'n mut Vec<Note>,
}

impl<'z> Lint<'z, '_> {
    fn apex(&mut self) {
        let apex = self.zone.origin();
        for (rtype, code, message) in [
            (
                RecordType::SOA,
                codes::SOA_MISSING,
                format!("zone `{apex}` has no SOA record at its apex"),
            ),
            (
                RecordType::NS,
                codes::NS_MISSING,
                format!("zone `{apex}` has no NS records at its apex"),
            ),
        ] {
            if self.zone.get(apex.borrow(), rtype).is_none() {
                let finding = Finding::new(code, Severity::Error, message).about(apex, rtype);
                self.notes.push(Note::new(Part::Zone, finding));
            }
        }
    }

    /// The sets owned by `owner`, if there are any.
    fn at(&self, owner: NameRef<'_>) -> impl Iterator<Item = SetRef<'z>> + use<'z> {
        let zone = self.zone;
        let start = self.index.find(zone, owner);
        start
            .into_iter()
            .flat_map(move |start| start..zone.len())
            .map(|index| zone.set(index))
            .scan(None, |first, set| {
                (*first.get_or_insert(set.owner()) == set.owner()).then_some(set)
            })
    }

    fn note(&mut self, part: Part, set: SetRef<'_>, finding: Finding) {
        let finding = finding.about(set.owner(), set.rtype());
        self.notes.push(Note::new(part, finding));
    }
}
