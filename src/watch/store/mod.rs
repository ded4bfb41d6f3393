//! The history on disk: an embedded database that a crash or a full disk leaves whole.

mod tables;

use std::fs::OpenOptions;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use redb::{Database, DatabaseError, StorageError};

use super::history::{Change, History};
use super::message::Message;
use super::notify::Waiting;
use tables::{CHANGES, VERSION, load, version, write_waiting, written};

/// Octets that are kept in memory, whatever the size of the file.
const CACHE: usize = 4 << 20;

/// Why there is no history to work with.
#[derive(Debug)]
pub enum Refusal {
    /// It was written by a later version of this program.
    Newer {
        /// Its version.
        version: u64,
    },
    /// Another process has it open.
    InUse,
    /// It cannot be read or made.
    Io(String),
}

/// The file.
pub struct Store {
    path: PathBuf,
    /// Nothing after a failure: the next write begins anew.
    database: Option<Database>,
    /// Whether what the file holds is in the history too.
    is_read: bool,
    /// Changes that could not be written yet.
    unwritten: Vec<String>,
    /// Messages that an earlier process could not deliver, until somebody takes them over.
    waiting: Vec<Waiting>,
}

/// What is to be said of a file that could be opened.
#[derive(Debug)]
pub enum Note {
    /// It was damaged, and is kept under another name.
    Aside(PathBuf),
    /// There is no room, so that nothing is read or written for now.
    Full(String),
}

impl Store {
    /// Opens the database at `path`, or makes it, and fills `history`. A file that is damaged is set aside.
    pub fn open(path: &Path, history: &mut History) -> Result<(Self, Option<Note>), Refusal> {
        let mut store = Self {
            path: path.to_owned(),
            database: None,
            is_read: false,
            unwritten: Vec::new(),
            waiting: Vec::new(),
        };
        let note = match store.begin_anyway(history) {
            Ok(aside) => aside.map(Note::Aside),
            Err(Failure::Full(why)) => Some(Note::Full(why)),
            Err(Failure::Newer(version)) => return Err(Refusal::Newer { version }),
            Err(Failure::InUse) => return Err(Refusal::InUse),
            Err(Failure::Damaged(why) | Failure::Io(why)) => return Err(Refusal::Io(why)),
        };
        Ok((store, note))
    }

    /// As [`Self::begin`]; what is damaged is set aside, and where to is what comes back.
    fn begin_anyway(&mut self, history: &mut History) -> Result<Option<PathBuf>, Failure> {
        match self.begin(history) {
            Err(Failure::Damaged(_)) => {
                let aside = set_aside(&self.path)?;
                self.begin(history)?;
                Ok(Some(aside))
            }
            other => other.map(|()| None),
        }
    }

    /// Opens the file where it is not open, and reads it where it was not read.
    fn begin(&mut self, history: &mut History) -> Result<(), Failure> {
        if self.database.is_none() {
            self.database = Some(open(&self.path)?);
        }
        if let Some(database) = &self.database
            && !self.is_read
        {
            match caught(|| load(database, history)) {
                Ok(waiting) => {
                    self.waiting = waiting;
                    self.is_read = true;
                }
                Err(failure) => {
                    self.close();
                    return Err(failure);
                }
            }
        }
        Ok(())
    }

    /// What failed once fails until it is opened anew, and closing it may fail as well.
    fn close(&mut self) {
        let database = self.database.take();
        let _ = caught(|| {
            drop(database);
            Ok(())
        });
    }

    /// The messages that an earlier process could not deliver. They are stored until a [`Self::save`] that does not
    /// name them.
    pub fn take_waiting(&mut self) -> Vec<Waiting> {
        std::mem::take(&mut self.waiting)
    }

    /// Stores which messages wait, and nothing else.
    pub fn keep_waiting(
        &mut self,
        history: &mut History,
        waiting: &[Waiting],
    ) -> Result<(), String> {
        self.begin_anyway(history)
            .map_err(|failure| failure.to_string())?;
        let all = [&*self.waiting, waiting].concat();
        self.write(|database| write_waiting(database, &all))
    }

