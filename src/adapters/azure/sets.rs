//! Record sets as the API has them: a property for each type, a field for each part of the data.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::zone::{RecordSet, RecordType, rdata};

/// A record set as it comes.
#[derive(Deserialize)]
pub(super) struct Listed {
    pub(super) name: String,
    /// As in `Microsoft.Network/dnszones/A`.
    #[serde(rename = "type")]
    pub(super) rtype: String,
    pub(super) etag: String,
    pub(super) properties: Properties,
}

#[derive(Deserialize)]
pub(super) struct Properties {
    #[serde(rename = "TTL", default)]
    pub(super) ttl: u32,
    /// The owner, absolute.
    pub(super) fqdn: Option<String>,
    pub(super) metadata: Option<Map<String, Value>>,
    #[serde(rename = "targetResource")]
    target: Option<Reference>,
    #[serde(rename = "trafficManagementProfile")]
    profile: Option<Reference>,
    #[serde(flatten)]
    data: Map<String, Value>,
}

/// A resource of Azure's; there without an id where there is none.
#[derive(Deserialize)]
struct Reference {
    id: Option<String>,
}

/// How a part of the data is spelled.
#[derive(Clone, Copy)]
enum Part {
    /// As in presentation format.
    Word,
    Number,
    /// Absolute, with or without its final dot.
    Name,
    /// The rest of the data, without quotes.
    Text,
    /// A list of the strings, each without quotes.
    Texts,
}

/// Where the data of one type are.
struct Shape {
    rtype: RecordType,
    property: &'static str,
    /// Not in a list.
    is_single: bool,
    parts: &'static [(&'static str, Part)],
}

const fn list(
    rtype: RecordType,
    property: &'static str,
    parts: &'static [(&'static str, Part)],
) -> Shape {
    Shape {
        rtype,
        property,
        is_single: false,
        parts,
    }
}

const fn single(
    rtype: RecordType,
    property: &'static str,
    parts: &'static [(&'static str, Part)],
) -> Shape {
    Shape {
        is_single: true,
        ..list(rtype, property, parts)
    }
}

/// <https://learn.microsoft.com/en-us/rest/api/dns/record-sets/create-or-update>, of API version 2018-05-01.
#[rustfmt::skip]
const SHAPES: &[Shape] = &[
    list(RecordType::A, "ARecords", &[("ipv4Address", Part::Word)]),
    list(RecordType::AAAA, "AAAARecords", &[("ipv6Address", Part::Word)]),
    list(RecordType::CAA, "caaRecords", &[("flags", Part::Number), ("tag", Part::Word), ("value", Part::Text)]),
    single(RecordType::CNAME, "CNAMERecord", &[("cname", Part::Name)]),
    list(RecordType::MX, "MXRecords", &[("preference", Part::Number), ("exchange", Part::Name)]),
    list(RecordType::NS, "NSRecords", &[("nsdname", Part::Name)]),
    list(RecordType::PTR, "PTRRecords", &[("ptrdname", Part::Name)]),
    single(RecordType::SOA, "SOARecord", &[
        ("host", Part::Name), ("email", Part::Name), ("serialNumber", Part::Number), ("refreshTime", Part::Number),
        ("retryTime", Part::Number), ("expireTime", Part::Number), ("minimumTTL", Part::Number),
    ]),
    list(RecordType::SRV, "SRVRecords", &[
        ("priority", Part::Number), ("weight", Part::Number), ("port", Part::Number), ("target", Part::Name),
    ]),
    list(RecordType::TXT, "TXTRecords", &[("value", Part::Texts)]),
];

fn shape(rtype: RecordType) -> Option<&'static Shape> {
    SHAPES.iter().find(|shape| shape.rtype == rtype)
}

impl Properties {
    /// The records in presentation format, or why no zone file can say them, as the end of a sentence.
    pub(super) fn records(&self, rtype: RecordType) -> Result<Vec<String>, String> {
        let references = [&self.target, &self.profile];
        let target = references
            .into_iter()
            .flatten()
            .find_map(|one| one.id.as_ref());
        if let Some(id) = target {
            let name = id.rsplit('/').next().unwrap_or_default();
            return Err(format!("an alias of the resource `{name}`"));
        }
        let Some(shape) = shape(rtype) else {
            return Err("of a type that this version of the API does not describe".to_owned());
        };
        let records = match self.data.get(shape.property) {
            None | Some(Value::Null) => return Ok(Vec::new()),
            Some(Value::Array(records)) => records.as_slice(),
            Some(record) => std::slice::from_ref(record),
        };
        records.iter().map(|record| shape.read(record)).collect()
    }
}

impl Shape {
    fn read(&self, record: &Value) -> Result<String, String> {
        let mut words = Vec::new();
        for (field, part) in self.parts {
            let value = &record[field];
            let text = value.as_str().unwrap_or_default();
            match part {
                Part::Number => words.push(value.to_string()),
                Part::Word => words.push(text.to_owned()),
                Part::Name if text.ends_with('.') => words.push(text.to_owned()),
                Part::Name => words.push(format!("{text}.")),
                Part::Text => words.push(quoted(text)?),
                Part::Texts => {
                    for string in value.as_array().into_iter().flatten() {
                        words.push(quoted(string.as_str().unwrap_or_default())?);
                    }
                }
            }
        }
        Ok(words.join(" "))
    }

