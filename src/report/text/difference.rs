//! One difference in full.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::layout::{Style, cut, relative, wrap};
use super::{layout::plural, matrix, notes};
use crate::report::data::{
    AnswerEntry, ChangeEntry, Difference, NameserverReport, ProviderReport, ProviderState,
    SetEntry, ZoneReport,
};

/// What was expected, what was served by whom, and how to see it for oneself.
pub(in crate::report) fn in_full(
    out: &mut String,
    zone: &ZoneReport,
    difference: &Difference,
    style: Style,
) {
    let name = relative(&difference.name, &zone.zone);
    let code = match difference.code.as_str() {
        "" => String::new(),
        code => format!(" [{code}]"),
    };
    let _ = writeln!(
        out,
        "\n{name} {}: {}{code}",
        difference.rtype, difference.verdict
    );
    if let Some(why) = &difference.explained {
        let _ = writeln!(out, "  explained  {}", wrap(why, style.width, 13));
    }
    let room = style.width.saturating_sub(13).max(12);
    let set = |ttl: u32, rdata: &[String]| cut(&format!("{ttl}  {}", rdata.join(", ")), room);
    let expected = match &difference.expected {
        Some(SetEntry { ttl, rdata }) => set(*ttl, rdata),
        None => "nothing".to_owned(),
    };
    let _ = writeln!(out, "  expected   {expected}");
    for exception in &difference.exceptions {
        let expected = match &exception.expected {
            Some(SetEntry { ttl, rdata }) => set(*ttl, rdata),
            None if difference.rtype == "NS" && difference.name == zone.zone => {
                "its own".to_owned()
            }
            None => "nothing".to_owned(),
        };
        let _ = writeln!(out, "  at {:7} {expected}", exception.provider);
    }
    for answer in &difference.answers {
        if answer.current {
            continue;
        }
        let served = match (answer.ttl, answer.kind.as_str()) {
            (Some(ttl), _) => set(ttl, &answer.rdata),
            (None, kind) => said(kind, answer.detail.as_deref()),
        };
        let _ = writeln!(out, "  served     {served}");
        let why = answer.detail.as_deref().filter(|&why| why != "other data");
        if let (Some(_), Some(why)) = (answer.ttl, why) {
            let _ = writeln!(out, "             {}", wrap(why, style.width, 13));
        }
        by(out, zone, difference, answer, style);
    }
    if let Some(hint) = hint(zone, difference) {
        let _ = writeln!(out, "  hint       {}", wrap(&hint, style.width, 13));
    }
}

/// What to do about it, where the APIs were read and tell whether the file has got there.
fn hint(zone: &ZoneReport, difference: &Difference) -> Option<String> {
    if difference.explained.is_some() || difference.verdict == "unverified" {
        return None;
    }
    let wrong = difference.answers.iter().filter(|answer| !answer.current);
    let wrong: BTreeSet<&str> = wrong
        .flat_map(|answer| &answer.nameservers)
        .map(String::as_str)
        .collect();
    let is_wrong = |server: &&NameserverReport| wrong.contains(&*server.label());
    let servers = zone.nameservers.iter().filter(is_wrong);
    let behind: BTreeSet<&str> = servers
        .filter_map(|server| server.provider.as_deref())
        .collect();
    let known = zone.providers.iter().filter(|provider| {
        provider.state == ProviderState::Known && behind.contains(&*provider.id)
    });
    // Whether a name exists at all depends on every set there.
    let is_this = |change: &ChangeEntry| {
        change.name == difference.name
            && (difference.expected.is_none() || change.rtype == difference.rtype)
    };
    let (pending, published): (Vec<&ProviderReport>, Vec<&ProviderReport>) =
        known.partition(|provider| provider.changes.iter().any(is_this));
    let ids = |providers: &[&ProviderReport]| {
        let ids: Vec<&str> = providers.iter().map(|provider| &*provider.id).collect();
        ids.join(", ")
    };
    let mut hints = Vec::new();
    if !pending.is_empty() {
        let ids = ids(&pending);
        hints.push(format!(
            "the API differs too at {ids}: `redundns sync` puts it right"
        ));
    }
    if !published.is_empty() {
        hints.push(format!(
            "the API is as in the file at {}: not served yet, or not by every node; `redundns check --settle 2m` asks again",
            ids(&published)
        ));
    }
    (!hints.is_empty()).then(|| hints.join("; "))
}

fn said(kind: &str, detail: Option<&str>) -> String {
    let words = match kind {
        "nodata" => return "the name without this type (NODATA)".to_owned(),
        "nxdomain" => return "no such name (NXDOMAIN)".to_owned(),
        "not_authoritative" => "not authoritative: a lame server",
        "refused" => "refused",
        "silent" => "no answer",
        other => other,
    };
    match detail {
        // A refusal's detail is the same word again.
        Some(detail) if detail != words => format!("{words}: {detail}"),
        _ => words.to_owned(),
    }
}

fn by(
    out: &mut String,
    zone: &ZoneReport,
    difference: &Difference,
    answer: &AnswerEntry,
    style: Style,
) {
    let Some(first) = answer.nameservers.first() else {
        return;
    };
    let who = wrap(&who(zone, answer), style.width, 13);
    let _ = writeln!(out, "  by         {who}");
    let address = first.rsplit(' ').next().unwrap_or_default();
    if let Some(command) = notes::dig(address, &difference.name, &difference.rtype) {
        let _ = writeln!(out, "             {command}");
    }
}

/// Who gave the answer: one server by its name, several as what they are of each provider.
fn who(zone: &ZoneReport, answer: &AnswerEntry) -> String {
    if let [only] = &*answer.nameservers {
        return only.clone();
    }
    let said: BTreeSet<&str> = answer.nameservers.iter().map(String::as_str).collect();
    let columns = matrix::columns(zone);
    let mut whole = Vec::new();
    let mut parts = Vec::new();
    for group in columns.chunk_by(|one, other| one.provider == other.provider) {
        let own: Vec<String> = group.iter().map(|server| server.label()).collect();
        let own: Vec<&String> = own
            .iter()
            .filter(|own| said.contains(own.as_str()))
            .collect();
        let id = group[0].provider.as_deref();
        match (own.as_slice(), id) {
            ([], _) => {}
            (all, Some(id)) if all.len() == group.len() => whole.push(id),
            ([only], _) => parts.push((*only).clone()),
            (some, Some(id)) => parts.push(format!("{} of {} of {id}", some.len(), group.len())),
            (some, None) => parts.push(plural(some.len(), "nameserver")),
        }
    }
    if !whole.is_empty() {
        parts.insert(0, format!("every nameserver of {}", whole.join(", ")));
    }
    parts.join("; ")
}
