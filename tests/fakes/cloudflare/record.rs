//! Records with their ids, and what is served of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use redundns::zone::{Name, RecordKey, RecordSet, RecordType, rdata};
use serde_json::{Value, json};

use super::super::store::Held;
use super::check::{self, Refusal};
use super::spelling::spell;
use super::{RAISED_QUOTA, VENDOR, Zone, dotless};

/// A batch may change so many records in a free zone.
/// <https://developers.cloudflare.com/dns/manage-dns-records/how-to/batch-record-changes/>
const BATCH: usize = 200;
/// What an automatic TTL is.
const AUTOMATIC: u32 = 300;
/// An address of the proxy.
const PROXY: [u8; 4] = [104, 16, 0, 1];

/// A record.
#[derive(Clone, Debug)]
pub struct Record {
    /// Owner and type.
    pub key: RecordKey,
    /// Canonical data.
    pub data: Box<[u8]>,
    /// Seconds; 1 is automatic.
    pub ttl: u32,
    /// Whether Cloudflare answers in its place.
    pub proxied: bool,
    /// Text or null.
    pub comment: Value,
    /// A list.
    pub tags: Value,
    /// `flatten_cname` and others.
    pub settings: Value,
    /// Who owns it.
    pub meta: Value,
}

/// The records of a zone by number, in the order of creation.
#[derive(Clone, Default)]
pub struct Records {
    by_number: BTreeMap<u64, Arc<Record>>,
    last: u64,
    /// Names that are not served as they are yet.
    touched: BTreeSet<Name>,
}

fn id(number: u64) -> String {
    format!("{number:032x}")
}

fn number(id: &Value) -> Option<u64> {
    let id = id.as_str().filter(|id| id.len() == 32)?;
    u64::from_str_radix(id, 16).ok()
}

impl Records {
    fn add(&mut self, record: Record) -> u64 {
        self.last += 1;
        self.put(self.last, record);
        self.last
    }

    fn put(&mut self, number: u64, record: Record) {
        self.touched.insert(record.key.owner.clone());
        self.by_number.insert(number, Arc::new(record));
    }

    fn touch_all(&mut self, origin: &Name) {
        let owners = self.by_number.values();
        let owners = owners.map(|record| record.key.owner.clone());
        self.touched.extend(owners);
        self.touched.insert(origin.clone());
    }

    fn number(&self, id: &Value) -> Result<u64, Refusal> {
        let number = number(id).filter(|number| self.by_number.contains_key(number));
        number.ok_or_else(|| Refusal::new(404, 81044, "Record does not exist."))
    }

    /// All but one.
    pub fn others(&self, than: Option<u64>) -> impl Iterator<Item = &Record> {
        let others = self.by_number.iter();
        others
            .filter(move |(number, _)| Some(**number) != than)
            .map(|(_, record)| &**record)
    }

    fn shown(&self, origin: &Name, number: u64) -> Value {
        let record = &self.by_number[&number];
        let is_proxiable = matches!(
            record.key.rtype,
            RecordType::A | RecordType::AAAA | RecordType::CNAME
        );
        let mut object = json!({
            "id": id(number),
            "zone_name": dotless(origin),
            "name": dotless(&record.key.owner),
            "type": record.key.rtype.to_string(),
            "proxiable": is_proxiable,
            "proxied": record.proxied,
            "ttl": record.ttl,
            "settings": record.settings,
            "meta": record.meta,
            "comment": record.comment,
            "tags": record.tags,
            "created_on": "2026-01-01T00:00:00.000000Z",
            "modified_on": "2026-01-01T00:00:00.000000Z",
        });
        spell(record.key.rtype, &record.data, &mut object);
        object
    }

    /// Every record as the API shows it.
    pub fn objects(&self, origin: &Name) -> Vec<Value> {
        let numbers = self.by_number.keys();
        numbers.map(|&number| self.shown(origin, number)).collect()
    }

    /// One record as the API shows it.
    pub fn object(&self, origin: &Name, id: &str) -> Result<Value, Refusal> {
        let number = self.number(&json!(id))?;
        Ok(self.shown(origin, number))
    }
}

fn is_own(data: &[u8]) -> bool {
    VENDOR.nameservers.iter().any(|name| {
        let own = rdata::from_text(RecordType::NS, name, None);
        own.is_ok_and(|own| own == data)
    })
}

impl Zone {
    /// A zone from past the API, with the settings that it takes to serve what it serves, and whatever other NS
    /// records may follow.
    pub fn of(held: &Held) -> Self {
        let mut zone = Self {
            records: Records::default(),
            multi_provider: true,
            ns_ttl: 86_400,
            flatten_all_cnames: false,
            quota: RAISED_QUOTA,
        };
        for (key, entry) in held.sets() {
            if key.rtype == RecordType::SOA {
                continue;
            }
            let is_apex_ns = key.rtype == RecordType::NS && key.owner == *held.origin();
            if is_apex_ns {
                zone.ns_ttl = entry.set.ttl;
            }
            for data in &entry.set.rdata {
                if is_apex_ns && is_own(data) {
                    continue;
                }
                zone.records.add(Record {
                    key: key.clone(),
                    data: data.clone(),
                    ttl: entry.set.ttl,
                    proxied: false,
                    comment: Value::Null,
                    tags: json!([]),
                    settings: json!({}),
                    meta: json!({}),
                });
            }
        }
        zone
    }

