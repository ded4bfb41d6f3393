//! Metrics in Prometheus' text format, for the textfile collector of the `node_exporter`
//! (<https://prometheus.io/docs/instrumenting/exposition_formats/>, verified 2026-11-30).
//!
//! Series are there whether or not something differs, so that an alert can tell 0 from nothing; when the file was
//! written, the collector says itself.

use std::fmt::Write as _;

use super::data::{NameserverReport, ProviderReport, ProviderState, Report, ZoneReport};

const VERDICTS: &[&str] = &["missing", "stale", "extra", "differs", "unverified"];

/// A name and its value.
pub type Label<'a> = (&'a str, &'a str);

/// What a metric is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Metric {
    /// May go up and down.
    Gauge,
    /// Only goes up while the process lives; its name ends in `_total`.
    Counter,
}

/// The report as metrics.
pub fn prometheus(report: &Report) -> String {
    let mut out = String::new();
    let zones = &report.zones;
    family(
        &mut out,
        "redundns_exit_code",
        "What the run came to: 0 the same, 1 differs, 2 could not be verified, 3 stopped midway, 4 refused.",
        [(
            vec![("command", &*report.command)],
            f64::from(report.outcome.exit_code()),
        )],
    );
    family(
        &mut out,
        "redundns_zone_record_sets",
        "Record sets in the zone file.",
        zones
            .iter()
            .map(|zone| (vec![of(zone)], count(zone.record_sets))),
    );
    family(
        &mut out,
        "redundns_zone_questions",
        "Questions by what they came to: answered as the zone file says everywhere, otherwise somewhere, or not at all.",
        zones.iter().flat_map(|zone| {
            let agreement = zone.agreement;
            [
                ("agree", agreement.agree),
                ("differ", agreement.differ),
                ("unverified", agreement.unverified),
            ]
            .map(|(result, number)| (vec![of(zone), ("result", result)], count(number)))
        }),
    );
    family(
        &mut out,
        "redundns_zone_differences",
        "Differences that are not explained, by verdict.",
        zones.iter().flat_map(|zone| {
            VERDICTS.iter().map(move |&verdict| {
                let is_meant =
                    |one: &&super::Difference| one.verdict == verdict && one.explained.is_none();
                let number = zone.differences.iter().filter(is_meant).count();
                (vec![of(zone), ("verdict", verdict)], count(number))
            })
        }),
    );
    family(
        &mut out,
        "redundns_zone_survives_loss",
        "Whether the zone is served without it: 1 yes, 0 no.",
        zones.iter().flat_map(|zone| {
            let losses = zone.redundancy.iter().flat_map(|own| &own.losses);
            losses.map(move |loss| {
                let labels = vec![of(zone), ("kind", &*loss.kind), ("name", &*loss.name)];
                (labels, f64::from(loss.survives))
            })
        }),
    );
    family(
        &mut out,
        "redundns_zone_findings",
        "Findings about the zone.",
        zones.iter().flat_map(|zone| {
            ["error", "warning", "info"].map(|severity| {
                let number = zone
                    .findings
                    .iter()
                    .filter(|one| one.severity == severity)
                    .count();
                (vec![of(zone), ("severity", severity)], count(number))
            })
        }),
    );
    providers(&mut out, zones);
    nameservers(&mut out, zones);
    out
}

fn providers(out: &mut String, zones: &[ZoneReport]) {
    let each = |value: fn(&ProviderReport) -> f64| {
        zones.iter().flat_map(move |zone| {
            zone.providers
                .iter()
                .map(move |provider| (vec![of(zone), ("provider", &*provider.id)], value(provider)))
        })
    };
    family(
        out,
        "redundns_provider_read",
        "Whether the provider's API could be read.",
        each(|provider| f64::from(u8::from(provider.state != ProviderState::Unknown))),
    );
    family(
        out,
        "redundns_provider_pending_changes",
        "Record sets that the provider's API does not hold as the zone file has them.",
        each(|provider| count(provider.changes.len().saturating_sub(provider.applied))),
    );
}

