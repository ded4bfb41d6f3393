//! `undo`: the inverse of a run, as a plan like any other.

mod past;

use std::sync::Arc;

use super::console::Console;
use super::delivery::{Delivered, Delivery, Work, finish};
use super::fleet::{Connected, Fleet};
use super::interrupt::{Interrupts, survive_size_limits};
use super::objections::object;
use super::owner;
use super::proof::Prover;
use super::session::Session;
use super::survey::{Read, Surveyed, read, reckon};
use crate::cli::{Global, Undo, Writing};
use crate::config::{job, read_zone, who};
use crate::plan::{DiffRules, ProviderPlan};
use crate::provider::ErrorKind;
use crate::report::Outcome;
use crate::rollout::journal::{self, Begun, Past, Watch};
use crate::rollout::{Contacts, Inverse, inverse};
use crate::zone::{Finding, Name, RecordKey, Severity, Zone};
use past::{choose, doings};

/// How many record sets a sentence names.
const NAMED: usize = 8;

pub(super) async fn run(
    global: &Global,
    arguments: &Undo,
    console: &Console,
    interrupts: &Interrupts,
    watch: &Watch,
) -> anyhow::Result<Outcome> {
    let Some(session) = Session::open_or_say(global, "undo", console) else {
        return Ok(Outcome::Trouble);
    };
    survive_size_limits();
    let Some(_lock) = owner::take(&session.project, "undo", console)? else {
        return Ok(Outcome::Refused);
    };
    let mut contacts = Contacts::read(&session.project.directory)?;
    let fleet = Fleet::bring_up(&session).await;
    let taking = TakingBack {
        session: &session,
        fleet: &fleet,
        global,
        writing: &arguments.writing,
        console,
        interrupts,
        watch,
    };
    let delivered = taking.back(arguments.run, &mut contacts).await;
    finish(&delivered.report, console);
    Ok(delivered.report.outcome)
}

/// A run being taken back.
pub(super) struct TakingBack<'a> {
    pub(super) session: &'a Session,
    pub(super) fleet: &'a Fleet<'a>,
    pub(super) global: &'a Global,
    pub(super) writing: &'a Writing,
    pub(super) console: &'a Console,
    pub(super) interrupts: &'a Interrupts,
    pub(super) watch: &'a Watch,
}

impl TakingBack<'_> {
    /// Plans the inverse of a run, the last one that wrote where none is named, and delivers it.
    pub(super) async fn back(&self, run: Option<u64>, contacts: &mut Contacts) -> Delivered {
        let Self {
            session,
            fleet,
            global,
            writing,
            console,
            interrupts,
            watch,
        } = *self;
        let chosen = choose(&session.project.directory, run)
            .and_then(|run| Ok((doings(&run, session)?, run)));
        let (doings, undone) = match chosen {
            Ok(chosen) => chosen,
            Err(findings) => {
                return Delivered::impossible("undo", &findings, console);
            }
        };
        let (mut works, mut conflicts) = (Vec::new(), 0);
        for (origin, mut past) in doings {
            let progress = console.progress(&format!("{origin}: reading the providers"));
            let connected = fleet.named(|id| past.contains_key(id));
            let mut findings = Vec::new();
            let mut surveyed = Vec::new();
            let mut putting_back = Vec::new();
            for (member, result) in read(session, &origin, connected.clone(), &progress).await {
                let doing = past.remove(&member.account.id).unwrap_or_default();
                let (one, inverse) = survey(&origin, member, &doing.changes, result);
                conflicts += inverse.conflicts.len();
                findings.extend(told(&inverse, undone.number, &one));
                if doing.creates {
                    findings.push(stays(undone.number, &one.account.id));
                }
                putting_back.extend(inverse.back);
                surveyed.push(one);
            }
            findings.extend(file_says_otherwise(session, &origin, &putting_back));
            let is_first = |_: &str| false;
            object(
                session,
                &origin,
                &mut surveyed,
                &writing.allow,
                &is_first,
                Vec::new(),
            )
            .await;
            let desired = surveyed.first().map_or_else(
                || Arc::new(Zone::empty(origin.clone())),
                |one| Arc::clone(&one.desired),
            );
            let primaries: Vec<String> =
                surveyed.iter().map(|one| one.account.id.clone()).collect();
            let mut connected = connected;
            for member in fleet.of(&desired) {
                if let Some(one) = follower(member, &desired, &primaries) {
                    connected.push(member);
                    surveyed.push(one);
                }
            }
            let delegation = writing.delegation;
            let prover =
                Prover::gather(session, global, console, &desired, &connected, delegation).await;
            works.push(Work {
                origin,
                file: None,
                record_sets: desired.len(),
                findings,
                exceptions: Vec::new(),
                prover: prover.knowing(&surveyed),
                surveyed,
                moved: Vec::new(),
            });
        }

        let delivery = Delivery {
            session,
            command: "undo",
            plan: None,
            writing,
            console,
            begun: Begun {
                who: who(),
                job: job(),
                undoes: Some(undone.number),
                ..Begun::default()
            },
            watch,
            remarks: Vec::new(),
            at_best: if conflicts > 0 {
                Outcome::Differs
            } else {
                Outcome::Same
            },
            silent: &fleet.findings,
            interrupts,
            objections: Vec::new(),
        };
        delivery.run(works, contacts).await
    }
}

