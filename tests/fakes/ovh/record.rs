//! Records, what they have to be like, and what is served of them.

use std::collections::BTreeMap;

use redundns::zone::{Name, RecordKey, RecordSet, RecordType, rdata};
use serde_json::{Value, json};

use super::super::store::Held;
use super::{Refusal, dotless};

/// `domain.zone.RecordTypeEnum` of the API's schema.
const TYPES: &str =
    "A AAAA CAA CNAME DKIM DMARC DNAME HTTPS LOC MX NAPTR NS PTR RP SPF SRV SSHFP SVCB TLSA TXT";
/// Those that are TXT on the wire, and checked.
const NATIVE: [&str; 3] = ["DKIM", "DMARC", "SPF"];
/// The TTL of records that have none.
const DEFAULT_TTL: u32 = 3600;
/// Below it a TTL is raised: <https://github.com/ovh/terraform-provider-ovh/pull/397>
const LEAST_TTL: u32 = 60;

/// A record.
#[derive(Clone)]
struct Record {
    field_type: String,
    owner: Name,
    /// Canonical.
    data: Box<[u8]>,
    /// As it is shown.
    target: String,
    /// 0 is the zone's.
    ttl: u32,
}

impl Record {
    fn key(&self) -> RecordKey {
        RecordKey {
            owner: self.owner.clone(),
            rtype: rtype(&self.field_type),
        }
    }
}

fn rtype(field_type: &str) -> RecordType {
    if NATIVE.contains(&field_type) {
        return RecordType::TXT;
    }
    field_type.parse().expect("a type of the table")
}

fn below(origin: &Name, owner: &Name) -> String {
    let text = owner.borrow().relative_to(origin.borrow());
    if text == "@" { String::new() } else { text }
}

/// There is no such record.
pub fn missing(id: impl std::fmt::Display) -> Refusal {
    let words = format!("The requested object (id = {id}) does not exist");
    Refusal::new(404, "Client::NotFound", &words)
}

/// The vendor's copy of a zone, by number.
#[derive(Default)]
pub struct Records {
    by_number: BTreeMap<u64, Record>,
    last: u64,
}

impl Records {
    /// Those of a zone from past the API.
    pub fn of(held: &Held) -> Self {
        let mut records = Self {
            last: 5_000_000,
            ..Self::default()
        };
        for (key, entry) in held.sets().filter(|(key, _)| key.rtype != RecordType::SOA) {
            for data in &entry.set.rdata {
                records.add(Record {
                    field_type: key.rtype.to_string(),
                    owner: key.owner.clone(),
                    data: data.clone(),
                    target: rdata::to_text(key.rtype, data),
                    ttl: entry.set.ttl,
                });
            }
        }
        records
    }

    fn add(&mut self, record: Record) -> u64 {
        self.last += 1;
        self.by_number.insert(self.last, record);
        self.last
    }

    /// The numbers of those that a list has.
    pub fn numbers(&self, origin: &Name, field_type: Option<&str>, name: Option<&str>) -> Value {
        let is_wanted = |record: &Record| {
            field_type.is_none_or(|wanted| record.field_type == wanted)
                && name
                    .is_none_or(|wanted| below(origin, &record.owner).eq_ignore_ascii_case(wanted))
        };
        let wanted = self
            .by_number
            .iter()
            .filter(|(_, record)| is_wanted(record));
        wanted.map(|(number, _)| json!(number)).collect()
    }

    /// One as it is shown.
    pub fn shown(&self, origin: &Name, number: u64) -> Result<Value, Refusal> {
        let record = self.by_number.get(&number).ok_or_else(|| missing(number))?;
        Ok(json!({
            "id": number,
            "zone": dotless(origin),
            "subDomain": below(origin, &record.owner),
            "fieldType": record.field_type,
            "target": record.target,
            "ttl": record.ttl,
        }))
    }

    /// A new one.
    pub fn create(&mut self, origin: &Name, body: &Value) -> Result<Value, Refusal> {
        let field_type = body["fieldType"].as_str().unwrap_or_default();
        if !TYPES.split(' ').any(|known| known == field_type) {
            let words = format!(
                "[fieldType] Given data ({field_type}) is not valid for type zone.NamedResolutionFieldTypeEnum"
            );
            return Err(Refusal::bad(&words));
        }
        let record = checked(origin, field_type, body, None)?;
        self.beside(origin, &record, None)?;
        let number = self.add(record);
        self.shown(origin, number)
    }

    /// Other data for one.
    pub fn alter(&mut self, origin: &Name, number: u64, body: &Value) -> Result<Value, Refusal> {
        let before = self.by_number.get(&number).ok_or_else(|| missing(number))?;
        if body["fieldType"]
            .as_str()
            .is_some_and(|given| given != before.field_type)
        {
            let words = "Try to alter read-only properties: fieldType";
            return Err(Refusal::bad(words));
        }
        let record = checked(origin, &before.field_type, body, Some(before))?;
        self.beside(origin, &record, Some(number))?;
        self.by_number.insert(number, record);
        Ok(Value::Null)
    }

    /// One goes.
    pub fn delete(&mut self, number: u64) -> Result<Value, Refusal> {
        let gone = self.by_number.remove(&number);
        gone.map(|_| Value::Null).ok_or_else(|| missing(number))
    }

    /// Whether it can stand there with the others.
    fn beside(&self, origin: &Name, record: &Record, number: Option<u64>) -> Result<(), Refusal> {
        let is_alias = |record: &Record| record.field_type == "CNAME";
        if is_alias(record) && record.owner == *origin {
            return Err(Refusal::bad(
                "CNAME record is not allowed at the root of the zone",
            ));
        }
        let others = self
            .by_number
            .iter()
            .filter(|(other, _)| Some(**other) != number);
        let mut others = others.filter(|(_, other)| other.owner == record.owner);
        if others.any(|(_, other)| is_alias(record) || is_alias(other)) {
            let words = "A CNAME record is not allowed to coexist with any other data";
            return Err(Refusal::bad(words));
        }
        Ok(())
    }

