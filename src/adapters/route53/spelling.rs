//! Names and record data as the API writes them: escapes count in octal where master files count in decimal.

use std::fmt::Write;

use crate::zone::{Name, NameRef, RecordType, rdata};

/// Appends a name the way the API returns it: absolute, everything but letters, digits, `-` and `_` as `\ooo`.
pub(super) fn append_name(name: NameRef<'_>, out: &mut String) {
    for label in name.labels() {
        for &octet in label {
            if octet.is_ascii_alphanumeric() || b"-_".contains(&octet) {
                out.push(char::from(octet.to_ascii_lowercase()));
            } else {
                let _ = write!(out, "\\{octet:03o}");
            }
        }
        out.push('.');
    }
}

/// A name that the API wrote; the final dot may be missing.
pub(super) fn read_name(text: &str) -> Result<Name, String> {
    let root = Name::root();
    Name::parse(to_decimal(text).as_bytes(), Some(root.borrow())).map_err(|error| error.to_string())
}

/// Record data as a `Value`.
pub(super) fn value(rtype: RecordType, data: &[u8]) -> String {
    to_octal(&rdata::to_text(rtype, data))
}

/// Appends the wire form of a `Value`. Names in it are absolute, with a final dot or without.
pub(super) fn read_value(rtype: RecordType, value: &str, out: &mut Vec<u8>) -> Result<(), String> {
    let root = Name::root();
    rdata::append_text(rtype, &to_decimal(value), Some(root.borrow()), out)
        .map_err(|error| error.to_string())
}

/// Three digits behind a backslash from decimal to octal. A backslash and a quotation mark keep their own backslash;
/// whatever else is escaped by one becomes octal too, since nothing else is documented.
fn to_octal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [octet, tail @ ..] = rest {
        rest = match (octet, tail) {
            (b'\\', [a, b, c, tail @ ..])
                if [a, b, c].iter().all(|digit| digit.is_ascii_digit()) =>
            {
                let number = [a, b, c]
                    .iter()
                    .fold(0, |number, digit| number * 10 + u32::from(*digit - b'0'));
                let _ = write!(out, "\\{number:03o}");
                tail
            }
            (b'\\', [kept @ (b'"' | b'\\'), tail @ ..]) => {
                out.push('\\');
                out.push(char::from(*kept));
                tail
            }
            (b'\\', [other, tail @ ..]) => {
                let _ = write!(out, "\\{other:03o}");
                tail
            }
            _ => {
                out.push(char::from(*octet));
                tail
            }
        };
    }
    out
}

/// The reverse; what is no octal escape stays as it is.
fn to_decimal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let octal = escape
            .get(1..4)
            .filter(|digits| digits.bytes().all(|digit| (b'0'..=b'7').contains(&digit)))
            .and_then(|digits| u8::from_str_radix(digits, 8).ok());
        // A backslash hides the next one, so both are taken.
        let taken = if let Some(octet) = octal {
            let _ = write!(out, "\\{octet:03}");
            4
        } else {
            let next = escape[1..].chars().next().map_or(0, char::len_utf8);
            out.push_str(&escape[..=next]);
            1 + next
        };
        rest = &escape[taken..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped_in_octal() {
        for (master, api) in [
            ("*.example.com.", "\\052.example.com."),
            ("_sip._tcp.Example.com.", "_sip._tcp.example.com."),
            ("a\\.b.example.com.", "a\\056b.example.com."),
            ("f\\252bar.example.com.", "f\\374bar.example.com."),
            (
                "0/25.2.0.192.in-addr.arpa.",
                "0\\05725.2.0.192.in-addr.arpa.",
            ),
            ("back\\\\slash.example.com.", "back\\134slash.example.com."),
        ] {
            let name = Name::absolute(master).expect("a name in a test");
            let mut spelled = String::new();
            append_name(name.borrow(), &mut spelled);
            assert_eq!(spelled, api);
            assert_eq!(read_name(api).as_ref(), Ok(&name));
            assert_eq!(read_name(api.trim_end_matches('.')).as_ref(), Ok(&name));
        }
        assert_eq!(
            read_name("*.example.com."),
            Ok(Name::absolute("*.example.com.").expect("a name"))
        );
    }

    #[test]
    fn values_are_escaped_in_octal_and_mean_the_same_afterwards() {
        for (rtype, master, api) in [
            (RecordType::TXT, r#""\195\188ber""#, r#""\303\274ber""#),
            (
                RecordType::TXT,
                r#""say \"hi\" \\ there""#,
                r#""say \"hi\" \\ there""#,
            ),
            (RecordType::TXT, r#""\\195""#, r#""\\195""#),
            (RecordType::TXT, r#""\000\031\127""#, r#""\000\037\177""#),
            (RecordType::TXT, r#""cut" "in two""#, r#""cut" "in two""#),
            (
                RecordType::CNAME,
                r"a\.b.example.com.",
                r"a\056b.example.com.",
            ),
            (
                RecordType::MX,
                "10 mail.example.com.",
                "10 mail.example.com.",
            ),
            (
                RecordType::NAPTR,
                r#"100 50 "u" "E2U+sip" "!^(\\+441632960083)$!sip:\\1@example.com!" ."#,
                r#"100 50 "u" "E2U+sip" "!^(\\+441632960083)$!sip:\\1@example.com!" ."#,
            ),
        ] {
            let data = rdata::from_text(rtype, master, None).expect("data in a test");
            assert_eq!(value(rtype, &data), api);
            let mut back = Vec::new();
            read_value(rtype, api, &mut back).expect("a value of the API");
            assert_eq!(back, data, "{api}");
        }
    }

    #[test]
    fn names_in_values_are_absolute_with_a_dot_or_without() {
        let mut wire = Vec::new();
        read_value(RecordType::NS, "ns-1.awsdns-1.com", &mut wire).expect("a name");
        let name = Name::absolute("ns-1.awsdns-1.com").expect("a name");
        assert_eq!(wire, name.borrow().wire());
    }
}
