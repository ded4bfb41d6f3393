//! Access tokens: fetched when first needed, kept until shortly before they expire.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use serde_json::Value;
use tokio::sync::Mutex;

use crate::adapters::http::{Api, Refusal, Response, Signer, Unsigned, segment};
use crate::adapters::{Secret, SettingsError};
use crate::provider::{ErrorKind, ProviderError};

/// Where a machine of Azure's asks for its own identity; plain HTTP is Azure's own design, no packet leaves the host.
/// <https://learn.microsoft.com/en-us/entra/identity/managed-identities-azure-resources/how-to-use-vm-token>
const METADATA: &str = "http://169.254.169.254";
/// Says that the metadata service is elsewhere; Microsoft's own clients read it, too.
const METADATA_VARIABLE: &str = "AZURE_POD_IDENTITY_AUTHORITY_HOST";
/// How long before its end a token is not used any more.
const MARGIN: Duration = Duration::from_secs(300);

/// An application that is registered in a tenant.
pub(super) struct Application {
    pub(super) tenant: String,
    pub(super) id: String,
    pub(super) secret: Secret,
}

/// Puts an access token into each request.
pub(super) struct Bearer {
    api: Api,
    path: String,
    /// What is posted; nothing where the token is read.
    form: Option<Secret>,
    held: Mutex<Option<Held>>,
}

struct Held {
    header: Secret,
    until: Instant,
}

impl Bearer {
    /// Tokens for `audience` by the client-credentials grant.
    pub(super) fn of_application(
        authority: &str,
        allow_http: bool,
        audience: &str,
        application: &Application,
    ) -> Result<Self, SettingsError> {
        let api = Api::at(authority, allow_http)
            .map_err(|error| SettingsError {
                message: error.message.replace("`endpoint`", "`authority`"),
                ..error
            })?
            .hide("client_secret", &application.secret)
            .refusals(refused);
        let form = format!(
            "client_id={}&client_secret={}&grant_type=client_credentials&scope={}",
            segment(&application.id),
            segment(application.secret.reveal()),
            segment(&format!("{audience}/.default")),
        );
        Ok(Self {
            api: api.build()?,
            path: format!("/{}/oauth2/v2.0/token", segment(&application.tenant)),
            form: Some(Secret::new(form)),
            held: Mutex::default(),
        })
    }

    /// Tokens for `audience` by the identity of the machine, that of `client` where it has several.
    pub(super) fn of_machine(
        audience: &str,
        client: Option<&str>,
        variables: &HashMap<String, String>,
    ) -> Result<Self, SettingsError> {
        let origin = variables.get(METADATA_VARIABLE).map(String::as_str);
        let api = Api::at(origin.unwrap_or(METADATA), origin.is_none())?
            // Where there is no such service nobody answers, and the user waits.
            .patience(2, Duration::from_secs(3))
            .refusals(refused);
        let client = client.map(|client| format!("&client_id={}", segment(client)));
        Ok(Self {
            api: api.build()?,
            path: format!(
                "/metadata/identity/oauth2/token?api-version=2018-02-01&resource={}{}",
                segment(&format!("{audience}/")),
                client.unwrap_or_default()
            ),
            form: None,
            held: Mutex::default(),
        })
    }

    async fn fetch(&self) -> Result<Held, ProviderError> {
        let asked = Instant::now();
        let request = match &self.form {
            Some(form) => {
                let form = form.reveal().as_bytes().to_vec();
                let request = self.api.post(&self.path).reading();
                request.body("application/x-www-form-urlencoded", form)
            }
            None => self.api.get(&self.path).header("metadata", "true"),
        };
        let answer = request.send().await.map_err(|error| match self.form {
            Some(_) => error,
            None => error.hint(
                "write `client_secret` in the account, or run this on a machine of Azure's that has an identity",
            ),
        })?;
        let answer: Value = answer.json()?;
        let token = answer["access_token"].as_str();
        let (Some(token), Some(seconds)) = (token, number(&answer["expires_in"])) else {
            let message = format!("{} answered with no access token", self.api.origin());
            return Err(ProviderError::new(ErrorKind::Protocol, message));
        };
        let life = Duration::from_secs(seconds);
        Ok(Held {
            header: Secret::new(format!("Bearer {token}")),
            until: asked + life.saturating_sub(MARGIN).max(life / 2),
        })
    }
}

/// A number, which the metadata service writes as a string.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

#[async_trait]
impl Signer for Bearer {
    async fn sign(&self, request: &mut Unsigned<'_>) -> Result<(), ProviderError> {
        // Whoever comes while it is fetched waits for the same one.
        let mut held = self.held.lock().await;
        let token = match held.take() {
            Some(token) if token.until > Instant::now() => token,
            _ => self.fetch().await?,
        };
        let header = held.insert(token).header.reveal();
        if request.header("authorization", header) {
            return Ok(());
        }
        let message = format!("the access token of {} fits no header", self.api.origin());
        Err(ProviderError::new(ErrorKind::Protocol, message))
    }
}

/// Why no token was given. <https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes>
fn refused(response: &Response) -> Option<Refusal> {
    let answer: Value = response.json().ok()?;
    let code = answer["error"].as_str()?;
    let said = answer["error_description"].as_str().unwrap_or(code);
    // Identifiers of the refusal follow, which are of use to Microsoft alone.
    let said = said.split(" Trace ID:").next().unwrap_or(said);
    let kind = match response.status {
        429 => ErrorKind::RateLimited,
        500.. => ErrorKind::Unreachable,
        _ => ErrorKind::Unauthorized,
    };
    let hint = match code {
        "invalid_client" => Some("check `client_secret` and `client_id` of this account"),
        "unauthorized_client" => Some("check `client_id` of this account"),
        "invalid_request" => Some("check `tenant_id` and `client_id` of this account"),
        _ => None,
    };
    Some(Refusal {
        kind,
        said: said.to_owned(),
        hint: hint.map(str::to_owned),
    })
}
