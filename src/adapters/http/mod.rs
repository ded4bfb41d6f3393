//! Speaking HTTP to a provider: pacing, retries, timeouts, size limits, redaction, and one mapping of everything
//! that can go wrong to [`ProviderError`].
//!
//! A request is repeated only where that cannot do anything twice: a GET whenever the failure may pass, any other
//! method only when the connection was refused before a single octet was sent, or when the answer was 429, which
//! says that nothing was done. Redirects are not followed, since they would carry the credentials elsewhere.
//!
//! In an error from here [`ProviderError::applied`] is `Some(0)` when the request changed nothing for certain and
//! `None` when its fate is unknown.

mod failure;
mod origin;
mod pace;
mod response;
mod signer;

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method};

use self::failure::Words;
use self::origin::Origin;
use self::pace::{Backoff, Pace};
pub use self::response::Response;
pub use self::signer::{ReadRefusal, Refusal, Signer, Unsigned};
use super::{Secret, SettingsError};
use crate::provider::{ErrorKind, ProviderError};

/// How long one attempt may take from connecting to the last octet of its answer, unless a vendor's habits ask for
/// another span.
const TIMEOUT: Duration = Duration::from_secs(30);
/// The largest answer that is read, in octets: several times a zone of a million records in JSON.
const MAX_ANSWER: usize = 512 << 20;

/// One account's way to its API: an origin, the headers of every request, and a pace.
pub struct Api {
    client: Client,
    origin: Origin,
    words: Arc<Words>,
    pace: Pace,
    signer: Option<Box<dyn Signer>>,
    read_refusal: ReadRefusal,
    attempts: u32,
    timeout: Duration,
}

/// Collects what an [`Api`] needs.
pub struct ApiBuilder {
    origin: Origin,
    headers: HeaderMap,
    words: Words,
    pace: Pace,
    signer: Option<Box<dyn Signer>>,
    read_refusal: ReadRefusal,
    attempts: u32,
    timeout: Duration,
}

impl Api {
    /// Starts with an endpoint: an origin without a path, `https` unless it is loopback or `allow_http`.
    pub fn at(endpoint: &str, allow_http: bool) -> Result<ApiBuilder, SettingsError> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        Ok(ApiBuilder {
            origin: Origin::parse(endpoint, allow_http)?,
            headers,
            words: Words::default(),
            pace: Pace::default(),
            signer: None,
            read_refusal: |_| None,
            attempts: pace::ATTEMPTS,
            timeout: TIMEOUT,
        })
    }

    /// Scheme, host and port, as messages show them.
    pub fn origin(&self) -> &str {
        self.origin.as_str()
    }

    /// Reads `path`, which starts with a slash and may have a query.
    pub fn get(&self, path: impl AsRef<str>) -> Request<'_> {
        self.request(Method::GET, path.as_ref())
    }

    /// Posts to `path`.
    pub fn post(&self, path: impl AsRef<str>) -> Request<'_> {
        self.request(Method::POST, path.as_ref())
    }

    /// Puts to `path`.
    pub fn put(&self, path: impl AsRef<str>) -> Request<'_> {
        self.request(Method::PUT, path.as_ref())
    }

    /// Patches `path`.
    pub fn patch(&self, path: impl AsRef<str>) -> Request<'_> {
        self.request(Method::PATCH, path.as_ref())
    }

    /// Deletes `path`.
    pub fn delete(&self, path: impl AsRef<str>) -> Request<'_> {
        self.request(Method::DELETE, path.as_ref())
    }

    /// The error that an answer outside of 2xx amounts to, for callers that accepted it and cannot use it.
    pub fn refusal(&self, response: &Response) -> ProviderError {
        let retry_after = response.retry_after();
        match (self.read_refusal)(response) {
            Some(refusal) => failure::of_refusal(self.origin(), response, &self.words, refusal),
            None => failure::of_status(self.origin(), response, &self.words, retry_after),
        }
    }

    /// A request of any method to `path`.
    pub fn request(&self, method: Method, path: &str) -> Request<'_> {
        Request {
            api: self,
            method,
            url: format!("{}{path}", self.origin.as_str()),
            headers: HeaderMap::new(),
            body: None,
            accepted: &[],
        }
    }
}

