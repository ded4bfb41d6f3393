//! What every round saw, as a history: states that are confirmed before they count, and seconds a day in each.
//!
//! Nothing here looks at a clock. A second is counted once it has passed under the eyes of two rounds; everything else
//! (the time before the first round, a gap between two runs, a leap of the clock) is unknown because nobody counted it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::counts::Counts;
use crate::status::State;

/// Seconds of a day.
pub const DAY: u64 = 86_400;

/// Seconds of an hour.
const HOUR: u64 = 3600;

/// Hours that are remembered: the last day's, and the one that it began in.
const HOURS: usize = 25;

/// How far the wall clock may be from where the monotonic one says it should be, in seconds: clocks are adjusted.
const TOLERANCE: u64 = 30;

/// How many intervals may lie between two runs under `--once` before the time between them is unknown.
const PATIENCE: u64 = 2;

/// A zone, or one provider's part in it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Subject {
    /// The apex.
    pub zone: String,
    /// Account id; `None` where it is about the zone as a whole.
    pub provider: Option<String>,
}

/// When something happened, by both clocks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Moment {
    /// Seconds since 1970 in UTC, as the wall clock has it.
    pub wall: u64,
    /// Since the process began; never goes backwards.
    pub steady: Duration,
}

/// What one round saw of a subject.
#[derive(Clone, PartialEq, Debug)]
pub struct Sight {
    /// Of what.
    pub subject: Subject,
    /// How it is.
    pub state: State,
    /// Why, one sentence each; empty where it is good.
    pub reasons: Vec<String>,
    /// What is to be added for operators alone.
    pub details: Vec<String>,
    /// The nameservers that are to blame.
    pub nameservers: Vec<String>,
    /// The command that shows it.
    pub reproduce: Option<String>,
}

/// A state that gave way to another one.
#[derive(Clone, PartialEq, Debug)]
pub struct Change {
    /// What changed.
    pub sight: Sight,
    /// What it was before; `None` where nobody had looked before.
    pub from: Option<State>,
    /// Since when it is so: the first of the rounds that confirm it.
    pub since: u64,
    /// For how many seconds it was what it was before.
    pub lasted: u64,
}

/// What is remembered of a subject beside its days.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Track {
    /// As confirmed; nothing before anything is.
    pub state: Option<State>,
    /// Since when, in seconds since 1970.
    pub since: u64,
    /// Why.
    pub reasons: Vec<String>,
    /// What may become the state.
    candidate: Option<Candidate>,
}

/// Rounds running that saw something else than what is confirmed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
struct Candidate {
    since: u64,
    rounds: u32,
    /// Spans that count for one state or the other, once that is clear.
    spans: Vec<(u64, u64)>,
}

/// What the round before left.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Last {
    wall: u64,
    /// Nothing where another process made it.
    steady: Option<Duration>,
}

/// A leap of the wall clock, in seconds; negative where it went backwards.
pub type Leap = i64;

/// Everything that is known of the past.
#[derive(Clone, PartialEq, Debug)]
pub struct History {
    interval: u64,
    confirm: u32,
    last: Option<Last>,
    tracks: BTreeMap<Subject, Track>,
    /// By days since 1970.
    pub days: Counts,
    /// By hours since 1970.
    pub hours: Counts,
}

impl History {
    /// Nothing yet; `confirm` rounds running make a state.
    pub fn new(interval: Duration, confirm: u32) -> Self {
        Self {
            interval: interval.as_secs().max(1),
            confirm: confirm.max(1),
            last: None,
            tracks: BTreeMap::new(),
            days: Counts::new(DAY),
            hours: Counts::new(HOUR),
        }
    }

    /// Puts back what was stored: when the last round was, and what it left. What was seen since is newer.
    pub fn restore(&mut self, last: Option<u64>, tracks: BTreeMap<Subject, Track>) {
        let last = last.map(|wall| Last { wall, steady: None });
        self.last = self.last.or(last);
        for (subject, track) in tracks {
            self.tracks.entry(subject).or_insert(track);
        }
    }

    /// When the last round was.
    pub fn last(&self) -> Option<u64> {
        self.last.map(|last| last.wall)
    }

    /// What is remembered of `subject`.
    pub fn track(&self, subject: &Subject) -> Option<&Track> {
        self.tracks.get(subject)
    }

    /// Everything that is remembered beside days.
    pub fn tracks(&self) -> impl Iterator<Item = (&Subject, &Track)> {
        self.tracks.iter()
    }

    /// Says that everything is stored.
    pub fn stored(&mut self) {
        self.days.stored();
        self.hours.stored();
    }

