//! What was written and may not be served, at providers that have to be told to.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Call, numbers, read};

/// By account and the apex of a zone: the last run of `project` whose call there is not known to have ended well, where
/// no later call did. A call that was refused and made nothing says nothing. What cannot be read is missing.
pub fn unserved(project: &Path) -> BTreeMap<(String, String), u64> {
    let mut last: BTreeMap<(String, String), Option<u64>> = BTreeMap::new();
    for number in numbers(project).unwrap_or_default().into_iter().rev() {
        let Ok(run) = read(project, number) else {
            continue;
        };
        for call in run.calls().into_iter().rev() {
            let (provider, zone) = (&call.intent.provider, &call.intent.zone);
            let key = (provider.clone(), zone.clone());
            if let Some(is_open) = is_open(&call) {
                last.entry(key).or_insert(is_open.then_some(number));
            }
        }
    }
    let open = last.into_iter();
    open.filter_map(|(key, run)| Some((key, run?))).collect()
}

/// Whether what a call should have done may be half done; `None` where it did nothing.
fn is_open(call: &Call<'_>) -> Option<bool> {
    let Some(result) = &call.result else {
        return Some(true);
    };
    match (&result.error, result.applied) {
        (None, _) => Some(false),
        (Some(_), Some(0)) => None,
        (Some(_), _) => Some(true),
    }
}
