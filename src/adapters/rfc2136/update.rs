//! Changes as UPDATE messages (RFC 2136): each is made wholly or, where the base moved, not at all.

use std::collections::HashMap;

use super::{CLASS_IN, header, question};
use crate::plan::Change;
use crate::provider::{ErrorKind, ProviderError};
use crate::zone::{Name, NameRef, RecordSet, RecordType, Zone};

const CLASS_NONE: u16 = 254;
const CLASS_ANY: u16 = 255;
/// A nameserver that no set has: it comes and goes within one message.
const PASSER_BY: &[u8] = b"\x08redundns\x07invalid\0";
/// OPCODE 5 where the header has it.
const UPDATE: u8 = 5 << 3;
/// Octets of a message before its TSIG record, which takes at most 600.
const LARGEST: usize = 64_900;

/// Indices of changes that go into one message.
pub(super) type Batch = Vec<usize>;

/// Cuts `changes` into messages that fit.
///
/// Where a CNAME comes or goes, all changes of its owner stay together: servers ignore a CNAME beside other data
/// and other data beside a CNAME, without saying so.
pub(super) fn batches(zone: &Name, changes: &[Change]) -> Result<Vec<Batch>, ProviderError> {
    let swapped: HashMap<NameRef<'_>, usize> = changes
        .iter()
        .enumerate()
        .rev()
        .filter(|(_, change)| change.key().rtype == RecordType::CNAME)
        .map(|(_, change)| (change.key().owner.borrow(), usize::MAX))
        .collect();
    let mut unit_of = swapped;
    let mut units: Vec<Batch> = Vec::with_capacity(changes.len());
    for (index, change) in changes.iter().enumerate() {
        refuse_impossible(zone, change)?;
        match unit_of.get_mut(&change.key().owner.borrow()) {
            Some(unit) if *unit != usize::MAX => units[*unit].push(index),
            Some(unit) => {
                *unit = units.len();
                units.push(vec![index]);
            }
            None => units.push(vec![index]),
        }
    }
    let mut batches: Vec<Batch> = Vec::new();
    let mut size = usize::MAX;
    for unit in units {
        let octets: usize = unit
            .iter()
            .map(|&index| {
                let mut message = Message::new(zone);
                message.add(&changes[index]);
                message.size()
            })
            .sum();
        if octets > LARGEST {
            let key = changes[unit[0]].key();
            return Err(ProviderError::new(
                ErrorKind::Rejected,
                format!(
                    "`{key}` takes {octets} octets, more than one UPDATE message of 65,535 holds"
                ),
            )
            .hint("split the record set, or load the zone on the server by other means"));
        }
        match batches.last_mut() {
            Some(batch) if size + octets <= LARGEST => {
                batch.extend(unit);
                size += octets;
            }
            _ => {
                batches.push(unit);
                size = octets + 12 + zone.borrow().wire().len() + 4;
            }
        }
    }
    Ok(batches)
}

/// The message of one batch.
pub(super) fn message<'c>(
    zone: &Name,
    changes: impl IntoIterator<Item = &'c Change>,
    id: u16,
) -> Vec<u8> {
    let mut message = Message::new(zone);
    for change in changes {
        message.add(change);
    }
    message.finish(id)
}

/// Messages that add again the CNAMEs which Knot 3.2 has ignored on a signed zone (2026-11-23): the NSEC and RRSIG of
/// the data that went in the same message still stood at the name. Where a CNAME was taken, to add it changes nothing.
pub(super) fn cnames_again<'c>(
    held: &Zone,
    changes: &'c [Change],
) -> impl Iterator<Item = Vec<&'c Change>> {
    let is_signed = |owner: NameRef<'_>| {
        [RecordType::RRSIG, RecordType::NSEC]
            .iter()
            .any(|&rtype| held.get(owner, rtype).is_some())
    };
    let kept_out: Vec<&Change> = changes
        .iter()
        .filter(|change| {
            let key = change.key();
            key.rtype == RecordType::CNAME
                && change.before().is_none()
                && is_signed(key.owner.borrow())
        })
        .collect();
    let most = LARGEST / (2 * 255 + 10);
    let chunks: Vec<Vec<&Change>> = kept_out.chunks(most).map(<[_]>::to_vec).collect();
    chunks.into_iter()
}

/// A message that adds what `changes` lead to, whatever is there.
pub(super) fn additions(zone: &Name, changes: &[&Change], id: u16) -> Vec<u8> {
    let mut message = Message::new(zone);
    for change in changes {
        message.come(change);
    }
    message.finish(id)
}

