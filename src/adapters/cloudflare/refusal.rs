//! What the API says when it says no: codes with words, and under some of them the codes with the words that matter.

use serde::Deserialize;

use crate::adapters::http::{Refusal, Response};
use crate::provider::ErrorKind;

#[derive(Deserialize)]
struct Envelope {
    errors: Vec<Said>,
}

#[derive(Deserialize)]
struct Said {
    code: u32,
    message: String,
    #[serde(default)]
    error_chain: Vec<Self>,
}

/// Headers or tokens that are not accepted, some with status 400.
const CREDENTIALS: [u32; 8] = [1000, 6003, 6111, 9106, 9107, 9109, 10000, 10001];
/// A path that leads to no zone.
const NO_ROUTE: [u32; 3] = [1001, 7000, 7003];
/// A record that is there, or is gone, though it was not when it was read.
const MOVED: [u32; 3] = [81044, 81057, 81058];
/// The plan allows no more records.
const QUOTA: u32 = 81045;
/// Records that Email Routing owns.
const EMAIL_ROUTING: u32 = 1046;

/// The reason in an answer outside of 2xx, if it is one of the API's own.
pub(super) fn read(response: &Response) -> Option<Refusal> {
    if response.status == 429 || response.status >= 500 {
        return None;
    }
    let envelope: Envelope = serde_json::from_slice(response.body()).ok()?;
    let mut all = Vec::new();
    collect(&envelope.errors, &mut all);
    let code = envelope.errors.first()?.code;
    let said: Vec<String> = all
        .iter()
        .map(|said| format!("{} ({})", said.message.trim_end_matches('.'), said.code))
        .collect();
    let kind = match response.status {
        401 | 403 => ErrorKind::Unauthorized,
        _ if CREDENTIALS.contains(&code) => ErrorKind::Unauthorized,
        _ if NO_ROUTE.contains(&code) => ErrorKind::NoSuchZone,
        _ if MOVED.contains(&code) => ErrorKind::Conflict,
        _ => ErrorKind::Rejected,
    };
    let hint = match kind {
        ErrorKind::Unauthorized if response.status == 403 => Some(
            "check `token` of this account; it needs the permissions Zone Read and DNS Edit for this zone",
        ),
        ErrorKind::Unauthorized => Some("check `token` of this account"),
        ErrorKind::Conflict => {
            Some("somebody else changed it since it was read; plan again to see what it is now")
        }
        _ if code == QUOTA => Some("the zone's plan says how many records it may have"),
        _ if code == EMAIL_ROUTING => Some("unlock the records in Email Routing, or switch it off"),
        _ => None,
    };
    Some(Refusal {
        kind,
        said: said.join("; "),
        hint: hint.map(str::to_owned),
    })
}

/// Every error with those below it, outermost first.
fn collect<'a>(errors: &'a [Said], all: &mut Vec<&'a Said>) {
    for error in errors {
        all.push(error);
        collect(&error.error_chain, all);
    }
}
