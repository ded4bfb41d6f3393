//! Cloudflare, as its documentation, its client for Python 5.9 and octoDNS's provider have it (2026-11-23). Words and
//! codes of refusals are those that users have quoted in public, where any did.

mod check;
mod record;
mod rejections;
mod spelling;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redundns::zone::{Name, NoIncludes, RecordType, Source, parse, rdata};
use serde_json::{Value, json};

use self::check::Refusal;
use self::record::Records;
use super::clock::{Clock, Rate, Throttle};
use super::http::{Answer, Request};
use super::store::{Held, Store};
use super::{Answers, Vendor, hexadecimal};

/// What the trials need to know of it.
pub const VENDOR: Vendor = Vendor {
    adapter: "cloudflare",
    answers: |store, clock| Box::new(Cloudflare::new(store, clock)),
    account: "create = true",
    secrets: &[("token", TOKEN)],
    nameservers: &["ada.ns.cloudflare.com.", "bob.ns.cloudflare.com."],
    counts_serials: true,
    refused: Some(("not\\032here", "300 IN A 192.0.2.1")),
    takes,
    rejections: rejections::REJECTIONS,
    sign: |request| request.set_header("authorization", &format!("Bearer {TOKEN}")),
    throttled: &[429],
    reads_only: &[("token", READER)],
    variables: &["CLOUDFLARE_API_TOKEN"],
    octodns_calls: Some([1, 100, 1000]),
};

const TOKEN: &str = "Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY";
/// Of a token that was made from the template "Read all resources".
const READER: &str = "Rd0nlyTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY";
const ACCOUNT: &str = "023e105f4ecef8ad9ca31a8372d0c353";

/// <https://developers.cloudflare.com/fundamentals/api/reference/limits/>
const RATES: &[Rate] = &[(200, 1), (1200, 300)];
/// Zones, or accounts, on a page.
const MOST_ZONES: usize = 50;
/// Records on a page.
const MOST_RECORDS: usize = 5_000_000;
/// Records of a free zone, and those of one whose quota support has raised, as zones from past the API are.
const QUOTA: usize = 200;
const RAISED_QUOTA: usize = 10_000;

fn takes(rtype: RecordType, content: &str) -> bool {
    let data = rdata::from_text(rtype, content, Some(Name::root().borrow()));
    let is_empty = |data: Vec<u8>| data.iter().all(|&octet| octet == 0);
    rtype != RecordType::TXT || !data.is_ok_and(is_empty)
}

/// What a zone has beside what it serves.
#[derive(Clone)]
pub struct Zone {
    records: Records,
    multi_provider: bool,
    ns_ttl: u32,
    flatten_all_cnames: bool,
    quota: usize,
}

struct Cloudflare {
    store: Arc<Store>,
    throttle: Throttle,
    zones: Mutex<BTreeMap<Name, Zone>>,
}

impl Answers for Cloudflare {
    fn answer(&self, request: &Request) -> Answer {
        match self.route(request) {
            Ok(answer) => answer,
            Err(refusal) => refusal.answer(),
        }
    }
}

fn result(value: &Value) -> Answer {
    let body = json!({ "success": true, "errors": [], "messages": [], "result": value });
    Answer::json(200, &body)
}

/// One page of many.
fn paged(request: &Request, most: usize, default: usize, all: &[Value]) -> Result<Answer, Refusal> {
    let number = |name: &str, default: usize| match request.parameter(name) {
        None => Ok(default),
        Some(text) => text
            .parse()
            .ok()
            .filter(|&number: &usize| number > 0)
            .ok_or_else(|| Refusal::new(400, 1003, &format!("Invalid value for {name}"))),
    };
    let (page, per_page) = (number("page", 1)?, number("per_page", default)?);
    if per_page > most {
        let words = format!("per_page must be at most {most}");
        return Err(Refusal::new(400, 1003, &words));
    }
    let shown: Vec<&Value> = all
        .iter()
        .skip((page - 1) * per_page)
        .take(per_page)
        .collect();
    let body = json!({
        "success": true, "errors": [], "messages": [], "result": shown,
        "result_info": {
            "page": page, "per_page": per_page, "count": shown.len(), "total_count": all.len(),
            "total_pages": all.len().div_ceil(per_page),
        },
    });
    Ok(Answer::json(200, &body))
}

fn dotless(name: &Name) -> String {
    name.to_string().trim_end_matches('.').to_owned()
}

fn no_route(request: &Request) -> Refusal {
    let path = request.target.split('?').next().unwrap_or_default();
    let words = format!("Could not route to {path}, perhaps your object identifier is invalid?");
    Refusal::new(404, 7003, &words)
}

