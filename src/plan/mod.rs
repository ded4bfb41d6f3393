//! What has to change: values that can be shown, saved and compared, never closures.
//!
//! [`diff`] says what differs between a provider and the zone file, [`order`] in which order to write it, [`guard`]
//! whether to write it at all. Each provider has a [`ProviderPlan`] of its own, and one provider's trouble never
//! changes another's.
//!
//! Nothing here reads a file, a clock or the environment.

mod apply;
mod change;
mod cost;
mod diff;
mod guard;
mod ignore;
mod import;
mod met;
mod order;
mod pattern;
mod saved;
#[cfg(test)]
mod tests;

pub use apply::apply;
pub use change::{Change, Counts};
pub use cost::Cost;
pub use diff::{Diff, DiffRules, Ignored, Others, diff};
pub use guard::{
    Asked, GUARD_CODES, GuardPolicy, Left, Measure, Objection, Proposal, guard, guard_fleet,
};
pub use ignore::{IgnoreError, IgnoreRule, LeftAlone, may_be_ignored};
pub use import::{Choice, Dispute, Imported, disputes, import, unite};
pub use met::met;
pub use order::{Waves, order};
pub use pattern::{PatternError, SetPattern};
pub use saved::{
    BadPlan, Hash, Now, PLAN_CODES, SAVED_VERSION, SavedPlan, SavedProvider, SavedZone, base_hash,
    zone_hash,
};

use crate::provider::ProviderError;
use crate::zone::{Name, RecordKey, Zone};

/// Everything that would be done about one zone.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The apex.
    pub zone: Name,
    /// How many record sets the file has.
    pub record_sets: usize,
    /// One entry a provider.
    pub providers: Vec<ProviderPlan>,
}

/// What would be done at one provider.
#[derive(Clone, Debug)]
pub struct ProviderPlan {
    /// Account id.
    pub id: String,
    /// The adapter's name.
    pub adapter: String,
    /// What is known of the provider, and what follows.
    pub state: State,
    /// What doing it costs; `None` where there is nothing to do, and where nobody reckoned.
    pub cost: Option<Cost>,
    /// Why it shall not be done as it is.
    pub objections: Vec<Objection>,
}

/// Whether a provider could be read. A failed read is unknown, never empty.
#[derive(Clone, Debug)]
pub enum State {
    /// It was read, wholly.
    Known {
        /// What differs, in the order to write it.
        waves: Waves,
        /// TXT record sets that differ in the cut of their strings alone.
        notices: Vec<RecordKey>,
        /// What was left alone.
        ignored: Ignored,
    },
    /// It holds nothing of its own: its data arrive by zone transfer, so that nothing is planned there.
    Follows {
        /// The accounts that it may transfer from.
        from: Vec<String>,
    },
    /// It was not read.
    Unknown {
        /// What it said.
        error: ProviderError,
    },
}

impl ProviderPlan {
    /// Compares what a provider holds with what the file says.
    pub fn known(
        id: impl Into<String>,
        adapter: impl Into<String>,
        current: &Zone,
        desired: &Zone,
        rules: &DiffRules,
    ) -> Self {
        let Diff {
            changes,
            notices,
            ignored,
        } = diff(current, desired, rules);
        Self {
            id: id.into(),
            adapter: adapter.into(),
            state: State::Known {
                waves: order(changes, desired.origin()),
                notices,
                ignored,
            },
            cost: None,
            objections: Vec::new(),
        }
    }

    /// A provider that gets its data by zone transfer from the accounts `from`: nothing is planned.
    pub fn follows(id: impl Into<String>, adapter: impl Into<String>, from: Vec<String>) -> Self {
        Self {
            id: id.into(),
            adapter: adapter.into(),
            state: State::Follows { from },
            objections: Vec::new(),
            cost: None,
        }
    }

    /// A provider that could not be read: nothing is planned.
    pub fn unknown(
        id: impl Into<String>,
        adapter: impl Into<String>,
        error: ProviderError,
    ) -> Self {
        Self {
            id: id.into(),
            adapter: adapter.into(),
            state: State::Unknown { error },
            cost: None,
            objections: Vec::new(),
        }
    }

    /// Every change in the order of writing; none where the provider is unknown.
    pub fn changes(&self) -> impl Iterator<Item = &Change> {
        let waves = match &self.state {
            State::Known { waves, .. } => Some(waves),
            State::Follows { .. } | State::Unknown { .. } => None,
        };
        waves.into_iter().flat_map(Waves::iter)
    }

    /// How many changes of each kind.
    pub fn counts(&self) -> Counts {
        Counts::of(self.changes())
    }

    /// Whether it was read and holds what the file says.
    pub fn is_same(&self) -> bool {
        matches!(self.state, State::Known { .. }) && self.changes().next().is_none()
    }
}
