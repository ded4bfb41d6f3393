//! What a write has to be like.

use std::collections::BTreeMap;

use redundns::zone::{Name, RecordKey, RecordSet, RecordType};
use serde_json::{Map, Value, json};

use super::super::store::Held;
use super::content::content;

/// Of a domain that support made no exception for.
pub const MINIMUM_TTL: i64 = 3600;
const MAXIMUM_TTL: i64 = 86_400;

/// <https://desec.readthedocs.io/en/latest/dns/rrsets.html#supported-types>, and CSYNC, which its source has.
const TYPES: &str = "A AAAA AFSDB APL CAA CDNSKEY CDS CERT CNAME CSYNC DHCID DNAME DNSKEY DLV DS EUI48 EUI64 HINFO \
    HTTPS KX L32 L64 LOC LP MX NAPTR NID NS OPENPGPKEY PTR RP SMIMEA SPF SRV SSHFP SVCB TLSA TXT URI";
/// Types that nobody but deSEC writes.
const AUTOMATIC: &str = "KEY NSEC NSEC3 OPT RRSIG NSEC3PARAM SOA";

/// How sets are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// New sets alone.
    Post,
    /// Whole sets, new or not.
    Put,
    /// What is not given stays.
    Patch,
}

impl Method {
    /// By its name.
    pub fn of(name: &str) -> Self {
        match name {
            "POST" => Self::Post,
            "PUT" => Self::Put,
            _ => Self::Patch,
        }
    }
}

/// Whether a type is one of those that nobody but deSEC writes.
pub fn is_automatic(rtype: &str) -> bool {
    AUTOMATIC.split(' ').any(|automatic| automatic == rtype)
}

/// The owner as deSEC has it: relative to the domain, empty at the apex.
pub fn subname(held: &Held, key: &RecordKey) -> String {
    let text = key.owner.borrow().relative_to(held.origin().borrow());
    if text == "@" { String::new() } else { text }
}

/// Errors by field.
type Errors = Map<String, Value>;

fn error(field: &str, words: impl Into<String>) -> Errors {
    Map::from_iter([(field.to_owned(), json!([words.into()]))])
}

/// An item that was understood. `None` deletes the set.
struct Written {
    key: RecordKey,
    set: Option<RecordSet>,
}

/// Makes every change or none; the errors are aligned with the items.
pub fn write(
    held: &mut Held,
    method: Method,
    items: &[Value],
    is_list: bool,
) -> Result<Vec<RecordKey>, Value> {
    let mut errors = vec![Map::new(); items.len()];
    let mut written = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let checked = shape(item)
            .and_then(|()| alone(items, index))
            .and_then(|()| beside_cname(held, items, index))
            .and_then(|()| fields(held, method, item, is_list));
        match checked {
            Ok(item) => written.push(item),
            Err(found) => errors[index] = found,
        }
    }
    if errors.iter().any(|error| !error.is_empty()) {
        return Err(if is_list {
            errors.into_iter().map(Value::Object).collect()
        } else {
            Value::Object(errors.swap_remove(0))
        });
    }
    for item in &written {
        whole(held, item).map_err(|words| json!([words]))?;
    }
    for item in &written {
        if item.set.is_none() {
            held.delete(&item.key);
        }
    }
    for item in &written {
        if let Some(set) = &item.set {
            held.put(item.key.clone(), set.clone());
        }
    }
    Ok(written.into_iter().map(|item| item.key).collect())
}

fn shape(item: &Value) -> Result<(), Errors> {
    if !item.is_object() {
        return Err(error(
            "non_field_errors",
            "Expected a dictionary, but got str.",
        ));
    }
    for field in ["subname", "type"] {
        if !(item[field].is_string() || item[field].is_null()) {
            return Err(error(field, "Expected a string, but got int."));
        }
    }
    Ok(())
}

