//! Scaleway Domains and DNS: the vendor's documentation, scaleway 2.12.0, octodns-scaleway 0.0.4, the recordings of its
//! Terraform provider, and what `DNSControl` (pull request 4919) saw at the real service.

mod changes;
mod data;
mod rejections;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redundns::zone::{Name, NoIncludes, RecordKey, RecordType, Source, parse};
use serde_json::{Value, json};

use super::clock::{Clock, Throttle};
use super::http::{Answer, Request};
use super::store::{Held, Store};
use super::{Answers, Vendor, hexadecimal};

/// What the trials need to know of it.
pub const VENDOR: Vendor = Vendor {
    adapter: "scaleway",
    answers: |store, clock| Box::new(Scaleway::new(store, clock)),
    account: "create = true",
    secrets: &[("secret_key", KEY)],
    nameservers: &OWN,
    counts_serials: true,
    refused: Some(("@", "300 IN CNAME www.example.net.")),
    takes: data::takes,
    rejections: rejections::REJECTIONS,
    sign: |request| request.set_header("x-auth-token", KEY),
    throttled: &[429],
    reads_only: &[],
    variables: &["SCW_SECRET_KEY"],
    octodns_calls: Some([1, 1, 1]),
};

const KEY: &str = "b5f1a7e2-0c3d-4e6f-8a9b-1c2d3e4f5a6b";

/// The servers of every zone.
pub const OWN: [&str; 2] = ["ns0.dom.scw.cloud.", "ns1.dom.scw.cloud."];
/// Domains that the account has, whose own zones are not here; what is made is made below them.
const DOMAINS: [&str; 2] = ["example", "test"];

/// The vendor names no limit; this is one.
const RATES: &[(usize, u64)] = &[(200, 1)];
/// As long as a zone was pending in a recording of 2025-08-26.
const PENDING: Duration = Duration::from_secs(7);

/// What the vendor keeps of a record beside DNS data.
#[derive(Clone, Default)]
pub struct Extra {
    pub id: String,
    pub comment: Value,
    /// The name of what makes it dynamic, and its value.
    pub config: Option<(String, Value)>,
}

/// What the vendor keeps of a zone beside DNS data.
#[derive(Clone, Default)]
pub struct Zone {
    count: u64,
    changed: Option<Duration>,
    records: HashMap<(RecordKey, Box<[u8]>), Extra>,
    /// By the owner, relative: no record of DNS.
    pub aliases: HashMap<String, Value>,
}

impl Zone {
    /// A new id, a UUID.
    pub fn id(&mut self, origin: &Name) -> String {
        self.count += 1;
        let hex = hexadecimal(&format!("{origin}{}", self.count));
        let part = |from: usize, to: usize| &hex[from..to];
        [
            part(0, 8),
            part(8, 12),
            part(12, 16),
            part(16, 20),
            part(20, 32),
        ]
        .join("-")
    }

    /// What is kept of a record, which may be new.
    pub fn of(&mut self, origin: &Name, key: &RecordKey, data: &[u8]) -> Extra {
        let place = (key.clone(), data.into());
        if let Some(extra) = self.records.get(&place) {
            return extra.clone();
        }
        let extra = Extra {
            id: self.id(origin),
            ..Extra::default()
        };
        self.records.insert(place, extra.clone());
        extra
    }

    /// Keeps it.
    pub fn keep(&mut self, key: &RecordKey, data: &[u8], extra: Extra) {
        self.records.insert((key.clone(), data.into()), extra);
    }

    /// The record with an id.
    pub fn by_id(&self, id: &str) -> Option<(RecordKey, Box<[u8]>)> {
        let mut records = self.records.iter();
        records
            .find(|(_, extra)| extra.id == id)
            .map(|(place, _)| place.clone())
    }

    /// Forgets a record.
    pub fn forget(&mut self, key: &RecordKey, data: &[u8]) {
        self.records.remove(&(key.clone(), data.into()));
    }
}

struct Scaleway {
    store: Arc<Store>,
    clock: Clock,
    throttle: Throttle,
    zones: Mutex<HashMap<Name, Zone>>,
}

impl Answers for Scaleway {
    fn answer(&self, request: &Request) -> Answer {
        match self.route(request) {
            Ok(answer) | Err(answer) => answer,
        }
    }
}

/// A no, as scaleway-sdk-go reads it (scw/errors.go).
fn error(status: u16, kind: &str, message: &str) -> Answer {
    Answer::json(status, &json!({ "type": kind, "message": message }))
}

/// A value that the DNS side of the API does not take.
pub fn invalid(why: &str) -> Answer {
    let message = format!("invalid argument: {why}");
    Answer::json(400, &json!({ "message": message }))
}

/// A field that is not as the description of the API has it; the reason is `required`, `format`, `constraint` or
/// `unknown`.
pub fn wrong(field: &str, reason: &str, help: &str) -> Answer {
    let detail = json!({ "argument_name": field, "reason": reason, "help_message": help });
    let body = json!({ "type": "invalid_arguments", "message": "invalid argument(s)", "details": [detail] });
    Answer::json(400, &body)
}