    /// Writes what is new in `history` and which messages are `waiting`, and forgets what is older than its last `keep`
    /// days; all of it or nothing. After an error the same is tried again with the next round. Where the file had to be
    /// set aside as damaged, that is what comes back.
    pub fn save(
        &mut self,
        history: &mut History,
        changes: &[Change],
        waiting: &[Waiting],
        keep: usize,
    ) -> Result<Option<PathBuf>, String> {
        self.unwritten.extend(changes.iter().map(|change| {
            serde_json::to_string(&Message::of(change)).expect("words and numbers have a JSON form")
        }));
        let excess = self.unwritten.len().saturating_sub(CHANGES as usize);
        self.unwritten.drain(..excess);
        let aside = self
            .begin_anyway(history)
            .map_err(|failure| failure.to_string())?;
        history.forget(keep);
        let all = [&*self.waiting, waiting].concat();
        let unwritten = std::mem::take(&mut self.unwritten);
        let outcome = self.write(|database| written(database, history, &unwritten, &all));
        if outcome.is_ok() {
            history.stored();
        } else {
            self.unwritten = unwritten;
        }
        outcome.map(|()| aside)
    }

    fn write(&mut self, work: impl FnOnce(&Database) -> Result<(), Failure>) -> Result<(), String> {
        let Some(database) = &self.database else {
            return Err("it is closed".to_owned());
        };
        caught(|| work(database)).map_err(|failure| {
            self.close();
            failure.to_string()
        })
    }
}

/// What can go wrong with the file.
enum Failure {
    Damaged(String),
    Newer(u64),
    InUse,
    Full(String),
    Io(String),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Damaged(why) | Self::Full(why) | Self::Io(why) => f.write_str(why),
            Self::Newer(version) => write!(f, "it is of version {version}"),
            Self::InUse => f.write_str("another process has it open"),
        }
    }
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Corrupted(why) => Self::Damaged(why),
            StorageError::Io(error) => error.into(),
            other => Self::Io(other.to_string()),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
                Self::Damaged(error.to_string())
            }
            io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::FileTooLarge => Self::Full(error.to_string()),
            _ => Self::Io(error.to_string()),
        }
    }
}

impl From<DatabaseError> for Failure {
    fn from(error: DatabaseError) -> Self {
        match error {
            DatabaseError::DatabaseAlreadyOpen => Self::InUse,
            DatabaseError::Storage(error) => error.into(),
            other => Self::Damaged(other.to_string()),
        }
    }
}

impl From<redb::Error> for Failure {
    fn from(error: redb::Error) -> Self {
        match error {
            redb::Error::Corrupted(why) => Self::Damaged(why),
            redb::Error::Io(error) => error.into(),
            // Tables of that name and other content are none of ours.
            other @ (redb::Error::TableTypeMismatch { .. }
            | redb::Error::TypeDefinitionChanged { .. }) => Self::Damaged(other.to_string()),
            other => Self::Io(other.to_string()),
        }
    }
}

/// Damage that the library meets unprepared counts as damage, too, and is told in our words instead of its own.
fn caught<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let outcome = catch_unwind(AssertUnwindSafe(work));
    std::panic::set_hook(usual);
    outcome.unwrap_or_else(|_| Err(Failure::Damaged("it makes no sense".to_owned())))
}

/// Opens it, checks every page of it, and looks at its version.
fn open(path: &Path) -> Result<Database, Failure> {
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory)?;
    }
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)?;
    let database = caught(|| {
        let mut database = Database::builder()
            .set_cache_size(CACHE)
            .create_file(file)?;
        database.check_integrity()?;
        Ok(database)
    })?;
    match caught(|| Ok(version(&database)?))? {
        Some(version) if version > VERSION => Err(Failure::Newer(version)),
        _ => Ok(database),
    }
}

/// Gives the file another name, which nobody has yet.
fn set_aside(path: &Path) -> io::Result<PathBuf> {
    for number in 1.. {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".damaged-{number}"));
        let aside = PathBuf::from(name);
        if aside.symlink_metadata().is_err() {
            std::fs::rename(path, &aside)?;
            return Ok(aside);
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

#[cfg(test)]
mod tests;
