//! `sync`: plan, confirm, roll out, prove.

use super::console::Console;
use super::delivery::{Delivery, Work, finish};
use super::fleet::Fleet;
use super::proof::Prover;
use super::saved;
use super::session::{Session, refuse};
use super::survey::{object, survey};
use crate::cli::{Global, Sync};
use crate::report::{Outcome, Report};
use crate::rollout::{Contacts, Lock};

pub(super) async fn run(
    global: &Global,
    arguments: &Sync,
    console: &Console,
) -> anyhow::Result<Outcome> {
    let writing = &arguments.writing;
    let Some(session) = Session::open_or_say(global, "sync", console) else {
        return Ok(Outcome::Trouble);
    };
    let plan = match arguments.plan.as_deref().map(saved::read).transpose() {
        Ok(plan) => plan,
        Err(finding) => {
            refuse("sync", &[finding], console);
            return Ok(Outcome::Trouble);
        }
    };
    let mut named = arguments.zones.clone();
    if let Some(plan) = &plan {
        let missing = saved::missing(plan, &session);
        if !missing.is_empty() {
            saved::refuse("sync", &missing, console);
            return Ok(Outcome::Refused);
        }
        console.note(&format!(
            "applying the saved plan {}",
            plan.digest().short()
        ));
        named = plan
            .zones
            .iter()
            .map(|zone| zone.zone.to_string())
            .collect();
    }
    let loaded = match session.load(&named) {
        Ok(loaded) => loaded,
        Err(findings) => {
            refuse("sync", &findings, console);
            return Ok(Outcome::Trouble);
        }
    };
    let Some(_lock) = Lock::take(&session.project.directory)? else {
        let mut report = Report::new("sync");
        report.outcome = Outcome::Refused;
        finish(&report, console);
        console.error(
            "another sync of this project is under way; nothing was changed",
            Some("wait until it ends"),
        );
        return Ok(Outcome::Refused);
    };
    let mut contacts = Contacts::read(&session.project.directory)?;
    let fleet = Fleet::bring_up(&session).await;
    let mut works = Vec::new();
    for loaded in &loaded {
        let _progress =
            console.progress(&format!("{}: reading the providers", loaded.zone.origin()));
        let mut connected = fleet.of(&loaded.zone);
        let zones = plan.iter().flat_map(|plan| &plan.zones);
        let planned = zones
            .into_iter()
            .find(|zone| zone.zone == *loaded.zone.origin());
        if let Some(planned) = planned {
            let is_planned = |id: &str| planned.providers.iter().any(|provider| provider.id == id);
            connected.retain(|member| is_planned(&member.account.id));
        }
        let prover = Prover::gather(
            &session,
            global,
            console,
            loaded,
            &connected,
            writing.delegation,
        )
        .await;
        let mut surveyed = survey(&session, loaded, connected).await;
        object(&session, loaded, &mut surveyed, &writing.allow, &contacts).await;
        let moved = planned.map(|planned| saved::moved(planned, &session, loaded, &surveyed));
        works.push(Work {
            loaded,
            surveyed,
            prover,
            moved: moved.unwrap_or_default(),
        });
    }

    let delivery = Delivery {
        session: &session,
        command: "sync",
        plan: plan.as_ref(),
        writing,
        console,
        silent: &fleet.findings,
    };
    Ok(delivery.run(works, &mut contacts).await)
}
