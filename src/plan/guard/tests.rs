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
        gaps: &[],
        left: &[],
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
        gaps: &[],
        left: &[],
    };
    let objections = guard(&GuardPolicy::default(), &proposal);
    let codes: Vec<_> = objections
        .iter()
        .map(|one| (one.code, one.flag.as_deref()))
        .collect();
    assert_eq!(codes, [("GRD05", Some("--allow-unproved"))]);
}

#[test]
fn a_type_of_several_sets_does_not_vanish_unseen() {
    let mut lines = lines(20, 1);
    lines.extend(
        [
            "a 60 SRV 1 1 1 h1",
            "b 60 SRV 1 1 1 h1",
            "c 60 CAA 0 issue x",
        ]
        .map(str::to_owned),
    );
    let held = zone_of(&lines);
    for (kept, message) in [
        (
            20,
            Some("every record set of type SRV (2) would be deleted"),
        ),
        (21, None),
    ] {
        let objections = codes(
            &GuardPolicy::default(),
            &held,
            &zone_of(&lines[..kept]),
            false,
        );
        let messages: Vec<_> = objections
            .iter()
            .map(|one| (one.code, one.message.as_str()))
            .collect();
        assert_eq!(
            messages,
            message
                .map(|text| ("GRD06", text))
                .into_iter()
                .collect::<Vec<_>>()
        );
    }
    let allowed = GuardPolicy {
        allow_type_gone: true,
        ..GuardPolicy::default()
    };
    assert_eq!(codes(&allowed, &held, &zone_of(&lines[..20]), false), []);
}

#[test]
fn gaps_and_servers_left_behind_are_named() {
    let empty = zone(&[]);
    let name = |text| Name::absolute(text).expect("a name");
    let gaps = [name("www.example.com")];
    let left = [Asked::File, Asked::At("alpha".to_owned())].map(|asked| Left {
        nameserver: name("ns1.gone.example"),
        account: "gone".to_owned(),
        asked,
    });
    let proposal = Proposal {
        provider: "alpha",
        current: &empty,
        desired: &empty,
        changes: &[],
        first_contact: false,
        unproved: &[],
        gaps: &gaps,
        left: &left,
    };
    let policy = GuardPolicy::default();
    let flags: Vec<_> = guard(&policy, &proposal)
        .into_iter()
        .map(|one| (one.code, one.flag))
        .collect();
    let flag = |text: &str| Some(text.to_owned());
    assert_eq!(
        flags,
        [
            ("GRD07", flag("--allow-gap")),
            ("GRD08", flag("--allow-left")),
            ("GRD08", flag("--allow-left"))
        ]
    );
    let allowed = GuardPolicy {
        allow_gap: true,
        allow_left: true,
        ..policy
    };
    assert_eq!(guard(&allowed, &proposal), []);
}

#[test]
fn small_zones_are_measured_together_and_apart_from_large_ones() {
    let policy = GuardPolicy::default();
    let zone = |part, whole| Measure { part, whole };
    for (zones, flag) in [
        (vec![zone(4, 4), zone(4, 4)], None),
        (
            vec![zone(4, 4), zone(4, 4), zone(4, 4)],
            Some("--allow-change 100%"),
        ),
        (vec![zone(2, 6), zone(1, 6), zone(0, 1000)], None),
        (
            vec![zone(3, 6), zone(1, 6), zone(0, 1000)],
            Some("--allow-change 34%"),
        ),
        (vec![zone(0, 0), zone(9, 9)], None),
    ] {
        let told = guard_fleet(&policy, &zones).and_then(|one| one.flag);
        assert_eq!(told.as_deref(), flag, "{zones:?}");
    }
    assert_eq!(zone(1, 2).max(zone(5, 20)), zone(1, 2));
}
