//! Data as the API spells them, which for TXT is not how it reads them.

use super::facts::LOWEST_NS_TTL;
use crate::provider::ProviderError;
use crate::zone::{RecordKey, RecordSet, RecordType, rdata};

type T = RecordType;

/// Why a set cannot be written, as the end of a sentence that starts with the set; `None` for one that can be.
pub(super) fn obstacle(key: &RecordKey, set: &RecordSet) -> Option<String> {
    if key.rtype == T::NS && set.ttl < LOWEST_NS_TTL {
        return Some(format!(
            "the TTL {} would become {LOWEST_NS_TTL} there, the lowest of NS records",
            set.ttl
        ));
    }
    let mut data = set.rdata.iter();
    data.find_map(|data| match key.rtype {
        T::TXT => text_obstacle(&rdata::content(T::TXT, data)),
        T::SVCB | T::HTTPS => {
            let text = rdata::to_text(key.rtype, data);
            let is_plain = !unquoted(&text).contains(['"', '\\']);
            (!is_plain).then(|| {
                format!("`{text}` has a parameter that needs quotes, which are refused there")
            })
        }
        _ => None,
    })
}

fn text_obstacle(text: &[u8]) -> Option<String> {
    let is_lost = |octet: Option<&u8>| octet.is_none_or(|octet| b" \"".contains(octet));
    let why = if text.is_empty() {
        "a TXT record there has at least one octet"
    } else if is_lost(text.first()) || is_lost(text.last()) {
        "a space or a double quote at either end of a text is lost there"
    } else if !text.iter().all(|octet| matches!(octet, b' '..=b'~')) {
        "a text there has printable ASCII alone"
    } else {
        return None;
    };
    Some(why.to_owned())
}

/// The words of presentation format without quotes around values that do without.
fn unquoted(text: &str) -> String {
    let words = text.split(' ').map(|word| match word.split_once("=\"") {
        Some((key, value)) if value.find('"') == Some(value.len() - 1) => {
            format!("{key}={}", value.trim_end_matches('"'))
        }
        _ => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Data as they are written: a text as one string between quotes, however long it is.
pub(super) fn written(rtype: RecordType, data: &[u8]) -> String {
    let text = rdata::to_text(rtype, data);
    match rtype {
        T::TXT => {
            let octets = rdata::content(rtype, data);
            let text = String::from_utf8_lossy(&octets);
            format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
        }
        T::SVCB | T::HTTPS => unquoted(&text),
        // Only small hexadecimal digits are taken in the first of them.
        T::SSHFP | T::TLSA => text.to_ascii_lowercase(),
        _ => text,
    }
}

/// Appends the wire form of data as they are read.
pub(super) fn read(rtype: RecordType, text: &str, out: &mut Vec<u8>) -> Result<(), String> {
    if rtype != T::TXT {
        return rdata::append_text(rtype, text, None, out).map_err(|error| error.to_string());
    }
    let octets = unescaped(text.trim());
    for string in octets.chunks(255) {
        out.push(u8::try_from(string.len()).expect("a chunk of at most 255"));
        out.extend_from_slice(string);
    }
    if octets.is_empty() {
        out.push(0);
    }
    Ok(())
}

/// The octets of a text: it stands between quotes, and a quote inside has a backslash before it, but a backslash has
/// none. What was cut into strings has bare quotes between them.
fn unescaped(text: &str) -> Vec<u8> {
    let inner = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    let Some(inner) = inner else {
        return text.as_bytes().to_vec();
    };
    let mut octets = Vec::with_capacity(inner.len());
    let mut rest = inner.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        if let Some(behind) = rest.strip_prefix(b"\" \"") {
            rest = behind;
        } else if let Some(behind) = rest.strip_prefix(b"\\\"") {
            octets.push(b'"');
            rest = behind;
        } else {
            octets.push(first);
            rest = tail;
        }
    }
    octets
}

/// The refusal of a set before anything is sent.
pub(super) fn refused(key: &RecordKey, why: &str) -> ProviderError {
    ProviderError::new(
        crate::provider::ErrorKind::Rejected,
        format!("`{key}` was not sent: {why}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::Name;

    fn wire(rtype: RecordType, text: &str) -> Vec<u8> {
        rdata::from_text(rtype, text, None).expect("data in a test")
    }

    #[test]
    fn texts_are_read_as_they_are_answered() {
        let long = "x".repeat(300);
        for (answered, meant) in [
            (r#""hello""#, r#""hello""#),
            ("hello", r#""hello""#),
            (r#""say \"hi\" there""#, r#""say \"hi\" there""#),
            (r#""1back\slash""#, r#""1back\\slash""#),
            (r#""2back\\slash""#, r#""2back\\\\slash""#),
            (r#""ends in a backslash\""#, r#""ends in a backslash\\""#),
            (r#""cut" "in two""#, r#""cutin two""#),
            (
                &format!("\"{long}\""),
                &format!("\"{}\" \"{}\"", &long[..255], &long[255..]),
            ),
            (r#""""#, r#""""#),
        ] {
            let mut out = Vec::new();
            read(T::TXT, answered, &mut out).expect("a text");
            assert_eq!(out, wire(T::TXT, meant), "{answered}");
        }
    }

    #[test]
    fn what_would_not_come_back_is_not_sent() {
        for (rtype, ttl, text, part) in [
            (T::TXT, 300, r#""fine \"inside\" of it""#, None),
            (T::TXT, 300, r#""""#, Some("at least one octet")),
            (T::TXT, 300, r#"" leads""#, Some("either end")),
            (T::TXT, 300, r#""ends\"""#, Some("either end")),
            (T::TXT, 300, r#""\195\188ber""#, Some("printable")),
            (T::NS, 1800, "ns.example.", None),
            (T::NS, 1799, "ns.example.", Some("would become 1800")),
            (T::HTTPS, 300, "1 . alpn=h2,h3 port=443", None),
            (
                T::HTTPS,
                300,
                r#"1 . key65333="a\"b""#,
                Some("needs quotes"),
            ),
        ] {
            let key = RecordKey {
                owner: Name::absolute("www.example.com").expect("a name in a test"),
                rtype,
            };
            let set = RecordSet::new(ttl, vec![wire(rtype, text).into()]);
            let found = obstacle(&key, &set);
            assert_eq!(found.is_some(), part.is_some(), "{text}");
            assert!(found.unwrap_or_default().contains(part.unwrap_or_default()));
        }
    }

    #[test]
    fn data_are_written_as_the_api_reads_them() {
        for (rtype, text, expected) in [
            (
                T::HTTPS,
                "1 . alpn=h2,h3 port=443",
                "1 . alpn=h2,h3 port=443",
            ),
            (T::SSHFP, "1 9 ABCDEF", "1 9 abcdef"),
            (T::MX, "10 mail.example.", "10 mail.example."),
            (T::TXT, r#""a\\b""#, r#""a\\b""#),
        ] {
            assert_eq!(written(rtype, &wire(rtype, text)), expected);
        }
    }
}
