//! Lookups at a steady rate, before, during and after the fault.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
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

/// Makes all lookups, and has the fault on during the second phase, until the last lookup that began in it has ended:
/// a fault that is over saves those that still wait. `say` is told of each phase.
pub async fn rehearse(
    client: Client,
    names: &Names,
    schedule: Schedule,
    fault: &Arc<AtomicBool>,
    mut say: impl FnMut(Phase),
) -> Vec<LookupRow> {
    let begun = Instant::now();
    let mut rows = Vec::new();
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
            under_way.spawn(async move {
                let at = begun.elapsed();
                let found = client.look_up(&wanted).await;
                row(at, phase, &wanted, &found)
            });
        }
        rows.extend(under_way.join_all().await);
    }
    rows.sort_by(|one: &LookupRow, other| one.at_ms.total_cmp(&other.at_ms));
    rows
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
