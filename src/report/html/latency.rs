//! How fast each nameserver answers: nameserver × zone, the 95th percentile in colour and as a bar.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::{ROWS, close, open};
use crate::report::data::{NameserverReport, ZoneReport};
use crate::report::escaped;
use crate::report::text::plural;

/// Zones with a column of their own.
const COLUMNS: usize = 12;

/// Milliseconds that a level stays below, its bar and its words; what is slower is the last level.
const LEVELS: &[(f64, char, &str)] = &[
    (20.0, '▁', "below 20 ms"),
    (50.0, '▃', "below 50 ms"),
    (100.0, '▅', "below 100 ms"),
    (250.0, '▆', "below 250 ms"),
    (f64::INFINITY, '█', "250 ms and more"),
];

/// One address of one nameserver, over all zones.
#[derive(Default)]
struct Row<'a> {
    label: String,
    provider: &'a str,
    asked: usize,
    answered: usize,
    /// The worst of all zones.
    median: Option<f64>,
    slow: Option<f64>,
    /// By zone, the columns in their order.
    each: Vec<Option<f64>>,
}

pub(super) fn heat_map(out: &mut String, zones: &[ZoneReport]) {
    let rows = rows(zones);
    if rows.is_empty() {
        return;
    }
    let shown = if zones.len() > 1 {
        &zones[..zones.len().min(COLUMNS)]
    } else {
        &[]
    };
    out.push_str("<section>\n<h2>Latency</h2>\n");
    let caption = match zones.len() - shown.len() {
        0 => "time within which 95 of 100 answers came; the worst of all zones first".to_owned(),
        _ if shown.is_empty() => "how fast each nameserver answered".to_owned(),
        more => format!(
            "time within which 95 of 100 answers came; {} without a column",
            plural(more, "zone")
        ),
    };
    open(out, "Latency of each nameserver", &caption);
    out.push_str("<thead><tr><th scope=\"col\">Nameserver</th><th scope=\"col\">Provider</th><th scope=\"col\">Answered</th>\
                  <th scope=\"col\">Median</th><th scope=\"col\">95 %</th>");
    for zone in shown {
        let _ = write!(out, "<th scope=\"col\">{}</th>", escaped(&zone.zone));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in rows.iter().take(ROWS) {
        let _ = write!(
            out,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td class=\"number\">{} of {}</td>",
            escaped(&row.label),
            escaped(row.provider),
            row.answered,
            row.asked
        );
        cell(out, row.median);
        cell(out, row.slow);
        for &time in &row.each {
            cell(out, time);
        }
        out.push_str("</tr>\n");
    }
    close(out, rows.len());
    out.push_str("<ul class=\"legend\">\n");
    for (level, (_, bar, words)) in LEVELS.iter().enumerate() {
        let _ = writeln!(
            out,
            "<li><span class=\"mark h{level}\">{bar}</span> {words}</li>"
        );
    }
    out.push_str("</ul>\n</section>\n");
}

fn cell(out: &mut String, time: Option<f64>) {
    let Some(time) = time else {
        out.push_str("<td class=\"number\"><span class=\"faint\">–</span></td>");
        return;
    };
    let level = LEVELS
        .iter()
        .position(|(below, ..)| time < *below)
        .unwrap_or(LEVELS.len() - 1);
    let bar = LEVELS[level].1;
    let _ = write!(
        out,
        "<td class=\"number h{level}\"><span aria-hidden=\"true\">{bar}</span> {time:.1} ms</td>"
    );
}

/// The slowest first; those that never answered last.
fn rows(zones: &[ZoneReport]) -> Vec<Row<'_>> {
    let columns = if zones.len() > 1 {
        zones.len().min(COLUMNS)
    } else {
        0
    };
    let mut rows: Vec<Row<'_>> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (column, zone) in zones.iter().enumerate() {
        for server in &zone.nameservers {
            let label = server.label();
            let place = *places.entry(label.clone()).or_insert(rows.len());
            if place == rows.len() {
                rows.push(Row {
                    label,
                    provider: server.provider.as_deref().unwrap_or("–"),
                    each: vec![None; columns],
                    ..Row::default()
                });
            }
            rows[place].add(column, server);
        }
    }
    let speed = |row: &Row<'_>| row.slow.unwrap_or(-1.0);
    rows.sort_by(|one, other| speed(other).total_cmp(&speed(one)));
    rows
}

impl Row<'_> {
    fn add(&mut self, column: usize, server: &NameserverReport) {
        self.asked += server.asked;
        self.answered += server.answered;
        let worse =
            |own: Option<f64>, other: Option<f64>| own.into_iter().chain(other).reduce(f64::max);
        self.median = worse(self.median, server.p50_ms);
        self.slow = worse(self.slow, server.p95_ms);
        if let Some(cell) = self.each.get_mut(column) {
            *cell = server.p95_ms;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::samples::{calm, drifted};
    use super::*;

    #[test]
    fn one_row_a_nameserver_the_slowest_first() {
        let zones = [calm().zones.remove(0), drifted().zones.remove(0)];
        let rows = rows(&zones);
        let labels: Vec<&str> = rows.iter().map(|row| &*row.label).collect();
        assert_eq!(
            labels,
            [
                "ns3.beta.example. 192.0.2.13:53",
                "ns2.alpha.example. 192.0.2.12:53",
                "ns1.alpha.example. 192.0.2.11:53",
                "ns4.beta.example. 192.0.2.14:53",
            ]
        );
        assert_eq!(rows[0].slow, Some(280.0));
        assert_eq!(rows[0].each, [Some(280.0), Some(280.0)]);
        assert_eq!((rows[3].slow, rows[3].each[0]), (None, None));
        let mut out = String::new();
        heat_map(&mut out, &zones);
        assert!(
            out.contains("class=\"number h4\"><span aria-hidden=\"true\">█</span> 280.0 ms"),
            "{out}"
        );
    }
}