fn authorize(request: &Request) -> Result<(), Refusal> {
    let Some(given) = request.header("authorization") else {
        let words = "Missing X-Auth-Key, X-Auth-Email or Authorization headers";
        return Err(Refusal::new(400, 9106, words));
    };
    let token = given.strip_prefix("Bearer ").unwrap_or_default();
    if token == TOKEN || (token == READER && request.method == "GET") {
        Ok(())
    } else if token == READER {
        Err(Refusal::new(403, 10000, "Authentication error"))
    } else if token.len() == TOKEN.len() {
        Err(Refusal::new(403, 9109, "Invalid access token"))
    } else {
        Err(Refusal::new(400, 6003, "Invalid request headers")
            .because(6111, "Invalid format for Authorization header"))
    }
}

fn body(request: &Request) -> Result<Value, Refusal> {
    let body = request.json().filter(Value::is_object);
    body.ok_or_else(|| Refusal::new(400, 9207, "Request body is invalid."))
}

impl Cloudflare {
    fn new(store: Arc<Store>, clock: Clock) -> Self {
        Self {
            store,
            throttle: Throttle::new(clock),
            zones: Mutex::default(),
        }
    }

    fn route(&self, request: &Request) -> Result<Answer, Refusal> {
        authorize(request)?;
        self.throttle.take("token", RATES).map_err(|wait| {
            let words = "Please wait and consider throttling your request speed";
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            Refusal::new(429, 971, words).after(seconds)
        })?;
        let segments = request.segments();
        let path: Vec<&str> = segments.iter().map(String::as_str).collect();
        let ["client", "v4", rest @ ..] = path.as_slice() else {
            return Err(no_route(request));
        };
        match (request.method.as_str(), rest) {
            ("GET", ["accounts"]) => {
                let account = json!({ "id": ACCOUNT, "name": "Example", "type": "standard" });
                paged(request, MOST_ZONES, 20, &[account])
            }
            ("GET", ["zones"]) => self.list_zones(request),
            ("POST", ["zones"]) => self.create_zone(&body(request)?, request),
            (method, ["zones", id, rest @ ..]) => {
                let origin = self.origin(id).ok_or_else(|| no_route(request))?;
                self.in_zone(method, &origin, rest, request)
            }
            _ => Err(no_route(request)),
        }
    }

    fn in_zone(
        &self,
        method: &str,
        origin: &Name,
        rest: &[&str],
        request: &Request,
    ) -> Result<Answer, Refusal> {
        match (method, rest) {
            ("GET", []) => Ok(result(&Self::object(origin, request))),
            ("GET", ["dns_settings"]) => Ok(result(&self.settings(origin))),
            ("PATCH", ["dns_settings"]) => {
                let body = body(request)?;
                self.edit(origin, |zone| zone.set(origin, &body))?;
                Ok(result(&self.settings(origin)))
            }
            ("GET", ["dns_records"]) => {
                let all = self.with(origin, |zone| zone.records.objects(origin));
                paged(request, MOST_RECORDS, 100, &all)
            }
            ("POST", ["dns_records"]) => {
                let body = body(request)?;
                let made = self.edit(origin, |zone| zone.post(origin, &body))?;
                Ok(result(&made))
            }
            ("POST", ["dns_records", "batch"]) => {
                let body = body(request)?;
                let made = self.edit(origin, |zone| zone.batch(origin, &body))?;
                Ok(result(&made))
            }
            ("GET", ["dns_records", id]) => {
                let found = self.with(origin, |zone| zone.records.object(origin, id));
                Ok(result(&found?))
            }
            (method @ ("PUT" | "PATCH"), ["dns_records", id]) => {
                let mut body = body(request)?;
                body["id"] = json!(id);
                let is_whole = method == "PUT";
                let made = self.edit(origin, |zone| zone.change(origin, &body, is_whole))?;
                Ok(result(&made))
            }
            ("DELETE", ["dns_records", id]) => {
                let body = json!({ "id": id });
                let gone = self.edit(origin, |zone| zone.delete(&body))?;
                Ok(result(&gone))
            }
            _ => Err(no_route(request)),
        }
    }