fn refuse_impossible(zone: &Name, change: &Change) -> Result<(), ProviderError> {
    let key = change.key();
    let is_apex = key.owner == *zone;
    if change.after().is_none() && is_apex && matches!(key.rtype, RecordType::SOA | RecordType::NS)
    {
        return Err(ProviderError::new(
            ErrorKind::Rejected,
            format!("`{key}` at the apex cannot be deleted by an UPDATE"),
        ));
    }
    Ok(())
}

/// Whether one message has room for what a set was and what it shall be.
fn fits_twice(owner: NameRef<'_>, before: &RecordSet, after: Option<&RecordSet>) -> bool {
    let sets = [Some(before), after];
    let records = sets.into_iter().flatten().flat_map(|set| &set.rdata);
    let octets: usize = records
        .map(|rdata| owner.wire().len() + 10 + rdata.len())
        .sum();
    octets < LARGEST - 1000
}

/// An UPDATE message in parts, since its sections are filled side by side.
struct Message<'z> {
    zone: &'z Name,
    prerequisites: Part,
    /// What goes before anything comes, so that a CNAME finds its name free.
    removals: Part,
    additions: Part,
    /// Apex NS records leave after the new ones came: the last one never goes.
    departures: Part,
}

#[derive(Default)]
struct Part {
    octets: Vec<u8>,
    count: u16,
}

impl<'z> Message<'z> {
    fn new(zone: &'z Name) -> Self {
        Self {
            zone,
            prerequisites: Part::default(),
            removals: Part::default(),
            additions: Part::default(),
            departures: Part::default(),
        }
    }

    fn size(&self) -> usize {
        [
            &self.prerequisites,
            &self.removals,
            &self.additions,
            &self.departures,
        ]
        .map(|part| part.octets.len())
        .iter()
        .sum()
    }

    fn add(&mut self, change: &Change) {
        let (key, zone) = (change.key(), self.zone.borrow());
        let (owner, rtype) = (key.owner.borrow(), key.rtype);
        match change.before() {
            Some(before) if fits_twice(owner, before, change.after()) => {
                for rdata in &before.rdata {
                    self.prerequisites
                        .record(zone, owner, rtype, CLASS_IN, 0, rdata);
                }
            }
            // A set that was created has to be deletable, so here it is enough that there is one.
            Some(_) => self
                .prerequisites
                .record(zone, owner, rtype, CLASS_ANY, 0, &[]),
            None => self
                .prerequisites
                .record(zone, owner, rtype, CLASS_NONE, 0, &[]),
        }
        let is_apex_ns = owner == zone && rtype == RecordType::NS;
        if let Some(before) = change.before() {
            if is_apex_ns {
                self.depart(owner, before, change.after());
            } else if rtype != RecordType::SOA {
                self.removals.record(zone, owner, rtype, CLASS_ANY, 0, &[]);
            }
        }
        self.come(change);
    }

    fn come(&mut self, change: &Change) {
        let (key, zone) = (change.key(), self.zone.borrow());
        if let Some(after) = change.after() {
            for rdata in &after.rdata {
                self.additions.record(
                    zone,
                    key.owner.borrow(),
                    key.rtype,
                    CLASS_IN,
                    after.ttl,
                    rdata,
                );
            }
        }
    }

    fn depart(&mut self, owner: NameRef<'_>, before: &RecordSet, after: Option<&RecordSet>) {
        let zone = self.zone.borrow();
        let kept = after.map_or(&[][..], |after| &after.rdata);
        for rdata in before.rdata.iter().filter(|rdata| !kept.contains(rdata)) {
            self.departures
                .record(zone, owner, RecordType::NS, CLASS_NONE, 0, rdata);
        }
        // Knot 3.2 leaves the TTL alone when only records come that are there already (2026-11-23); a new one
        // brings its TTL to the whole set.
        let Some(after) = after.filter(|after| after.ttl != before.ttl) else {
            return;
        };
        if after.rdata.iter().all(|rdata| before.rdata.contains(rdata)) {
            self.additions
                .record(zone, owner, RecordType::NS, CLASS_IN, after.ttl, PASSER_BY);
            self.departures
                .record(zone, owner, RecordType::NS, CLASS_NONE, 0, PASSER_BY);
        }
    }

