//! Hetzner, the zones of its Cloud API; the former DNS Console and its API are gone.
//!
//! A zone is read in pages of 100 record sets. A few changes are made one set at a time; many at once are an import of
//! the whole zone as a zone file, read anew right before, where that takes fewer calls and loses nothing that the
//! vendor keeps beside DNS data. Comments of records and TTLs left to the zone stay as they are. Every write begins an
//! action, and the adapter waits for those it began.

mod actions;
mod facts;
mod read;
mod write;
mod zonefile;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::json;

use self::actions::Written;
use super::http::{Api, Refusal, Response, segment};
use super::presentation::{dotless, missing, named, nameservers};
use super::{AccountKey, Adapter, SecretSource, Settings, SettingsError};
use crate::plan::Change;
use crate::provider::{
    CreateZone, ErrorKind, ListZones, NameserverSpec, Provider, ProviderError, Snapshot,
};
use crate::zone::{Name, Zone};

/// The adapter's entry in the registry.
pub(super) const ADAPTER: Adapter = Adapter {
    name: "hetzner",
    docs: "https://docs.hetzner.cloud/reference/cloud#tag/zones",
    capabilities: facts::capabilities,
    keys: &[
        AccountKey::ENDPOINT,
        AccountKey::secret(
            "token",
            "A token of the project that has the zones, allowed to read and write.",
        ),
        AccountKey::CREATE,
        AccountKey::ALLOW_HTTP,
    ],
    connect,
};

const ENDPOINT: &str = "https://api.hetzner.cloud";
const ZONES: &str = "/v1/zones";

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
    let variables = ["HCLOUD_TOKEN", "HETZNER_API_TOKEN", "HETZNER_CLOUD_TOKEN"];
    let token = settings.required_secret("token", keys.token.as_ref(), &variables)?;
    let endpoint = keys.endpoint.as_deref();
    let api = Api::of_vendor(ENDPOINT, facts::LIMITS, endpoint, keys.allow_http)?
        .secret_header("authorization", "Bearer ", "token", &token)?
        .refusals(refusal)
        // A zone is locked for as long as an action takes, and a spent budget grows by a request a second.
        .patience(8, Duration::from_secs(30))
        .recovers_steadily()
        .build()?;
    Ok(Arc::new(Hetzner {
        api,
        create: keys.create,
        nameservers: settings.nameservers,
    }))
}

/// <https://docs.hetzner.cloud/reference/cloud#errors>: the code says more than the status does.
fn refusal(response: &Response) -> Option<Refusal> {
    #[derive(Deserialize)]
    struct Envelope {
        error: Said,
    }
    #[derive(Deserialize)]
    struct Said {
        code: String,
        message: String,
    }
    if response.status >= 500 {
        return None;
    }
    let Envelope { error } = response.json().ok()?;
    let (kind, hint) = match error.code.as_str() {
        "unauthorized" => (
            ErrorKind::Unauthorized,
            "check `token` of this account: it belongs to the project that has the zone",
        ),
        "token_readonly" | "forbidden" => (
            ErrorKind::Unauthorized,
            "make a token that may read and write, in the project that has the zone",
        ),
        // Nothing was done, and the same request will do once the other action is over.
        "locked" | "conflict" => (
            ErrorKind::RateLimited,
            "another change of this zone is under way: run this again when it is over",
        ),
        "rate_limit_exceeded" => (
            ErrorKind::RateLimited,
            "the project's requests of this hour are used up; one comes back every second",
        ),
        "uniqueness_error" => (
            ErrorKind::Conflict,
            "somebody else made it meanwhile: run `plan` again",
        ),
        "protected" => (
            ErrorKind::Rejected,
            "take the protection off in the console, or let the set as it is",
        ),
        "incorrect_zone_mode" => (
            ErrorKind::Rejected,
            "it is a secondary zone, which follows other nameservers: use the adapter `secondary`",
        ),
        "maintenance" | "unavailable" => (ErrorKind::Unreachable, "run this again later"),
        _ => return None,
    };
    Some(Refusal {
        kind,
        said: format!("{} ({})", error.message, error.code),
        hint: Some(hint.to_owned()),
    })
}

struct Hetzner {
    api: Api,
    create: bool,
    nameservers: Vec<NameserverSpec>,
}

fn path_of(zone: &Name) -> String {
    format!("{ZONES}/{}", segment(&dotless(zone)))
}

impl Hetzner {
    fn missing(&self, zone: &Name) -> ProviderError {
        missing(self.api.origin(), zone, self.create)
    }
}

#[async_trait]
impl Provider for Hetzner {
    async fn nameservers(&self, zone: &Name) -> Result<Vec<NameserverSpec>, ProviderError> {
        if !self.nameservers.is_empty() {
            return Ok(self.nameservers.clone());
        }
        nameservers(&self.about(zone).await?.authoritative_nameservers.assigned)
    }

    async fn fetch(&self, zone: &Name) -> Result<Snapshot, ProviderError> {
        let (held, known) = self.read(zone).await?;
        Ok(Snapshot {
            zone: held,
            opaque: Vec::new(),
            handles: Some(Box::new(known)),
        })
    }

    async fn apply(
        &self,
        zone: &Name,
        changes: &[Change],
        base: &Snapshot,
    ) -> Result<(), ProviderError> {
        if changes.is_empty() {
            return Ok(());
        }
        let handles = base.handles.as_ref();
        let read;
        let held = if let Some(held) = handles.and_then(|handles| handles.downcast_ref()) {
            held
        } else {
            read = self.read(zone).await?.1;
            &read
        };
        self.write(zone, changes, held).await
    }

    fn lists_zones(&self) -> Option<&dyn ListZones> {
        Some(self)
    }

    fn creates_zones(&self) -> Option<&dyn CreateZone> {
        self.create.then_some(self)
    }
}

#[async_trait]
impl ListZones for Hetzner {
    /// Primary zones alone: the others follow somebody else's data.
    async fn list_zones(&self) -> Result<Vec<Name>, ProviderError> {
        #[derive(Deserialize)]
        struct Listed {
            zones: Vec<OneZone>,
        }
        #[derive(Deserialize)]
        struct OneZone {
            name: String,
        }
        let mut names = Vec::new();
        let path = format!("{ZONES}?mode=primary&per_page=50");
        self.pages(&path, None, |page| {
            for zone in page.json::<Listed>()?.zones {
                names.push(named("zone", &zone.name)?);
            }
            Ok(())
        })
        .await?;
        Ok(names)
    }
}

#[async_trait]
impl CreateZone for Hetzner {
    async fn create_zone(&self, desired: &Zone) -> Result<(), ProviderError> {
        let zone = desired.origin();
        let body = json!({ "name": dotless(zone), "mode": "primary" });
        let request = self.api.post(ZONES).json(&body).accepting(&[409]);
        let answer = request.send().await?;
        if answer.status == 409 {
            // It may be here already, or in somebody else's project.
            let there = self.about(zone).await;
            return there.map(|_| ()).map_err(|_| self.api.refusal(&answer));
        }
        let action = answer.json::<Written>()?.action;
        self.wait_for(Vec::from_iter(action)).await
    }
}
