//! The XML of `JUnit`, as Jenkins, GitLab and others read it: a test suite for each nameserver and each provider's API, a
//! test case for each record set.
//!
//! A report holds no record set that agrees, and so those are one test case with their number.

use std::fmt::Write as _;

use super::data::{FindingEntry, ProviderReport, ProviderState, Report, SetEntry, ZoneReport};
use super::text::{Style, difference_in_full, plural, relative};

/// What a test case came to.
enum Came {
    Passed,
    /// Something is as it should not be.
    Failed {
        kind: String,
        text: String,
    },
    /// It could not be verified.
    Error {
        kind: String,
        text: String,
    },
    /// It is as declared, or only a warning.
    Skipped {
        text: String,
    },
}

struct Case {
    name: String,
    result: Came,
}

struct Suite {
    name: String,
    /// The zone.
    class: String,
    cases: Vec<Case>,
}

/// The report as one `testsuites` element.
pub fn junit(report: &Report) -> String {
    let mut suites = Vec::new();
    let cases: Vec<Case> = report.findings.iter().map(finding).collect();
    if !cases.is_empty() {
        suites.push(Suite {
            name: "project".to_owned(),
            class: "project".to_owned(),
            cases,
        });
    }
    for zone in &report.zones {
        suites.push(zone_file(zone));
        suites.extend(zone.providers.iter().map(|provider| api(zone, provider)));
        suites.extend(nameservers(zone));
    }
    let count = |is_meant: fn(&Came) -> bool| {
        let cases = suites.iter().flat_map(|suite| &suite.cases);
        cases.filter(|case| is_meant(&case.result)).count()
    };
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        out,
        "<testsuites name=\"redundns {}\" tests=\"{}\" failures=\"{}\" errors=\"{}\">",
        escaped(&report.command),
        count(|_| true),
        count(|result| matches!(result, Came::Failed { .. })),
        count(|result| matches!(result, Came::Error { .. })),
    );
    for suite in &suites {
        print(&mut out, suite);
    }
    out.push_str("</testsuites>\n");
    out
}

/// What is said of the zone itself.
fn zone_file(zone: &ZoneReport) -> Suite {
    let mut cases: Vec<Case> = zone.findings.iter().map(finding).collect();
    if cases.is_empty() {
        cases.push(passed("no finding".to_owned()));
    }
    Suite {
        name: zone.file.clone().unwrap_or_else(|| zone.zone.clone()),
        class: zone.zone.clone(),
        cases,
    }
}

fn finding(one: &FindingEntry) -> Case {
    let place = match (&one.file, one.line, one.column) {
        (Some(file), Some(line), Some(column)) => format!("{file}:{line}:{column}: "),
        (Some(file), ..) => format!("{file}: "),
        _ => String::new(),
    };
    let hint = one.hint.as_ref().map(|hint| format!("\nhint: {hint}"));
    let text = format!("{place}{}{}", one.message, hint.unwrap_or_default());
    let subject = match (&one.name, &one.rtype) {
        (Some(name), Some(rtype)) => format!("{name} {rtype}"),
        _ => one.message.clone(),
    };
    Case {
        name: format!("{} {subject}", one.code),
        result: match one.severity.as_str() {
            "error" => Came::Failed {
                kind: one.code.clone(),
                text,
            },
            _ => Came::Skipped {
                text: format!("{}: {text}", one.severity),
            },
        },
    }
}