    fn finish(self, id: u16) -> Vec<u8> {
        let mut message = header(id, UPDATE);
        question(&mut message, self.zone, RecordType::SOA);
        let updates = self.removals.count + self.additions.count + self.departures.count;
        message[6..8].copy_from_slice(&self.prerequisites.count.to_be_bytes());
        message[8..10].copy_from_slice(&updates.to_be_bytes());
        for part in [
            self.prerequisites,
            self.removals,
            self.additions,
            self.departures,
        ] {
            message.extend_from_slice(&part.octets);
        }
        message
    }
}

impl Part {
    /// Appends a record. The owner's end is a pointer to the zone's name behind the header.
    fn record(
        &mut self,
        zone: NameRef<'_>,
        owner: NameRef<'_>,
        rtype: RecordType,
        class: u16,
        ttl: u32,
        rdata: &[u8],
    ) {
        let own = owner.wire().len() - zone.wire().len().min(owner.wire().len());
        if owner.is_at_or_below(zone) {
            self.octets.extend_from_slice(&owner.wire()[..own]);
            self.octets.extend_from_slice(&[0xc0, 12]);
        } else {
            self.octets.extend_from_slice(owner.wire());
        }
        self.octets.extend_from_slice(&rtype.0.to_be_bytes());
        self.octets.extend_from_slice(&class.to_be_bytes());
        self.octets.extend_from_slice(&ttl.to_be_bytes());
        self.octets
            .extend_from_slice(&(rdata.len() as u16).to_be_bytes());
        self.octets.extend_from_slice(rdata);
        self.count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::RecordKey;

    fn name(text: &str) -> Name {
        Name::absolute(text).expect("a name in a test")
    }

    fn key(owner: &str, rtype: RecordType) -> RecordKey {
        RecordKey {
            owner: name(owner),
            rtype,
        }
    }

    fn set(rdata: &[u8]) -> RecordSet {
        RecordSet::new(60, vec![rdata.into()])
    }

    fn create(owner: &str, rtype: RecordType, rdata: &[u8]) -> Change {
        Change::Create {
            key: key(owner, rtype),
            after: set(rdata),
        }
    }

    #[test]
    fn what_swaps_with_a_cname_goes_into_one_message_and_every_change_into_exactly_one() {
        let mut changes = vec![create("w.z.", RecordType::CNAME, b"\x01z\0")];
        changes.extend((0..5000).map(|n| create(&format!("n{n}.z."), RecordType::A, &[0; 4])));
        changes.push(Change::Delete {
            key: key("w.z.", RecordType::A),
            before: set(&[0; 4]),
        });
        let batches = batches(&name("z."), &changes).expect("small changes");
        assert!(batches.len() > 1);
        assert!(batches[0].contains(&0) && batches[0].contains(&5001));
        let mut all: Vec<usize> = batches.concat();
        all.sort_unstable();
        assert_eq!(all, (0..5002).collect::<Vec<_>>());
        for batch in batches {
            let octets = message(&name("z."), batch.iter().map(|&index| &changes[index]), 1);
            assert!(octets.len() <= LARGEST, "{} octets", octets.len());
        }
    }

    #[test]
    fn a_cname_that_comes_to_a_signed_name_is_added_again() {
        use crate::zone::{Position, ZoneBuilder};
        let mut held = ZoneBuilder::new(name("z."));
        for (owner, rtype) in [
            ("s.z.", RecordType::A),
            ("s.z.", RecordType::NSEC),
            ("u.z.", RecordType::A),
        ] {
            held.push(
                name(owner).borrow(),
                rtype,
                60,
                &[0; 4],
                Position::default(),
            );
        }
        let changes = [
            create("s.z.", RecordType::CNAME, b"\x01z\0"),
            create("s.z.", RecordType::TXT, b"\x01z"),
            create("u.z.", RecordType::CNAME, b"\x01z\0"),
        ];
        let again: Vec<_> = cnames_again(&held.finish(), &changes).collect();
        assert_eq!(again, [[&changes[0]]]);
    }

    #[test]
    fn the_apex_cannot_lose_its_soa_or_its_last_nameserver() {
        for rtype in [RecordType::SOA, RecordType::NS] {
            let delete = |owner| Change::Delete {
                key: key(owner, rtype),
                before: set(b"\0"),
            };
            let error = batches(&name("z."), &[delete("z.")]).expect_err("the apex");
            assert_eq!(error.kind, ErrorKind::Rejected);
            assert!(batches(&name("z."), &[delete("w.z.")]).is_ok());
        }
    }
}
