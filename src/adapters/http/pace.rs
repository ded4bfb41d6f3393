//! When to send: a vendor's limit, pauses between attempts, and what `Retry-After` asks for.

use std::hash::{BuildHasher, RandomState};
use std::sync::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

/// Attempts in all, unless a vendor's habits ask for another number.
pub(super) const ATTEMPTS: u32 = 4;
/// The pause before the second attempt; it doubles from there.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest wait a server may ask for; more than that is the operator's decision.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Spreads requests evenly below a limit.
#[derive(Default)]
pub(super) struct Pace {
    interval: Duration,
    next: Mutex<Option<Instant>>,
}

impl Pace {
    pub(super) fn new(limit: Option<f64>) -> Self {
        Self {
            interval: limit.map_or(Duration::ZERO, |limit| {
                Duration::from_secs_f64(limit.recip())
            }),
            next: Mutex::default(),
        }
    }

    /// Waits for this request's turn.
    pub(super) async fn turn(&self) {
        if !self.interval.is_zero() {
            tokio::time::sleep_until(self.reserve(Instant::now())).await;
        }
    }

    fn reserve(&self, now: Instant) -> Instant {
        let mut next = self.next.lock().expect("nothing panics while it is held");
        let turn = next.map_or(now, |next| next.max(now));
        *next = Some(turn + self.interval);
        turn
    }
}

/// The pauses between the attempts at one request.
pub(super) struct Backoff {
    failures: u32,
    attempts: u32,
}

impl Backoff {
    pub(super) fn new(attempts: u32) -> Self {
        Self {
            failures: 0,
            attempts,
        }
    }

    /// How long to wait before trying again; `None` when it is time to give up.
    pub(super) fn next(&mut self, retry_after: Option<Duration>) -> Option<Duration> {
        self.failures += 1;
        if self.failures >= self.attempts {
            return None;
        }
        match retry_after {
            Some(asked) => (asked <= LONGEST_PAUSE).then_some(asked),
            None => Some(jittered(FIRST_PAUSE * 2_u32.pow(self.failures - 1))),
        }
    }
}

/// Between half of `pause` and all of it, so that clients turned away together do not return together.
fn jittered(pause: Duration) -> Duration {
    let random = RandomState::new().hash_one(0_u8) % 1024;
    pause / 2 + (pause / 2) * random as u32 / 1024
}

/// What `Retry-After` says: seconds, or an HTTP date (RFC 9110, section 10.2.3).
pub(super) fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let then = UNIX_EPOCH + Duration::from_secs(http_date(value)?);
    Some(then.duration_since(now).unwrap_or(Duration::ZERO))
}

/// Seconds since 1970 of an `IMF-fixdate` (RFC 9110, section 5.6.7), as in `Sun, 06 Nov 1994 08:49:37 GMT`.
fn http_date(text: &str) -> Option<u64> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let mut words = text.trim().strip_suffix(" GMT")?.split([' ', ':']).skip(1);
    let day: u64 = words
        .next()?
        .parse()
        .ok()
        .filter(|day| (1..=31).contains(day))?;
    let month = words.next()?;
    let month = MONTHS.iter().position(|name| *name == month)? as u64;
    let year: u64 = words
        .next()?
        .parse()
        .ok()
        .filter(|year| (1970..10_000).contains(year))?;
    let mut clock = 0;
    for limit in [24, 60, 61] {
        let part: u64 = words.next()?.parse().ok()?;
        clock = clock * 60 + Some(part).filter(|part| *part < limit)?;
    }
    // Years that start in March have their leap day at the end, so that month lengths follow one rule.
    let (year, month) = if month < 2 {
        (year - 1, month + 10)
    } else {
        (year, month - 2)
    };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 306 + 5) / 10 + day - 1;
    (days.checked_sub(719_468)? * 86_400).checked_add(clock)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = UNIX_EPOCH + Duration::from_secs(784_111_777);
        for (value, expected) in [
            ("120", Some(120)),
            ("0", Some(0)),
            ("Sun, 06 Nov 1994 08:49:40 GMT", Some(3)),
            ("Mon, 07 Nov 1994 08:49:37 GMT", Some(86_400)),
            ("Sun, 06 Nov 1994 08:49:30 GMT", Some(0)),
            ("Wed, 01 Mar 1995 00:00:00 GMT", Some(9_904_223)),
            ("soon", None),
            ("Sun, 99 Nov 1994 08:49:37 GMT", None),
            ("Sun, 06 Nov 1994 25:49:37 GMT", None),
            ("", None),
        ] {
            assert_eq!(
                retry_after(value, now),
                expected.map(Duration::from_secs),
                "{value}"
            );
        }
    }

    #[test]
    fn pauses_grow_and_end() {
        let mut backoff = Backoff::new(ATTEMPTS);
        for bound in [250, 500, 1000] {
            let pause = backoff.next(None).expect("another attempt");
            assert!(
                pause >= Duration::from_millis(bound / 2) && pause <= Duration::from_millis(bound)
            );
        }
        assert_eq!(backoff.next(None), None);
        assert_eq!(
            Backoff::new(ATTEMPTS).next(Some(Duration::from_secs(3600))),
            None
        );
        let asked = Duration::from_secs(2);
        assert_eq!(Backoff::new(ATTEMPTS).next(Some(asked)), Some(asked));
    }

    #[test]
    fn requests_are_spread_below_the_limit() {
        let pace = Pace::new(Some(10.0));
        let start = Instant::now();
        let mut turns = Vec::new();
        for asked in [0, 0, 50, 1000] {
            let turn = pace.reserve(start + Duration::from_millis(asked));
            turns.push((turn - start).as_millis());
        }
        assert_eq!(turns, [0, 100, 200, 1000]);
    }
}