    /// The zones, those from past the API among them.
    fn zones(&self) -> MutexGuard<'_, BTreeMap<Name, Zone>> {
        let mut zones = self.zones.lock().unwrap_or_else(PoisonError::into_inner);
        for origin in self.store.origins() {
            if !zones.contains_key(&origin)
                && let Some(held) = self.store.get(&origin)
            {
                zones.insert(origin, Zone::of(&held));
            }
        }
        zones
    }

    fn origin(&self, id: &str) -> Option<Name> {
        let zones = self.zones();
        let mut origins = zones.keys();
        origins
            .find(|origin| hexadecimal(&dotless(origin)) == id)
            .cloned()
    }

    fn with<T>(&self, origin: &Name, read: impl FnOnce(&Zone) -> T) -> T {
        read(&self.zones()[origin])
    }

    /// Changes a zone wholly or not at all, and what it serves with it.
    fn edit<T>(
        &self,
        origin: &Name,
        edit: impl FnOnce(&mut Zone) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let mut zones = self.zones();
        let mut changed = zones[origin].clone();
        let done = edit(&mut changed)?;
        let served = self.store.change(origin, |held: &mut Held| {
            changed.serve(held);
            Ok::<_, Refusal>(())
        });
        served.unwrap_or(Ok(()))?;
        zones.insert(origin.clone(), changed);
        Ok(done)
    }

    fn settings(&self, origin: &Name) -> Value {
        self.with(origin, |zone| {
            json!({
                "flatten_all_cnames": zone.flatten_all_cnames,
                "foundation_dns": false,
                "internal_dns": {},
                "multi_provider": zone.multi_provider,
                "nameservers": { "type": "cloudflare.standard" },
                "ns_ttl": zone.ns_ttl,
                "secondary_overrides": false,
                "soa": { "expire": 604_800, "min_ttl": 1800, "mname": "ada.ns.cloudflare.com",
                    "refresh": 10000, "retry": 2400, "rname": "dns.cloudflare.com", "ttl": 3600 },
                "zone_mode": "standard",
            })
        })
    }

    /// A zone as whoever asks is shown it.
    fn object(origin: &Name, request: &Request) -> Value {
        let name = dotless(origin);
        let is_reader = request.header("authorization") == Some(&format!("Bearer {READER}"));
        let permissions: &[&str] = if is_reader {
            &["#dns_records:read", "#zone:read"]
        } else {
            &["#dns_records:edit", "#dns_records:read", "#zone:read"]
        };
        let servers = VENDOR.nameservers.iter();
        let servers: Vec<&str> = servers.map(|name| name.trim_end_matches('.')).collect();
        json!({
            "id": hexadecimal(&name),
            "name": name,
            "status": "pending",
            "paused": false,
            "type": "full",
            "development_mode": 0,
            "name_servers": servers,
            "original_name_servers": null,
            "original_registrar": null,
            "original_dnshost": null,
            "created_on": "2026-01-01T00:00:00.000000Z",
            "modified_on": "2026-01-01T00:00:00.000000Z",
            "activated_on": null,
            "meta": {},
            "owner": { "id": null, "type": "user", "email": null },
            "account": { "id": ACCOUNT, "name": "Example" },
            "permissions": permissions,
            "plan": { "id": "0feeeeeeeeeeeeeeeeeeeeeeeeeeeeee", "name": "Free Website", "legacy_id": "free" },
        })
    }

    fn list_zones(&self, request: &Request) -> Result<Answer, Refusal> {
        let origins: Vec<Name> = self.zones().keys().cloned().collect();
        let name = request.parameter("name");
        let account = request.parameter("account.id");
        let is_wanted = |origin: &&Name| {
            name.as_ref().is_none_or(|name| dotless(origin) == *name)
                && account.as_ref().is_none_or(|id| id == ACCOUNT)
        };
        let wanted = origins.iter().filter(is_wanted);
        let objects: Vec<Value> = wanted.map(|origin| Self::object(origin, request)).collect();
        paged(request, MOST_ZONES, 20, &objects)
    }

    fn create_zone(&self, body: &Value, request: &Request) -> Result<Answer, Refusal> {
        if body["account"]["id"] != ACCOUNT {
            let words = "Invalid account identifier passed in your organization variable";
            return Err(Refusal::new(400, 1067, words));
        }
        let name = body["name"].as_str().unwrap_or_default();
        let origin = Name::absolute(name).ok();
        let Some(origin) = origin.filter(|_| name.contains('.') && !name.ends_with('.')) else {
            let words = format!("{name} is not a registered domain");
            return Err(Refusal::new(400, 1049, &words));
        };
        if self.zones().contains_key(&origin) {
            return Err(Refusal::new(400, 1061, &format!("{name} already exists")));
        }
        let mut text = "@ 3600 IN SOA ada.ns.cloudflare.com. dns.cloudflare.com. \
            2300000000 10000 2400 604800 1800\n"
            .to_owned();
        for server in VENDOR.nameservers {
            text += &format!("@ 86400 IN NS {server}\n");
        }
        let source = Source {
            name: "new",
            text: text.as_bytes(),
        };
        self.store
            .add(&parse(&source, origin.clone(), &NoIncludes).zone);
        if let Some(zone) = self.zones().get_mut(&origin) {
            zone.quota = QUOTA;
            zone.multi_provider = false;
        }
        Ok(result(&Self::object(&origin, request)))
    }
}
