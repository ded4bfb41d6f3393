//! Days and moments of the calendar that everybody uses, in UTC.

use std::fmt;

/// A day of the Gregorian calendar, from 1 January 1970 on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Date {
    /// `2026`.
    pub year: u64,
    /// From 1.
    pub month: u64,
    /// From 1.
    pub day: u64,
}

impl Date {
    /// The day, if the calendar has it.
    pub fn new(year: u64, month: u64, day: u64) -> Option<Self> {
        let exists = (1970..10_000).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_in_month(year, month)).contains(&day);
        exists.then_some(Self { year, month, day })
    }

    /// The day of a moment in seconds since 1970.
    pub fn of(seconds: u64) -> Self {
        // Years that start in March have their leap day at the end, so that month lengths follow one rule; and 400 of
        // them always have the same number of days.
        let days = seconds / 86_400 + 719_468;
        let (era, day) = (days / 146_097, days % 146_097);
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (year * 365 + year / 4 - year / 100);
        let month = (day * 5 + 2) / 153;
        let day = day - (month * 153 + 2) / 5 + 1;
        let (month, next) = if month < 10 {
            (month + 3, 0)
        } else {
            (month - 9, 1)
        };
        Self {
            year: era * 400 + year + next,
            month,
            day,
        }
    }

    /// Its first second, since 1970.
    pub fn begin(self) -> u64 {
        let (year, month) = if self.month > 2 {
            (self.year, self.month - 3)
        } else {
            (self.year - 1, self.month + 9)
        };
        let leap = year / 4 - year / 100 + year / 400;
        let days = year * 365 + leap + (month * 153 + 2) / 5 + self.day - 1;
        (days - 719_468) * 86_400
    }
}

/// As in `2026-11-23`.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// Seconds since 1970 as in `2026-11-23T13:05:01Z` (RFC 3339).
pub fn rfc3339(seconds: u64) -> String {
    let clock = seconds % 86_400;
    let (hour, minute, second) = (clock / 3600, clock / 60 % 60, clock % 60);
    format!("{}T{hour:02}:{minute:02}:{second:02}Z", Date::of(seconds))
}

fn days_in_month(year: u64, month: u64) -> u64 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 => 28 + u64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_709_164_800, "2024-02-29T00:00:00Z"),
            (1_735_689_599, "2024-12-31T23:59:59Z"),
            (1_795_439_101, "2026-11-23T13:05:01Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(rfc3339(seconds), text);
        }
    }

    #[test]
    fn every_day_of_two_centuries_begins_where_it_begins() {
        let mut before = None;
        for day in 0..80_000 {
            let date = Date::of(day * 86_400 + 86_399);
            assert_eq!(date.begin(), day * 86_400, "{date}");
            assert_eq!(Date::new(date.year, date.month, date.day), Some(date));
            assert!(before < Some(date));
            before = Some(date);
        }
        for (year, month, day) in [
            (2026, 2, 29),
            (2100, 2, 29),
            (2026, 13, 1),
            (2026, 4, 31),
            (1969, 12, 31),
        ] {
            assert_eq!(Date::new(year, month, day), None);
        }
    }
}
