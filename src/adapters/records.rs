//! APIs that write one record at a time: record sets become edits of records that the API knows by an id.

use std::collections::HashMap;

use crate::plan::Change;
use crate::zone::RecordKey;

/// The records of a zone as the API numbers them, kept beside the snapshot that was read with them. What is not here is
/// never edited: records that the API makes up, or that mean more than their data, are left out.
#[derive(Debug)]
pub struct Numbered<I> {
    sets: HashMap<RecordKey, Vec<Record<I>>>,
}

#[derive(Debug)]
struct Record<I> {
    id: I,
    ttl: u32,
    rdata: Box<[u8]>,
}

/// One call to such an API.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Edit<'a, I> {
    /// A record that is new.
    Create {
        /// Owner and type.
        key: &'a RecordKey,
        /// Seconds.
        ttl: u32,
        /// Canonical wire octets.
        rdata: &'a [u8],
    },
    /// Another TTL or other data for a record of the same set.
    Update {
        /// Which record.
        id: &'a I,
        /// Owner and type, which stay.
        key: &'a RecordKey,
        /// Seconds.
        ttl: u32,
        /// Canonical wire octets.
        rdata: &'a [u8],
    },
    /// A record goes.
    Delete {
        /// Which record.
        id: &'a I,
        /// Owner and type.
        key: &'a RecordKey,
    },
}

impl<I> Edit<'_, I> {
    /// Owner and type.
    pub fn key(&self) -> &RecordKey {
        match self {
            Self::Create { key, .. } | Self::Update { key, .. } | Self::Delete { key, .. } => key,
        }
    }
}

impl<I> Default for Numbered<I> {
    fn default() -> Self {
        Self {
            sets: HashMap::new(),
        }
    }
}

impl<I> Numbered<I> {
    /// Notes a record that was read.
    pub fn add(&mut self, key: RecordKey, ttl: u32, rdata: &[u8], id: I) {
        self.sets.entry(key).or_default().push(Record {
            id,
            ttl,
            rdata: rdata.into(),
        });
    }

    /// The fewest edits that make `change`: a record that stays is not touched, one that goes makes place for one that
    /// comes. What comes, comes first, so that the set is never empty in between.
    pub fn edits<'a>(&'a self, change: &'a Change) -> Vec<Edit<'a, I>> {
        let key = change.key();
        let held = self.sets.get(key).map_or(&[][..], Vec::as_slice);
        let Some(after) = change.after() else {
            let gone = held.iter().map(|record| Edit::Delete {
                id: &record.id,
                key,
            });
            return gone.collect();
        };
        let ttl = after.ttl;
        let mut taken = vec![false; held.len()];
        let mut new = Vec::new();
        let mut edits = Vec::new();
        for rdata in &after.rdata {
            let same = (0..held.len()).find(|&at| !taken[at] && held[at].rdata == *rdata);
            match same {
                Some(at) => {
                    taken[at] = true;
                    let id = &held[at].id;
                    if held[at].ttl != ttl {
                        edits.push(Edit::Update {
                            id,
                            key,
                            ttl,
                            rdata,
                        });
                    }
                }
                None => new.push(&**rdata),
            }
        }
        let mut old = held
            .iter()
            .zip(&taken)
            .filter(|(_, taken)| !**taken)
            .map(|(record, _)| &record.id);
        for rdata in new {
            edits.push(match old.next() {
                Some(id) => Edit::Update {
                    id,
                    key,
                    ttl,
                    rdata,
                },
                None => Edit::Create { key, ttl, rdata },
            });
        }
        edits.extend(old.map(|id| Edit::Delete { id, key }));
        edits
    }
}

/// Edits that go into one call, and how many changes are made once it is through.
pub(super) struct Call<'a, I> {
    /// In the order of the changes.
    pub(super) edits: Vec<Edit<'a, I>>,
    /// From the front.
    pub(super) done: usize,
}