/// Something is not there.
pub fn missing(resource: &str, id: &str) -> Answer {
    let body = json!({ "type": "not_found", "message": "resource is not found", "resource": resource, "resource_id": id });
    Answer::json(404, &body)
}

fn forbidden(action: &str) -> Answer {
    let detail = json!({ "resource": "dns_zone", "action": action });
    let body = json!({ "type": "permissions_denied", "message": "insufficient permissions", "details": [detail] });
    Answer::json(403, &body)
}

fn dotless(name: &Name) -> String {
    name.to_string().trim_end_matches('.').to_owned()
}

/// The domain that a zone belongs to, and what is before it.
fn parts(zone: &str) -> Option<(&str, &str)> {
    DOMAINS.iter().find_map(|domain| {
        let before = zone.strip_suffix(domain)?;
        match before.strip_suffix('.') {
            Some(before) => Some((before, *domain)),
            None if before.is_empty() => Some(("", *domain)),
            None => None,
        }
    })
}

/// So many of `all` as a page has.
fn page(request: &Request, what: &str, all: Vec<Value>) -> Answer {
    let number = |name: &str, default: usize| {
        let given = request.parameter(name).and_then(|given| given.parse().ok());
        given.filter(|given| *given > 0).unwrap_or(default)
    };
    let size = number("page_size", 50).min(1000);
    let from = (number("page", 1) - 1) * size;
    let total = all.len();
    let page: Vec<Value> = all.into_iter().skip(from).take(size).collect();
    Answer::json(200, &json!({ what: page, "total_count": total }))
}

impl Scaleway {
    fn new(store: Arc<Store>, clock: Clock) -> Self {
        Self {
            store,
            throttle: Throttle::new(clock.clone()),
            clock,
            zones: Mutex::default(),
        }
    }

    fn route(&self, request: &Request) -> Result<Answer, Answer> {
        let segments = request.segments();
        let path: Vec<&str> = segments.iter().map(String::as_str).collect();
        let ["domain", "v2beta1", "dns-zones", rest @ ..] = path.as_slice() else {
            return Err(error(404, "unknown_resource", "Not Found"));
        };
        if request.header("x-auth-token") != Some(KEY) {
            let body = json!({ "type": "denied_authentication", "message": "authentication is denied",
                "method": "api_key", "reason": "not_found" });
            return Err(Answer::json(401, &body));
        }
        self.throttle.take("key", RATES).map_err(|wait| {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            error(429, "too_many_requests", "too many requests").with("Retry-After", seconds)
        })?;
        match (request.method.as_str(), rest) {
            ("GET", []) => Ok(self.list(request)),
            ("POST", []) => self.create(&body(request)?),
            ("GET", [zone, "records"]) => Ok(self.records(&self.held(zone)?, request)),
            ("PATCH", [zone, "records"]) => self.patch(zone, &body(request)?),
            ("GET", [zone, "nameservers"]) => {
                self.held(zone)?;
                let servers =
                    OWN.map(|name| json!({ "name": name.trim_end_matches('.'), "ip": [] }));
                Ok(Answer::json(200, &json!({ "ns": servers })))
            }
            ("DELETE", [zone]) => {
                let held = self.held(zone)?;
                self.store.remove(held.origin());
                self.zones().remove(held.origin());
                Ok(Answer::json(200, &json!({})))
            }
            _ => Err(error(404, "unknown_resource", "Not Found")),
        }
    }

    fn zones(&self) -> MutexGuard<'_, HashMap<Name, Zone>> {
        self.zones.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn held(&self, zone: &str) -> Result<Held, Answer> {
        let held = Name::absolute(zone)
            .ok()
            .and_then(|name| self.store.get(&name));
        held.ok_or_else(|| match parts(zone) {
            Some(_) => missing("dns_zone", zone),
            None => forbidden("read"),
        })
    }

    fn object(&self, held: &Held) -> Value {
        let name = dotless(held.origin());
        let (subdomain, domain) = parts(&name).unwrap_or(("", &name));
        let changed = self
            .zones()
            .get(held.origin())
            .and_then(|zone| zone.changed);
        let is_pending = changed.is_some_and(|at| at + PENDING > self.clock.now());
        let own = OWN.map(|name| name.trim_end_matches('.'));
        json!({
            "domain": domain, "subdomain": subdomain, "ns": own, "ns_default": own, "ns_master": [],
            "status": if is_pending { "pending" } else { "active" }, "message": null,
            "updated_at": "2026-11-30T00:00:00Z", "project_id": "105bdce1-64c0-48ab-899d-868455867ecf",
            "linked_products": [],
        })
    }

