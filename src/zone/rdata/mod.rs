//! The data of a record in its three forms: presentation format, canonical wire bytes, and as part of a message.
//!
//! What a type's data consists of stands in tables (`fields`); reading text, reading messages, validating and
//! printing interpret the same table, so that they cannot disagree. Only what a single type has is code of its own
//! (`odd`).
//!
//! **Case.** Names inside data are in lower case in every type. RFC 4034, section 6.2, as corrected by RFC 6840,
//! section 5.1, lowers them only in the older types; names compare without case in all of them, so that lowering
//! them everywhere changes no comparison, as long as text and messages are treated alike, which they are.
//!
//! **Generic data.** `\# LENGTH HEX` (RFC 3597, section 5) is taken for every type. For a known type the octets
//! must be data of that type, and mean the same as the type's own text.

mod bitmap;
mod codes;
mod compare;
mod error;
mod fields;
mod gateway;
mod mnemonics;
mod number;
mod odd;
mod print;
mod text;
mod wire;
mod words;

use std::fmt;

pub use codes::CODES;
pub use compare::{content, only_cut_differs, same, same_set, targets};
pub use error::{RdataError, WireError};
pub use number::seconds;
pub use wire::{from_message, is_valid, read_name};
pub use words::Word;

use super::{NameRef, RecordType};
use words::Words;

