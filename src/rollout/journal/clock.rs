//! The time of day as the journal writes it.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::zone::rfc3339;

/// Now, as in `2026-11-23T13:05:01Z` (RFC 3339). A clock before 1970 counts as 1970.
pub(in crate::rollout) fn now() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    rfc3339(now.map_or(0, |since| since.as_secs()))
}