fn alone(items: &[Value], index: usize) -> Result<(), Errors> {
    let same = |item: &Value| {
        item["subname"] == items[index]["subname"] && item["type"] == items[index]["type"]
    };
    let others: Vec<String> = (0..items.len())
        .filter(|&other| other != index && same(&items[other]))
        .map(|other| other.to_string())
        .collect();
    if others.is_empty() {
        return Ok(());
    }
    let words = format!(
        "Same subname and type as in position(s) {}, but must be unique.",
        others.join(", ")
    );
    Err(error("non_field_errors", words))
}

fn beside_cname(held: &Held, items: &[Value], index: usize) -> Result<(), Errors> {
    let item = &items[index];
    if item["records"] == json!([]) {
        return Ok(());
    }
    let sub = item["subname"].as_str().unwrap_or_default();
    let is_cname = item["type"] == "CNAME";
    let mut there: BTreeMap<String, String> = BTreeMap::new();
    if let Ok(owner) = owner(held, sub) {
        for rtype in held
            .types_at(&owner)
            .into_iter()
            .filter(|rtype| *rtype != RecordType::SOA)
        {
            there.insert(rtype.to_string(), "database".to_owned());
        }
    }
    for (position, other) in items.iter().enumerate() {
        if other["subname"].as_str().unwrap_or_default() == sub {
            let rtype = other["type"].as_str().unwrap_or_default().to_owned();
            if other["records"] == json!([]) {
                there.remove(&rtype);
            } else {
                there.insert(rtype, position.to_string());
            }
        }
    }
    let others: Vec<String> = there
        .iter()
        .filter(|(rtype, _)| (rtype.as_str() == "CNAME") != is_cname)
        .map(|(rtype, position)| format!("{position} ({rtype})"))
        .collect();
    if others.is_empty() {
        return Ok(());
    }
    let words = format!(
        "RRset with conflicting type present at same subname: {}. (No other RRsets are allowed alongside CNAME.)",
        others.join(", ")
    );
    Err(error("non_field_errors", words))
}

fn owner(held: &Held, sub: &str) -> Result<Name, ()> {
    let text = if sub.is_empty() { "@" } else { sub };
    Name::parse(text.as_bytes(), Some(held.origin().borrow())).map_err(|_| ())
}

fn fields(held: &Held, method: Method, item: &Value, is_list: bool) -> Result<Written, Errors> {
    let required = |field: &str| error(field, "This field is required.");
    let rtype = item["type"].as_str().ok_or_else(|| required("type"))?;
    let sub = match item["subname"].as_str() {
        Some(sub) => sub,
        None if is_list => return Err(required("subname")),
        None => "",
    };
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|octet| {
                octet.is_ascii_lowercase() || octet.is_ascii_digit() || b"-_".contains(&octet)
            })
    };
    let below = sub.strip_prefix("*.").unwrap_or(sub);
    if !(sub.is_empty() || sub == "*" || below.split('.').all(label)) || sub.len() > 178 {
        return Err(error(
            "subname",
            "Subname can only use (lowercase) a-z, 0-9, ., -, and _, may start with a '*.', or just be '*'. Components may not exceed 63 characters.",
        ));
    }
    let Ok(owner) = owner(held, sub) else {
        return Err(error(
            "subname",
            "This field combined with the domain name must not exceed 255 characters.",
        ));
    };
    let number = known(rtype).map_err(|words| error("type", words))?;
    let key = RecordKey {
        owner,
        rtype: number,
    };
    let before = held.get(&key).map(|entry| &entry.set);
    if method == Method::Post && before.is_some() {
        return Err(error(
            "non_field_errors",
            "Another RRset with the same subdomain and type exists for this domain. (Try modifying it.)",
        ));
    }
    let is_deletion = item["records"] == json!([]);
    if method == Method::Post && is_deletion {
        return Err(error(
            "records",
            "This field must not be empty when using POST.",
        ));
    }
    let is_partial = method == Method::Patch && (before.is_some() || is_deletion);
    let ttl = match (&item["ttl"], before) {
        (Value::Null, Some(before)) if is_partial => before.ttl,
        (Value::Null, None) if is_partial => 0,
        (Value::Null, _) => return Err(required("ttl")),
        (given, _) => ttl(given).map_err(|words| error("ttl", words))?,
    };
    if is_deletion {
        return Ok(Written { key, set: None });
    }
    let set = match (&item["records"], before) {
        (Value::Array(records), _) => {
            let records = contents(&key, records)?;
            if records.iter().map(|rdata| rdata.len() + 12).sum::<usize>() + 290 > 65_535 {
                return Err(error(
                    "non_field_errors",
                    "Total length of RRset exceeds limit.",
                ));
            }
            RecordSet::new(ttl, records)
        }
        (Value::Null, Some(before)) if is_partial => RecordSet {
            ttl,
            rdata: before.rdata.clone(),
        },
        (Value::Null, _) => return Err(required("records")),
        _ => {
            return Err(error(
                "records",
                "Expected a list of items but got type \"str\".",
            ));
        }
    };
    Ok(Written {
        key,
        set: Some(set),
    })
}

