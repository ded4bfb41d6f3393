//! What a PATCH says, and what it does.

use redundns::zone::{Name, RecordKey, RecordSet, RecordType, rdata};
use serde_json::{Value, json};

use super::super::http::Answer;
use super::super::store::Held;
use super::{OWN, Zone, apex_ns, data, invalid, missing, wrong};

/// What makes a record dynamic, and the types that it may have:
/// <https://www.scaleway.com/en/docs/domains-and-dns/how-to/manage-dns-records/#how-to-configure-dynamic-records>
const DYNAMIC: [(&str, &str); 4] = [
    ("geo_ip_config", "A AAAA CNAME ALIAS"),
    ("http_service_config", "A AAAA"),
    ("weighted_config", "A AAAA"),
    ("view_config", "A AAAA CNAME ALIAS TXT"),
];

/// The lowest TTL of NS records; lower ones are raised to it.
const NS_TTL: u32 = 1800;

/// A record that was understood.
struct Record {
    key: RecordKey,
    ttl: u32,
    data: Box<[u8]>,
    comment: Value,
    config: Option<(String, Value)>,
}

/// Every record of a zone, by name, but for the SOA.
pub fn all(held: &Held, zone: &mut Zone) -> Vec<Value> {
    let mut records: Vec<Value> = zone.aliases.values().cloned().collect();
    for (key, entry) in held.sets().filter(|(key, _)| key.rtype != RecordType::SOA) {
        let shown = entry.set.rdata.iter();
        records.extend(shown.map(|data| object(held.origin(), zone, key, entry.set.ttl, data)));
    }
    let name = |record: &Value| record["name"].as_str().unwrap_or_default().to_owned();
    records.sort_by_key(name);
    records
}

fn object(origin: &Name, zone: &mut Zone, key: &RecordKey, ttl: u32, data: &[u8]) -> Value {
    let extra = zone.of(origin, key, data);
    let name = key.owner.borrow().relative_to(origin.borrow());
    let text = data::spelled(key.rtype, data);
    // Its preference stands in the data as well.
    let priority = match key.rtype {
        RecordType::MX | RecordType::SRV => {
            text.split(' ').next().and_then(|word| word.parse().ok())
        }
        _ => None,
    };
    let mut object = json!({
        "id": extra.id, "data": text, "name": if name == "@" { "" } else { &name },
        "priority": priority.unwrap_or(0_u32), "ttl": ttl, "type": key.rtype.to_string(), "comment": extra.comment,
    });
    if let Some((name, config)) = extra.config {
        object[name] = config;
    }
    object
}

/// Makes the changes, one after the other; the records that were written.
pub fn make(held: &mut Held, zone: &mut Zone, changes: &[Value]) -> Result<Vec<Value>, Answer> {
    let origin = held.origin().clone();
    let mut written = Vec::new();
    for change in changes {
        let kinds = ["add", "set", "delete", "clear"];
        let given: Vec<&str> = kinds
            .into_iter()
            .filter(|kind| !change[kind].is_null())
            .collect();
        let [kind] = given.as_slice() else {
            return Err(wrong(
                "changes",
                "constraint",
                "exactly one of add, set, delete, clear",
            ));
        };
        let inner = &change[kind];
        let mut new = Vec::new();
        if matches!(*kind, "add" | "set") {
            let records = inner["records"].as_array().map_or(&[][..], Vec::as_slice);
            if records.is_empty() {
                return Err(wrong("records", "required", ""));
            }
            for given in records {
                if given["type"]
                    .as_str()
                    .is_some_and(|given| given.eq_ignore_ascii_case("ALIAS"))
                {
                    written.push(alias(&origin, zone, given)?);
                } else {
                    new.push(record(&origin, given)?);
                }
            }
        }
        match *kind {
            "clear" => {
                let keys: Vec<RecordKey> = held.sets().map(|(key, _)| key.clone()).collect();
                for key in keys.iter().filter(|key| key.rtype != RecordType::SOA) {
                    remove(held, zone, key, |_| true);
                }
                zone.aliases.clear();
            }
            "delete" | "set" => {
                let key = select(held, zone, inner, *kind == "set")?;
                if let Some((key, data, ttl)) = key {
                    let is_meant = |set: &RecordSet, one: &[u8]| {
                        data.as_deref().is_none_or(|data| data == one)
                            && ttl.is_none_or(|ttl| ttl == set.ttl)
                    };
                    let set = held.get(&key).map(|entry| entry.set.clone());
                    if let Some(set) = set {
                        remove(held, zone, &key, |one| is_meant(&set, one));
                    }
                }
            }
            _ => {}
        }
        for record in new {
            written.push(put(held, zone, record)?);
        }
        keep_own(held);
    }
    Ok(written)
}

/// Takes records out of a set.
fn remove(held: &mut Held, zone: &mut Zone, key: &RecordKey, is_meant: impl Fn(&[u8]) -> bool) {
    let Some(set) = held.get(key).map(|entry| entry.set.clone()) else {
        return;
    };
    let (gone, stays): (Vec<_>, Vec<_>) = set.rdata.into_iter().partition(|data| is_meant(data));
    for data in gone {
        zone.forget(key, &data);
    }
    if stays.is_empty() {
        held.delete(key);
    } else {
        held.put(key.clone(), RecordSet::new(set.ttl, stays));
    }
}

/// The zone's own servers are always there.
fn keep_own(held: &mut Held) {
    let key = apex_ns(held.origin());
    let (ttl, mut data) = match held.get(&key) {
        Some(entry) => (entry.set.ttl, entry.set.rdata.clone()),
        None => (NS_TTL, Vec::new()),
    };
    data.extend(OWN.map(|name| {
        rdata::from_text(RecordType::NS, name, None)
            .expect("a name")
            .into()
    }));
    held.put(key, RecordSet::new(ttl, data));
}

