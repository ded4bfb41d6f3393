//! A plan that was put aside: what would be written where, and what that was planned from.
//!
//! A saved plan is looked at, agreed to, and applied later, perhaps by another machine. So it holds nothing of the
//! machine that made it (no time, path, address or secret), and the same zone files and the same providers give the
//! same octets. Applying it means to plan anew and to compare: [`SavedZone::moved`] names what is no longer as it was.
//!
//! The serial of a SOA is each provider's own business, moves by itself, and so stands as 0.

mod form;
mod hash;
mod moved;
#[cfg(test)]
mod tests;

use std::fmt;

pub use hash::{Hash, base_hash, zone_hash};
pub use moved::Now;

use super::met::without_serial;
use super::{Change, DiffRules, ProviderPlan, State};
use crate::zone::{Finding, Name, RecordKey, RecordSet, Severity, Zone};

/// The version of the format.
pub const SAVED_VERSION: u32 = 1;

/// Every code of saved plans: the file, a provider or the project moved; a file that is no plan.
pub const PLAN_CODES: &[&str] = &["PLN01", "PLN02", "PLN03", "PLN04"];

/// Plans of zones, in the order of their names.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SavedPlan {
    /// One entry a zone.
    pub zones: Vec<SavedZone>,
}

/// The plan of one zone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SavedZone {
    /// The apex.
    pub zone: Name,
    /// The zone file, relative to the project; for people.
    pub file: String,
    /// [`zone_hash`] of what the file says.
    pub desired: Hash,
    /// One entry a provider, in the order of their ids.
    pub providers: Vec<SavedProvider>,
    /// Accounts that hold the zone and were left out on purpose, sorted.
    pub left_out: Vec<String>,
}

/// The plan of one zone at one provider.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SavedProvider {
    /// Account id.
    pub id: String,
    /// The adapter's name.
    pub adapter: String,
    /// The accounts that it transfers the zone from, where it holds nothing of its own. There is no base then.
    pub follows: Vec<String>,
    /// [`base_hash`] of what it held; `None` where it lacked the zone.
    pub base: Option<Hash>,
    /// The first wave, in the order of writing.
    pub body: Vec<Change>,
    /// The second wave, in the order of writing.
    pub apex_ns: Vec<Change>,
}

/// Why octets are no saved plan.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadPlan {
    /// What is wrong, and where.
    pub message: String,
    /// What to do about it.
    pub hint: &'static str,
}

impl fmt::Display for BadPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for BadPlan {}

impl SavedPlan {
    /// The plans of `zones`, put in order.
    pub fn new(mut zones: Vec<SavedZone>) -> Self {
        zones.sort_by(|a, b| a.zone.cmp(&b.zone));
        Self { zones }
    }

    /// Reads what [`Self::to_json`] writes, and whatever means the same.
    pub fn read(octets: &[u8]) -> Result<Self, BadPlan> {
        form::read(octets)
    }

    /// JSON, indented, with a final newline; the same octets for the same plan.
    pub fn to_json(&self) -> String {
        form::write(self)
    }

    /// The plan's identity: the hash of [`Self::to_json`], however the file is laid out.
    pub fn digest(&self) -> Hash {
        Hash::of(self.to_json().as_bytes())
    }
}

impl BadPlan {
    /// The same as a finding about `file`.
    pub fn to_finding(&self, file: impl Into<String>) -> Finding {
        Finding::new("PLN04", Severity::Error, &self.message)
            .hint(self.hint)
            .at(file, 1, 1)
    }
}

impl SavedZone {
    /// The plan of `zone`, whose accounts `left_out` take no part.
    pub fn new(
        zone: &Zone,
        file: impl Into<String>,
        mut providers: Vec<SavedProvider>,
        mut left_out: Vec<String>,
    ) -> Self {
        providers.sort_by(|a, b| a.id.cmp(&b.id));
        left_out.sort_unstable();
        Self {
            zone: zone.origin().clone(),
            file: file.into(),
            desired: zone_hash(zone),
            providers,
            left_out,
        }
    }
}

impl SavedProvider {
    /// What `plan` says, planned by `rules` from `current`, which is `None` where the provider lacks the zone. Gives
    /// nothing where the provider is unknown: there is no plan to save.
    pub fn of(plan: &ProviderPlan, current: Option<&Zone>, rules: &DiffRules) -> Option<Self> {
        let mut saved = Self {
            id: plan.id.clone(),
            adapter: plan.adapter.clone(),
            follows: Vec::new(),
            base: None,
            body: Vec::new(),
            apex_ns: Vec::new(),
        };
        match &plan.state {
            State::Known { waves, .. } => {
                let changes = |changes: &[Change]| changes.iter().map(without_serials).collect();
                saved.base = current.map(|zone| base_hash(zone, rules));
                saved.body = changes(&waves.body);
                saved.apex_ns = changes(&waves.apex_ns);
            }
            State::Follows { from } => {
                saved.follows.clone_from(from);
                saved.follows.sort_unstable();
            }
            State::Unknown { .. } => return None,
        }
        Some(saved)
    }

    /// Every change in the order of writing.
    pub fn changes(&self) -> impl Iterator<Item = &Change> {
        self.body.iter().chain(&self.apex_ns)
    }
}

/// The change with the serials of a SOA as 0.
fn without_serials(change: &Change) -> Change {
    let set = |set: &RecordSet| without_serial(change.key().rtype, set);
    let key = |key: &RecordKey| key.clone();
    match change {
        Change::Create { key: own, after } => Change::Create {
            key: key(own),
            after: set(after),
        },
        Change::Replace {
            key: own,
            before,
            after,
        } => Change::Replace {
            key: key(own),
            before: set(before),
            after: set(after),
        },
        Change::Delete { key: own, before } => Change::Delete {
            key: key(own),
            before: set(before),
        },
    }
}
