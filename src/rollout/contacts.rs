//! Which zones were written at which account before: what makes a first contact a first one.
//!
//! Kept in `.redundns/contacts.json` of the project, written atomically. It holds no secret and may be deleted: the
//! next sync then asks for `--adopt` again where a provider holds what the file lacks.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::departure::{self, Departure, ParentSet};
use crate::zone::Name;

/// The accounts' zones that this project has written, and the nameservers that answered for them.
pub struct Contacts {
    file: PathBuf,
    /// By account and zone.
    known: BTreeMap<(String, String), Vec<String>>,
    departures: Vec<Departure>,
}

/// The version of the file's format.
const VERSION: u32 = 2;

/// As much as every version has.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    version: u32,
    contacts: Vec<Contact>,
    #[serde(default)]
    departures: Vec<Departure>,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Contact {
    /// As version 1 has it: account and zone.
    Bare(String, String),
    Full {
        account: String,
        zone: String,
        nameservers: Vec<String>,
    },
}

impl Contacts {
    /// Reads what the project at `directory` knows; a project without the file knows nothing yet.
    pub fn read(directory: &Path) -> anyhow::Result<Self> {
        let file = directory.join(".redundns").join("contacts.json");
        let (known, departures) = match std::fs::read(&file) {
            Ok(text) => stored(&text).with_context(|| format!("reading `{}`", file.display()))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Default::default(),
            Err(error) => {
                return Err(error).with_context(|| format!("reading `{}`", file.display()));
            }
        };
        Ok(Self {
            file,
            known,
            departures,
        })
    }

    /// Whether `zone` was never written at `account`.
    pub fn is_first(&self, account: &str, zone: &Name) -> bool {
        !self
            .known
            .contains_key(&(account.to_owned(), zone.to_string()))
    }

    /// The accounts that had `zone`, with the nameservers that answered for it there; none where they are not known.
    pub fn of(&self, zone: &Name) -> impl Iterator<Item = (&str, Vec<Name>)> {
        let zone = zone.to_string();
        self.known
            .iter()
            .filter(move |((_, own), _)| *own == zone)
            .map(|((account, _), names)| {
                let names = names.iter().filter_map(|name| Name::absolute(name).ok());
                (account.as_str(), names.collect())
            })
    }

    /// Remembers that `zone` is written at `account`, where `nameservers` answer for it; on disk before it returns.
    pub fn remember(
        &mut self,
        account: &str,
        zone: &Name,
        nameservers: &[Name],
    ) -> anyhow::Result<()> {
        let mut names: Vec<String> = nameservers.iter().map(ToString::to_string).collect();
        names.sort_unstable();
        names.dedup();
        let key = (account.to_owned(), zone.to_string());
        // Servers that cannot be found out today were not forgotten.
        let known = self.known.get(&key);
        if known.is_some_and(|known| names.is_empty() || *known == names) {
            return Ok(());
        }
        self.known.insert(key, names);
        self.write()
    }

    /// The nameservers that the apex NS set of `zone` no longer lists, and that have to go on serving or just had to.
    pub fn departures(&self, zone: &Name) -> impl Iterator<Item = &Departure> {
        let zone = zone.to_string();
        self.departures.iter().filter(move |one| one.zone == zone)
    }

    /// Remembers that `zone` lists `listed` everywhere now, and listed `unlisted` until now, with the TTL of its NS set
    /// beside each; on disk before it returns.
    pub fn relisted(
        &mut self,
        zone: &Name,
        listed: &[Name],
        unlisted: &[(Name, u32)],
        parent: Option<ParentSet<'_>>,
    ) -> anyhow::Result<()> {
        let before = self.departures.clone();
        departure::update(&mut self.departures, zone, listed, unlisted, parent);
        if self.departures == before {
            return Ok(());
        }
        self.write()
    }

    fn write(&self) -> anyhow::Result<()> {
        let directory = self.file.parent().unwrap_or(Path::new("."));
        self.write_in(directory)
            .with_context(|| format!("writing `{}`", self.file.display()))
    }

    fn write_in(&self, directory: &Path) -> anyhow::Result<()> {
        std::fs::create_dir_all(directory)?;
        let mut file = tempfile::NamedTempFile::new_in(directory)?;
        let stored = Stored {
            version: VERSION,
            contacts: self
                .known
                .iter()
                .map(|((account, zone), nameservers)| Contact::Full {
                    account: account.clone(),
                    zone: zone.clone(),
                    nameservers: nameservers.clone(),
                })
                .collect(),
            departures: self.departures.clone(),
        };
        serde_json::to_writer_pretty(&mut file, &stored)?;
        file.flush()?;
        file.as_file().sync_all()?;
        file.persist(&self.file)?;
        Ok(())
    }
}

type Known = BTreeMap<(String, String), Vec<String>>;

fn stored(text: &[u8]) -> anyhow::Result<(Known, Vec<Departure>)> {
    let Versioned { version } = serde_json::from_slice(text)?;
    anyhow::ensure!(
        (1..=VERSION).contains(&version),
        "it has version {version}, and this program knows version {VERSION}: it was written by another version of \
         redundns"
    );
    let stored: Stored = serde_json::from_slice(text)?;
    let known = stored
        .contacts
        .into_iter()
        .map(|contact| match contact {
            Contact::Bare(account, zone) => ((account, zone), Vec::new()),
            Contact::Full {
                account,
                zone,
                nameservers,
            } => ((account, zone), nameservers),
        })
        .collect();
    Ok((known, stored.departures))
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
        let server = Name::absolute("ns1.example.net").expect("a name");
        for servers in [&[server.clone()][..], &[]] {
            contacts.remember("alpha", &zone, servers).expect("written");
        }
        let again = Contacts::read(project.path()).expect("readable");
        assert!(!again.is_first("alpha", &zone));
        assert!(again.is_first("beta", &zone));
        let known: Vec<_> = again.of(&zone).collect();
        assert_eq!(known, [("alpha", vec![server])]);
    }

    #[test]
    fn the_first_version_is_read_as_well() {
        let project = tempfile::tempdir().expect("a directory");
        let zone = Name::absolute("example.com").expect("a name");
        std::fs::create_dir(project.path().join(".redundns")).expect("created");
        let text = r#"{"version": 1, "contacts": [["alpha", "example.com."]]}"#;
        std::fs::write(project.path().join(".redundns/contacts.json"), text).expect("written");
        let contacts = Contacts::read(project.path()).expect("readable");
        assert!(!contacts.is_first("alpha", &zone));
        assert_eq!(contacts.of(&zone).collect::<Vec<_>>(), [("alpha", vec![])]);
    }

    #[test]
    fn a_file_that_is_broken_or_of_a_later_version_is_an_error_and_not_a_first_contact() {
        let project = tempfile::tempdir().expect("a directory");
        std::fs::create_dir(project.path().join(".redundns")).expect("created");
        for (text, words) in [
            ("{", "EOF"),
            (r#"{"version":3,"contacts":{"a":1},"new":[]}"#, "version 3"),
            (r#"{"version":1,"contacts":[],"new":[]}"#, "unknown field"),
        ] {
            std::fs::write(project.path().join(".redundns/contacts.json"), text).expect("written");
            let error = Contacts::read(project.path()).err().expect("an error");
            assert!(format!("{error:#}").contains(words), "{error:#}");
        }
    }
}