/// What a provider holds by its API.
fn api(zone: &ZoneReport, provider: &ProviderReport) -> Suite {
    let mut cases = Vec::new();
    if let Some(error) = &provider.error {
        let hint = error.hint.as_ref().map(|hint| format!("\nhint: {hint}"));
        cases.push(Case {
            name: "it can be read and written".to_owned(),
            result: Came::Error {
                kind: error.kind.clone(),
                text: error.message.clone() + &hint.unwrap_or_default(),
            },
        });
    }
    for objection in &provider.objections {
        cases.push(Case {
            name: format!("{} lets it pass", objection.code),
            result: Came::Failed {
                kind: objection.code.clone(),
                text: objection.message.clone(),
            },
        });
    }
    let nothing = || "nothing".to_owned();
    let told = |set: &Option<SetEntry>| set.as_ref().map_or_else(nothing, SetEntry::told);
    let is_made = provider.applied == provider.changes.len();
    cases.extend(provider.changes.iter().map(|change| Case {
        name: format!("{} {}", relative(&change.name, &zone.zone), change.rtype),
        result: if is_made {
            Came::Passed
        } else {
            Came::Failed {
                kind: change.action.clone(),
                text: format!(
                    "expected {}, held {}",
                    told(&change.after),
                    told(&change.before)
                ),
            }
        },
    }));
    if provider.state == ProviderState::Known {
        let others = zone.record_sets.saturating_sub(provider.changes.len());
        cases.push(passed(format!("{} more", plural(others, "record set"))));
    }
    Suite {
        name: format!("{} {}, by API", zone.zone, provider.id),
        class: zone.zone.clone(),
        cases,
    }
}

/// What each nameserver answers.
fn nameservers(zone: &ZoneReport) -> Vec<Suite> {
    let wide = Style {
        width: 1000,
        ..Style::default()
    };
    let mut suites: Vec<Suite> = zone
        .nameservers
        .iter()
        .map(|server| Suite {
            name: [
                &zone.zone,
                server.provider.as_deref().unwrap_or("-"),
                &server.label(),
            ]
            .join(" "),
            class: zone.zone.clone(),
            cases: Vec::new(),
        })
        .collect();
    let places: std::collections::HashMap<String, usize> = zone
        .nameservers
        .iter()
        .enumerate()
        .map(|(index, server)| (server.label(), index))
        .collect();
    for difference in &zone.differences {
        let mut told = String::new();
        difference_in_full(&mut told, zone, difference, wide);
        let told = told.trim();
        for answer in difference.answers.iter().filter(|answer| !answer.current) {
            let text = told.to_owned();
            let at = answer.nameservers.iter();
            for &index in at.filter_map(|label| places.get(label)) {
                let text = text.clone();
                let result = match (&difference.explained, answer.kind.as_str()) {
                    (Some(why), _) => Came::Skipped { text: why.clone() },
                    (None, "records" | "nodata" | "nxdomain" | "referral") => Came::Failed {
                        kind: difference.verdict.clone(),
                        text,
                    },
                    (None, kind) => Came::Error {
                        kind: kind.to_owned(),
                        text,
                    },
                };
                let name = relative(&difference.name, &zone.zone);
                suites[index].cases.push(Case {
                    name: format!("{name} {}", difference.rtype),
                    result,
                });
            }
        }
    }
    for (suite, server) in suites.iter_mut().zip(&zone.nameservers) {
        let others = server.asked.saturating_sub(suite.cases.len());
        if others > 0 {
            suite
                .cases
                .push(passed(format!("{} more", plural(others, "question"))));
        }
    }
    suites
}

fn passed(name: String) -> Case {
    Case {
        name,
        result: Came::Passed,
    }
}

