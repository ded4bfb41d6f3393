//! What a write has to be like.

use redundns::zone::{Name, RecordKey, RecordType, rdata};
use serde_json::Value;

use super::super::http::Answer;
use super::super::store::Held;
use super::{ASSIGNED, error, invalid};

/// <https://docs.hetzner.cloud/reference/cloud#tag/zone-rrsets>
const TYPES: &str = "A AAAA CAA CNAME DS HINFO HTTPS MX NS PTR RP SOA SRV SVCB TLSA TXT";
/// Records in one call of an action.
const MOST: usize = 50;

/// A record that was understood: data, spelling, comment.
pub type Record = (Box<[u8]>, String, String);

/// The set that a name and a type mean.
pub fn key(origin: &Name, name: &Value, rtype: &Value) -> Result<RecordKey, Answer> {
    let Some(name) = name.as_str().filter(|name| !name.is_empty()) else {
        return Err(invalid("name", "must not be empty"));
    };
    let zone = origin.to_string();
    let is_lower = !name.chars().any(char::is_uppercase) && name.is_ascii();
    let is_absolute = name.ends_with('.')
        || name == zone.trim_end_matches('.')
        || name.ends_with(&format!(".{}", zone.trim_end_matches('.')));
    if !is_lower || is_absolute {
        return Err(invalid(
            "name",
            "must be lower case and must not end with a dot or the zone name",
        ));
    }
    let rtype = rtype.as_str().unwrap_or_default();
    if !TYPES.split(' ').any(|known| known == rtype) {
        return Err(invalid("type", "is not a supported record type"));
    }
    Ok(RecordKey {
        owner: Name::parse(name.as_bytes(), Some(origin.borrow()))
            .map_err(|_| invalid("name", "is not a valid name"))?,
        rtype: rtype.parse().expect("a type of the list"),
    })
}

/// A TTL; `None` is that of the zone.
pub fn ttl(given: &Value) -> Result<Option<u32>, Answer> {
    if given.is_null() {
        return Ok(None);
    }
    let ttl = given.as_u64().and_then(|ttl| u32::try_from(ttl).ok());
    match ttl {
        Some(ttl @ 60..=2_147_483_647) => Ok(Some(ttl)),
        _ => Err(invalid("ttl", "must be between 60 and 2147483647")),
    }
}

/// The records of a body, at most so many as one call may hold.
pub fn records(origin: &Name, rtype: RecordType, body: &Value) -> Result<Vec<Record>, Answer> {
    let given = body["records"].as_array().map_or(&[][..], Vec::as_slice);
    if given.is_empty() || given.len() > MOST {
        return Err(invalid("records", "must hold between 1 and 50 records"));
    }
    let mut all: Vec<Record> = Vec::new();
    for record in given {
        let Some(text) = record["value"].as_str() else {
            return Err(invalid("value", "is required"));
        };
        let data = value(origin, rtype, text).map_err(|why| invalid("value", &why))?;
        if all.iter().any(|other| other.0 == data) {
            return Err(invalid(
                "records",
                "must only contain distinct record values",
            ));
        }
        let comment = record["comment"].as_str().unwrap_or_default();
        all.push((data, text.to_owned(), comment.to_owned()));
    }
    Ok(all)
}

/// The data of a value; names without a final dot are below the zone.
pub fn value(origin: &Name, rtype: RecordType, text: &str) -> Result<Box<[u8]>, String> {
    if rtype == RecordType::TXT && !text.starts_with('"') {
        return Err("a TXT record must consist of quoted strings".to_owned());
    }
    let read = rdata::from_text(rtype, text, Some(origin.borrow()));
    read.map(Into::into).map_err(|error| {
        if rtype == RecordType::TXT && error.to_string().contains("255") {
            "a TXT string exceeds 255 characters".to_owned()
        } else {
            format!("invalid record value: {error}")
        }
    })
}

/// What is only seen of the whole zone: aliases alone, and the zone's own servers listed.
pub fn whole(held: &Held) -> Result<(), Answer> {
    let origin = held.origin().clone();
    let at = |rtype| {
        held.get(&RecordKey {
            owner: origin.clone(),
            rtype,
        })
    };
    if at(RecordType::SOA).is_none() {
        return Err(invalid("zonefile", "a SOA record must be present"));
    }
    let servers = at(RecordType::NS).map_or(&[][..], |entry| &entry.set.rdata);
    for server in ASSIGNED {
        let server = value(&origin, RecordType::NS, server).expect("a name");
        if !servers.contains(&server) {
            return Err(invalid(
                "records",
                "the assigned authoritative Hetzner nameservers must be present",
            ));
        }
    }
    let mut last: Option<&RecordKey> = None;
    for (key, entry) in held.sets() {
        if key.rtype == RecordType::CNAME && entry.set.rdata.len() > 1 {
            return Err(invalid("records", "a CNAME must have exactly one record"));
        }
        if let Some(last) = last.filter(|last| last.owner == key.owner)
            && [last.rtype, key.rtype].contains(&RecordType::CNAME)
        {
            return Err(invalid("type", "a CNAME cannot stand beside other records"));
        }
        last = Some(key);
    }
    Ok(())
}

/// The refusal of what is there already.
pub fn taken(what: &str) -> Answer {
    error(409, "uniqueness_error", &format!("{what} already exists"))
}