    /// Makes `held` what is answered.
    pub fn serve(&mut self, held: &mut Held) {
        let origin = held.origin().clone();
        let touched = std::mem::take(&mut self.records.touched);
        let is_touched = |name: &Name| touched.contains(name);
        let mut served: BTreeMap<RecordKey, RecordSet> = BTreeMap::new();
        let mut add = |key: RecordKey, ttl: u32, data: Box<[u8]>| {
            let set = served
                .entry(key)
                .or_insert_with(|| RecordSet::new(ttl, Vec::new()));
            if !set.rdata.contains(&data) {
                set.rdata.push(data);
            }
        };
        let apex = |rtype| RecordKey {
            owner: origin.clone(),
            rtype,
        };
        for name in VENDOR.nameservers.iter().filter(|_| is_touched(&origin)) {
            let data = rdata::from_text(RecordType::NS, name, None).expect("a name");
            add(apex(RecordType::NS), self.ns_ttl, data.into());
        }
        let records = self.records.others(None);
        for record in records.filter(|record| is_touched(&record.key.owner)) {
            let ttl = if record.ttl == 1 {
                AUTOMATIC
            } else {
                record.ttl
            };
            let is_apex = record.key.owner == origin;
            match record.key.rtype {
                RecordType::NS if is_apex && !self.multi_provider => {}
                _ if record.proxied => {
                    let rtype = RecordType::A;
                    let owner = record.key.owner.clone();
                    add(RecordKey { owner, rtype }, AUTOMATIC, PROXY.into());
                }
                RecordType::CNAME if is_apex || self.flatten_all_cnames => {}
                _ => add(record.key.clone(), ttl, record.data.clone()),
            }
        }
        let before = held.sets().map(|(key, _)| key);
        let before = before.filter(|key| is_touched(&key.owner));
        for key in before.cloned().collect::<Vec<_>>() {
            if key.rtype != RecordType::SOA && !served.contains_key(&key) {
                held.delete(&key);
            }
        }
        for (key, set) in served {
            let set = RecordSet::new(set.ttl, set.rdata);
            if held.get(&key).is_none_or(|entry| entry.set != set) {
                held.put(key, set);
            }
        }
    }

    /// Settings that a body names.
    pub fn set(&mut self, origin: &Name, body: &Value) -> Result<(), Refusal> {
        self.records.touch_all(origin);
        if let Some(ttl) = body.get("ns_ttl") {
            let ttl = ttl.as_u64().and_then(|ttl| u32::try_from(ttl).ok());
            let ttl = ttl.filter(|ttl| (30..=86_400).contains(ttl));
            self.ns_ttl = ttl.ok_or_else(|| {
                Refusal::new(400, 1004, "ns_ttl must be between 30 and 86400 seconds")
            })?;
        }
        let flags = [
            ("multi_provider", &mut self.multi_provider),
            ("flatten_all_cnames", &mut self.flatten_all_cnames),
        ];
        for (name, flag) in flags {
            if let Some(value) = body.get(name) {
                *flag = value
                    .as_bool()
                    .ok_or_else(|| Refusal::new(400, 1004, &format!("{name} must be a boolean")))?;
            }
        }
        Ok(())
    }

    /// A new record.
    pub fn post(&mut self, origin: &Name, body: &Value) -> Result<Value, Refusal> {
        if self.records.by_number.len() >= self.quota {
            return Err(Refusal::new(400, 81045, "Record quota exceeded."));
        }
        let record = check::record(origin, body, None)?;
        check::beside(origin, &record, &self.records, None)?;
        let number = self.records.add(record);
        Ok(self.records.shown(origin, number))
    }

    /// Another record, or with `is_whole` not even its comment as before, in the place of one.
    pub fn change(
        &mut self,
        origin: &Name,
        body: &Value,
        is_whole: bool,
    ) -> Result<Value, Refusal> {
        let number = self.records.number(&body["id"])?;
        let before = self.records.by_number[&number].clone();
        check::editable(&before)?;
        let record = check::record(origin, body, Some((&before, is_whole)))?;
        check::beside(origin, &record, &self.records, Some(number))?;
        self.records.touched.insert(before.key.owner.clone());
        self.records.put(number, record);
        Ok(self.records.shown(origin, number))
    }

    /// A record goes.
    pub fn delete(&mut self, body: &Value) -> Result<Value, Refusal> {
        let number = self.records.number(&body["id"])?;
        let record = &self.records.by_number[&number];
        check::editable(record)?;
        let key = record.key.clone();
        self.records.touched.insert(key.owner.clone());
        self.records.by_number.remove(&number);
        check::left(&key, &self.records)?;
        Ok(json!({ "id": id(number) }))
    }

    /// Deletes, patches, puts, posts, in this order.
    pub fn batch(&mut self, origin: &Name, body: &Value) -> Result<Value, Refusal> {
        let list = |name: &str| body[name].as_array().cloned().unwrap_or_default();
        let names = ["deletes", "patches", "puts", "posts"];
        let count: usize = names.iter().map(|name| list(name).len()).sum();
        if count > BATCH {
            let words = format!("Batch contains {count} operations, the limit is {BATCH}.");
            return Err(Refusal::new(400, 1004, &words));
        }
        if count == 0 {
            return Err(Refusal::new(400, 1004, "Batch contains no operations."));
        }
        let mut made = json!({});
        for name in names {
            let done: Result<Vec<Value>, Refusal> = list(name)
                .iter()
                .map(|body| match name {
                    "deletes" => self.delete(body),
                    "patches" => self.change(origin, body, false),
                    "puts" => self.change(origin, body, true),
                    _ => self.post(origin, body),
                })
                .collect();
            made[name] = json!(done?);
        }
        Ok(made)
    }
}
