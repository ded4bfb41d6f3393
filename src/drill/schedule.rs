//! Lookups at a steady rate, before, during and after the fault.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use super::lookup::{Client, Found};
use super::names::{Names, Wanted};
use crate::report::{LookupRow, Phase};

/// How many lookups, and when.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    /// In which lookups are begun, all phases together.
    pub duration: Duration,
    /// Lookups a second.
    pub rate: u16,
}

impl Schedule {
    /// How long `phase` is.
    pub fn length(&self, phase: Phase) -> Duration {
        match phase {
            Phase::Before | Phase::After => self.duration / 4,
            Phase::During => self.duration / 2,
        }
    }

    /// How many lookups are begun in all.
    pub fn all(&self) -> usize {
        Phase::ALL.iter().map(|phase| self.lookups(*phase)).sum()
    }

    /// How many lookups are begun in `phase`, at least one.
    fn lookups(&self, phase: Phase) -> usize {
        let lookups = self.length(phase).as_secs_f64() * f64::from(self.rate);
        #[expect(
            clippy::cast_sign_loss,
            reason = "neither a duration nor a rate is negative"
        )]
        let whole = lookups.round() as usize;
        whole.max(1)
    }
}

/// The lookups that have ended, in whatever order; they outlive a rehearsal that is cut short.
#[derive(Clone, Debug, Default)]
pub struct Rows(Arc<Mutex<Vec<LookupRow>>>);

impl Rows {
    fn push(&self, row: LookupRow) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(row);
    }

    /// All of them, in the order in which they began.
    pub fn take(self) -> Vec<LookupRow> {
        let mut rows = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        rows.sort_by(|one, other| one.at_ms.total_cmp(&other.at_ms));
        rows
    }
}

/// Makes all lookups, and has the fault on during the second phase, until the last lookup that began in it has ended:
/// a fault that is over saves those that still wait. `say` is told of each phase.
pub async fn rehearse(
    client: Client,
    names: &Names,
    schedule: Schedule,
    fault: &Arc<AtomicBool>,
    rows: &Rows,
    mut say: impl FnMut(Phase),
) {
    let begun = Instant::now();
    let mut index = 0;
    for phase in Phase::ALL {
        say(phase);
        fault.store(phase == Phase::During, Ordering::SeqCst);
        let mut tick = interval(Duration::from_secs(1) / u32::from(schedule.rate));
        tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut under_way = JoinSet::new();
        for _ in 0..schedule.lookups(phase) {
            tick.tick().await;
            let wanted = names.get(index);
            index += 1;
            let rows = rows.clone();
            under_way.spawn(async move {
                let at = begun.elapsed();
                let found = client.look_up(&wanted).await;
                rows.push(row(at, phase, &wanted, &found));
            });
        }
        under_way.join_all().await;
    }
}

fn row(at: Duration, phase: Phase, wanted: &Wanted, found: &Found) -> LookupRow {
    let milliseconds = |time: Duration| (time.as_secs_f64() * 1e6).round() / 1e3;
    LookupRow {
        at_ms: milliseconds(at),
        phase,
        name: wanted.name.to_string(),
        rtype: wanted.rtype.to_string(),
        rcode: found.rcode.map(|code| match code {
            0 => "NOERROR".to_owned(),
            2 => "SERVFAIL".to_owned(),
            3 => "NXDOMAIN".to_owned(),
            5 => "REFUSED".to_owned(),
            other => format!("RCODE {other}"),
        }),
        latency_ms: found.latency.map(milliseconds),
        told: found.told,
    }
}
