//! deSEC, as its documentation and the source of its API (desec-stack, 2026-08-18) have it.

mod check;
mod content;
mod rejections;

use std::sync::Arc;

use redundns::zone::{Name, NoIncludes, RecordKey, RecordType, Source, parse};
use serde_json::{Value, json};

use self::check::{Method, subname};
use super::clock::{Clock, Rate, Throttle};
use super::http::{Answer, Request};
use super::store::{Entry, Held, Store};
use super::{Answers, Vendor};

/// What the trials need to know of it.
pub const VENDOR: Vendor = Vendor {
    adapter: "desec",
    answers: |store, clock| Box::new(Desec::new(store, clock)),
    account: "create = true",
    secrets: &[("token", TOKEN)],
    nameservers: &["ns1.desec.io.", "ns2.desec.org."],
    counts_serials: true,
    refused: Some(("not\\032here", "3600 IN A 192.0.2.1")),
    takes: |_, _| true,
    rejections: rejections::REJECTIONS,
    sign: |request| request.set_header("authorization", &format!("Token {TOKEN}")),
    throttled: &[429],
    reads_only: &[],
    variables: &["DESEC_TOKEN"],
    octodns_calls: Some([1, 1, 1]),
};

const TOKEN: &str = "i-T3b1h_OI-H9ab8tRS98stGtURe";

/// Sets, or domains, in one answer.
const PAGE: usize = 500;

/// <https://desec.readthedocs.io/en/latest/rate-limits.html>
const READS: &[Rate] = &[(10, 1), (50, 60)];
const DOMAIN_WRITES: &[Rate] = &[(10, 1), (300, 60), (1000, 3600)];
const WRITES: &[Rate] = &[(2, 1), (15, 60), (100, 3600), (300, 86_400)];
const ALL: &[Rate] = &[(2000, 86_400)];

struct Desec {
    store: Arc<Store>,
    throttle: Throttle,
}

impl Answers for Desec {
    fn answer(&self, request: &Request) -> Answer {
        match self.route(request) {
            Ok(answer) | Err(answer) => answer,
        }
    }
}

fn detail(status: u16, words: &str) -> Answer {
    Answer::json(status, &json!({ "detail": words }))
}

fn missing() -> Answer {
    detail(404, "Not found.")
}

/// A moment that is later for a larger number.
fn moment(number: u64) -> String {
    format!(
        "2026-01-01T00:{:02}:{:02}.000000Z",
        number / 60 % 60,
        number % 60
    )
}

impl Desec {
    fn new(store: Arc<Store>, clock: Clock) -> Self {
        Self {
            store,
            throttle: Throttle::new(clock),
        }
    }

    fn route(&self, request: &Request) -> Result<Answer, Answer> {
        let segments = request.segments();
        let path: Vec<&str> = segments.iter().map(String::as_str).collect();
        let ["api", "v1", "domains", rest @ .., ""] = path.as_slice() else {
            return Err(missing());
        };
        authorize(request)?;
        let reads = request.method == "GET";
        match (reads, rest) {
            (true, _) => self.limit("reads", READS)?,
            (_, [domain, "rrsets", ..]) => self.limit(domain, WRITES)?,
            _ => self.limit("domains", DOMAIN_WRITES)?,
        }
        self.limit("user", ALL)?;
        match (request.method.as_str(), rest) {
            ("GET", []) => Ok(self.domains(request)),
            ("POST", []) => self.create(request),
            ("GET", [domain]) => Ok(Answer::json(200, &domain_object(&self.held(domain)?, true))),
            ("DELETE", [domain]) => {
                self.store.remove(&name(domain)?);
                Ok(Answer::empty(204))
            }
            ("GET", [domain, "rrsets"]) => self.list(domain, request),
            (method @ ("POST" | "PATCH" | "PUT"), [domain, "rrsets"]) => {
                self.write(Method::of(method), domain, request)
            }
            ("GET", [domain, "rrsets", sub, rtype]) => {
                let held = self.held(domain)?;
                let key = key(&held, sub, rtype)?;
                let entry = held.get(&key).ok_or_else(missing)?;
                Ok(Answer::json(200, &object(&held, &key, entry)))
            }
            ("DELETE", [domain, "rrsets", sub, rtype]) => {
                let key = key(&self.held(domain)?, sub, rtype)?;
                let gone = |zone: &mut Held| Ok::<_, Answer>(zone.delete(&key));
                self.store
                    .change(&name(domain)?, gone)
                    .ok_or_else(missing)??;
                Ok(Answer::empty(204))
            }
            (method @ ("PATCH" | "PUT"), [domain, "rrsets", sub, rtype]) => {
                let held = self.held(domain)?;
                held.get(&key(&held, sub, rtype)?).ok_or_else(missing)?;
                let mut item = body(request)?;
                item["subname"] = json!(sub.trim_start_matches('@'));
                item["type"] = json!(rtype);
                let answer = self.write_items(Method::of(method), domain, &[item], false)?;
                Ok(answer)
            }
            (method, _) => Err(detail(405, &format!("Method \"{method}\" not allowed."))),
        }
    }

