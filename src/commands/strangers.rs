//! What somebody else did at a provider while a run was under way.

use crate::rollout::{Rollout, Target};
use crate::zone::{Finding, RecordKey, Severity};

/// How many record sets a sentence names.
const NAMED: usize = 20;

/// What was noticed of others in run number `run`.
pub(super) fn strangers(rollout: &Rollout, targets: &[Target], run: u64) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (target, result) in targets.iter().zip(&rollout.results) {
        let id = &target.id;
        for key in &result.foreign {
            let message = format!(
                "somebody else changed `{key}` at `{id}` while this run was under way; it was left alone"
            );
            findings.push(
                Finding::new("RUN13", Severity::Warning, message)
                    .hint("`redundns plan` shows what it is and what would be made of it")
                    .about(&key.owner, key.rtype)
                    .provider(id),
            );
        }
        if !result.contested.is_empty() {
            let message = format!(
                "somebody else wrote to `{id}` between the last look and the write of run {run}; what they set at {} \
                 is overwritten",
                named(&result.contested)
            );
            let hint = format!(
                "`redundns history {run}` shows every set that was written, and what stood there at the last look"
            );
            findings.push(
                Finding::new("RUN14", Severity::Warning, message)
                    .hint(hint)
                    .provider(id),
            );
        }
    }
    findings
}

fn named(keys: &[RecordKey]) -> String {
    let shown: Vec<String> = keys
        .iter()
        .take(NAMED)
        .map(|key| format!("`{key}`"))
        .collect();
    let shown = shown.join(", ");
    match keys.len() {
        1 => shown,
        many if many > NAMED => format!("one of {shown} and {} more", many - NAMED),
        _ => format!("one of {shown}"),
    }
}
