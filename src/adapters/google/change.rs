//! Changes as bodies of `changes.create`, each of which happens wholly or not at all.

use serde::Serialize;

use super::read::Spelled;
use crate::adapters::presentation::records;
use crate::plan::Change;
use crate::provider::{ErrorKind, ProviderError};
use crate::zone::{RecordKey, RecordSet, rdata};

/// The most sets that one call adds, and the most that it deletes.
pub(super) const MOST_SETS: usize = 1000;
/// The most octets of values in one call.
pub(super) const MOST_OCTETS: usize = 100_000;

/// A record set as it goes.
#[derive(Serialize)]
struct Sent {
    name: String,
    #[serde(rename = "type")]
    rtype: String,
    ttl: u32,
    rrdatas: Vec<String>,
}

impl Sent {
    fn new(key: &RecordKey, ttl: u32, rrdatas: Vec<String>) -> Self {
        Self {
            name: key.owner.to_string(),
            rtype: key.rtype.to_string(),
            ttl,
            rrdatas,
        }
    }

    fn octets(&self) -> usize {
        self.rrdatas.iter().map(String::len).sum()
    }
}

/// The body of a call: what it deletes must be there exactly so, and what it adds must not be there otherwise.
#[derive(Default, Serialize)]
pub(super) struct Batch {
    additions: Vec<Sent>,
    deletions: Vec<Sent>,
    #[serde(skip)]
    octets: usize,
    /// How many changes it makes.
    #[serde(skip)]
    pub(super) changes: usize,
}

impl Batch {
    /// As many of `changes`, from the front, as one call takes. Changes of one name stay together where they stand
    /// together, so that a CNAME and what takes its place change in one step.
    pub(super) fn take(changes: &[Change], spelled: &Spelled) -> Result<Self, ProviderError> {
        let mut batch = Self::default();
        for group in changes.chunk_by(|a, b| a.key().owner == b.key().owner) {
            let start = (batch.changes, batch.additions.len(), batch.deletions.len());
            for change in group {
                if batch.add(change, spelled) {
                    continue;
                }
                if batch.changes == 0 {
                    return Err(too_large(change));
                }
                // Unless it stands first, and so cannot be had in one step at all, the whole name waits.
                if start.0 > 0 {
                    batch.changes = start.0;
                    batch.additions.truncate(start.1);
                    batch.deletions.truncate(start.2);
                }
                return Ok(batch);
            }
        }
        Ok(batch)
    }

    /// Takes a change in, if there is room for it.
    fn add(&mut self, change: &Change, spelled: &Spelled) -> bool {
        let key = change.key();
        let deletion = change.before().map(|before| {
            let values = as_listed(key, before, spelled);
            Sent::new(
                key,
                before.ttl,
                values.unwrap_or_else(|| records(key.rtype, before)),
            )
        });
        let addition = change
            .after()
            .map(|after| Sent::new(key, after.ttl, records(key.rtype, after)));
        let both = deletion.iter().chain(&addition);
        let octets = self.octets + both.map(Sent::octets).sum::<usize>();
        let fits = self.additions.len() + usize::from(addition.is_some()) <= MOST_SETS
            && self.deletions.len() + usize::from(deletion.is_some()) <= MOST_SETS
            && octets <= MOST_OCTETS;
        if fits {
            self.additions.extend(addition);
            self.deletions.extend(deletion);
            self.octets = octets;
            self.changes += 1;
        }
        fits
    }

    /// The set that the API's words are about: they say `entity.change.additions[3]`.
    pub(super) fn subject(&self, words: &str) -> Option<String> {
        let find = |list: &[Sent], mark: &str| {
            let (_, rest) = words.split_once(mark)?;
            let (index, _) = rest.split_once(']')?;
            let sent = list.get(index.parse::<usize>().ok()?)?;
            Some(format!("{} {}", sent.name, sent.rtype))
        };
        find(&self.additions, "entity.change.additions[")
            .or_else(|| find(&self.deletions, "entity.change.deletions["))
    }
}

