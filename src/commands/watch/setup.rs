//! What has to be right before anything is watched.

use std::path::Path;

use tokio::net::TcpListener;

use super::target;
use crate::adapters::Secret;
use crate::adapters::http::Hook;
use crate::cli::Watch;
use crate::commands::console::Console;
use crate::commands::roots;
use crate::commands::session::Session;
use crate::config::{Means, Metrics, NotifyTarget, Watching};
use crate::report::Outcome;
use crate::verdict::Nameserver;
use crate::watch::{self, Note, Refusal, Target};
use crate::zone::{Finding, Severity};

/// What was read and found right.
pub(super) struct Prepared {
    pub(super) targets: Vec<Target>,
    pub(super) hints: Option<Vec<Nameserver>>,
    pub(super) elsewhere: Option<Hook>,
}

/// Everything, or all that is wrong.
pub(super) fn prepare(
    session: &Session,
    settings: &Watching,
    arguments: &Watch,
) -> Result<Prepared, Vec<Finding>> {
    let mut faults = Vec::new();
    let mut targets = Vec::new();
    for entry in &settings.notify {
        match means(session, entry) {
            Ok(means) => targets.push(target(means, session)),
            Err(fault) => faults.push(fault),
        }
    }
    let hints = arguments.root_hints.as_deref().and_then(|path| {
        let hints = roots::read(path);
        hints.map_err(|own| faults.extend(own)).ok()
    });
    let page = settings.status.as_ref();
    let elsewhere = page
        .and_then(|page| page.elsewhere.as_deref())
        .and_then(|url| {
            let fault = |said: &str| {
                let message = format!("`[status] elsewhere`: {said}");
                Finding::new("WAT02", Severity::Error, message).at("redundns.toml", 1, 1)
            };
            let hook = hook(&Secret::new(url), fault);
            hook.map_err(|fault| faults.push(fault)).ok()
        });
    // Who is named in vain is not watched in vain.
    faults.extend(session.project.zone_files(&arguments.zones).1);
    if faults.is_empty() {
        Ok(Prepared {
            targets,
            hints,
            elsewhere,
        })
    } else {
        Err(faults)
    }
}

fn means(session: &Session, entry: &NotifyTarget) -> Result<watch::Means, Finding> {
    let url = |source| {
        let secret = session.project.notify_secret(entry, source)?;
        hook(&secret, |said| {
            session.project.about_notify(entry, "WAT02", said)
        })
    };
    Ok(match &entry.means {
        Means::Slack(source) => watch::Means::Slack(url(source)?),
        Means::Webhook(source) => watch::Means::Webhook(url(source)?),
        Means::Command(words) => watch::Means::Command(words.clone()),
        Means::Sendmail { to, from, program } => watch::Means::Sendmail {
            to: to.clone(),
            from: from.clone(),
            program: program.clone(),
        },
    })
}

fn hook(url: &Secret, fault: impl FnOnce(&str) -> Finding) -> Result<Hook, Finding> {
    Hook::at(url, watch::PATIENCE, watch::LARGEST).map_err(|error| {
        let mut finding = fault(&error.message);
        finding.hint = error.hint;
        finding
    })
}

/// Why there is no history, in words, and what that comes to.
pub(super) fn refused(path: &Path, refusal: &Refusal) -> (Outcome, Finding) {
    let path = path.display();
    let (outcome, message, hint) = match refusal {
        Refusal::Newer { version } => (
            Outcome::Trouble,
            format!(
                "the history {path} was written by a later version of redundns (its format is {version})"
            ),
            "use that version, or name another file with `history` in `[watch]`; this one stays as it is",
        ),
        Refusal::InUse => (
            Outcome::Refused,
            format!("another `watch` has the history {path} open"),
            "one at a time for each history; name another file with `history` in `[watch]`",
        ),
        Refusal::Io(why) => (
            Outcome::Trouble,
            format!("the history {path} cannot be opened: {why}"),
            "is there room, and may this user write there? `history` in `[watch]` names another file",
        ),
    };
    (
        outcome,
        Finding::new("WAT01", Severity::Error, message).hint(hint),
    )
}

/// What is to be said of a history that could be opened.
pub(super) fn noted(path: &Path, note: &Note) -> String {
    match note {
        Note::Aside(aside) => format!(
            "the history {} is damaged, and begins anew: what was there is kept as {}",
            path.display(),
            aside.display()
        ),
        Note::Full(why) => format!(
            "there is no room to open the history {}: {why}; watching without, and trying again with every round",
            path.display()
        ),
    }
}

/// Where metrics are given. At the usual address somebody may be already; an address that was named has to be free.
pub(super) async fn listen(
    settings: &Watching,
    arguments: &Watch,
    console: &Console,
) -> Result<Option<TcpListener>, Finding> {
    let address = match settings.metrics {
        Metrics::Usual(address) | Metrics::At(address) if !arguments.once => address,
        _ => return Ok(None),
    };
    match TcpListener::bind(address).await {
        Ok(listener) => {
            let address = listener.local_addr().unwrap_or(address);
            console.note(&format!("metrics at http://{address}/metrics"));
            Ok(Some(listener))
        }
        Err(error) => {
            let message = format!("metrics cannot be given at {address}: {error}");
            let hint = "name another address with `metrics` in `[watch]`, or \"off\"";
            if matches!(settings.metrics, Metrics::Usual(_)) {
                console.error(&format!("{message}; watching without"), Some(hint));
                return Ok(None);
            }
            Err(Finding::new("WAT03", Severity::Error, message).hint(hint))
        }
    }
}
