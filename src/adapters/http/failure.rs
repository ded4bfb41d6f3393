//! What went wrong, in one line, in the provider's own words where there are any, and without a secret.

use std::error::Error;
use std::io;
use std::time::Duration;

use super::super::Secret;
use super::pace::LONGEST_PAUSE;
use super::{Refusal, Response};
use crate::provider::{ErrorKind, ProviderError};

/// The longest excerpt of a provider's own words, in characters.
const LONGEST: usize = 300;

/// What may be repeated to the user: everything but the secrets.
#[derive(Default)]
pub(super) struct Words {
    keys: Vec<&'static str>,
    secrets: Vec<Secret>,
}

impl Words {
    pub(super) fn hide(&mut self, key: &'static str, secret: &Secret) {
        self.keys.push(key);
        self.secrets.push(secret.clone());
    }

    /// The same, and what was made of the secrets for one request: tokens and signatures.
    pub(super) fn with(&self, made: impl Iterator<Item = Secret>) -> Self {
        Self {
            keys: self.keys.clone(),
            secrets: self.secrets.iter().cloned().chain(made).collect(),
        }
    }

    /// `text` as one line of bounded length, each secret in it replaced.
    pub(super) fn clean(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &self.secrets {
            if !secret.reveal().is_empty() {
                text = text.replace(secret.reveal(), "[secret]");
            }
        }
        let mut line = String::new();
        for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
            if !line.is_empty() && !word.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        if let Some((end, _)) = line.char_indices().nth(LONGEST) {
            line.truncate(end);
            line.push('…');
        }
        line
    }

    fn keys(&self) -> String {
        let quoted: Vec<String> = self.keys.iter().map(|key| format!("`{key}`")).collect();
        quoted.join(" and ")
    }
}

