//! Whose change a record set is, as far as the journals know.

use std::fmt;
use std::path::Path;

use super::{Past, Standing, numbers, read};
use crate::zone::{RecordKey, Zone};

/// The run that wrote a record set.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Author {
    /// Its number.
    pub run: u64,
    /// `user@host`; empty where that line cannot be read.
    pub who: String,
    /// When it began, in UTC (RFC 3339).
    pub at: String,
}

impl fmt::Display for Author {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { run, who, at } = self;
        write!(f, "run {run} ({who}, {at})")
    }
}

/// The last run of `project` that wrote `key` at `provider`, where what `held` has is what it wrote. `None` where it is
/// somebody else's, or where no journal that can be read tells of it.
pub fn author(project: &Path, provider: &str, key: &RecordKey, held: &Zone) -> Option<Author> {
    let zone = held.origin().to_string();
    let name = key.owner.to_string();
    let rtype = key.rtype.to_string();
    for number in numbers(project).ok()?.into_iter().rev() {
        let Ok(run) = read(project, number) else {
            continue;
        };
        let tallies = run.tallies();
        let own = tallies
            .iter()
            .find(|tally| tally.zone == zone && tally.provider == provider);
        let written = own.and_then(|tally| {
            let entries = tally.made.iter().chain(&tally.unknown).rev();
            let mut entries = entries.filter(|entry| entry.name == name && entry.rtype == rtype);
            entries.next()
        });
        if let Some(entry) = written {
            let past = Past::read(entry).ok()?;
            return (past.standing(held) == Standing::After).then(|| Author {
                run: number,
                who: run
                    .begun()
                    .map_or_else(String::new, |begun| begun.who.clone()),
                at: run.at().unwrap_or_default().to_owned(),
            });
        }
    }
    None
}
