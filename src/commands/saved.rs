//! Saved plans on their way to a file and back.

use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;

use super::session::{Loaded, Session};
use super::survey::Surveyed;
use crate::config::{Account, unread};
use crate::plan::{Now, SavedPlan, SavedProvider, SavedZone};
use crate::rollout::journal;
use crate::zone::{Finding, Name, RecordKey, Severity};

/// What is planned for one zone, in the form that is saved; `None` where a provider is unknown, or where there is none
/// at all.
pub(super) fn saved(
    session: &Session,
    loaded: &Loaded,
    surveyed: &[Surveyed<'_>],
) -> Option<SavedZone> {
    let providers: Option<Vec<SavedProvider>> = surveyed.iter().map(saved_provider).collect();
    let left_out = accounts(session, loaded)
        .filter(|account| !session.counts(account))
        .map(|account| account.id.clone());
    let providers = providers.filter(|providers| !providers.is_empty())?;
    Some(SavedZone::new(
        &loaded.zone,
        &*loaded.file.shown,
        providers,
        left_out.collect(),
    ))
}

/// Writes the plan, whole or not at all.
pub(super) fn write(plan: &SavedPlan, path: &Path) -> anyhow::Result<()> {
    let json = plan.to_json();
    let again = SavedPlan::read(json.as_bytes()).context("reading back the plan")?;
    anyhow::ensure!(again == *plan, "the plan does not read back as it was made");
    let told = || format!("writing the plan to `{}`", path.display());
    // A pipe or a terminal is written to; putting a file in its place would be rude.
    if path.exists() && !path.is_file() {
        return std::fs::write(path, json).with_context(told);
    }
    let directory = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let mut file = new_file(directory.unwrap_or(Path::new("."))).with_context(told)?;
    file.write_all(json.as_bytes()).with_context(told)?;
    file.persist(path).with_context(told)?;
    Ok(())
}

/// There is no secret in a plan, and others shall read it: the usual permissions, and not those of temporary files.
fn new_file(directory: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".redundns-plan-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(directory)
}

/// Reads a plan, and says what is wrong with the file.
pub(super) fn read(path: &Path) -> Result<SavedPlan, Finding> {
    let shown = path.display().to_string();
    let octets = std::fs::read(path).map_err(|error| {
        let message = format!("cannot read the saved plan: {error}");
        Finding::new("PLN04", Severity::Error, message)
            .hint(unread(&error))
            .at(&shown, 1, 1)
    })?;
    SavedPlan::read(&octets).map_err(|error| error.to_finding(shown))
}

/// The zones of the plan that the project has no file for.
pub(super) fn missing(plan: &SavedPlan, session: &Session) -> Vec<Finding> {
    let (files, _) = session.project.zone_files(&[]);
    let is_missing = |zone: &&SavedZone| files.iter().all(|file| file.origin != zone.zone);
    plan.zones
        .iter()
        .filter(is_missing)
        .map(|zone| {
            let message = format!(
                "the plan changes the zone `{}`, which has no file",
                zone.zone
            );
            Finding::new("PLN01", Severity::Error, message)
                .hint("plan again: `redundns plan --out FILE`")
                .at(&zone.file, 1, 1)
        })
        .collect()
}

/// What is not as the plan has it.
pub(super) fn moved(
    zone: &SavedZone,
    session: &Session,
    loaded: &Loaded,
    surveyed: &[Surveyed<'_>],
) -> Vec<Finding> {
    let accounts: Vec<(&str, &str)> = accounts(session, loaded)
        .map(|account| (&*account.id, account.adapter.name))
        .collect();
    let now: Vec<Now<'_>> = surveyed
        .iter()
        .filter_map(|one| {
            Some(Now {
                plan: saved_provider(one)?,
                current: one.base.as_ref().map(|base| &base.zone),
                desired: &one.desired,
            })
        })
        .collect();
    let mut findings = zone.moved_accounts(&accounts);
    findings.extend(zone.moved(&loaded.zone, &now));
    for finding in &mut findings {
        told_by(&session.project.directory, finding, surveyed);
    }
    findings
}

/// Says whose change a record set of a provider is, as far as the journal knows.
fn told_by(project: &Path, finding: &mut Finding, surveyed: &[Surveyed<'_>]) {
    let (Some(id), Some(key)) = (&finding.provider, key(finding)) else {
        return;
    };
    let one = surveyed.iter().find(|one| one.account.id == *id);
    let Some(held) = one.and_then(|one| one.base.as_ref()) else {
        return;
    };
    let whose = match journal::author(project, id, &key, &held.zone) {
        Some(author) => format!("; {author} made it so"),
        None => "; no run on record here did".to_owned(),
    };
    finding.message += &whose;
}

/// What a finding about what a provider holds is about.
fn key(finding: &Finding) -> Option<RecordKey> {
    if finding.code != "PLN02" {
        return None;
    }
    Some(RecordKey {
        owner: Name::absolute(finding.name.as_deref()?).ok()?,
        rtype: finding.rtype.as_deref()?.parse().ok()?,
    })
}

fn saved_provider(one: &Surveyed<'_>) -> Option<SavedProvider> {
    let current = one.base.as_ref().map(|base| &base.zone);
    SavedProvider::of(&one.plan, current, &one.rules)
}

fn accounts<'a>(session: &'a Session, loaded: &Loaded) -> impl Iterator<Item = &'a Account> {
    session
        .project
        .accounts_of(loaded.zone.origin())
        .into_iter()
}
