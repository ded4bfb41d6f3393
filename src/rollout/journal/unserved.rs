//! What was written and may not be served, at providers that have to be told to.

use std::path::Path;

use super::{Call, numbers, read};
use crate::zone::Name;

/// The last run of `project` whose call to `provider` about `zone` is not known to have ended well, where no later call
/// did. A call that was refused and made nothing says nothing.
pub fn unserved(project: &Path, provider: &str, zone: &Name) -> Option<u64> {
    let zone = zone.to_string();
    for number in numbers(project).ok()?.into_iter().rev() {
        let Ok(run) = read(project, number) else {
            continue;
        };
        let calls = run.calls().into_iter().rev();
        let mut open = calls
            .filter(|call| call.intent.provider == provider && call.intent.zone == zone)
            .filter_map(is_open);
        if let Some(is_open) = open.next() {
            return is_open.then_some(number);
        }
    }
    None
}

/// Whether what a call should have done may be half done; `None` where it did nothing.
fn is_open(call: Call<'_>) -> Option<bool> {
    let Some(result) = call.result else {
        return Some(true);
    };
    match (&result.error, result.applied) {
        (None, _) => Some(false),
        (Some(_), Some(0)) => None,
        (Some(_), _) => Some(true),
    }
}
