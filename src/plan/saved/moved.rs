//! What is no longer as a saved plan has it.

use std::collections::BTreeMap;

use super::{SavedProvider, SavedZone};
use crate::plan::Change;
use crate::plan::met::{expected, in_zone, is_same, told};
use crate::zone::{Finding, RecordKey, RecordSet, Severity, Zone};

const FILE: &str = "PLN01";
const PROVIDER: &str = "PLN02";
const PROJECT: &str = "PLN03";

/// How many record sets are named one by one, of the file and of each provider.
const NAMED: usize = 10;

/// What is planned for one provider now.
pub struct Now<'a> {
    /// The plan, in the form that is saved.
    pub plan: SavedProvider,
    /// What it holds; `None` where it lacks the zone.
    pub current: Option<&'a Zone>,
    /// What it shall hold.
    pub desired: &'a Zone,
}

impl SavedZone {
    /// What moved among the accounts that shall hold the zone, each an id and an adapter.
    pub fn moved_accounts(&self, accounts: &[(&str, &str)]) -> Vec<Finding> {
        let now: BTreeMap<&str, &str> = accounts.iter().copied().collect();
        let found = |message: String, id: &str| {
            Finding::new(PROJECT, Severity::Error, message).provider(id)
        };
        let mut findings = Vec::new();
        for SavedProvider { id, adapter, .. } in &self.providers {
            match now.get(&**id) {
                None => findings.push(found(
                    format!("the plan changes `{id}`, and no account `{id}` takes `{}` now", self.zone),
                    id,
                )),
                Some(own) if own != adapter => findings.push(found(
                    format!("the plan has `{id}` as a provider of adapter `{adapter}`, which is `{own}` now"),
                    id,
                )),
                Some(_) => {}
            }
        }
        for id in now.keys() {
            let is_known = self.providers.iter().any(|provider| provider.id == *id)
                || self.left_out.iter().any(|left_out| left_out == id);
            if !is_known {
                let message = format!(
                    "`{id}` takes `{}` now, and the plan knows nothing of it",
                    self.zone
                );
                findings.push(found(message, id));
            }
        }
        findings
    }

    /// What moved in the zone file and at the providers that are known now. Where nothing did, what is planned now is
    /// what was saved.
    pub fn moved(&self, desired: &Zone, now: &[Now<'_>]) -> Vec<Finding> {
        let is_file_same = super::zone_hash(desired) == self.desired;
        let mut in_file = BTreeMap::new();
        let mut findings = Vec::new();
        for then in &self.providers {
            if let Some(now) = now.iter().find(|now| now.plan.id == then.id) {
                let comparison = Comparison {
                    zone: self,
                    desired,
                    then,
                    now,
                    is_file_same,
                };
                comparison.run(&mut in_file, &mut findings);
            }
        }
        let mut all: Vec<Finding> = Vec::new();
        let more = in_file.len().saturating_sub(NAMED);
        all.extend(in_file.into_values().take(NAMED));
        let about_file =
            |message: String| Finding::new(FILE, Severity::Error, message).at(&self.file, 1, 1);
        if more > 0 {
            all.push(about_file(format!(
                "and {more} more record sets of the file"
            )));
        }
        if !is_file_same && all.is_empty() {
            all.push(about_file(
                "the zone file is not as it was, in record sets that are not planned to change"
                    .to_owned(),
            ));
        }
        all.append(&mut findings);
        all
    }
}

/// One provider, then and now.
struct Comparison<'a> {
    zone: &'a SavedZone,
    desired: &'a Zone,
    then: &'a SavedProvider,
    now: &'a Now<'a>,
    is_file_same: bool,
}

