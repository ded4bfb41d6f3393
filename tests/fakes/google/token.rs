//! Tokens: who is given one, and who may come in with it.
//!
//! <https://developers.google.com/identity/protocols/oauth2/service-account>

use std::time::{SystemTime, UNIX_EPOCH};

use data_encoding::{BASE64, BASE64URL_NOPAD};
use ring::signature::{KeyPair, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey};
use serde_json::{Value, json};

use super::super::http::{Answer, Request};
use super::error;

/// The key of a service account as the console writes it; `{endpoint}` is that of the fake.
pub const KEY: &str = include_str!("key.json");
/// What somebody who logged in has left behind.
pub const REFRESH_TOKEN: &str = "1//refresh-token-of-a-user";
/// A login of somebody with the role DNS Reader alone.
pub const VIEWER: &str = r#"{ "type": "authorized_user", "client_id": "gcloud.apps.example",
    "client_secret": "d-none-of-these", "refresh_token": "1//refresh-token-of-a-viewer",
    "token_uri": "{endpoint}/token" }"#;
const VIEWERS_REFRESH_TOKEN: &str = "1//refresh-token-of-a-viewer";
const VIEWERS_TOKEN: &str = "ya29.a.token-of-the-viewer";
/// The token of everybody else.
const TOKEN: &str = "ya29.c.token-of-the-service-account";
/// The constant that Google's Python client makes its assertions out to.
const USUAL: &str = "https://oauth2.googleapis.com/token";
const SCOPES: [&str; 2] = [
    "https://www.googleapis.com/auth/ndev.clouddns.readwrite",
    "https://www.googleapis.com/auth/cloud-platform",
];

/// Puts the token in.
pub fn sign(request: &mut Request) {
    request.set_header("authorization", &format!("Bearer {TOKEN}"));
}

/// Who comes in with a token.
#[derive(PartialEq, Eq)]
pub(super) enum Caller {
    /// May read and write.
    Admin,
    /// May read.
    Viewer,
}

/// Whose token the request has.
pub(super) fn check(request: &Request) -> Result<Caller, Answer> {
    let Some(given) = request.header("authorization") else {
        let words = "Request is missing required authentication credential. Expected OAuth 2 access token, login cookie \
                     or other valid authentication credential.";
        return Err(error(401, "required", words));
    };
    if given == format!("Bearer {TOKEN}") {
        return Ok(Caller::Admin);
    }
    if given == format!("Bearer {VIEWERS_TOKEN}") {
        return Ok(Caller::Viewer);
    }
    let words = "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other \
                 valid authentication credential.";
    Err(error(401, "authError", words))
}

fn refuse(code: &str, words: &str) -> Answer {
    Answer::json(400, &json!({ "error": code, "error_description": words }))
}

fn give(token: &str) -> Answer {
    Answer::json(
        200,
        &json!({ "access_token": token, "expires_in": 3599, "token_type": "Bearer" }),
    )
}

/// `POST /token`.
pub(super) fn grant(request: &Request) -> Result<Answer, Answer> {
    // A form is what a query is.
    let body = String::from_utf8_lossy(&request.body).into_owned();
    let form = Request::new("POST", &format!("/?{body}"), "");
    let field = |name: &str| form.parameter(name).unwrap_or_default();
    match field("grant_type").as_str() {
        "urn:ietf:params:oauth:grant-type:jwt-bearer" => {
            assertion(&field("assertion"), request).map(|()| give(TOKEN))
        }
        "refresh_token" if field("refresh_token") == REFRESH_TOKEN => Ok(give(TOKEN)),
        "refresh_token" if field("refresh_token") == VIEWERS_REFRESH_TOKEN => {
            Ok(give(VIEWERS_TOKEN))
        }
        "refresh_token" => Err(refuse("invalid_grant", "Bad Request")),
        other => Err(refuse(
            "unsupported_grant_type",
            &format!("Invalid grant_type: {other}"),
        )),
    }
}

fn assertion(assertion: &str, request: &Request) -> Result<(), Answer> {
    let invalid = |words: &str| refuse("invalid_grant", words);
    let malformed = || invalid("Invalid JWT: Token must be in three parts.");
    let (signed, signature) = assertion.rsplit_once('.').ok_or_else(malformed)?;
    let (header, claims) = signed.split_once('.').ok_or_else(malformed)?;
    let decode = |part: &str| {
        BASE64URL_NOPAD
            .decode(part.as_bytes())
            .map_err(|_| malformed())
    };
    let read = |part: &str| -> Result<Value, Answer> {
        serde_json::from_slice(&decode(part)?).map_err(|_| malformed())
    };
    let (header, claims) = (read(header)?, read(claims)?);
    let own: Value = serde_json::from_str(KEY).expect("JSON");
    if header["alg"] != "RS256" || header["kid"] != own["private_key_id"] {
        return Err(invalid("Invalid JWT Signature."));
    }
    if claims["iss"] != own["client_email"] {
        return Err(invalid("Invalid grant: account not found"));
    }
    let pem = own["private_key"].as_str().unwrap_or_default();
    let lines = pem.lines().filter(|line| !line.starts_with("-----"));
    let der = BASE64
        .decode(lines.collect::<String>().as_bytes())
        .expect("PEM");
    let key = RsaKeyPair::from_pkcs8(&der).expect("a key");
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key().as_ref())
        .verify(signed.as_bytes(), &decode(signature)?)
        .map_err(|_| invalid("Invalid JWT Signature."))?;
    let host = request.header("host").unwrap_or_default();
    let audience = claims["aud"].as_str().unwrap_or_default();
    if audience != USUAL && audience != format!("http://{host}/token") {
        return Err(invalid(&format!(
            "Invalid JWT: Failed audience check. The right audience is {USUAL}"
        )));
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.expect("a clock after 1970").as_secs();
    let (begin, end) = (claims["iat"].as_u64(), claims["exp"].as_u64());
    let is_timely = matches!((begin, end), (Some(begin), Some(end))
        if begin <= now + 300 && end > now && end.saturating_sub(begin) <= 3600);
    if !is_timely {
        return Err(invalid(
            "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat \
             and exp values in the JWT claim.",
        ));
    }
    let scopes = claims["scope"].as_str().unwrap_or_default();
    if !scopes.split(' ').any(|scope| SCOPES.contains(&scope)) {
        return Err(refuse(
            "invalid_scope",
            "Invalid OAuth scope or ID token audience provided.",
        ));
    }
    Ok(())
}

/// What a metadata server has, which only whoever knows its flavor is told.
pub(super) fn machine(request: &Request) -> Result<Answer, Answer> {
    if request.header("metadata-flavor") != Some("Google") {
        let words = "Missing Metadata-Flavor:Google header.";
        return Err(Answer::text(403, "text/html", words));
    }
    Ok(give(TOKEN).with("Metadata-Flavor", "Google"))
}
