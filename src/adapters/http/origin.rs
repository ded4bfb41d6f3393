//! Endpoints: an origin without a path, and when plain HTTP is allowed.

use std::net::IpAddr;

use reqwest::Url;

use crate::adapters::SettingsError;

const SHAPE: &str = "write scheme, host and port alone, as in `https://api.example.net:8443`";

/// Scheme, host and port of an API.
pub(super) struct Origin {
    text: String,
    loopback: bool,
    tls: bool,
}

impl Origin {
    /// Reads an endpoint. Credentials, paths and queries in it are errors, and so is plain HTTP beyond loopback.
    pub(super) fn parse(endpoint: &str, allow_http: bool) -> Result<Self, SettingsError> {
        // A refused endpoint may hold a password, so it is shown only once it is known not to.
        let fail = |message: String, hint: &str| SettingsError {
            message,
            span: None,
            hint: Some(hint.to_owned()),
        };
        let url = Url::parse(endpoint)
            .map_err(|error| fail(format!("`endpoint` is no URL: {error}"), SHAPE))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(fail("`endpoint` holds credentials".to_owned(), SHAPE));
        }
        let tls = match url.scheme() {
            "https" => true,
            "http" => false,
            other => {
                return Err(fail(format!("`endpoint` has the scheme `{other}`"), SHAPE));
            }
        };
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(fail("`endpoint` has a path".to_owned(), SHAPE));
        }
        let host = url.host_str().unwrap_or_default();
        let loopback = host.eq_ignore_ascii_case("localhost")
            || host
                .trim_matches(['[', ']'])
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback());
        if !tls && !loopback && !allow_http {
            return Err(fail(
                format!("`endpoint` would send the credentials in clear text to `{host}`"),
                "use https, or write `allow_http = true` if the network in between is yours",
            ));
        }
        Ok(Self {
            text: url.origin().ascii_serialization(),
            loopback,
            tls,
        })
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn is_loopback(&self) -> bool {
        self.loopback
    }

    pub(super) fn is_tls(&self) -> bool {
        self.tls
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_goes_to_loopback_only() {
        for (endpoint, allow_http, expected) in [
            (
                "https://api.example.net",
                false,
                Ok("https://api.example.net"),
            ),
            (
                "https://api.example.net:8443/",
                false,
                Ok("https://api.example.net:8443"),
            ),
            ("http://127.0.0.1:8081", false, Ok("http://127.0.0.1:8081")),
            ("http://127.9.9.9:8081", false, Ok("http://127.9.9.9:8081")),
            ("http://[::1]:8081", false, Ok("http://[::1]:8081")),
            ("http://localhost:8081", false, Ok("http://localhost:8081")),
            ("http://10.0.0.1", true, Ok("http://10.0.0.1")),
            ("http://10.0.0.1", false, Err("clear text")),
            ("http://localhost.example.net", false, Err("clear text")),
            ("https://api.example.net/v4", false, Err("path")),
            ("https://api.example.net?x=1", false, Err("path")),
            (
                "https://me:hunter2@api.example.net",
                false,
                Err("credentials"),
            ),
            ("ftp://api.example.net", false, Err("scheme")),
            ("api.example.net", false, Err("no URL")),
        ] {
            match (Origin::parse(endpoint, allow_http), expected) {
                (Ok(origin), Ok(text)) => assert_eq!(origin.as_str(), text),
                (Err(error), Err(part)) => {
                    assert!(
                        error.message.contains(part),
                        "{endpoint}: {}",
                        error.message
                    );
                    assert!(!error.message.contains("hunter2"), "{}", error.message);
                }
                (got, _) => panic!("{endpoint}: {:?}", got.map(|origin| origin.text)),
            }
        }
    }
}
