//! The HTTP layer against a server that misbehaves as told.

use redundns::adapters::Secret;
use redundns::adapters::http::{Api, Refusal, Signer, Unsigned};
use redundns::provider::{Counted, ErrorKind, ProviderError, RateLimit};

use crate::world::free_address;
use crate::world::http_fake::{Fake, Reply};

use std::time::{Duration, Instant};

const SECRET: &str = "s3cr3t-t0ken";

fn api(endpoint: &str) -> Api {
    Api::at(endpoint, false)
        .and_then(|api| {
            api.secret_header("authorization", "Bearer ", "token", &Secret::new(SECRET))
        })
        .and_then(redundns::adapters::http::ApiBuilder::build)
        .unwrap_or_else(|error| panic!("{}", error.message))
}

/// The same with limits.
fn limited(endpoint: &str, limits: &'static [RateLimit]) -> Api {
    Api::at(endpoint, false)
        .and_then(|api| api.limits(limits).build())
        .unwrap_or_else(|error| panic!("{}", error.message))
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(future)
}

fn get(fake: &Fake) -> Result<serde_json::Value, ProviderError> {
    let api = api(&fake.endpoint());
    wait(async { api.get("/zone").send().await?.json() })
}

fn patch(fake: &Fake) -> Result<(), ProviderError> {
    let api = api(&fake.endpoint());
    wait(async { api.patch("/zone").json(&["x"]).send().await.map(|_| ()) })
}

