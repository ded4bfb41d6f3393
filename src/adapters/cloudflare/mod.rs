//! Cloudflare: zones of primary setup, read in large pages and written in batches.
//!
//! The API numbers single records. Reading puts them together into record sets; writing sends the fewest edits of
//! records, all of a batch in one transaction. Records that mean more than their data (proxied, flattened, owned by
//! another product) are shown and left alone. Cloudflare's own nameservers are no records: they are a fact of the
//! zone, listed in the apex NS set in any case, and others beside them only in a zone with multi-provider DNS.

mod facts;
mod read;
mod refusal;
mod spelling;
mod write;

use std::sync::Arc;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::json;

use self::read::{DnsSettings, Held, Page};
use super::http::{Api, segment};
use super::presentation::dotless;
use super::{AccountKey, Adapter, SecretSource, Settings, SettingsError};
use crate::plan::Change;
use crate::provider::{
    CreateZone, ErrorKind, ListZones, NameserverSpec, Provider, ProviderError, Snapshot,
};
use crate::zone::{Name, RecordType, Zone};

/// The adapter's entry in the registry.
pub(super) const ADAPTER: Adapter = Adapter {
    name: "cloudflare",
    docs: "https://developers.cloudflare.com/api/resources/dns/",
    capabilities: facts::capabilities,
    keys: &[
        AccountKey::ENDPOINT,
        AccountKey::secret(
            "token",
            "An API token with the permissions Zone Read, DNS Edit and Zone DNS Settings Edit, and Zone Edit for `create`.",
        ),
        AccountKey::text(
            "account",
            "The id of the account that has the zones; needed only where the token sees several.",
        ),
        AccountKey::CREATE,
        AccountKey::ALLOW_HTTP,
    ],
    connect,
};

const ENDPOINT: &str = "https://api.cloudflare.com";
const ZONES: &str = "/client/v4/zones";
/// The most zones, or accounts, on a page.
const LISTED: usize = 50;

/// The adapter's keys in an account file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    endpoint: Option<String>,
    token: Option<SecretSource>,
    /// The id of the account whose zones are meant, for tokens that see several.
    account: Option<String>,
    #[serde(default)]
    create: bool,
    #[serde(default)]
    allow_http: bool,
}

fn connect(mut settings: Settings<'_>) -> Result<Arc<dyn Provider>, SettingsError> {
    let keys: Keys = settings.parse()?;
    let variables = [
        "CLOUDFLARE_API_TOKEN",
        "CF_API_TOKEN",
        "CLOUDFLARE_DNS_API_TOKEN",
        "CF_DNS_API_TOKEN",
        "CLOUDFLARE_TOKEN",
    ];
    let token = settings.required_secret("token", keys.token.as_ref(), &variables)?;
    let api = Api::of_vendor(
        ENDPOINT,
        facts::LIMITS,
        keys.endpoint.as_deref(),
        keys.allow_http,
    )?
    .secret_header("authorization", "Bearer ", "token", &token)?
    .refusals(refusal::read)
    .build()?;
    Ok(Arc::new(Cloudflare {
        api,
        account: keys.account,
        create: keys.create,
        nameservers: settings.nameservers,
    }))
}

struct Cloudflare {
    api: Api,
    account: Option<String>,
    create: bool,
    nameservers: Vec<NameserverSpec>,
}

/// A zone as it is listed.
#[derive(Deserialize)]
struct Listed {
    id: String,
    name: String,
    /// Absent where the zone is served by nobody here.
    name_servers: Option<Vec<String>>,
    plan: Option<Plan>,
    /// What the credentials may do with it, such as `#dns_records:edit`.
    #[serde(default)]
    permissions: Vec<String>,
}

#[derive(Deserialize)]
struct Plan {
    legacy_id: Option<String>,
}

impl Listed {
    fn nameservers(&self) -> Result<Vec<Name>, ProviderError> {
        let names = self.name_servers.iter().flatten();
        let read = names.map(|name| {
            Name::absolute(name).map_err(|error| {
                let words = format!("it assigns a nameserver `{name}`: {error}");
                ProviderError::new(ErrorKind::Protocol, words)
            })
        });
        read.collect()
    }

    /// Records that one call may change.
    fn batch(&self) -> usize {
        let plan = self
            .plan
            .as_ref()
            .and_then(|plan| plan.legacy_id.as_deref());
        match plan {
            Some("pro" | "business" | "enterprise") => facts::PAID_BATCH,
            _ => facts::FREE_BATCH,
        }
    }
}

/// An answer about one thing.
#[derive(Deserialize)]
struct One<T> {
    result: T,
}

impl Cloudflare {
    fn of_account(&self) -> String {
        let filter = |id: &String| format!("&account.id={}", segment(id));
        self.account.as_ref().map_or_else(String::new, filter)
    }

    /// The zone called so, the only one.
    async fn zone(&self, zone: &Name) -> Result<Listed, ProviderError> {
        let name = dotless(zone);
        let path = format!(
            "{ZONES}?name={}&per_page={LISTED}{}",
            segment(&name),
            self.of_account()
        );
        let page: Page<Listed> = self.api.get(&path).send().await?.json()?;
        // Names of more than ASCII come as their owner wrote them.
        let is_it = |listed: &Listed| listed.name == name || !listed.name.is_ascii();
        let mut found = page.result.into_iter().filter(is_it);
        match (found.next(), found.next()) {
            (Some(listed), None) => Ok(listed),
            (None, _) => Err(self.missing(zone)),
            (Some(_), Some(_)) => Err(ProviderError::new(
                ErrorKind::Rejected,
                format!("this token sees several zones `{zone}`"),
            )
            .hint("write `account = \"…\"`, the id of the account whose zone is meant")),
        }
    }

