//! OVH, as the schema of its API, its client for Python 1.2, its Terraform provider, octoDNS's provider and what users
//! quote in public have it (2026-11-30). Words of refusals that nobody quoted are ours.

mod record;
mod rejections;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use data_encoding::HEXLOWER;
use redundns::zone::{Name, NoIncludes, RecordKey, RecordType, Source, parse};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use serde_json::{Value, json};
use wildmatch::WildMatch;

use self::record::Records;
use super::clock::{Clock, Rate, Throttle};
use super::http::{Answer, Request};
use super::store::{Held, Store};
use super::{Answers, Vendor};

/// What the trials need to know of it.
pub const VENDOR: Vendor = Vendor {
    adapter: "ovh",
    answers: |store, clock| Box::new(Ovh::new(store, clock)),
    account: "",
    secrets: &[
        ("application_key", APPLICATION_KEY),
        ("application_secret", APPLICATION_SECRET),
        ("consumer_key", CONSUMER_KEY),
    ],
    nameservers: &["dns18.ovh.net.", "ns18.ovh.net."],
    counts_serials: true,
    refused: Some(("127._spf", "300 IN A 192.0.2.1")),
    takes: |rtype, content| rtype != RecordType::TXT || !content.contains('\\'),
    rejections: rejections::REJECTIONS,
    sign,
    throttled: &[429],
    reads_only: &[("consumer_key", READS_ONLY)],
    variables: &[
        "OVH_APPLICATION_KEY",
        "OVH_APPLICATION_SECRET",
        "OVH_CONSUMER_KEY",
    ],
    octodns_calls: Some([2, 101, 1001]),
};

const APPLICATION_KEY: &str = "7kbG7Bk7S9Nt7ZSV";
const APPLICATION_SECRET: &str = "EXEgWIz07P0HYwtQDs7cNIqCiQaWSuHF";
const CONSUMER_KEY: &str = "MtSwSrPpNjqfVSmJhLbPyr2i45lSwPU1";
/// A customer's leave for everything but refreshing zones:
/// <https://github.com/ovh/terraform-provider-ovh/issues/292>
pub const WITHOUT_REFRESH: &str = "Q8v2cT0nRzK4eXbW1yLhJ6uD9sFgAo3p";

/// A customer's leave for looking on.
const READS_ONLY: &str = "L5kR9aVbT3mYcZ7xE1wQ8dUfHs0gJo2N";

/// What each consumer key has leave for: methods, and paths with `*` for anything.
/// <https://help.ovhcloud.com/csm/en-api-getting-started-ovhcloud-api>
fn rules(consumer_key: &str) -> Option<&'static [(&'static str, &'static str)]> {
    match consumer_key {
        CONSUMER_KEY => Some(&[
            ("GET", "/domain/zone*"),
            ("POST", "/domain/zone*"),
            ("PUT", "/domain/zone*"),
            ("DELETE", "/domain/zone*"),
            ("POST", "/order/domain/zone*"),
        ]),
        WITHOUT_REFRESH => Some(&[
            ("GET", "/domain/zone*"),
            ("POST", "/domain/zone/*/record"),
            ("PUT", "/domain/zone/*/record/*"),
            ("DELETE", "/domain/zone/*/record/*"),
        ]),
        READS_ONLY => Some(&[("GET", "/domain/zone*")]),
        _ => None,
    }
}

/// How far its clock is ahead of ours, in seconds.
const AHEAD: u64 = 4000;
/// How far a signature's time may be off, in seconds.
const TOLERANCE: u64 = 60;
/// What external-dns asks for at most; the vendor names no limit.
const RATES: &[Rate] = &[(20, 1)];

/// A no.
pub struct Refusal(u16, Value);

impl Refusal {
    /// From behind the gateway.
    pub fn new(status: u16, class: &str, message: &str) -> Self {
        Self(status, json!({ "class": class, "message": message }))
    }

    /// A request that makes no sense.
    pub fn bad(message: &str) -> Self {
        Self::new(400, "Client::BadRequest", message)
    }

    /// From the gateway itself.
    fn gateway(status: u16, code: &str, message: &str) -> Self {
        let http = if status == 400 {
            "400 Bad Request"
        } else {
            "403 Forbidden"
        };
        Self(
            status,
            json!({ "errorCode": code, "httpCode": http, "message": message }),
        )
    }

    /// As it is sent.
    pub fn answer(self) -> Answer {
        Answer::json(self.0, &self.1)
            .with("X-Ovh-Queryid", "EU.ext-1.65f0a1b2.12345.0123456789abcdef")
    }
}

fn now() -> u64 {
    let ours = SystemTime::now().duration_since(UNIX_EPOCH);
    ours.expect("after 1970").as_secs() + AHEAD
}

