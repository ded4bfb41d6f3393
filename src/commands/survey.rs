//! What the providers hold, and what has to change: the part that `plan`, `sync` and `check` share.

use std::sync::Arc;

use super::console::Progress;
use super::fleet::Connected;
use super::session::{Loaded, Session};
use crate::config::Account;
use crate::plan::{self, Cost, DiffRules, LeftAlone, ProviderPlan};
use crate::provider::{
    ApexNs, Capabilities, ErrorKind, Member, Misfit, Opaque, Provider, ProviderError, Snapshot, fit,
};
use crate::zone::{Finding, Name, RecordKey, Severity, Zone};

/// How many zones are looked at side by side: APIs are mostly waited for, and memory shall not grow with the estate.
pub(super) const SIDE_BY_SIDE: usize = 8;

/// One provider of one zone, read.
pub(super) struct Surveyed<'a> {
    pub(super) account: &'a Account,
    /// Nothing where the account's settings do not allow to connect.
    pub(super) provider: Option<Arc<dyn Provider>>,
    pub(super) capabilities: Capabilities,
    pub(super) rules: DiffRules,
    /// Record sets of the file that do not fit what the provider said of itself when it was asked.
    pub(super) misfits: Vec<Finding>,
    /// What it holds besides, which no zone file can express.
    pub(super) apart: Vec<Finding>,
    /// What it shall hold: the zone file, with the exceptions declared for it.
    pub(super) desired: Arc<Zone>,
    /// Nothing where the provider is unknown, and where it lacks the zone.
    pub(super) base: Option<Snapshot>,
    pub(super) plan: ProviderPlan,
    /// The run on record that may have written there what nobody serves, where the provider has to be told to.
    pub(super) unserved: Option<u64>,
}

/// What a plan costs where it is carried out, and which names are without an answer meanwhile.
pub(super) fn reckon(
    plan: &mut ProviderPlan,
    account: &Account,
    capabilities: &Capabilities,
    creates: bool,
) {
    if let plan::State::Known { waves, .. } = &mut plan.state {
        // A batch that happens wholly or not at all, and holds both changes, leaves nothing in between.
        if capabilities.atomic && capabilities.batch > 1 {
            waves.gaps.clear();
        }
        let batch = account
            .batch
            .map_or(capabilities.batch, |own| own.get().min(capabilities.batch));
        plan.cost = Cost::of(waves, capabilities, batch, creates);
    }
}

/// Reads every provider at once and plans for each what its own state asks for.
pub(super) async fn survey<'a>(
    session: &Session,
    loaded: &Loaded,
    connected: Vec<&Connected<'a>>,
    progress: &Progress,
) -> Vec<Surveyed<'a>> {
    let is_writable = |member: &&&Connected<'_>| !matches!(&member.provider, Ok(provider) if provider.follows().is_some());
    let writable = connected.iter().filter(is_writable);
    let writable: Vec<String> = writable.map(|member| member.account.id.clone()).collect();
    let read = read(session, loaded.zone.origin(), connected, progress).await;
    read.into_iter()
        .map(|(member, read)| {
            let provider = member.provider.as_ref().ok().map(Arc::clone);
            plan_one(session, loaded, member.account, provider, read, &writable)
        })
        .collect()
}

