//! Google Cloud DNS, API version 1, public managed zones of one project.
//!
//! Requests carry a token that a service account's key, a login or the machine itself is good for. A zone is read by
//! pages and written by changes, each of which happens wholly or not at all and deletes exactly what was seen, so that
//! the API itself refuses a base that moved. After a write the adapter waits until Google says that its nameservers
//! have been told.

mod account;
mod called;
mod change;
mod facts;
mod leave;
mod read;
mod refusal;
mod token;

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use serde::Deserialize;

use self::called::name_for;
use self::change::Batch;
use self::read::{ManagedZone, SetPage, Sets, Spelled, ZonePage};
use super::http::{Api, segment};
use super::presentation::dotless;
use super::{AccountKey, Adapter, Kind};
use crate::plan::Change;
use crate::provider::{
    CreateZone, ErrorKind, ListZones, NameserverSpec, Provider, ProviderError, Snapshot,
};
use crate::zone::{Name, Zone};

/// The adapter's entry in the registry.
pub(super) const ADAPTER: Adapter = Adapter {
    name: "google",
    docs: "https://docs.cloud.google.com/dns/docs/reference/rest/v1",
    capabilities: facts::capabilities,
    keys: &[
        AccountKey::ENDPOINT,
        AccountKey::text(
            "project",
            "The id of the project; left out: GOOGLE_CLOUD_PROJECT, or the project of the key.",
        ),
        AccountKey::secret(
            "credentials",
            "The key of a service account as the console writes it; left out: where Google's own tools look.",
        ),
        AccountKey::new(
            "managed_zones",
            Kind::Map,
            "Managed zones by DNS name, needed only where several public ones have one DNS name.",
        ),
        AccountKey::CREATE,
        AccountKey::ALLOW_HTTP,
    ],
    connect: account::connect,
};

/// Record sets, or zones, asked for at once; the API may answer with fewer.
const PAGE: usize = 1000;
/// How long to wait at most until a change is `done`.
const DONE: Duration = Duration::from_secs(120);
/// The pause before asking for the second time; it doubles from there up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest pause between two questions.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

struct Google {
    api: Api,
    project: String,
    /// The path of the project's managed zones.
    base: String,
    chosen: HashMap<Name, String>,
    create: bool,
    nameservers: Vec<NameserverSpec>,
}

/// What writing needs to know again.
struct Held {
    managed_zone: String,
    spelled: Spelled,
}

/// A change as the API keeps it.
#[derive(Deserialize)]
struct Made {
    id: String,
    status: String,
}

impl Google {
    /// The path of a managed zone, or of something in it.
    fn path(&self, managed_zone: &str, rest: &str) -> String {
        format!("{}/{}{rest}", self.base, segment(managed_zone))
    }

    /// An answer that cannot be used.
    fn nonsense(&self, why: &str) -> ProviderError {
        let message = format!("the answer of {} makes no sense: {why}", self.api.origin());
        ProviderError::new(ErrorKind::Protocol, message)
    }

    /// The path of the page behind `token`, unless there is none. `path` has a query already.
    fn next(
        &self,
        path: &str,
        token: Option<String>,
        seen: &mut Vec<String>,
    ) -> Result<Option<String>, ProviderError> {
        let Some(token) = token.filter(|token| !token.is_empty()) else {
            return Ok(None);
        };
        if seen.contains(&token) {
            return Err(self.nonsense("it leads from page to page in a circle"));
        }
        let next = format!("{path}&pageToken={}", segment(&token));
        seen.push(token);
        Ok(Some(next))
    }

    /// The managed zones that `query` finds.
    async fn zones(&self, query: &str) -> Result<Vec<ManagedZone>, ProviderError> {
        let path = format!("{}?maxResults={PAGE}{query}", self.base);
        let (mut page_path, mut seen, mut zones) = (Some(path.clone()), Vec::new(), Vec::new());
        while let Some(at) = page_path {
            let page: ZonePage = self.api.get(at).send().await?.json()?;
            zones.extend(page.managed_zones);
            page_path = self.next(&path, page.next_page_token, &mut seen)?;
        }
        Ok(zones)
    }

