//! What only OVH has: a copy of the zone that is written, and served later; types of its own; and a clock to sign by.

use std::sync::Arc;

use libtest_mimic::Trial;
use redundns::plan::{Change, apply};
use redundns::provider::{ErrorKind, Provider, ProviderError, Snapshot};
use redundns::zone::{Name, RecordKey, RecordSet, RecordType, Zone, rdata};
use serde_json::{Value, json};

use crate::bed::connect;
use crate::case::wait;
use crate::fakes::Fake;
use crate::fakes::clock::Clock;
use crate::fakes::http::{Answer, HttpServer, Request};
use crate::fakes::ovh::{VENDOR, WITHOUT_REFRESH};
use crate::vendors::{self, SPEED, account, prepare, unserved};

const ZONE: &str = "own.example";
const RECORDS: &str = "/1.0/domain/zone/own.example/record";

/// What is tried with it alone.
pub(super) fn trials() -> Vec<Trial> {
    let trials: [(&str, fn()); 9] = [
        (
            "takes_back_what_may_not_be_served",
            takes_back_what_may_not_be_served,
        ),
        (
            "takes_back_what_was_written_before_a_refusal",
            takes_back_what_was_written_before_a_refusal,
        ),
        (
            "leaves_alone_what_may_be_served_by_now",
            leaves_alone_what_may_be_served_by_now,
        ),
        (
            "says_what_it_cannot_take_back",
            says_what_it_cannot_take_back,
        ),
        ("refreshes_again_where_it_may", refreshes_again_where_it_may),
        (
            "serves_after_a_kill_what_is_written",
            unserved::serves_after_a_kill_what_is_written,
        ),
        (
            "serves_with_the_next_change_what_is_written",
            unserved::serves_with_the_next_change_what_is_written,
        ),
        ("reads_types_of_its_own", reads_types_of_its_own),
        (
            "reads_one_by_one_where_it_must",
            reads_one_by_one_where_it_must,
        ),
    ];
    let trial = |(name, check): (&str, fn())| {
        Trial::test(format!("ovh::{name}"), move || {
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

fn started() -> Arc<Fake> {
    let fake = Fake::start(&VENDOR, Clock::times(SPEED));
    prepare(&VENDOR, &fake, "own.example.");
    Arc::new(fake)
}

fn read(provider: &dyn Provider) -> Snapshot {
    wait(provider.fetch(&origin())).expect("a zone")
}

fn served(fake: &Fake) -> Zone {
    fake.store().get(&origin()).expect("the zone").zone()
}

/// Everything but the SOA, whose serial counts.
fn same(a: &Zone, b: &Zone) -> bool {
    let sets = |zone: &Zone| -> Vec<(RecordKey, RecordSet)> {
        let sets = zone.sets().filter(|set| set.key().rtype != RecordType::SOA);
        sets.map(|set| (set.key(), set.to_record_set())).collect()
    };
    sets(a) == sets(b)
}

/// A set that comes, one that becomes another, and one that goes.
fn changes(base: &Snapshot) -> Vec<Change> {
    let before = |key: &RecordKey| {
        let set = base.zone.get(key.owner.borrow(), key.rtype);
        set.expect("a set").to_record_set()
    };
    let (new, www) = (key("new", RecordType::A), key("www", RecordType::A));
    let alias = key("alias", RecordType::CNAME);
    vec![
        Change::Create {
            key: new,
            after: set(RecordType::A, 300, &["192.0.2.20"]),
        },
        Change::Replace {
            before: before(&www),
            after: set(
                RecordType::A,
                600,
                &["192.0.2.11", "192.0.2.12", "192.0.2.13"],
            ),
            key: www,
        },
        Change::Delete {
            before: before(&alias),
            key: alias,
        },
    ]
}

fn refused(provider: &dyn Provider, changes: &[Change], base: &Snapshot) -> ProviderError {
    wait(provider.apply(&origin(), changes, base)).expect_err("a refusal")
}

/// Asks the fake as somebody else would.
fn ask(fake: &Fake, method: &str, path: &str, body: &Value) -> Value {
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let mut request = Request::new(method, path, &body);
    (VENDOR.sign)(&mut request);
    let answer = fake.ask(&request);
    let said = String::from_utf8_lossy(&answer.body).into_owned();
    assert_eq!(answer.status, 200, "{said}");
    serde_json::from_str(&said).expect("JSON")
}

/// The fake behind something that answers some requests itself.
fn behind(
    fake: &Arc<Fake>,
    answers: impl Fn(&Request) -> Option<Answer> + Send + Sync + 'static,
) -> HttpServer {
    let fake = fake.clone();
    HttpServer::start(move |request| answers(request).unwrap_or_else(|| fake.ask(request)))
}

fn takes_back_what_may_not_be_served() {
    let fake = started();
    let before = served(&fake);
    let mut account = account(&VENDOR, &fake.http().endpoint());
    for secret in &mut account.secrets {
        if secret.0 == "consumer_key" {
            WITHOUT_REFRESH.clone_into(&mut secret.1);
        }
    }
    let adapter = redundns::adapters::adapter("ovh").expect("a registered adapter");
    let provider: &dyn Provider = &*connect(adapter, std::path::Path::new("."), &account);
    let base = read(provider);
    let changes = changes(&base);
    let error = refused(provider, &changes, &base);
    assert_eq!(
        (error.kind, error.applied),
        (ErrorKind::Unauthorized, Some(0)),
        "{error}"
    );
    assert!(error.message.contains("taken back"), "{error}");
    assert!(error.hint.expect("a hint").contains("consumer_key"));
    assert!(same(&read(provider).zone, &base.zone), "something is left");
    assert_eq!(served(&fake), before);
    // With the right key, all of it is planned and made again.
    let provider: &dyn Provider = &*vendors::provider(&VENDOR, &fake.http().endpoint());
    let base = read(provider);
    wait(provider.apply(&origin(), &changes, &base)).expect("the changes");
    assert!(same(&served(&fake), &apply(&base.zone, &changes)));
}

fn takes_back_what_was_written_before_a_refusal() {
    let fake = started();
    let before = served(&fake);
    let provider: &dyn Provider = &*vendors::provider(&VENDOR, &fake.http().endpoint());
    let base = read(provider);
    let mut changes = changes(&base);
    let (owner, _) = VENDOR.refused.expect("one that is refused");
    changes.push(Change::Create {
        key: key(owner, RecordType::A),
        after: set(RecordType::A, 300, &["127.0.0.2"]),
    });
    let error = refused(provider, &changes, &base);
    assert_eq!((error.kind, error.applied), (ErrorKind::Rejected, Some(0)));
    assert!(
        error.message.contains("`127._spf.own.example. A`"),
        "{error}"
    );
    assert!(error.message.contains("underscore"), "{error}");
    assert!(error.message.contains("taken back"), "{error}");
    assert!(same(&read(provider).zone, &base.zone), "something is left");
    // Nor is anything left that somebody else's refresh would serve.
    ask(
        &fake,
        "POST",
        "/1.0/domain/zone/own.example/refresh",
        &Value::Null,
    );
    assert!(same(&served(&fake), &before));
    // A text that it would spoil is not even sent.
    fake.http().take_log();
    let spoiled = Change::Create {
        key: key("text", RecordType::TXT),
        after: set(RecordType::TXT, 300, &[r#""say \"hello\"""#]),
    };
    let error = refused(provider, &[spoiled], &base);
    assert_eq!((error.kind, error.applied), (ErrorKind::Rejected, Some(0)));
    assert!(fake.http().take_log().is_empty());
}

fn leaves_alone_what_may_be_served_by_now() {
    let fake = started();
    let behind = {
        let fake = fake.clone();
        // It is carried out, and the answer gets lost.
        behind(&fake.clone(), move |request| {
            let is_refresh = request.target.ends_with("/refresh");
            is_refresh.then(|| {
                fake.ask(request);
                Answer::text(502, "text/plain", "Bad Gateway")
            })
        })
    };
    let provider: &dyn Provider = &*vendors::provider(&VENDOR, &behind.endpoint());
    let base = read(provider);
    let changes = changes(&base);
    let error = refused(provider, &changes, &base);
    assert_eq!((error.kind, error.applied), (ErrorKind::Unreachable, None));
    assert!(error.message.contains("nobody knows"), "{error}");
    assert!(error.hint.expect("a hint").contains("refresh"));
    let made = apply(&base.zone, &changes);
    assert!(same(&read(provider).zone, &made));
    assert!(same(&served(&fake), &made));
}

fn says_what_it_cannot_take_back() {
    let fake = started();
    let is_down = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let behind = behind(&fake, move |request| {
        use std::sync::atomic::Ordering::SeqCst;
        if request.target.ends_with("/refresh") {
            is_down.store(true, SeqCst);
            return Some(Answer::json(
                409,
                &json!({ "message": "A task is running" }),
            ));
        }
        let down = || Answer::text(503, "text/plain", "Service Unavailable");
        is_down.load(SeqCst).then(down)
    });
    let provider: &dyn Provider = &*vendors::provider(&VENDOR, &behind.endpoint());
    let base = read(provider);
    let error = refused(provider, &changes(&base), &base);
    assert_eq!((error.kind, error.applied), (ErrorKind::Conflict, None));
    for part in ["A task is running", "stays in the zone", "503"] {
        assert!(error.message.contains(part), "{error}");
    }
    assert!(error.hint.expect("a hint").contains("refresh"));
    assert!(same(&served(&fake), &base.zone), "nothing of it is served");
}

fn refreshes_again_where_it_may() {
    let fake = started();
    let is_first = std::sync::atomic::AtomicBool::new(true);
    let behind = behind(&fake, move |request| {
        let is_refresh = request.target.ends_with("/refresh");
        let fails = is_refresh && is_first.swap(false, std::sync::atomic::Ordering::SeqCst);
        fails.then(|| Answer::text(500, "text/plain", "Internal Server Error"))
    });
    let provider: &dyn Provider = &*vendors::provider(&VENDOR, &behind.endpoint());
    let base = read(provider);
    let changes = changes(&base);
    wait(provider.apply(&origin(), &changes, &base)).expect("the changes");
    assert!(same(&served(&fake), &apply(&base.zone, &changes)));
}

fn reads_types_of_its_own() {
    let fake = started();
    for (rtype, name, target) in [
        ("DMARC", "_dmarc", "v=DMARC1; p=none"),
        ("DKIM", "one._domainkey", "v=DKIM1; k=rsa; p=AQIDBA=="),
        ("SPF", "", "\"v=spf1 -all\""),
    ] {
        let record = json!({ "fieldType": rtype, "subDomain": name, "target": target, "ttl": 0 });
        ask(&fake, "POST", RECORDS, &record);
    }
    let low = json!({ "fieldType": "A", "subDomain": "low", "target": "192.0.2.9", "ttl": 5 });
    ask(&fake, "POST", RECORDS, &low);
    let provider: &dyn Provider = &*vendors::provider(&VENDOR, &fake.http().endpoint());
    let base = read(provider);
    let held = |snapshot: &Snapshot, owner: &str, rtype| {
        let key = key(owner, rtype);
        let set = snapshot.zone.get(key.owner.borrow(), rtype);
        set.map(|set| set.to_record_set())
    };
    for (owner, text) in [
        ("_dmarc", "\"v=DMARC1; p=none\""),
        ("one._domainkey", "\"v=DKIM1; k=rsa; p=AQIDBA==\""),
        ("@", "\"v=spf1 -all\""),
    ] {
        // 0 is the TTL of the SOA.
        let expected = set(RecordType::TXT, 3600, &[text]);
        assert_eq!(
            held(&base, owner, RecordType::TXT),
            Some(expected),
            "{owner}"
        );
    }
    let raised = held(&base, "low", RecordType::A).map(|set| set.ttl);
    assert_eq!(raised, Some(60), "the least");
    let after = set(RecordType::TXT, 3600, &["\"nothing of the kind\""]);
    let change = Change::Replace {
        key: key("_dmarc", RecordType::TXT),
        before: held(&base, "_dmarc", RecordType::TXT).expect("the set"),
        after: after.clone(),
    };
    wait(provider.apply(&origin(), &[change], &base)).expect("the change");
    assert_eq!(
        held(&read(provider), "_dmarc", RecordType::TXT),
        Some(after)
    );
}

fn reads_one_by_one_where_it_must() {
    let fake = started();
    let behind = behind(&fake, |request| {
        let is_batch = request.header("x-ovh-batch").is_some();
        let no = json!({ "class": "Client::BadRequest", "message": "Invalid id" });
        is_batch.then(|| Answer::json(400, &no))
    });
    let together: &dyn Provider = &*vendors::provider(&VENDOR, &fake.http().endpoint());
    let alone: &dyn Provider = &*vendors::provider(&VENDOR, &behind.endpoint());
    assert_eq!(read(together).zone, read(alone).zone);
}
