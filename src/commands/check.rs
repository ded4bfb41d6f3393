//! `check`: is it as the zone files say, at every API and in every answer? Never writes.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;

use futures_util::stream::{self, StreamExt as _};

use super::beyond::beyond;
use super::console::Console;
use super::declared;
use super::departures::departures;
use super::fleet::Fleet;
use super::objections::{left, object};
use super::proof::Prover;
use super::session::{Loaded, Session, refuse, rendered};
use super::survey::{SIDE_BY_SIDE, survey};
use crate::cli::{Allow, Check, Global};
use crate::plan::{self, State};
use crate::report::{Outcome, Report, ZoneReport, text};
use crate::rollout::{Contacts, journal};
use crate::verdict::MAX_PROBES;
use crate::zone::{Finding, RecordKey};

pub(super) async fn run(
    global: &Global,
    arguments: &Check,
    console: &Console,
) -> anyhow::Result<Outcome> {
    let Some(session) = Session::open_or_say(global, "check", console) else {
        return Ok(Outcome::Trouble);
    };
    let files = match session.files(&arguments.zones, arguments.shard, console) {
        Ok(files) => files,
        Err(findings) => {
            refuse("check", &findings, console);
            return Ok(Outcome::Trouble);
        }
    };
    let mut report = Report::new("check");
    report.findings = session.project.findings.iter().map(Into::into).collect();
    let fleet = Fleet::bring_up(&session).await;
    report
        .findings
        .extend(fleet.findings.iter().map(Into::into));
    let record = OnRecord::read(&session, arguments)?;
    let mut outcomes = Vec::new();
    let (session, fleet, record) = (&session, &fleet, &record);
    let checks = stream::iter(&files).map(|file| async move {
        let loaded = session.read(file)?;
        let checked = check(session, fleet, global, arguments, &loaded, record, console);
        Ok::<_, Vec<Finding>>(checked.await)
    });
    // How many questions a nameserver gets at a time is promised for all zones together.
    let side_by_side = if arguments.api_only { SIDE_BY_SIDE } else { 1 };
    let mut checks = pin!(checks.buffered(side_by_side));
    while let Some(checked) = checks.next().await {
        match checked {
            Ok((zone, outcome)) => {
                report.zones.push(zone);
                outcomes.push(outcome);
            }
            Err(findings) => {
                report.findings.extend(findings.iter().map(Into::into));
                outcomes.push(Outcome::Trouble);
            }
        }
    }
    report.outcome = Outcome::worst(outcomes);
    let text = rendered(&report, console);
    console.out(&text.unwrap_or_else(|| text::verdict(&report, console.style())));
    Ok(report.outcome)
}

/// What earlier runs left on record.
pub(super) struct OnRecord {
    contacts: Contacts,
    /// Record sets that were deleted, by the apex of their zone.
    deleted: BTreeMap<String, BTreeSet<RecordKey>>,
}

impl OnRecord {
    /// Reads what the project keeps.
    pub(super) fn read(session: &Session, arguments: &Check) -> anyhow::Result<Self> {
        let most = if arguments.deep {
            usize::MAX
        } else {
            MAX_PROBES
        };
        let project = &session.project.directory;
        Ok(Self {
            contacts: Contacts::read(project)?,
            deleted: journal::deleted(project, most),
        })
    }
}

/// One zone: what its APIs hold and its nameservers answer, and what that comes to.
pub(super) async fn check(
    session: &Session,
    fleet: &Fleet<'_>,
    global: &Global,
    arguments: &Check,
    loaded: &Loaded,
    OnRecord { contacts, deleted }: &OnRecord,
    console: &Console,
) -> (ZoneReport, Outcome) {
    let origin = loaded.zone.origin();
    let connected = fleet.of(&loaded.zone);
    let served_by_nobody = connected.is_empty();
    if served_by_nobody {
        let (message, hint) = super::session::nobody_left(origin);
        console.error(&message, Some(hint));
    }
    let prover = if arguments.api_only {
        None
    } else {
        Some(
            Prover::gather(
                session,
                global,
                console,
                &loaded.zone,
                &connected,
                arguments.delegation,
            )
            .await,
        )
    };
    let mut outcomes = Vec::new();
    let mut plan = plan::Plan {
        zone: origin.clone(),
        record_sets: loaded.zone.len(),
        providers: Vec::new(),
    };
    let mut surveyed = Vec::new();
    if !arguments.dns_only {
        let progress = console.progress(&format!("{origin}: reading the providers"));
        surveyed = survey(session, loaded, connected, &progress).await;
        let allow = Allow::default();
        let left = left(session, &loaded.zone, &surveyed, contacts);
        let is_first = |id: &str| contacts.is_first(id, origin);
        object(session, origin, &mut surveyed, &allow, &is_first, left).await;
        plan.providers = surveyed.iter().map(|one| one.plan.clone()).collect();
        if surveyed.iter().any(|one| !one.misfits.is_empty()) {
            outcomes.push(Outcome::Trouble);
        }
        outcomes.extend(plan.providers.iter().map(|provider| match &provider.state {
            State::Unknown { .. } => Outcome::Trouble,
            State::Follows { .. } => Outcome::Same,
            State::Known { .. } if provider.is_same() => Outcome::Same,
            State::Known { .. } => Outcome::Differs,
        }));
    }
    let mut zone = ZoneReport::of_plan(&plan, Some(loaded.file.shown.clone()));
    let misfits = surveyed.iter().flat_map(|one| &one.misfits);
    let findings = loaded.findings.iter().chain(misfits);
    zone.findings = findings.map(Into::into).collect();
    zone.exceptions = declared::entries(loaded);
    let costs = declared::costs(session, origin);
    let departing = departures(contacts, origin);
    zone.findings
        .extend(costs.iter().chain(&departing).map(Into::into));
    if let Some(prover) = prover {
        zone.findings.extend(prover.findings().map(Into::into));
        if prover.obstacles().next().is_some() {
            outcomes.push(Outcome::Trouble);
        }
        let prover = prover
            .reading(loaded)
            .knowing(&surveyed)
            .deleted(
                deleted
                    .get(&origin.to_string())
                    .into_iter()
                    .flatten()
                    .cloned(),
            )
            .settling(BTreeMap::new(), Some(arguments.settle))
            .deep(arguments.deep)
            .every_family(arguments.require_v6)
            .confirming();
        let served = prover.prove(&loaded.zone, None, false).await;
        outcomes.push(served.fill(&mut zone));
        let seen = beyond(&loaded.zone, &served, &plan.providers, session.deadline);
        let (findings, outcome) = seen.await;
        zone.findings.extend(findings.iter().map(Into::into));
        outcomes.push(outcome);
    } else if served_by_nobody {
        outcomes.push(Outcome::Trouble);
    }
    zone.place(&loaded.zone);
    (zone, Outcome::worst(outcomes))
}
