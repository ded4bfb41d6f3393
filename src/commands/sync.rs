//! `sync`: plan, confirm, roll out, prove.

use std::sync::Arc;

use super::aftermath::{leftovers, outcome};
use super::console::Console;
use super::fleet::Fleet;
use super::interrupt::watch_for_signals;
use super::proof::Prover;
use super::session::{Loaded, Session, nobody_left, refuse};
use super::survey::{Surveyed, object, remarks, survey};
use crate::cli::{Format, Global, Sync};
use crate::plan::{self, State};
use crate::report::text::{self, plural};
use crate::report::{Outcome, Report, ZoneReport};
use crate::rollout::{self, Contacts, Lock, Stop, Target};
use crate::zone::{Finding, Severity};

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
            arguments.delegation,
        )
        .await;
        let mut surveyed = survey(&session, loaded, connected).await;
        object(&session, loaded, &mut surveyed, &arguments.allow, &contacts).await;
        works.push(Work {
            loaded,
            prover: prover.knowing(&surveyed),
            surveyed,
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
    let obstacle = obstacle(&works, &fleet.findings);
    // The verdict goes on where the plan ends, and says nothing twice.
    // Whoever is asked has to see what for.
    let is_wanted = obstacle.is_some() || pending > 0 && !(console.quiet && arguments.yes);
    let is_told = console.format == Format::Text && is_wanted;
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

    let (stop, cut) = watch_for_signals(session.deadline);
    let mut outcomes = Vec::new();
    let mut touched = false;
    let mut is_noted = false;
    report.zones.clear();
    if is_told {
        report.findings.clear();
    }
    for work in works {
        let mut carrying = std::pin::pin!(carry_out(
            work,
            is_told,
            arguments,
            &session,
            &mut contacts,
            &stop,
            console
        ));
        let done = loop {
            tokio::select! {
            done = &mut carrying => break done,
            () = stop.requested(), if !is_noted => {
                is_noted = true;
                console.interject("finishing what is under way, beginning nothing new; Ctrl-C again ends at once");
            }
            () = cut.requested() => {
                report.outcome = Outcome::Partial;
                finish(&report, console);
                console.error(
                    "cut off; what was under way may be made or not",
                    Some("`redundns check` says who holds and serves what"),
                );
                return Ok(Outcome::Partial);
            }
            }
        };
        report.zones.push(done.zone);
        outcomes.push(done.outcome);
        touched |= done.touched;
    }
    report.outcome = match Outcome::worst(outcomes) {
        // What was written before the request to stop is there, and what should follow it is not.
        worst if worst != Outcome::Same && touched && stop.is_requested() => Outcome::Partial,
        worst => worst,
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
fn obstacle(works: &[Work<'_>], silent: &[Finding]) -> Option<(Outcome, String, Option<String>)> {
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
        let (message, hint) = nobody_left(work.loaded.zone.origin());
        return Some((
            Outcome::Trouble,
            format!("{message}; nothing was changed"),
            Some(hint.to_owned()),
        ));
    }
    // An embedded nameserver that cannot listen proves nothing either.
    let is_ours =
        |finding: &&Finding| all().any(|one| finding.provider.as_ref() == Some(&one.account.id));
    let blind = works.iter().flat_map(|work| work.prover.obstacles());
    let mut blind = blind.chain(silent.iter().filter(is_ours));
    blind.next().map(|finding| {
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

/// What came of one zone.
struct Done {
    zone: ZoneReport,
    outcome: Outcome,
    /// Whether any provider may hold something new.
    touched: bool,
}

async fn carry_out(
    work: Work<'_>,
    is_told: bool,
    arguments: &Sync,
    session: &Session,
    contacts: &mut Contacts,
    stop: &Arc<Stop>,
    console: &Console,
) -> Done {
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
        let (Some(provider), State::Known { waves, .. }) = (one.provider, one.plan.state) else {
            continue;
        };
        targets.push(Target {
            id: one.account.id.clone(),
            provider,
            desired: one.desired,
            rules: one.rules,
            detects_conflict: (one.account.adapter.capabilities)().detects_conflict,
            base: one.base,
            waves,
        });
    }
    let prover = prover.settling(settle).stopping(stop);
    let progress = console.progress(&format!("{}: writing", desired.origin()));
    let options = rollout::Options {
        canary: session.project.policy.canary.as_deref(),
        all_at_once: arguments.all_at_once,
        stop,
        progress: &|id, words| progress.say(format!("{}: {id}: {words}", desired.origin())),
    };
    let rollout = rollout::run(&mut targets, &options, &prover).await;
    drop(progress);
    for (target, result) in targets.iter().zip(&rollout.results) {
        let is_written = result.applied > 0 || result.error.is_none() && result.touched;
        // Not before: who was only refused, or never reached, is still met for the first time next time.
        if (is_written || target.waves.is_empty())
            && let Err(error) = contacts.remember(&target.id, desired.origin())
        {
            let finding =
                Finding::new("RUN05", Severity::Warning, format!("{error:#}")).provider(&target.id);
            zone.findings.push((&finding).into());
        }
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
    Done {
        zone,
        outcome: outcome(&rollout, proof, served.judgement.differs()),
        touched: rollout.touched(),
    }
}

fn finish(report: &Report, console: &Console) {
    if console.format == Format::Json {
        console.out(&report.to_json());
    }
}
