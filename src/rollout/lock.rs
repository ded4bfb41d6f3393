//! One sync of a project at a time.

use std::fs::{File, TryLockError};
use std::path::Path;

use anyhow::Context;

/// The right to write on behalf of a project, given back when it is dropped or the process ends.
pub struct Lock(#[expect(dead_code, reason = "open files hold locks")] File);

impl Lock {
    /// Takes the lock of the project at `directory`; `None` where another process has it.
    pub fn take(directory: &Path) -> anyhow::Result<Option<Self>> {
        let directory = directory.join(".redundns");
        let path = directory.join("lock");
        let open = || {
            std::fs::create_dir_all(&directory)?;
            File::options().create(true).append(true).open(&path)
        };
        let locking = || format!("locking `{}`", path.display());
        let file = open().with_context(locking)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error).with_context(locking),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_has_it() {
        let project = tempfile::tempdir().expect("a directory");
        let first = Lock::take(project.path()).expect("a lock");
        assert!(first.is_some());
        assert!(Lock::take(project.path()).expect("an answer").is_none());
        drop(first);
        assert!(Lock::take(project.path()).expect("an answer").is_some());
    }
}