#[test]
fn statuses_become_kinds_in_the_providers_own_words() {
    for (reply, kind, message) in [
        (
            Reply::json(401, r#"{"error": "no such key"}"#),
            ErrorKind::Unauthorized,
            "answered 401: no such key",
        ),
        (
            Reply::json(
                403,
                r#"{"errors": [{"code": 9109, "message": "not yours"}]}"#,
            ),
            ErrorKind::Unauthorized,
            "answered 403: not yours",
        ),
        (
            Reply::json(404, "\"Not Found\""),
            ErrorKind::Rejected,
            "answered 404: Not Found",
        ),
        (
            Reply::json(409, r#"{"message": "somebody else"}"#),
            ErrorKind::Conflict,
            "answered 409: somebody else",
        ),
        (
            Reply::json(422, r#"{"content": ["too long", "too odd"]}"#),
            ErrorKind::Rejected,
            "answered 422: content: too long; content: too odd",
        ),
        (
            Reply::json(400, "broken\r\n\tin  lines"),
            ErrorKind::Rejected,
            "answered 400: broken in lines",
        ),
        (
            Reply::html(404),
            ErrorKind::Rejected,
            "answered 404: a web page",
        ),
        (Reply::json(302, ""), ErrorKind::Protocol, "answered 302"),
    ] {
        let fake = Fake::start(move |_, _| reply.clone());
        let error = get(&fake).expect_err("a refusal");
        assert_eq!((error.kind, error.applied), (kind, Some(0)), "{error}");
        assert_eq!(error.message, format!("{} {message}", fake.endpoint()));
        assert_eq!(fake.seen().len(), 1, "{message} will not pass by itself");
    }
}

#[test]
fn a_refused_key_is_named_and_never_shown() {
    let fake = Fake::start(|_, request| {
        let given = request.header("authorization").unwrap_or_default();
        Reply::json(401, &format!(r#"{{"error": "bad header {given}"}}"#))
    });
    let error = get(&fake).expect_err("a refusal");
    assert_eq!(
        error.message,
        format!(
            "{} answered 401: bad header Bearer [secret]",
            fake.endpoint()
        )
    );
    assert_eq!(error.hint.as_deref(), Some("check `token` of this account"));
    assert!(!format!("{error:?}").contains(SECRET));
    assert_eq!(
        fake.seen()[0].header("authorization"),
        Some("Bearer s3cr3t-t0ken")
    );
}

#[test]
fn a_secret_that_fits_no_header_is_named_and_never_shown() {
    let secret = Secret::new(format!("{SECRET}\n"));
    let error = Api::at("http://127.0.0.1:1", false)
        .and_then(|api| api.secret_header("x-api-key", "", "api_key", &secret))
        .err()
        .expect("an error");
    assert_eq!(
        error.message,
        "`api_key` holds characters that no HTTP header can carry"
    );
}

#[test]
fn what_is_no_json_is_a_protocol_error() {
    for (reply, message) in [
        (
            Reply::html(200),
            "answered with a web page where JSON was expected",
        ),
        (
            Reply::json(200, ""),
            "answered with nothing where JSON was expected",
        ),
        (Reply::json(200, r#"{"name": "#), "broke off after 9 octets"),
        (Reply::json(200, "nonsense"), "makes no sense"),
        (Reply::json(200, "[] []"), "makes no sense"),
        (
            Reply::Truncated(r#"{"name": "example.com."}"#.to_owned()),
            "broke off",
        ),
    ] {
        let fake = Fake::start(move |_, _| reply.clone());
        let error = get(&fake).expect_err("a protocol error");
        assert_eq!(error.kind, ErrorKind::Protocol, "{error}");
        assert!(error.message.contains(message), "{message}: {error}");
    }
}

#[test]
fn reading_is_tried_again_after_what_may_pass() {
    for reply in [
        Reply::json(500, ""),
        Reply::json(502, ""),
        Reply::json(503, ""),
        Reply::json(429, ""),
        Reply::Reset,
        Reply::Truncated("{}{}".to_owned()),
    ] {
        let shown = format!("{reply:?}");
        let fake = Fake::start(move |index, _| match index {
            0 => reply.clone(),
            _ => Reply::json(200, "{}"),
        });
        get(&fake).unwrap_or_else(|error| panic!("{shown}: {error}"));
        assert_eq!(fake.seen().len(), 2, "{shown}");
    }
}

#[test]
fn a_write_whose_fate_is_unknown_is_never_repeated() {
    for reply in [
        Reply::json(500, r#"{"error": "down"}"#),
        Reply::json(502, ""),
        Reply::Reset,
    ] {
        let shown = format!("{reply:?}");
        let fake = Fake::start(move |_, _| reply.clone());
        let error = patch(&fake).expect_err("a failure");
        assert_eq!(
            (error.kind, error.applied),
            (ErrorKind::Unreachable, None),
            "{shown}: {error}"
        );
        assert_eq!(fake.seen().len(), 1, "{shown}");
    }
}

#[test]
fn retry_after_is_waited_for_when_it_is_short_and_told_when_it_is_long() {
    let soon = |seconds: u32| {
        Reply::Answer(
            429,
            vec![("Retry-After", seconds.to_string())],
            String::new(),
        )
    };
    let fake = Fake::start(move |index, _| {
        if index == 0 {
            soon(1)
        } else {
            Reply::json(200, "{}")
        }
    });
    let begin = Instant::now();
    patch(&fake).expect("a second attempt");
    assert!(begin.elapsed() >= Duration::from_secs(1));

    let fake = Fake::start(move |_, _| soon(3600));
    let error = patch(&fake).expect_err("a limit");
    assert_eq!(
        (error.kind, error.applied),
        (ErrorKind::RateLimited, Some(0))
    );
    assert_eq!(
        error.hint.as_deref(),
        Some("it asks to wait 3600 s, which is too long to wait here: run this again then")
    );
    assert_eq!(fake.seen().len(), 1);
}

#[test]
fn a_refused_connection_names_who_refused() {
    let endpoint = format!("http://{}", free_address());
    let api = api(&endpoint);
    let error = wait(async { api.patch("/zone").json(&["x"]).send().await })
        .err()
        .expect("nobody listens");
    assert_eq!(error.message, format!("connection refused by {endpoint}"));
    assert_eq!(
        (error.kind, error.applied),
        (ErrorKind::Unreachable, Some(0))
    );
}

#[test]
fn redirects_do_not_carry_the_key_elsewhere() {
    let elsewhere = Fake::start(|_, _| Reply::json(200, "{}"));
    let target = elsewhere.endpoint();
    let fake = Fake::start(move |_, _| {
        Reply::Answer(307, vec![("Location", target.clone())], String::new())
    });
    let error = get(&fake).expect_err("no redirect");
    assert_eq!(error.kind, ErrorKind::Protocol);
    assert!(elsewhere.seen().is_empty());
}

#[test]
fn the_vendors_limits_are_kept_by_all_that_an_account_sends_together() {
    const LIMITS: &[RateLimit] = &[RateLimit {
        requests: 3,
        per: Duration::from_millis(300),
        of: Counted::All,
    }];
    let fake = Fake::start(|_, _| Reply::json(200, "{}"));
    let api = limited(&fake.endpoint(), LIMITS);
    let begin = Instant::now();
    wait(async {
        let get = || async { api.get("/zone").send().await.map(drop) };
        let patch = || async { api.patch("/zone").json(&["x"]).send().await.map(drop) };
        for _ in 0..2 {
            let (one, two, three) = tokio::join!(get(), patch(), get());
            one.and(two).and(three).expect("answers");
        }
        get().await.expect("an answer");
    });
    assert!(begin.elapsed() >= Duration::from_millis(600));
    assert_eq!(fake.seen().len(), 7);
}

#[test]
fn a_post_that_reads_is_counted_and_repeated_like_a_get() {
    const LIMITS: &[RateLimit] = &[RateLimit {
        requests: 1,
        per: Duration::from_secs(3600),
        of: Counted::Writes,
    }];
    let fake = Fake::start(|index, _| match index {
        0 => Reply::json(500, ""),
        _ => Reply::json(200, "{}"),
    });
    let api = limited(&fake.endpoint(), LIMITS);
    for _ in 0..2 {
        wait(async { api.post("/search").reading().send().await.map(drop) }).expect("an answer");
    }
    assert_eq!(fake.seen().len(), 3);
}

#[test]
fn nothing_is_sent_while_nothing_remains_of_the_vendors_budget() {
    let fake = Fake::start(|index, _| match index {
        0 => Reply::Answer(
            200,
            vec![
                ("X-RateLimit-Remaining", "0".to_owned()),
                ("X-RateLimit-Reset", "1".to_owned()),
            ],
            "{}".to_owned(),
        ),
        _ => Reply::json(200, "{}"),
    });
    let api = api(&fake.endpoint());
    let begin = Instant::now();
    wait(async { api.get("/zone").send().await.map(drop) }).expect("an answer");
    assert!(begin.elapsed() < Duration::from_secs(1));
    wait(async { api.patch("/zone").json(&["x"]).send().await.map(drop) }).expect("an answer");
    assert!(begin.elapsed() >= Duration::from_secs(1));
}

/// Numbers its signatures; refuses the one after the last.
struct Numbered {
    given: std::sync::atomic::AtomicUsize,
    last: usize,
}

#[async_trait::async_trait]
impl Signer for Numbered {
    async fn sign(&self, request: &mut Unsigned<'_>) -> Result<(), ProviderError> {
        let number = self.given.fetch_add(1, std::sync::atomic::Ordering::SeqCst) + 1;
        if number > self.last {
            return Err(ProviderError::new(
                ErrorKind::Unauthorized,
                "no more tokens",
            ));
        }
        let value = format!("{number} {} {}", request.method, request.body.len());
        assert!(request.url.ends_with("/zone") && request.header("authorization", &value));
        Ok(())
    }
}

#[test]
fn each_attempt_is_signed_anew_and_a_vendor_may_say_no_in_its_own_way() {
    let signed = |fake: &Fake, last: usize| {
        let api = Api::at(&fake.endpoint(), false).and_then(|api| {
            let given = std::sync::atomic::AtomicUsize::new(0);
            api.signer(Numbered { given, last })
                .refusals(|response| {
                    let said = String::from_utf8_lossy(response.body()).into_owned();
                    let kind = match said.as_str() {
                        "busy" => ErrorKind::RateLimited,
                        "moved" => ErrorKind::Conflict,
                        _ => return None,
                    };
                    let hint = None;
                    Some(Refusal { kind, said, hint })
                })
                .build()
        });
        let api = api.unwrap_or_else(|error| panic!("{}", error.message));
        wait(async { api.patch("/zone").json(&["x"]).send().await.map(|_| ()) })
    };
    let fake = Fake::start(|before, _| match before {
        0 => Reply::json(400, "busy"),
        _ => Reply::json(400, "moved"),
    });
    let error = signed(&fake, 2).expect_err("a refusal");
    assert_eq!((error.kind, error.applied), (ErrorKind::Conflict, Some(0)));
    assert!(error.message.ends_with("answered 400: moved"), "{error}");
    let seen = fake.seen();
    let signatures: Vec<_> = seen
        .iter()
        .map(|seen| seen.header("authorization"))
        .collect();
    assert_eq!(signatures, [Some("1 PATCH 5"), Some("2 PATCH 5")]);
    let unsent = Fake::start(|_, _| Reply::json(200, "{}"));
    let error = signed(&unsent, 0).expect_err("no token");
    assert_eq!(
        (error.kind, error.applied),
        (ErrorKind::Unauthorized, Some(0))
    );
    assert!(
        unsent.seen().is_empty(),
        "nothing leaves without a signature"
    );
}
