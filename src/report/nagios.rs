//! One line for Nagios, Icinga and whoever else runs its plug-ins, with exit codes of their own
//! (<https://www.monitoring-plugins.org/doc/guidelines.html>, verified 2026-11-30).

use std::fmt::Write as _;

use super::Outcome;
use super::data::{ProviderState, Report, ZoneReport};
use super::text::{plural, sentence_of};

/// What a monitoring system is told of a service; the numbers are exit codes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ServiceState {
    /// 0: every nameserver answers as the zone files say, and every provider that was read holds it.
    Ok = 0,
    /// 1: nobody is answered wrongly, but a provider holds something else.
    Warning = 1,
    /// 2: somebody is answered otherwise than the zone file says.
    Critical = 2,
    /// 3: it could not be verified.
    Unknown = 3,
}

/// The state that a report is of. A wrong answer is critical whatever else could not be verified.
pub fn service_state(report: &Report) -> ServiceState {
    if report.command == "audit" {
        return state_of_audit(report);
    }
    let differs = report.zones.iter().any(|zone| zone.agreement.differ > 0);
    match report.outcome {
        _ if differs => ServiceState::Critical,
        Outcome::Same => ServiceState::Ok,
        Outcome::Differs if report.zones.iter().any(|zone| pending(zone) > 0) => {
            ServiceState::Warning
        }
        Outcome::Differs | Outcome::Partial => ServiceState::Critical,
        Outcome::Trouble | Outcome::Refused => ServiceState::Unknown,
    }
}

/// As bad as the worst finding; unknown where nobody was heard.
fn state_of_audit(report: &Report) -> ServiceState {
    let is_wrong = |zone: &ZoneReport| {
        let heard = zone.nameservers.iter().any(|server| server.answered > 0);
        heard && findings(zone, "error") > 0
    };
    match report.outcome {
        Outcome::Differs | Outcome::Partial => ServiceState::Critical,
        _ if report.zones.iter().any(is_wrong) => ServiceState::Critical,
        Outcome::Trouble | Outcome::Refused => ServiceState::Unknown,
        Outcome::Same => {
            let is_odd =
                |zone: &ZoneReport| zone.agreement.differ > 0 || findings(zone, "warning") > 0;
            if report.zones.iter().any(is_odd) {
                ServiceState::Warning
            } else {
                ServiceState::Ok
            }
        }
    }
}

fn findings(zone: &ZoneReport, severity: &str) -> usize {
    let all = zone.findings.iter();
    all.filter(|one| one.severity == severity).count()
}

fn pending(zone: &ZoneReport) -> usize {
    zone.providers
        .iter()
        .map(|provider| provider.changes.len().saturating_sub(provider.applied))
        .sum()
}

/// State, what it comes to, and performance data, in one line.
pub fn nagios(report: &Report) -> String {
    let word = match service_state(report) {
        ServiceState::Ok => "OK",
        ServiceState::Warning => "WARNING",
        ServiceState::Critical => "CRITICAL",
        ServiceState::Unknown => "UNKNOWN",
    };
    let line = format!("REDUNDNS {word} - {}", plain(&told(report)));
    format!("{line} |{}\n", performance(report))
}

/// The zone that is worst, and how many others there are.
fn told(report: &Report) -> String {
    let is_audit = report.command == "audit";
    // Of an audit warnings alone are `~`, and errors `!`.
    let rank = |symbol: char| match symbol {
        '!' if is_audit => 0,
        '~' if is_audit => 2,
        '~' => 0,
        '!' | '?' => 1,
        _ => 3,
    };
    let error = report.findings.iter().find(|one| one.severity == "error");
    let mut sentences: Vec<(char, String)> = report
        .zones
        .iter()
        .map(|zone| sentence_of(&report.command, zone))
        .collect();
    sentences.sort_by_key(|(symbol, _)| rank(*symbol));
    match (error, sentences.as_slice()) {
        (Some(finding), _) => format!("{} [{}]", finding.message, finding.code),
        (None, []) => "no zone was checked".to_owned(),
        (None, [(_, only)]) => only.clone(),
        (None, [(_, worst), others @ ..]) => {
            let wrong = others
                .iter()
                .filter(|(symbol, _)| rank(*symbol) < 3)
                .count();
            let calm = others.len() - wrong;
            let mut text = worst.clone();
            if wrong > 0 {
                let _ = write!(text, "; {} more not right", plural(wrong, "zone"));
            }
            if calm > 0 {
                let how = if is_audit {
                    "with nothing wrong"
                } else {
                    "as in the file"
                };
                let _ = write!(text, "; {} more {how}", plural(calm, "zone"));
            }
            text
        }
    }
}

/// What would end the text or begin a second line.
fn plain(text: &str) -> String {
    text.replace('|', "/").replace(char::is_control, " ")
}

