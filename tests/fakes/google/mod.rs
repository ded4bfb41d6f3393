//! Google Cloud DNS, as its documentation, its discovery document and Google's own test server for Java
//! (`LocalDnsHelper` of google-cloud-java) have it (2026-11-23), and its token endpoint.

mod change;
mod rejections;
mod token;
mod zones;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redundns::zone::{Name, RecordType};
use serde_json::{Value, json};

use self::change::{Special, spelled};
use self::zones::{Zone, object};
use super::clock::{Clock, Throttle};
use super::http::{Answer, Request};
use super::store::{Held, Store};
use super::{Answers, Vendor};

pub use self::token::{KEY, REFRESH_TOKEN};

/// What the trials need to know of it.
pub const VENDOR: Vendor = Vendor {
    adapter: "google",
    answers: |store, clock| Box::new(Google::new(store, clock)),
    account: "create = true\nproject = \"test-project\"",
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
    reads_only: &[("credentials", token::VIEWER)],
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
                let is_viewer = token::check(request)? == token::Caller::Viewer;
                if let ("POST", ["managedZones", name]) = (request.method.as_str(), rest)
                    && let Some(name) = name.strip_suffix(":testIamPermissions")
                {
                    return self.permissions(name, is_viewer, request);
                }
                if is_viewer && request.method != "GET" {
                    return Err(error(403, "forbidden", "Forbidden"));
                }
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

    /// Those of the permissions asked about that whoever asks has, of a zone that is there.
    ///
    /// <https://docs.cloud.google.com/dns/docs/reference/rest/v1/managedZones/testIamPermissions>
    fn permissions(
        &self,
        zone: &str,
        is_viewer: bool,
        request: &Request,
    ) -> Result<Answer, Answer> {
        let body = request
            .json()
            .ok_or_else(|| error(400, "parseError", "Parse Error"))?;
        let asked = body["permissions"].as_array().cloned().unwrap_or_default();
        let has = |permission: &&Value| {
            let permission = permission.as_str().unwrap_or_default();
            let reads = [".get", ".list"]
                .iter()
                .any(|verb| permission.ends_with(verb));
            self.zone(zone).is_ok() && permission.starts_with("dns.") && (reads || !is_viewer)
        };
        let granted: Vec<&Value> = asked.iter().filter(has).collect();
        // An empty list is left out, as everywhere in this API.
        Ok(Answer::json(
            200,
            &if granted.is_empty() {
                json!({})
            } else {
                json!({ "permissions": granted })
            },
        ))
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
