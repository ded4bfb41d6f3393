//! Files that the program writes for people: all of them or none, and never over one that is there.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::zone::{Finding, Severity};

/// A file that is to be.
pub(super) struct NewFile {
    pub(super) path: PathBuf,
    /// As shown to people.
    pub(super) shown: String,
    pub(super) text: String,
}

/// Why the file cannot be, where it is there already.
pub(super) fn taken(path: &Path, shown: &str) -> Option<Finding> {
    path.symlink_metadata().is_ok().then(|| {
        Finding::new(
            "NEW01",
            Severity::Error,
            format!("`{shown}` is there already, and nothing is overwritten"),
        )
        .hint("move it away, or name another file with `--output`")
        .at(shown, 1, 1)
    })
}

/// Writes all of them, or none.
pub(super) fn write(files: &[NewFile]) -> Result<(), Finding> {
    let mut written = Written::default();
    let mut waiting = Vec::new();
    for file in files {
        let made = written.prepare(file);
        waiting.push(made.map_err(|error| failed(file, &error))?);
    }
    for (file, waiting) in files.iter().zip(waiting) {
        let kept = waiting.persist_noclobber(&file.path);
        kept.map_err(|error| {
            let there = taken(&file.path, &file.shown);
            there.unwrap_or_else(|| failed(file, &error.error))
        })?;
        written.files.push(file.path.clone());
    }
    written.keep = true;
    Ok(())
}

fn failed(file: &NewFile, error: &io::Error) -> Finding {
    let message = format!(
        "cannot write `{}`: {error}; nothing was written",
        file.shown
    );
    let hint = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            "make room, and run it again"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "begin in a folder of your own, or name one with `-C DIR`"
        }
        _ => "look at what stands in its place, or begin in another folder with `-C DIR`",
    };
    Finding::new("NEW02", Severity::Error, message).hint(hint)
}

/// What was written; dropped before everything is there, it goes again.
#[derive(Default)]
struct Written {
    keep: bool,
    files: Vec<PathBuf>,
    /// Directories that were made, the outermost first.
    directories: Vec<PathBuf>,
}

impl Written {
    /// The file's content in a file of another name beside it.
    fn prepare(&mut self, file: &NewFile) -> io::Result<NamedTempFile> {
        let beside = file.path.parent().filter(|parent| *parent != Path::new(""));
        let beside = beside.unwrap_or(Path::new("."));
        let missing = beside
            .ancestors()
            .take_while(|above| *above != Path::new("") && above.symlink_metadata().is_err());
        let missing: Vec<&Path> = missing.collect();
        for directory in missing.into_iter().rev() {
            std::fs::create_dir(directory)?;
            self.directories.push(directory.to_owned());
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix(".new-");
        readable(&mut builder);
        let mut waiting = builder.tempfile_in(beside)?;
        waiting.write_all(file.text.as_bytes())?;
        waiting.as_file().sync_all()?;
        Ok(waiting)
    }
}

/// Nothing in such a file is secret.
#[cfg(unix)]
fn readable(builder: &mut tempfile::Builder<'_, '_>) {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(std::fs::Permissions::from_mode(0o644));
}

#[cfg(not(unix))]
fn readable(_: &mut tempfile::Builder<'_, '_>) {}

impl Drop for Written {
    fn drop(&mut self) {
        if self.keep {
            return;
        }
        for file in &self.files {
            let _ = std::fs::remove_file(file);
        }
        for directory in self.directories.iter().rev() {
            let _ = std::fs::remove_dir(directory);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(directory: &Path, name: &str) -> NewFile {
        NewFile {
            path: directory.join(name),
            shown: name.to_owned(),
            text: format!("{name}\n"),
        }
    }

    fn names(directory: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(directory).expect("a directory");
        let mut names: Vec<String> = entries
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        names
    }

    #[test]
    fn all_are_written_or_none() {
        let directory = tempfile::tempdir().expect("a directory");
        let here = directory.path();
        let three = ["a/b/one", "two", "three"].map(|name| file(here, name));
        std::fs::write(here.join("three"), "mine\n").expect("written");
        let error = write(&three).expect_err("one is there");
        assert_eq!(error.code, "NEW01");
        assert_eq!(names(here), ["three"]);
        std::fs::remove_file(here.join("three")).expect("removed");
        write(&three).expect("nothing is there");
        assert_eq!(names(here), ["a", "three", "two"]);
        let text = std::fs::read_to_string(here.join("a/b/one")).expect("written");
        assert_eq!(text, "a/b/one\n");
        assert!(taken(&here.join("two"), "two").is_some());
    }
}
