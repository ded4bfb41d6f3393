//! From plans to proof, whatever the plans are for: obstacles, the question, the rollout, the report.

mod apart;
mod carry;
mod obstacle;

use super::console::Console;
use super::interrupt::Interrupts;
use super::proof::Prover;
use super::session::{Session, rendered, show_findings};
use super::survey::{Surveyed, remarks};
use crate::cli::{Format, Writing};
use crate::plan::{self, Objection, SavedPlan, State};
use crate::report::text::{self, plural};
use crate::report::{ExceptionEntry, Outcome, Report, ZoneReport};
use crate::rollout::Contacts;
use crate::rollout::journal::{Begun, Event, Journal, Limits, Planned, Watch};
use crate::zone::{Finding, Name, Severity};
use obstacle::Obstacle;

/// One zone on its way.
pub(super) struct Work<'a> {
    pub(super) origin: Name,
    /// The zone file as shown to people, where the plan comes from one.
    pub(super) file: Option<String>,
    /// How many record sets the zone shall have.
    pub(super) record_sets: usize,
    /// What is known of it so far.
    pub(super) findings: Vec<Finding>,
    /// What is declared of single providers.
    pub(super) exceptions: Vec<ExceptionEntry>,
    pub(super) surveyed: Vec<Surveyed<'a>>,
    pub(super) prover: Prover<'a>,
    /// What is not as the saved plan has it, where one is applied.
    pub(super) moved: Vec<Finding>,
}

impl Work<'_> {
    /// What is to be done, for the journal.
    fn planned(&self) -> impl Iterator<Item = Planned> {
        let is_written = |one: &&Surveyed<'_>| matches!(one.plan.state, State::Known { .. });
        self.surveyed.iter().filter(is_written).map(|one| Planned {
            zone: self.origin.to_string(),
            provider: one.account.id.clone(),
            changes: one.plan.changes().count(),
        })
    }
}

const ROOM: &str = "make room, and let this user write to `.redundns/`";

/// Who writes what, and how.
pub(super) struct Delivery<'a> {
    pub(super) session: &'a Session,
    /// As typed: `sync`, …
    pub(super) command: &'static str,
    pub(super) writing: &'a Writing,
    pub(super) console: &'a Console,
    /// What comes first in the journal: who, which command, which plan.
    pub(super) begun: Begun,
    /// Told of every moment that outlives the process.
    pub(super) watch: &'a Watch,
    /// Findings of no zone.
    pub(super) remarks: Vec<Finding>,
    /// What the run comes to where all goes well.
    pub(super) at_best: Outcome,
    /// The saved plan that is applied.
    pub(super) plan: Option<&'a SavedPlan>,
    /// What is known of embedded nameservers that cannot listen.
    pub(super) silent: &'a [Finding],
    /// Who asks to stop.
    pub(super) interrupts: &'a Interrupts,
    /// What the guards say of all zones together.
    pub(super) objections: Vec<Objection>,
}

