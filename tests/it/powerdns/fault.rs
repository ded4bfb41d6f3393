//! Failures between us and the server: a proxy of our own stands in front of a real one.

use redundns::plan::Change;
use redundns::provider::ErrorKind;
use redundns::zone::RecordType;

use super::{ZONE, connect, create, fetch, held, origin, provider, wait};
use crate::world::http_fake::{Fake, Reply};
use crate::world::pdns::Pdns;

fn upstream(server: &Pdns) -> std::net::SocketAddr {
    let address = server.endpoint.trim_start_matches("http://");
    address.parse().expect("an address")
}

#[test]
fn a_failed_read_is_an_error_and_never_an_empty_zone() {
    for (reply, kind) in [
        (Reply::json(401, "Unauthorized"), ErrorKind::Unauthorized),
        (Reply::json(403, "Forbidden"), ErrorKind::Unauthorized),
        (Reply::json(422, r#"{"error": "no"}"#), ErrorKind::Rejected),
        (Reply::json(429, ""), ErrorKind::RateLimited),
        (Reply::json(500, ""), ErrorKind::Unreachable),
        (Reply::json(502, ""), ErrorKind::Unreachable),
        (Reply::Reset, ErrorKind::Unreachable),
        (Reply::html(200), ErrorKind::Protocol),
        (Reply::json(200, "{}"), ErrorKind::Protocol),
        (Reply::json(200, "[]"), ErrorKind::Protocol),
        (
            Reply::json(200, r#"{"name": "example.com."}"#),
            ErrorKind::Protocol,
        ),
        (
            Reply::json(200, r#"{"name": "example.net.", "rrsets": []}"#),
            ErrorKind::Protocol,
        ),
        (
            Reply::Truncated(r#"{"name": "example.com.", "rrsets": []}"#.to_owned()),
            ErrorKind::Protocol,
        ),
    ] {
        let shown = format!("{reply:?}");
        let fake = Fake::start(move |_, _| reply.clone());
        let provider = connect(&fake.endpoint(), "k", "");
        let error = wait(provider.fetch(&origin()))
            .err()
            .unwrap_or_else(|| panic!("{shown}"));
        assert_eq!(
            (error.kind, error.applied),
            (kind, Some(0)),
            "{shown}: {error}"
        );
    }
}

#[test]
fn a_broken_record_is_quoted_on_one_line_without_the_key() {
    let fake = Fake::start(|_, request| {
        let key = request.header("x-api-key").unwrap_or_default();
        let sets = format!(
            r#"[{{"name": "w.example.com.", "ttl": 60, "type": "A", "records": [{{"content": "what\n{key}"}}]}}]"#
        );
        Reply::json(
            200,
            &format!(r#"{{"name": "example.com.", "rrsets": {sets}}}"#),
        )
    });
    let provider = connect(&fake.endpoint(), "k3y-of-ours", "");
    let error = wait(provider.fetch(&origin())).err().expect("no address");
    assert_eq!(error.kind, ErrorKind::Protocol);
    assert!(
        error
            .message
            .contains("`w.example.com. A`: not an IPv4 address: `what`: `what [secret]`"),
        "{error}"
    );
    assert!(!error.message.contains('\n'), "{error}");
}

#[test]
fn a_write_whose_answer_is_lost_has_an_unknown_fate() {
    let Some(server) = Pdns::start(&[("example.com", ZONE)]) else {
        return;
    };
    let fake = Fake::before(Some(upstream(&server)), |_, request| {
        if request.method == "PATCH" {
            Reply::PassAndReset
        } else {
            Reply::Pass
        }
    });
    let provider = connect(&fake.endpoint(), server.api_key, "");
    let base = fetch(&*provider);
    let change = create("lost", RecordType::A, &["192.0.2.9"]);
    let error = wait(provider.apply(&origin(), &[change], &base)).expect_err("a reset");
    assert_eq!(
        (error.kind, error.applied),
        (ErrorKind::Unreachable, None),
        "{error}"
    );
    assert!(held(&fetch(&*provider), "lost", RecordType::A).is_some());
    let patches = fake
        .seen()
        .iter()
        .filter(|request| request.method == "PATCH")
        .count();
    assert_eq!(patches, 1);
}

#[test]
fn a_busy_server_is_asked_again() {
    let Some(server) = Pdns::start(&[("example.com", ZONE)]) else {
        return;
    };
    let fake = Fake::before(Some(upstream(&server)), |index, _| match index {
        0 | 2 => Reply::Answer(429, vec![("Retry-After", "0".to_owned())], String::new()),
        _ => Reply::Pass,
    });
    let provider = connect(&fake.endpoint(), server.api_key, "");
    let base = fetch(&*provider);
    let change = create("patient", RecordType::A, &["192.0.2.9"]);
    wait(provider.apply(&origin(), &[change], &base)).expect("a second attempt");
    assert!(held(&fetch(&*provider), "patient", RecordType::A).is_some());
}

#[test]
fn a_server_that_spells_otherwise_is_followed_if_it_means_the_same() {
    let record = |content: &str| {
        format!("Record x.example.com./HTTPS '1 . alpn=h2' : {content}").replace("' :", "':")
    };
    let asked = record("Not in expected format (parsed as '1 . alpn=\\\"h2\\\"')");
    let fake = Fake::start(move |_, request| {
        if String::from_utf8_lossy(&request.body).contains(r#"alpn=\"h2\""#) {
            Reply::Answer(204, Vec::new(), String::new())
        } else {
            Reply::json(422, &format!(r#"{{"error": "{asked}"}}"#))
        }
    });
    let provider = connect(&fake.endpoint(), "k", "");
    let nothing = || redundns::provider::Snapshot::of(redundns::zone::Zone::empty(origin()));
    let https = || create("x", RecordType::HTTPS, &["1 . alpn=h2"]);
    wait(provider.apply(&origin(), &[https()], &nothing()))
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(fake.seen().len(), 2);

    let other = record("Not in expected format (parsed as '1 . alpn=h3')");
    let fake = Fake::start(move |_, _| Reply::json(422, &format!(r#"{{"error": "{other}"}}"#)));
    let provider = connect(&fake.endpoint(), "k", "");
    let error = wait(provider.apply(&origin(), &[https()], &nothing())).expect_err("other data");
    assert_eq!((error.kind, fake.seen().len()), (ErrorKind::Rejected, 1));
}

#[test]
fn a_cname_makes_room_in_the_same_request() {
    let Some(server) = Pdns::start(&[("example.com", ZONE)]) else {
        return;
    };
    let provider = provider(&server);
    let base = fetch(&*provider);
    let cname = create("swap", RecordType::CNAME, &["www"]);
    wait(provider.apply(&origin(), std::slice::from_ref(&cname), &base)).expect("a CNAME");
    let base = fetch(&*provider);
    // In this order a server that works them off one by one refuses the first.
    let changes = [
        create("swap", RecordType::A, &["192.0.2.9"]),
        Change::Delete {
            key: cname.key().clone(),
            before: cname.after().expect("a creation").clone(),
        },
    ];
    wait(provider.apply(&origin(), &changes, &base)).unwrap_or_else(|error| panic!("{error}"));
    assert!(held(&fetch(&*provider), "swap", RecordType::A).is_some());
}