type Selected = Option<(RecordKey, Option<Box<[u8]>>, Option<u32>)>;

/// Which records a change is about: by id, or by name and type, and by data and TTL where they are given.
fn select(held: &Held, zone: &Zone, inner: &Value, may_be_new: bool) -> Result<Selected, Answer> {
    let fields = ["id_fields", "idFields"].map(|name| &inner[name]);
    let fields = fields.into_iter().find(|fields| !fields.is_null());
    match (inner["id"].as_str(), fields) {
        (Some(id), None) => {
            let (key, data) = zone.by_id(id).ok_or_else(|| missing("record", id))?;
            Ok(Some((key, Some(data), None)))
        }
        (None, Some(fields)) => {
            let key = key(held.origin(), fields)?;
            let text = fields["data"].as_str();
            let data = text
                .map(|text| data::taken(held.origin(), key.rtype, text))
                .transpose()?;
            let ttl = fields["ttl"]
                .as_u64()
                .and_then(|ttl| u32::try_from(ttl).ok());
            match held.get(&key) {
                Some(_) => Ok(Some((key, data, ttl))),
                None if may_be_new => Ok(None),
                None => Err(missing("record", &key.to_string())),
            }
        }
        _ => Err(wrong("id", "constraint", "exactly one of id, id_fields")),
    }
}

fn key(origin: &Name, fields: &Value) -> Result<RecordKey, Answer> {
    let rtype = fields["type"]
        .as_str()
        .ok_or_else(|| wrong("type", "required", ""))?;
    let rtype = data::known(rtype).ok_or_else(|| wrong("type", "format", "not a record type"))?;
    let name = match fields["name"].as_str().unwrap_or_default() {
        "" => "@",
        name => name,
    };
    let owner = Name::parse(name.as_bytes(), Some(origin.borrow()));
    let owner = owner
        .ok()
        .filter(|owner| owner.borrow().is_at_or_below(origin.borrow()));
    let owner = owner.ok_or_else(|| invalid("the name is not valid"))?;
    Ok(RecordKey { owner, rtype })
}

fn ttl(given: &Value) -> Result<u32, Answer> {
    match given {
        Value::Null => Ok(3600),
        given => {
            let ttl = given
                .as_u64()
                .ok_or_else(|| wrong("ttl", "format", "not a number"))?;
            let is_fine = (60..=2_592_000).contains(&ttl);
            let ttl = u32::try_from(ttl).ok().filter(|_| is_fine);
            ttl.ok_or_else(|| wrong("ttl", "constraint", "between 60 and 2592000"))
        }
    }
}

/// What makes a record dynamic.
fn config(given: &Value) -> Result<Option<(String, Value)>, Answer> {
    let rtype = given["type"].as_str().unwrap_or_default().to_uppercase();
    let mut configs = DYNAMIC.iter().filter(|(name, _)| !given[name].is_null());
    let Some((name, types)) = configs.next() else {
        return Ok(None);
    };
    if configs.next().is_some() {
        return Err(wrong(
            "config",
            "constraint",
            "one kind of dynamic record at a time",
        ));
    }
    if !types.split(' ').any(|allowed| allowed == rtype) {
        return Err(invalid(&format!(
            "{name} is not available for {rtype} records"
        )));
    }
    Ok(Some(((*name).to_owned(), given[*name].clone())))
}

fn record(origin: &Name, given: &Value) -> Result<Record, Answer> {
    let key = key(origin, given)?;
    let text = given["data"]
        .as_str()
        .ok_or_else(|| wrong("data", "required", ""))?;
    let ttl = ttl(&given["ttl"])?;
    let ttl = if key.rtype == RecordType::NS {
        ttl.max(NS_TTL)
    } else {
        ttl
    };
    if key.rtype == RecordType::CNAME && key.owner == *origin {
        return Err(invalid(
            "cname can not be used in root zone, you can use alias",
        ));
    }
    Ok(Record {
        ttl,
        data: data::taken(origin, key.rtype, text)?,
        comment: given["comment"].clone(),
        config: config(given)?,
        key,
    })
}

fn put(held: &mut Held, zone: &mut Zone, record: Record) -> Result<Value, Answer> {
    let Record {
        key,
        ttl,
        data,
        comment,
        config,
    } = record;
    let is_alias = key.rtype == RecordType::CNAME;
    let mut others = held.types_at(&key.owner).into_iter();
    if others.any(|other| other != key.rtype && (is_alias || other == RecordType::CNAME)) {
        return Err(invalid("a CNAME record can not be used with other records"));
    }
    let mut all = held
        .get(&key)
        .map_or(Vec::new(), |entry| entry.set.rdata.clone());
    if is_alias && !all.is_empty() && !all.contains(&data) {
        return Err(invalid("only one CNAME record is allowed for a name"));
    }
    all.push(data.clone());
    held.put(key.clone(), RecordSet::new(ttl, all));
    let origin = held.origin().clone();
    let mut extra = zone.of(&origin, &key, &data);
    (extra.comment, extra.config) = (comment, config);
    zone.keep(&key, &data, extra);
    Ok(object(&origin, zone, &key, ttl, &data))
}

/// A record that is none of DNS.
fn alias(origin: &Name, zone: &mut Zone, given: &Value) -> Result<Value, Answer> {
    let name = given["name"].as_str().unwrap_or_default();
    let mut record = given.clone();
    record["id"] = json!(zone.id(origin));
    record["ttl"] = json!(ttl(&given["ttl"])?);
    record["priority"] = json!(0);
    zone.aliases.insert(name.to_owned(), record.clone());
    Ok(record)
}