    fn write(&self, data: &[u8]) -> Result<Value, String> {
        let text = rdata::to_text(self.rtype, data);
        let mut words = text.split(' ');
        let mut record = Map::new();
        for (field, part) in self.parts {
            let value = match part {
                Part::Texts => strings(data).collect::<Result<Vec<_>, _>>()?.into(),
                // RFC 8659, section 4.1: flags, the tag behind its length, the value.
                Part::Text => {
                    let tag = data.get(1).copied().map_or(0, usize::from);
                    printable(data.get(2 + tag..).unwrap_or_default())?.into()
                }
                Part::Number => {
                    let word = words.next().unwrap_or_default();
                    json!(word.parse::<u32>().unwrap_or_default())
                }
                Part::Word | Part::Name => words.next().unwrap_or_default().into(),
            };
            record.insert((*field).to_owned(), value);
        }
        Ok(record.into())
    }
}

/// The properties of a set as it is to be, or why it cannot be.
pub(super) fn properties(rtype: RecordType, set: &RecordSet) -> Result<Map<String, Value>, String> {
    let shape = shape(rtype).ok_or_else(|| format!("the API has no {rtype} records"))?;
    let mut records = set.rdata.iter().map(|data| shape.write(data));
    let data = if shape.is_single {
        records.next().transpose()?.unwrap_or_default()
    } else {
        records.collect::<Result<Vec<_>, _>>()?.into()
    };
    let mut properties = Map::new();
    properties.insert("TTL".to_owned(), set.ttl.into());
    properties.insert(shape.property.to_owned(), data);
    Ok(properties)
}

/// The strings of TXT data.
fn strings(data: &[u8]) -> impl Iterator<Item = Result<String, String>> {
    let mut rest = data;
    std::iter::from_fn(move || {
        let (&length, tail) = rest.split_first()?;
        let (string, tail) = tail.split_at(tail.len().min(usize::from(length)));
        rest = tail;
        Some(printable(string))
    })
}

fn is_printable(octet: u8) -> bool {
    matches!(octet, b' '..=b'~')
}

/// Octets as text; how the API takes those that are not printable, nobody says.
fn printable(octets: &[u8]) -> Result<String, String> {
    let strange = octets.iter().find(|octet| !is_printable(**octet));
    match strange {
        Some(octet) => Err(format!(
            "the API takes text, and nobody says how it would take the octet {octet}"
        )),
        None => Ok(String::from_utf8_lossy(octets).into_owned()),
    }
}

fn quoted(text: &str) -> Result<String, String> {
    if !text.bytes().all(is_printable) {
        return Err("a text with more than printable ASCII, whose octets nobody knows".to_owned());
    }
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    Ok(format!("\"{escaped}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(rtype: RecordType, properties: Value) -> Result<Vec<String>, String> {
        let properties: Properties = serde_json::from_value(properties).expect("properties");
        properties.records(rtype)
    }

    #[test]
    fn data_come_back_as_they_went() {
        for (rtype, text) in [
            (RecordType::A, "192.0.2.1"),
            (RecordType::AAAA, "2001:db8::1"),
            (
                RecordType::CAA,
                r#"0 issue "ca.example.net; account=230123""#,
            ),
            (RecordType::CAA, r#"128 iodef "a\"b\\c""#),
            (RecordType::CNAME, "www.example.net."),
            (RecordType::MX, "10 mail.example.net."),
            (RecordType::NS, "ns.example.net."),
            (RecordType::PTR, "host.example.net."),
            (
                RecordType::SOA,
                "ns1.example.net. who.example.net. 1 7200 900 1209600 300",
            ),
            (RecordType::SRV, "0 5 5060 sip.example.net."),
            (RecordType::TXT, r#""say \"hello\"; a\\b" "two  words" """#),
        ] {
            let data = rdata::from_text(rtype, text, None).expect("data");
            let set = RecordSet::new(300, vec![data.into()]);
            let sent = properties(rtype, &set).unwrap_or_else(|why| panic!("{text}: {why}"));
            assert_eq!(read(rtype, sent.into()), Ok(vec![text.to_owned()]));
        }
    }

    #[test]
    fn what_no_zone_file_can_say_is_told() {
        let alias = json!({ "TTL": 60, "targetResource": { "id": "/subscriptions/s/x/publicIPAddresses/front" } });
        assert_eq!(
            read(RecordType::A, alias),
            Err("an alias of the resource `front`".to_owned())
        );
        let none = json!({ "TTL": 60, "targetResource": {}, "trafficManagementProfile": {} });
        assert_eq!(read(RecordType::A, none), Ok(Vec::new()));
        let text = json!({ "TTL": 60, "TXTRecords": [{ "value": ["ü"] }] });
        assert!(read(RecordType::TXT, text).is_err_and(|what| what.contains("ASCII")));
        assert!(read(RecordType::DS, json!({ "TTL": 60 })).is_err());
    }

    #[test]
    fn octets_that_are_no_text_are_not_sent() {
        let data = rdata::from_text(RecordType::TXT, r#""\195\188""#, None).expect("data");
        let set = RecordSet::new(300, vec![data.into()]);
        let why = properties(RecordType::TXT, &set).expect_err("not printable");
        assert!(why.contains("195"), "{why}");
    }

    #[test]
    fn names_may_lack_their_final_dot() {
        let records = json!({ "TTL": 60, "NSRecords": [{ "nsdname": "ns1.example.net" }] });
        assert_eq!(
            read(RecordType::NS, records),
            Ok(vec!["ns1.example.net.".to_owned()])
        );
    }
}
