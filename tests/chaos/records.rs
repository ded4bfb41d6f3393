//! Journals as anybody reads them: lines of JSON, with none of the program's own code.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;

use super::three::Three;
use super::zones::Key;

/// What the journal of one run says.
#[derive(Debug, Default)]
pub(crate) struct Record {
    pub(crate) number: u64,
    /// By account: how many calls were announced.
    pub(crate) calls: BTreeMap<String, usize>,
    /// By account: the sets that were about to be written, in that order.
    pub(crate) intended: BTreeMap<String, Vec<Key>>,
    /// By account: those of which it is said that they were made.
    pub(crate) made: BTreeMap<String, BTreeSet<Key>>,
    /// By account: those of which nothing more is said.
    pub(crate) unknown: BTreeMap<String, BTreeSet<Key>>,
    /// The last line in few words: the event and the account.
    pub(crate) last: String,
    pub(crate) is_ended: bool,
}

/// The number of the newest run; zero where there is none.
pub(crate) fn newest(three: &Three) -> u64 {
    let files = fs::read_dir(three.path(".redundns/journal"));
    let names = files.into_iter().flatten().flatten();
    let number = |name: &std::ffi::OsStr| name.to_str()?.strip_suffix(".jsonl")?.parse().ok();
    names
        .filter_map(|entry| number(&entry.file_name()))
        .max()
        .unwrap_or(0)
}

/// The journal of the newest run.
pub(crate) fn read(three: &Three) -> Record {
    let number = newest(three);
    let path = three.path(format!(".redundns/journal/{number:06}.jsonl"));
    let text = fs::read_to_string(path).unwrap_or_default();
    let mut record = Record {
        number,
        ..Record::default()
    };
    let mut calls: BTreeMap<u64, (String, Vec<Key>)> = BTreeMap::new();
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).expect("a line of JSON");
        let word = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
        let (event, mut provider) = (word("event"), word("provider"));
        let call = line["call"].as_u64().unwrap_or(0);
        match event.as_str() {
            "intent" => {
                let keys = keys(&line["changes"]);
                *record.calls.entry(provider.clone()).or_default() += 1;
                let intended = record.intended.entry(provider.clone()).or_default();
                intended.extend(keys.iter().cloned());
                calls.insert(call, (provider.clone(), keys));
            }
            "result" => {
                let (whose, keys) = calls.remove(&call).expect("an intent comes first");
                let applied = line["applied"].as_u64().expect("nothing failed") as usize;
                assert_eq!(applied, keys.len(), "{line}");
                record.made.entry(whose.clone()).or_default().extend(keys);
                provider = whose;
            }
            "end" => record.is_ended = true,
            _ => {}
        }
        record.last = format!("{event} {provider}");
    }
    for (provider, keys) in calls.into_values() {
        record.unknown.entry(provider).or_default().extend(keys);
    }
    record
}

fn keys(changes: &Value) -> Vec<Key> {
    let word = |change: &Value, name: &str| change[name].as_str().expect("a word").to_owned();
    let changes = changes.as_array().expect("a list").iter();
    changes
        .map(|change| (word(change, "name"), word(change, "type")))
        .collect()
}
