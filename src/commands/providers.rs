//! `providers`: the accounts, what they can hold, and whether their credentials read.

use super::console::Console;
use super::session::{Session, show_findings};
use crate::adapters::ADAPTERS;
use crate::cli::{Format, Global, Providers};
use crate::config::Account;
use crate::provider::{ApexNs, Capabilities, Granularity, ProviderError};
use crate::report::Outcome;
use crate::report::text::plural;

pub(super) async fn run(
    global: &Global,
    arguments: &Providers,
    console: &Console,
) -> anyhow::Result<Outcome> {
    let Some(session) = Session::open_or_say(global, "providers", console) else {
        return Ok(Outcome::Trouble);
    };
    show_findings(&session.project.findings, console);
    let mut rows = Vec::new();
    let mut outcome = Outcome::Same;
    for account in session
        .project
        .accounts
        .iter()
        .filter(|account| session.counts(account))
    {
        let mut row = Row {
            account,
            state: None,
            zones: None,
        };
        if arguments.check || arguments.zones {
            let _progress = console.progress(&format!("{}: asking the API", account.id));
            let (state, zones) = ask(&session, account).await;
            if state.is_err() {
                outcome = Outcome::Trouble;
            }
            row.state = Some(state);
            row.zones = zones.filter(|_| arguments.zones);
        }
        rows.push(row);
    }
    match console.format {
        Format::Json => console.out(&json(&rows, &session)?),
        Format::Text | Format::Markdown => {
            for row in &rows {
                console.out(&row.text());
            }
            for id in &session.project.disabled {
                console.out(&format!("{id}  not enabled\n"));
            }
            if rows.is_empty() && session.project.disabled.is_empty() {
                console.note("there is no account: write one TOML file for each into providers/");
            }
            if console.verbose {
                let names: Vec<&str> = ADAPTERS.iter().map(|adapter| adapter.name).collect();
                console.out(&format!("adapters: {}\n", names.join(", ")));
            }
        }
    }
    Ok(outcome)
}

struct Row<'a> {
    account: &'a Account,
    /// Where it was asked: whether the credentials read.
    state: Option<Result<String, String>>,
    zones: Option<Vec<String>>,
}

/// Reads without writing: the list of zones where the API has one, else a zone that the account shall hold.
async fn ask(
    session: &Session,
    account: &Account,
) -> (Result<String, String>, Option<Vec<String>>) {
    let told = |error: ProviderError| match error.hint {
        Some(hint) => format!("{} (hint: {hint})", error.message),
        None => error.message,
    };
    let provider = match account.connect() {
        Ok(provider) => provider,
        Err(finding) => {
            return (
                Err(format!(
                    "{}:{}:{}: {}",
                    finding.file, finding.line, finding.column, finding.message
                )),
                None,
            );
        }
    };
    if provider.follows().is_some() {
        let state = "gets its zones by transfer, so nothing was asked".to_owned();
        return (Ok(state), None);
    }
    // What it can do some providers only say when they are asked.
    if let Err(error) = provider.capabilities().await {
        return (Err(told(error)), None);
    }
    if let Some(ability) = provider.lists_zones() {
        return match ability.list_zones().await {
            Ok(zones) => {
                let zones: Vec<String> = zones.iter().map(ToString::to_string).collect();
                (
                    Ok(format!("reads, holds {}", plural(zones.len(), "zone"))),
                    Some(zones),
                )
            }
            Err(error) => (Err(told(error)), None),
        };
    }
    let (files, _) = session.project.zone_files(&[]);
    let Some(file) = files.iter().find(|file| account.takes(&file.origin)) else {
        return (
            Ok("takes no zone of this project, so nothing was asked".to_owned()),
            None,
        );
    };
    match provider.fetch(&file.origin).await {
        Ok(_) => (Ok(format!("reads {}", file.origin)), None),
        Err(error) => (Err(told(error)), None),
    }
}

impl Row<'_> {
    fn text(&self) -> String {
        let capabilities = self.account.capabilities(None);
        let mut text = format!(
            "{}  {}  {}\n",
            self.account.id, self.account.adapter.name, self.account.adapter.docs
        );
        for (what, value) in facts(&capabilities) {
            text += &format!("  {what:<12} {value}\n");
        }
        for server in &self.account.nameservers {
            let addresses: Vec<String> = server.addresses.iter().map(ToString::to_string).collect();
            let at = if addresses.is_empty() {
                "(resolved)".to_owned()
            } else {
                addresses.join(" ")
            };
            text += &format!("  {:<12} {} {at}\n", "nameserver", server.name);
        }
        for quirk in capabilities.quirks {
            text += &format!(
                "  {:<12} {} (verified {}, {})\n",
                "quirk", quirk.what, quirk.verified, quirk.source
            );
        }
        match &self.state {
            Some(Ok(state)) => text += &format!("  = {state}\n"),
            Some(Err(error)) => text += &format!("  ! {error}\n"),
            None => {}
        }
        for zone in self.zones.iter().flatten() {
            text += &format!("    {zone}\n");
        }
        text
    }
}

fn facts(capabilities: &Capabilities) -> Vec<(&'static str, String)> {
    let types = match &capabilities.rtypes {
        None => "all".to_owned(),
        Some(types) => types
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(" "),
    };
    let ttl = format!(
        "{} to {} s",
        capabilities.ttl.start(),
        capabilities.ttl.end()
    );
    let apex = match capabilities.apex_ns {
        ApexNs::Full => "any set",
        ApexNs::AddOnly => "its own stay, others can be added",
        ApexNs::Fixed => "its own and nothing else",
        ApexNs::Hidden => "neither shown nor settable",
    };
    let unit = match capabilities.granularity {
        Granularity::Record => "record",
        Granularity::RecordSet => "record set",
        Granularity::Zone => "zone",
    };
    let atomic = if capabilities.atomic {
        "atomic"
    } else {
        "not atomic"
    };
    vec![
        ("types", types),
        ("TTL", ttl),
        ("apex NS", apex.to_owned()),
        (
            "writes",
            format!(
                "by {unit}, {} in one call, {atomic}",
                match capabilities.batch {
                    usize::MAX => "any number of changes".to_owned(),
                    most => format!("up to {}", plural(most, "change")),
                }
            ),
        ),
        (
            "settles",
            format!("within {} s", capabilities.settle.as_secs()),
        ),
    ]
}

fn json(rows: &[Row<'_>], session: &Session) -> anyhow::Result<String> {
    let accounts: Vec<serde_json::Value> = rows
        .iter()
        .map(|row| {
            let capabilities: serde_json::Map<String, serde_json::Value> = facts(&row.account.capabilities(None))
                .into_iter()
                .map(|(what, value)| (what.to_lowercase().replace(' ', "_"), value.into()))
                .collect();
            serde_json::json!({
                "id": row.account.id,
                "adapter": row.account.adapter.name,
                "docs": row.account.adapter.docs,
                "capabilities": capabilities,
                "readable": row.state.as_ref().map(Result::is_ok),
                "message": row.state.as_ref().map(|state| state.as_ref().unwrap_or_else(|error| error)),
                "zones": row.zones,
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
