//! Azure DNS, API version 2018-05-01, as its documentation and Microsoft's and others' clients have it (2026-11-23).

mod content;
mod rejections;
mod token;
mod versions;
mod write;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redundns::zone::{Name, RecordKey, RecordType, rdata};
use serde_json::{Value, json};

use self::versions::{Place, State};
use super::clock::{Clock, Rate, Throttle};
use super::http::{Answer, Request};
use super::store::{Held, Store};
use super::{Answers, Vendor};

const TENANT: &str = "7e4ab5c8-1f0d-4c39-a1e6-0000000000aa";
const CLIENT: &str = "2f5d94c3-88a1-49f1-b7d3-0000000000bb";
const SECRET: &str = "a+secret/of=the&application";
const SUBSCRIPTION: &str = "93d1f0b2-5c7e-4b1a-9a64-0000000000cc";
const GROUP: &str = "group-of-zones";
/// What requests bear that are signed without asking for a token before.
const TOKEN: &str = "eyJ0eXAiOiJKV1QifQ.of-the-application";

/// Another application, with the role Reader alone.
const READER: &str = "5a90c1d7-33b2-4f0e-8e57-0000000000dd";
const READERS_SECRET: &str = "a-secret-of-the-reader";
const READERS_TOKEN: &str = "eyJ0eXAiOiJKV1QifQ.of-the-reader";

/// What the trials need to know of it.
pub const VENDOR: Vendor = Vendor {
    adapter: "azure",
    answers: |store, clock| Box::new(Azure::new(store, clock)),
    account: "create = true",
    secrets: &[
        ("tenant_id", TENANT),
        ("client_id", CLIENT),
        ("client_secret", SECRET),
        ("subscription_id", SUBSCRIPTION),
        ("resource_group", GROUP),
    ],
    nameservers: &[
        "ns1-07.azure-dns.com.",
        "ns2-07.azure-dns.net.",
        "ns3-07.azure-dns.org.",
        "ns4-07.azure-dns.info.",
    ],
    counts_serials: false,
    refused: Some(("*.wild", "3600 IN NS ns.example.net.")),
    takes,
    rejections: rejections::REJECTIONS,
    sign: |request| request.set_header("authorization", &format!("Bearer {TOKEN}")),
    throttled: &[429],
    reads_only: &[("client_id", READER), ("client_secret", READERS_SECRET)],
    variables: &[
        "AZURE_TENANT_ID",
        "AZURE_CLIENT_ID",
        "AZURE_CLIENT_SECRET",
        "AZURE_SUBSCRIPTION_ID",
        "AZURE_RESOURCE_GROUP",
    ],
    octodns_calls: Some([2, 100, 1000]),
};

/// Operations on one zone in a minute: <https://learn.microsoft.com/en-us/azure/dns/dns-zones-records#limits>.
const LISTS: Rate = (60, 60);
const GETS: Rate = (2000, 60);
const WRITES: Rate = (200, 60);
/// What whoever is turned away hears; seen by others: <https://github.com/kubernetes-sigs/external-dns/issues/4839>.
const RETRY_AFTER: u32 = 10;
/// Items on a page where nobody says otherwise.
const PAGE: usize = 100;

fn takes(rtype: RecordType, content: &str) -> bool {
    let is_printable = |octets: &[u8]| octets.iter().all(|octet| (32..127).contains(octet));
    match rtype {
        RecordType::MX => !content.ends_with(" ."),
        RecordType::CAA => !content.contains(" tbs "),
        RecordType::TXT => {
            let data = rdata::from_text(rtype, content, None).expect("a text");
            let strings = content::strings(&data);
            strings.iter().any(|string| !string.is_empty())
                && strings.iter().all(|string| is_printable(string))
        }
        _ => true,
    }
}

struct Azure {
    store: Arc<Store>,
    throttle: Throttle,
    state: Mutex<State>,
}

impl Answers for Azure {
    fn answer(&self, request: &Request) -> Answer {
        match self.route(request) {
            Ok(answer) | Err(answer) => answer,
        }
    }
}

/// The words of Azure DNS.
fn refuse(status: u16, code: &str, words: &str) -> Answer {
    Answer::json(status, &json!({ "code": code, "message": words }))
}

/// The words of Resource Manager.
fn managed(status: u16, code: &str, words: &str) -> Answer {
    let error = json!({ "code": code, "message": words });
    Answer::json(status, &json!({ "error": error }))
}

