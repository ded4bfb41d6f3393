//! Data of records: which are taken, what becomes of them, and how they are answered.

use redundns::zone::{Name, RecordType, rdata};

use super::super::http::Answer;
use super::invalid;

type T = RecordType;

/// Technical limitations of <https://www.scaleway.com/en/developers/api/domains-and-dns/>, and what `DNSControl` saw work.
const TYPES: &str = "A AAAA CAA CNAME DNAME HTTPS MX NAPTR NS SRV SSHFP SVCB TLSA TXT";

/// A type by its name, in capitals or not, as the vendor's clients have it.
pub fn known(text: &str) -> Option<RecordType> {
    let mut types = TYPES.split(' ');
    types
        .find(|known| known.eq_ignore_ascii_case(text))?
        .parse()
        .ok()
}

/// Whether what is written comes back as it was.
pub fn takes(rtype: RecordType, text: &str) -> bool {
    match rtype {
        T::TXT => rdata::from_text(rtype, text, None).is_ok_and(|wire| {
            let text = rdata::content(rtype, &wire);
            let is_plain = text.iter().all(|octet| (b' '..=b'~').contains(octet));
            let ends = [text.first(), text.last()];
            is_plain
                && ends
                    .iter()
                    .all(|end| end.is_some_and(|end| !b" \"".contains(end)))
        }),
        T::SVCB | T::HTTPS => !text.contains('\\') && !text.contains("key653"),
        _ => true,
    }
}

/// The data of a text that was sent.
pub fn taken(origin: &Name, rtype: RecordType, text: &str) -> Result<Box<[u8]>, Answer> {
    let capital = |text: &str| text.bytes().any(|octet| octet.is_ascii_uppercase());
    match rtype {
        T::TXT => string(text),
        T::SVCB | T::HTTPS if text.contains('"') => {
            Err(invalid("the parameters of the record are not valid"))
        }
        T::SSHFP if capital(text) => Err(invalid("the fingerprint is not valid")),
        _ => {
            let read = rdata::from_text(rtype, text, Some(origin.borrow()));
            read.map(Into::into)
                .map_err(|error| invalid(&format!("data is not valid: {error}")))
        }
    }
}

/// One string between quotes, whose backslashes stand before whatever they stand before; spaces and quotes at its ends
/// are dropped. `DNSControl`, pull request 4919.
fn string(text: &str) -> Result<Box<[u8]>, Answer> {
    let inner = text
        .trim()
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    let mut octets = Vec::new();
    let mut rest = inner.unwrap_or(text).bytes();
    while let Some(octet) = rest.next() {
        octets.push(if octet == b'\\' {
            rest.next().unwrap_or(octet)
        } else {
            octet
        });
    }
    let is_dropped = |octet: &u8| b" \"".contains(octet);
    let from = octets.iter().position(|octet| !is_dropped(octet));
    let Some(from) = from else {
        return Err(invalid("data can not be empty"));
    };
    let to = octets
        .iter()
        .rposition(|octet| !is_dropped(octet))
        .map_or(from, |at| at + 1);
    let mut wire = Vec::new();
    for string in octets[from..to].chunks(255) {
        wire.push(u8::try_from(string.len()).expect("at most 255"));
        wire.extend_from_slice(string);
    }
    Ok(wire.into())
}

/// Data as they are answered: a text as one string between quotes, in which a quote has a backslash before it and a
/// backslash has none.
pub fn spelled(rtype: RecordType, data: &[u8]) -> String {
    let text = rdata::to_text(rtype, data);
    match rtype {
        T::TXT => {
            let octets = rdata::content(rtype, data);
            format!(
                "\"{}\"",
                String::from_utf8_lossy(&octets).replace('"', "\\\"")
            )
        }
        T::SSHFP | T::TLSA => text.to_ascii_lowercase(),
        T::SVCB | T::HTTPS => text.replace('"', ""),
        _ => text,
    }
}
