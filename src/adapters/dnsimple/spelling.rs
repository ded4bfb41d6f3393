//! Records as the API spells them: names without their final dots, and the first number of two types beside the rest.

use super::super::presentation::quoted;
use crate::zone::{RecordType, rdata};

/// Types whose first number stands beside `content`.
fn has_priority(rtype: RecordType) -> bool {
    matches!(rtype, RecordType::MX | RecordType::SRV)
}

/// Which word of `content` is a name, if any is.
fn name_at(rtype: RecordType) -> Option<usize> {
    match rtype {
        RecordType::CNAME | RecordType::MX | RecordType::NS | RecordType::PTR => Some(0),
        RecordType::HTTPS | RecordType::SVCB => Some(1),
        RecordType::SRV => Some(2),
        _ => None,
    }
}

/// `text` with `edit` done to the word that is a name.
fn renamed(rtype: RecordType, text: &str, edit: fn(&str) -> String) -> String {
    let at = name_at(rtype);
    let words = text.split(' ').enumerate().map(|(index, word)| {
        if Some(index) == at {
            edit(word)
        } else {
            word.to_owned()
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// A name without its final dot; the root keeps it.
pub(super) fn without_dot(name: &str) -> String {
    match name.strip_suffix('.') {
        Some("") | None => name.to_owned(),
        Some(rest) => rest.to_owned(),
    }
}

fn with_dot(name: &str) -> String {
    let dot = if name.ends_with('.') { "" } else { "." };
    format!("{name}{dot}")
}

/// `content` and `priority` of data.
pub(super) fn written(rtype: RecordType, data: &[u8]) -> (String, Option<u32>) {
    let text = rdata::to_text(rtype, data);
    let split = text.split_once(' ').filter(|_| has_priority(rtype));
    let (priority, rest) = split.map_or((None, &*text), |(first, rest)| (first.parse().ok(), rest));
    (renamed(rtype, rest, without_dot), priority)
}

/// Presentation format of `content` and `priority`.
pub(super) fn text(rtype: RecordType, content: &str, priority: Option<u32>) -> String {
    if rtype == RecordType::TXT && !content.starts_with('"') {
        return quoted(content);
    }
    if rtype == RecordType::NAPTR {
        return with_dot(content);
    }
    let content = renamed(rtype, content, with_dot);
    if has_priority(rtype) {
        format!("{} {content}", priority.unwrap_or(0))
    } else {
        content
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_directions() {
        for (rtype, presented, content, priority) in [
            ("A", "192.0.2.1", "192.0.2.1", None),
            ("CNAME", "www.example.net.", "www.example.net", None),
            ("MX", "10 mail.example.net.", "mail.example.net", Some(10)),
            ("MX", "0 .", ".", Some(0)),
            (
                "SRV",
                "1 2 5060 sip.example.net.",
                "2 5060 sip.example.net",
                Some(1),
            ),
            ("HTTPS", "1 . alpn=\"h2,h3\"", "1 . alpn=\"h2,h3\"", None),
            ("SVCB", "0 pool.example.net.", "0 pool.example.net", None),
            (
                "CAA",
                "0 issue \"ca.example.net\"",
                "0 issue \"ca.example.net\"",
                None,
            ),
            (
                "TXT",
                "\"say \\\"hello\\\"\"",
                "\"say \\\"hello\\\"\"",
                None,
            ),
            (
                "NAPTR",
                "1 2 \"u\" \"a b\" \"!x!y!\" .",
                "1 2 \"u\" \"a b\" \"!x!y!\" .",
                None,
            ),
        ] {
            let rtype: RecordType = rtype.parse().expect("a type in a test");
            let data = rdata::from_text(rtype, presented, None).expect("data in a test");
            assert_eq!(written(rtype, &data), (content.to_owned(), priority));
            let again = rdata::from_text(rtype, &text(rtype, content, priority), None);
            assert_eq!(again.as_deref(), Ok(&*data), "{presented}");
        }
        assert_eq!(text(RecordType::TXT, "a \"b\"", None), r#""a \"b\"""#);
    }
}