/// The edits of `changes` in as few calls of at most `most` as can be. Neighbors of one owner stay together where they
/// fit, so that a CNAME and what takes its place change in one step.
pub(super) fn calls<'a, I>(
    held: &'a Numbered<I>,
    changes: &'a [Change],
    most: usize,
) -> Vec<Call<'a, I>> {
    let mut calls = Vec::new();
    let empty = |done| Call {
        edits: Vec::new(),
        done,
    };
    let mut call = empty(0);
    for neighbors in changes.chunk_by(|a, b| a.key().owner == b.key().owner) {
        let mut edits: Vec<_> = neighbors
            .iter()
            .flat_map(|change| held.edits(change))
            .collect();
        let done = call.done;
        if call.edits.len() + edits.len() > most && !call.edits.is_empty() {
            calls.push(std::mem::replace(&mut call, empty(done)));
        }
        if edits.len() > most {
            // In several calls, as in one: what goes makes place first.
            edits.sort_by_key(|edit| !matches!(edit, Edit::Delete { .. }));
        }
        while edits.len() > most {
            let rest = edits.split_off(most);
            calls.push(Call { edits, done });
            edits = rest;
        }
        call.edits.append(&mut edits);
        call.done = done + neighbors.len();
    }
    calls.push(call);
    calls
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::{Name, RecordSet, RecordType};

    fn key() -> RecordKey {
        RecordKey {
            owner: Name::absolute("www.example.com").expect("a name in a test"),
            rtype: RecordType::A,
        }
    }

    fn set(ttl: u32, last: &[u8]) -> RecordSet {
        let data = last.iter().map(|&last| Box::from([192, 0, 2, last]));
        RecordSet::new(ttl, data.collect())
    }

    /// Edits in short: what, which id, which address.
    fn edits(held: &[(u32, u8)], after: Option<RecordSet>) -> Vec<String> {
        let mut numbered = Numbered::default();
        for &(ttl, last) in held {
            numbered.add(key(), ttl, &[192, 0, 2, last], format!("id{last}"));
        }
        let before = set(60, &held.iter().map(|held| held.1).collect::<Vec<_>>());
        let change = match after {
            Some(after) => Change::Replace {
                key: key(),
                before,
                after,
            },
            None => Change::Delete { key: key(), before },
        };
        let short = |edit: &Edit<'_, String>| match edit {
            Edit::Create { ttl, rdata, .. } => format!("+{} {ttl}", rdata[3]),
            Edit::Update { id, ttl, rdata, .. } => format!("{id}={} {ttl}", rdata[3]),
            Edit::Delete { id, .. } => format!("-{id}"),
        };
        numbered.edits(&change).iter().map(short).collect()
    }

    #[test]
    fn as_few_edits_as_can_be() {
        let two = [(60, 1), (60, 2)];
        for (held, after, expected) in [
            (&[][..], Some(set(60, &[1, 2])), &["+1 60", "+2 60"][..]),
            (&two, Some(set(60, &[1, 2])), &[]),
            (&two, Some(set(90, &[1, 2])), &["id1=1 90", "id2=2 90"]),
            (&two, Some(set(60, &[2, 3])), &["id1=3 60"]),
            (&two, Some(set(60, &[3])), &["id1=3 60", "-id2"]),
            (&two, Some(set(60, &[2])), &["-id1"]),
            (&two, Some(set(60, &[1, 2, 3])), &["+3 60"]),
            (&two, None, &["-id1", "-id2"]),
            (&[(60, 1), (90, 2)], Some(set(60, &[1, 2])), &["id2=2 60"]),
            // A vendor that lets one record be there twice.
            (&[(60, 1), (60, 1)], Some(set(60, &[1])), &["-id1"]),
        ] {
            assert_eq!(edits(held, after), expected, "{held:?}");
        }
    }

    /// Creations of so many addresses at each name, one name a change.
    fn creations(sizes: &[u8]) -> Vec<Change> {
        let change = |(index, size): (usize, &u8)| Change::Create {
            key: RecordKey {
                owner: Name::absolute(&format!("n{index}.example.com")).expect("a name"),
                rtype: RecordType::A,
            },
            after: RecordSet::new(
                60,
                (0..*size).map(|last| [192, 0, 2, last].into()).collect(),
            ),
        };
        sizes.iter().enumerate().map(change).collect()
    }

    #[test]
    fn calls_are_few_and_names_whole() {
        let held = Numbered::<String>::default();
        for (sizes, expected) in [
            (&[][..], &[(0, 0)][..]),
            (&[1, 2, 1], &[(4, 3)]),
            (&[3, 2, 1, 1], &[(3, 1), (4, 4)]),
            // A name too large for one call: nothing is made before the last of its edits.
            (&[1, 9, 2], &[(1, 1), (4, 1), (4, 1), (3, 3)]),
        ] {
            let changes = creations(sizes);
            let found: Vec<(usize, usize)> = calls(&held, &changes, 4)
                .iter()
                .map(|call| (call.edits.len(), call.done))
                .collect();
            assert_eq!(found, expected, "{sizes:?}");
        }
    }
}
