//! Whose the project is while somebody writes.

use super::console::Console;
use super::delivery::finish;
use crate::config::{Project, who};
use crate::report::{Outcome, Report};
use crate::rollout::{Lock, Taken};

/// Takes the project's lock; says whose it is where another process has it.
pub(super) fn take(
    project: &Project,
    command: &'static str,
    console: &Console,
) -> anyhow::Result<Option<Lock>> {
    let owner = match Lock::take(&project.directory, &who(), command)? {
        Taken::Ours(lock) => return Ok(Some(lock)),
        Taken::Theirs(owner) => owner,
    };
    let mut report = Report::new(command);
    report.outcome = Outcome::Refused;
    finish(&report, console);
    let owner = owner.map(|owner| format!(": {owner}")).unwrap_or_default();
    console.error(
        &format!("another sync of this project is under way{owner}; nothing was changed"),
        Some("wait until it ends"),
    );
    Ok(None)
}
