//! Signature Version 4, checked as AWS does.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use reqsign_core::hash::{hex_hmac_sha256, hex_sha256, hmac_sha256};
use reqsign_core::time::Timestamp;

use super::super::http::{Answer, Request};
use super::refuse;

pub(super) const KEY_ID: &str = "AKIDEXAMPLE";
pub(super) const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const SCOPE: &str = "us-east-1/route53/aws4_request";
/// How far a client's clock may be off, in seconds.
const SKEW: u64 = 15 * 60;

/// Refuses a request that is not signed with the one key there is.
pub(super) fn check(request: &Request) -> Result<(), Answer> {
    let missing = || {
        refuse(
            403,
            "MissingAuthenticationToken",
            "Missing Authentication Token",
        )
    };
    let incomplete = |what: &str| {
        let words = format!("Authorization header requires '{what}' parameter.");
        refuse(403, "IncompleteSignature", &words)
    };
    let given = request.header("authorization").ok_or_else(missing)?;
    let given = given
        .strip_prefix("AWS4-HMAC-SHA256 ")
        .ok_or_else(missing)?;
    let part = |name: &str| {
        let mut parts = given.split(',').map(str::trim);
        let value = parts.find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
        value.ok_or_else(|| incomplete(name))
    };
    let (credential, headers) = (part("Credential")?, part("SignedHeaders")?);
    let (id, scope) = credential.split_once('/').ok_or_else(missing)?;
    if id != KEY_ID {
        return Err(refuse(
            403,
            "InvalidClientTokenId",
            "The security token included in the request is invalid.",
        ));
    }
    let when = request
        .header("x-amz-date")
        .ok_or_else(|| incomplete("X-Amz-Date"))?;
    let (day, of) = scope.split_once('/').unwrap_or_default();
    if of != SCOPE || !when.starts_with(day) {
        let words =
            format!("Credential should be scoped to {SCOPE} and to the day of the request.");
        return Err(refuse(403, "SignatureDoesNotMatch", &words));
    }
    let signed: Vec<&str> = headers.split(';').collect();
    if !signed.contains(&"host") || !signed.contains(&"x-amz-date") {
        return Err(incomplete("SignedHeaders"));
    }
    let canonical = canonical(request, headers);
    if part("Signature")? != signature(&canonical, when, day) {
        // What follows repeats the request, which is where a session token would stand.
        let words = format!(
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
             Access Key and signing method. Consult the service documentation for details.\n\nThe Canonical String for \
             this request should have been\n'{canonical}'"
        );
        return Err(refuse(403, "SignatureDoesNotMatch", &words));
    }
    if skew(when) > SKEW {
        return Err(refuse(403, "RequestExpired", "Request has expired."));
    }
    Ok(())
}

/// Signs a request as a client does.
pub(super) fn sign(request: &mut Request) {
    request.set_header("host", "route53.amazonaws.com");
    let when = Timestamp::now().format_iso8601();
    request.set_header("x-amz-date", &when);
    let headers = "host;x-amz-date";
    let day = &when[..8];
    let signature = signature(&canonical(request, headers), &when, day);
    let value = format!(
        "AWS4-HMAC-SHA256 Credential={KEY_ID}/{day}/{SCOPE}, SignedHeaders={headers}, Signature={signature}"
    );
    request.set_header("authorization", &value);
}

fn signature(canonical: &str, when: &str, day: &str) -> String {
    let text = format!(
        "AWS4-HMAC-SHA256\n{when}\n{day}/{SCOPE}\n{}",
        hex_sha256(canonical.as_bytes())
    );
    let mut key = format!("AWS4{SECRET}").into_bytes();
    for word in [day].into_iter().chain(SCOPE.split('/')) {
        key = hmac_sha256(&key, word.as_bytes());
    }
    hex_hmac_sha256(&key, text.as_bytes())
}

/// The paths of this API and the queries of its clients are in canonical form but for the order of parameters.
fn canonical(request: &Request, headers: &str) -> String {
    let (path, query) = request
        .target
        .split_once('?')
        .unwrap_or((&request.target, ""));
    let mut pairs: Vec<String> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            if pair.contains('=') {
                pair.to_owned()
            } else {
                format!("{pair}=")
            }
        })
        .collect();
    pairs.sort();
    let mut text = format!("{}\n{path}\n{}\n", request.method, pairs.join("&"));
    for name in headers.split(';') {
        let value = request.header(name).unwrap_or_default();
        let value: Vec<&str> = value.split_whitespace().collect();
        text += &format!("{name}:{}\n", value.join(" "));
    }
    text + &format!("\n{headers}\n{}", hex_sha256(&request.body))
}

/// How far the clock of the client is off, in seconds.
fn skew(when: &str) -> u64 {
    let spelled = |range: std::ops::Range<usize>| when.get(range).unwrap_or_default();
    let date = format!(
        "{}-{}-{}T{}:{}:{}Z",
        spelled(0..4),
        spelled(4..6),
        spelled(6..8),
        spelled(9..11),
        spelled(11..13),
        spelled(13..15)
    );
    let then = date.parse().map_or(0, Timestamp::as_second);
    Timestamp::now().as_second().abs_diff(then)
}