    /// The one public managed zone of that name, or why there is none to choose.
    async fn managed_zone(&self, zone: &Name) -> Result<ManagedZone, ProviderError> {
        let query = format!("&dnsName={}", segment(&zone.to_string()));
        let found = self.zones(&query).await?;
        let (private, mut public): (Vec<_>, Vec<_>) =
            found.into_iter().partition(ManagedZone::is_private);
        let chosen = self.chosen.get(zone);
        if let Some(chosen) = chosen {
            public.retain(|one| one.name == *chosen);
        }
        let inside =
            "it answers inside of its networks alone, where nobody else can prove anything";
        let names: Vec<String> = public.iter().map(|one| format!("`{}`", one.name)).collect();
        match (public.pop(), names.len()) {
            (Some(one), 1) => Ok(one),
            (Some(_), several) => Err(rejected(format!(
                "{several} managed zones of `{}` are called `{zone}`: {}",
                self.project,
                names.join(", ")
            ))
            .hint(format!(
                "say which one: `managed_zones = {{ \"{}\" = \"…\" }}`",
                dotless(zone)
            ))),
            (None, _) if chosen.is_some_and(|name| private.iter().any(|one| one.name == *name)) => {
                Err(rejected("`managed_zones` names a private zone".to_owned()).hint(inside))
            }
            (None, _) if chosen.is_some() => Err(rejected(format!(
                "no managed zone `{zone}` of `{}` has the name that `managed_zones` gives",
                self.project
            ))
            .hint("it is the zone's name in the project, not its DNS name")),
            (None, _) if !private.is_empty() => Err(rejected(format!(
                "`{zone}` is there as a private managed zone alone"
            ))
            .hint(inside)),
            (None, _) => {
                let message = format!(
                    "the project `{}` has no managed zone `{zone}`",
                    self.project
                );
                let error = ProviderError::new(ErrorKind::NoSuchZone, message);
                Err(if self.create {
                    error
                } else {
                    error.hint("create it there, or write `create = true` in the account")
                })
            }
        }
    }

    /// Every record set of a managed zone.
    async fn sets(&self, managed_zone: &str, origin: &Name) -> Result<Sets, ProviderError> {
        let path = self.path(managed_zone, &format!("/rrsets?maxResults={PAGE}"));
        let (mut page_path, mut seen) = (Some(path.clone()), Vec::new());
        let mut sets = Sets::new(origin);
        while let Some(at) = page_path {
            let page: SetPage = self.api.get(at).send().await?.json()?;
            for set in page.rrsets {
                sets.add(set).map_err(|why| self.nonsense(&why))?;
            }
            page_path = self.next(&path, page.next_page_token, &mut seen)?;
        }
        Ok(sets)
    }

    /// Sends one batch; the change that came of it.
    async fn send(&self, managed_zone: &str, batch: &Batch) -> Result<Made, ProviderError> {
        let path = self.path(managed_zone, "/changes");
        let answer = self.api.post(path).json(batch).send().await;
        let answer = answer.map_err(|mut error| {
            if let Some(subject) = batch.subject(&error.message) {
                error.message = format!("`{subject}`: {}", error.message);
            }
            error
        })?;
        // It is made, whatever the answer means.
        answer.json().map_err(|error| error.applied(None))
    }

