//! The screen of `drill`: the arithmetic, a line for each phase, a bar for each short stretch.

use super::Style;
use super::layout::{plural, wrap};
use crate::report::{
    ArithmeticEntry, DrillEntry, FindingEntry, Phase, RehearsalEntry, Report, Tally, ZoneReport,
};

/// What stands beside a bar: the second, the mark of the fault, the latency.
const BESIDE: usize = 23;

/// More makes no bar clearer.
const LONGEST_BAR: usize = 60;

/// The whole screen.
pub fn drill(report: &Report, style: Style) -> String {
    let mut out = String::new();
    for zone in &report.zones {
        if let Some(drill) = &zone.drill {
            out.push_str(&headline(zone, drill, style));
            if !style.quiet {
                out.push_str(&arithmetic(&drill.arithmetic, &drill.down, style));
                if let Some(rehearsal) = drill
                    .rehearsal
                    .as_ref()
                    .filter(|one| !one.slices.is_empty())
                {
                    out.push_str(&phases(rehearsal, style));
                    out.push_str(&bars(rehearsal, drill, style));
                }
            }
        }
        out.extend(
            report
                .findings
                .iter()
                .chain(&zone.findings)
                .map(|one| noticed(one, style)),
        );
    }
    out
}

fn noticed(finding: &FindingEntry, style: Style) -> String {
    let symbol = match finding.severity.as_str() {
        "error" => '!',
        "warning" => '~',
        _ => '?',
    };
    let text = format!("{} [{}]", finding.message, finding.code);
    let mut out = format!(
        "\n{} {}\n",
        style.symbol(symbol),
        wrap(&text, style.width, 2)
    );
    if let Some(hint) = &finding.hint {
        let hint = format!("hint: {hint}");
        out.push_str(&format!("  {}\n", wrap(&hint, style.width, 2)));
    }
    out
}

fn headline(zone: &ZoneReport, drill: &DrillEntry, style: Style) -> String {
    let without = format!("{} without {}", zone.zone, drill.down);
    let (symbol, text) = match &drill.rehearsal {
        None if drill.arithmetic.survived => (
            '=',
            format!(
                "{without}: by arithmetic it is still served, at {}",
                addresses(drill.arithmetic.left)
            ),
        ),
        None => (
            '!',
            format!("{without}: by arithmetic nobody is left to answer"),
        ),
        Some(rehearsal) if rehearsal.of(Phase::During).lookups == 0 => (
            '?',
            format!(
                "{without}: the rehearsal was stopped before {} was {}",
                drill.down,
                drill.told_fault()
            ),
        ),
        Some(rehearsal) => {
            let tally = rehearsal.of(Phase::During);
            let is_whole = rehearsal.of(Phase::After).lookups > 0;
            let symbol = if !rehearsal.of(Phase::Before).is_well() || !is_whole {
                '?'
            } else if tally.is_well() {
                '='
            } else if tally.wrong > 0 {
                '~'
            } else {
                '!'
            };
            let text = format!(
                "{without} ({}): {} of {} right, {} wrong, {} without an answer",
                drill.told_fault(),
                share(&tally),
                plural(tally.lookups, "cold lookup"),
                tally.wrong,
                tally.nothing
            );
            (symbol, text)
        }
    };
    format!("{} {}\n", style.symbol(symbol), wrap(&text, style.width, 2))
}

fn addresses(count: usize) -> String {
    format!("{count} address{}", if count == 1 { "" } else { "es" })
}

fn share(tally: &Tally) -> String {
    format!("{:.1} %", tally.success())
}

fn arithmetic(own: &ArithmeticEntry, down: &str, style: Style) -> String {
    let mut lines = vec![format!(
        "by arithmetic {} of {} {} lost, {} left",
        own.lost,
        addresses(own.servers),
        if own.lost == 1 { "is" } else { "are" },
        own.left
    )];
    if own.survived {
        let (from, to) = own.first_wait_seconds;
        lines.push(format!(
            "{:.0} % of cold lookups ask a dead server first, and wait {from} to {to} s for it at first",
            own.cold_share * 100.0
        ));
        lines.push(format!(
            "{:.0} % of cold lookups would be told something wrong if {down} were stale and not dead",
            own.stale_share * 100.0
        ));
    }
    let assumed = own.assumptions.iter();
    lines.extend(assumed.map(|one| format!("assumes: {one}")));
    let lines: Vec<String> = lines
        .iter()
        .enumerate()
        .map(|(index, line)| {
            let indent = if index == 0 { 2 } else { 4 };
            format!(
                "{}{}\n",
                " ".repeat(indent),
                wrap(line, style.width, indent)
            )
        })
        .collect();
    format!("\n{}", lines.concat())
}

fn phases(rehearsal: &RehearsalEntry, style: Style) -> String {
    let how = match rehearsal.names.as_str() {
        "wildcard" => "a new name each time",
        _ => "the zone's names, cache off",
    };
    let text = format!(
        "rehearsed with {}: {} lookups a second, {how}",
        rehearsal.resolver, rehearsal.rate
    );
    let mut out = format!(
        "\n  {}\n\n          lookups    right  wrong  nothing     p50      p95\n",
        wrap(&text, style.width, 2)
    );
    for entry in rehearsal
        .phases
        .iter()
        .filter(|entry| entry.tally.lookups > 0)
    {
        let tally = &entry.tally;
        let symbol = if tally.is_well() {
            '='
        } else if tally.wrong > 0 {
            '~'
        } else {
            '!'
        };
        out.push_str(&format!(
            "{} {:<7} {:>7} {:>8} {:>6} {:>8} {:>7} {:>8}\n",
            style.symbol(symbol),
            entry.phase,
            tally.lookups,
            share(tally),
            tally.wrong,
            tally.nothing,
            milliseconds(tally.p50_ms),
            milliseconds(tally.p95_ms),
        ));
    }
    out
}