/// What one provider holds, and the plan that puts back what `changes` did.
fn survey<'a>(
    origin: &Name,
    member: &Connected<'a>,
    changes: &[Past],
    read: Read,
) -> (Surveyed<'a>, Inverse) {
    let account = member.account;
    // What the run wrote was meant, so nothing of it is passed over.
    let capabilities = account.capabilities(read.told);
    let rules = DiffRules::of(&capabilities, Vec::new());
    let (base, desired, plan, inverse) = match read.held {
        Ok(base) => {
            let inverse = inverse(changes, &base.zone);
            let desired = inverse.desired(&base.zone);
            let mut plan = ProviderPlan::known(
                &account.id,
                account.adapter.name,
                &base.zone,
                &desired,
                &rules,
            );
            reckon(&mut plan, account, &capabilities, false);
            (Some(base), desired, plan, inverse)
        }
        Err(mut error) => {
            if error.kind == ErrorKind::NoSuchZone {
                error.hint = Some("there is nothing to put back into".to_owned());
            }
            let plan = ProviderPlan::unknown(&account.id, account.adapter.name, error);
            (None, Zone::empty(origin.clone()), plan, Inverse::default())
        }
    };
    let one = Surveyed {
        account,
        provider: member.provider.as_ref().ok().map(Arc::clone),
        capabilities,
        rules,
        misfits: Vec::new(),
        apart: Vec::new(),
        desired: Arc::new(desired),
        base,
        plan,
        unserved: None,
    };
    (one, inverse)
}

/// A provider that follows one of `primaries`, and so has what they have.
fn follower<'a>(
    member: &Connected<'a>,
    desired: &Arc<Zone>,
    primaries: &[String],
) -> Option<Surveyed<'a>> {
    let account = member.account;
    let provider = member.provider.as_ref().ok()?;
    let named = provider.follows()?.primary();
    let mut from = primaries.to_vec();
    from.retain(|id| named.is_none_or(|named| named == id));
    if from.is_empty() {
        return None;
    }
    let capabilities = account.capabilities(None);
    Some(Surveyed {
        account,
        provider: Some(Arc::clone(provider)),
        rules: DiffRules::of(&capabilities, Vec::new()),
        capabilities,
        misfits: Vec::new(),
        apart: Vec::new(),
        desired: Arc::clone(desired),
        base: None,
        unserved: None,
        plan: ProviderPlan::follows(&account.id, account.adapter.name, from),
    })
}

/// What is left alone at one provider, and why.
fn told(inverse: &Inverse, run: u64, one: &Surveyed<'_>) -> Vec<Finding> {
    let id = &one.account.id;
    let now = |key: &RecordKey| {
        let held = one.base.as_ref()?.zone.get(key.owner.borrow(), key.rtype)?;
        let rdata = held
            .rdata()
            .map(|octets| crate::zone::rdata::to_text(key.rtype, octets));
        Some(format!(
            "{} {}",
            held.ttl(),
            rdata.collect::<Vec<_>>().join(", ")
        ))
    };
    inverse
        .conflicts
        .iter()
        .map(|key| {
            let now = now(key).map_or_else(|| "is not there".to_owned(), |now| format!("is `{now}`"));
            let message =
                format!("`{key}` at `{id}` {now}, neither as run {run} wrote it nor as it was before, and stays so");
            Finding::new("UND01", Severity::Warning, message)
                .hint("somebody changed it, or its name, since; what it shall be is yours to say in the zone file")
                .about(&key.owner, key.rtype)
                .provider(id)
        })
        .collect()
}

/// `undo` takes no zone away.
fn stays(run: u64, id: &str) -> Finding {
    let message = format!(
        "run {run} created the zone at `{id}`: the zone stays, and with it its SOA and apex NS set"
    );
    Finding::new("UND03", Severity::Info, message)
        .hint("delete it at the provider, where that is meant")
        .provider(id)
}

/// Whether the zone file still says what is put back, so that the next sync would make it again.
fn file_says_otherwise(session: &Session, origin: &Name, back: &[Past]) -> Option<Finding> {
    let (files, _) = session.project.zone_files(&[origin.to_string()]);
    let file = files.into_iter().next()?;
    let parsed = read_zone(&file, &session.project.directory).ok()?;
    let mut again: Vec<RecordKey> = back
        .iter()
        .filter(|past| past.standing(&parsed.zone) != journal::Standing::Before)
        .map(|past| past.key.clone())
        .collect();
    again.sort();
    again.dedup();
    if again.is_empty() {
        return None;
    }
    let message = format!(
        "the zone file does not say what {} go back to, so the next sync changes them again",
        listed(&again)
    );
    Some(
        Finding::new("UND02", Severity::Warning, message)
            .hint("change the file as well, or take its earlier version from version control")
            .at(&file.shown, 1, 1),
    )
}

/// "`a A`, `b A` and 4 more".
fn listed(keys: &[RecordKey]) -> String {
    let names: Vec<String> = keys
        .iter()
        .take(NAMED)
        .map(|key| format!("`{key}`"))
        .collect();
    let more = keys.len().saturating_sub(NAMED);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    names.join(", ") + &more
}
