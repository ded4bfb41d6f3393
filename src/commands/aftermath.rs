//! What a rollout that is not complete leaves behind, and what it all comes to.

use crate::report::Outcome;
use crate::rollout::{Follower, Rollout, Target};
use crate::zone::{Finding, Severity};

/// What a rollout that is not complete leaves behind.
pub(super) fn leftovers(
    rollout: &Rollout,
    targets: &[Target],
    followers: &[Follower],
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (target, result) in targets.iter().zip(&rollout.results) {
        if result.unproved {
            let message = if result.touched {
                format!(
                    "`{}` was written, and its nameservers do not answer so",
                    target.id
                )
            } else {
                format!(
                    "the nameservers of `{}` do not answer as it holds the zone, so no apex NS set was written",
                    target.id
                )
            };
            findings.push(
                Finding::new("RUN02", Severity::Error, message)
                    .hint("`redundns check` asks again; `--settle 5m` waits longer")
                    .provider(&target.id),
            );
        }
        if result.error.is_some() && result.touched {
            findings.push(
                Finding::new(
                    "RUN01",
                    Severity::Error,
                    format!("`{}` may hold a part of the plan", target.id),
                )
                .hint("run `redundns sync` again: it reads what is there and makes what is missing")
                .provider(&target.id),
            );
        }
    }
    for (follower, result) in followers.iter().zip(&rollout.followers) {
        let id = &follower.id;
        if let Some(error) = &result.unheard {
            let mut finding =
                Finding::new("XFR01", Severity::Warning, error.message.clone()).provider(id);
            finding.hint.clone_from(&error.hint);
            findings.push(finding);
        }
        if result.unproved {
            let message = format!(
                "the nameservers of `{id}` do not answer as {} now holds the zone",
                quoted(&follower.from)
            );
            findings.push(
                Finding::new("XFR02", Severity::Error, message)
                    .hint("does its primary allow it to transfer, and tell it what is new? `--settle 5m` waits longer")
                    .provider(id),
            );
        }
    }
    if rollout.interrupted {
        findings.push(
            Finding::new(
                "RUN03",
                Severity::Error,
                "stopped on request before everything was written and proved",
            )
            .hint("run `redundns sync` again to finish"),
        );
    }
    findings
}

/// "`alpha` or `beta`".
fn quoted(ids: &[String]) -> String {
    let ids: Vec<String> = ids.iter().map(|id| format!("`{id}`")).collect();
    ids.join(" or ")
}

/// `differs`: whether some answer is known to be wrong; `proof` may be about the delegation as well.
pub(super) fn outcome(rollout: &Rollout, proof: Outcome, differs: bool) -> Outcome {
    // What somebody else did meanwhile is not what the file says, wherever the answers come from.
    let is_foreign = rollout
        .results
        .iter()
        .any(|result| !result.foreign.is_empty());
    let proof = if is_foreign {
        Outcome::worst([proof, Outcome::Differs])
    } else {
        proof
    };
    if rollout.is_complete() {
        // Written, and proved otherwise: the providers differ because of this run.
        return if differs && rollout.touched() {
            Outcome::Partial
        } else {
            proof
        };
    }
    if rollout.touched() {
        Outcome::Partial
    } else {
        Outcome::Trouble
    }
}