/// The values as the API listed them, where that set is the one to be deleted.
fn as_listed(key: &RecordKey, before: &RecordSet, spelled: &Spelled) -> Option<Vec<String>> {
    let listed = spelled.get(key)?;
    let mut data = Vec::new();
    for text in listed {
        data.push(rdata::from_text(key.rtype, text, None).ok()?.into());
    }
    (RecordSet::new(before.ttl, data) == *before).then(|| listed.clone())
}

fn too_large(change: &Change) -> ProviderError {
    ProviderError::new(
        ErrorKind::Rejected,
        format!(
            "`{}` takes more than {MOST_OCTETS} octets of values to change, the most in one call",
            change.key()
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::{Name, RecordType};

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

    fn create(index: usize, contents: &[&str]) -> Change {
        let rtype = RecordType::TXT;
        Change::Create {
            key: key(&format!("n{index}.example.com"), rtype),
            after: set(rtype, 60, contents),
        }
    }

    #[test]
    fn a_deletion_repeats_the_listed_spelling_if_it_means_the_same() {
        let at = key("a.example.com", RecordType::TLSA);
        let change = [Change::Delete {
            key: at.clone(),
            before: set(at.rtype, 60, &["3 1 1 ABCD"]),
        }];
        let sent = |listed: &str| {
            let spelled = Spelled::from([(at.clone(), vec![listed.to_owned()])]);
            let batch = Batch::take(&change, &spelled).unwrap_or_else(|error| panic!("{error}"));
            batch.deletions[0].rrdatas.clone()
        };
        assert_eq!(sent("3 1 1 abcd"), ["3 1 1 abcd"]);
        // The set has moved since it was planned for: the API shall see what was planned for and refuse.
        assert_eq!(sent("3 1 1 abce"), ["3 1 1 ABCD"]);
    }

    #[test]
    fn batches_stay_within_the_limits_and_names_stay_whole() {
        let took = |changes: &[Change]| {
            let batch = Batch::take(changes, &Spelled::new());
            batch.map(|batch| (batch.changes, batch.additions.len(), batch.deletions.len()))
        };
        let many: Vec<Change> = (0..1500).map(|index| create(index, &["x"])).collect();
        assert_eq!(took(&many).expect("a batch"), (1000, 1000, 0));

        let text = format!("\"{}\"", "x".repeat(255));
        let long = [text.as_str(); 40].join(" ");
        let texts: Vec<Change> = (0..12).map(|index| create(index, &[&long])).collect();
        // 10,319 octets each.
        assert_eq!(took(&texts).expect("a batch"), (9, 9, 0));

        let swap = [
            Change::Delete {
                key: key("n999.example.com", RecordType::A),
                before: set(RecordType::A, 60, &["192.0.2.1"]),
            },
            Change::Create {
                key: key("n999.example.com", RecordType::CNAME),
                after: set(RecordType::CNAME, 60, &["www.example.com."]),
            },
        ];
        let mut changes = many[..999].to_vec();
        changes.push(create(1000, &["x"]));
        changes.extend(swap);
        // The creation does not fit, so the deletion waits for it.
        assert_eq!(took(&changes).expect("a batch"), (1000, 1000, 0));
        assert_eq!(took(&changes[1000..]).expect("a batch"), (2, 1, 1));

        let huge = [text.as_str(); 200].join(" ");
        let error =
            took(&[create(0, &[&huge, &[&huge, "\"y\""].join(" ")])]).expect_err("too large");
        assert_eq!((error.kind, error.applied), (ErrorKind::Rejected, Some(0)));
    }

    #[test]
    fn the_words_are_traced_back_to_the_set() {
        let changes = [create(0, &["x"]), create(1, &["y"])];
        let batch =
            Batch::take(&changes, &Spelled::new()).unwrap_or_else(|error| panic!("{error}"));
        let subject = |words: &str| batch.subject(words);
        assert_eq!(
            subject("Invalid value for 'entity.change.additions[1].rrdata[0]': 'y'"),
            Some("n1.example.com. TXT".to_owned())
        );
        assert_eq!(
            subject("'entity.change.additions[a.][CNAME]' is invalid"),
            None
        );
        assert_eq!(subject("entity.change.deletions[0]"), None);
    }
}
