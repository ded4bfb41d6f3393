use super::*;
use crate::plan::IgnoreRule;
use crate::plan::diff::soa_with_serial;
use crate::provider::{ApexNs, Soa};
use crate::zone::{NoIncludes, RecordType, Source, parse};

const HEAD: &str = "@ 300 SOA ns1.example.net. h 7 4h 1h 2w 5m\n@ 300 NS ns1.example.net.\n";

fn zone(text: &str) -> Zone {
    let text = HEAD.to_owned() + text;
    let source = Source {
        name: "zones/example.com.zone",
        text: text.as_bytes(),
    };
    let origin = Name::absolute("example.com").expect("a name");
    let parsed = parse(&source, origin, &NoIncludes);
    assert!(!parsed.has_errors(), "{:?}", parsed.findings);
    parsed.zone
}

fn rules() -> DiffRules {
    DiffRules {
        apex_ns: ApexNs::Full,
        soa: Soa::Settable,
        ignore: vec!["_acme-challenge* TXT".parse::<IgnoreRule>().expect("valid")],
    }
}

fn provider(id: &str, current: &Zone, desired: &Zone) -> SavedProvider {
    let plan = ProviderPlan::known(id, "embedded", current, desired, &rules());
    SavedProvider::of(&plan, Some(current), &rules()).expect("a known provider")
}

fn saved(current: &Zone, desired: &Zone) -> SavedZone {
    let providers = vec![
        provider("b", current, desired),
        provider("a", current, desired),
    ];
    SavedZone::new(desired, "zones/example.com.zone", providers, Vec::new())
}

/// The messages of what moved at provider `a` between two pairs of what it holds and what the file says.
fn moved(then: (&Zone, &Zone), now: (&Zone, &Zone)) -> Vec<String> {
    let mut zone = saved(then.0, then.1);
    zone.providers.truncate(1);
    let fresh = Now {
        plan: provider("a", now.0, now.1),
        current: Some(now.0),
        desired: now.1,
    };
    let findings = zone.moved(now.1, &[fresh]);
    findings
        .iter()
        .map(|finding| format!("{} {}", finding.code, finding.message))
        .collect()
}

#[test]
fn what_is_written_reads_back_and_has_one_digest() {
    let (current, desired) = (
        zone("old 60 TXT \"a\" \"b;\\\"\\200\"\nwww 60 A 192.0.2.1\n"),
        zone("www 60 A 192.0.2.2\n@ 60 TYPE65280 \\# 2 0aff\n@ 60 MX 10 mail\nmail A 192.0.2.3\n"),
    );
    let plan = SavedPlan::new(vec![saved(&current, &desired)]);
    assert_eq!(plan.zones[0].providers[0].id, "a", "in order of ids");
    let json = plan.to_json();
    let again = SavedPlan::read(json.as_bytes()).expect("a plan");
    assert_eq!(again, plan);
    assert_eq!(again.to_json(), json);
    let value: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let other = SavedPlan::read(value.to_string().as_bytes()).expect("the same on one line");
    assert_eq!(other.digest(), plan.digest());
    assert_ne!(SavedPlan::default().digest(), plan.digest());
    assert_eq!(plan.digest().to_string().len(), "sha256:".len() + 64);
}

#[test]
fn a_provider_that_is_unknown_has_no_plan_to_save() {
    let error = crate::provider::ProviderError::new(crate::provider::ErrorKind::Unreachable, "no");
    let plan = ProviderPlan::unknown("a", "embedded", error);
    assert_eq!(SavedProvider::of(&plan, None, &rules()), None);
}

