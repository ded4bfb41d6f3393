//! Which zones were written at which account before: what makes a first contact a first one.
//!
//! Kept in `.redundns/contacts.json` of the project, written atomically. It holds no secret and may be deleted: the
//! next sync then asks for `--adopt` again where a provider holds what the file lacks.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::zone::Name;

/// The accounts' zones that this project has written.
pub struct Contacts {
    file: PathBuf,
    known: BTreeSet<(String, String)>,
}

/// The version of the file's format.
const VERSION: u32 = 1;

/// As much as every version has.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    version: u32,
    contacts: BTreeSet<(String, String)>,
}

impl Contacts {
    /// Reads what the project at `directory` knows; a project without the file knows nothing yet.
    pub fn read(directory: &Path) -> anyhow::Result<Self> {
        let file = directory.join(".redundns").join("contacts.json");
        let known = match std::fs::read(&file) {
            Ok(text) => stored(&text).with_context(|| format!("reading `{}`", file.display()))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => BTreeSet::new(),
            Err(error) => {
                return Err(error).with_context(|| format!("reading `{}`", file.display()));
            }
        };
        Ok(Self { file, known })
    }

    /// Whether `zone` was never written at `account`.
    pub fn is_first(&self, account: &str, zone: &Name) -> bool {
        !self.known.contains(&(account.to_owned(), zone.to_string()))
    }

    /// Remembers that `zone` is written at `account`; on disk before it returns.
    pub fn remember(&mut self, account: &str, zone: &Name) -> anyhow::Result<()> {
        if !self.known.insert((account.to_owned(), zone.to_string())) {
            return Ok(());
        }
        let directory = self.file.parent().unwrap_or(Path::new("."));
        self.write(directory)
            .with_context(|| format!("writing `{}`", self.file.display()))
    }

    fn write(&self, directory: &Path) -> anyhow::Result<()> {
        std::fs::create_dir_all(directory)?;
        let mut file = tempfile::NamedTempFile::new_in(directory)?;
        let stored = Stored {
            version: VERSION,
            contacts: self.known.clone(),
        };
        serde_json::to_writer_pretty(&mut file, &stored)?;
        file.flush()?;
        file.as_file().sync_all()?;
        file.persist(&self.file)?;
        Ok(())
    }
}

fn stored(text: &[u8]) -> anyhow::Result<BTreeSet<(String, String)>> {
    let Versioned { version } = serde_json::from_slice(text)?;
    anyhow::ensure!(
        version == VERSION,
        "it has version {version}, and this program knows version {VERSION}: it was written by another version of \
         redundns"
    );
    Ok(serde_json::from_slice::<Stored>(text)?.contacts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_remembered_is_known_to_the_next_run() {
        let project = tempfile::tempdir().expect("a directory");
        let zone = Name::absolute("example.com").expect("a name");
        let mut contacts = Contacts::read(project.path()).expect("nothing yet");
        assert!(contacts.is_first("alpha", &zone));
        contacts.remember("alpha", &zone).expect("written");
        let again = Contacts::read(project.path()).expect("readable");
        assert!(!again.is_first("alpha", &zone));
        assert!(again.is_first("beta", &zone));
    }

    #[test]
    fn a_file_that_is_broken_or_of_a_later_version_is_an_error_and_not_a_first_contact() {
        let project = tempfile::tempdir().expect("a directory");
        std::fs::create_dir(project.path().join(".redundns")).expect("created");
        for (text, words) in [
            ("{", "EOF"),
            (r#"{"version":2,"contacts":{"a":1},"new":[]}"#, "version 2"),
            (r#"{"version":1,"contacts":[],"new":[]}"#, "unknown field"),
        ] {
            std::fs::write(project.path().join(".redundns/contacts.json"), text).expect("written");
            let error = Contacts::read(project.path()).err().expect("an error");
            assert!(format!("{error:#}").contains(words), "{error:#}");
        }
    }
}
