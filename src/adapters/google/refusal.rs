//! How Google's APIs say no.

use serde::Deserialize;

use crate::adapters::http::{Refusal, Response};
use crate::provider::ErrorKind;

#[derive(Deserialize)]
struct Body {
    error: Said,
}

#[derive(Deserialize)]
struct Said {
    message: String,
    #[serde(default)]
    errors: Vec<One>,
}

#[derive(Deserialize)]
struct One {
    #[serde(default)]
    message: String,
    #[serde(default)]
    reason: String,
}

/// What Cloud DNS says: <https://docs.cloud.google.com/dns/docs/error-messages>. The reason decides, since 403 is
/// whoever may not as well as whoever asks too often.
pub(super) fn of_api(answer: &Response) -> Option<Refusal> {
    let Said { message, errors } = answer.json::<Body>().ok()?.error;
    let reason = errors.first().map_or("", |one| one.reason.as_str());
    let is_about_deletion = message.contains("'entity.change.deletions[");
    let (kind, hint) = match (answer.status, reason) {
        (429, _) | (_, "rateLimitExceeded" | "userRateLimitExceeded") => (
            ErrorKind::RateLimited,
            "the project's quotas for Cloud DNS are on the Quotas page of the console",
        ),
        (_, "alreadyExists" | "conditionNotMet" | "preconditionFailed") | (409 | 412, _) => (
            ErrorKind::Conflict,
            "nothing was written there; plan again to see what it is now",
        ),
        // Somebody else deleted it first.
        (404, _) if is_about_deletion => (
            ErrorKind::Conflict,
            "nothing was written there; plan again to see what it is now",
        ),
        (404, _) if message.contains("'parameters.managedZone'") => (
            ErrorKind::NoSuchZone,
            "it was there a moment ago, or `managed_zones` of this account names another",
        ),
        (404, _) => (ErrorKind::Rejected, "check `project` of this account"),
        (_, "accessNotConfigured") => (
            ErrorKind::Unauthorized,
            "enable the Cloud DNS API for this project in the console",
        ),
        (_, "quotaExceeded") => (
            ErrorKind::Rejected,
            "the project's quotas for Cloud DNS are on the Quotas page of the console",
        ),
        (401, _) => (
            ErrorKind::Unauthorized,
            "check `credentials` of this account",
        ),
        (403, _) => (
            ErrorKind::Unauthorized,
            "check `credentials` and `project` of this account; the role `roles/dns.admin` of the project is enough",
        ),
        (400..500, _) => (ErrorKind::Rejected, ""),
        _ => return None,
    };
    let mut said = message;
    for one in &errors {
        if !one.message.is_empty() && !said.contains(&one.message) {
            said.push_str("; ");
            said.push_str(&one.message);
        }
    }
    if !reason.is_empty() {
        said.push_str(&format!(" ({reason})"));
    }
    Some(Refusal {
        kind,
        said,
        hint: Some(hint.to_owned()).filter(|hint| !hint.is_empty()),
    })
}

#[derive(Deserialize)]
struct TokenError {
    error: String,
    #[serde(default)]
    error_description: String,
}

/// What a token endpoint says (RFC 6749, section 5.2): a refused grant is 400 there.
pub(super) fn of_token_endpoint(answer: &Response) -> Option<Refusal> {
    let TokenError {
        error,
        error_description,
    } = answer.json().ok()?;
    if !(400..500).contains(&answer.status) || answer.status == 429 {
        return None;
    }
    let said = if error_description.is_empty() {
        error
    } else {
        format!("{error_description} ({error})")
    };
    Some(Refusal {
        kind: ErrorKind::Unauthorized,
        said,
        hint: Some(
            "check `credentials` of this account: is the key still there, and is this machine's clock right?"
                .to_owned(),
        ),
    })
}
