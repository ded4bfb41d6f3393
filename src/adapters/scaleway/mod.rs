//! Scaleway Domains and DNS.
//!
//! A zone is read in pages of 1,000 records and written in one PATCH, a list of record sets that come, change and go.
//! After that the zone is pending until it is published, which the adapter waits for. Records by place, weight, view or
//! health are left alone, and comments stay with their records.

mod facts;
mod read;
mod spelling;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use self::read::Held;
use super::http::{Api, Refusal, Response, segment};
use super::presentation::{calls, dotless, missing, relative};
use super::{AccountKey, Adapter, SecretSource, Settings, SettingsError};
use crate::plan::Change;
use crate::provider::{
    CreateZone, ErrorKind, ListZones, NameserverSpec, Provider, ProviderError, Snapshot,
};
use crate::zone::{Name, RecordKey, RecordSet, Zone};

/// The adapter's entry in the registry.
pub(super) const ADAPTER: Adapter = Adapter {
    name: "scaleway",
    docs: "https://www.scaleway.com/en/developers/api/domains-and-dns/",
    capabilities: facts::capabilities,
    keys: &[
        AccountKey::ENDPOINT,
        AccountKey::secret(
            "secret_key",
            "The secret key of an API key with the permission set DomainsDNSFullAccess.",
        ),
        AccountKey::CREATE,
        AccountKey::ALLOW_HTTP,
    ],
    connect,
};

const ENDPOINT: &str = "https://api.scaleway.com";
const ZONES: &str = "/domain/v2beta1/dns-zones";
/// The pause after the first question whether a zone is published; it doubles from there.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// The longest pause between two questions.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// Who waits longer than this learns the rest from the nameservers.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// The adapter's keys in an account file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    endpoint: Option<String>,
    secret_key: Option<SecretSource>,
    #[serde(default)]
    create: bool,
    #[serde(default)]
    allow_http: bool,
}

fn connect(mut settings: Settings<'_>) -> Result<Arc<dyn Provider>, SettingsError> {
    let keys: Keys = settings.parse()?;
    let variables = ["SCW_SECRET_KEY", "SCALEWAY_SECRET_KEY"];
    let key = settings.required_secret("secret_key", keys.secret_key.as_ref(), &variables)?;
    let api = Api::of_vendor(ENDPOINT, &[], keys.endpoint.as_deref(), keys.allow_http)?
        .secret_header("x-auth-token", "", "secret_key", &key)?
        .refusals(refusal)
        // A zone is locked for as long as somebody else's change takes.
        .patience(8, Duration::from_secs(30))
        .build()?;
    Ok(Arc::new(Scaleway {
        api,
        create: keys.create,
        nameservers: settings.nameservers,
    }))
}

/// scaleway-sdk-go, scw/errors.go: the type says more than the status does.
fn refusal(response: &Response) -> Option<Refusal> {
    #[derive(Deserialize)]
    struct Said {
        #[serde(default)]
        message: String,
        #[serde(rename = "type", default)]
        kind: String,
        #[serde(default)]
        details: Vec<Detail>,
    }
    #[derive(Deserialize)]
    struct Detail {
        argument_name: Option<String>,
        help_message: Option<String>,
        resource: Option<String>,
        action: Option<String>,
    }
    if response.status >= 500 {
        return None;
    }
    let said: Said = response.json().ok()?;
    let (kind, hint) = match said.kind.as_str() {
        "denied_authentication" => (
            ErrorKind::Unauthorized,
            "check `secret_key` of this account, and that the key has not expired",
        ),
        "permissions_denied" => (
            ErrorKind::Unauthorized,
            "the key needs the permission set DomainsDNSFullAccess in the project that has the zone",
        ),
        // Nothing was done, and the same request will do once the other change is over.
        "transient_state" | "locked" => (
            ErrorKind::RateLimited,
            "another change of this zone is under way: run this again when it is over",
        ),
        "invalid_arguments" => (ErrorKind::Rejected, ""),
        _ => return None,
    };
    let details = said.details.into_iter().flat_map(|detail| {
        let Detail {
            argument_name,
            help_message,
            resource,
            action,
        } = detail;
        [argument_name, help_message, action, resource]
    });
    let words: Vec<String> = details.flatten().filter(|word| !word.is_empty()).collect();
    let behind = if words.is_empty() {
        String::new()
    } else {
        format!(": {}", words.join(" "))
    };
    Some(Refusal {
        kind,
        said: format!("{}{behind}", said.message),
        hint: (!hint.is_empty()).then(|| hint.to_owned()),
    })
}

struct Scaleway {
    api: Api,
    create: bool,
    nameservers: Vec<NameserverSpec>,
}

/// The records of a zone.
fn records_of(zone: &Name) -> String {
    format!("{ZONES}/{}/records", segment(&dotless(zone)))
}

/// A set as it is written.
fn records(key: &RecordKey, set: &RecordSet, zone: &Name, held: Option<&Held>) -> Vec<Value> {
    let records = set.rdata.iter().map(|data| {
        let mut record = Map::new();
        record.insert("name".to_owned(), json!(relative(&key.owner, zone, "")));
        record.insert("type".to_owned(), json!(key.rtype.to_string()));
        record.insert("ttl".to_owned(), json!(set.ttl));
        record.insert("data".to_owned(), json!(spelling::written(key.rtype, data)));
        if let Some(comment) = held.and_then(|held| held.comment(key, data)) {
            record.insert("comment".to_owned(), json!(comment));
        }
        Value::Object(record)
    });
    records.collect()
}

