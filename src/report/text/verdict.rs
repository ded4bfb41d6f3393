//! The screen of `check` and `sync`: the verdict first, in one sentence, then what it rests on.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::layout::{Style, plural, relative, wrap};
use super::matrix::{groups, matrix};
use super::{calm, difference, notes, plan};
use crate::report::Outcome;
use crate::report::data::{
    AnswerEntry, Difference, ProviderReport, ProviderState, Report, ZoneReport,
};

/// How many record sets are named that differ as another one does.
const NAMED: usize = 8;

/// How many differences are told in full unless more is wanted.
const TOLD: usize = 12;

/// What a report says about providers that were written to and nameservers that were asked.
pub fn verdict(report: &Report, style: Style) -> String {
    let mut out = String::new();
    if let Some(headline) = headline(report) {
        let _ = writeln!(
            out,
            "{} {}\n",
            style.symbol('!'),
            wrap(headline, style.width, 2)
        );
    }
    let is_write = matches!(report.command.as_str(), "sync" | "undo");
    let is_asked = report.zones.iter().any(|zone| !zone.nameservers.is_empty());
    let what = if is_asked {
        "agree and are current"
    } else {
        "are as their files say"
    };
    for zone in calm::apart(&mut out, report, style, is_calm, what) {
        let (symbol, sentence) = sentence(zone);
        // One line however long, for those who search for it.
        let _ = writeln!(out, "{} {sentence}", style.symbol(symbol));
        // The plan stands above and told already who has nothing to change.
        let is_idle = zone
            .providers
            .iter()
            .all(|provider| provider.changes.is_empty());
        for provider in &zone.providers {
            if is_write {
                if is_idle || !has_nothing_to_change(provider) {
                    written(&mut out, provider, style);
                }
            } else if !provider.changes.is_empty() || provider.state == ProviderState::Unknown {
                let before = zone
                    .providers
                    .iter()
                    .take_while(|one| one.id != provider.id);
                let is_twin = |one: &&ProviderReport| {
                    !provider.changes.is_empty() && plan::look_alike(one, provider)
                };
                let twin = before.clone().find(is_twin);
                out.push_str(&plan::provider_plan(zone, provider, twin, style));
            }
        }
        silent_servers(&mut out, zone, style);
        let groups = groups(zone, style.verbose);
        matrix(&mut out, zone, &groups, style);
        if style.verbose {
            for difference in &zone.differences {
                difference::in_full(&mut out, zone, difference, style);
            }
        } else {
            for group in groups.iter().take(TOLD) {
                difference::in_full(&mut out, zone, group.differences[0], style);
                alike(&mut out, zone, &group.differences[1..], style);
            }
            if let Some(more) = groups.len().checked_sub(TOLD + 1) {
                let more = plural(more + 1, "more pattern");
                let _ = writeln!(
                    out,
                    "\n({more} of differences; `-v` tells every one in full)"
                );
            }
        }
        if style.verbose {
            latencies(&mut out, zone);
        }
        if zone.nameservers.is_empty() {
            plan::exceptions(&mut out, zone, style);
        }
        notes::findings(&mut out, &zone.findings, style);
        out.push('\n');
    }
    notes::findings(&mut out, &report.findings, style);
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// Servers that answer as each provider holds the zone need not agree.
fn all_is_well(zone: &ZoneReport) -> &'static str {
    if zone.findings.iter().any(|finding| finding.code == "UND05") {
        "answer as their providers hold the zone, which is not the same everywhere"
    } else {
        "agree, and all are current"
    }
}

/// Whether a zone needs no more than its sentence.
fn is_calm(zone: &ZoneReport) -> bool {
    sentence(zone).0 == '='
        && zone.findings.is_empty()
        && zone.differences.is_empty()
        && (zone.exceptions.is_empty() || !zone.nameservers.is_empty())
}

fn headline(report: &Report) -> Option<&'static str> {
    match report.outcome {
        Outcome::Partial => {
            Some("stopped midway: providers may now hold different data because of this run")
        }
        Outcome::Refused => Some("refused: nothing was written"),
        Outcome::Same | Outcome::Differs | Outcome::Trouble => None,
    }
}

