//! The tables of the database.

use std::collections::BTreeMap;

use redb::{
    Database, ReadTransaction, ReadableDatabase, ReadableTable, TableDefinition, WriteTransaction,
};

use super::Failure;
use crate::watch::counts::{Counted, Counts};
use crate::watch::history::{History, Subject, Track};
use crate::watch::notify::Waiting;

/// The version of what they hold.
pub(super) const VERSION: u64 = 1;

/// How many changes are remembered.
pub(super) const CHANGES: u64 = 10_000;

/// A table of stretches of time.
type Spans = TableDefinition<'static, (&'static str, &'static str, u64), (u64, u64, u64)>;

/// `version`, and `last`: when the last round was.
const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");
/// By zone and account (empty for the zone itself): JSON of a [`Track`].
const TRACKS: TableDefinition<'_, (&str, &str), &str> = TableDefinition::new("tracks");
/// By zone, account and days since 1970: seconds that were good, degraded and failed.
const DAYS: Spans = TableDefinition::new("days");
/// The same by hours since 1970.
const HOURS: Spans = TableDefinition::new("hours");
/// By number: JSON of a [`crate::watch::Message`].
pub(super) const CHANGED: TableDefinition<'_, u64, &str> = TableDefinition::new("changes");

/// By number: JSON of a [`Waiting`].
const WAITING: TableDefinition<'_, u64, &str> = TableDefinition::new("waiting");

/// The version that the file was written by; nothing where nothing was ever written.
pub(super) fn version(database: &Database) -> Result<Option<u64>, redb::Error> {
    let reading = database.begin_read()?;
    match reading.open_table(META) {
        Ok(meta) => Ok(meta.get("version")?.map(|value| value.value())),
        Err(redb::TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Adds what the file holds to `history`; the messages that were waiting are what comes back.
pub(super) fn load(database: &Database, history: &mut History) -> Result<Vec<Waiting>, Failure> {
    let Some(content) = read(database)? else {
        return Ok(Vec::new());
    };
    let damaged = |error: serde_json::Error| Failure::Damaged(error.to_string());
    let waiting = content.waiting.iter();
    let waiting = waiting.map(|text| serde_json::from_str(text).map_err(damaged));
    let waiting: Vec<Waiting> = waiting.collect::<Result<_, _>>()?;
    let mut known = BTreeMap::new();
    for (subject, text) in content.tracks {
        let track: Track = serde_json::from_str(&text).map_err(damaged)?;
        known.insert(subject, track);
    }
    history.restore(content.last, known);
    history.days.restore(content.days);
    history.hours.restore(content.hours);
    Ok(waiting)
}

/// What the file says of the past.
struct Content {
    last: Option<u64>,
    tracks: Vec<(Subject, String)>,
    days: BTreeMap<(Subject, u64), Counted>,
    hours: BTreeMap<(Subject, u64), Counted>,
    waiting: Vec<String>,
}

/// Everything but changes; nothing where nothing was ever written.
fn read(database: &Database) -> Result<Option<Content>, redb::Error> {
    let reading = database.begin_read()?;
    let meta = match reading.open_table(META) {
        Ok(meta) => meta,
        Err(redb::TableError::TableDoesNotExist(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let last = meta.get("last")?.map(|value| value.value());
    let mut tracks = Vec::new();
    for entry in reading.open_table(TRACKS)?.iter()? {
        let (key, value) = entry?;
        let (zone, account) = key.value();
        tracks.push((subject(zone, account), value.value().to_owned()));
    }
    Ok(Some(Content {
        last,
        tracks,
        days: rows(&reading, DAYS)?,
        hours: rows(&reading, HOURS)?,
        waiting: texts(&reading)?,
    }))
}

/// The messages that wait; none in a file from before they were kept.
fn texts(reading: &ReadTransaction) -> Result<Vec<String>, redb::Error> {
    let table = match reading.open_table(WAITING) {
        Ok(table) => table,
        Err(redb::TableError::TableDoesNotExist(_)) => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let mut texts = Vec::new();
    for entry in table.iter()? {
        texts.push(entry?.1.value().to_owned());
    }
    Ok(texts)
}

/// Makes the table of messages that wait.
fn keep_waiting(writing: &WriteTransaction, waiting: &[Waiting]) -> Result<(), redb::Error> {
    let mut table = writing.open_table(WAITING)?;
    table.retain(|_, _| false)?;
    for (number, one) in (0..).zip(waiting) {
        let text = serde_json::to_string(one).expect("words and numbers have a JSON form");
        table.insert(number, &*text)?;
    }
    Ok(())
}

/// Writes the messages that wait, and nothing else.
pub(super) fn write_waiting(database: &Database, waiting: &[Waiting]) -> Result<(), Failure> {
    let write = || -> Result<(), redb::Error> {
        let writing = database.begin_write()?;
        writing.open_table(META)?.insert("version", VERSION)?;
        keep_waiting(&writing, waiting)?;
        Ok(writing.commit()?)
    };
    Ok(write()?)
}

fn rows(
    reading: &ReadTransaction,
    table: Spans,
) -> Result<BTreeMap<(Subject, u64), Counted>, redb::Error> {
    let mut rows = BTreeMap::new();
    for entry in reading.open_table(table)?.iter()? {
        let (key, value) = entry?;
        let (zone, account, number) = key.value();
        let (good, degraded, failed) = value.value();
        rows.insert((subject(zone, account), number), [good, degraded, failed]);
    }
    Ok(rows)
}

/// Makes the table as `counts` is.
fn keep(writing: &WriteTransaction, table: Spans, counts: &Counts) -> Result<(), redb::Error> {
    let mut table = writing.open_table(table)?;
    table.retain(|(zone, account, number), _| counts.has(&subject(zone, account), number))?;
    for (subject, number, [good, degraded, failed]) in counts.unstored() {
        let (zone, account) = key(subject);
        table.insert((zone, account, number), (good, degraded, failed))?;
    }
    Ok(())
}

/// Writes all of `history` that is new, and forgets what it forgot.
pub(super) fn written(
    database: &Database,
    history: &History,
    changes: &[String],
    waiting: &[Waiting],
) -> Result<(), Failure> {
    let write = || -> Result<(), redb::Error> {
        let writing = database.begin_write()?;
        {
            let mut meta = writing.open_table(META)?;
            meta.insert("version", VERSION)?;
            if let Some(last) = history.last() {
                meta.insert("last", last)?;
            }
            let mut tracks = writing.open_table(TRACKS)?;
            tracks.retain(|(zone, account), _| history.track(&subject(zone, account)).is_some())?;
            for (subject, track) in history.tracks() {
                let text =
                    serde_json::to_string(track).expect("words and numbers have a JSON form");
                tracks.insert(key(subject), &*text)?;
            }
            keep(&writing, DAYS, &history.days)?;
            keep(&writing, HOURS, &history.hours)?;
            let mut changed = writing.open_table(CHANGED)?;
            let mut next = changed.last()?.map_or(0, |(number, _)| number.value() + 1);
            for text in changes {
                changed.insert(next, &**text)?;
                next += 1;
            }
            changed.retain(|number, _| number + CHANGES >= next)?;
            keep_waiting(&writing, waiting)?;
        }
        Ok(writing.commit()?)
    };
    Ok(write()?)
}

fn key(subject: &Subject) -> (&str, &str) {
    (
        &subject.zone,
        subject.provider.as_deref().unwrap_or_default(),
    )
}

fn subject(zone: &str, account: &str) -> Subject {
    Subject {
        zone: zone.to_owned(),
        provider: (!account.is_empty()).then(|| account.to_owned()),
    }
}
