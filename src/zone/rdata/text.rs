//! Words to octets.

use data_encoding::{BASE32HEX_NOPAD, BASE64, HEXLOWER_PERMISSIVE};

use super::codes;
use super::error::RdataError;
use super::fields::Field;
use super::number::{decimal, moment};
use super::words::{Words, unescape};
use super::{bitmap, gateway};
use crate::zone::{NameError, RecordType, parse_into};

/// Reads one field; `start` is where the data begins in `out`.
pub(super) fn read(
    field: Field,
    words: &mut Words<'_>,
    start: usize,
    out: &mut Vec<u8>,
) -> Result<(), RdataError> {
    match field {
        Field::U8 => out.push(words.number(0xff)? as u8),
        Field::U16 => put16(out, words.number(0xffff)?),
        Field::U32 => put32(out, words.number(0xffff_ffff)?),
        Field::Seconds => {
            let text = words.bare("a number of seconds")?;
            let value = super::number::seconds(text).ok_or_else(|| {
                words.bad(codes::NOT_A_NUMBER, "not a number of seconds in 32 bits:")
            })?;
            put32(out, u64::from(value));
        }
        Field::Time => {
            let text = words.bare("a time")?;
            let value = moment(text).ok_or_else(|| words.bad(codes::BAD_TIME, "not a time:"))?;
            put32(out, u64::from(value));
        }
        Field::Named8(names) => out.push(words.named(0xff, names)? as u8),
        Field::Named16(names) => put16(out, words.named(0xffff, names)?),
        Field::Type => match words.peek().and_then(|word| decimal(word.text)) {
            Some(_) => put16(out, words.number(0xffff)?),
            None => put16(out, u64::from(rtype(words)?.0)),
        },
        Field::Ipv4 => out.extend(words.ipv4()?.octets()),
        Field::Ipv6 => out.extend(words.ipv6()?.octets()),
        Field::Name => name(words, out)?,
        Field::Names => {
            while !words.is_empty() {
                name(words, out)?;
            }
        }
        Field::String => string(words, out)?,
        Field::MaybeString => {
            if !words.is_empty() {
                string(words, out)?;
            }
        }
        Field::Strings => {
            string(words, out)?;
            while !words.is_empty() {
                string(words, out)?;
            }
        }
        Field::Octets(must_be_quoted) => octets(words, must_be_quoted, out)?,
        Field::Hex => hex(words, 1, out)?,
        Field::Base64 => base64(words, 1, out)?,
        Field::MaybeBase64(false) => base64(words, 0, out)?,
        Field::MaybeBase64(true) => match words.peek() {
            Some(word) if word.text != b"-" => base64(words, 0, out)?,
            _ => words.bare("base64 data or `-`").map(|_| ())?,
        },
        Field::KeyData => {
            if !super::wire::is_no_key(&out[start..]) {
                base64(words, 1, out)?;
            }
        }
        Field::Digest(lengths, least) => digest(words, lengths, least, out)?,
        Field::Salt => salt(words, out)?,
        Field::HashedName => hashed_name(words, out)?,
        Field::Bitmap(may_be_empty) => bitmap::read(words, may_be_empty, out)?,
        Field::Groups(count, size, separator) => groups(words, count, size, separator, out)?,
        Field::Gateway(mask) => gateway::read(words, out[start + 1] & mask, out)?,
        Field::Odd(odd) => (odd.read)(words, out)?,
    }
    Ok(())
}

pub(super) fn put16(out: &mut Vec<u8>, value: u64) {
    out.extend((value as u16).to_be_bytes());
}

fn put32(out: &mut Vec<u8>, value: u64) {
    out.extend((value as u32).to_be_bytes());
}

/// The record type that the next word names.
pub(super) fn rtype(words: &mut Words<'_>) -> Result<RecordType, RdataError> {
    let text = words.bare("a record type")?;
    std::str::from_utf8(text)
        .ok()
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| words.bad(codes::UNKNOWN_TYPE, "not a record type:"))
}

pub(super) fn name(words: &mut Words<'_>, out: &mut Vec<u8>) -> Result<(), RdataError> {
    let text = words.bare("a domain name")?;
    parse_into(text, words.origin, out).map_err(|error| {
        let error_at = words.bad(codes::BAD_NAME, &format!("{error}:"));
        if error == NameError::NoOrigin {
            error_at.hint("write the name with its final dot")
        } else {
            error_at
        }
    })
}

fn string(words: &mut Words<'_>, out: &mut Vec<u8>) -> Result<(), RdataError> {
    let word = words.any("a string")?;
    let at = out.len();
    out.push(0);
    unescape(word.text, out).ok_or_else(|| bad_escape(words))?;
    let length = out.len() - at - 1;
    out[at] = u8::try_from(length).map_err(|_| {
        words
            .wrong(
                codes::STRING_TOO_LONG,
                format!("string of {length} octets, 255 is the most"),
            )
            .hint("cut it into several quoted strings")
    })?;
    Ok(())
}

pub(super) fn bad_escape(words: &Words<'_>) -> RdataError {
    words.bad(
        codes::BAD_ESCAPE,
        "backslash not followed by a character or by three digits up to 255:",
    )
}

