//! Serials, records that are switched off, spellings, and types that only this server has.

use redundns::plan::Change;
use redundns::provider::{ErrorKind, ProviderError, Snapshot};
use redundns::zone::{Name, RecordKey, RecordSet, RecordType};

use super::{
    ORIGIN, ZONE, connect, create, fetch, held, key, origin, provider, set, try_connect, wait,
};
use crate::world::pdns::Pdns;

fn serial(snapshot: &Snapshot) -> u32 {
    let soa = held(snapshot, "@", RecordType::SOA).expect("a SOA");
    let at = soa.rdata[0].len() - 20;
    u32::from_be_bytes(soa.rdata[0][at..at + 4].try_into().expect("four octets"))
}

#[test]
fn the_serial_grows_with_every_write_whoever_counts() {
    let Some(server) = Pdns::start(&[]) else {
        return;
    };
    let provider = provider(&server);
    for mode in [
        "DEFAULT",
        "INCREASE",
        "SOA-EDIT-INCREASE",
        "SOA-EDIT",
        "OFF",
        "",
    ] {
        for start in [7_u32, 2_026_112_205, 2_147_483_648, 4_000_000_000] {
            server.create(ORIGIN, ZONE);
            let path = format!("/zones/{ORIGIN}");
            server.request("PUT", &path, r#"{"soa_edit_api": "OFF"}"#);
            let soa = format!(
                r#"{{"rrsets": [{{"name": "{ORIGIN}", "type": "SOA", "ttl": 3600, "changetype": "REPLACE",
                "records": [{{"content": "a. b. {start} 1 2 3 4", "disabled": false}}]}}]}}"#
            );
            assert_eq!(server.request("PATCH", &path, &soa).0, 204);
            server.request("PUT", &path, &format!(r#"{{"soa_edit_api": "{mode}"}}"#));

            let base = fetch(&*provider);
            assert_eq!(serial(&base), start);
            let step = |changes: &[Change], before: &Snapshot| {
                wait(provider.apply(&origin(), changes, before))
                    .unwrap_or_else(|error| panic!("{error}"));
                let after = fetch(&*provider);
                let ahead = serial(&after).wrapping_sub(serial(before));
                assert!(
                    ahead != 0 && ahead < 1 << 31,
                    "soa_edit_api {mode:?}: from {} to {}",
                    serial(before),
                    serial(&after)
                );
                after
            };
            let second = step(&[create("a", RecordType::A, &["192.0.2.7"])], &base);
            // What a plan makes of the SOA: the successor of the serial that it saw, which is too old by now.
            let after = set(
                RecordType::SOA,
                600,
                &[&format!("x. y. {} 1 2 3 4", start.wrapping_add(1))],
            );
            let before = held(&base, "@", RecordType::SOA).expect("a SOA");
            let replaced = Change::Replace {
                key: key("@", RecordType::SOA),
                before,
                after,
            };
            let third = step(
                &[replaced, create("b", RecordType::A, &["192.0.2.8"])],
                &second,
            );
            assert_eq!(
                held(&third, "@", RecordType::SOA).map(|soa| soa.ttl),
                Some(600)
            );
            assert_eq!(server.request("DELETE", &path, "").0, 204);
        }
    }
}

