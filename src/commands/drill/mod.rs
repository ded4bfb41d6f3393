//! `drill`: the rehearsal of losing a provider, by arithmetic and for real.

mod plot;

use std::fmt::Write as _;
use std::path::Path;

use super::console::Console;
use super::fleet::{Connected, Fleet};
use super::proof::Prover;
use super::session::{Loaded, Session, refuse, rendered};
use crate::cli::{Drill, FaultKind, Global};
use crate::drill::{Fault, Schedule};
use crate::report::{
    DrillEntry, LookupRow, Outcome, Phase, RehearsalEntry, Report, ZoneReport, svg, text,
};
use crate::verdict::Nameserver;
use crate::zone::{Finding, Name, RecordType, Severity, Zone};
use plot::{Played, Plot};

pub(super) async fn run(
    global: &Global,
    arguments: &Drill,
    console: &Console,
) -> anyhow::Result<Outcome> {
    let Some(session) = Session::open_or_say(global, "drill", console) else {
        return Ok(Outcome::Trouble);
    };
    let fault = match fault(arguments) {
        Ok(fault) => fault,
        Err(finding) => {
            refuse("drill", &[finding], console);
            return Ok(Outcome::Trouble);
        }
    };
    let loaded = match session.load(std::slice::from_ref(&arguments.zone), None, console) {
        Ok(loaded) => loaded,
        Err(findings) => {
            refuse("drill", &findings, console);
            return Ok(Outcome::Trouble);
        }
    };
    let Some(loaded) = loaded.first() else {
        return Ok(Outcome::Trouble);
    };
    let fleet = Fleet::bring_up(&session).await;
    let connected = fleet.of(&loaded.zone);
    if let Some(finding) = not_among(&connected, loaded, &arguments.down) {
        refuse("drill", &[finding], console);
        return Ok(Outcome::Trouble);
    }
    // Better now than after all the lookups.
    for file in arguments.rows.iter().chain(&arguments.svg) {
        let mut options = std::fs::OpenOptions::new();
        let opened = options.create(true).append(true).open(file);
        opened.map_err(|error| unwritten(file, &error))?;
    }
    let prover = Prover::gather(&session, global, console, &loaded.zone, &connected, false).await;
    let mut zone = ZoneReport::of_zone(&loaded.zone, Some(loaded.file.shown.clone()));
    let strangers = strangers(&loaded.zone, prover.nameservers());
    let known = prover.obstacles().chain(&strangers);
    zone.findings = known.map(Into::into).collect();
    let plot = Plot {
        arguments,
        loaded,
        nameservers: prover.nameservers().to_vec(),
        fault,
        schedule: Schedule {
            duration: arguments.duration,
            rate: arguments.rate,
        },
    };
    let mut outcomes = Vec::new();
    if prover.obstacles().next().is_some() {
        outcomes.push(Outcome::Trouble);
    }
    let mut drill = DrillEntry {
        down: arguments.down.clone(),
        fault: fault.to_string(),
        loss_percent: match fault {
            Fault::Lossy(percent) => Some(percent),
            _ => None,
        },
        arithmetic: plot.arithmetic(),
        rehearsal: None,
    };
    let found = if arguments.arithmetic {
        None
    } else {
        Some(plot.for_real(&session, console).await)
    };
    let mut findings = Vec::new();
    match found {
        Some(Ok(Played {
            rehearsal,
            rows,
            stopped,
        })) => {
            if let Some(file) = &arguments.rows {
                write(file, &lines(&rows)?)?;
            }
            if let Some(file) = &arguments.svg {
                write(file, &svg(&zone.zone, &drill, &rehearsal))?;
            }
            let (outcome, more) = match stopped {
                Some(finding) => (Outcome::Trouble, vec![finding]),
                None => judged(&rehearsal, &drill),
            };
            outcomes.push(outcome);
            findings.extend(more);
            drill.rehearsal = Some(rehearsal);
        }
        None => {}
        Some(Err(finding)) => {
            if arguments.real || finding.severity == Severity::Error {
                outcomes.push(Outcome::Trouble);
            }
            findings.push(finding);
        }
    }
    if drill.rehearsal.is_none() && !drill.arithmetic.survived {
        let message = format!(
            "without {} no nameserver of the zone is left",
            arguments.down
        );
        findings.push(
            Finding::new("DRL03", Severity::Error, message)
                .hint("add an account of another provider in providers/, and list its nameservers in the apex NS set"),
        );
        outcomes.push(Outcome::Differs);
    }
    zone.findings.extend(findings.iter().map(Into::into));
    zone.drill = Some(drill);
    let mut report = Report::new("drill");
    report.findings = session
        .project
        .findings
        .iter()
        .chain(&fleet.findings)
        .map(Into::into)
        .collect();
    report.zones.push(zone);
    report.outcome = Outcome::worst(outcomes);
    let shown = rendered(&report, console);
    console.out(&shown.unwrap_or_else(|| text::drill(&report, console.style())));
    Ok(report.outcome)
}

