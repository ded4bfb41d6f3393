//! Asking an account without writing anything.

use std::sync::Arc;

use crate::config::{Account, ZoneFile};
use crate::provider::{Capabilities, Provider, ProviderError};
use crate::report::text::plural;
use crate::zone::{Finding, Name};

/// What credentials do.
pub(super) struct State {
    /// In words, how that was seen.
    pub(super) reads: String,
    /// Whether they write; `None` where nobody can tell without writing.
    pub(super) writes: Option<bool>,
}

/// The zones of an account beside the files of the project.
pub(super) enum Zones {
    NotAsked,
    /// The API has no list.
    NotListed,
    /// Every zone with the file that covers it, and those that it should hold and does not.
    Listed {
        held: Vec<(Name, Option<String>)>,
        lacking: Vec<(Name, String)>,
    },
}

/// What asking came to.
pub(super) struct Asked {
    /// What it says of itself.
    pub(super) told: Option<Capabilities>,
    pub(super) state: Result<State, String>,
    pub(super) zones: Zones,
}

impl Asked {
    fn only(state: Result<State, String>) -> Self {
        Self {
            told: None,
            state,
            zones: Zones::NotListed,
        }
    }
}

/// Reads the list of zones where the API has one, else a zone that the account shall hold.
pub(super) async fn ask(
    account: &Account,
    provider: Result<Arc<dyn Provider>, Finding>,
    files: &[ZoneFile],
) -> Asked {
    let provider = match provider {
        Ok(provider) => provider,
        Err(finding) => {
            let Finding {
                file,
                line,
                column,
                message,
                ..
            } = finding;
            let hint = finding
                .hint
                .map(|hint| format!(" (hint: {hint})"))
                .unwrap_or_default();
            return Asked::only(Err(format!("{file}:{line}:{column}: {message}{hint}")));
        }
    };
    if provider.follows().is_some() {
        return Asked::only(Ok(State {
            reads: "gets its zones by transfer, so nothing was asked".to_owned(),
            writes: None,
        }));
    }
    // What it can do some providers only say when they are asked.
    let told = match provider.capabilities().await {
        Ok(told) => told,
        Err(error) => return Asked::only(Err(said(error))),
    };
    let mine: Vec<&ZoneFile> = files
        .iter()
        .filter(|file| account.takes(&file.origin))
        .collect();
    let mut asked = Asked::only(Ok(State {
        reads: "takes no zone of this project, so nothing was asked".to_owned(),
        writes: None,
    }));
    asked.told = told;
    let mut example = mine.first().map(|file| file.origin.clone());
    let reads = if let Some(ability) = provider.lists_zones() {
        match ability.list_zones().await {
            Ok(held) => {
                let is_mine = |zone: &&Name| mine.iter().any(|file| file.origin == **zone);
                example = held.iter().find(is_mine).or(held.first()).cloned();
                let reads = format!("reads, holds {}", plural(held.len(), "zone"));
                asked.zones = compared(held, files, &mine);
                reads
            }
            Err(error) => {
                asked.state = Err(said(error));
                return asked;
            }
        }
    } else if let Some(zone) = &example {
        match provider.fetch(zone).await {
            Ok(_) => format!("reads {zone}"),
            Err(error) => {
                asked.state = Err(said(error));
                return asked;
            }
        }
    } else {
        return asked;
    };
    asked.state = match provider.may_write(example.as_ref()).await {
        Ok(writes) => Ok(State { reads, writes }),
        Err(error) => Err(said(error)),
    };
    asked
}

fn compared(mut held: Vec<Name>, files: &[ZoneFile], mine: &[&ZoneFile]) -> Zones {
    held.sort();
    held.dedup();
    let lacking = mine
        .iter()
        .filter(|file| !held.contains(&file.origin))
        .map(|file| (file.origin.clone(), file.shown.clone()))
        .collect();
    let covered = |zone: Name| {
        let file = files.iter().find(|file| file.origin == zone);
        let shown = file.map(|file| file.shown.clone());
        (zone, shown)
    };
    Zones::Listed {
        held: held.into_iter().map(covered).collect(),
        lacking,
    }
}

fn said(error: ProviderError) -> String {
    match error.hint {
        Some(hint) => format!("{} (hint: {hint})", error.message),
        None => error.message,
    }
}
