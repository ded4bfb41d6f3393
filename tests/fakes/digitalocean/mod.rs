//! DigitalOcean's API, as far as domains go: the description of its API (2026-08), its clients for Python and Go, its Terraform
//! provider, octoDNS's and `DNSControl`'s providers, and answers that dns-lexicon has recorded (2020). Words of refusals
//! are those that users have quoted in public, where any did.

mod record;
mod rejections;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use redundns::zone::{Name, NoIncludes, RecordKey, RecordSet, RecordType, Source, parse, rdata};
use serde_json::{Value, json};

use self::record::Record;
use super::clock::{Clock, Rate, Throttle};
use super::http::{Answer, Request};
use super::store::{Held, Store};
use super::{Answers, Vendor};

/// What the trials need to know of it.
pub const VENDOR: Vendor = Vendor {
    adapter: "digitalocean",
    answers: |store, clock| Box::new(DigitalOcean::new(store, clock)),
    account: "create = true",
    secrets: &[("token", TOKEN)],
    nameservers: &[
        "ns1.digitalocean.com.",
        "ns2.digitalocean.com.",
        "ns3.digitalocean.com.",
    ],
    counts_serials: true,
    refused: Some(("not\\032here", "300 IN A 192.0.2.1")),
    takes,
    rejections: rejections::REJECTIONS,
    sign: |request| request.set_header("authorization", &format!("Bearer {TOKEN}")),
    throttled: &[429],
    reads_only: &[],
    variables: &["DIGITALOCEAN_TOKEN"],
    octodns_calls: Some([2, 101, 1001]),
};

const TOKEN: &str = "the-token-of-a-loopback-account-8c41f0";

/// <https://docs.digitalocean.com/reference/api/digitalocean/#section/Introduction/Rate-Limit>
const RATES: &[Rate] = &[(250, 60), (5000, 3600)];
/// Items on a page where nobody says otherwise, and the most.
const PAGE: usize = 20;
const MOST: usize = 200;

fn takes(rtype: RecordType, content: &str) -> bool {
    let Ok(data) = rdata::from_text(rtype, content, Some(Name::root().borrow())) else {
        return false;
    };
    match rtype {
        RecordType::MX => !content.ends_with(" ."),
        RecordType::TXT => {
            let is_plain = |octet: &u8| matches!(octet, b' '..=b'~') && *octet != b'\\';
            let text = record::joined(&data);
            !text.is_empty() && text.iter().all(is_plain)
        }
        RecordType::CAA => !content.contains(';') && !content.contains("tbs"),
        _ => true,
    }
}

/// Domains by name, each with its records.
#[derive(Default)]
struct State {
    domains: BTreeMap<Name, Vec<Record>>,
    numbers: u64,
}

struct DigitalOcean {
    store: Arc<Store>,
    throttle: Throttle,
    state: Mutex<State>,
}

impl Answers for DigitalOcean {
    fn answer(&self, request: &Request) -> Answer {
        match self.route(request) {
            Ok(answer) | Err(answer) => answer,
        }
    }
}

fn error(status: u16, id: &str, message: &str) -> Answer {
    Answer::json(status, &json!({ "id": id, "message": message }))
}

fn missing() -> Answer {
    let words = "The resource you were accessing could not be found.";
    error(404, "not_found", words)
}

fn invalid(message: &str) -> Answer {
    error(422, "unprocessable_entity", message)
}

fn body(request: &Request) -> Result<Value, Answer> {
    let body = request.json().filter(Value::is_object);
    body.ok_or_else(|| error(400, "bad_request", "Invalid JSON"))
}

fn dotless(name: &Name) -> String {
    name.to_string().trim_end_matches('.').to_owned()
}

impl DigitalOcean {
    fn new(store: Arc<Store>, clock: Clock) -> Self {
        Self {
            store,
            throttle: Throttle::new(clock),
            state: Mutex::default(),
        }
    }