fn fault(arguments: &Drill) -> Result<Fault, Finding> {
    match (arguments.fault, arguments.loss) {
        (None | Some(FaultKind::Lossy), Some(loss)) => Ok(Fault::Lossy(loss)),
        (Some(FaultKind::Lossy), None) => Ok(Fault::Lossy(50)),
        (None | Some(FaultKind::Silent), None) => Ok(Fault::Silent),
        (Some(FaultKind::Refused), None) => Ok(Fault::Refused),
        (Some(FaultKind::Stale), None) => Ok(Fault::Stale),
        (Some(FaultKind::Empty), None) => Ok(Fault::Empty),
        (Some(_), Some(_)) => Err(Finding::new(
            "CFG11",
            Severity::Error,
            "`--loss` goes with `--fault lossy` alone",
        )
        .hint("leave one of them out")),
    }
}

fn not_among(connected: &[&Connected<'_>], loaded: &Loaded, down: &str) -> Option<Finding> {
    let ids = connected.iter().map(|member| member.account.id.as_str());
    if ids.clone().any(|id| id == down) {
        return None;
    }
    let ids: Vec<String> = ids.map(|id| format!("`{id}`")).collect();
    let message = format!("no account `{down}` serves {}", loaded.zone.origin());
    Some(
        Finding::new("CFG11", Severity::Error, message)
            .hint(format!("its accounts: {}", ids.join(", "))),
    )
}

/// The apex NS set names servers that no account has: they are no part of the rehearsal.
fn strangers(zone: &Zone, nameservers: &[Nameserver]) -> Vec<Finding> {
    let apex = zone.get(zone.origin().borrow(), RecordType::NS);
    let names = apex.iter().flat_map(|set| set.rdata());
    let names = names.filter_map(|wire| Name::from_wire(wire).ok());
    names
        .filter(|name| !nameservers.iter().any(|server| server.name == *name))
        .map(|name| {
            let message = format!("`{name}` is of no account, so the rehearsal leaves it out");
            Finding::new("DRL06", Severity::Warning, message)
                .hint("list it in the `nameservers` of its account in providers/")
        })
        .collect()
}

fn write(file: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(file, text).map_err(|error| unwritten(file, &error))
}

fn unwritten(file: &Path, error: &std::io::Error) -> anyhow::Error {
    let message = format!("{} cannot be written: {error}", file.display());
    std::io::Error::new(error.kind(), message).into()
}

fn lines(rows: &[LookupRow]) -> anyhow::Result<String> {
    let mut text = String::new();
    for row in rows {
        writeln!(text, "{}", serde_json::to_string(row)?)?;
    }
    Ok(text)
}

/// What the lookups say of the zone.
fn judged(rehearsal: &RehearsalEntry, drill: &DrillEntry) -> (Outcome, Vec<Finding>) {
    let before = rehearsal.of(Phase::Before);
    if !before.is_well() {
        let message = format!(
            "already before the fault {} of {} lookups were right, so what comes after says nothing of {}",
            before.right, before.lookups, drill.down
        );
        let hint = "run `redundns check`: the nameservers do not answer as the zone file says";
        let finding = Finding::new("DRL02", Severity::Error, message).hint(hint);
        return (Outcome::Trouble, vec![finding]);
    }
    let during = rehearsal.of(Phase::During);
    let mut findings = Vec::new();
    if during.wrong > 0 {
        let message = format!(
            "{} of {} lookups got a wrong answer while {} was {}",
            during.wrong, during.lookups, drill.down, drill.fault
        );
        findings.push(Finding::new("DRL04", Severity::Error, message).hint(
            "no resolver repairs that: run `redundns check` on a schedule, so that such a provider is noticed at once",
        ));
    }
    if during.nothing * 100 > during.lookups {
        let message = format!(
            "{} of {} lookups got no answer while {} was {}",
            during.nothing,
            during.lookups,
            drill.down,
            drill.told_fault()
        );
        let hint = if drill.arithmetic.survived {
            "some of the other providers' nameservers do not answer well enough: run `redundns check`"
        } else {
            "add an account of another provider in providers/, and list its nameservers in the apex NS set"
        };
        findings.push(Finding::new("DRL03", Severity::Error, message).hint(hint));
    }
    let outcome = if during.is_well() {
        Outcome::Same
    } else {
        Outcome::Differs
    };
    (outcome, findings)
}
