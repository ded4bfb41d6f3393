//! Octets to canonical octets: what comes in messages, and what comes as generic data.

use std::ops::Range;

use super::error::WireError;
use super::fields::{Field, fields};
use super::{bitmap, gateway};
use crate::zone::{MAX_NAME, NameError, NameRef, RecordType, wire_length};

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
            let length = out.len() - start;
            (length <= 0xffff).then_some(()).ok_or(WireError::Malformed)
        })
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
        RecordType::RRSIG => {
            let signer = rdata.get(18..).unwrap_or_default();
            let length = wire_length(signer).unwrap_or_default();
            let labels = NameRef::trusted(&signer[..length]).labels().count();
            labels <= usize::from(rdata[3])
        }
        // RFC 5155, section 3.3: hash algorithm 1 is SHA-1, with 20 octets.
        RecordType::NSEC3 => rdata[0] != 1 || rdata.get(5 + usize::from(rdata[4])) == Some(&20),
        // draft-reid-dnsext-rkey: no flag is defined.
        RecordType::RKEY => rdata.starts_with(&[0, 0]),
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
        Field::Digest(lengths, least) => {
            let kind = before.last();
            let known = lengths.iter().find(|(known, _)| Some(known) == kind);
            all_of(known.map_or(rest.len() >= least, |&(_, length)| length == rest.len()))
        }
        Field::Bitmap(may_be_empty) => all_of(bitmap::is_valid(rest, may_be_empty)),
        Field::Groups(count, size, _) => Some(count * size),
        Field::Gateway(mask) => gateway::length(before.get(1)? & mask, rest),
        Field::Odd(odd) => (odd.length)(rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// At 12 `a.test.`, at 20 `B` and a pointer to 12, at 24 an MX with a pointer to 20.
    const MESSAGE: &[u8] = b"............\x01a\x04test\0\x01B\xc0\x0c\0\x0a\x03WWW\xc0\x14\xc0\x20";

    #[test]
    fn compressed_names_are_read_in_lower_case() {
        for (at, name, next) in [
            (12, &b"\x01a\x04test\0"[..], 20),
            (20, b"\x01b\x01a\x04test\0", 24),
            (26, b"\x03www\x01b\x01a\x04test\0", 32),
        ] {
            let mut out = Vec::new();
            assert_eq!(read_name(MESSAGE, at, &mut out), Ok(next));
            assert_eq!(out, name);
        }
    }

    #[test]
    fn a_name_that_does_not_end_is_refused() {
        for (message, at) in [
            (&b"\xc0\0"[..], 0),
            (b"\x01a\xc0\0", 0),
            (b"\x01a\xc0\x04\0", 0),
            (b"\x01a", 0),
            (b"\x40a\0", 0),
            (b"", 0),
            (b"\0", 7),
            (MESSAGE, 32),
        ] {
            let mut out = vec![9];
            let read = read_name(message, at, &mut out);
            assert_eq!(read, Err(NameError::BadWire), "{message:02x?}");
            assert_eq!(out, [9]);
        }
    }

    #[test]
    fn a_name_grown_by_pointers_has_at_most_255_octets() {
        let mut message = vec![0];
        for round in 0..5_u8 {
            let before = message.len() - if round == 0 { 1 } else { 66 };
            message.push(63);
            message.extend([b'a'; 63]);
            message.extend([0xc0 | (before >> 8) as u8, before as u8]);
        }
        let mut out = Vec::new();
        assert_eq!(read_name(&message, 1 + 2 * 66, &mut out), Ok(1 + 3 * 66));
        assert_eq!(
            read_name(&message, 1 + 3 * 66, &mut out),
            Err(NameError::TooLong)
        );
    }

    #[test]
    fn data_in_a_message_becomes_canonical() {
        let mut out = Vec::new();
        assert_eq!(
            from_message(RecordType::MX, MESSAGE, 24..32, &mut out),
            Ok(())
        );
        assert_eq!(out, b"\0\x0a\x03www\x01b\x01a\x04test\0");
        for range in [24..31, 24..33, 24..25, 24..99] {
            let mut out = vec![9];
            assert!(from_message(RecordType::MX, MESSAGE, range, &mut out).is_err());
            assert_eq!(out, [9]);
        }
    }
}