fn octets(
    words: &mut Words<'_>,
    must_be_quoted: bool,
    out: &mut Vec<u8>,
) -> Result<(), RdataError> {
    let word = words.any("a string")?;
    if must_be_quoted && !word.quoted {
        return Err(words
            .bad(codes::QUOTED, "quotes are missing around")
            .hint("write it between double quotes"));
    }
    unescape(word.text, out).ok_or_else(|| bad_escape(words))
}

fn encoded(
    words: &mut Words<'_>,
    what: &str,
    least: usize,
    out: &mut Vec<u8>,
    decode: impl FnOnce(&[u8]) -> Option<Vec<u8>>,
    code: &'static str,
) -> Result<(), RdataError> {
    let text = words.joined(what)?;
    if text.is_empty() && least > 0 {
        words.any(what)?;
    }
    let octets = decode(&text).ok_or_else(|| {
        let hint = if code == codes::BAD_HEX {
            "hexadecimal digits, two for each octet"
        } else {
            "letters, digits, `+` and `/`, filled up with `=` to a multiple of four"
        };
        words.bad(code, &format!("not {what}:")).hint(hint)
    })?;
    out.extend_from_slice(&octets);
    Ok(())
}

pub(super) fn hex(
    words: &mut Words<'_>,
    least: usize,
    out: &mut Vec<u8>,
) -> Result<(), RdataError> {
    let decode = |text: &[u8]| HEXLOWER_PERMISSIVE.decode(text).ok();
    encoded(
        words,
        "hexadecimal data",
        least,
        out,
        decode,
        codes::BAD_HEX,
    )
}

pub(super) fn base64(
    words: &mut Words<'_>,
    least: usize,
    out: &mut Vec<u8>,
) -> Result<(), RdataError> {
    encoded(
        words,
        "base64 data",
        least,
        out,
        base64_octets,
        codes::BAD_BASE64,
    )
}

/// The octets of base64 whose padding, if any, stands at the end.
pub(super) fn base64_octets(text: &[u8]) -> Option<Vec<u8>> {
    let padding = text.iter().position(|&octet| octet == b'=');
    let at_end = padding.is_none_or(|at| at + 2 >= text.len());
    BASE64.decode(text).ok().filter(|_| at_end)
}

fn digest(
    words: &mut Words<'_>,
    lengths: &[(u8, usize)],
    least: usize,
    out: &mut Vec<u8>,
) -> Result<(), RdataError> {
    let kind = out.last().copied().unwrap_or_default();
    let at = out.len();
    hex(words, 1, out)?;
    let length = out.len() - at;
    let known = lengths.iter().find(|&&(known, _)| known == kind);
    let expected = match known {
        Some(&(_, expected)) if expected != length => format!("have {expected}"),
        None if length < least => format!("have at least {least}"),
        _ => return Ok(()),
    };
    Err(words.wrong(
        codes::DIGEST_LENGTH,
        format!("digest of {length} octets, those of type {kind} {expected}"),
    ))
}

fn salt(words: &mut Words<'_>, out: &mut Vec<u8>) -> Result<(), RdataError> {
    let text = words.bare("a salt")?;
    if text == b"-" {
        out.push(0);
        return Ok(());
    }
    let octets = HEXLOWER_PERMISSIVE
        .decode(text)
        .ok()
        .filter(|octets| (1..=255).contains(&octets.len()))
        .ok_or_else(|| words.bad(codes::BAD_HEX, "not a salt in hexadecimal:"))?;
    out.push(octets.len() as u8);
    out.extend(octets);
    Ok(())
}

fn hashed_name(words: &mut Words<'_>, out: &mut Vec<u8>) -> Result<(), RdataError> {
    let text = words.bare("a hashed owner name")?;
    let octets = BASE32HEX_NOPAD
        .decode(&text.to_ascii_uppercase())
        .ok()
        .filter(|octets| (1..=255).contains(&octets.len()))
        .ok_or_else(|| words.bad(codes::BAD_BASE32, "not a hashed name in base32hex:"))?;
    out.push(octets.len() as u8);
    out.extend(octets);
    Ok(())
}

fn groups(
    words: &mut Words<'_>,
    count: usize,
    size: usize,
    separator: u8,
    out: &mut Vec<u8>,
) -> Result<(), RdataError> {
    let text = words.bare("hexadecimal groups")?;
    let wrong = || {
        words
            .bad(codes::BAD_IDENTIFIER, "wrong form of")
            .hint(format!(
                "{count} groups of hexadecimal digits, joined by `{}`",
                char::from(separator)
            ))
    };
    let mut seen = 0;
    for group in text.split(|&octet| octet == separator) {
        let digits = std::str::from_utf8(group).map_err(|_| wrong())?;
        // Leading zeros may be left out, as in IPv6 (RFC 6742, section 2.1.2).
        let plain = (1..=size * 2).contains(&digits.len())
            && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        let value = u16::from_str_radix(digits, 16)
            .ok()
            .filter(|_| plain)
            .ok_or_else(wrong)?;
        out.extend_from_slice(&value.to_be_bytes()[2 - size..]);
        seen += 1;
    }
    if seen == count { Ok(()) } else { Err(wrong()) }
}
