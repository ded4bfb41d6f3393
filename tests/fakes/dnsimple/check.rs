//! What a record has to be like, and how it is spelled.

use redundns::zone::{Name, RecordType, rdata};
use serde_json::{Value, json};

use super::Refusal;
use super::record::Record;

/// Those that no zone file can express.
const OWN: [&str; 3] = ["ALIAS", "POOL", "URL"];
/// <https://support.dnsimple.com/articles/txt-record-format/>
pub const TXT_CHARACTERS: usize = 1000;

/// Whether the first number of a type stands beside the rest.
pub fn has_priority(rtype: &str) -> bool {
    ["MX", "SRV"].contains(&rtype)
}

/// Names lose their final dots, wherever they stand.
pub fn undotted(rtype: &str, text: &str) -> String {
    let at = match rtype {
        "CNAME" | "MX" | "NS" | "PTR" | "SOA" => 0,
        "HTTPS" | "SVCB" => 1,
        "SRV" => 2,
        _ => return text.to_owned(),
    };
    let strip = |word: &str| match word.strip_suffix('.') {
        Some("") | None => word.to_owned(),
        Some(rest) => rest.to_owned(),
    };
    let words = text.split(' ').enumerate();
    let words = words.map(|(index, word)| {
        if index == at {
            strip(word)
        } else {
            word.to_owned()
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Presentation format of what a body gives.
fn presented(rtype: &str, content: &str, priority: Option<u64>) -> String {
    let at = match rtype {
        "CNAME" | "MX" | "NS" | "PTR" => Some(0),
        "HTTPS" | "SVCB" => Some(1),
        "SRV" => Some(2),
        _ => None,
    };
    let dotted = |word: &str| format!("{}.", word.trim_end_matches('.'));
    let words = content.split(' ').enumerate();
    let words = words.map(|(index, word)| {
        if Some(index) == at {
            dotted(word)
        } else {
            word.to_owned()
        }
    });
    let text = words.collect::<Vec<_>>().join(" ");
    match priority {
        Some(priority) if has_priority(rtype) => format!("{priority} {text}"),
        _ => text,
    }
}

/// A record out of a body; what it leaves out is as `before`.
pub fn checked(
    origin: &Name,
    rtype: &str,
    body: &Value,
    before: Option<&Record>,
) -> Result<Record, Refusal> {
    let owner = match (body["name"].as_str(), before) {
        (None, Some(before)) => before.owner.clone(),
        (given, _) => owner(origin, given.unwrap_or_default())?,
    };
    let ttl = match (&body["ttl"], before) {
        (Value::Null, Some(before)) => before.ttl,
        (Value::Null, None) => 3600,
        (given, _) => ttl(given)?,
    };
    let priority = match (body["priority"].as_u64(), before) {
        (None, Some(before)) => before.priority,
        (given, _) => given.or(has_priority(rtype).then_some(0)),
    };
    let content = match (body["content"].as_str(), before) {
        (None, Some(before)) => before.content.clone(),
        (given, _) => given.unwrap_or_default().to_owned(),
    };
    if content.is_empty() {
        return Err(Refusal::invalid("content", "can't be blank"));
    }
    let (content, data) = if OWN.contains(&rtype) {
        (content, None)
    } else if rtype == "TXT" {
        let (content, data) = text(&content)?;
        (content, Some(data))
    } else {
        let number: RecordType = rtype.parse().expect("a type of the table");
        let data = rdata::from_text(number, &presented(rtype, &content, priority), None)
            .map_err(|_| Refusal::invalid("content", "is invalid"))?;
        // What octoDNS saw spoiled.
        if rtype == "SRV" && data.len() == 7 {
            return Err(Refusal::invalid("content", "has no target"));
        }
        (undotted(rtype, &content), Some(data.into()))
    };
    Ok(Record {
        rtype: rtype.to_owned(),
        owner,
        data,
        content,
        priority: priority.filter(|_| has_priority(rtype)),
        ttl,
        regions: match (&body["regions"], before) {
            (Value::Null, Some(before)) => before.regions.clone(),
            (Value::Null, None) => json!(["global"]),
            (given, _) => given.clone(),
        },
        is_system: false,
    })
}

fn owner(origin: &Name, given: &str) -> Result<Name, Refusal> {
    let invalid = || Refusal::invalid("name", "is invalid");
    let is_plain = |label: &str| {
        let mut octets = label.bytes();
        (1..=63).contains(&label.len())
            && octets.all(|octet| octet.is_ascii_alphanumeric() || b"-_*".contains(&octet))
    };
    let given = if given.is_empty() { "@" } else { given };
    if given != "@" && !given.split('.').all(is_plain) {
        return Err(invalid());
    }
    Name::parse(given.as_bytes(), Some(origin.borrow())).map_err(|_| invalid())
}

/// <https://developer.dnsimple.com/v2/openapi.yml>, `TTL`
fn ttl(given: &Value) -> Result<u32, Refusal> {
    let Some(number) = given.as_i64() else {
        return Err(Refusal::invalid("ttl", "is not a number"));
    };
    let ttl = u32::try_from(number).ok().filter(|ttl| *ttl < 1 << 31);
    ttl.ok_or_else(|| Refusal::invalid("ttl", "must be greater than or equal to 0"))
}

/// Text in quotes stays as it is; other text gets quotes, and escapes for those in it.
fn text(content: &str) -> Result<(String, Box<[u8]>), Refusal> {
    let content = if content.starts_with('"') {
        content.to_owned()
    } else {
        format!("\"{}\"", content.replace('\\', "\\\\").replace('"', "\\\""))
    };
    if content.len() > TXT_CHARACTERS {
        return Err(Refusal::invalid(
            "content",
            "is too long (maximum is 1000 characters)",
        ));
    }
    if content == "\"\"" {
        return Err(Refusal::invalid("content", "can't be blank"));
    }
    let data = rdata::from_text(RecordType::TXT, &content, None);
    let data = data.or_else(|_| {
        // Long strings are cut for their owner.
        let inner = content
            .strip_prefix('"')
            .and_then(|inner| inner.strip_suffix('"'));
        let inner = inner.filter(|inner| !inner.contains(['"', '\\']) && inner.len() > 255);
        let octets = inner.ok_or(())?.as_bytes();
        let part = |part: &[u8]| {
            let length = u8::try_from(part.len()).expect("at most 255 octets");
            [&[length], part].concat()
        };
        Ok(octets.chunks(255).flat_map(part).collect())
    });
    let data =
        data.map_err(|()| Refusal::invalid("content", "must be wrapped between double-quotes"))?;
    Ok((content, data.into()))
}