impl Delivery<'_> {
    /// Says what is planned, asks, rolls out zone by zone, and proves. What is for machines is left to [`finish`].
    pub(super) async fn run(&self, works: Vec<Work<'_>>, contacts: &mut Contacts) -> Delivered {
        let Self {
            session,
            writing,
            console,
            silent,
            ..
        } = *self;
        let limits = Limits {
            runs: session.project.policy.journal_runs,
            octets: session.project.policy.journal_octets,
        };
        let mut report = Report::new(self.command);
        report.plan = self.plan.map(|plan| plan.digest().to_string());
        report.findings = session
            .project
            .findings
            .iter()
            .chain(silent)
            .chain(&self.remarks)
            .map(Into::into)
            .collect();
        report.objections = self.objections.iter().map(Into::into).collect();
        report.zones = works.iter().map(|work| planned(work)).collect();
        let pending: usize = works
            .iter()
            .flat_map(|work| &work.surveyed)
            .map(|one| one.plan.changes().count())
            .sum();
        let unserved = works.iter().flat_map(|work| &work.surveyed);
        let unserved = unserved.filter(|one| one.unserved.is_some()).count();
        let is_pending = pending + unserved > 0;
        let obstacle = Obstacle::find(
            &works,
            &self.objections,
            silent,
            self.plan,
            self.begun.undoes.is_some(),
        );
        // The verdict goes on where the plan ends, and says nothing twice.
        // Whoever is asked has to see what for.
        let is_wanted = obstacle.is_some() || is_pending && !(console.quiet && writing.yes);
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
            console.error(&message, hint.as_deref());
            return Delivered::nothing(report);
        }
        if is_pending && !writing.yes && !self.agreed(works.len(), pending).await {
            report.outcome = Outcome::Trouble;
            return Delivered::nothing(report);
        }
        self.interrupts.begin_writing();
        let plans = works.iter().flat_map(Work::planned).collect();
        let begun = Begun {
            plans,
            command: self.command.to_owned(),
            plan: report.plan.clone(),
            ..self.begun.clone()
        };
        let begun = Journal::begin(&session.project.directory, begun, limits, self.watch);
        let journal = match begun {
            Ok(journal) => journal,
            Err(error) => {
                let message =
                    format!("the journal cannot be begun: {error:#}; nothing was changed");
                let finding = Finding::new("RUN08", Severity::Error, &*message).hint(ROOM);
                report.outcome = Outcome::Trouble;
                report.findings.push((&finding).into());
                console.error(&message, Some(ROOM));
                return Delivered::nothing(report);
            }
        };
        report.run = Some(journal.number().to_string());

        let Interrupts { stop, cut, .. } = self.interrupts;
        let mut outcomes = Vec::new();
        let (mut touched, mut disproved) = (false, false);
        let mut stopped_by: Option<Name> = None;
        let mut is_noted = false;
        report.zones.clear();
        if is_told {
            report.findings.clear();
        }
        for work in works {
            if let Some(cause) = &stopped_by {
                report.zones.push(not_begun(&work, cause, is_told));
                continue;
            }
            let origin = work.origin.clone();
            let mut carrying =
                std::pin::pin!(self.carry_out(work, is_told, contacts, stop, &journal));
            let done = loop {
                tokio::select! {
                done = &mut carrying => break done,
                () = stop.requested(), if !is_noted => {
                    is_noted = true;
                    console.interject("finishing what is under way, beginning nothing new; Ctrl-C again ends at once");
                }
                () = cut.requested() => {
                    report.outcome = Outcome::Partial;
                    console.error(
                        "cut off; what was under way may be made or not",
                        Some("`redundns check` says who holds and serves what"),
                    );
                    return Delivered::nothing(report);
                }
                }
            };
            report.zones.push(done.zone);
            outcomes.push(done.outcome);
            touched |= done.touched;
            disproved |= done.disproved;
            if !done.is_whole {
                stopped_by = Some(origin);
            }
        }
        outcomes.push(self.at_best);
        report.outcome = match Outcome::worst(outcomes) {
            // What was written before the request to stop is there, and what should follow it is not.
            worst if worst != Outcome::Same && touched && stop.is_requested() => Outcome::Partial,
            worst => worst,
        };
        let word = report.outcome.as_str().to_owned();
        let _ = journal.append(Event::End { outcome: word });
        if let Some(failure) = journal.failure() {
            let finding = Finding::new("RUN08", Severity::Error, failure).hint(ROOM);
            report.findings.push((&finding).into());
            report.outcome = Outcome::worst([report.outcome, Outcome::Trouble]);
        }
        if touched && report.outcome == Outcome::Partial {
            report.findings.push((&self.next(journal.number())).into());
        }
        if console.format == Format::Text {
            console.out(&text::verdict(&report, console.style()));
        }
        Delivered {
            disproved: disproved && touched && !stop.is_requested(),
            run: Some(journal.number()),
            report,
        }
    }

    /// Asks whoever sits there.
    async fn agreed(&self, zones: usize, pending: usize) -> bool {
        let console = self.console;
        if !console.can_ask() {
            console.error(
                &format!("{} and nobody to ask; nothing was changed", to_do(pending)),
                Some("without a terminal say `--yes`"),
            );
            return false;
        }
        let question = if pending > 0 {
            let zones = plural(zones, "zone");
            format!("Make {} in {zones}?", plural(pending, "change"))
        } else {
            "Have served what an earlier run wrote?".to_owned()
        };
        let yes = tokio::select! {
            yes = console.ask(&question) => yes,
            () = self.interrupts.stop.requested() => {
                console.note("");
                false
            }
        };
        if !yes {
            console.note("nothing was changed");
        }
        yes
    }

    /// The two things that can be done about a run that is not whole.
    fn next(&self, run: u64) -> Finding {
        let finish = match self.begun.undoes {
            Some(undone) => format!("redundns undo {undone}"),
            None => "redundns sync".to_owned(),
        };
        Finding::new(
            "RUN12",
            Severity::Error,
            format!("run {run} stopped midway, so the providers may differ because of it"),
        )
        .hint(format!(
            "finish it with `{finish}`, or take it back with `redundns undo {run}`"
        ))
    }
}

