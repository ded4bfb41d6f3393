//! The chart as a picture: how many lookups were right, and how long they took, over time. Light or dark as whoever
//! looks at it prefers; nothing is said by colour alone.

use std::fmt::Write as _;

use super::{DrillEntry, Phase, PhaseEntry, RehearsalEntry, SliceEntry};
use crate::report::escaped;

const WIDTH: f64 = 720.0;
const LEFT: f64 = 64.0;
const PLOT: f64 = 640.0;
/// Top and height of the upper panel, and of the lower one.
const SHARES: (f64, f64) = (84.0, 140.0);
const TIMES: (f64, f64) = (262.0, 120.0);
/// Five decades, from 0.1 ms to 10 s.
const DECADES: [(f64, &str); 6] = [
    (0.1, "0.1 ms"),
    (1.0, "1 ms"),
    (10.0, "10 ms"),
    (100.0, "100 ms"),
    (1_000.0, "1 s"),
    (10_000.0, "10 s"),
];

const STYLE: &str = "\
:root{color-scheme:light dark}
.ground{fill:#ffffff}.fault{fill:#fbe9d0}
text{fill:#1c2128;font:13px system-ui,-apple-system,'Segoe UI',sans-serif}
.head{font-weight:600;font-size:16px}.note{font-size:12px}
.grid{stroke:#c9ced6;stroke-width:1}
.right{fill:#2a7f4f}.wrong{fill:url(#wrong)}.nothing{fill:url(#nothing)}
.on-wrong{fill:#ffcf70}.stroke-wrong{stroke:#8f4a00;stroke-width:3}
.on-nothing{fill:#fff2f0}.stroke-nothing{fill:#b3261e}
.half{fill:none;stroke:#1f5fbf;stroke-width:2}.most{fill:none;stroke:#6b3fa0;stroke-width:2;stroke-dasharray:5 3}
.half-dot{fill:#1f5fbf}.most-dot{fill:#6b3fa0}
@media (prefers-color-scheme:dark){
.ground{fill:#14181d}.fault{fill:#3a2c17}text{fill:#e6e9ee}.grid{stroke:#414954}
.right{fill:#58b985}.on-wrong{fill:#5c3a00}.stroke-wrong{stroke:#f7b755}
.on-nothing{fill:#2b1513}.stroke-nothing{fill:#ff8a80}
.half{stroke:#7fb0ff}.most{stroke:#c6a3f5}.half-dot{fill:#7fb0ff}.most-dot{fill:#c6a3f5}
}";

const PATTERNS: &str = "\
<defs>
<pattern id=\"wrong\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
<rect width=\"7\" height=\"7\" class=\"on-wrong\"/>\
<line x1=\"0\" y1=\"0\" x2=\"0\" y2=\"7\" class=\"stroke-wrong\"/></pattern>
<pattern id=\"nothing\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">\
<rect width=\"6\" height=\"6\" class=\"on-nothing\"/>\
<circle cx=\"3\" cy=\"3\" r=\"1.6\" class=\"stroke-nothing\"/></pattern>
</defs>
";

/// The picture of `rehearsal`, a part of `drill` in `zone`.
pub fn svg(zone: &str, drill: &DrillEntry, rehearsal: &RehearsalEntry) -> String {
    let title = format!("{zone} without {} ({})", drill.down, drill.told_fault());
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} 460\" role=\"img\" \
         aria-labelledby=\"title desc\">\n<title id=\"title\">{}</title>\n<desc id=\"desc\">{}</desc>\n\
         <style>\n{STYLE}\n</style>\n{PATTERNS}",
        escaped(&title),
        escaped(&described(rehearsal)),
    );
    let _ = writeln!(
        out,
        "<rect class=\"ground\" width=\"{WIDTH}\" height=\"460\"/>"
    );
    let axis = Axis::of(rehearsal);
    axis.fault(&mut out, &drill.told_fault());
    text(&mut out, (LEFT, 26.0), "head", "start", &title);
    text(&mut out, (LEFT, 48.0), "note", "start", &outcome(rehearsal));
    for (top, words) in [(SHARES.0, "answers"), (TIMES.0, "latency")] {
        text(&mut out, (LEFT, top - 6.0), "note", "start", words);
    }
    shares(&mut out, rehearsal, &axis);
    times(&mut out, rehearsal, &axis);
    axis.seconds(&mut out);
    legend(&mut out);
    out.push_str("</svg>\n");
    out
}

/// How it was made, and what became of the lookups that counted.
fn outcome(rehearsal: &RehearsalEntry) -> String {
    let made = format!(
        "{}, {} cold lookups a second",
        rehearsal.resolver, rehearsal.rate
    );
    let during = |entry: &&PhaseEntry| entry.phase == Phase::During;
    match rehearsal.phases.iter().find(during) {
        Some(PhaseEntry { tally, .. }) => format!(
            "{made}; during the fault {} right, {} wrong, {} no answer",
            tally.right, tally.wrong, tally.nothing
        ),
        None => made,
    }
}

/// What the picture shows, for whoever cannot see it.
fn described(rehearsal: &RehearsalEntry) -> String {
    let phases = rehearsal.phases.iter().map(|entry| {
        let tally = &entry.tally;
        let time = |time: Option<f64>| time.map_or("none".to_owned(), |time| format!("{time:.1} ms"));
        format!(
            "{} the fault {} of {} lookups were right, {} wrong, {} without an answer; median latency {}, 95th percentile {}.",
            entry.phase,
            tally.right,
            tally.lookups,
            tally.wrong,
            tally.nothing,
            time(tally.p50_ms),
            time(tally.p95_ms),
        )
    });
    phases.collect::<Vec<_>>().join(" ")
}

/// Where moments lie.
struct Axis {
    /// The length of a slice, in milliseconds.
    step: f64,
    end: f64,
    fault: Option<(f64, f64)>,
}

impl Axis {
    fn of(rehearsal: &RehearsalEntry) -> Self {
        let step = rehearsal.seconds * 1000.0 / super::SLICES;
        let last = rehearsal.slices.last().map_or(0.0, |slice| slice.from_ms);
        let during = || {
            let slices = rehearsal.slices.iter();
            slices.filter(|slice| slice.phase == Phase::During)
        };
        let fault = during().next().zip(during().next_back());
        // It is over when the last lookup of its phase has ended, which is when the next phase begins.
        let after = rehearsal
            .slices
            .iter()
            .find(|slice| slice.phase == Phase::After);
        Self {
            step,
            end: last + step,
            fault: fault.map(|(first, last)| {
                let end = after.map_or(last.from_ms + step, |slice| slice.from_ms);
                (first.from_ms, end)
            }),
        }
    }

    fn x(&self, moment: f64) -> f64 {
        LEFT + moment / self.end.max(1.0) * PLOT
    }

    fn fault(&self, out: &mut String, told: &str) {
        let Some((from, to)) = self.fault else {
            return;
        };
        let (x, width) = (self.x(from), self.x(to) - self.x(from));
        let height = TIMES.0 + TIMES.1 - SHARES.0 + 18.0;
        let _ = writeln!(
            out,
            "<rect class=\"fault\" x=\"{x:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"/>",
            SHARES.0 - 18.0
        );
        let at = (x + width / 2.0, SHARES.0 - 5.0);
        text(out, at, "note", "middle", &format!("fault: {told}"));
    }

    fn seconds(&self, out: &mut String) {
        let whole = (self.end / 1000.0).ceil();
        let each = [1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0];
        let each = each
            .into_iter()
            .find(|each| whole / each <= 10.0)
            .unwrap_or(whole);
        let mut second = 0.0;
        while second * 1000.0 <= self.end {
            let at = (self.x(second * 1000.0), TIMES.0 + TIMES.1 + 18.0);
            text(out, at, "note", "middle", &format!("{second:.0} s"));
            second += each;
        }
    }
}

fn shares(out: &mut String, rehearsal: &RehearsalEntry, axis: &Axis) {
    let (top, height) = SHARES;
    for percent in [0.0, 50.0, 100.0] {
        let y = top + height * (1.0 - percent / 100.0);
        line(out, y, &format!("{percent:.0} %"));
    }
    for slice in &rehearsal.slices {
        let tally = &slice.tally;
        if tally.lookups == 0 {
            continue;
        }
        let _ = writeln!(out, "<g><title>{}</title>", told(slice));
        let mut bottom = top + height;
        for (class, count) in [
            ("right", tally.right),
            ("wrong", tally.wrong),
            ("nothing", tally.nothing),
        ] {
            let own = height * super::percent(count, tally.lookups) / 100.0;
            bottom -= own;
            if count > 0 {
                rectangle(out, class, axis.x(slice.from_ms), bottom, axis, own);
            }
        }
        out.push_str("</g>\n");
    }
}

fn told(slice: &SliceEntry) -> String {
    let tally = &slice.tally;
    format!(
        "{:.1} s, {}: {} right, {} wrong, {} without an answer",
        slice.from_ms / 1000.0,
        slice.phase,
        tally.right,
        tally.wrong,
        tally.nothing
    )
}

fn rectangle(out: &mut String, class: &str, x: f64, y: f64, axis: &Axis, height: f64) {
    let width = (axis.x(axis.step) - LEFT - 2.0).max(1.0);
    let _ = writeln!(
        out,
        "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"/>"
    );
}

fn times(out: &mut String, rehearsal: &RehearsalEntry, axis: &Axis) {
    let (top, height) = TIMES;
    let y = |time: f64| {
        let decades = time.clamp(0.1, 10_000.0).log10() + 1.0;
        top + height * (1.0 - decades / 5.0)
    };
    for (time, label) in DECADES {
        line(out, y(time), label);
    }
    let points = |choose: &dyn Fn(&SliceEntry) -> Option<f64>| -> Vec<(f64, f64)> {
        let slices = rehearsal.slices.iter();
        slices
            .filter_map(|slice| Some((axis.x(slice.from_ms + axis.step / 2.0), y(choose(slice)?))))
            .collect()
    };
    for (class, points) in [
        ("half", points(&|slice| slice.tally.p50_ms)),
        ("most", points(&|slice| slice.tally.p95_ms)),
    ] {
        let path: Vec<String> = points
            .iter()
            .map(|(x, y)| format!("{x:.1},{y:.1}"))
            .collect();
        let _ = writeln!(
            out,
            "<polyline class=\"{class}\" points=\"{}\"/>",
            path.join(" ")
        );
        for (x, y) in points {
            dot(out, class, x, y);
        }
    }
}

/// A round one for the median, a square one for the 95th percentile.
fn dot(out: &mut String, class: &str, x: f64, y: f64) {
    let _ = if class == "half" {
        writeln!(
            out,
            "<circle class=\"half-dot\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\"/>"
        )
    } else {
        let (x, y) = (x - 3.0, y - 3.0);
        writeln!(
            out,
            "<rect class=\"most-dot\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"6\" height=\"6\"/>"
        )
    };
}

fn legend(out: &mut String) {
    const BOX: f64 = 432.0;
    for (x, class, label) in [
        (LEFT, "right", "right"),
        (LEFT + 90.0, "wrong", "wrong"),
        (LEFT + 186.0, "nothing", "no answer"),
    ] {
        let _ = writeln!(
            out,
            "<rect class=\"{class}\" x=\"{x}\" y=\"{BOX}\" width=\"14\" height=\"14\"/>"
        );
        text(out, (x + 20.0, BOX + 12.0), "note", "start", label);
    }
    for (x, class, label) in [
        (LEFT + 310.0, "half", "median latency"),
        (LEFT + 460.0, "most", "95th percentile"),
    ] {
        let y = BOX + 7.0;
        let _ = writeln!(
            out,
            "<line class=\"{class}\" x1=\"{x}\" y1=\"{y}\" x2=\"{}\" y2=\"{y}\"/>",
            x + 26.0
        );
        dot(out, class, x + 13.0, y);
        text(out, (x + 32.0, BOX + 12.0), "note", "start", label);
    }
}

/// A line of the grid and its label.
fn line(out: &mut String, y: f64, label: &str) {
    let _ = writeln!(
        out,
        "<line class=\"grid\" x1=\"{LEFT}\" y1=\"{y:.1}\" x2=\"{}\" y2=\"{y:.1}\"/>",
        LEFT + PLOT
    );
    text(out, (LEFT - 8.0, y + 4.0), "note", "end", label);
}

fn text(out: &mut String, (x, y): (f64, f64), class: &str, anchor: &str, words: &str) {
    let _ = writeln!(
        out,
        "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{}</text>",
        escaped(words)
    );
}
