//! Google Cloud DNS, as its documentation, its discovery document and Google's own test server for Java
//! (`LocalDnsHelper` of google-cloud-java) have it (2026-11-23), and its token endpoint.

mod change;
mod rejections;
mod token;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redundns::zone::{Name, NoIncludes, RecordType, Source, parse};
use serde_json::{Value, json};

use self::change::{Special, spelled};
use super::clock::{Clock, Throttle};
use super::http::{Answer, Request};
use super::store::{Held, Store};
use super::{Answers, Vendor};

pub use self::token::{KEY, REFRESH_TOKEN};

/// What the trials need to know of it.
pub const VENDOR: Vendor = Vendor {
    adapter: "google",
    answers: |store, clock| Box::new(Google::new(store, clock)),
    account: "create = true",
    secrets: &[("credentials", KEY)],
    nameservers: &[
        "ns-cloud-c1.googledomains.com.",
        "ns-cloud-c2.googledomains.com.",
        "ns-cloud-c3.googledomains.com.",
        "ns-cloud-c4.googledomains.com.",
    ],
    counts_serials: true,
    refused: Some(("*.wild", "3600 IN NS ns.example.net.")),
    takes: |_, _| true,
    rejections: rejections::REJECTIONS,
    sign: token::sign,
    throttled: &[429],
    variables: &["GCE_SERVICE_ACCOUNT"],
    octodns_calls: Some([2, 2, 2]),
};

const PROJECT: &str = "test-project";
/// Things on a page where nobody asks for a number, and at most.
const PAGE: usize = 100;
const LARGEST_PAGE: usize = 1000;
/// How long a change is `pending`.
const PROPAGATION: Duration = Duration::from_secs(10);
/// Requests in a minute: what a project is given differs, and is not in the documentation.
const QUOTA: (usize, u64) = (600, 60);

struct Google {
    store: Arc<Store>,
    clock: Clock,
    throttle: Throttle,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// When each change of a managed zone was submitted, and the change.
    changes: HashMap<(String, usize), (Duration, Value)>,
    /// Names of zones that were made through the API, by origin; the others are called after their origin.
    names: BTreeMap<Name, String>,
    /// Zones beside the first of their name, none of which is served.
    others: Vec<Zone>,
    specials: BTreeMap<Name, Vec<Special>>,
}

#[derive(Clone)]
struct Zone {
    name: String,
    origin: Name,
    is_private: bool,
    is_first: bool,
}

impl Answers for Google {
    fn answer(&self, request: &Request) -> Answer {
        match self.route(request) {
            Ok(answer) | Err(answer) => answer,
        }
    }
}

/// The API's words against a request.
fn error(status: u16, reason: &str, words: &str) -> Answer {
    errors(status, reason, &[words])
}

fn errors(status: u16, reason: &str, words: &[&str]) -> Answer {
    let list: Vec<Value> = words
        .iter()
        .map(|words| json!({ "domain": "global", "reason": reason, "message": words }))
        .collect();
    Answer::json(
        status,
        &json!({ "error": { "code": status, "message": words[0], "errors": list } }),
    )
}

