//! Providers that get back what they held before, and so do not hold the same.

use std::collections::BTreeSet;

use crate::commands::session::Session;
use crate::plan::may_be_ignored;
use crate::provider::ApexNs;
use crate::rollout::Target;
use crate::zone::{Finding, Name, RecordKey, RecordType, Severity, rdata};

/// How many record sets the sentence names.
const NAMED: usize = 8;

/// Says which record sets `targets` shall hold differently, but for what is declared, ignored, or each provider's own.
pub(super) fn apart(session: &Session, origin: &Name, targets: &[Target]) -> Option<Finding> {
    let policy = &session.project.policy;
    let ignored = policy.ignore_of(origin);
    let declared = policy.exceptions_of(origin);
    let (first, others) = targets.split_first()?;
    let keys = targets.iter().flat_map(|one| one.desired.sets());
    let keys: BTreeSet<RecordKey> = keys.map(|set| set.key()).collect();
    let has_free_apex_ns = |one: &Target| {
        let account = session.project.accounts.iter().find(|own| own.id == one.id);
        one.rules.apex_ns == ApexNs::Full && !account.is_some_and(|own| own.own_apex_ns)
    };
    let is_own = |key: &RecordKey| {
        let is_apex_ns = key.rtype == RecordType::NS && key.owner == *origin;
        key.rtype == RecordType::SOA
            || key.rtype.is_signers()
            || declared.iter().any(|one| one.key == *key)
            || may_be_ignored(
                &ignored,
                key.owner.borrow(),
                key.rtype,
                origin.borrow(),
                false,
            )
            || is_apex_ns && !targets.iter().all(has_free_apex_ns)
    };
    let is_same = |one: &Target, key: &RecordKey| {
        let at = key.owner.borrow();
        match (
            first.desired.get(at, key.rtype),
            one.desired.get(at, key.rtype),
        ) {
            (None, None) => true,
            (Some(a), Some(b)) => {
                a.ttl() == b.ttl() && rdata::same_set(key.rtype, a.rdata(), b.rdata())
            }
            _ => false,
        }
    };
    let differs = |key: &&RecordKey| !others.iter().all(|one| is_same(one, key));
    let apart: Vec<&RecordKey> = keys
        .iter()
        .filter(|key| !is_own(key))
        .filter(differs)
        .collect();
    if apart.is_empty() {
        return None;
    }
    let named = apart.iter().take(NAMED).map(|key| format!("`{key}`"));
    let named = named.collect::<Vec<_>>().join(", ");
    let more = if apart.len() > NAMED { ", …" } else { "" };
    let message = format!("the providers do not hold the same after this: {named}{more}");
    let hint =
        "`redundns check` shows who has what, and `redundns sync` makes all as the zone file says";
    Some(Finding::new("UND05", Severity::Warning, message).hint(hint))
}
