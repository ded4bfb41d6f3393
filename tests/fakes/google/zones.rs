//! Managed zones: several may have one DNS name, and only the first public one of them is served.

use redundns::zone::{Name, NoIncludes, Source, parse};
use serde_json::{Value, json};

use super::super::http::{Answer, Request};
use super::super::store::Held;
use super::{Google, VENDOR, error, paged};

/// A managed zone.
#[derive(Clone)]
pub(super) struct Zone {
    pub(super) name: String,
    pub(super) origin: Name,
    pub(super) is_private: bool,
    pub(super) is_first: bool,
}

impl Google {
    pub(super) fn zones(&self) -> Vec<Zone> {
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

    pub(super) fn zone(&self, name: &str) -> Result<Zone, Answer> {
        let found = self.zones().into_iter().find(|zone| zone.name == name);
        found.ok_or_else(|| {
            let words =
                format!("The 'parameters.managedZone' resource named '{name}' does not exist.");
            error(404, "notFound", &words)
        })
    }

    pub(super) fn held(&self, zone: &Zone) -> Option<Held> {
        self.store.get(&zone.origin).filter(|_| zone.is_first)
    }

    pub(super) fn list_zones(&self, request: &Request) -> Result<Answer, Answer> {
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

    pub(super) fn create_zone(&self, request: &Request) -> Result<Answer, Answer> {
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

    pub(super) fn delete_zone(&self, zone: &Zone) -> Result<Answer, Answer> {
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
}

/// A managed zone as the API shows it.
pub(super) fn object(zone: &Zone) -> Value {
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
