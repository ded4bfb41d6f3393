//! Names and values: what is accepted, and how it comes back.
//!
//! <https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html>
//! <https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html>

use std::fmt::Write;
use std::net::{Ipv4Addr, Ipv6Addr};

use redundns::zone::{Name, NameRef, RecordType, rdata};

/// The longest value, in characters.
const LONGEST: usize = 4000;

/// A name as it is listed: lower case, absolute, everything but letters, digits, `-` and `_` in octal.
pub(super) fn spelled_name(name: NameRef<'_>) -> String {
    let mut text = String::new();
    for label in name.labels() {
        for octet in label {
            match octet {
                b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => text.push(char::from(*octet)),
                b'A'..=b'Z' => text.push(char::from(octet.to_ascii_lowercase())),
                _ => {
                    let _ = write!(text, "\\{octet:03o}");
                }
            }
        }
        text.push('.');
    }
    text
}

/// A name as it is written, with a final dot or without.
pub(super) fn name(text: &str) -> Option<Name> {
    let root = Name::root();
    Name::parse(decimal(text)?.as_bytes(), Some(root.borrow())).ok()
}

/// Octal escapes as master files have them; `None` for a backslash with something else behind it.
fn decimal(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            out.push(character);
            continue;
        }
        match characters.next()? {
            kept @ ('"' | '\\') => out.extend(['\\', kept]),
            first => {
                let digits: String = [Some(first), characters.next(), characters.next()]
                    .into_iter()
                    .collect::<Option<_>>()?;
                let octet = u8::from_str_radix(&digits, 8).ok()?;
                let _ = write!(out, "\\{octet:03}");
            }
        }
    }
    Some(out)
}

/// A value as it is listed.
pub(super) fn spelled(rtype: RecordType, data: &[u8]) -> String {
    let text = rdata::to_text(rtype, data);
    let mut out = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            out.push(character);
            continue;
        }
        match characters.next() {
            Some(kept @ ('"' | '\\')) => out.extend(['\\', kept]),
            Some(digit) if digit.is_ascii_digit() => {
                let digits: String = [digit]
                    .into_iter()
                    .chain(characters.by_ref().take(2))
                    .collect();
                let octet: u8 = digits.parse().expect("three digits");
                let _ = write!(out, "\\{octet:03o}");
            }
            Some(other) => {
                let _ = write!(out, "\\{:03o}", u32::from(other));
            }
            None => {}
        }
    }
    out
}

/// The data of a value, or AWS's words against it.
pub(super) fn data(rtype: RecordType, value: &str) -> Result<Vec<u8>, String> {
    if value.len() > LONGEST {
        return Err(format!(
            "Value '{}…' failed to satisfy constraint: Member must have length less than or equal to {LONGEST}",
            &value[..16]
        ));
    }
    let fatal = |code: &str, words: &str| {
        Err(format!(
            "Invalid Resource Record: 'FATAL problem: {code} ({words}) encountered with '{value}''"
        ))
    };
    match rtype {
        RecordType::A if value.parse::<Ipv4Addr>().is_err() => {
            return fatal(
                "ARRDATAIllegalIPv4Address",
                "Value is not a valid IPv4 address",
            );
        }
        RecordType::AAAA if value.parse::<Ipv6Addr>().is_err() => {
            return fatal(
                "AAAARRDATAIllegalIPv6Address",
                "Value is not a valid IPv6 address",
            );
        }
        RecordType::TXT | RecordType::SPF => {
            if let Err((code, words)) = strings(value) {
                return fatal(code, words);
            }
        }
        _ => {}
    }
    let root = Name::root();
    let text = decimal(value).unwrap_or_default();
    rdata::from_text(rtype, &text, Some(root.borrow())).or_else(|_| {
        fatal(
            &format!("{rtype}RRDATANotSyntacticallyCorrect"),
            &format!("Value is not a valid {rtype} record"),
        )
    })
}

type Words = (&'static str, &'static str);

/// Strings in quotation marks with spaces between them, none longer than 255 octets.
fn strings(value: &str) -> Result<(), Words> {
    let unquoted = (
        "InvalidCharacterString",
        "Value should be enclosed in quotation marks",
    );
    let mut octets = value.bytes().peekable();
    loop {
        if octets.next() != Some(b'"') {
            return Err(unquoted);
        }
        let mut length = 0;
        loop {
            match octets.next() {
                Some(b'"') => break,
                Some(b'\\') => {
                    let is_octal = octets
                        .next_if(|next| matches!(next, b'"' | b'\\'))
                        .is_none();
                    for _ in 0..if is_octal { 3 } else { 0 } {
                        let digit = octets.next().filter(|digit| (b'0'..=b'7').contains(digit));
                        digit.ok_or((
                            "InvalidEscapeSequence",
                            "Value contains an escape that is no three-digit octal code",
                        ))?;
                    }
                }
                Some(b' '..=b'~') => {}
                Some(_) => {
                    return Err((
                        "InvalidCharacter",
                        "Value contains a character that must be escaped",
                    ));
                }
                None => return Err(unquoted),
            }
            length += 1;
        }
        if length > 255 {
            return Err(("CharacterStringTooLong", "Value is too long"));
        }
        let mut spaces = 0;
        while octets.next_if_eq(&b' ').is_some() {
            spaces += 1;
        }
        match (octets.peek(), spaces) {
            (None, _) => return Ok(()),
            (Some(_), 0) => return Err(unquoted),
            _ => {}
        }
    }
}
