//! `DNSimple`, as its documentation, its client for Python 2.15, octoDNS's and `DNSControl`'s providers have it
//! (2026-11-30). Words of refusals that its documentation does not quote are ours.

mod check;
mod record;
mod rejections;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redundns::zone::{Name, NoIncludes, RecordType, Source, parse};
use serde_json::{Value, json};

use self::record::Records;
use super::clock::{Clock, Rate, Throttle};
use super::http::{Answer, Request};
use super::store::{Held, Store};
use super::{Answers, Vendor};

/// What the trials need to know of it.
pub const VENDOR: Vendor = Vendor {
    adapter: "dnsimple",
    answers: |store, clock| Box::new(Dnsimple::new(store, clock)),
    account: "account = \"731\"\ncreate = true",
    secrets: &[("token", TOKEN)],
    nameservers: &[
        "ns1.dnsimple-edge.com.",
        "ns2.dnsimple-edge.net.",
        "ns3.dnsimple-edge.io.",
        "ns4.dnsimple-edge.org.",
    ],
    counts_serials: true,
    refused: Some(("not\\032here", "300 IN A 192.0.2.1")),
    takes,
    rejections: rejections::REJECTIONS,
    sign: |request| request.set_header("authorization", &format!("Bearer {TOKEN}")),
    throttled: &[429],
    reads_only: &[],
    variables: &["DNSIMPLE_TOKEN"],
    octodns_calls: Some([2, 101, 1001]),
};

const TOKEN: &str = "dnsimple_a_qPZ7h3wXk1RvT9sLcY2uN8mB5gJ4dF6e";
/// An account of the Enterprise plan.
const ENTERPRISE: &str = "731";
/// One of the Solo plan, which sees the same zones here.
pub const SOLO: &str = "732";

/// <https://developer.dnsimple.com/v2/#rate-limiting>
const RATES: &[Rate] = &[(2400, 3600)];
const PAGE: usize = 100;
/// The documentation says that there is a limit, and not which.
const BATCH: usize = 100;

fn takes(rtype: RecordType, content: &str) -> bool {
    match rtype {
        RecordType::TXT => content != "\"\"" && content.len() <= check::TXT_CHARACTERS,
        RecordType::SRV => !content.ends_with(" ."),
        _ => true,
    }
}

/// A no.
pub struct Refusal(pub u16, pub Value);

impl Refusal {
    /// One sentence.
    pub fn new(status: u16, message: &str) -> Self {
        Self(status, json!({ "message": message }))
    }

    /// What is wrong with a field.
    pub fn invalid(field: &str, words: &str) -> Self {
        let errors = json!({ field: [words] });
        Self(
            400,
            json!({ "message": "Validation failed", "errors": errors }),
        )
    }
}

struct Dnsimple {
    store: Arc<Store>,
    throttle: Throttle,
    zones: Mutex<BTreeMap<Name, Zone>>,
}

/// What a zone has beside what it serves.
struct Zone {
    records: Records,
    is_active: bool,
}

type Outcome = Result<(u16, Value), Refusal>;

impl Answers for Dnsimple {
    fn answer(&self, request: &Request) -> Answer {
        let (status, body) = self
            .route(request)
            .unwrap_or_else(|Refusal(status, body)| (status, body));
        let answer = match status {
            204 => Answer::empty(status),
            _ => Answer::json(status, &body),
        };
        let remaining = if status == 429 { "0" } else { "2399" };
        answer
            .with("X-RateLimit-Limit", "2400")
            .with("X-RateLimit-Remaining", remaining)
            .with("X-RateLimit-Reset", "1")
    }
}

fn dotless(name: &Name) -> String {
    name.to_string().trim_end_matches('.').to_owned()
}

fn data(value: &Value) -> (u16, Value) {
    (200, json!({ "data": value }))
}

fn body(request: &Request) -> Result<Value, Refusal> {
    let body = request.json().filter(Value::is_object);
    body.ok_or_else(|| Refusal::new(400, "Problems parsing JSON"))
}

fn paged(request: &Request, all: &[Value]) -> Outcome {
    let number = |name: &str, default: usize| match request.parameter(name) {
        None => Ok(default),
        Some(text) => text
            .parse()
            .ok()
            .filter(|&number: &usize| number > 0)
            .ok_or_else(|| Refusal::new(400, &format!("Invalid {name}"))),
    };
    let (page, per_page) = (number("page", 1)?, number("per_page", 30)?);
    if per_page > PAGE {
        return Err(Refusal::new(400, "per_page must be at most 100"));
    }
    let shown = all.iter().skip((page - 1) * per_page).take(per_page);
    let shown: Vec<&Value> = shown.collect();
    Ok((
        200,
        json!({ "data": shown, "pagination": {
            "current_page": page, "per_page": per_page, "total_entries": all.len(),
            "total_pages": all.len().div_ceil(per_page),
        } }),
    ))
}

impl Dnsimple {
    fn new(store: Arc<Store>, clock: Clock) -> Self {
        Self {
            store,
            throttle: Throttle::new(clock),
            zones: Mutex::default(),
        }
    }

