//! One sync of a project at a time.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use anyhow::Context;

use super::journal::now;

/// The right to write on behalf of a project, given back when it is dropped or the process ends.
pub struct Lock(#[expect(dead_code, reason = "open files hold locks")] File);

/// Whose a project is.
pub enum Taken {
    /// Ours as long as the lock lives.
    Ours(Lock),
    /// Another process's; how it describes itself, where it does.
    Theirs(Option<String>),
}

impl Lock {
    /// Takes the lock of the project at `directory` for `command`, run by `who`.
    ///
    /// The owner's words in the file are for people: the operating system's lock decides, so that what a process left
    /// there before it was killed keeps nobody out.
    pub fn take(directory: &Path, who: &str, command: &str) -> anyhow::Result<Taken> {
        let directory = directory.join(".redundns");
        let path = directory.join("lock");
        let open = || {
            std::fs::create_dir_all(&directory)?;
            File::options()
                .create(true)
                .truncate(false)
                .read(true)
                .write(true)
                .open(&path)
        };
        let locking = || format!("locking `{}`", path.display());
        let mut file = open().with_context(locking)?;
        match file.try_lock() {
            Ok(()) => {
                let pid = std::process::id();
                let since = now().replace('T', " ").replace('Z', " UTC");
                // The lock holds whether or not its owner can be named.
                let _ = file
                    .set_len(0)
                    .and_then(|()| writeln!(file, "{who}, pid {pid}, since {since}, {command}"));
                Ok(Taken::Ours(Self(file)))
            }
            Err(TryLockError::WouldBlock) => Ok(Taken::Theirs(owner(&mut file))),
            Err(TryLockError::Error(error)) => Err(error).with_context(locking),
        }
    }
}

/// The first line of the file, as much of it as a person reads.
fn owner(file: &mut File) -> Option<String> {
    const ENOUGH: u64 = 500;
    let mut octets = Vec::new();
    file.rewind().ok()?;
    file.take(ENOUGH).read_to_end(&mut octets).ok()?;
    let text = String::from_utf8_lossy(&octets);
    let line = text.lines().next()?.replace(char::is_control, " ");
    (!line.trim().is_empty()).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(project: &Path) -> Taken {
        Lock::take(project, "alice@host", "sync").expect("an answer")
    }

    #[test]
    fn only_one_has_it_and_the_others_are_told_who() {
        let project = tempfile::tempdir().expect("a directory");
        let Taken::Ours(first) = take(project.path()) else {
            panic!("nobody else is there");
        };
        let Taken::Theirs(Some(owner)) = take(project.path()) else {
            panic!("it is taken, and says by whom");
        };
        let pid = std::process::id();
        assert!(
            owner.starts_with(&format!("alice@host, pid {pid}, since ")),
            "{owner}"
        );
        assert!(owner.ends_with("UTC, sync"), "{owner}");
        drop(first);
        assert!(matches!(take(project.path()), Taken::Ours(_)));
    }

    #[test]
    fn words_left_behind_keep_nobody_out() {
        let project = tempfile::tempdir().expect("a directory");
        std::fs::create_dir(project.path().join(".redundns")).expect("created");
        let path = project.path().join(".redundns/lock");
        std::fs::write(
            &path,
            "bob@elsewhere, pid 1, since for ever and ever and a day\n",
        )
        .expect("written");
        let taken = take(project.path());
        assert!(matches!(taken, Taken::Ours(_)));
        let text = std::fs::read_to_string(&path).expect("readable");
        assert!(
            text.starts_with("alice@host") && text.lines().count() == 1,
            "{text}"
        );
    }
}
