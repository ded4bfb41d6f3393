//! Record sets of APIs that speak presentation format, in both directions, and changes cut into calls.

use std::fmt::Display;

use crate::plan::Change;
use crate::provider::{ErrorKind, NameserverSpec, ProviderError};
use crate::zone::{Name, NameError, Position, RecordSet, RecordType, ZoneBuilder, rdata};

/// Adds what an API calls a record set to a zone. `owner` is absolute with its final dot, or relative to the zone;
/// empty and `@` are the apex. What makes no sense is [`ErrorKind::Protocol`]: a read is whole or it failed.
pub(super) fn push(
    builder: &mut ZoneBuilder,
    owner: &str,
    rtype: &str,
    ttl: u32,
    records: &[impl AsRef<str>],
) -> Result<(), ProviderError> {
    push_below(builder, None, (owner, rtype), ttl, records)
}

/// The same where names in the data may be relative, to `origin`.
pub(super) fn push_below(
    builder: &mut ZoneBuilder,
    origin: Option<&Name>,
    (owner, rtype): (&str, &str),
    ttl: u32,
    records: &[impl AsRef<str>],
) -> Result<(), ProviderError> {
    let fail = |why: &dyn Display| {
        nonsense(format_args!(
            "it holds `{owner} {rtype}`, which makes no sense: {why}"
        ))
    };
    let name = absolute(owner, builder.origin()).map_err(|error| fail(&error))?;
    if !name.borrow().is_at_or_below(builder.origin().borrow()) {
        return Err(fail(&"outside of the zone"));
    }
    let rtype: RecordType = rtype.parse().map_err(|_| fail(&"no record type"))?;
    let mut data = Vec::new();
    for record in records {
        data.clear();
        let origin = origin.map(Name::borrow);
        rdata::append_text(rtype, record.as_ref(), origin, &mut data)
            .map_err(|error| fail(&format_args!("`{}`: {error}", record.as_ref())))?;
        builder.push(name.borrow(), rtype, ttl, &data, Position::default());
    }
    Ok(())
}

/// The failure of an API that says what cannot be.
pub(super) fn nonsense(words: impl Display) -> ProviderError {
    ProviderError::new(ErrorKind::Protocol, words.to_string())
}

/// The name of `what`, which is absolute with or without its final dot.
pub(super) fn named(what: &str, text: &str) -> Result<Name, ProviderError> {
    let fail = |error| nonsense(format_args!("it names a {what} `{text}`: {error}"));
    Name::absolute(text).map_err(fail)
}

/// There is no such zone at `origin`; `create` is whether the account may make one.
pub(super) fn missing(origin: &str, zone: &Name, create: bool) -> ProviderError {
    let words = format!("{origin} has no zone `{zone}` for this account");
    let error = ProviderError::new(ErrorKind::NoSuchZone, words);
    if create {
        error
    } else {
        error.hint("create it there, or write `create = true` in the account")
    }
}

/// The set of `change` is there, or is not, though it was read otherwise.
pub(super) fn moved(change: &Change) -> ProviderError {
    let what = match change {
        Change::Create { .. } => "there by now",
        _ => "not there any more",
    };
    ProviderError::new(ErrorKind::Conflict, format!("`{}` is {what}", change.key()))
        .hint("somebody else changed the zone meanwhile: run `plan` again")
}

/// Nameservers that an API knows by name alone.
pub(super) fn nameservers(names: &[String]) -> Result<Vec<NameserverSpec>, ProviderError> {
    let servers = names.iter().map(|name| {
        Ok(NameserverSpec {
            name: named("nameserver", name)?,
            addresses: Vec::new(),
        })
    });
    servers.collect()
}

/// An owner as an API writes it: absolute with its final dot, or relative; empty and `@` are the apex.
pub(super) fn absolute(owner: &str, origin: &Name) -> Result<Name, NameError> {
    let owner = if owner.is_empty() { "@" } else { owner };
    Name::parse(owner.as_bytes(), Some(origin.borrow()))
}

/// An owner relative to the zone, the apex as the API has it.
pub(super) fn relative(owner: &Name, origin: &Name, apex: &str) -> String {
    if owner == origin {
        apex.to_owned()
    } else {
        owner.borrow().relative_to(origin.borrow())
    }
}

