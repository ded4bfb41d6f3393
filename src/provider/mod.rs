//! The port: what every provider can be asked and told, whatever its API looks like.
//!
//! An **adapter** is code that speaks one vendor's API. An **account** is one file of `providers/`. A **provider**
//! is an account connected through its adapter: the thing this trait describes. Every statement below is tested on
//! every adapter by the conformance suite.
//!
//! Nothing here reads a file, a clock or the environment, and nothing here opens a socket.

mod capability;
mod claims;
mod error;
mod fit;
mod meet;
mod operators;

use std::net::SocketAddr;

use async_trait::async_trait;

pub use capability::{ApexNs, Capabilities, Counted, Granularity, Quirk, RateLimit, Soa};
pub use claims::Claims;
pub use error::{ErrorKind, ProviderError};
pub use fit::{FIT_CODES, Member, Misfit, fit};
pub use meet::{Meet, meet};
pub use operators::{OPERATORS, OPERATORS_VERIFIED, Operator, operator};

use crate::plan::Change;
use crate::zone::{Name, RecordKey, Zone};

/// What a provider holds in one zone at one moment.
pub struct Snapshot {
    /// Every record set that a zone file can express, the SOA and the signer's own records included.
    pub zone: Zone,
    /// The other record sets: they are neither planned nor written, whatever the file says.
    pub opaque: Vec<Opaque>,
    /// What an adapter needs to know again when it writes (record ids, an `ETag`); nobody else looks inside.
    pub handles: Option<Box<dyn std::any::Any + Send + Sync>>,
}

/// A record set that no zone file can express: an alias, one of several by weight or by where the question comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opaque {
    /// Where it stands.
    pub key: RecordKey,
    /// What it is, as the end of a sentence that starts with the set and `is`.
    pub what: String,
}

impl Snapshot {
    /// A snapshot that needs no handles.
    pub fn of(zone: Zone) -> Self {
        Self {
            zone,
            opaque: Vec::new(),
            handles: None,
        }
    }
}

/// An authoritative server by name, with its addresses where they are known without looking them up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameserverSpec {
    /// As it stands in NS records.
    pub name: Name,
    /// Where to ask it; empty means: resolve the name, port 53.
    pub addresses: Vec<SocketAddr>,
}

/// One place that serves our zones, spoken to through its API.
///
/// Dropping a future leaves no half-sent change that the next [`Provider::fetch`] would not show.
#[async_trait]
pub trait Provider: Send + Sync {
    /// The servers that answer for `zone` here, as far as the provider knows; empty where it cannot say.
    async fn nameservers(&self, zone: &Name) -> Result<Vec<NameserverSpec>, ProviderError>;

    /// Everything held in `zone`. A failed or incomplete read is an error, never a smaller zone; a zone that the
    /// provider does not have is [`ErrorKind::NoSuchZone`].
    async fn fetch(&self, zone: &Name) -> Result<Snapshot, ProviderError>;

    /// Makes `changes`, in order, on top of `base`.
    ///
    /// After success a `fetch` shows exactly them, and nothing unnamed was touched. A base that moved is
    /// [`ErrorKind::Conflict`] where the API can tell. On failure [`ProviderError::applied`] is how many of
    /// `changes`, from the front, are made for certain; `None` means that it is not known.
    async fn apply(
        &self,
        zone: &Name,
        changes: &[Change],
        base: &Snapshot,
    ) -> Result<(), ProviderError>;

    /// Whether anybody else wrote to the zone between two snapshots of this provider; `None` where nobody can tell.
    /// Asked where a base that moves is no [`ErrorKind::Conflict`].
    fn others_wrote(&self, _before: &Snapshot, _after: &Snapshot) -> Option<bool> {
        None
    }

    /// What the provider itself says that it can hold, where only it knows: a plug-in, or a vendor whose limits
    /// depend on the account. `None` where the adapter's facts are all there is.
    async fn capabilities(&self) -> Result<Option<Capabilities>, ProviderError> {
        Ok(None)
    }

    /// Whether its credentials may write, to `zone` where there is one, as far as the API says so without a write being
    /// tried; `None` where nobody can tell.
    async fn may_write(&self, _zone: Option<&Name>) -> Result<Option<bool>, ProviderError> {
        Ok(None)
    }

    /// The ability to get its data from other providers by itself. Who has it is never read or written.
    fn follows(&self) -> Option<&dyn Follow> {
        None
    }

    /// The ability to list zones, where the API offers it.
    fn lists_zones(&self) -> Option<&dyn ListZones> {
        None
    }

    /// The ability to serve at last what was written, where writing alone does not.
    fn publishes(&self) -> Option<&dyn Publish> {
        None
    }

    /// The ability to serve DNS itself, which only providers inside this process have.
    fn serves(&self) -> Option<&dyn Serve> {
        None
    }

    /// The ability to create zones, where the API offers it and the account allows it (`create = true`).
    fn creates_zones(&self) -> Option<&dyn CreateZone> {
        None
    }
}

/// A provider whose data arrive by zone transfer from another one.
#[async_trait]
pub trait Follow: Send + Sync {
    /// The account that it transfers from; `None` where that was not said.
    fn primary(&self) -> Option<&str>;

    /// Tells it that `zone` has changed at its primary (RFC 1996), where the account says whom to tell. That it was
    /// heard is no proof that it transfers.
    async fn notify(&self, zone: &Name) -> Result<(), ProviderError>;
}

/// A provider that can say which zones it holds.
#[async_trait]
pub trait ListZones: Send + Sync {
    /// Every zone of the account.
    async fn list_zones(&self) -> Result<Vec<Name>, ProviderError>;
}

/// A provider that can take in a new zone.
#[async_trait]
pub trait CreateZone: Send + Sync {
    /// Creates the zone with the least that the API demands; `desired` says which SOA and NS it will have. Creating
    /// a zone that exists is no error.
    async fn create_zone(&self, desired: &Zone) -> Result<(), ProviderError>;
}

/// A provider that takes in what is written and serves it only once it is told to, as [`Provider::apply`] tells it at
/// its end. Who died before that has left behind what no `fetch` shows to be unserved.
#[async_trait]
pub trait Publish: Send + Sync {
    /// Serves what `zone` holds. Once more is as good as once.
    async fn publish(&self, zone: &Name) -> Result<(), ProviderError>;
}

/// A provider whose nameservers run inside this process.
#[async_trait]
pub trait Serve: Send + Sync {
    /// Binds the listening addresses and answers until the guard is dropped. An address that is in use is
    /// [`ErrorKind::Conflict`]: somebody else, usually `redundns serve`, is answering there.
    async fn serve(&self) -> Result<Serving, ProviderError>;
}

/// Keeps a [`Serve`] answering; dropping it stops the sockets.
pub struct Serving {
    /// Where it listens.
    pub addresses: Vec<SocketAddr>,
    /// Whatever holds the sockets open.
    pub guard: Box<dyn std::any::Any + Send + Sync>,
}