    fn list(&self, request: &Request) -> Answer {
        let given = |name: &str| request.parameter(name).filter(|given| !given.is_empty());
        let wanted = given("dns_zones").or_else(|| given("dns_zone"));
        let mut zones: Vec<Value> = Vec::new();
        // The zones of the domains themselves have nothing but their servers.
        for domain in DOMAINS {
            let origin = Name::absolute(domain).expect("a name");
            if wanted.as_deref().is_none_or(|wanted| wanted == domain) {
                let source = Source {
                    name: "domain",
                    text: b"",
                };
                let store = Store::default();
                store.add(&parse(&source, origin.clone(), &NoIncludes).zone);
                zones.extend(store.get(&origin).map(|held| self.object(&held)));
            }
        }
        for origin in self.store.origins() {
            let is_wanted = wanted
                .as_ref()
                .is_none_or(|wanted| *wanted == dotless(&origin));
            if let Some(held) = self.store.get(&origin).filter(|_| is_wanted) {
                zones.push(self.object(&held));
            }
        }
        page(request, "dns_zones", zones)
    }

    fn create(&self, body: &Value) -> Result<Answer, Answer> {
        let text = |field: &str| body[field].as_str().unwrap_or_default();
        let (domain, subdomain) = (text("domain"), text("subdomain"));
        if domain.is_empty() {
            return Err(wrong("domain", "required", ""));
        }
        let name = format!("{subdomain}.{domain}");
        let name = name.trim_start_matches('.');
        if parts(name).is_none() {
            return Err(forbidden("create"));
        }
        let origin = Name::absolute(name);
        let origin = origin.map_err(|_| wrong("subdomain", "format", "not a domain name"))?;
        if self.store.get(&origin).is_some() {
            return Err(error(409, "already_exists", "the DNS zone already exists"));
        }
        if !DOMAINS.contains(&domain) {
            return Err(forbidden("create"));
        }
        let mut text =
            "@ 1800 IN SOA ns0.dom.scw.cloud. dns-admin.dom.scw.cloud. 1 3600 600 604800 600\n"
                .to_owned();
        for server in OWN {
            text += &format!("@ 1800 IN NS {server}\n");
        }
        let source = Source {
            name: "new",
            text: text.as_bytes(),
        };
        self.store
            .add(&parse(&source, origin.clone(), &NoIncludes).zone);
        let held = self
            .store
            .get(&origin)
            .ok_or_else(|| missing("dns_zone", domain))?;
        Ok(Answer::json(200, &self.object(&held)))
    }

    fn records(&self, held: &Held, request: &Request) -> Answer {
        let given = |name: &str| request.parameter(name).filter(|given| !given.is_empty());
        let (name, rtype, id) = (given("name"), given("type"), given("id"));
        let rtype = rtype.filter(|rtype| rtype != "unknown");
        let is_wanted = |field: &str, wanted: Option<&String>, record: &Value| {
            let held = record[field].as_str().unwrap_or_default();
            wanted.is_none_or(|wanted| wanted.eq_ignore_ascii_case(held))
        };
        let mut zones = self.zones();
        let zone = zones.entry(held.origin().clone()).or_default();
        let mut records = changes::all(held, zone);
        records.retain(|record| {
            is_wanted("name", name.as_ref(), record)
                && is_wanted("type", rtype.as_ref(), record)
                && is_wanted("id", id.as_ref(), record)
        });
        page(request, "records", records)
    }

    fn patch(&self, zone: &str, body: &Value) -> Result<Answer, Answer> {
        let wanted = body["changes"].as_array().map_or(&[][..], Vec::as_slice);
        if wanted.is_empty() {
            return Err(wrong("changes", "required", ""));
        }
        let held = self.held(zone);
        let is_new = held.as_ref().is_err_and(|answer| answer.status == 404);
        if is_new && body["disallow_new_zone_creation"] != true {
            let (subdomain, domain) = parts(zone).ok_or_else(|| forbidden("write"))?;
            self.create(&json!({ "domain": domain, "subdomain": subdomain }))?;
        } else {
            held?;
        }
        let origin = Name::absolute(zone).map_err(|_| missing("dns_zone", zone))?;
        let mut zones = self.zones();
        let kept = zones.entry(origin.clone()).or_default();
        let mut changed = kept.clone();
        let change = |held: &mut Held| changes::make(held, &mut changed, wanted);
        let written = self
            .store
            .change(&origin, change)
            .ok_or_else(|| missing("dns_zone", zone))?;
        let mut written = written?;
        changed.changed = Some(self.clock.now());
        *kept = changed;
        if body["return_all_records"] == true
            && let Some(held) = self.store.get(&origin)
        {
            written = changes::all(&held, kept);
        }
        Ok(Answer::json(200, &json!({ "records": written })))
    }
}

fn body(request: &Request) -> Result<Value, Answer> {
    let body = request.json().filter(Value::is_object);
    body.ok_or_else(|| wrong("body", "format", "invalid JSON"))
}

/// The key of the servers of a zone.
pub fn apex_ns(origin: &Name) -> RecordKey {
    RecordKey {
        owner: origin.clone(),
        rtype: RecordType::NS,
    }
}
