//! Ninety days as ninety bars: one small picture each history.
//!
//! Days alike that follow each other are one line with dashes, so that a calm history takes no room; a day on which
//! something happened is a bar of its own, with its words. A mark has its least height, so that a minute is seen.

use std::fmt::Write as _;

use crate::report::escaped;
use crate::report::text::plural;
use crate::status::told::span;
use crate::status::{Day, State};

/// Days in the picture.
pub(super) const DAYS: usize = 90;

const HEIGHT: u64 = 24;

/// A bar and the gap after it.
const STEP: usize = 4;

/// What a day is shown as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// All that was watched was good.
    Good,
    /// Nobody watched.
    Unknown,
    /// A bar of its own.
    Mixed,
}

impl Shown {
    fn of(day: &Day) -> Self {
        match day.seconds {
            [0, 0, 0, _] => Self::Unknown,
            // Less than an hour without a look is no event.
            [_, 0, 0, 0..3600] => Self::Good,
            _ => Self::Mixed,
        }
    }
}

/// The picture, named for those who do not see it.
pub(super) fn bars(out: &mut String, name: &str, days: &[Day]) {
    let days = recent(days);
    let width = DAYS * STEP - 1;
    let _ = write!(
        out,
        "<svg class=\"bars\" viewBox=\"0 0 {width} {HEIGHT}\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{}\">",
        escaped(&format!("{name}: {}", described(days)))
    );
    let mut place = DAYS - days.len();
    for run in days
        .chunk_by(|one, other| Shown::of(one) == Shown::of(other) && Shown::of(one) != Shown::Mixed)
    {
        let x = place * STEP;
        let first = &run[0];
        match Shown::of(first) {
            Shown::Mixed => bar(out, x, first),
            shown => {
                let (class, word) = match shown {
                    Shown::Good => ("g", State::Good.word()),
                    _ => ("u", "not watched"),
                };
                let length = run.len() * STEP - 1;
                let _ = write!(
                    out,
                    "<path class=\"{class}\" d=\"M{x} 12h{length}\"><title>{}: {word}</title></path>",
                    period(run)
                );
            }
        }
        place += run.len();
    }
    out.push_str("</svg>\n");
}

/// One day: what failed below, then what was degraded, then what was good; nothing where nobody watched.
fn bar(out: &mut String, x: usize, day: &Day) {
    let _ = write!(out, "<g><title>{}</title>", told(day));
    let total: u64 = day.seconds.iter().sum::<u64>().max(1);
    let [good, degraded, failed, _] = day.seconds;
    let height = |seconds: u64, least: u64| match seconds {
        0 => 0,
        _ => (HEIGHT * seconds / total).max(least),
    };
    let (failed, degraded) = (height(failed, 7), height(degraded, 7));
    let rest = HEIGHT.saturating_sub(failed + degraded);
    let good = height(good, 3).min(rest);
    let mut bottom = HEIGHT;
    for (class, height) in [("f", failed), ("d", degraded), ("g", good)] {
        let height = height.min(bottom);
        bottom -= height;
        if height > 0 {
            let _ = write!(
                out,
                "<rect class=\"{class}\" x=\"{x}\" y=\"{bottom}\" width=\"3\" height=\"{height}\"/>"
            );
        }
    }
    out.push_str("</g>");
}

/// Not more than the picture holds.
fn recent(days: &[Day]) -> &[Day] {
    &days[days.len().saturating_sub(DAYS)..]
}

fn period(run: &[Day]) -> String {
    match run {
        [first, .., last] => format!("{} to {}", first.date, last.date),
        [only] => only.date.to_string(),
        [] => String::new(),
    }
}

/// As in `2026-10-03: failed 12 min, not watched 2 h`.
fn told(day: &Day) -> String {
    let [_, degraded, failed, unknown] = day.seconds;
    let parts: Vec<String> = [
        ("failed", failed),
        ("degraded", degraded),
        ("not watched", unknown),
    ]
    .into_iter()
    .filter(|(_, seconds)| *seconds > 0)
    .map(|(what, seconds)| format!("{what} {}", span(seconds)))
    .collect();
    format!("{}: {}", day.date, parts.join(", "))
}