    fn route(&self, request: &Request) -> Result<Answer, Answer> {
        if request.header("authorization") != Some(&format!("Bearer {TOKEN}")) {
            let words = "Unable to authenticate you";
            return Err(error(401, "unauthorized", words));
        }
        self.throttle.take("token", RATES).map_err(|wait| {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            let now = SystemTime::now().duration_since(UNIX_EPOCH);
            let reset = now.unwrap_or_default() + Duration::from_secs(seconds);
            error(429, "too_many_requests", "API Rate limit exceeded.")
                .with("ratelimit-limit", 5000)
                .with("ratelimit-remaining", 0)
                .with("ratelimit-reset", reset.as_secs())
                .with("retry-after", seconds)
        })?;
        let segments = request.segments();
        let path: Vec<&str> = segments.iter().map(String::as_str).collect();
        let ["v2", "domains", rest @ ..] = path.as_slice() else {
            return Err(missing());
        };
        match (request.method.as_str(), rest) {
            ("GET", []) => {
                let origins = self.store.origins();
                let domains: Vec<Value> = origins.iter().map(object).collect();
                Ok(paged(request, "domains", &domains))
            }
            ("POST", []) => self.create(&body(request)?),
            ("GET", [domain]) => {
                let origin = self.held(domain)?.origin().clone();
                Ok(Answer::json(200, &json!({ "domain": object(&origin) })))
            }
            ("DELETE", [domain]) => {
                let origin = self.held(domain)?.origin().clone();
                self.state().domains.remove(&origin);
                self.store.remove(&origin);
                Ok(Answer::empty(204))
            }
            (method, [domain, "records", rest @ ..]) => {
                self.in_domain(method, domain, rest, request)
            }
            _ => Err(missing()),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn held(&self, domain: &str) -> Result<Held, Answer> {
        let name = Name::absolute(domain).ok();
        let held = name.and_then(|name| self.store.get(&name));
        held.ok_or_else(missing)
    }

    fn in_domain(
        &self,
        method: &str,
        domain: &str,
        rest: &[&str],
        request: &Request,
    ) -> Result<Answer, Answer> {
        let origin = &Name::absolute(domain).map_err(|_| missing())?;
        let mut state = self.state();
        let State { domains, numbers } = &mut *state;
        if !domains.contains_key(origin) {
            let all = record::all(&self.held(domain)?, numbers);
            domains.insert(origin.clone(), all);
        }
        let records = domains.get_mut(origin).ok_or_else(missing)?;
        let at = |id: &str| {
            let id: u64 = id.parse().ok()?;
            records.iter().position(|record| record.id == id)
        };
        // The sets that a write was about.
        let (mut before, mut after) = (None, None);
        match (method, rest) {
            ("GET", []) => {
                let objects: Vec<Value> = records.iter().map(|one| one.object(origin)).collect();
                return Ok(paged(request, "domain_records", &objects));
            }
            ("GET", [id]) => {
                let found = &records[at(id).ok_or_else(missing)?];
                let body = json!({ "domain_record": found.object(origin) });
                return Ok(Answer::json(200, &body));
            }
            ("POST", []) => {
                let id = *numbers + 1;
                let new = record::read(origin, &body(request)?, id, None)?;
                record::beside(&new, records)?;
                *numbers = id;
                after = Some(new.key.clone());
                records.push(new);
                record::rectify(records, id);
            }
            (method @ ("PUT" | "PATCH"), [id]) => {
                let at = at(id).ok_or_else(missing)?;
                let kept = (method == "PATCH").then_some(&records[at]);
                let new = record::read(origin, &body(request)?, records[at].id, kept)?;
                if new.key.rtype != records[at].key.rtype {
                    return Err(invalid("Type cannot be changed"));
                }
                record::beside(&new, records)?;
                let id = new.id;
                before = Some(records[at].key.clone());
                after = Some(new.key.clone());
                records[at] = new;
                record::rectify(records, id);
            }
            ("DELETE", [id]) => {
                let at = at(id).ok_or_else(missing)?;
                if records[at].key.rtype == RecordType::SOA {
                    return Err(invalid("SOA records cannot be deleted"));
                }
                before = Some(records.remove(at).key);
            }
            _ => return Err(error(405, "method_not_allowed", "Method not allowed")),
        }
        for key in [&before, &after].into_iter().flatten() {
            self.serve(origin, key, records);
        }
        if method == "DELETE" {
            return Ok(Answer::empty(204));
        }
        let id = match rest {
            [id] => id.parse().unwrap_or(0),
            _ => *numbers,
        };
        let written = records.iter().find(|record| record.id == id);
        let object = written.map(|record| record.object(origin));
        let status = if method == "POST" { 201 } else { 200 };
        Ok(Answer::json(status, &json!({ "domain_record": object })))
    }

    /// Puts the records of a set into the zone that is served.
    fn serve(&self, origin: &Name, key: &RecordKey, records: &[Record]) {
        let of_set = || records.iter().filter(|record| record.key == *key);
        let data: Vec<Box<[u8]>> = of_set().map(|record| record.data.clone()).collect();
        let ttl = of_set().next().map(|record| record.ttl);
        self.store.change(origin, |held| {
            match ttl {
                Some(ttl) => held.put(key.clone(), RecordSet::new(ttl, data)),
                None => drop(held.delete(key)),
            }
            Ok::<_, ()>(())
        });
    }

    fn create(&self, body: &Value) -> Result<Answer, Answer> {
        let name = body["name"].as_str().unwrap_or_default();
        if name.is_empty() {
            return Err(invalid("Name can't be blank"));
        }
        let origin = Name::absolute(name).ok();
        let origin = origin.filter(|_| name.contains('.') && !name.ends_with('.'));
        let origin = origin.ok_or_else(|| invalid("Name is not a valid domain name"))?;
        if self.store.get(&origin).is_some() {
            return Err(invalid("Name already exists"));
        }
        let mut text = format!(
            "@ 1800 IN SOA ns1.digitalocean.com. hostmaster.{name}. 1583891130 10800 3600 604800 1800\n"
        );
        for server in VENDOR.nameservers {
            text += &format!("@ 1800 IN NS {server}\n");
        }
        let source = Source {
            name: "new",
            text: text.as_bytes(),
        };
        self.store
            .add(&parse(&source, origin.clone(), &NoIncludes).zone);
        Ok(Answer::json(201, &json!({ "domain": object(&origin) })))
    }
}

fn object(origin: &Name) -> Value {
    json!({ "name": dotless(origin), "ttl": 1800, "zone_file": null })
}

/// A page, and where the others are. The last has no link to itself.
fn paged(request: &Request, name: &str, all: &[Value]) -> Answer {
    let number = |parameter: &str| request.parameter(parameter)?.parse::<usize>().ok();
    let per_page = number("per_page").unwrap_or(PAGE).clamp(1, MOST);
    let page = number("page").unwrap_or(1).max(1);
    let last = all.len().div_ceil(per_page).max(1);
    let path = request.target.split('?').next().unwrap_or_default();
    let link = |page: usize| {
        let size = number("per_page").map_or(String::new(), |size| format!("&per_page={size}"));
        json!(format!(
            "https://api.digitalocean.com{path}?page={page}{size}"
        ))
    };
    let mut pages = json!({});
    if page > 1 {
        pages["first"] = link(1);
        pages["prev"] = link(page - 1);
    }
    if page < last {
        pages["next"] = link(page + 1);
        pages["last"] = link(last);
    }
    let links = if last == 1 {
        json!({})
    } else {
        json!({ "pages": pages })
    };
    let shown = all.iter().skip((page - 1) * per_page).take(per_page);
    let shown: Vec<&Value> = shown.collect();
    let body = json!({ name: shown, "links": links, "meta": { "total": all.len() } });
    Answer::json(200, &body)
}
