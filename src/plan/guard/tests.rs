//! Tables.

use super::*;
use crate::plan::tests::{FULL, zone};
use crate::plan::{apply, diff};

fn lines(count: usize, value: u8) -> Vec<String> {
    (0..count)
        .map(|index| format!("h{index} 60 A 192.0.2.{value}"))
        .collect()
}

fn zone_of(lines: &[String]) -> Zone {
    zone(&lines.iter().map(String::as_str).collect::<Vec<_>>())
}

fn codes(
    policy: &GuardPolicy,
    current: &Zone,
    desired: &Zone,
    first_contact: bool,
) -> Vec<Objection> {
    let diff = diff(current, desired, &FULL);
    let proposal = Proposal {
        provider: "alpha",
        current,
        desired,
        changes: &diff.changes.iter().collect::<Vec<_>>(),
        first_contact,
        unproved: &[],
    };
    guard(policy, &proposal)
}

#[test]
fn much_at_once_is_refused_from_a_size_on() {
    let policy = GuardPolicy::default();
    for (held, replaced, deleted, flag) in [
        (10, 3, 0, None),
        (10, 2, 2, Some("--allow-change 40%")),
        (9, 5, 3, None),
        (100, 30, 0, None),
        (100, 30, 1, Some("--allow-change 31%")),
    ] {
        let current = zone_of(&lines(held, 1));
        let mut desired = lines(held - deleted, 1);
        desired[..replaced].clone_from_slice(&lines(replaced, 2));
        let objections = codes(&policy, &current, &zone_of(&desired), false);
        let flags: Vec<_> = objections.iter().map(|one| one.flag.as_deref()).collect();
        assert_eq!(
            flags,
            flag.map(Some).into_iter().collect::<Vec<_>>(),
            "{held} {replaced} {deleted}"
        );
    }
}

#[test]
fn the_share_shown_is_the_share_that_suffices() {
    let current = zone_of(&lines(13, 1));
    let desired = zone_of(&lines(6, 1));
    let refused = codes(&GuardPolicy::default(), &current, &desired, false);
    assert_eq!(
        refused[0].message,
        "7 of 13 record sets would be changed or deleted: 54 %, more than 30 %"
    );
    let allowed = GuardPolicy {
        max_change: 0.54,
        ..GuardPolicy::default()
    };
    assert_eq!(codes(&allowed, &current, &desired, false), []);
}

#[test]
fn an_emptied_zone_is_one_objection_of_its_own() {
    let frame = ["@ 60 SOA ns h 1 2 3 4 5", "@ 60 NS ns1"].map(str::to_owned);
    let mut full = frame.to_vec();
    full.extend(lines(20, 1));
    let (full, frame) = (zone_of(&full), zone_of(&frame));
    let policy = GuardPolicy::default();
    let objections = codes(&policy, &full, &frame, false);
    assert_eq!(objections.len(), 1);
    assert_eq!(objections[0].code, "GRD02");
    let allowed = GuardPolicy {
        allow_empty: true,
        ..policy.clone()
    };
    assert_eq!(codes(&allowed, &full, &frame, false), []);
    assert_eq!(
        codes(&policy, &frame, &full, false),
        [],
        "filling is no emptying"
    );
}

#[test]
fn protected_and_foreign_sets_are_named() {
    let held = zone(&[
        "@ 60 MX 10 a",
        "_dmarc 60 TXT x",
        "a 60 A 192.0.2.1",
        "b 60 A 192.0.2.1",
        "c 60 A 192.0.2.1",
    ]);
    let wanted = zone(&["d 60 A 192.0.2.1"]);
    let policy = GuardPolicy::default();
    let objections = codes(&policy, &held, &wanted, true);
    let texts: Vec<(&str, &str)> = objections
        .iter()
        .map(|one| (one.code, one.message.as_str()))
        .collect();
    assert_eq!(
        texts,
        [
            (
                "GRD03",
                "`@ MX` and `_dmarc TXT` are protected and would be deleted"
            ),
            (
                "GRD04",
                "this is the first contact with the zone there, and `@ MX`, `_dmarc TXT`, `a A` and 2 more are not in the file and would be deleted"
            ),
        ]
    );
    let overridden = GuardPolicy {
        allow_protected: true,
        adopt: true,
        ..policy
    };
    assert_eq!(codes(&overridden, &held, &wanted, true), []);
    let adopted = apply(&held, &diff(&held, &wanted, &FULL).changes);
    assert_eq!(codes(&GuardPolicy::default(), &adopted, &wanted, true), []);
}

#[test]
fn unproved_servers_stop_a_sync() {
    let empty = zone(&[]);
    let names = [Name::absolute("ns3.example.net").expect("a name")];
    let proposal = Proposal {
        provider: "alpha",
        current: &empty,
        desired: &empty,
        changes: &[],
        first_contact: false,
        unproved: &names,
    };
    let objections = guard(&GuardPolicy::default(), &proposal);
    let codes: Vec<_> = objections
        .iter()
        .map(|one| (one.code, one.flag.as_deref()))
        .collect();
    assert_eq!(codes, [("GRD05", Some("--allow-unproved"))]);
}
