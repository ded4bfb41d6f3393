//! Answers as the API has them: a list of fields, or all of them in one text with a space between. Strings have neither
//! quotes nor escapes there.

use serde_json::Value;

use crate::zone::{Name, RecordType, rdata};

type T = RecordType;

/// How the fields of a type are put together.
enum Shape {
    /// One text.
    Text,
    /// So many words, and the rest is a text.
    TextBehind(usize),
    /// So many words, and the rest is as in presentation format.
    RestBehind(usize),
    /// Order, preference, flags, service, expression and replacement, of which the texts may be empty.
    Naptr,
    /// The words of presentation format.
    Words,
}

fn shape(rtype: RecordType) -> Shape {
    match rtype {
        T::TXT | T::SPF => Shape::Text,
        T::CAA => Shape::TextBehind(2),
        T::HTTPS | T::SVCB => Shape::RestBehind(2),
        T::NAPTR => Shape::Naptr,
        _ => Shape::Words,
    }
}

/// The fields of an answer, or why there are none.
pub(super) fn fields(rtype: RecordType, data: &[u8]) -> Result<Vec<String>, String> {
    let text = rdata::to_text(rtype, data);
    let words = || text.split(' ').map(str::to_owned);
    match shape(rtype) {
        Shape::Text => {
            let octets: Vec<u8> = strings(data).flatten().copied().collect();
            if octets.is_empty() {
                return Err("the API takes no empty text".to_owned());
            }
            Ok(vec![printable(&octets)?])
        }
        // RFC 8659, section 4.1: flags, the tag behind its length, the value.
        Shape::TextBehind(count) => {
            let tag = data.get(1).copied().map_or(0, usize::from);
            let value = printable(data.get(2 + tag..).unwrap_or_default())?;
            Ok(words().take(count).chain([value]).collect())
        }
        Shape::RestBehind(count) => {
            let fields = text.splitn(count + 1, ' ').map(str::to_owned);
            Ok(fields.chain([String::new()]).take(count + 1).collect())
        }
        // RFC 3403, section 4.1: two numbers, three strings, a name.
        Shape::Naptr => {
            let texts = strings(data.get(4..).unwrap_or_default()).take(3);
            let texts: Vec<String> = texts.map(printable).collect::<Result<_, _>>()?;
            let name = words().next_back().unwrap_or_default();
            Ok(words().take(2).chain(texts).chain([name]).collect())
        }
        Shape::Words => Ok(words().collect()),
    }
}

/// The data of an answer whose fields are one text, or why it has none. Names may lack their final dot.
pub(super) fn from_short(rtype: RecordType, short: &str) -> Result<Vec<u8>, String> {
    let text = match shape(rtype) {
        Shape::Text => quoted(short)?,
        Shape::TextBehind(count) => {
            let mut fields = short.splitn(count + 1, ' ');
            let words: Vec<&str> = fields.by_ref().take(count).collect();
            let value = unquoted(fields.next().unwrap_or_default());
            format!("{} {}", words.join(" "), quoted(value)?)
        }
        Shape::Naptr => {
            let (rest, name) = short.rsplit_once(' ').unwrap_or_default();
            let mut fields = rest.splitn(5, ' ');
            let words: Vec<&str> = fields.by_ref().take(2).collect();
            let texts: Vec<String> = fields
                .map(|text| quoted(unquoted(text)))
                .collect::<Result<_, _>>()?;
            format!("{} {} {name}", words.join(" "), texts.join(" "))
        }
        Shape::RestBehind(_) | Shape::Words => short.to_owned(),
    };
    let root = Name::root();
    rdata::from_text(rtype, &text, Some(root.borrow())).map_err(|error| error.to_string())
}

