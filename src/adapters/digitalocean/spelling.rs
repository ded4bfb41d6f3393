//! Records as the API spells them: `data`, and numbers in fields of their own. Names end in a dot when they are written
//! and do not when they are read, where the zone's own is `@`. Texts have neither quotes nor escapes.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::adapters::presentation::{absolute, relative};
use crate::zone::{Name, RecordKey, RecordType, rdata};

type T = RecordType;

/// A record as it comes.
#[derive(Deserialize)]
pub(super) struct Record {
    pub(super) id: u64,
    #[serde(rename = "type")]
    pub(super) rtype: String,
    pub(super) name: String,
    pub(super) ttl: u32,
    data: String,
    priority: Option<u16>,
    weight: Option<u16>,
    port: Option<u16>,
    flags: Option<u8>,
    tag: Option<String>,
}

/// Why a record cannot be sent, as the end of a sentence.
type Unsendable = String;

impl Record {
    /// Owner and type, or why it has none.
    pub(super) fn key(&self, origin: &Name) -> Result<RecordKey, String> {
        let owner = absolute(&self.name, origin).map_err(|error| error.to_string())?;
        if !owner.borrow().is_at_or_below(origin.borrow()) {
            return Err("outside of the zone".to_owned());
        }
        let rtype = self.rtype.parse().map_err(|_| "no record type")?;
        Ok(RecordKey { owner, rtype })
    }

    /// The data, or why they make no sense.
    pub(super) fn rdata(&self, rtype: RecordType, origin: &Name) -> Result<Vec<u8>, String> {
        let number = |number: Option<u16>| number.unwrap_or_default();
        let target = || match self.data.as_str() {
            "@" => origin.to_string(),
            name if name.ends_with('.') => name.to_owned(),
            name => format!("{name}."),
        };
        let text = match rtype {
            T::CNAME | T::NS => target(),
            T::MX => format!("{} {}", number(self.priority), target()),
            T::SRV => {
                let numbers = [self.priority, self.weight, self.port].map(number);
                let [priority, weight, port] = numbers;
                format!("{priority} {weight} {port} {}", target())
            }
            T::CAA => {
                let (flags, tag) = (self.flags.unwrap_or_default(), self.tag.as_deref());
                format!(
                    "{flags} {} {}",
                    tag.unwrap_or_default(),
                    quoted(&self.data)?
                )
            }
            T::TXT => quoted(&self.data)?,
            _ => self.data.clone(),
        };
        rdata::from_text(rtype, &text, None).map_err(|error| format!("`{text}`: {error}"))
    }
}

/// A record as it goes, or why it cannot.
pub(super) fn written(
    key: &RecordKey,
    origin: &Name,
    ttl: u32,
    data: &[u8],
) -> Result<Map<String, Value>, Unsendable> {
    let text = rdata::to_text(key.rtype, data);
    let mut words = text.split(' ');
    let mut word = || words.next().unwrap_or_default();
    let mut number = || word().parse::<u16>().unwrap_or_default();
    let mut record = Map::new();
    let mut put = |field: &str, value: Value| drop(record.insert(field.to_owned(), value));
    put("type", json!(key.rtype.to_string()));
    put("name", json!(relative(&key.owner, origin, "@")));
    put("ttl", json!(ttl));
    let content = match key.rtype {
        T::MX => {
            put("priority", json!(number()));
            match word() {
                "." => return Err("the API takes no null MX".to_owned()),
                name => name.to_owned(),
            }
        }
        T::SRV => {
            for field in ["priority", "weight", "port"] {
                put(field, json!(number()));
            }
            word().to_owned()
        }
        T::CAA => {
            put("flags", json!(number()));
            let tag = word().to_owned();
            put("tag", json!(tag));
            // RFC 8659, section 4.1: flags, the tag behind its length, the value.
            issuer(
                &tag,
                &printable(data.get(2 + tag.len()..).unwrap_or_default())?,
            )?
        }
        T::TXT => written_text(data)?,
        _ => word().to_owned(),
    };
    put("data", json!(content));
    Ok(record)
}

/// The value of a CAA record: a name with a final dot, which the API takes off, or a URL without one.
fn issuer(tag: &str, value: &str) -> Result<String, Unsendable> {
    let is_plain = |octet: u8| octet.is_ascii_alphanumeric() || b"-_.".contains(&octet);
    match tag {
        "iodef" if !value.contains(' ') && !value.ends_with('.') => Ok(value.to_owned()),
        "issue" | "issuewild"
            if !value.is_empty() && value.bytes().all(is_plain) && !value.ends_with('.') =>
        {
            Ok(format!("{value}."))
        }
        "iodef" | "issue" | "issuewild" => Err(format!(
            "the API takes a name or a URL in a CAA record, and not `{value}`"
        )),
        _ => Err(format!(
            "the API takes issue, issuewild and iodef in a CAA record, and not {tag}"
        )),
    }
}

/// TXT data as one text.
fn written_text(data: &[u8]) -> Result<String, Unsendable> {
    let mut octets = Vec::with_capacity(data.len());
    let mut rest = data;
    while let Some((&length, tail)) = rest.split_first() {
        let (string, tail) = tail.split_at(tail.len().min(usize::from(length)));
        octets.extend_from_slice(string);
        rest = tail;
    }
    let text = printable(&octets)?;
    if text.is_empty() {
        Err("the API takes no empty text".to_owned())
    } else if text.contains('\\') {
        Err("the API takes no text with a backslash".to_owned())
    } else {
        Ok(text)
    }
}