#[test]
fn records_that_are_switched_off_stay_so() {
    let Some(server) = Pdns::start(&[("example.com", ZONE)]) else {
        return;
    };
    let path = format!("/zones/{ORIGIN}");
    let body = format!(
        r#"{{"rrsets": [{{"name": "www.{ORIGIN}", "type": "A", "ttl": 300, "changetype": "REPLACE", "records": [
        {{"content": "192.0.2.1", "disabled": false}}, {{"content": "192.0.2.66", "disabled": true}}]}}]}}"#
    );
    assert_eq!(server.request("PATCH", &path, &body).0, 204);
    let provider = provider(&server);
    let off = |expected: bool| {
        let (_, body) = server.request("GET", &path, "");
        let is_off = body.contains(r#"{"content": "192.0.2.66", "disabled": true}"#);
        assert_eq!(is_off, expected, "{body}");
    };
    let www = || key("www", RecordType::A);
    let address = |text: &str| set(RecordType::A, 300, &[text]);

    let base = fetch(&*provider);
    assert_eq!(
        held(&base, "www", RecordType::A),
        Some(address("192.0.2.1"))
    );
    let replace = Change::Replace {
        key: www(),
        before: address("192.0.2.1"),
        after: address("192.0.2.2"),
    };
    wait(provider.apply(&origin(), &[replace], &base)).expect("a replacement");
    off(true);

    let base = fetch(&*provider);
    let delete = Change::Delete {
        key: www(),
        before: address("192.0.2.2"),
    };
    wait(provider.apply(&origin(), &[delete], &base)).expect("a deletion");
    off(true);
    let base = fetch(&*provider);
    assert_eq!(held(&base, "www", RecordType::A), None);

    let change = Change::Create {
        key: www(),
        after: address("192.0.2.3"),
    };
    wait(provider.apply(&origin(), &[change], &base)).expect("a creation");
    off(true);
    assert_eq!(
        held(&fetch(&*provider), "www", RecordType::A),
        Some(address("192.0.2.3"))
    );
}

#[test]
fn alias_and_lua_are_seen_kept_and_deleted() {
    let Some(server) = Pdns::start(&[("example.com", ZONE)]) else {
        return;
    };
    let patch = format!(
        r#"{{"rrsets": [
        {{"name": "al.{ORIGIN}", "type": "ALIAS", "ttl": 60, "changetype": "REPLACE", "records": [
            {{"content": "www.example.net.", "disabled": false}}]}},
        {{"name": "lua.{ORIGIN}", "type": "LUA", "ttl": 60, "changetype": "REPLACE", "records": [
            {{"content": "A \"ifportup(443, {{'192.0.2.1'}})\"", "disabled": false}}]}}]}}"#
    );
    let (status, said) = server.request("PATCH", &format!("/zones/{ORIGIN}"), &patch);
    assert_eq!(status, 204, "{said}");
    let provider = provider(&server);
    let base = fetch(&*provider);
    let found: Vec<(&str, RecordType, RecordSet)> =
        [("al", RecordType(65401)), ("lua", RecordType(65402))]
            .map(|(owner, rtype)| (owner, rtype, held(&base, owner, rtype).expect("the set")))
            .into();
    let deletions: Vec<Change> = found
        .iter()
        .map(|(owner, rtype, before)| Change::Delete {
            key: key(owner, *rtype),
            before: before.clone(),
        })
        .collect();
    wait(provider.apply(&origin(), &deletions, &base)).expect("deletions");
    let gone = fetch(&*provider);
    assert!(
        found
            .iter()
            .all(|(owner, rtype, _)| held(&gone, owner, *rtype).is_none())
    );

    // As `undo` would bring them back.
    let creations: Vec<Change> = found
        .iter()
        .map(|(owner, rtype, after)| Change::Create {
            key: key(owner, *rtype),
            after: after.clone(),
        })
        .collect();
    wait(provider.apply(&origin(), &creations, &gone)).expect("creations");
    assert_eq!(fetch(&*provider).zone.len(), base.zone.len());
}

#[test]
fn a_refusal_is_in_the_servers_own_words_and_changes_nothing() {
    let Some(server) = Pdns::start(&[("example.com", ZONE)]) else {
        return;
    };
    let provider = provider(&server);
    let base = fetch(&*provider);
    let changes = [
        create("fine", RecordType::A, &["192.0.2.9"]),
        create("not\\032fine", RecordType::A, &["192.0.2.9"]),
    ];
    let error = wait(provider.apply(&origin(), &changes, &base)).expect_err("a refusal");
    assert_eq!((error.kind, error.applied), (ErrorKind::Rejected, Some(0)));
    assert!(error.message.contains("unsupported characters"), "{error}");
    assert_eq!(held(&fetch(&*provider), "fine", RecordType::A), None);
}