/// Days on which something was not good, in words.
pub(super) fn troubled(days: &[Day]) -> impl Iterator<Item = String> {
    let days = recent(days).iter();
    days.filter(|day| day.seconds[1] + day.seconds[2] > 0)
        .map(told)
}

/// As in `last 90 days: 86 days good, 1 day with trouble, 3 days not watched`.
fn described(days: &[Day]) -> String {
    let mut counts = [0; 3];
    for day in days {
        let [_, degraded, failed, _] = day.seconds;
        counts[match Shown::of(day) {
            _ if degraded + failed > 0 => 1,
            Shown::Unknown => 2,
            _ => 0,
        }] += 1;
    }
    counts[2] += DAYS - days.len();
    let words = ["good", "with trouble", "not watched"];
    let parts: Vec<String> = counts
        .into_iter()
        .zip(words)
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{} {word}", plural(count, "day")))
        .collect();
    format!("last {DAYS} days: {}", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::samples::days;

    fn drawn(days: &[Day]) -> String {
        let mut out = String::new();
        bars(&mut out, "<alpha>", days);
        out
    }

    #[test]
    fn a_calm_history_is_one_line() {
        let out = drawn(&days(&[]));
        assert!(out.len() < 350, "{}: {out}", out.len());
        assert!(
            out.contains(
                "<path class=\"g\" d=\"M0 12h359\"><title>2026-09-02 to 2026-11-30: good</title>"
            ),
            "{out}"
        );
        assert!(
            out.contains("aria-label=\"&lt;alpha&gt;: last 90 days: 90 days good\""),
            "{out}"
        );
    }

    #[test]
    fn a_minute_of_failure_is_seen_and_told() {
        let history = days(&[
            (10, [86_340, 0, 60, 0]),
            (11, [0, 0, 0, 86_400]),
            (12, [3600, 7200, 0, 75_600]),
        ]);
        let out = drawn(&history);
        let minute = "<g><title>2026-09-12: failed 1 min</title><rect class=\"f\" x=\"40\" y=\"17\" width=\"3\" height=\"7\"/>\
             <rect class=\"g\" x=\"40\" y=\"0\" width=\"3\" height=\"17\"/></g>";
        assert!(out.contains(minute), "{out}");
        assert!(
            out.contains("<path class=\"u\" d=\"M44 12h3\"><title>2026-09-13: not watched</title>"),
            "{out}"
        );
        assert!(
            out.contains("last 90 days: 87 days good, 2 days with trouble, 1 day not watched"),
            "{out}"
        );
        assert_eq!(
            troubled(&history).collect::<Vec<_>>(),
            [
                "2026-09-12: failed 1 min",
                "2026-09-14: degraded 2 h, not watched 21 h"
            ]
        );
    }

    #[test]
    fn a_bar_is_never_higher_than_the_picture() {
        for seconds in [
            [1, 86_000, 1, 1],
            [1, 1, 86_000, 0],
            [0, 1, 86_399, 0],
            [1, 43_000, 43_000, 0],
        ] {
            let out = drawn(&days(&[(0, seconds)]));
            let heights = out.split(" height=\"").skip(1);
            let sum: u64 = heights
                .map(|rest| {
                    rest.split('"')
                        .next()
                        .expect("a number")
                        .parse::<u64>()
                        .expect("a number")
                })
                .sum();
            assert!(sum <= HEIGHT, "{seconds:?}: {out}");
        }
    }

    #[test]
    fn fewer_days_stand_at_the_right_and_more_are_cut() {
        let all = days(&[]);
        let out = drawn(&all[80..]);
        assert!(
            out.contains("M320 12h39") && out.contains("80 days not watched"),
            "{out}"
        );
        let long = [&all[..], &all[..]].concat();
        assert_eq!(drawn(&long), drawn(&all));
        assert!(drawn(&[]).contains("90 days not watched"));
    }
}
