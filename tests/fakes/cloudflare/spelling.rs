//! How data are spelled: as one `content`, or in parts.

use redundns::zone::{RecordType, rdata};
use serde_json::{Value, json};

use super::check::Refusal;

/// <https://developers.cloudflare.com/api/resources/dns/subresources/records/methods/create/>, the parts of `data` in
/// the order of presentation format; quotes stand around `"…"`, a dot behind `….`, and `m` behind `…m`.
const TYPES: &[(&str, &str)] = &[
    ("A", ""),
    ("AAAA", ""),
    ("CAA", "flags tag \"value\""),
    ("CERT", "type key_tag algorithm certificate"),
    ("CNAME", ""),
    ("DNSKEY", "flags protocol algorithm public_key"),
    ("DS", "key_tag algorithm digest_type digest"),
    ("HTTPS", "priority target. value"),
    (
        "LOC",
        "lat_degrees lat_minutes lat_seconds lat_direction long_degrees long_minutes long_seconds long_direction \
         altitudem sizem precision_horzm precision_vertm",
    ),
    ("MX", ""),
    (
        "NAPTR",
        "order preference \"flags\" \"service\" \"regex\" replacement.",
    ),
    ("NS", ""),
    ("OPENPGPKEY", ""),
    ("PTR", ""),
    ("SMIMEA", "usage selector matching_type certificate"),
    ("SRV", "priority weight port target."),
    ("SSHFP", "algorithm type fingerprint"),
    ("SVCB", "priority target. value"),
    ("TLSA", "usage selector matching_type certificate"),
    ("TXT", ""),
    ("URI", "weight \"target\""),
];
/// <https://developers.cloudflare.com/dns/manage-dns-records/reference/dns-record-types/#txt>
const TXT_CHARACTERS: usize = 2048;

/// The parts of a type's `data`, empty where it has a `content`; `None` for types that Cloudflare lacks.
pub fn parts(rtype: &str) -> Option<&'static str> {
    let row = TYPES.iter().find(|(name, _)| *name == rtype);
    row.map(|row| row.1)
}

fn is_name(rtype: RecordType) -> bool {
    [
        RecordType::CNAME,
        RecordType::MX,
        RecordType::NS,
        RecordType::PTR,
    ]
    .contains(&rtype)
}

fn has_priority(rtype: RecordType) -> bool {
    [RecordType::MX, RecordType::URI].contains(&rtype)
}

fn pointed(name: &str) -> String {
    format!("{}.", name.trim_end_matches('.'))
}

/// The data of a record out of a body.
pub fn data(rtype: RecordType, parts: &str, body: &Value) -> Result<Box<[u8]>, Refusal> {
    let mut text = String::new();
    if has_priority(rtype) {
        let priority = body["priority"].as_u64().ok_or_else(|| {
            let words = format!("priority is a required field for {rtype} records.");
            Refusal::invalid(9100, &words)
        })?;
        text = format!("{priority} ");
    }
    if parts.is_empty() {
        let content = body["content"].as_str().unwrap_or_default();
        if rtype == RecordType::TXT {
            return txt(content);
        }
        if is_name(rtype) {
            text += &pointed(content);
        } else {
            text += content;
        }
    } else {
        let Some(given) = body["data"].as_object() else {
            let words = format!("data is a required field for {rtype} records.");
            return Err(Refusal::invalid(9101, &words));
        };
        let words = parts.split(' ').map(|part| {
            let name = part.trim_matches('"').trim_end_matches('.');
            let name = match name.strip_suffix('m') {
                Some(name) if rtype == RecordType::LOC => name,
                _ => name,
            };
            let word = match given.get(name) {
                Some(Value::String(word)) => word.clone(),
                Some(Value::Number(number)) => number.to_string(),
                _ => {
                    let words = format!("{name} is a required data field.");
                    return Err(Refusal::invalid(9101, &words));
                }
            };
            Ok(match part {
                _ if part.starts_with('"') => format!("\"{word}\""),
                _ if part.ends_with('.') => pointed(&word),
                _ if part.len() > name.len() => format!("{word}m"),
                _ => word,
            })
        });
        let words: Result<Vec<String>, Refusal> = words.collect();
        text += &words?.join(" ");
    }
    let read = rdata::from_text(rtype, &text, None);
    read.map(Into::into).map_err(|_| match rtype {
        RecordType::A => Refusal::new(
            400,
            9005,
            "Content for A record must be a valid IPv4 address.",
        ),
        RecordType::AAAA => Refusal::new(
            400,
            9006,
            "Content for AAAA record must be a valid IPv6 address.",
        ),
        _ => Refusal::invalid(9007, &format!("Content for {rtype} record is invalid.")),
    })
}

