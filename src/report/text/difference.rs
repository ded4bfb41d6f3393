//! One difference in full.

use std::fmt::Write as _;

use super::layout::{Style, cut, relative, wrap};
use super::notes;
use crate::report::data::{AnswerEntry, Difference, SetEntry, ZoneReport};

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
        by(out, difference, answer);
    }
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

fn by(out: &mut String, difference: &Difference, answer: &AnswerEntry) {
    let Some(first) = answer.nameservers.first() else {
        return;
    };
    let others = match answer.nameservers.len() - 1 {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let _ = writeln!(out, "  by         {first}{others}");
    let address = first.rsplit(' ').next().unwrap_or_default();
    if let Some(command) = notes::dig(address, &difference.name, &difference.rtype) {
        let _ = writeln!(out, "             {command}");
    }
}
