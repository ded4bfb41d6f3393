//! What a vendor wants said about each request by whoever sends it, and says about it in its own way.

use async_trait::async_trait;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::Response;
use crate::provider::{ErrorKind, ProviderError};

/// Proves who sends a request: by a signature over it, or by a token that has to be fetched first.
#[async_trait]
pub trait Signer: Send + Sync {
    /// Adds the proof to `request`. Asked before every attempt, since signatures and tokens grow old.
    async fn sign(&self, request: &mut Unsigned<'_>) -> Result<(), ProviderError>;
}

/// A request that is complete but for the proof of who sends it.
pub struct Unsigned<'a> {
    /// `GET` and the like.
    pub method: &'a str,
    /// Whole, with its query.
    pub url: &'a str,
    /// Octets; none where there is no body.
    pub body: &'a [u8],
    pub(super) headers: &'a mut HeaderMap,
}

impl Unsigned<'_> {
    /// Sets a header, never shown to anybody; the name is in lower case. Says whether a header can carry the value.
    pub fn header(&mut self, name: &'static str, value: &str) -> bool {
        let Ok(mut value) = HeaderValue::from_str(value) else {
            return false;
        };
        value.set_sensitive(true);
        self.headers.insert(HeaderName::from_static(name), value);
        true
    }
}

/// What a vendor says with an answer outside of 2xx, where the status alone does not tell.
pub struct Refusal {
    /// What somebody may branch on.
    pub kind: ErrorKind,
    /// The vendor's own words.
    pub said: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// Reads a [`Refusal`] out of an answer; `None` leaves it to the status. With [`ErrorKind::RateLimited`] the request is
/// repeated, so it must mean that nothing was done.
pub type ReadRefusal = fn(&Response) -> Option<Refusal>;
