//! What single accounts shall hold in place of what the zone file says, as declared in `redundns.toml`.

use std::collections::{BTreeMap, HashSet};

use super::session::{Loaded, Session};
use crate::config::{Exception, Project};
use crate::plan::{Change, apply};
use crate::report::{ExceptionEntry, SetEntry};
use crate::zone::{Finding, Name, RecordSet, RecordType, Severity, Zone, lint};

/// The zone of each account with an exception that makes a difference, and what is wrong with the exceptions.
pub(super) fn own_zones(project: &Project, zone: &Zone) -> (BTreeMap<String, Zone>, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut changes: BTreeMap<&str, Vec<(&Exception, Change)>> = BTreeMap::new();
    let takers = project.accounts_of(zone.origin());
    for exception in project.policy.exceptions_of(zone.origin()) {
        let id = exception.provider.as_str();
        let is = |account: &&crate::config::Account| account.id == id;
        if !takers.iter().any(is) {
            // One that does not exist, or is not enabled, was named already.
            if project.accounts.iter().any(|account| account.id == id) {
                let message = format!("the account `{id}` does not take the zone");
                findings.push(refused(project, exception, message));
            }
            continue;
        }
        match change(zone, exception) {
            Ok(Some(change)) => changes.entry(id).or_default().push((exception, change)),
            Ok(None) => findings.push(
                project
                    .policy
                    .about(
                        exception,
                        "EXC01",
                        Severity::Warning,
                        format!(
                            "the exception for `{}` says what the zone file says",
                            exception.key
                        ),
                    )
                    .hint("take it out, or write what shall be different"),
            ),
            Err(message) => findings.push(refused(project, exception, message)),
        }
    }
    let own = changes
        .into_iter()
        .map(|(id, made)| {
            let own = apply(zone, made.iter().map(|(_, change)| change));
            let exceptions: Vec<&Exception> =
                made.iter().map(|(exception, _)| *exception).collect();
            findings.extend(broken(project, zone, &own, &exceptions));
            (id.to_owned(), own)
        })
        .collect();
    (own, findings)
}

/// What the exception does to the file's zone; `None` where that is nothing.
fn change(zone: &Zone, exception: &Exception) -> Result<Option<Change>, String> {
    let key = exception.key.clone();
    let before = zone
        .get(key.owner.borrow(), key.rtype)
        .map(|set| set.to_record_set());
    let Some(records) = &exception.records else {
        return Ok(before.map(|before| Change::Delete { key, before }));
    };
    let Some(ttl) = exception.ttl.or(before.as_ref().map(|set| set.ttl)) else {
        return Err(format!(
            "the exception for `{key}` needs a `ttl`, since the zone file has no such set to take it from"
        ));
    };
    let after = RecordSet::new(ttl, records.clone());
    Ok(match before {
        Some(before) if before == after => None,
        Some(before) => Some(Change::Replace { key, before, after }),
        None => Some(Change::Create { key, after }),
    })
}

fn refused(project: &Project, exception: &Exception, message: String) -> Finding {
    project
        .policy
        .about(exception, "EXC02", Severity::Error, message)
}

/// The rules that `own` breaks and `zone` does not, said where the exception stands.
fn broken(project: &Project, zone: &Zone, own: &Zone, exceptions: &[&Exception]) -> Vec<Finding> {
    let is_error = |finding: &Finding| finding.severity == Severity::Error;
    let known: HashSet<String> = lint(zone)
        .into_iter()
        .filter(is_error)
        .map(|finding| finding.message)
        .collect();
    lint(own)
        .into_iter()
        .filter(|finding| is_error(finding) && !known.contains(&finding.message))
        .map(|finding| place(project, finding, exceptions))
        .collect()
}

/// A finding about what an exception puts into the zone, placed where that exception stands.
pub(super) fn place(project: &Project, finding: Finding, exceptions: &[&Exception]) -> Finding {
    let is_meant = |exception: &&&Exception| {
        finding.name.as_deref() == Some(exception.key.owner.to_string().as_str())
    };
    let Some(exception) = exceptions.iter().find(is_meant).or(exceptions.first()) else {
        return finding;
    };
    let placed = project.policy.about(
        exception,
        finding.code,
        finding.severity,
        finding.message.clone(),
    );
    Finding {
        hint: finding.hint,
        name: finding.name,
        rtype: finding.rtype,
        ..placed
    }
}

/// What is declared of the zone's providers, for its report.
pub(super) fn entries(loaded: &Loaded) -> Vec<ExceptionEntry> {
    let entry = |exception: &Exception| {
        let own = loaded.zone_of(&exception.provider);
        let key = &exception.key;
        ExceptionEntry {
            provider: exception.provider.clone(),
            name: key.owner.to_string(),
            rtype: key.rtype.to_string(),
            reason: exception.reason.clone(),
            expected: own
                .get(key.owner.borrow(), key.rtype)
                .map(|set| SetEntry::of(key.rtype, &set.to_record_set())),
        }
    };
    loaded.exceptions.iter().map(entry).collect()
}

/// What it costs that a provider answers with an apex NS set of its own.
pub(super) fn costs(session: &Session, origin: &Name) -> Vec<Finding> {
    let accounts = session.project.accounts_of(origin).into_iter();
    accounts
        .filter(|account| account.own_apex_ns && session.counts(account))
        .map(|account| {
            let message = format!(
                "`{}` answers with its own apex NS set, as declared: who asks there learns of its servers only, so the \
                 redundancy shrinks as caches refresh",
                account.id
            );
            Finding::new("EXC03", Severity::Info, message)
                .about(origin, RecordType::NS)
                .provider(&account.id)
        })
        .collect()
}
