//! Hosted zones: several may have one name.
//!
//! <https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html>

use redundns::zone::{Name, NoIncludes, Source, parse};

use super::super::http::{Answer, Request};
use super::xml::{element, text};
use super::{
    CREATIONS, Route53, VENDOR, ZONES, body, delegation, document, info, input, max_items, refuse,
    reversed, tail, value,
};

/// A hosted zone.
#[derive(Clone)]
pub(super) struct Zone {
    pub(super) id: String,
    pub(super) name: Name,
    pub(super) is_private: bool,
}

impl Zone {
    /// The first zone of its name.
    pub(super) fn first(name: &Name) -> Self {
        let letters = name.to_string().to_ascii_uppercase();
        let letters = letters.chars().filter(char::is_ascii_alphanumeric);
        Self {
            id: ['Z'].into_iter().chain(letters).collect(),
            name: name.clone(),
            is_private: false,
        }
    }
}

impl Route53 {
    pub(super) fn zones(&self) -> Vec<Zone> {
        let mut zones: Vec<Zone> = self.store.origins().iter().map(Zone::first).collect();
        zones.extend(self.state().others.iter().cloned());
        zones.sort_by_key(|zone| (reversed(&zone.name), zone.id.clone()));
        zones
    }

    pub(super) fn zone(&self, id: &str) -> Result<Zone, Answer> {
        let found = self.zones().into_iter().find(|zone| zone.id == id);
        found.ok_or_else(|| {
            refuse(
                404,
                "NoSuchHostedZone",
                &format!("No hosted zone found with ID: {id}"),
            )
        })
    }

    pub(super) fn list(&self, request: &Request) -> Result<Answer, Answer> {
        let most = max_items(request, ZONES)?;
        let mut zones = self.zones();
        zones.sort_by(|a, b| a.id.cmp(&b.id));
        let marker = request.parameter("marker").unwrap_or_default();
        zones.retain(|zone| zone.id >= marker);
        let next = zones.get(most).map(|zone| text("NextMarker", &zone.id));
        Ok(self.zones_answer("ListHostedZonesResponse", &zones, most, next))
    }

    pub(super) fn list_by_name(&self, request: &Request) -> Result<Answer, Answer> {
        let most = max_items(request, ZONES)?;
        let mut zones = self.zones();
        let id = request.parameter("hostedzoneid").unwrap_or_default();
        match request.parameter("dnsname") {
            Some(from) => {
                let from = value::name(&from).ok_or_else(|| {
                    refuse(400, "InvalidDomainName", "The domain name is not valid.")
                })?;
                zones.retain(|zone| {
                    (reversed(&zone.name), zone.id.clone()) >= (reversed(&from), id.clone())
                });
            }
            None if !id.is_empty() => return Err(input("hostedzoneid requires dnsname")),
            None => {}
        }
        let next = zones.get(most).map(|zone| {
            let name = value::spelled_name(zone.name.borrow());
            text("NextDNSName", &name) + &text("NextHostedZoneId", &zone.id)
        });
        Ok(self.zones_answer("ListHostedZonesByNameResponse", &zones, most, next))
    }

    pub(super) fn zones_answer(
        &self,
        root: &str,
        zones: &[Zone],
        most: usize,
        next: Option<String>,
    ) -> Answer {
        let page: Vec<String> = zones
            .iter()
            .take(most)
            .map(|zone| self.zone_element(zone))
            .collect();
        let inner = element("HostedZones", &page.concat()) + &tail(most, next);
        document(200, root, &inner)
    }

    pub(super) fn create(&self, request: &Request) -> Result<Answer, Answer> {
        self.take("create", CREATIONS)?;
        let root = body(request)?;
        let wanted = root.text_of("Name").unwrap_or_default();
        let name = value::name(wanted)
            .filter(|name| !name.borrow().is_root())
            .ok_or_else(|| {
                refuse(
                    400,
                    "InvalidDomainName",
                    &format!("{wanted} is not a valid domain name."),
                )
            })?;
        let reference = root
            .text_of("CallerReference")
            .unwrap_or_default()
            .to_owned();
        if reference.is_empty() || reference.len() > 128 {
            return Err(input(
                "CallerReference must have between 1 and 128 characters",
            ));
        }
        if root.child("DelegationSetId").is_some() {
            let words = "No reusable delegation set found with that ID";
            return Err(refuse(400, "NoSuchDelegationSet", words));
        }
        // Zones that were put in past the API bear their id for a reference.
        let is_used = self.state().references.contains(&reference)
            || self.zones().iter().any(|zone| zone.id == reference);
        if is_used {
            let words =
                "A hosted zone has already been created with the specified caller reference.";
            return Err(refuse(409, "HostedZoneAlreadyExists", words));
        }
        let mut zone = Zone::first(&name);
        zone.is_private = root.child("VPC").is_some();
        if self.store.get(&name).is_some() || zone.is_private {
            let mut state = self.state();
            zone.id = format!("ZOTHER{}", state.others.len());
            state.others.push(zone.clone());
        } else {
            let server = VENDOR.nameservers[0];
            let mut text = format!(
                "@ 900 IN SOA {server} awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400\n"
            );
            for server in VENDOR.nameservers {
                text += &format!("@ 172800 IN NS {server}\n");
            }
            let source = Source {
                name: "new",
                text: text.as_bytes(),
            };
            self.store.add(&parse(&source, name, &NoIncludes).zone);
        }
        self.state().references.push(reference);
        let inner =
            self.zone_element(&zone) + &info(&self.submit(), "PENDING") + &delegation(&zone);
        let place = format!(
            "https://route53.amazonaws.com/2013-04-01/hostedzone/{}",
            zone.id
        );
        Ok(document(201, "CreateHostedZoneResponse", &inner).with("Location", place))
    }
}
