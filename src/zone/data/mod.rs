//! The zone as a value: one arena of octets, one table of records in canonical order.

use std::cmp::Ordering;
use std::fmt;

use super::{Name, NameRef, RecordType};

mod builder;
mod order;

pub use builder::{Repetition, ZoneBuilder};

/// Identity of an `RRset`: owner name and type.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordKey {
    /// Owner name.
    pub owner: Name,
    /// Record type.
    pub rtype: RecordType,
}

impl fmt::Display for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.owner, self.rtype)
    }
}

impl fmt::Debug for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// The data of an `RRset`, owned: one TTL in seconds, and RDATA as canonical wire bytes, sorted, without repetition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordSet {
    /// Seconds.
    pub ttl: u32,
    /// Canonical wire bytes, sorted (RFC 4034, section 6.3).
    pub rdata: Vec<Box<[u8]>>,
}

impl RecordSet {
    /// Sorts `rdata` and drops repetitions.
    pub fn new(ttl: u32, mut rdata: Vec<Box<[u8]>>) -> Self {
        rdata.sort_unstable();
        rdata.dedup();
        Self { ttl, rdata }
    }
}

/// Where a record stands in the text: index into [`Zone::files`], line and column from 1; line 0 means nowhere.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Position {
    /// Index into [`Zone::files`].
    pub file: u16,
    /// From 1; 0 where the record came from no text.
    pub line: u32,
    /// From 1, in octets.
    pub column: u16,
}

/// 28 octets a record; owner and RDATA are ranges of the arena, and a run of records shares its owner's octets.
#[derive(Clone, Copy)]
struct Entry {
    owner: u32,
    rdata: u32,
    ttl: u32,
    line: u32,
    rdata_length: u16,
    rtype: RecordType,
    column: u16,
    file: u16,
    owner_length: u8,
}

/// A zone's `RRsets` in canonical order.
pub struct Zone {
    origin: Name,
    files: Vec<String>,
    arena: Vec<u8>,
    entries: Vec<Entry>,
    /// Where each `RRset` starts in `entries`.
    starts: Vec<u32>,
}

/// One `RRset` of a [`Zone`], borrowed.
#[derive(Clone, Copy)]
pub struct SetRef<'a> {
    zone: &'a Zone,
    start: u32,
    end: u32,
}

impl Zone {
    /// A zone without records.
    pub fn empty(origin: Name) -> Self {
        ZoneBuilder::new(origin).finish()
    }

    /// The apex.
    pub fn origin(&self) -> &Name {
        &self.origin
    }

    /// The texts the records came from, by [`Position::file`].
    pub fn files(&self) -> &[String] {
        &self.files
    }

    /// How many `RRsets`.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether there is no `RRset` at all.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// How many records.
    pub fn record_count(&self) -> usize {
        self.entries.len()
    }

    /// Every `RRset` in canonical order.
    pub fn sets(&self) -> impl DoubleEndedIterator<Item = SetRef<'_>> + ExactSizeIterator {
        (0..self.starts.len()).map(|index| self.set(index))
    }

    /// The `RRset` at `index` in canonical order.
    pub fn set(&self, index: usize) -> SetRef<'_> {
        let end = self
            .starts
            .get(index + 1)
            .map_or(self.entries.len() as u32, |&end| end);
        SetRef {
            zone: self,
            start: self.starts[index],
            end,
        }
    }

    /// The `RRset` of `owner` and `rtype`.
    pub fn get(&self, owner: NameRef<'_>, rtype: RecordType) -> Option<SetRef<'_>> {
        let index = self.lower_bound(owner, rtype);
        (index < self.len())
            .then(|| self.set(index))
            .filter(|set| set.owner() == owner && set.rtype() == rtype)
    }

    /// Every `RRset` of `owner`.
    pub fn at(&self, owner: NameRef<'_>) -> impl Iterator<Item = SetRef<'_>> {
        let wire = owner.wire().to_vec();
        (self.lower_bound(owner, RecordType(0))..self.len())
            .map(|index| self.set(index))
            .take_while(move |set| set.owner().wire() == wire)
    }

    /// Whether any `RRset` is owned by `owner` or by a name below it.
    pub fn has_at_or_below(&self, owner: NameRef<'_>) -> bool {
        let index = self.lower_bound(owner, RecordType(0));
        index < self.len() && self.set(index).owner().is_at_or_below(owner)
    }

    /// The index of the first `RRset` not before `owner` and `rtype` in canonical order.
    pub fn lower_bound(&self, owner: NameRef<'_>, rtype: RecordType) -> usize {
        self.starts.partition_point(|&start| {
            let entry = self.entries[start as usize];
            self.owner(entry).cmp(&owner).then(entry.rtype.cmp(&rtype)) == Ordering::Less
        })
    }

    fn same_owner(&self, a: Entry, b: Entry) -> bool {
        a.owner == b.owner || self.owner(a) == self.owner(b)
    }

    fn owner(&self, entry: Entry) -> NameRef<'_> {
        let start = entry.owner as usize;
        NameRef::trusted(&self.arena[start..start + usize::from(entry.owner_length)])
    }

    fn rdata(&self, entry: Entry) -> &[u8] {
        let start = entry.rdata as usize;
        &self.arena[start..start + usize::from(entry.rdata_length)]
    }
}

