//! What was done, on disk before the next step: every run, every call's intent and result, what was there before.
//!
//! One file a run, `.redundns/journal/000042.jsonl`, only ever added to; one event a line, each with a checksum
//! ([`Line`]). A last line that was cut off is simply not there; damage anywhere else is named by its line. Runs are
//! numbered one after the other under the project's lock, so that a clock that goes backwards orders nothing. What a
//! provider held before it was first written to lies as a master file in `.redundns/snapshots/`, under its hash, so
//! that what is equal is stored once. Events carry zone data and never a credential.

mod author;
mod clock;
mod deleted;
mod event;
mod line;
mod past;
mod read;
mod retention;
mod unserved;
mod write;

pub use author::{Author, author};
pub use deleted::deleted;
pub use event::{
    Answered, Begun, CallResult, Entry, Event, FORMAT, Failure, Intent, Planned, Proof, ReadBack,
    Set, Snapshot, Wave,
};
pub use line::{Damage, Line};
pub use past::{Past, Standing};
pub use read::{Call, Run, Tally, numbers, read};
pub use retention::Limits;
pub use unserved::unserved;
pub use write::Journal;

pub(super) use clock::now;

use std::path::{Path, PathBuf};

/// A point of a run just before or after something that outlives the process. Whoever watches may end the process
/// there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Moment {
    /// Something is about to be written under `.redundns/`.
    JournalBefore,
    /// It is written and synced.
    JournalAfter,
    /// A provider is about to be told.
    CallBefore,
    /// It has answered, or will not.
    CallAfter,
}

/// Told of every [`Moment`].
pub type Watch = dyn Fn(Moment) + Send + Sync;

/// Where the files are.
struct Places {
    project: PathBuf,
}

impl Places {
    fn of(project: &Path) -> Self {
        Self {
            project: project.to_path_buf(),
        }
    }

    fn journal(&self) -> PathBuf {
        self.project.join(".redundns/journal")
    }

    /// The journal of a run, relative to the project.
    fn shown(number: u64) -> String {
        format!(".redundns/journal/{number:06}.jsonl")
    }

    fn run(&self, number: u64) -> PathBuf {
        self.project.join(Self::shown(number))
    }

    fn snapshots(&self) -> PathBuf {
        self.project.join(".redundns/snapshots")
    }
}

/// Makes the entries of a directory outlive a power cut. Not every system lets a directory be synced.
fn sync_directory(directory: &Path) {
    if let Ok(directory) = std::fs::File::open(directory) {
        let _ = directory.sync_all();
    }
}

#[cfg(test)]
mod tests;
