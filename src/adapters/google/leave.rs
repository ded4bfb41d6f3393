//! What the credentials may do, as Cloud DNS says when it is asked without anything being done.
//!
//! <https://docs.cloud.google.com/dns/docs/reference/rest/v1/managedZones/testIamPermissions>: it may "fail open", so
//! that a yes is not the last word (2026-11-30).

use serde::Deserialize;
use serde_json::json;

use super::Google;
use crate::provider::{ErrorKind, ProviderError};
use crate::zone::Name;

/// What reading takes. Whoever has read the zone has it, and an answer without it means nothing.
const READING: &str = "dns.resourceRecordSets.list";
/// What `changes.create` takes: <https://docs.cloud.google.com/dns/docs/access-control> (2026-11-30).
const WRITING: [&str; 4] = [
    "dns.changes.create",
    "dns.resourceRecordSets.create",
    "dns.resourceRecordSets.delete",
    "dns.resourceRecordSets.update",
];

#[derive(Default, Deserialize)]
#[serde(default)]
struct Granted {
    permissions: Vec<String>,
}

impl Google {
    /// Whether record sets of `zone` may be written; `None` where nobody tells.
    pub(super) async fn is_allowed_to_write(
        &self,
        zone: Option<&Name>,
    ) -> Result<Option<bool>, ProviderError> {
        let Some(zone) = zone else { return Ok(None) };
        let managed_zone = self.managed_zone(zone).await?.name;
        let asked: Vec<&str> = WRITING.into_iter().chain([READING]).collect();
        let path = self.path(&managed_zone, ":testIamPermissions");
        let request = self.api.post(path).reading();
        let answer = request.json(&json!({ "permissions": asked })).send().await;
        let granted: Granted = match answer {
            Ok(answer) => answer.json()?,
            Err(error) if error.kind == ErrorKind::Unauthorized => return Ok(None),
            Err(error) => return Err(error),
        };
        let has = |what: &str| granted.permissions.iter().any(|own| own == what);
        Ok(has(READING).then(|| WRITING.into_iter().all(has)))
    }
}
