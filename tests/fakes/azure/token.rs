//! Who issues tokens, and who asks for them.

use serde_json::json;

use super::super::http::{Answer, Request};
use super::{
    CLIENT, READER, READERS_SECRET, READERS_TOKEN, SECRET, TENANT, TOKEN, bad_version, managed,
};

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
    let (secret, token) = match form.parameter("client_id").as_deref() {
        Some(CLIENT) => (SECRET, TOKEN),
        Some(READER) => (READERS_SECRET, READERS_TOKEN),
        _ => {
            let words = "AADSTS700016: Application was not found in the directory.";
            return Err(refuse(400, "unauthorized_client", words));
        }
    };
    if form.parameter("client_secret").as_deref() != Some(secret) {
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
        "token_type": "Bearer", "expires_in": LIFE, "ext_expires_in": LIFE, "access_token": token,
    });
    Ok(Answer::json(200, &body))
}

/// Which application asks.
pub fn authorize(request: &Request) -> Result<&'static str, Answer> {
    let refuse = |code, words| managed(401, code, words).with("WWW-Authenticate", "Bearer");
    match request.header("authorization") {
        None => {
            let words = "Authentication failed. The 'Authorization' header is missing.";
            Err(refuse("AuthenticationFailed", words))
        }
        Some(given) if given == format!("Bearer {TOKEN}") => Ok(CLIENT),
        Some(given) if given == format!("Bearer {READERS_TOKEN}") => Ok(READER),
        Some(_) => Err(refuse(
            "InvalidAuthenticationToken",
            "The access token is invalid.",
        )),
    }
}

/// What whoever asks may do: the role DNS Zone Contributor, or Reader.
///
/// <https://learn.microsoft.com/en-us/rest/api/authorization/permissions/list-for-resource>
pub fn permissions(is_reader: bool, request: &Request) -> Result<Answer, Answer> {
    match request.parameter("api-version").as_deref() {
        Some("2015-07-01" | "2018-07-01" | "2022-04-01") => {}
        other => return Err(bad_version(other)),
    }
    let actions: &[&str] = if is_reader {
        &["*/read"]
    } else {
        &[
            "Microsoft.Authorization/*/read",
            "Microsoft.Insights/alertRules/*",
            "Microsoft.Network/dnsZones/*",
            "Microsoft.ResourceHealth/availabilityStatuses/read",
            "Microsoft.Resources/deployments/*",
            "Microsoft.Resources/subscriptions/resourceGroups/read",
            "Microsoft.Support/*",
        ]
    };
    let role = json!({
        "actions": actions, "notActions": [], "dataActions": [], "notDataActions": [],
    });
    Ok(Answer::json(200, &json!({ "value": [role] })))
}
