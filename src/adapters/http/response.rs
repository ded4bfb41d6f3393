//! What came back.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde::de::{Deserialize, DeserializeSeed};

use super::failure::{self, Words};
use super::pace;
use crate::provider::{ErrorKind, ProviderError};

/// An answer, whole.
pub struct Response {
    /// The status code.
    pub status: u16,
    pub(super) origin: String,
    pub(super) words: Arc<Words>,
    pub(super) reads: bool,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Response {
    /// A header, if it is there and text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// How long the vendor asks to wait before the next request: because it says so, or because nothing remains of
    /// its budget.
    pub(super) fn pause(&self) -> Option<Duration> {
        let now = std::time::SystemTime::now();
        let asked = self.header(RETRY_AFTER.as_str());
        asked
            .and_then(|value| pace::retry_after(value, now))
            .or_else(|| pace::budget(|name| self.header(name), now))
    }

    /// The octets of the body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Itself, if it is not the page `before` once more: whoever asks for a next page as long as more is promised never
    /// ends where pages repeat.
    pub fn unlike(self, before: Option<&Self>) -> Result<Self, ProviderError> {
        if before.is_some_and(|before| before.body == self.body) {
            let words = format!(
                "{} gives the same page twice, and promises more",
                self.origin
            );
            return Err(ProviderError::new(ErrorKind::Protocol, words).hint("run this again"));
        }
        Ok(self)
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
