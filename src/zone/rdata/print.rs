//! Octets to text.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

use data_encoding::{BASE32HEX_NOPAD, BASE64, HEXLOWER, HEXUPPER};

use super::fields::{Field, fields};
use super::number::date;
use super::wire::{is_valid, length};
use super::{bitmap, gateway};
use crate::zone::{NameRef, RecordType};

/// Appends presentation format; generic where the type has no fields or the octets do not fit them. Names are relative
/// to `origin`, where there is one.
pub(super) fn print(
    rtype: RecordType,
    rdata: &[u8],
    origin: Option<NameRef<'_>>,
    out: &mut String,
) {
    match fields(rtype) {
        Some(fields) if is_valid(rtype, rdata) => {
            let mut at = 0;
            for &field in fields {
                let (before, rest) = rdata.split_at(at);
                let length = length(field, before, rest).unwrap_or_default();
                let mark = out.len();
                if at > 0 {
                    out.push(' ');
                }
                let empty = out.len();
                piece(field, before, &rest[..length], origin, out);
                if out.len() == empty {
                    out.truncate(mark);
                }
                at += length;
            }
        }
        _ => generic(rdata, out),
    }
}

/// RFC 3597, section 5.
fn generic(rdata: &[u8], out: &mut String) {
    push(out, format_args!("\\# {}", rdata.len()));
    if !rdata.is_empty() {
        out.push(' ');
        HEXLOWER.encode_append(rdata, out);
    }
}

/// Writing to a string cannot fail.
pub(super) fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("a String takes any text");
}

fn piece(
    field: Field,
    before: &[u8],
    octets: &[u8],
    origin: Option<NameRef<'_>>,
    out: &mut String,
) {
    match field {
        Field::U8
        | Field::U16
        | Field::U32
        | Field::Seconds
        | Field::Named8(_)
        | Field::Named16(_) => push(out, format_args!("{}", number(octets))),
        Field::Time => out.push_str(&date(number(octets))),
        Field::Type => push(out, format_args!("{}", RecordType(number(octets) as u16))),
        Field::Ipv4 => ipv4(octets, out),
        Field::Ipv6 => ipv6(octets, out),
        Field::Name => name_below(NameRef::trusted(octets), origin, out),
        Field::Names => {
            let mut rest = octets;
            while let Some(length) = super::wire::name_length(rest) {
                separate(rest.len() < octets.len(), out);
                name_below(NameRef::trusted(&rest[..length]), origin, out);
                rest = &rest[length..];
            }
        }
        Field::String | Field::MaybeString | Field::Strings => {
            for (index, text) in strings(octets).enumerate() {
                separate(index > 0, out);
                quoted(text, out);
            }
        }
        Field::Octets(_) => quoted(octets, out),
        Field::Hex | Field::Digest(..) => HEXUPPER.encode_append(octets, out),
        Field::MaybeBase64(true) if octets.is_empty() => out.push('-'),
        Field::Base64 | Field::KeyData | Field::MaybeBase64(_) => BASE64.encode_append(octets, out),
        Field::Salt if octets.len() == 1 => out.push('-'),
        Field::Salt => HEXUPPER.encode_append(&octets[1..], out),
        Field::HashedName => BASE32HEX_NOPAD.encode_append(&octets[1..], out),
        Field::Bitmap(_) => {
            for (index, rtype) in bitmap::types(octets).into_iter().enumerate() {
                separate(index > 0, out);
                push(out, format_args!("{rtype}"));
            }
        }
        Field::Groups(_, size, separator) => {
            for (index, group) in octets.chunks(size).enumerate() {
                if index > 0 {
                    out.push(char::from(separator));
                }
                HEXLOWER.encode_append(group, out);
            }
        }
        Field::Gateway(mask) => gateway::print(before[1] & mask, octets, out),
        Field::Odd(odd) => (odd.print)(octets, out),
    }
}

fn separate(needed: bool, out: &mut String) {
    if needed {
        out.push(' ');
    }
}

fn number(octets: &[u8]) -> u32 {
    octets
        .iter()
        .fold(0, |value, &octet| value << 8 | u32::from(octet))
}

/// The character-strings of valid data, without their length octets.
pub(super) fn strings(octets: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = octets;
    std::iter::from_fn(move || {
        let (&length, tail) = rest.split_first()?;
        let (text, next) = tail.split_at(usize::from(length).min(tail.len()));
        rest = next;
        Some(text)
    })
}

pub(super) fn ipv4(octets: &[u8], out: &mut String) {
    let octets: [u8; 4] = octets.try_into().expect("an IPv4 field has four octets");
    push(out, format_args!("{}", Ipv4Addr::from(octets)));
}

pub(super) fn ipv6(octets: &[u8], out: &mut String) {
    let octets: [u8; 16] = octets.try_into().expect("an IPv6 field has 16 octets");
    push(out, format_args!("{}", Ipv6Addr::from(octets)));
}

pub(super) fn name(name: NameRef<'_>, out: &mut String) {
    push(out, format_args!("{name}"));
}

fn name_below(name: NameRef<'_>, origin: Option<NameRef<'_>>, out: &mut String) {
    match origin {
        Some(origin) => out.push_str(&name.relative_to(origin)),
        None => self::name(name, out),
    }
}

/// Appends `octets` between quotes, what is not printable as `\DDD`.
pub(super) fn quoted(octets: &[u8], out: &mut String) {
    out.push('"');
    escape(octets, out);
    out.push('"');
}

pub(super) fn escape(octets: &[u8], out: &mut String) {
    for &octet in octets {
        match octet {
            b'"' | b'\\' => {
                out.push('\\');
                out.push(char::from(octet));
            }
            0x20..=0x7e => out.push(char::from(octet)),
            _ => push(out, format_args!("\\{octet:03}")),
        }
    }
}
