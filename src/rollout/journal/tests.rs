//! What past runs tell the next one.

use std::collections::BTreeSet;

use super::*;
use crate::zone::{Name, RecordKey, RecordType};

/// A call about `zone` at `provider`: what it deletes, and what came of it, where anything did: how many changes, and
/// whether it failed.
type Told<'a> = (
    &'a str,
    &'a str,
    &'a [(&'a str, &'a str)],
    Option<(Option<usize>, bool)>,
);

fn run(project: &Path, calls: &[Told<'_>]) {
    let limits = Limits {
        runs: 100,
        octets: 1 << 20,
    };
    let journal = Journal::begin(project, Begun::default(), limits, &|_| {}).expect("a journal");
    for (call, (zone, provider, deleted, result)) in (1..).zip(calls) {
        let gone = |&(name, rtype): &(&str, &str)| Entry {
            name: name.to_owned(),
            rtype: rtype.to_owned(),
            before: Some(Set {
                ttl: 60,
                rdata: Vec::new(),
            }),
            after: None,
        };
        let intent = Intent {
            call,
            zone: (*zone).to_owned(),
            provider: (*provider).to_owned(),
            wave: Wave::Body,
            changes: deleted.iter().map(gone).collect(),
        };
        journal.append(Event::Intent(intent)).expect("written");
        if let Some((applied, is_failed)) = *result {
            let error = is_failed.then(|| Failure {
                kind: "rejected".to_owned(),
                message: "no".to_owned(),
            });
            let result = CallResult {
                call,
                applied,
                error,
            };
            journal.append(Event::Result(result)).expect("written");
        }
    }
}

fn keys(sets: &[(&str, RecordType)]) -> BTreeSet<RecordKey> {
    let key = |&(owner, rtype): &(&str, RecordType)| RecordKey {
        owner: Name::absolute(owner).expect("a name"),
        rtype,
    };
    sets.iter().map(key).collect()
}

#[test]
fn what_was_deleted_is_known_the_newest_first_and_but_for_what_signers_make() {
    let directory = tempfile::tempdir().expect("a directory");
    let project = directory.path();
    let done = Some((Some(1), false));
    let (old, new) = ([("old.a.test.", "A")], [("new.a.test.", "A")]);
    run(project, &[("a.test.", "x", &old, done)]);
    run(
        project,
        &[
            ("a.test.", "x", &new, done),
            ("a.test.", "x", &[("lost.a.test.", "MX")], None),
            (
                "a.test.",
                "x",
                &[("kept.a.test.", "A")],
                Some((Some(0), true)),
            ),
            ("b.test.", "x", &[("b.test.", "TXT")], done),
            ("b.test.", "x", &[("b.test.", "DNSKEY")], done),
        ],
    );
    let (a, mx) = (RecordType::A, RecordType::MX);
    let all = deleted(project, 10);
    let every = [("old.a.test", a), ("new.a.test", a), ("lost.a.test", mx)];
    assert_eq!(all["a.test."], keys(&every));
    assert_eq!(all["b.test."], keys(&[("b.test", RecordType::TXT)]));
    let most = deleted(project, 2).remove("a.test.");
    assert_eq!(most, Some(keys(&every[1..])));
    assert_eq!(deleted(project, 0)["a.test."], keys(&[]));
}

#[test]
fn what_may_be_unserved_is_told_by_the_last_call_that_did_anything() {
    let (served, lost) = (Some((Some(1), false)), Some((None, true)));
    let refused = Some((Some(0), true));
    let call = |result| ("a.test.", "x", &[][..], result);
    let others = [("b.test.", "x", &[][..], None), ("a.test.", "y", &[], None)];
    for (runs, expected) in [
        (vec![vec![]], None),
        (vec![vec![call(served)]], None),
        (vec![vec![call(served)], vec![call(None)]], Some(2)),
        (vec![vec![call(served)], vec![call(lost)], vec![]], Some(2)),
        (vec![vec![call(lost)], vec![call(served)]], None),
        (vec![vec![call(lost), call(served)]], None),
        (vec![vec![call(served), call(lost)]], Some(1)),
        // A call that was refused says nothing of those before.
        (vec![vec![call(lost)], vec![call(refused)]], Some(1)),
        (vec![vec![call(served)], vec![call(refused)]], None),
        // Nor does one about another zone, or at another provider.
        (vec![vec![call(served)], others.to_vec()], None),
        (vec![vec![call(lost)], others.to_vec()], Some(1)),
    ] {
        let directory = tempfile::tempdir().expect("a directory");
        for calls in &runs {
            run(directory.path(), calls);
        }
        let found = unserved(directory.path());
        let key = ("x".to_owned(), "a.test.".to_owned());
        assert_eq!(found.get(&key).copied(), expected, "{runs:?}");
    }
}
