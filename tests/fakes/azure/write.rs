//! Sets and zones that come, change and go, guarded by what the headers demand.

use redundns::zone::{Name, NoIncludes, RecordSet, RecordType, Source, parse, rdata};

use super::super::http::{Answer, Request};
use super::super::store::Held;
use super::versions::{Place, State};
use super::{Azure, VENDOR, bad, content, managed, place, refuse, zone_object};

impl Azure {
    pub(super) fn create(&self, zone: &str, request: &Request) -> Result<Answer, Answer> {
        let body = request.json().unwrap_or_default();
        let location = body["location"].as_str().unwrap_or_default();
        if location.is_empty() {
            let words = "The location property is required for this definition.";
            return Err(managed(400, "LocationRequired", words));
        }
        if location != "global" {
            let words = format!(
                "The provided location '{location}' is not available for resource type 'Microsoft.Network/dnszones'. \
                 List of available regions for the resource type is 'global'."
            );
            return Err(managed(400, "LocationNotAvailableForResourceType", &words));
        }
        let labels = zone.split('.').filter(|label| !label.is_empty()).count();
        let origin = Name::absolute(zone)
            .ok()
            .filter(|_| (2..=34).contains(&labels));
        let origin = origin.ok_or_else(|| bad(&format!("The zone name '{zone}' is invalid.")))?;
        let exists = self.store.get(&origin).is_some();
        if exists && request.header("if-none-match") == Some("*") {
            let words = "The condition '*' in the If-None-Match header was not satisfied.";
            return Err(refuse(412, "PreconditionFailed", words));
        }
        if !exists {
            let server = VENDOR.nameservers[0];
            let mut text = format!(
                "@ 3600 IN SOA {server} azuredns-hostmaster.microsoft.com. 1 3600 300 2419200 300\n"
            );
            for server in VENDOR.nameservers {
                text += &format!("@ 172800 IN NS {server}\n");
            }
            let source = Source {
                name: "new",
                text: text.as_bytes(),
            };
            self.store
                .add(&parse(&source, origin.clone(), &NoIncludes).zone);
        }
        Ok(Answer::json(
            if exists { 200 } else { 201 },
            &zone_object(&origin),
        ))
    }

    /// Sees that what the headers demand is so.
    fn check(&self, held: &Held, place: &Place, request: &Request) -> Result<(), Answer> {
        let mut state = self.state();
        let set = held.get(&place.1).map(|entry| &entry.set);
        let exists = set.is_some() || state.aliases.contains_key(place);
        let is_met = |header: &str, state: &mut State| match (header, request.header(header)) {
            (_, None) => true,
            ("if-none-match", Some(_)) => !exists,
            (_, Some("*")) => exists,
            (_, Some(etag)) => exists && etag == state.etag(place, set),
        };
        for (header, name) in [("if-match", "If-Match"), ("if-none-match", "If-None-Match")] {
            if !is_met(header, &mut state) {
                let given = request.header(header).unwrap_or_default();
                let words =
                    format!("The condition '{given}' in the {name} header was not satisfied.");
                return Err(refuse(412, "PreconditionFailed", &words));
            }
        }
        Ok(())
    }

    pub(super) fn put(
        &self,
        zone: &str,
        rtype: &str,
        name: &str,
        request: &Request,
    ) -> Result<Answer, Answer> {
        let held = self.held(zone)?;
        let place = place(&held, rtype, name)?;
        self.check(&held, &place, request)?;
        let body = request.json().ok_or_else(|| {
            managed(
                400,
                "InvalidRequestContent",
                "The request content was invalid",
            )
        })?;
        let properties = &body["properties"];
        let key = &place.1;
        let is_apex = key.owner == *held.origin();
        let exists = held.get(key).is_some();
        if key.owner.borrow().is_wildcard() && key.rtype == RecordType::NS {
            return Err(bad("Wildcard record sets of type NS are not supported."));
        }
        if key.rtype == RecordType::SOA && !exists {
            return Err(bad("SOA record sets cannot be created."));
        }
        let others = held.types_at(&key.owner);
        let others = || others.iter().filter(|other| **other != key.rtype);
        if key.rtype == RecordType::CNAME && others().next().is_some() {
            let words = "The CNAME record could not be created because another record with the same name already \
                         exists in this zone.";
            return Err(refuse(409, "Conflict", words));
        }
        if others().any(|other| *other == RecordType::CNAME) {
            let words = "The record could not be created because a CNAME record with the same name already exists in \
                         this zone.";
            return Err(refuse(409, "Conflict", words));
        }
        let metadata = properties["metadata"].clone();
        let mut status = if exists { 200 } else { 201 };
        if properties["targetResource"]["id"].is_string() {
            let mut state = self.state();
            if state
                .aliases
                .insert(place.clone(), properties.clone())
                .is_some()
            {
                status = 200;
            }
            state.renew(&place, None, metadata);
        } else {
            let set = content::set(key.rtype, properties).map_err(|words| bad(&words))?;
            if is_apex && key.rtype == RecordType::NS {
                let own = VENDOR
                    .nameservers
                    .iter()
                    .map(|own| Name::absolute(own).expect("a name"));
                let has = |set: &RecordSet, own: &Name| {
                    set.rdata.iter().any(|data| **data == *own.borrow().wire())
                };
                let held = held.get(key).map(|entry| &entry.set);
                let mut own = own.filter(|own| held.is_some_and(|held| has(held, own)));
                if own.any(|own| !has(&set, &own)) {
                    return Err(bad(
                        "The name servers of Azure DNS at the zone apex cannot be removed or modified.",
                    ));
                }
            }
            if key.rtype == RecordType::SOA {
                let host = |data: &[u8]| {
                    rdata::to_text(RecordType::SOA, data)
                        .split(' ')
                        .next()
                        .map(str::to_owned)
                };
                let held = held.get(key).map(|entry| host(&entry.set.rdata[0]));
                if held != Some(host(&set.rdata[0])) {
                    return Err(bad("The host of the SOA record cannot be modified."));
                }
            }
            let change = |held: &mut Held| {
                held.put(key.clone(), set.clone());
                Ok::<(), Answer>(())
            };
            self.store
                .change_uncounted(held.origin(), change)
                .expect("the zone")?;
            self.state().renew(&place, Some(&set), metadata);
        }
        let held = self.held(zone)?;
        let object = self.object(&held, &place).expect("what was just put there");
        Ok(Answer::json(status, &object))
    }

    pub(super) fn delete(
        &self,
        zone: &str,
        rtype: &str,
        name: &str,
        request: &Request,
    ) -> Result<Answer, Answer> {
        let held = self.held(zone)?;
        let place = place(&held, rtype, name)?;
        let key = &place.1;
        let is_apex = key.owner == *held.origin();
        if key.rtype == RecordType::SOA || is_apex && key.rtype == RecordType::NS {
            let words = format!("The {rtype} record set at the zone apex cannot be deleted.");
            return Err(bad(&words));
        }
        self.check(&held, &place, request)?;
        let was_alias = self.state().aliases.remove(&place).is_some();
        let delete = |held: &mut Held| Ok::<bool, Answer>(held.delete(key));
        let was_there = self
            .store
            .change_uncounted(held.origin(), delete)
            .expect("the zone")?;
        self.state().versions.remove(&place);
        Ok(Answer::empty(if was_there || was_alias {
            200
        } else {
            204
        }))
    }
}
