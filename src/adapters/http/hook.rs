//! One URL that is known to few: a webhook. Whoever has its path may use it, so the path is a secret.

use std::time::Duration;

use reqwest::Url;

use super::{Api, Response};
use crate::adapters::{Secret, SettingsError};
use crate::provider::ProviderError;

/// The shortest part of a path that may be a secret by itself.
const SHORTEST: usize = 6;

/// A URL that is posted to or read. What is said of it names scheme, host and port alone.
pub struct Hook {
    api: Api,
    path: Box<str>,
}

impl Hook {
    /// Reads the URL: `https`, or plain http to loopback. `time` is what one attempt may take, `largest` how many
    /// octets of an answer are read. Nothing of the URL is repeated in an error.
    pub fn at(url: &Secret, time: Duration, largest: usize) -> Result<Self, SettingsError> {
        let fail = |message: &str, hint: &str| SettingsError {
            message: message.to_owned(),
            span: None,
            hint: Some(hint.to_owned()),
        };
        let no_url = || fail("it is no URL", "it begins with https://");
        let url = Url::parse(url.reveal()).map_err(|_| no_url())?;
        if !matches!(url.scheme(), "https" | "http") || url.host_str().is_none() {
            return Err(no_url());
        }
        if !url.username().is_empty() || url.password().is_some() {
            let hint = "put what proves who you are into the path, as webhooks have it";
            return Err(fail("the URL holds credentials before its host", hint));
        }
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let mut builder = Api::at(&url.origin().ascii_serialization(), false)
            .map_err(|_| {
                let hint = "use https: whoever reads the path on its way may use it too";
                fail("the URL would be sent in clear text", hint)
            })?
            .patience(1, time)
            .largest(largest);
        if path.len() > 1 {
            builder = builder.hide("url", &Secret::new(path.as_str()));
        }
        let parts = path.split(['/', '?', '&', '=', ';', ':']);
        for part in parts.filter(|part| part.len() >= SHORTEST) {
            builder = builder.hide("url", &Secret::new(part));
        }
        Ok(Self {
            api: builder.build()?,
            path: path.into(),
        })
    }

    /// Scheme, host and port, which may be shown.
    pub fn origin(&self) -> &str {
        self.api.origin()
    }

    /// Posts JSON; any answer within 2xx will do.
    pub async fn post(&self, value: &impl serde::Serialize) -> Result<Response, ProviderError> {
        let request = self.api.post(&*self.path).json(value).taking_pages();
        request.send().await.map_err(without_account)
    }

    /// Reads JSON.
    pub async fn get(&self) -> Result<Response, ProviderError> {
        let answer = self.api.get(&*self.path).send().await;
        answer.map_err(without_account)
    }
}

/// Hints are written for accounts, and there is none.
fn without_account(mut error: ProviderError) -> ProviderError {
    error.hint = None;
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_url_is_said_without_it() {
        for (url, part) in [
            ("hunter2", "no URL"),
            ("ftp://example.net/hunter2", "no URL"),
            ("https://u:hunter2@example.net/", "credentials"),
            ("http://example.net/hunter2", "clear text"),
        ] {
            let Err(error) = Hook::at(&Secret::new(url), Duration::from_secs(1), 1) else {
                panic!("{url}");
            };
            assert!(error.message.contains(part), "{}", error.message);
            let said = format!("{}{}", error.message, error.hint.unwrap_or_default());
            assert!(!said.contains("hunter2"), "{said}");
        }
        let url = Secret::new("https://example.net:8443/services/hunter2?x=y");
        let hook = Hook::at(&url, Duration::from_secs(1), 1).map_err(|error| error.message);
        assert_eq!(
            hook.map(|hook| hook.origin().to_owned()),
            Ok("https://example.net:8443".to_owned())
        );
    }
}
