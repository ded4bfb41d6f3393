//! Refusals say what is wrong and change nothing.

use redundns::provider::ErrorKind;

use super::{ORIGIN, START, apply, changes, connect, fetch, name, servers, wait, zone};
use crate::world::hosted::{Access, Hosted, KEY, KEYS, TsigKey};

#[test]
fn keys_that_are_wrong_in_each_way() {
    let foreign = TsigKey {
        name: "foreign.",
        ..KEY
    };
    let secret = TsigKey {
        secret: "d3Jvbmc=",
        ..KEY
    };
    let algorithm = TsigKey {
        algorithm: "hmac-sha512",
        ..KEY
    };
    for server in servers(&[Hosted::dynamic(ORIGIN, START)]) {
        let base = fetch(&*connect(&server, Some(KEY))).expect("a transfer");
        let wanted = zone(&START.replace("192.0.2.80", "192.0.2.81"));
        for (key, says) in [
            (foreign, &["BADKEY"][..]),
            (secret, &["BADSIG"]),
            (algorithm, &["BADKEY", "BADSIG"]),
        ] {
            let provider = connect(&server, Some(key));
            let read = fetch(&*provider).err().expect("a refusal");
            let written =
                apply(&*provider, &changes(&base.zone, &wanted), &base).expect_err("a refusal");
            for error in [read, written] {
                assert_eq!(
                    (error.kind, error.applied),
                    (ErrorKind::Unauthorized, Some(0)),
                    "{error}"
                );
                assert!(
                    says.iter().any(|says| error.message.contains(says)),
                    "{error}"
                );
                assert!(error.hint.is_some());
            }
        }
        assert_eq!(
            fetch(&*connect(&server, Some(KEY)))
                .expect("a transfer")
                .zone,
            base.zone
        );
    }
}

#[test]
fn unsigned_requests_are_refused_where_a_key_is_wanted_and_work_where_none_is() {
    for server in servers(&[Hosted::dynamic(ORIGIN, START)]) {
        let base = fetch(&*connect(&server, Some(KEY))).expect("a transfer");
        let wanted = zone(&START.replace("192.0.2.80", "192.0.2.81"));
        let provider = connect(&server, None);
        let read = fetch(&*provider).err().expect("a refusal");
        let written =
            apply(&*provider, &changes(&base.zone, &wanted), &base).expect_err("a refusal");
        for error in [read, written] {
            // BIND answers REFUSED, Knot NOTAUTH, which is what it also says of zones that it does not have.
            assert!(
                matches!(error.kind, ErrorKind::Unauthorized | ErrorKind::NoSuchZone),
                "{error}"
            );
            assert!(error.hint.is_some());
        }
    }
    let open = Hosted::dynamic(ORIGIN, START)
        .transfer(Access::Anyone)
        .update(Access::Anyone);
    for server in servers(&[open]) {
        let provider = connect(&server, None);
        let base = fetch(&*provider).expect("a transfer");
        let wanted = zone(&START.replace("192.0.2.80", "192.0.2.81"));
        apply(&*provider, &changes(&base.zone, &wanted), &base).expect("an update");
    }
}

#[test]
fn what_the_server_does_not_allow_or_have() {
    let closed = Hosted::dynamic(ORIGIN, START).transfer(Access::Nobody);
    for server in servers(&[closed]) {
        let error = fetch(&*connect(&server, Some(KEYS[1])))
            .err()
            .expect("a refusal");
        assert!(
            matches!(error.kind, ErrorKind::Unauthorized | ErrorKind::NoSuchZone),
            "{error}"
        );
    }
    for server in servers(&[Hosted::dynamic(ORIGIN, START).update(Access::Nobody)]) {
        let provider = connect(&server, Some(KEY));
        let base = fetch(&*provider).expect("a transfer");
        let wanted = zone(&START.replace("192.0.2.80", "192.0.2.81"));
        let error = apply(&*provider, &changes(&base.zone, &wanted), &base).expect_err("a refusal");
        assert_eq!(error.applied, Some(0));
        assert!(
            matches!(error.kind, ErrorKind::Unauthorized | ErrorKind::NoSuchZone),
            "{error}"
        );
        let absent = wait(provider.fetch(&name("absent.example.")))
            .err()
            .expect("no zone");
        assert_eq!(absent.kind, ErrorKind::NoSuchZone, "{absent}");
    }
}

#[test]
fn nobody_listens() {
    if let Some(mut server) = crate::world::bind::Bind::start(&[Hosted::dynamic(ORIGIN, START)]) {
        server.stop();
        let error = fetch(&*connect(&server, Some(KEY)))
            .err()
            .expect("nobody there");
        assert_eq!(
            (error.kind, error.applied),
            (ErrorKind::Unreachable, Some(0)),
            "{error}"
        );
    }
}

#[test]
fn bind_wants_an_address_for_a_nameserver_in_the_zone() {
    if let Some(server) = crate::world::bind::Bind::start(&[Hosted::dynamic(ORIGIN, START)]) {
        let provider = connect(&server, Some(KEY));
        let base = fetch(&*provider).expect("a transfer");
        let wanted = zone(&format!(
            "{START}example.com. 300 IN NS nowhere.example.com.\n"
        ));
        let error = apply(&*provider, &changes(&base.zone, &wanted), &base).expect_err("refused");
        assert_eq!(
            (error.kind, error.applied),
            (ErrorKind::Unauthorized, Some(0)),
            "{error}"
        );
        assert!(
            server
                .log()
                .contains("post update name server sanity check failed")
        );
        assert_eq!(fetch(&*provider).expect("a transfer").zone, base.zone);
    }
}

#[test]
fn bind_has_a_limit_of_records_in_a_set() {
    if let Some(server) = crate::world::bind::Bind::start(&[Hosted::dynamic(ORIGIN, START)]) {
        let provider = connect(&server, Some(KEY));
        let base = fetch(&*provider).expect("a transfer");
        let with = |count| {
            let records: Vec<_> = (0..count)
                .map(|n| format!("many.example.com. 60 IN A 192.0.2.{n}"))
                .collect();
            changes(&base.zone, &zone(&format!("{START}{}", records.join("\n"))))
        };
        let error = apply(&*provider, &with(101), &base).expect_err("one too many");
        assert_eq!(
            (error.kind, error.applied),
            (ErrorKind::Rejected, Some(0)),
            "{error}"
        );
        assert!(server.log().contains("too many records"));
        apply(&*provider, &with(100), &base).expect("as many as BIND takes");
    }
}
