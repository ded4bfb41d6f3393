//! `sync`: plan, confirm, roll out, prove.

use super::console::Console;
use super::delivery::{Delivery, Work, finish};
use super::fleet::Fleet;
use super::proof::Prover;
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
    let loaded = match session.load(&arguments.zones) {
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
        let connected = fleet.of(&loaded.zone);
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
        works.push(Work {
            loaded,
            surveyed,
            prover,
        });
    }

    let delivery = Delivery {
        session: &session,
        command: "sync",
        writing,
        console,
        silent: &fleet.findings,
    };
    Ok(delivery.run(works, &mut contacts).await)
}