/// What comes of an API version that is missing, or that nobody knows.
fn bad_version(given: Option<&str>) -> Answer {
    match given {
        None => {
            let words =
                "The api-version query parameter (?api-version=) is required for all requests.";
            managed(400, "MissingApiVersionParameter", words)
        }
        Some(other) => {
            let words = format!("No registered resource provider found for API version '{other}'");
            managed(400, "NoRegisteredProviderFound", &words)
        }
    }
}

fn bad(words: &str) -> Answer {
    refuse(400, "BadRequest", words)
}

impl Azure {
    fn new(store: Arc<Store>, clock: Clock) -> Self {
        Self {
            store,
            throttle: Throttle::new(clock),
            state: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, what: &str, zone: &str, rate: Rate) -> Result<(), Answer> {
        let taken = self.throttle.take(&format!("{what} {zone}"), &[rate]);
        taken.map_err(|_| {
            let words = "Too many operations are requested. Current operation is throttled.";
            refuse(429, "Throttled", words).with("Retry-After", RETRY_AFTER)
        })
    }

    fn route(&self, request: &Request) -> Result<Answer, Answer> {
        let segments = request.segments();
        let path: Vec<&str> = segments.iter().map(String::as_str).collect();
        if let [tenant, "oauth2", "v2.0", "token"] = path[..] {
            return token::answer(tenant, request);
        }
        let is_reader = token::authorize(request)? == READER;
        let [
            "subscriptions",
            subscription,
            "resourceGroups",
            group,
            "providers",
            "Microsoft.Network",
            rest @ ..,
        ] = &path[..]
        else {
            return Err(managed(
                404,
                "InvalidResourceType",
                "The resource type could not be found",
            ));
        };
        if *subscription != SUBSCRIPTION {
            let words = format!("The subscription '{subscription}' could not be found.");
            return Err(managed(404, "SubscriptionNotFound", &words));
        }
        if *group != GROUP {
            let words = format!("Resource group '{group}' could not be found.");
            return Err(managed(404, "ResourceGroupNotFound", &words));
        }
        if is_reader && request.method != "GET" {
            let words = format!(
                "The client '{READER}' with object id '{READER}' does not have authorization to perform action \
                 'Microsoft.Network/dnsZones/write' over scope '/subscriptions/{SUBSCRIPTION}' or the scope is invalid."
            );
            return Err(managed(403, "AuthorizationFailed", &words));
        }
        if let [
            "dnsZones",
            _,
            "providers",
            "Microsoft.Authorization",
            "permissions",
        ] = rest
        {
            return token::permissions(is_reader, request);
        }
        if let ["trafficmanagerprofiles" | "trafficManagerProfiles"] = rest {
            return Ok(Answer::json(200, &json!({ "value": [] })));
        }
        let version = request.parameter("api-version");
        if version.as_deref() != Some("2018-05-01") {
            return Err(bad_version(version.as_deref()));
        }
        match (request.method.as_str(), rest) {
            ("GET", ["dnsZones"]) => {
                self.take("list", "", LISTS)?;
                let zones = self.store.origins();
                paged(request, zones.iter().map(zone_object).collect())
            }
            ("GET", ["dnsZones", zone]) => {
                self.take("get", zone, GETS)?;
                Ok(Answer::json(200, &zone_object(self.held(zone)?.origin())))
            }
            ("PUT", ["dnsZones", zone]) => self.create(zone, request),
            ("GET", ["dnsZones", zone, "recordsets" | "all"]) => {
                self.take("list", zone, LISTS)?;
                self.list(zone, request)
            }
            ("GET", ["dnsZones", zone, rtype, name]) => {
                self.take("get", zone, GETS)?;
                let held = self.held(zone)?;
                let place = place(&held, rtype, name)?;
                let object = self.object(&held, &place);
                object.map(|object| Answer::json(200, &object)).ok_or_else(|| {
                    let words = format!("The resource record '{name}' does not exist in resource group '{GROUP}'.");
                    refuse(404, "NotFound", &words)
                })
            }
            ("PUT", ["dnsZones", zone, rtype, name]) => {
                self.take("write", zone, WRITES)?;
                self.put(zone, rtype, name, request)
            }
            ("DELETE", ["dnsZones", zone, rtype, name]) => {
                self.take("delete", zone, WRITES)?;
                self.delete(zone, rtype, name, request)
            }
            _ => Err(managed(
                405,
                "MethodNotAllowed",
                "The method is not allowed",
            )),
        }
    }

    fn held(&self, zone: &str) -> Result<Held, Answer> {
        let held = Name::absolute(zone)
            .ok()
            .and_then(|origin| self.store.get(&origin));
        held.ok_or_else(|| {
            let words = format!(
                "Failed to perform 'read' on resource(s) of type 'dnszones', because the parent resource \
                 '{}' could not be found.",
                zone_id(zone)
            );
            managed(404, "ParentResourceNotFound", &words)
        })
    }

    fn list(&self, zone: &str, request: &Request) -> Result<Answer, Answer> {
        let held = self.held(zone)?;
        let mut places: Vec<Place> = held
            .sets()
            .map(|(key, _)| (held.origin().clone(), key.clone()))
            .collect();
        let aliases = self.state().aliases.keys().cloned().collect::<Vec<_>>();
        places.extend(
            aliases
                .into_iter()
                .filter(|place| place.0 == *held.origin()),
        );
        let objects = places.iter().filter_map(|place| self.object(&held, place));
        paged(request, objects.collect())
    }

    /// A set as it is shown.
    fn object(&self, held: &Held, place: &Place) -> Option<Value> {
        let mut state = self.state();
        let key = &place.1;
        let set = held.get(key).map(|entry| &entry.set);
        let alias = state.aliases.get(place).cloned();
        let mut properties = match (set, alias) {
            (Some(set), _) => content::shown(key.rtype, set),
            (None, Some(alias)) => alias,
            (None, None) => return None,
        };
        let etag = state.etag(place, set);
        let metadata = state.version(place, set).metadata.clone();
        if !metadata.is_null() {
            properties["metadata"] = metadata;
        }
        properties["fqdn"] = json!(key.owner.to_string());
        properties["provisioningState"] = json!("Succeeded");
        let name = match key.owner.borrow().relative_to(held.origin().borrow()) {
            _ if key.owner == *held.origin() => "@".to_owned(),
            name => name,
        };
        let zone = dotless(held.origin());
        Some(json!({
            "id": format!("{}/{}/{name}", zone_id(&zone), key.rtype),
            "name": name,
            "type": format!("Microsoft.Network/dnszones/{}", key.rtype),
            "etag": etag,
            "properties": properties,
        }))
    }
}

fn place(held: &Held, rtype: &str, name: &str) -> Result<Place, Answer> {
    let known = content::TYPES
        .iter()
        .find(|known| known.to_string() == rtype);
    let rtype = *known.ok_or_else(|| {
        let words = format!(
            "The resource type 'dnszones/{rtype}' could not be found in the namespace 'Microsoft.Network' for api \
             version '2018-05-01'."
        );
        managed(404, "InvalidResourceType", &words)
    })?;
    let owner = Name::parse(name.as_bytes(), Some(held.origin().borrow()));
    let owner = owner.map_err(|_| bad(&format!("The record set name '{name}' is invalid.")))?;
    Ok((held.origin().clone(), RecordKey { owner, rtype }))
}

fn dotless(zone: &Name) -> String {
    zone.to_string().trim_end_matches('.').to_owned()
}

fn zone_id(zone: &str) -> String {
    format!(
        "/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers/Microsoft.Network/dnszones/{zone}"
    )
}

fn zone_object(origin: &Name) -> Value {
    let zone = dotless(origin);
    json!({
        "id": zone_id(&zone),
        "name": zone,
        "type": "Microsoft.Network/dnszones",
        "etag": "00000002-0000-0000-7e5d-000000000000",
        "location": "global",
        "tags": {},
        "properties": {
            "maxNumberOfRecordSets": 10_000,
            "nameServers": VENDOR.nameservers,
            "zoneType": "Public",
        },
    })
}

fn paged(request: &Request, objects: Vec<Value>) -> Result<Answer, Answer> {
    let number = |name| request.parameter(name).map(|value| value.parse::<usize>());
    let (Ok(top), Ok(from)) = (
        number("$top").unwrap_or(Ok(PAGE)),
        number("$skipToken").unwrap_or(Ok(0)),
    ) else {
        return Err(bad("The query parameter is invalid."));
    };
    let count = objects.len();
    let page: Vec<Value> = objects.into_iter().skip(from).take(top).collect();
    let mut body = json!({ "value": page });
    if from + top < count {
        let path = request.target.split('?').next().unwrap_or_default();
        let host = request.header("host").unwrap_or_default();
        let next = format!(
            "http://{host}{path}?api-version=2018-05-01&$top={top}&$skipToken={}",
            from + top
        );
        body["nextLink"] = json!(next);
    }
    Ok(Answer::json(200, &body))
}
