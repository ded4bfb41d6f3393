//! All zones of a run, judged together.

use super::{GuardPolicy, Objection, Proposal, measure, percent, share};

/// The share of one zone's record sets that would be changed or deleted, at the provider where it is largest.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Measure {
    /// Record sets changed or deleted.
    pub part: usize,
    /// Record sets held.
    pub whole: usize,
}

impl Measure {
    /// What one provider's plan amounts to.
    pub fn of(proposal: &Proposal<'_>) -> Self {
        let (part, whole) = measure(proposal);
        Self { part, whole }
    }

    fn share(self) -> f64 {
        share(self.part, self.whole)
    }

    /// The larger of two shares.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        if other.share() > self.share() || self.whole == 0 {
            other
        } else {
            self
        }
    }
}

/// The reason not to write a whole run: zones that are each too small to be measured are measured together.
pub fn guard_fleet(policy: &GuardPolicy, zones: &[Measure]) -> Option<Objection> {
    let small = zones
        .iter()
        .filter(|zone| (1..policy.min_records).contains(&zone.whole));
    let (mut count, mut all) = (0, Measure::default());
    for zone in small {
        count += 1;
        all.part += zone.part;
        all.whole += zone.whole;
    }
    let is_much = count > 1 && all.whole >= policy.min_records && all.share() > policy.max_change;
    is_much.then(|| Objection {
        code: "GRD09",
        provider: None,
        message: format!(
            "in {count} zones of fewer than {} record sets each, {} of {} would be changed or deleted: {} %, more than {} %",
            policy.min_records,
            all.part,
            all.whole,
            percent(all.share()),
            percent(policy.max_change)
        ),
        flag: Some(format!("--allow-change {}%", percent(all.share()))),
        hint: "look at the plan; if that is meant, allow this much for this once".to_owned(),
    })
}
