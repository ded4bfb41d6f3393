//! Moments, spans and shares as people read them.

use crate::zone::{Date, rfc3339};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
pub(super) const DAY: u64 = 24 * HOUR;

/// As in `2026-11-30 19:05 UTC`.
pub(super) fn moment(seconds: u64) -> String {
    let whole = rfc3339(seconds);
    let minute = whole.get(..16).unwrap_or(&whole);
    format!("{} UTC", minute.replace('T', " "))
}

/// The same for browsers too.
pub(super) fn time(seconds: u64) -> String {
    format!(
        "<time datetime=\"{}\">{}</time>",
        rfc3339(seconds),
        moment(seconds)
    )
}

/// As in `Mon, 30 Nov 2026 19:05:00 GMT` (RFC 822 with the years of RFC 1123, which RSS asks for).
pub(super) fn rfc1123(seconds: u64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let date = Date::of(seconds);
    // 1 January 1970 was a Thursday.
    let weekday = DAYS[(seconds / DAY % 7) as usize];
    let month = MONTHS[(date.month - 1) as usize];
    let clock = seconds % DAY;
    format!(
        "{weekday}, {:02} {month} {:04} {:02}:{:02}:{:02} GMT",
        date.day,
        date.year,
        clock / HOUR,
        clock / MINUTE % 60,
        clock % MINUTE
    )
}

/// As in `40 s`, `12 min`, `3 h 5 min`, `12 days`: no finer than anybody wants to know.
pub fn span(seconds: u64) -> String {
    let two = |large: u64, large_unit: &str, small: u64, small_unit: &str| match small {
        0 => format!("{large} {large_unit}"),
        _ => format!("{large} {large_unit} {small} {small_unit}"),
    };
    match seconds {
        0..MINUTE => format!("{seconds} s"),
        MINUTE..HOUR => format!("{} min", seconds / MINUTE),
        HOUR..DAY => two(seconds / HOUR, "h", seconds % HOUR / MINUTE, "min"),
        _ if seconds < 3 * DAY => {
            let days = seconds / DAY;
            two(
                days,
                if days == 1 { "day" } else { "days" },
                seconds % DAY / HOUR,
                "h",
            )
        }
        _ => format!("{} days", seconds / DAY),
    }
}

/// As in `99.98 %`. Never rounded up, so that 100 % means every second.
pub(super) fn percent(share: f64) -> String {
    if share >= 1.0 {
        return "100 %".to_owned();
    }
    format!("{:.2} %", (share * 10_000.0).floor() / 100.0)
}

/// As in `a, b and 3 more`.
pub(super) fn list(names: &[&str], most: usize) -> String {
    let (shown, rest) = names.split_at(names.len().min(most));
    match (shown, rest.len()) {
        ([all @ .., last], 0) if !all.is_empty() => format!("{} and {last}", all.join(", ")),
        (_, 0) => shown.join(""),
        (_, more) => format!("{} and {more} more", shown.join(", ")),
    }
}

/// A zone without its final dot, as people write it.
pub(super) fn relaxed(zone: &str) -> &str {
    match zone.strip_suffix('.') {
        Some("") | None => zone,
        Some(name) => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told_in_utc() {
        assert_eq!(moment(1_795_439_101), "2026-11-23 13:05 UTC");
        assert_eq!(
            time(1_795_439_101),
            "<time datetime=\"2026-11-23T13:05:01Z\">2026-11-23 13:05 UTC</time>"
        );
        assert_eq!(rfc1123(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(rfc1123(0), "Thu, 01 Jan 1970 00:00:00 GMT");
    }

    #[test]
    fn spans_are_short() {
        for (seconds, text) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (3599, "59 min"),
            (3600, "1 h"),
            (3720, "1 h 2 min"),
            (86_400, "1 day"),
            (100_000, "1 day 3 h"),
            (200_000, "2 days 7 h"),
            (7_776_000, "90 days"),
        ] {
            assert_eq!(span(seconds), text);
        }
    }

    #[test]
    fn a_hundred_percent_is_every_second() {
        for (share, text) in [
            (1.0, "100 %"),
            (0.999_999_9, "99.99 %"),
            (0.999_8, "99.98 %"),
            (0.5, "50.00 %"),
            (0.0, "0.00 %"),
        ] {
            assert_eq!(percent(share), text);
        }
    }

    #[test]
    fn names_are_listed_as_in_speech() {
        assert_eq!(list(&["a"], 3), "a");
        assert_eq!(list(&["a", "b"], 3), "a and b");
        assert_eq!(list(&["a", "b", "c"], 3), "a, b and c");
        assert_eq!(list(&["a", "b", "c", "d", "e"], 3), "a, b, c and 2 more");
        assert_eq!(list(&["a", "b"], 1), "a and 1 more");
        assert_eq!(
            (relaxed("example.com."), relaxed(".")),
            ("example.com", ".")
        );
    }
}
