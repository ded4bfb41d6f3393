//! What only `DNSimple` has: features of plans, records that answer with something else, zones that are switched off.

use std::path::Path;
use std::sync::Arc;

use libtest_mimic::Trial;
use redundns::adapters::adapter;
use redundns::plan::{Change, apply};
use redundns::provider::{ErrorKind, Provider, ProviderError, Snapshot};
use redundns::zone::{Name, RecordKey, RecordSet, RecordType, rdata};
use serde_json::{Value, json};

use crate::bed::connect;
use crate::case::wait;
use crate::fakes::Fake;
use crate::fakes::clock::Clock;
use crate::fakes::dnsimple::{SOLO, VENDOR};
use crate::fakes::http::Request;
use crate::vendors::{self, SPEED, account, prepare};

const ZONE: &str = "own.example";
const PATH: &str = "/v2/731/zones/own.example";

/// What is tried with it alone.
pub(super) fn trials() -> Vec<Trial> {
    let trials: [(&str, fn()); 5] = [
        ("says_what_the_plan_lacks", says_what_the_plan_lacks),
        (
            "goes_record_by_record_on_a_small_plan",
            goes_record_by_record_on_a_small_plan,
        ),
        (
            "leaves_alone_what_no_zone_file_can_express",
            leaves_alone_what_no_zone_file_can_express,
        ),
        (
            "says_that_a_zone_is_switched_off",
            says_that_a_zone_is_switched_off,
        ),
        (
            "names_the_set_that_spoils_a_batch",
            names_the_set_that_spoils_a_batch,
        ),
    ];
    let trial = |(name, check): (&str, fn())| {
        Trial::test(format!("dnsimple::{name}"), move || {
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

fn set(rtype: RecordType, ttl: u32, contents: &[&str]) -> RecordSet {
    let data = contents.iter().map(|content| {
        let data = rdata::from_text(rtype, content, Some(origin().borrow()));
        data.expect("data").into()
    });
    RecordSet::new(ttl, data.collect())
}

fn create(owner: &str, address: &str) -> Change {
    Change::Create {
        key: key(owner, RecordType::A),
        after: set(RecordType::A, 300, &[address]),
    }
}

fn replace(base: &Snapshot, owner: &str, rtype: RecordType, after: RecordSet) -> Change {
    let key = key(owner, rtype);
    let before = base.zone.get(key.owner.borrow(), rtype);
    let before = before.expect("a set").to_record_set();
    Change::Replace { key, before, after }
}

fn started() -> Fake {
    let fake = Fake::start(&VENDOR, Clock::times(SPEED));
    prepare(&VENDOR, &fake, "own.example.");
    fake
}

fn provider(fake: &Fake) -> Arc<dyn Provider> {
    vendors::provider(&VENDOR, &fake.http().endpoint())
}

/// The same zone in an account of the smallest plan.
fn on_a_small_plan(fake: &Fake) -> Arc<dyn Provider> {
    let mut account = account(&VENDOR, &fake.http().endpoint());
    account.text = account.text.replace("731", SOLO);
    let adapter = adapter("dnsimple").expect("a registered adapter");
    connect(adapter, Path::new("."), &account)
}

fn read(provider: &dyn Provider) -> Snapshot {
    wait(provider.fetch(&origin())).expect("a zone")
}

fn refused(provider: &dyn Provider, changes: &[Change], base: &Snapshot) -> ProviderError {
    wait(provider.apply(&origin(), changes, base)).expect_err("a refusal")
}

/// Asks the fake as somebody else would.
fn ask(fake: &Fake, method: &str, path: &str, body: &Value) {
    let mut request = Request::new(method, path, &body.to_string());
    (VENDOR.sign)(&mut request);
    let answer = fake.ask(&request);
    let said = String::from_utf8_lossy(&answer.body).into_owned();
    assert!(answer.status < 300, "{} {said}", answer.status);
}

fn says_what_the_plan_lacks() {
    let fake = started();
    let provider: &dyn Provider = &*on_a_small_plan(&fake);
    let base = read(provider);
    let servers = set(RecordType::NS, 3600, &["ns1", "ns2", "ns.other.example."]);
    let change = replace(&base, "@", RecordType::NS, servers);
    let error = refused(provider, &[create("new", "192.0.2.20"), change], &base);
    assert_eq!((error.kind, error.applied), (ErrorKind::Rejected, Some(1)));
    assert!(error.message.contains("name server sets"), "{error}");
    assert!(error.hint.expect("a hint").contains("apex_ns"));
    // Nor does any plan take another TTL; that is seen before anything is written.
    let servers = set(RecordType::NS, 300, &["ns1", "ns2"]);
    let change = replace(&base, "@", RecordType::NS, servers);
    fake.http().take_log();
    let error = refused(provider, &[create("other", "192.0.2.20"), change], &base);
    assert_eq!((error.kind, error.applied), (ErrorKind::Rejected, Some(0)));
    assert!(error.message.contains("3600"), "{error}");
    assert!(fake.http().take_log().is_empty());
}

fn goes_record_by_record_on_a_small_plan() {
    let fake = started();
    let provider: &dyn Provider = &*on_a_small_plan(&fake);
    let base = read(provider);
    let www = set(
        RecordType::A,
        600,
        &["192.0.2.11", "192.0.2.12", "192.0.2.13"],
    );
    let changes = [
        create("new", "192.0.2.20"),
        replace(&base, "www", RecordType::A, www),
        create("newer", "192.0.2.21"),
    ];
    fake.http().take_log();
    wait(provider.apply(&origin(), &changes, &base)).expect("the changes");
    let statuses = |fake: &Fake| -> Vec<u16> {
        let log = fake.http().take_log();
        log.iter().map(|exchange| exchange.answer.status).collect()
    };
    assert_eq!(
        statuses(&fake),
        [412, 201, 200, 200, 201, 201],
        "one batch, then no more"
    );
    let after = read(provider);
    assert_eq!(after.zone, apply(&base.zone, &changes));
    let (owner, _) = VENDOR.refused.expect("one that is refused");
    let changes = [
        create("one", "192.0.2.1"),
        create("two", "192.0.2.2"),
        create(owner, "192.0.2.3"),
        create("four", "192.0.2.4"),
    ];
    let error = refused(provider, &changes, &after);
    assert_eq!((error.kind, error.applied), (ErrorKind::Rejected, Some(2)));
    assert_eq!(read(provider).zone, apply(&after.zone, &changes[..2]));
}

fn leaves_alone_what_no_zone_file_can_express() {
    let fake = started();
    let records = format!("{PATH}/records");
    for (name, rtype, content, regions) in [
        ("alias4", "ALIAS", "example.net", json!(["global"])),
        ("go", "URL", "https://example.net/", json!(["global"])),
        ("pool", "POOL", "a.example.net", json!(["global"])),
        ("near", "A", "192.0.2.50", json!(["SV1", "IAD"])),
    ] {
        let body = json!({ "name": name, "type": rtype, "content": content, "regions": regions });
        ask(&fake, "POST", &records, &body);
    }
    let provider: &dyn Provider = &*provider(&fake);
    let base = read(provider);
    let opaque: Vec<String> = base
        .opaque
        .iter()
        .map(|opaque| opaque.key.to_string())
        .collect();
    let expected = [
        "alias4.own.example. A",
        "alias4.own.example. AAAA",
        "go.own.example. A",
        "go.own.example. AAAA",
        "near.own.example. A",
        "pool.own.example. CNAME",
    ];
    assert_eq!(opaque, expected);
    for opaque in &base.opaque {
        let shown = base.zone.get(opaque.key.owner.borrow(), opaque.key.rtype);
        assert!(shown.is_none(), "{}", opaque.key);
    }
}

fn says_that_a_zone_is_switched_off() {
    let fake = started();
    ask(&fake, "DELETE", &format!("{PATH}/activation"), &Value::Null);
    let provider: &dyn Provider = &*provider(&fake);
    let base = read(provider);
    fake.http().take_log();
    let error = refused(provider, &[create("new", "192.0.2.20")], &base);
    assert_eq!((error.kind, error.applied), (ErrorKind::Rejected, Some(0)));
    assert!(error.message.contains("switched off"), "{error}");
    assert!(fake.http().take_log().is_empty(), "something was written");
    ask(&fake, "PUT", &format!("{PATH}/activation"), &Value::Null);
    let base = read(provider);
    wait(provider.apply(&origin(), &[create("new", "192.0.2.20")], &base)).expect("a change");
}

fn names_the_set_that_spoils_a_batch() {
    let fake = started();
    let provider: &dyn Provider = &*provider(&fake);
    let base = read(provider);
    let (owner, _) = VENDOR.refused.expect("one that is refused");
    let changes = [create("one", "192.0.2.1"), create(owner, "192.0.2.3")];
    fake.http().take_log();
    let error = refused(provider, &changes, &base);
    assert_eq!(fake.http().take_log().len(), 1, "one batch");
    assert_eq!((error.kind, error.applied), (ErrorKind::Rejected, Some(0)));
    assert!(
        error.message.starts_with("`not\\032here.own.example. A`"),
        "{error}"
    );
    assert_eq!(read(provider).zone, base.zone);
}
