//! Writing a journal: nothing goes on before the line is on disk.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Mutex;

use anyhow::Context;
use ring::digest::{SHA256, digest};

use super::event::{
    Begun, CallResult, Entry, Event, FORMAT, Intent, Planned, ReadBack, Snapshot, Wave,
};
use super::line::Line;
use super::{Author, Limits, Moment, Places, Watch, author, numbers, retention, sync_directory};
use crate::plan::Change;
use crate::provider::{ErrorKind, ProviderError};
use crate::zone::{Name, RecordKey, Zone, print};

/// The journal of the run that is under way.
pub struct Journal<'a> {
    places: Places,
    number: u64,
    watch: &'a Watch,
    open: Mutex<Open>,
}

struct Open {
    file: File,
    /// Octets that hold whole lines.
    length: u64,
    lines: u64,
    calls: u64,
    /// Whether the file ends in the middle of a line that could not be taken back.
    is_spoilt: bool,
    /// What could not be written, the first of it.
    failure: Option<String>,
    /// Zone and account of every snapshot.
    kept: BTreeSet<(String, String)>,
}

impl<'a> Journal<'a> {
    /// Begins the journal of the next run in `project`, and forgets old ones beyond `limits`. The caller holds the
    /// project's lock. The number and the versions in `begun` are filled in here.
    pub fn begin(
        project: &Path,
        begun: Begun,
        limits: Limits,
        watch: &'a Watch,
    ) -> anyhow::Result<Self> {
        let places = Places::of(project);
        let directory = places.journal();
        watch(Moment::JournalBefore);
        std::fs::create_dir_all(&directory)
            .with_context(|| format!("creating `{}`", directory.display()))?;
        let last = numbers(project)?.last().copied().unwrap_or(0);
        let number = last
            .checked_add(1)
            .context("the numbers of runs are used up")?;
        let path = places.run(number);
        let writing = || format!("writing `{}`", Places::shown(number));
        let file = File::options()
            .append(true)
            .create_new(true)
            .open(&path)
            .with_context(writing)?;
        let journal = Self {
            places,
            number,
            watch,
            open: Mutex::new(Open {
                file,
                length: 0,
                lines: 0,
                calls: 0,
                is_spoilt: false,
                failure: None,
                kept: BTreeSet::new(),
            }),
        };
        let begun = Begun {
            format: FORMAT,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            run: number,
            ..begun
        };
        if let Err(error) = journal.open().append(Event::Begun(begun)) {
            // A run that did not begin is none.
            let _ = std::fs::remove_file(&path);
            return Err(error).with_context(writing);
        }
        sync_directory(&directory);
        retention::prune(&journal.places, limits);
        watch(Moment::JournalAfter);
        Ok(journal)
    }

    /// Whose change a record set is, as far as the runs on record know.
    pub(in crate::rollout) fn author(
        &self,
        provider: &str,
        key: &RecordKey,
        held: &Zone,
    ) -> Option<Author> {
        author(&self.places.project, provider, key, held)
    }

    /// The run's number.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// What could not be written, if anything.
    pub fn failure(&self) -> Option<String> {
        self.open().failure.clone()
    }

    /// Tells whoever watches.
    pub(in crate::rollout) fn announce(&self, moment: Moment) {
        (self.watch)(moment);
    }

    /// Adds an event; on disk when it returns.
    pub fn append(&self, event: Event) -> std::io::Result<()> {
        self.announce(Moment::JournalBefore);
        self.open().append(event)?;
        self.announce(Moment::JournalAfter);
        Ok(())
    }

    /// Keeps what `provider` holds, once a run, zone and account.
    pub(in crate::rollout) fn keep(
        &self,
        provider: &str,
        held: &Zone,
    ) -> Result<(), ProviderError> {
        let zone = held.origin().to_string();
        if self
            .open()
            .kept
            .contains(&(zone.clone(), provider.to_owned()))
        {
            return Ok(());
        }
        let mut text = String::new();
        print(held, &mut text).expect("a String takes whatever is written");
        self.announce(Moment::JournalBefore);
        let (file, sha256) = self
            .store(held.origin(), &text)
            .map_err(|error| self.refusal("a snapshot cannot be kept", &error))?;
        let event = Event::Snapshot(Snapshot {
            zone: zone.clone(),
            provider: provider.to_owned(),
            file,
            sha256,
        });
        // Let go of before the refusal takes it again.
        let written = self.open().append(event);
        written.map_err(|error| self.refusal("the journal cannot be written", &error))?;
        self.announce(Moment::JournalAfter);
        self.open().kept.insert((zone, provider.to_owned()));
        Ok(())
    }

