//! Pauses between attempts, and what a vendor's headers ask for.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::zone::Date;

/// Attempts in all, unless a vendor's habits ask for another number.
pub(super) const ATTEMPTS: u32 = 4;
/// The pause before the second attempt; it doubles from there.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest wait a server may ask for; more than that is the operator's decision.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The pauses between the attempts at one request.
#[derive(Default)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// How long to wait before trying again; `None` when `attempts` in all were made.
    pub(super) fn next(
        &mut self,
        attempts: u32,
        retry_after: Option<Duration>,
    ) -> Option<Duration> {
        self.failures += 1;
        if self.failures >= attempts {
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

/// When there is something again of a budget of which nothing remains; `None` where something does, or nobody says.
///
/// Vendors say it in pairs of headers, `RateLimit-Remaining` and `RateLimit-Reset` with or without `X-`, whose reset
/// is seconds from now or since 1970, or as draft-ietf-httpapi-ratelimit-headers has it since its version 8:
/// `RateLimit: "policy";r=0;t=30`. NS1 says how many come back in how many seconds, `X-RateLimit-Limit` in
/// `X-RateLimit-Period`, one by one.
pub(super) fn budget<'a>(
    header: impl Fn(&'static str) -> Option<&'a str>,
    now: SystemTime,
) -> Option<Duration> {
    let pairs = [
        ("ratelimit-remaining", "ratelimit-reset"),
        ("x-ratelimit-remaining", "x-ratelimit-reset"),
    ];
    let number = |name| header(name)?.trim().parse::<u64>().ok();
    for (remaining, reset) in pairs {
        if number(remaining) == Some(0)
            && let Some(reset) = number(reset)
        {
            // No vendor's window lasts for thirty years.
            let epoch = now.duration_since(UNIX_EPOCH).unwrap_or_default();
            return Some(match reset {
                1_000_000_000.. => Duration::from_secs(reset).saturating_sub(epoch),
                _ => Duration::from_secs(reset),
            });
        }
    }
    if number("x-ratelimit-remaining") == Some(0)
        && let (Some(limit @ 1..), Some(period)) =
            (number("x-ratelimit-limit"), number("x-ratelimit-period"))
    {
        return Some(Duration::from_millis(
            period.saturating_mul(1000).div_ceil(limit),
        ));
    }
    let spent = header("ratelimit")?.split(',').filter_map(|policy| {
        let value = |key| {
            let mut parameters = policy.split(';').skip(1);
            let found = parameters.find_map(|parameter| parameter.trim().strip_prefix(key));
            found.and_then(|value| value.trim().parse::<u64>().ok())
        };
        (value("r=")? == 0).then(|| value("t=")).flatten()
    });
    spent.max().map(Duration::from_secs)
}

/// Seconds since 1970 of an `IMF-fixdate` (RFC 9110, section 5.6.7), as in `Sun, 06 Nov 1994 08:49:37 GMT`.
fn http_date(text: &str) -> Option<u64> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let mut words = text.trim().strip_suffix(" GMT")?.split([' ', ':']).skip(1);
    let day = words.next()?.parse().ok()?;
    let month = words.next()?;
    let month = MONTHS.iter().position(|name| *name == month)? as u64 + 1;
    let date = Date::new(words.next()?.parse().ok()?, month, day)?;
    let mut clock = 0;
    for limit in [24, 60, 61] {
        let part: u64 = words.next()?.parse().ok()?;
        clock = clock * 60 + Some(part).filter(|part| *part < limit)?;
    }
    Some(date.begin() + clock)
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
        let mut backoff = Backoff::default();
        for bound in [250, 500, 1000] {
            let pause = backoff.next(ATTEMPTS, None).expect("another attempt");
            assert!(
                pause >= Duration::from_millis(bound / 2) && pause <= Duration::from_millis(bound)
            );
        }
        assert_eq!(backoff.next(ATTEMPTS, None), None);
        assert_eq!(
            Backoff::default().next(ATTEMPTS, Some(Duration::from_secs(3600))),
            None
        );
        let asked = Duration::from_secs(2);
        assert_eq!(Backoff::default().next(ATTEMPTS, Some(asked)), Some(asked));
    }

    #[test]
    fn a_spent_budget_is_waited_for_and_nothing_else() {
        let now = UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        let x = ("x-ratelimit-remaining", "x-ratelimit-reset");
        for (headers, expected) in [
            (
                vec![("ratelimit-remaining", "0"), ("ratelimit-reset", "7")],
                Some(7),
            ),
            (
                vec![("ratelimit-remaining", "1"), ("ratelimit-reset", "7")],
                None,
            ),
            (vec![(x.0, "0"), (x.1, "1800000012")], Some(12)),
            (vec![(x.0, "0"), (x.1, "1799999999")], Some(0)),
            (vec![(x.0, "0")], None),
            (vec![(x.0, "0"), (x.1, "tomorrow")], None),
            (vec![(x.0, "many"), (x.1, "5")], None),
            (vec![("ratelimit", "\"default\";r=0;t=30")], Some(30)),
            (
                vec![("ratelimit", "\"a\";r=50;t=30, \"b\";r=0;t=9")],
                Some(9),
            ),
            (vec![("ratelimit", "\"default\";r=50;t=30")], None),
            (
                vec![("ratelimit", "limit=100, remaining=0, reset=50")],
                None,
            ),
            (
                vec![
                    (x.0, "0"),
                    ("x-ratelimit-limit", "100"),
                    ("x-ratelimit-period", "200"),
                ],
                Some(2),
            ),
            (
                vec![
                    (x.0, "99"),
                    ("x-ratelimit-limit", "100"),
                    ("x-ratelimit-period", "200"),
                ],
                None,
            ),
            (vec![(x.0, "0"), ("x-ratelimit-limit", "0")], None),
            (vec![], None),
        ] {
            let header = |name: &str| {
                let found = headers.iter().find(|(key, _)| *key == name);
                found.map(|(_, value)| *value)
            };
            let expected = expected.map(Duration::from_secs);
            assert_eq!(budget(header, now), expected, "{headers:?}");
        }
    }
}
