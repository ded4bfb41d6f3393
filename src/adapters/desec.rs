//! deSEC, a free signing DNS service in Berlin.
//!
//! A zone is read in pages of 500 record sets and written in one PATCH that happens wholly or not at all: the
//! fewer calls the better, since a zone takes 300 writes a day. SOA, keys and signatures are deSEC's own and do not
//! show.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::http::{Api, Response, link, path_of, segment};
use super::presentation::{calls, dotless, missing, named, nonsense, push, records, relative};
use super::{AccountKey, Adapter, SecretSource, Settings, SettingsError};
use crate::plan::Change;
use crate::provider::{
    Capabilities, Counted, CreateZone, ListZones, NameserverSpec, Provider, ProviderError, Quirk,
    RateLimit, Snapshot,
};
use crate::zone::{Name, RecordType, Zone, ZoneBuilder};

/// The adapter's entry in the registry.
pub(super) const ADAPTER: Adapter = Adapter {
    name: "desec",
    docs: "https://desec.readthedocs.io/",
    capabilities,
    keys: &[
        AccountKey::ENDPOINT,
        AccountKey::secret("token", "A token with write permission."),
        AccountKey::CREATE,
        AccountKey::ALLOW_HTTP,
    ],
    connect,
};

const ENDPOINT: &str = "https://desec.io";
const DOMAINS: &str = "/api/v1/domains/";
/// The servers of every domain.
const NAMESERVERS: [&str; 2] = ["ns1.desec.io.", "ns2.desec.org."];
/// Sets in one call. The API names no limit; its own server took 2,000 in 24 s, and a request may take 30.
const MOST_SETS: usize = 1000;

type T = RecordType;
/// <https://desec.readthedocs.io/en/latest/dns/rrsets.html#supported-types>, and CSYNC, which its source has.
#[rustfmt::skip]
const TYPES: &[T] = &[
    T::A, T::AAAA, T::AFSDB, T::APL, T::CAA, T::CDNSKEY, T::CDS, T::CERT, T::CNAME, T::CSYNC, T::DHCID,
    T::DNAME, T::DNSKEY, T::DLV, T::DS, T::EUI48, T::EUI64, T::HINFO, T::HTTPS, T::KX, T::L32, T::L64, T::LOC,
    T::LP, T::MX, T::NAPTR, T::NID, T::NS, T::OPENPGPKEY, T::PTR, T::RP, T::SMIMEA, T::SPF, T::SRV, T::SSHFP,
    T::SVCB, T::TLSA, T::TXT, T::URI,
];

const fn limit(requests: u32, seconds: u64, of: Counted) -> RateLimit {
    RateLimit {
        requests,
        per: Duration::from_secs(seconds),
        of,
    }
}

/// <https://desec.readthedocs.io/en/latest/rate-limits.html>, those for the account as a whole.
const LIMITS: &[RateLimit] = &[
    limit(10, 1, Counted::Reads),
    limit(50, 60, Counted::Reads),
    limit(2000, 86_400, Counted::All),
];

const QUIRKS: &[Quirk] = &[
    Quirk {
        what: "each zone takes 2 writes a second, 15 a minute, 100 an hour, 300 a day; one write holds many sets",
        verified: "2026-08-18",
        source: "documentation, rate limits, and desec-stack, DEFAULT_THROTTLE_RATES, from documents only",
    },
    Quirk {
        what: "TTLs below 3600 are refused unless support made an exception for the domain",
        verified: "2026-11-22",
        source: "desec-stack run locally; documentation, domain object, minimum_ttl",
    },
    Quirk {
        what: "every zone is signed: a DS at the parent needs the same keys at every other provider",
        verified: "2026-11-22",
        source: "desec-stack run locally",
    },
    Quirk {
        what: "owner names hold letters, digits, `-`, `_` and a leftmost `*`, at most 178 octets below the zone",
        verified: "2026-11-22",
        source: "desec-stack run locally: 400, Subname can only use",
    },
    Quirk {
        what: "targets of NS, MX and SRV must be host names",
        verified: "2026-08-18",
        source: "desec-stack, api/desecapi/dns.py, from documents only",
    },
    Quirk {
        what: "DNSKEY stands at the apex only, and CDS, CDNSKEY and DNSKEY are served beside deSEC's own",
        verified: "2026-08-18",
        source: "documentation, DNSKEY caveat, from documents only",
    },
    Quirk {
        what: "an account holds one domain until support raises that",
        verified: "2026-08-18",
        source: "desec-stack, LIMIT_USER_DOMAIN_COUNT_DEFAULT, from documents only",
    },
];

