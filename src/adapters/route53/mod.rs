//! Amazon Route 53, API version 2013-04-01, public hosted zones of the commercial partition.
//!
//! Requests are signed (Signature Version 4, always for us-east-1) and carry XML. A zone is read by pages of 300 record
//! sets and written by change batches, each of which happens wholly or not at all; a batch deletes what was seen and
//! creates what is wanted, so that the API itself refuses a base that moved. After a write the adapter waits until AWS
//! says that all of its nameservers have it. Record sets that a zone file cannot express (aliases, weights, health
//! checks and their kin) are seen and left alone.

mod account;
mod client;
mod facts;
mod read;
mod refusal;
mod sign;
mod spelling;
mod write;
mod xml;

use std::collections::HashMap;
use std::time::{SystemTime, UNIX_EPOCH};

use async_trait::async_trait;

use self::read::HostedZone;
use self::write::Batch;
use super::http::Api;
use super::{AccountKey, Adapter, Kind};
use crate::plan::Change;
use crate::provider::{
    CreateZone, ErrorKind, ListZones, NameserverSpec, Provider, ProviderError, Snapshot,
};
use crate::zone::{Name, RecordKey, Zone};

/// The adapter's entry in the registry.
pub(super) const ADAPTER: Adapter = Adapter {
    name: "route53",
    docs: "https://docs.aws.amazon.com/Route53/latest/APIReference/Welcome.html",
    capabilities: facts::capabilities,
    keys: &[
        AccountKey::ENDPOINT,
        AccountKey::secret(
            "access_key_id",
            "An access key; left out: where the `aws` command finds credentials.",
        ),
        AccountKey::secret("secret_access_key", "What belongs to `access_key_id`."),
        AccountKey::secret(
            "session_token",
            "For temporary credentials, with the two keys.",
        ),
        AccountKey::text(
            "profile",
            "A profile of ~/.aws/credentials or ~/.aws/config, instead of keys.",
        ),
        AccountKey::new(
            "zone_ids",
            Kind::Map,
            "Hosted zones by name, needed only where several public ones have one name.",
        ),
        AccountKey::CREATE,
        AccountKey::text(
            "delegation_set",
            "A reusable delegation set, whose nameservers new hosted zones get.",
        ),
        AccountKey::ALLOW_HTTP,
    ],
    connect: account::connect,
};

/// Where every path starts: the version of the API.
const VERSION: &str = "/2013-04-01";

struct Route53 {
    api: Api,
    zone_ids: HashMap<Name, String>,
    create: bool,
    delegation_set: Option<String>,
    nameservers: Vec<NameserverSpec>,
}

/// What writing needs to know again.
struct Held {
    id: String,
    spelled: HashMap<RecordKey, Vec<String>>,
}

#[async_trait]
impl Provider for Route53 {
    async fn nameservers(&self, zone: &Name) -> Result<Vec<NameserverSpec>, ProviderError> {
        if !self.nameservers.is_empty() {
            return Ok(self.nameservers.clone());
        }
        let id = self.zone_id(zone).await?;
        let page = self.get(&format!("hostedzone/{id}")).await?;
        let set = page
            .child("DelegationSet")
            .ok_or_else(|| self.nonsense("no `DelegationSet`"))?;
        let servers = set.list("NameServers").map(|server| {
            let name = spelling::read_name(server.text()).map_err(|why| self.nonsense(&why))?;
            Ok(NameserverSpec {
                name,
                addresses: Vec::new(),
            })
        });
        servers.collect()
    }

    async fn fetch(&self, zone: &Name) -> Result<Snapshot, ProviderError> {
        let id = self.zone_id(zone).await?;
        let sets = self.sets(&id, zone).await?;
        Ok(Snapshot {
            zone: sets.builder.finish(),
            handles: Some(Box::new(Held {
                id,
                spelled: sets.spelled,
            })),
            opaque: sets.opaque,
        })
    }

    async fn apply(
        &self,
        zone: &Name,
        changes: &[Change],
        base: &Snapshot,
    ) -> Result<(), ProviderError> {
        let held = base
            .handles
            .as_ref()
            .and_then(|held| held.downcast_ref::<Held>());
        let found;
        let held = match held {
            Some(held) => held,
            // A plan from elsewhere: the API compares it with what is there.
            None if changes.is_empty() => return Ok(()),
            None => {
                found = Held {
                    id: self.zone_id(zone).await?,
                    spelled: HashMap::new(),
                };
                &found
            }
        };
        let (mut done, mut ids) = (0, Vec::new());
        while done < changes.len() {
            let sent = match Batch::take(&changes[done..], zone, &held.spelled) {
                Ok(batch) => self
                    .send(held, &batch)
                    .await
                    .map(|id| (id, batch.changes.len())),
                Err(error) => Err(error),
            };
            match sent {
                Ok((id, made)) => {
                    ids.push(id);
                    done += made;
                }
                Err(error) => {
                    let applied = error.applied.map(|_| done);
                    return Err(error.applied(applied));
                }
            }
        }
        self.wait_for(&ids).await;
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
impl ListZones for Route53 {
    async fn list_zones(&self) -> Result<Vec<Name>, ProviderError> {
        let mut names = Vec::new();
        self.pages(
            "hostedzone?maxitems=100",
            &[("marker", "NextMarker")],
            |page| {
                for zone in page.required_list("HostedZones")? {
                    let hosted = HostedZone::read(zone)?;
                    if !hosted.is_private {
                        names.push(hosted.name);
                    }
                }
                Ok(())
            },
        )
        .await?;
        names.sort();
        names.dedup();
        Ok(names)
    }
}

#[async_trait]
impl CreateZone for Route53 {
    async fn create_zone(&self, desired: &Zone) -> Result<(), ProviderError> {
        let origin = desired.origin();
        match self.zone_id(origin).await {
            Err(error) if error.kind == ErrorKind::NoSuchZone => {}
            other => return other.map(|_| ()),
        }
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let reference = format!("redundns-{origin}-{}", now.as_nanos());
        let body = write::new_zone(origin, &reference, self.delegation_set.as_deref());
        let path = format!("{VERSION}/hostedzone");
        let answer = self
            .api
            .post(path)
            .body("application/xml", body)
            .send()
            .await?;
        let id = self
            .change_id(&answer)
            .map_err(|error| error.applied(None))?;
        self.wait_for(&[id]).await;
        Ok(())
    }
}
