//! Records: what one has to be like, and how it is spelled.

use redundns::zone::{Name, RecordKey, RecordType, rdata};
use serde_json::{Value, json};

use super::super::http::Answer;
use super::super::store::Held;
use super::{dotless, invalid};

/// <https://docs.digitalocean.com/reference/api/digitalocean/#tag/Domain-Records>
const TYPES: [&str; 9] = ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "SOA", "SRV", "TXT"];
/// Characters of a text in quotes, as others found out:
/// <https://github.com/DNSControl/dnscontrol/blob/main/providers/digitalocean/auditrecords.go>.
const MOST_TEXT: usize = 509;

/// A record.
#[derive(Clone)]
pub struct Record {
    pub id: u64,
    pub key: RecordKey,
    pub ttl: u32,
    pub data: Box<[u8]>,
}

/// The records of a zone from past the API.
pub fn all(held: &Held, numbers: &mut u64) -> Vec<Record> {
    *numbers = (*numbers).max(78_210_000);
    let mut records = Vec::new();
    for (key, entry) in held.sets() {
        for data in &entry.set.rdata {
            *numbers += 1;
            records.push(Record {
                id: *numbers,
                key: key.clone(),
                ttl: entry.set.ttl,
                data: data.clone(),
            });
        }
    }
    records
}

/// The octets of strings, one behind the other.
pub fn joined(data: &[u8]) -> Vec<u8> {
    let mut octets = Vec::new();
    let mut rest = data;
    while let Some((&length, tail)) = rest.split_first() {
        let (string, tail) = tail.split_at(usize::from(length));
        octets.extend_from_slice(string);
        rest = tail;
    }
    octets
}

impl Record {
    pub fn object(&self, origin: &Name) -> Value {
        let text = rdata::to_text(self.key.rtype, &self.data);
        let words: Vec<&str> = text.split(' ').collect();
        let number = |at: usize| json!(words[at].parse::<u32>().unwrap_or(0));
        let name = |at: usize| match words[at] {
            "." => ".".to_owned(),
            name if name == origin.to_string() => "@".to_owned(),
            name => name.trim_end_matches('.').to_owned(),
        };
        let mut object = json!({
            "id": self.id, "type": self.key.rtype.to_string(), "ttl": self.ttl,
            "name": self.key.owner.borrow().relative_to(origin.borrow()),
            "data": text, "priority": null, "port": null, "weight": null, "flags": null, "tag": null,
        });
        match self.key.rtype {
            RecordType::SOA => object["data"] = json!(self.ttl.to_string()),
            RecordType::CNAME | RecordType::NS => object["data"] = json!(name(0)),
            RecordType::MX => {
                object["priority"] = number(0);
                object["data"] = json!(name(1));
            }
            RecordType::SRV => {
                object["priority"] = number(0);
                object["weight"] = number(1);
                object["port"] = number(2);
                object["data"] = json!(name(3));
            }
            RecordType::CAA => {
                object["flags"] = number(0);
                object["tag"] = json!(words[1]);
                let value = &self.data[2 + usize::from(self.data[1])..];
                object["data"] = json!(String::from_utf8_lossy(value));
            }
            RecordType::TXT => {
                object["data"] = json!(String::from_utf8_lossy(&joined(&self.data)));
            }
            _ => {}
        }
        object
    }
}