fn capabilities() -> Capabilities {
    Capabilities {
        rtypes: Some(TYPES.into()),
        ttl: 3600..=86_400,
        records_per_set: Some(4091),
        batch: MOST_SETS,
        atomic: true,
        lists_zones: true,
        creates_zones: true,
        limits: LIMITS,
        settle: Duration::from_secs(120),
        quirks: QUIRKS,
        ..Capabilities::default()
    }
}

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
    let variables = ["DESEC_TOKEN", "DESEC_API_TOKEN"];
    let token = settings.required_secret("token", keys.token.as_ref(), &variables)?;
    let api = Api::of_vendor(ENDPOINT, LIMITS, keys.endpoint.as_deref(), keys.allow_http)?
        .secret_header("authorization", "Token ", "token", &token)?
        .build()?;
    Ok(Arc::new(Desec {
        api,
        create: keys.create,
        nameservers: settings.nameservers,
    }))
}

struct Desec {
    api: Api,
    create: bool,
    nameservers: Vec<NameserverSpec>,
}

/// A record set as it comes.
#[derive(Deserialize)]
struct Held {
    domain: String,
    subname: String,
    #[serde(rename = "type")]
    rtype: String,
    ttl: u32,
    records: Vec<String>,
}

/// A record set as it goes; without records it is deleted.
#[derive(Serialize)]
struct Wanted {
    subname: String,
    #[serde(rename = "type")]
    rtype: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl: Option<u32>,
    records: Vec<String>,
}

impl Wanted {
    fn of(change: &Change, zone: &Name) -> Self {
        let (key, after) = (change.key(), change.after());
        Self {
            subname: relative(&key.owner, zone, ""),
            rtype: key.rtype.to_string(),
            ttl: after.map(|set| set.ttl),
            records: after.map_or(Vec::new(), |set| records(key.rtype, set)),
        }
    }
}

fn domain(zone: &Name) -> String {
    format!("{DOMAINS}{}/", segment(&dotless(zone)))
}

impl Desec {
    /// Every page from `path` on, each given to `read`. A 404 is that there is no such `zone`.
    async fn pages(
        &self,
        path: String,
        zone: Option<&Name>,
        mut read: impl FnMut(&Response) -> Result<(), ProviderError> + Send,
    ) -> Result<(), ProviderError> {
        let mut seen = vec![path];
        while let Some(path) = seen.last() {
            let answer = self.api.get(path).accepting(&[404]).send().await?;
            if let (404, Some(zone)) = (answer.status, zone) {
                return Err(self.missing(zone));
            } else if answer.status == 404 {
                return Err(self.api.refusal(&answer));
            }
            read(&answer)?;
            let next = answer
                .header("link")
                .and_then(|header| link(header, "next"));
            let Some(next) = next.and_then(path_of).map(str::to_owned) else {
                break;
            };
            if seen.contains(&next) {
                let origin = self.api.origin();
                return Err(nonsense(format_args!(
                    "{origin} leads from page to page in a circle"
                )));
            }
            seen.push(next);
        }
        Ok(())
    }

    fn missing(&self, zone: &Name) -> ProviderError {
        missing(self.api.origin(), zone, self.create)
    }

