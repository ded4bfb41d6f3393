//! What only Cloudflare has: records that answer with something else, a feature to switch on, pages by number.

use std::fmt::Write;

use libtest_mimic::Trial;
use redundns::plan::Change;
use redundns::provider::{ErrorKind, Provider};
use redundns::zone::{Name, RecordKey, RecordSet, RecordType, rdata};
use serde_json::{Value, json};

use crate::case::wait;
use crate::fakes::clock::Clock;
use crate::fakes::cloudflare::VENDOR;
use crate::fakes::http::Request;
use crate::fakes::{Fake, hexadecimal};
use crate::vendors::{self, SPEED, prepare};

const ZONE: &str = "own.example";

/// What is tried with it alone.
pub(super) fn trials() -> Vec<Trial> {
    let trials: [(&str, fn()); 3] = [
        (
            "leaves_alone_what_no_zone_file_can_express",
            leaves_alone_what_no_zone_file_can_express,
        ),
        (
            "says_what_has_to_be_switched_on",
            says_what_has_to_be_switched_on,
        ),
        ("reads_zones_of_several_pages", reads_zones_of_several_pages),
    ];
    let trial = |(name, check): (&str, fn())| {
        Trial::test(format!("cloudflare::{name}"), move || {
            check();
            Ok(())
        })
    };
    trials.map(trial).into()
}

fn origin() -> Name {
    Name::absolute(ZONE).expect("a name")
}

fn key(owner: &str, rtype: RecordType) -> RecordKey {
    let owner = Name::parse(owner.as_bytes(), Some(origin().borrow())).expect("a name");
    RecordKey { owner, rtype }
}

/// Asks the fake as somebody else would.
fn ask(fake: &Fake, method: &str, path: &str, body: &Value) -> Value {
    let path = format!("/client/v4{path}");
    let mut request = Request::new(method, &path, &body.to_string());
    (VENDOR.sign)(&mut request);
    let answer = fake.ask(&request);
    let said = String::from_utf8_lossy(&answer.body).into_owned();
    assert_eq!(answer.status, 200, "{said}");
    serde_json::from_str(&said).expect("JSON")
}

fn leaves_alone_what_no_zone_file_can_express() {
    let fake = Fake::start(&VENDOR, Clock::times(SPEED));
    prepare(&VENDOR, &fake, "own.example.");
    let records = format!("/zones/{}/dns_records", hexadecimal(ZONE));
    let name = |owner: &str| format!("{owner}.{ZONE}");
    let proxied =
        json!({ "type": "A", "name": name("cdn"), "content": "192.0.2.50", "proxied": true });
    let flat = json!({ "type": "CNAME", "name": name("flat"), "content": "example.net",
        "settings": { "flatten_cname": true } });
    let noted =
        json!({ "type": "A", "name": name("noted"), "content": "192.0.2.60", "comment": "why" });
    for record in [&proxied, &flat, &noted] {
        ask(&fake, "POST", &records, record);
    }
    let provider: &dyn Provider = &*vendors::provider(&VENDOR, &fake.http().endpoint());
    let base = wait(provider.fetch(&origin())).expect("a zone");
    let opaque: Vec<&RecordKey> = base.opaque.iter().map(|opaque| &opaque.key).collect();
    let expected = [key("cdn", RecordType::A), key("flat", RecordType::CNAME)];
    assert_eq!(opaque, expected.iter().collect::<Vec<_>>());
    let before = |key: &RecordKey| {
        let set = base.zone.get(key.owner.borrow(), key.rtype);
        set.map(|set| set.to_record_set())
    };
    assert!(expected.iter().all(|key| before(key).is_none()));
    let noted = key("noted", RecordType::A);
    let set = before(&noted).expect("the set");
    assert_eq!(set.ttl, 300, "an automatic one");
    let data = rdata::from_text(RecordType::A, "192.0.2.61", None).expect("an address");
    let change = Change::Replace {
        after: RecordSet::new(600, vec![data.into()]),
        before: set,
        key: noted,
    };
    wait(provider.apply(&origin(), &[change], &base)).expect("the change");
    let held = ask(&fake, "GET", &records, &Value::Null);
    let held = held["result"].as_array().expect("records");
    let called = |owner: &str| {
        let mut held = held.iter();
        held.find(|record| record["name"] == name(owner))
            .expect("the record")
    };
    assert_eq!(called("noted")["comment"], "why");
    assert_eq!(called("noted")["content"], "192.0.2.61");
    assert_eq!(called("cdn")["proxied"], true);
    assert_eq!(called("flat")["settings"]["flatten_cname"], true);
}

fn says_what_has_to_be_switched_on() {
    let fake = Fake::start(&VENDOR, Clock::times(SPEED));
    prepare(&VENDOR, &fake, "own.example.");
    let settings = format!("/zones/{}/dns_settings", hexadecimal(ZONE));
    ask(
        &fake,
        "PATCH",
        &settings,
        &json!({ "multi_provider": false }),
    );
    let provider: &dyn Provider = &*vendors::provider(&VENDOR, &fake.http().endpoint());
    let base = wait(provider.fetch(&origin())).expect("a zone");
    let key = key("@", RecordType::NS);
    let set = base
        .zone
        .get(key.owner.borrow(), key.rtype)
        .expect("its own");
    let before = set.to_record_set();
    assert_eq!(
        before.rdata.len(),
        VENDOR.nameservers.len(),
        "others are ignored"
    );
    let mut after = before.clone();
    let other = rdata::from_text(RecordType::NS, "ns.other.example.", None).expect("a name");
    after.rdata.push(other.into());
    let after = RecordSet::new(after.ttl, after.rdata);
    let change = Change::Replace { key, before, after };
    let error = wait(provider.apply(&origin(), &[change], &base)).expect_err("a refusal");
    assert_eq!((error.kind, error.applied), (ErrorKind::Rejected, Some(0)));
    let hint = error.hint.expect("a hint");
    assert!(
        hint.contains("multi_provider") && hint.contains(&settings),
        "{hint}"
    );
}

fn reads_zones_of_several_pages() {
    let fake = Fake::start(&VENDOR, Clock::times(SPEED));
    let mut text = "@ 300 IN SOA a. b. 1 2 3 4 5\n".to_owned();
    for server in VENDOR.nameservers {
        let _ = writeln!(text, "@ 300 IN NS {server}");
    }
    for index in 0..5100 {
        let _ = writeln!(text, "n{index} 300 IN A 192.0.2.1");
    }
    fake.add(ZONE, &text);
    let provider: &dyn Provider = &*vendors::provider(&VENDOR, &fake.http().endpoint());
    let held = wait(provider.fetch(&origin())).expect("a zone");
    assert_eq!(held.zone.len(), 5101);
    assert_eq!(fake.http().take_log().len(), 4, "zone, settings, two pages");
}
