//! Gandi `LiveDNS`: the vendor's documentation, gandi.cli 1.6, octodns-gandi 1.2.0, go-gandi, and what issues quote.

mod check;
mod rejections;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redundns::zone::{Name, NoIncludes, RecordKey, RecordType, Source, parse};
use serde_json::{Value, json};

use self::check::{Notes, Wanted};
use super::clock::{Clock, Rate, Throttle};
use super::http::{Answer, Request};
use super::store::{Held, Store};
use super::{Answers, Vendor};

/// What the trials need to know of it.
pub const VENDOR: Vendor = Vendor {
    adapter: "gandi",
    answers: |store, clock| Box::new(Gandi::new(store, clock)),
    account: "create = true",
    secrets: &[("token", TOKEN)],
    nameservers: &OWN,
    counts_serials: true,
    refused: Some(("alias", "300 IN A 192.0.2.1")),
    takes: |_, _| true,
    rejections: rejections::REJECTIONS,
    sign: |request| request.set_header("authorization", &format!("Bearer {TOKEN}")),
    throttled: &[429],
    reads_only: &[],
    variables: &["GANDI_PERSONAL_ACCESS_TOKEN"],
    octodns_calls: Some([2, 101, 1001]),
};

const TOKEN: &str = "2f9c4b1e8a7d6053c4e1b2a39f8d7c6e5b4a3928";

/// The servers of every zone, which no list of its records has.
const OWN: [&str; 3] = [
    "ns-10-a.gandi.net.",
    "ns-201-b.gandi.net.",
    "ns-35-c.gandi.net.",
];

/// <https://api.gandi.net/docs/reference/>
const RATES: &[Rate] = &[(1000, 60)];
/// Top-level domains below which the account has registered every domain.
const REGISTERED: [&str; 2] = [".example", ".test"];
/// Items of a page that names no number.
const PAGE: usize = 100;

struct Gandi {
    store: Arc<Store>,
    throttle: Throttle,
    notes: Mutex<HashMap<Name, Notes>>,
}

impl Answers for Gandi {
    fn answer(&self, request: &Request) -> Answer {
        match self.route(request) {
            Ok(answer) | Err(answer) => answer,
        }
    }
}

/// A no, as octodns-gandi has it in its recordings.
fn error(code: u16, message: &str, object: &str, cause: &str) -> Answer {
    let body = json!({ "code": code, "message": message, "object": object, "cause": cause });
    Answer::json(code, &body)
}

fn missing() -> Answer {
    let message = "The resource could not be found.";
    error(404, message, "HTTPNotFound", "Not Found")
}

fn conflict(message: &str) -> Answer {
    error(409, message, "HTTPConflict", "Duplicate Entry")
}

/// A field that is not as it has to be.
fn wrong(field: &str, description: &str) -> Answer {
    let error = json!({ "location": "body", "name": field, "description": description });
    Answer::json(400, &json!({ "status": "error", "errors": [error] }))
}

fn name(text: &str) -> Result<Name, Answer> {
    Name::absolute(text).map_err(|_| missing())
}

fn body(request: &Request) -> Result<Value, Answer> {
    let body = request.json().filter(Value::is_object);
    body.ok_or_else(|| wrong("body", "Invalid JSON"))
}

fn written() -> Answer {
    Answer::json(201, &json!({ "message": "DNS Record Created" }))
}

/// So many of `all` as a page has, and where the next one is.
fn page(request: &Request, all: Vec<Value>) -> Answer {
    let number = |name: &str, default: usize| {
        let given = request.parameter(name).and_then(|given| given.parse().ok());
        given.filter(|given| *given > 0).unwrap_or(default)
    };
    let (size, number) = (number("per_page", PAGE).min(1000), number("page", 1));
    let total = all.len();
    let page: Vec<Value> = all
        .into_iter()
        .skip((number - 1) * size)
        .take(size)
        .collect();
    let answer = Answer::json(200, &page.into()).with("Total-Count", total);
    if number * size >= total {
        return answer;
    }
    let path = request.target.split('?').next().unwrap_or_default();
    let next = format!("{path}?page={}&per_page={size}", number + 1);
    answer.with("Link", format!("<{next}>; rel=\"next\""))
}

impl Gandi {
    fn new(store: Arc<Store>, clock: Clock) -> Self {
        Self {
            store,
            throttle: Throttle::new(clock),
            notes: Mutex::default(),
        }
    }

