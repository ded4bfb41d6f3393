//! What the vendor keeps beside names, TTLs and data: ids, comments, labels, protection, and actions under way.

use std::collections::HashMap;
use std::time::Duration;

use redundns::zone::{Name, RecordKey, rdata};
use serde_json::{Value, json};

use super::super::store::{Entry, Held};

/// How long an action takes.
const ACTION: Duration = Duration::from_millis(700);
/// The TTL of a zone that was made without one.
pub const TTL: u32 = 3600;

/// What is known of a zone.
pub struct Zone {
    pub id: u64,
    pub ttl: u32,
    pub mode: &'static str,
    pub labels: Value,
    pub sets: HashMap<RecordKey, Extras>,
}

/// What is known of a record set.
#[derive(Clone, Default)]
pub struct Extras {
    /// It has the zone's TTL, whatever that is.
    pub inherits: bool,
    pub protected: bool,
    pub labels: HashMap<String, String>,
    /// By data: how it was spelled, and its comment.
    pub records: HashMap<Box<[u8]>, (String, String)>,
}

struct Action {
    command: String,
    zone: u64,
    /// The set it is about; `None` for the whole zone.
    set: Option<RecordKey>,
    done: Duration,
}

/// Everything.
#[derive(Default)]
pub struct State {
    zones: HashMap<Name, Zone>,
    actions: Vec<Action>,
}

impl State {
    /// What is known of a zone, which may have come past the API.
    pub fn zone(&mut self, origin: &Name) -> &mut Zone {
        let id = 40_000 + self.zones.len() as u64;
        self.zones.entry(origin.clone()).or_insert_with(|| Zone {
            id,
            ttl: TTL,
            // The trials cannot say what a zone is that comes past the API, but by its name.
            mode: if origin.to_string().starts_with("secondary") {
                "secondary"
            } else {
                "primary"
            },
            labels: json!({}),
            sets: HashMap::new(),
        })
    }

    /// The zone with an id.
    pub fn by_id(&self, id: u64) -> Option<&Name> {
        let found = self.zones.iter().find(|(_, zone)| zone.id == id);
        found.map(|(name, _)| name)
    }

    pub fn forget(&mut self, origin: &Name) {
        self.zones.remove(origin);
    }

    /// Whether an action is under way on a set (or on any, without one) or on its whole zone.
    pub fn is_locked(&self, zone: u64, set: Option<&RecordKey>, now: Duration) -> bool {
        self.actions.iter().any(|action| {
            let same = set.is_none() || action.set.is_none() || action.set.as_ref() == set;
            action.zone == zone && action.done > now && same
        })
    }

    /// Begins one; its object.
    pub fn begin(
        &mut self,
        command: &str,
        zone: u64,
        set: Option<RecordKey>,
        now: Duration,
    ) -> Value {
        self.actions.push(Action {
            command: command.to_owned(),
            zone,
            set,
            done: now + ACTION,
        });
        let id = self.actions.len() as u64;
        self.action(id, now).expect("it was begun")
    }

    /// The object of an action.
    pub fn action(&self, id: u64, now: Duration) -> Option<Value> {
        let action = self
            .actions
            .get(usize::try_from(id).ok()?.checked_sub(1)?)?;
        let is_done = action.done <= now;
        Some(json!({
            "id": id,
            "command": action.command,
            "status": if is_done { "success" } else { "running" },
            "progress": if is_done { 100 } else { 0 },
            "started": "2026-01-01T00:00:00Z",
            "finished": is_done.then_some("2026-01-01T00:00:01Z"),
            "resources": [{ "id": action.zone, "type": "zone" }],
            "error": null,
        }))
    }
}

impl Zone {
    /// The vendor's object of a zone.
    pub fn object(&self, held: &Held, assigned: &[&str]) -> Value {
        let secondary = json!([{ "address": "192.0.2.53", "port": 53 }]);
        json!({
            "id": self.id,
            "name": held.origin().to_string().trim_end_matches('.'),
            "created": "2026-01-01T00:00:00Z",
            "mode": self.mode,
            "ttl": self.ttl,
            "labels": self.labels,
            "protection": { "delete": false },
            "status": "ok",
            "registrar": "other",
            "record_count": held.sets().map(|(_, entry)| entry.set.rdata.len()).sum::<usize>(),
            "primary_nameservers": if self.mode == "secondary" { secondary } else { json!([]) },
            "authoritative_nameservers": {
                "assigned": assigned, "delegated": [], "delegation_last_check": null, "delegation_status": "unknown",
            },
        })
    }

    /// The vendor's object of a record set.
    pub fn set(&self, held: &Held, key: &RecordKey, entry: &Entry) -> Value {
        let extras = self.sets.get(key).cloned().unwrap_or_default();
        let origin = held.origin();
        let records = entry.set.rdata.iter().map(|data| {
            let known = extras.records.get(data);
            let value = known.map_or_else(|| by_hand(key, data, origin), |known| known.0.clone());
            let comment = known.map_or("", |known| &known.1);
            json!({ "value": value, "comment": comment })
        });
        let records: Vec<Value> = records.collect();
        let name = key.owner.borrow().relative_to(origin.borrow());
        json!({
            "id": format!("{name}/{}", key.rtype),
            "name": name,
            "type": key.rtype.to_string(),
            "ttl": (!extras.inherits).then_some(entry.set.ttl),
            "labels": extras.labels,
            "protection": { "change": extras.protected },
            "records": records,
            "zone": self.id,
        })
    }
}

/// As people write it: names below the zone without the zone.
fn by_hand(key: &RecordKey, data: &[u8], origin: &Name) -> String {
    let text = rdata::to_text(key.rtype, data);
    match text.strip_suffix(&format!(".{origin}")) {
        Some(relative)
            if !relative.contains('"') && key.rtype != redundns::zone::RecordType::SOA =>
        {
            relative.to_owned()
        }
        _ => text,
    }
}