/// The innermost cause, which says most.
pub(super) fn root_cause(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

fn io_kind(error: &reqwest::Error) -> Option<io::ErrorKind> {
    let mut cause: Option<&dyn Error> = Some(error);
    while let Some(error) = cause {
        if let Some(io) = error.downcast_ref::<io::Error>() {
            // TLS failures come as an io::Error around the real one.
            if io.get_ref().is_none() {
                return Some(io.kind());
            }
        }
        cause = error.source();
    }
    None
}

/// A request that got no whole answer.
///
/// `time` is what it was given.
pub(super) fn of_transport(origin: &str, error: &reqwest::Error, time: Duration) -> ProviderError {
    let unreachable = |message| ProviderError::new(ErrorKind::Unreachable, message);
    if error.is_timeout() {
        let (what, time) = if error.is_connect() {
            ("connection to", time.min(super::CONNECT_TIMEOUT))
        } else {
            ("answer from", time)
        };
        let seconds = time.as_secs_f32().ceil();
        return unreachable(format!("no {what} {origin} within {seconds} s"));
    }
    if error.is_dns() {
        return unreachable(format!("the address of {origin} cannot be found"))
            .hint("is the name in `endpoint` right?");
    }
    match io_kind(error) {
        Some(io::ErrorKind::ConnectionRefused) => {
            return unreachable(format!("connection refused by {origin}"))
                .hint("is it up, and is `endpoint` of this account right?");
        }
        Some(
            io::ErrorKind::ConnectionReset
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::ConnectionAborted,
        ) => {
            return unreachable(format!("connection reset by {origin}"));
        }
        Some(io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable) => {
            return unreachable(format!("no route to {origin}"));
        }
        _ => {}
    }
    let cause = root_cause(error);
    if error.is_connect() {
        return unreachable(format!("cannot connect to {origin}: {cause}"));
    }
    if error.is_body() || error.is_decode() {
        return ProviderError::new(
            ErrorKind::Protocol,
            format!("the answer of {origin} broke off: {cause}"),
        );
    }
    unreachable(format!("no answer from {origin}: {cause}"))
}

/// An answer whose status says no.
pub(super) fn of_status(origin: &str, response: &Response) -> ProviderError {
    let (status, words) = (response.status, &response.words);
    let said = words.clean(&own_words(response));
    let message = if said.is_empty() {
        format!("{origin} answered {status}")
    } else {
        format!("{origin} answered {status}: {said}")
    };
    let kind = match status {
        401 | 403 => ErrorKind::Unauthorized,
        409 | 412 => ErrorKind::Conflict,
        429 => ErrorKind::RateLimited,
        408 | 500.. => ErrorKind::Unreachable,
        400..500 => ErrorKind::Rejected,
        _ => ErrorKind::Protocol,
    };
    // A gateway may have passed on the request before it failed.
    let is_certain = response.reads || status < 500 && status != 408;
    let error = ProviderError::new(kind, message).applied(is_certain.then_some(0));
    match (status, response.pause()) {
        (401 | 403, _) if words.keys.is_empty() => error,
        (401, _) => error.hint(format!("check {} of this account", words.keys())),
        (403, _) => error.hint(format!(
            "check {} of this account, and what it is allowed to do",
            words.keys()
        )),
        (429 | 503, Some(pause)) if pause > LONGEST_PAUSE => error.hint(format!(
            "it asks to wait {} s, which is too long to wait here: run this again then",
            pause.as_secs()
        )),
        (429 | 503, Some(pause)) => error.hint(format!(
            "it asks to wait {} s, each time anew",
            pause.as_secs()
        )),
        (429, None) => error.hint("it does not say how long to wait: run this again later"),
        (300..=399, _) => {
            error.hint("`endpoint` must name the API itself: redirects are not followed")
        }
        _ => error,
    }
}

/// An answer whose words the adapter has read.
pub(super) fn of_refusal(origin: &str, response: &Response, refusal: Refusal) -> ProviderError {
    let status = response.status;
    let said = response.words.clean(&refusal.said);
    let is_certain = response.reads || status < 500;
    ProviderError {
        kind: refusal.kind,
        message: format!("{origin} answered {status}: {said}"),
        hint: refusal.hint,
        applied: is_certain.then_some(0),
    }
}

/// An answer that was to be JSON.
pub(super) fn not_json(
    origin: &str,
    response: &Response,
    error: &serde_json::Error,
) -> ProviderError {
    let message = if response.body.is_empty() {
        format!("{origin} answered with nothing where JSON was expected")
    } else if error.is_eof() {
        format!(
            "the answer of {origin} broke off after {} octets",
            response.body.len()
        )
    } else {
        // The parser's words may quote the answer.
        let said = response.words.clean(&error.to_string());
        format!("the answer of {origin} makes no sense: {said}")
    };
    ProviderError::new(ErrorKind::Protocol, message)
}

/// Whether the answer is a page for people. No API answers with one: it comes from a gateway, or a portal in between.
pub(super) fn is_html(response: &Response) -> bool {
    let body = response.body.trim_ascii_start();
    let begins = |with: &str| {
        let head = body.get(..with.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(with.as_bytes()))
    };
    response
        .header("content-type")
        .is_some_and(|kind| kind.contains("html"))
        || begins("<!doctype html")
        || begins("<html")
}

/// A web page that claims success.
pub(super) fn web_page(response: &Response) -> ProviderError {
    ProviderError::new(
        ErrorKind::Protocol,
        format!(
            "{} answered with a web page where JSON was expected",
            response.origin
        ),
    )
    .hint("is `endpoint` the API itself, and does nothing stand in between?")
    .applied(response.reads.then_some(0))
}

/// What the body says, whatever its shape; nothing for a web page.
fn own_words(response: &Response) -> String {
    if is_html(response) {
        return "a web page".to_owned();
    }
    match serde_json::from_slice(&response.body) {
        Ok(json) => {
            let mut words = Vec::new();
            collect(&json, &mut words);
            words.join("; ")
        }
        Err(_) => String::from_utf8_lossy(&response.body[..response.body.len().min(4 * LONGEST)])
            .into_owned(),
    }
}

/// Vendors put their words under these keys, at the top or nested in each other.
const KEYS: [&str; 8] = [
    "error",
    "errors",
    "message",
    "messages",
    "detail",
    "details",
    "description",
    "reason",
];

fn collect(json: &serde_json::Value, words: &mut Vec<String>) {
    use serde_json::Value;
    match json {
        Value::String(text) if !text.is_empty() && !words.contains(text) => {
            words.push(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, words)),
        Value::Object(fields) => {
            let found = words.len();
            for key in KEYS {
                if let Some(value) = fields.get(key) {
                    collect(value, words);
                }
            }
            // Field errors: `{"content": ["too long"]}`.
            if words.len() == found {
                for (key, value) in fields {
                    let mut inner = Vec::new();
                    collect(value, &mut inner);
                    words.extend(inner.iter().map(|text| format!("{key}: {text}")));
                }
            }
        }
        _ => {}
    }
}