/// A zone's name as most APIs write it: without its final dot.
pub(super) fn dotless(zone: &Name) -> String {
    let mut text = zone.to_string();
    if text.len() > 1 {
        text.pop();
    }
    text
}

/// The records of a set in presentation format, names with their final dots.
pub(super) fn records(rtype: RecordType, set: &RecordSet) -> Vec<String> {
    let texts = set.rdata.iter().map(|data| rdata::to_text(rtype, data));
    texts.collect()
}

/// Text that means itself, as character strings between quotes.
pub(super) fn quoted(content: &str) -> String {
    let data: Vec<u8> = content
        .as_bytes()
        .chunks(255)
        .flat_map(|part| {
            let length = u8::try_from(part.len()).expect("a part of at most 255 octets");
            std::iter::once(length).chain(part.iter().copied())
        })
        .collect();
    rdata::to_text(RecordType::TXT, &data)
}

/// `changes` cut into as few calls of at most `most` as can be; neighbors of one owner stay together where they
/// fit, so that a CNAME and what takes its place change in one step.
pub(super) fn calls(changes: &[Change], most: usize) -> impl Iterator<Item = &[Change]> {
    let mut rest = changes;
    std::iter::from_fn(move || {
        let mut end = rest.len().min(most);
        if end < rest.len() {
            let owner = &rest[end].key().owner;
            let same = rest[..end].iter().rev();
            let moved = same
                .take_while(|change| change.key().owner == *owner)
                .count();
            if moved < end {
                end -= moved;
            }
        }
        let (call, tail) = rest.split_at(end);
        rest = tail;
        (!call.is_empty()).then_some(call)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::{RecordKey, RecordSet};

    fn origin() -> Name {
        Name::absolute("example.com").expect("a name in a test")
    }

    #[test]
    fn sets_are_read_whole_or_not_at_all() {
        let read = |owner: &str, rtype: &str, records: &[&str]| {
            let mut builder = ZoneBuilder::new(origin());
            push(&mut builder, owner, rtype, 60, records)
                .map(|()| {
                    builder
                        .finish()
                        .sets()
                        .next()
                        .map(|set| set.key().to_string())
                })
                .map_err(|error| error.message)
        };
        for (owner, key) in [
            ("", "example.com. A"),
            ("@", "example.com. A"),
            ("www", "www.example.com. A"),
            ("*.Www.example.com.", "*.www.example.com. A"),
        ] {
            assert_eq!(read(owner, "A", &["192.0.2.1"]), Ok(Some(key.to_owned())));
        }
        for (owner, rtype, record, part) in [
            ("www", "A", "192.0.2", "192.0.2"),
            ("www", "WHAT", "192.0.2.1", "no record type"),
            ("www.example.net.", "A", "192.0.2.1", "outside"),
            ("www", "CNAME", "relative", "relative"),
        ] {
            let error = read(owner, rtype, &[record]).expect_err("an error");
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn calls_are_few_and_keep_an_owner_together() {
        let change = |owner: &str, rtype: RecordType| Change::Create {
            key: RecordKey {
                owner: absolute(owner, &origin()).expect("a name in a test"),
                rtype,
            },
            after: RecordSet::new(60, Vec::new()),
        };
        let changes: Vec<Change> = ["a", "b", "c", "c", "d", "e", "e", "e", "e", "e"]
            .iter()
            .enumerate()
            .map(|(index, owner)| change(owner, RecordType(index as u16)))
            .collect();
        let sizes = |most| {
            calls(&changes, most)
                .map(<[Change]>::len)
                .collect::<Vec<_>>()
        };
        assert_eq!(sizes(10), [10]);
        assert_eq!(sizes(3), [2, 3, 3, 2]);
        assert_eq!(sizes(1), [1; 10]);
        assert_eq!(calls(&[], 3).count(), 0);
    }

    #[test]
    fn text_without_quotes_means_itself() {
        let long = "x".repeat(300);
        for (content, text) in [
            (r"a \ b", r#""a \\ b""#.to_owned()),
            (r#"v=1 "x""#, r#""v=1 \"x\"""#.to_owned()),
            (
                long.as_str(),
                format!("\"{}\" \"{}\"", &long[..255], &long[255..]),
            ),
        ] {
            assert_eq!(quoted(content), text);
        }
    }
}
