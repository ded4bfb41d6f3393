//! A run that was cut off: what is known of it, and what became of what is not.

use std::path::Path;

use super::delivery::Work;
use crate::plan::State;
use crate::report::text::plural;
use crate::rollout::journal::{self, Entry, Past, Run, Standing, Tally};
use crate::zone::{Finding, Severity};

/// How many record sets a sentence names.
const NAMED: usize = 5;

/// What the last run left behind.
pub(super) struct Earlier {
    /// The run, where it was cut off.
    cut_off: Option<Run>,
    /// What of its journal cannot be read.
    findings: Vec<Finding>,
}

impl Earlier {
    /// Looks at the newest journal. Whatever is wrong with it is said and keeps nobody from anything.
    pub(super) fn look(project: &Path) -> Self {
        let mut earlier = Self {
            cut_off: None,
            findings: Vec::new(),
        };
        let newest = journal::numbers(project).map(|numbers| numbers.last().copied());
        let read = newest.and_then(|newest| {
            newest
                .map(|number| journal::read(project, number))
                .transpose()
        });
        match read {
            Ok(None) => {}
            Ok(Some(run)) => {
                earlier.findings = damages(&run);
                earlier.cut_off = Some(run).filter(|run| run.outcome().is_none());
            }
            Err(error) => earlier.findings.push(
                Finding::new("RUN07", Severity::Warning, format!("the journal cannot be read: {error:#}"))
                    .hint("what an earlier run did is not known; the providers themselves are read as always"),
            ),
        }
        earlier
    }

    /// What there is to say of it, now that the providers were read again.
    pub(super) fn findings(self, works: &[Work<'_>]) -> Vec<Finding> {
        let mut findings = self.findings;
        if let Some(run) = &self.cut_off {
            findings.extend(told(run, works));
        }
        findings
    }
}

/// What of a journal cannot be read, each with its line.
pub(super) fn damages(run: &Run) -> Vec<Finding> {
    run.damages
        .iter()
        .map(|damage| {
            let message = format!("the journal of run {} is damaged: {damage}", run.number);
            let line = u32::try_from(damage.line).unwrap_or(u32::MAX);
            Finding::new("RUN07", Severity::Warning, message)
                .at(&run.file, line, 1)
                .hint("the other lines count; what this one said of the run is not known")
        })
        .collect()
}

fn told(run: &Run, works: &[Work<'_>]) -> Vec<Finding> {
    let who = run.begun().map_or("unknown", |begun| &*begun.who);
    let when = run.at().map(clock).unwrap_or_default();
    let head = format!("run {} ({who}, {when}) was cut off", run.number);
    let tallies = run.tallies();
    let open: Vec<&Tally<'_>> = tallies
        .iter()
        .filter(|tally| tally.left() > 0 || !tally.unknown.is_empty())
        .collect();
    if !tallies.iter().any(Tally::has_written) {
        return vec![Finding::new(
            "RUN06",
            Severity::Info,
            format!("{head} before it changed anything"),
        )];
    }
    if open.is_empty() {
        let message = format!("{head} after its last change and before its proof");
        return vec![Finding::new("RUN06", Severity::Info, message)];
    }
    open.into_iter()
        .map(|tally| {
            let mut message = format!(
                "{head}: `{}`, {}: {} of {} made, {} unknown{}, {} not begun",
                tally.provider,
                tally.zone,
                tally.done(),
                plural(tally.planned, "change"),
                tally.unknown.len(),
                named(&tally.unknown),
                tally.left(),
            );
            if !tally.unknown.is_empty() {
                message.push_str(&format!("; read again: {}", reread(tally, works)));
            }
            Finding::new("RUN06", Severity::Warning, message)
                .provider(tally.provider)
                .hint("this run goes on from what the providers hold now, and makes nothing twice")
        })
        .collect()
}

/// `2026-11-23 13:05:01 UTC`.
pub(super) fn clock(rfc3339: &str) -> String {
    rfc3339.replace('T', " ").replace('Z', " UTC")
}

fn named(entries: &[&Entry]) -> String {
    if entries.is_empty() {
        return String::new();
    }
    let names: Vec<String> = entries
        .iter()
        .take(NAMED)
        .map(|entry| format!("`{}`", entry.key()))
        .collect();
    let more = if entries.len() > NAMED { ", …" } else { "" };
    format!(" ({}{more})", names.join(", "))
}

/// Whether what was unknown is made.
fn reread(tally: &Tally<'_>, works: &[Work<'_>]) -> String {
    let work = works
        .iter()
        .find(|work| work.origin.to_string() == tally.zone);
    let surveyed = work.and_then(|work| {
        work.surveyed
            .iter()
            .find(|one| one.account.id == tally.provider)
    });
    let Some(surveyed) = surveyed.filter(|one| matches!(one.plan.state, State::Known { .. }))
    else {
        return "not known, since the provider was not read".to_owned();
    };
    let Some(base) = &surveyed.base else {
        return "the provider has no such zone now".to_owned();
    };
    let (mut made, mut unmade, mut other) = (Vec::new(), Vec::new(), Vec::new());
    for entry in &tally.unknown {
        match Past::read(entry).map(|past| past.standing(&base.zone)) {
            Ok(Standing::After) => made.push(*entry),
            Ok(Standing::Before) => unmade.push(*entry),
            Ok(Standing::Other) | Err(_) => other.push(*entry),
        }
    }
    let parts = [
        (made, "made"),
        (unmade, "not made"),
        (other, "something else by now"),
    ];
    let told: Vec<String> = parts
        .iter()
        .filter(|(entries, _)| !entries.is_empty())
        .map(|(entries, words)| format!("{} {words}{}", entries.len(), named(entries)))
        .collect();
    told.join(", ")
}