    /// Waits until the changes are `done`. Whoever may not ask, or asks in vain, has written all the same, so this
    /// never fails: what the nameservers answer is seen by asking them.
    async fn wait_for(&self, managed_zone: &str, pending: &[Made]) {
        let wait = async {
            // The last one is the one to wait for; the others are asked for since nobody promises an order.
            for made in pending.iter().rev() {
                let path = self.path(managed_zone, &format!("/changes/{}", segment(&made.id)));
                let mut pause = FIRST_PAUSE;
                while let Ok(answer) = self.api.get(&path).send().await {
                    if answer
                        .json::<Made>()
                        .map_or(true, |made| made.status != "pending")
                    {
                        break;
                    }
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        };
        let _ = tokio::time::timeout(DONE, wait).await;
    }
}

#[async_trait]
impl Provider for Google {
    async fn nameservers(&self, zone: &Name) -> Result<Vec<NameserverSpec>, ProviderError> {
        if !self.nameservers.is_empty() {
            return Ok(self.nameservers.clone());
        }
        let found = self.managed_zone(zone).await?;
        let servers = found.name_servers.iter().map(|server| {
            let name = Name::absolute(server)
                .map_err(|why| self.nonsense(&format!("nameserver `{server}`: {why}")))?;
            Ok(NameserverSpec {
                name,
                addresses: Vec::new(),
            })
        });
        servers.collect()
    }

    async fn fetch(&self, zone: &Name) -> Result<Snapshot, ProviderError> {
        let managed_zone = self.managed_zone(zone).await?.name;
        let sets = self.sets(&managed_zone, zone).await?;
        Ok(Snapshot {
            zone: sets.builder.finish(),
            opaque: sets.opaque,
            handles: Some(Box::new(Held {
                managed_zone,
                spelled: sets.spelled,
            })),
        })
    }

    async fn apply(
        &self,
        zone: &Name,
        changes: &[Change],
        base: &Snapshot,
    ) -> Result<(), ProviderError> {
        let held = base
            .handles
            .as_ref()
            .and_then(|held| held.downcast_ref::<Held>());
        let found;
        let held = match held {
            Some(held) => held,
            None if changes.is_empty() => return Ok(()),
            // A plan from elsewhere: the API compares it with what is there, in its own spelling.
            None => {
                let managed_zone = self.managed_zone(zone).await?.name;
                let spelled = self.sets(&managed_zone, zone).await?.spelled;
                found = Held {
                    managed_zone,
                    spelled,
                };
                &found
            }
        };
        let (mut done, mut pending) = (0, Vec::new());
        while done < changes.len() {
            let sent = match Batch::take(&changes[done..], &held.spelled) {
                Ok(batch) => {
                    let made = self.send(&held.managed_zone, &batch).await;
                    made.map(|made| (made, batch.changes))
                }
                Err(error) => Err(error),
            };
            match sent {
                Ok((made, count)) => {
                    pending.extend(Some(made).filter(|made| made.status == "pending"));
                    done += count;
                }
                Err(error) => {
                    let applied = error.applied.map(|_| done);
                    return Err(error.applied(applied));
                }
            }
        }
        self.wait_for(&held.managed_zone, &pending).await;
        Ok(())
    }

    async fn may_write(&self, zone: Option<&Name>) -> Result<Option<bool>, ProviderError> {
        self.is_allowed_to_write(zone).await
    }

    fn lists_zones(&self) -> Option<&dyn ListZones> {
        Some(self)
    }

    fn creates_zones(&self) -> Option<&dyn CreateZone> {
        self.create.then_some(self)
    }
}

#[async_trait]
impl ListZones for Google {
    async fn list_zones(&self) -> Result<Vec<Name>, ProviderError> {
        let zones = self.zones("").await?;
        let public = zones.iter().filter(|zone| !zone.is_private());
        let names = public.map(|zone| {
            Name::absolute(&zone.dns_name)
                .map_err(|why| self.nonsense(&format!("zone `{}`: {why}", zone.dns_name)))
        });
        let mut names = names.collect::<Result<Vec<Name>, _>>()?;
        names.sort();
        names.dedup();
        Ok(names)
    }
}

#[async_trait]
impl CreateZone for Google {
    async fn create_zone(&self, desired: &Zone) -> Result<(), ProviderError> {
        let origin = desired.origin();
        match self.managed_zone(origin).await {
            Err(error) if error.kind == ErrorKind::NoSuchZone => {}
            other => return other.map(|_| ()),
        }
        let body = serde_json::json!({
            "name": name_for(origin),
            "dnsName": origin.to_string(),
            "description": "made by redundns",
            "visibility": "public",
        });
        self.api.post(&self.base).json(&body).send().await?;
        Ok(())
    }
}

fn rejected(message: String) -> ProviderError {
    ProviderError::new(ErrorKind::Rejected, message)
}
