//! `PowerDNS` Authoritative Server 4.7 and newer, through its HTTP API.
//!
//! A key in `X-API-Key`; a zone is read whole and written by `RRset`, many of them in one PATCH that happens wholly or
//! not at all. The server numbers the zone itself unless `soa_edit_api` is switched off, in which case the serial's
//! successor goes along with every write. Records switched off (`"disabled": true`) are not served: they are neither
//! shown nor touched.

mod count;
mod facts;
mod long;
mod read;
mod spelling;
mod write;

use std::fmt::Write;
use std::ops::ControlFlow;
use std::sync::Arc;

use async_trait::async_trait;
use serde::Deserialize;
use tokio::sync::Mutex;

use self::count::Written;
use self::read::Held;
use self::write::{Batch, Soa};
use super::http::{Api, Response};
use super::{AccountKey, Adapter, Secret, SecretSource, Settings, SettingsError};
use crate::plan::Change;
use crate::provider::{
    CreateZone, ErrorKind, ListZones, NameserverSpec, Provider, ProviderError, Snapshot,
};
use crate::zone::{Name, Zone};

/// The adapter's entry in the registry.
pub(super) const ADAPTER: Adapter = Adapter {
    name: "powerdns",
    docs: "https://doc.powerdns.com/authoritative/http-api/",
    capabilities: facts::capabilities,
    keys: &[
        AccountKey::ENDPOINT,
        AccountKey::secret("api_key", "`api-key` of pdns.conf."),
        AccountKey::text(
            "server",
            "The server's name in the API; left out: localhost.",
        ),
        AccountKey::CREATE,
        AccountKey::ALLOW_HTTP,
    ],
    connect,
};

const ENDPOINT: &str = "http://127.0.0.1:8081";

/// The adapter's keys in an account file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    endpoint: Option<String>,
    api_key: Option<SecretSource>,
    server: Option<String>,
    #[serde(default)]
    create: bool,
    #[serde(default)]
    allow_http: bool,
}

fn connect(mut settings: Settings<'_>) -> Result<Arc<dyn Provider>, SettingsError> {
    let keys: Keys = settings.parse()?;
    let api_key = settings.required_secret("api_key", keys.api_key.as_ref(), &["PDNS_API_KEY"])?;
    let server = keys.server.unwrap_or_else(|| "localhost".to_owned());
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if server.is_empty() || !server.bytes().all(is_plain) {
        return Err(SettingsError {
            message: format!("`server` is `{server}`, which is no server id"),
            span: None,
            hint: Some(
                "PowerDNS calls every server `localhost`; a proxy may know others".to_owned(),
            ),
        });
    }
    let found = match keys.endpoint {
        None => settings.secret("endpoint", None, &["PDNS_API_URL"])?,
        Some(_) => None,
    };
    let found = found.as_ref().map(Secret::reveal);
    let endpoint = keys.endpoint.as_deref().or(found).unwrap_or(ENDPOINT);
    let api = Api::at(endpoint, keys.allow_http)?
        .secret_header("x-api-key", "", "api_key", &api_key)?
        .build()?;
    Ok(Arc::new(PowerDns {
        api,
        server,
        create: keys.create,
        nameservers: settings.nameservers,
        written: Written::default(),
        writing: Mutex::default(),
    }))
}

struct PowerDns {
    api: Api,
    server: String,
    create: bool,
    nameservers: Vec<NameserverSpec>,
    written: Written,
    /// Held while something is written: on `SQLite` the server answers 500 to one of two writers.
    writing: Mutex<()>,
}

impl PowerDns {
    fn zones(&self) -> String {
        format!("/api/v1/servers/{}/zones", self.server)
    }

    fn zone(&self, zone: &Name) -> String {
        format!("{}/{}", self.zones(), zone_id(zone))
    }

    /// What a 404 means: usually that the zone is missing, though a wrong `server` gives the same answer.
    async fn missing(&self, zone: &Name) -> ProviderError {
        let path = format!("/api/v1/servers/{}", self.server);
        match self.api.get(path).accepting(&[404]).send().await {
            Err(error) => error,
            Ok(answer) if answer.status == 404 => ProviderError::new(
                ErrorKind::Rejected,
                format!("{} has no server `{}`", self.api.origin(), self.server),
            )
            .hint("check `endpoint` and `server` of this account"),
            Ok(_) => {
                let error = ProviderError::new(
                    ErrorKind::NoSuchZone,
                    format!("{} has no zone `{zone}`", self.api.origin()),
                );
                if self.create {
                    error
                } else {
                    error.hint("create it there, or write `create = true` in the account")
                }
            }
        }
    }

    /// The serial in the zone's SOA as the server stores it.
    async fn serial(&self, zone: &Name) -> Result<u32, ProviderError> {
        #[derive(Deserialize)]
        struct Head {
            serial: u32,
        }
        let path = format!("{}?rrsets=false", self.zone(zone));
        let answer = self.api.get(path).accepting(&[404]).send().await?;
        if answer.status == 404 {
            return Err(self.missing(zone).await);
        }
        Ok(answer.json::<Head>()?.serial)
    }

