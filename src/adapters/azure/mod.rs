//! Azure DNS, API version 2018-05-01, public zones of one resource group.
//!
//! The API takes one record set a call, each guarded by the `ETag` that was read with it, so that a set that somebody
//! else has touched is refused. Calls go out one after the other: what is counted as made is made, nothing behind it
//! is, and the 200 writes a minute that a zone takes are used up just as fast. Alias record sets are seen and left
//! alone, metadata stay as they are.

mod account;
mod facts;
mod leave;
mod refusal;
mod sets;
mod token;

use std::collections::HashMap;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use self::sets::Listed;
use super::http::{Api, path_of, segment};
use super::presentation::{absolute, dotless, push, relative};
use super::{AccountKey, Adapter};
use crate::plan::Change;
use crate::provider::{
    CreateZone, ErrorKind, ListZones, NameserverSpec, Opaque, Provider, ProviderError, Snapshot,
};
use crate::zone::{Name, RecordKey, RecordType, SetRef, Zone, ZoneBuilder};

/// The adapter's entry in the registry.
pub(super) const ADAPTER: Adapter = Adapter {
    name: "azure",
    docs: "https://learn.microsoft.com/en-us/rest/api/dns/",
    capabilities: facts::capabilities,
    keys: &[
        AccountKey::text(
            "endpoint",
            "The origin of the resource manager, which national clouds have of their own; left out: the public one.",
        ),
        AccountKey::text(
            "tenant_id",
            "The directory of the application; left out: AZURE_TENANT_ID or ARM_TENANT_ID.",
        ),
        AccountKey::text(
            "client_id",
            "The application, or the managed identity; left out: AZURE_CLIENT_ID or ARM_CLIENT_ID.",
        ),
        AccountKey::secret(
            "client_secret",
            "The application's secret; where there is none anywhere, the identity of the machine counts.",
        ),
        AccountKey::text(
            "subscription_id",
            "The subscription; left out: AZURE_SUBSCRIPTION_ID or ARM_SUBSCRIPTION_ID.",
        ),
        AccountKey::text(
            "resource_group",
            "The resource group that has the zones; left out: AZURE_RESOURCE_GROUP or ARM_RESOURCE_GROUP.",
        ),
        AccountKey::text(
            "authority",
            "The origin that gives tokens; left out: the one that belongs to `endpoint`.",
        ),
        AccountKey::CREATE,
        AccountKey::ALLOW_HTTP,
    ],
    connect: account::connect,
};

/// The newest version that is no preview.
const VERSION: &str = "api-version=2018-05-01";
/// Sets and zones on a page: what the API's documentation calls its default.
const PAGE: usize = 100;

struct Azure {
    api: Api,
    /// The path of the zones.
    zones: String,
    create: bool,
    nameservers: Vec<NameserverSpec>,
}

/// What writing needs to know again of each set.
#[derive(Default)]
struct Held(HashMap<RecordKey, Version>);

struct Version {
    etag: String,
    metadata: Option<Map<String, Value>>,
}

/// A zone as it comes.
#[derive(Deserialize)]
struct ListedZone {
    name: String,
    #[serde(default)]
    properties: ZoneProperties,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ZoneProperties {
    name_servers: Option<Vec<String>>,
    zone_type: Option<String>,
}

impl Azure {
    fn zone(&self, zone: &Name) -> String {
        format!("{}/{}", self.zones, segment(&dotless(zone)))
    }

    fn set(&self, key: &RecordKey, zone: &Name) -> String {
        let owner = segment(&relative(&key.owner, zone, "@"));
        format!("{}/{}/{owner}?{VERSION}", self.zone(zone), key.rtype)
    }