impl Entry {
    fn position(&self) -> Position {
        Position {
            file: self.file,
            line: self.line,
            column: self.column,
        }
    }
}

impl<'a> SetRef<'a> {
    fn entries(self) -> &'a [Entry] {
        &self.zone.entries[self.start as usize..self.end as usize]
    }

    /// Owner name.
    pub fn owner(self) -> NameRef<'a> {
        self.zone.owner(self.entries()[0])
    }

    /// Record type.
    pub fn rtype(self) -> RecordType {
        self.entries()[0].rtype
    }

    /// Seconds.
    pub fn ttl(self) -> u32 {
        self.entries()[0].ttl
    }

    /// Number of records, at least one.
    #[expect(clippy::len_without_is_empty, reason = "an RRset is never empty")]
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Canonical wire RDATA, sorted.
    pub fn rdata(self) -> impl ExactSizeIterator<Item = &'a [u8]> + Clone {
        self.entries()
            .iter()
            .map(move |&entry| self.zone.rdata(entry))
    }

    /// Where each record stands in the text, in the order of [`Self::rdata`].
    pub fn positions(self) -> impl Iterator<Item = Position> {
        self.entries().iter().map(Entry::position)
    }

    /// Where the set's first record stands in the text.
    pub fn position(self) -> Position {
        self.positions()
            .min_by_key(|position| (position.file, position.line))
            .unwrap_or_default()
    }

    /// Identity, owned.
    pub fn key(self) -> RecordKey {
        RecordKey {
            owner: self.owner().to_name(),
            rtype: self.rtype(),
        }
    }

    /// Data, owned.
    pub fn to_record_set(self) -> RecordSet {
        RecordSet {
            ttl: self.ttl(),
            rdata: self.rdata().map(Into::into).collect(),
        }
    }
}

impl PartialEq for SetRef<'_> {
    /// Same owner, type, TTL and RDATA octets.
    fn eq(&self, other: &Self) -> bool {
        self.owner() == other.owner()
            && self.rtype() == other.rtype()
            && self.ttl() == other.ttl()
            && self.rdata().eq(other.rdata())
    }
}

impl fmt::Debug for SetRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} {} {:?}",
            self.owner(),
            self.ttl(),
            self.rtype(),
            self.rdata().collect::<Vec<_>>()
        )
    }
}

impl PartialEq for Zone {
    /// Same origin and `RRsets`, wherever they were written.
    fn eq(&self, other: &Self) -> bool {
        self.origin == other.origin && self.sets().eq(other.sets())
    }
}

impl Clone for Zone {
    fn clone(&self) -> Self {
        Self {
            origin: self.origin.clone(),
            files: self.files.clone(),
            arena: self.arena.clone(),
            entries: self.entries.clone(),
            starts: self.starts.clone(),
        }
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "zone {}", self.origin)?;
        self.sets().try_for_each(|set| writeln!(f, "  {set:?}"))
    }
}

#[cfg(test)]
mod tests;
