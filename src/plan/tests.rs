//! Tables and properties of diff, order, guard and apply together.

use proptest::prelude::*;

use super::*;
use crate::provider::{ApexNs, Soa};
use crate::zone::{Position, RecordType, ZoneBuilder, rdata};

pub(super) const FULL: DiffRules = DiffRules {
    apex_ns: ApexNs::Full,
    soa: Soa::Settable,
    ignore: Vec::new(),
};

fn name(text: &str) -> Name {
    Name::absolute(text).expect("a name in a test")
}

/// A zone of lines `owner TTL TYPE RDATA`, owners relative to example.com.
pub(super) fn zone(lines: &[&str]) -> Zone {
    let origin = name("example.com");
    let mut builder = ZoneBuilder::new(origin.clone());
    for line in lines {
        let mut words = line.splitn(4, ' ');
        let mut word = || words.next().expect("owner TTL TYPE RDATA");
        let owner = Name::parse(word().as_bytes(), Some(origin.borrow())).expect("an owner");
        let ttl = word().parse().expect("a TTL");
        let rtype: RecordType = word().parse().expect("a type");
        let rdata = rdata::from_text(rtype, word(), Some(origin.borrow())).expect("record data");
        builder.push(owner.borrow(), rtype, ttl, &rdata, Position::default());
    }
    builder.finish()
}

/// A change as `~ www A`.
fn short(change: &Change) -> String {
    let symbol = match change {
        Change::Create { .. } => '+',
        Change::Replace { .. } => '~',
        Change::Delete { .. } => '-',
    };
    let key = change.key();
    let owner = key.owner.borrow().relative_to(name("example.com").borrow());
    format!("{symbol} {owner} {}", key.rtype)
}

fn shorts<'a>(changes: impl IntoIterator<Item = &'a Change>) -> Vec<String> {
    changes.into_iter().map(short).collect()
}

#[test]
fn what_differs_is_planned_and_nothing_else() {
    let current = [
        "www 300 A 192.0.2.1",
        "ttl 300 A 192.0.2.1",
        "old 300 A 192.0.2.1",
        "same 300 A 192.0.2.1",
    ];
    let desired = [
        "www 300 A 192.0.2.2",
        "ttl 600 A 192.0.2.1",
        "new 300 A 192.0.2.1",
        "same 300 A 192.0.2.1",
    ];
    let diff = diff(&zone(&current), &zone(&desired), &FULL);
    assert_eq!(
        shorts(&diff.changes),
        ["+ new A", "- old A", "~ ttl A", "~ www A"]
    );
    assert_eq!(Counts::of(&diff.changes).to_string(), "+1 ~2 -1");
    assert_eq!(diff.ignored, Ignored::default());
}

#[test]
fn the_cut_of_a_text_is_a_notice_its_words_are_a_change() {
    let current = zone(&["a 300 TXT \"ab\" \"c\"", "b 300 TXT \"ab\" \"c\""]);
    let desired = zone(&["a 300 TXT \"abc\"", "b 300 TXT \"abd\""]);
    let diff = diff(&current, &desired, &FULL);
    assert_eq!(shorts(&diff.changes), ["~ b TXT"]);
    assert_eq!(diff.notices.len(), 1);
    assert_eq!(diff.notices[0].to_string(), "a.example.com. TXT");
}

#[test]
fn a_written_soa_succeeds_the_providers_own_serial() {
    let soa =
        |serial: u32, minimum: u32| format!("@ 300 SOA ns h {serial} 7200 3600 1209600 {minimum}");
    let fixed = DiffRules {
        soa: Soa::Fixed,
        ..FULL
    };
    for (held, wanted, rules, serial) in [
        (soa(7, 60), soa(9, 60), &FULL, None),
        (soa(7, 60), soa(9, 61), &FULL, Some(8)),
        (soa(u32::MAX, 60), soa(9, 61), &FULL, Some(1)),
        (soa(7, 60), soa(9, 61), &fixed, None),
    ] {
        let diff = diff(&zone(&[&held]), &zone(&[&wanted]), rules);
        let planned = diff.changes.first().and_then(Change::after).map(|set| {
            let rdata = &set.rdata[0];
            let serial = rdata[rdata.len() - 20..][..4].try_into().expect("4 octets");
            u32::from_be_bytes(serial)
        });
        assert_eq!(planned, serial, "{held} / {wanted}");
    }
    let without = diff(&zone(&[&soa(1, 1)]), &zone(&[]), &FULL);
    assert_eq!((without.changes.len(), without.ignored.fixed), (0, 1));
}