impl ApiBuilder {
    /// A header of every request that carries a secret behind `prefix`; `key` is the account's key it came from.
    pub fn secret_header(
        mut self,
        name: &'static str,
        prefix: &str,
        key: &'static str,
        secret: &Secret,
    ) -> Result<Self, SettingsError> {
        let mut value =
            HeaderValue::from_str(&format!("{prefix}{}", secret.reveal())).map_err(|_| {
                SettingsError {
                    message: format!("`{key}` holds characters that no HTTP header can carry"),
                    span: None,
                    hint: Some("look for a line end or a space copied along with it".to_owned()),
                }
            })?;
        value.set_sensitive(true);
        self.headers.insert(HeaderName::from_static(name), value);
        self.words.hide(key, secret);
        Ok(self)
    }

    /// A secret that is not a header by itself (a signing key): it is kept out of messages all the same.
    #[must_use]
    pub fn hide(mut self, key: &'static str, secret: &Secret) -> Self {
        self.words.hide(key, secret);
        self
    }

    /// The most requests a second.
    #[must_use]
    pub fn requests_per_second(mut self, limit: Option<f64>) -> Self {
        self.pace = Pace::new(limit);
        self
    }

    /// Who proves that the requests are ours.
    #[must_use]
    pub fn signer(mut self, signer: impl Signer + 'static) -> Self {
        self.signer = Some(Box::new(signer));
        self
    }

    /// How this vendor says no, where its status codes are not those of HTTP.
    #[must_use]
    pub fn refusals(mut self, read_refusal: ReadRefusal) -> Self {
        self.read_refusal = read_refusal;
        self
    }

    /// How often a request is tried at most, and how long one attempt may take.
    #[must_use]
    pub fn patience(mut self, attempts: u32, timeout: Duration) -> Self {
        self.attempts = attempts;
        self.timeout = timeout;
        self
    }

    /// Makes the client; opens no connection.
    pub fn build(self) -> Result<Api, SettingsError> {
        // Fails when somebody installed a provider before, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut client = Client::builder()
            .user_agent(concat!("redundns/", env!("CARGO_PKG_VERSION")))
            .default_headers(self.headers)
            .redirect(reqwest::redirect::Policy::none())
            .timeout(self.timeout);
        if self.origin.is_loopback() {
            client = client.no_proxy();
        }
        if !self.origin.is_tls() {
            // No certificate will ever be looked at: reading the system's would only cost time.
            client = client.tls_certs_only([]);
        }
        let client = client.build().map_err(|error| SettingsError {
            message: format!("cannot prepare TLS: {}", failure::root_cause(&error)),
            span: None,
            hint: Some("are the system's CA certificates installed?".to_owned()),
        })?;
        Ok(Api {
            client,
            origin: self.origin,
            words: Arc::new(self.words),
            pace: self.pace,
            signer: self.signer,
            read_refusal: self.read_refusal,
            attempts: self.attempts,
            timeout: self.timeout,
        })
    }
}

/// A request being put together.
pub struct Request<'a> {
    api: &'a Api,
    method: Method,
    url: String,
    headers: HeaderMap,
    body: Option<Vec<u8>>,
    accepted: &'a [u16],
}

impl<'a> Request<'a> {
    /// A body of the media type `kind`.
    #[must_use]
    pub fn body(mut self, kind: &'static str, body: Vec<u8>) -> Self {
        self.headers
            .insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        self.body = Some(body);
        self
    }

    /// Headers and a body that somebody else has put together.
    #[must_use]
    pub fn made(mut self, headers: HeaderMap, body: Vec<u8>) -> Self {
        self.headers.extend(headers);
        self.body = (!body.is_empty()).then_some(body);
        self
    }

    /// A body that is JSON already.
    #[must_use]
    pub fn json_body(self, body: Vec<u8>) -> Self {
        self.body("application/json", body)
    }