    /// Sends one batch; a content that the server spells otherwise is spelled so and the batch made anew.
    async fn send(
        &self,
        path: &str,
        batch: &mut Batch<'_>,
    ) -> Result<ControlFlow<()>, ProviderError> {
        let request = self.api.patch(path).json_body(batch.body());
        let _alone = self.writing.lock().await;
        let answer = request.accepting(&[422]).send().await?;
        if answer.status != 422 {
            return Ok(ControlFlow::Break(()));
        }
        if error_of(&answer).is_some_and(|said| batch.respell(&said)) {
            return Ok(ControlFlow::Continue(()));
        }
        Err(self.api.refusal(&answer))
    }
}

/// The `error` of an answer, letter by letter.
fn error_of(answer: &Response) -> Option<String> {
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
    }
    answer.json::<Refusal>().ok().map(|refusal| refusal.error)
}

/// A zone's id in paths: its name, everything unusual as `=` and two hexadecimal digits.
fn zone_id(zone: &Name) -> String {
    let mut id = String::new();
    for byte in zone.to_string().bytes() {
        if byte.is_ascii_alphanumeric() || b".-".contains(&byte) {
            id.push(char::from(byte));
        } else {
            let _ = write!(id, "={byte:02X}");
        }
    }
    id
}

#[async_trait]
impl Provider for PowerDns {
    async fn nameservers(&self, _zone: &Name) -> Result<Vec<NameserverSpec>, ProviderError> {
        Ok(self.nameservers.clone())
    }

    async fn fetch(&self, zone: &Name) -> Result<Snapshot, ProviderError> {
        let own_writes = self.written.of(zone);
        let answer = self
            .api
            .get(self.zone(zone))
            .accepting(&[404])
            .send()
            .await?;
        if answer.status == 404 {
            return Err(self.missing(zone).await);
        }
        let (zone, mut held) = answer.json_with(read::WholeZone { origin: zone })?;
        held.own_writes = own_writes;
        Ok(Snapshot {
            zone,
            opaque: Vec::new(),
            handles: Some(Box::new(held)),
        })
    }

    async fn apply(
        &self,
        zone: &Name,
        changes: &[Change],
        base: &Snapshot,
    ) -> Result<(), ProviderError> {
        let none = Held::default();
        let held = base
            .handles
            .as_ref()
            .and_then(|handles| handles.downcast_ref::<Held>())
            .unwrap_or(&none);
        let path = self.zone(zone);
        let mut soa = Soa::of(&base.zone, held);
        let mut done = 0;
        let mut sets_serial = false;
        let mut spellings = spelling::Spellings::default();
        while done < changes.len() {
            let mut batch = Batch::take(&changes[done..], held, &mut spellings);
            let sent = async {
                if let Some(set) = soa.due(batch.changes()) {
                    sets_serial = true;
                    let serial = self.serial(zone).await?;
                    batch.number(zone, &set, serial);
                }
                self.send(&path, &mut batch).await
            };
            match sent.await {
                Ok(ControlFlow::Break(())) => {
                    done += batch.changes().len();
                    self.written.add(zone, sets_serial);
                }
                Ok(ControlFlow::Continue(())) => {}
                Err(error) => {
                    let applied = error.applied.map(|_| done);
                    return Err(error.applied(applied));
                }
            }
        }
        Ok(())
    }

    fn others_wrote(&self, before: &Snapshot, after: &Snapshot) -> Option<bool> {
        count::others_wrote(before, after)
    }

    /// There is one key, and it opens everything: <https://doc.powerdns.com/authoritative/http-api/> (2026-11-30).
    async fn may_write(&self, _: Option<&Name>) -> Result<Option<bool>, ProviderError> {
        Ok(Some(true))
    }

    fn lists_zones(&self) -> Option<&dyn ListZones> {
        Some(self)
    }

    fn creates_zones(&self) -> Option<&dyn CreateZone> {
        self.create.then_some(self)
    }
}

#[async_trait]
impl ListZones for PowerDns {
    async fn list_zones(&self) -> Result<Vec<Name>, ProviderError> {
        #[derive(Deserialize)]
        struct Listed {
            name: String,
        }
        let path = format!("{}?dnssec=false", self.zones());
        let answer = self.api.get(path).send().await?;
        let listed: Vec<Listed> = answer.json()?;
        let names = listed.iter().map(|zone| {
            Name::absolute(&zone.name).map_err(|error| {
                ProviderError::new(
                    ErrorKind::Protocol,
                    format!(
                        "{} lists a zone `{}`: {error}",
                        self.api.origin(),
                        zone.name
                    ),
                )
            })
        });
        names.collect()
    }
}

#[async_trait]
impl CreateZone for PowerDns {
    async fn create_zone(&self, desired: &Zone) -> Result<(), ProviderError> {
        let body = write::new_zone(desired);
        // 409 says that the zone is there already.
        let request = self
            .api
            .post(self.zones())
            .json_body(body)
            .accepting(&[409, 422]);
        let _alone = self.writing.lock().await;
        let answer = request.send().await?;
        if answer.status == 422 {
            return Err(self.api.refusal(&answer));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zone_ids_are_safe_in_paths() {
        for (zone, id) in [
            ("example.com", "example.com."),
            ("0/25.2.0.192.in-addr.arpa", "0=2F25.2.0.192.in-addr.arpa."),
            ("_tcp.example.com", "=5Ftcp.example.com."),
            (".", "."),
        ] {
            assert_eq!(
                zone_id(&Name::absolute(zone).expect("a name in a test")),
                id
            );
        }
    }
}
