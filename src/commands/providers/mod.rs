//! `providers`: the accounts, what they can hold, whether their credentials read and write, and what zones they hold.

mod ask;
mod facts;
mod schema;
mod shown;

use self::ask::{State, Zones, ask};
use self::shown::{json, text};
use super::console::Console;
use super::session::{Session, show_findings};
use crate::adapters::ADAPTERS;
use crate::cli::{Format, Global, Providers};
use crate::config::{Account, Credential, noted};
use crate::provider::Capabilities;
use crate::report::Outcome;

pub(super) async fn run(
    global: &Global,
    arguments: &Providers,
    console: &Console,
) -> anyhow::Result<Outcome> {
    if let Some(what) = arguments.schema {
        console.print(&schema::text(what));
        return Ok(Outcome::Same);
    }
    let Some(session) = Session::open_or_say(global, "providers", console) else {
        return Ok(Outcome::Trouble);
    };
    show_findings(&session.project.findings, console);
    let (files, _) = session.project.zone_files(&[]);
    let mut rows = Vec::new();
    let mut outcome = Outcome::Same;
    for account in session
        .project
        .accounts
        .iter()
        .filter(|account| session.counts(account))
    {
        let (provider, credentials) = noted(account, &session.project.directory);
        let mut row = Row {
            account,
            capabilities: account.capabilities(None),
            credentials,
            state: None,
            zones: Zones::NotAsked,
        };
        if arguments.check || arguments.zones {
            let _progress = console.progress(&format!("{}: asking the API", account.id));
            let asked = ask(account, provider, &files).await;
            if asked.state.is_err() {
                outcome = Outcome::Trouble;
            }
            row.capabilities = account.capabilities(asked.told);
            row.state = Some(asked.state);
            if arguments.zones {
                row.zones = asked.zones;
            }
        }
        rows.push(row);
    }
    if console.format == Format::Json {
        console.out(&json(&rows, &session)?);
    } else {
        for row in &rows {
            console.out(&text(row, console.width));
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
    Ok(outcome)
}

/// What there is to say of an account.
struct Row<'a> {
    account: &'a Account,
    capabilities: Capabilities,
    credentials: Vec<Credential>,
    /// Where it was asked: what its credentials do, or why they do not even read.
    state: Option<Result<State, String>>,
    zones: Zones,
}