/// <https://help.ovhcloud.com/csm/en-api-getting-started-ovhcloud-api>
fn signature(consumer_key: &str, request: &Request, time: &str) -> String {
    let host = request.header("host").unwrap_or_default();
    let text = format!(
        "{APPLICATION_SECRET}+{consumer_key}+{}+http://{host}{}+{}+{time}",
        request.method,
        request.target,
        String::from_utf8_lossy(&request.body),
    );
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes());
    format!("$1${}", HEXLOWER.encode(hash.as_ref()))
}

fn sign(request: &mut Request) {
    let time = now().to_string();
    let signature = signature(CONSUMER_KEY, request, &time);
    request.set_header("x-ovh-application", APPLICATION_KEY);
    request.set_header("x-ovh-consumer", CONSUMER_KEY);
    request.set_header("x-ovh-timestamp", &time);
    request.set_header("x-ovh-signature", &signature);
}

/// What a zone has beside what it serves.
struct Zone {
    records: Records,
}

struct Ovh {
    store: Arc<Store>,
    throttle: Throttle,
    zones: Mutex<BTreeMap<Name, Zone>>,
}

impl Answers for Ovh {
    fn answer(&self, request: &Request) -> Answer {
        match self.route(request) {
            Ok(value) => Answer::json(200, &value),
            Err(refusal) => refusal.answer(),
        }
    }
}

fn dotless(name: &Name) -> String {
    name.to_string().trim_end_matches('.').to_owned()
}

fn no_service() -> Refusal {
    Refusal::new(404, "Client::NotFound", "This service does not exist")
}

fn body(request: &Request) -> Result<Value, Refusal> {
    let body = request.json().filter(Value::is_object);
    body.ok_or_else(|| Refusal::bad("Received json is malformed"))
}

/// Who asks; nobody may ask for anything but zones.
fn authorize<'r>(request: &'r Request, rest: &[&str]) -> Result<&'r str, Refusal> {
    let header = |name| request.header(name).unwrap_or_default();
    let consumer_key = header("x-ovh-consumer");
    if header("x-ovh-application") != APPLICATION_KEY {
        let words = "This application key is invalid";
        return Err(Refusal::gateway(403, "INVALID_KEY", words));
    }
    if consumer_key.is_empty() {
        let words = "You must login first";
        return Err(Refusal::gateway(403, "NOT_CREDENTIAL", words));
    }
    let Some(rules) = rules(consumer_key) else {
        let words = "This credential is not valid";
        return Err(Refusal::gateway(403, "INVALID_CREDENTIAL", words));
    };
    let time = header("x-ovh-timestamp");
    let is_now = |time: u64| time.abs_diff(now()) <= TOLERANCE;
    if !time.parse().is_ok_and(is_now) {
        return Err(Refusal::gateway(400, "QUERY_TIME_OUT", "Query out of time"));
    }
    if header("x-ovh-signature") != signature(consumer_key, request, time) {
        return Err(Refusal::gateway(
            400,
            "INVALID_SIGNATURE",
            "Invalid signature",
        ));
    }
    // What leave it has anybody may ask.
    let path = format!("/{}", rest.join("/"));
    let is_granted = rest == ["auth", "currentCredential"]
        || rules.iter().any(|(method, pattern)| {
            *method == request.method && WildMatch::new(pattern).matches(&path)
        });
    if !is_granted {
        let words = "This call has not been granted";
        return Err(Refusal::gateway(403, "NOT_GRANTED_CALL", words));
    }
    Ok(consumer_key)
}

impl Ovh {
    fn new(store: Arc<Store>, clock: Clock) -> Self {
        Self {
            store,
            throttle: Throttle::new(clock),
            zones: Mutex::default(),
        }
    }

    fn route(&self, request: &Request) -> Result<Value, Refusal> {
        let segments = request.segments();
        let path: Vec<&str> = segments.iter().map(String::as_str).collect();
        let ["1.0", rest @ ..] = path.as_slice() else {
            return Err(Refusal::new(
                404,
                "Client::NotFound",
                "Got an invalid (or empty) URL",
            ));
        };
        self.throttle
            .take("application", RATES)
            .map_err(|_| Refusal::new(429, "Client::TooManyRequests", "Too many requests"))?;
        if *rest == ["auth", "time"] {
            return Ok(json!(now()));
        }
        let consumer_key = authorize(request, rest)?;
        match (request.method.as_str(), rest) {
            ("GET", ["auth", "currentCredential"]) => {
                let rules = rules(consumer_key).unwrap_or_default().iter();
                let rules = rules.map(|(method, path)| json!({ "method": method, "path": path }));
                Ok(json!({
                    "credentialId": 1, "applicationId": 1, "status": "validated", "ovhSupport": false,
                    "allowedIPs": null, "creation": "2026-11-01T00:00:00+01:00", "expiration": null,
                    "lastUse": null, "rules": rules.collect::<Vec<_>>(),
                }))
            }
            ("GET", ["domain", "zone"]) => {
                let zones = self.zones();
                Ok(zones.keys().map(|origin| json!(dotless(origin))).collect())
            }
            ("POST", ["order", "domain", "zone", "new"]) => self.order(&body(request)?),
            (_, ["domain", "zone", name, ..]) if name.starts_with("expired.") => {
                let words = "This service is expired";
                Err(Refusal::new(460, "Client::ResourceExpired", words))
            }
            (method, ["domain", "zone", name, rest @ ..]) => {
                let origin = Name::absolute(name).map_err(|_| no_service())?;
                self.in_zone(method, &origin, rest, request)
            }
            _ => Err(Refusal::new(
                404,
                "Client::NotFound",
                "Got an invalid (or empty) URL",
            )),
        }
    }