    /// The refusal of a call, with the record set that it is about: the answer is a list as long as the call's.
    fn refusal(&self, answer: &Response, call: &[Change]) -> ProviderError {
        let mut error = self.api.refusal(answer);
        let errors: Vec<Value> = answer.json().unwrap_or_default();
        let is_bad = |error: &Value| error.as_object().is_some_and(|fields| !fields.is_empty());
        if let Some(change) = errors.iter().position(is_bad).and_then(|at| call.get(at)) {
            error.message = format!("`{}`: {}", change.key(), error.message);
        }
        error
    }
}

#[async_trait]
impl Provider for Desec {
    async fn nameservers(&self, _zone: &Name) -> Result<Vec<NameserverSpec>, ProviderError> {
        if !self.nameservers.is_empty() {
            return Ok(self.nameservers.clone());
        }
        let own = NAMESERVERS.iter().map(|name| NameserverSpec {
            name: Name::absolute(name).expect("a name of this file"),
            addresses: Vec::new(),
        });
        Ok(own.collect())
    }

    async fn fetch(&self, zone: &Name) -> Result<Snapshot, ProviderError> {
        let mut builder = ZoneBuilder::new(zone.clone());
        let path = format!("{}rrsets/?cursor=", domain(zone));
        let read = |page: &Response| {
            let sets: Vec<Held> = page.json()?;
            sets.iter().try_for_each(|set| {
                if set.domain != dotless(zone) {
                    let (origin, other) = (self.api.origin(), &set.domain);
                    return Err(nonsense(format_args!(
                        "{origin} answered with sets of `{other}` instead of `{zone}`"
                    )));
                }
                push(
                    &mut builder,
                    &set.subname,
                    &set.rtype,
                    set.ttl,
                    &set.records,
                )
            })
        };
        self.pages(path, Some(zone), read).await?;
        Ok(Snapshot::of(builder.finish()))
    }

    async fn apply(
        &self,
        zone: &Name,
        changes: &[Change],
        _base: &Snapshot,
    ) -> Result<(), ProviderError> {
        let path = format!("{}rrsets/", domain(zone));
        let mut done = 0;
        for call in calls(changes, MOST_SETS) {
            let body: Vec<Wanted> = call.iter().map(|change| Wanted::of(change, zone)).collect();
            let request = self.api.patch(&path).json(&body).accepting(&[400, 404]);
            let error = match request.send().await {
                Ok(answer) if answer.status == 400 => self.refusal(&answer, call),
                Ok(answer) if answer.status == 404 => self.missing(zone),
                Ok(_) => {
                    done += call.len();
                    continue;
                }
                Err(error) => error,
            };
            let applied = error.applied.map(|_| done);
            return Err(error.applied(applied));
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
impl ListZones for Desec {
    async fn list_zones(&self) -> Result<Vec<Name>, ProviderError> {
        #[derive(Deserialize)]
        struct Listed {
            name: String,
        }
        let mut zones = Vec::new();
        let read = |page: &Response| {
            for zone in page.json::<Vec<Listed>>()? {
                zones.push(named("zone", &zone.name)?);
            }
            Ok(())
        };
        self.pages(format!("{DOMAINS}?cursor="), None, read).await?;
        Ok(zones)
    }
}

#[async_trait]
impl CreateZone for Desec {
    async fn create_zone(&self, desired: &Zone) -> Result<(), ProviderError> {
        let zone = desired.origin();
        let body = serde_json::json!({ "name": dotless(zone) });
        let answer = self
            .api
            .post(DOMAINS)
            .json(&body)
            .accepting(&[400])
            .send()
            .await?;
        if answer.status == 400 {
            // Somebody else's domain is refused in the same words as one that is here already.
            let there = self.api.get(domain(zone)).accepting(&[404]).send().await?;
            if there.status == 404 {
                return Err(self.api.refusal(&answer));
            }
        }
        Ok(())
    }
}
