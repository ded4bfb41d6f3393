//! One round: what `check` sees of every zone, and what its parent says.

use std::collections::BTreeSet;
use std::time::Duration;

use super::parents::Parents;
use crate::cli::{Check, Global, Watch};
use crate::commands::check::{OnRecord, check};
use crate::commands::console::Console;
use crate::commands::fleet::Fleet;
use crate::commands::session::Session;
use crate::config::{Watching, ZoneFile};
use crate::report::{Outcome, Report, ZoneReport};
use crate::rollout::Stop;
use crate::status::State;
use crate::verdict::Nameserver;
use crate::watch::{Sight, Subject, sights};
use crate::zone::Finding;

/// What a round saw.
pub(super) struct Round {
    pub(super) report: Report,
    pub(super) sights: Vec<Sight>,
    /// The accounts that there are.
    pub(super) accounts: Vec<Served>,
}

/// An account, as far as the page's own name may depend on it.
#[derive(Clone)]
pub(super) struct Served {
    pub(super) id: String,
    pub(super) adapter: &'static str,
}

/// Looks, round after round.
pub(super) struct Looker<'a> {
    global: &'a Global,
    zones: &'a [String],
    console: &'a Console,
    check: Check,
    audits: bool,
    parents: Parents,
    /// Everything that the last round saw, so that it is missed where the next one does not see it.
    known: BTreeSet<Subject>,
}

impl<'a> Looker<'a> {
    pub(super) fn new(
        global: &'a Global,
        arguments: &'a Watch,
        settings: &Watching,
        hints: Option<Vec<Nameserver>>,
        console: &'a Console,
    ) -> Self {
        Self {
            global,
            zones: &arguments.zones,
            console,
            check: Check {
                zones: Vec::new(),
                shard: None,
                dns_only: settings.dns_only,
                api_only: false,
                settle: Duration::ZERO,
                delegation: false,
                deep: false,
                require_v6: false,
            },
            audits: settings.delegation,
            parents: Parents::new(hints, settings.interval),
            known: BTreeSet::new(),
        }
    }

    /// Reads the project anew and looks at every zone; nothing where `stop` came before the last one.
    pub(super) async fn look(&mut self, stop: &Stop) -> Option<Round> {
        let mut round = Round {
            report: Report::new("watch"),
            sights: Vec::new(),
            accounts: Vec::new(),
        };
        match Session::sound(self.global) {
            Ok(session) => self.zones_of(&session, stop, &mut round).await?,
            Err(findings) => {
                let details: Vec<String> = findings.iter().map(told).collect();
                round.report.findings = findings.iter().map(Into::into).collect();
                round.report.outcome = Outcome::Trouble;
                round.sights = self.unseen(|_| true, "the configuration has an error", &details);
            }
        }
        self.known = round.sights.iter().map(|one| one.subject.clone()).collect();
        Some(round)
    }

    async fn zones_of(&mut self, session: &Session, stop: &Stop, round: &mut Round) -> Option<()> {
        let (files, faults) = session.project.zone_files(self.zones);
        let project = session.project.findings.iter().chain(&faults);
        round.report.findings = project.map(Into::into).collect();
        round.accounts = session
            .project
            .accounts
            .iter()
            .map(|account| Served {
                id: account.id.clone(),
                adapter: account.adapter.name,
            })
            .collect();
        let mut outcomes = Vec::new();
        if !faults.is_empty() {
            outcomes.push(Outcome::Trouble);
        }
        let record = match OnRecord::read(session, &self.check) {
            Ok(record) => record,
            Err(error) => {
                round.report.outcome = Outcome::Trouble;
                let details = [format!("{error:#}")];
                round.sights = self.unseen(
                    |_| true,
                    "the state of the project cannot be read",
                    &details,
                );
                return Some(());
            }
        };
        let fleet = Fleet::bring_up(session).await;
        let own = fleet.findings.iter().map(Into::into);
        round.report.findings.extend(own);
        for file in &files {
            if stop.is_requested() {
                return None;
            }
            let (zone, sights, outcome) = self.zone(session, &fleet, &record, file).await;
            round.report.zones.push(zone);
            round.sights.extend(sights);
            outcomes.push(outcome);
        }
        round.report.outcome = Outcome::worst(outcomes);
        Some(())
    }

    async fn zone(
        &mut self,
        session: &Session,
        fleet: &Fleet<'_>,
        record: &OnRecord,
        file: &ZoneFile,
    ) -> (ZoneReport, Vec<Sight>, Outcome) {
        let loaded = match session.read(file) {
            Ok(loaded) => loaded,
            Err(findings) => {
                let name = file.origin.to_string();
                let details: Vec<String> = findings.iter().map(told).collect();
                let report = ZoneReport {
                    zone: name.clone(),
                    file: Some(file.shown.clone()),
                    findings: findings.iter().map(Into::into).collect(),
                    ..ZoneReport::default()
                };
                let mut sights = self.unseen(
                    |one| one.zone == name,
                    "the zone file has an error",
                    &details,
                );
                // Nobody has seen it before.
                if sights.is_empty() {
                    sights = crate::watch::sights(&report, None);
                }
                return (report, sights, Outcome::Trouble);
            }
        };
        let (report, outcome) = check(
            session,
            fleet,
            self.global,
            &self.check,
            &loaded,
            record,
            self.console,
        )
        .await;
        if !self.audits {
            let sights = sights(&report, None);
            return (report, sights, outcome);
        }
        let standing = self.parents.standing(session, &file.origin).await;
        let parent = match standing.state {
            State::Good => Outcome::Same,
            State::Degraded | State::Failed => Outcome::Differs,
            State::Unknown => Outcome::Trouble,
        };
        let sights = sights(&report, Some(&standing));
        (report, sights, Outcome::worst([outcome, parent]))
    }

    /// What was known and could not be looked at.
    fn unseen(
        &self,
        is_meant: impl Fn(&Subject) -> bool,
        reason: &str,
        details: &[String],
    ) -> Vec<Sight> {
        let known = self.known.iter().filter(|subject| is_meant(subject));
        known
            .map(|subject| Sight {
                subject: subject.clone(),
                state: State::Unknown,
                reasons: vec![reason.to_owned()],
                details: details.to_vec(),
                nameservers: Vec::new(),
                reproduce: None,
            })
            .collect()
    }
}

/// `zones/example.com.zone:7:1: …`.
fn told(finding: &Finding) -> String {
    if finding.file.is_empty() {
        finding.message.clone()
    } else {
        format!(
            "{}:{}:{}: {}",
            finding.file, finding.line, finding.column, finding.message
        )
    }
}
