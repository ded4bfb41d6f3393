//! Access tokens: whom they are asked for, and how long they last.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use data_encoding::{BASE64, BASE64URL_NOPAD};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::adapters::Secret;
use crate::adapters::http::{Api, Signer, Unsigned, segment};
use crate::provider::{ErrorKind, ProviderError};

/// All that is needed, and less than the whole project.
const SCOPE: &str = "https://www.googleapis.com/auth/ndev.clouddns.readwrite";
/// How long an assertion is good for, in seconds; Google takes no more.
const ASSERTION: u64 = 3600;
/// How long before its end a token is no longer used.
const MARGIN: Duration = Duration::from_secs(60);

/// Who asks for tokens.
pub(super) enum Identity {
    /// A service account, by a key of its own.
    ServiceAccount {
        /// Its address.
        email: String,
        /// Which of its keys this is.
        key_id: Option<String>,
        /// The key itself.
        key: Box<RsaKeyPair>,
        /// The URL of the token endpoint, whom the assertion is made out to.
        audience: String,
    },
    /// Somebody who logged in.
    User {
        /// The program that they logged in with.
        client_id: String,
        /// Its secret, which is none.
        client_secret: Secret,
        /// What they left there.
        refresh_token: Secret,
        /// The project that pays for their requests.
        quota_project: Option<String>,
    },
    /// Whoever the machine belongs to, as its metadata server says.
    Machine,
}

/// The key of a service account: PEM, PKCS #8 as Google makes it, or the older PKCS #1.
pub(super) fn private_key(pem: &str) -> Result<RsaKeyPair, String> {
    let lines = pem
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with("-----"));
    let der = BASE64
        .decode(lines.collect::<String>().as_bytes())
        .map_err(|_| "no PEM")?;
    RsaKeyPair::from_pkcs8(&der)
        .or_else(|_| RsaKeyPair::from_der(&der))
        .map_err(|error| error.to_string())
}

/// A token that was given out.
struct Token {
    value: String,
    until: Instant,
}

/// What a token endpoint answers.
#[derive(Deserialize)]
struct Given {
    access_token: String,
    #[serde(default)]
    expires_in: u64,
}

/// Puts tokens into requests, and gets new ones when the old one is about to end.
pub(super) struct Bearer {
    identity: Identity,
    api: Api,
    path: String,
    held: Mutex<Option<Token>>,
}

impl Bearer {
    /// Asks at `path` of `api`.
    pub(super) fn new(identity: Identity, api: Api, path: &str) -> Self {
        Self {
            identity,
            api,
            path: path.to_owned(),
            held: Mutex::new(None),
        }
    }

    async fn fetch(&self) -> Result<Token, ProviderError> {
        let asked = Instant::now();
        let form = match &self.identity {
            Identity::ServiceAccount {
                email,
                key_id,
                key,
                audience,
            } => {
                let now = SystemTime::now().duration_since(UNIX_EPOCH);
                let now = now.unwrap_or_default().as_secs();
                let assertion = assertion(email, key_id.as_deref(), key, audience, now)?;
                form(&[
                    ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
                    ("assertion", &assertion),
                ])
            }
            Identity::User {
                client_id,
                client_secret,
                refresh_token,
                ..
            } => form(&[
                ("grant_type", "refresh_token"),
                ("client_id", client_id),
                ("client_secret", client_secret.reveal()),
                ("refresh_token", refresh_token.reveal()),
            ]),
            Identity::Machine => String::new(),
        };
        let request = match &self.identity {
            Identity::Machine => self.api.get(&self.path).header("metadata-flavor", "Google"),
            _ => self
                .api
                .post(&self.path)
                .body("application/x-www-form-urlencoded", form.into_bytes())
                .reading(),
        };
        let answer = request.send().await.map_err(|error| match self.identity {
            Identity::Machine => nobody(&error),
            _ => error,
        })?;
        let given: Given = answer.json()?;
        let lasts = Duration::from_secs(given.expires_in);
        Ok(Token {
            value: given.access_token,
            until: asked + lasts.saturating_sub(MARGIN),
        })
    }
}

/// Without credentials anywhere, the metadata server was the last hope.
fn nobody(error: &ProviderError) -> ProviderError {
    let message = format!(
        "no Google credentials: not in the account, GOOGLE_APPLICATION_CREDENTIALS or the login of `gcloud`, and the \
         metadata server does not help ({error})"
    );
    ProviderError::new(ErrorKind::Unauthorized, message).hint(
        "write `credentials = { file = \"key.json\" }` in the account, or run `gcloud auth application-default login`",
    )
}

#[async_trait]
impl Signer for Bearer {
    async fn sign(&self, request: &mut Unsigned<'_>) -> Result<(), ProviderError> {
        let mut held = self.held.lock().await;
        let fresh = held.take().filter(|token| token.until > Instant::now());
        let token = match fresh {
            Some(token) => token,
            // Nothing was sent to the API itself, whatever happened to this.
            None => self.fetch().await.map_err(|error| error.applied(Some(0)))?,
        };
        let is_set = request.header("authorization", &format!("Bearer {}", token.value));
        *held = Some(token);
        if let Identity::User {
            quota_project: Some(project),
            ..
        } = &self.identity
        {
            request.header("x-goog-user-project", project);
        }
        if is_set {
            Ok(())
        } else {
            let words = format!(
                "{} gave out a token that no header can carry",
                self.api.origin()
            );
            Err(ProviderError::new(ErrorKind::Protocol, words))
        }
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    let pairs = fields
        .iter()
        .map(|(key, value)| format!("{key}={}", segment(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// A signed statement of who we are (RFC 7523), to be had at `now`, in seconds since 1970.
fn assertion(
    email: &str,
    key_id: Option<&str>,
    key: &RsaKeyPair,
    audience: &str,
    now: u64,
) -> Result<String, ProviderError> {
    let mut header = serde_json::json!({ "alg": "RS256", "typ": "JWT" });
    if let Some(id) = key_id {
        header["kid"] = id.into();
    }
    let claims = serde_json::json!({
        "iss": email, "scope": SCOPE, "aud": audience, "iat": now, "exp": now + ASSERTION,
    });
    let encode = |text: String| BASE64URL_NOPAD.encode(text.as_bytes());
    let signed = format!(
        "{}.{}",
        encode(header.to_string()),
        encode(claims.to_string())
    );
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        signed.as_bytes(),
        &mut signature,
    )
    .map_err(|_| ProviderError::new(ErrorKind::Unauthorized, "the private key cannot sign"))?;
    Ok(format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature)))
}
