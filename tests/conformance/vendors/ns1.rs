//! What only NS1 has: filter chains, links and aliases, metadata of answers, pages by link, zones that follow others.

use std::fmt::Write;
use std::sync::Arc;

use libtest_mimic::Trial;
use redundns::plan::Change;
use redundns::provider::{ErrorKind, Provider, Snapshot};
use redundns::zone::{Name, RecordKey, RecordSet, RecordType, rdata};
use serde_json::{Value, json};

use crate::case::wait;
use crate::fakes::Fake;
use crate::fakes::clock::Clock;
use crate::fakes::http::Request;
use crate::fakes::ns1::VENDOR;
use crate::vendors::{self, SPEED, prepare};

const ZONE: &str = "own.example";

/// What is tried with it alone.
pub(super) fn trials() -> Vec<Trial> {
    let trials: [(&str, fn()); 6] = [
        (
            "leaves_alone_what_no_zone_file_can_express",
            leaves_alone_what_no_zone_file_can_express,
        ),
        (
            "overwrites_no_link_that_came_meanwhile",
            overwrites_no_link_that_came_meanwhile,
        ),
        ("keeps_metadata", keeps_metadata),
        ("changes_a_ttl_in_one_call", changes_a_ttl_in_one_call),
        ("reads_zones_of_several_pages", reads_zones_of_several_pages),
        (
            "says_whose_records_a_zone_has",
            says_whose_records_a_zone_has,
        ),
    ];
    let trial = |(name, check): (&str, fn())| {
        Trial::test(format!("ns1::{name}"), move || {
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

/// Asks the fake as somebody else would.
fn ask(fake: &Fake, method: &str, record: &str, body: &Value) -> Value {
    let path = format!("/v1/zones/{ZONE}/{record}");
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let mut request = Request::new(method, &path, &body);
    (VENDOR.sign)(&mut request);
    let answer = fake.ask(&request);
    let said = String::from_utf8_lossy(&answer.body).into_owned();
    assert_eq!(answer.status, 200, "{said}");
    serde_json::from_str(&said).expect("JSON")
}

fn replace(base: &Snapshot, owner: &str, ttl: u32, addresses: &[&str]) -> Change {
    let key = RecordKey {
        owner: Name::absolute(&format!("{owner}.{ZONE}")).expect("a name"),
        rtype: RecordType::A,
    };
    let before = base.zone.get(key.owner.borrow(), key.rtype);
    let data = addresses.iter().map(|text| {
        let data = rdata::from_text(RecordType::A, text, None);
        data.expect("an address").into()
    });
    Change::Replace {
        before: before.expect("a set").to_record_set(),
        after: RecordSet::new(ttl, data.collect()),
        key,
    }
}

fn leaves_alone_what_no_zone_file_can_express() {
    let (fake, provider, origin) = start();
    let before = wait(provider.fetch(&origin)).expect("a zone");
    assert!(before.opaque.is_empty());
    let filtered = json!({
        "ttl": 30, "filters": [{ "filter": "up", "config": {} }],
        "answers": [{ "answer": ["192.0.2.50"], "meta": { "up": true } }, { "answer": ["192.0.2.51"] }],
    });
    ask(&fake, "PUT", "geo.own.example/A", &filtered);
    let linked = json!({ "link": "www.own.example", "answers": [] });
    ask(&fake, "PUT", "same.own.example/A", &linked);
    let alias = json!({ "answers": [{ "answer": ["lb.example.net"] }] });
    ask(&fake, "PUT", "top.own.example/ALIAS", &alias);
    let base = wait(provider.fetch(&origin)).expect("a zone");
    assert_eq!(base.zone, before.zone);
    let seen: Vec<String> = base
        .opaque
        .iter()
        .map(|opaque| format!("{}: {}", opaque.key, opaque.what))
        .collect();
    assert_eq!(
        seen,
        [
            "geo.own.example. A: answered through a filter chain",
            "same.own.example. A: a link to the record `www.own.example`",
            "top.own.example. A: an alias of `lb.example.net`",
            "top.own.example. AAAA: an alias of `lb.example.net`",
        ]
    );
    // One that got its chain after it was read is not overwritten either.
    let chain = json!({ "filters": [{ "filter": "up", "config": {} }] });
    ask(&fake, "POST", "www.own.example/A", &chain);
    let change = replace(&base, "www", 300, &["192.0.2.99"]);
    let error = wait(provider.apply(&origin, &[change], &base)).expect_err("a refusal");
    assert_eq!((error.kind, error.applied), (ErrorKind::Conflict, Some(0)));
    assert!(error.message.contains("filter chain"), "{error}");
    let now = ask(&fake, "GET", "www.own.example/A", &Value::Null);
    assert_eq!(now["answers"].as_array().map(Vec::len), Some(2));
}

fn overwrites_no_link_that_came_meanwhile() {
    let (fake, provider, origin) = start();
    let base = wait(provider.fetch(&origin)).expect("a zone");
    let new = RecordKey {
        owner: Name::absolute(&format!("new.{ZONE}")).expect("a name"),
        rtype: RecordType::A,
    };
    let Change::Replace { after, .. } = replace(&base, "www", 300, &["192.0.2.99"]) else {
        unreachable!("as it was made");
    };
    let changes = [
        Change::Create { key: new, after },
        replace(&base, "www", 300, &["192.0.2.99"]),
        replace(&base, "ns1", 3600, &["192.0.2.98"]),
    ];
    ask(&fake, "DELETE", "www.own.example/A", &Value::Null);
    let link = json!({ "link": "ns1.own.example", "answers": [] });
    ask(&fake, "PUT", "www.own.example/A", &link);
    let error = wait(provider.apply(&origin, &changes, &base)).expect_err("a refusal");
    // The first is made, and nothing after the refusal is tried.
    assert_eq!((error.kind, error.applied), (ErrorKind::Conflict, Some(1)));
    for part in ["`www.own.example. A`", "link"] {
        assert!(error.message.contains(part), "{error}");
    }
    let now = |name: &str| ask(&fake, "GET", &format!("{name}.own.example/A"), &Value::Null);
    assert_eq!(now("www")["link"], "ns1.own.example");
    assert_eq!(now("new")["answers"][0]["answer"][0], "192.0.2.99");
    assert_eq!(now("ns1")["answers"][0]["answer"][0], "192.0.2.1");
}

fn keeps_metadata() {
    let (fake, provider, origin) = start();
    let noted = json!({ "answers": [
        { "answer": ["192.0.2.10"], "meta": { "note": "rack 4" } }, { "answer": ["192.0.2.11"] },
    ] });
    ask(&fake, "POST", "www.own.example/A", &noted);
    let base = wait(provider.fetch(&origin)).expect("a zone");
    let change = replace(&base, "www", 600, &["192.0.2.10", "192.0.2.12"]);
    wait(provider.apply(&origin, &[change], &base)).expect("a change");
    let now = ask(&fake, "GET", "www.own.example/A", &Value::Null);
    assert_eq!(now["ttl"], 600);
    let answers = now["answers"].as_array().expect("answers");
    let of = |address: &str| {
        let mut found = answers.iter();
        let found = found.find(|answer| answer["answer"][0] == address);
        found.unwrap_or_else(|| panic!("{address} in {now}"))
    };
    assert_eq!(of("192.0.2.10")["meta"]["note"], "rack 4");
    assert!(of("192.0.2.12")["meta"].is_null());
    assert_eq!(answers.len(), 2);
}

fn changes_a_ttl_in_one_call() {
    let (fake, provider, origin) = start();
    let base = wait(provider.fetch(&origin)).expect("a zone");
    fake.http().take_log();
    let change = replace(&base, "www", 600, &["192.0.2.10", "192.0.2.11"]);
    wait(provider.apply(&origin, &[change], &base)).expect("a change");
    let log = fake.http().take_log();
    assert_eq!(log.len(), 1);
    let body = log[0].request.json().expect("JSON");
    assert_eq!(body["ttl"], 600);
    assert!(body["answers"].is_null(), "{body}");
}

fn reads_zones_of_several_pages() {
    let (fake, provider, _) = start();
    let origin = Name::absolute("large.example").expect("a name");
    let mut text = "@ 300 IN SOA a. b. 1 2 3 4 5\n@ 300 IN NS ns.example.net.\n".to_owned();
    for index in 0..5100 {
        let _ = writeln!(text, "n{index} 300 IN A 192.0.2.1");
    }
    fake.add("large.example", &text);
    fake.http().take_log();
    let held = wait(provider.fetch(&origin)).expect("a zone");
    assert_eq!(held.zone.len(), 5101);
    assert_eq!(fake.http().take_log().len(), 3);
}

fn says_whose_records_a_zone_has() {
    let (fake, provider, own) = start();
    for (name, part) in [
        ("secondary.example", "follows"),
        ("linked.example", "linked"),
    ] {
        fake.add(
            name,
            "@ 300 IN SOA a. b. 1 2 3 4 5\n@ 300 IN NS ns.example.net.\n",
        );
        let origin = Name::absolute(name).expect("a name");
        let error = wait(provider.fetch(&origin)).err().expect("a refusal");
        assert_eq!(error.kind, ErrorKind::Rejected, "{error}");
        assert!(error.message.contains(part), "{error}");
    }
    let lists = provider.lists_zones().expect("the ability");
    assert_eq!(wait(lists.list_zones()).expect("zones"), [own]);
}
