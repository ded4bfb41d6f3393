//! Data as Azure DNS takes and shows them.

use redundns::zone::{RecordSet, RecordType, rdata};
use serde_json::{Value, json};

pub const TYPES: [RecordType; 10] = [
    RecordType::A,
    RecordType::AAAA,
    RecordType::CAA,
    RecordType::CNAME,
    RecordType::MX,
    RecordType::NS,
    RecordType::PTR,
    RecordType::SOA,
    RecordType::SRV,
    RecordType::TXT,
];

/// Records in a set.
const RECORDS: usize = 20;
/// Characters in one string of a text, and in all texts of a set.
const STRING: usize = 255;
const TEXTS: usize = 4096;

/// The strings of a text.
pub fn strings(data: &[u8]) -> Vec<&[u8]> {
    let mut strings = Vec::new();
    let mut rest = data;
    while let Some((&length, tail)) = rest.split_first() {
        let (string, tail) = tail.split_at(usize::from(length));
        strings.push(string);
        rest = tail;
    }
    strings
}

fn property(rtype: RecordType) -> String {
    match rtype {
        RecordType::CAA => "caaRecords".to_owned(),
        RecordType::CNAME | RecordType::SOA => format!("{rtype}Record"),
        _ => format!("{rtype}Records"),
    }
}

/// A set as it is shown.
pub fn shown(rtype: RecordType, set: &RecordSet) -> Value {
    let mut records: Vec<Value> = set.rdata.iter().map(|data| record(rtype, data)).collect();
    let data = match rtype {
        RecordType::CNAME | RecordType::SOA => records.remove(0),
        _ => records.into(),
    };
    json!({ "TTL": set.ttl, property(rtype): data, "targetResource": {}, "trafficManagementProfile": {} })
}

fn record(rtype: RecordType, data: &[u8]) -> Value {
    let text = rdata::to_text(rtype, data);
    let words: Vec<&str> = text.split(' ').collect();
    let number = |at: usize| words[at].parse::<u64>().expect("a number");
    // Names come back as they were written: with a final dot, or without one.
    let bare = |at: usize| words[at].trim_end_matches('.');
    match rtype {
        RecordType::A => json!({ "ipv4Address": text }),
        RecordType::AAAA => json!({ "ipv6Address": text }),
        RecordType::CNAME => json!({ "cname": bare(0) }),
        RecordType::PTR => json!({ "ptrdname": bare(0) }),
        RecordType::NS => json!({ "nsdname": words[0] }),
        RecordType::MX => json!({ "preference": number(0), "exchange": words[1] }),
        RecordType::SRV => {
            json!({ "priority": number(0), "weight": number(1), "port": number(2), "target": words[3] })
        }
        RecordType::SOA => json!({
            "host": words[0], "email": bare(1), "serialNumber": number(2), "refreshTime": number(3),
            "retryTime": number(4), "expireTime": number(5), "minimumTTL": number(6),
        }),
        RecordType::CAA => {
            let tag = usize::from(data[1]);
            let value = String::from_utf8_lossy(&data[2 + tag..]);
            json!({ "flags": data[0], "tag": words[1], "value": value })
        }
        RecordType::TXT => {
            let texts = strings(data).into_iter().map(String::from_utf8_lossy);
            json!({ "value": texts.collect::<Vec<_>>() })
        }
        _ => Value::Null,
    }
}