impl Google {
    fn new(store: Arc<Store>, clock: Clock) -> Self {
        Self {
            store,
            throttle: Throttle::new(clock.clone()),
            clock,
            state: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn route(&self, request: &Request) -> Result<Answer, Answer> {
        let segments = request.segments();
        let path: Vec<&str> = segments.iter().map(String::as_str).collect();
        let rest = match (request.method.as_str(), path.as_slice()) {
            ("POST", ["token"]) => return token::grant(request),
            (
                "GET",
                [
                    "computeMetadata",
                    "v1",
                    "instance",
                    "service-accounts",
                    "default",
                    "token",
                ],
            ) => {
                return token::machine(request);
            }
            (_, ["dns", "v1", "projects", project, rest @ ..]) => {
                token::check(request)?;
                if *project != PROJECT {
                    return Err(error(403, "forbidden", "Forbidden"));
                }
                rest
            }
            _ => return Err(error(404, "notFound", "Not Found")),
        };
        self.throttle.take("project", &[QUOTA]).map_err(|_| {
            error(
                429,
                "rateLimitExceeded",
                "Quota exceeded for quota metric 'Read requests' and limit 'Read limit for a minute for a region'.",
            )
        })?;
        match (request.method.as_str(), rest) {
            ("GET", ["managedZones"]) => self.list_zones(request),
            ("POST", ["managedZones"]) => self.create_zone(request),
            ("GET", ["managedZones", name]) => Ok(Answer::json(200, &object(&self.zone(name)?))),
            ("DELETE", ["managedZones", name]) => self.delete_zone(&self.zone(name)?),
            ("GET", ["managedZones", name, "rrsets"]) => self.sets(&self.zone(name)?, request),
            ("POST", ["managedZones", name, "changes"]) => self.change(&self.zone(name)?, request),
            ("GET", ["managedZones", name, "changes", id]) => {
                self.one_change(&self.zone(name)?, id)
            }
            _ => Err(error(404, "notFound", "Not Found")),
        }
    }

    fn zones(&self) -> Vec<Zone> {
        let state = self.state();
        let mut zones: Vec<Zone> = Vec::new();
        for origin in self.store.origins() {
            let usual = || origin.to_string().trim_end_matches('.').replace('.', "-");
            zones.push(Zone {
                name: state.names.get(&origin).cloned().unwrap_or_else(usual),
                origin,
                is_private: false,
                is_first: true,
            });
        }
        zones.extend(state.others.iter().cloned());
        zones.sort_by(|a, b| a.name.cmp(&b.name));
        zones
    }

    fn zone(&self, name: &str) -> Result<Zone, Answer> {
        let found = self.zones().into_iter().find(|zone| zone.name == name);
        found.ok_or_else(|| {
            let words =
                format!("The 'parameters.managedZone' resource named '{name}' does not exist.");
            error(404, "notFound", &words)
        })
    }

    fn held(&self, zone: &Zone) -> Option<Held> {
        self.store.get(&zone.origin).filter(|_| zone.is_first)
    }

    fn list_zones(&self, request: &Request) -> Result<Answer, Answer> {
        let mut zones = self.zones();
        if let Some(name) = request.parameter("dnsName") {
            if !name.ends_with('.') {
                let words = format!("Invalid value for 'parameters.dnsName': '{name}'");
                return Err(error(400, "invalid", &words));
            }
            zones.retain(|zone| zone.origin.to_string() == name.to_ascii_lowercase());
        }
        paged(request, "managedZones", zones.iter().map(object).collect())
    }

    fn create_zone(&self, request: &Request) -> Result<Answer, Answer> {
        let body = request
            .json()
            .ok_or_else(|| error(400, "parseError", "Parse Error"))?;
        let field = |key: &str| {
            body[key].as_str().ok_or_else(|| {
                let words = format!(
                    "The 'entity.managedZone.{key}' parameter is required but was missing."
                );
                error(400, "required", &words)
            })
        };
        let (name, dns_name) = (field("name")?, field("dnsName")?);
        field("description")?;
        let invalid = |key: &str, value: &str| {
            let words = format!("Invalid value for 'entity.managedZone.{key}': '{value}'");
            error(400, "invalid", &words)
        };
        let is_plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
        let is_name = (1..=63).contains(&name.len())
            && name.bytes().all(is_plain)
            && name.as_bytes()[0].is_ascii_lowercase()
            && !name.ends_with('-');
        if !is_name {
            return Err(invalid("name", name));
        }
        let origin = Some(dns_name)
            .filter(|name| name.ends_with('.'))
            .and_then(|name| Name::absolute(name).ok())
            .ok_or_else(|| invalid("dnsName", dns_name))?;
        if [".", "com.", "co.uk.", "example.com."].contains(&dns_name) {
            let words = format!(
                "The domain '{dns_name}' (or its child domains) may be reserved or registered already, prohibited by \
                 policy, or there may be no DNS name server shards remaining for the name."
            );
            return Err(error(400, "managedZoneDnsNameNotAvailable", &words));
        }
        if self.zones().iter().any(|zone| zone.name == name) {
            let words = format!("The resource 'entity.managedZone' named '{name}' already exists");
            return Err(error(409, "alreadyExists", &words));
        }
        let zone = Zone {
            name: name.to_owned(),
            is_private: body["visibility"] == "private",
            is_first: self.store.get(&origin).is_none() && body["visibility"] != "private",
            origin,
        };
        if zone.is_first {
            let mut text = "@ 21600 IN SOA ns-cloud-c1.googledomains.com. cloud-dns-hostmaster.google.com. 1 21600 3600 \
                            259200 300\n"
                .to_owned();
            for server in VENDOR.nameservers {
                text += &format!("@ 21600 IN NS {server}\n");
            }
            let source = Source {
                name: "new",
                text: text.as_bytes(),
            };
            let parsed = parse(&source, zone.origin.clone(), &NoIncludes);
            let origin = zone.origin.clone();
            self.state().names.insert(origin, zone.name.clone());
            self.store.add(&parsed.zone);
        } else {
            self.state().others.push(zone.clone());
        }
        Ok(Answer::json(200, &object(&zone)))
    }

    fn delete_zone(&self, zone: &Zone) -> Result<Answer, Answer> {
        if self.held(zone).is_some_and(|held| held.sets().count() > 2) {
            let words = format!(
                "The resource named '{}' cannot be deleted because it is not empty",
                zone.name
            );
            return Err(error(400, "containerNotEmpty", &words));
        }
        if zone.is_first {
            self.store.remove(&zone.origin);
        }
        self.state().others.retain(|other| other.name != zone.name);
        Ok(Answer::empty(204))
    }

    fn sets(&self, zone: &Zone, request: &Request) -> Result<Answer, Answer> {
        let (name, rtype) = (request.parameter("name"), request.parameter("type"));
        if rtype.is_some() && name.is_none() {
            let words = "Invalid value for 'parameters.name': '' (name must be specified if type is specified)";
            return Err(error(400, "invalid", words));
        }
        if let Some(name) = name.as_ref().filter(|name| !name.ends_with('.')) {
            let words = format!("Invalid value for 'parameters.name': '{name}'");
            return Err(error(400, "invalid", &words));
        }
        let mut sets = Vec::new();
        if let Some(held) = self.held(zone) {
            for (key, entry) in held.sets() {
                let values = entry.set.rdata.iter();
                let values: Vec<String> = values.map(|data| spelled(key.rtype, data)).collect();
                sets.push(json!({
                    "kind": "dns#resourceRecordSet", "name": key.owner.to_string(), "type": key.rtype.to_string(),
                    "ttl": entry.set.ttl, "rrdatas": values, "signatureRrdatas": [],
                }));
            }
        }
        if let Some(specials) = self.state().specials.get(&zone.origin) {
            sets.extend(specials.iter().map(|special| special.json.clone()));
        }
        sets.retain(|set| name.as_ref().is_none_or(|name| set["name"] == **name));
        sets.retain(|set| rtype.as_ref().is_none_or(|rtype| set["type"] == **rtype));
        paged(request, "rrsets", sets)
    }

    fn change(&self, zone: &Zone, request: &Request) -> Result<Answer, Answer> {
        let body = request
            .json()
            .ok_or_else(|| error(400, "parseError", "Parse Error"))?;
        let specials = self.state().specials.get(&zone.origin).cloned();
        let mut specials = specials.unwrap_or_default();
        let change = |held: &mut Held| change::apply(&body, held, &mut specials);
        let made = if change::touches(&body, RecordType::SOA) {
            self.store.change_uncounted(&zone.origin, change)
        } else {
            self.store.change(&zone.origin, change)
        };
        made.ok_or_else(|| error(404, "notFound", "Not Found"))??;
        let mut state = self.state();
        state.specials.insert(zone.origin.clone(), specials);
        let of_zone = state.changes.keys().filter(|key| key.0 == zone.name);
        let id = of_zone.count() + 1;
        let mut made = json!({ "kind": "dns#change", "id": id.to_string(), "startTime": "2026-11-23T13:00:00.000Z" });
        for list in ["additions", "deletions"] {
            if let Some(list_of_sets) = body.get(list) {
                made[list] = list_of_sets.clone();
            }
        }
        let entry = (self.clock.now(), made.clone());
        state.changes.insert((zone.name.clone(), id), entry);
        made["status"] = json!("pending");
        Ok(Answer::json(200, &made))
    }

    fn one_change(&self, zone: &Zone, id: &str) -> Result<Answer, Answer> {
        let missing = || {
            let words = format!("The 'parameters.changeId' resource named '{id}' does not exist.");
            error(404, "notFound", &words)
        };
        let key = (zone.name.clone(), id.parse().map_err(|_| missing())?);
        let (at, mut made) = self
            .state()
            .changes
            .get(&key)
            .cloned()
            .ok_or_else(missing)?;
        let is_done = at + PROPAGATION <= self.clock.now();
        made["status"] = json!(if is_done { "done" } else { "pending" });
        Ok(Answer::json(200, &made))
    }
}

fn object(zone: &Zone) -> Value {
    let mut object = json!({
        "kind": "dns#managedZone", "name": zone.name, "dnsName": zone.origin.to_string(), "description": "",
        "id": "6704239463137132415", "creationTime": "2026-11-23T13:00:00.000Z",
        "visibility": if zone.is_private { "private" } else { "public" },
    });
    if !zone.is_private {
        object["nameServers"] = json!(VENDOR.nameservers);
    }
    object
}

fn paged(request: &Request, list: &str, things: Vec<Value>) -> Result<Answer, Answer> {
    let most = match request
        .parameter("maxResults")
        .map(|most| most.parse::<usize>())
    {
        None => PAGE,
        Some(Ok(most)) if most > 0 => most.min(LARGEST_PAGE),
        Some(_) => {
            return Err(error(
                400,
                "invalid",
                "Invalid value for 'parameters.maxResults'",
            ));
        }
    };
    let from = match request.parameter("pageToken") {
        None => 0,
        Some(token) => {
            let from = token
                .strip_prefix("CjkK")
                .and_then(|from| from.parse::<usize>().ok());
            from.ok_or_else(|| error(400, "invalid", "Invalid value for 'parameters.pageToken'"))?
        }
    };
    let is_more = things.len() > from + most;
    let page: Vec<Value> = things.into_iter().skip(from).take(most).collect();
    let mut answer = json!({ "kind": format!("dns#{list}ListResponse"), list: page });
    if is_more {
        answer["nextPageToken"] = json!(format!("CjkK{}", from + most));
    }
    Ok(Answer::json(200, &answer))
}
