//! The delegation part of `audit`, as often as that is fair: the root's servers and the parents' are somebody else's.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::audit::{JudgeOptions, judge};
use crate::commands::session::Session;
use crate::config::Level;
use crate::probe::{Gather, Stop, Walker, root_hints};
use crate::status::State;
use crate::verdict::Nameserver;
use crate::watch::Standing;
use crate::zone::{Finding, Name, Severity};

/// How long a delegation that is right counts as such.
const FRESH: Duration = Duration::from_secs(3600);

/// What the parents said.
pub(super) struct Parents {
    hints: Option<Vec<Nameserver>>,
    fresh: Duration,
    known: BTreeMap<Name, (Instant, Standing)>,
}

impl Parents {
    pub(super) fn new(hints: Option<Vec<Nameserver>>, interval: Duration) -> Self {
        Self {
            hints,
            fresh: FRESH.max(interval),
            known: BTreeMap::new(),
        }
    }

    /// How the zone is delegated. What is wrong is looked at again by the next round, what is right an hour later.
    pub(super) async fn standing(&mut self, session: &Session, zone: &Name) -> Standing {
        if let Some((at, standing)) = self.known.get(zone)
            && standing.state == State::Good
            && at.elapsed() < self.fresh
        {
            return standing.clone();
        }
        let standing = self.ask(session, zone).await;
        self.known
            .insert(zone.clone(), (Instant::now(), standing.clone()));
        standing
    }

    async fn ask(&self, session: &Session, zone: &Name) -> Standing {
        let hints = self.hints.clone().unwrap_or_else(root_hints);
        let walker = Walker::new(hints, session.deadline);
        let chain = match walker.chain(zone).await {
            Ok(chain) => chain,
            Err(stop) => return unreached(zone, stop),
        };
        let gather = Gather {
            walker: Some(&walker),
            deadline: session.deadline,
            owner: &|_| None,
            progress: &|_| {},
        };
        let evidence = gather.evidence(chain).await;
        let options = JudgeOptions {
            asn: None,
            has_file: true,
        };
        let mut findings = judge(&evidence, options);
        findings.retain(|one| one.code.starts_with("DEL") && is_error(session, one));
        Standing {
            state: if findings.is_empty() {
                State::Good
            } else {
                State::Degraded
            },
            reproduce: findings.iter().find_map(|one| one.reproduce.clone()),
            reasons: findings
                .into_iter()
                .map(|one| match one.nameserver {
                    Some(servers) => format!("{} ({servers})", one.message),
                    None => one.message,
                })
                .collect(),
        }
    }
}

/// As bad as the project has it.
fn is_error(session: &Session, finding: &Finding) -> bool {
    match session.project.policy.audit.get(finding.code) {
        Some(level) => *level == Level::Error,
        None => finding.severity == Severity::Error,
    }
}

fn unreached(zone: &Name, stop: Stop) -> Standing {
    let (state, reason) = match stop {
        Stop::NotDelegated { parent, .. } => (
            State::Failed,
            format!("the servers of {parent} do not delegate {zone}"),
        ),
        Stop::Unknown(why) => (
            State::Unknown,
            format!("the delegation cannot be read: {why}"),
        ),
    };
    Standing {
        state,
        reasons: vec![reason],
        reproduce: Some(format!("dig +trace {zone} NS")),
    }
}
