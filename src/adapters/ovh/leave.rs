//! What the consumer key may do, as it says itself: it carries the rules that the customer gave it.

use serde::Deserialize;
use wildmatch::WildMatch;

use crate::adapters::http::Api;
use crate::provider::{ErrorKind, ProviderError};

/// `GET /auth/currentCredential`, `rules`, in the schema at <https://eu.api.ovh.com/1.0/auth.json> (2026-11-30).
const CREDENTIAL: &str = "/1.0/auth/currentCredential";

#[derive(Deserialize)]
struct Credential {
    rules: Vec<Rule>,
}

/// A method, and a path with `*` for anything.
#[derive(Deserialize)]
struct Rule {
    method: String,
    path: String,
}

/// Whether the rules cover every call that writes to `zone`; `None` where the key may not even ask.
pub(super) async fn may_write(api: &Api, zone: &str) -> Result<Option<bool>, ProviderError> {
    match api.get(CREDENTIAL).send().await {
        Ok(answer) => {
            let credential: Credential = answer.json()?;
            Ok(Some(cover(&credential.rules, zone)))
        }
        Err(error) if error.kind == ErrorKind::Unauthorized => Ok(None),
        Err(error) => Err(error),
    }
}

fn cover(rules: &[Rule], zone: &str) -> bool {
    let zone = format!("/domain/zone/{zone}");
    let calls = [
        ("POST", format!("{zone}/record")),
        ("PUT", format!("{zone}/record/1")),
        ("DELETE", format!("{zone}/record/1")),
        ("POST", format!("{zone}/refresh")),
    ];
    calls.iter().all(|(method, path)| {
        let mut rules = rules.iter().filter(|rule| rule.method == *method);
        rules.any(|rule| WildMatch::new(&rule.path).matches(path))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_has_to_be_covered() {
        let rules = |given: &[(&str, &str)]| -> Vec<Rule> {
            let rule = |&(method, path): &(&str, &str)| Rule {
                method: method.to_owned(),
                path: path.to_owned(),
            };
            given.iter().map(rule).collect()
        };
        let all = |path| {
            rules(&[
                ("GET", path),
                ("POST", path),
                ("PUT", path),
                ("DELETE", path),
            ])
        };
        for (rules, expected) in [
            (all("/*"), true),
            (all("/domain/zone/*"), true),
            (all("/domain/zone/example.com/*"), true),
            (all("/domain/zone/example.net/*"), false),
            (all("/domain/zone/*/record*"), false),
            (rules(&[("GET", "/*")]), false),
            (rules(&[]), false),
        ] {
            assert_eq!(cover(&rules, "example.com"), expected);
        }
        for lacking in ["POST", "PUT", "DELETE"] {
            let mut rules = all("/*");
            rules.retain(|rule| rule.method != lacking);
            assert!(!cover(&rules, "example.com"), "{lacking}");
        }
    }
}