    fn limit(&self, bucket: &str, rates: &[Rate]) -> Result<(), Answer> {
        self.throttle.take(bucket, rates).map_err(|wait| {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            let plural = if seconds == 1 { "" } else { "s" };
            detail(
                429,
                &format!("Request was throttled. Expected available in {seconds} second{plural}."),
            )
            .with("Retry-After", seconds)
        })
    }

    fn held(&self, domain: &str) -> Result<Held, Answer> {
        self.store.get(&name(domain)?).ok_or_else(missing)
    }

    fn domains(&self, request: &Request) -> Answer {
        let origins = self.store.origins();
        let held = origins
            .iter()
            .rev()
            .filter_map(|origin| self.store.get(origin));
        let objects = held.map(|held| domain_object(&held, false)).collect();
        paged(request, objects)
    }

    fn create(&self, request: &Request) -> Result<Answer, Answer> {
        let body = body(request)?;
        let refuse = |words: &str| Answer::json(400, &json!({ "name": [words] }));
        let Some(domain) = body["name"].as_str() else {
            return Err(refuse("This field is required."));
        };
        if domain != domain.to_lowercase() {
            return Err(refuse(&format!("Invalid value (not lowercase): {domain}")));
        }
        let is_plain = |label: &str| {
            (1..=63).contains(&label.len())
                && label
                    .bytes()
                    .all(|octet| octet.is_ascii_alphanumeric() || b"-_".contains(&octet))
        };
        if domain.len() > 191 || !domain.split('.').all(is_plain) {
            return Err(refuse(
                "Domain names must be labels separated by dots. Labels may consist of up to 63 letters, digits, hyphens, and underscores. The last label may not contain an underscore.",
            ));
        }
        let taken =
            "This domain name conflicts with an existing domain, or is disallowed by policy.";
        let origin = name(domain)?;
        let is_public = !domain.contains('.') || domain == "co.uk" || domain.ends_with(".internal");
        if is_public || self.store.get(&origin).is_some() {
            return Err(refuse(taken));
        }
        let mut text =
            "@ 300 IN SOA get.desec.io. get.desec.io. 1 86400 3600 2419200 3600\n".to_owned();
        for server in VENDOR.nameservers {
            text += &format!("@ 3600 IN NS {server}\n");
        }
        let source = Source {
            name: "new",
            text: text.as_bytes(),
        };
        self.store
            .add(&parse(&source, origin.clone(), &NoIncludes).zone);
        let held = self.store.get(&origin).ok_or_else(missing)?;
        Ok(Answer::json(201, &domain_object(&held, true)))
    }

    fn list(&self, domain: &str, request: &Request) -> Result<Answer, Answer> {
        let held = self.held(domain)?;
        let rtype = request.parameter("type");
        if rtype.as_deref().is_some_and(check::is_automatic) {
            let rtype = rtype.unwrap_or_default();
            return Err(detail(
                403,
                &format!("You cannot tinker with the {rtype} RRset."),
            ));
        }
        let wanted = request.parameter("subname");
        let mut sets: Vec<(&RecordKey, &Entry)> = held
            .sets()
            .filter(|(key, _)| key.rtype != RecordType::SOA)
            .filter(|(key, _)| {
                rtype
                    .as_ref()
                    .is_none_or(|rtype| key.rtype.to_string() == *rtype)
            })
            .filter(|(key, _)| {
                wanted
                    .as_ref()
                    .is_none_or(|sub| subname(&held, key) == *sub)
            })
            .collect();
        sets.sort_by_key(|(_, entry)| std::cmp::Reverse(entry.id));
        let objects = sets
            .iter()
            .map(|(key, entry)| object(&held, key, entry))
            .collect();
        Ok(paged(request, objects))
    }

    fn write(&self, method: Method, domain: &str, request: &Request) -> Result<Answer, Answer> {
        let is_list = |body: &Value| body.is_array() || method != Method::Post;
        match body(request)? {
            Value::Array(items) => self.write_items(method, domain, &items, true),
            item if is_list(&item) => {
                let kind = if item.is_object() { "dict" } else { "str" };
                let words = format!("Expected a list of items but got {kind}.");
                Err(Answer::json(400, &json!({ "non_field_errors": [words] })))
            }
            item => self.write_items(method, domain, &[item], false),
        }
    }

