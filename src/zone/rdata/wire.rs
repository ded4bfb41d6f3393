//! Octets to canonical octets: what comes in messages, and what comes as generic data.

use std::ops::Range;

use super::error::WireError;
use super::fields::{Field, fields};
use super::{bitmap, gateway};
use crate::zone::{MAX_NAME, NameError, RecordType, wire_length};

/// Appends the uncompressed, lower-case wire form of the name at `at`, and says where the octets behind it start.
///
/// Compression pointers are followed strictly backwards, so that there is no loop (RFC 1035, section 4.1.4). On
/// error `out` is as it was.
pub fn read_name(message: &[u8], at: usize, out: &mut Vec<u8>) -> Result<usize, NameError> {
    let start = out.len();
    copy_name(message, at, out).inspect_err(|_| out.truncate(start))
}

fn copy_name(message: &[u8], at: usize, out: &mut Vec<u8>) -> Result<usize, NameError> {
    let start = out.len();
    let mut next = None;
    let mut at = at;
    let mut limit = at;
    loop {
        let length = usize::from(*message.get(at).ok_or(NameError::BadWire)?);
        if length >= 0xc0 {
            let low = usize::from(*message.get(at + 1).ok_or(NameError::BadWire)?);
            let target = (length & 0x3f) << 8 | low;
            if target >= limit {
                return Err(NameError::BadWire);
            }
            next.get_or_insert(at + 2);
            limit = target;
            at = target;
            continue;
        }
        let end = at + 1 + length;
        let label = message.get(at + 1..end).ok_or(NameError::BadWire)?;
        if length > 63 {
            return Err(NameError::BadWire);
        }
        if out.len() - start + 1 + length > MAX_NAME {
            return Err(NameError::TooLong);
        }
        out.push(length as u8);
        out.extend(label.iter().map(u8::to_ascii_lowercase));
        at = end;
        if length == 0 {
            return Ok(next.unwrap_or(end));
        }
    }
}

/// Appends the canonical data of a record that stands at `at` in `message`. On error `out` is as it was.
///
/// Compressed names are accepted in every field that is a name: who must not compress (RFC 3597, section 4) is a
/// question for the sender.
pub fn from_message(
    rtype: RecordType,
    message: &[u8],
    at: Range<usize>,
    out: &mut Vec<u8>,
) -> Result<(), WireError> {
    let message = message.get(..at.end).ok_or(WireError::Malformed)?;
    let octets = message.get(at.start..).ok_or(WireError::Malformed)?;
    let start = out.len();
    let Some(fields) = fields(rtype) else {
        out.extend_from_slice(octets);
        return Ok(());
    };
    canonical(fields, message, at.start, out)
        .and_then(|()| {
            is_consistent(rtype, &out[start..])
                .then_some(())
                .ok_or(WireError::Malformed)
        })
        .inspect_err(|_| out.truncate(start))
}

fn canonical(
    fields: &[Field],
    message: &[u8],
    mut at: usize,
    out: &mut Vec<u8>,
) -> Result<(), WireError> {
    let start = out.len();
    for &field in fields {
        match field {
            Field::Name => at = read_name(message, at, out)?,
            Field::Names => {
                while at < message.len() {
                    at = read_name(message, at, out)?;
                }
            }
            Field::Gateway(mask) if out[start + 1] & mask == 3 => {
                at = read_name(message, at, out)?;
            }
            _ => {
                let rest = message.get(at..).ok_or(WireError::Malformed)?;
                let length = length(field, &out[start..], rest).ok_or(WireError::Malformed)?;
                let octets = rest.get(..length).ok_or(WireError::Malformed)?;
                out.extend_from_slice(octets);
                at += length;
            }
        }
    }
    if at == message.len() {
        Ok(())
    } else {
        Err(WireError::Malformed)
    }
}

/// Whether the octets, names uncompressed, are data of the type. Types without known fields take anything.
pub fn is_valid(rtype: RecordType, rdata: &[u8]) -> bool {
    let Some(fields) = fields(rtype) else {
        return rdata.len() <= 0xffff;
    };
    let mut at = 0;
    for &field in fields {
        match length(field, &rdata[..at], &rdata[at..]) {
            Some(length) if length <= rdata.len() - at => at += length,
            _ => return false,
        }
    }
    at == rdata.len() && at <= 0xffff && is_consistent(rtype, rdata)
}

/// What holds between the fields of some types, beyond each field's own form.
pub(super) fn is_consistent(rtype: RecordType, rdata: &[u8]) -> bool {
    match rtype {
        // RFC 4034, section 3.1.3: the signer's zone contains the owner.
        RecordType::RRSIG if rdata.len() > 18 => {
            let signer = &rdata[18..];
            let length = wire_length(signer).unwrap_or(0);
            let mut labels = 0;
            let mut at = 0;
            while at + 1 < length {
                labels += 1;
                at += 1 + usize::from(signer[at]);
            }
            labels <= usize::from(rdata[3])
        }
        _ => true,
    }
}

/// How many octets the uncompressed name at the start of `rest` takes.
pub(super) fn name_length(rest: &[u8]) -> Option<usize> {
    wire_length(rest).ok()
}

/// Whether KEY data before its key says that there is none (RFC 2535, section 3.1.2).
pub(super) fn is_no_key(before: &[u8]) -> bool {
    before.first().is_some_and(|flags| flags & 0xc0 == 0xc0)
}

/// How many octets `field` takes of `rest`, which may be more than there are; `None` where they do not fit it.
pub(super) fn length(field: Field, before: &[u8], rest: &[u8]) -> Option<usize> {
    let counted = || rest.first().map(|&length| 1 + usize::from(length));
    let all_of = |valid: bool| valid.then_some(rest.len());
    match field {
        Field::U8 | Field::Named8(_) => Some(1),
        Field::U16 | Field::Named16(_) | Field::Type => Some(2),
        Field::U32 | Field::Seconds | Field::Time | Field::Ipv4 => Some(4),
        Field::Ipv6 => Some(16),
        Field::Name => name_length(rest),
        Field::Names => {
            let mut at = 0;
            while at < rest.len() {
                at += name_length(&rest[at..])?;
            }
            Some(at)
        }
        Field::String | Field::Salt => counted(),
        Field::HashedName => counted().filter(|&length| length > 1),
        Field::MaybeString => counted().or(Some(0)),
        Field::Strings => {
            let mut at = 0;
            while let Some(&length) = rest.get(at) {
                at += 1 + usize::from(length);
            }
            (at > 0).then_some(at)
        }
        Field::Octets(_) | Field::MaybeBase64(_) => Some(rest.len()),
        Field::Hex | Field::Base64 => all_of(!rest.is_empty()),
        Field::KeyData => all_of(rest.is_empty() == is_no_key(before)),
        Field::Digest(lengths) => {
            let kind = before.last();
            let known = lengths.iter().find(|(known, _)| Some(known) == kind);
            all_of(known.map_or(!rest.is_empty(), |&(_, length)| length == rest.len()))
        }
        Field::Bitmap(may_be_empty) => all_of(bitmap::is_valid(rest, may_be_empty)),
        Field::Groups(count, size, _) => Some(count * size),
        Field::Gateway(mask) => gateway::length(before.get(1)? & mask, rest),
        Field::Odd(odd) => (odd.length)(rest),
    }
}
