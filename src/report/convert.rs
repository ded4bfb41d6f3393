//! From the values of the core to report entries: names and RDATA become presentation format here and not earlier.

use std::time::Duration;

use super::data::{
    ChangeEntry, CostEntry, ErrorEntry, FindingEntry, IgnoredEntry, ObjectionEntry, Place,
    ProviderReport, ProviderState, SetEntry, ZoneReport,
};
use crate::plan::{Change, Cost, Objection, Others, Plan, ProviderPlan, State};
use crate::provider::ProviderError;
use crate::zone::rdata::to_text;
use crate::zone::{Finding, RecordSet, RecordType, Zone};

impl ZoneReport {
    /// A plan, with nothing asked yet.
    pub fn of_plan(plan: &Plan, file: Option<String>) -> Self {
        Self {
            zone: plan.zone.to_string(),
            file,
            record_sets: plan.record_sets,
            providers: plan.providers.iter().map(Into::into).collect(),
            ..Self::default()
        }
    }

    /// A zone of which nothing is known yet but its file.
    pub fn of_zone(zone: &Zone, file: Option<String>) -> Self {
        Self {
            zone: zone.origin().to_string(),
            file,
            record_sets: zone.len(),
            ..Self::default()
        }
    }
}

impl SetEntry {
    /// A record set of `rtype` in presentation format.
    pub fn of(rtype: RecordType, set: &RecordSet) -> Self {
        Self {
            ttl: set.ttl,
            rdata: set
                .rdata
                .iter()
                .map(|rdata| to_text(rtype, rdata))
                .collect(),
        }
    }
}

impl From<&ProviderPlan> for ProviderReport {
    fn from(plan: &ProviderPlan) -> Self {
        let mut report = Self {
            id: plan.id.clone(),
            adapter: plan.adapter.clone(),
            objections: plan.objections.iter().map(Into::into).collect(),
            ..Self::default()
        };
        match &plan.state {
            State::Known {
                waves,
                notices,
                ignored,
            } => {
                report.state = ProviderState::Known;
                report.gaps = waves.gaps.iter().map(ToString::to_string).collect();
                report.recut = notices.iter().map(|key| key.owner.to_string()).collect();
                report.ignored = ignored.others.iter().map(Into::into).collect();
            }
            State::Follows { from } => {
                report.state = ProviderState::Follows;
                report.follows.clone_from(from);
            }
            State::Unknown { error } => report.error = Some(error.into()),
        }
        report.cost = plan.cost.map(Into::into);
        report.changes = plan.changes().map(Into::into).collect();
        report
    }
}

impl From<&Others> for IgnoredEntry {
    fn from(others: &Others) -> Self {
        Self {
            name: others.key.owner.to_string(),
            rtype: others.key.rtype.to_string(),
            rule: others.rule.clone(),
        }
    }
}

impl From<Cost> for CostEntry {
    fn from(cost: Cost) -> Self {
        Self {
            calls: cost.calls(),
            seconds: (cost.time + Duration::from_millis(500)).as_secs(),
            limit: cost.limit.map(|limit| limit.to_string()),
        }
    }
}

impl From<&Change> for ChangeEntry {
    fn from(change: &Change) -> Self {
        let key = change.key();
        let entry = |set| SetEntry::of(key.rtype, set);
        Self {
            action: change.action().to_owned(),
            name: key.owner.to_string(),
            rtype: key.rtype.to_string(),
            before: change.before().map(entry),
            after: change.after().map(entry),
            place: Place::default(),
        }
    }
}

impl From<&Objection> for ObjectionEntry {
    fn from(objection: &Objection) -> Self {
        Self {
            code: objection.code.to_owned(),
            message: objection.message.clone(),
            flag: objection.flag.clone(),
            hint: Some(objection.hint.clone()),
        }
    }
}

impl From<&ProviderError> for ErrorEntry {
    fn from(error: &ProviderError) -> Self {
        Self {
            kind: error.kind.as_str().to_owned(),
            message: printable(&error.message),
            hint: error.hint.as_deref().map(printable),
        }
    }
}

/// Text from outside on one line, without octets that a terminal would obey.
fn printable(text: &str) -> String {
    text.replace(char::is_control, " ")
}

impl From<&Finding> for FindingEntry {
    fn from(finding: &Finding) -> Self {
        let placed = finding.line > 0;
        Self {
            code: finding.code.to_owned(),
            severity: finding.severity.to_string(),
            message: finding.message.clone(),
            hint: finding.hint.clone(),
            reproduce: finding.reproduce.clone(),
            file: (!finding.file.is_empty()).then(|| finding.file.clone()),
            line: placed.then_some(finding.line),
            column: placed.then_some(finding.column),
            name: finding.name.clone(),
            rtype: finding.rtype.clone(),
            provider: finding.provider.clone(),
            nameserver: finding.nameserver.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::ErrorKind;

    #[test]
    fn a_providers_words_cannot_steer_a_terminal() {
        let error = ProviderError::new(ErrorKind::Rejected, "no\u{1b}[2Jsuch\nzone");
        assert_eq!(ErrorEntry::from(&error).message, "no [2Jsuch zone");
    }
}
