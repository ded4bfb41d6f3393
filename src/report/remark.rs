//! Everything in a report that can be pointed at, one remark each, for formats that annotate text.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::data::{
    ChangeEntry, Difference, FindingEntry, Place, ProviderReport, ProviderState, Report, SetEntry,
    ZoneReport,
};
use super::text::{Style, difference_in_full, dig, plural, relative};
use crate::audit::rule;
use crate::zone::Severity;

/// Codes of remarks about what providers hold.
pub const CODES: &[(&str, &str)] = &[
    (
        "DRF01",
        "a provider does not hold a record set as the zone file has it",
    ),
    (
        "DRF02",
        "a provider could not be read, so what it holds is not known",
    ),
];

/// How bad a remark is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Level {
    /// It is why the run does not come to 0.
    Error,
    /// Probably not meant.
    Warning,
    /// Worth knowing.
    Note,
}

impl From<Severity> for Level {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Error,
            Severity::Warning => Self::Warning,
            Severity::Info => Self::Note,
        }
    }
}

/// One thing to point at.
#[derive(Debug)]
pub(super) struct Remark {
    /// What `explain` takes.
    pub(super) code: String,
    pub(super) level: Level,
    /// In a few words: `www A: stale`.
    pub(super) title: String,
    /// In full, in lines; what to do comes last.
    pub(super) message: String,
    pub(super) place: Place,
    /// What it is about, the same from run to run however the file moves.
    pub(super) about: String,
}

/// Everything there is to point at, the worst first; of a record set it is one remark, however many providers and
/// nameservers take part.
pub(super) fn remarks(report: &Report) -> Vec<Remark> {
    let mut all: Vec<Remark> = report
        .findings
        .iter()
        .map(|one| finding(one, None))
        .collect();
    for objection in &report.objections {
        let flag = objection.flag.as_deref();
        all.push(objected(
            "all zones",
            &objection.code,
            &objection.message,
            flag,
        ));
    }
    for zone in &report.zones {
        all.extend(of_zone(&report.command, zone));
    }
    all.sort_by_key(|remark| remark.level);
    all
}

fn of_zone(command: &str, zone: &ZoneReport) -> Vec<Remark> {
    let mut all: Vec<Remark> = zone
        .findings
        .iter()
        .map(|one| finding(one, Some(zone)))
        .collect();
    for provider in &zone.providers {
        all.extend(failure(zone, provider));
        for objection in &provider.objections {
            let whose = format!("{} at {}", zone.zone, provider.id);
            let flag = objection.flag.as_deref();
            all.push(objected(&whose, &objection.code, &objection.message, flag));
        }
    }
    all.extend(zone.silent().map(|server| {
        let label = server.label();
        let why = zone.why_silent(&label).unwrap_or("no answer");
        let command = dig(&server.address, &zone.zone, "SOA").unwrap_or_default();
        Remark {
            code: "SRV01".to_owned(),
            level: Level::Error,
            title: format!("{label} is silent"),
            message: format!(
                "{label} answered none of {} about {}: {why}\n{command}",
                plural(server.asked, "question"),
                zone.zone
            ),
            place: whole(zone),
            about: format!("{} {label}", zone.zone),
        }
    }));
    // What a sync changed is no news; what it did not change, findings tell.
    let is_compared = matches!(command, "plan" | "check" | "audit");
    let mut changes: BTreeMap<(&str, &str), Vec<(&str, &ChangeEntry)>> = BTreeMap::new();
    for provider in zone.providers.iter().filter(|_| is_compared) {
        for change in &provider.changes {
            let key = (&*change.name, &*change.rtype);
            changes.entry(key).or_default().push((&provider.id, change));
        }
    }
    for difference in zone.told() {
        let held = changes.remove(&(&*difference.name, &*difference.rtype));
        all.push(differing(
            command,
            zone,
            difference,
            &held.unwrap_or_default(),
        ));
    }
    let level = if command == "plan" {
        Level::Note
    } else {
        Level::Error
    };
    all.extend(changes.into_iter().map(|((name, rtype), held)| {
        let place = held.iter().map(|(_, change)| &change.place);
        let place = place.clone().find(|place| place.line.is_some());
        Remark {
            code: "DRF01".to_owned(),
            level,
            title: format!(
                "{} {rtype}: {}",
                relative(name, &zone.zone),
                held[0].1.action
            ),
            message: at_providers(&held),
            place: place.cloned().unwrap_or_else(|| whole(zone)),
            about: format!("{} {name} {rtype}", zone.zone),
        }
    }));
    all
}

/// The zone file, where there is no better place in it.
fn whole(zone: &ZoneReport) -> Place {
    Place {
        file: zone.file.clone(),
        ..Place::default()
    }
}