    fn write_items(
        &self,
        method: Method,
        domain: &str,
        items: &[Value],
        is_list: bool,
    ) -> Result<Answer, Answer> {
        let origin = name(domain)?;
        let change = |held: &mut Held| check::write(held, method, items, is_list);
        let written = self.store.change(&origin, change).ok_or_else(missing)?;
        let keys = written.map_err(|errors| Answer::json(400, &errors))?;
        let held = self.held(domain)?;
        let mut objects = keys
            .iter()
            .filter_map(|key| Some(object(&held, key, held.get(key)?)));
        let status = if method == Method::Post { 201 } else { 200 };
        if is_list {
            return Ok(Answer::json(status, &objects.collect()));
        }
        Ok(objects
            .next()
            .map_or(Answer::empty(204), |object| Answer::json(status, &object)))
    }
}

fn authorize(request: &Request) -> Result<(), Answer> {
    let refuse = |words: &str| detail(401, words).with("WWW-Authenticate", "Token");
    match request.header("authorization") {
        None => Err(refuse("Authentication credentials were not provided.")),
        Some(given) if given == format!("Token {TOKEN}") => Ok(()),
        Some(_) => Err(refuse("Invalid token.")),
    }
}

fn body(request: &Request) -> Result<Value, Answer> {
    let kind = request.header("content-type").unwrap_or_default();
    if !kind.starts_with("application/json") {
        return Err(detail(
            415,
            &format!("Unsupported media type \"{kind}\" in request."),
        ));
    }
    request.json().ok_or_else(|| {
        detail(
            400,
            "JSON parse error - Expecting value: line 1 column 1 (char 0)",
        )
    })
}

fn name(domain: &str) -> Result<Name, Answer> {
    Name::absolute(domain).map_err(|_| missing())
}

fn key(held: &Held, sub: &str, rtype: &str) -> Result<RecordKey, Answer> {
    let sub = sub.strip_suffix("...").unwrap_or(sub);
    let text = if sub.is_empty() { "@" } else { sub };
    Ok(RecordKey {
        owner: Name::parse(text.as_bytes(), Some(held.origin().borrow())).map_err(|_| missing())?,
        rtype: rtype.parse().map_err(|_| missing())?,
    })
}

fn domain_name(held: &Held) -> String {
    held.origin().to_string().trim_end_matches('.').to_owned()
}

fn object(held: &Held, key: &RecordKey, entry: &Entry) -> Value {
    let records = entry
        .set
        .rdata
        .iter()
        .map(|rdata| content::spelled(key.rtype, rdata));
    json!({
        "created": moment(entry.id),
        "domain": domain_name(held),
        "subname": subname(held, key),
        "name": key.owner.to_string(),
        "records": records.collect::<Vec<_>>(),
        "ttl": entry.set.ttl,
        "type": key.rtype.to_string(),
        "touched": moment(entry.id),
    })
}

fn domain_object(held: &Held, with_keys: bool) -> Value {
    let mut object = json!({
        "created": moment(0),
        "published": moment(0),
        "name": domain_name(held),
        "minimum_ttl": check::MINIMUM_TTL,
        "touched": moment(0),
    });
    if with_keys {
        object["keys"] = json!([{
            "dnskey": "257 3 13 WFRl60nGW1VjpVKVXjQZ7nVc+FXXVcBLsJ8HcZ==",
            "ds": ["6454 13 2 5da6f2a1b3d5b7c0e6a9a1d0f5c8e7f00123456789abcdef0123456789abcdef"],
            "flags": 257, "keytype": "csk", "managed": true,
        }]);
    }
    object
}

/// Up to a page as it is; more than that only by cursor, which is opaque to clients.
fn paged(request: &Request, objects: Vec<Value>) -> Answer {
    let host = request.header("host").unwrap_or_default();
    let path = request.target.split('?').next().unwrap_or_default();
    let link =
        |cursor: &str, rel: &str| format!("<http://{host}{path}?cursor={cursor}>; rel=\"{rel}\"");
    let count = objects.len();
    if count <= PAGE {
        return Answer::json(200, &objects.into());
    }
    let Some(cursor) = request.parameter("cursor") else {
        let words = format!(
            "Pagination required. You can query up to {PAGE} items at a time ({count} total). Please use the `first` page link (see Link header)."
        );
        return detail(400, &words).with("Link", link("", "first"));
    };
    let from: usize = match cursor.strip_prefix("bz0").map(str::parse) {
        Some(Ok(from)) => from,
        _ if cursor.is_empty() => 0,
        _ => return detail(404, "Invalid cursor"),
    };
    let mut links = vec![link("", "first")];
    if from > 0 {
        links.push(link(&format!("bz0{}", from.saturating_sub(PAGE)), "prev"));
    }
    if from + PAGE < count {
        links.push(link(&format!("bz0{}", from + PAGE), "next"));
    }
    let page: Vec<Value> = objects.into_iter().skip(from).take(PAGE).collect();
    Answer::json(200, &page.into()).with("Link", links.join(", "))
}
