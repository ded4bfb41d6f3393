//! OVH: records by number, written one by one and served all at once.
//!
//! The API edits a copy of the zone, record by record, and a refresh puts the copy on the nameservers. So a run of changes
//! happens wholly or not at all as far as anybody can ask, and nothing has to wait for its turn in between: what goes,
//! goes first. Where a write or the refresh is refused, the copy is put back as it was, since a next refresh, whosever,
//! would serve what is left in it. Where the process died before the refresh, the next run asks for it.

mod facts;
mod leave;
mod read;
mod refusal;
mod sign;
mod write;

use std::sync::Arc;

use async_trait::async_trait;
use serde::Deserialize;

use self::read::Held;
use self::sign::Signature;
use super::http::{Api, segment};
use super::presentation::{dotless, named, nameservers};
use super::{AccountKey, Adapter, SecretSource, Settings, SettingsError};
use crate::plan::Change;
use crate::provider::{
    ErrorKind, ListZones, NameserverSpec, Provider, ProviderError, Publish, Snapshot,
};
use crate::zone::Name;

/// The adapter's entry in the registry.
pub(super) const ADAPTER: Adapter = Adapter {
    name: "ovh",
    docs: "https://eu.api.ovh.com/console/?section=%2Fdomain&branch=v1",
    capabilities: facts::capabilities,
    keys: &[
        AccountKey::text(
            "endpoint",
            "The origin of the region that has the account: https://eu.api.ovh.com (where left out), https://ca.api.ovh.com or https://api.us.ovhcloud.com.",
        ),
        AccountKey::secret("application_key", "The application key."),
        AccountKey::secret("application_secret", "The application secret."),
        AccountKey::secret(
            "consumer_key",
            "The consumer key, with GET, POST, PUT and DELETE on /domain/zone/*.",
        ),
        AccountKey::ALLOW_HTTP,
    ],
    connect,
};

const ENDPOINT: &str = "https://eu.api.ovh.com";
const ZONES: &str = "/1.0/domain/zone";

/// The adapter's keys in an account file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    endpoint: Option<String>,
    application_key: Option<SecretSource>,
    application_secret: Option<SecretSource>,
    consumer_key: Option<SecretSource>,
    #[serde(default)]
    allow_http: bool,
}

fn connect(mut settings: Settings<'_>) -> Result<Arc<dyn Provider>, SettingsError> {
    let keys: Keys = settings.parse()?;
    let secret = |key, source: Option<&SecretSource>, variable| {
        settings.required_secret(key, source, &[variable])
    };
    let application_key = secret(
        "application_key",
        keys.application_key.as_ref(),
        "OVH_APPLICATION_KEY",
    )?;
    let application_secret = secret(
        "application_secret",
        keys.application_secret.as_ref(),
        "OVH_APPLICATION_SECRET",
    )?;
    let consumer_key = secret(
        "consumer_key",
        keys.consumer_key.as_ref(),
        "OVH_CONSUMER_KEY",
    )?;
    let api = || {
        let given = keys.endpoint.as_deref();
        Api::of_vendor(ENDPOINT, &[], given, keys.allow_http)?
            .secret_header("x-ovh-application", "", "application_key", &application_key)
            .map(|api| api.refusals(refusal::read))
    };
    let clock = api()?.build()?;
    let api = api()?
        .secret_header("x-ovh-consumer", "", "consumer_key", &consumer_key)?
        .hide("application_secret", &application_secret)
        .signer(Signature::new(application_secret, consumer_key, clock))
        .build()?;
    Ok(Arc::new(Ovh {
        api,
        nameservers: settings.nameservers,
    }))
}

struct Ovh {
    api: Api,
    nameservers: Vec<NameserverSpec>,
}

fn path_of(zone: &Name) -> String {
    format!("{ZONES}/{}", segment(&dotless(zone)))
}

impl Ovh {
    /// Says of which zone it is that there is none.
    fn about(&self, zone: &Name, error: ProviderError) -> ProviderError {
        if error.kind != ErrorKind::NoSuchZone {
            return error;
        }
        ProviderError::new(
            ErrorKind::NoSuchZone,
            format!(
                "{} has no zone `{zone}` for this consumer key",
                self.api.origin()
            ),
        )
        .hint("order the zone there, and see that `endpoint` is the account's region")
    }
}

#[async_trait]
impl Provider for Ovh {
    async fn nameservers(&self, zone: &Name) -> Result<Vec<NameserverSpec>, ProviderError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct About {
            name_servers: Vec<String>,
        }
        if !self.nameservers.is_empty() {
            return Ok(self.nameservers.clone());
        }
        let answer = self.api.get(path_of(zone)).send().await;
        let about: About = answer.map_err(|error| self.about(zone, error))?.json()?;
        nameservers(&about.name_servers)
    }

    async fn fetch(&self, zone: &Name) -> Result<Snapshot, ProviderError> {
        let (held, numbered) = self.read(zone).await?;
        Ok(Snapshot {
            zone: held,
            opaque: Vec::new(),
            handles: Some(Box::new(numbered)),
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
        let held: &Held = if let Some(held) = handles.and_then(|held| held.downcast_ref()) {
            held
        } else {
            read = self.read(zone).await?.1;
            &read
        };
        self.write(zone, changes, held).await
    }

    async fn may_write(&self, zone: Option<&Name>) -> Result<Option<bool>, ProviderError> {
        match zone {
            Some(zone) => leave::may_write(&self.api, &dotless(zone)).await,
            None => Ok(None),
        }
    }

    fn lists_zones(&self) -> Option<&dyn ListZones> {
        Some(self)
    }

    fn publishes(&self) -> Option<&dyn Publish> {
        Some(self)
    }
}

#[async_trait]
impl Publish for Ovh {
    async fn publish(&self, zone: &Name) -> Result<(), ProviderError> {
        let refreshed = self.refresh(zone).await;
        refreshed.map_err(|error| {
            let mut error = self.about(zone, error);
            error.message = format!("told to serve what was written: {}", error.message);
            match error.kind {
                // It may be carried out all the same.
                ErrorKind::Unreachable | ErrorKind::Protocol => error.applied(None),
                _ => error,
            }
        })
    }
}

#[async_trait]
impl ListZones for Ovh {
    async fn list_zones(&self) -> Result<Vec<Name>, ProviderError> {
        let zones: Vec<String> = self.api.get(ZONES).send().await?.json()?;
        zones.iter().map(|zone| named("zone", zone)).collect()
    }
}
