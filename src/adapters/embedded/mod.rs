//! An authoritative nameserver inside this process: for rehearsals, for tests, and as one more provider on a machine
//! that has none.
//!
//! Its state is a directory of master files. Every process that has the account can read it, write it and bring the
//! server up; a running one notices by itself that a file was replaced, wherever that was done.

mod change;
mod reply;
mod server;
mod store;
mod text;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::Deserialize;

use self::store::Store;
use super::{AccountKey, Adapter, Kind, Settings, SettingsError};
use crate::plan::Change;
use crate::provider::{
    ApexNs, Capabilities, CreateZone, ErrorKind, Granularity, ListZones, NameserverSpec, Provider,
    ProviderError, Serve, Serving, Snapshot, Soa,
};
use crate::zone::{Name, RecordType, SetRef, Zone, ZoneBuilder};

/// The adapter's entry in the registry.
pub(super) const ADAPTER: Adapter = Adapter {
    name: "embedded",
    docs: "https://www.rfc-editor.org/rfc/rfc1034",
    capabilities,
    keys: &[
        AccountKey::new(
            "listen",
            Kind::Texts,
            "The addresses, each with its port, on which the nameserver inside of the program answers.",
        )
        .required(),
        AccountKey::text(
            "directory",
            "Where the zones are stored, relative to the project; left out: .redundns/embedded/ID.",
        ),
    ],
    connect,
};

fn capabilities() -> Capabilities {
    Capabilities {
        rtypes: None,
        ttl: 0..=(1 << 31) - 1,
        ttl_steps: (&[]).into(),
        txt_octets: None,
        txt_set_octets: None,
        records_per_set: None,
        apex_ns: ApexNs::Full,
        apex_ns_ttl: None,
        soa: Soa::Settable,
        granularity: Granularity::Zone,
        batch: usize::MAX,
        atomic: true,
        detects_conflict: true,
        lists_zones: true,
        creates_zones: true,
        follows: false,
        limits: &[],
        settle: Duration::from_secs(1),
        quirks: &[],
    }
}

/// The adapter's keys.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    listen: Vec<SocketAddr>,
    directory: Option<PathBuf>,
}

fn connect(mut settings: Settings<'_>) -> Result<Arc<dyn Provider>, SettingsError> {
    let keys: Keys = settings.parse()?;
    let directory = keys
        .directory
        .unwrap_or_else(|| PathBuf::from(".redundns/embedded").join(settings.id));
    Ok(Arc::new(Embedded {
        id: settings.id.to_owned(),
        listen: keys.listen,
        nameservers: settings.nameservers,
        store: Arc::new(Store::new(settings.directory.join(directory))),
    }))
}

struct Embedded {
    id: String,
    listen: Vec<SocketAddr>,
    nameservers: Vec<NameserverSpec>,
    store: Arc<Store>,
}

impl Embedded {
    fn zone(&self, origin: &Name) -> Result<Arc<Zone>, ProviderError> {
        match self.store.zone_once(origin.borrow()) {
            Some(loaded) => {
                loaded.map_err(|message| ProviderError::new(ErrorKind::Protocol, message))
            }
            None => Err(ProviderError::new(
                ErrorKind::NoSuchZone,
                format!(
                    "there is no zone `{origin}` in `{}`",
                    self.store.directory().display()
                ),
            )),
        }
    }

    fn alone(&self) -> Result<std::fs::File, ProviderError> {
        self.store
            .writing()
            .map_err(|message| ProviderError::new(ErrorKind::Rejected, message))
    }

    fn replace(&self, zone: &Zone) -> Result<(), ProviderError> {
        self.store
            .replace(zone)
            .map_err(|message| ProviderError::new(ErrorKind::Rejected, message))
    }
}

/// Files are read and written without leaving the thread: it takes milliseconds, and a future that never pauses
/// cannot be dropped half-way.
#[async_trait]
impl Provider for Embedded {
    async fn nameservers(&self, _zone: &Name) -> Result<Vec<NameserverSpec>, ProviderError> {
        Ok(self.nameservers.clone())
    }

    async fn fetch(&self, zone: &Name) -> Result<Snapshot, ProviderError> {
        self.zone(zone)
            .map(|zone| Snapshot::of(Arc::unwrap_or_clone(zone)))
    }

    async fn apply(
        &self,
        zone: &Name,
        changes: &[Change],
        _base: &Snapshot,
    ) -> Result<(), ProviderError> {
        let _alone = self.alone()?;
        if changes.is_empty() {
            return Ok(());
        }
        let stored = self.zone(zone)?;
        self.replace(&change::changed(&stored, changes)?)
    }

    fn lists_zones(&self) -> Option<&dyn ListZones> {
        Some(self)
    }

    fn serves(&self) -> Option<&dyn Serve> {
        Some(self)
    }

    fn creates_zones(&self) -> Option<&dyn CreateZone> {
        Some(self)
    }
}

#[async_trait]
impl ListZones for Embedded {
    async fn list_zones(&self) -> Result<Vec<Name>, ProviderError> {
        self.store.origins().map_err(|error| {
            let message = format!("`{}`: {error}", self.store.directory().display());
            ProviderError::new(ErrorKind::Protocol, message)
        })
    }
}

#[async_trait]
impl CreateZone for Embedded {
    async fn create_zone(&self, desired: &Zone) -> Result<(), ProviderError> {
        let _alone = self.alone()?;
        let apex = desired.origin().borrow();
        if self.store.zone(apex).is_some() {
            return Ok(());
        }
        let mut builder = ZoneBuilder::new(desired.origin().clone());
        for rtype in [RecordType::SOA, RecordType::NS] {
            let set = desired.get(apex, rtype).map(SetRef::to_record_set);
            let set = set.ok_or_else(|| {
                let message = format!("zone `{apex}` has no {rtype} record at its apex");
                ProviderError::new(ErrorKind::Rejected, message)
            })?;
            builder.push_set(apex, rtype, &set);
        }
        self.replace(&builder.finish())
    }
}

#[async_trait]
impl Serve for Embedded {
    async fn serve(&self) -> Result<Serving, ProviderError> {
        server::start(self.store.clone(), &self.listen)
            .map(|(running, addresses)| Serving {
                addresses,
                guard: Box::new(running),
            })
            .map_err(|(address, error)| {
                let message = format!("cannot listen on {address}: {error}");
                if error.kind() == io::ErrorKind::AddrInUse {
                    ProviderError::new(ErrorKind::Conflict, message).hint(format!(
                        "another process, perhaps `redundns serve`, answers there: stop it, or give account `{}` \
                         another `listen` address",
                        self.id
                    ))
                } else {
                    ProviderError::new(ErrorKind::Unreachable, message)
                }
            })
    }
}
