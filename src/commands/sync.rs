//! `sync`: plan, confirm, roll out, prove.

use super::console::Console;
use super::delivery::{Delivery, Work};
use super::fleet::Fleet;
use super::proof::Prover;
use super::resume::Earlier;
use super::session::{Session, refuse};
use super::survey::{object, survey};
use super::{interrupt, owner};
use crate::cli::{Global, Sync};
use crate::config::{job, who};
use crate::report::Outcome;
use crate::rollout::Contacts;
use crate::rollout::journal::{Begun, Watch};

pub(super) async fn run(
    global: &Global,
    arguments: &Sync,
    console: &Console,
    watch: &Watch,
) -> anyhow::Result<Outcome> {
    let writing = &arguments.writing;
    let Some(session) = Session::open_or_say(global, "sync", console) else {
        return Ok(Outcome::Trouble);
    };
    let loaded = match session.load(&arguments.zones) {
        Ok(loaded) => loaded,
        Err(findings) => {
            refuse("sync", &findings, console);
            return Ok(Outcome::Trouble);
        }
    };
    let Some(_lock) = owner::take(&session.project, "sync", console)? else {
        return Ok(Outcome::Refused);
    };
    interrupt::survive_size_limits();
    let earlier = Earlier::look(&session.project.directory);
    let mut contacts = Contacts::read(&session.project.directory)?;
    let fleet = Fleet::bring_up(&session).await;
    let mut works = Vec::new();
    for loaded in &loaded {
        let zone = &loaded.zone;
        let _progress = console.progress(&format!("{}: reading the providers", zone.origin()));
        let connected = fleet.of(zone);
        let prover = Prover::gather(
            &session,
            global,
            console,
            zone,
            &connected,
            writing.delegation,
        )
        .await;
        let mut surveyed = survey(&session, loaded, connected).await;
        let is_first = |id: &str| contacts.is_first(id, zone.origin());
        object(
            &session,
            zone.origin(),
            &mut surveyed,
            &writing.allow,
            &is_first,
        )
        .await;
        works.push(Work {
            origin: zone.origin().clone(),
            file: Some(loaded.file.shown.clone()),
            record_sets: zone.len(),
            findings: loaded.findings.clone(),
            surveyed,
            prover,
        });
    }

    let delivery = Delivery {
        session: &session,
        command: "sync",
        writing,
        console,
        begun: Begun {
            who: who(),
            job: job(),
            ..Begun::default()
        },
        watch,
        remarks: earlier.findings(&works),
        at_best: Outcome::Same,
        silent: &fleet.findings,
    };
    Ok(delivery.run(works, &mut contacts).await)
}