#[test]
fn signers_records_are_planned_only_where_the_file_has_them() {
    let held = [
        "@ 300 NSEC3PARAM 1 0 0 -",
        "@ 300 CDS 1 13 2 0000000000000000000000000000000000000000000000000000000000000000",
    ];
    let wanted =
        ["@ 300 CDS 2 13 2 0000000000000000000000000000000000000000000000000000000000000000"];
    let diff = diff(&zone(&held), &zone(&wanted), &FULL);
    assert_eq!(shorts(&diff.changes), ["~ @ CDS"]);
    assert_eq!(diff.ignored.signers, 1);
}

#[test]
fn the_apex_ns_set_is_as_the_provider_lets_it_be() {
    let (own, wanted) = (
        ["@ 300 NS ns.own.example."],
        ["@ 300 NS ns.one.example.", "@ 300 NS ns.two.example."],
    );
    for (apex_ns, records) in [
        (ApexNs::Full, 2),
        (ApexNs::AddOnly, 3),
        (ApexNs::Fixed, 0),
        (ApexNs::Hidden, 0),
    ] {
        let rules = DiffRules { apex_ns, ..FULL };
        let diff = diff(&zone(&own), &zone(&wanted), &rules);
        let after = diff.changes.first().and_then(Change::after);
        assert_eq!(
            after.map_or(0, |set| set.rdata.len()),
            records,
            "{apex_ns:?}"
        );
    }
    let rules = DiffRules {
        apex_ns: ApexNs::AddOnly,
        ..FULL
    };
    let after = apply(
        &zone(&own),
        &diff(&zone(&own), &zone(&wanted), &rules).changes,
    );
    assert_eq!(diff(&after, &zone(&wanted), &rules).changes, []);
}

#[test]
fn ignored_sets_stay_unless_the_file_has_them() {
    let rules = DiffRules {
        ignore: vec!["_acme-challenge.* TXT".parse().expect("a pattern")],
        ..FULL
    };
    let held = zone(&[
        "_acme-challenge.a 60 TXT x",
        "_acme-challenge.b 60 TXT x",
        "other 60 TXT x",
    ]);
    let diff = diff(&held, &zone(&["_acme-challenge.b 60 TXT y"]), &rules);
    assert_eq!(
        shorts(&diff.changes),
        ["~ _acme-challenge.b TXT", "- other TXT"]
    );
    let others: Vec<String> = diff
        .ignored
        .others
        .iter()
        .map(|one| one.key.to_string())
        .collect();
    assert_eq!(others, ["_acme-challenge.a.example.com. TXT"]);
}

fn waves(current: &[&str], desired: &[&str]) -> Waves {
    let diff = diff(&zone(current), &zone(desired), &FULL);
    order(diff.changes, &name("example.com"))
}

#[test]
fn targets_come_before_what_names_them_and_go_after_it() {
    let old = ["@ 60 MX 10 old", "a.old 60 NS old", "old 60 A 192.0.2.1"];
    let new = [
        "@ 60 MX 10 zzz",
        "a.new 60 NS zzz",
        "a.new 60 DS 1 13 2 0000000000000000000000000000000000000000000000000000000000000000",
        "zzz 60 A 192.0.2.1",
    ];
    let waves = waves(&old, &new);
    assert_eq!(
        shorts(&waves.body),
        [
            "+ zzz A",
            "~ @ MX",
            "+ a.new NS",
            "+ a.new DS",
            "- a.old NS",
            "- old A"
        ]
    );
    assert!(waves.apex_ns.is_empty() && waves.gaps.is_empty());
}

