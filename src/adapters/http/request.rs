//! One request: its turn, its attempts, its answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};

use super::super::Secret;
use super::super::run::{self, Event};
use super::failure::Words;
use super::limit::Turn;
use super::pace::{ATTEMPTS, Backoff, LONGEST_PAUSE};
use super::{Api, Response, Unsigned, failure};
use crate::provider::{ErrorKind, ProviderError};

/// What proves anything has at least so many characters.
const SHORTEST_PROOF: usize = 12;

/// A request being put together.
pub struct Request<'a> {
    api: &'a Api,
    method: Method,
    url: String,
    reads: bool,
    headers: HeaderMap,
    body: Option<Vec<u8>>,
    accepted: &'a [u16],
    takes_pages: bool,
}

impl<'a> Request<'a> {
    pub(super) fn new(api: &'a Api, method: Method, path: &str) -> Self {
        Self {
            api,
            url: format!("{}{path}", api.origin()),
            reads: matches!(method, Method::GET | Method::HEAD),
            method,
            headers: HeaderMap::new(),
            body: None,
            accepted: &[],
            takes_pages: false,
        }
    }

    /// Says that it changes nothing though its method is POST: it is counted, and repeated, like a GET.
    #[must_use]
    pub fn reading(mut self) -> Self {
        self.reads = true;
        self
    }

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

    /// Says that a web page is as good an answer as any: nobody reads it.
    #[must_use]
    pub fn taking_pages(mut self) -> Self {
        self.takes_pages = true;
        self
    }

    /// Sends it, again where that is safe and may help.
    pub async fn send(self) -> Result<Response, ProviderError> {
        let mut backoff = Backoff::default();
        loop {
            let failed = match self.attempt().await {
                Ok(response) => return Ok(response),
                Err(failed) => failed,
            };
            // Whoever is busy asks for patience; whoever does not answer does not deserve more than usual.
            let attempts = match failed.error.kind {
                ErrorKind::RateLimited => self.api.attempts,
                _ => self.api.attempts.min(ATTEMPTS),
            };
            let pause = backoff.next(attempts, failed.retry_after);
            match pause.filter(|_| failed.may_retry) {
                // Where the vendor named the pause, nobody's turn comes earlier.
                Some(pause) if pause <= run::time_for(pause) => {
                    if failed.retry_after.is_none() {
                        tokio::time::sleep(pause).await;
                    }
                }
                _ => return Err(failed.error),
            }
        }
    }

    async fn attempt(&self) -> Result<Response, Failed> {
        let _turn = self.turn().await?;
        let begin = Instant::now();
        let answer = self.exchange().await;
        run::tell(&Event::Exchange {
            method: self.method.as_str(),
            url: &self.api.words.clean(&self.url),
            status: answer.as_ref().ok().map(|response| response.status),
            took: begin.elapsed(),
        });
        let response = answer?;
        let pause = response.pause();
        if let Some(pause) = pause.filter(|pause| *pause <= LONGEST_PAUSE) {
            self.api.limits.hold(pause);
        }
        if !self.takes_pages && response.status < 300 && failure::is_html(&response) {
            return Err(Failed {
                may_retry: false,
                retry_after: None,
                error: failure::web_page(&response),
            });
        }
        if (200..300).contains(&response.status) || self.accepted.contains(&response.status) {
            return Ok(response);
        }
        let error = self.api.refusal(&response);
        Err(Failed {
            may_retry: error.kind == ErrorKind::RateLimited
                || (response.reads && response.status >= 500),
            retry_after: pause,
            error,
        })
    }

    /// Waits until the vendor's limits allow it.
    async fn turn(&self) -> Result<Turn<'_>, Failed> {
        let origin = self.api.origin();
        let told = |pause| {
            run::tell(&Event::Waiting {
                origin,
                pause,
                reason: "its limit of requests",
            });
        };
        let turn = self.api.limits.turn(self.reads, told);
        let Some(left) = run::time_left() else {
            return Ok(turn.await);
        };
        let late = |_| Failed {
            may_retry: false,
            retry_after: None,
            error: ProviderError::new(
                ErrorKind::RateLimited,
                format!("the limits of {origin} leave no request before the run has to end"),
            )
            .hint("give it more time with `--timeout`"),
        };
        tokio::time::timeout(left, turn).await.map_err(late)
    }

    async fn exchange(&self) -> Result<Response, Failed> {
        let reads = self.reads;
        let time = run::time_for(self.api.timeout);
        let headers = self.signed().await?;
        let words = self.words(&headers);
        let mut request = self
            .api
            .client
            .request(self.method.clone(), &self.url)
            .headers(headers)
            .timeout(time);
        if let Some(body) = &self.body {
            request = request.body(body.clone());
        }
        let broken = |error: reqwest::Error| self.broken(&error, time);
        let mut answer = request.send().await.map_err(broken)?;
        let announced = usize::try_from(answer.content_length().unwrap_or(0)).unwrap_or(usize::MAX);
        if announced > self.api.largest {
            return Err(self.too_large());
        }
        let mut body = Vec::with_capacity(announced);
        while let Some(chunk) = answer.chunk().await.map_err(broken)? {
            if body.len() + chunk.len() > self.api.largest {
                return Err(self.too_large());
            }
            body.extend_from_slice(&chunk);
        }
        if self.api.recovers_steadily {
            answer.headers_mut().remove("ratelimit-reset");
        }
        Ok(Response {
            status: answer.status().as_u16(),
            origin: self.api.origin().to_owned(),
            words,
            reads,
            headers: std::mem::take(answer.headers_mut()),
            body,
        })
    }

    /// The headers of this attempt, with what proves that it is ours.
    async fn signed(&self) -> Result<HeaderMap, Failed> {
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
        Ok(headers)
    }

    /// What the answer must not show: the account's secrets, and the proof that this request carried.
    fn words(&self, headers: &HeaderMap) -> Arc<Words> {
        if self.api.signer.is_none() {
            return self.api.words.clone();
        }
        let proofs = headers.values().filter(|value| value.is_sensitive());
        let proofs = proofs.filter_map(|value| value.to_str().ok());
        // `Bearer` and the like, and the parameters' names, are no secrets.
        let parts = proofs.flat_map(|proof| proof.split([' ', ',', '=']));
        let secrets = parts.filter(|part| part.len() >= SHORTEST_PROOF);
        Arc::new(self.api.words.with(secrets.map(Secret::new)))
    }

    fn broken(&self, error: &reqwest::Error, time: Duration) -> Failed {
        let nothing_was_sent = error.is_connect();
        let mut told = failure::of_transport(self.api.origin(), error, time);
        told.message = self.api.words.clean(&told.message);
        Failed {
            may_retry: (self.reads || nothing_was_sent) && !error.is_timeout(),
            retry_after: None,
            error: told.applied((self.reads || nothing_was_sent).then_some(0)),
        }
    }

    fn too_large(&self) -> Failed {
        Failed {
            may_retry: false,
            retry_after: None,
            error: ProviderError::new(
                ErrorKind::Protocol,
                format!(
                    "the answer of {} is larger than {} KiB",
                    self.api.origin(),
                    self.api.largest >> 10
                ),
            )
            .applied(self.reads.then_some(0)),
        }
    }
}

/// One attempt that did not succeed.
struct Failed {
    error: ProviderError,
    may_retry: bool,
    retry_after: Option<Duration>,
}
