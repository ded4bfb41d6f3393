//! What the API keeps: records as objects with answers, beside the zones that are served.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redundns::zone::{Name, RecordKey, RecordSet, RecordType};
use serde_json::{Value, json};

use super::super::store::{Held, Store};
use super::content;

/// Zones, each with its records by name and type.
pub struct Zones {
    pub store: Arc<Store>,
    records: Mutex<BTreeMap<Name, Records>>,
}

/// By domain and type.
pub type Records = BTreeMap<(String, String), Record>;

/// A record: what others call a record set.
#[derive(Clone)]
pub struct Record {
    pub ttl: u32,
    /// Objects with the fields `answer`, `id` and whatever else was sent.
    pub answers: Vec<Value>,
    pub filters: Vec<Value>,
    pub link: Option<String>,
    pub number: usize,
}

pub fn dotless(name: &Name) -> String {
    name.to_string().trim_end_matches('.').to_owned()
}

fn id(number: usize) -> String {
    format!("{number:024x}")
}

impl Record {
    /// 1 for what DNS has everywhere.
    fn tier(&self) -> u8 {
        if self.filters.is_empty() { 1 } else { 3 }
    }

    /// As its zone lists it. Answers behind a filter chain do not show.
    pub fn listed(&self, key: &(String, String)) -> Value {
        let mut record = json!({
            "domain": key.0, "type": key.1, "ttl": self.ttl, "tier": self.tier(), "link": self.link,
            "id": id(self.number),
        });
        if self.filters.is_empty() && self.link.is_none() {
            let short = self
                .answers
                .iter()
                .map(|answer| content::short(&answer["answer"]));
            record["short_answers"] = short.collect();
        }
        record
    }

    /// As it is by itself.
    pub fn whole(&self, zone: &str, key: &(String, String)) -> Value {
        json!({
            "domain": key.0, "zone": zone, "type": key.1, "ttl": self.ttl, "tier": self.tier(), "link": self.link,
            "id": id(self.number), "answers": self.answers, "filters": self.filters, "meta": {}, "regions": {},
            "use_client_subnet": true, "networks": [0],
        })
    }
}

impl Zones {
    pub fn new(store: Arc<Store>) -> Self {
        Self {
            store,
            records: Mutex::default(),
        }
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<Name, Records>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the records of a zone, those from past the API among them.
    pub fn with<T>(&self, held: &Held, look: impl FnOnce(&Records) -> T) -> T {
        let mut all = self.all();
        let records = all.entry(held.origin().clone()).or_insert_with(|| {
            let sets = held.sets().filter(|(key, _)| key.rtype != RecordType::SOA);
            let record = |(key, entry): (&RecordKey, &super::super::store::Entry)| {
                let answers = entry.set.rdata.iter().enumerate().map(|(at, data)| {
                    json!({ "answer": content::fields(key.rtype, data), "meta": {}, "id": id(at) })
                });
                let record = Record {
                    ttl: entry.set.ttl,
                    answers: answers.collect(),
                    filters: Vec::new(),
                    link: None,
                    number: usize::try_from(entry.id).unwrap_or(0),
                };
                ((dotless(&key.owner), key.rtype.to_string()), record)
            };
            sets.map(record).collect()
        });
        look(records)
    }

    /// Puts a record in the place of what was there, or takes it out, and serves that.
    pub fn put(&self, origin: &Name, key: (String, String), record: Option<Record>) {
        let mut all = self.all();
        let records = all.entry(origin.clone()).or_default();
        let served = key.1.parse().ok().zip(Name::absolute(&key.0).ok());
        let served = served.map(|(rtype, owner)| RecordKey { owner, rtype });
        if let Some(served) = served {
            let data = |record: &Record| {
                let answers = record.answers.iter();
                let data = answers.filter_map(|one| content::data(served.rtype, &one["answer"]));
                RecordSet::new(record.ttl, data.collect())
            };
            let set = record.as_ref().map(data);
            self.store.change(origin, |held| {
                match set {
                    Some(set) if !set.rdata.is_empty() => held.put(served.clone(), set),
                    _ => drop(held.delete(&served)),
                }
                Ok::<_, ()>(())
            });
        }
        match record {
            Some(record) => drop(records.insert(key, record)),
            None => drop(records.remove(&key)),
        }
    }

    /// Forgets a zone.
    pub fn remove(&self, origin: &Name) -> bool {
        self.all().remove(origin);
        self.store.remove(origin)
    }
}
