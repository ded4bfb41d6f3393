//! Fields of answers, which the API takes as they are: no quotes, no escapes.

use redundns::zone::{Name, RecordType, rdata};
use serde_json::Value;

/// What the vendor's Terraform provider 2.9 lists, but for ALIAS, and what the documentation has beside.
const TYPES: &str = "A AAAA AFSDB APL CAA CDNSKEY CDS CERT CNAME CSYNC DHCID DNAME DS GPOS HINFO HTTPS IPSECKEY MX NAPTR NS \
    OPENPGPKEY PTR RP SMIMEA SPF SRV SSHFP SVCB TLSA TXT URI";
/// Types that signing makes.
pub const SIGNED: [&str; 5] = ["DNSKEY", "NSEC", "NSEC3", "NSEC3PARAM", "RRSIG"];

/// A type that users may write.
pub fn known(rtype: &str) -> Option<RecordType> {
    let is_known = TYPES.split(' ').any(|known| known == rtype);
    rtype.parse().ok().filter(|_| is_known)
}

/// Fields as words.
fn words(fields: &Value) -> Option<Vec<String>> {
    let fields = fields.as_array()?.iter().map(|field| match field {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    });
    fields.collect()
}

/// All fields in one text.
pub fn short(fields: &Value) -> String {
    words(fields).unwrap_or_default().join(" ")
}

/// The data of fields.
pub fn data(rtype: RecordType, fields: &Value) -> Option<Box<[u8]>> {
    let words = words(fields)?;
    let text = match (rtype, words.as_slice()) {
        (RecordType::TXT | RecordType::SPF, texts) => {
            let text = texts.concat();
            if text.is_empty() {
                return None;
            }
            string(&text)
        }
        (RecordType::CAA, [flags, tag, value]) => {
            let inner = value
                .strip_prefix('"')
                .and_then(|rest| rest.strip_suffix('"'));
            format!("{flags} {tag} {}", string(inner.unwrap_or(value)))
        }
        (RecordType::NAPTR, [order, preference, flags, service, expression, next]) => {
            let texts = [flags, service, expression].map(|text| string(text));
            format!("{order} {preference} {} {next}", texts.join(" "))
        }
        (RecordType::CAA | RecordType::NAPTR, _) => return None,
        (_, words) => words.join(" "),
    };
    let data = rdata::from_text(rtype, &text, Some(Name::root().borrow()));
    data.ok().map(Into::into)
}

/// A text as strings of a zone file.
fn string(text: &str) -> String {
    let mut octets = text.as_bytes();
    let mut out = String::new();
    loop {
        let (string, rest) = octets.split_at(octets.len().min(255));
        out += "\"";
        for &octet in string {
            match octet {
                b'"' | b'\\' => out.extend(['\\', char::from(octet)]),
                b' '..=b'~' => out.push(char::from(octet)),
                _ => out += &format!("\\{octet:03}"),
            }
        }
        out += "\"";
        octets = rest;
        if octets.is_empty() {
            return out;
        }
        out += " ";
    }
}

/// The strings of a zone file's text as one text, if it is printable ASCII.
pub fn text_of(content: &str) -> Option<String> {
    let data = rdata::from_text(RecordType::TXT, content, None).ok()?;
    let mut rest = data.as_slice();
    let mut text = String::new();
    while let Some((&length, tail)) = rest.split_first() {
        let (string, tail) = tail.split_at(usize::from(length));
        for &octet in string {
            if !matches!(octet, b' '..=b'~') {
                return None;
            }
            text.push(char::from(octet));
        }
        rest = tail;
    }
    Some(text)
}

/// The fields of data that came past the API: names without their final dot.
pub fn fields(rtype: RecordType, data: &[u8]) -> Vec<String> {
    let text = rdata::to_text(rtype, data);
    match rtype {
        RecordType::TXT | RecordType::SPF => vec![text_of(&text).unwrap_or_default()],
        _ => text
            .split(' ')
            .map(|word| match word {
                "." => word.to_owned(),
                _ => word.trim_end_matches('.').to_owned(),
            })
            .collect(),
    }
}
