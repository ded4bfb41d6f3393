//! Strings longer than 255 octets: the server takes them over its API, keeps them so, and serves them cut.

use std::borrow::Cow;

use crate::zone::RecordType;

/// The most octets of a character-string (RFC 1035, section 3.3).
const MOST: usize = 255;

/// The content with long strings cut where the server cuts them when it answers, seen with version 4.7.3 on 2026-12-01.
pub(super) fn cut(rtype: RecordType, content: &str) -> Cow<'_, str> {
    if !matches!(rtype, RecordType::TXT | RecordType::SPF) || content.len() <= MOST {
        return Cow::Borrowed(content);
    }
    let mut text = String::with_capacity(content.len() + 8);
    let (mut quoted, mut octets) = (false, 0);
    let mut rest = content;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\\' if decimal(rest) => 4,
            '\\' => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            _ => first.len_utf8(),
        };
        let (unit, after) = rest.split_at(length);
        rest = after;
        if unit == "\"" {
            (quoted, octets) = (!quoted, 0);
        } else if quoted {
            let more = if first == '\\' { 1 } else { length };
            if octets + more > MOST {
                text.push_str("\" \"");
                octets = 0;
            }
            octets += more;
        }
        text.push_str(unit);
    }
    Cow::Owned(text)
}

/// Whether the text begins with an escape of three digits.
fn decimal(text: &str) -> bool {
    let digits = text.as_bytes().get(1..4);
    digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_string_is_cut_after_255_octets() {
        let a = |count| "a".repeat(count);
        for (given, expected) in [
            (format!("\"{}\"", a(255)), format!("\"{}\"", a(255))),
            (format!("\"{}\"", a(256)), format!("\"{}\" \"a\"", a(255))),
            (
                format!("\"{}\" \"b\"", a(600)),
                format!("\"{0}\" \"{0}\" \"{1}\" \"b\"", a(255), a(90)),
            ),
            (
                format!("\"{}\\\"c\"", a(254)),
                format!("\"{}\\\"\" \"c\"", a(254)),
            ),
            (
                format!("\"{}\\200c\"", a(254)),
                format!("\"{}\\200\" \"c\"", a(254)),
            ),
        ] {
            assert_eq!(cut(RecordType::TXT, &given), expected);
        }
    }

    #[test]
    fn other_types_stay_as_they_are() {
        let content = format!("0 issue \"{}\"", "a".repeat(300));
        assert_eq!(cut(RecordType::CAA, &content), content);
    }
}
