//! Reports in the form that was asked for, and the reason where there is nothing else to report.

use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

use super::console::Console;
use super::explain;
use crate::cli::Format;
use crate::config::step_summary;
use crate::report::{
    Outcome, Report, github, html, junit, markdown, nagios, prometheus, sarif, service_state,
};
use crate::zone::{Finding, rfc3339, show};

/// Says why nothing was done at all.
pub(super) fn refuse(command: &str, findings: &[Finding], console: &Console) {
    refuse_as(Outcome::Trouble, command, findings, console);
}

/// As [`refuse`], where that is no trouble but a refusal.
pub(super) fn refuse_as(outcome: Outcome, command: &str, findings: &[Finding], console: &Console) {
    let mut report = Report::new(command);
    report.outcome = outcome;
    report.findings = findings.iter().map(Into::into).collect();
    if let Some(text) = rendered(&report, console) {
        console.out(&text);
    }
    show_findings(findings, console);
}

/// The report in a format that is not for a screen; `None` where it shall be for one.
pub(super) fn rendered(report: &Report, console: &Console) -> Option<String> {
    Some(match console.format {
        Format::Text => return None,
        Format::Json => report.to_json(),
        Format::Markdown => markdown(report),
        Format::Github => {
            summarize(report, console);
            github(report, &console.path_from_root)
        }
        Format::Junit => junit(report),
        Format::Sarif => sarif(report, &console.path_from_root, &explain::text),
        Format::Nagios => {
            console.exit_with(service_state(report) as u8);
            nagios(report)
        }
        Format::Prometheus => prometheus(report),
        Format::Html => {
            let now = SystemTime::now().duration_since(UNIX_EPOCH);
            html(report, &rfc3339(now.map_or(0, |since| since.as_secs())))
        }
    })
}

/// Appends the report to the summary of the job, where there is one: a step shows few annotations and cuts them.
fn summarize(report: &Report, console: &Console) {
    let Some(path) = step_summary() else { return };
    let file = std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(&path);
    let written = file.and_then(|mut file| writeln!(file, "{}", markdown(report)));
    if let Err(error) = written {
        let path = path.display();
        console.note(&format!(
            "the job's summary `{path}` cannot be written: {error}"
        ));
    }
}

/// Findings on stderr, compiler style. JSON has them all, and whoever reads it wants them once.
pub(super) fn show_findings(findings: &[Finding], console: &Console) {
    if console.format != Format::Json {
        for finding in findings {
            let shown = show(finding, console.color_err) + "\n";
            console.err(&console.folded(&shown));
        }
    }
}