    /// `value` as a JSON body.
    #[must_use]
    pub fn json(self, value: &impl serde::Serialize) -> Self {
        let body =
            serde_json::to_vec(value).expect("API bodies have string keys and no failing parts");
        self.json_body(body)
    }

    /// A header of this request alone. A value that no header can carry is left out, and the API says what it misses.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(HeaderName::from_static(name), value);
        }
        self
    }

    /// Status codes outside 2xx that the caller wants to see as answers instead of errors.
    #[must_use]
    pub fn accepting(mut self, accepted: &'a [u16]) -> Self {
        self.accepted = accepted;
        self
    }

    /// Sends it, again where that is safe and may help.
    pub async fn send(self) -> Result<Response, ProviderError> {
        let mut backoff = Backoff::new(self.api.attempts);
        loop {
            let failed = match self.attempt().await {
                Ok(response) => return Ok(response),
                Err(failed) => failed,
            };
            match backoff
                .next(failed.retry_after)
                .filter(|_| failed.may_retry)
            {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(failed.error),
            }
        }
    }

    async fn attempt(&self) -> Result<Response, Failed> {
        self.api.pace.turn().await;
        let reads = self.method == Method::GET;
        let mut headers = self.headers.clone();
        if let Some(signer) = &self.api.signer {
            let mut unsigned = Unsigned {
                method: self.method.as_str(),
                url: &self.url,
                body: self.body.as_deref().unwrap_or_default(),
                headers: &mut headers,
            };
            // Nothing was sent yet.
            signer.sign(&mut unsigned).await.map_err(|error| Failed {
                may_retry: false,
                retry_after: None,
                error: error.applied(Some(0)),
            })?;
        }
        let mut request = self
            .api
            .client
            .request(self.method.clone(), &self.url)
            .headers(headers);
        if let Some(body) = &self.body {
            request = request.body(body.clone());
        }
        let mut answer = request
            .send()
            .await
            .map_err(|error| self.broken(&error, reads))?;
        let status = answer.status();
        let limit = MAX_ANSWER;
        let announced = usize::try_from(answer.content_length().unwrap_or(0)).unwrap_or(usize::MAX);
        if announced > limit {
            return Err(self.too_large(reads));
        }
        let mut body = Vec::with_capacity(announced);
        while let Some(chunk) = answer
            .chunk()
            .await
            .map_err(|error| self.broken(&error, reads))?
        {
            if body.len() + chunk.len() > limit {
                return Err(self.too_large(reads));
            }
            body.extend_from_slice(&chunk);
        }
        let response = Response {
            status: status.as_u16(),
            origin: self.api.origin().to_owned(),
            words: self.api.words.clone(),
            reads,
            headers: std::mem::take(answer.headers_mut()),
            body,
        };
        if status.is_success() || self.accepted.contains(&response.status) {
            return Ok(response);
        }
        Err(self.refused(&response))
    }

    fn broken(&self, error: &reqwest::Error, reads: bool) -> Failed {
        let connected = !error.is_connect();
        let mut told = failure::of_transport(self.api.origin(), error, self.api.timeout);
        told.message = self.api.words.clean(&told.message);
        Failed {
            may_retry: (reads && !error.is_timeout()) || !connected,
            retry_after: None,
            error: told.applied((reads || !connected).then_some(0)),
        }
    }

    fn too_large(&self, reads: bool) -> Failed {
        Failed {
            may_retry: false,
            retry_after: None,
            error: ProviderError::new(
                ErrorKind::Protocol,
                format!(
                    "the answer of {} is larger than {} MiB",
                    self.api.origin(),
                    MAX_ANSWER >> 20
                ),
            )
            .applied(reads.then_some(0)),
        }
    }

    fn refused(&self, response: &Response) -> Failed {
        let retry_after = response.retry_after();
        let error = self.api.refusal(response);
        Failed {
            may_retry: error.kind == ErrorKind::RateLimited
                || (response.reads && response.status >= 500),
            retry_after,
            error,
        }
    }
}

/// One attempt that did not succeed.
struct Failed {
    error: ProviderError,
    may_retry: bool,
    retry_after: Option<Duration>,
}
