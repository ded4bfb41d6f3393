//! `sync`: plan, confirm, roll out, prove.

use super::console::Console;
use super::delivery::{Delivery, Work, finish};
use super::fleet::Fleet;
use super::interrupt::{Interrupts, survive_size_limits};
use super::objections::{left, object, object_to_all};
use super::proof::Prover;
use super::resume::Earlier;
use super::saved;
use super::session::{Session, refuse, refuse_as};
use super::survey::survey;
use super::undo::TakingBack;
use super::{declared, owner};
use crate::cli::{Global, Sync, Writing};
use crate::config::{OnFailedProof, job, who};
use crate::report::Outcome;
use crate::rollout::Contacts;
use crate::rollout::journal::{Begun, Watch};

pub(super) async fn run(
    global: &Global,
    arguments: &Sync,
    console: &Console,
    interrupts: &Interrupts,
    watch: &Watch,
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
            refuse_as(Outcome::Refused, "sync", &missing, console);
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
    let loaded = match session.load(&named, arguments.shard, console) {
        Ok(loaded) => loaded,
        Err(findings) => {
            refuse("sync", &findings, console);
            return Ok(Outcome::Trouble);
        }
    };
    survive_size_limits();
    let Some(_lock) = owner::take(&session.project, "sync", console)? else {
        return Ok(Outcome::Refused);
    };
    let earlier = Earlier::look(&session.project.directory);
    let mut contacts = Contacts::read(&session.project.directory)?;
    let fleet = Fleet::bring_up(&session).await;
    let mut works = Vec::new();
    let mut measures = Vec::new();
    for loaded in &loaded {
        let zone = &loaded.zone;
        let progress = console.progress(&format!("{}: reading the providers", zone.origin()));
        let mut connected = fleet.of(zone);
        let zones = plan.iter().flat_map(|plan| &plan.zones);
        let planned = zones
            .into_iter()
            .find(|planned| planned.zone == *zone.origin());
        if let Some(planned) = planned {
            let is_planned = |id: &str| planned.providers.iter().any(|provider| provider.id == id);
            connected.retain(|member| is_planned(&member.account.id));
        }
        let prover = Prover::gather(
            &session,
            global,
            console,
            zone,
            &connected,
            writing.delegation,
        )
        .await;
        let mut surveyed = survey(&session, loaded, connected, &progress).await;
        let left = left(&session, zone, &surveyed, &contacts);
        let is_first = |id: &str| contacts.is_first(id, zone.origin());
        measures.push(
            object(
                &session,
                zone.origin(),
                &mut surveyed,
                &writing.allow,
                &is_first,
                left,
            )
            .await,
        );
        let moved = planned.map(|planned| saved::moved(planned, &session, loaded, &surveyed));
        let mut findings = loaded.findings.clone();
        findings.extend(declared::costs(&session, zone.origin()));
        works.push(Work {
            origin: zone.origin().clone(),
            file: Some(loaded.file.shown.clone()),
            record_sets: zone.len(),
            findings,
            exceptions: declared::entries(loaded),
            prover: prover.reading(loaded).knowing(&surveyed),
            surveyed,
            moved: moved.unwrap_or_default(),
        });
    }

    let delivery = Delivery {
        session: &session,
        command: "sync",
        plan: plan.as_ref(),
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
        interrupts,
        objections: object_to_all(&session, &writing.allow, &measures),
    };
    let mut delivered = delivery.run(works, &mut contacts).await;
    let is_undone = session.project.policy.on_failed_proof == OnFailedProof::Undo;
    if let Some(run) = delivered.run.filter(|_| delivered.disproved && is_undone) {
        console.note(&format!(
            "the proof failed: taking run {run} back, as `on_failed_proof` in redundns.toml says"
        ));
        let writing = Writing {
            yes: true,
            ..writing.clone()
        };
        let taking = TakingBack {
            session: &session,
            fleet: &fleet,
            global,
            writing: &writing,
            console,
            interrupts,
            watch,
        };
        let back = taking.back(Some(run), &mut contacts).await.report;
        delivered.report.outcome = match back.outcome {
            // The providers hold what they held, and the change is still to be made.
            Outcome::Same | Outcome::Differs => Outcome::Differs,
            _ => Outcome::Partial,
        };
        delivered.report.undone = Some(Box::new(back));
    }
    finish(&delivered.report, console);
    Ok(delivered.report.outcome)
}