    /// Forgets all but the last `keep` days that anything is known of, and the subjects of which no day is left.
    pub fn forget(&mut self, keep: usize) {
        self.hours.forget(HOURS);
        let gone = self.days.forget(keep);
        self.tracks.retain(|subject, _| !gone.contains(subject));
    }

    /// Takes in a round that was made at `now`. What changed by it, and by how much the wall clock leapt since the
    /// round before.
    pub fn observe(&mut self, round: Vec<Sight>, now: Moment) -> (Vec<Change>, Option<Leap>) {
        let (span, leap) = self.since_last(now);
        if let Some(leap) = leap {
            self.shift(leap, now.wall);
        }
        self.last = Some(Last {
            wall: now.wall,
            steady: Some(now.steady),
        });
        let changes = round
            .into_iter()
            .filter_map(|sight| self.see(sight, span, now.wall))
            .collect();
        (changes, leap)
    }

    /// The time since the last round, where it counts, and the leap that keeps it from counting.
    fn since_last(&self, now: Moment) -> (Option<(u64, u64)>, Option<Leap>) {
        let Some(last) = self.last else {
            return (None, None);
        };
        let moved = now.wall.cast_signed() - last.wall.cast_signed();
        let leap = match last.steady {
            Some(steady) => moved - now.steady.saturating_sub(steady).as_secs().cast_signed(),
            // Nobody knows how long it was; that it was less than nothing is impossible.
            None => moved.min(0),
        };
        if leap.unsigned_abs() > TOLERANCE {
            return (None, Some(leap));
        }
        let is_watched =
            last.steady.is_some() || moved.unsigned_abs() <= self.interval * PATIENCE + TOLERANCE;
        let span = (moved > 0 && is_watched).then_some((last.wall, now.wall));
        (span, None)
    }

    /// Moves what was noted by the old time of day, so that nothing lasts longer than it did.
    fn shift(&mut self, leap: Leap, now: u64) {
        let moved = |at: u64| at.saturating_add_signed(leap).min(now);
        for track in self.tracks.values_mut() {
            track.since = moved(track.since);
            if let Some(candidate) = &mut track.candidate {
                candidate.since = moved(candidate.since);
                candidate.spans.clear();
            }
        }
    }

    fn see(&mut self, sight: Sight, span: Option<(u64, u64)>, now: u64) -> Option<Change> {
        let subject = sight.subject.clone();
        let mut track = self.tracks.remove(&subject).unwrap_or(Track {
            state: None,
            since: now,
            reasons: Vec::new(),
            candidate: None,
        });
        let before = track.state;
        let mut change = None;
        if before == Some(sight.state) {
            let spans = track.candidate.take().map(|own| own.spans);
            self.count(&subject, sight.state, &spans.unwrap_or_default());
            self.count(&subject, sight.state, span.as_slice());
            track.reasons = sight.reasons;
        } else {
            let first = Candidate {
                since: now,
                rounds: 0,
                spans: Vec::new(),
            };
            let is_first = track.candidate.is_none();
            let mut candidate = track.candidate.take().unwrap_or(first);
            candidate.rounds += 1;
            if is_first {
                // It was as before for some of this time, and nobody knows how long.
                self.count(&subject, before.unwrap_or_default(), span.as_slice());
            } else {
                candidate.spans.extend(span);
            }
            // What is good at first sight needs no second one.
            let is_fresh = before.is_none() && sight.state == State::Good;
            if candidate.rounds >= self.confirm || is_fresh {
                self.count(&subject, sight.state, &candidate.spans);
                let lasted = candidate.since.saturating_sub(track.since);
                track.state = Some(sight.state);
                track.since = candidate.since;
                track.reasons.clone_from(&sight.reasons);
                change = (!is_fresh).then_some(Change {
                    sight,
                    from: before,
                    since: track.since,
                    lasted,
                });
            } else {
                track.candidate = Some(candidate);
            }
        }
        self.tracks.insert(subject, track);
        change
    }

    fn count(&mut self, subject: &Subject, state: State, spans: &[(u64, u64)]) {
        self.days.count(subject, state, spans);
        self.hours.count(subject, state, spans);
    }

    /// Seconds of `day` in each state, in the order of [`State::ALL`], as far as the day has come by `now`.
    pub fn day(&self, subject: &Subject, day: u64, now: u64) -> [u64; 4] {
        self.days.seconds(subject, day, now)
    }

    /// The same of the hour that `now` is in and the 23 before.
    pub fn last_hours(&self, subject: &Subject, now: u64) -> [u64; 4] {
        let mut sum = [0; 4];
        for hour in (now / HOUR).saturating_sub(23)..=now / HOUR {
            let seconds = self.hours.seconds(subject, hour, now);
            for (sum, own) in sum.iter_mut().zip(seconds) {
                *sum += own;
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests;
