//! Annotations on the lines of a pull request: workflow commands of GitHub Actions.
//!
//! How commands are escaped, and that a step shows ten annotations of each kind, is what
//! <https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions> and
//! <https://docs.github.com/en/rest/checks/runs> say (verified 2026-11-30). So a record set is one annotation whatever
//! the number of providers, and what is beyond ten is counted.

use std::fmt::Write as _;

use super::data::Report;
use super::remark::{Level, Remark, remarks};
use super::text::{plural, sentence_of};

/// Annotations of one kind that a step shows.
const SHOWN: usize = 10;

/// A line about each zone, then the annotations. Paths begin at the workspace, where `prefix` leads to the project.
pub fn github(report: &Report, prefix: &str) -> String {
    let mut out = String::new();
    if matches!(report.command.as_str(), "check" | "sync" | "audit") {
        for zone in &report.zones {
            let (symbol, sentence) = sentence_of(&report.command, zone);
            let _ = writeln!(out, "{symbol} {}", harmless(&sentence));
        }
    }
    let all = remarks(report);
    for level in [Level::Error, Level::Warning, Level::Note] {
        let own: Vec<&Remark> = all.iter().filter(|one| one.level == level).collect();
        let shown = if own.len() > SHOWN {
            SHOWN - 1
        } else {
            own.len()
        };
        for remark in &own[..shown] {
            annotate(&mut out, remark, prefix);
        }
        if shown < own.len() {
            let more = own.len() - shown;
            let _ = writeln!(
                out,
                "::{} title=redundns {}::{} more, see the summary of this job",
                word(level),
                report.command,
                plural(more, "remark")
            );
        }
    }
    out
}

fn word(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    }
}

fn annotate(out: &mut String, remark: &Remark, prefix: &str) {
    let _ = write!(out, "::{} ", word(remark.level));
    if let Some(file) = &remark.place.file {
        let _ = write!(out, "file={},", property(&format!("{prefix}{file}")));
    }
    if let Some(line) = remark.place.line {
        let _ = write!(out, "line={line},");
    }
    if let Some(column) = remark.place.column {
        let _ = write!(out, "col={column},");
    }
    let title = format!("{} [{}]", remark.title, remark.code);
    let _ = writeln!(out, "title={}::{}", property(&title), data(&remark.message));
}

/// What stands behind the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A line of the log in which no command is found, not even one of the old kind, which may stand anywhere.
fn harmless(text: &str) -> String {
    text.replace(['\r', '\n'], " ").replace("##[", "## [")
}

#[cfg(test)]
mod tests {
    use super::super::samples::{drifted, finding};
    use super::*;

    #[test]
    fn a_record_set_is_one_annotation_at_its_line() {
        let text = github(&drifted(), "dns/");
        let expected = "\
::error file=dns/zones/example.com.zone,line=12,col=1,title=api A%3A stale [AGR01]::expected   60  192.0.2.9%0A\
served     60  192.0.2.1%0Aby         every nameserver of beta%0A\
dig +norec @192.0.2.13 api.example.com. A%0A\
hint       the API differs too at beta: `redundns sync` puts it right%0A\
by API at beta: 60  192.0.2.1 → 60  192.0.2.9";
        assert!(text.lines().any(|line| line == expected), "{text}");
        assert_eq!(text.matches("api A").count(), 1, "{text}");
        assert!(text.starts_with("~ example.com.: 3 of 51 "), "{text}");
    }

    #[test]
    fn nothing_from_outside_begins_a_command() {
        let mut report = Report::new("check");
        let mut one = finding("error", "50 % lost\r\n::set-output name=x::y");
        one.file = Some("zones/a,b:c%.zone".to_owned());
        report.findings = vec![one];
        let text = github(&report, "");
        assert_eq!(
            text,
            "::error file=zones/a%2Cb%3Ac%25.zone,title=redundns [CFG01]::\
             50 %25 lost%0D%0A::set-output name=x::y\n"
        );
        assert_eq!(harmless("a ##[add-mask]b\n::c"), "a ## [add-mask]b ::c");
    }

    #[test]
    fn what_a_step_does_not_show_is_counted() {
        let mut report = Report::new("lint");
        report.findings = (0..12).map(|_| finding("warning", "odd")).collect();
        let text = github(&report, "");
        assert_eq!(text.lines().count(), 10, "{text}");
        assert!(
            text.ends_with("::3 remarks more, see the summary of this job\n"),
            "{text}"
        );
    }
}