/// What one PATCH is made of: what goes, goes first, since a CNAME stands alone. Nothing shows in between.
fn body(call: &[Change], zone: &Name, held: Option<&Held>) -> Value {
    let (mut gone, mut new) = (Vec::new(), Vec::new());
    for change in call {
        let key = change.key();
        let id = json!({ "name": relative(&key.owner, zone, ""), "type": key.rtype.to_string() });
        match change {
            Change::Delete { .. } => gone.push(json!({ "delete": { "id_fields": id } })),
            Change::Create { after, .. } => {
                new.push(json!({ "add": { "records": records(key, after, zone, held) } }));
            }
            Change::Replace { after, .. } => new.push(json!({
                "set": { "id_fields": id, "records": records(key, after, zone, held) }
            })),
        }
    }
    gone.append(&mut new);
    json!({ "changes": gone, "return_all_records": false, "disallow_new_zone_creation": true })
}

impl Scaleway {
    fn missing(&self, zone: &Name) -> ProviderError {
        missing(self.api.origin(), zone, self.create)
    }

    /// Waits until what was written is published. A zone that takes very long, or that cannot be asked about, is no
    /// error: the write was accepted.
    async fn published(&self, zone: &Name) -> Result<(), ProviderError> {
        let wait = async {
            let mut pause = FIRST_PAUSE;
            while let Ok(Some(listed)) = self.listed(zone).await {
                match listed.status.as_str() {
                    "pending" => {
                        tokio::time::sleep(pause).await;
                        pause = (pause * 2).min(LONGEST_PAUSE);
                    }
                    "error" => {
                        let said = listed.message.unwrap_or_default();
                        let words = format!("the zone could not be published: {said}");
                        return Err(ProviderError::new(ErrorKind::Rejected, words).applied(None));
                    }
                    _ => break,
                }
            }
            Ok(())
        };
        let waited = tokio::time::timeout(LONGEST_WAIT, wait).await;
        waited.unwrap_or(Ok(()))
    }
}

#[async_trait]
impl Provider for Scaleway {
    async fn nameservers(&self, zone: &Name) -> Result<Vec<NameserverSpec>, ProviderError> {
        if !self.nameservers.is_empty() {
            return Ok(self.nameservers.clone());
        }
        let listed = self.listed(zone).await?;
        listed.ok_or_else(|| self.missing(zone))?.nameservers()
    }

    async fn fetch(&self, zone: &Name) -> Result<Snapshot, ProviderError> {
        self.read(zone).await
    }

    async fn apply(
        &self,
        zone: &Name,
        changes: &[Change],
        base: &Snapshot,
    ) -> Result<(), ProviderError> {
        let after = |change: &Change| change.after().cloned();
        for change in changes {
            let why = after(change).and_then(|set| spelling::obstacle(change.key(), &set));
            if let Some(why) = why {
                return Err(spelling::refused(change.key(), &why));
            }
        }
        let held = base.handles.as_ref().and_then(|held| held.downcast_ref());
        let mut done = 0;
        for call in calls(changes, facts::MOST_SETS) {
            let request = self
                .api
                .patch(records_of(zone))
                .json(&body(call, zone, held));
            let answer = request.accepting(&[404]).send().await;
            let error = match answer {
                Ok(answer) if answer.status == 404 => self.missing(zone),
                Ok(_) => {
                    done += call.len();
                    continue;
                }
                Err(error) => error,
            };
            let applied = error.applied.map(|_| done);
            return Err(error.applied(applied));
        }
        if changes.is_empty() {
            return Ok(());
        }
        self.published(zone).await
    }

    fn lists_zones(&self) -> Option<&dyn ListZones> {
        Some(self)
    }

    fn creates_zones(&self) -> Option<&dyn CreateZone> {
        self.create.then_some(self)
    }
}

#[async_trait]
impl ListZones for Scaleway {
    async fn list_zones(&self) -> Result<Vec<Name>, ProviderError> {
        let zones = self.zones("").await?;
        zones.iter().map(read::Listed::name).collect()
    }
}

#[async_trait]
impl CreateZone for Scaleway {
    /// A zone is made below a domain of the account: the nearest that is above it.
    async fn create_zone(&self, desired: &Zone) -> Result<(), ProviderError> {
        let zone = desired.origin();
        let mut nearest: Option<(Name, read::Listed)> = None;
        for listed in self.zones("").await? {
            let name = listed.name()?;
            if name == *zone {
                return Ok(());
            }
            let is_above = zone.borrow().is_at_or_below(name.borrow());
            let is_nearer = nearest
                .as_ref()
                .is_none_or(|(other, _)| name.borrow().is_at_or_below(other.borrow()));
            if listed.subdomain.is_empty() && is_above && is_nearer {
                nearest = Some((name, listed));
            }
        }
        let Some((domain, parent)) = nearest else {
            let words = format!("{} has no domain at or above `{zone}`", self.api.origin());
            return Err(ProviderError::new(ErrorKind::Rejected, words).hint(
                "register it there, or add it as an external domain, which takes a TXT record that proves who owns it",
            ));
        };
        let body = json!({
            "domain": dotless(&domain),
            "subdomain": relative(zone, &domain, ""),
            "project_id": parent.project_id,
        });
        let request = self.api.post(ZONES).json(&body).accepting(&[409]);
        let answer = request.send().await?;
        if answer.status == 409 && self.listed(zone).await?.is_none() {
            return Err(self.api.refusal(&answer));
        }
        Ok(())
    }
}
