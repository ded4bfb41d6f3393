//! What the API says when it says no: a code for what the gateway refuses, a class for everything behind it.

use serde::Deserialize;

use crate::adapters::http::{Refusal, Response};
use crate::provider::ErrorKind;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Said {
    error_code: Option<String>,
    class: Option<String>,
    message: String,
}

/// The zone was given up, and goes for good after a while. <https://github.com/ovh/python-ovh>, `ResourceExpiredError`
const EXPIRED: u16 = 460;

/// The reason in an answer outside of 2xx, if it is one of the API's own.
pub(super) fn read(response: &Response) -> Option<Refusal> {
    if response.status == 429 || response.status >= 500 {
        return None;
    }
    let said: Said = serde_json::from_slice(response.body()).ok()?;
    let code = said.error_code.as_deref().or(said.class.as_deref());
    let code = code.unwrap_or_default();
    let (kind, hint) = match (code, response.status) {
        ("NOT_GRANTED_CALL", _) => (
            ErrorKind::Unauthorized,
            Some("make a `consumer_key` that may GET, POST, PUT and DELETE `/domain/zone/*`"),
        ),
        ("INVALID_KEY", _) => (
            ErrorKind::Unauthorized,
            Some(
                "check `application_key` of this account; it belongs to one region, that of `endpoint`",
            ),
        ),
        ("INVALID_CREDENTIAL" | "NOT_CREDENTIAL", _) => (
            ErrorKind::Unauthorized,
            Some("check `consumer_key` of this account: it may have ended, or was never confirmed"),
        ),
        // A record that it cannot read is refused in these words as well.
        ("INVALID_SIGNATURE", _) => (
            ErrorKind::Unauthorized,
            Some("check `application_secret` and `consumer_key` of this account"),
        ),
        (_, 401 | 403) => (
            ErrorKind::Unauthorized,
            Some("check the keys of this account, and what they are allowed to do"),
        ),
        ("QUERY_TIME_OUT", _) => (
            ErrorKind::Rejected,
            Some("its clock and ours parted while this was under way: run this again"),
        ),
        (_, 404) if said.message.contains("service") => (ErrorKind::NoSuchZone, None),
        (_, 404 | 409) => (
            ErrorKind::Conflict,
            Some("somebody else changed the zone meanwhile: run `plan` again"),
        ),
        (_, EXPIRED) => (
            ErrorKind::Rejected,
            Some("the zone was given up or not paid for: renew it there"),
        ),
        _ => (ErrorKind::Rejected, None),
    };
    Some(Refusal {
        kind,
        said: match code {
            "" => said.message,
            code => format!("{} ({code})", said.message),
        },
        hint: hint.map(str::to_owned),
    })
}
