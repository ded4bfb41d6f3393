//! Signatures by the vendor's own clock, as its client for Python makes them:
//! <https://github.com/ovh/python-ovh/blob/master/ovh/client.py>

use std::time::{Duration, Instant};

use async_trait::async_trait;
use data_encoding::HEXLOWER;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use tokio::sync::Mutex;

use super::super::Secret;
use super::super::http::{Api, Signer, Unsigned};
use crate::provider::{ErrorKind, ProviderError};

/// How long what the vendor's clock said is counted on from; a machine's own clocks drift by less meanwhile.
const TRUST: Duration = Duration::from_secs(3600);

/// Signs requests with the secrets of an application and of the customer who lets it.
pub(super) struct Signature {
    application_secret: Secret,
    consumer_key: Secret,
    api: Api,
    /// The vendor's time in seconds since 1970, and when it said so.
    read: Mutex<Option<(u64, Instant)>>,
}

impl Signature {
    /// Asks `api`, which signs nothing, what time it is.
    pub(super) fn new(application_secret: Secret, consumer_key: Secret, api: Api) -> Self {
        Self {
            application_secret,
            consumer_key,
            api,
            read: Mutex::default(),
        }
    }

    /// The vendor's time: requests signed at another are refused, and this machine's clock may be wrong.
    async fn now(&self) -> Result<u64, ProviderError> {
        let mut read = self.read.lock().await;
        let held = read.filter(|(_, at)| at.elapsed() < TRUST);
        let (said, at) = if let Some(held) = held {
            held
        } else {
            let at = Instant::now();
            let said = self.api.get("/1.0/auth/time").send().await?.json()?;
            *read.insert((said, at))
        };
        Ok(said + at.elapsed().as_secs())
    }
}

#[async_trait]
impl Signer for Signature {
    async fn sign(&self, request: &mut Unsigned<'_>) -> Result<(), ProviderError> {
        let now = self.now().await?.to_string();
        let signature = signature(
            &self.application_secret,
            &self.consumer_key,
            request.method,
            request.url,
            request.body,
            &now,
        );
        let is_made = request.header("x-ovh-timestamp", &now)
            && request.header("x-ovh-signature", &signature);
        is_made.then_some(()).ok_or_else(|| {
            ProviderError::new(ErrorKind::Protocol, "no header can carry a signature")
        })
    }
}

fn signature(
    application_secret: &Secret,
    consumer_key: &Secret,
    method: &str,
    url: &str,
    body: &[u8],
    now: &str,
) -> String {
    let head = [
        application_secret.reveal(),
        consumer_key.reveal(),
        method,
        url,
        "",
    ];
    let mut text = head.join("+").into_bytes();
    text.extend_from_slice(body);
    text.push(b'+');
    text.extend_from_slice(now.as_bytes());
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, &text);
    format!("$1${}", HEXLOWER.encode(hash.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_the_vendors_client() {
        // Made by ovh 1.2.0 for Python, `Client.raw_call`.
        let found = signature(
            &Secret::new("EXEgWIz07P0HYwtQDs7cNIqCiQaWSuHF"),
            &Secret::new("MtSwSrPpNjqfVSmJhLbPyr2i45lSwPU1"),
            "POST",
            "https://eu.api.ovh.com/1.0/domain/zone/example.com/record",
            br#"{"fieldType":"A","target":"192.0.2.1"}"#,
            "1366560945",
        );
        assert_eq!(found, "$1$5decffbc317f4c58eac445ba72c21e992ed9722c");
    }
}