    fn in_zone(
        &self,
        method: &str,
        origin: &Name,
        rest: &[&str],
        request: &Request,
    ) -> Result<Value, Refusal> {
        let mut zones = self.zones();
        let records = &mut zones.get_mut(origin).ok_or_else(no_service)?.records;
        let number = |id: &str| id.parse::<u64>().map_err(|_| record::missing(id));
        match (method, rest) {
            ("GET", []) => {
                let servers = VENDOR.nameservers.iter();
                let servers: Vec<&str> = servers.map(|name| name.trim_end_matches('.')).collect();
                Ok(json!({
                    "name": dotless(origin), "nameServers": servers, "dnssecSupported": true,
                    "hasDnsAnycast": false, "lastUpdate": "2026-11-01T00:00:00+01:00",
                }))
            }
            ("GET", ["record"]) => {
                let (rtype, name) = (
                    request.parameter("fieldType"),
                    request.parameter("subDomain"),
                );
                Ok(records.numbers(origin, rtype.as_deref(), name.as_deref()))
            }
            ("POST", ["record"]) => records.create(origin, &body(request)?),
            ("GET", ["record", ids]) => match request.header("x-ovh-batch") {
                None => records.shown(origin, number(ids)?),
                Some(between) => {
                    let one = |id: &str| match number(id).and_then(|id| records.shown(origin, id)) {
                        Ok(value) => json!({ "key": id, "value": value, "error": null }),
                        Err(Refusal(_, error)) => {
                            json!({ "key": id, "value": null, "error": error })
                        }
                    };
                    Ok(ids.split(between).map(one).collect())
                }
            },
            ("PUT", ["record", id]) => records.alter(origin, number(id)?, &body(request)?),
            ("DELETE", ["record", id]) => records.delete(number(id)?),
            ("GET", ["soa"]) => {
                let soa = self.soa(origin).ok_or_else(no_service)?;
                Ok(json!({
                    "server": "dns18.ovh.net.", "email": "tech.ovh.net.", "serial": 2_026_113_000,
                    "refresh": 86_400, "expire": 3_600_000, "nxDomainTtl": 300, "ttl": soa,
                }))
            }
            // Now it is served.
            ("POST", ["refresh"]) => {
                let served = self.store.change(origin, |held: &mut Held| {
                    records.serve(held);
                    Ok::<_, Refusal>(())
                });
                served.unwrap_or(Ok(()))?;
                Ok(Value::Null)
            }
            _ => Err(Refusal::new(
                404,
                "Client::NotFound",
                "Got an invalid (or empty) URL",
            )),
        }
    }

    fn soa(&self, origin: &Name) -> Option<u32> {
        let key = RecordKey {
            owner: origin.clone(),
            rtype: RecordType::SOA,
        };
        Some(self.store.get(origin)?.get(&key)?.set.ttl)
    }

    /// The zones, those from past the API among them.
    fn zones(&self) -> MutexGuard<'_, BTreeMap<Name, Zone>> {
        let mut zones = self.zones.lock().unwrap_or_else(PoisonError::into_inner);
        for origin in self.store.origins() {
            if !zones.contains_key(&origin)
                && let Some(held) = self.store.get(&origin)
            {
                let records = Records::of(&held);
                zones.insert(origin, Zone { records });
            }
        }
        zones
    }

    /// An order is carried out at once here.
    fn order(&self, body: &Value) -> Result<Value, Refusal> {
        let name = body["zoneName"].as_str().unwrap_or_default();
        let origin = Name::absolute(name).ok().filter(|_| name.contains('.'));
        let origin = origin.ok_or_else(|| Refusal::bad("[zoneName] Invalid zone name"))?;
        let mut text =
            "@ 3600 IN SOA dns18.ovh.net. tech.ovh.net. 2026113000 86400 3600 3600000 300\n"
                .to_owned();
        for server in VENDOR.nameservers {
            text += &format!("@ 3600 IN NS {server}\n");
        }
        let source = Source {
            name: "new",
            text: text.as_bytes(),
        };
        self.store.add(&parse(&source, origin, &NoIncludes).zone);
        Ok(
            json!({ "orderId": 1, "url": "https://www.ovh.com/cgi-bin/order/display-order.cgi", "details": [] }),
        )
    }
}
