//! Type bitmaps: which types exist at a name, in windows of 256 (RFC 4034, section 4.1.2).

use std::collections::BTreeSet;

use super::codes;
use super::error::RdataError;
use super::text::rtype;
use super::words::Words;
use crate::zone::RecordType;

/// Reads the remaining words as record types.
pub(super) fn read(
    words: &mut Words<'_>,
    may_be_empty: bool,
    out: &mut Vec<u8>,
) -> Result<(), RdataError> {
    if words.is_empty() && !may_be_empty {
        return Err(words.wrong(codes::MISSING, "a record type is missing"));
    }
    let mut types = BTreeSet::new();
    while !words.is_empty() {
        types.insert(rtype(words)?.0);
    }
    let mut types = types.into_iter().peekable();
    while let Some(&first) = types.peek() {
        let window = first >> 8;
        let mut bits = [0_u8; 32];
        let mut length = 0;
        while let Some(number) = types.next_if(|number| number >> 8 == window) {
            let at = usize::from(number & 0xff) / 8;
            bits[at] |= 0x80 >> (number & 7);
            length = at + 1;
        }
        out.push(window as u8);
        out.push(length as u8);
        out.extend_from_slice(&bits[..length]);
    }
    Ok(())
}

/// Whether `octets` are windows in ascending order, none empty nor with trailing zero octets.
pub(super) fn is_valid(octets: &[u8], may_be_empty: bool) -> bool {
    let mut rest = octets;
    let mut above = None;
    while let [window, length, tail @ ..] = rest {
        let length = usize::from(*length);
        if above >= Some(*window) || !(1..=32).contains(&length) || tail.len() < length {
            return false;
        }
        if tail[length - 1] == 0 {
            return false;
        }
        above = Some(*window);
        rest = &tail[length..];
    }
    rest.is_empty() && (may_be_empty || !octets.is_empty())
}

/// The types of a valid bitmap, ascending.
pub(super) fn types(octets: &[u8]) -> Vec<RecordType> {
    let mut types = Vec::new();
    let mut rest = octets;
    while let [window, length, tail @ ..] = rest {
        let (bits, next) = tail.split_at(usize::from(*length).min(tail.len()));
        for number in 0..bits.len() * 8 {
            if bits[number / 8] & (0x80 >> (number % 8)) != 0 {
                types.push(RecordType((u16::from(*window) << 8) | number as u16));
            }
        }
        rest = next;
    }
    types
}
