//! What the API says when it says no.

use serde_json::Value;

use crate::adapters::http::{Refusal, Response};
use crate::provider::ErrorKind;

/// Of a 409: another write to the same set is still being worked on.
const PENDING: &str = "Another operation is pending";

/// The reason in an answer outside of 2xx: Resource Manager wraps it into `error`, Azure DNS does not.
pub(super) fn read(response: &Response) -> Option<Refusal> {
    let body: Value = response.json().ok()?;
    let error = body.get("error").unwrap_or(&body);
    let code = error["code"].as_str()?;
    let said = error["message"].as_str().unwrap_or_default();
    let kind = kind(code, said, response.status);
    let hint = match (code, kind) {
        ("AuthorizationFailed", _) => {
            Some("assign the role `DNS Zone Contributor` in the resource group")
        }
        ("ResourceGroupNotFound", _) => Some("check `resource_group` of this account"),
        ("SubscriptionNotFound" | "InvalidSubscriptionId", _) => {
            Some("check `subscription_id` of this account")
        }
        ("ScopeLocked", _) => Some("a lock keeps it read-only: take it away in the portal"),
        (_, ErrorKind::Conflict) => {
            Some("somebody else changed it since it was read; plan again to see what it is now")
        }
        _ => None,
    };
    Some(Refusal {
        kind,
        said: format!("{code}: {said}"),
        hint: hint.map(str::to_owned),
    })
}

fn kind(code: &str, said: &str, status: u16) -> ErrorKind {
    match (status, code) {
        (401 | 403, _) => ErrorKind::Unauthorized,
        (404, "ResourceNotFound" | "ParentResourceNotFound" | "NotFound") => ErrorKind::NoSuchZone,
        (409, _) if said.contains(PENDING) => ErrorKind::RateLimited,
        (412, _) | (409, "Conflict") => ErrorKind::Conflict,
        (429, _) => ErrorKind::RateLimited,
        (408 | 500.., _) => ErrorKind::Unreachable,
        _ => ErrorKind::Rejected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_become_kinds() {
        let pending = "Another operation is pending for requested object. Operation group '…' already has 1 operations";
        let beside = "The CNAME record could not be created because another record with the same name already exists in this zone.";
        for (status, code, said, expected) in [
            (
                401,
                "InvalidAuthenticationToken",
                "",
                ErrorKind::Unauthorized,
            ),
            (403, "AuthorizationFailed", "", ErrorKind::Unauthorized),
            (404, "ParentResourceNotFound", "", ErrorKind::NoSuchZone),
            (404, "ResourceGroupNotFound", "", ErrorKind::Rejected),
            (409, "Conflict", pending, ErrorKind::RateLimited),
            (409, "Conflict", beside, ErrorKind::Conflict),
            (409, "ScopeLocked", "", ErrorKind::Rejected),
            (412, "PreconditionFailed", "", ErrorKind::Conflict),
            (429, "Throttled", "", ErrorKind::RateLimited),
            (503, "ServiceUnavailable", "", ErrorKind::Unreachable),
            (400, "BadRequest", "", ErrorKind::Rejected),
        ] {
            assert_eq!(kind(code, said, status), expected, "{status} {code} {said}");
        }
    }
}
