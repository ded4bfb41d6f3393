//! Seconds in each state, by the day and by the hour.

use std::collections::{BTreeMap, BTreeSet};

use super::history::Subject;
use crate::status::State;

/// Seconds that were good, degraded and failed; what nobody counted is unknown.
pub type Counted = [u64; 3];

/// One table: a row for each subject and each stretch of time that anything is known of.
#[derive(Clone, PartialEq, Debug)]
pub struct Counts {
    /// Seconds of a stretch.
    length: u64,
    rows: BTreeMap<(Subject, u64), Counted>,
    /// Rows that nobody has stored yet as they are.
    touched: BTreeSet<(Subject, u64)>,
}

impl Counts {
    /// Nothing counted yet, in stretches of `length` seconds.
    pub(super) fn new(length: u64) -> Self {
        Self {
            length,
            rows: BTreeMap::new(),
            touched: BTreeSet::new(),
        }
    }

    /// Puts back what was stored, beside what was counted since.
    pub fn restore(&mut self, rows: BTreeMap<(Subject, u64), Counted>) {
        for (key, stored) in rows {
            let counted = self.rows.entry(key).or_default();
            let mut left = self.length.saturating_sub(counted.iter().sum());
            for (own, more) in counted.iter_mut().zip(stored) {
                let more = more.min(left);
                *own += more;
                left -= more;
            }
        }
    }

    /// Counts spans of time, each second of a stretch at most once.
    pub(super) fn count(&mut self, subject: &Subject, state: State, spans: &[(u64, u64)]) {
        let column = match state {
            State::Good => 0,
            State::Degraded => 1,
            State::Failed => 2,
            State::Unknown => return,
        };
        for &(mut from, until) in spans {
            while from < until {
                let number = from / self.length;
                let end = until.min((number + 1) * self.length);
                let key = (subject.clone(), number);
                let counted = self.rows.entry(key.clone()).or_default();
                let left = self.length.saturating_sub(counted.iter().sum());
                counted[column] += (end - from).min(left);
                self.touched.insert(key);
                from = end;
            }
        }
    }

    /// Seconds of a stretch in each state, in the order of [`State::ALL`], as far as it has come by `now`.
    pub fn seconds(&self, subject: &Subject, number: u64, now: u64) -> [u64; 4] {
        let key = (subject.clone(), number);
        let [good, degraded, failed] = self.rows.get(&key).copied().unwrap_or_default();
        let passed = now.saturating_sub(number * self.length).min(self.length);
        let unknown = passed.saturating_sub(good + degraded + failed);
        [good, degraded, failed, unknown]
    }

    /// Forgets all but the last `keep` stretches that anything is known of, whatever the clock says; the subjects of
    /// which none is left.
    pub(super) fn forget(&mut self, keep: usize) -> BTreeSet<Subject> {
        let numbers: BTreeSet<u64> = self.rows.keys().map(|(_, number)| *number).collect();
        let mut gone = BTreeSet::new();
        let Some(&first) = numbers
            .iter()
            .rev()
            .nth(keep.max(1) - 1)
            .or(numbers.first())
        else {
            return gone;
        };
        self.rows.retain(|(subject, number), _| {
            let stays = *number >= first;
            if !stays {
                gone.insert(subject.clone());
            }
            stays
        });
        self.touched.retain(|(_, number)| *number >= first);
        for (subject, _) in self.rows.keys() {
            gone.remove(subject);
        }
        gone
    }

    /// Whether there is such a row.
    pub fn has(&self, subject: &Subject, number: u64) -> bool {
        self.rows.contains_key(&(subject.clone(), number))
    }

    /// Rows that were touched since `stored`, with what they have come to.
    pub fn unstored(&self) -> impl Iterator<Item = (&Subject, u64, Counted)> {
        let touched = self.touched.iter();
        touched.filter_map(|key| Some((&key.0, key.1, *self.rows.get(key)?)))
    }

    /// Says that everything is stored.
    pub(super) fn stored(&mut self) {
        self.touched.clear();
    }

    #[cfg(test)]
    pub(super) fn rows(&self) -> &BTreeMap<(Subject, u64), Counted> {
        &self.rows
    }
}
