//! Nameservers that misbehave, as `check --dns-only` sees them.

use super::{Project, changes, nameservers};
use crate::world::fake_ns::{FakeNs, Mode};
use crate::world::free_address;
use crate::world::pdns::Pdns;

/// The records that the fake answers with, and nothing else; it has no SOA, so only the A question is looked at.
const ZONE: &str = "\
@ 300 SOA ns1.a.example. hostmaster 1 4h 1h 2w 5m
@ 300 NS ns1.a.example.
www 300 A 192.0.2.1
";

/// Verdict, and kinds of answers, for `www A` of a server that behaves as `mode` says beside an honest one.
fn verdict(mode: Mode) -> (i32, String, Vec<String>) {
    let (honest, other) = (FakeNs::start(Mode::Honest), FakeNs::start(mode));
    let account = |id: &str, server: &FakeNs| {
        format!(
            "adapter = \"rfc2136\"\nserver = \"{}\"\n{}",
            free_address(),
            nameservers(id, server.address())
        )
    };
    let project = Project::new()
        .zone("example.test", ZONE)
        .account("a", &account("a", &honest))
        .account("b", &account("b", &other));
    let (code, report) = project.json(&["check", "--dns-only"]);
    let difference = report["zones"][0]["differences"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|entry| entry["name"] == "www.example.test." && entry["type"] == "A");
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let Some(difference) = difference else {
        return (code, "same".to_owned(), Vec::new());
    };
    let answers = difference["answers"].as_array().expect("a list");
    let strange = answers.iter().filter(|answer| answer["current"] == false);
    let kinds = strange.map(|answer| text(&answer["kind"])).collect();
    (code, text(&difference["verdict"]), kinds)
}

#[test]
fn servers_that_answer_late_long_or_oddly_are_as_good_as_others() {
    for mode in [
        Mode::Honest,
        Mode::Truncating,
        Mode::Slow,
        Mode::UpperCase,
        Mode::GarbageFirst,
    ] {
        assert_eq!(verdict(mode).1, "same", "{mode:?}");
    }
}

#[test]
fn servers_that_do_not_answer_are_unverified_and_the_run_is_trouble() {
    for mode in [
        Mode::Silent,
        Mode::WrongId,
        Mode::WrongSource,
        Mode::TruncatingWithoutTcp,
    ] {
        let (code, verdict, kinds) = verdict(mode);
        assert_eq!((code, verdict.as_str()), (2, "unverified"), "{mode:?}");
        assert_eq!(kinds, ["silent"], "{mode:?}");
    }
}

#[test]
fn servers_that_answer_wrongly_are_told_apart() {
    for (mode, verdict_of, kind) in [
        (Mode::Lying, "differs", "records"),
        (Mode::Lame, "unverified", "not_authoritative"),
        (Mode::Refusing, "unverified", "refused"),
        (Mode::ServFail, "unverified", "failure"),
    ] {
        let (code, verdict, kinds) = verdict(mode);
        assert!(code != 0, "{mode:?}");
        assert_eq!(
            (verdict.as_str(), &kinds[..]),
            (verdict_of, &[kind.to_owned()][..]),
            "{mode:?}"
        );
    }
}

#[test]
fn a_silent_server_is_said_in_words_with_a_command_to_try() {
    let server = FakeNs::start(Mode::Silent);
    let address = server.address();
    let toml = format!(
        "adapter = \"rfc2136\"\nserver = \"{}\"\n{}",
        free_address(),
        nameservers("a", address)
    );
    let project = Project::new()
        .zone("example.test", ZONE)
        .account("a", &toml);
    let dig = format!("dig +norec @127.0.0.1 -p {}", address.port());
    project
        .run(&["check", "--dns-only"])
        .expect(2, &["not verified", "timeout", "ns1.a.example.", &dig]);
}

#[test]
fn what_one_provider_refuses_is_said_with_its_own_words_and_the_others_are_named() {
    let Some(server) = Pdns::start(&[]) else {
        return;
    };
    let project = Project::pair()
        .account(
            "b",
            &format!(
                "adapter = \"powerdns\"\nendpoint = \"{}\"\napi_key = {{ env = \"KEY\" }}\ncreate = true\n{}",
                server.endpoint,
                nameservers("b", server.dns)
            ),
        )
        .variable("KEY", server.api_key);
    project.run(&["sync", "--yes"]).expect_code(0);
    project.append("under\\032score A 192.0.2.99\n");
    // The canary takes it and the next one does not, so that they differ because of this run.
    project
        .run(&["sync", "--yes"])
        .expect(3, &["a (embedded)", "b (powerdns)", "0 of 1 change", "422"]);
    let (code, report) = project.json(&["check"]);
    assert_eq!(code, 1, "{report:#}");
    assert_eq!(changes(&report, "a"), [""; 0]);
    assert_eq!(changes(&report, "b").len(), 1);
}
