//! What only Scaleway has: records that answer with something else, comments, zones that are pending, and values that
//! would be changed without a word.

use libtest_mimic::Trial;
use redundns::plan::Change;
use redundns::provider::{ErrorKind, Provider, ProviderError, Snapshot};
use redundns::zone::{Name, RecordKey, RecordSet, RecordType, rdata};
use serde_json::{Value, json};

use crate::case::wait;
use crate::fakes::Fake;
use crate::fakes::clock::Clock;
use crate::fakes::http::Request;
use crate::fakes::scaleway::VENDOR;
use crate::vendors::{self, SPEED, prepare};

const ZONE: &str = "own.example";
const RECORDS: &str = "/domain/v2beta1/dns-zones/own.example/records";

/// What is tried with it alone.
pub(super) fn trials() -> Vec<Trial> {
    let trials: [(&str, fn()); 6] = [
        (
            "leaves_alone_what_no_zone_file_can_express",
            leaves_alone_what_no_zone_file_can_express,
        ),
        ("keeps_comments", keeps_comments),
        (
            "sends_nothing_that_would_be_changed_without_a_word",
            sends_nothing_that_would_be_changed_without_a_word,
        ),
        ("waits_until_it_is_published", waits_until_it_is_published),
        (
            "makes_zones_below_its_domains_alone",
            makes_zones_below_its_domains_alone,
        ),
        ("reads_zones_of_several_pages", reads_zones_of_several_pages),
    ];
    let trial = |(name, check): (&str, fn())| {
        Trial::test(format!("scaleway::{name}"), move || {
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

fn set(rtype: RecordType, ttl: u32, texts: &[&str]) -> RecordSet {
    let data = texts.iter().map(|text| {
        let data = rdata::from_text(rtype, text, None).expect("data in a trial");
        data.into_boxed_slice()
    });
    RecordSet::new(ttl, data.collect())
}

/// A fake with the zone, and the provider at it.
fn bench(clock: Clock) -> (Fake, std::sync::Arc<dyn Provider>) {
    let fake = Fake::start(&VENDOR, clock);
    prepare(&VENDOR, &fake, "own.example.");
    let provider = vendors::provider(&VENDOR, &fake.http().endpoint());
    (fake, provider)
}

/// Asks the fake as somebody else would.
fn ask(fake: &Fake, method: &str, body: &Value) -> Value {
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let mut request = Request::new(method, &format!("{RECORDS}?page_size=1000"), &body);
    (VENDOR.sign)(&mut request);
    let answer = fake.ask(&request);
    let said = String::from_utf8_lossy(&answer.body).into_owned();
    assert_eq!(answer.status, 200, "{said}");
    serde_json::from_str(&said).expect("JSON")
}

fn fetch(provider: &dyn Provider) -> Snapshot {
    wait(provider.fetch(&origin())).unwrap_or_else(|error| panic!("{error}"))
}

fn apply(provider: &dyn Provider, change: Change, base: &Snapshot) -> Result<(), ProviderError> {
    wait(provider.apply(&origin(), &[change], base))
}

fn replace(base: &Snapshot, key: RecordKey, after: RecordSet) -> Change {
    let before = base
        .zone
        .get(key.owner.borrow(), key.rtype)
        .expect("the set");
    Change::Replace {
        before: before.to_record_set(),
        key,
        after,
    }
}

fn leaves_alone_what_no_zone_file_can_express() {
    let (fake, provider) = bench(Clock::times(SPEED));
    let address = |name: &str, config: &str, value: Value| json!({ "name": name, "type": "A", "ttl": 300, "data": "192.0.2.50", config: value });
    let records = [
        address(
            "place",
            "geo_ip_config",
            json!({ "matches": [], "default": "192.0.2.50" }),
        ),
        address("weight", "weighted_config", json!({ "weighted_ips": [] })),
        address(
            "health",
            "http_service_config",
            json!({ "ips": [], "url": "https://a.example" }),
        ),
        address("view", "view_config", json!({ "views": [] })),
        json!({ "name": "", "type": "ALIAS", "ttl": 300, "data": "www.example.net." }),
    ];
    ask(
        &fake,
        "PATCH",
        &json!({ "changes": [{ "add": { "records": records } }] }),
    );
    let shown = |fake: &Fake| ask(fake, "GET", &Value::Null)["records"].clone();
    let before = shown(&fake);
    let base = fetch(&*provider);
    let opaque: Vec<&RecordKey> = base.opaque.iter().map(|opaque| &opaque.key).collect();
    let a = RecordType::A;
    let expected = [
        key("@", a),
        key("@", RecordType::AAAA),
        key("health", a),
        key("place", a),
        key("view", a),
        key("weight", a),
    ];
    assert_eq!(opaque, expected.iter().collect::<Vec<_>>());
    assert!(
        expected
            .iter()
            .all(|key| base.zone.get(key.owner.borrow(), key.rtype).is_none())
    );
    let kept = key("kept", RecordType::TXT);
    let after = set(RecordType::TXT, 600, &["\"other\""]);
    apply(&*provider, replace(&base, kept, after), &base).expect("the change");
    let dynamic = |records: &Value| {
        let names = ["", "place", "weight", "health", "view"];
        let records = records.as_array().expect("records").iter();
        let is_one = |record: &&Value| {
            names.iter().any(|name| record["name"] == *name) && record["type"] != "NS"
        };
        records.filter(is_one).cloned().collect::<Vec<Value>>()
    };
    assert_eq!(dynamic(&shown(&fake)), dynamic(&before));
    assert_eq!(dynamic(&before).len(), 5);
}

fn keeps_comments() {
    let (fake, provider) = bench(Clock::times(SPEED));
    let noted = |data: &str, why: &str| json!({ "name": "noted", "type": "A", "ttl": 300, "data": data, "comment": why });
    let records = [noted("192.0.2.60", "stays"), noted("192.0.2.61", "goes")];
    ask(
        &fake,
        "PATCH",
        &json!({ "changes": [{ "add": { "records": records } }] }),
    );
    let base = fetch(&*provider);
    let after = set(RecordType::A, 600, &["192.0.2.60", "192.0.2.62"]);
    apply(
        &*provider,
        replace(&base, key("noted", RecordType::A), after),
        &base,
    )
    .expect("the change");
    let held = ask(&fake, "GET", &Value::Null);
    let comments: Vec<(String, Value)> = held["records"]
        .as_array()
        .expect("records")
        .iter()
        .filter(|record| record["name"] == "noted")
        .map(|record| (record["data"].to_string(), record["comment"].clone()))
        .collect();
    let expected = [
        ("\"192.0.2.60\"".to_owned(), json!("stays")),
        ("\"192.0.2.62\"".to_owned(), Value::Null),
    ];
    assert_eq!(comments, expected);
}

fn sends_nothing_that_would_be_changed_without_a_word() {
    let (fake, provider) = bench(Clock::times(SPEED));
    let base = fetch(&*provider);
    let text = RecordType::TXT;
    for (key, after, part) in [
        (
            key("a", text),
            set(text, 300, &["\"fine\"", "\"\""]),
            "at least one octet",
        ),
        (
            key("a", text),
            set(text, 300, &["\"trails \""]),
            "either end",
        ),
        (
            key("a", text),
            set(text, 300, &["\"\\195\\188\""]),
            "printable ASCII",
        ),
        (
            key("a", RecordType::NS),
            set(RecordType::NS, 1799, &["ns.example.net."]),
            "would become 1800",
        ),
        (
            key("a", RecordType::SVCB),
            set(RecordType::SVCB, 300, &["1 . key65333=\"a\\\"b\""]),
            "needs quotes",
        ),
    ] {
        fake.http().take_log();
        let change = Change::Create { key, after };
        let error = apply(&*provider, change, &base).expect_err("a refusal");
        assert_eq!(
            (error.kind, error.applied),
            (ErrorKind::Rejected, Some(0)),
            "{error}"
        );
        assert!(error.message.contains(part), "{error}");
        assert!(fake.http().take_log().is_empty(), "something was sent");
    }
}

fn waits_until_it_is_published() {
    let clock = Clock::times(0);
    let (fake, provider) = bench(clock.clone());
    let base = fetch(&*provider);
    fake.http().take_log();
    let change = Change::Create {
        key: key("new", RecordType::A),
        after: set(RecordType::A, 300, &["192.0.2.20"]),
    };
    let waiting = std::thread::spawn(move || apply(&*provider, change, &base));
    let mut asked = Vec::new();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while asked.len() < 3 {
        assert!(std::time::Instant::now() < deadline, "{asked:?}");
        asked.extend(
            fake.http()
                .take_log()
                .into_iter()
                .map(|seen| seen.request.method),
        );
        std::thread::park_timeout(std::time::Duration::from_millis(5));
    }
    assert_eq!(asked[..3], ["PATCH", "GET", "GET"]);
    assert!(!waiting.is_finished(), "the zone is pending");
    clock.advance(std::time::Duration::from_secs(7));
    waiting.join().expect("no panic").expect("the change");
}

fn makes_zones_below_its_domains_alone() {
    let (_fake, provider) = bench(Clock::times(SPEED));
    let creates = provider.creates_zones().expect("the ability");
    let other = redundns::zone::Zone::empty(Name::absolute("example.net").expect("a name"));
    let error = wait(creates.create_zone(&other)).expect_err("a refusal");
    assert_eq!(
        (error.kind, error.applied),
        (ErrorKind::Rejected, Some(0)),
        "{error}"
    );
    assert!(error.hint.expect("a hint").contains("external domain"));
    let read = wait(provider.fetch(other.origin())).err().expect("no zone");
    assert_eq!(
        read.kind,
        ErrorKind::NoSuchZone,
        "forbidden, and not there: {read}"
    );
}

fn reads_zones_of_several_pages() {
    let (fake, provider) = bench(Clock::times(SPEED));
    let mut text = "@ 3600 IN SOA a. b. 1 2 3 4 5\n@ 3600 IN NS ns0.dom.scw.cloud.\n".to_owned();
    for index in 0..2500 {
        text += &format!("n{index} 300 IN A 192.0.2.1\n");
    }
    fake.add("own.example.", &text);
    fake.http().take_log();
    assert_eq!(fetch(&*provider).zone.len(), 2501);
    assert_eq!(fake.http().take_log().len(), 3);
}
