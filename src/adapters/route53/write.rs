//! Changes as change batches, and a new zone as the body of a request.

use std::collections::HashMap;

use super::spelling;
use super::xml::element;
use crate::plan::Change;
use crate::provider::{ErrorKind, ProviderError};
use crate::zone::{Name, RecordKey, RecordSet, RecordType};

/// The most `ResourceRecord` elements in one batch.
pub(super) const MOST_RECORDS: usize = 1000;
/// The most characters in the values of one batch.
pub(super) const MOST_CHARACTERS: usize = 32_000;
/// The longest value, in characters.
const LONGEST_VALUE: usize = 4000;

const NAMESPACE: &str = "https://route53.amazonaws.com/doc/2013-04-01/";

/// Changes from the front of a list that go in one request, which happens wholly or not at all.
pub(super) struct Batch<'a> {
    pub(super) changes: &'a [Change],
    /// Sets that can only be overwritten, so that nobody but us can see whether they moved: the apex NS set, the SOA.
    pub(super) unguarded: Vec<&'a Change>,
    body: String,
}

/// What a batch holds so far, or what a change adds to it.
#[derive(Clone, Copy, Default)]
struct Size {
    records: usize,
    characters: usize,
}

impl Size {
    fn and(self, other: Self) -> Self {
        Self {
            records: self.records + other.records,
            characters: self.characters + other.characters,
        }
    }

    fn fits(self) -> bool {
        self.records <= MOST_RECORDS && self.characters <= MOST_CHARACTERS
    }
}

impl<'a> Batch<'a> {
    /// As many of `changes` as one request takes. Changes of one name stay together where they stand together, so
    /// that a CNAME and what takes its place change in one step.
    pub(super) fn take(
        changes: &'a [Change],
        origin: &Name,
        spelled: &HashMap<RecordKey, Vec<String>>,
    ) -> Result<Self, ProviderError> {
        let (mut size, mut taken) = (Size::default(), 0);
        let mut written: Vec<String> = Vec::new();
        let mut unguarded = Vec::new();
        for group in changes.chunk_by(|a, b| a.key().owner == b.key().owner) {
            let start = (taken, size);
            for change in group {
                let change = Written::of(change, origin, spelled)?;
                size = size.and(change.size);
                if !size.fits() {
                    break;
                }
                taken += 1;
                written.push(change.xml);
            }
            if !size.fits() {
                // Unless it stands first, and so cannot be had in one step at all, the whole name waits.
                if start.0 > 0 {
                    taken = start.0;
                    written.truncate(taken);
                }
                break;
            }
        }
        let changes = &changes[..taken];
        unguarded.extend(
            changes
                .iter()
                .filter(|change| is_overwritten(change.key(), origin)),
        );
        let mut body = format!("<ChangeResourceRecordSetsRequest xmlns=\"{NAMESPACE}\">");
        body.push_str("<ChangeBatch><Changes>");
        body.extend(written);
        body.push_str("</Changes></ChangeBatch></ChangeResourceRecordSetsRequest>");
        Ok(Self {
            changes,
            unguarded,
            body,
        })
    }

    /// The request's body.
    pub(super) fn body(&self) -> Vec<u8> {
        self.body.as_bytes().to_vec()
    }
}

/// Whether the API refuses to delete the set, even where another takes its place at once.
fn is_overwritten(key: &RecordKey, origin: &Name) -> bool {
    key.owner == *origin && [RecordType::NS, RecordType::SOA].contains(&key.rtype)
}

/// One change as it goes into a batch.
struct Written {
    xml: String,
    size: Size,
}

impl Written {
    fn of(
        change: &Change,
        origin: &Name,
        spelled: &HashMap<RecordKey, Vec<String>>,
    ) -> Result<Self, ProviderError> {
        let key = change.key();
        let mut written = Self {
            xml: String::new(),
            size: Size::default(),
        };
        if is_overwritten(key, origin)
            && let Some(after) = change.after()
        {
            written.add("UPSERT", key, after.ttl, &values(key, after), 2);
        } else {
            // A deletion happens only where the values are still these, and a creation only where there are none:
            // together they replace a set that has not moved.
            if let Some(before) = change.before() {
                let values = as_listed(key, before, spelled).unwrap_or_else(|| values(key, before));
                written.add("DELETE", key, before.ttl, &values, 1);
            }
            if let Some(after) = change.after() {
                written.add("CREATE", key, after.ttl, &values(key, after), 1);
            }
        }
        if !written.size.fits() {
            return Err(ProviderError::new(
                ErrorKind::Rejected,
                format!(
                    "`{key}` takes {} records and {} characters to change, and one request holds {MOST_RECORDS} and \
                     {MOST_CHARACTERS}",
                    written.size.records, written.size.characters
                ),
            ));
        }
        if let Some(after) = change.after()
            && let Some(longest) = values(key, after).iter().map(String::len).max()
            && longest > LONGEST_VALUE
        {
            return Err(ProviderError::new(
                ErrorKind::Rejected,
                format!(
                    "a value of `{key}` has {longest} characters, and {LONGEST_VALUE} is the most"
                ),
            ));
        }
        Ok(written)
    }

