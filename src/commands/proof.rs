//! Proof by DNS: who is asked, asking until answers settle, and what the answers come to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use async_trait::async_trait;

use super::console::Console;
use super::delegated::{self, UNSIGNED};
use super::expected::{Expected, is_alike};
use super::fleet::{Connected, told};
use super::neighbors::{neighbors, written_down};
use super::patience::not_right_yet;
use super::served::Served;
use super::session::{Loaded, Session};
use super::survey::Surveyed;
use super::telling::Telling;
use crate::cli::Global;
use crate::config::Account;
use crate::probe::{self, AskOptions, Delegation};
use crate::provider::NameserverSpec;
use crate::report::{Outcome, ZoneReport};
use crate::rollout::{self, Stop};
use crate::verdict::{JudgeOptions, Nameserver, Question, Seen, Settle, judge_seen};
use crate::zone::{Finding, Name, NameRef, RecordKey, Severity, Zone};

/// Questions in flight to each nameserver.
const WINDOW: u16 = 32;

/// The nameservers of one zone, and how they are asked.
pub(super) struct Prover<'a> {
    console: &'a Console,
    nameservers: Vec<Nameserver>,
    findings: Vec<Finding>,
    /// How long each account's servers may take, and the flag that overrides that.
    settle: BTreeMap<String, Duration>,
    settle_flag: Option<Duration>,
    deep: bool,
    rules: JudgeOptions<'static>,
    /// Whether what is wrong is asked once more at once.
    confirm: bool,
    window: usize,
    deadline: Option<Instant>,
    /// Ends the wait for answers to settle.
    stop: Arc<Stop>,
    /// What comparing the delegation came to.
    delegation: Outcome,
    /// What the parent says, where it was asked.
    parent: Option<Delegation>,
    expected: Expected<'a>,
}

