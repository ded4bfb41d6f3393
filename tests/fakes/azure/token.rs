//! Who issues tokens, and who asks for them.

use serde_json::json;

use super::super::http::{Answer, Request};
use super::{CLIENT, SECRET, TENANT, TOKEN, managed};

/// How long a token lasts, in seconds.
const LIFE: u32 = 3599;

/// <https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow>
pub fn answer(tenant: &str, request: &Request) -> Result<Answer, Answer> {
    let form = String::from_utf8_lossy(&request.body);
    let form = Request::new("POST", &format!("/?{form}"), "");
    let refuse = |status, error: &str, words: &str| {
        let words =
            format!("{words} Trace ID: 0 Correlation ID: 0 Timestamp: 2026-11-23 12:00:00Z");
        Answer::json(
            status,
            &json!({ "error": error, "error_description": words }),
        )
    };
    if tenant != TENANT {
        let words = format!("AADSTS90002: Tenant '{tenant}' not found.");
        return Err(refuse(400, "invalid_request", &words));
    }
    if form.parameter("client_id").as_deref() != Some(CLIENT) {
        let words = "AADSTS700016: Application was not found in the directory.";
        return Err(refuse(400, "unauthorized_client", words));
    }
    if form.parameter("client_secret").as_deref() != Some(SECRET) {
        let words = "AADSTS7000215: Invalid client secret provided.";
        return Err(refuse(401, "invalid_client", words));
    }
    if form.parameter("grant_type").as_deref() != Some("client_credentials") {
        return Err(refuse(
            400,
            "unsupported_grant_type",
            "AADSTS70003: The grant type is not supported.",
        ));
    }
    if form.parameter("scope").as_deref() != Some("https://management.azure.com/.default") {
        return Err(refuse(
            400,
            "invalid_scope",
            "AADSTS70011: The scope is not valid.",
        ));
    }
    let body = json!({
        "token_type": "Bearer", "expires_in": LIFE, "ext_expires_in": LIFE, "access_token": TOKEN,
    });
    Ok(Answer::json(200, &body))
}

pub fn authorize(request: &Request) -> Result<(), Answer> {
    let refuse = |code, words| managed(401, code, words).with("WWW-Authenticate", "Bearer");
    match request.header("authorization") {
        None => {
            let words = "Authentication failed. The 'Authorization' header is missing.";
            Err(refuse("AuthenticationFailed", words))
        }
        Some(given) if given == format!("Bearer {TOKEN}") => Ok(()),
        Some(_) => Err(refuse(
            "InvalidAuthenticationToken",
            "The access token is invalid.",
        )),
    }
}