#[test]
fn changes_beyond_one_request_are_cut_and_counted() {
    // More than one request holds; the last change is one that the server refuses.
    let Some(server) = Pdns::start(&[("example.com", ZONE)]) else {
        return;
    };
    let provider = provider(&server);
    let base = fetch(&*provider);
    let text = format!("\"{}\"", "x".repeat(250));
    let mut changes: Vec<Change> = (0..9000)
        .map(|index| create(&format!("n{index}"), RecordType::TXT, &[&text]))
        .collect();
    changes.push(create("bad\\032name", RecordType::A, &["192.0.2.1"]));
    let error = wait(provider.apply(&origin(), &changes, &base))
        .expect_err("a refusal in the last request");
    let applied = error.applied.expect("a number");
    assert!(applied > 1000 && applied < 9000, "{applied}");
    let now = fetch(&*provider);
    assert_eq!(now.zone.len(), base.zone.len() + applied);
    for (index, is_there) in [(0, true), (applied - 1, true), (applied, false)] {
        assert_eq!(
            held(&now, &format!("n{index}"), RecordType::TXT).is_some(),
            is_there,
            "n{index}"
        );
    }
    wait(provider.apply(&origin(), &changes[applied..9000], &now)).expect("the rest");
    assert_eq!(fetch(&*provider).zone.len(), base.zone.len() + 9000);
}

#[test]
fn a_wrong_server_id_is_no_missing_zone() {
    let Some(server) = Pdns::start(&[("example.com", ZONE)]) else {
        return;
    };
    let provider = connect(&server.endpoint, server.api_key, "server = \"other\"");
    let error = wait(provider.fetch(&origin())).err().expect("an error");
    assert_eq!(error.kind, ErrorKind::Rejected);
    assert_eq!(
        error.message,
        format!("{} has no server `other`", server.endpoint)
    );
}

#[test]
fn a_missing_zone_comes_with_a_way_out() {
    let Some(server) = Pdns::start(&[]) else {
        return;
    };
    let provider = provider(&server);
    assert!(provider.creates_zones().is_none());
    let error = wait(provider.fetch(&origin())).err().expect("an error");
    assert_eq!(error.kind, ErrorKind::NoSuchZone);
    assert_eq!(
        error.message,
        format!("{} has no zone `example.com.`", server.endpoint)
    );
    assert!(
        error
            .hint
            .is_some_and(|hint| hint.contains("`create = true`"))
    );
}

#[test]
fn settings_that_cannot_be_right_are_refused() {
    for (text, message) in [
        ("endpoint = \"http://192.0.2.1:8081\"", "clear text"),
        ("endpoint = \"http://127.0.0.1:8081/api/v1\"", "path"),
        ("server = \"../x\"", "no server id"),
        ("sever = \"localhost\"", "unknown field"),
    ] {
        let error = try_connect(text, "k").err().expect("an error");
        assert!(error.message.contains(message), "{text}: {}", error.message);
    }
    assert!(
        try_connect(
            "endpoint = \"http://192.0.2.1:8081\"\nallow_http = true",
            "k"
        )
        .is_ok()
    );
}

#[test]
fn zones_written_at_the_same_time_do_not_collide() {
    let zones = ["a.test.", "b.test.", "c.test.", "d.test."];
    let text = "@ 60 IN SOA a. b. 1 2 3 4 5\n@ 60 IN NS ns.example.net.\n";
    let Some(server) = Pdns::start(&zones.map(|zone| (zone, text))) else {
        return;
    };
    let provider = provider(&server);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let tasks = zones.map(|zone| {
        let provider = provider.clone();
        runtime.spawn(async move {
            let zone = Name::absolute(zone).expect("a name");
            for round in 0..20 {
                let base = provider.fetch(&zone).await?;
                let owner = zone
                    .borrow()
                    .child(format!("n{round}").as_bytes())
                    .expect("a name");
                let change = Change::Create {
                    key: RecordKey {
                        owner,
                        rtype: RecordType::A,
                    },
                    after: set(RecordType::A, 60, &["192.0.2.1"]),
                };
                provider.apply(&zone, &[change], &base).await?;
            }
            Ok::<_, ProviderError>(())
        })
    });
    for task in tasks {
        let done = runtime.block_on(task).expect("no panic");
        done.unwrap_or_else(|error| panic!("{error}"));
    }
}
