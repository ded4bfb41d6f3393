//! The screen of `audit`: what it comes to first, then what is wrong by cause, worst first.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::layout::{Style, plural};
use super::matrix::{groups, matrix};
use super::{calm, difference, notes};
use crate::report::data::{Report, ZoneReport};

/// How many differences are told in full unless more is wanted.
const TOLD: usize = 12;

/// What a report says about domains that were audited.
pub fn audit(report: &Report, style: Style) -> String {
    let mut out = String::new();
    for zone in calm::apart(&mut out, report, style, is_calm, "have nothing wrong") {
        let (symbol, sentence) = sentence(zone);
        // One line however long, for those who search for it.
        let _ = writeln!(out, "{} {sentence}", style.symbol(symbol));
        if let Some(redundancy) = &zone.redundancy {
            let symbol = if redundancy.survives { '=' } else { '!' };
            let _ = writeln!(
                out,
                "{} redundancy: {}",
                style.symbol(symbol),
                redundancy.answer
            );
            if let Some(cost) = redundancy.cost().filter(|_| !style.quiet) {
                let _ = writeln!(out, "  {cost}");
            }
        }
        let mut shown = zone.findings.clone();
        if style.quiet {
            shown.retain(|one| one.severity == "error");
        }
        notes::findings(&mut out, &shown, style);
        if !zone.differences.is_empty() {
            let groups = groups(zone, style.verbose);
            matrix(&mut out, zone, &groups, style);
            let limit = if style.verbose { usize::MAX } else { TOLD };
            for group in groups.iter().take(limit) {
                difference::in_full(&mut out, zone, group.differences[0], style);
            }
            if zone.file.is_none() {
                out.push_str(
                    "\nThere is no zone file here: what most nameservers say counts as expected.\n",
                );
            }
        }
        if style.verbose {
            super::verdict::latencies(&mut out, zone);
        }
        out.push('\n');
    }
    notes::findings(&mut out, &report.findings, style);
    let has_codes = report
        .zones
        .iter()
        .any(|zone| !zone.findings.is_empty() || !zone.differences.is_empty());
    if has_codes && !style.quiet {
        out.push_str("`redundns explain CODE` tells the rule behind a code, and its source.\n");
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn is_calm(zone: &ZoneReport) -> bool {
    let survives = zone.redundancy.as_ref().is_none_or(|own| own.survives);
    sentence(zone).0 == '=' && survives
}

/// What a zone comes to, with its symbol.
pub(super) fn sentence(zone: &ZoneReport) -> (char, String) {
    let count = |severity: &str| {
        let findings = zone.findings.iter();
        findings.filter(|one| one.severity == severity).count()
    };
    let (errors, warnings, notes) = (count("error"), count("warning"), count("info"));
    let differ = zone.agreement.differ;
    if zone.nameservers.is_empty() {
        return ('?', format!("{}: could not be audited", zone.zone));
    }
    let heard = zone
        .nameservers
        .iter()
        .filter(|server| server.answered > 0)
        .count();
    let names: BTreeSet<&str> = zone
        .nameservers
        .iter()
        .map(|server| &*server.name)
        .collect();
    let providers: BTreeSet<&str> = zone
        .nameservers
        .iter()
        .filter_map(|server| server.provider.as_deref())
        .collect();
    let mut said = Vec::new();
    if errors > 0 {
        said.push(plural(errors, "error"));
    }
    if warnings > 0 {
        said.push(plural(warnings, "warning"));
    }
    if notes > 0 {
        said.push(plural(notes, "note"));
    }
    if differ > 0 {
        said.push(format!(
            "{differ} of {} not answered alike",
            plural(zone.agreement.questions, "question")
        ));
    }
    let (symbol, what) = match (errors, differ, warnings + notes) {
        (0, 0, 0) => ('=', "nothing is wrong".to_owned()),
        (0, 0, _) => ('~', said.join(", ")),
        _ => ('!', said.join(", ")),
    };
    let mut who = plural(names.len(), "nameserver");
    if !providers.is_empty() {
        let _ = write!(who, " of {}", plural(providers.len(), "provider"));
    }
    let all = zone.nameservers.len();
    let _ = write!(
        who,
        ", {heard} of {} serve the zone",
        plural(all, "address").replace("addresss", "addresses")
    );
    let agree = match (zone.agreement.questions, zone.file.as_deref()) {
        (0, _) => String::new(),
        _ if differ > 0 => String::new(),
        (questions, None) => format!(
            "; {} of {} answered alike",
            zone.agreement.agree,
            plural(questions, "question")
        ),
        (questions, Some(file)) => format!(
            "; {} of {} answered as {file} says",
            zone.agreement.agree,
            plural(questions, "question")
        ),
    };
    (symbol, format!("{}: {what} ({who}{agree})", zone.zone))
}
