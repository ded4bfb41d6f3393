//! A report as a comment on a pull request: what it comes to first, every detail folded.
//!
//! GitHub takes comments of at most 65,536 characters
//! (<https://docs.github.com/en/rest/issues/comments>), and so details are cut off with a count rather than refused.
//! Nothing from outside can become markup.

mod changes;
mod escape;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use super::Outcome;
use super::data::{FindingEntry, ProviderReport, ProviderState, Report, ZoneReport};
use super::text::{Style, counts, difference_in_full, plural, sentence, sentence_of};
use changes::{groups, lines};
use escape::{block, code, html_code, longest_run, prose};

/// Octets of a whole comment: room is left for what somebody puts around it.
const MOST: usize = 60_000;

/// Octets of what is not folded.
const MOST_HEAD: usize = 30_000;

/// Octets that are worth another block.
const LEAST: usize = 100;

/// How many zones, remarks and differences are told one by one.
const TOLD: usize = 50;

/// The report as GitHub's Markdown, with a final line break.
pub fn markdown(report: &Report) -> String {
    let mut out = format!("### redundns {}: {}\n\n", report.command, summary(report));
    let is_plan = report.command == "plan";
    let (calm, told): (Vec<&ZoneReport>, Vec<&ZoneReport>) = report
        .zones
        .iter()
        .partition(|zone| is_calm(zone, report.command == "lint"));
    let headline = |zone: &ZoneReport| match report.command.as_str() {
        "lint" => linted(zone),
        "audit" => audited(zone),
        _ => headline(zone, is_plan),
    };
    let mut items: Vec<String> = told.iter().map(|zone| headline(zone)).collect();
    match *calm {
        [] => {}
        [zone] => items.push(headline(zone)),
        _ => items.push(format!(
            "nothing differs in {}",
            plural(calm.len(), "other zone")
        )),
    }
    list(&mut out, &items, "zone", MOST_HEAD / 2);
    list(&mut out, &remarks(report), "remark", MOST_HEAD);
    let mut left_out = 0;
    for section in told.iter().flat_map(|zone| sections(zone)) {
        left_out += usize::from(!section.fold_into(&mut out));
    }
    if left_out > 0 {
        let what = plural(left_out, "more folded part");
        let _ = writeln!(out, "{what} left out, since a comment has a limit\n");
    }
    if let Some(undone) = &report.undone {
        let _ = writeln!(out, "{}", markdown(undone));
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// What the whole report comes to.
fn summary(report: &Report) -> String {
    let count =
        |zone: &ZoneReport| -> usize { zone.providers.iter().map(|one| one.changes.len()).sum() };
    let changes: usize = report.zones.iter().map(count).sum();
    let zones = plural(report.zones.len(), "zone");
    match (report.command.as_str(), report.outcome) {
        (_, Outcome::Partial) => {
            "**stopped midway**: providers may now differ because of this run".to_owned()
        }
        (_, Outcome::Refused) => "**refused**".to_owned(),
        (_, Outcome::Trouble) => "**trouble**: not everything could be done or verified".to_owned(),
        ("lint", Outcome::Differs) => format!("**findings** in {zones}"),
        ("lint", Outcome::Same) => format!("no error in {zones}"),
        ("plan", _) if changes > 0 => {
            let touched = report.zones.iter().filter(|zone| count(zone) > 0).count();
            format!("{} in {touched} of {zones}", plural(changes, "change"))
        }
        ("plan", _) => format!("nothing to change in {zones}"),
        (_, Outcome::Differs) => format!("something differs in {zones}"),
        (_, Outcome::Same) => format!("nothing differs in {zones}"),
    }
}

/// Whether there is nothing about a zone that anybody has to know.
fn is_calm(zone: &ZoneReport, is_only_read: bool) -> bool {
    let is_same = |provider: &ProviderReport| {
        provider.state != ProviderState::Unknown
            && provider.error.is_none()
            && provider.changes.is_empty()
            && provider.objections.is_empty()
    };
    (is_only_read || !zone.providers.is_empty())
        && zone.providers.iter().all(is_same)
        && zone.agreement.agree == zone.agreement.questions
        && zone
            .findings
            .iter()
            .all(|finding| finding.severity == "info")
}

/// One line about a zone that was only read.
fn linted(zone: &ZoneReport) -> String {
    let count = |severity: &str| {
        let own = zone.findings.iter().filter(|one| one.severity == severity);
        plural(own.count(), severity)
    };
    format!(
        "{}: {}, {}, {}",
        code(&zone.zone),
        plural(zone.record_sets, "record set"),
        count("error"),
        count("warning")
    )
}

/// One line about a zone that was audited.
fn audited(zone: &ZoneReport) -> String {
    let (_, sentence) = sentence_of("audit", zone);
    let own = sentence.strip_prefix(&*zone.zone).unwrap_or(&sentence);
    let mut text = format!(
        "{}: {}",
        code(&zone.zone),
        prose(own.trim_start_matches(": "))
    );
    if let Some(redundancy) = &zone.redundancy {
        let _ = write!(text, "; redundancy: {}", prose(&redundancy.answer));
    }
    text
}

/// One line about a zone.
fn headline(zone: &ZoneReport, is_plan: bool) -> String {
    let mut parts: Vec<String> = Vec::new();
    if !is_plan {
        // The sentence begins with the zone, which stands in front already.
        let (_, sentence) = sentence(zone);
        let own = sentence.strip_prefix(&*zone.zone).unwrap_or(&sentence);
        parts.push(prose(own.trim_start_matches(": ")));
    }
    for group in groups(zone) {
        let (first, others) = (group[0], &group[1..]);
        let mut part = format!("**{}** at {}", counts(first), code(&first.id));
        if !others.is_empty() {
            let _ = write!(part, ", the same at {}", ids(others));
        }
        let made = group
            .iter()
            .filter(|provider| provider.applied > 0)
            .map(|provider| format!("{} made at {}", provider.applied, code(&provider.id)));
        let made: Vec<String> = made.collect();
        if !made.is_empty() {
            let _ = write!(part, " ({})", made.join(", "));
        }
        parts.push(part);
    }
    let having = |is_meant: fn(&ProviderReport) -> bool| -> Vec<&ProviderReport> {
        zone.providers
            .iter()
            .filter(|provider| is_meant(provider))
            .collect()
    };
    let unknown = having(|provider| provider.state == ProviderState::Unknown);
    let same =
        having(|provider| provider.state == ProviderState::Known && provider.changes.is_empty());
    if !unknown.is_empty() {
        parts.push(format!("**unknown** at {}", ids(&unknown)));
    }
    if !same.is_empty() && is_plan {
        parts.push(format!("nothing to change at {}", ids(&same)));
    }
    let following = having(|provider| provider.state == ProviderState::Follows);
    if !following.is_empty() && is_plan {
        parts.push(format!("by zone transfer at {}", ids(&following)));
    }
    if zone.providers.is_empty() && is_plan {
        parts.push("**no provider** is left for it".to_owned());
    }
    format!("{}: {}", code(&zone.zone), parts.join("; "))
}

fn ids(providers: &[&ProviderReport]) -> String {
    let ids: Vec<String> = providers
        .iter()
        .map(|provider| code(&provider.id))
        .collect();
    ids.join(", ")
}

/// What somebody has to know before anything else, the worst first: refusals, failures, findings.
fn remarks(report: &Report) -> Vec<String> {
    let mut refusals = Vec::new();
    let mut failures = Vec::new();
    for zone in &report.zones {
        for provider in &zone.providers {
            let at = format!("{} at {}", code(&zone.zone), code(&provider.id));
            for objection in &provider.objections {
                let mut text = format!(
                    "**refused** \\[{}\\], {at}: {}",
                    prose(&objection.code),
                    prose(&objection.message)
                );
                if let Some(flag) = &objection.flag {
                    let _ = write!(text, "; to do it all the same: {}", code(flag));
                }
                refusals.push(text);
            }
            if let Some(error) = &provider.error {
                let what = match provider.state {
                    ProviderState::Unknown => "unknown",
                    ProviderState::Known | ProviderState::Follows => "failed",
                };
                let mut text = format!("**{what}**, {at}: {}", prose(&error.message));
                if let Some(hint) = &error.hint {
                    let _ = write!(text, "; {}", prose(hint));
                }
                failures.push(text);
            }
        }
    }
    let of_zones = report.zones.iter().flat_map(|zone| &zone.findings);
    let mut findings: Vec<&FindingEntry> = report.findings.iter().chain(of_zones).collect();
    findings.retain(|finding| finding.severity != "info");
    findings.sort_by_key(|finding| finding.severity != "error");
    refusals.append(&mut failures);
    refusals.extend(findings.into_iter().map(finding));
    refusals
}

fn finding(finding: &FindingEntry) -> String {
    let place = match (&finding.file, finding.line) {
        (Some(file), Some(line)) => code(&format!("{file}:{line}")) + ": ",
        (Some(file), None) => code(file) + ": ",
        (None, _) => String::new(),
    };
    format!(
        "{place}**{}** \\[{}\\]: {}",
        prose(&finding.severity),
        prose(&finding.code),
        prose(&finding.message)
    )
}

/// A list, cut off where it gets long: a comment that begins with a thousand lines is not read.
fn list(out: &mut String, items: &[String], noun: &str, most: usize) {
    let mut told = 0;
    for item in items.iter().take(TOLD) {
        if out.len() + item.len() > most {
            break;
        }
        let _ = writeln!(out, "- {item}");
        told += 1;
    }
    if told < items.len() {
        let _ = writeln!(
            out,
            "- and {}",
            plural(items.len() - told, &format!("more {noun}"))
        );
    }
    if !items.is_empty() {
        out.push('\n');
    }
}

/// Something that is folded away.
struct Section<'a> {
    /// HTML.
    title: String,
    language: &'static str,
    /// Made only where there is room for some.
    lines: Box<dyn Fn() -> Vec<String> + 'a>,
    below: Option<String>,
}

impl Section<'_> {
    /// Appends it, without the lines that there is no room for; `false` where there is no room for any.
    fn fold_into(&self, out: &mut String) -> bool {
        // What stands around the lines, with fences as long as there are.
        let frame = self.title.len() + self.below.as_ref().map_or(0, String::len) + 200;
        let room = MOST.saturating_sub(out.len()).saturating_sub(frame);
        if room < LEAST {
            return false;
        }
        let lines = (self.lines)();
        let mut text = String::new();
        let mut fence = 0;
        let mut shown = 0;
        for line in &lines {
            fence = fence.max(longest_run(line));
            if text.len() + line.len() + 2 * fence + 1 > room {
                break;
            }
            text.push_str(line);
            text.push('\n');
            shown += 1;
        }
        if shown == 0 {
            return false;
        }
        if shown < lines.len() {
            let more = plural(lines.len() - shown, "more line");
            let _ = writeln!(text, "  … and {more}");
        }
        // The empty line lets Markdown begin again inside of HTML.
        let _ = write!(
            out,
            "<details><summary>{}</summary>\n\n{}",
            self.title,
            block(self.language, &text)
        );
        if let Some(below) = &self.below {
            let _ = write!(out, "\n{below}\n");
        }
        out.push_str("\n</details>\n\n");
        true
    }
}