/// `12 ms`, `1.2 s`; `-` where nothing was answered.
fn milliseconds(time: Option<f64>) -> String {
    match time {
        None => "-".to_owned(),
        Some(time) if time < 9.95 => format!("{time:.1} ms"),
        Some(time) if time < 999.5 => format!("{time:.0} ms"),
        Some(time) => format!("{:.1} s", time / 1000.0),
    }
}

fn bars(rehearsal: &RehearsalEntry, drill: &DrillEntry, style: Style) -> String {
    let width = style.width.saturating_sub(BESIDE).clamp(10, LONGEST_BAR);
    let mut out = format!(
        "\n  second   {:<width$}       p95\n",
        "= right  ~ wrong  - nothing"
    );
    for slice in &rehearsal.slices {
        let is_on = slice.phase == Phase::During;
        let bar: String = cells(&slice.tally, width)
            .into_iter()
            .filter(|(_, length)| *length > 0)
            .map(|(symbol, length)| {
                let text = symbol.to_string().repeat(length);
                style.paint(if symbol == '=' { '+' } else { symbol }, &text)
            })
            .collect();
        out.push_str(&format!(
            "  {:>6.1} {} {bar} {:>9}\n",
            slice.from_ms / 1000.0,
            if is_on {
                style.symbol('!')
            } else {
                " ".to_owned()
            },
            milliseconds(slice.tally.p95_ms),
        ));
    }
    let legend = format!("! {} is {}", drill.down, drill.told_fault());
    out.push_str(&format!("  {legend}\n"));
    out
}

/// A bar of `width`, in parts; what happened at all is seen, if only once.
fn cells(tally: &Tally, width: usize) -> [(char, usize); 3] {
    let part = |count: usize| {
        if count == 0 {
            0
        } else {
            (count * width / tally.lookups.max(1)).max(1)
        }
    };
    let (wrong, nothing) = (part(tally.wrong), part(tally.nothing));
    let right = if tally.right == 0 {
        0
    } else {
        width.saturating_sub(wrong + nothing)
    };
    // Rounding is at the cost of what is most.
    let nothing = if right == 0 && nothing > 0 {
        width - wrong.min(width)
    } else {
        nothing
    };
    let wrong = if right == 0 && nothing == 0 {
        width
    } else {
        wrong
    };
    [('=', right), ('~', wrong), ('-', nothing)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{LookupRow, Told};

    #[test]
    fn a_bar_is_as_wide_as_any_other_and_hides_nothing() {
        for (right, wrong, nothing) in [
            (20, 0, 0),
            (0, 20, 0),
            (0, 0, 20),
            (999, 1, 0),
            (998, 1, 1),
            (7, 6, 7),
            (0, 13, 7),
        ] {
            let tally = Tally {
                lookups: right + wrong + nothing,
                right,
                wrong,
                nothing,
                ..Tally::default()
            };
            let cells = cells(&tally, 37);
            assert_eq!(cells.iter().map(|(_, length)| length).sum::<usize>(), 37);
            for ((_, length), count) in cells.iter().zip([right, wrong, nothing]) {
                assert_eq!(*length > 0, count > 0, "{cells:?}");
            }
        }
    }

    #[test]
    fn sixty_columns_are_enough() {
        let rows: Vec<LookupRow> = (0..80_u32)
            .map(|index| LookupRow {
                at_ms: f64::from(index) * 250.0,
                phase: match index {
                    0..20 => Phase::Before,
                    20..60 => Phase::During,
                    _ => Phase::After,
                },
                name: "www.example.com.".to_owned(),
                rtype: "A".to_owned(),
                rcode: None,
                latency_ms: Some(1234.5),
                told: if index == 30 {
                    Told::Nothing
                } else {
                    Told::Right
                },
            })
            .collect();
        let rehearsal = RehearsalEntry {
            resolver: "unbound 1.17.1".to_owned(),
            names: "wildcard".to_owned(),
            rate: 4,
            seconds: 20.0,
            patience_seconds: 5.0,
            phases: Vec::new(),
            slices: Vec::new(),
        };
        let mut report = Report::new("drill");
        report.zones.push(ZoneReport {
            zone: "example.com.".to_owned(),
            drill: Some(DrillEntry {
                down: "beta".to_owned(),
                fault: "lossy".to_owned(),
                loss_percent: Some(50),
                arithmetic: ArithmeticEntry {
            servers: 4,
            lost: 2,
            left: 2,
            survived: true,
            cold_share: 0.5,
            first_wait_seconds: (0.8, 1.5),
            stale_share: 0.5,
            assumptions: vec!["a resolver picks among all addresses alike; those that prefer the nearest do better".to_owned()],
        },
                rehearsal: Some(rehearsal.with(&rows)),
            }),
            ..ZoneReport::default()
        });
        let style = Style {
            width: 60,
            ..Style::default()
        };
        let screen = drill(&report, style);
        for line in screen.lines() {
            assert!(line.chars().count() <= 60, "{line}\n{screen}");
        }
        assert!(
            screen.contains("! during       40   97.5 %      0        1   1.2 s    1.2 s"),
            "{screen}"
        );
        let once = screen.lines().filter(|line| line.contains("=-"));
        assert_eq!(once.count(), 1, "{screen}");
    }

    #[test]
    fn times_are_short() {
        let told = [Some(0.42), Some(9.99), Some(1499.0), None].map(milliseconds);
        assert_eq!(told, ["0.4 ms", "10 ms", "1.5 s", "-"]);
    }
}
