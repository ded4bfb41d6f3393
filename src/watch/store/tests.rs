//! What is written is read again by the next process.

use std::time::Duration;

use redb::{ReadableDatabase as _, ReadableTable as _};

use super::*;
use crate::status::State;
use crate::watch::history::{DAY, Moment, Sight, Subject};

const BEGUN: u64 = 1_795_440_000;

fn history() -> History {
    History::new(Duration::from_secs(300), 1)
}

fn open(path: &Path, history: &mut History) -> Store {
    let opened = Store::open(path, history);
    let Ok((store, None)) = opened else {
        panic!("a whole file");
    };
    store
}

/// A round at `seconds` after the first one: the zone, and one provider's part in it.
fn round(history: &mut History, seconds: u64, zone: State, provider: State) -> Vec<Change> {
    let sight = |provider: Option<&str>, state| Sight {
        subject: Subject {
            zone: "example.test.".to_owned(),
            provider: provider.map(str::to_owned),
        },
        state,
        reasons: vec!["a reason".to_owned()],
        details: Vec::new(),
        nameservers: Vec::new(),
        reproduce: None,
    };
    let now = Moment {
        wall: BEGUN + seconds,
        steady: Duration::from_secs(seconds),
    };
    history
        .observe(vec![sight(None, zone), sight(Some("a"), provider)], now)
        .0
}

#[test]
fn what_is_stored_is_read_as_it_was() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("history.redb");
    let mut written = history();
    let mut store = open(&path, &mut written);
    let states = [State::Good, State::Degraded, State::Failed, State::Good];
    for (number, state) in (0..).zip(states) {
        for more in [0, 300 + number * 100] {
            let changes = round(
                &mut written,
                number * number * 3000 + more,
                state,
                State::Degraded,
            );
            store
                .save(&mut written, &changes, &[], 90)
                .expect("written");
        }
    }
    drop(store);
    let mut read = history();
    drop(open(&path, &mut read));
    assert_eq!(read.last(), written.last());
    assert!(read.tracks().eq(written.tracks()));
    assert_eq!(read.days.rows(), written.days.rows());
    assert_eq!(read.hours.rows(), written.hours.rows());
    let row = read.days.rows().values().next().copied();
    assert_eq!(row.expect("a day"), [3600, 9000, 15_000]);
}

#[test]
fn what_is_forgotten_is_gone_from_the_file_too() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("history.redb");
    let mut written = history();
    let mut store = open(&path, &mut written);
    for day in 0..5 {
        for seconds in [0, 300] {
            round(&mut written, day * DAY + seconds, State::Good, State::Good);
        }
        store.save(&mut written, &[], &[], 90).expect("written");
    }
    store.save(&mut written, &[], &[], 2).expect("written");
    drop(store);
    let mut read = history();
    drop(open(&path, &mut read));
    assert_eq!(read.days.rows().len(), 2 * 2);
    assert_eq!(read.days.rows(), written.days.rows());
}

#[test]
fn changes_are_kept_one_after_the_other() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("history.redb");
    let states = [State::Failed, State::Good, State::Degraded];
    for (number, state) in (0..).zip(states) {
        let mut history = history();
        let mut store = open(&path, &mut history);
        let changes = round(&mut history, number * 300, state, State::Good);
        store
            .save(&mut history, &changes, &[], 90)
            .expect("written");
    }
    let database = Database::open(&path).expect("a database");
    let reading = database.begin_read().expect("a transaction");
    let table = reading.open_table(tables::CHANGED).expect("a table");
    let kept: Vec<(u64, String)> = table
        .iter()
        .expect("rows")
        .map(|row| {
            let (number, text) = row.expect("a row");
            let message: Message = serde_json::from_str(text.value()).expect("a message");
            (number.value(), message.to)
        })
        .collect();
    let told = ["failed", "good", "degraded"].map(str::to_owned);
    assert_eq!(kept, (0..).zip(told).collect::<Vec<_>>());
}

#[test]
fn messages_wait_in_the_file_until_somebody_has_them() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("history.redb");
    let waiting = |came| Waiting {
        target: ("slack https://hooks.example.com".to_owned(), 1),
        came,
        message: Message::test(came),
    };
    let mut written = history();
    let mut store = open(&path, &mut written);
    assert_eq!(store.take_waiting(), []);
    let both = [waiting(1), waiting(2)];
    store.save(&mut written, &[], &both, 90).expect("written");
    drop(store);
    // Nobody takes them over, and another one comes.
    let mut store = open(&path, &mut history());
    store
        .save(&mut history(), &[], &[waiting(3)], 90)
        .expect("written");
    drop(store);
    let mut store = open(&path, &mut history());
    let all = [waiting(1), waiting(2), waiting(3)];
    assert_eq!(store.take_waiting(), all);
    store
        .keep_waiting(&mut history(), &all[2..])
        .expect("written");
    drop(store);
    let mut store = open(&path, &mut history());
    assert_eq!(store.take_waiting(), all[2..]);
}
