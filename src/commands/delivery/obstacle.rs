//! What keeps a run from changing anybody.

use super::Work;
use crate::commands::session::nobody_left;
use crate::plan::{Objection, SavedPlan, State};
use crate::report::Outcome;
use crate::report::text::plural;
use crate::zone::Finding;

/// Why nobody is changed: what it comes to, what is said, and what to do about it.
pub(super) struct Obstacle {
    pub(super) outcome: Outcome,
    pub(super) message: String,
    pub(super) hint: Option<String>,
}

impl Obstacle {
    /// The first that there is: a saved plan that no longer fits, a guard, a provider that breaks the chain of trust, one
    /// that is unknown, servers that nobody could ask for proof.
    /// `together` are the guards' objections to all zones together, `silent` tells of embedded nameservers that cannot listen.
    pub(super) fn find(
        works: &[Work<'_>],
        together: &[Objection],
        silent: &[Finding],
        saved: Option<&SavedPlan>,
        takes_back: bool,
    ) -> Option<Self> {
        let all = || works.iter().flat_map(|work| &work.surveyed);
        let trouble = |message: String, hint: Option<String>| {
            Some(Self {
                outcome: Outcome::Trouble,
                message: format!("{message}; nothing was changed"),
                hint,
            })
        };
        if let Some(plan) = saved.filter(|_| works.iter().any(|work| !work.moved.is_empty())) {
            return Some(Self {
                outcome: Outcome::Refused,
                message: format!(
                    "refused: the saved plan {} no longer fits; nothing was changed",
                    plan.digest().short()
                ),
                hint: Some(
                    "see what moved, and make a new one with `redundns plan --out FILE`".to_owned(),
                ),
            });
        }
        let each = all().map(|one| one.plan.objections.len());
        let objections = each.sum::<usize>() + together.len();
        if objections > 0 {
            return Some(Self {
                outcome: Outcome::Refused,
                message: format!(
                    "refused by {}; nothing was changed",
                    plural(objections, "guard")
                ),
                hint: Some("each names the flag that overrides it".to_owned()),
            });
        }
        // Taking back what brought it about is a remedy.
        let mut unsigned = works.iter().flat_map(|work| work.prover.unsigned());
        if let Some(finding) = unsigned.next().filter(|_| !takes_back) {
            return Some(Self {
                outcome: Outcome::Refused,
                message: format!("refused: {}; nothing was changed", finding.message),
                hint: finding.hint.clone(),
            });
        }
        let mut unknown: Vec<&str> = all()
            .filter(|one| matches!(one.plan.state, State::Unknown { .. }))
            .map(|one| one.account.id.as_str())
            .collect();
        unknown.sort_unstable();
        unknown.dedup();
        if !unknown.is_empty() {
            let ids = unknown.join(",");
            let is_known = all().any(|one| !matches!(one.plan.state, State::Unknown { .. }));
            return trouble(
                format!(
                    "{} could not be read ({})",
                    plural(unknown.len(), "provider"),
                    unknown.join(", ")
                ),
                Some(if !is_known {
                    "mend it; `redundns providers --check` asks each of them".to_owned()
                } else if saved.is_some() {
                    format!(
                        "mend it, or make a new plan with `redundns plan --without {ids} --out FILE`"
                    )
                } else {
                    format!("mend it, or change the others now with `--without {ids}`")
                }),
            );
        }
        if let Some(work) = works.iter().find(|work| work.surveyed.is_empty()) {
            let (message, hint) = nobody_left(&work.origin);
            return trouble(message, Some(hint.to_owned()));
        }
        let misfits: Vec<&Finding> = all().flat_map(|one| &one.misfits).collect();
        if let Some(first) = misfits.first() {
            return trouble(first.message.clone(), first.hint.clone());
        }
        // An embedded nameserver that cannot listen proves nothing either.
        let is_ours = |finding: &&Finding| {
            all().any(|one| finding.provider.as_ref() == Some(&one.account.id))
        };
        let blind = works.iter().flat_map(|work| work.prover.obstacles());
        let finding = blind.chain(silent.iter().filter(is_ours)).next()?;
        trouble(finding.message.clone(), finding.hint.clone())
    }
}