fn printable(octets: &[u8]) -> Result<String, Unsendable> {
    match octets.iter().find(|octet| !matches!(octet, b' '..=b'~')) {
        Some(octet) => Err(format!(
            "the API takes text, and nobody says how it would take the octet {octet}"
        )),
        None => Ok(String::from_utf8_lossy(octets).into_owned()),
    }
}

/// A text as character strings in presentation format.
fn quoted(text: &str) -> Result<String, String> {
    printable(text.as_bytes()).map_err(|_| STRANGE)?;
    let strings = text.as_bytes().chunks(255).map(|string| {
        let string = String::from_utf8_lossy(string);
        format!("\"{}\"", string.replace('\\', "\\\\").replace('"', "\\\""))
    });
    let strings: Vec<String> = strings.collect();
    Ok(if strings.is_empty() {
        "\"\"".to_owned()
    } else {
        strings.join(" ")
    })
}

/// What a text is that was written elsewhere and has other octets.
pub(super) const STRANGE: &str = "a text with more than printable ASCII, whose octets nobody knows";

#[cfg(test)]
mod tests {
    use super::*;

    fn origin() -> Name {
        Name::absolute("example.com").expect("a name in a test")
    }

    /// What is written, and what is read of it: without final dots, with null in fields that the type has not.
    #[test]
    fn both_directions() {
        for (owner, rtype, text, written_as, read_as) in [
            (
                "www",
                "A",
                "192.0.2.1",
                r#""data":"192.0.2.1""#,
                "192.0.2.1",
            ),
            (
                "@",
                "NS",
                "ns1.example.net.",
                r#""data":"ns1.example.net.""#,
                "ns1.example.net",
            ),
            (
                "a",
                "CNAME",
                "example.com.",
                r#""data":"example.com.""#,
                "@",
            ),
            (
                "@",
                "MX",
                "10 mail.example.net.",
                r#""data":"mail.example.net.","priority":10"#,
                "mail.example.net",
            ),
            (
                "_sip._tcp",
                "SRV",
                "1 2 5060 sip.example.net.",
                r#""data":"sip.example.net.","port":5060,"priority":1,"weight":2"#,
                "sip.example.net",
            ),
            (
                "_x._tcp",
                "SRV",
                "0 0 0 .",
                r#""data":".","port":0,"priority":0,"weight":0"#,
                ".",
            ),
            (
                "@",
                "CAA",
                r#"0 issue "ca.example.net""#,
                r#""data":"ca.example.net.","flags":0,"tag":"issue""#,
                "ca.example.net",
            ),
            (
                "@",
                "CAA",
                r#"128 iodef "mailto:a@example.net""#,
                r#""data":"mailto:a@example.net","flags":128,"tag":"iodef""#,
                "mailto:a@example.net",
            ),
            (
                "t",
                "TXT",
                r#""say \"hello\"; " "two""#,
                r#""data":"say \"hello\"; two""#,
                "say \"hello\"; two",
            ),
        ] {
            let key = RecordKey {
                owner: absolute(owner, &origin()).expect("a name in a test"),
                rtype: rtype.parse().expect("a type in a test"),
            };
            let data = rdata::from_text(key.rtype, text, None).expect("data in a test");
            let mut record = written(&key, &origin(), 60, &data).expect("a record");
            let mut expected =
                format!(r#"{{{written_as},"name":"{owner}","ttl":60,"type":"{rtype}"}}"#);
            assert_eq!(
                Value::Object(record.clone()),
                serde_json::from_str::<Value>(&expected).expect("JSON"),
            );
            record.insert("id".to_owned(), json!(7));
            record.insert("data".to_owned(), json!(read_as));
            expected = Value::Object(record).to_string();
            let record: Record = serde_json::from_str(&expected).expect("a record");
            assert_eq!(record.key(&origin()), Ok(key.clone()));
            let again = record.rdata(key.rtype, &origin()).expect("data again");
            assert!(rdata::same(key.rtype, &again, &data), "{text}");
        }
    }

    #[test]
    fn what_it_would_not_keep_is_not_sent() {
        for (rtype, text, part) in [
            (T::MX, "0 .", "null MX"),
            (T::TXT, r#""""#, "empty"),
            (T::TXT, r#""a\\b""#, "backslash"),
            (T::TXT, r#""\195\188""#, "octet 195"),
            (T::CAA, r#"0 issue ";""#, "`;`"),
            (T::CAA, r#"0 issue "ca.example; account=1""#, "account=1"),
            (T::CAA, r#"0 issue "ca.example.""#, "ca.example."),
            (T::CAA, r#"0 tbs "x""#, "tbs"),
        ] {
            let key = RecordKey {
                owner: origin(),
                rtype,
            };
            let data = rdata::from_text(rtype, text, None).expect("data in a test");
            let error = written(&key, &origin(), 60, &data).expect_err("an error");
            assert!(error.contains(part), "{error}");
        }
    }
}
