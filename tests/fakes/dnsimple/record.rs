//! Records with their numbers, and what is served of them.

use std::collections::{BTreeMap, BTreeSet};

use redundns::zone::{Name, RecordKey, RecordSet, RecordType, rdata};
use serde_json::{Value, json};

use super::super::store::Held;
use super::check::{checked, has_priority, undotted};
use super::{Refusal, dotless};

/// <https://support.dnsimple.com/articles/supported-dns-records/>; SPF is gone, as the fixture of a refused batch shows.
const TYPES: &str =
    "A AAAA ALIAS CAA CNAME HINFO HTTPS MX NAPTR NS POOL PTR SRV SSHFP SVCB TLSA TXT URL";

/// A record.
#[derive(Clone)]
pub struct Record {
    /// As it is shown; not all of them are types of DNS.
    pub rtype: String,
    /// Absolute.
    pub owner: Name,
    /// Canonical; none where no zone file can express it.
    pub data: Option<Box<[u8]>>,
    /// As it is shown.
    pub content: String,
    /// Of MX and SRV.
    pub priority: Option<u64>,
    /// Seconds.
    pub ttl: u32,
    /// `["global"]`, or some.
    pub regions: Value,
    /// Whether it is read-only.
    pub is_system: bool,
}

/// The records of a zone by number.
#[derive(Clone, Default)]
pub struct Records {
    by_number: BTreeMap<u64, Record>,
    last: u64,
    /// Names that are not served as they are yet.
    touched: BTreeSet<Name>,
}

fn below(origin: &Name, owner: &Name) -> String {
    let text = owner.borrow().relative_to(origin.borrow());
    if text == "@" { String::new() } else { text }
}

fn missing(id: &str) -> Refusal {
    Refusal::new(404, &format!("Record `{id}` not found"))
}

fn system() -> Refusal {
    Refusal::new(400, "System records are read-only")
}

impl Records {
    /// Those of a zone from past the API.
    pub fn of(held: &Held) -> Self {
        let mut records = Self::default();
        for (key, entry) in held.sets() {
            for data in &entry.set.rdata {
                records.add_data(held.origin(), key, entry.set.ttl, data);
            }
        }
        records.touched.clear();
        records
    }

    fn add_data(&mut self, origin: &Name, key: &RecordKey, ttl: u32, data: &[u8]) {
        let text = rdata::to_text(key.rtype, data);
        let rtype = key.rtype.to_string();
        let split = text.split_once(' ').filter(|_| has_priority(&rtype));
        let (priority, rest) =
            split.map_or((None, &*text), |(first, rest)| (first.parse().ok(), rest));
        let is_apex_ns = key.rtype == RecordType::NS && key.owner == *origin;
        self.add(Record {
            content: undotted(&rtype, rest),
            owner: key.owner.clone(),
            data: Some(data.into()),
            priority,
            ttl,
            regions: json!(["global"]),
            is_system: is_apex_ns || key.rtype == RecordType::SOA,
            rtype,
        });
    }

    fn add(&mut self, record: Record) -> u64 {
        self.last += 1;
        self.put(self.last, record);
        self.last
    }

    fn put(&mut self, number: u64, record: Record) {
        self.touched.insert(record.owner.clone());
        self.by_number.insert(number, record);
    }

    fn number(&self, id: &str) -> Result<u64, Refusal> {
        let number = id.parse().ok();
        let number = number.filter(|number| self.by_number.contains_key(number));
        number.ok_or_else(|| missing(id))
    }

    fn show(origin: &Name, number: u64, record: &Record) -> Value {
        json!({
            "id": number, "zone_id": dotless(origin), "parent_id": null,
            "name": below(origin, &record.owner), "content": record.content, "ttl": record.ttl,
            "priority": record.priority, "type": record.rtype, "regions": record.regions,
            "system_record": record.is_system,
            "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
        })
    }

    /// Those that a list has.
    pub fn list(&self, origin: &Name, name: Option<&str>, rtype: Option<&str>) -> Vec<Value> {
        let is_wanted = |record: &Record| {
            name.is_none_or(|name| below(origin, &record.owner) == name)
                && rtype.is_none_or(|rtype| record.rtype == rtype)
        };
        let wanted = self
            .by_number
            .iter()
            .filter(|(_, record)| is_wanted(record));
        wanted
            .map(|(number, record)| Self::show(origin, *number, record))
            .collect()
    }

    /// One as it is shown.
    pub fn shown(&self, origin: &Name, id: &str) -> Result<Value, Refusal> {
        let number = self.number(id)?;
        Ok(Self::show(origin, number, &self.by_number[&number]))
    }

    /// A new one.
    pub fn create(&mut self, origin: &Name, body: &Value) -> Result<Value, Refusal> {
        let rtype = body["type"].as_str().unwrap_or_default();
        if !TYPES.split(' ').any(|known| known == rtype) {
            return Err(Refusal::invalid("record_type", "unsupported"));
        }
        let record = checked(origin, rtype, body, None)?;
        self.beside(origin, &record, None)?;
        let number = self.add(record);
        self.shown(origin, &number.to_string())
    }

