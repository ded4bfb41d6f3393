//! What is asked for is what is there afterwards.

use redundns::provider::ErrorKind;
use redundns::zone::RecordType;

use super::{ORIGIN, START, apply, changes, connect, fetch, judge, servers, without_soa, zone};
use crate::world::hosted::{Hosted, KEY, KEYS};

/// From [`START`] to `wanted`, at both servers, read back by us and by dig.
fn reaches(wanted: &str) {
    for server in servers(&[Hosted::dynamic(ORIGIN, START)]) {
        let provider = connect(&server, Some(KEY));
        let base = fetch(&*provider).expect("a transfer");
        let wanted = zone(wanted);
        let changes = changes(&base.zone, &wanted);
        assert!(!changes.is_empty());
        apply(&*provider, &changes, &base).expect("an update");
        let after = fetch(&*provider).expect("a transfer");
        assert_eq!(without_soa(&after.zone), without_soa(&wanted));
        judge(&server, KEY, &wanted);
    }
}

/// [`START`] without the lines that hold one of `without`, and with `with`.
fn start(without: &[&str], with: &str) -> String {
    let kept = START
        .lines()
        .filter(|line| !without.iter().any(|word| line.contains(word)));
    kept.chain(with.lines()).collect::<Vec<_>>().join(
        "
",
    )
}

#[test]
fn a_transfer_is_the_zone_with_every_algorithm() {
    for server in servers(&[Hosted::dynamic(ORIGIN, START)]) {
        for key in KEYS {
            let snapshot = fetch(&*connect(&server, Some(key))).expect("a transfer");
            assert_eq!(snapshot.zone, zone(START), "{}", key.algorithm);
        }
    }
}

#[test]
fn create_replace_and_delete() {
    reaches(&start(
        &["www.example.com. 300 IN A "],
        "www.example.com. 300 IN A 192.0.2.81
www.example.com. 300 IN A 192.0.2.82
new.example.com. 60 IN MX 10 www.example.com.
*.wild.example.com. 60 IN TXT \"any\"",
    ));
    reaches(&start(&["www.example.com. 300 IN AAAA", "alias"], ""));
}

#[test]
fn a_ttl_alone() {
    reaches(&start(
        &["www.example.com. 300 IN A "],
        "www.example.com. 77 IN A 192.0.2.80",
    ));
    reaches(&START.replace("example.com. 300 IN NS ", "example.com. 4711 IN NS "));
    reaches(&START.replace("alias.example.com. 300", "alias.example.com. 0"));
    reaches(&start(
        &["IN NS ns"],
        "example.com. 4711 IN NS ns2.example.com.",
    ));
}

#[test]
fn the_whole_apex_ns_set_is_exchanged() {
    reaches(&start(
        &["IN NS ns"],
        "example.com. 900 IN NS ns3.example.com.\nexample.com. 900 IN NS ns.elsewhere.example.",
    ));
}

#[test]
fn a_cname_takes_the_place_of_other_data_and_the_reverse() {
    reaches(&start(
        &["www.example.com. 300 IN A", "alias"],
        "www.example.com. 300 IN CNAME alias.example.com.
alias.example.com. 300 IN A 192.0.2.9
alias.example.com. 300 IN TXT \"was an alias\"",
    ));
}

#[test]
fn odd_text_and_unknown_types() {
    let long = "x".repeat(255);
    reaches(&start(
        &[],
        &format!(
            "t1.example.com. 60 IN TXT \"a\\\"b\\\\c;d\" \"\" \"\\000\\255\"
t2.example.com. 60 IN TXT \"{long}\" \"{long}\" \"Case IS kept\"
t3.example.com. 60 IN TYPE65280 \\# 4 00ff00ff
t4.example.com. 60 IN CAA 0 issue \"ca.example\"
t5.example.com. 60 IN SVCB 1 www.example.com. alpn=h2 port=8443
a\\046b.example.com. 60 IN TXT \"dot in a label\"
_sip._tcp.example.com. 60 IN SRV 1 2 5060 www.example.com.",
        ),
    ));
}

#[test]
fn five_thousand_changes_in_several_messages_with_the_soa_among_them() {
    for server in servers(&[Hosted::dynamic(ORIGIN, START)]) {
        let provider = connect(&server, Some(KEY));
        let base = fetch(&*provider).expect("a transfer");
        let added: Vec<_> = (0..5000)
            .map(|n| format!("n{n}.example.com. 60 IN A 10.0.{}.{}", n / 256, n % 256))
            .collect();
        let wanted = zone(&start(&[], &added.join("\n")).replace("86400 300", "86400 60"));
        let mut changes = changes(&base.zone, &wanted);
        let soa = wanted
            .get(wanted.origin().borrow(), RecordType::SOA)
            .expect("a SOA");
        let old = base
            .zone
            .get(wanted.origin().borrow(), RecordType::SOA)
            .expect("a SOA");
        changes.push(redundns::plan::Change::Replace {
            key: soa.key(),
            before: old.to_record_set(),
            after: soa.to_record_set(),
        });
        apply(&*provider, &changes, &base).expect("an update");
        let after = fetch(&*provider).expect("a transfer");
        assert_eq!(without_soa(&after.zone), without_soa(&wanted));
        assert!(
            super::text(&after.zone).contains("3600 600 86400 60"),
            "the SOA was ignored"
        );
        // Back again, which makes prerequisites of every record.
        let base = after;
        let back = super::changes(&base.zone, &zone(START));
        apply(&*provider, &back, &base).expect("an update");
        let end = fetch(&*provider).expect("a transfer");
        assert_eq!(without_soa(&end.zone), without_soa(&zone(START)));
    }
}

