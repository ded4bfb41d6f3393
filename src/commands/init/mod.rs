//! `init`: from a domain's name to a project whose plan is empty, and to the next step from there.

mod accounts;
mod files;
mod fits;
mod guess;
mod look;
mod next;
mod proof;
mod records;
mod say;
mod target;

use std::path::{Path, PathBuf};

use self::accounts::{Member, Typed, at_hand, members};
use self::look::Look;
use self::records::Records;
use super::console::Console;
use super::interrupt::survive_size_limits;
use super::new_files::{self, NewFile, taken};
use super::roots;
use super::session::refuse;
use crate::cli::{Format, Global, Init};
use crate::config::Project;
use crate::probe::{Walker, root_hints};
use crate::report::Outcome;
use crate::zone::{Finding, Name, Severity};

pub(super) async fn run(
    global: &Global,
    arguments: &Init,
    console: &Console,
) -> anyhow::Result<Outcome> {
    survive_size_limits();
    let directory = global
        .directory
        .clone()
        .unwrap_or_else(|| PathBuf::from("."));
    match start(global, arguments, &directory, console).await {
        Ok(outcome) => outcome,
        Err(findings) => {
            refuse("init", &findings, console);
            Ok(Outcome::Trouble)
        }
    }
}

/// One domain on its way into the project.
struct Domain {
    look: Look,
    records: Records,
}

async fn start(
    global: &Global,
    arguments: &Init,
    directory: &Path,
    console: &Console,
) -> Result<anyhow::Result<Outcome>, Vec<Finding>> {
    let project = Project::begin(directory);
    if project
        .findings
        .iter()
        .any(|finding| finding.severity == Severity::Error)
    {
        return Err(project.findings);
    }
    let asks = console.can_ask() && !arguments.yes && console.format == Format::Text;
    let typed = Typed::of(arguments)?;
    let targets = target::targets(arguments, directory, asks, console).await?;
    let deadline = global
        .timeout
        .map(|timeout| std::time::Instant::now() + timeout);
    let hints = match &arguments.root_hints {
        Some(path) => roots::read(path)?,
        None => root_hints(),
    };
    let walker = Walker::new(hints, deadline);
    let (mut looks, mut failures) = (Vec::new(), Vec::new());
    for target in &targets {
        let seen = look::look(
            &target.origin,
            &walker,
            &arguments.ns,
            &project.accounts,
            deadline,
            console,
        )
        .await;
        match seen {
            Ok(look) => looks.push(look),
            // A zone file in hand may be of a domain that is yet to be delegated.
            Err(finding) if target.file.is_some() => {
                looks.push(Look::blind(&target.origin, finding));
            }
            Err(finding) => failures.push(finding),
        }
    }
    if !failures.is_empty() {
        return Err(failures);
    }
    let mut members = members(
        project.accounts,
        &project.disabled,
        &looks,
        &typed,
        &arguments.ns,
        directory,
    )?;
    let at_hand = at_hand(&members, directory);
    let is_new = directory.join(files::POLICY).symlink_metadata().is_err();
    let mut domains = Vec::new();
    for (target, look) in targets.into_iter().zip(looks) {
        let ignore = if is_new {
            files::ignored()
        } else {
            project.policy.ignore_of(&target.origin)
        };
        let sources = records::Sources {
            members: &members,
            ignore: &ignore,
            prefer: arguments.prefer.as_deref(),
            deadline,
            console,
        };
        let records = sources.records(&look, target).await?;
        domains.push(Domain { look, records });
    }
    if console.format == Format::Text {
        console.out(&say::seen(&domains, &members, &at_hand, console));
    }
    if let Some(second) = &arguments.second {
        let misfits = fits::misfits(&domains, &members, second);
        if !misfits.is_empty() {
            return Err(misfits);
        }
    } else if asks
        && let Some(name) = say::ask_for_second(&domains, &members, &at_hand, console).await
    {
        let second = Typed::second(&name);
        let none = Vec::new();
        members.extend(accounts::members(
            none,
            &project.disabled,
            &[],
            &second,
            &[],
            directory,
        )?);
        let misfits = fits::misfits(&domains, &members, &name);
        if !misfits.is_empty() {
            return Err(misfits);
        }
    }
    let files = compose(&domains, &members, &typed, arguments, directory);
    let collisions: Vec<Finding> = files
        .iter()
        .filter_map(|file| taken(&file.path, &file.shown))
        .collect();
    if !collisions.is_empty() {
        return Err(collisions);
    }
    if asks && !files.is_empty() && !say::agrees(&files, console).await {
        console.note("nothing was written");
        return Ok(Ok(Outcome::Trouble));
    }
    new_files::write(&files).map_err(|finding| vec![finding])?;
    Ok(proof::prove(
        global, directory, &domains, &members, &at_hand, &files, console,
    )
    .await)
}

/// The files that are not there yet: zones and accounts, policy and workflow where nobody wrote any.
fn compose(
    domains: &[Domain],
    members: &[Member],
    typed: &Typed,
    arguments: &Init,
    directory: &Path,
) -> Vec<NewFile> {
    let mut files = Vec::new();
    let mut add = |shown: String, text: String| {
        files.push(NewFile {
            path: directory.join(&shown),
            shown,
            text,
        });
    };
    for domain in domains {
        if let Some((shown, text)) = &domain.records.file {
            add(shown.clone(), text.clone());
        }
    }
    for member in members {
        let holds = |domain: &&Domain| {
            typed.names(member)
                || domain.records.belongs_to(member)
                || domain.look.is_served_by(member)
        };
        let zones: Vec<&Name> = domains
            .iter()
            .filter(holds)
            .map(|domain| &domain.look.origin)
            .collect();
        let zones = if zones.is_empty() {
            domains.iter().map(|domain| &domain.look.origin).collect()
        } else {
            zones
        };
        if let Some(text) = member.text(&zones) {
            add(format!("providers/{}.toml", member.id()), text);
        }
    }
    let is_there = |shown: &str| directory.join(shown).symlink_metadata().is_ok();
    let is_new = !is_there(files::POLICY);
    if is_new {
        add(
            files::POLICY.to_owned(),
            files::policy(arguments.ns.is_empty()),
        );
    }
    // Whoever has a policy and no workflow did not want one.
    if is_new && !arguments.no_ci && !is_there(files::WORKFLOW) {
        let variables: Vec<String> = members.iter().flat_map(Member::variables).collect();
        add(files::WORKFLOW.to_owned(), files::workflow(&variables));
    }
    files
}