#[test]
fn the_base_is_what_can_be_planned() {
    let base = |text: &str| base_hash(&zone(text), &rules());
    let plain = base("www 60 A 192.0.2.1\nt 60 TXT \"ab\"\n");
    for same in [
        "t 60 TXT \"ab\"\nwww 60 A 192.0.2.1\n",
        "t 60 TXT \"a\" \"b\"\nwww 60 A 192.0.2.1\n",
        "t 60 TXT \"ab\"\nwww 60 A 192.0.2.1\n_acme-challenge 60 TXT \"x\"\n",
        "t 60 TXT \"ab\"\nwww 60 A 192.0.2.1\nwww 60 NSEC @ A\n",
    ] {
        assert_eq!(base(same), plain, "{same}");
    }
    for other in [
        "t 60 TXT \"ab\"\nwww 61 A 192.0.2.1\n",
        "t 60 TXT \"ab\"\nwww 60 A 192.0.2.2\n",
        "t 60 TXT \"ab\"\nww 60 A 192.0.2.1\n",
        "t 60 TXT \"ab\"\n",
        "",
    ] {
        assert_ne!(base(other), plain, "{other}");
    }
    let fixed = DiffRules {
        soa: Soa::Fixed,
        apex_ns: ApexNs::Fixed,
        ..rules()
    };
    let (one, other) = (zone(""), Zone::empty(zone("").origin().clone()));
    assert_eq!(base_hash(&one, &fixed), base_hash(&other, &fixed));
    assert_ne!(base_hash(&one, &rules()), base_hash(&other, &rules()));
}

#[test]
fn serials_are_nobodys_business() {
    let newer = |zone: &Zone| {
        let mut builder = crate::zone::ZoneBuilder::new(zone.origin().clone());
        for set in zone.sets() {
            let mut own = set.to_record_set();
            if set.rtype() == RecordType::SOA {
                own.rdata = vec![soa_with_serial(&own.rdata[0], 99).expect("a SOA").into()];
            }
            builder.push_set(set.owner(), set.rtype(), &own);
        }
        builder.finish()
    };
    let current = zone("");
    let desired = zone("www 60 A 192.0.2.1\n");
    assert_ne!(newer(&current), current);
    assert_eq!(zone_hash(&newer(&desired)), zone_hash(&desired));
    assert_eq!(
        saved(&newer(&current), &newer(&desired)),
        saved(&current, &desired)
    );
    let none = Zone::empty(current.origin().clone());
    let created = provider("a", &none, &newer(&desired));
    assert_eq!(created, provider("a", &none, &desired));
    assert!(
        created
            .changes()
            .any(|change| change.key().rtype == RecordType::SOA)
    );
}