    fn add(&mut self, action: &str, key: &RecordKey, ttl: u32, values: &[String], counts: usize) {
        let out = &mut self.xml;
        out.push_str("<Change>");
        element("Action", action, out);
        out.push_str("<ResourceRecordSet>");
        let mut owner = String::new();
        spelling::append_name(key.owner.borrow(), &mut owner);
        element("Name", &owner, out);
        element("Type", &key.rtype.to_string(), out);
        element("TTL", &ttl.to_string(), out);
        out.push_str("<ResourceRecords>");
        for value in values {
            out.push_str("<ResourceRecord>");
            element("Value", value, out);
            out.push_str("</ResourceRecord>");
            self.size = self.size.and(Size {
                records: counts,
                characters: counts * value.len(),
            });
        }
        out.push_str("</ResourceRecords></ResourceRecordSet></Change>");
    }
}

fn values(key: &RecordKey, set: &RecordSet) -> Vec<String> {
    set.rdata
        .iter()
        .map(|data| spelling::value(key.rtype, data))
        .collect()
}

/// The values as the API listed them, where that set is the one to be deleted.
fn as_listed(
    key: &RecordKey,
    before: &RecordSet,
    spelled: &HashMap<RecordKey, Vec<String>>,
) -> Option<Vec<String>> {
    let listed = spelled.get(key)?;
    let mut data = Vec::new();
    for value in listed {
        let mut wire = Vec::new();
        spelling::read_value(key.rtype, value, &mut wire).ok()?;
        data.push(wire.into());
    }
    (RecordSet::new(before.ttl, data) == *before).then(|| listed.clone())
}

