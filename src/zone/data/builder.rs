//! Records collected in any order become a zone.

use super::super::{Name, NameRef, RecordType};
use super::{Entry, Position, RecordSet, Zone, order};

/// Collects records in any order and makes a [`Zone`] of them.
///
/// A record given twice counts once; where a set's TTLs differ the first one given wins.
pub struct ZoneBuilder {
    zone: Zone,
}

impl ZoneBuilder {
    /// Nothing yet.
    pub fn new(origin: Name) -> Self {
        Self {
            zone: Zone {
                origin,
                files: Vec::new(),
                arena: Vec::new(),
                entries: Vec::new(),
                starts: Vec::new(),
            },
        }
    }

    /// Room for `records` records of `octets` octets of names and data, to save growing.
    pub fn reserve(&mut self, records: usize, octets: usize) {
        self.zone.entries.reserve(records);
        self.zone.arena.reserve(octets);
    }

    /// Names a text; the number goes into [`Position::file`].
    pub fn add_file(&mut self, name: String) -> u16 {
        self.zone.files.push(name);
        (self.zone.files.len() - 1) as u16
    }

    /// The apex of the zone to be.
    pub fn origin(&self) -> &Name {
        &self.zone.origin
    }

    /// How many records were pushed.
    pub fn record_count(&self) -> usize {
        self.zone.entries.len()
    }

    /// Adds a record. `rdata` is canonical wire bytes of at most 65,535 octets.
    pub fn push(
        &mut self,
        owner: NameRef<'_>,
        rtype: RecordType,
        ttl: u32,
        rdata: &[u8],
        at: Position,
    ) {
        let zone = &mut self.zone;
        let shared = zone
            .entries
            .last()
            .filter(|&&last| zone.owner(last) == owner)
            .map(|last| last.owner);
        let owner_at = shared.unwrap_or_else(|| {
            let start = zone.arena.len() as u32;
            zone.arena.extend_from_slice(owner.wire());
            start
        });
        let rdata_at = zone.arena.len() as u32;
        zone.arena.extend_from_slice(rdata);
        zone.entries.push(Entry {
            owner: owner_at,
            rdata: rdata_at,
            ttl,
            line: at.line,
            rdata_length: rdata.len() as u16,
            rtype,
            column: at.column,
            file: at.file,
            owner_length: owner.wire().len() as u8,
        });
    }

    /// Adds a whole `RRset`.
    pub fn push_set(&mut self, owner: NameRef<'_>, rtype: RecordType, set: &RecordSet) {
        for rdata in &set.rdata {
            self.push(owner, rtype, set.ttl, rdata, Position::default());
        }
    }

    /// How many octets of names and data were pushed; 4 GiB is the most there can be.
    pub fn octets(&self) -> usize {
        self.zone.arena.len()
    }

    /// Sorts, drops repetitions, and evens out TTLs.
    pub fn finish(self) -> Zone {
        self.finish_noting(|_| {})
    }

    /// The same, telling `note` what was dropped or evened out, in canonical order.
    pub fn finish_noting(self, mut note: impl FnMut(Repetition<'_>)) -> Zone {
        let mut zone = self.zone;
        let entries = std::mem::take(&mut zone.entries);
        let mut entries = order::sorted(&zone, entries);
        let mut starts = Vec::with_capacity(entries.len());
        let mut kept = 0;
        let mut from = 0;
        while from < entries.len() {
            let head = entries[from];
            let owner = zone.owner(head);
            let mut to = from + 1;
            while to < entries.len()
                && entries[to].rtype == head.rtype
                && zone.same_owner(entries[to], head)
            {
                to += 1;
            }
            starts.push(kept as u32);
            // The arena grows with every push, so the lowest offset belongs to the record given first.
            let first = entries[from..to]
                .iter()
                .min_by_key(|entry| entry.rdata)
                .map_or(head, |first| *first);
            for index in from..to {
                let entry = entries[index];
                if entry.ttl != first.ttl {
                    note(Repetition::Ttl {
                        owner,
                        rtype: head.rtype,
                        at: entry.position(),
                        written: entry.ttl,
                        used: first.ttl,
                    });
                }
                let earlier = entries[kept - usize::from(index > from)];
                if index > from && zone.rdata(earlier) == zone.rdata(entry) {
                    note(Repetition::Record {
                        owner,
                        rtype: head.rtype,
                        at: entry.position(),
                        first: earlier.position(),
                    });
                    continue;
                }
                entries[kept] = Entry {
                    ttl: first.ttl,
                    ..entry
                };
                kept += 1;
            }
            from = to;
        }
        entries.truncate(kept);
        starts.shrink_to_fit();
        zone.entries = entries;
        zone.starts = starts;
        zone
    }
}

/// What [`ZoneBuilder::finish_noting`] drops or changes.
#[derive(Clone, Copy, Debug)]
pub enum Repetition<'a> {
    /// The same record again.
    Record {
        /// Owner name.
        owner: NameRef<'a>,
        /// Record type.
        rtype: RecordType,
        /// Where the dropped one stands.
        at: Position,
        /// Where the kept one stands.
        first: Position,
    },
    /// A TTL other than that of the set's first record.
    Ttl {
        /// Owner name.
        owner: NameRef<'a>,
        /// Record type.
        rtype: RecordType,
        /// Where the changed one stands.
        at: Position,
        /// Seconds.
        written: u32,
        /// Seconds.
        used: u32,
    },
}