impl<'a> Prover<'a> {
    /// Finds the nameservers of `zone` at every connected account.
    pub(super) async fn gather(
        session: &Session,
        global: &Global,
        console: &'a Console,
        zone: &Zone,
        connected: &[&Connected<'_>],
        delegation: bool,
    ) -> Self {
        let mut prover = Self {
            console,
            nameservers: Vec::new(),
            findings: Vec::new(),
            settle: BTreeMap::new(),
            settle_flag: None,
            deep: false,
            rules: JudgeOptions::default(),
            confirm: false,
            window: usize::from(global.concurrency.unwrap_or(WINDOW)),
            deadline: session.deadline,
            stop: Arc::default(),
            delegation: Outcome::Same,
            parent: None,
            expected: Expected::new(session, zone.origin(), connected),
        };
        // Read once, and not at all where every address is written down.
        let needs_resolver =
            |specs: &[NameserverSpec]| specs.iter().any(|spec| spec.addresses.is_empty());
        let compares = delegation || session.project.policy.delegation;
        let resolver_of = || Some(probe::resolver().ok()?.until(session.deadline));
        let mut resolver = compares.then(resolver_of).flatten();
        for Connected { account, provider } in connected {
            let mut specs = account.nameservers.clone();
            if let Ok(provider) = provider
                && specs.is_empty()
            {
                match told(&**provider, zone.origin(), session.deadline).await {
                    Ok(told) => specs = told,
                    Err(error) => {
                        let message = format!(
                            "the nameservers of `{}` cannot be found out, so nothing can be proved: {}",
                            account.id, error.message
                        );
                        let mut finding =
                            Finding::new("NSV01", Severity::Error, message).provider(&account.id);
                        finding.hint = error.hint;
                        prover.findings.push(finding);
                        continue;
                    }
                }
            }
            if resolver.is_none() && needs_resolver(&specs) {
                resolver = resolver_of();
            }
            if specs.is_empty() {
                prover.findings.push(
                    Finding::new("NSV01", Severity::Error, format!("no nameserver of `{}` is known, so nothing can be proved", account.id))
                        .hint(format!("list them in providers/{}.toml: nameservers = [{{ name = \"ns1.example.net.\" }}]", account.id))
                        .provider(&account.id),
                );
                continue;
            }
            let found = probe::nameservers(&specs, Some(&account.id), resolver.as_ref()).await;
            prover.nameservers.extend(found.nameservers);
            prover.findings.extend(found.findings);
        }
        let accounts: Vec<&Account> = connected.iter().map(|member| member.account).collect();
        let unsaid = neighbors(&prover.nameservers, &written_down(&accounts));
        prover.findings.extend(unsaid);
        if compares {
            let mut compared = delegated::compare(zone, resolver.as_ref()).await;
            let servers = &prover.nameservers;
            compared
                .sign(zone.origin(), servers, session.deadline)
                .await;
            prover.delegation = compared.outcome;
            prover.parent = compared.delegation;
            prover.findings.extend(compared.findings);
        }
        prover
    }

    /// What the parent says, where it was asked.
    pub(super) fn parent(&self) -> Option<&Delegation> {
        self.parent.as_ref()
    }

    /// With the zone file that all of it is about, and the exceptions to it.
    pub(super) fn reading(mut self, loaded: &'a Loaded) -> Self {
        self.expected.read_file(loaded);
        self
    }

    /// With what the providers hold, somebody else's records included.
    pub(super) fn knowing(mut self, surveyed: &[Surveyed<'_>]) -> Self {
        self.expected.learn(surveyed);
        self
    }

    /// With what was deleted before: it has to be gone where the zone file does not have it again.
    pub(super) fn deleted(mut self, gone: impl IntoIterator<Item = RecordKey>) -> Self {
        self.expected.remember_gone(gone);
        self
    }

    /// With the accounts' own settle times, or one in the place of all of them.
    pub(super) fn settling(
        mut self,
        own: BTreeMap<String, Duration>,
        flag: Option<Duration>,
    ) -> Self {
        self.settle = own;
        self.settle_flag = flag;
        self
    }

    /// With a request to stop that is heard while answers settle.
    pub(super) fn stopping(mut self, stop: &Arc<Stop>) -> Self {
        self.stop = Arc::clone(stop);
        self
    }

    /// With no limit on negative probes.
    pub(super) fn deep(mut self, deep: bool) -> Self {
        self.deep = deep;
        self
    }

    /// With every address counting, those without a route from here too.
    pub(super) fn every_family(mut self, required: bool) -> Self {
        self.rules.require_all_families = required;
        self
    }

    /// Asking once more at once where an answer is wrong: a server that has two is told from one that is behind.
    pub(super) fn confirming(mut self) -> Self {
        self.confirm = true;
        self
    }

    /// Every address of every server.
    pub(super) fn nameservers(&self) -> &[Nameserver] {
        &self.nameservers
    }

    /// The names of the servers of one account.
    pub(super) fn nameservers_of(&self, account: &str) -> Vec<Name> {
        self.nameservers
            .iter()
            .filter(|server| server.provider.as_deref() == Some(account))
            .map(|server| server.name.clone())
            .collect()
    }

    /// Notes where in the zone file the record sets stand that `zone` is about, where there is a file.
    pub(super) fn place(&self, zone: &mut ZoneReport) {
        if let Some(file) = self.expected.file() {
            zone.place(file);
        }
    }

    /// What was found out on the way.
    pub(super) fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter()
    }

    /// What keeps the proof from being one: servers that cannot be asked.
    pub(super) fn obstacles(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .filter(|finding| !matches!(finding.code, "NSV03" | UNSIGNED))
    }

    /// Providers that serve the zone unsigned though the parent has a DS for it.
    pub(super) fn unsigned(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(|finding| finding.code == UNSIGNED)
    }

    /// Asks the servers of every account until they answer from the zone beside its id, as [`Self::prove`] does.
    pub(super) async fn prove_each(&self, expected: &[(&str, &Zone)], once: bool) -> Served {
        if let Some(file) = self.expected.file() {
            return self.prove(file, None, once).await;
        }
        if let [(_, first), others @ ..] = expected
            && others.iter().all(|(_, other)| is_alike(first, other))
        {
            return self.prove(first, None, once).await;
        }
        let mut served = Served::default();
        for (id, zone) in expected {
            served.add(self.prove(zone, Some(id), once).await);
        }
        served
    }

    /// Asks the servers of one account, or of all, until they answer from `zone` or the settle time is over. After
    /// a rollout that went wrong they are asked once: to tell what is served, not to wait for what will not come.
    pub(super) async fn prove(&self, zone: &Zone, account: Option<&str>, once: bool) -> Served {
        let mut nameservers = self.nameservers.clone();
        nameservers.retain(|server| account.is_none() || server.provider.as_deref() == account);
        let own = |id: &str| self.settle.get(id).copied().unwrap_or_default();
        let longest = || {
            self.settle
                .keys()
                .map(|id| own(id))
                .max()
                .unwrap_or_default()
        };
        let limit = self
            .settle_flag
            .unwrap_or_else(|| account.map_or_else(longest, own));
        let mut settle = Settle::new(if once { Duration::ZERO } else { limit });
        let seed = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_or(1, |now| now.as_nanos() as u64);
        let ours = account.and_then(|id| self.expected.ours(zone, id));
        let origin = zone.origin();
        let others =
            |id: Option<&str>, owner: NameRef<'_>, rtype| self.expected.is_others(id, owner, rtype);
        let expectations = self.expected.of(zone, account, &others);
        let asked_about = ours.as_ref().unwrap_or(zone);
        let questions = expectations.questions_about(asked_about, self.deep, seed);
        let questions: Arc<[Question]> = questions.into();
        let mut options = AskOptions {
            window: self.window,
            deadline: self.deadline,
            nsid: self.confirm,
            ..AskOptions::default()
        };
        if self.stop.is_requested() {
            options = options.hurried();
        }
        let progress = self
            .console
            .progress(&format!("{origin}: asking the nameservers"));
        let telling = Telling {
            console: self.console,
            progress: &progress,
            found: None,
        };
        let started = Instant::now();
        let nothing = || Seen::new(expectations.clone(), &nameservers, &questions);
        let mut seen = nothing();
        // Asked after a stop, it is to say what was left behind.
        let is_late = self.stop.is_requested();
        let is_cut = tokio::select! {
            () = telling.put(&mut seen, None, &options) => false,
            () = self.stop.requested(), if !is_late => true,
        };
        if is_cut {
            seen = nothing();
            telling.put(&mut seen, None, &options.hurried()).await;
        }
        let mut judgement = judge_seen(&seen, self.rules);
        let wrong = judgement.wrong_pairs();
        if self.confirm && limit.is_zero() && !wrong.is_empty() && !self.stop.is_requested() {
            telling.put(&mut seen, Some(&wrong), &options).await;
            let rules = JudgeOptions {
                at_once: true,
                ..self.rules
            };
            judgement = judge_seen(&seen, rules);
        }
        while let Some(round) = settle.next(&judgement, started.elapsed()) {
            if self.deadline.is_some_and(|at| at <= Instant::now()) {
                self.stop.request();
            }
            if self.stop.is_requested() {
                break;
            }
            progress.say(not_right_yet(origin, &nameservers, &round));
            let again = async {
                tokio::time::sleep(round.pause).await;
                let pairs = Some(&*round.pairs);
                telling.put(&mut seen, pairs, &options).await;
            };
            tokio::select! {
                () = again => {},
                () = self.stop.requested() => break,
            }
            judgement = judge_seen(&seen, self.rules);
        }
        drop(seen);
        Served {
            nameservers,
            judgement,
            delegation: self.delegation,
        }
    }
}

#[async_trait]
impl rollout::Proof for Prover<'_> {
    async fn failing(&self, expected: &[(&str, &Zone)]) -> Vec<String> {
        let failing = Mutex::new(Vec::new());
        let proofs = expected.iter().map(|(id, zone)| {
            let failing = &failing;
            async move {
                let served = self.prove(zone, Some(id), false).await;
                if !served.judgement.is_clean() || served.judgement.is_trouble() {
                    failing
                        .lock()
                        .expect("no proof panics while it holds the lock")
                        .push((*id).to_owned());
                }
            }
        });
        rollout::join_all(proofs.collect()).await;
        failing
            .into_inner()
            .expect("no proof panics while it holds the lock")
    }
}