/// `3 changes to make`, or what is done where there are none.
fn to_do(pending: usize) -> String {
    if pending > 0 {
        format!("{} to make", plural(pending, "change"))
    } else {
        "what an earlier run wrote is to be served".to_owned()
    }
}

/// What came of a delivery.
pub(super) struct Delivered {
    pub(super) report: Report,
    /// The journalled run, where one was begun.
    pub(super) run: Option<u64>,
    /// Whether nameservers did not answer from what was written.
    pub(super) disproved: bool,
}

impl Delivered {
    /// Nothing could be planned; `findings` say why.
    pub(super) fn impossible(command: &str, findings: &[Finding], console: &Console) -> Self {
        show_findings(findings, console);
        let mut report = Report::new(command);
        report.outcome = Outcome::Trouble;
        report.findings = findings.iter().map(Into::into).collect();
        Self::nothing(report)
    }

    /// A delivery that nothing can follow.
    fn nothing(report: Report) -> Self {
        Self {
            report,
            run: None,
            disproved: false,
        }
    }
}

/// A zone that was not touched, since another one went wrong before it.
fn not_begun(work: &Work<'_>, cause: &Name, is_told: bool) -> ZoneReport {
    let mut zone = planned(work);
    if is_told {
        zone.findings.clear();
    }
    if work.surveyed.iter().any(|one| !one.plan.is_same()) {
        let message = format!("not begun, since {cause} went wrong");
        let finding = Finding::new("RUN15", Severity::Warning, message);
        zone.findings.push((&finding).into());
    }
    zone
}

/// The plan of one zone as a report.
pub(super) fn planned(work: &Work<'_>) -> ZoneReport {
    let plan = plan::Plan {
        zone: work.origin.clone(),
        record_sets: work.record_sets,
        providers: work.surveyed.iter().map(|one| one.plan.clone()).collect(),
    };
    let mut zone = ZoneReport::of_plan(&plan, work.file.clone());
    zone.findings = work
        .findings
        .iter()
        .chain(work.prover.findings())
        .chain(&remarks(&work.surveyed))
        .chain(&work.moved)
        .map(Into::into)
        .collect();
    zone.exceptions.clone_from(&work.exceptions);
    work.prover.place(&mut zone);
    zone
}

/// The report for machines and comments; people at a screen were told already.
pub(super) fn finish(report: &Report, console: &Console) {
    if let Some(text) = rendered(report, console) {
        console.out(&text);
    }
}
