//! When the next round begins.

use std::time::Duration;

/// How far a pause may be from the interval, either way: a twentieth. Many that began together part ways.
const JITTER: u32 = 20;

/// What a round that took longer than the interval leaves to others: a tenth of it.
const BREATH: u32 = 10;

/// How long to wait after a round that `took` so long, and whether it overran its interval. `chance` is from 0 to 1.
pub fn pause(interval: Duration, took: Duration, chance: f64) -> (Duration, bool) {
    let earliest = interval.saturating_sub(interval / JITTER);
    let planned = earliest + (interval / (JITTER / 2)).mul_f64(chance.clamp(0.0, 1.0));
    let breath = interval / BREATH;
    (planned.saturating_sub(took).max(breath), took > interval)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_begin_an_interval_apart_give_or_take_a_twentieth() {
        let seconds = Duration::from_secs;
        let interval = seconds(300);
        for (took, chance, paused, overran) in [
            (0, 0.0, 285, false),
            (0, 1.0, 315, false),
            (0, 0.5, 300, false),
            (100, 0.5, 200, false),
            (299, 0.5, 30, false),
            (300, 0.5, 30, false),
            (301, 0.5, 30, true),
            (9000, 1.0, 30, true),
            (0, 7.0, 315, false),
        ] {
            let (pause, is_over) = pause(interval, seconds(took), chance);
            assert_eq!(
                (pause, is_over),
                (seconds(paused), overran),
                "{took} {chance}"
            );
        }
    }
}
