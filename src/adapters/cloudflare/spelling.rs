//! Records as the API spells them: `content` for the simple types, an object `data` for those that have parts, and
//! for two of them a `priority` beside it. Names have no final dot there.

use serde::Deserialize;
use serde_json::{Map, Number, Value, json};

use super::super::presentation::{dotless, quoted};
use crate::zone::{RecordKey, RecordType, rdata};

/// How a part of presentation format becomes a value of JSON.
#[derive(Clone, Copy)]
enum Part {
    Number,
    /// A number with `m` behind it.
    Meters,
    Word,
    Name,
    /// What stands between quotes, its escapes kept.
    Quoted,
    /// Everything up to the end.
    Rest,
}

type Fields = &'static [(&'static str, Part)];

/// The fields of `data` in the order of presentation format; `None` for types that have a `content` alone.
/// <https://developers.cloudflare.com/api/resources/dns/subresources/records/methods/create/>
fn fields(rtype: RecordType) -> Option<Fields> {
    use Part::{Meters, Name, Number, Quoted, Rest, Word};
    Some(match rtype {
        RecordType::CAA => &[("flags", Number), ("tag", Word), ("value", Quoted)],
        RecordType::CERT => &[
            ("type", Number),
            ("key_tag", Number),
            ("algorithm", Number),
            ("certificate", Rest),
        ],
        RecordType::DNSKEY => &[
            ("flags", Number),
            ("protocol", Number),
            ("algorithm", Number),
            ("public_key", Rest),
        ],
        RecordType::DS => &[
            ("key_tag", Number),
            ("algorithm", Number),
            ("digest_type", Number),
            ("digest", Rest),
        ],
        RecordType::HTTPS | RecordType::SVCB => {
            &[("priority", Number), ("target", Name), ("value", Rest)]
        }
        RecordType::LOC => &[
            ("lat_degrees", Number),
            ("lat_minutes", Number),
            ("lat_seconds", Number),
            ("lat_direction", Word),
            ("long_degrees", Number),
            ("long_minutes", Number),
            ("long_seconds", Number),
            ("long_direction", Word),
            ("altitude", Meters),
            ("size", Meters),
            ("precision_horz", Meters),
            ("precision_vert", Meters),
        ],
        RecordType::NAPTR => &[
            ("order", Number),
            ("preference", Number),
            ("flags", Quoted),
            ("service", Quoted),
            ("regex", Quoted),
            ("replacement", Name),
        ],
        RecordType::SMIMEA | RecordType::TLSA => &[
            ("usage", Number),
            ("selector", Number),
            ("matching_type", Number),
            ("certificate", Rest),
        ],
        RecordType::SRV => &[
            ("priority", Number),
            ("weight", Number),
            ("port", Number),
            ("target", Name),
        ],
        RecordType::SSHFP => &[
            ("algorithm", Number),
            ("type", Number),
            ("fingerprint", Rest),
        ],
        RecordType::URI => &[("weight", Number), ("target", Quoted)],
        _ => return None,
    })
}

/// Types whose first number stands beside `content` or `data`.
fn has_priority(rtype: RecordType) -> bool {
    matches!(rtype, RecordType::MX | RecordType::URI)
}

/// Types whose `content` is a name.
fn is_name(rtype: RecordType) -> bool {
    use RecordType as T;
    matches!(rtype, T::CNAME | T::MX | T::NS | T::PTR)
}

fn without_dot(name: &str) -> &str {
    match name.strip_suffix('.') {
        Some("") | None => name,
        Some(rest) => rest,
    }
}

fn with_dot(name: &str) -> String {
    let dot = if name.ends_with('.') { "" } else { "." };
    format!("{name}{dot}")
}

/// The first word of presentation format, quotes included, and what follows.
fn word(text: &str) -> (&str, &str) {
    let (mut quoted, mut escaped) = (false, false);
    let end = text.bytes().position(|octet| {
        let is_end = octet == b' ' && !quoted && !escaped;
        quoted ^= octet == b'"' && !escaped;
        escaped = octet == b'\\' && !escaped;
        is_end
    });
    end.map_or((text, ""), |end| (&text[..end], &text[end + 1..]))
}

fn number(text: &str) -> Value {
    let number = text.parse::<u64>().map(Number::from).ok();
    let number = number.or_else(|| Number::from_f64(text.parse().ok()?));
    number.map_or_else(|| json!(text), Value::Number)
}

/// A record as it is written, without its id.
pub(super) fn written(key: &RecordKey, ttl: u32, data: &[u8]) -> Map<String, Value> {
    let rtype = key.rtype;
    let text = rdata::to_text(rtype, data);
    let mut rest = text.as_str();
    let mut record = Map::new();
    record.insert("name".to_owned(), json!(dotless(&key.owner)));
    record.insert("type".to_owned(), json!(rtype.to_string()));
    record.insert("ttl".to_owned(), json!(ttl));
    if has_priority(rtype) {
        let (priority, behind) = word(rest);
        record.insert("priority".to_owned(), number(priority));
        rest = behind;
    }
    let Some(fields) = fields(rtype) else {
        let content = if is_name(rtype) {
            without_dot(rest)
        } else {
            rest
        };
        record.insert("content".to_owned(), json!(content));
        return record;
    };
    let mut parts = Map::new();
    for &(field, part) in fields {
        let (one, behind) = word(rest);
        let value = match part {
            Part::Number => number(one),
            Part::Meters => number(one.trim_end_matches('m')),
            Part::Word => json!(one),
            Part::Name => json!(without_dot(one)),
            Part::Quoted => {
                let inner = one.strip_prefix('"').and_then(|one| one.strip_suffix('"'));
                json!(inner.unwrap_or(one))
            }
            Part::Rest => json!(rest),
        };
        parts.insert(field.to_owned(), value);
        rest = behind;
    }
    record.insert("data".to_owned(), Value::Object(parts));
    record
}

