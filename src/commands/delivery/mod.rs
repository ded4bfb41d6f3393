//! From plans to proof, whatever the plans are for: obstacles, the question, the rollout, the report.

mod carry;
mod obstacle;

use super::console::Console;
use super::interrupt::watch_for_signals;
use super::proof::Prover;
use super::session::{Loaded, Session};
use super::survey::{Surveyed, remarks};
use crate::cli::{Format, Writing};
use crate::plan::{self, SavedPlan};
use crate::report::text::{self, plural};
use crate::report::{Outcome, Report, ZoneReport};
use crate::rollout::Contacts;
use crate::zone::Finding;
use carry::carry_out;
use obstacle::Obstacle;

/// One zone on its way.
pub(super) struct Work<'a> {
    pub(super) loaded: &'a Loaded,
    pub(super) surveyed: Vec<Surveyed<'a>>,
    pub(super) prover: Prover<'a>,
    /// What is not as the saved plan has it, where one is applied.
    pub(super) moved: Vec<Finding>,
}

/// Who writes what, and how.
pub(super) struct Delivery<'a> {
    pub(super) session: &'a Session,
    /// As typed: `sync`, …
    pub(super) command: &'static str,
    pub(super) writing: &'a Writing,
    pub(super) console: &'a Console,
    /// The saved plan that is applied.
    pub(super) plan: Option<&'a SavedPlan>,
    /// What is known of embedded nameservers that cannot listen.
    pub(super) silent: &'a [Finding],
}

impl Delivery<'_> {
    /// Says what is planned, asks, rolls out zone by zone, proves, and reports.
    pub(super) async fn run(&self, works: Vec<Work<'_>>, contacts: &mut Contacts) -> Outcome {
        let Self {
            session,
            writing,
            console,
            silent,
            ..
        } = *self;
        let mut report = Report::new(self.command);
        report.plan = self.plan.map(|plan| plan.digest().to_string());
        report.findings = session
            .project
            .findings
            .iter()
            .chain(silent)
            .map(Into::into)
            .collect();
        report.zones = works.iter().map(planned).collect();
        let pending: usize = works
            .iter()
            .flat_map(|work| &work.surveyed)
            .map(|one| one.plan.changes().count())
            .sum();
        let obstacle = Obstacle::find(&works, silent, self.plan);
        // The verdict goes on where the plan ends, and says nothing twice.
        // Whoever is asked has to see what for.
        let is_wanted = obstacle.is_some() || pending > 0 && !(console.quiet && writing.yes);
        let is_told = console.format == Format::Text && is_wanted;
        if is_told {
            console.out(&text::plan(&report, console.style()));
            console.out("\n");
        }
        if let Some(Obstacle {
            outcome,
            message,
            hint,
        }) = obstacle
        {
            report.outcome = outcome;
            finish(&report, console);
            console.error(&message, hint.as_deref());
            return outcome;
        }
        if pending > 0 && !writing.yes && !agreed(&works, pending, console) {
            report.outcome = Outcome::Trouble;
            finish(&report, console);
            return Outcome::Trouble;
        }

        let (stop, cut) = watch_for_signals(session.deadline);
        let mut outcomes = Vec::new();
        let mut touched = false;
        let mut is_noted = false;
        report.zones.clear();
        if is_told {
            report.findings.clear();
        }
        for work in works {
            let mut carrying = std::pin::pin!(carry_out(
                work, is_told, writing, session, contacts, &stop, console
            ));
            let done = loop {
                tokio::select! {
                done = &mut carrying => break done,
                () = stop.requested(), if !is_noted => {
                    is_noted = true;
                    console.interject("finishing what is under way, beginning nothing new; Ctrl-C again ends at once");
                }
                () = cut.requested() => {
                    report.outcome = Outcome::Partial;
                    finish(&report, console);
                    console.error(
                        "cut off; what was under way may be made or not",
                        Some("`redundns check` says who holds and serves what"),
                    );
                    return Outcome::Partial;
                }
                }
            };
            report.zones.push(done.zone);
            outcomes.push(done.outcome);
            touched |= done.touched;
        }
        report.outcome = match Outcome::worst(outcomes) {
            // What was written before the request to stop is there, and what should follow it is not.
            worst if worst != Outcome::Same && touched && stop.is_requested() => Outcome::Partial,
            worst => worst,
        };
        if console.format == Format::Text {
            console.out(&text::verdict(&report, console.style()));
        }
        finish(&report, console);
        report.outcome
    }
}

/// The plan of one zone as a report.
pub(super) fn planned(work: &Work<'_>) -> ZoneReport {
    let plan = plan::Plan {
        zone: work.loaded.zone.origin().clone(),
        record_sets: work.loaded.zone.len(),
        providers: work.surveyed.iter().map(|one| one.plan.clone()).collect(),
    };
    let mut zone = ZoneReport::of_plan(&plan, Some(work.loaded.file.shown.clone()));
    zone.findings = work
        .loaded
        .findings
        .iter()
        .chain(work.prover.findings())
        .chain(&remarks(&work.surveyed))
        .chain(&work.moved)
        .map(Into::into)
        .collect();
    zone
}

/// Asks whoever sits there.
fn agreed(works: &[Work<'_>], pending: usize, console: &Console) -> bool {
    if !console.can_ask() {
        console.error(
            &format!(
                "{} to make and nobody to ask; nothing was changed",
                plural(pending, "change")
            ),
            Some("without a terminal say `--yes`"),
        );
        return false;
    }
    let zones = plural(works.len(), "zone");
    let yes = console.ask(&format!("Make {} in {zones}?", plural(pending, "change")));
    if !yes {
        console.note("nothing was changed");
    }
    yes
}

/// The report for machines; people were told already.
pub(super) fn finish(report: &Report, console: &Console) {
    if console.format == Format::Json {
        console.out(&report.to_json());
    }
}
