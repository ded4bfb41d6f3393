//! Plug-ins that hang, talk nonsense, talk without end, end, or tell secrets.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use redundns::plan::Change;
use redundns::provider::{ErrorKind, Provider, ProviderError};
use redundns::zone::{Name, RecordKey, RecordSet, RecordType};
use tempfile::TempDir;

use super::{SECRET, connect};
use crate::world::require;

use ErrorKind::{Protocol, RateLimited, Rejected, Unreachable};

struct Stub {
    directory: TempDir,
    provider: Arc<dyn Provider>,
}

/// A plug-in that does `how` when it is asked for `at`.
fn stub(at: &str, how: &str, timeout: u64) -> Option<Stub> {
    require("python3", "python3")?;
    let directory = tempfile::tempdir().expect("a temporary directory");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/exec/stub.py");
    let place = directory.path().display();
    let text = format!(
        "command = [\"python3\", \"{script}\", \"{at}\", \"{how}\", \"{place}\"]\ntimeout = {timeout}\n\
         [settings]\nkey = {{ env = \"X\" }}"
    );
    let provider =
        connect(directory.path(), &text).unwrap_or_else(|error| panic!("{}", error.message));
    Some(Stub {
        directory,
        provider,
    })
}

fn zone() -> Name {
    Name::absolute("example.com").expect("a name")
}

fn changes(count: u8) -> Vec<Change> {
    (0..count)
        .map(|index| Change::Create {
            key: RecordKey {
                owner: Name::absolute(&format!("h{index}.example.com")).expect("a name"),
                rtype: RecordType::A,
            },
            after: RecordSet::new(300, vec![[192, 0, 2, index].into()]),
        })
        .collect()
}

impl Stub {
    async fn fetch(&self) -> Result<usize, ProviderError> {
        let snapshot = self.provider.fetch(&zone()).await?;
        Ok(snapshot.zone.len())
    }

    /// Five changes, two in one call.
    async fn apply(&self) -> Result<(), ProviderError> {
        let base = self.provider.fetch(&zone()).await?;
        self.provider.apply(&zone(), &changes(5), &base).await
    }

    /// Nothing is left of the last child that was started, not even a zombie.
    fn is_gone(&self) -> bool {
        let pid = fs::read_to_string(self.directory.path().join("pid")).expect("a pid");
        !Path::new("/proc").join(pid).exists()
    }
}

fn check(error: &ProviderError, kind: ErrorKind, words: &str, context: &str) {
    assert_eq!(error.kind, kind, "{context}: {error}");
    assert!(error.message.contains(words), "{context}: {error}");
    assert!(!error.message.contains('\n'), "{context}: {error}");
    assert!(error.message.len() < 1500, "{context}: {error}");
    let hint = error.hint.as_deref().unwrap_or_default();
    assert!(
        !format!("{error}{hint}").contains(SECRET),
        "{context}: {error}"
    );
}

