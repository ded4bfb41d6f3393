//! `history`: what the journal remembers.

use super::console::Console;
use super::resume::damages;
use super::session::{Session, refuse};
use crate::cli::{Format, Global};
use crate::report::{
    AnsweredEntry, CallEntry, ChangeEntry, ErrorEntry, FindingEntry, History, Outcome, PartEntry,
    Place, ProofEntry, RunDetail, RunEntry, SetEntry, SnapshotEntry, text,
};
use crate::rollout::journal::{self, Answered, Call, Entry, Proof, Run, Set, Wave};
use crate::zone::{Finding, Severity};

pub(super) fn run(
    global: &Global,
    number: Option<u64>,
    console: &Console,
) -> anyhow::Result<Outcome> {
    // What is wrong with an account hides nothing that was done.
    let session = match Session::open(global) {
        Ok(session) => session,
        Err(error) => {
            let finding = Finding::new("CFG09", Severity::Error, error.message).hint(error.hint);
            refuse("history", &[finding], console);
            return Ok(Outcome::Trouble);
        }
    };
    let project = &session.project.directory;
    let mut numbers = journal::numbers(project)?;
    if let Some(number) = number {
        if !numbers.contains(&number) {
            let message = format!("the journal has no run {number}");
            let finding = Finding::new("RUN10", Severity::Error, message)
                .hint("`redundns history` lists the runs");
            refuse("history", &[finding], console);
            return Ok(Outcome::Trouble);
        }
        numbers = vec![number];
    }
    let mut findings: Vec<FindingEntry> = Vec::new();
    let mut runs = Vec::new();
    for own in numbers.into_iter().rev() {
        match journal::read(project, own) {
            Ok(run) => {
                findings.extend(damages(&run).iter().map(Into::into));
                runs.push(entry(&run, number.is_some()));
            }
            Err(error) => {
                let message = format!("the journal of run {own} cannot be read: {error:#}");
                findings.push((&Finding::new("RUN07", Severity::Warning, message)).into());
            }
        }
    }
    let history = History::new(runs, findings);
    console.out(&if console.format == Format::Json {
        history.to_json()
    } else {
        text::history(&history, console.style())
    });
    Ok(history.outcome)
}

fn entry(run: &Run, in_full: bool) -> RunEntry {
    let begun = run.begun();
    let parts = run.tallies().into_iter().map(|tally| PartEntry {
        zone: tally.zone.to_owned(),
        provider: tally.provider.to_owned(),
        planned: tally.planned,
        made: tally.done(),
        unknown: tally.unknown.len(),
        created: tally.creates,
    });
    RunEntry {
        run: run.number,
        file: run.file.clone(),
        at: run.at().map(str::to_owned),
        who: begun.map(|begun| begun.who.clone()),
        job: begun.and_then(|begun| begun.job.clone()),
        command: begun.map(|begun| begun.command.clone()),
        undoes: begun.and_then(|begun| begun.undoes),
        plan: begun.and_then(|begun| begun.plan.clone()),
        program: begun.map(|begun| begun.program.clone()),
        outcome: run.outcome().map(str::to_owned),
        parts: parts.collect(),
        detail: in_full.then(|| detail(run)),
    }
}

fn detail(run: &Run) -> RunDetail {
    let snapshots = run.snapshots().map(|snapshot| SnapshotEntry {
        zone: snapshot.zone.clone(),
        provider: snapshot.provider.clone(),
        file: snapshot.file.clone(),
    });
    RunDetail {
        calls: run.calls().into_iter().map(call).collect(),
        snapshots: snapshots.collect(),
        proofs: run.proofs().map(proof).collect(),
    }
}

fn call(call: Call<'_>) -> CallEntry {
    let Call { intent, at, result } = call;
    let state = match result {
        Some(result) if result.error.is_none() => "made",
        Some(result) if result.applied.is_some() => "failed",
        _ => "unknown",
    };
    let error = result.and_then(|result| result.error.as_ref());
    CallEntry {
        call: intent.call,
        at: at.to_owned(),
        zone: intent.zone.clone(),
        provider: intent.provider.clone(),
        wave: match intent.wave {
            Wave::Create => "create",
            Wave::Body => "body",
            Wave::ApexNs => "apex_ns",
            Wave::Publish => "publish",
        }
        .to_owned(),
        state,
        applied: result.and_then(|result| result.applied),
        error: error.map(|error| ErrorEntry {
            kind: error.kind.clone(),
            message: error.message.clone(),
            hint: None,
        }),
        changes: intent.changes.iter().map(change).collect(),
    }
}

fn change(entry: &Entry) -> ChangeEntry {
    let set = |set: &Set| SetEntry {
        ttl: set.ttl,
        rdata: set.rdata.clone(),
    };
    let action = match (&entry.before, &entry.after) {
        (None, _) => "create",
        (Some(_), Some(_)) => "replace",
        (Some(_), None) => "delete",
    };
    ChangeEntry {
        action: action.to_owned(),
        name: entry.name.clone(),
        rtype: entry.rtype.clone(),
        before: entry.before.as_ref().map(set),
        after: entry.after.as_ref().map(set),
        place: Place::default(),
    }
}

fn proof(proof: &Proof) -> ProofEntry {
    let nameserver = |own: &Answered| AnsweredEntry {
        name: own.name.clone(),
        address: own.address.clone(),
        provider: own.provider.clone(),
        asked: own.asked,
        answered: own.answered,
        agree: own.agree,
        differ: own.differ,
        serial: own.serial,
    };
    ProofEntry {
        zone: proof.zone.clone(),
        questions: proof.questions,
        agree: proof.agree,
        differ: proof.differ,
        unverified: proof.unverified,
        nameservers: proof.nameservers.iter().map(nameserver).collect(),
    }
}
