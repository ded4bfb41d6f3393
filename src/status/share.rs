//! How much of the watched time was good.

use serde::Serialize;

use super::Day;

/// Seconds in each state over some window.
#[derive(Serialize, Clone, Copy, PartialEq, Debug)]
pub(super) struct Share {
    /// Good seconds of the watched ones, from 0 to 1; nothing where nobody watched.
    pub(super) uptime: Option<f64>,
    pub(super) good: u64,
    pub(super) degraded: u64,
    pub(super) failed: u64,
    /// Neither good nor bad: left out of the figure.
    pub(super) unknown: u64,
}

impl Share {
    #[expect(
        clippy::cast_precision_loss,
        reason = "2^53 seconds are longer than anybody watches"
    )]
    pub(super) fn of([good, degraded, failed, unknown]: [u64; 4]) -> Self {
        let watched = good + degraded + failed;
        Self {
            uptime: (watched > 0).then(|| good as f64 / watched as f64),
            good,
            degraded,
            failed,
            unknown,
        }
    }

    /// Of the last `count` days, today among them as far as it has come.
    pub(super) fn of_days(days: &[Day], count: usize) -> Self {
        let mut seconds = [0; 4];
        for day in &days[days.len().saturating_sub(count)..] {
            for (sum, own) in seconds.iter_mut().zip(day.seconds) {
                *sum += own;
            }
        }
        Self::of(seconds)
    }
}

/// The figures of one history.
#[derive(Serialize, Clone, Copy, PartialEq, Debug)]
pub(super) struct Uptime {
    #[serde(rename = "24h")]
    pub(super) day: Share,
    #[serde(rename = "7d")]
    pub(super) week: Share,
    #[serde(rename = "90d")]
    pub(super) quarter: Share,
}

impl Uptime {
    pub(super) fn of(last_24h: [u64; 4], days: &[Day]) -> Self {
        Self {
            day: Share::of(last_24h),
            week: Share::of_days(days, 7),
            quarter: Share::of_days(days, 90),
        }
    }
}
