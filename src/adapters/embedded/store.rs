//! The state of an embedded provider: a directory with one master file per zone, for people to read and for every
//! process that comes by to serve.
//!
//! A file is replaced whole, by renaming, so that whoever reads it sees the old zone or the new one. Parsed zones
//! are kept as long as their file stays the same one.

use std::collections::HashMap;
use std::fs::{self, File, Metadata, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::text;
use crate::zone::{Name, NameRef, Zone};

const ENDING: &str = ".zone";

/// A directory of master files.
pub(super) struct Store {
    directory: PathBuf,
    cache: Mutex<HashMap<Name, Cached>>,
}

/// A zone as its file had it, or why the file is none: `file:line: what`.
pub(super) type Loaded = Result<Arc<Zone>, String>;

struct Cached {
    stamp: Stamp,
    loaded: Loaded,
}

/// What changes when a file is replaced or edited: device, inode, length, times of change and of modification.
#[derive(PartialEq, Eq)]
struct Stamp(u64, u64, u64, [i64; 4]);

impl Stamp {
    fn of(file: &Metadata) -> Self {
        let times = [
            file.mtime(),
            file.mtime_nsec(),
            file.ctime(),
            file.ctime_nsec(),
        ];
        Self(file.dev(), file.ino(), file.len(), times)
    }
}

impl Store {
    pub(super) fn new(directory: PathBuf) -> Self {
        Self {
            directory,
            cache: Mutex::default(),
        }
    }

    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    /// The zone of that origin, kept for those who ask again; `None` if there is no file for it.
    pub(super) fn zone(&self, origin: NameRef<'_>) -> Option<Loaded> {
        self.load(origin, true)
    }

    /// The same, not kept: who reads thousands of zones reads each of them once.
    pub(super) fn zone_once(&self, origin: NameRef<'_>) -> Option<Loaded> {
        self.load(origin, false)
    }

    fn load(&self, origin: NameRef<'_>, keeps: bool) -> Option<Loaded> {
        let path = self.path(origin);
        let origin = origin.to_name();
        let mut cache = lock(&self.cache);
        let metadata = match fs::metadata(&path) {
            Ok(metadata) => metadata,
            Err(error) => {
                cache.remove(&origin);
                return (!is_no_file(&error)).then(|| Err(told(&path, &error)));
            }
        };
        if let Some(cached) = cache.get(&origin)
            && cached.stamp == Stamp::of(&metadata)
        {
            return Some(cached.loaded.clone());
        }
        let (stamp, loaded) = match read(&path) {
            Ok((stamp, octets)) => (stamp, text::read(&path, &octets, &origin).map(Arc::new)),
            Err(error) if is_no_file(&error) => return None,
            Err(error) => (Stamp::of(&metadata), Err(told(&path, &error))),
        };
        if keeps {
            let loaded = loaded.clone();
            cache.insert(origin, Cached { stamp, loaded });
        }
        Some(loaded)
    }

    /// The zone with the longest origin that `name` is at or below.
    pub(super) fn enclosing(&self, name: NameRef<'_>) -> Option<Loaded> {
        std::iter::successors(Some(name), |name| name.parent()).find_map(|origin| self.zone(origin))
    }

    /// The origins of all files. Files that no zone can be named after are not zones.
    pub(super) fn origins(&self) -> io::Result<Vec<Name>> {
        let entries = match fs::read_dir(&self.directory) {
            Err(error) if is_no_file(&error) => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut origins = Vec::new();
        for entry in entries {
            origins.extend(entry?.file_name().to_str().and_then(origin_of));
        }
        origins.sort();
        Ok(origins)
    }

    /// Keeps other writers of the directory away, of this process and of others, until the file is dropped.
    pub(super) fn writing(&self) -> Result<File, String> {
        let locked = || {
            fs::create_dir_all(&self.directory)?;
            let directory = File::open(&self.directory)?;
            directory.lock().map(|()| directory)
        };
        locked().map_err(|error| told(&self.directory, &error))
    }

    /// Replaces the zone's file, on disk when this returns. `Err` means that the old file is still there. A zone
    /// whose text would not be read as the same zone is not written.
    pub(super) fn replace(&self, zone: &Zone) -> Result<(), String> {
        let path = self.path(zone.origin().borrow());
        let text = text::write(zone);
        if text::read(&path, text.as_bytes(), zone.origin())? != *zone {
            return Err(format!(
                "zone `{}` cannot be written as text",
                zone.origin()
            ));
        }
        self.put(&path, &text).map_err(|error| told(&path, &error))
    }

    fn put(&self, path: &Path, text: &str) -> io::Result<()> {
        fs::create_dir_all(&self.directory)?;
        let directory = File::open(&self.directory)?;
        let mut file = tempfile::Builder::new()
            .prefix(".new-")
            .permissions(Permissions::from_mode(0o644))
            .tempfile_in(&self.directory)?;
        file.write_all(text.as_bytes())?;
        // The file system's own clock ticks in milliseconds, and inode numbers are used again: two replacements in
        // one tick could leave a file that looks like the one before them.
        file.as_file().set_modified(SystemTime::now())?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        // The zone is replaced by now, whatever a file system says that cannot sync directories.
        let _ = directory.sync_all();
        Ok(())
    }

    fn path(&self, origin: NameRef<'_>) -> PathBuf {
        self.directory.join(file_name(origin))
    }
}

/// The origin in presentation format without its final dot, and `root` for the root. What the file system or
/// another zone would take for something else is written as `\DDD`.
fn file_name(origin: NameRef<'_>) -> String {
    if origin.is_root() {
        return format!("root{ENDING}");
    }
    let text = origin.to_string().replace('/', "\\047");
    match text.strip_suffix('.') {
        Some("root") => format!("\\114oot{ENDING}"),
        Some(relative) => format!("{relative}{ENDING}"),
        None => text,
    }
}

/// The inverse of [`file_name`]; `None` for what it never makes.
fn origin_of(file: &str) -> Option<Name> {
    let origin = match file.strip_suffix(ENDING)? {
        "root" => Name::root(),
        text => Name::absolute(text).ok()?,
    };
    (file_name(origin.borrow()) == file).then_some(origin)
}

fn read(path: &Path) -> io::Result<(Stamp, Vec<u8>)> {
    let mut file = File::open(path)?;
    let stamp = Stamp::of(&file.metadata()?);
    let mut octets = Vec::new();
    file.read_to_end(&mut octets)?;
    Ok((stamp, octets))
}

/// A name too long for a file cannot have one.
fn is_no_file(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::InvalidFilename
    )
}

fn told(path: &Path, error: &io::Error) -> String {
    format!("`{}`: {error}", path.display())
}

/// What is behind these locks is whole at every moment, so a panic elsewhere spoils nothing.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::{Position, RecordType, ZoneBuilder};

    fn name(text: &str) -> Name {
        Name::absolute(text).expect("a name in a test")
    }

    fn zone(origin: &str, address: [u8; 4]) -> Zone {
        let mut builder = ZoneBuilder::new(name(origin));
        let mut add = |rtype, rdata: &[u8]| {
            builder.push(name(origin).borrow(), rtype, 60, rdata, Position::default());
        };
        add(RecordType::A, &address);
        add(RecordType::NS, name("ns.example.net").borrow().wire());
        add(
            RecordType::SOA,
            &[&[0, 0][..], &[0, 0, 0, 1].repeat(5)].concat(),
        );
        builder.finish()
    }

    #[test]
    fn every_origin_has_a_file_name_of_its_own() {
        for (origin, file) in [
            (".", "root.zone"),
            ("root.", "\\114oot.zone"),
            ("Example.COM.", "example.com.zone"),
            (
                "0/25.2.0.192.in-addr.arpa.",
                "0\\04725.2.0.192.in-addr.arpa.zone",
            ),
            ("a\\.b.example.", "a\\.b.example.zone"),
            ("root.example.", "root.example.zone"),
        ] {
            assert_eq!(file_name(name(origin).borrow()), file);
            assert_eq!(origin_of(file), Some(name(origin)), "{file}");
        }
        for file in ["a..b.zone", ".new-x", "example.com", "UPPER.zone", ".zone"] {
            assert_eq!(origin_of(file), None, "{file}");
        }
    }

    #[test]
    fn a_replaced_file_is_seen_and_an_untouched_one_is_not_read_again() {
        let directory = tempfile::tempdir().expect("a directory");
        let store = Store::new(directory.path().join("made/on/demand"));
        let origin = name("example.com");
        assert!(store.zone(origin.borrow()).is_none());
        assert!(store.origins().expect("an empty list").is_empty());

        let other = Store::new(store.directory().to_path_buf());
        for last in 1..=3 {
            let written = zone("example.com", [192, 0, 2, last]);
            other.replace(&written).expect("written");
            let read = || {
                store
                    .zone(origin.borrow())
                    .expect("a file")
                    .expect("a zone")
            };
            assert_eq!(*read(), written);
            assert!(Arc::ptr_eq(&read(), &read()));
        }
        assert_eq!(
            store.origins().expect("a list"),
            std::slice::from_ref(&origin)
        );
        let below = name("a.b.example.com");
        assert!(store.enclosing(below.borrow()).is_some());
        assert!(store.enclosing(name("example.org").borrow()).is_none());

        fs::remove_file(store.path(origin.borrow())).expect("removed");
        assert!(store.zone(origin.borrow()).is_none());
    }

    #[test]
    fn a_broken_file_is_an_error_that_names_the_line() {
        let directory = tempfile::tempdir().expect("a directory");
        let store = Store::new(directory.path().to_path_buf());
        store
            .replace(&zone("example.com", [192, 0, 2, 1]))
            .expect("written");
        let path = directory.path().join("example.com.zone");
        let mut broken = fs::read_to_string(&path).expect("text");
        broken.insert_str(0, "@ 60 IN A not-an-address\n");
        fs::write(&path, broken).expect("written");
        let error = store
            .zone(name("example.com").borrow())
            .expect("a file")
            .expect_err("broken");
        assert!(error.contains("example.com.zone:1"), "{error}");
    }

    #[test]
    fn a_file_is_readable_by_others_and_leaves_no_scraps() {
        let directory = tempfile::tempdir().expect("a directory");
        let store = Store::new(directory.path().to_path_buf());
        store
            .replace(&zone("example.com", [192, 0, 2, 1]))
            .expect("written");
        let files: Vec<_> = fs::read_dir(directory.path())
            .expect("a directory")
            .map(|entry| entry.expect("an entry"))
            .collect();
        assert_eq!(files.len(), 1);
        let mode = files[0].metadata().expect("metadata").permissions().mode();
        assert_eq!(mode & 0o444, 0o444);
    }

    #[test]
    fn writers_of_one_directory_take_turns() {
        let directory = tempfile::tempdir().expect("a directory");
        let store = || Store::new(directory.path().to_path_buf());
        let first = store().writing().expect("locked");
        let (said, heard) = std::sync::mpsc::channel();
        let other = store();
        let second = std::thread::spawn(move || {
            let guard = other.writing().expect("locked");
            said.send(()).expect("heard");
            drop(guard);
        });
        let early = heard.recv_timeout(std::time::Duration::from_millis(50));
        assert!(early.is_err(), "two writers at once");
        drop(first);
        heard.recv().expect("its turn");
        second.join().expect("ended");
    }
}