/// What a zone comes to, with its symbol.
pub(in crate::report) fn sentence(zone: &ZoneReport) -> (char, String) {
    let sets = plural(zone.record_sets, "record set");
    if zone.nameservers.is_empty() {
        return by_apis(zone, &sets);
    }
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
    let mut who = plural(names.len(), "nameserver");
    if !providers.is_empty() {
        let _ = write!(who, " of {}", plural(providers.len(), "provider"));
    }
    let agreement = zone.agreement;
    let questions = plural(agreement.questions, "question");
    let (symbol, mut text) = if agreement.questions == 0 {
        ('?', format!("{sets}, and no question was asked of {who}"))
    } else if agreement.differ > 0 {
        let verb = if agreement.differ == 1 { "is" } else { "are" };
        let what = format!(
            "{} of {questions} {verb} not answered as the zone file says; {}",
            agreement.differ,
            quadrant(zone, &who)
        );
        ('~', what)
    } else if agreement.unverified > 0 {
        let what = format!(
            "not verified: {} of {questions} went without an answer somewhere ({sets}, {who})",
            agreement.unverified
        );
        ('?', what)
    } else if names.len() == 1 {
        ('=', format!("{sets}, {who} is current"))
    } else {
        ('=', format!("{sets}, {who} {}", all_is_well(zone)))
    };
    if agreement.differ > 0 && agreement.unverified > 0 {
        let _ = write!(
            text,
            "; {} more could not be verified",
            agreement.unverified
        );
    }
    let explained = zone
        .differences
        .iter()
        .filter(|difference| difference.explained.is_some())
        .count();
    if explained > 0 {
        let _ = write!(text, " ({} explained)", plural(explained, "difference"));
    }
    text.push_str(&ignored(zone));
    let (pending, unknown) = apis(zone);
    if pending > 0 {
        let verb = if pending == 1 { "differs" } else { "differ" };
        let _ = write!(text, "; by API {} {verb}", plural(pending, "provider"));
    }
    if unknown > 0 {
        let _ = write!(text, "; {} could not be read", plural(unknown, "provider"));
    }
    let symbol = match symbol {
        '=' if pending > 0 => '~',
        '=' if unknown > 0 => '?',
        other => other,
    };
    (symbol, format!("{}: {text}", zone.zone))
}

/// How many providers hold something else than the file says, and how many could not be read.
fn apis(zone: &ZoneReport) -> (usize, usize) {
    let count = |is_meant: fn(&ProviderReport) -> bool| {
        zone.providers
            .iter()
            .filter(|provider| is_meant(provider))
            .count()
    };
    (
        count(|provider| provider.changes.len() > provider.applied),
        count(|provider| provider.state == ProviderState::Unknown),
    )
}

/// Agreement and currency are two axes; this is the cell that matters most among the differences.
fn quadrant(zone: &ZoneReport, who: &str) -> String {
    let is_usable = |answer: &&AnswerEntry| {
        matches!(
            answer.kind.as_str(),
            "records" | "nodata" | "nxdomain" | "referral"
        )
    };
    let cell = |difference: &Difference| {
        let answers = difference.answers.iter().filter(is_usable);
        let any_current = difference.answers.iter().any(|answer| answer.current);
        match (answers.count(), any_current) {
            (0, _) | (1, true) => 0,
            (1, false) => 1,
            (_, true) => 2,
            (_, false) => 3,
        }
    };
    let worst = zone
        .differences
        .iter()
        .filter(|difference| difference.explained.is_none())
        .map(cell)
        .max();
    match worst {
        Some(3) => format!("{who} disagree, and none is current: somebody else may be editing"),
        Some(2) => format!("{who} disagree, and some are current: {}", behind(zone)),
        Some(1) => format!("{who} agree on it, and are stale: nobody was told"),
        _ => format!("some of {who} give no usable answer"),
    }
}

/// Whose servers are not current.
fn behind(zone: &ZoneReport) -> String {
    let told = zone
        .differences
        .iter()
        .filter(|difference| difference.explained.is_none());
    let stale: BTreeSet<&String> = told
        .flat_map(|difference| &difference.answers)
        .filter(|answer| !answer.current && answer.kind != "silent")
        .flat_map(|answer| &answer.nameservers)
        .collect();
    let ids: BTreeSet<&str> = zone
        .nameservers
        .iter()
        .filter(|server| stale.contains(&server.label()))
        .filter_map(|server| server.provider.as_deref())
        .collect();
    let all: BTreeSet<&str> = zone
        .nameservers
        .iter()
        .filter_map(|server| server.provider.as_deref())
        .collect();
    if ids.is_empty() || ids == all {
        return "a rollout is unfinished".to_owned();
    }
    let verb = if ids.len() == 1 { "is" } else { "are" };
    let ids: Vec<&str> = ids.into_iter().collect();
    format!("{} {verb} not", ids.join(", "))
}

