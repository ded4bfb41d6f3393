//! Zones about which there is nothing to say, where there are many.

use std::fmt::Write as _;

use super::layout::Style;
use crate::report::data::{Report, ZoneReport};

/// Up to this many each has a line of its own.
const MANY: usize = 50;

/// Says in one line that `what` is so of the calm zones, where there are many, and gives the others.
pub(super) fn apart<'r>(
    out: &mut String,
    report: &'r Report,
    style: Style,
    is_calm: impl Fn(&ZoneReport) -> bool,
    what: &str,
) -> Vec<&'r ZoneReport> {
    let (calm, others): (Vec<&ZoneReport>, Vec<&ZoneReport>) =
        report.zones.iter().partition(|zone| is_calm(zone));
    if style.verbose || calm.len() <= MANY {
        return report.zones.iter().collect();
    }
    let count = grouped(calm.len());
    let _ = writeln!(
        out,
        "{} {count} zones {what} (`-v` names them)\n",
        style.symbol('=')
    );
    others
}

/// `2998` as `2,998`.
fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_told_apart() {
        let told = [7, 50, 999, 1000, 2998, 1_234_567].map(grouped);
        assert_eq!(told, ["7", "50", "999", "1,000", "2,998", "1,234,567"]);
    }

    #[test]
    fn many_calm_zones_share_a_line_and_few_do_not() {
        let zones = |count: usize| {
            let mut report = Report::new("plan");
            report.zones = (0..count)
                .map(|number| ZoneReport {
                    zone: format!("z{number}.example."),
                    record_sets: number,
                    ..ZoneReport::default()
                })
                .collect();
            report
        };
        let is_calm = |zone: &ZoneReport| zone.record_sets != 7;
        let run = |count, verbose| {
            let mut out = String::new();
            let style = Style {
                verbose,
                ..Style::default()
            };
            let shown = apart(&mut out, &zones(count), style, is_calm, "are calm").len();
            (out, shown)
        };
        assert_eq!(run(51, false), (String::new(), 51));
        let line = "= 51 zones are calm (`-v` names them)\n\n".to_owned();
        assert_eq!(run(52, false), (line, 1));
        assert_eq!(run(52, true), (String::new(), 52));
    }
}
