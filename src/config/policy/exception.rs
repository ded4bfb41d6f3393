//! Declared exceptions: one provider differs from the zone file on purpose.

use std::ops::Range;

use toml::Spanned;

use super::file;
use crate::zone::{Name, RecordKey, RecordType, rdata};

/// What one provider shall hold in place of what the zone file says.
#[derive(Clone, PartialEq, Debug)]
pub struct Exception {
    /// Account id.
    pub provider: String,
    /// Which record set.
    pub key: RecordKey,
    /// Seconds; default that of the file's set.
    pub ttl: Option<u32>,
    /// Canonical wire RDATA; `None` where the provider shall not have the set.
    pub records: Option<Vec<Box<[u8]>>>,
    /// Why, in the operator's words.
    pub reason: String,
    /// Where it stands in `redundns.toml`.
    pub(super) span: Range<usize>,
}

/// What is wrong with a piece of text: the message, its place and a hint.
pub(super) type Fault = (String, Range<usize>, &'static str);

/// Reads one entry for the zone of `origin`; everything that is wrong with it goes to `faults`.
pub(super) fn read(
    entry: &Spanned<file::Exception>,
    origin: &Name,
    faults: &mut Vec<Fault>,
) -> Option<Exception> {
    let before = faults.len();
    let written = entry.get_ref();
    let owner = owner(&written.name, origin, faults);
    let rtype = rtype(&written.rtype, faults);
    if written.reason.get_ref().trim().is_empty() {
        faults.push((
            "an exception needs a reason".to_owned(),
            written.reason.span(),
            "say why in one sentence: it is shown wherever the difference is",
        ));
    }
    let records = match (&written.records, written.absent, rtype) {
        (Some(list), false, Some(rtype)) if !list.get_ref().is_empty() => {
            Some(records(list.get_ref(), rtype, origin, faults))
        }
        (Some(list), false, None) if !list.get_ref().is_empty() => None,
        (None, true, _) => None,
        _ => {
            let span = written
                .records
                .as_ref()
                .map_or_else(|| entry.span(), Spanned::span);
            faults.push((
                "an exception says either `records` or `absent = true`".to_owned(),
                span,
                "write records = [\"192.0.2.1\"], or absent = true where the provider shall not have the set",
            ));
            None
        }
    };
    let (owner, rtype) = owner.zip(rtype)?;
    (faults.len() == before).then(|| Exception {
        provider: written.provider.get_ref().clone(),
        key: RecordKey { owner, rtype },
        ttl: written.ttl,
        records,
        reason: written.reason.get_ref().trim().to_owned(),
        span: written.provider.span(),
    })
}

/// A name with or without its final dot inside of the zone, or one relative to it.
fn owner(text: &Spanned<String>, origin: &Name, faults: &mut Vec<Fault>) -> Option<Name> {
    match Name::parse(text.get_ref().as_bytes(), Some(origin.borrow())) {
        Ok(name) if name.borrow().is_at_or_below(origin.borrow()) => Some(name),
        Ok(name) => {
            faults.push((
                format!("`{name}` is not in the zone `{origin}`"),
                text.span(),
                "write the name relative to the zone, or `@` for its apex",
            ));
            None
        }
        Err(error) => {
            faults.push((
                format!("`{}` is no name: {error}", text.get_ref()),
                text.span(),
                "write the name relative to the zone, or `@` for its apex",
            ));
            None
        }
    }
}

fn rtype(text: &Spanned<String>, faults: &mut Vec<Fault>) -> Option<RecordType> {
    match text.get_ref().parse() {
        Ok(RecordType::SOA) => {
            faults.push((
                "the SOA takes no exception".to_owned(),
                text.span(),
                "its serial is each provider's own already, and the rest tells resolvers about all of them",
            ));
            None
        }
        Ok(rtype) => Some(rtype),
        Err(_) => {
            faults.push((
                format!("`{}` is no record type", text.get_ref()),
                text.span(),
                "write its mnemonic, such as A, or TYPE65280",
            ));
            None
        }
    }
}

fn records(
    list: &[Spanned<String>],
    rtype: RecordType,
    origin: &Name,
    faults: &mut Vec<Fault>,
) -> Vec<Box<[u8]>> {
    let mut records = Vec::new();
    for text in list {
        match rdata::from_text(rtype, text.get_ref(), Some(origin.borrow())) {
            Ok(rdata) => records.push(rdata.into()),
            Err(error) => faults.push((
                format!("`{}` is no {rtype} record: {error}", text.get_ref()),
                text.span(),
                "write it as in the zone file, without owner, TTL and type",
            )),
        }
    }
    records
}