fn finding(one: &FindingEntry, zone: Option<&ZoneReport>) -> Remark {
    let placed = Place {
        file: one.file.clone(),
        line: one.line,
        column: one.column,
    };
    let mut title = match (&one.name, &one.rtype, zone) {
        (Some(name), Some(rtype), Some(zone)) => format!("{} {rtype}", relative(name, &zone.zone)),
        (Some(name), Some(rtype), None) => format!("{name} {rtype}"),
        (_, _, Some(zone)) => zone.zone.clone(),
        _ => "redundns".to_owned(),
    };
    if let Some(provider) = &one.provider {
        let _ = write!(title, " at {provider}");
    }
    let mut message = one.message.clone();
    if let Some(server) = one
        .nameserver
        .as_ref()
        .filter(|own| !message.contains(*own))
    {
        let _ = write!(message, " ({server})");
    }
    if let Some(command) = &one.reproduce {
        let _ = write!(message, "\n{command}");
    }
    if let Some(hint) = &one.hint {
        let _ = write!(message, "\nhint: {hint}");
    }
    // Without a name the sentence is what tells two of them apart.
    let what = match (&one.name, &one.rtype) {
        (Some(name), Some(rtype)) => format!("{name} {rtype}"),
        _ => one.message.clone(),
    };
    Remark {
        code: one.code.clone(),
        level: match one.severity.as_str() {
            "error" => Level::Error,
            "warning" => Level::Warning,
            _ => Level::Note,
        },
        title,
        message,
        place: match zone {
            Some(zone) if placed.file.is_none() => whole(zone),
            _ => placed,
        },
        about: format!(
            "{} {what} {}",
            zone.map_or("", |zone| &zone.zone),
            one.provider.as_deref().unwrap_or_default()
        ),
    }
}

fn objected(whose: &str, code: &str, message: &str, flag: Option<&str>) -> Remark {
    let flag = flag.map(|flag| format!("\nto do it all the same: {flag}"));
    Remark {
        code: code.to_owned(),
        level: Level::Error,
        title: format!("refused: {whose}"),
        message: message.to_owned() + &flag.unwrap_or_default(),
        place: Place::default(),
        about: whose.to_owned(),
    }
}

fn failure(zone: &ZoneReport, provider: &ProviderReport) -> Option<Remark> {
    let error = provider.error.as_ref()?;
    let (code, what) = match provider.state {
        ProviderState::Unknown => ("DRF02", "could not be read"),
        ProviderState::Known | ProviderState::Follows => ("RUN01", "stopped being written to"),
    };
    let hint = error.hint.as_ref().map(|hint| format!("\nhint: {hint}"));
    Some(Remark {
        code: code.to_owned(),
        level: Level::Error,
        title: format!("{} at {}", zone.zone, provider.id),
        message: format!(
            "{} {what}: {}{}",
            provider.id,
            error.message,
            hint.unwrap_or_default()
        ),
        place: Place {
            file: Some(format!("providers/{}.toml", provider.id)),
            ..Place::default()
        },
        about: format!("{} {}", zone.zone, provider.id),
    })
}

fn differing(
    command: &str,
    zone: &ZoneReport,
    one: &Difference,
    held: &[(&str, &ChangeEntry)],
) -> Remark {
    let wide = Style {
        width: 1000,
        ..Style::default()
    };
    let mut text = String::new();
    difference_in_full(&mut text, zone, one, wide);
    let mut lines = text.trim().lines();
    let title = lines.next().unwrap_or_default();
    // The code stands beside the title.
    let title = title.split(" [").next().unwrap_or_default().to_owned();
    let mut lines: Vec<&str> = lines.map(str::trim).collect();
    let by_api = at_providers(held);
    lines.extend(by_api.lines());
    let code = match one.code.as_str() {
        "" => "SRV01",
        code => code,
    };
    let level = match (&one.explained, one.verdict.as_str()) {
        (Some(_), _) => Level::Note,
        (None, "unverified") => Level::Warning,
        // What an audit makes of it is the rule's to say; a check is about this and nothing else.
        _ if command == "audit" => rule(code).map_or(Level::Error, |rule| rule.severity.into()),
        _ => Level::Error,
    };
    Remark {
        code: code.to_owned(),
        level,
        title,
        message: lines.join("\n"),
        place: match one.place.line {
            Some(_) => one.place.clone(),
            None => whole(zone),
        },
        about: format!("{} {} {}", zone.zone, one.name, one.rtype),
    }
}

/// One line for each way in which providers hold the set otherwise.
fn at_providers(held: &[(&str, &ChangeEntry)]) -> String {
    let mut ways: Vec<(String, Vec<&str>)> = Vec::new();
    for &(id, change) in held {
        let set = |set: &Option<SetEntry>| {
            let nothing = || "nothing".to_owned();
            set.as_ref().map_or_else(nothing, SetEntry::told)
        };
        let what = format!("{} → {}", set(&change.before), set(&change.after));
        match ways.iter_mut().find(|(own, _)| *own == what) {
            Some((_, ids)) => ids.push(id),
            None => ways.push((what, vec![id])),
        }
    }
    let lines = ways
        .iter()
        .map(|(what, ids)| format!("by API at {}: {what}", ids.join(", ")));
    lines.collect::<Vec<_>>().join("\n")
}