    fn missing(&self, zone: &Name) -> ProviderError {
        let error = ProviderError::new(
            ErrorKind::NoSuchZone,
            format!("{} has no zone `{zone}` for this token", self.api.origin()),
        );
        if self.create {
            error
        } else {
            error.hint("create it there, or write `create = true` in the account")
        }
    }

    /// Where new zones go.
    async fn account(&self) -> Result<String, ProviderError> {
        #[derive(Deserialize)]
        struct Account {
            id: String,
        }
        if let Some(id) = &self.account {
            return Ok(id.clone());
        }
        let path = format!("/client/v4/accounts?per_page={LISTED}");
        let page: Page<Account> = self.api.get(path).send().await?.json()?;
        match <[Account; 1]>::try_from(page.result) {
            Ok([account]) => Ok(account.id),
            Err(others) => Err(ProviderError::new(
                ErrorKind::Rejected,
                format!(
                    "this token sees {} accounts, and a new zone needs one",
                    others.len()
                ),
            )
            .hint("write `account = \"…\"`, the id of the account that gets new zones")),
        }
    }
}

#[async_trait]
impl Provider for Cloudflare {
    async fn nameservers(&self, zone: &Name) -> Result<Vec<NameserverSpec>, ProviderError> {
        if !self.nameservers.is_empty() {
            return Ok(self.nameservers.clone());
        }
        let names = match self.zone(zone).await {
            Ok(listed) => listed.nameservers()?,
            // They are assigned with the zone.
            Err(error) if error.kind == ErrorKind::NoSuchZone => Vec::new(),
            Err(error) => return Err(error),
        };
        let specs = names.into_iter().map(|name| NameserverSpec {
            name,
            addresses: Vec::new(),
        });
        Ok(specs.collect())
    }

    async fn fetch(&self, zone: &Name) -> Result<Snapshot, ProviderError> {
        let listed = self.zone(zone).await?;
        let settings = DnsSettings::of(&self.api, &listed.id).await?;
        read::snapshot(&self.api, zone, &listed, settings).await
    }

    async fn apply(
        &self,
        zone: &Name,
        changes: &[Change],
        base: &Snapshot,
    ) -> Result<(), ProviderError> {
        let again;
        let handles = if let Some(handles) = &base.handles {
            handles
        } else {
            again = self.fetch(zone).await?;
            again.handles.as_ref().expect("`fetch` leaves handles")
        };
        let held: &Held = handles.downcast_ref().ok_or_else(|| {
            let words = "what the changes build on was read from another provider";
            ProviderError::new(ErrorKind::Protocol, words)
        })?;
        write::apply(&self.api, zone, changes, held).await
    }

    /// <https://developers.cloudflare.com/api/resources/zones/methods/list/>, `permissions` (2026-11-30).
    async fn may_write(&self, zone: Option<&Name>) -> Result<Option<bool>, ProviderError> {
        let Some(zone) = zone else { return Ok(None) };
        let permissions = self.zone(zone).await?.permissions;
        let may = |what: &str| permissions.iter().any(|own| own == what);
        Ok(match (may("#dns_records:edit"), may("#dns_records:read")) {
            (true, _) => Some(true),
            (false, true) => Some(false),
            (false, false) => None,
        })
    }

    fn lists_zones(&self) -> Option<&dyn ListZones> {
        Some(self)
    }

    fn creates_zones(&self) -> Option<&dyn CreateZone> {
        self.create.then_some(self)
    }
}

#[async_trait]
impl ListZones for Cloudflare {
    async fn list_zones(&self) -> Result<Vec<Name>, ProviderError> {
        let path = format!("{ZONES}?per_page={LISTED}{}", self.of_account());
        let listed: Vec<Listed> = read::pages(&self.api, &path).await?;
        let ascii = listed.iter().filter(|zone| zone.name.is_ascii());
        let names = ascii.map(|zone| {
            Name::absolute(&zone.name).map_err(|error| {
                let words = format!("it lists a zone `{}`: {error}", zone.name);
                ProviderError::new(ErrorKind::Protocol, words)
            })
        });
        names.collect()
    }
}

#[async_trait]
impl CreateZone for Cloudflare {
    async fn create_zone(&self, desired: &Zone) -> Result<(), ProviderError> {
        let zone = desired.origin();
        let body = json!({
            "account": { "id": self.account().await? },
            "name": dotless(zone),
            "type": "full",
        });
        let request = self.api.post(ZONES).json(&body).accepting(&[400]);
        let answer = request.send().await?;
        if answer.status == 400 {
            // Somebody else's zone is refused in the same words as one that is here already.
            return match self.zone(zone).await {
                Ok(_) => Ok(()),
                Err(error) if error.kind == ErrorKind::NoSuchZone => Err(self.api.refusal(&answer)),
                Err(error) => Err(error),
            };
        }
        let One::<Listed> { result: listed } = answer.json()?;
        let own = listed.nameservers()?;
        let lists_others = desired
            .get(zone.borrow(), RecordType::NS)
            .is_some_and(|set| {
                let mut names = set.rdata();
                names.any(|name| own.iter().all(|own| own.borrow().wire() != name))
            });
        if lists_others {
            let on = json!({ "multi_provider": true });
            DnsSettings::change(&self.api, &listed.id, &on).await?;
        }
        Ok(())
    }
}