#[test]
fn what_moved_is_named_with_what_it_was() {
    let then = (
        &zone("www 60 A 192.0.2.1\nx 60 A 192.0.2.8\n"),
        &zone("www 60 A 192.0.2.2\nx 60 A 192.0.2.8\n"),
    );
    let held = |text: &str| zone(text);
    for (current, desired, expected) in [
        (then.0, then.1, &[][..]),
        (
            &held("www 60 A 192.0.2.66\nx 60 A 192.0.2.8\n"),
            then.1,
            &[
                "PLN02 `www A` is `192.0.2.66` (TTL 60) at `a` now, where the plan found `192.0.2.1` (TTL 60)",
            ],
        ),
        (
            &held("www 60 A 192.0.2.2\nx 60 A 192.0.2.8\n"),
            then.1,
            &[
                "PLN02 `www A` is `192.0.2.2` (TTL 60) at `a` now, where the plan found `192.0.2.1` (TTL 60)",
            ],
        ),
        (
            &held("www 60 A 192.0.2.1\n"),
            then.1,
            &["PLN02 `x A` is not there at `a` now, where it was `192.0.2.8` (TTL 60)"],
        ),
        (
            &held("www 60 A 192.0.2.1\nx 60 A 192.0.2.8\ny 60 A 192.0.2.9\n"),
            then.1,
            &["PLN02 `y A` is `192.0.2.9` (TTL 60) at `a` now, where it was not there"],
        ),
        (
            then.0,
            &held("www 60 A 192.0.2.3\nx 60 A 192.0.2.8\n"),
            &[
                "PLN01 `www A` is `192.0.2.3` (TTL 60) in the zone file now, where the plan has `192.0.2.2` (TTL 60)",
            ],
        ),
        (
            then.0,
            &held("www 60 A 192.0.2.2\nx 90 A 192.0.2.8\n"),
            &[
                "PLN01 `x A` is `192.0.2.8` (TTL 90) in the zone file now, where it was `192.0.2.8` (TTL 60)",
            ],
        ),
        (
            &held("www 60 A 192.0.2.1\nx 60 A 192.0.2.8\ny 60 A 192.0.2.9\n"),
            &held("www 60 A 192.0.2.2\nx 60 A 192.0.2.8\ny 60 A 192.0.2.9\n"),
            &[
                "PLN01 the zone file is not as it was, in record sets that are not planned to change",
                "PLN02 what `a` holds is not as it was, in record sets that are not planned to change",
            ],
        ),
        (
            &held("www 60 A 192.0.2.1\nx 60 A 192.0.2.8\ny 60 A 192.0.2.9\n"),
            &held("www 60 A 192.0.2.2\nx 60 A 192.0.2.8\ny 60 A 192.0.2.10\n"),
            &[
                "PLN01 the zone file is not as it was, in record sets that are not planned to change",
                "PLN02 `y A` is `192.0.2.9` (TTL 60) at `a` and `192.0.2.10` (TTL 60) in the zone file now, and was the same in both",
            ],
        ),
    ] {
        assert_eq!(
            moved(then, (current, desired)),
            expected,
            "{current:?}\n{desired:?}"
        );
    }
}

#[test]
fn ten_are_named_and_the_rest_is_counted() {
    let many = |n: usize| -> Zone {
        let lines: Vec<String> = (0..n).map(|i| format!("h{i} 60 A 192.0.2.1\n")).collect();
        zone(&lines.concat())
    };
    let (none, some) = (many(0), many(14));
    let said = moved((&none, &none), (&some, &none));
    assert_eq!(said.len(), 11, "{said:#?}");
    assert_eq!(said[10], "PLN02 and 4 more record sets at `a`");
    let said = moved((&none, &none), (&none, &some));
    assert_eq!(said.len(), 11, "{said:#?}");
    assert_eq!(said[10], "PLN01 and 4 more record sets of the file");
}

#[test]
fn other_settings_are_told_from_other_records() {
    let (current, desired) = (zone("x 60 A 192.0.2.1\n"), zone(""));
    let mut zone = saved(&current, &desired);
    zone.providers.truncate(1);
    let mut fresh = Now {
        plan: zone.providers[0].clone(),
        current: Some(&current),
        desired: &desired,
    };
    fresh.plan.body.clear();
    let findings = zone.moved(&desired, &[fresh]);
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(
        (findings[0].code, findings[0].name.as_deref()),
        ("PLN03", Some("x.example.com."))
    );
}

#[test]
fn a_zone_that_came_or_went_is_said_once() {
    let (current, desired) = (zone(""), zone("www 60 A 192.0.2.1\n"));
    let zone = saved(&current, &desired);
    let fresh = Now {
        plan: SavedProvider {
            base: None,
            ..zone.providers[0].clone()
        },
        current: None,
        desired: &desired,
    };
    let findings = zone.moved(&desired, &[fresh]);
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0].message, "`a` had the zone, and lacks it now");
}

#[test]
fn who_follows_others_has_nothing_to_change_and_follows_the_same_ones() {
    let desired = zone("www 60 A 192.0.2.1\n");
    let following = |from: &[&str]| {
        let from = from.iter().map(ToString::to_string).collect();
        let plan = ProviderPlan::follows("s", "secondary", from);
        SavedProvider::of(&plan, None, &rules()).expect("nothing unknown")
    };
    let saved = SavedZone::new(&desired, "z", vec![following(&["b", "a"])], Vec::new());
    assert_eq!(saved.providers[0].follows, ["a", "b"]);
    for (from, expected) in [(&["a", "b"][..], None), (&["a"], Some("PLN03"))] {
        let now = Now {
            plan: following(from),
            current: None,
            desired: &desired,
        };
        let findings = saved.moved(&desired, &[now]);
        assert_eq!(findings.first().map(|finding| finding.code), expected);
    }
}