/// A record out of a body; what a patch leaves out is as in `kept`, without the final dot that it needs all the same:
/// <https://github.com/digitalocean/doctl/issues/919>.
pub fn read(origin: &Name, body: &Value, id: u64, kept: Option<&Record>) -> Result<Record, Answer> {
    let mut all = kept.map_or(json!({}), |kept| kept.object(origin));
    let names = ["CNAME", "MX", "NS", "SRV"];
    for (field, value) in body.as_object().into_iter().flatten() {
        all[field] = value.clone();
    }
    let rtype = all["type"].as_str().unwrap_or_default().to_owned();
    if !TYPES.contains(&rtype.as_str()) {
        return Err(invalid("Type is not included in the list"));
    }
    let owner = owner(origin, all["name"].as_str().unwrap_or_default())?;
    let ttl = match &all["ttl"] {
        Value::Null => 1800,
        given => {
            let ttl = given.as_u64().and_then(|ttl| u32::try_from(ttl).ok());
            let ttl = ttl.filter(|ttl| (30..=0x7fff_ffff).contains(ttl));
            ttl.ok_or_else(|| invalid("record ttl must be greater than 30"))?
        }
    };
    let number = |field: &str, most: u64| {
        let number = all[field].as_u64().filter(|number| *number <= most);
        number.ok_or_else(|| invalid(&format!("{field} must be between 0 and {most}")))
    };
    let data = all["data"].as_str().unwrap_or_default();
    if data.is_empty() {
        return Err(invalid("Data can't be blank"));
    }
    let has_dot = data == "@" || data.ends_with('.');
    let tag = all["tag"].as_str().unwrap_or_default();
    let is_issuer = rtype == "CAA" && tag != "iodef";
    if (names.contains(&rtype.as_str()) || is_issuer) && !has_dot {
        return Err(invalid("Data needs to end with a dot (.)"));
    }
    let target = if data == "@" {
        origin.to_string()
    } else {
        data.to_owned()
    };
    let text = match rtype.as_str() {
        "MX" => {
            let priority = number("priority", 65_535)?;
            if data == "." {
                return Err(invalid("Data is not a valid mail server"));
            }
            format!("{priority} {target}")
        }
        "SRV" => {
            let (priority, weight) = (number("priority", 65_535)?, number("weight", 65_535)?);
            format!("{priority} {weight} {} {target}", number("port", 65_535)?)
        }
        "CAA" => {
            let flags = number("flags", 255)?;
            if !["issue", "issuewild", "iodef"].contains(&tag) {
                return Err(invalid("Tag is not included in the list"));
            }
            if data.contains(' ') || data.contains(';') {
                return Err(invalid("Data is not a valid domain name"));
            }
            format!("{flags} {tag} \"{}\"", data.trim_end_matches('.'))
        }
        "TXT" => string(data)?,
        "SOA" => return Err(invalid("SOA records cannot be created")),
        _ => target,
    };
    let key = RecordKey {
        owner,
        rtype: rtype.parse().expect("a type of the list"),
    };
    let data = rdata::from_text(key.rtype, &text, None);
    let data = data.map_err(|error| invalid(&format!("Data is not valid: {error}")))?;
    Ok(Record {
        id,
        key,
        ttl,
        data: data.into(),
    })
}

/// A text as strings of a zone file.
fn string(text: &str) -> Result<String, Answer> {
    let is_plain = |octet: u8| matches!(octet, b' '..=b'~') && octet != b'\\';
    if !text.bytes().all(is_plain) {
        return Err(invalid("Data has characters that are not allowed"));
    }
    let strings = text.as_bytes().chunks(255);
    let strings = strings.map(|string| String::from_utf8_lossy(string).replace('"', "\\\""));
    let strings: Vec<String> = strings.map(|string| format!("\"{string}\"")).collect();
    let whole = strings.join(" ");
    if whole.len() > MOST_TEXT {
        return Err(invalid("Data is too long"));
    }
    Ok(whole)
}

/// Relative to the domain, or absolute with a final dot.
fn owner(origin: &Name, given: &str) -> Result<Name, Answer> {
    let is_plain = |label: &str| {
        let mut octets = label.bytes();
        (1..=63).contains(&label.len())
            && octets.all(|octet| octet.is_ascii_alphanumeric() || b"-_*".contains(&octet))
    };
    if given.is_empty() {
        return Err(invalid("Name can't be blank"));
    }
    if given != "@" && !given.trim_end_matches('.').split('.').all(is_plain) {
        return Err(invalid("Name has characters that are not allowed"));
    }
    let name = Name::parse(given.as_bytes(), Some(origin.borrow()));
    let name = name.map_err(|_| invalid("Name is too long"))?;
    if name.borrow().is_at_or_below(origin.borrow()) {
        Ok(name)
    } else {
        let words = format!("Name must be below {}", dotless(origin));
        Err(invalid(&words))
    }
}

/// Whether it can stand there with the others.
pub fn beside(new: &Record, records: &[Record]) -> Result<(), Answer> {
    let others = records
        .iter()
        .filter(|other| other.id != new.id && other.key.owner == new.key.owner);
    for other in others {
        if [new.key.rtype, other.key.rtype].contains(&RecordType::CNAME) {
            let words = "CNAME records cannot share a name with other records";
            return Err(invalid(words));
        }
    }
    Ok(())
}

/// Gives all records of a set the TTL of one: terraform-provider-digitalocean, `resource_record.go`.
pub fn rectify(records: &mut [Record], id: u64) {
    let found = records.iter().find(|record| record.id == id);
    let Some((key, ttl)) = found.map(|record| (record.key.clone(), record.ttl)) else {
        return;
    };
    for record in records.iter_mut().filter(|record| record.key == key) {
        record.ttl = ttl;
    }
}