/// What can be done wrong at any request.
const ANYWHERE: &[(&str, ErrorKind, &str)] = &[
    ("hang", Unreachable, "did not answer"),
    ("garbage", Protocol, "with nonsense"),
    ("half", Unreachable, "in the middle of a line"),
    ("endless", Protocol, "with a line of more than"),
    ("exit0", Unreachable, "ended (exit status: 0)"),
    ("exit1", Unreachable, "ended (exit status: 1)"),
    ("signal", Unreachable, "ended (signal: 15"),
    ("id", Protocol, "the request has the id"),
    ("no-id", Protocol, "an answer without `id`"),
    ("field", Protocol, "unknown field `surprise`"),
    ("close", Unreachable, "closed its stdout"),
    (
        "stderr",
        Unreachable,
        "its last words: one / two / the end is [secret]",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn whatever_it_does_wrong_it_is_named_and_ended() {
    for at in ["hello", "fetch", "apply"] {
        for &(how, kind, words) in ANYWHERE {
            let Some(stub) = stub(at, how, if how == "hang" { 6 } else { 30 }) else {
                return;
            };
            let context = format!("{how} at {at}");
            let started = Instant::now();
            let error = if at == "apply" {
                stub.apply().await.expect_err(&context)
            } else {
                stub.fetch().await.expect_err(&context)
            };
            check(&error, kind, words, &context);
            for name in ["`stub.py`", "account `stub`", &format!("`{at}`")] {
                assert!(error.message.contains(name), "{context}: {error}");
            }
            assert!(started.elapsed() < Duration::from_secs(20), "{context}");
            assert!(stub.is_gone(), "{context}");
            match at {
                // It was asked to write, and nobody knows how far it came.
                "apply" => {
                    assert_eq!(error.applied, None, "{context}");
                    // Another child can be asked what is there now.
                    assert_eq!(stub.fetch().await.ok(), Some(2), "{context}");
                }
                // Who cannot say hello is not asked again and again.
                "hello" => {
                    let again = stub.apply().await.expect_err(&context);
                    assert_eq!((again.applied, again.message), (Some(0), error.message));
                }
                _ => {}
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_zone_that_cannot_be_one_is_not_taken() {
    for (how, words) in [
        ("outside", "`www.example.net. A`: not in `example.com.`"),
        ("relative", "`www A`"),
        ("rdata", "`192.0.2.333`"),
        ("rdata-name", "`www`"),
        ("type", "no record type"),
        ("ttl", "a TTL of 4000000000 s"),
        ("empty", "without a record"),
    ] {
        let Some(stub) = stub("fetch", how, 30) else {
            return;
        };
        let error = stub.fetch().await.expect_err(how);
        check(&error, Protocol, words, how);
        assert!(stub.is_gone(), "{how}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_version_is_not_spoken() {
    let Some(stub) = stub("hello", "version", 30) else {
        return;
    };
    let error = stub.provider.capabilities().await.expect_err("a version");
    check(&error, Protocol, "version 2 of the protocol", "version");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_applied_is_counted_honestly() {
    for (at, how, kind, words, applied) in [
        ("apply 1", "refuse", Rejected, "not this", Some(1)),
        ("apply 2", "refuse", Rejected, "not this", Some(3)),
        ("apply 2", "silent-refuse", RateLimited, "later", None),
        ("apply 2", "fewer", Protocol, "1 of 2 changes", Some(3)),
        (
            "apply 1",
            "uncounted",
            Protocol,
            "unknown number of 2",
            None,
        ),
        ("apply 3", "hang", Unreachable, "in time", None),
        ("apply 2", "kind", Rejected, "no [secret]", Some(2)),
    ] {
        let Some(stub) = stub(at, how, if how == "hang" { 6 } else { 30 }) else {
            return;
        };
        let context = format!("{how} at {at}");
        let error = stub.apply().await.expect_err(&context);
        check(&error, kind, words, &context);
        assert_eq!(error.applied, applied, "{context}");
        if how == "refuse" {
            assert_eq!(error.hint.as_deref(), Some("but that"));
            // Who says no goes on.
            assert!(!stub.is_gone(), "{context}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_child_serves_a_run_and_ends_with_it() {
    let Some(stub) = stub("never", "", 30) else {
        return;
    };
    let place = stub.directory.path().join("pid");
    stub.apply().await.expect("all is well");
    let pid = fs::read_to_string(&place).expect("a pid");
    stub.apply().await.expect("all is well");
    assert_eq!(fs::read_to_string(&place).expect("a pid"), pid);
    assert!(!stub.is_gone());
    let Stub {
        directory,
        provider,
    } = stub;
    drop(provider);
    assert!(!Path::new("/proc").join(pid).exists());
    drop(directory);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_end_is_ended() {
    let Some(stub) = stub("end", "", 30) else {
        return;
    };
    stub.fetch().await.expect("all is well");
    let pid = fs::read_to_string(stub.directory.path().join("pid")).expect("a pid");
    drop(stub.provider);
    assert!(!Path::new("/proc").join(pid).exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_given_up_takes_its_child_along() {
    let Some(stub) = stub("fetch", "hang", 600) else {
        return;
    };
    let given_up = tokio::time::timeout(Duration::from_secs(1), stub.fetch()).await;
    assert!(given_up.is_err());
    assert!(stub.is_gone());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_not_there_is_unreachable() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let provider = connect(directory.path(), "command = [\"./nobody\", \"here\"]");
    let provider = provider.map_err(|error| error.message).expect("an account");
    let error = provider.fetch(&zone()).await.err().expect("no program");
    check(
        &error,
        Unreachable,
        "`nobody` of account `stub` cannot be run",
        "nobody",
    );
    assert_eq!(error.applied, Some(0));
}

/// An answer is bounded, however many lines it has.
#[tokio::test(flavor = "multi_thread")]
async fn who_talks_without_end_is_cut_off() {
    let Some(stub) = stub("fetch", "flood", 120) else {
        return;
    };
    let error = stub.fetch().await.expect_err("a flood");
    check(&error, Protocol, "with more than 268435456 octets", "flood");
    assert!(stub.is_gone());
}

#[test]
fn what_an_account_cannot_mean_is_said() {
    let here = Path::new(".");
    for (text, words) in [
        ("command = []", "`command` names no program"),
        ("command = 'python3'", "invalid type"),
        ("", "missing field `command`"),
        (
            "command = ['x']\n[settings]\napi_token = 'abc'",
            "a secret does not belong into this file: `settings.api_token`",
        ),
        (
            "command = ['x']\n[settings.deep]\npassword = 'abc'",
            "`settings.deep.password`",
        ),
    ] {
        let error = connect(here, text).err().expect(text);
        assert!(error.message.contains(words), "{text}: {}", error.message);
        assert!(!error.message.contains("abc"), "{}", error.message);
    }
    assert!(
        connect(
            here,
            "command = ['x']\n[settings]\nname = 'abc'\nlist = [1, true]"
        )
        .is_ok()
    );
}
