//! `plan`: what would change where; never writes.

use std::pin::pin;

use futures_util::stream::{self, StreamExt as _};

use super::console::Console;
use super::declared;
use super::departures::departures;
use super::fleet::Fleet;
use super::objections::{left, object, object_to_all};
use super::saved;
use super::session::{Loaded, Session, refuse, rendered};
use super::survey::{SIDE_BY_SIDE, Surveyed, remarks, survey};
use crate::cli::{Global, Plan};
use crate::config::ZoneFile;
use crate::plan::{self, SavedPlan};
use crate::report::{Outcome, Report, ZoneReport, text};
use crate::rollout::Contacts;
use crate::zone::{Finding, Severity};

pub(super) async fn run(
    global: &Global,
    arguments: &Plan,
    console: &Console,
) -> anyhow::Result<Outcome> {
    let Some(session) = Session::open_or_say(global, "plan", console) else {
        return Ok(Outcome::Trouble);
    };
    let files = match session.files(&arguments.zones, arguments.shard, console) {
        Ok(files) => files,
        Err(findings) => {
            refuse("plan", &findings, console);
            return Ok(Outcome::Trouble);
        }
    };
    let fleet = Fleet::connect(&session);
    let contacts = Contacts::read(&session.project.directory)?;
    let mut report = Report::new("plan");
    report.findings = session.project.findings.iter().map(Into::into).collect();
    let mut outcomes = Vec::new();
    let mut measures = Vec::new();
    let mut zones = Vec::new();
    let looks = stream::iter(&files).map(|file| look(&session, &fleet, file, console));
    let mut looks = pin!(looks.buffered(SIDE_BY_SIDE));
    while let Some(look) = looks.next().await {
        let (loaded, mut surveyed) = match look {
            Ok(looked) => looked,
            Err(findings) => {
                report.findings.extend(findings.iter().map(Into::into));
                outcomes.push(Outcome::Trouble);
                continue;
            }
        };
        let loaded = &loaded;
        let origin = loaded.zone.origin();
        let left = left(&session, &loaded.zone, &surveyed, &contacts);
        let is_first = |id: &str| contacts.is_first(id, origin);
        measures.push(
            object(
                &session,
                origin,
                &mut surveyed,
                &arguments.allow,
                &is_first,
                left,
            )
            .await,
        );
        let remarks = remarks(&surveyed);
        if arguments.exit_code && surveyed.iter().any(|one| one.unserved.is_some()) {
            outcomes.push(Outcome::Differs);
        }
        if arguments.out.is_some() {
            zones.push(saved::saved(&session, loaded, &surveyed));
        }
        let plan = plan::Plan {
            zone: loaded.zone.origin().clone(),
            record_sets: loaded.zone.len(),
            providers: surveyed.into_iter().map(|one| one.plan).collect(),
        };
        if plan.providers.is_empty() {
            let (message, hint) = super::session::nobody_left(&plan.zone);
            console.error(&message, Some(hint));
        }
        outcomes.push(outcome(&plan, arguments.exit_code));
        if remarks
            .iter()
            .any(|remark| remark.severity == Severity::Error)
        {
            outcomes.push(Outcome::Trouble);
        }
        let mut zone = ZoneReport::of_plan(&plan, Some(loaded.file.shown.clone()));
        zone.findings = loaded
            .findings
            .iter()
            .chain(&remarks)
            .map(Into::into)
            .collect();
        zone.place(&loaded.zone);
        zone.exceptions = declared::entries(loaded);
        let costs = declared::costs(&session, loaded.zone.origin());
        let departing = departures(&contacts, loaded.zone.origin());
        zone.findings
            .extend(costs.iter().chain(&departing).map(Into::into));
        report.zones.push(zone);
    }
    let objections = object_to_all(&session, &arguments.allow, &measures);
    if arguments.exit_code && !objections.is_empty() {
        outcomes.push(Outcome::Refused);
    }
    report.objections = objections.iter().map(Into::into).collect();
    report.outcome = Outcome::worst(outcomes);
    let plan = zones
        .into_iter()
        .collect::<Option<Vec<_>>>()
        .map(SavedPlan::new);
    if let (Some(plan), Some(path)) = (&plan, &arguments.out) {
        saved::write(plan, path)?;
        report.plan = Some(plan.digest().to_string());
    }
    let text = rendered(&report, console);
    console.out(&text.unwrap_or_else(|| text::plan(&report, console.style())));
    if let Some(path) = &arguments.out {
        let path = path.display();
        match plan {
            Some(plan) => console.note(&format!(
                "saved as `{path}`, plan {}; `redundns sync --plan {path}` applies it",
                plan.digest().short()
            )),
            None => console.error(
                "the plan was not saved, as not every provider is known",
                Some("mend it, or leave the provider out with `--without ID`"),
            ),
        }
    }
    Ok(report.outcome)
}

/// One zone file, and what its providers hold.
async fn look<'a>(
    session: &Session,
    fleet: &'a Fleet<'_>,
    file: &ZoneFile,
    console: &Console,
) -> Result<(Loaded, Vec<Surveyed<'a>>), Vec<Finding>> {
    let loaded = session.read(file)?;
    let progress = console.progress(&format!("{}: reading the providers", loaded.zone.origin()));
    let surveyed = survey(session, &loaded, fleet.of(&loaded.zone), &progress).await;
    Ok((loaded, surveyed))
}

/// Unknown is trouble, and so is a zone that nobody holds; a pending change is a difference where the exit code shall
/// tell.
fn outcome(plan: &plan::Plan, exit_code: bool) -> Outcome {
    if plan.providers.is_empty() {
        return Outcome::Trouble;
    }
    Outcome::worst(plan.providers.iter().map(|provider| match &provider.state {
        plan::State::Unknown { .. } => Outcome::Trouble,
        plan::State::Known { .. } if exit_code && !provider.objections.is_empty() => {
            Outcome::Refused
        }
        plan::State::Known { .. } if exit_code && !provider.is_same() => Outcome::Differs,
        plan::State::Known { .. } | plan::State::Follows { .. } => Outcome::Same,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::Name;

    #[test]
    fn a_zone_that_nobody_holds_is_trouble() {
        let plan = plan::Plan {
            zone: Name::absolute("example.com").expect("a name"),
            record_sets: 1,
            providers: Vec::new(),
        };
        assert_eq!(outcome(&plan, false), Outcome::Trouble);
    }
}