    fn route(&self, request: &Request) -> Outcome {
        if request.header("authorization") != Some(&format!("Bearer {TOKEN}")) {
            return Err(Refusal::new(401, "Authentication failed"));
        }
        let taken = self.throttle.take("account", RATES);
        taken.map_err(|_| Refusal::new(429, "quota exceeded"))?;
        let segments = request.segments();
        let path: Vec<&str> = segments.iter().map(String::as_str).collect();
        let ["v2", account @ (ENTERPRISE | SOLO), rest @ ..] = path.as_slice() else {
            return Err(Refusal::new(404, "Not Found"));
        };
        match (request.method.as_str(), rest) {
            ("GET", ["zones"]) => {
                let zones = self.zones();
                let shown = zones.iter().map(|(origin, zone)| Self::shown(origin, zone));
                paged(request, &shown.collect::<Vec<_>>())
            }
            ("POST", ["domains"]) => self.create(&body(request)?),
            (method, ["zones", name, rest @ ..]) => {
                let origin = Name::absolute(name).map_err(|_| Refusal::new(404, "Not Found"))?;
                let is_enterprise = *account == ENTERPRISE;
                self.in_zone(method, &origin, rest, request, is_enterprise)
            }
            _ => Err(Refusal::new(404, "Not Found")),
        }
    }

    fn in_zone(
        &self,
        method: &str,
        origin: &Name,
        rest: &[&str],
        request: &Request,
        is_enterprise: bool,
    ) -> Outcome {
        let mut zones = self.zones();
        let missing = || Refusal::new(404, &format!("Zone `{}` not found", dotless(origin)));
        let zone = zones.get_mut(origin).ok_or_else(missing)?;
        let needs = |feature: &str| {
            let words = format!("{feature} feature is not enabled for the account");
            if is_enterprise {
                Ok(())
            } else {
                Err(Refusal::new(412, &words))
            }
        };
        let records = &mut zone.records;
        let outcome = match (method, rest) {
            ("GET", []) => data(&Self::shown(origin, zone)),
            ("PUT", ["activation"]) => {
                zone.is_active = true;
                data(&Self::shown(origin, zone))
            }
            ("DELETE", ["activation"]) => {
                zone.is_active = false;
                data(&Self::shown(origin, zone))
            }
            ("GET", ["records"]) => {
                let (name, rtype) = (request.parameter("name"), request.parameter("type"));
                let listed = records.list(origin, name.as_deref(), rtype.as_deref());
                paged(request, &listed)?
            }
            ("POST", ["records"]) => {
                let made = records.create(origin, &body(request)?)?;
                (201, json!({ "data": made }))
            }
            ("GET", ["records", id]) => data(&records.shown(origin, id)?),
            ("PATCH", ["records", id]) => data(&records.alter(origin, id, &body(request)?)?),
            ("DELETE", ["records", id]) => {
                records.delete(id)?;
                (204, Value::Null)
            }
            ("POST", ["batch"]) => {
                needs("Batch change zone records")?;
                let mut changed = records.clone();
                let made = changed.batch(origin, &body(request)?, BATCH)?;
                *records = changed;
                data(&made)
            }
            ("PUT", ["ns_records"]) => {
                needs("Name server sets")?;
                data(&records.set_apex_ns(origin, &body(request)?)?)
            }
            _ => return Err(Refusal::new(404, "Not Found")),
        };
        let records = &mut zone.records;
        let served = self.store.change(origin, |held: &mut Held| {
            records.serve(held);
            Ok::<_, Refusal>(())
        });
        served.unwrap_or(Ok(()))?;
        Ok(outcome)
    }

    /// The zones, those from past the API among them.
    fn zones(&self) -> MutexGuard<'_, BTreeMap<Name, Zone>> {
        let mut zones = self.zones.lock().unwrap_or_else(PoisonError::into_inner);
        for origin in self.store.origins() {
            if !zones.contains_key(&origin)
                && let Some(held) = self.store.get(&origin)
            {
                let records = Records::of(&held);
                let is_active = true;
                zones.insert(origin, Zone { records, is_active });
            }
        }
        zones
    }

    fn shown(origin: &Name, zone: &Zone) -> Value {
        json!({
            "id": 1, "account_id": 731, "name": dotless(origin), "reverse": false, "secondary": false,
            "last_transferred_at": null, "active": zone.is_active,
            "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
        })
    }

    fn create(&self, body: &Value) -> Outcome {
        let name = body["name"].as_str().unwrap_or_default();
        let origin = Name::absolute(name).ok().filter(|_| name.contains('.'));
        let origin = origin.ok_or_else(|| Refusal::invalid("name", "is an invalid domain"))?;
        if self.zones().contains_key(&origin) {
            return Err(Refusal::invalid("name", "has already been taken"));
        }
        let mut text = "@ 3600 IN SOA ns1.dnsimple-edge.com. admin.dnsimple.com. 1764460800 86400 7200 604800 300\n".to_owned();
        for server in VENDOR.nameservers {
            text += &format!("@ 3600 IN NS {server}\n");
        }
        let source = Source {
            name: "new",
            text: text.as_bytes(),
        };
        self.store.add(&parse(&source, origin, &NoIncludes).zone);
        Ok((
            201,
            json!({ "data": { "id": 1, "name": name, "state": "hosted" } }),
        ))
    }
}