#[test]
fn accounts_that_came_or_went_are_named() {
    let (current, desired) = (zone(""), zone("www 60 A 192.0.2.1\n"));
    let mut zone = saved(&current, &desired);
    zone.left_out = vec!["d".to_owned()];
    let codes = |accounts: &[(&str, &str)]| -> Vec<Option<String>> {
        let findings = zone.moved_accounts(accounts);
        findings
            .into_iter()
            .map(|finding| finding.provider)
            .collect()
    };
    let (a, b) = (("a", "embedded"), ("b", "embedded"));
    assert_eq!(codes(&[a, b]), [None; 0]);
    assert_eq!(codes(&[a, b, ("d", "embedded")]), [None; 0]);
    assert_eq!(codes(&[a, b, ("c", "embedded")]), [Some("c".to_owned())]);
    assert_eq!(codes(&[a]), [Some("b".to_owned())]);
    assert_eq!(codes(&[a, ("b", "powerdns")]), [Some("b".to_owned())]);
}

#[test]
fn what_is_no_plan_is_refused_with_the_place() {
    let good = SavedPlan::new(vec![saved(
        &zone("a 60 A 192.0.2.1\n"),
        &zone("a 60 A 192.0.2.2\nb 60 A 192.0.2.2\n"),
    )])
    .to_json();
    let edited = |from: &str, to: &str| {
        assert!(good.contains(from), "{from} is not in {good}");
        good.replacen(from, to, 1)
    };
    for (text, phrase) in [
        (String::new(), "not a saved plan: EOF"),
        ("[]".to_owned(), "not a saved plan"),
        (good[..good.len() / 2].to_owned(), "not a saved plan: EOF"),
        (
            edited("\"version\": 1", "\"version\": 2"),
            "version 2; this program knows version 1",
        ),
        (edited("\"version\": 1", "\"version\": 0"), "no version 0"),
        (
            edited("\"version\": 1", "\"version\": 1, \"x\\u001by\": 1"),
            "unknown field `x?y`",
        ),
        (edited("\"file\"", "\"files\""), "unknown field `files`"),
        (
            edited("\"action\": \"create\"", "\"action\": \"delete\""),
            "`before` and `after` say `create`",
        ),
        (
            edited("\"a.example.com.\"", "\"a.example.net.\""),
            "providers[0]: changes[0]: `a.example.net.` is not in the zone",
        ),
        (edited("\"a.example.com.\"", "\"a\""), "no absolute name"),
        (
            edited("\"b.example.com.\"", "\"A.example.com.\""),
            "`a.example.com. A` is changed twice",
        ),
        (
            edited("\"type\": \"A\"", "\"type\": \"ANY\""),
            "no type of a zone's records",
        ),
        (
            edited("\"type\": \"A\"", "\"type\": \"B\""),
            "`B` is no record type",
        ),
        (
            edited("\"192.0.2.1\"", "\"192.0.2\""),
            "rdata[0]: `192.0.2` is no data of type A",
        ),
        (edited("\"192.0.2.1\"", ""), "without records"),
        (
            edited("\"id\": \"a\"", "\"id\": \"b\""),
            "`b` stands there twice",
        ),
        (edited("\"id\": \"a\"", "\"id\": \"\""), "no plain word"),
        (
            edited("\"desired\": \"sha256:", "\"desired\": \"sha1:"),
            "64 hexadecimal digits",
        ),
    ] {
        let error = SavedPlan::read(text.as_bytes()).expect_err(phrase);
        assert!(error.message.contains(phrase), "{phrase}: {error}");
    }
}
