//! Amazon Route 53, as its developer guide, its API reference and botocore's model of it have it (2026-11-23).

mod batch;
mod rejections;
mod signature;
mod value;
mod xml;
mod zones;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redundns::zone::{Name, RecordType};

use self::batch::Special;
use self::xml::{Element, element, text};
use self::zones::Zone;
use super::clock::Clock;
use super::http::{Answer, Request};
use super::store::{Held, Store};
use super::{Answers, Vendor};

/// What the trials need to know of it.
pub const VENDOR: Vendor = Vendor {
    adapter: "route53",
    answers: |store, clock| Box::new(Route53::new(store, clock)),
    account: "create = true",
    secrets: &[
        ("access_key_id", signature::KEY_ID),
        ("secret_access_key", signature::SECRET),
    ],
    nameservers: &[
        "ns-2048.awsdns-64.com.",
        "ns-2049.awsdns-65.net.",
        "ns-2050.awsdns-66.org.",
        "ns-2051.awsdns-67.co.uk.",
    ],
    counts_serials: false,
    refused: Some(("*.wild", "3600 IN NS ns.example.net.")),
    takes: |_, _| true,
    rejections: rejections::REJECTIONS,
    sign: signature::sign,
    throttled: &[400],
    reads_only: &[],
    variables: &["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
    octodns_calls: Some([2, 1, 2]),
};

const NAMESPACE: &str = "https://route53.amazonaws.com/doc/2013-04-01/";
/// Record sets on a page, at most.
const SETS: usize = 300;
/// Hosted zones on a page, at most.
const ZONES: usize = 100;
/// How long a change is on its way to all nameservers.
const PROPAGATION: Duration = Duration::from_secs(30);
/// <https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/throttling-api-requests.html>
const ALL_REQUESTS: (f64, f64) = (50.0, 10.0);
const CREATIONS: (f64, f64) = (40.0, 2.0);

struct Route53 {
    store: Arc<Store>,
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// When each change was submitted.
    changes: HashMap<String, Duration>,
    /// References by which zones were created.
    references: Vec<String>,
    /// Zones beside the first of their name, none of which is served.
    others: Vec<Zone>,
    specials: BTreeMap<Name, Vec<Special>>,
    /// Tokens left, and when they were counted.
    buckets: HashMap<&'static str, (f64, Duration)>,
}

impl Answers for Route53 {
    fn answer(&self, request: &Request) -> Answer {
        match self.route(request) {
            Ok(answer) | Err(answer) => answer,
        }
    }
}

/// The API's words against a request.
fn refuse(status: u16, code: &str, words: &str) -> Answer {
    let error = [
        text("Type", "Sender"),
        text("Code", code),
        text("Message", words),
    ]
    .concat();
    let inner =
        element("Error", &error) + &text("RequestId", "b25f48e8-84fd-11e6-80d9-574e0c4664cb");
    document(status, "ErrorResponse", &inner)
}

/// What is said of a batch that cannot be.
fn invalid(words: &str) -> Answer {
    refuse(400, "InvalidChangeBatch", words)
}

fn document(status: u16, root: &str, inner: &str) -> Answer {
    let body = format!("<?xml version=\"1.0\"?>\n<{root} xmlns=\"{NAMESPACE}\">{inner}</{root}>");
    Answer::text(status, "text/xml", body)
}

fn input(words: &str) -> Answer {
    refuse(400, "InvalidInput", words)
}

impl Route53 {
    fn new(store: Arc<Store>, clock: Clock) -> Self {
        Self {
            store,
            clock,
            state: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn route(&self, request: &Request) -> Result<Answer, Answer> {
        signature::check(request)?;
        self.take("all", ALL_REQUESTS)?;
        let segments = request.segments();
        let path: Vec<&str> = segments.iter().map(String::as_str).collect();
        let unknown = || refuse(404, "UnknownOperationException", "");
        let ["2013-04-01", rest @ ..] = path.as_slice() else {
            return Err(unknown());
        };
        match (request.method.as_str(), rest) {
            ("GET", ["hostedzone"]) => self.list(request),
            ("GET", ["hostedzonesbyname"]) => self.list_by_name(request),
            ("POST", ["hostedzone"]) => self.create(request),
            ("GET", ["hostedzone", id]) => Ok(self.zone_answer(&self.zone(id)?)),
            ("GET", ["hostedzone", id, "rrset"]) => self.sets(&self.zone(id)?, request),
            ("POST", ["hostedzone", id, "rrset", ""]) => self.change(&self.zone(id)?, request),
            ("GET", ["change", id]) => {
                let state = self.state();
                let at = state.changes.get(*id).ok_or_else(|| {
                    refuse(
                        404,
                        "NoSuchChange",
                        &format!("A change with the ID {id} does not exist."),
                    )
                })?;
                let is_done = *at + PROPAGATION <= self.clock.now();
                let info = info(id, if is_done { "INSYNC" } else { "PENDING" });
                Ok(document(200, "GetChangeResponse", &info))
            }
            ("GET", ["healthcheck"]) => {
                let none = "<HealthChecks/><IsTruncated>false</IsTruncated><Marker/><MaxItems>100</MaxItems>";
                Ok(document(200, "ListHealthChecksResponse", none))
            }
            _ => Err(unknown()),
        }
    }

    /// Takes a token of a bucket.
    fn take(&self, name: &'static str, (most, a_second): (f64, f64)) -> Result<(), Answer> {
        let now = self.clock.now();
        let mut state = self.state();
        let (left, at) = state.buckets.entry(name).or_insert((most, now));
        *left = (*left + now.saturating_sub(*at).as_secs_f64() * a_second).min(most);
        *at = now;
        if *left < 1.0 {
            return Err(refuse(400, "Throttling", "Rate exceeded"));
        }
        *left -= 1.0;
        Ok(())
    }

    fn held(&self, zone: &Zone) -> Option<Held> {
        let is_first = Zone::first(&zone.name).id == zone.id;
        self.store.get(&zone.name).filter(|_| is_first)
    }

    fn zone_element(&self, zone: &Zone) -> String {
        let specials = self.state().specials.get(&zone.name).map_or(0, Vec::len);
        let count = self
            .held(zone)
            .map_or(2, |held| held.sets().count() + specials);
        let config = text(
            "PrivateZone",
            if zone.is_private { "true" } else { "false" },
        );
        let inner = [
            text("Id", &format!("/hostedzone/{}", zone.id)),
            text("Name", &value::spelled_name(zone.name.borrow())),
            text("CallerReference", &zone.id),
            element("Config", &config),
            text("ResourceRecordSetCount", &count.to_string()),
        ];
        element("HostedZone", &inner.concat())
    }

    fn zone_answer(&self, zone: &Zone) -> Answer {
        let inner = self.zone_element(zone) + &delegation(zone);
        document(200, "GetHostedZoneResponse", &inner)
    }

    /// Notes a change; its id.
    fn submit(&self) -> String {
        let mut state = self.state();
        let id = format!("C{:013}", state.changes.len() + 1);
        state.changes.insert(id.clone(), self.clock.now());
        id
    }

    fn change(&self, zone: &Zone, request: &Request) -> Result<Answer, Answer> {
        let root = body(request)?;
        if root.name != "ChangeResourceRecordSetsRequest" {
            return Err(malformed());
        }
        let mut specials = self
            .state()
            .specials
            .get(&zone.name)
            .cloned()
            .unwrap_or_default();
        let change = |held: &mut Held| batch::apply(&root, held, &mut specials);
        self.store
            .change_uncounted(&zone.name, change)
            .ok_or_else(malformed)??;
        self.state().specials.insert(zone.name.clone(), specials);
        let info = info(&self.submit(), "PENDING");
        Ok(document(200, "ChangeResourceRecordSetsResponse", &info))
    }

    fn sets(&self, zone: &Zone, request: &Request) -> Result<Answer, Answer> {
        let most = max_items(request, SETS)?;
        let mut listed = Vec::new();
        if let Some(held) = self.held(zone) {
            for (key, entry) in held.sets() {
                let values = entry.set.rdata.iter().map(|data| {
                    element(
                        "ResourceRecord",
                        &text("Value", &value::spelled(key.rtype, data)),
                    )
                });
                let name = value::spelled_name(key.owner.borrow());
                let inner = [
                    text("Name", &name),
                    text("Type", &key.rtype.to_string()),
                    text("TTL", &entry.set.ttl.to_string()),
                    element("ResourceRecords", &values.collect::<String>()),
                ];
                let place = (reversed(&key.owner), key.rtype.to_string(), String::new());
                listed.push((place, name, element("ResourceRecordSet", &inner.concat())));
            }
            for special in self.state().specials.get(&zone.name).into_iter().flatten() {
                let key = &special.key;
                let place = (
                    reversed(&key.owner),
                    key.rtype.to_string(),
                    special.identifier.clone(),
                );
                listed.push((
                    place,
                    value::spelled_name(key.owner.borrow()),
                    special.xml.write(),
                ));
            }
        }
        listed.sort();
        let (rtype, identifier) = (request.parameter("type"), request.parameter("identifier"));
        match request.parameter("name") {
            Some(from) => {
                let name = value::name(&from).ok_or_else(|| input("Invalid name"))?;
                let rtype = rtype.unwrap_or_default();
                if !rtype.is_empty() && rtype.parse::<RecordType>().is_err() {
                    return Err(input("Invalid type"));
                }
                let from = (reversed(&name), rtype, identifier.unwrap_or_default());
                listed.retain(|set| set.0 >= from);
            }
            None if rtype.is_some() || identifier.is_some() => {
                return Err(input(
                    "The type and the identifier are of no use without a name",
                ));
            }
            None => {}
        }
        let next = listed.get(most).map(|((_, rtype, identifier), name, _)| {
            let identifier = Some(identifier).filter(|identifier| !identifier.is_empty());
            let identifier = identifier.map(|identifier| text("NextRecordIdentifier", identifier));
            text("NextRecordName", name)
                + &text("NextRecordType", rtype)
                + &identifier.unwrap_or_default()
        });
        let page: String = listed.iter().take(most).map(|set| set.2.as_str()).collect();
        let inner = element("ResourceRecordSets", &page) + &tail(most, next);
        Ok(document(200, "ListResourceRecordSetsResponse", &inner))
    }
}

/// Sorted by labels from the last to the first, each with its dot.
fn reversed(name: &Name) -> String {
    let spelled = value::spelled_name(name.borrow());
    let labels: Vec<&str> = spelled.trim_end_matches('.').split('.').rev().collect();
    labels.join(".") + "."
}

fn tail(most: usize, next: Option<String>) -> String {
    let is_truncated = text("IsTruncated", if next.is_some() { "true" } else { "false" });
    is_truncated + &next.unwrap_or_default() + &text("MaxItems", &most.to_string())
}

fn info(id: &str, status: &str) -> String {
    let inner = [
        text("Id", &format!("/change/{id}")),
        text("Status", status),
        text("SubmittedAt", "2026-11-23T13:00:00.000Z"),
    ];
    element("ChangeInfo", &inner.concat())
}

/// The names have no final dot there.
fn delegation(zone: &Zone) -> String {
    if zone.is_private {
        return String::new();
    }
    let servers = VENDOR.nameservers.iter();
    let servers = servers.map(|server| text("NameServer", server.trim_end_matches('.')));
    element(
        "DelegationSet",
        &element("NameServers", &servers.collect::<String>()),
    )
}

fn max_items(request: &Request, most: usize) -> Result<usize, Answer> {
    let Some(asked) = request.parameter("maxitems") else {
        return Ok(most);
    };
    match asked.parse::<usize>() {
        Ok(asked) if asked > 0 => Ok(asked.min(most)),
        _ => Err(input(&format!("The maxitems value {asked} is not valid"))),
    }
}

fn body(request: &Request) -> Result<Element, Answer> {
    Element::parse(&request.body).ok_or_else(malformed)
}

fn malformed() -> Answer {
    refuse(
        400,
        "MalformedInput",
        "Unexpected element or end of document",
    )
}
