//! DigitalOcean: domains of its DNS, read in pages of 200 records and written record by record.
//!
//! The API numbers single records and has no transactions. Reading puts them together into record sets; writing sends the
//! fewest edits of records, in the order of the changes. The SOA shows as a TTL alone, and is not shown here.

mod facts;
mod spelling;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use self::spelling::{Record, written};
use super::http::{Api, path_of, segment};
use super::presentation::dotless;
use super::records::{Edit, Numbered};
use super::{AccountKey, Adapter, SecretSource, Settings, SettingsError};
use crate::plan::Change;
use crate::provider::{
    CreateZone, ErrorKind, ListZones, NameserverSpec, Opaque, Provider, ProviderError, Snapshot,
};
use crate::zone::{Name, Position, RecordType, Zone, ZoneBuilder};

/// The adapter's entry in the registry.
pub(super) const ADAPTER: Adapter = Adapter {
    name: "digitalocean",
    docs: "https://docs.digitalocean.com/reference/api/digitalocean/#tag/Domain-Records",
    capabilities: facts::capabilities,
    keys: &[
        AccountKey::ENDPOINT,
        AccountKey::secret(
            "token",
            "A token with the scopes domain:read, domain:create, domain:update and domain:delete.",
        ),
        AccountKey::CREATE,
        AccountKey::ALLOW_HTTP,
    ],
    connect,
};

const ENDPOINT: &str = "https://api.digitalocean.com";
const DOMAINS: &str = "/v2/domains";
/// The most records, or domains, on a page.
const PAGE: usize = 200;
/// The servers of every domain.
const NAMESERVERS: [&str; 3] = [
    "ns1.digitalocean.com.",
    "ns2.digitalocean.com.",
    "ns3.digitalocean.com.",
];

/// The adapter's keys in an account file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    endpoint: Option<String>,
    token: Option<SecretSource>,
    #[serde(default)]
    create: bool,
    #[serde(default)]
    allow_http: bool,
}

fn connect(mut settings: Settings<'_>) -> Result<Arc<dyn Provider>, SettingsError> {
    let keys: Keys = settings.parse()?;
    let variables = [
        "DIGITALOCEAN_TOKEN",
        "DIGITALOCEAN_ACCESS_TOKEN",
        "DO_AUTH_TOKEN",
        "DO_TOKEN",
    ];
    let token = settings.required_secret("token", keys.token.as_ref(), &variables)?;
    let endpoint = keys.endpoint.as_deref();
    let api = Api::of_vendor(ENDPOINT, facts::LIMITS, endpoint, keys.allow_http)?
        .secret_header("authorization", "Bearer ", "token", &token)?
        .build()?;
    Ok(Arc::new(DigitalOcean {
        api,
        create: keys.create,
        nameservers: settings.nameservers,
    }))
}

struct DigitalOcean {
    api: Api,
    create: bool,
    nameservers: Vec<NameserverSpec>,
}

/// A page of a list, which is called differently in each.
#[derive(Deserialize)]
struct Page<T> {
    #[serde(alias = "domain_records", alias = "domains")]
    items: Vec<T>,
    #[serde(default)]
    links: Links,
    meta: Meta,
}

#[derive(Deserialize, Default)]
struct Links {
    pages: Option<Pages>,
}

#[derive(Deserialize)]
struct Pages {
    next: Option<String>,
}

#[derive(Deserialize)]
struct Meta {
    total: usize,
}

fn domain(zone: &Name) -> String {
    format!("{DOMAINS}/{}", segment(&dotless(zone)))
}

impl DigitalOcean {
    fn missing(&self, zone: &Name) -> ProviderError {
        let error = ProviderError::new(
            ErrorKind::NoSuchZone,
            format!(
                "{} has no domain `{zone}` for this token",
                self.api.origin()
            ),
        );
        if self.create {
            error
        } else {
            error.hint("create it there, or write `create = true` in the account")
        }
    }

    /// Everything that a list has. A 404 is that there is no such `zone`.
    async fn list<T: DeserializeOwned>(
        &self,
        path: &str,
        zone: Option<&Name>,
    ) -> Result<Vec<T>, ProviderError> {
        let mut all = Vec::new();
        let mut seen = vec![format!("{path}?per_page={PAGE}")];
        while let Some(path) = seen.last() {
            let answer = self.api.get(path).accepting(&[404]).send().await?;
            if answer.status == 404 {
                return Err(
                    zone.map_or_else(|| self.api.refusal(&answer), |zone| self.missing(zone))
                );
            }
            let mut page: Page<T> = answer.json()?;
            all.append(&mut page.items);
            let next = page.links.pages.and_then(|pages| pages.next);
            let Some(next) = next.as_deref().and_then(path_of).map(str::to_owned) else {
                // Pages are counted anew for each: what came or went meanwhile shifts them.
                if page.meta.total != all.len() {
                    let words = "the list changed while its pages were read";
                    return Err(ProviderError::new(ErrorKind::Protocol, words)
                        .hint("somebody else is at work there; run this again"));
                }
                break;
            };
            if seen.contains(&next) {
                return Err(ProviderError::new(
                    ErrorKind::Protocol,
                    format!("{} leads from page to page in a circle", self.api.origin()),
                ));
            }
            seen.push(next);
        }
        Ok(all)
    }

