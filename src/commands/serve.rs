//! `serve`: the embedded nameservers, until Ctrl-C.

use super::console::Console;
use super::session::Session;
use crate::cli::Global;
use crate::report::Outcome;
use crate::report::text::plural;

pub(super) async fn run(global: &Global, console: &Console) -> anyhow::Result<Outcome> {
    let Some(session) = Session::open_or_say(global, "serve", console) else {
        return Ok(Outcome::Trouble);
    };
    super::session::show_findings(&session.project.findings, console);
    let mut serving = Vec::new();
    let mut trouble = false;
    let accounts = session
        .project
        .accounts
        .iter()
        .filter(|account| session.counts(account));
    for account in accounts.filter(|account| account.adapter.name == "embedded") {
        let provider = match account.connect() {
            Ok(provider) => provider,
            Err(finding) => {
                super::session::show_findings(&[finding], console);
                trouble = true;
                continue;
            }
        };
        let Some(ability) = provider.serves() else {
            continue;
        };
        match ability.serve().await {
            Ok(served) => {
                for address in &served.addresses {
                    console.note(&format!("{} answers on {address}", account.id));
                }
                serving.push(served);
            }
            Err(error) => {
                console.error(
                    &format!("{}: {}", account.id, error.message),
                    error.hint.as_deref(),
                );
                trouble = true;
            }
        }
    }
    if trouble {
        return Ok(Outcome::Trouble);
    }
    if serving.is_empty() {
        let hint = "an account with `adapter = \"embedded\"` serves from here";
        console.error("no enabled account is embedded", Some(hint));
        return Ok(Outcome::Trouble);
    }
    console.note(&format!(
        "{} up; Ctrl-C stops",
        plural(serving.len(), "nameserver")
    ));
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = super::interrupt::terminated() => {}
    }
    Ok(Outcome::Same)
}
