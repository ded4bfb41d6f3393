//! Paths and methods, and what each does.

use std::sync::MutexGuard;

use redundns::zone::{Name, NoIncludes, RecordKey, RecordSet, RecordType, Source, parse};
use serde_json::{Value, json};

use super::super::http::{Answer, Request};
use super::super::store::Held;
use super::check::{self, Record};
use super::extras::{Extras, State, TTL, Zone};
use super::{ASSIGNED, Hetzner, body, error, invalid, missing, zonefile};

impl Hetzner {
    pub(super) fn route(&self, request: &Request) -> Result<Answer, Answer> {
        let segments = request.segments();
        let path: Vec<&str> = segments.iter().map(String::as_str).collect();
        let ["v1", rest @ ..] = path.as_slice() else {
            return Err(missing("resource"));
        };
        match (request.method.as_str(), rest) {
            ("GET", ["zones"]) => Ok(self.zones(request)),
            ("POST", ["zones"]) => self.create(&body(request)?),
            ("GET", ["zones", "actions"] | ["actions"]) => Ok(self.actions(request)),
            ("GET", ["zones", "actions", id] | ["actions", id]) => {
                let id = id.parse().unwrap_or(0);
                let action = self.state().action(id, self.clock.now());
                let action = action.ok_or_else(|| missing("action"))?;
                Ok(Answer::json(200, &json!({ "action": action })))
            }
            ("GET", ["zones", zone]) => {
                let held = self.held(zone)?;
                let zone = self.state().zone(held.origin()).object(&held, &ASSIGNED);
                Ok(Answer::json(200, &json!({ "zone": zone })))
            }
            ("DELETE", ["zones", zone]) => {
                let held = self.held(zone)?;
                let mut state = self.state();
                let id = state.zone(held.origin()).id;
                self.store.remove(held.origin());
                state.forget(held.origin());
                let action = state.begin("delete_zone", id, None, self.clock.now());
                Ok(Answer::json(201, &json!({ "action": action })))
            }
            (method, ["zones", zone, rest @ ..]) => {
                let held = self.held(zone)?;
                if self.state().zone(held.origin()).mode == "secondary" {
                    let words = "this operation is not supported for the mode of the zone";
                    return Err(error(422, "incorrect_zone_mode", words));
                }
                self.in_zone(&held, method, rest, request)
            }
            _ => Err(missing("resource")),
        }
    }

