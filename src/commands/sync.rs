//! `sync`: plan, confirm, roll out, prove.

use std::sync::Arc;

use super::console::Console;
use super::fleet::Fleet;
use super::proof::Prover;
use super::session::{Loaded, Session, refuse};
use super::signals::insisted;
use super::survey::{Surveyed, object, remarks, survey};
use crate::cli::{Format, Global, Sync};
use crate::plan::{self, State};
use crate::report::text::{self, plural};
use crate::report::{Outcome, Report, ZoneReport};
use crate::rollout::{self, Contacts, Rollout, Stop, Target};
use crate::zone::Finding;

/// One zone on its way.
struct Work<'a> {
    loaded: &'a Loaded,
    surveyed: Vec<Surveyed<'a>>,
    prover: Prover<'a>,
}

pub(super) async fn run(
    global: &Global,
    arguments: &Sync,
    console: &Console,
) -> anyhow::Result<Outcome> {
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
            arguments.delegation,
        )
        .await;
        let mut surveyed = survey(&session, loaded, connected).await;
        object(&session, loaded, &mut surveyed, &arguments.allow, &contacts);
        works.push(Work {
            loaded,
            surveyed,
            prover,
        });
    }

    let mut report = Report::new("sync");
    report.findings = session
        .project
        .findings
        .iter()
        .chain(&fleet.findings)
        .map(Into::into)
        .collect();
    report.zones = works.iter().map(planned).collect();
    let pending: usize = works
        .iter()
        .flat_map(|work| &work.surveyed)
        .map(|one| one.plan.changes().count())
        .sum();
    let obstacle = obstacle(&works);
    // The verdict goes on where the plan ends, and says nothing twice.
    let is_told = console.format == Format::Text && (obstacle.is_some() || pending > 0);
    if is_told {
        console.out(&text::plan(&report, console.style()));
        console.out("\n");
    }
    if let Some((outcome, message, hint)) = obstacle {
        report.outcome = outcome;
        finish(&report, console);
        console.error(&message, hint.as_deref());
        return Ok(outcome);
    }
    if pending > 0 && !arguments.yes && !agreed(&works, pending, console) {
        report.outcome = Outcome::Trouble;
        finish(&report, console);
        return Ok(Outcome::Trouble);
    }

    let stop = Arc::new(Stop::default());
    let rolling = async {
        let mut outcomes = Vec::new();
        report.zones.clear();
        if is_told {
            report.findings.clear();
        }
        for work in works {
            let (zone, outcome) = carry_out(
                work,
                is_told,
                arguments,
                &session,
                &mut contacts,
                &stop,
                console,
            )
            .await?;
            report.zones.push(zone);
            outcomes.push(outcome);
        }
        anyhow::Ok(Outcome::worst(outcomes))
    };
    report.outcome = tokio::select! {
        outcome = rolling => outcome?,
        () = insisted(&session, &stop, console) => {
            let hint = "`redundns check` tells who holds what; `redundns sync` finishes it";
            console.error("ended at once; what was under way may have happened or not", Some(hint));
            return Ok(Outcome::Partial);
        }
    };
    if console.format == Format::Text {
        console.out(&text::verdict(&report, console.style()));
    }
    finish(&report, console);
    Ok(report.outcome)
}

/// The plan of one zone as a report.
fn planned(work: &Work<'_>) -> ZoneReport {
    let plan = plan::Plan {
        zone: work.loaded.zone.origin().clone(),
        record_sets: work.loaded.zone.len(),
        providers: work.surveyed.iter().map(|one| one.plan.clone()).collect(),
    };
    let mut zone = ZoneReport::of_plan(&plan, Some(work.loaded.file.shown.clone()));
    zone.findings = work
        .loaded
        .findings
        .iter()
        .chain(work.prover.findings())
        .chain(&remarks(&work.surveyed))
        .map(Into::into)
        .collect();
    zone
}

