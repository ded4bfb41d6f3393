//! What is taken, and how it comes back: as it was written.

use std::collections::{BTreeMap, HashMap, HashSet};

use redundns::zone::{Name, RecordKey, RecordSet, RecordType, rdata};
use serde_json::{Value, json};

use super::super::http::Answer;
use super::super::store::Held;
use super::{conflict, is_own, wrong};

type T = RecordType;

/// <https://api.gandi.net/docs/livedns/>, but for ALIAS, and HTTPS and SVCB, which `DNSControl` writes there.
const TYPES: &str =
    "A AAAA CAA CNAME DNAME DS HTTPS LOC MX NAPTR NS OPENPGPKEY PTR RP SPF SRV SSHFP SVCB TLSA TXT";

/// <https://github.com/DNSControl/dnscontrol/issues/135>
pub const APEX_NS: &str = "can't use '@' for NS records";

/// What is kept of a zone beside DNS data.
#[derive(Clone, Default)]
pub struct Notes {
    /// The set that was understood, its name and its values as they were written.
    written: HashMap<RecordKey, (RecordSet, String, Vec<String>)>,
    /// What is no record of DNS, by name.
    aliases: BTreeMap<String, Value>,
}

/// A set that is to be written.
pub enum Wanted {
    /// One of DNS: its name and values as they were written, too.
    Set(RecordKey, RecordSet, String, Vec<String>),
    /// Another: its name, and all of it.
    Alias(String, Value),
}

impl Notes {
    /// Every set but Gandi's own.
    pub fn shown(&self, held: &Held) -> Vec<Value> {
        let sets = held.sets().filter(|(key, _)| !is_own(held.origin(), key));
        let mut shown: Vec<Value> = sets
            .map(|(key, entry)| {
                let values: Vec<String> = match self.written.get(key) {
                    Some((set, _, values)) if *set == entry.set => values.clone(),
                    _ => entry
                        .set
                        .rdata
                        .iter()
                        .map(|data| rdata::to_text(key.rtype, data))
                        .collect(),
                };
                json!({
                    "rrset_name": self.name(held, key), "rrset_type": key.rtype.to_string(),
                    "rrset_ttl": entry.set.ttl, "rrset_values": values,
                    "rrset_href": format!("https://api.gandi.net/v5/livedns/domains/{}/records", held.origin()),
                })
            })
            .collect();
        shown.extend(self.aliases.values().cloned());
        shown
    }

    /// A name as it was written.
    fn name(&self, held: &Held, key: &RecordKey) -> String {
        let written = self.written.get(key).map(|written| written.1.clone());
        written.unwrap_or_else(|| key.owner.borrow().relative_to(held.origin().borrow()))
    }

    /// The sets of a body's `items`, of the whole zone or of one name.
    pub fn items(held: &Held, body: &Value, owner: Option<&str>) -> Result<Vec<Wanted>, Answer> {
        let items = body["items"].as_array();
        let items = items.ok_or_else(|| wrong("items", "Required"))?;
        let sets = items.iter().map(|item| Self::read(held, item, owner, None));
        sets.collect()
    }