    fn in_zone(
        &self,
        held: &Held,
        method: &str,
        rest: &[&str],
        request: &Request,
    ) -> Result<Answer, Answer> {
        match (method, rest) {
            ("GET", ["rrsets"]) => Ok(self.list(held, request)),
            ("POST", ["rrsets"]) => self.create_set(held, &body(request)?),
            ("POST", ["actions", "import_zonefile"]) => {
                let body = body(request)?;
                let Some(text) = body["zonefile"].as_str() else {
                    return Err(invalid("zonefile", "is required"));
                };
                self.write(held.origin(), None, "import_zonefile", |held, zone| {
                    if zone.sets.values().any(|set| set.protected) {
                        return Err(error(423, "protected", "a record set is protected"));
                    }
                    zonefile::import(held, zone, text)
                })
            }
            (_, ["rrsets", name, rtype, rest @ ..]) => {
                let key = check::key(held.origin(), &json!(name), &json!(rtype))?;
                let entry = held.get(&key).ok_or_else(|| missing("rrset"))?;
                match (method, rest) {
                    ("GET", []) => {
                        let set = self.state().zone(held.origin()).set(held, &key, entry);
                        Ok(Answer::json(200, &json!({ "rrset": set })))
                    }
                    ("DELETE", []) if key.rtype == RecordType::SOA => {
                        Err(invalid("type", "the SOA is managed by the API"))
                    }
                    ("DELETE", []) => {
                        self.write(held.origin(), Some(&key), "delete_rrset", |held, zone| {
                            zone.sets.remove(&key);
                            held.delete(&key);
                            check::whole(held)
                        })
                    }
                    ("PUT", []) => self.label(held, &key, &body(request)?),
                    ("POST", ["actions", action]) => {
                        self.act(held.origin(), &key, action, &body(request)?)
                    }
                    _ => Err(error(405, "method_not_allowed", "method not allowed")),
                }
            }
            _ => Err(missing("resource")),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn held(&self, zone: &str) -> Result<Held, Answer> {
        let by_id = zone
            .parse()
            .ok()
            .and_then(|id| self.state().by_id(id).cloned());
        let name = by_id.or_else(|| Name::absolute(zone).ok());
        name.and_then(|name| self.store.get(&name))
            .ok_or_else(|| missing("zone"))
    }

    /// Changes a zone, wholly or not at all, and begins the action.
    fn write(
        &self,
        origin: &Name,
        set: Option<&RecordKey>,
        command: &str,
        change: impl FnOnce(&mut Held, &mut Zone) -> Result<(), Answer>,
    ) -> Result<Answer, Answer> {
        let now = self.clock.now();
        let mut state = self.state();
        let zone = state.zone(origin);
        let (id, before) = (zone.id, zone.sets.clone());
        if set.is_some_and(|set| before.get(set).is_some_and(|set| set.protected)) {
            return Err(error(423, "protected", "the record set is protected"));
        }
        if state.is_locked(id, set, now) {
            return Err(error(423, "locked", "an action is running"));
        }
        let zone = state.zone(origin);
        let outcome = self.store.change(origin, |held| change(held, zone));
        if let Err(refusal) = outcome.ok_or_else(|| missing("zone"))? {
            zone.sets = before;
            return Err(refusal);
        }
        let mut answer = json!({ "action": state.begin(command, id, set.cloned(), now) });
        if command == "create_rrset"
            && let (Some(held), Some(key)) = (self.store.get(origin), set)
            && let Some(entry) = held.get(key)
        {
            answer["rrset"] = state.zone(origin).set(&held, key, entry);
        }
        Ok(Answer::json(201, &answer))
    }

    fn create_set(&self, held: &Held, body: &Value) -> Result<Answer, Answer> {
        let origin = held.origin();
        let key = check::key(origin, &body["name"], &body["type"])?;
        let ttl = check::ttl(&body["ttl"])?;
        let records = check::records(origin, key.rtype, body)?;
        if held.get(&key).is_some() {
            return Err(check::taken("rrset"));
        }
        self.write(origin, Some(&key), "create_rrset", |held, zone| {
            put(held, zone, &key, ttl, records)
        })
    }

    fn label(&self, held: &Held, key: &RecordKey, body: &Value) -> Result<Answer, Answer> {
        let labels = serde_json::from_value(body["labels"].clone());
        let labels = labels.map_err(|_| invalid("labels", "must be strings"))?;
        let mut state = self.state();
        let zone = state.zone(held.origin());
        zone.sets.entry(key.clone()).or_default().labels = labels;
        let entry = held.get(key).ok_or_else(|| missing("rrset"))?;
        Ok(Answer::json(
            200,
            &json!({ "rrset": zone.set(held, key, entry) }),
        ))
    }

    fn act(
        &self,
        origin: &Name,
        key: &RecordKey,
        action: &str,
        body: &Value,
    ) -> Result<Answer, Answer> {
        if action == "change_protection" {
            let mut state = self.state();
            let zone = state.zone(origin);
            let id = zone.id;
            zone.sets.entry(key.clone()).or_default().protected = body["change"] == true;
            let action = state.begin(action, id, Some(key.clone()), self.clock.now());
            return Ok(Answer::json(201, &json!({ "action": action })));
        }
        let records = match action {
            "change_ttl" => Vec::new(),
            _ => check::records(origin, key.rtype, body)?,
        };
        let given = check::ttl(&body["ttl"])?;
        if action == "change_ttl" && body.get("ttl").is_none() {
            return Err(invalid("ttl", "is required"));
        }
        self.write(origin, Some(key), action, |held, zone| {
            let entry = held.get(key).ok_or_else(|| missing("rrset"))?;
            let extras = zone.sets.entry(key.clone()).or_default();
            let ttl = (!extras.inherits).then_some(entry.set.ttl);
            let there = entry.set.rdata.iter().map(|data| {
                let known = extras.records.get(data).cloned();
                let (text, comment) = known.unwrap_or_else(|| {
                    (
                        redundns::zone::rdata::to_text(key.rtype, data),
                        String::new(),
                    )
                });
                (data.clone(), text, comment)
            });
            let there: Vec<Record> = there.collect();
            let is_given = |record: &Record| records.iter().any(|given| given.0 == record.0);
            match action {
                "change_ttl" => put(held, zone, key, given, there),
                "set_records" => put(held, zone, key, ttl, records),
                "add_records" if given.is_some() && given != ttl => Err(invalid(
                    "ttl",
                    "must be the same as the TTL of the record set",
                )),
                "add_records" if there.iter().any(&is_given) => Err(check::taken("record")),
                "add_records" => {
                    let all = there.into_iter().chain(records).collect();
                    put(held, zone, key, ttl, all)
                }
                "remove_records" => {
                    let left: Vec<Record> =
                        there.into_iter().filter(|one| !is_given(one)).collect();
                    if left.is_empty() {
                        zone.sets.remove(key);
                        held.delete(key);
                        return check::whole(held);
                    }
                    put(held, zone, key, ttl, left)
                }
                _ => Err(missing("action")),
            }
        })
    }

    fn actions(&self, request: &Request) -> Answer {
        let query = request
            .target
            .split_once('?')
            .map_or("", |(_, query)| query);
        let ids = query.split('&').filter_map(|pair| pair.strip_prefix("id="));
        let state = self.state();
        let now = self.clock.now();
        let actions = ids.filter_map(|id| state.action(id.parse().ok()?, now));
        paged(
            request,
            "actions",
            &actions.collect::<Vec<_>>(),
            50,
            Value::clone,
        )
    }

    fn zones(&self, request: &Request) -> Answer {
        let (name, mode) = (request.parameter("name"), request.parameter("mode"));
        let mut state = self.state();
        let origins = self.store.origins();
        let zones = origins.iter().filter_map(|origin| self.store.get(origin));
        let mut objects: Vec<Value> = zones
            .map(|held| state.zone(held.origin()).object(&held, &ASSIGNED))
            .collect();
        objects.retain(|zone| name.is_none() || zone["name"].as_str() == name.as_deref());
        objects.retain(|zone| mode.is_none() || zone["mode"].as_str() == mode.as_deref());
        paged(request, "zones", &objects, 50, Value::clone)
    }

    fn list(&self, held: &Held, request: &Request) -> Answer {
        let (name, rtype) = (request.parameter("name"), request.parameter("type"));
        let mut state = self.state();
        let zone = state.zone(held.origin());
        let is_asked_for = |key: &RecordKey| {
            let owner = || key.owner.borrow().relative_to(held.origin().borrow());
            name.as_ref().is_none_or(|name| *name == owner())
                && rtype
                    .as_ref()
                    .is_none_or(|rtype| *rtype == key.rtype.to_string())
        };
        let sets: Vec<_> = held.sets().filter(|(key, _)| is_asked_for(key)).collect();
        paged(request, "rrsets", &sets, 100, |(key, entry)| {
            zone.set(held, key, entry)
        })
    }

    fn create(&self, body: &Value) -> Result<Answer, Answer> {
        let name = body["name"].as_str().unwrap_or_default();
        if !matches!(body["mode"].as_str(), Some("primary" | "secondary")) {
            return Err(invalid("mode", "must be primary or secondary"));
        }
        let ttl = check::ttl(&body["ttl"])?.unwrap_or(TTL);
        let is_lower = !name.chars().any(char::is_uppercase) && name.is_ascii();
        if name.is_empty() || !is_lower || name.ends_with('.') {
            return Err(invalid(
                "name",
                "must be lower case and must not end with a dot",
            ));
        }
        let origin = Name::absolute(name).map_err(|_| invalid("name", "is not a valid name"))?;
        let is_public = !name.contains('.') || name == "co.uk";
        if is_public || name.starts_with("www.") {
            return Err(invalid("name", "must be directly below a public suffix"));
        }
        if self.store.get(&origin).is_some() {
            return Err(check::taken("zone"));
        }
        let mut text = format!(
            "@ {ttl} IN SOA {} dns.hetzner.com. 2026010100 86400 10800 3600000 3600\n",
            ASSIGNED[0]
        );
        for server in ASSIGNED {
            text += &format!("@ {ttl} IN NS {server}\n");
        }
        let source = Source {
            name: "new",
            text: text.as_bytes(),
        };
        self.store
            .add(&parse(&source, origin.clone(), &NoIncludes).zone);
        let held = self.store.get(&origin).ok_or_else(|| missing("zone"))?;
        let mut state = self.state();
        let zone = state.zone(&origin);
        zone.ttl = ttl;
        // The records that the vendor makes have the zone's TTL.
        for (key, _) in held.sets() {
            zone.sets.entry(key.clone()).or_default().inherits = true;
        }
        let (id, object) = (zone.id, zone.object(&held, &ASSIGNED));
        let action = state.begin("create_zone", id, None, self.clock.now());
        Ok(Answer::json(
            201,
            &json!({ "zone": object, "action": action }),
        ))
    }
}

/// Replaces a set; a TTL of `None` is the zone's.
fn put(
    held: &mut Held,
    zone: &mut Zone,
    key: &RecordKey,
    ttl: Option<u32>,
    records: Vec<Record>,
) -> Result<(), Answer> {
    let data = records.iter().map(|record| record.0.clone()).collect();
    held.put(key.clone(), RecordSet::new(ttl.unwrap_or(zone.ttl), data));
    let extras: &mut Extras = zone.sets.entry(key.clone()).or_default();
    extras.inherits = ttl.is_none();
    let known = records
        .into_iter()
        .map(|(data, text, comment)| (data, (text, comment)));
    extras.records = known.collect();
    check::whole(held)
}

/// A page of `all`, and where the others are.
fn paged<T>(
    request: &Request,
    name: &str,
    all: &[T],
    most: usize,
    object: impl Fn(&T) -> Value,
) -> Answer {
    let number = |parameter: &str| request.parameter(parameter)?.parse::<usize>().ok();
    let per_page = number("per_page").unwrap_or(25).clamp(1, most);
    let page = number("page").unwrap_or(1).max(1);
    let last = all.len().div_ceil(per_page).max(1);
    let shown = all.iter().skip((page - 1) * per_page).take(per_page);
    let shown: Vec<Value> = shown.map(object).collect();
    let pagination = json!({
        "page": page,
        "per_page": per_page,
        "previous_page": (page > 1).then(|| page - 1),
        "next_page": (page < last).then_some(page + 1),
        "last_page": last,
        "total_entries": all.len(),
    });
    Answer::json(
        200,
        &json!({ name: shown, "meta": { "pagination": pagination } }),
    )
}
