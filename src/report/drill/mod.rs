//! A rehearsal of losing a provider: rows, one a lookup, and what they come to.

mod arithmetic;
mod svg;
#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use arithmetic::ArithmeticEntry;
pub use svg::svg;

/// When a lookup began.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Before the fault.
    Before,
    /// While the provider's nameservers misbehaved.
    During,
    /// Once they were well again.
    After,
}

impl Phase {
    /// Every one, in the order of time.
    pub const ALL: [Self; 3] = [Self::Before, Self::During, Self::After];
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Before => "before",
            Self::During => "during",
            Self::After => "after",
        })
    }
}

/// What whoever looked it up was told.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// What the zone file says.
    Right,
    /// Something else, be it that there is nothing.
    Wrong,
    /// Nothing in time, or that the resolver could not find out.
    Nothing,
}

/// One lookup; every figure is made of these.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct LookupRow {
    /// When it began, in milliseconds since the first one.
    pub at_ms: f64,
    /// The phase it began in.
    pub phase: Phase,
    /// QNAME.
    pub name: String,
    /// QTYPE.
    #[serde(rename = "type")]
    pub rtype: String,
    /// The resolver's response code; null where there was no response in time.
    pub rcode: Option<String>,
    /// From asking the resolver to its response, in milliseconds; null where there was none.
    pub latency_ms: Option<f64>,
    /// Right, wrong or nothing.
    pub told: Told,
}

/// What several lookups come to.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Tally {
    /// How many there were.
    pub lookups: usize,
    /// Told what the zone file says.
    pub right: usize,
    /// Told something else.
    pub wrong: usize,
    /// Told nothing.
    pub nothing: usize,
    /// Half of the answers, right or wrong, came within this many milliseconds.
    pub p50_ms: Option<f64>,
    /// Nineteen of twenty did.
    pub p95_ms: Option<f64>,
}

impl Tally {
    /// Of these rows.
    pub fn of<'r>(rows: impl Iterator<Item = &'r LookupRow>) -> Self {
        let mut tally = Self::default();
        let mut times = Vec::new();
        for row in rows {
            tally.lookups += 1;
            *match row.told {
                Told::Right => &mut tally.right,
                Told::Wrong => &mut tally.wrong,
                Told::Nothing => &mut tally.nothing,
            } += 1;
            if row.told != Told::Nothing {
                times.extend(row.latency_ms);
            }
        }
        times.sort_by(f64::total_cmp);
        let within = |percent: usize| {
            let rank = (times.len() * percent).div_ceil(100).max(1) - 1;
            times.get(rank).copied()
        };
        tally.p50_ms = within(50);
        tally.p95_ms = within(95);
        tally
    }

    /// The share of lookups that were told what the zone file says, in percent.
    pub fn success(&self) -> f64 {
        percent(self.right, self.lookups)
    }

    /// Whether at least 99 of 100 lookups were right and none was wrong.
    pub fn is_well(&self) -> bool {
        self.lookups > 0 && self.wrong == 0 && self.right * 100 >= self.lookups * 99
    }
}

/// `part` of `whole` in percent; 0 of nothing.
#[expect(clippy::cast_precision_loss, reason = "nobody makes 2^52 lookups")]
fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    part as f64 * 100.0 / whole as f64
}

/// One phase.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct PhaseEntry {
    /// Which.
    pub phase: Phase,
    /// The share of right lookups, in percent.
    pub success_percent: f64,
    /// The counts that it is made of.
    pub tally: Tally,
}

/// A short stretch of a phase: a bar of the chart.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct SliceEntry {
    /// When it begins, in milliseconds since the first lookup.
    pub from_ms: f64,
    /// The phase it is part of.
    pub phase: Phase,
    /// What its lookups come to.
    pub tally: Tally,
}

/// What was really tried, and what came of it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RehearsalEntry {
    /// The resolver that was asked, and its version.
    pub resolver: String,
    /// `wildcard`: every name is another one; `uncached`: names of the zone file, with the resolver's cache off.
    pub names: String,
    /// Lookups a second.
    pub rate: u16,
    /// Seconds in which lookups were begun.
    pub seconds: f64,
    /// Seconds after which a lookup without an answer has failed.
    pub patience_seconds: f64,
    /// The phases, in the order of time.
    pub phases: Vec<PhaseEntry>,
    /// The same by short stretches.
    pub slices: Vec<SliceEntry>,
}

/// How many slices a rehearsal is shown in, about.
const SLICES: f64 = 20.0;

impl RehearsalEntry {
    /// With the figures that `rows` come to.
    #[must_use]
    pub fn with(mut self, rows: &[LookupRow]) -> Self {
        let step = self.seconds * 1000.0 / SLICES;
        for phase in Phase::ALL {
            let own = || rows.iter().filter(move |row| row.phase == phase);
            let tally = Tally::of(own());
            self.phases.push(PhaseEntry {
                phase,
                success_percent: tally.success(),
                tally,
            });
            let begin = own().map(|row| row.at_ms).min_by(f64::total_cmp);
            let last = own().map(|row| row.at_ms).max_by(f64::total_cmp);
            let (Some(mut from), Some(last)) = (begin, last) else {
                continue;
            };
            while from <= last {
                let end = from + step;
                let tally = Tally::of(own().filter(|row| row.at_ms >= from && row.at_ms < end));
                self.slices.push(SliceEntry {
                    from_ms: from,
                    phase,
                    tally,
                });
                from = end;
            }
        }
        self
    }

    /// What the lookups of `phase` come to.
    pub fn of(&self, phase: Phase) -> Tally {
        let found = self.phases.iter().find(|entry| entry.phase == phase);
        found.map(|entry| entry.tally).unwrap_or_default()
    }
}

/// The rehearsal of one zone.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct DrillEntry {
    /// The account whose provider is lost.
    pub down: String,
    /// `silent`, `refused`, `lossy`, `stale` or `empty`.
    pub fault: String,
    /// The share of queries lost, in percent, where it is `lossy`.
    pub loss_percent: Option<u8>,
    /// What follows from who serves the zone.
    pub arithmetic: ArithmeticEntry,
    /// What was really tried; null where nothing was.
    pub rehearsal: Option<RehearsalEntry>,
}

impl DrillEntry {
    /// The fault in words: `lossy (50 %)`.
    pub fn told_fault(&self) -> String {
        match self.loss_percent {
            Some(loss) => format!("{} ({loss} %)", self.fault),
            None => self.fault.clone(),
        }
    }
}