/// `'label'=value[unit];warn;crit;min`: a range of 0 is left by every number above.
fn performance(report: &Report) -> String {
    let sum = |of: fn(&ZoneReport) -> usize| -> usize { report.zones.iter().map(of).sum() };
    let unread = |zone: &ZoneReport| {
        let providers = zone.providers.iter();
        providers
            .filter(|provider| provider.state == ProviderState::Unknown)
            .count()
    };
    let mut out = format!(
        " zones={};;;0 questions={};;;0 differ={};;0;0 unverified={};0;;0",
        report.zones.len(),
        sum(|zone| zone.agreement.questions),
        sum(|zone| zone.agreement.differ),
        sum(|zone| zone.agreement.unverified),
    );
    // Nobody's API is read by an audit.
    let _ = if report.command == "audit" {
        let (errors, warnings) = (
            sum(|zone| findings(zone, "error")),
            sum(|zone| findings(zone, "warning")),
        );
        write!(out, " errors={errors};;0;0 warnings={warnings};0;;0")
    } else {
        let (pending, unread) = (sum(pending), sum(unread));
        write!(out, " pending={pending};0;;0 unread={unread};0;;0")
    };
    let servers = report.zones.iter().flat_map(|zone| &zone.nameservers);
    let slowest = servers.filter_map(|server| server.p95_ms).reduce(f64::max);
    if let Some(slowest) = slowest {
        let _ = write!(out, " slowest_p95={slowest:.1}ms;;;0");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::samples::{calm, drifted, finding};
    use super::*;

    #[test]
    fn one_line_with_performance_data() {
        assert_eq!(
            nagios(&calm()),
            "REDUNDNS OK - example.com.: 43 record sets, 3 nameservers of 2 providers agree, and all are current | \
             zones=1;;;0 questions=51;;;0 differ=0;;0;0 unverified=0;0;;0 pending=0;0;;0 unread=0;0;;0 \
             slowest_p95=280.0ms;;;0\n"
        );
        let text = nagios(&drifted());
        assert!(
            text.starts_with("REDUNDNS CRITICAL - example.com.: 3 of 51 questions"),
            "{text}"
        );
        assert!(
            text.contains(" differ=3;;0;0 unverified=1;0;;0 pending=1;0;;0 unread=1;0;;0"),
            "{text}"
        );
    }

    #[test]
    fn states_are_those_of_the_service_and_not_of_the_run() {
        let state = |outcome, change: &dyn Fn(&mut ZoneReport)| {
            let mut report = calm();
            report.outcome = outcome;
            change(&mut report.zones[0]);
            service_state(&report)
        };
        let nothing = |_: &mut ZoneReport| {};
        let pending = |zone: &mut ZoneReport| {
            zone.providers[0].changes = vec![super::super::ChangeEntry::default()];
        };
        let wrong = |zone: &mut ZoneReport| zone.agreement.differ = 1;
        assert_eq!(state(Outcome::Same, &nothing), ServiceState::Ok);
        assert_eq!(state(Outcome::Differs, &pending), ServiceState::Warning);
        assert_eq!(state(Outcome::Differs, &wrong), ServiceState::Critical);
        assert_eq!(state(Outcome::Trouble, &wrong), ServiceState::Critical);
        assert_eq!(state(Outcome::Trouble, &pending), ServiceState::Unknown);
        assert_eq!(state(Outcome::Refused, &nothing), ServiceState::Unknown);
    }

    #[test]
    fn an_audit_is_as_bad_as_its_worst_finding() {
        let mut report = Report::new("audit");
        let zone = |name: &str, severity: Option<&str>| ZoneReport {
            zone: name.to_owned(),
            findings: severity
                .map(|own| finding(own, "odd"))
                .into_iter()
                .collect(),
            nameservers: calm().zones.remove(0).nameservers,
            ..ZoneReport::default()
        };
        report.zones = vec![zone("a.example.", None)];
        assert_eq!(service_state(&report), ServiceState::Ok);
        report.zones.push(zone("b.example.", Some("warning")));
        assert_eq!(service_state(&report), ServiceState::Warning);
        report.zones.push(zone("c.example.", Some("error")));
        report.outcome = Outcome::Differs;
        let text = nagios(&report);
        assert!(
            text.starts_with("REDUNDNS CRITICAL - c.example.: 1 error"),
            "{text}"
        );
        assert!(
            text.contains("; 1 zone more not right; 1 zone more with nothing wrong |"),
            "{text}"
        );
        assert!(text.contains(" errors=1;;0;0 warnings=1;0;;0"), "{text}");
        assert!(!text.contains("pending"), "{text}");
        report.outcome = Outcome::Trouble;
        assert_eq!(service_state(&report), ServiceState::Critical);
        report.zones.truncate(2);
        assert_eq!(service_state(&report), ServiceState::Unknown);
    }

    #[test]
    fn nothing_from_outside_is_performance_data_or_a_second_line() {
        let mut report = Report::new("check");
        report.outcome = Outcome::Trouble;
        report.findings = vec![finding("error", "no | such\nfile")];
        let text = nagios(&report);
        assert!(
            text.starts_with("REDUNDNS UNKNOWN - no / such file [CFG01] | zones=0"),
            "{text}"
        );
        assert_eq!(text.lines().count(), 1);
    }
}