/// The parts of a record that say what its data are.
#[derive(Deserialize)]
pub(super) struct Spelled {
    content: Option<String>,
    data: Option<Map<String, Value>>,
    priority: Option<Value>,
}

impl Spelled {
    /// Presentation format of the data.
    pub(super) fn text(&self, rtype: RecordType) -> String {
        let mut words = Vec::new();
        if has_priority(rtype) {
            words.extend(self.priority.as_ref().map(plain));
        }
        let content = self.content.as_deref().unwrap_or_default();
        match (fields(rtype), &self.data) {
            (Some(fields), Some(data)) => {
                words.extend(fields.iter().map(|&(field, part)| {
                    let value = data.get(field).map(plain).unwrap_or_default();
                    match part {
                        Part::Meters => format!("{value}m"),
                        Part::Name => with_dot(&value),
                        Part::Quoted => format!("\"{value}\""),
                        Part::Number | Part::Word | Part::Rest => value,
                    }
                }));
            }
            _ if is_name(rtype) => words.push(with_dot(content)),
            // From before quotes were the rule.
            _ if rtype == RecordType::TXT && !content.starts_with('"') => {
                words.push(quoted(content));
            }
            _ => words.push(content.to_owned()),
        }
        words.join(" ")
    }
}

/// A value as a word: a number by its digits, text as it is.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => match number.as_f64() {
            // Whole numbers may come as floating-point ones.
            Some(float) if !number.is_u64() => float.to_string(),
            _ => number.to_string(),
        },
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::Name;

    const CASES: &[(&str, &str, &str)] = &[
        ("A", "192.0.2.1", r#"{"content":"192.0.2.1"}"#),
        (
            "CNAME",
            "www.example.net.",
            r#"{"content":"www.example.net"}"#,
        ),
        (
            "MX",
            "10 mail.example.net.",
            r#"{"priority":10,"content":"mail.example.net"}"#,
        ),
        ("MX", "0 .", r#"{"priority":0,"content":"."}"#),
        (
            "TXT",
            r#""say \"hello\"" "two""#,
            r#"{"content":"\"say \\\"hello\\\"\" \"two\""}"#,
        ),
        (
            "SRV",
            "1 2 5060 sip.example.net.",
            r#"{"data":{"priority":1,"weight":2,"port":5060,"target":"sip.example.net"}}"#,
        ),
        (
            "CAA",
            r#"128 issue "ca.example.net; account=1""#,
            r#"{"data":{"flags":128,"tag":"issue","value":"ca.example.net; account=1"}}"#,
        ),
        (
            "HTTPS",
            "1 . alpn=h2,h3 port=443",
            r#"{"data":{"priority":1,"target":".","value":"alpn=\"h2,h3\" port=443"}}"#,
        ),
        (
            "SVCB",
            "0 pool.example.net.",
            r#"{"data":{"priority":0,"target":"pool.example.net","value":""}}"#,
        ),
        (
            "NAPTR",
            r#"100 10 "u" "E2U+sip" "!^(.*) x$!sip:\\1@example.net!" ."#,
            r#"{"data":{"order":100,"preference":10,"flags":"u","service":"E2U+sip","regex":"!^(.*) x$!sip:\\\\1@example.net!","replacement":"."}}"#,
        ),
        (
            "URI",
            r#"10 1 "https://example.net/""#,
            r#"{"priority":10,"data":{"weight":1,"target":"https://example.net/"}}"#,
        ),
        (
            "LOC",
            "42 21 54.500 S 71 6 18.250 W -24.00m 30.00m 10000.00m 10.00m",
            r#"{"data":{"lat_degrees":42,"lat_minutes":21,"lat_seconds":54.5,"lat_direction":"S","long_degrees":71,"long_minutes":6,"long_seconds":18.25,"long_direction":"W","altitude":-24,"size":30,"precision_horz":10000,"precision_vert":10}}"#,
        ),
    ];

    /// As numbers compare: 24 and 24.0 are one.
    fn same(a: &Value, b: &Value) -> bool {
        match (a, b) {
            (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
            (Value::Object(a), Value::Object(b)) => {
                a.len() == b.len()
                    && a.iter()
                        .all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
            }
            _ => a == b,
        }
    }

    #[test]
    fn both_directions() {
        for &(rtype, text, expected) in CASES {
            let key = RecordKey {
                owner: Name::absolute("x.example.com").expect("a name in a test"),
                rtype: rtype.parse().expect("a type in a test"),
            };
            let data = rdata::from_text(key.rtype, text, None).expect("data in a test");
            let mut record = written(&key, 300, &data);
            assert_eq!(record.remove("name"), Some(json!("x.example.com")));
            assert_eq!(record.remove("type"), Some(json!(rtype)));
            assert_eq!(record.remove("ttl"), Some(json!(300)));
            let expected: Value = serde_json::from_str(expected).expect("JSON in a test");
            let record = Value::Object(record);
            assert!(same(&record, &expected), "{record}");
            let spelled: Spelled = serde_json::from_value(expected).expect("a record");
            let again = rdata::from_text(key.rtype, &spelled.text(key.rtype), None);
            assert_eq!(again.as_deref(), Ok(&*data), "{}", spelled.text(key.rtype));
        }
    }
}