    /// One set of a body; name and type may stand in the path.
    pub fn read(
        held: &Held,
        item: &Value,
        owner: Option<&str>,
        rtype: Option<&str>,
    ) -> Result<Wanted, Answer> {
        let field = |name: &'static str, path: Option<&str>| match (path, item[name].as_str()) {
            (Some(path), Some(body)) if path != body => Err(wrong(name, "not that of the path")),
            (Some(text), _) | (None, Some(text)) => Ok(text.to_owned()),
            (None, None) => Err(wrong(name, "Required")),
        };
        let name = field("rrset_name", owner)?;
        let kind = field("rrset_type", rtype)?;
        let ttl = ttl(&item["rrset_ttl"])?;
        let values = item["rrset_values"]
            .as_array()
            .map_or(&[][..], Vec::as_slice);
        let values: Option<Vec<&str>> = values.iter().map(Value::as_str).collect();
        let values = values.filter(|values| !values.is_empty());
        let values = values.ok_or_else(|| wrong("rrset_values", "Required"))?;
        if kind == "ALIAS" {
            if name != "@" {
                let words = "only '@' is allowed for ALIAS records";
                return Err(wrong("rrset_name", words));
            }
            let set = json!({ "rrset_name": name, "rrset_type": kind, "rrset_ttl": ttl, "rrset_values": values });
            return Ok(Wanted::Alias(name, set));
        }
        let known = TYPES.split(' ').find(|known| *known == kind);
        let known = known.and_then(|known| known.parse::<RecordType>().ok());
        let rtype = known.ok_or_else(|| {
            let words = format!("\"{kind}\" is not one of {}", TYPES.replace(' ', ", "));
            wrong("rrset_type", &words)
        })?;
        let origin = held.origin();
        let owner = Name::parse(name.as_bytes(), Some(origin.borrow())).ok();
        let is_relative = !name.is_empty() && !name.ends_with('.');
        let owner = owner.filter(|_| is_relative);
        let owner = owner.ok_or_else(|| wrong("rrset_name", &format!("'{name}': invalid name")))?;
        let key = RecordKey { owner, rtype };
        if is_own(origin, &key) {
            return Err(wrong("rrset_name", APEX_NS));
        }
        if rtype == T::CNAME && key.owner == *origin {
            let words = "can't use '@' for CNAME records";
            return Err(wrong("rrset_name", words));
        }
        if rtype == T::CNAME && values.len() > 1 {
            let words = "a CNAME record has one value";
            return Err(wrong("rrset_values", words));
        }
        let mut data = Vec::new();
        let mut written = Vec::new();
        for value in values {
            let value = match rtype {
                T::TXT | T::SPF if !value.starts_with('"') => format!("\"{value}\""),
                _ => value.to_owned(),
            };
            data.push(content(origin, rtype, &value)?.into());
            written.push(value);
        }
        Ok(Wanted::Set(key, RecordSet::new(ttl, data), name, written))
    }

    /// Whether there is such a set already.
    pub fn has(&self, held: &Held, set: &Wanted) -> bool {
        match set {
            Wanted::Set(key, ..) => held.get(key).is_some(),
            Wanted::Alias(name, _) => self.aliases.contains_key(name),
        }
    }

    /// Writes one set.
    pub fn put(&mut self, held: &mut Held, set: Wanted) -> Result<(), Answer> {
        let (key, set, name, values) = match set {
            Wanted::Alias(name, set) => {
                self.aliases.insert(name, set);
                return Ok(());
            }
            Wanted::Set(key, set, name, values) => (key, set, name, values),
        };
        if held.get(&key).is_some() && self.name(held, &key) != name {
            let words = format!("Record {name} already exists");
            return Err(conflict(&words));
        }
        let is_alias = key.rtype == T::CNAME;
        let mut others = held.types_at(&key.owner).into_iter();
        if others.any(|other| other != key.rtype && (is_alias || other == T::CNAME)) {
            let words = "a CNAME record can't be with other records of its name";
            return Err(wrong("rrset_type", words));
        }
        held.put(key.clone(), set.clone());
        self.written.insert(key, (set, name, values));
        Ok(())
    }

    /// Puts sets in the place of all, or of all of one name.
    pub fn replace(
        &mut self,
        held: &mut Held,
        owner: Option<&str>,
        sets: Vec<Wanted>,
    ) -> Result<(), Answer> {
        let mut seen = HashSet::new();
        for set in &sets {
            let Wanted::Set(key, ..) = set else { continue };
            if !seen.insert(key) {
                return Err(wrong("items", &format!("{key} is there twice")));
            }
        }
        if let Some(owner) = owner {
            let _ = self.remove(held, owner, None);
        } else {
            let origin = held.origin().clone();
            let keys: Vec<RecordKey> = held.sets().map(|(key, _)| key.clone()).collect();
            for key in keys.iter().filter(|key| !is_own(&origin, key)) {
                held.delete(key);
            }
            *self = Self::default();
        }
        for set in sets {
            self.put(held, set)?;
        }
        Ok(())
    }

    /// Takes out what is at a name, as it was written; how many sets that were.
    pub fn remove(&mut self, held: &mut Held, owner: &str, rtype: Option<&str>) -> usize {
        let origin = held.origin().clone();
        let keys: Vec<RecordKey> = held.sets().map(|(key, _)| key.clone()).collect();
        let is_meant = |kind: &str| rtype.is_none_or(|rtype| rtype == kind);
        let mut count = 0;
        for key in keys {
            let is_there = !is_own(&origin, &key) && is_meant(&key.rtype.to_string());
            if is_there && self.name(held, &key) == owner {
                held.delete(&key);
                self.written.remove(&key);
                count += 1;
            }
        }
        if is_meant("ALIAS") && self.aliases.remove(owner).is_some() {
            count += 1;
        }
        count
    }
}

fn ttl(given: &Value) -> Result<u32, Answer> {
    if given.is_null() {
        return Ok(10_800);
    }
    let ttl = given.as_i64();
    let ttl = ttl.ok_or_else(|| wrong("rrset_ttl", &format!("{given} is not of type integer")))?;
    let refuse = |words: &str| wrong("rrset_ttl", &format!("{ttl} is {words}"));
    match u32::try_from(ttl) {
        Ok(taken @ 300..=2_592_000) => Ok(taken),
        Ok(0..300) => Err(refuse("less than minimum value 300")),
        _ if ttl < 0 => Err(refuse("less than minimum value 300")),
        _ => Err(refuse("greater than maximum value 2592000")),
    }
}

fn content(origin: &Name, rtype: RecordType, value: &str) -> Result<Vec<u8>, Answer> {
    let refuse = |why: &str| wrong("rrset_values", &format!("'{value}': {why}"));
    let targets = [T::CNAME, T::DNAME, T::MX, T::NS, T::SRV];
    let target = value.rsplit(' ').next().unwrap_or_default();
    let is_address = |text: &str| {
        text.trim_end_matches('.')
            .parse::<std::net::IpAddr>()
            .is_ok()
    };
    if targets.contains(&rtype) && is_address(target) {
        return Err(refuse("invalid hostname"));
    }
    let read = rdata::from_text(rtype, value, Some(origin.borrow()));
    read.map_err(|error| refuse(&error.to_string()))
}