/// Reads the zone `origin` at every provider at once, and says whom it waits for.
pub(super) async fn read<'m, 'a>(
    session: &Session,
    origin: &Name,
    connected: Vec<&'m Connected<'a>>,
    progress: &Progress,
) -> Vec<(&'m Connected<'a>, Read)> {
    let mut fetches = tokio::task::JoinSet::new();
    let mut pending = Vec::new();
    for (index, member) in connected.iter().enumerate() {
        if let Ok(provider) = &member.provider {
            let (provider, origin, deadline) =
                (Arc::clone(provider), origin.clone(), session.deadline);
            fetches.spawn(async move { (index, fetch(&*provider, &origin, deadline).await) });
            pending.push(index);
        }
    }
    let mut fetched: Vec<Option<Read>> = connected.iter().map(|_| None).collect();
    loop {
        let ids = pending.iter().map(|&index| &*connected[index].account.id);
        let ids: Vec<&str> = ids.collect();
        if !ids.is_empty() {
            progress.say(format!("{origin}: reading {}", ids.join(", ")));
        }
        let Some(done) = fetches.join_next().await else {
            break;
        };
        if let Ok((index, result)) = done {
            fetched[index] = Some(result);
            pending.retain(|&other| other != index);
        }
    }
    connected
        .into_iter()
        .zip(fetched)
        .map(|(member, fetched)| {
            let cut_off = || ProviderError::new(ErrorKind::Protocol, "reading it was cut off");
            let read = match (&member.provider, fetched) {
                (Err(finding), _) => Read::failed(unusable(finding)),
                (Ok(_), Some(read)) => read,
                (Ok(_), None) => Read::failed(cut_off()),
            };
            (member, read)
        })
        .collect()
}

/// What asking a provider came to.
pub(super) struct Read {
    /// What it says of itself.
    pub(super) told: Option<Capabilities>,
    pub(super) held: Result<Snapshot, ProviderError>,
}

impl Read {
    fn failed(error: ProviderError) -> Self {
        Self {
            told: None,
            held: Err(error),
        }
    }
}

/// Reads the zone `origin` at one provider.
pub(super) async fn fetch(
    provider: &dyn Provider,
    origin: &Name,
    deadline: Option<std::time::Instant>,
) -> Read {
    let reading = async {
        match provider.capabilities().await {
            Ok(told) => Read {
                told,
                held: provider.fetch(origin).await,
            },
            Err(error) => Read::failed(error),
        }
    };
    let Some(at) = deadline else {
        return reading.await;
    };
    let late = || ProviderError::new(ErrorKind::Unreachable, "no answer before --timeout struck");
    let reading = tokio::time::timeout_at(at.into(), reading);
    reading.await.unwrap_or_else(|_| Read::failed(late()))
}

fn unusable(finding: &Finding) -> ProviderError {
    let place = format!("{}:{}:{}: ", finding.file, finding.line, finding.column);
    let mut error = ProviderError::new(ErrorKind::Unauthorized, place + &finding.message);
    error.hint.clone_from(&finding.hint);
    error
}

fn plan_one<'a>(
    session: &Session,
    loaded: &Loaded,
    account: &'a Account,
    provider: Option<Arc<dyn Provider>>,
    read: Read,
    writable: &[String],
) -> Surveyed<'a> {
    let is_told = read.told.is_some();
    let capabilities = account.capabilities(read.told);
    let ignore = session.project.policy.ignore_of(loaded.zone.origin());
    let mut rules = DiffRules::of(&capabilities, ignore);
    if account.own_apex_ns {
        rules.apex_ns = ApexNs::Fixed;
    }
    let desired = loaded.zone_of(&account.id);
    // With what was known without asking, the file was compared when it was read.
    let mut misfits = if is_told {
        misfits(&desired, account, &capabilities)
    } else {
        Vec::new()
    };
    let known = |zone: &Zone| {
        ProviderPlan::known(&account.id, account.adapter.name, zone, &desired, &rules)
    };
    let can_create = provider
        .as_ref()
        .is_some_and(|provider| provider.creates_zones().is_some());
    let from = provider.as_ref().and_then(|provider| {
        let named = provider.follows()?.primary();
        Some(named.map_or_else(|| writable.to_vec(), |id| vec![id.to_owned()]))
    });
    let mut apart = Vec::new();
    for opaque in read.held.iter().flat_map(|held| &held.opaque) {
        let key = &opaque.key;
        if desired.get(key.owner.borrow(), key.rtype).is_some() {
            misfits.push(Misfit::opaque(&account.id, opaque).to_finding(&desired));
        } else {
            apart.push(left_alone(&account.id, &desired, opaque));
        }
    }
    let (base, mut plan) = match (read.held, from) {
        (_, Some(from)) => {
            let plan = ProviderPlan::follows(&account.id, account.adapter.name, from);
            (None, plan)
        }
        (Ok(snapshot), None) => {
            let plan = known(&snapshot.zone);
            (Some(snapshot), plan)
        }
        (Err(error), None) if error.kind == ErrorKind::NoSuchZone && can_create => {
            (None, known(&Zone::empty(loaded.zone.origin().clone())))
        }
        (Err(error), None) => (
            None,
            ProviderPlan::unknown(&account.id, account.adapter.name, error),
        ),
    };
    reckon(&mut plan, account, &capabilities, base.is_none());
    let unserved = provider
        .as_ref()
        .filter(|_| base.is_some())
        .and_then(|own| {
            own.publishes()?;
            session.unserved(&account.id, loaded.zone.origin())
        });
    Surveyed {
        account,
        provider,
        capabilities,
        rules,
        misfits,
        apart,
        desired,
        base,
        plan,
        unserved,
    }
}

