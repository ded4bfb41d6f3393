//! Speaking HTTP to a provider: pacing, retries, timeouts, size limits, redaction, and one mapping of everything
//! that can go wrong to [`ProviderError`].
//!
//! Nothing is sent beyond the vendor's limits ([`RateLimit`]), nor before a vendor whose budget is spent, or who asked
//! to wait, wants to hear more.
//!
//! A request is repeated only where that cannot do anything twice: a GET whenever the failure may pass, any other
//! method only when the connection was refused before a single octet was sent, or when the answer was 429, which
//! says that nothing was done. Redirects are not followed, since they would carry the credentials elsewhere.
//!
//! In an error from here [`ProviderError::applied`] is `Some(0)` when the request changed nothing for certain and
//! `None` when its fate is unknown.

mod failure;
mod limit;
mod origin;
mod pace;
mod request;

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method};
use serde::de::{Deserialize, DeserializeSeed};

use self::failure::Words;
use self::limit::Limits;
use self::origin::Origin;
pub use self::request::Request;
use super::{Secret, SettingsError};
use crate::provider::{ProviderError, RateLimit};

/// How long one request may take from connecting to the last octet of its answer.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How long the connection may take, TLS included: whoever has not answered by then will not.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The largest answer that is read, in octets: several times a zone of a million records in JSON.
const MAX_ANSWER: usize = 512 << 20;

/// One account's way to its API: an origin, the headers of every request, and the vendor's limits.
pub struct Api {
    client: Client,
    origin: Origin,
    words: Arc<Words>,
    limits: Limits,
}

/// Collects what an [`Api`] needs.
pub struct ApiBuilder {
    origin: Origin,
    headers: HeaderMap,
    words: Words,
    limits: &'static [RateLimit],
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
            limits: &[],
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
        failure::of_status(self.origin(), response, &self.words)
    }

    fn request(&self, method: Method, path: &str) -> Request<'_> {
        Request::new(self, method, path)
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

    /// What the vendor allows at most, as the adapter's capabilities have it. It is shared by all that the [`Api`] sends.
    #[must_use]
    pub fn limits(mut self, limits: &'static [RateLimit]) -> Self {
        self.limits = limits;
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
            .connect_timeout(CONNECT_TIMEOUT);
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
            limits: Limits::new(self.limits),
        })
    }
}

/// An answer, whole.
pub struct Response {
    /// The status code.
    pub status: u16,
    origin: String,
    words: Arc<Words>,
    reads: bool,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Response {
    /// A header, if it is there and text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// How long the vendor asks to wait before the next request: because it says so, or because nothing remains of
    /// its budget.
    fn pause(&self) -> Option<Duration> {
        let now = std::time::SystemTime::now();
        let asked = self.header("retry-after");
        asked
            .and_then(|value| pace::retry_after(value, now))
            .or_else(|| pace::budget(|name| self.header(name), now))
    }

    /// The octets of the body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body as JSON; strings may borrow from it.
    pub fn json<'de, T: Deserialize<'de>>(&'de self) -> Result<T, ProviderError> {
        self.json_with(std::marker::PhantomData)
    }

    /// The body as JSON through `seed`, for what is too large to be built twice.
    pub fn json_with<'de, S: DeserializeSeed<'de>>(
        &'de self,
        seed: S,
    ) -> Result<S::Value, ProviderError> {
        let mut json = serde_json::Deserializer::from_slice(&self.body);
        seed.deserialize(&mut json)
            .and_then(|value| json.end().map(|()| value))
            .map_err(|error| {
                failure::not_json(&self.origin, self, &error).applied(self.reads.then_some(0))
            })
    }
}
