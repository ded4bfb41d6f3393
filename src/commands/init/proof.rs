//! What `plan` says of the project that was written: empty at whoever the zone came from, and nothing written there.

use std::path::Path;

use super::Domain;
use super::accounts::Member;
use super::fits::could_hold;
use super::next::{AtHand, Standing, Step, next};
use super::say;
use crate::cli::{Format, Global};
use crate::commands::console::Console;
use crate::commands::fleet::Fleet;
use crate::commands::new_files::NewFile;
use crate::commands::session::{Session, refuse, rendered};
use crate::commands::survey::{Surveyed, survey};
use crate::config::Project;
use crate::plan::{self, State};
use crate::report::{Outcome, Report, ZoneReport};
use crate::zone::{Finding, Name, Severity};

/// One zone after its files were written.
pub(super) struct Proved {
    pub(super) standings: Vec<Standing>,
    pub(super) step: Step,
}

pub(super) async fn prove(
    global: &Global,
    directory: &Path,
    domains: &[Domain],
    members: &[Member],
    at_hand: &[(&'static str, Vec<String>)],
    files: &[NewFile],
    console: &Console,
) -> anyhow::Result<Outcome> {
    let session = Session::of(Project::begin(directory), global);
    let found = &session.project.findings;
    if found
        .iter()
        .any(|finding| finding.severity == Severity::Error)
    {
        refuse("init", found, console);
        return Ok(Outcome::Trouble);
    }
    let whole = domains
        .iter()
        .filter(|domain| domain.records.zone.is_some());
    let names: Vec<String> = whole.map(|domain| domain.look.origin.to_string()).collect();
    let loaded = if names.is_empty() {
        Vec::new()
    } else {
        match session.load(&names, None, console) {
            Ok(loaded) => loaded,
            Err(findings) => {
                if console.format == Format::Text {
                    console.out(&say::done(domains, &[], files, console));
                }
                refuse("init", &findings, console);
                return Ok(Outcome::Trouble);
            }
        }
    };
    let fleet = Fleet::connect(&session);
    let mut report = Report::new("init");
    report.findings = session.project.findings.iter().map(Into::into).collect();
    let (mut outcomes, mut proofs) = (Vec::new(), Vec::new());
    for domain in domains {
        let origin = &domain.look.origin;
        let found = loaded.iter().find(|one| one.file.origin == *origin);
        let mut zone = ZoneReport {
            zone: origin.to_string(),
            ..ZoneReport::default()
        };
        let proved = if let Some(loaded) = found {
            let progress = console.progress(&format!("{origin}: planning"));
            let surveyed = survey(&session, loaded, fleet.of(&loaded.zone), &progress).await;
            let mut standings = Vec::new();
            for one in &surveyed {
                standings.push(standing(one, origin).await);
            }
            outcomes.push(outcome(&standings, domain.records.is_imported));
            let delegated = domain
                .look
                .parent
                .as_ref()
                .map(|_| domain.look.delegated.as_slice());
            let names = at_hand.iter().map(|(name, _)| (*name).to_owned());
            let (fitting, others) = names.partition(|name| could_hold(&loaded.zone, name));
            let ready = AtHand { fitting, others };
            let step = next(&loaded.zone, delegated, &standings, &ready);
            let plan = plan::Plan {
                zone: origin.clone(),
                record_sets: loaded.zone.len(),
                providers: surveyed.into_iter().map(|one| one.plan).collect(),
            };
            zone = ZoneReport::of_plan(&plan, Some(loaded.file.shown.clone()));
            zone.findings.extend(loaded.findings.iter().map(Into::into));
            Proved { standings, step }
        } else {
            outcomes.push(Outcome::Trouble);
            Proved {
                standings: Vec::new(),
                step: credentials(domain, members),
            }
        };
        let own = domain.look.findings.iter().chain(&domain.records.findings);
        zone.findings.extend(own.map(Into::into));
        let step = Finding::new(
            "INI09",
            Severity::Info,
            format!("next: {}", proved.step.what),
        );
        zone.findings
            .push((&step.hint(proved.step.lines.join("\n"))).into());
        report.zones.push(zone);
        proofs.push(proved);
    }
    report.outcome = Outcome::worst(outcomes);
    match rendered(&report, console) {
        Some(text) => console.out(&text),
        None => console.out(&say::done(domains, &proofs, files, console)),
    }
    Ok(report.outcome)
}

async fn standing(one: &Surveyed<'_>, origin: &Name) -> Standing {
    let mut servers: Vec<Name> = one
        .account
        .nameservers
        .iter()
        .map(|server| server.name.clone())
        .collect();
    let unknown = match &one.plan.state {
        State::Unknown { error } => Some(error.message.clone()),
        State::Known { .. } | State::Follows { .. } => None,
    };
    let holds = one.base.is_some() || matches!(one.plan.state, State::Follows { .. });
    if let Some(provider) = one
        .provider
        .as_ref()
        .filter(|_| servers.is_empty() && holds)
    {
        let told = provider.nameservers(origin).await.unwrap_or_default();
        servers.extend(told.into_iter().map(|server| server.name));
    }
    Standing {
        id: one.account.id.clone(),
        unknown,
        holds,
        changes: one.plan.changes().count(),
        servers,
    }
}

/// What is pending where a zone file was in hand, or where somebody chose, is what was asked for.
fn outcome(standings: &[Standing], is_imported: bool) -> Outcome {
    if standings.is_empty() || standings.iter().any(|one| one.unknown.is_some()) {
        return Outcome::Trouble;
    }
    if is_imported && standings.iter().any(|one| one.holds && one.changes > 0) {
        return Outcome::Differs;
    }
    Outcome::Same
}

/// The step for a zone of which only a part is known.
fn credentials(domain: &Domain, members: &[Member]) -> Step {
    let origin = domain.look.origin.to_string();
    let origin = origin.trim_end_matches('.');
    let theirs = members
        .iter()
        .find(|member| domain.look.is_served_by(member));
    match theirs {
        Some(member) => {
            let mut lines: Vec<String> = member
                .variables()
                .iter()
                .map(|name| format!("export {name}=…"))
                .collect();
            lines.push(format!("redundns import {} {origin}", member.id()));
            Step {
                what: format!("give `{}` its credentials, and take the whole zone:", member.id()),
                lines,
            }
        }
        None => Step {
            what: "nothing here speaks to whoever serves the zone: get its zone file there (an export), and begin with that:".to_owned(),
            lines: vec![format!("redundns init ./{origin}.zone")],
        },
    }
}