/// Text with quotes, whose strings are cut anew where they are too long, or without, which means itself.
fn txt(content: &str) -> Result<Box<[u8]>, Refusal> {
    let invalid = |words: &str| Refusal::invalid(9207, words);
    if content.len() > TXT_CHARACTERS {
        let words = format!("Content for TXT record must be {TXT_CHARACTERS} characters or less.");
        return Err(invalid(&words));
    }
    let strings = |octets: &[u8]| -> Vec<u8> {
        let part = |part: &[u8]| {
            let length = u8::try_from(part.len()).expect("at most 255 octets");
            [&[length], part].concat()
        };
        octets.chunks(255).flat_map(part).collect()
    };
    let data = match content.strip_prefix('"') {
        None => strings(content.as_bytes()),
        Some(inner) => match rdata::from_text(RecordType::TXT, content, None) {
            Ok(data) => data,
            Err(_) => match inner.strip_suffix('"') {
                Some(inner) if !inner.contains(['"', '\\']) => strings(inner.as_bytes()),
                _ => {
                    return Err(invalid(
                        "TXT record content has inconsistent quotation marks.",
                    ));
                }
            },
        },
    };
    if data.iter().all(|&octet| octet == 0) {
        return Err(invalid("Content for TXT record must not be empty."));
    }
    let quotes = content.bytes().filter(|&octet| octet == b'"').count();
    if !content.starts_with('"') && quotes % 2 == 1 {
        return Err(invalid(
            "TXT record content has inconsistent quotation marks.",
        ));
    }
    Ok(data.into())
}

/// Puts the data of a record into its object: the whole as `content`, for those that have parts these as `data`.
pub fn spell(rtype: RecordType, data: &[u8], object: &mut Value) {
    let parts = parts(&rtype.to_string()).unwrap_or_default();
    let mut text = rdata::to_text(rtype, data);
    if has_priority(rtype) {
        let (priority, rest) = text.split_once(' ').expect("a priority and more");
        object["priority"] = json!(priority.parse::<u32>().expect("a number"));
        text = rest.to_owned();
    }
    let undotted = |text: &str| match text.strip_suffix('.') {
        Some("") | None => text.to_owned(),
        Some(rest) => rest.to_owned(),
    };
    if is_name(rtype) {
        text = undotted(&text);
    }
    object["content"] = json!(text);
    if parts.is_empty() {
        return;
    }
    let mut rest = text.as_str();
    let mut spelled = json!({});
    let count = parts.split(' ').count();
    for (index, part) in parts.split(' ').enumerate() {
        let is_quoted = part.starts_with('"');
        let end = if is_quoted {
            let closing = (1..rest.len()).find(|&at| {
                let escapes = rest[..at].bytes().rev().take_while(|&octet| octet == b'\\');
                rest.as_bytes()[at] == b'"' && escapes.count() % 2 == 0
            });
            closing.map_or(rest.len(), |at| at + 1)
        } else if index + 1 == count {
            rest.len()
        } else {
            rest.find(' ').unwrap_or(rest.len())
        };
        let (word, behind) = rest.split_at(end);
        rest = behind.trim_start();
        let (field, value) = if is_quoted {
            (part.trim_matches('"'), json!(&word[1..word.len() - 1]))
        } else if let Some(field) = part.strip_suffix('.') {
            (field, json!(undotted(word)))
        } else if rtype == RecordType::LOC && word.ends_with('m') {
            let number: f64 = word.trim_end_matches('m').parse().expect("meters");
            (part.strip_suffix('m').expect("meters"), json!(number))
        } else if index + 1 == count {
            // Digits in hexadecimal may all be decimal.
            (part, json!(word))
        } else {
            let whole = word.parse::<u64>().map(|number| json!(number));
            let number = whole.or_else(|_| word.parse::<f64>().map(|number| json!(number)));
            (part, number.unwrap_or_else(|_| json!(word)))
        };
        spelled[field] = value;
    }
    object["data"] = spelled;
}
