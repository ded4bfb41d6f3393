//! What was deleted: a server that was never told so goes on serving it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{Past, numbers, read};
use crate::zone::RecordKey;

/// Record sets that runs on record deleted, by the apex of their zone; at most `most` a zone, those of the newest runs.
/// A signer's own records are left out, since a signer makes them anew. What cannot be read is missing.
pub fn deleted(project: &Path, most: usize) -> BTreeMap<String, BTreeSet<RecordKey>> {
    let mut all: BTreeMap<String, BTreeSet<RecordKey>> = BTreeMap::new();
    for number in numbers(project).unwrap_or_default().into_iter().rev() {
        let Ok(run) = read(project, number) else {
            continue;
        };
        for tally in run.tallies() {
            let entries = tally.made.iter().chain(&tally.unknown).rev();
            for entry in entries.filter(|entry| entry.after.is_none()) {
                let known = all.entry(tally.zone.to_owned()).or_default();
                if let Ok(Past { key, .. }) = Past::read(entry)
                    && !key.rtype.is_signers()
                    && known.len() < most
                {
                    known.insert(key);
                }
            }
        }
    }
    all
}