    /// Every item of every page from `path` on.
    async fn pages<T: for<'de> Deserialize<'de> + Send>(
        &self,
        path: String,
        mut each: impl FnMut(T) -> Result<(), ProviderError> + Send,
    ) -> Result<(), ProviderError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Page<T> {
            value: Vec<T>,
            next_link: Option<String>,
        }
        let mut seen = vec![path];
        while let Some(path) = seen.last() {
            let page: Page<T> = self.api.get(path).send().await?.json()?;
            page.value.into_iter().try_for_each(&mut each)?;
            let next = page.next_link.as_deref().and_then(path_of);
            let Some(next) = next.map(str::to_owned) else {
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
        Ok(())
    }

    fn nonsense(&self, why: &dyn std::fmt::Display) -> ProviderError {
        let message = format!("the answer of {} makes no sense: {why}", self.api.origin());
        ProviderError::new(ErrorKind::Protocol, message)
    }

    /// The same failure, with what to do where the zone is not there.
    fn missing(&self, error: ProviderError) -> ProviderError {
        if error.kind == ErrorKind::NoSuchZone && !self.create {
            error.hint("create it there, or write `create = true` in the account")
        } else {
            error
        }
    }

    /// Takes in a set of the zone that `builder` is of.
    fn read(
        &self,
        set: Listed,
        builder: &mut ZoneBuilder,
        held: &mut Held,
        opaque: &mut Vec<Opaque>,
    ) -> Result<(), ProviderError> {
        let rtype = set.rtype.rsplit('/').next().unwrap_or_default();
        let owner = absolute(&set.name, builder.origin());
        let owner =
            owner.map_err(|error| self.nonsense(&format_args!("`{}`: {error}", set.name)))?;
        let fqdn = set.properties.fqdn.as_deref();
        if let Some(other) = fqdn.filter(|fqdn| Name::absolute(fqdn).ok().as_ref() != Some(&owner))
        {
            return Err(self.nonsense(&format_args!("`{other}` is not `{owner}`")));
        }
        let known: RecordType = rtype
            .parse()
            .map_err(|_| self.nonsense(&format_args!("`{rtype}` is no record type")))?;
        let key = RecordKey {
            owner,
            rtype: known,
        };
        match set.properties.records(known) {
            // A set without records is not served. Whoever wants one there takes its place.
            Ok(records) => push(builder, &set.name, rtype, set.properties.ttl, &records)?,
            Err(what) => opaque.push(Opaque {
                key: key.clone(),
                what,
            }),
        }
        let version = Version {
            etag: set.etag,
            metadata: set.properties.metadata,
        };
        held.0.insert(key, version);
        Ok(())
    }

    /// Makes one change, where the set is still as it was read.
    async fn write(&self, zone: &Name, change: &Change, held: &Held) -> Result<(), ProviderError> {
        let key = change.key();
        let path = self.set(key, zone);
        let version = held.0.get(key);
        let Some(after) = change.after() else {
            let request = self.api.delete(path);
            let request = match version {
                Some(version) => request.header("if-match", &version.etag),
                None => request,
            };
            return request.send().await.map(|_| ());
        };
        let mut properties = sets::properties(key.rtype, after)
            .map_err(|why| ProviderError::new(ErrorKind::Rejected, why))?;
        if let Some(metadata) = version.and_then(|version| version.metadata.as_ref()) {
            properties.insert("metadata".to_owned(), metadata.clone().into());
        }
        let request = self
            .api
            .put(path)
            .json(&json!({ "properties": properties }));
        let request = match version {
            Some(version) => request.header("if-match", &version.etag),
            None => request.header("if-none-match", "*"),
        };
        request.send().await.map(|_| ())
    }
}

#[async_trait]
impl Provider for Azure {
    async fn nameservers(&self, zone: &Name) -> Result<Vec<NameserverSpec>, ProviderError> {
        if !self.nameservers.is_empty() {
            return Ok(self.nameservers.clone());
        }
        let answer = self.api.get(format!("{}?{VERSION}", self.zone(zone)));
        let answer = answer.send().await.map_err(|error| self.missing(error))?;
        let found: ListedZone = answer.json()?;
        let servers = found.properties.name_servers.unwrap_or_default();
        let spec = |server: &String| {
            let name = Name::absolute(server).map_err(|error| self.nonsense(&error))?;
            Ok(NameserverSpec {
                name,
                addresses: Vec::new(),
            })
        };
        servers.iter().map(spec).collect()
    }