fn print(out: &mut String, suite: &Suite) {
    let count = |is_meant: fn(&Came) -> bool| {
        suite
            .cases
            .iter()
            .filter(|case| is_meant(&case.result))
            .count()
    };
    let _ = writeln!(
        out,
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">",
        escaped(&suite.name),
        suite.cases.len(),
        count(|result| matches!(result, Came::Failed { .. })),
        count(|result| matches!(result, Came::Error { .. })),
        count(|result| matches!(result, Came::Skipped { .. })),
    );
    for case in &suite.cases {
        let _ = write!(
            out,
            "    <testcase classname=\"{}\" name=\"{}\"",
            escaped(&suite.class),
            escaped(&case.name)
        );
        let (element, kind, text) = match &case.result {
            Came::Passed => {
                out.push_str("/>\n");
                continue;
            }
            Came::Failed { kind, text } => ("failure", Some(kind), text),
            Came::Error { kind, text } => ("error", Some(kind), text),
            Came::Skipped { text } => ("skipped", None, text),
        };
        let first = text.lines().next().unwrap_or_default();
        let _ = write!(out, ">\n      <{element} message=\"{}\"", escaped(first));
        match kind {
            Some(kind) => {
                let _ = writeln!(
                    out,
                    " type=\"{}\">{}</{element}>",
                    escaped(kind),
                    escaped(text)
                );
            }
            None => out.push_str("/>\n"),
        }
        out.push_str("    </testcase>\n");
    }
    out.push_str("  </testsuite>\n");
}

/// Text in an attribute, in which a line end is a blank unless it is written like this.
fn escaped(text: &str) -> String {
    super::escaped(text).replace('\n', "&#10;")
}

#[cfg(test)]
mod tests {
    use quick_xml::Reader;
    use quick_xml::escape::unescape;
    use quick_xml::events::Event;

    use super::super::samples::{calm, drifted, finding};
    use super::*;

    /// Reads the elements and holds every count against what it counts.
    fn counted(text: &str) -> Vec<String> {
        let mut reader = Reader::from_str(text);
        let mut open: Vec<(String, std::collections::BTreeMap<String, usize>)> = Vec::new();
        let mut seen = Vec::new();
        let mut cases = 0;
        loop {
            let event = reader.read_event().expect("XML");
            let is_empty = matches!(event, Event::Empty(_));
            match event {
                Event::Start(tag) | Event::Empty(tag) => {
                    let name = tag.name().as_ref().to_owned();
                    let mut counts = std::collections::BTreeMap::new();
                    for attribute in tag.attributes() {
                        let attribute = attribute.expect("an attribute");
                        let value = unescape(&attribute.value).expect("text");
                        if let Ok(number) = value.parse::<usize>() {
                            let key = attribute.key.as_ref().to_owned();
                            counts.insert(key, number);
                        }
                        seen.push(format!("{name}: {value}"));
                    }
                    cases += usize::from(name == "testcase");
                    let plural = match name.as_str() {
                        "testcase" => "tests",
                        "failure" => "failures",
                        "error" => "errors",
                        "skipped" => "skipped",
                        _ => "",
                    };
                    for (_, counts) in &mut open {
                        if let Some(count) = counts.get_mut(plural) {
                            *count = count.checked_sub(1).expect("no more than counted");
                        }
                    }
                    if !is_empty {
                        open.push((name, counts));
                    }
                }
                Event::End(_) => {
                    let (name, counts) = open.pop().expect("balanced");
                    assert!(counts.values().all(|&left| left == 0), "{name}: {counts:?}");
                }
                Event::Eof => break,
                _ => {}
            }
        }
        assert!(open.is_empty() && cases > 0);
        seen
    }

    #[test]
    fn every_server_is_a_suite_and_every_count_is_right() {
        let text = junit(&drifted());
        let seen = counted(&text);
        for expected in [
            "testsuite: example.com. beta ns3.beta.example. 192.0.2.13:53",
            "testsuite: example.com. gamma, by API",
            "testcase: <old> A",
            "testcase: 48 questions more",
            "error: connection refused",
            "failure: stale",
        ] {
            assert!(seen.contains(&expected.to_owned()), "{expected}:\n{text}");
        }
        counted(&junit(&calm()));
    }

    #[test]
    fn nothing_from_outside_is_markup() {
        let mut report = Report::new("lint");
        report.findings = vec![finding("error", "\"a\" </failure> &\u{1b}[1m")];
        let text = junit(&report);
        counted(&text);
        assert!(
            text.contains("&quot;a&quot; &lt;/failure&gt; &amp;\u{fffd}[1m"),
            "{text}"
        );
    }
}
