//! The accounts on a screen, and as JSON.

use std::fmt::Write as _;

use super::Row;
use super::ask::Zones;
use super::facts::facts;
use crate::commands::session::Session;
use crate::report::text::wrap;

/// Columns before a value.
const INDENT: usize = 15;

fn row(out: &mut String, label: &str, value: &str, width: usize) {
    let value = wrap(value, width, INDENT);
    let _ = writeln!(out, "  {label:<12} {value}");
}

/// Everything that is known of an account.
pub(super) fn text(shown: &Row<'_>, width: usize) -> String {
    let account = shown.account;
    let mut out = format!(
        "{}  {}  {}\n",
        account.id, account.adapter.name, account.adapter.docs
    );
    for (what, value) in facts(&shown.capabilities) {
        row(&mut out, what, &value, width);
    }
    for server in &account.nameservers {
        let addresses: Vec<String> = server.addresses.iter().map(ToString::to_string).collect();
        let at = if addresses.is_empty() {
            "(resolved)".to_owned()
        } else {
            addresses.join(" ")
        };
        row(
            &mut out,
            "nameserver",
            &format!("{} {at}", server.name),
            width,
        );
    }
    for quirk in shown.capabilities.quirks {
        let value = format!(
            "{} (verified {}, {})",
            quirk.what, quirk.verified, quirk.source
        );
        row(&mut out, "quirk", &value, width);
    }
    let found: Vec<&str> = shown
        .credentials
        .iter()
        .filter_map(|one| one.found.as_deref())
        .collect();
    if !found.is_empty() {
        row(
            &mut out,
            "credentials",
            &format!("{} of the environment", found.join(", ")),
            width,
        );
    }
    match &shown.state {
        Some(Ok(state)) => {
            let writes = match state.writes {
                Some(true) => "writes",
                Some(false) => "does NOT write: a sync would be refused",
                None => "whether it writes is not known without writing",
            };
            let symbol = if state.writes == Some(false) {
                '~'
            } else {
                '='
            };
            let line = format!("{}; {writes}", state.reads);
            let _ = writeln!(out, "  {symbol} {}", wrap(&line, width, 4));
        }
        Some(Err(error)) => {
            let _ = writeln!(out, "  ! {}", wrap(error, width, 4));
        }
        None => {}
    }
    zones(&mut out, shown, width);
    out
}

fn zones(out: &mut String, shown: &Row<'_>, width: usize) {
    let (held, lacking) = match &shown.zones {
        Zones::NotAsked => return,
        Zones::NotListed => {
            out.push_str("    its zones cannot be listed\n");
            return;
        }
        Zones::Listed { held, lacking } => (held, lacking),
    };
    for (zone, file) in held {
        let line = match file {
            Some(file) => format!("    = {zone}  {file}"),
            None => format!(
                "    + {zone}  no file covers it: redundns import {} {zone}",
                shown.account.id
            ),
        };
        let _ = writeln!(out, "{}", wrap(&line, width, 8));
    }
    for (zone, file) in lacking {
        let line = format!("    - {zone}  it lacks the zone of {file}");
        let _ = writeln!(out, "{}", wrap(&line, width, 8));
    }
}

/// The same for machines.
pub(super) fn json(rows: &[Row<'_>], session: &Session) -> anyhow::Result<String> {
    let accounts: Vec<serde_json::Value> = rows
        .iter()
        .map(|row| {
            let capabilities: serde_json::Map<String, serde_json::Value> = facts(&row.capabilities)
                .into_iter()
                .map(|(what, value)| (what.to_lowercase().replace(' ', "_"), value.into()))
                .collect();
            let known = row.state.as_ref().and_then(|state| state.as_ref().ok());
            let message = row.state.as_ref().map(|state| match state {
                Ok(state) => &state.reads,
                Err(error) => error,
            });
            let zones = listed(&row.zones);
            let of_kind = |kind: usize| zones.as_ref().map(|zones| &zones[kind]);
            serde_json::json!({
                "id": row.account.id,
                "adapter": row.account.adapter.name,
                "docs": row.account.adapter.docs,
                "capabilities": capabilities,
                "credentials": row.credentials.iter().filter_map(|one| one.found.as_ref()).collect::<Vec<_>>(),
                "readable": row.state.as_ref().map(Result::is_ok),
                "writable": known.and_then(|state| state.writes),
                "message": message,
                "zones": of_kind(0),
                "uncovered": of_kind(1),
                "lacking": of_kind(2),
            })
        })
        .collect();
    let document = serde_json::json!({
        "version": 1,
        "command": "providers",
        "accounts": accounts,
        "disabled": session.project.disabled,
    });
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

/// Zones that are held, those among them that no file covers, and those that should be held; nothing where that is not
/// known.
fn listed(zones: &Zones) -> Option<[Vec<String>; 3]> {
    let Zones::Listed { held, lacking } = zones else {
        return None;
    };
    let uncovered = held.iter().filter(|(_, file)| file.is_none());
    Some([
        held.iter().map(|(zone, _)| zone.to_string()).collect(),
        uncovered.map(|(zone, _)| zone.to_string()).collect(),
        lacking.iter().map(|(zone, _)| zone.to_string()).collect(),
    ])
}