fn misfits(zone: &Zone, account: &Account, capabilities: &Capabilities) -> Vec<Finding> {
    let servers = account.nameservers.iter().map(|server| server.name.clone());
    let member = Member {
        id: &account.id,
        capabilities,
        nameservers: &servers.collect::<Vec<_>>(),
        own_apex_ns: account.own_apex_ns,
    };
    let misfits = fit(zone, &[member]);
    misfits
        .iter()
        .map(|misfit| misfit.to_finding(zone))
        .collect()
}

fn left_alone(id: &str, zone: &Zone, opaque: &Opaque) -> Finding {
    let RecordKey { owner, rtype } = &opaque.key;
    let name = owner.borrow().relative_to(zone.origin().borrow());
    let message = format!(
        "`{id}` holds `{name} {rtype}` besides, which is {} and is left alone",
        opaque.what
    );
    Finding::new("RUN11", Severity::Warning, message)
        .about(owner, rtype)
        .provider(id)
}

/// What somebody has to be told to serve.
fn unserved(one: &Surveyed<'_>) -> Option<Finding> {
    let (id, run) = (&one.account.id, one.unserved?);
    let message = format!(
        "`{id}` may hold what run {run} wrote without serving it, and `sync` has it served"
    );
    Some(Finding::new("RUN18", Severity::Warning, message).provider(id))
}

/// What is worth knowing before anybody says yes.
pub(super) fn remarks(surveyed: &[Surveyed<'_>]) -> Vec<Finding> {
    let lacks_zone = |one: &&Surveyed<'_>| {
        one.base.is_none() && matches!(one.plan.state, plan::State::Known { .. })
    };
    let mut remarks: Vec<Finding> = surveyed
        .iter()
        .filter(lacks_zone)
        .map(|one| {
            let id = &one.account.id;
            let message = format!("`{id}` does not have the zone yet, and `sync` creates it there");
            Finding::new("RUN04", Severity::Info, message).provider(id)
        })
        .chain(surveyed.iter().filter_map(unserved))
        .chain(surveyed.iter().flat_map(|one| one.misfits.clone()))
        .chain(surveyed.iter().flat_map(|one| one.apart.clone()))
        .collect();
    for one in surveyed {
        let Some(base) = &one.base else { continue };
        let left_alone = LeftAlone::new(&one.rules.ignore, &base.zone, &one.desired);
        remarks.extend(left_alone.contested().map(|set| {
            let message = format!(
                "external-dns claims `{}` at `{}`, which stands in the zone file too: each undoes what the other does",
                set.key(),
                one.account.id
            );
            Finding::new("IGN01", Severity::Warning, message)
                .hint("take it out of the zone file, or out of the cluster")
                .about(set.owner(), set.rtype())
                .provider(&one.account.id)
        }));
    }
    remarks
}