fn known(rtype: &str) -> Result<RecordType, String> {
    if !rtype.starts_with(|first: char| first.is_ascii_uppercase())
        || !rtype
            .bytes()
            .all(|octet| octet.is_ascii_uppercase() || octet.is_ascii_digit())
    {
        return Err("Type must be uppercase alphanumeric and start with a letter.".to_owned());
    }
    if is_automatic(rtype) {
        return Err(format!(
            "You cannot tinker with the {rtype} RR set. It is managed automatically."
        ));
    }
    if rtype.starts_with("TYPE") {
        return Err("Generic type format is not supported.".to_owned());
    }
    let is_supported = TYPES.split(' ').any(|supported| supported == rtype);
    let number = rtype.parse().ok().filter(|_| is_supported);
    number.ok_or_else(|| format!("The {rtype} RR set type is currently unsupported."))
}

#[expect(clippy::cast_sign_loss, reason = "it was compared with the smallest")]
fn ttl(given: &Value) -> Result<u32, String> {
    let number = given.as_i64().or_else(|| given.as_str()?.parse().ok());
    match number {
        None => Err("A valid integer is required.".to_owned()),
        Some(ttl) if ttl > MAXIMUM_TTL => Err(format!(
            "Ensure this value is less than or equal to {MAXIMUM_TTL}."
        )),
        Some(ttl) if ttl < MINIMUM_TTL => Err(format!(
            "Ensure this value is greater than or equal to {MINIMUM_TTL}."
        )),
        Some(ttl) => Ok(ttl as u32),
    }
}

fn contents(key: &RecordKey, records: &[Value]) -> Result<Vec<Box<[u8]>>, Errors> {
    let mut all: Vec<Box<[u8]>> = Vec::new();
    for record in records {
        let Some(text) = record.as_str() else {
            return Err(error("records", "Must be a string."));
        };
        let data = content(key.rtype, text).map_err(|words| error("non_field_errors", words))?;
        if all.contains(&data) {
            return Err(error(
                "non_field_errors",
                "Duplicate: records must be semantically unique",
            ));
        }
        all.push(data);
    }
    Ok(all)
}

/// What is only seen when a set is stored.
fn whole(held: &Held, item: &Written) -> Result<(), String> {
    let Some(set) = &item.set else { return Ok(()) };
    let (rtype, is_apex) = (item.key.rtype, item.key.owner == *held.origin());
    let is_single = matches!(rtype, RecordType::CNAME | RecordType::DNAME);
    if is_single && set.rdata.len() > 1 {
        return Err(format!("{rtype} RRset cannot have multiple records."));
    }
    if is_apex && matches!(rtype, RecordType::CNAME | RecordType::DS) {
        return Err(format!("{rtype} RRset cannot have empty subname."));
    }
    if !is_apex && rtype == RecordType::DNSKEY {
        return Err(format!("{rtype} RRset must have empty subname."));
    }
    Ok(())
}