/// A set as it was given, or what is said against it.
pub fn set(rtype: RecordType, properties: &Value) -> Result<RecordSet, String> {
    let ttl = properties["TTL"].as_u64();
    let ttl = ttl.filter(|ttl| (1..=0x7fff_ffff).contains(ttl));
    let ttl = ttl.ok_or("The TTL must be between 1 and 2147483647.")?;
    let data = &properties[property(rtype)];
    let records = match (rtype, data) {
        (RecordType::CNAME | RecordType::SOA, Value::Object(_)) => vec![data.clone()],
        (_, Value::Array(records)) => records.clone(),
        _ => return Err(format!("The record set has no {}.", property(rtype))),
    };
    if records.len() > RECORDS {
        return Err(format!(
            "A record set may not have more than {RECORDS} records."
        ));
    }
    if rtype == RecordType::TXT {
        texts(&records)?;
    }
    let mut rdata = Vec::new();
    for record in &records {
        let text = presented(rtype, record)?;
        let data = rdata::from_text(rtype, &text, None);
        rdata.push(
            data.map_err(|_| format!("The value '{text}' is invalid."))?
                .into(),
        );
    }
    Ok(RecordSet::new(u32::try_from(ttl).expect("31 bits"), rdata))
}

fn texts(records: &[Value]) -> Result<(), String> {
    let mut characters = 0;
    for record in records {
        let strings: Vec<&str> = record["value"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        for string in &strings {
            if string.len() > STRING {
                return Err(format!(
                    "The value '{string}' exceeds the maximum length of {STRING} characters."
                ));
            }
            if !string.bytes().all(|octet| (32..127).contains(&octet)) {
                return Err(format!(
                    "The value '{string}' is none that this fake knows."
                ));
            }
        }
        let length: usize = strings.iter().map(|string| string.len()).sum();
        if length == 0 {
            return Err("The value of a TXT record may not be empty.".to_owned());
        }
        characters += length;
    }
    if characters > TEXTS {
        return Err(format!(
            "The combined length of all TXT records in a record set may not exceed {TEXTS} characters."
        ));
    }
    Ok(())
}

/// A record in presentation format.
fn presented(rtype: RecordType, record: &Value) -> Result<String, String> {
    let word = |field: &str| record[field].as_str().unwrap_or_default();
    let number = |field: &str, most: u64| {
        let found = record[field].as_u64().filter(|number| *number <= most);
        found.ok_or_else(|| format!("The value of '{field}' is invalid."))
    };
    let name = |field: &str| {
        let text = word(field);
        let is_known = |octet: u8| octet.is_ascii_alphanumeric() || b"-_.*".contains(&octet);
        if text.is_empty() || !text.bytes().all(is_known) {
            return Err(format!("The domain name '{text}' is invalid."));
        }
        Ok(format!("{}.", text.trim_end_matches('.')))
    };
    let port = 0xffff;
    Ok(match rtype {
        RecordType::A => word("ipv4Address").to_owned(),
        RecordType::AAAA => word("ipv6Address").to_owned(),
        RecordType::CNAME => name("cname")?,
        RecordType::PTR => name("ptrdname")?,
        RecordType::NS => name("nsdname")?,
        RecordType::MX => {
            if word("exchange") == "." {
                return Err("The domain name '.' is invalid.".to_owned());
            }
            format!("{} {}", number("preference", port)?, name("exchange")?)
        }
        RecordType::SRV => format!(
            "{} {} {} {}",
            number("priority", port)?,
            number("weight", port)?,
            number("port", port)?,
            name("target")?
        ),
        RecordType::SOA => {
            let seconds = 0xffff_ffff;
            let mut text = format!("{} {}", name("host")?, name("email")?);
            for field in [
                "serialNumber",
                "refreshTime",
                "retryTime",
                "expireTime",
                "minimumTTL",
            ] {
                text += &format!(" {}", number(field, seconds)?);
            }
            text
        }
        RecordType::CAA => {
            let tag = word("tag");
            if !["issue", "issuewild", "iodef"].contains(&tag) {
                return Err(format!("The CAA tag '{tag}' is invalid."));
            }
            format!("{} {tag} {}", number("flags", 255)?, quoted(word("value")))
        }
        RecordType::TXT => {
            let strings = record["value"].as_array().into_iter().flatten();
            let strings = strings.map(|string| quoted(string.as_str().unwrap_or_default()));
            strings.collect::<Vec<_>>().join(" ")
        }
        _ => return Err("no such type".to_owned()),
    })
}

fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', r"\\").replace('"', "\\\"");
    format!("\"{escaped}\"")
}
