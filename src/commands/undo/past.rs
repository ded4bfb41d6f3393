//! Which run is taken back, and what it did.

use std::collections::BTreeMap;
use std::path::Path;

use crate::commands::resume::damages;
use crate::commands::session::Session;
use crate::rollout::journal::{self, Past, Run};
use crate::zone::{Finding, Name, Severity};

/// What a run did, by zone and account, in the order of the run.
pub(super) type Doings = Vec<(Name, BTreeMap<String, Doing>)>;

/// What a run did in one zone at one account.
#[derive(Default)]
pub(super) struct Doing {
    pub(super) changes: Vec<Past>,
    /// Whether it created the zone.
    pub(super) creates: bool,
}

fn refusal(message: String, hint: &str) -> Vec<Finding> {
    vec![Finding::new("UND04", Severity::Error, message).hint(hint)]
}

/// The run that is named, or the last one that wrote something.
pub(super) fn choose(project: &Path, named: Option<u64>) -> Result<Run, Vec<Finding>> {
    let unreadable =
        |error: anyhow::Error| refusal(format!("{error:#}"), "`redundns history` lists the runs");
    let numbers = journal::numbers(project).map_err(unreadable)?;
    if let Some(number) = named {
        if !numbers.contains(&number) {
            let message = format!("the journal has no run {number}");
            return Err(refusal(message, "`redundns history` lists the runs"));
        }
        return journal::read(project, number).map_err(unreadable);
    }
    for number in numbers.into_iter().rev() {
        let run = journal::read(project, number).map_err(unreadable)?;
        // What cannot be read may have written.
        let has_written = run.tallies().iter().any(journal::Tally::has_written);
        if has_written || !run.damages.is_empty() {
            return Ok(run);
        }
    }
    Err(refusal(
        "the journal has no run that wrote anything".to_owned(),
        "`redundns history` lists the runs",
    ))
}

/// What the run did at the accounts that the flags leave in.
pub(super) fn doings(run: &Run, session: &Session) -> Result<Doings, Vec<Finding>> {
    let mut errors = damages(run);
    if !errors.is_empty() {
        for finding in &mut errors {
            finding.severity = Severity::Error;
            finding.hint = Some(format!(
                "so run {} cannot be undone as a whole; what was there before is in .redundns/snapshots/",
                run.number
            ));
        }
        return Err(errors);
    }
    let mut doings: Doings = Vec::new();
    for tally in run.tallies().iter().filter(|tally| tally.has_written()) {
        if session.leaves_out(tally.provider) {
            continue;
        }
        let accounts = &session.project.accounts;
        if !accounts.iter().any(|account| account.id == tally.provider) {
            let message = format!(
                "run {} wrote to `{id}`, and no account `{id}` is enabled now",
                run.number,
                id = tally.provider
            );
            let hint = format!(
                "bring it back, or undo the rest with `--without {}`",
                tally.provider
            );
            errors.extend(refusal(message, &hint));
            continue;
        }
        let unreadable = |why: String| {
            refusal(
                format!("{}: {why}", run.file),
                "the file was edited by hand",
            )
        };
        let origin = Name::absolute(tally.zone).map_err(|error| unreadable(error.to_string()))?;
        let entries = tally.made.iter().chain(&tally.unknown);
        let changes: Result<Vec<Past>, String> = entries.map(|entry| Past::read(entry)).collect();
        let doing = Doing {
            changes: changes.map_err(unreadable)?,
            creates: tally.creates,
        };
        let at = doings
            .iter()
            .position(|(zone, _)| *zone == origin)
            .unwrap_or_else(|| {
                doings.push((origin, BTreeMap::new()));
                doings.len() - 1
            });
        doings[at].1.insert(tally.provider.to_owned(), doing);
    }
    if errors.is_empty() {
        Ok(doings)
    } else {
        Err(errors)
    }
}
