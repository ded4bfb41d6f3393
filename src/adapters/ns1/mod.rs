//! NS1 (IBM NS1 Connect): zones of its Managed DNS, read in large pages and written one record set at a time.
//!
//! A record set is an object there, with answers that have metadata, and a filter chain that may choose among them. A set
//! without a chain is what a zone file says, and all that is written; the others are seen and left alone. Every method
//! of every path has its own budget of requests, which the answers tell.

mod facts;
mod read;
mod spelling;
mod write;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::json;

use self::read::{Held, OneZone};
use super::http::{Api, Refusal, Response, segment};
use super::presentation::dotless;
use super::{AccountKey, Adapter, SecretSource, Settings, SettingsError};
use crate::plan::Change;
use crate::provider::{
    CreateZone, ErrorKind, ListZones, NameserverSpec, Provider, ProviderError, Snapshot,
};
use crate::zone::{Name, Zone};

/// The adapter's entry in the registry.
pub(super) const ADAPTER: Adapter = Adapter {
    name: "ns1",
    docs: "https://www.ibm.com/docs/en/ns1-connect",
    capabilities: facts::capabilities,
    keys: &[
        AccountKey::ENDPOINT,
        AccountKey::secret("api_key", "A key that may view and manage zones."),
        AccountKey::CREATE,
        AccountKey::ALLOW_HTTP,
    ],
    connect,
};

const ENDPOINT: &str = "https://api.nsone.net";
const ZONES: &str = "/v1/zones";

/// The adapter's keys in an account file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    endpoint: Option<String>,
    api_key: Option<SecretSource>,
    #[serde(default)]
    create: bool,
    #[serde(default)]
    allow_http: bool,
}

fn connect(mut settings: Settings<'_>) -> Result<Arc<dyn Provider>, SettingsError> {
    let keys: Keys = settings.parse()?;
    let variables = ["NS1_API_KEY", "NS1_APIKEY", "NSONE_API_KEY"];
    let api_key = settings.required_secret("api_key", keys.api_key.as_ref(), &variables)?;
    let endpoint = keys.endpoint.as_deref();
    let api = Api::of_vendor(ENDPOINT, facts::LIMITS, endpoint, keys.allow_http)?
        .secret_header("x-nsone-key", "", "api_key", &api_key)?
        .refusals(refusal)
        // Others may take what comes back of a spent budget.
        .patience(8, Duration::from_secs(30))
        .build()?;
    Ok(Arc::new(Ns1 {
        api,
        create: keys.create,
        nameservers: settings.nameservers,
    }))
}

/// What it says of what is there, or is not, in the words that its own clients look for: ns1-go, rest/record.go and
/// rest/zone.go.
fn refusal(response: &Response) -> Option<Refusal> {
    #[derive(Deserialize)]
    struct Said {
        message: String,
    }
    if matches!(response.status, 401 | 403 | 429 | 500..) {
        return None;
    }
    let Said { message } = response.json().ok()?;
    let (kind, hint) = if message == "zone not found" {
        (ErrorKind::NoSuchZone, None)
    } else if message == "record not found" || message.contains("already exists") {
        let hint = "somebody else changed the zone meanwhile: run `plan` again";
        (ErrorKind::Conflict, Some(hint.to_owned()))
    } else {
        return None;
    };
    Some(Refusal {
        kind,
        said: message,
        hint,
    })
}

struct Ns1 {
    api: Api,
    create: bool,
    nameservers: Vec<NameserverSpec>,
}

fn path_of(zone: &Name) -> String {
    format!("{ZONES}/{}", segment(&dotless(zone)))
}

impl Ns1 {
    fn missing(&self, zone: &Name) -> ProviderError {
        let error = ProviderError::new(
            ErrorKind::NoSuchZone,
            format!("{} has no zone `{zone}` for this key", self.api.origin()),
        );
        if self.create {
            error
        } else {
            error.hint("create it there, or write `create = true` in the account")
        }
    }

    /// What it says of a zone, but for its record sets; `None` where there is none.
    async fn about(&self, zone: &Name) -> Result<Option<OneZone>, ProviderError> {
        let path = format!("{}?records=false", path_of(zone));
        let answer = self.api.get(path).accepting(&[404]).send().await?;
        if answer.status == 404 {
            return Ok(None);
        }
        answer.json().map(Some)
    }
}

#[async_trait]
impl Provider for Ns1 {
    async fn nameservers(&self, zone: &Name) -> Result<Vec<NameserverSpec>, ProviderError> {
        if !self.nameservers.is_empty() {
            return Ok(self.nameservers.clone());
        }
        // They are assigned with the zone.
        let Some(about) = self.about(zone).await? else {
            return Ok(Vec::new());
        };
        let servers = about.dns_servers.iter().map(|server| {
            let name = Name::absolute(server).map_err(|error| {
                let words = format!("it names a nameserver `{server}`: {error}");
                ProviderError::new(ErrorKind::Protocol, words)
            })?;
            Ok(NameserverSpec {
                name,
                addresses: Vec::new(),
            })
        });
        servers.collect()
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
        let held = base.handles.as_ref();
        let held = held.and_then(|handles| handles.downcast_ref::<Held>());
        for (done, change) in changes.iter().enumerate() {
            if let Err(mut error) = self.write(zone, change, held).await {
                if error.kind == ErrorKind::NoSuchZone {
                    error = self.missing(zone).applied(error.applied);
                } else {
                    error.message = format!("`{}`: {}", change.key(), error.message);
                }
                let applied = error.applied.map(|_| done);
                return Err(error.applied(applied));
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

#[async_trait]
impl ListZones for Ns1 {
    /// Those whose record sets are their own.
    async fn list_zones(&self) -> Result<Vec<Name>, ProviderError> {
        let mut names = Vec::new();
        self.pages(ZONES.to_owned(), None, |page| {
            let zones: Vec<OneZone> = page.json()?;
            for zone in zones.iter().filter(|zone| zone.is_followed().is_none()) {
                let name = Name::absolute(&zone.zone).map_err(|error| {
                    let words = format!("it lists a zone `{}`: {error}", zone.zone);
                    ProviderError::new(ErrorKind::Protocol, words)
                })?;
                names.push(name);
            }
            Ok(())
        })
        .await?;
        Ok(names)
    }
}

#[async_trait]
impl CreateZone for Ns1 {
    async fn create_zone(&self, desired: &Zone) -> Result<(), ProviderError> {
        let zone = desired.origin();
        let body = json!({ "zone": dotless(zone) });
        let request = self.api.put(path_of(zone)).json(&body);
        let answer = request.accepting(&[400, 409]).send().await?;
        // Somebody else's zone is refused in the same words as one that is here already.
        if answer.status >= 400 && self.about(zone).await?.is_none() {
            return Err(self.api.refusal(&answer));
        }
        Ok(())
    }
}