/// Why nobody is changed: a provider that is unknown, servers that nobody could ask for proof, a guard.
fn obstacle(works: &[Work<'_>]) -> Option<(Outcome, String, Option<String>)> {
    let all = || works.iter().flat_map(|work| &work.surveyed);
    let objections = all().map(|one| one.plan.objections.len()).sum::<usize>();
    if objections > 0 {
        let message = format!(
            "refused by {}; nothing was changed",
            plural(objections, "guard")
        );
        return Some((
            Outcome::Refused,
            message,
            Some("each names the flag that overrides it".to_owned()),
        ));
    }
    let mut unknown: Vec<&str> = all()
        .filter(|one| matches!(one.plan.state, State::Unknown { .. }))
        .map(|one| one.account.id.as_str())
        .collect();
    unknown.sort_unstable();
    unknown.dedup();
    if !unknown.is_empty() {
        let ids = unknown.join(",");
        return Some((
            Outcome::Trouble,
            format!(
                "{} could not be read ({}); nothing was changed",
                plural(unknown.len(), "provider"),
                unknown.join(", ")
            ),
            Some(format!(
                "mend it, or change the others now with `--without {ids}`"
            )),
        ));
    }
    if let Some(work) = works.iter().find(|work| work.surveyed.is_empty()) {
        return Some((
            Outcome::Trouble,
            format!(
                "no provider is left for {}; nothing was changed",
                work.loaded.zone.origin()
            ),
            Some(Session::NOBODY.to_owned()),
        ));
    }
    let blind: Vec<&Finding> = works
        .iter()
        .flat_map(|work| work.prover.obstacles())
        .collect();
    blind.first().map(|finding| {
        (
            Outcome::Trouble,
            format!("{}; nothing was changed", finding.message),
            finding.hint.clone(),
        )
    })
}

/// Asks whoever sits there.
fn agreed(works: &[Work<'_>], pending: usize, console: &Console) -> bool {
    if !console.can_ask() {
        console.error(
            &format!(
                "{} to make and nobody to ask; nothing was changed",
                plural(pending, "change")
            ),
            Some("without a terminal say `--yes`"),
        );
        return false;
    }
    let zones = plural(works.len(), "zone");
    let yes = console.ask(&format!("Make {} in {zones}?", plural(pending, "change")));
    if !yes {
        console.note("nothing was changed");
    }
    yes
}

async fn carry_out(
    work: Work<'_>,
    is_told: bool,
    arguments: &Sync,
    session: &Session,
    contacts: &mut Contacts,
    stop: &Arc<Stop>,
    console: &Console,
) -> anyhow::Result<(ZoneReport, Outcome)> {
    let mut zone = planned(&work);
    if is_told {
        zone.findings.clear();
    }
    let Work {
        loaded,
        surveyed,
        prover,
    } = work;
    let desired = &loaded.zone;
    // Where nothing changes there is nothing to wait for, unless somebody says so.
    let is_idle = surveyed
        .iter()
        .all(|one| one.base.is_some() && one.plan.is_same())
        && arguments.settle.is_none();
    let settle = arguments.settle.or(session.project.policy.settle);
    let mut targets = Vec::new();
    for one in surveyed {
        // Before the first write, so that a run that is cut off does not look like a stranger to the next one.
        if !one.plan.is_same() || one.base.is_some() {
            contacts.remember(&one.account.id, desired.origin())?;
        }
        let (Some(provider), State::Known { waves, .. }) = (one.provider, one.plan.state) else {
            continue;
        };
        targets.push(Target {
            id: one.account.id.clone(),
            provider,
            rules: one.rules,
            detects_conflict: (one.account.adapter.capabilities)().detects_conflict,
            base: one.base,
            waves,
        });
    }
    let prover = prover.settling(settle).until(stop);
    let progress = console.progress(&format!("{}: writing", desired.origin()));
    let options = rollout::Options {
        canary: session.project.policy.canary.as_deref(),
        all_at_once: arguments.all_at_once,
        stop,
        progress: &|id, words| progress.say(format!("{}: {id}: {words}", desired.origin())),
    };
    let rollout = rollout::run(desired, &mut targets, &options, &prover).await;
    drop(progress);
    for (target, result) in targets.iter().zip(&rollout.results) {
        if let Some(provider) = zone
            .providers
            .iter_mut()
            .find(|provider| provider.id == target.id)
        {
            provider.applied = result.applied;
            provider.error = result.error.as_ref().map(Into::into);
        }
    }
    let served = prover
        .prove(desired, None, is_idle || !rollout.is_complete())
        .await;
    let proof = served.fill(&mut zone);
    zone.findings
        .extend(leftovers(&rollout, &targets).iter().map(Into::into));
    Ok((zone, outcome(&rollout, proof)))
}

/// What a rollout that is not complete leaves behind.
fn leftovers(rollout: &Rollout, targets: &[Target]) -> Vec<Finding> {
    use crate::zone::Severity;
    let mut findings = Vec::new();
    for (target, result) in targets.iter().zip(&rollout.results) {
        if result.unproved {
            findings.push(
                Finding::new(
                    "RUN02",
                    Severity::Error,
                    if rollout.interrupted {
                        format!(
                            "`{}` was written, and its nameservers did not answer so before the run was stopped",
                            target.id
                        )
                    } else {
                        format!(
                            "`{}` was written, and its nameservers do not answer so",
                            target.id
                        )
                    },
                )
                .hint("`redundns check` asks again; `--settle 5m` waits longer")
                .provider(&target.id),
            );
        }
        if result.error.is_some() && result.touched {
            findings.push(
                Finding::new(
                    "RUN01",
                    Severity::Error,
                    format!("`{}` may hold a part of the plan", target.id),
                )
                .hint("run `redundns sync` again: it reads what is there and makes what is missing")
                .provider(&target.id),
            );
        }
    }
    if rollout.interrupted {
        findings.push(
            Finding::new(
                "RUN03",
                Severity::Error,
                "stopped on request before everything was written and proved",
            )
            .hint("run `redundns sync` again to finish"),
        );
    }
    findings
}

fn outcome(rollout: &Rollout, proof: Outcome) -> Outcome {
    if rollout.is_complete() {
        return match proof {
            // Written, and proved otherwise: the providers differ because of this run.
            Outcome::Differs if rollout.touched() => Outcome::Partial,
            other => other,
        };
    }
    if rollout.touched() {
        Outcome::Partial
    } else {
        Outcome::Trouble
    }
}

fn finish(report: &Report, console: &Console) {
    if console.format == Format::Json {
        console.out(&report.to_json());
    }
}