    /// Makes one edit of a change.
    async fn edit(&self, zone: &Name, edit: Edit<'_, u64>) -> Result<(), ProviderError> {
        let records = format!("{}/records", domain(zone));
        let unsendable = |why| ProviderError::new(ErrorKind::Rejected, why);
        let (request, is_new) = match edit {
            Edit::Create { key, ttl, rdata } => {
                let record = written(key, zone, ttl, rdata).map_err(unsendable)?;
                (self.api.post(&records).json(&record), true)
            }
            Edit::Update {
                id,
                key,
                ttl,
                rdata,
            } => {
                let record = written(key, zone, ttl, rdata).map_err(unsendable)?;
                let request = self.api.put(format!("{records}/{id}"));
                (request.json(&record), false)
            }
            Edit::Delete { id, .. } => (self.api.delete(format!("{records}/{id}")), false),
        };
        let answer = request.accepting(&[404]).send().await?;
        match answer.status {
            404 if is_new => Err(self.missing(zone)),
            404 => Err(
                ProviderError::new(ErrorKind::Conflict, "one of its records is gone")
                    .hint("somebody else changed the zone meanwhile: run `plan` again"),
            ),
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl Provider for DigitalOcean {
    async fn nameservers(&self, _zone: &Name) -> Result<Vec<NameserverSpec>, ProviderError> {
        if !self.nameservers.is_empty() {
            return Ok(self.nameservers.clone());
        }
        let own = NAMESERVERS.iter().map(|name| NameserverSpec {
            name: Name::absolute(name).expect("a name of this file"),
            addresses: Vec::new(),
        });
        Ok(own.collect())
    }

    async fn fetch(&self, zone: &Name) -> Result<Snapshot, ProviderError> {
        let path = format!("{}/records", domain(zone));
        let records = self.list(&path, Some(zone)).await?;
        put_together(zone, &records)
    }

    async fn apply(
        &self,
        zone: &Name,
        changes: &[Change],
        base: &Snapshot,
    ) -> Result<(), ProviderError> {
        let again;
        let handles = match &base.handles {
            Some(handles) => handles,
            None if changes.is_empty() => return Ok(()),
            None => {
                again = self.fetch(zone).await?;
                again.handles.as_ref().expect("`fetch` leaves handles")
            }
        };
        let held: &Numbered<u64> = handles.downcast_ref().ok_or_else(|| {
            let words = "what the changes build on was read from another provider";
            ProviderError::new(ErrorKind::Protocol, words)
        })?;
        for (done, change) in changes.iter().enumerate() {
            for (number, edit) in held.edits(change).into_iter().enumerate() {
                if let Err(mut error) = self.edit(zone, edit).await {
                    if error.kind != ErrorKind::NoSuchZone {
                        error.message = format!("`{}`: {}", change.key(), error.message);
                    }
                    // A set of which one half is written is neither made nor not.
                    let applied = error.applied.filter(|_| number == 0).map(|_| done);
                    return Err(error.applied(applied));
                }
            }
        }
        Ok(())
    }

    fn lists_zones(&self) -> Option<&dyn ListZones> {
        Some(self)
    }

    fn creates_zones(&self) -> Option<&dyn CreateZone> {
        self.create.then_some(self)
    }
}

/// Records as a zone, and their numbers.
fn put_together(zone: &Name, records: &[Record]) -> Result<Snapshot, ProviderError> {
    let mut builder = ZoneBuilder::new(zone.clone());
    let mut numbered = Numbered::default();
    let mut opaque = BTreeMap::new();
    let mut read = Vec::with_capacity(records.len());
    for record in records {
        let nonsense = |why: String| {
            let (name, rtype) = (&record.name, &record.rtype);
            let words = format!("it holds `{name} {rtype}`, which makes no sense: {why}");
            ProviderError::new(ErrorKind::Protocol, words)
        };
        let key = record.key(zone).map_err(nonsense)?;
        if key.rtype == RecordType::SOA {
            continue;
        }
        match record.rdata(key.rtype, zone) {
            Ok(data) => read.push((key, record, data)),
            Err(why) if why == spelling::STRANGE => drop(opaque.insert(key, why)),
            Err(why) => return Err(nonsense(why)),
        }
    }
    for (key, record, data) in read {
        if opaque.contains_key(&key) {
            continue;
        }
        builder.push(
            key.owner.borrow(),
            key.rtype,
            record.ttl,
            &data,
            Position::default(),
        );
        numbered.add(key, record.ttl, &data, record.id);
    }
    let opaque = opaque.into_iter().map(|(key, what)| Opaque { key, what });
    Ok(Snapshot {
        zone: builder.finish(),
        opaque: opaque.collect(),
        handles: Some(Box::new(numbered)),
    })
}

#[async_trait]
impl ListZones for DigitalOcean {
    async fn list_zones(&self) -> Result<Vec<Name>, ProviderError> {
        #[derive(Deserialize)]
        struct Listed {
            name: String,
        }
        let listed: Vec<Listed> = self.list(DOMAINS, None).await?;
        let names = listed.iter().map(|zone| {
            Name::absolute(&zone.name).map_err(|error| {
                let words = format!("it lists a domain `{}`: {error}", zone.name);
                ProviderError::new(ErrorKind::Protocol, words)
            })
        });
        names.collect()
    }
}

#[async_trait]
impl CreateZone for DigitalOcean {
    async fn create_zone(&self, desired: &Zone) -> Result<(), ProviderError> {
        let zone = desired.origin();
        let body = json!({ "name": dotless(zone) });
        let request = self.api.post(DOMAINS).json(&body);
        let answer = request.accepting(&[409, 422]).send().await?;
        if answer.status >= 400 {
            // Somebody else's domain is refused like one that is here already.
            let there = self.api.get(domain(zone)).accepting(&[404]).send().await?;
            if there.status == 404 {
                return Err(self.api.refusal(&answer));
            }
        }
        Ok(())
    }
}