impl Comparison<'_> {
    fn run(&self, in_file: &mut BTreeMap<RecordKey, Finding>, findings: &mut Vec<Finding>) {
        let (then, now) = (self.then, &self.now.plan);
        let id = &then.id;
        let at_provider =
            |message: String| Finding::new(PROVIDER, Severity::Error, message).provider(id);
        if then.follows != now.follows {
            let message = format!("`{id}` transfers the zone from other accounts than in the plan");
            findings.push(Finding::new(PROJECT, Severity::Error, message).provider(id));
            return;
        }
        match (then.base, now.base) {
            (None, Some(_)) => {
                findings.push(at_provider(format!(
                    "`{id}` lacked the zone, and has it now"
                )));
                return;
            }
            (Some(_), None) => {
                findings.push(at_provider(format!(
                    "`{id}` had the zone, and lacks it now"
                )));
                return;
            }
            _ => {}
        }
        let is_base_same = then.base == now.base;
        let mut own = Vec::new();
        for (key, then, now) in differing(then, now) {
            match then {
                Some(change) => self.planned(&key, change, now, in_file, &mut own),
                None => self.unplanned(&key, is_base_same, in_file, &mut own),
            }
        }
        if own.is_empty() && !is_base_same {
            own.push(at_provider(format!(
                "what `{id}` holds is not as it was, in record sets that are not planned to change"
            )));
        }
        // The order of writing follows from the changes, and so it moves where the program does.
        if own.is_empty() && is_base_same && self.is_file_same && !self.is_same_order() {
            let message = format!("what is planned for `{id}` has another order now");
            own.push(Finding::new(PROJECT, Severity::Error, message).provider(id));
        }
        let more = own.len().saturating_sub(NAMED);
        findings.extend(own.into_iter().take(NAMED));
        if more > 0 {
            findings.push(at_provider(format!(
                "and {more} more record sets at `{id}`"
            )));
        }
    }

    fn is_same_order(&self) -> bool {
        self.then.body == self.now.plan.body && self.then.apex_ns == self.now.plan.apex_ns
    }

    /// A record set that the plan changes, and that is no longer planned so.
    fn planned(
        &self,
        key: &RecordKey,
        then: &Change,
        now: Option<&Change>,
        in_file: &mut BTreeMap<RecordKey, Finding>,
        own: &mut Vec<Finding>,
    ) {
        let held = self.held(key);
        let wanted = match now {
            Some(change) => change.after().cloned(),
            None => self.wanted(key),
        };
        let mut is_named = false;
        if !is_same(key.rtype, then.before(), held.as_ref()) {
            is_named = true;
            own.push(self.finding(
                PROVIDER,
                key,
                &format!(
                    "is {} at `{}` now, where the plan found {}",
                    told(key, held.as_ref()),
                    self.then.id,
                    expected(key, then.before())
                ),
            ));
        }
        if !self.is_file_same && !is_same(key.rtype, then.after(), wanted.as_ref()) {
            is_named = true;
            self.file_moved(
                key,
                in_file,
                &format!(
                    "is {} in the zone file now, where the plan has {}",
                    told(key, wanted.as_ref()),
                    expected(key, then.after())
                ),
            );
        }
        if !is_named {
            own.push(self.settings_moved(key));
        }
    }

    /// A record set that the plan leaves alone, so that the file and the provider had the same, and that differs now.
    fn unplanned(
        &self,
        key: &RecordKey,
        is_base_same: bool,
        in_file: &mut BTreeMap<RecordKey, Finding>,
        own: &mut Vec<Finding>,
    ) {
        let (held, wanted) = (self.held(key), self.wanted(key));
        let (held, wanted) = (told(key, held.as_ref()), told(key, wanted.as_ref()));
        let id = &self.then.id;
        match (self.is_file_same, is_base_same) {
            (true, true) => own.push(self.settings_moved(key)),
            (false, true) => self.file_moved(key, in_file, &format!(
                "is {wanted} in the zone file now, where it was {held}"
            )),
            (true, false) => own.push(self.finding(PROVIDER, key, &format!(
                "is {held} at `{id}` now, where it was {wanted}"
            ))),
            (false, false) => own.push(self.finding(PROVIDER, key, &format!(
                "is {held} at `{id}` and {wanted} in the zone file now, and was the same in both"
            ))),
        }
    }

    fn file_moved(
        &self,
        key: &RecordKey,
        in_file: &mut BTreeMap<RecordKey, Finding>,
        sentence: &str,
    ) {
        let at = self
            .desired
            .get(key.owner.borrow(), key.rtype)
            .map(|set| set.position())
            .filter(|at| at.line > 0);
        let mut finding = self.finding(FILE, key, sentence);
        finding.provider = None;
        let (line, column) = at.map_or((1, 1), |at| (at.line, at.column));
        let file = at
            .and_then(|at| self.desired.files().get(usize::from(at.file)))
            .unwrap_or(&self.zone.file);
        in_file
            .entry(key.clone())
            .or_insert_with(|| finding.at(file, line, column));
    }

    fn settings_moved(&self, key: &RecordKey) -> Finding {
        let sentence = format!(
            "is planned in another way for `{}`, as the project's settings or the program are not those of the plan",
            self.then.id
        );
        self.finding(PROJECT, key, &sentence)
    }

    fn finding(&self, code: &'static str, key: &RecordKey, sentence: &str) -> Finding {
        let owner = key.owner.borrow().relative_to(self.zone.zone.borrow());
        let message = format!("`{owner} {}` {sentence}", key.rtype);
        Finding::new(code, Severity::Error, message)
            .about(&key.owner, key.rtype)
            .provider(&self.then.id)
    }

    fn held(&self, key: &RecordKey) -> Option<RecordSet> {
        in_zone(self.now.current?, key)
    }

    fn wanted(&self, key: &RecordKey) -> Option<RecordSet> {
        in_zone(self.now.desired, key)
    }
}

/// The record sets whose changes are not the same then and now, in canonical order.
fn differing<'a>(
    then: &'a SavedProvider,
    now: &'a SavedProvider,
) -> Vec<(RecordKey, Option<&'a Change>, Option<&'a Change>)> {
    let mut changes: BTreeMap<&RecordKey, (Option<&Change>, Option<&Change>)> = BTreeMap::new();
    for change in then.changes() {
        changes.entry(change.key()).or_default().0 = Some(change);
    }
    for change in now.changes() {
        changes.entry(change.key()).or_default().1 = Some(change);
    }
    changes
        .into_iter()
        .filter(|(_, (then, now))| then != now)
        .map(|(key, (then, now))| (key.clone(), then, now))
        .collect()
}
