//! The screen of `plan`: per provider what would change, and why it may not.

use std::fmt::Write as _;

use super::layout::{Style, cut, plural, relative, wrap};
use super::{calm, notes};
use crate::report::data::{
    ChangeEntry, CostEntry, ProviderReport, ProviderState, Report, SetEntry, ZoneReport,
};
use crate::zone::{Name, RecordType};

/// From here on the cost of a plan is told.
const LONG_CALLS: usize = 20;
/// The same in seconds.
const LONG_SECONDS: u64 = 10;

/// Names are never cut, but a column does not grow beyond this for their sake.
const NAME_COLUMN: usize = 30;

/// What a report says about changes.
pub fn plan(report: &Report, style: Style) -> String {
    let mut out = String::new();
    for zone in calm::apart(&mut out, report, style, is_calm, "have nothing to change") {
        let _ = writeln!(
            out,
            "{}  {}, {}",
            zone.zone,
            plural(zone.record_sets, "record set"),
            plural(zone.providers.len(), "provider")
        );
        for (index, provider) in zone.providers.iter().enumerate() {
            let twin = zone.providers[..index]
                .iter()
                .find(|earlier| !provider.changes.is_empty() && look_alike(earlier, provider));
            out.push_str(&provider_plan(zone, provider, twin, style));
        }
        exceptions(&mut out, zone, style);
        notes::findings(&mut out, &zone.findings, style);
        out.push('\n');
    }
    notes::objections(&mut out, &report.objections, style);
    notes::findings(&mut out, &report.findings, style);
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// Whether a zone needs no word.
fn is_calm(zone: &ZoneReport) -> bool {
    let is_idle = |provider: &ProviderReport| {
        provider.state != ProviderState::Unknown
            && provider.changes.is_empty()
            && provider.error.is_none()
            && provider.objections.is_empty()
    };
    !zone.providers.is_empty()
        && zone.providers.iter().all(is_idle)
        && zone.findings.is_empty()
        && zone.exceptions.is_empty()
}

/// `= www A  exception at beta: "under maintenance"`, a line each.
pub(super) fn exceptions(out: &mut String, zone: &ZoneReport, style: Style) {
    if !zone.exceptions.is_empty() {
        out.push('\n');
    }
    for one in &zone.exceptions {
        let text = format!(
            "{} {}  exception at {}: \"{}\"",
            relative(&one.name, &zone.zone),
            one.rtype,
            one.provider,
            one.reason
        );
        let _ = writeln!(out, "{} {}", style.symbol('='), wrap(&text, style.width, 2));
    }
}

/// `alpha (powerdns)  +3 ~1 -0` and the changes below; a provider with the changes of an earlier one says just that.
pub(super) fn provider_plan(
    zone: &ZoneReport,
    provider: &ProviderReport,
    twin: Option<&ProviderReport>,
    style: Style,
) -> String {
    let mut out = String::new();
    let title = format!("{} ({})", provider.id, provider.adapter);
    match provider.state {
        ProviderState::Unknown => {
            let _ = writeln!(out, "\n{} {title}  unknown", style.symbol('?'));
            notes::error(&mut out, provider, style);
        }
        ProviderState::Follows => {
            let _ = writeln!(
                out,
                "\n{} {title}  {}",
                style.symbol('='),
                arrives(provider)
            );
        }
        ProviderState::Known if provider.changes.is_empty() => {
            let ignored = ignored(provider);
            let _ = writeln!(
                out,
                "\n{} {title}  nothing to change{ignored}",
                style.symbol('=')
            );
        }
        ProviderState::Known => {
            let counts = counts(provider) + &ignored(provider);
            if let Some(twin) = twin {
                let _ = writeln!(out, "\n  {title}  {counts}  as at {}", twin.id);
            } else {
                let _ = writeln!(out, "\n  {title}  {counts}");
                if !style.quiet {
                    changes(&mut out, &zone.zone, &provider.changes, style);
                }
            }
            cost(&mut out, provider, style);
        }
    }
    if !provider.gaps.is_empty() {
        let names: Vec<&str> = provider
            .gaps
            .iter()
            .map(|name| relative(name, &zone.zone))
            .collect();
        let text = format!(
            "without an answer for a moment, since {} does not make changes atomically: {}",
            provider.id,
            names.join(", ")
        );
        let _ = writeln!(
            out,
            "  {} {}",
            style.symbol('!'),
            wrap(&text, style.width, 4)
        );
    }
    if style.verbose {
        for set in &provider.ignored {
            let name = relative(&set.name, &zone.zone);
            let _ = writeln!(out, "  = {name}  {}  ignored by `{}`", set.rtype, set.rule);
        }
    }
    if style.verbose && !provider.recut.is_empty() {
        let sets = plural(provider.recut.len(), "TXT record set");
        let _ = writeln!(
            out,
            "  = {sets} cut into strings in another way, the words the same"
        );
    }
    notes::objections(&mut out, &provider.objections, style);
    out
}

/// `, 3 ignored`, where there are any.
fn ignored(provider: &ProviderReport) -> String {
    match provider.ignored.len() {
        0 => String::new(),
        count => format!(", {count} ignored"),
    }
}

/// `arrives by zone transfer from alpha or beta`.
pub(super) fn arrives(provider: &ProviderReport) -> String {
    let from = provider.follows.join(" or ");
    let by = if from.is_empty() { "" } else { " from " };
    format!("arrives by zone transfer{by}{from}")
}

/// Whether the changes are the same but for a SOA's serial, which is each provider's own.
pub(in crate::report) fn look_alike(one: &ProviderReport, other: &ProviderReport) -> bool {
    let is_alike = |(a, b): (&ChangeEntry, &ChangeEntry)| {
        a == b
            || a.rtype == "SOA"
                && (&a.action, &a.name) == (&b.action, &b.name)
                && value(a) == value(b)
    };
    one.changes.len() == other.changes.len() && one.changes.iter().zip(&other.changes).all(is_alike)
}

/// `+3 ~1 -0`.
pub(in crate::report) fn counts(provider: &ProviderReport) -> String {
    let count = |action: &str| {
        provider
            .changes
            .iter()
            .filter(|change| change.action == action)
            .count()
    };
    format!(
        "+{} ~{} -{}",
        count("create"),
        count("replace"),
        count("delete")
    )
}

/// One line, where somebody would otherwise wonder how long it takes.
fn cost(out: &mut String, provider: &ProviderReport, style: Style) {
    let is_long = |cost: &&CostEntry| cost.calls >= LONG_CALLS || cost.seconds >= LONG_SECONDS;
    if let Some(cost) = provider
        .cost
        .as_ref()
        .filter(is_long)
        .filter(|_| !style.quiet)
    {
        let _ = writeln!(out, "    cost: {}", cost.told());
    }
}

/// One line a change.
pub(super) fn changes(out: &mut String, zone: &str, changes: &[ChangeEntry], style: Style) {
    let changes = in_order(changes);
    let name = |change: &ChangeEntry| relative(&change.name, zone).to_owned();
    let width = |cells: &mut dyn Iterator<Item = usize>| cells.max().unwrap_or(0);
    let names =
        width(&mut changes.iter().map(|change| name(change).chars().count())).min(NAME_COLUMN);
    let ttls = width(&mut changes.iter().map(|change| ttl(change).len()));
    let rtypes = width(&mut changes.iter().map(|change| change.rtype.len()));
    for change in changes {
        let symbol = match change.action.as_str() {
            "create" => '+',
            "delete" => '-',
            _ => '~',
        };
        let head = format!(
            "{:names$}  {:>ttls$}  {:rtypes$}  ",
            name(change),
            ttl(change),
            change.rtype
        );
        let left = style.width.saturating_sub(4 + head.chars().count()).max(12);
        let _ = writeln!(
            out,
            "  {} {head}{}",
            style.symbol(symbol),
            style.paint(symbol, &cut(&value(change), left))
        );
    }
}

/// In canonical order, where a name is found, whatever the order of writing.
pub(in crate::report) fn in_order(changes: &[ChangeEntry]) -> Vec<&ChangeEntry> {
    let mut sorted: Vec<&ChangeEntry> = changes.iter().collect();
    sorted.sort_by_cached_key(|change| {
        let owner = Name::absolute(&change.name).unwrap_or_else(|_| Name::root());
        (owner, change.rtype.parse::<RecordType>().ok())
    });
    sorted
}

/// The TTL that will be served, or was.
fn ttl(change: &ChangeEntry) -> String {
    let set = change.after.as_ref().or(change.before.as_ref());
    set.map(|set| set.ttl.to_string()).unwrap_or_default()
}

fn value(change: &ChangeEntry) -> String {
    match (&change.before, &change.after) {
        (Some(before), Some(after)) => {
            changed_fields(change).unwrap_or_else(|| replacement(before, after))
        }
        (Some(set), None) | (None, Some(set)) => set.rdata.join(", "),
        (None, None) => String::new(),
    }
}

/// Where a SOA is replaced, what of it changes.
pub(in crate::report) fn changed_fields(change: &ChangeEntry) -> Option<String> {
    let is_soa = change.rtype == "SOA";
    let (before, after) = change.before.as_ref().zip(change.after.as_ref())?;
    is_soa.then(|| soa(before, after)).flatten()
}

/// A SOA's fields, RFC 1035, section 3.3.13.
const SOA: [&str; 7] = [
    "MNAME", "RNAME", "serial", "refresh", "retry", "expire", "MINIMUM",
];

/// The fields of a SOA that change: `refresh 14400 → 18000`. The serial is each provider's own business.
fn soa(before: &SetEntry, after: &SetEntry) -> Option<String> {
    let fields = |set: &SetEntry| -> Vec<String> {
        set.rdata
            .iter()
            .flat_map(|rdata| rdata.split(' '))
            .map(str::to_owned)
            .collect()
    };
    let (old, new) = (fields(before), fields(after));
    if old.len() != SOA.len() || new.len() != SOA.len() {
        return None;
    }
    let mut parts = Vec::new();
    if before.ttl != after.ttl {
        parts.push(format!("TTL {} → {}", before.ttl, after.ttl));
    }
    for ((name, old), new) in SOA.iter().zip(&old).zip(&new) {
        if *name != "serial" && old != new {
            parts.push(format!("{name} {old} → {new}"));
        }
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// What goes and what comes, without what stays: `192.0.2.10 → 192.0.2.44 (2 stay)`.
fn replacement(before: &SetEntry, after: &SetEntry) -> String {
    let without = |all: &SetEntry, others: &SetEntry| -> Vec<String> {
        let is_gone = |rdata: &&String| !others.rdata.contains(rdata);
        all.rdata.iter().filter(is_gone).cloned().collect()
    };
    let (goes, comes) = (without(before, after), without(after, before));
    let mut parts = Vec::new();
    if before.ttl != after.ttl {
        parts.push(format!("TTL {} → {}", before.ttl, after.ttl));
    }
    match (goes.is_empty(), comes.is_empty()) {
        (true, true) => {}
        (false, false) => parts.push(format!("{} → {}", goes.join(", "), comes.join(", "))),
        (true, false) => parts.push(format!("adds {}", comes.join(", "))),
        (false, true) => parts.push(format!("drops {}", goes.join(", "))),
    }
    let stay = after.rdata.len() - comes.len();
    let text = parts.join(", ");
    if stay == 0 || comes.len() + goes.len() == 0 {
        text
    } else {
        format!("{text} ({stay} stay{})", if stay == 1 { "s" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_soa_only_what_changes_is_told_and_never_the_serial() {
        let set = |ttl, text: &str| SetEntry {
            ttl,
            rdata: vec![text.to_owned()],
        };
        let before = set(60, "ns1.example. hm.example. 9 1 2 3 4");
        let after = set(90, "ns1.example. hm.example. 10 1 5 3 4");
        assert_eq!(
            soa(&before, &after).as_deref(),
            Some("TTL 60 → 90, retry 2 → 5")
        );
    }
}