#[test]
fn a_base_that_moved_is_refused_and_nothing_of_the_message_is_made() {
    for server in servers(&[Hosted::dynamic(ORIGIN, START)]) {
        let provider = connect(&server, Some(KEY));
        let base = fetch(&*provider).expect("a transfer");
        let theirs = zone(&start(
            &["www.example.com. 300 IN A "],
            "www.example.com. 300 IN A 192.0.2.66\nnew.example.com. 60 IN A 192.0.2.6",
        ));
        apply(&*provider, &changes(&base.zone, &theirs), &base).expect("somebody else's update");
        for (without, with) in [
            (
                &["www.example.com. 300 IN A "][..],
                "www.example.com. 300 IN A 192.0.2.99",
            ),
            (&["www.example.com. 300 IN A "], ""),
            (&[], "new.example.com. 60 IN A 192.0.2.7"),
        ] {
            let wanted = zone(&start(
                without,
                &format!("{with}\nfirst.example.com. 60 IN A 192.0.2.5"),
            ));
            let error = apply(&*provider, &changes(&base.zone, &wanted), &base)
                .expect_err("the base moved");
            assert_eq!(
                (error.kind, error.applied),
                (ErrorKind::Conflict, Some(0)),
                "{error}"
            );
            let after = fetch(&*provider).expect("a transfer");
            assert_eq!(without_soa(&after.zone), without_soa(&theirs));
        }
    }
}

#[test]
fn a_record_set_larger_than_a_message_is_rejected_before_anything_is_sent() {
    for server in servers(&[Hosted::dynamic(ORIGIN, START)]) {
        let provider = connect(&server, Some(KEY));
        let base = fetch(&*provider).expect("a transfer");
        let many: Vec<_> = (0..5000)
            .map(|n| format!("big.example.com. 60 IN A 10.0.{}.{}", n / 256, n % 256))
            .collect();
        let wanted = zone(&start(
            &[],
            &format!("a.example.com. 60 IN A 192.0.2.1\n{}", many.join("\n")),
        ));
        let error = apply(&*provider, &changes(&base.zone, &wanted), &base).expect_err("too large");
        assert_eq!(
            (error.kind, error.applied),
            (ErrorKind::Rejected, Some(0)),
            "{error}"
        );
        assert!(error.message.contains("big.example.com. A"), "{error}");
        assert_eq!(fetch(&*provider).expect("a transfer").zone, base.zone);
    }
}

#[test]
fn a_conflict_in_a_later_message_says_how_much_was_made() {
    for server in servers(&[Hosted::dynamic(ORIGIN, START)]) {
        let provider = connect(&server, Some(KEY));
        let base = fetch(&*provider).expect("a transfer");
        let theirs = zone(&start(&[], "zzz.example.com. 60 IN A 192.0.2.6"));
        apply(&*provider, &changes(&base.zone, &theirs), &base).expect("somebody else's update");
        let added: Vec<_> = (0..4000)
            .map(|n| format!("n{n}.example.com. 60 IN A 10.0.{}.{}", n / 256, n % 256))
            .chain(["zzz.example.com. 60 IN A 192.0.2.7".to_owned()])
            .collect();
        let changes = changes(&base.zone, &zone(&start(&[], &added.join("\n"))));
        let error = apply(&*provider, &changes, &base).expect_err("the base moved");
        let applied = error.applied.expect("a definite answer");
        assert_eq!(error.kind, ErrorKind::Conflict);
        assert!(applied > 0 && applied < 4000, "{applied}");
        let after = fetch(&*provider).expect("a transfer").zone;
        assert_eq!(after.len(), theirs.len() + applied);
        for (index, change) in changes.iter().enumerate() {
            let key = change.key();
            let held = after
                .get(key.owner.borrow(), key.rtype)
                .map(redundns::zone::SetRef::to_record_set);
            assert_eq!(held.as_ref() == change.after(), index < applied, "{key}");
        }
    }
}

#[test]
fn a_set_that_fills_a_message_can_be_created_replaced_and_deleted() {
    let large = |letter: &str| -> String {
        let string = letter.repeat(255);
        let records: Vec<_> = (0..80)
            .map(|n| {
                format!("big.example.com. 60 IN TXT \"{n}\" \"{string}\" \"{string}\" \"{string}\"")
            })
            .collect();
        start(&[], &records.join("\n"))
    };
    for server in servers(&[Hosted::dynamic(ORIGIN, START)]) {
        let provider = connect(&server, Some(KEY));
        for wanted in [large("a"), large("b"), START.to_owned()] {
            let (base, wanted) = (fetch(&*provider).expect("a transfer"), zone(&wanted));
            apply(&*provider, &changes(&base.zone, &wanted), &base).expect("an update");
            let after = fetch(&*provider).expect("a transfer");
            assert_eq!(without_soa(&after.zone), without_soa(&wanted));
        }
    }
}
