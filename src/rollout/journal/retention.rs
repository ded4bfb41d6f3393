//! Old runs are forgotten, so that the journal does not grow without end.

use std::collections::BTreeSet;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::event::Event;
use super::{Places, line, numbers};

/// How much is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Runs, the one under way included.
    pub runs: usize,
    /// Octets of journals and snapshots together.
    pub octets: u64,
}

/// Which goes first: what changed nothing, then what ended, then what was cut off.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Worth {
    Idle,
    Ended,
    CutOff,
}

/// Forgets runs until what is left is within `limits`, the oldest first and the newest never, and then the snapshots
/// that no run names any more. What cannot be removed stays: keeping too much loses nothing.
pub(super) fn prune(places: &Places, limits: Limits) {
    let Ok(mut runs) = numbers(&places.project) else {
        return;
    };
    // The one that is under way.
    let Some(newest) = runs.pop() else {
        return;
    };
    let mut octets = size(&places.run(newest));
    let mut old: Vec<(Worth, u64, u64)> = Vec::new();
    for number in runs {
        let own = size(&places.run(number));
        octets += own;
        old.push((Worth::Idle, number, own));
    }
    let mut stored: u64 = snapshots(places).iter().map(|path| size(path)).sum();
    let is_within = |runs: usize, octets: u64| runs <= limits.runs && octets <= limits.octets;
    let mut left = old.len() + 1;
    if is_within(left, octets + stored) {
        return;
    }
    for entry in &mut old {
        entry.0 = worth(&places.run(entry.1));
    }
    old.sort_unstable();
    for (_, number, own) in old {
        if is_within(left, octets + stored) {
            break;
        }
        let names = named(&places.run(number));
        if std::fs::remove_file(places.run(number)).is_err() {
            continue;
        }
        octets -= own;
        left -= 1;
        // What goes with it is known only now: another run may name the same.
        if !names.is_empty() {
            stored = forget_snapshots(places);
        }
    }
}

/// Removes the snapshots that no journal names; the size of the others.
fn forget_snapshots(places: &Places) -> u64 {
    let runs = numbers(&places.project).unwrap_or_default();
    let named: BTreeSet<PathBuf> = runs
        .into_iter()
        .flat_map(|number| named(&places.run(number)))
        .map(|file| places.project.join(file))
        .collect();
    let mut kept = 0;
    for path in snapshots(places) {
        let own = size(&path);
        if named.contains(&path) || std::fs::remove_file(&path).is_err() {
            kept += own;
        }
    }
    kept
}

fn size(path: &Path) -> u64 {
    path.metadata().map_or(0, |metadata| metadata.len())
}

fn snapshots(places: &Places) -> Vec<PathBuf> {
    let files = |directory: &Path| -> Vec<PathBuf> {
        std::fs::read_dir(directory)
            .map(|entries| {
                entries
                    .filter_map(|entry| Some(entry.ok()?.path()))
                    .collect()
            })
            .unwrap_or_default()
    };
    files(&places.snapshots())
        .iter()
        .flat_map(|folder| files(folder))
        .collect()
}

/// The snapshots that a journal names.
fn named(journal: &Path) -> Vec<String> {
    let lines = std::fs::read(journal).map(|octets| line::read(&octets).0);
    lines
        .unwrap_or_default()
        .into_iter()
        .filter_map(|line| match line.event {
            Event::Snapshot(snapshot) => Some(snapshot.file),
            _ => None,
        })
        .collect()
}

/// Judged by a journal's first and last octets, since most of it may be long.
fn worth(journal: &Path) -> Worth {
    const ENOUGH: u64 = 4096;
    let read = || -> std::io::Result<Worth> {
        let mut file = std::fs::File::open(journal)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(ENOUGH)))?;
        let mut tail = Vec::new();
        file.read_to_end(&mut tail)?;
        let last = tail
            .strip_suffix(b"\n")
            .and_then(|tail| tail.rsplit(|&octet| octet == b'\n').next());
        let has_ended = last.is_some_and(|last| contains(last, b"\"event\":\"end\""));
        if !has_ended {
            return Ok(Worth::CutOff);
        }
        Ok(
            if contains(&std::fs::read(journal)?, b"\"event\":\"intent\"") {
                Worth::Ended
            } else {
                Worth::Idle
            },
        )
    };
    read().unwrap_or(Worth::CutOff)
}

fn contains(octets: &[u8], word: &[u8]) -> bool {
    octets.windows(word.len()).any(|window| window == word)
}