/// The changes of each group of providers, and the differences that the nameservers show.
fn sections(zone: &ZoneReport) -> Vec<Section<'_>> {
    let mut sections = Vec::new();
    for group in groups(zone) {
        let who: Vec<String> = group
            .iter()
            .map(|provider| html_code(&provider.id))
            .collect();
        let costs: Vec<String> = group
            .iter()
            .filter_map(|provider| {
                let cost = provider.cost.as_ref()?;
                Some(format!("{}: {}", code(&provider.id), prose(&cost.told())))
            })
            .collect();
        sections.push(Section {
            title: format!(
                "{}: {} at {}",
                html_code(&zone.zone),
                counts(group[0]),
                who.join(", ")
            ),
            language: "diff",
            lines: Box::new(move || lines(zone, group[0])),
            below: (!costs.is_empty()).then(|| format!("Cost at {}", costs.join("; "))),
        });
    }
    if !zone.differences.is_empty() {
        sections.push(Section {
            title: format!(
                "{}: {} in what nameservers answer",
                html_code(&zone.zone),
                plural(zone.differences.len(), "difference")
            ),
            language: "text",
            lines: Box::new(move || differences(zone)),
            below: None,
        });
    }
    sections
}

/// As `check` tells them on a screen.
fn differences(zone: &ZoneReport) -> Vec<String> {
    let style = Style {
        width: 160,
        ..Style::default()
    };
    let mut text = String::new();
    for difference in &zone.differences {
        difference_in_full(&mut text, zone, difference, style);
    }
    text.trim_start().lines().map(escape::one_line).collect()
}
