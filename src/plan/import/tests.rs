use super::*;
use crate::plan::diff;
use crate::provider::{ApexNs, Soa};
use crate::zone::{NoIncludes, RecordKey, Source, parse};

const APEX: &str = "@ 300 SOA ns1.a.test. h 1 2 3 604801 5\n@ 300 NS ns1.a.test.\n";

fn zone(text: &str) -> Zone {
    let source = Source {
        name: "test",
        text: text.as_bytes(),
    };
    let origin = Name::absolute("example.com").expect("a name");
    parse(&source, origin, &NoIncludes).zone
}

fn rules(apex_ns: ApexNs, soa: Soa, ignore: &[&str]) -> DiffRules {
    let ignore = ignore.iter().map(|rule| rule.parse().expect("a rule"));
    DiffRules {
        apex_ns,
        soa,
        ignore: ignore.collect(),
    }
}

fn servers() -> Vec<Name> {
    vec![Name::absolute("ns1.a.test").expect("a name")]
}

#[test]
fn a_plan_right_after_is_empty() {
    let full = format!(
        "{APEX}www 60 A 192.0.2.1\n@ 300 DNSKEY 257 3 13 AAAA\n_acme-challenge 60 TXT \"x\"\n"
    );
    for (held, rules) in [
        (full.as_str(), rules(ApexNs::Full, Soa::Settable, &[])),
        (&full, rules(ApexNs::Full, Soa::Settable, &["preset:acme"])),
        (
            "www 60 A 192.0.2.1\n",
            rules(ApexNs::Hidden, Soa::Fixed, &[]),
        ),
        (APEX, rules(ApexNs::AddOnly, Soa::Fixed, &[])),
    ] {
        let held = Snapshot::of(zone(held));
        let imported = import(&held, &rules, &servers());
        let left = diff(&held.zone, &imported.zone, &rules);
        assert!(left.changes.is_empty(), "{:?}", left.changes);
        for rtype in [RecordType::SOA, RecordType::NS] {
            let apex = imported.zone.origin().borrow();
            assert!(imported.zone.get(apex, rtype).is_some());
        }
    }
}

#[test]
fn what_is_left_out_is_told() {
    let mut held = Snapshot::of(zone(&format!(
        "{APEX}@ 300 DNSKEY 257 3 13 AAAA\n_acme-challenge.www 60 TXT \"x\"\n"
    )));
    held.opaque.push(Opaque {
        key: RecordKey {
            owner: Name::absolute("cdn.example.com").expect("a name"),
            rtype: RecordType::A,
        },
        what: "an alias".to_owned(),
    });
    let rules = rules(ApexNs::Full, Soa::Settable, &["preset:acme"]);
    let imported = import(&held, &rules, &servers());
    assert!(imported.is_signed);
    assert_eq!(
        imported.remarks,
        [
            "left out: what the provider's own signer makes (1 DNSKEY)",
            "left out by `ignore = [\"preset:acme\"]`: `_acme-challenge.www TXT`",
            "left out: `cdn A`, which is an alias",
        ]
    );
}

#[test]
fn what_differs_is_disputed_and_chosen() {
    let a = zone(&format!(
        "{APEX}www 60 A 192.0.2.1\nold 60 A 192.0.2.9\nt 60 TXT \"ab\"\n"
    ));
    let b = zone(
        "@ 300 SOA ns1.b.test. h 1 2 3 604801 5\n@ 60 NS ns1.b.test.\nwww 60 A 192.0.2.2\nt 60 TXT \"a\" \"b\"\n",
    );
    let found = disputes(&[&a, &b]);
    let keys: Vec<String> = found.iter().map(|one| one.key.to_string()).collect();
    assert_eq!(
        keys,
        [
            "example.com. NS",
            "old.example.com. A",
            "www.example.com. A"
        ]
    );
    assert!(found[0].is_apex_ns(&a) && !found[1].is_apex_ns(&a));
    let choices = [Choice::All, Choice::Of(1), Choice::Of(0)];
    let chosen: Vec<_> = found.into_iter().zip(choices).collect();
    let united = unite(&a, &chosen);
    let expected = zone(
        "@ 300 SOA ns1.a.test. h 1 2 3 604801 5\n@ 60 NS ns1.a.test.\n@ 60 NS ns1.b.test.\n\
         www 60 A 192.0.2.1\nt 60 TXT \"ab\"\n",
    );
    assert_eq!(united, expected);
    assert!(disputes(&[&a, &a]).is_empty());
}