/// The data of an answer, if its fields make sense.
pub(super) fn from_fields(rtype: RecordType, answer: &Value) -> Option<Vec<u8>> {
    let fields = answer.as_array()?.iter().map(|field| match field {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    let space = if matches!(shape(rtype), Shape::Text) {
        ""
    } else {
        " "
    };
    let short = fields.collect::<Vec<_>>().join(space);
    from_short(rtype, &short).ok()
}

/// Character strings (RFC 1035, section 3.3), one behind the other.
fn strings(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = data;
    std::iter::from_fn(move || {
        let (&length, tail) = rest.split_first()?;
        let (string, tail) = tail.split_at(tail.len().min(usize::from(length)));
        rest = tail;
        Some(string)
    })
}

fn printable(octets: &[u8]) -> Result<String, String> {
    match octets.iter().find(|octet| !matches!(octet, b' '..=b'~')) {
        Some(octet) => Err(format!(
            "the API takes text, and nobody says how it would take the octet {octet}"
        )),
        None => Ok(String::from_utf8_lossy(octets).into_owned()),
    }
}

/// A text as character strings in presentation format.
fn quoted(text: &str) -> Result<String, String> {
    let text = printable(text.as_bytes())
        .map_err(|_| "a text with more than printable ASCII, whose octets nobody knows")?;
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

/// Without the quotes that some clients write.
fn unquoted(text: &str) -> &str {
    let inner = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    inner.unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_directions() {
        for (rtype, text, expected) in [
            ("A", "192.0.2.1", &["192.0.2.1"][..]),
            ("MX", "10 mail.example.net.", &["10", "mail.example.net."]),
            ("MX", "0 .", &["0", "."]),
            ("TXT", r#""say \"hello\"; a\\b""#, &[r#"say "hello"; a\b"#]),
            ("TXT", r#""two " "strings""#, &["two strings"]),
            ("TXT", r#""  ""#, &["  "]),
            (
                "CAA",
                r#"128 issue "ca.example.net; account=1""#,
                &["128", "issue", "ca.example.net; account=1"],
            ),
            (
                "HTTPS",
                "1 . alpn=h2,h3 port=443",
                &["1", ".", r#"alpn="h2,h3" port=443"#],
            ),
            (
                "SVCB",
                "0 pool.example.net.",
                &["0", "pool.example.net.", ""],
            ),
            (
                "NAPTR",
                r#"100 10 "u" "E2U+sip" "!^(.*) x$!sip:\\1@example.net!" ."#,
                &[
                    "100",
                    "10",
                    "u",
                    "E2U+sip",
                    r"!^(.*) x$!sip:\1@example.net!",
                    ".",
                ],
            ),
            (
                "NAPTR",
                r#"100 10 "" "" "" next.example.net."#,
                &["100", "10", "", "", "", "next.example.net."],
            ),
            (
                "URI",
                r#"10 1 "https://example.net/""#,
                &["10", "1", r#""https://example.net/""#],
            ),
        ] {
            let rtype: RecordType = rtype.parse().expect("a type in a test");
            let data = rdata::from_text(rtype, text, None).expect("data in a test");
            let found = fields(rtype, &data).expect("fields");
            assert_eq!(found, expected, "{text}");
            let content = |data: &[u8]| rdata::content(rtype, data).into_owned();
            let short = from_short(rtype, &found.join(" ")).expect("data again");
            assert_eq!(content(&short), content(&data), "{text}");
            let whole = from_fields(rtype, &json!(found)).expect("data once more");
            assert_eq!(content(&whole), content(&data), "{text}");
        }
    }

    #[test]
    fn what_other_clients_write_is_read() {
        for (rtype, short, text) in [
            (T::NS, "dns1.p04.nsone.net", "dns1.p04.nsone.net."),
            (T::SRV, "1 2 3 sip.example.net", "1 2 3 sip.example.net."),
            (
                T::CAA,
                r#"0 issue "ca.example.net""#,
                r#"0 issue "ca.example.net""#,
            ),
            (
                T::CAA,
                "0 issue ca.example.net",
                r#"0 issue "ca.example.net""#,
            ),
        ] {
            let data = from_short(rtype, short).expect("data");
            assert_eq!(rdata::to_text(rtype, &data), text);
        }
        let data = from_fields(T::MX, &json!([10, "mail.example.net"])).expect("data");
        assert_eq!(rdata::to_text(T::MX, &data), "10 mail.example.net.");
    }

    #[test]
    fn what_nobody_says_how_to_send_is_not_sent() {
        for (text, part) in [(r#""""#, "empty"), (r#""\195\188""#, "octet 195")] {
            let data = rdata::from_text(T::TXT, text, None).expect("data in a test");
            let error = fields(T::TXT, &data).expect_err("an error");
            assert!(error.contains(part), "{error}");
        }
    }
}