    async fn fetch(&self, zone: &Name) -> Result<Snapshot, ProviderError> {
        let mut builder = ZoneBuilder::new(zone.clone());
        let (mut held, mut opaque) = (Held::default(), Vec::new());
        let path = format!("{}/recordsets?{VERSION}&$top={PAGE}", self.zone(zone));
        let read = |set: Listed| self.read(set, &mut builder, &mut held, &mut opaque);
        let pages = self.pages(path, read).await;
        pages.map_err(|error| self.missing(error))?;
        Ok(Snapshot {
            zone: builder.finish(),
            opaque,
            handles: Some(Box::new(held)),
        })
    }

    async fn apply(
        &self,
        zone: &Name,
        changes: &[Change],
        base: &Snapshot,
    ) -> Result<(), ProviderError> {
        let fresh;
        let handles = match &base.handles {
            Some(handles) => handles,
            None if changes.is_empty() => return Ok(()),
            None => {
                fresh = self.fetch(zone).await?;
                still_there(changes, &fresh.zone)?;
                fresh.handles.as_ref().expect("every fetch has them")
            }
        };
        let held = handles.downcast_ref::<Held>().expect("they are our own");
        for (done, change) in changes.iter().enumerate() {
            if let Err(mut error) = self.write(zone, change, held).await {
                error.message = format!("`{}`: {}", change.key(), error.message);
                let applied = error.applied.map(|_| done);
                return Err(self.missing(error).applied(applied));
            }
        }
        Ok(())
    }

    async fn may_write(&self, zone: Option<&Name>) -> Result<Option<bool>, ProviderError> {
        match zone {
            Some(zone) => leave::may_write(&self.api, &self.zone(zone)).await,
            None => Ok(None),
        }
    }

    fn lists_zones(&self) -> Option<&dyn ListZones> {
        Some(self)
    }

    fn creates_zones(&self) -> Option<&dyn CreateZone> {
        self.create.then_some(self)
    }
}

/// Sees that the sets are what the changes start from, for plans that know no `ETag`.
fn still_there(changes: &[Change], now: &Zone) -> Result<(), ProviderError> {
    for change in changes {
        let key = change.key();
        let set = now.get(key.owner.borrow(), key.rtype);
        if set.map(SetRef::to_record_set).as_ref() != change.before() {
            return Err(ProviderError::new(
                ErrorKind::Conflict,
                format!("somebody else changed `{key}` since it was read"),
            ));
        }
    }
    Ok(())
}

#[async_trait]
impl ListZones for Azure {
    async fn list_zones(&self) -> Result<Vec<Name>, ProviderError> {
        let mut names = Vec::new();
        let path = format!("{}?{VERSION}&$top={PAGE}", self.zones);
        let read = |zone: ListedZone| {
            let name = Name::absolute(&zone.name).map_err(|error| self.nonsense(&error))?;
            if zone.properties.zone_type.as_deref() != Some("Private") {
                names.push(name);
            }
            Ok(())
        };
        self.pages(path, read).await?;
        Ok(names)
    }
}

#[async_trait]
impl CreateZone for Azure {
    async fn create_zone(&self, desired: &Zone) -> Result<(), ProviderError> {
        let path = format!("{}?{VERSION}", self.zone(desired.origin()));
        let request = self.api.put(path).json(&json!({ "location": "global" }));
        // One that is there keeps its tags.
        let request = request.header("if-none-match", "*").accepting(&[412]);
        request.send().await.map(|_| ())
    }
}