    /// Announces a call that is about to be made, and gives its number. An error means that it must not be made.
    pub(in crate::rollout) fn intend(
        &self,
        provider: &str,
        zone: &Name,
        wave: Wave,
        changes: &[Change],
    ) -> Result<u64, ProviderError> {
        self.announce(Moment::JournalBefore);
        let mut open = self.open();
        let call = open.calls + 1;
        let event = Event::Intent(Intent {
            call,
            zone: zone.to_string(),
            provider: provider.to_owned(),
            wave,
            changes: changes.iter().map(Entry::from).collect(),
        });
        let written = open.append(event);
        drop(open);
        written.map_err(|error| self.refusal("the journal cannot be written", &error))?;
        self.open().calls = call;
        self.announce(Moment::JournalAfter);
        Ok(call)
    }

    /// Notes what came of a call of so many changes. What cannot be noted is kept in [`Self::failure`]: the call is
    /// made, and its intent is on record.
    pub(in crate::rollout) fn note(
        &self,
        call: u64,
        changes: usize,
        result: &Result<(), ProviderError>,
    ) {
        let error = result.as_ref().err();
        let _ = self.append(Event::Result(CallResult {
            call,
            applied: error.map_or(Some(changes), |error| error.applied),
            error: error.map(Into::into),
        }));
    }

    /// Notes what reading a provider again came to.
    pub(in crate::rollout) fn note_read_back(
        &self,
        provider: &str,
        zone: &Name,
        lost: Vec<String>,
        error: Option<&ProviderError>,
    ) {
        let _ = self.append(Event::ReadBack(ReadBack {
            zone: zone.to_string(),
            provider: provider.to_owned(),
            lost,
            error: error.map(Into::into),
        }));
    }

    /// Notes that creating a zone left so many changes to make.
    pub(in crate::rollout) fn note_replanned(&self, planned: Planned) {
        let _ = self.append(Event::Replanned(planned));
    }

    fn open(&self) -> std::sync::MutexGuard<'_, Open> {
        self.open.lock().expect("nothing panics while it is held")
    }

    fn refusal(&self, what: &str, error: &std::io::Error) -> ProviderError {
        let message = format!("{what}, so nothing more is written: {error}");
        self.open().failure.get_or_insert_with(|| message.clone());
        ProviderError::new(ErrorKind::Unrecorded, message)
            .hint("make room and let `.redundns/` be written, then run it again")
    }

    /// Writes a snapshot whole or not at all; its path within the project, and its hash.
    fn store(&self, zone: &Name, text: &str) -> std::io::Result<(String, String)> {
        let hash = data_encoding::HEXLOWER.encode(digest(&SHA256, text.as_bytes()).as_ref());
        let folder = folder(zone);
        let directory = self.places.snapshots().join(&folder);
        let name = format!("{}.zone", &hash[..32]);
        let path = directory.join(&name);
        if std::fs::read(&path).is_ok_and(|held| held == text.as_bytes()) {
            return Ok((format!(".redundns/snapshots/{folder}/{name}"), hash));
        }
        std::fs::create_dir_all(&directory)?;
        let mut file = tempfile::NamedTempFile::new_in(&directory)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(&path)?;
        sync_directory(&directory);
        Ok((format!(".redundns/snapshots/{folder}/{name}"), hash))
    }
}

/// A zone's name as a folder: `example.com`; what a file name had better not have becomes `_`.
fn folder(zone: &Name) -> String {
    let text = zone.to_string();
    let text = text.trim_end_matches('.');
    if text.is_empty() {
        return "root".to_owned();
    }
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    text.replace(|c| !is_plain(c), "_")
}

impl Open {
    /// Adds a line. On failure the file ends as it did before, as far as that can be done.
    fn append(&mut self, event: Event) -> std::io::Result<()> {
        if self.is_spoilt {
            return Err(std::io::Error::other("an earlier line was cut off"));
        }
        let line = Line {
            n: self.lines + 1,
            at: super::now(),
            event,
        };
        let text = line.seal();
        let written = self
            .file
            .write_all(text.as_bytes())
            .and_then(|()| self.file.sync_data());
        if let Err(error) = &written {
            self.is_spoilt = self.file.set_len(self.length).is_err();
            self.failure
                .get_or_insert_with(|| format!("the journal cannot be written: {error}"));
        } else {
            self.lines += 1;
            self.length += text.len() as u64;
        }
        written
    }
}