/// The sentence where nobody was asked.
fn by_apis(zone: &ZoneReport, sets: &str) -> (char, String) {
    let providers = &zone.providers;
    let (differ, unknown) = apis(zone);
    let all = plural(providers.len(), "provider");
    let verb = |count: usize, one: &'static str, many| if count == 1 { one } else { many };
    let (symbol, text) = match (providers.len(), unknown, differ) {
        (0, ..) => ('?', format!("{sets}, and nobody was asked")),
        (_, 0, 0) => {
            let verb = verb(providers.len(), "holds", "hold");
            ('=', format!("{sets}, {all} {verb} what the zone file says"))
        }
        (_, 0, _) => {
            let verb = verb(differ, "differs", "differ");
            ('~', format!("{differ} of {all} {verb} from the zone file"))
        }
        (_, _, 0) => ('?', format!("{unknown} of {all} could not be read")),
        _ => {
            let verb = verb(differ, "differs", "differ");
            let text =
                format!("{differ} of {all} {verb} from the zone file, {unknown} could not be read");
            ('~', text)
        }
    };
    (symbol, format!("{}: {text}{}", zone.zone, ignored(zone)))
}

/// How many record sets are somebody else's, at the provider that has most of them.
fn ignored(zone: &ZoneReport) -> String {
    let counts = zone.providers.iter().map(|provider| provider.ignored.len());
    match counts.max() {
        None | Some(0) => String::new(),
        Some(most) => format!(" ({} ignored)", plural(most, "record set")),
    }
}

/// Servers that said nothing at all, in one line each rather than one a question.
fn silent_servers(out: &mut String, zone: &ZoneReport, style: Style) {
    for server in zone.silent() {
        let label = server.label();
        let why = zone
            .why_silent(&label)
            .map(|why| format!(": {why}"))
            .unwrap_or_default();
        let whose = server
            .provider
            .as_deref()
            .map(|id| format!(" of {id}"))
            .unwrap_or_default();
        let _ = writeln!(
            out,
            "  {} {label}{whose} answered none of {}{why}",
            style.symbol('?'),
            plural(server.asked, "question")
        );
        if let Some(command) = notes::dig(&server.address, &zone.zone, "SOA") {
            let _ = writeln!(out, "    {command}");
        }
    }
}

fn has_nothing_to_change(provider: &ProviderReport) -> bool {
    provider.state == ProviderState::Known
        && provider.changes.is_empty()
        && provider.error.is_none()
}

/// How far writing came at a provider.
fn written(out: &mut String, provider: &ProviderReport, style: Style) {
    let title = format!("{} ({})", provider.id, provider.adapter);
    let all = provider.changes.len();
    let (symbol, text) = match (provider.state, provider.applied) {
        (ProviderState::Follows, _) => ('=', plan::arrives(provider)),
        (ProviderState::Unknown, 0) => ('?', "unknown, nothing was written".to_owned()),
        _ if all == 0 => ('=', "nothing to change".to_owned()),
        (_, applied) if applied == all => ('=', format!("{} made", plural(all, "change"))),
        (_, applied) => ('!', format!("{applied} of {} made", plural(all, "change"))),
    };
    let _ = writeln!(out, "  {} {title}  {text}", style.symbol(symbol));
    notes::error(out, provider, style);
    notes::objections(out, &provider.objections, style);
}

/// The record sets about which the servers did the same.
fn alike(out: &mut String, zone: &ZoneReport, differences: &[&Difference], style: Style) {
    if differences.is_empty() {
        return;
    }
    let key = |one: &&Difference| format!("{} {}", relative(&one.name, &zone.zone), one.rtype);
    let shown = differences.iter().take(NAMED).map(key).collect::<Vec<_>>();
    let mut text = shown.join(", ");
    if let Some(more) = differences
        .len()
        .checked_sub(NAMED)
        .filter(|&more| more > 0)
    {
        let _ = write!(text, " and {more} more");
    }
    let _ = writeln!(out, "  alike      {}", wrap(&text, style.width, 13));
}

/// How fast each server answered.
pub(super) fn latencies(out: &mut String, zone: &ZoneReport) {
    out.push('\n');
    let width = zone
        .nameservers
        .iter()
        .map(|server| server.label().chars().count())
        .max()
        .unwrap_or(0);
    for server in &zone.nameservers {
        let time = match (server.p50_ms, server.p95_ms) {
            (Some(median), Some(slow)) => format!("median {median:.1} ms, 95 % {slow:.1} ms"),
            _ => "no times".to_owned(),
        };
        let _ = writeln!(
            out,
            "{:width$}  {} of {} answered  {time}",
            server.label(),
            server.answered,
            plural(server.asked, "question")
        );
    }
}
