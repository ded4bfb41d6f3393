//! The accounts of a run, connected once, whatever the number of zones.

use std::sync::Arc;
use std::time::Instant;

use super::session::Session;
use crate::config::Account;
use crate::provider::{ErrorKind, NameserverSpec, Provider, ProviderError, Serving};
use crate::zone::{Finding, Name, Severity, Zone};

/// One account and its provider.
pub(super) struct Connected<'a> {
    pub(super) account: &'a Account,
    /// The provider, or what is wrong with the account's settings.
    pub(super) provider: Result<Arc<dyn Provider>, Finding>,
}

/// Every account that the flags leave in.
pub(super) struct Fleet<'a> {
    session: &'a Session,
    members: Vec<Connected<'a>>,
    /// Embedded nameservers that cannot be brought up.
    pub(super) findings: Vec<Finding>,
    /// They answer as long as this lives.
    serving: Vec<Serving>,
}

impl<'a> Fleet<'a> {
    /// Reads the accounts' secrets; opens no connection.
    pub(super) fn connect(session: &'a Session) -> Self {
        let accounts = session
            .project
            .accounts
            .iter()
            .filter(|account| session.counts(account));
        let members = accounts
            .map(|account| Connected {
                account,
                provider: account
                    .connect()
                    .and_then(|provider| has_primary(session, account, provider)),
            })
            .collect();
        Self {
            session,
            members,
            findings: Vec::new(),
            serving: Vec::new(),
        }
    }

    /// As [`Self::connect`], and lets the embedded nameservers answer.
    pub(super) async fn bring_up(session: &'a Session) -> Self {
        let mut fleet = Self::connect(session);
        for member in &fleet.members {
            let Ok(provider) = &member.provider else {
                continue;
            };
            let Some(ability) = provider.serves() else {
                continue;
            };
            match ability.serve().await {
                Ok(serving) => fleet.serving.push(serving),
                // Somebody answers there already, usually `redundns serve`; its answers will tell.
                Err(error) if error.kind == ErrorKind::Conflict => {}
                Err(error) => {
                    let mut finding = Finding::new("NSV04", Severity::Error, error.message)
                        .provider(&member.account.id);
                    finding.hint = error.hint;
                    fleet.findings.push(finding);
                }
            }
        }
        fleet
    }

    /// Those whose ids are wanted.
    pub(super) fn named(&self, is_wanted: impl Fn(&str) -> bool) -> Vec<&Connected<'a>> {
        let is_named = |member: &&Connected<'_>| is_wanted(&member.account.id);
        self.members.iter().filter(is_named).collect()
    }

    /// Those that shall hold `zone`.
    pub(super) fn of(&self, zone: &Zone) -> Vec<&Connected<'a>> {
        let chosen = self.session.project.accounts_of(zone.origin());
        let is_chosen =
            |member: &&Connected<'_>| chosen.iter().any(|account| account.id == member.account.id);
        self.members.iter().filter(is_chosen).collect()
    }
}

/// The provider, unless it follows an account that does not exist.
fn has_primary(
    session: &Session,
    account: &Account,
    provider: Arc<dyn Provider>,
) -> Result<Arc<dyn Provider>, Finding> {
    let project = &session.project;
    let primary = provider.follows().and_then(|ability| ability.primary());
    let is_known = |id: &str| project.accounts.iter().any(|other| other.id == id);
    match primary.filter(|id| !is_known(id) || *id == account.id) {
        None => Ok(provider),
        Some(id) => Err(Finding::new(
            "CFG11",
            Severity::Error,
            format!("`primary` names `{id}`, which is no other account"),
        )
        .hint("name an account that is enabled, or leave `primary` out: any of the others")
        .at(format!("providers/{}.toml", account.id), 1, 1)
        .provider(&account.id)),
    }
}

/// What a provider says of its nameservers, if it says so in time.
pub(super) async fn told(
    provider: &dyn Provider,
    origin: &Name,
    deadline: Option<Instant>,
) -> Result<Vec<NameserverSpec>, ProviderError> {
    let told = provider.nameservers(origin);
    let Some(at) = deadline else {
        return told.await;
    };
    let late = |_| ProviderError::new(ErrorKind::Unreachable, "the run's time was up");
    tokio::time::timeout_at(at.into(), told)
        .await
        .unwrap_or_else(|elapsed| Err(late(elapsed)))
}
