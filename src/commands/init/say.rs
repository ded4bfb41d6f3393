//! What `init` shows and asks.

use std::fmt::Write as _;

use super::Domain;
use super::accounts::Member;
use super::fits::could_hold;
use super::look::Look;
use super::proof::Proved;
use crate::commands::console::Console;
use crate::commands::new_files::NewFile;
use crate::report::text::{plural, wrap};
use crate::zone::{Finding, Name, Severity};

/// Columns before a value.
const INDENT: usize = 15;

/// Which second provider shall have an account; nothing where that is for later.
pub(super) async fn ask_for_second(
    domains: &[Domain],
    members: &[Member],
    at_hand: &[(&'static str, Vec<String>)],
    console: &Console,
) -> Option<String> {
    if members.len() != 1 || at_hand.is_empty() {
        return None;
    }
    let mut options: Vec<String> = at_hand
        .iter()
        .map(|(name, found)| {
            let mut zones = domains
                .iter()
                .filter_map(|domain| domain.records.zone.as_ref());
            let fits = zones.all(|zone| could_hold(zone, name));
            let but = if fits {
                ""
            } else {
                ", where the zone does not fit as it is"
            };
            format!("{name} ({}){but}", found.join(", "))
        })
        .collect();
    options.push("later".to_owned());
    let question = "A second provider? Credentials are at hand for these:";
    let picked = console.choose(question, &options).await?;
    at_hand.get(picked).map(|(name, _)| (*name).to_owned())
}

/// Whether the files may be written.
pub(super) async fn agrees(files: &[NewFile], console: &Console) -> bool {
    for file in files {
        console.err(&format!("  + {}\n", file.shown));
    }
    console
        .ask(&format!("Write {}?", plural(files.len(), "file")))
        .await
}

/// Everything that was seen.
pub(super) fn seen(
    domains: &[Domain],
    members: &[Member],
    at_hand: &[(&'static str, Vec<String>)],
    console: &Console,
) -> String {
    let mut out = String::new();
    for domain in domains {
        one(&mut out, domain, members, console.width);
    }
    let found: Vec<String> = at_hand
        .iter()
        .map(|(name, found)| format!("{name} ({})", found.join(", ")))
        .collect();
    if !found.is_empty() {
        row(
            &mut out,
            "at hand",
            &format!("credentials for {}", found.join(", ")),
            console.width,
        );
    }
    out.push('\n');
    out
}

/// What was written, and what that comes to.
pub(super) fn done(
    domains: &[Domain],
    proofs: &[Proved],
    files: &[NewFile],
    console: &Console,
) -> String {
    let mut out = String::new();
    if files.is_empty() {
        out.push_str("every file is there already; none was written\n");
    }
    for file in files {
        let _ = writeln!(out, "+ {}", file.shown);
    }
    for (domain, proved) in domains.iter().zip(proofs) {
        out.push('\n');
        proof(&mut out, domain, proved, console.width);
    }
    out
}

fn row(out: &mut String, label: &str, value: &str, width: usize) {
    let value = wrap(value, width, INDENT);
    let _ = writeln!(out, "  {label:<width$}{value}", width = INDENT - 2);
}

fn names(names: &[&Name]) -> String {
    let names: Vec<String> = names
        .iter()
        .map(|name| name.to_string().trim_end_matches('.').to_owned())
        .collect();
    names.join(" ")
}

fn one(out: &mut String, domain: &Domain, members: &[Member], width: usize) {
    let Domain { look, records } = domain;
    let _ = writeln!(out, "{}", look.origin);
    if let Some(parent) = &look.parent {
        let listed: Vec<&Name> = look.delegated.iter().collect();
        row(
            out,
            "delegated",
            &format!("by {parent} to {}", names(&listed)),
            width,
        );
    }
    served(out, look, members, width);
    for member in members.iter().filter(|member| records.belongs_to(member)) {
        let found: Vec<&str> = member
            .draft
            .credentials
            .iter()
            .filter_map(|one| one.found.as_deref())
            .collect();
        let with = if found.is_empty() {
            String::new()
        } else {
            format!(", read with {}", found.join(", "))
        };
        row(
            out,
            "account",
            &format!("{} holds it{with}", member.id()),
            width,
        );
    }
    let count = records
        .zone
        .as_ref()
        .map(|zone| plural(zone.len(), "record set"));
    let count = count.unwrap_or_else(|| "not the whole zone".to_owned());
    row(
        out,
        "zone",
        &format!("{count}, from {}", records.source),
        width,
    );
    for remark in &records.remarks {
        row(out, "", remark, width);
    }
    for finding in look.findings.iter().chain(&records.findings) {
        told(out, finding, width);
    }
}

fn served(out: &mut String, look: &Look, members: &[Member], width: usize) {
    let operators = look.operators();
    let total = look.names.len();
    for (operator, own) in &operators {
        let Some(operator) = operator else {
            for (whose, own) in by_account(own, members) {
                let whose =
                    whose.map_or("somebody unknown".to_owned(), |id| format!("account {id}"));
                let whose = format!("{whose} ({} of {total}: {})", own.len(), names(&own));
                row(out, "served by", &whose, width);
            }
            continue;
        };
        let lacks = if operator
            .adapter
            .is_none_or(|name| crate::adapters::adapter(name).is_none())
        {
            ", for which there is no adapter"
        } else {
            ""
        };
        let whose = format!("{} ({} of {total}){lacks}", operator.name, own.len());
        row(out, "served by", &whose, width);
    }
    if operators.len() == 1 && operators[0].0.is_some() {
        row(out, "", "all of it depends on one provider", width);
    }
}

/// Nameservers whose names tell nothing, by the account that lists them.
fn by_account<'a>(
    servers: &[&'a Name],
    members: &'a [Member],
) -> Vec<(Option<&'a str>, Vec<&'a Name>)> {
    let mut all: Vec<(Option<&str>, Vec<&Name>)> = Vec::new();
    for &name in servers {
        let lists = |member: &&Member| {
            let mut own = member.draft.account.nameservers.iter();
            own.any(|server| server.name == *name)
        };
        let whose = members.iter().find(lists).map(Member::id);
        match all.iter_mut().find(|(own, _)| *own == whose) {
            Some((_, names)) => names.push(name),
            None => all.push((whose, vec![name])),
        }
    }
    all
}

fn told(out: &mut String, finding: &Finding, width: usize) {
    let symbol = match finding.severity {
        Severity::Error => '!',
        Severity::Warning => '~',
        Severity::Info => '=',
    };
    let text = format!(
        "{}[{}]: {}",
        finding.severity, finding.code, finding.message
    );
    let _ = writeln!(out, "{symbol} {}", wrap(&text, width, 2));
    if let Some(hint) = &finding.hint {
        let _ = writeln!(out, "  hint: {}", wrap(hint, width, 8));
    }
}

fn proof(out: &mut String, domain: &Domain, proved: &Proved, width: usize) {
    for one in &proved.standings {
        let line = match (&one.unknown, one.holds, one.changes) {
            (Some(why), ..) => format!("? {} is unknown: {why}", one.id),
            (None, true, 0) => format!(
                "= a plan for {} is empty; nothing was written there",
                one.id
            ),
            (None, false, 0) => {
                format!("= a plan for {} is empty, though it lacks the zone", one.id)
            }
            (None, true, changes) => format!(
                "~ a plan for {} has {}; nothing was written there",
                one.id,
                plural(changes, "change")
            ),
            (None, false, changes) => format!(
                "+ {} lacks the zone: a sync makes it there, {}",
                one.id,
                plural(changes, "record set")
            ),
        };
        let _ = writeln!(out, "{}", wrap(&line, width, 2));
    }
    let text = format!("Next for {}: {}", domain.look.origin, proved.step.what);
    let _ = writeln!(out, "{}\n", wrap(&text, width, 0));
    for line in &proved.step.lines {
        let _ = writeln!(out, "    {line}");
    }
}
