//! What only DigitalOcean has: numbered records that are written one by one, and pages by link.

use std::fmt::Write;
use std::sync::Arc;

use libtest_mimic::Trial;
use redundns::plan::Change;
use redundns::provider::{ErrorKind, Provider, Snapshot};
use redundns::zone::{Name, RecordKey, RecordSet, RecordType, rdata};

use crate::case::wait;
use crate::fakes::Fake;
use crate::fakes::clock::Clock;
use crate::fakes::digitalocean::VENDOR;
use crate::vendors::{self, SPEED, prepare};

const ZONE: &str = "own.example";

/// What is tried with it alone.
pub(super) fn trials() -> Vec<Trial> {
    let trials: [(&str, fn()); 4] = [
        ("edits_the_fewest_records", edits_the_fewest_records),
        (
            "does_not_say_that_half_a_set_is_made",
            does_not_say_that_half_a_set_is_made,
        ),
        (
            "refuses_what_it_would_not_keep",
            refuses_what_it_would_not_keep,
        ),
        ("reads_zones_of_several_pages", reads_zones_of_several_pages),
    ];
    let trial = |(name, check): (&str, fn())| {
        Trial::test(format!("digitalocean::{name}"), move || {
            check();
            Ok(())
        })
    };
    trials.map(trial).into()
}

fn start() -> (Fake, Arc<dyn Provider>, Name) {
    let fake = Fake::start(&VENDOR, Clock::times(SPEED));
    prepare(&VENDOR, &fake, &format!("{ZONE}."));
    let provider = vendors::provider(&VENDOR, &fake.http().endpoint());
    (fake, provider, Name::absolute(ZONE).expect("a name"))
}

fn key(owner: &str, rtype: RecordType) -> RecordKey {
    RecordKey {
        owner: Name::absolute(&format!("{owner}.{ZONE}")).expect("a name"),
        rtype,
    }
}

fn set(rtype: RecordType, ttl: u32, contents: &[&str]) -> RecordSet {
    let data = contents.iter().map(|text| {
        let data = rdata::from_text(rtype, text, None);
        data.expect("data").into()
    });
    RecordSet::new(ttl, data.collect())
}

fn replace(base: &Snapshot, owner: &str, ttl: u32, addresses: &[&str]) -> Change {
    let key = key(owner, RecordType::A);
    let before = base.zone.get(key.owner.borrow(), key.rtype);
    Change::Replace {
        before: before.expect("a set").to_record_set(),
        after: set(RecordType::A, ttl, addresses),
        key,
    }
}

fn edits_the_fewest_records() {
    let (fake, provider, origin) = start();
    for (ttl, addresses, expected) in [
        (300, &["192.0.2.10", "192.0.2.12"][..], &["PUT"][..]),
        (300, &["192.0.2.12"], &["DELETE"]),
        (600, &["192.0.2.12"], &["PUT"]),
        (
            600,
            &["192.0.2.12", "192.0.2.13", "192.0.2.14"],
            &["POST", "POST"],
        ),
        (600, &["192.0.2.15"], &["PUT", "DELETE", "DELETE"]),
    ] {
        let base = wait(provider.fetch(&origin)).expect("a zone");
        fake.http().take_log();
        let change = replace(&base, "www", ttl, addresses);
        wait(provider.apply(&origin, &[change], &base)).expect("a change");
        let log = fake.http().take_log().into_iter();
        let methods: Vec<String> = log.map(|seen| seen.request.method).collect();
        assert_eq!(methods, expected, "{addresses:?}");
    }
}

fn does_not_say_that_half_a_set_is_made() {
    let (_fake, provider, origin) = start();
    let base = wait(provider.fetch(&origin)).expect("a zone");
    let long = "x".repeat(255);
    let long = format!("\"{long}\" \"{long}\"");
    let address = Change::Create {
        key: key("new", RecordType::A),
        after: set(RecordType::A, 300, &["192.0.2.1"]),
    };
    let texts = Change::Create {
        key: key("texts", RecordType::TXT),
        after: set(RecordType::TXT, 300, &["\"short\"", &long]),
    };
    let changes = [address.clone(), texts];
    let error = wait(provider.apply(&origin, &changes, &base)).expect_err("a refusal");
    assert_eq!((error.kind, error.applied), (ErrorKind::Rejected, None));
    assert!(error.message.contains("texts.own.example. TXT"), "{error}");
    let alone = Change::Create {
        key: key("long", RecordType::TXT),
        after: set(RecordType::TXT, 300, &[&long]),
    };
    let base = wait(provider.fetch(&origin)).expect("the zone again");
    let changes = [replace(&base, "www", 600, &["192.0.2.1"]), alone];
    let error = wait(provider.apply(&origin, &changes, &base)).expect_err("a refusal");
    assert_eq!((error.kind, error.applied), (ErrorKind::Rejected, Some(1)));
}

fn refuses_what_it_would_not_keep() {
    let (fake, provider, origin) = start();
    let base = wait(provider.fetch(&origin)).expect("a zone");
    fake.http().take_log();
    for (rtype, text) in [
        (RecordType::MX, "0 ."),
        (RecordType::TXT, r#""back\\slash""#),
        (RecordType::CAA, r#"0 issue ";""#),
    ] {
        let change = Change::Create {
            key: key("new", rtype),
            after: set(rtype, 300, &[text]),
        };
        let error = wait(provider.apply(&origin, &[change], &base)).expect_err("a refusal");
        assert_eq!((error.kind, error.applied), (ErrorKind::Rejected, Some(0)));
    }
    assert!(fake.http().take_log().is_empty(), "it asked");
}

fn reads_zones_of_several_pages() {
    let (fake, provider, _) = start();
    let origin = Name::absolute("large.example").expect("a name");
    let mut text = "@ 300 IN SOA a. b. 1 2 3 4 5\n@ 300 IN NS ns.example.net.\n".to_owned();
    for index in 0..450 {
        let _ = writeln!(text, "n{index} 300 IN A 192.0.2.1");
    }
    fake.add("large.example", &text);
    fake.http().take_log();
    let held = wait(provider.fetch(&origin)).expect("a zone");
    assert_eq!(held.zone.len(), 451);
    assert_eq!(fake.http().take_log().len(), 3);
}