    fn route(&self, request: &Request) -> Result<Answer, Answer> {
        let segments = request.segments();
        let path: Vec<&str> = segments.iter().map(String::as_str).collect();
        let ["v5", "livedns", "domains", rest @ ..] = path.as_slice() else {
            return Err(missing());
        };
        if request.header("authorization") != Some(&format!("Bearer {TOKEN}")) {
            let message = "The server could not verify that you authorized to access the document you requested.";
            return Err(error(401, message, "HTTPUnauthorized", "Unauthorized"));
        }
        let turned_away = |_| error(429, "Too many requests", "HTTPTooManyRequests", "Throttled");
        self.throttle.take("address", RATES).map_err(turned_away)?;
        match (request.method.as_str(), rest) {
            ("GET", []) => {
                let names = self.store.origins();
                let all = names.iter().map(|name| object(request, name)).collect();
                Ok(page(request, all))
            }
            ("POST", []) => self.create(&body(request)?),
            ("GET", [domain]) => Ok(Answer::json(
                200,
                &object(request, self.held(domain)?.origin()),
            )),
            ("GET", [domain, "nameservers"]) => {
                self.held(domain)?;
                let names = OWN.map(|name| name.trim_end_matches('.'));
                Ok(Answer::json(200, &json!(names)))
            }
            ("GET", [domain, "records"]) => {
                let held = self.held(domain)?;
                let mut notes = self.notes();
                let notes = notes.entry(held.origin().clone()).or_default();
                Ok(page(request, notes.shown(&held)))
            }
            ("GET", [domain, "records", owner]) => self.some(domain, owner, None).map(|sets| {
                let sets: Value = sets.into();
                Answer::json(200, &sets)
            }),
            ("GET", [domain, "records", owner, rtype]) => {
                let sets = self.some(domain, owner, Some(rtype))?;
                Ok(Answer::json(200, &sets[0]))
            }
            ("POST", [domain, "records"]) => {
                let body = body(request)?;
                self.change(domain, |held, notes| {
                    let set = Notes::read(held, &body, None, None)?;
                    if notes.has(held, &set) {
                        let name = body["rrset_name"].as_str().unwrap_or_default();
                        return Err(conflict(&format!("Record {name} already exists")));
                    }
                    notes.put(held, set)
                })
            }
            ("PUT", [domain, "records"]) => {
                let body = body(request)?;
                self.change(domain, |held, notes| {
                    let sets = Notes::items(held, &body, None)?;
                    notes.replace(held, None, sets)
                })
            }
            ("PUT", [domain, "records", owner]) => {
                let body = body(request)?;
                self.change(domain, |held, notes| {
                    let sets = Notes::items(held, &body, Some(owner))?;
                    notes.replace(held, Some(owner), sets)
                })
            }
            ("PUT", [domain, "records", owner, rtype]) => {
                let body = body(request)?;
                self.change(domain, |held, notes| {
                    let set: Wanted = Notes::read(held, &body, Some(owner), Some(rtype))?;
                    notes.put(held, set)
                })
            }
            ("DELETE", [domain, "records", owner]) => self.delete(domain, owner, None),
            ("DELETE", [domain, "records", owner, rtype]) => {
                self.delete(domain, owner, Some(rtype))
            }
            _ => Err(missing()),
        }
    }

    fn notes(&self) -> MutexGuard<'_, HashMap<Name, Notes>> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn held(&self, domain: &str) -> Result<Held, Answer> {
        self.store.get(&name(domain)?).ok_or_else(missing)
    }

    fn some(&self, domain: &str, owner: &str, rtype: Option<&str>) -> Result<Vec<Value>, Answer> {
        let held = self.held(domain)?;
        let mut notes = self.notes();
        let notes = notes.entry(held.origin().clone()).or_default();
        let mut sets = notes.shown(&held);
        sets.retain(|set| {
            set["rrset_name"] == owner && rtype.is_none_or(|rtype| set["rrset_type"] == rtype)
        });
        if sets.is_empty() {
            return Err(missing());
        }
        Ok(sets)
    }

    /// Changes a zone wholly or not at all.
    fn change(
        &self,
        domain: &str,
        change: impl FnOnce(&mut Held, &mut Notes) -> Result<(), Answer>,
    ) -> Result<Answer, Answer> {
        let origin = name(domain)?;
        let mut notes = self.notes();
        let kept = notes.entry(origin.clone()).or_default();
        let mut changed = kept.clone();
        let changing = |held: &mut Held| change(held, &mut changed);
        self.store.change(&origin, changing).ok_or_else(missing)??;
        *kept = changed;
        Ok(written())
    }

    fn delete(&self, domain: &str, owner: &str, rtype: Option<&str>) -> Result<Answer, Answer> {
        if owner == "@" && rtype == Some("NS") {
            return Err(wrong("rrset_name", check::APEX_NS));
        }
        self.change(domain, |held, notes| {
            let count = notes.remove(held, owner, rtype);
            if count == 0 { Err(missing()) } else { Ok(()) }
        })?;
        Ok(Answer::empty(204))
    }

    fn create(&self, body: &Value) -> Result<Answer, Answer> {
        let fqdn = body["fqdn"].as_str();
        let fqdn = fqdn.ok_or_else(|| wrong("fqdn", "Required"))?;
        let origin = Name::absolute(fqdn);
        let origin = origin.map_err(|_| wrong("fqdn", "Invalid domain name"))?;
        if self.store.get(&origin).is_some() {
            return Err(conflict(&format!("Domain {fqdn} already exists")));
        }
        if !REGISTERED.iter().any(|top| fqdn.ends_with(top)) {
            return Err(missing());
        }
        let mut text =
            "@ 10800 IN SOA ns1.gandi.net. hostmaster.gandi.net. 1 10800 3600 604800 10800\n"
                .to_owned();
        for server in OWN {
            text += &format!("@ 10800 IN NS {server}\n");
        }
        let source = Source {
            name: "new",
            text: text.as_bytes(),
        };
        self.store.add(&parse(&source, origin, &NoIncludes).zone);
        Ok(Answer::json(
            201,
            &json!({ "message": "Domain Created", "fqdn": fqdn }),
        ))
    }
}

/// A domain, with addresses to go on from.
fn object(request: &Request, origin: &Name) -> Value {
    let fqdn = origin.to_string().trim_end_matches('.').to_owned();
    let host = request.header("host").unwrap_or("localhost");
    let here = format!("http://{host}/v5/livedns/domains/{fqdn}");
    json!({
        "fqdn": fqdn, "domain_href": here, "automatic_snapshots": true,
        "domain_records_href": format!("{here}/records"), "domain_keys_href": format!("{here}/keys"),
    })
}

/// Whether it is one of the sets that are Gandi's own.
fn is_own(origin: &Name, key: &RecordKey) -> bool {
    key.rtype == RecordType::SOA || (key.rtype == RecordType::NS && key.owner == *origin)
}