/// The body that creates a zone. `reference` must never have been used before.
pub(super) fn new_zone(origin: &Name, reference: &str, delegation_set: Option<&str>) -> Vec<u8> {
    let mut body = format!("<CreateHostedZoneRequest xmlns=\"{NAMESPACE}\">");
    let mut name = String::new();
    spelling::append_name(origin.borrow(), &mut name);
    element("Name", &name, &mut body);
    element("CallerReference", reference, &mut body);
    if let Some(id) = delegation_set {
        element("DelegationSetId", id, &mut body);
    }
    body.push_str("</CreateHostedZoneRequest>");
    body.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::rdata;

    fn key(owner: &str, rtype: RecordType) -> RecordKey {
        RecordKey {
            owner: Name::absolute(owner).expect("a name in a test"),
            rtype,
        }
    }

    fn set(rtype: RecordType, ttl: u32, contents: &[&str]) -> RecordSet {
        let data = contents
            .iter()
            .map(|content| rdata::from_text(rtype, content, None).expect("data").into());
        RecordSet::new(ttl, data.collect())
    }

    fn replace(owner: &str, rtype: RecordType, before: &[&str], after: &[&str]) -> Change {
        Change::Replace {
            key: key(owner, rtype),
            before: set(rtype, 300, before),
            after: set(rtype, 60, after),
        }
    }

    fn take<'a>(changes: &'a [Change], spelled: &HashMap<RecordKey, Vec<String>>) -> Batch<'a> {
        let origin = Name::absolute("example.com").expect("a name");
        Batch::take(changes, &origin, spelled).unwrap_or_else(|error| panic!("{error}"))
    }

    fn body(changes: &[Change], spelled: &HashMap<RecordKey, Vec<String>>) -> String {
        String::from_utf8(take(changes, spelled).body()).expect("UTF-8")
    }

    #[test]
    fn a_replacement_deletes_what_was_seen_and_creates_what_is_wanted() {
        let change = replace(
            "*.example.com",
            RecordType::A,
            &["192.0.2.1"],
            &["192.0.2.2"],
        );
        assert_eq!(
            body(&[change], &HashMap::new()),
            "<ChangeResourceRecordSetsRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\">\
             <ChangeBatch><Changes>\
             <Change><Action>DELETE</Action><ResourceRecordSet><Name>\\052.example.com.</Name><Type>A</Type>\
             <TTL>300</TTL><ResourceRecords><ResourceRecord><Value>192.0.2.1</Value></ResourceRecord>\
             </ResourceRecords></ResourceRecordSet></Change>\
             <Change><Action>CREATE</Action><ResourceRecordSet><Name>\\052.example.com.</Name><Type>A</Type>\
             <TTL>60</TTL><ResourceRecords><ResourceRecord><Value>192.0.2.2</Value></ResourceRecord>\
             </ResourceRecords></ResourceRecordSet></Change>\
             </Changes></ChangeBatch></ChangeResourceRecordSetsRequest>"
        );
    }

    #[test]
    fn a_deletion_repeats_the_listed_spelling_if_it_means_the_same() {
        let change = [replace(
            "a.example.com",
            RecordType::AAAA,
            &["2001:db8::1"],
            &["::1"],
        )];
        let at = key("a.example.com", RecordType::AAAA);
        let listed = |value: &str| HashMap::from([(at.clone(), vec![value.to_owned()])]);
        assert!(body(&change, &listed("2001:0db8::1")).contains("<Value>2001:0db8::1</Value>"));
        // The set has moved since it was planned for: the API shall see what was planned for and refuse.
        let moved = body(&change, &listed("2001:0db8::2"));
        assert!(moved.contains("<Value>2001:db8::1</Value>") && !moved.contains("::2<"));
    }

    #[test]
    fn the_apex_ns_set_and_the_soa_are_overwritten_and_looked_at_before() {
        let ns = |owner| {
            replace(
                owner,
                RecordType::NS,
                &["a.example.net."],
                &["b.example.net."],
            )
        };
        let changes = [ns("example.com"), ns("sub.example.com")];
        let batch = take(&changes, &HashMap::new());
        assert_eq!(batch.unguarded.len(), 1);
        let text = String::from_utf8(batch.body()).expect("UTF-8");
        let count = |part: &str| text.matches(part).count();
        assert_eq!(
            (count("UPSERT"), count("DELETE"), count("CREATE")),
            (1, 1, 1)
        );
    }

    #[test]
    fn batches_stay_within_the_limits_and_names_stay_whole() {
        let create = |index: usize, records: usize| {
            let contents: Vec<String> = (0..records).map(|last| format!("10.0.0.{last}")).collect();
            let contents: Vec<&str> = contents.iter().map(String::as_str).collect();
            Change::Create {
                key: key(&format!("n{index}.example.com"), RecordType::A),
                after: set(RecordType::A, 300, &contents),
            }
        };
        let changes: Vec<Change> = (0..30).map(|index| create(index, 100)).collect();
        assert_eq!(take(&changes, &HashMap::new()).changes.len(), 10);

        let swap = |records: usize| {
            let contents: Vec<String> = (0..records).map(|last| format!("10.0.0.{last}")).collect();
            let contents: Vec<&str> = contents.iter().map(String::as_str).collect();
            [
                Change::Delete {
                    key: key("n9.example.com", RecordType::A),
                    before: set(RecordType::A, 300, &contents),
                },
                Change::Create {
                    key: key("n9.example.com", RecordType::CNAME),
                    after: set(RecordType::CNAME, 300, &["www.example.com."]),
                },
            ]
        };
        let mut changes: Vec<Change> = (0..9).map(|index| create(index, 100)).collect();
        changes.extend(swap(100));
        assert_eq!(take(&changes, &HashMap::new()).changes.len(), 9);
        assert_eq!(take(&changes[9..], &HashMap::new()).changes.len(), 2);

        let text = format!("\"{}\"", "x".repeat(255));
        let long = [text.as_str(); 15].join(" ");
        let texts: Vec<Change> = (0..20)
            .map(|index| Change::Create {
                key: key(&format!("t{index}.example.com"), RecordType::TXT),
                after: set(RecordType::TXT, 300, &[&long]),
            })
            .collect();
        // 3,869 characters each.
        assert_eq!(take(&texts, &HashMap::new()).changes.len(), 8);
    }

    #[test]
    fn what_fits_in_no_request_is_refused_before_anything_is_sent() {
        let text = format!("\"{}\"", "x".repeat(255));
        let longest = [text.as_str(); 16].join(" ");
        let origin = Name::absolute("example.com").expect("a name");
        let change = [Change::Create {
            key: key("t.example.com", RecordType::TXT),
            after: set(RecordType::TXT, 300, &[&longest]),
        }];
        let error = Batch::take(&change, &origin, &HashMap::new())
            .err()
            .expect("too long");
        assert!(error.message.contains("4127 characters"), "{error}");
        assert_eq!((error.kind, error.applied), (ErrorKind::Rejected, Some(0)));
    }
}