#[test]
fn a_server_is_unlisted_before_its_address_goes() {
    let old = [
        "@ 60 NS ns1",
        "@ 60 NS ns2",
        "ns1 60 A 192.0.2.1",
        "ns2 60 A 192.0.2.2",
        "x 60 A 192.0.2.3",
    ];
    let new = [
        "@ 60 NS ns1",
        "@ 60 NS ns3",
        "ns1 60 A 192.0.2.1",
        "ns3 60 A 192.0.2.2",
    ];
    let waves = waves(&old, &new);
    assert_eq!(shorts(&waves.body), ["+ ns3 A", "- x A"]);
    assert_eq!(shorts(&waves.apex_ns), ["~ @ NS", "- ns2 A"]);
    assert_eq!(waves.len(), 4);
}

#[test]
fn an_alias_and_what_takes_its_place_stand_side_by_side() {
    let old = [
        "a 60 CNAME x",
        "b 60 A 192.0.2.1",
        "b 60 TXT t",
        "c 60 A 192.0.2.1",
    ];
    let new = [
        "a 60 A 192.0.2.1",
        "a 60 AAAA 2001:db8::1",
        "b 60 CNAME x",
        "d 60 A 192.0.2.1",
    ];
    let waves = waves(&old, &new);
    assert_eq!(
        shorts(&waves.body),
        [
            "- a CNAME",
            "+ a A",
            "+ a AAAA",
            "+ d A",
            "- b A",
            "- b TXT",
            "+ b CNAME",
            "- c A"
        ]
    );
    assert_eq!(waves.gaps, [name("a.example.com"), name("b.example.com")]);
}

fn any_zone() -> impl Strategy<Value = Zone> {
    let record = (0_usize..5, 0_usize..4, 0_u8..3);
    proptest::collection::vec(record, 0..14).prop_map(|records| {
        let mut lines = vec!["@ 60 SOA ns h 1 2 3 4 5".to_owned()];
        for (owner, rtype, value) in records {
            let owner = ["@", "a", "b", "x.b", "*"][owner];
            lines.push(match rtype {
                0 => format!("{owner} 60 A 192.0.2.{value}"),
                1 => format!("{owner} {} TXT t{value}", 60 + u32::from(value)),
                2 => format!("{owner} 60 NS ns{value}"),
                _ => format!("{owner} 60 CNAME c{value}"),
            });
        }
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        zone(&lines)
    })
}

proptest! {
    #[test]
    fn nothing_differs_from_itself(a in any_zone()) {
        prop_assert_eq!(diff(&a, &a, &FULL), Diff::default());
    }

    #[test]
    fn changes_lead_where_they_should(a in any_zone(), b in any_zone()) {
        let waves = order(diff(&a, &b, &FULL).changes, a.origin());
        let after = apply(&a, waves.iter());
        prop_assert_eq!(&after, &b);
        prop_assert!(diff(&after, &b, &FULL).changes.is_empty());
    }

    #[test]
    fn what_is_there_before_and_after_is_there_in_between(a in any_zone(), b in any_zone()) {
        let waves = order(diff(&a, &b, &FULL).changes, a.origin());
        let changes: Vec<&Change> = waves.iter().collect();
        for made in 0..=changes.len() {
            let between = apply(&a, changes[..made].iter().copied());
            for set in a.sets() {
                let (owner, rtype) = (set.owner(), set.rtype());
                if b.get(owner, rtype).is_some() {
                    prop_assert!(between.get(owner, rtype).is_some(), "{owner} {rtype} after {made}");
                }
                let has_name_after = b.at(owner).next().is_some();
                if has_name_after && !waves.gaps.iter().any(|gap| gap.borrow() == owner) {
                    prop_assert!(between.at(owner).next().is_some(), "{owner} after {made}");
                }
            }
        }
    }

    #[test]
    fn the_diff_does_not_depend_on_who_else_is_there(a in any_zone(), b in any_zone()) {
        let plan = |id| ProviderPlan::known(id, "embedded", &a, &b, &FULL);
        let (one, other) = (plan("one"), plan("other"));
        prop_assert_eq!(one.counts().total(), diff(&a, &b, &FULL).changes.len());
        prop_assert!(one.changes().eq(other.changes()));
        prop_assert_eq!(one.is_same(), diff(&a, &b, &FULL).changes.is_empty());
    }
}