fn nameservers(out: &mut String, zones: &[ZoneReport]) {
    let each = |value: fn(&NameserverReport) -> Option<f64>| {
        zones.iter().flat_map(move |zone| {
            zone.nameservers.iter().filter_map(move |server| {
                let labels = vec![
                    of(zone),
                    ("provider", server.provider.as_deref().unwrap_or_default()),
                    ("nameserver", &*server.name),
                    ("address", &*server.address),
                ];
                Some((labels, value(server)?))
            })
        })
    };
    family(
        out,
        "redundns_nameserver_asked",
        "Questions that the nameserver was asked.",
        each(|server| Some(count(server.asked))),
    );
    family(
        out,
        "redundns_nameserver_answered",
        "Questions that the nameserver answered.",
        each(|server| Some(count(server.answered))),
    );
    family(
        out,
        "redundns_nameserver_median_seconds",
        "Median time to answer.",
        each(|server| server.p50_ms.map(|time| time / 1000.0)),
    );
    family(
        out,
        "redundns_nameserver_p95_seconds",
        "Time within which 95 of 100 answers came.",
        each(|server| server.p95_ms.map(|time| time / 1000.0)),
    );
    family(
        out,
        "redundns_nameserver_soa_serial",
        "SOA serial that the nameserver serves.",
        each(|server| server.serial.map(f64::from)),
    );
}

fn of(zone: &ZoneReport) -> Label<'_> {
    ("zone", &zone.zone)
}

#[expect(clippy::cast_precision_loss, reason = "nothing is counted up to 2^53")]
fn count(number: usize) -> f64 {
    number as f64
}

/// A gauge with its samples; nothing where there are none.
fn family<'a>(
    out: &mut String,
    name: &str,
    help: &str,
    samples: impl IntoIterator<Item = (Vec<Label<'a>>, f64)>,
) {
    metric(out, Metric::Gauge, name, help, samples);
}

/// A metric with its samples; nothing where there are none.
pub fn metric<'a>(
    out: &mut String,
    kind: Metric,
    name: &str,
    help: &str,
    samples: impl IntoIterator<Item = (Vec<Label<'a>>, f64)>,
) {
    let kind = match kind {
        Metric::Gauge => "gauge",
        Metric::Counter => "counter",
    };
    let mut samples = samples.into_iter().peekable();
    if samples.peek().is_none() {
        return;
    }
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
    for (labels, value) in samples {
        let labels: Vec<String> = labels
            .iter()
            .map(|(name, value)| format!("{name}=\"{}\"", escaped(value)))
            .collect();
        let labels = match labels.join(",") {
            none if none.is_empty() => none,
            some => format!("{{{some}}}"),
        };
        let _ = writeln!(out, "{name}{labels} {value}");
    }
}

/// The value of a label.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::super::samples::drifted;
    use super::*;

    #[test]
    fn each_family_is_described_once_and_values_are_those_of_the_report() {
        let mut report = drifted();
        report.zones.push(ZoneReport {
            zone: "a\\034b\".example.".to_owned(),
            ..ZoneReport::default()
        });
        let text = prometheus(&report);
        for line in [
            "redundns_exit_code{command=\"check\"} 2",
            "redundns_zone_questions{zone=\"example.com.\",result=\"differ\"} 3",
            "redundns_zone_differences{zone=\"example.com.\",verdict=\"missing\"} 0",
            "redundns_zone_differences{zone=\"example.com.\",verdict=\"differs\"} 0",
            "redundns_provider_read{zone=\"example.com.\",provider=\"gamma\"} 0",
            "redundns_provider_pending_changes{zone=\"example.com.\",provider=\"beta\"} 1",
            "redundns_nameserver_p95_seconds{zone=\"example.com.\",provider=\"beta\",\
             nameserver=\"ns3.beta.example.\",address=\"192.0.2.13:53\"} 0.28",
            "redundns_zone_record_sets{zone=\"a\\\\034b\\\".example.\"} 0",
        ] {
            assert!(text.lines().any(|own| own == line), "{line}:\n{text}");
        }
        let mut names: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("# TYPE "))
            .collect();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
        assert_eq!(text.matches("# HELP ").count(), all);
        // A silent server has no latency rather than 0.
        assert!(
            !text.contains("p95_seconds{zone=\"example.com.\",provider=\"beta\",nameserver=\"ns4")
        );
    }
}