    /// Other data for one.
    pub fn alter(&mut self, origin: &Name, id: &str, body: &Value) -> Result<Value, Refusal> {
        let number = self.number(id)?;
        let before = self.by_number[&number].clone();
        if before.is_system {
            return Err(system());
        }
        let record = checked(origin, &before.rtype, body, Some(&before))?;
        self.beside(origin, &record, Some(number))?;
        self.touched.insert(before.owner);
        self.put(number, record);
        self.shown(origin, id)
    }

    /// One goes.
    pub fn delete(&mut self, id: &str) -> Result<(), Refusal> {
        let number = self.number(id)?;
        let record = &self.by_number[&number];
        if record.is_system {
            return Err(system());
        }
        self.touched.insert(record.owner.clone());
        self.by_number.remove(&number);
        Ok(())
    }

    /// Deletes, updates, creates, in this order; the first that fails is told.
    pub fn batch(&mut self, origin: &Name, body: &Value, most: usize) -> Result<Value, Refusal> {
        let list = |name: &str| body[name].as_array().cloned().unwrap_or_default();
        let names = ["deletes", "updates", "creates"];
        let count: usize = names.iter().map(|name| list(name).len()).sum();
        if count > most {
            let words = format!("The batch has {count} operations, at most {most} are allowed");
            return Err(Refusal::new(400, &words));
        }
        let mut made = json!({});
        for name in names {
            let mut done = Vec::new();
            for (index, item) in list(name).iter().enumerate() {
                let id = item["id"].to_string();
                let outcome = match name {
                    "deletes" => self.delete(&id).map(|()| json!({ "id": item["id"] })),
                    "updates" => self.alter(origin, &id, item),
                    _ => self.create(origin, item),
                };
                let named = |Refusal(_, mut error): Refusal| {
                    error["index"] = json!(index);
                    let errors = json!({ name: [error] });
                    Refusal(
                        400,
                        json!({ "message": "Validation failed", "errors": errors }),
                    )
                };
                done.push(outcome.map_err(named)?);
            }
            made[name] = json!(done);
        }
        Ok(made)
    }

    /// <https://developer.dnsimple.com/v2/zones/ns-records/>
    pub fn set_apex_ns(&mut self, origin: &Name, body: &Value) -> Result<Value, Refusal> {
        let names = body["ns_names"].as_array().cloned().unwrap_or_default();
        let names = names.iter().map(|name| {
            let name = name.as_str().unwrap_or_default();
            let data = rdata::from_text(
                RecordType::NS,
                &format!("{}.", name.trim_end_matches('.')),
                None,
            );
            data.ok().filter(|_| name.contains('.'))
        });
        let names: Option<Vec<Vec<u8>>> = names.collect();
        let Some(names) = names.filter(|names| !names.is_empty()) else {
            return Err(Refusal::invalid("ns_names", "are no host names"));
        };
        let is_it = |record: &Record| record.rtype == "NS" && record.owner == *origin;
        self.by_number.retain(|_, record| !is_it(record));
        let key = RecordKey {
            owner: origin.clone(),
            rtype: RecordType::NS,
        };
        for data in names {
            self.add_data(origin, &key, 3600, &data);
        }
        Ok(self.list(origin, Some(""), Some("NS")).into())
    }

    /// Whether it can stand there with the others.
    fn beside(&self, origin: &Name, record: &Record, number: Option<u64>) -> Result<(), Refusal> {
        let is_alias = |record: &Record| record.rtype == "CNAME";
        if record.owner == *origin && ["CNAME", "NS"].contains(&record.rtype.as_str()) {
            let words = format!("{} records cannot be added at the apex", record.rtype);
            return Err(Refusal::invalid("base", &words));
        }
        let others = self
            .by_number
            .iter()
            .filter(|(other, _)| Some(**other) != number);
        for (_, other) in others.filter(|(_, other)| other.owner == record.owner) {
            if is_alias(other) {
                let words = "Cannot add a new record where a CNAME exists";
                return Err(Refusal::invalid("base", words));
            }
            if is_alias(record) {
                let words = "CNAME must be the only record on a subdomain";
                return Err(Refusal::invalid("base", words));
            }
        }
        Ok(())
    }

    /// Makes `held` what is answered.
    pub fn serve(&mut self, held: &mut Held) {
        let touched = std::mem::take(&mut self.touched);
        if touched.is_empty() {
            return;
        }
        let mut served: BTreeMap<RecordKey, RecordSet> = BTreeMap::new();
        let records = self
            .by_number
            .values()
            .filter(|record| touched.contains(&record.owner));
        for record in records {
            let Some(data) = &record.data else { continue };
            if record.rtype == "SOA" {
                continue;
            }
            let key = RecordKey {
                owner: record.owner.clone(),
                rtype: record.rtype.parse().expect("a type of the table"),
            };
            let set = served.entry(key);
            let set = set.or_insert_with(|| RecordSet::new(record.ttl, Vec::new()));
            if !set.rdata.contains(data) {
                set.rdata.push(data.clone());
            }
        }
        for owner in touched {
            for rtype in held.types_at(&owner) {
                let owner = owner.clone();
                let key = RecordKey { owner, rtype };
                if rtype != RecordType::SOA && !served.contains_key(&key) {
                    held.delete(&key);
                }
            }
        }
        for (key, set) in served {
            let set = RecordSet::new(set.ttl, set.rdata);
            if held.get(&key).is_none_or(|entry| entry.set != set) {
                held.put(key, set);
            }
        }
    }
}
