//! `DNSimple`: records by number, read in pages and written in batches where the account's plan has them.
//!
//! The SOA and the apex NS set are records of the system's: the first is left to it, the second is changed by a call of its
//! own, which some plans lack. Records that mean more than their data (ALIAS, POOL, URL, those of some regions) are shown
//! and left alone.

mod facts;
mod read;
mod spelling;
mod write;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::json;

use self::read::{Held, Record};
use super::http::{Api, segment};
use super::presentation::dotless;
use super::{AccountKey, Adapter, SecretSource, Settings, SettingsError};
use crate::plan::Change;
use crate::provider::{
    CreateZone, ErrorKind, ListZones, NameserverSpec, Provider, ProviderError, Snapshot,
};
use crate::zone::{Name, Zone};

/// The adapter's entry in the registry.
pub(super) const ADAPTER: Adapter = Adapter {
    name: "dnsimple",
    docs: "https://developer.dnsimple.com/v2/zones/",
    capabilities: facts::capabilities,
    keys: &[
        AccountKey::ENDPOINT,
        AccountKey::secret(
            "token",
            "An access token of the account that may write zones.",
        ),
        AccountKey::text(
            "account",
            "The number behind `/a/` in the address of the dashboard.",
        )
        .required(),
        AccountKey::CREATE,
        AccountKey::ALLOW_HTTP,
    ],
    connect,
};

const ENDPOINT: &str = "https://api.dnsimple.com";
/// The servers of every zone: <https://support.dnsimple.com/articles/dnsimple-nameservers/>
const NAMESERVERS: [&str; 4] = [
    "ns1.dnsimple-edge.com.",
    "ns2.dnsimple-edge.net.",
    "ns3.dnsimple-edge.io.",
    "ns4.dnsimple-edge.org.",
];
/// What the names of its servers end in, those of before 2026-05 among them.
const OWN: [&str; 5] = [
    ".dnsimple.com",
    ".dnsimple-edge.com",
    ".dnsimple-edge.net",
    ".dnsimple-edge.io",
    ".dnsimple-edge.org",
];

/// The adapter's keys in an account file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    endpoint: Option<String>,
    token: Option<SecretSource>,
    /// The number of the account that has the zones.
    account: Option<String>,
    #[serde(default)]
    create: bool,
    #[serde(default)]
    allow_http: bool,
}

fn connect(mut settings: Settings<'_>) -> Result<Arc<dyn Provider>, SettingsError> {
    let keys: Keys = settings.parse()?;
    let variables = [
        "DNSIMPLE_TOKEN",
        "DNSIMPLE_OAUTH_TOKEN",
        "DNSIMPLE_ACCESS_TOKEN",
    ];
    let token = settings.required_secret("token", keys.token.as_ref(), &variables)?;
    let account = keys.account.ok_or_else(|| SettingsError {
        message: "`account` is missing".to_owned(),
        span: None,
        hint: Some(
            "write `account = \"…\"`, the number behind `/a/` in the address of the dashboard"
                .to_owned(),
        ),
    })?;
    let given = keys.endpoint.as_deref();
    let api = Api::of_vendor(ENDPOINT, facts::LIMITS, given, keys.allow_http)?
        .secret_header("authorization", "Bearer ", "token", &token)?
        .build()?;
    Ok(Arc::new(Dnsimple {
        api,
        root: format!("/v2/{}", segment(&account)),
        create: keys.create,
        has_batches: AtomicBool::new(true),
        nameservers: settings.nameservers,
    }))
}

struct Dnsimple {
    api: Api,
    /// The path of everything that the account has.
    root: String,
    create: bool,
    /// Whether the plan has batches, as far as nobody has said otherwise.
    has_batches: AtomicBool,
    nameservers: Vec<NameserverSpec>,
}

fn nonsense(words: String) -> ProviderError {
    ProviderError::new(ErrorKind::Protocol, words)
}

impl Dnsimple {
    fn path_of(&self, zone: &Name) -> String {
        format!("{}/zones/{}", self.root, segment(&dotless(zone)))
    }

    fn missing(&self, zone: &Name) -> ProviderError {
        let error = ProviderError::new(
            ErrorKind::NoSuchZone,
            format!(
                "{} has no zone `{zone}` in this account, or not for this token",
                self.api.origin()
            ),
        );
        if self.create {
            error
        } else {
            error.hint("create it there, or write `create = true` in the account")
        }
    }
}

#[async_trait]
impl Provider for Dnsimple {
    /// Those of its own in the apex NS set, for zones with older names; else the usual ones.
    async fn nameservers(&self, zone: &Name) -> Result<Vec<NameserverSpec>, ProviderError> {
        if !self.nameservers.is_empty() {
            return Ok(self.nameservers.clone());
        }
        let path = format!("{}/records?name=&type=NS", self.path_of(zone));
        let records: Vec<Record> = match self.pages(&path, Some(zone)).await {
            Ok(records) => records,
            Err(error) if error.kind == ErrorKind::NoSuchZone => Vec::new(),
            Err(error) => return Err(error),
        };
        let names = records.iter().map(|record| record.content.as_str());
        let is_own = |name: &&str| {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            OWN.iter().any(|own| name.ends_with(own))
        };
        let mut own: Vec<&str> = names.filter(is_own).collect();
        if own.is_empty() {
            own = NAMESERVERS.to_vec();
        }
        let specs = own.iter().map(|server| {
            let name = Name::absolute(server)
                .map_err(|error| nonsense(format!("it names a nameserver `{server}`: {error}")))?;
            Ok(NameserverSpec {
                name,
                addresses: Vec::new(),
            })
        });
        specs.collect()
    }

    async fn fetch(&self, zone: &Name) -> Result<Snapshot, ProviderError> {
        let (snapshot, held) = self.read(zone).await?;
        Ok(Snapshot {
            handles: Some(Box::new(held)),
            ..snapshot
        })
    }

    async fn apply(
        &self,
        zone: &Name,
        changes: &[Change],
        base: &Snapshot,
    ) -> Result<(), ProviderError> {
        let handles = base.handles.as_ref();
        let read;
        let held: &Held = if let Some(held) = handles.and_then(|held| held.downcast_ref()) {
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
impl ListZones for Dnsimple {
    async fn list_zones(&self) -> Result<Vec<Name>, ProviderError> {
        #[derive(Deserialize)]
        struct Listed {
            name: String,
        }
        let path = format!("{}/zones?sort=id:asc", self.root);
        let zones: Vec<Listed> = self.pages(&path, None).await?;
        let names = zones.iter().map(|zone| {
            Name::absolute(&zone.name)
                .map_err(|error| nonsense(format!("it lists a zone `{}`: {error}", zone.name)))
        });
        names.collect()
    }
}

#[async_trait]
impl CreateZone for Dnsimple {
    async fn create_zone(&self, desired: &Zone) -> Result<(), ProviderError> {
        let zone = desired.origin();
        let path = format!("{}/domains", self.root);
        let body = json!({ "name": dotless(zone) });
        let request = self.api.post(path).json(&body).accepting(&[400]);
        let answer = request.send().await?;
        if answer.status == 400 {
            // Somebody else's domain is refused in the same words as one that is here already.
            return match self.about(zone).await {
                Ok(_) => Ok(()),
                Err(error) if error.kind == ErrorKind::NoSuchZone => Err(self.api.refusal(&answer)),
                Err(error) => Err(error),
            };
        }
        Ok(())
    }
}
