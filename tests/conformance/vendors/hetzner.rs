//! What Hetzner has and nobody else: comments, TTLs left to the zone, protection, actions that take their time, and
//! imports of whole zones.

use libtest_mimic::Trial;
use redundns::plan::Change;
use redundns::provider::{ErrorKind, Provider, ProviderError, Snapshot};
use redundns::zone::{Name, RecordKey, RecordSet, RecordType, rdata};
use serde_json::{Value, json};

use crate::case::wait;
use crate::fakes::Fake;
use crate::fakes::clock::Clock;
use crate::fakes::hetzner::VENDOR;
use crate::fakes::http::Request;
use crate::vendors::{prepare, provider};

const ZONE: &str = "own.example.";
/// More than are made one by one.
const MANY: usize = 40;

struct Bench {
    fake: Fake,
    provider: std::sync::Arc<dyn Provider>,
    origin: Name,
}

impl Bench {
    fn new(clock: Clock) -> Self {
        let fake = Fake::start(&VENDOR, clock);
        prepare(&VENDOR, &fake, ZONE);
        let provider = provider(&VENDOR, &fake.http().endpoint());
        Self {
            fake,
            provider,
            origin: Name::absolute(ZONE).expect("a name"),
        }
    }

    /// Asks the API as somebody else.
    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        self.ask_at(method, &format!("/v1/zones/own.example{path}"), body)
    }

    fn ask_at(&self, method: &str, target: &str, body: &Value) -> Value {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let mut request = Request::new(method, target, &body);
        (VENDOR.sign)(&mut request);
        let answer = self.fake.ask(&request);
        let said = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(answer.status < 300, "{target}: {said}");
        serde_json::from_str(&said).expect("JSON")
    }

    fn fetch(&self) -> Snapshot {
        self.fake.http().take_log();
        let held = wait(self.provider.fetch(&self.origin));
        held.unwrap_or_else(|error| panic!("{error}"))
    }

    /// The paths that `apply` asks for, without what leads to the zone, and their statuses.
    fn apply(
        &self,
        changes: &[Change],
        base: &Snapshot,
    ) -> (Vec<(String, u16)>, Result<(), ProviderError>) {
        self.fake.http().take_log();
        let outcome = wait(self.provider.apply(&self.origin, changes, base));
        let asked = self.fake.http().take_log().into_iter().map(|seen| {
            let path = seen.request.target.replace("/v1/zones/", "");
            (path.replace("own.example/", ""), seen.answer.status)
        });
        (asked.collect(), outcome)
    }

    fn key(&self, owner: &str, rtype: RecordType) -> RecordKey {
        let owner = Name::parse(owner.as_bytes(), Some(self.origin.borrow())).expect("a name");
        RecordKey { owner, rtype }
    }

    fn create(&self, owner: &str) -> Change {
        Change::Create {
            key: self.key(owner, RecordType::A),
            after: addresses(600, &["192.0.2.20"]),
        }
    }

    fn many(&self) -> Vec<Change> {
        (0..MANY)
            .map(|index| self.create(&format!("n{index}")))
            .collect()
    }

    fn replace(&self, base: &Snapshot, owner: &str, after: RecordSet) -> Change {
        let key = self.key(owner, RecordType::A);
        let before = base.zone.get(key.owner.borrow(), key.rtype).expect("a set");
        Change::Replace {
            before: before.to_record_set(),
            key,
            after,
        }
    }
}

fn addresses(ttl: u32, texts: &[&str]) -> RecordSet {
    let data = texts.iter().map(|text| {
        let data = rdata::from_text(RecordType::A, text, None).expect("an address");
        data.into_boxed_slice()
    });
    RecordSet::new(ttl, data.collect())
}

const FAST: u32 = 100_000;

pub(super) fn trials() -> Vec<Trial> {
    let trials: [(&str, fn()); 7] = [
        (
            "keeps_comments_and_the_ttl_of_the_zone",
            keeps_comments_and_the_ttl_of_the_zone,
        ),
        ("leaves_protected_sets_alone", leaves_protected_sets_alone),
        ("keeps_labels", keeps_labels),
        (
            "imports_nothing_over_what_moved",
            imports_nothing_over_what_moved,
        ),
        (
            "holds_sets_of_more_than_one_call",
            holds_sets_of_more_than_one_call,
        ),
        ("waits_for_actions", waits_for_actions),
        (
            "says_that_a_zone_is_secondary",
            says_that_a_zone_is_secondary,
        ),
    ];
    let trial = |(name, check): (&str, fn())| {
        Trial::test(format!("hetzner::{name}"), move || {
            check();
            Ok(())
        })
    };
    trials.into_iter().map(trial).collect()
}

