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
pub use compare::{only_cut_differs, same, same_set, targets};
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
    let is_generic = words
        .peek()
        .is_some_and(|word| word.text == b"\\#" && !word.quoted);
    let read = if is_generic {
        generic(rtype, &mut words, out)
    } else {
        specific(rtype, &mut words, out)
    };
    read.inspect_err(|_| out.truncate(start))
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
            codes::BAD_SIGNATURE,
            Some(2),
            "fewer labels than the signer's name has",
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
    print::print(rtype, rdata, out);
}

/// RDATA that displays itself as [`to_text`] prints it.
#[derive(Clone, Copy, Debug)]
pub struct Presentation<'a>(pub RecordType, pub &'a [u8]);

impl fmt::Display for Presentation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&to_text(self.0, self.1))
    }
}