    /// Makes `held` what is answered.
    pub fn serve(&self, held: &mut Held) {
        let mut served: BTreeMap<RecordKey, RecordSet> = BTreeMap::new();
        for record in self.by_number.values() {
            let ttl = if record.ttl == 0 {
                DEFAULT_TTL
            } else {
                record.ttl
            };
            let set = served.entry(record.key());
            let set = set.or_insert_with(|| RecordSet::new(ttl, Vec::new()));
            if !set.rdata.contains(&record.data) {
                set.rdata.push(record.data.clone());
            }
        }
        let before: Vec<RecordKey> = held.sets().map(|(key, _)| key.clone()).collect();
        for key in before {
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
}

/// A record out of a body; what it leaves out is as `before`.
fn checked(
    origin: &Name,
    field_type: &str,
    body: &Value,
    before: Option<&Record>,
) -> Result<Record, Refusal> {
    let owner = match (body["subDomain"].as_str(), before) {
        (None, Some(before)) => before.owner.clone(),
        (given, _) => owner(origin, field_type, given.unwrap_or_default())?,
    };
    let ttl = match (&body["ttl"], before) {
        (Value::Null, Some(before)) => before.ttl,
        (Value::Null, None) => 0,
        (given, _) => ttl(given)?,
    };
    let target = match (body["target"].as_str(), before) {
        (None, Some(before)) => before.target.clone(),
        (None, None) => return Err(Refusal::bad("[target] Missing parameter")),
        (Some(given), _) => given.to_owned(),
    };
    let data = if NATIVE.contains(&field_type) {
        native(field_type, &below(origin, &owner), &target)?
    } else if field_type == "TXT" {
        text(&target)?
    } else {
        rdata::from_text(rtype(field_type), &target, Some(origin.borrow()))
            .map_err(|_| Refusal::bad(&format!("Invalid target for a {field_type} record")))?
            .into()
    };
    let target = match field_type {
        "TXT" => rdata::to_text(RecordType::TXT, &data),
        _ => target,
    };
    Ok(Record {
        field_type: field_type.to_owned(),
        owner,
        data,
        target,
        ttl,
    })
}

fn owner(origin: &Name, field_type: &str, given: &str) -> Result<Name, Refusal> {
    let invalid = || Refusal::bad("Invalid domain name");
    let is_plain = |label: &str| {
        let mut octets = label.bytes();
        (1..=63).contains(&label.len())
            && octets.all(|octet| octet.is_ascii_alphanumeric() || b"-_*".contains(&octet))
    };
    if !given.is_empty() && !given.split('.').all(is_plain) {
        return Err(invalid());
    }
    let is_address = ["A", "AAAA"].contains(&field_type);
    if is_address && given.split('.').skip(1).any(|label| label.starts_with('_')) {
        let words = "Invalid domain name, underscore not allowed";
        return Err(Refusal::bad(words));
    }
    let given = if given.is_empty() { "@" } else { given };
    Name::parse(given.as_bytes(), Some(origin.borrow())).map_err(|_| invalid())
}

fn ttl(given: &Value) -> Result<u32, Refusal> {
    let ttl = given.as_u64().and_then(|ttl| u32::try_from(ttl).ok());
    match ttl.filter(|ttl| *ttl < 1 << 31) {
        Some(0) => Ok(0),
        Some(ttl) => Ok(ttl.max(LEAST_TTL)),
        None => {
            let words = format!("[ttl] Given data ({given}) is not valid for type long");
            Err(Refusal::bad(&words))
        }
    }
}

/// Text that means itself as character strings.
fn strings(text: &str) -> Box<[u8]> {
    let part = |part: &[u8]| {
        let length = u8::try_from(part.len()).expect("at most 255 octets");
        [&[length], part].concat()
    };
    let parts = text.as_bytes().chunks(255);
    parts.flat_map(part).collect::<Vec<u8>>().into()
}

/// Text in quotes or without. What has more quotes in it, or backslashes, does not come out as it went in; here it is
/// refused so that nobody overlooks that:
/// <https://github.com/DNSControl/dnscontrol/blob/main/providers/ovh/auditrecords.go>
fn text(target: &str) -> Result<Box<[u8]>, Refusal> {
    let invalid = || Refusal::bad("Invalid target for a TXT record");
    if target.contains('\\') {
        return Err(invalid());
    }
    if target.starts_with('"') {
        let data = rdata::from_text(RecordType::TXT, target, None).map_err(|_| invalid())?;
        return Ok(data.into());
    }
    if target.is_empty() || target.contains('"') {
        return Err(invalid());
    }
    Ok(strings(target))
}

/// <https://github.com/DNSControl/dnscontrol/blob/main/providers/ovh/protocol.go>, `adaptNativeRecord`
fn native(field_type: &str, name: &str, target: &str) -> Result<Box<[u8]>, Refusal> {
    let begins = match field_type {
        "DMARC" => "v=DMARC1",
        "SPF" => "v=spf1",
        _ => "",
    };
    let inner = match field_type {
        "SPF" => target.trim_matches('"'),
        _ => target,
    };
    if inner.contains('"') || !inner.starts_with(begins) {
        let words = format!("Invalid subfield found in {field_type}");
        return Err(Refusal::bad(&words));
    }
    if field_type == "DMARC" && !name.starts_with("_dmarc") {
        return Err(Refusal::bad(
            "DMARC record has to be set on a _dmarc subdomain",
        ));
    }
    Ok(strings(inner))
}