fn keeps_comments_and_the_ttl_of_the_zone() {
    let bench = Bench::new(Clock::times(FAST));
    let noted = json!({ "name": "noted", "type": "A", "records": [
        { "value": "192.0.2.1", "comment": "first; \"of two\"" }, { "value": "192.0.2.2" },
    ] });
    bench.ask("POST", "/rrsets", &noted);
    let shown = |bench: &Bench| {
        let set = bench.ask("GET", "/rrsets/noted/A", &Value::Null)["rrset"].clone();
        (set["ttl"].clone(), set["records"].to_string())
    };
    let base = bench.fetch();
    let after = addresses(3600, &["192.0.2.1", "192.0.2.3"]);
    let (_, outcome) = bench.apply(&[bench.replace(&base, "noted", after)], &base);
    outcome.expect("a change");
    let (ttl, records) = shown(&bench);
    assert!(ttl.is_null(), "{ttl}");
    assert!(
        records.contains("of two") && records.contains("192.0.2.3"),
        "{records}"
    );

    let base = bench.fetch();
    // Somebody else comes between the plan and the import.
    let late = json!({ "name": "late", "type": "TXT", "ttl": 60, "records": [{ "value": "\"; \\\" ;\"" }] });
    bench.ask("POST", "/rrsets", &late);
    let (asked, outcome) = bench.apply(&bench.many(), &base);
    outcome.expect("changes");
    assert!(asked.len() < 6, "{asked:?}");
    assert!(
        asked
            .iter()
            .any(|(path, _)| path == "actions/import_zonefile"),
        "{asked:?}"
    );
    assert_eq!(shown(&bench), (Value::Null, records));
    let now = bench.fetch();
    let late = bench.key("late", RecordType::TXT);
    assert!(now.zone.get(late.owner.borrow(), late.rtype).is_some());
    assert_eq!(now.zone.len(), base.zone.len() + 1 + MANY);
}

fn leaves_protected_sets_alone() {
    let bench = Bench::new(Clock::times(FAST));
    bench.ask(
        "POST",
        "/rrsets/www/A/actions/change_protection",
        &json!({ "change": true }),
    );
    let base = bench.fetch();
    let after = addresses(300, &["192.0.2.99"]);
    let (asked, outcome) = bench.apply(
        &[bench.create("new"), bench.replace(&base, "www", after)],
        &base,
    );
    let error = outcome.expect_err("a protected set");
    assert_eq!(
        (error.kind, error.applied),
        (ErrorKind::Rejected, Some(0)),
        "{error}"
    );
    assert!(asked.is_empty(), "{asked:?}");
    let (asked, outcome) = bench.apply(&bench.many(), &base);
    outcome.expect("changes of others");
    let made = asked.iter().filter(|(path, _)| path == "rrsets").count();
    assert_eq!(made, MANY, "{asked:?}");
}

fn keeps_labels() {
    let bench = Bench::new(Clock::times(FAST));
    bench.ask(
        "PUT",
        "/rrsets/www/A",
        &json!({ "labels": { "team": "web" } }),
    );
    let base = bench.fetch();
    bench.apply(&bench.many(), &base).1.expect("changes");
    let set = bench.ask("GET", "/rrsets/www/A", &Value::Null);
    assert_eq!(set["rrset"]["labels"]["team"], "web");
}

fn imports_nothing_over_what_moved() {
    let bench = Bench::new(Clock::times(FAST));
    let base = bench.fetch();
    let mut changes = bench.many();
    changes.push(bench.replace(&base, "www", addresses(300, &["192.0.2.99"])));
    bench.ask("DELETE", "/rrsets/www/A", &Value::Null);
    let error = bench
        .apply(&changes, &base)
        .1
        .expect_err("a base that moved");
    assert_eq!(
        (error.kind, error.applied),
        (ErrorKind::Conflict, Some(0)),
        "{error}"
    );
    assert_eq!(bench.fetch().zone.len(), base.zone.len() - 1);
}

fn holds_sets_of_more_than_one_call() {
    let bench = Bench::new(Clock::times(FAST));
    let texts: Vec<String> = (0..120).map(|last| format!("198.51.100.{last}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let key = bench.key("large", RecordType::A);
    let mut base = bench.fetch();
    let create = Change::Create {
        key: key.clone(),
        after: addresses(600, &texts[..60]),
    };
    bench.apply(&[create], &base).1.expect("a large set");
    for part in [0..120, 30..110, 100..101] {
        base = bench.fetch();
        let after = addresses(600, &texts[part]);
        bench
            .apply(&[bench.replace(&base, "large", after.clone())], &base)
            .1
            .expect("a change");
        let held = bench.fetch();
        let held = held
            .zone
            .get(key.owner.borrow(), key.rtype)
            .expect("the set");
        assert_eq!(held.to_record_set(), after);
    }
}

fn waits_for_actions() {
    let bench = Bench::new(Clock::times(1));
    let base = bench.fetch();
    let after = addresses(7200, &["192.0.2.99"]);
    let (asked, outcome) = bench.apply(&[bench.replace(&base, "www", after)], &base);
    outcome.expect("a change");
    let is_locked =
        |(path, status): &(String, u16)| path.ends_with("set_records") && *status == 423;
    assert!(asked.iter().any(is_locked), "{asked:?}");
    let (last, _) = asked.last().expect("requests");
    assert!(last.starts_with("actions?"), "{asked:?}");
    let running = bench.ask_at("GET", "/v1/zones/actions?id=1&id=2", &Value::Null);
    assert!(!running.to_string().contains("running"), "{running}");
}

fn says_that_a_zone_is_secondary() {
    let bench = Bench::new(Clock::times(FAST));
    prepare(&VENDOR, &bench.fake, "secondary.example.");
    let zone = Name::absolute("secondary.example.").expect("a name");
    let error = wait(bench.provider.fetch(&zone)).err().expect("a refusal");
    assert_eq!(error.kind, ErrorKind::Rejected, "{error}");
    let hint = error.hint.unwrap_or_default();
    assert!(hint.contains("adapter `secondary`"), "{hint}");
    let zones = wait(bench.provider.lists_zones().expect("a list").list_zones());
    assert_eq!(zones.expect("zones"), std::slice::from_ref(&bench.origin));
}
