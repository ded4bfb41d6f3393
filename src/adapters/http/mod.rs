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
mod hook;
mod limit;
mod origin;
mod pace;
mod path;
mod request;
mod resolvers;
mod response;
mod signer;

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method};

use self::failure::Words;
pub use self::hook::Hook;
use self::limit::Limits;
use self::origin::Origin;
pub use self::path::{link, path_of, segment};
pub use self::request::Request;
use self::resolvers::Resolvers;
pub use self::response::Response;
pub use self::signer::{ReadRefusal, Refusal, Signer, Unsigned};
use super::{Secret, SettingsError, lookup};
use crate::provider::{ProviderError, RateLimit};

/// How long one attempt may take from connecting to the last octet of its answer, unless a vendor's habits ask for
/// another span.
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
    signer: Option<Box<dyn Signer>>,
    read_refusal: ReadRefusal,
    attempts: u32,
    timeout: Duration,
    largest: usize,
    recovers_steadily: bool,
}

/// Collects what an [`Api`] needs.
pub struct ApiBuilder {
    origin: Origin,
    headers: HeaderMap,
    words: Words,
    limits: &'static [RateLimit],
    signer: Option<Box<dyn Signer>>,
    read_refusal: ReadRefusal,
    attempts: u32,
    timeout: Duration,
    largest: usize,
    recovers_steadily: bool,
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
            signer: None,
            read_refusal: |_| None,
            attempts: pace::ATTEMPTS,
            timeout: TIMEOUT,
            largest: MAX_ANSWER,
            recovers_steadily: false,
        })
    }

    /// Starts with a vendor's endpoint `own` and its `limits`, or with another that the account gives: what stands in
    /// for the vendor (a proxy, a server of one's own) has limits that nobody knows before it says so.
    pub fn of_vendor(
        own: &str,
        limits: &'static [RateLimit],
        given: Option<&str>,
        allow_http: bool,
    ) -> Result<ApiBuilder, SettingsError> {
        match given {
            None => Ok(Self::at(own, false)?.limits(limits)),
            Some(endpoint) => Self::at(endpoint, allow_http),
        }
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
        match (self.read_refusal)(response) {
            Some(refusal) => failure::of_refusal(self.origin(), response, refusal),
            None => failure::of_status(self.origin(), response),
        }
    }

    /// A request of any method to `path`.
    pub fn request(&self, method: Method, path: &str) -> Request<'_> {
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

    /// How often a request is tried at most while it is turned away as one too many (other failures have at most the
    /// usual number of attempts), and how long one attempt may take.
    #[must_use]
    pub fn patience(mut self, attempts: u32, timeout: Duration) -> Self {
        self.attempts = attempts;
        self.timeout = timeout;
        self
    }

    /// The largest answer that is read, in octets.
    #[must_use]
    pub fn largest(mut self, octets: usize) -> Self {
        self.largest = octets;
        self
    }

    /// Says that `RateLimit-Reset` is when the whole budget is there again, while single requests come back long before:
    /// nobody waits for it.
    #[must_use]
    pub fn recovers_steadily(mut self) -> Self {
        self.recovers_steadily = true;
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
        if lookup::IS_STATIC {
            client = client.dns_resolver(Arc::new(Resolvers));
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
            signer: self.signer,
            read_refusal: self.read_refusal,
            attempts: self.attempts,
            timeout: self.timeout,
            largest: self.largest,
            recovers_steadily: self.recovers_steadily,
        })
    }
}