/// Appends canonical wire RDATA of `words`. On error `out` is as it was.
pub fn from_words(
    rtype: RecordType,
    words: &[Word<'_>],
    origin: Option<NameRef<'_>>,
    out: &mut Vec<u8>,
) -> Result<(), RdataError> {
    let start = out.len();
    let mut words = Words::new(words, origin);
    let read = if is_generic(rtype, words.upcoming()) {
        generic(rtype, &mut words, out)
    } else {
        specific(rtype, &mut words, out)
    };
    read.inspect_err(|_| out.truncate(start))
}

/// Whether the words are generic data. In a TXT `\#` without a number behind it is an ordinary string.
fn is_generic(rtype: RecordType, words: &[Word<'_>]) -> bool {
    match words {
        [first, rest @ ..] if first.text == b"\\#" && !first.quoted => {
            let counted = |word: &Word<'_>| !word.quoted && number::decimal(word.text).is_some();
            rtype != RecordType::TXT || rest.first().is_some_and(counted)
        }
        _ => false,
    }
}

fn specific(rtype: RecordType, words: &mut Words<'_>, out: &mut Vec<u8>) -> Result<(), RdataError> {
    let start = out.len();
    let Some(fields) = fields::fields(rtype) else {
        return Err(RdataError::new(
            codes::NO_TEXT_FORM,
            Some(0),
            format!("`{rtype}` has no presentation format of its own"),
        )
        .hint("write the data as `\\# LENGTH HEX`"));
    };
    for &field in fields {
        text::read(field, words, start, out)?;
    }
    words.finish()?;
    if out.len() - start > 0xffff {
        return Err(RdataError::new(
            codes::TOO_LONG,
            None,
            "data of more than 65535 octets",
        ));
    }
    if !wire::is_consistent(rtype, &out[start..]) {
        return Err(RdataError::new(
            codes::CONTRADICTION,
            None,
            format!("fields of this {rtype} contradict each other"),
        ));
    }
    Ok(())
}

/// RFC 3597, section 5.
fn generic(rtype: RecordType, words: &mut Words<'_>, out: &mut Vec<u8>) -> Result<(), RdataError> {
    words.bare("generic data")?;
    let length = words.number(0xffff)? as usize;
    let mut octets = Vec::with_capacity(length);
    text::hex(words, 0, &mut octets)?;
    if octets.len() != length {
        return Err(RdataError::new(
            codes::GENERIC_LENGTH,
            Some(1),
            format!("{length} octets announced, {} given", octets.len()),
        ));
    }
    // A pointer has nothing to point to here.
    if !is_valid(rtype, &octets) {
        return Err(RdataError::new(
            codes::GENERIC_INVALID,
            None,
            format!("these octets are no data of type {rtype}"),
        ));
    }
    from_message(rtype, &octets, 0..octets.len(), out)
        .map_err(|error| RdataError::new(codes::GENERIC_INVALID, None, error.to_string()))
}

/// Canonical wire RDATA of presentation format as an API gives it: one line, without parentheses and comments.
pub fn from_text(
    rtype: RecordType,
    text: &str,
    origin: Option<NameRef<'_>>,
) -> Result<Vec<u8>, RdataError> {
    let mut out = Vec::with_capacity(text.len());
    append_text(rtype, text, origin, &mut out)?;
    Ok(out)
}

/// As [`from_text`], appending. On error `out` is as it was.
pub fn append_text(
    rtype: RecordType,
    text: &str,
    origin: Option<NameRef<'_>>,
    out: &mut Vec<u8>,
) -> Result<(), RdataError> {
    from_words(rtype, &words::cut(text.as_bytes())?, origin, out)
}

/// Presentation format of canonical wire RDATA: names absolute, numbers in decimal; generic where the type is
/// unknown or the octets are no data of it.
pub fn to_text(rtype: RecordType, rdata: &[u8]) -> String {
    let mut text = String::with_capacity(rdata.len() * 2);
    append_as_text(rtype, rdata, &mut text);
    text
}

/// As [`to_text`], appending.
pub fn append_as_text(rtype: RecordType, rdata: &[u8], out: &mut String) {
    print::print(rtype, rdata, None, out);
}

/// As [`append_as_text`], with names relative to `origin` where they are not outside of it.
pub fn append_relative(rtype: RecordType, rdata: &[u8], origin: NameRef<'_>, out: &mut String) {
    print::print(rtype, rdata, Some(origin), out);
}

/// The character-strings of valid data that is nothing else, each between quotes.
pub fn quoted_strings(rdata: &[u8]) -> Vec<String> {
    let quoted = |octets| {
        let mut text = String::new();
        print::quoted(octets, &mut text);
        text
    };
    print::strings(rdata).map(quoted).collect()
}

/// RDATA that displays itself as [`to_text`] prints it.
#[derive(Clone, Copy, Debug)]
pub struct Presentation<'a>(pub RecordType, pub &'a [u8]);

impl fmt::Display for Presentation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&to_text(self.0, self.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::Name;

    fn read(rtype: &str, text: &str) -> Result<Vec<u8>, RdataError> {
        let origin = Name::absolute("example.test").expect("a name");
        from_text(rtype.parse().expect("a type"), text, Some(origin.borrow()))
    }

    #[test]
    fn text_becomes_canonical_octets() {
        for (rtype, text, octets) in [
            ("A", "192.0.2.1", &b"\xc0\0\x02\x01"[..]),
            ("A", "\\# 4 c0 000201", b"\xc0\0\x02\x01"),
            ("MX", "10 MAIL", b"\0\x0a\x04mail\x07example\x04test\0"),
            ("TXT", "a\\065\\b \"\" \"c d\"", b"\x03aAb\0\x03c d"),
            ("CNAME", "@", b"\x07example\x04test\0"),
            ("CAA", "0 issue \"ca.test\"", b"\0\x05issueca.test"),
            (
                "HTTPS",
                "1 . port=443 alpn=\"h2\"",
                b"\0\x01\0\0\x01\0\x03\x02h2\0\x03\0\x02\x01\xbb",
            ),
            ("NSEC", ". A AAAA", b"\0\0\x04\x40\0\0\x08"),
        ] {
            assert_eq!(read(rtype, text).as_deref(), Ok(octets), "{rtype} {text}");
        }
    }

    #[test]
    fn an_error_has_its_code_and_word() {
        for (rtype, text, code, word) in [
            ("A", "192.0.2.256", codes::BAD_IPV4, Some(0)),
            ("A", "", codes::MISSING, None),
            ("A", "192.0.2.1 junk", codes::LEFT_OVER, Some(1)),
            ("A", "\"192.0.2.1\"", codes::QUOTED, Some(0)),
            ("A", "\\# 3 c00002", codes::GENERIC_INVALID, None),
            ("A", "\\# 4 c00002", codes::GENERIC_LENGTH, Some(1)),
            ("AAAA", "::g", codes::BAD_IPV6, Some(0)),
            ("MX", "ten mail", codes::NOT_A_NUMBER, Some(0)),
            ("MX", "65536 mail", codes::OUT_OF_RANGE, Some(0)),
            ("MX", "10 a..b", codes::BAD_NAME, Some(1)),
            ("TXT", "\"a\\256\"", codes::BAD_ESCAPE, Some(0)),
            ("TXT", "ok \"open", codes::OPEN_QUOTE, Some(1)),
            ("DS", "1 8 1 aabb", codes::DIGEST_LENGTH, Some(3)),
            ("DS", "1 rsa 1 aabb", codes::UNKNOWN_MNEMONIC, Some(1)),
            ("DNSKEY", "256 3 8 A=", codes::BAD_BASE64, Some(3)),
            (
                "SVCB",
                "1 . port=1 port=1",
                codes::REPEATED_PARAMETER,
                Some(3),
            ),
            ("SVCB", "1 . mandatory=port", codes::MANDATORY_MISSING, None),
            ("SVCB", "1 . color=red", codes::BAD_PARAMETER_KEY, Some(2)),
            ("NULL", "aabb", codes::NO_TEXT_FORM, Some(0)),
        ] {
            let error = read(rtype, text).expect_err(text);
            assert_eq!((error.code, error.word), (code, word), "{rtype} {text}");
            assert!(CODES.iter().any(|(known, _)| *known == error.code));
        }
        let long = format!("\"{}\"", "a".repeat(256));
        assert_eq!(
            read("TXT", &long).map_err(|e| e.code),
            Err(codes::STRING_TOO_LONG)
        );
    }

    #[test]
    fn an_error_leaves_what_was_there() {
        let mut out = b"before".to_vec();
        assert!(append_text(RecordType::MX, "10 a..b", None, &mut out).is_err());
        assert_eq!(out, b"before");
    }

    #[test]
    fn codes_are_distinct_and_in_order() {
        assert!(CODES.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn octets_print_as_text() {
        for (rtype, octets, text) in [
            (RecordType::A, &b"\xc0\0\x02\x01"[..], "192.0.2.1"),
            (RecordType::A, b"\xc0\0\x02", "\\# 3 c00002"),
            (RecordType(65280), b"", "\\# 0"),
            (RecordType::TXT, b"\x03a\"\xff\0", "\"a\\\"\\255\" \"\""),
            (RecordType::MX, b"\0\x0a\x01a\0", "10 a."),
            (RecordType::APL, b"", ""),
        ] {
            assert_eq!(to_text(rtype, octets), text);
            assert_eq!(Presentation(rtype, octets).to_string(), text);
        }
    }
}
