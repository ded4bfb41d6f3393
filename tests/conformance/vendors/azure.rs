//! What only Azure DNS has: aliases, metadata, `ETag`s of single sets, tokens from two sources.

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use redundns::adapters::{
    Secret, SecretSource, Secrets, Settings, SettingsError, Surroundings, adapter,
};
use redundns::plan::Change;
use redundns::provider::{ErrorKind, Provider, Snapshot};
use redundns::zone::{Name, RecordKey, RecordSet, RecordType, rdata};
use serde_json::{Value, json};

use crate::case::wait;
use crate::fakes::azure::VENDOR;
use crate::fakes::clock::Clock;
use crate::fakes::http::{Answer, HttpServer, Request};
use crate::fakes::{Answers, Fake};
use crate::vendors::{self, prepare};

const ZONE: &str = "only.example";

fn start() -> (Fake, Arc<dyn Provider>, Name) {
    let fake = Fake::start(&VENDOR, Clock::times(super::SPEED));
    prepare(&VENDOR, &fake, &format!("{ZONE}."));
    let provider = vendors::provider(&VENDOR, &fake.http().endpoint());
    (fake, provider, Name::absolute(ZONE).expect("a name"))
}

fn secret(key: &str) -> &'static str {
    let secret = VENDOR.secrets.iter().find(|secret| secret.0 == key);
    secret.expect("a secret").1
}

fn path(set: &str) -> String {
    format!(
        "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.Network/dnsZones/{ZONE}/{set}?api-version=2018-05-01",
        secret("subscription_id"),
        secret("resource_group")
    )
}

/// Asks the fake as somebody else would.
fn ask(fake: &Fake, method: &str, set: &str, body: &str) -> Value {
    let mut request = Request::new(method, &path(set), body);
    (VENDOR.sign)(&mut request);
    let answer = fake.ask(&request);
    let said = String::from_utf8_lossy(&answer.body);
    assert!(answer.status < 300, "{method} {set}: {said}");
    serde_json::from_slice(&answer.body).unwrap_or_default()
}

fn key(owner: &str, rtype: RecordType) -> RecordKey {
    RecordKey {
        owner: Name::absolute(&format!("{owner}.{ZONE}")).expect("a name"),
        rtype,
    }
}

fn set(text: &str) -> RecordSet {
    let data = rdata::from_text(RecordType::A, text, None).expect("an address");
    RecordSet::new(300, vec![data.into()])
}

fn held(base: &Snapshot, key: &RecordKey) -> RecordSet {
    let set = base.zone.get(key.owner.borrow(), key.rtype);
    set.expect("a set").to_record_set()
}

fn replace(base: &Snapshot, owner: &str, text: &str) -> Change {
    let key = key(owner, RecordType::A);
    Change::Replace {
        before: held(base, &key),
        after: set(text),
        key,
    }
}

fn create(owner: &str) -> Change {
    Change::Create {
        key: key(owner, RecordType::A),
        after: set("192.0.2.50"),
    }
}

pub(super) fn leaves_alone_what_no_zone_file_can_express() {
    let (fake, provider, origin) = start();
    let before = wait(provider.fetch(&origin)).expect("the zone");
    assert!(before.opaque.is_empty());
    let id =
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/publicIPAddresses/front";
    let alias = json!({ "properties": { "TTL": 60, "targetResource": { "id": id } } });
    ask(&fake, "PUT", "A/front", &alias.to_string());
    let base = wait(provider.fetch(&origin)).expect("the zone");
    assert_eq!(base.zone, before.zone);
    let seen: Vec<String> = base
        .opaque
        .iter()
        .map(|opaque| format!("{}: {}", opaque.key, opaque.what))
        .collect();
    assert_eq!(
        seen,
        ["front.only.example. A: an alias of the resource `front`"]
    );
    wait(provider.apply(&origin, &[create("new")], &base)).expect("a change");
    let after = wait(provider.fetch(&origin)).expect("the zone");
    assert_eq!(after.opaque, base.opaque);
}

pub(super) fn keeps_metadata() {
    let (fake, provider, origin) = start();
    let body = r#"{"properties": {"TTL": 300, "metadata": {"owner": "web"}, "ARecords": [{"ipv4Address": "192.0.2.10"}]}}"#;
    ask(&fake, "PUT", "A/www", body);
    let base = wait(provider.fetch(&origin)).expect("the zone");
    wait(provider.apply(&origin, &[replace(&base, "www", "192.0.2.77")], &base)).expect("a change");
    let now = ask(&fake, "GET", "A/www", "");
    assert_eq!(now["properties"]["metadata"], json!({ "owner": "web" }));
    assert_eq!(
        now["properties"]["ARecords"],
        json!([{ "ipv4Address": "192.0.2.77" }])
    );
}

/// Creations, replacements and deletions alike, those of a plan without `ETag`s included.
pub(super) fn refuses_each_change_of_what_moved() {
    let (fake, provider, origin) = start();
    let base = wait(provider.fetch(&origin)).expect("the zone");
    let body = r#"{"properties": {"TTL": 300, "ARecords": [{"ipv4Address": "192.0.2.99"}]}}"#;
    for set in ["A/www", "A/new"] {
        ask(&fake, "PUT", set, body);
    }
    let gone = Change::Delete {
        key: key("www", RecordType::A),
        before: held(&base, &key("www", RecordType::A)),
    };
    let bare = Snapshot::of(base.zone.clone());
    let late = [replace(&base, "www", "192.0.2.77"), gone, create("new")];
    for change in &late {
        for base in [&base, &bare] {
            let changes = [create("before"), change.clone()];
            let error = wait(provider.apply(&origin, &changes, base)).expect_err("a refusal");
            assert_eq!(error.kind, ErrorKind::Conflict, "{error}");
            let made = error.applied.expect("a refusal leaves no doubt");
            let now = wait(provider.fetch(&origin)).expect("the zone");
            let owner = key("before", RecordType::A).owner;
            assert_eq!(
                now.zone.get(owner.borrow(), RecordType::A).is_some(),
                made == 1,
                "{error}"
            );
            if made == 1 {
                ask(&fake, "DELETE", "A/before", "");
            }
        }
    }
    let now = wait(provider.fetch(&origin)).expect("the zone");
    for owner in ["www", "new"] {
        assert_eq!(held(&now, &key(owner, RecordType::A)), set("192.0.2.99"));
    }
}

/// The fake behind something that answers some requests itself.
fn between(
    interfere: impl Fn(&Request) -> Option<Answer> + Send + Sync + 'static,
) -> (HttpServer, Name) {
    let store = Arc::new(crate::fakes::store::Store::default());
    let origin = Name::absolute(ZONE).expect("a name");
    let text = crate::bed::zone_text(&origin.to_string(), &vendors::capabilities(&VENDOR), &[]);
    store.add(&crate::case::zone(&origin, &text));
    let fake: Box<dyn Answers> = (VENDOR.answers)(store, Clock::times(super::SPEED));
    let server = HttpServer::start(move |request| {
        interfere(request).unwrap_or_else(|| fake.answer(request))
    });
    (server, origin)
}

pub(super) fn is_patient_while_a_set_is_worked_on() {
    let busy = AtomicUsize::new(0);
    let (server, origin) = between(move |request| {
        let is_first = request.method == "PUT" && busy.fetch_add(1, Ordering::SeqCst) == 0;
        let words = "Another operation is pending for requested object. Operation group 'x' already has 1 operations.";
        is_first.then(|| Answer::json(409, &json!({ "code": "Conflict", "message": words })))
    });
    let provider = vendors::provider(&VENDOR, &server.endpoint());
    let base = wait(provider.fetch(&origin)).expect("the zone");
    wait(provider.apply(&origin, &[create("new")], &base)).expect("a change after all");
    let puts = server.take_log().into_iter();
    assert_eq!(puts.filter(|seen| seen.request.method == "PUT").count(), 2);
}

pub(super) fn keeps_a_token_until_shortly_before_its_end() {
    for (seconds, tokens) in [(json!(3599), 1), (json!("3599"), 1), (json!(0), 3)] {
        let (server, origin) = between(move |request| {
            let mut given = Request::new("GET", "/", "");
            (VENDOR.sign)(&mut given);
            let token = given
                .header("authorization")?
                .strip_prefix("Bearer ")?
                .to_owned();
            let body = json!({ "access_token": token, "expires_in": seconds });
            request
                .target
                .ends_with("/token")
                .then(|| Answer::json(200, &body))
        });
        let provider = vendors::provider(&VENDOR, &server.endpoint());
        for _ in 0..3 {
            wait(provider.fetch(&origin)).expect("the zone");
        }
        let asked = server.take_log().into_iter();
        let asked = asked.filter(|seen| seen.request.target.ends_with("/token"));
        assert_eq!(asked.count(), tokens);
    }
}

/// A machine with an identity; every key of the account but the secret is in its file.
struct Machine(String);

impl Surroundings for Machine {
    fn variables(&self) -> HashMap<String, String> {
        let variable = "AZURE_POD_IDENTITY_AUTHORITY_HOST".to_owned();
        HashMap::from([(variable, self.0.clone())])
    }

    fn read(&self, _: &Path) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn run(&self, _: &str, _: &[&str]) -> io::Result<Output> {
        Err(io::ErrorKind::NotFound.into())
    }
}

impl Secrets for Machine {
    fn read(
        &self,
        _: &str,
        _: &str,
        _: Option<&SecretSource>,
        _: &[&str],
    ) -> Result<Option<Secret>, SettingsError> {
        Ok(None)
    }

    fn surroundings(&self) -> Arc<dyn Surroundings> {
        Arc::new(Self(self.0.clone()))
    }
}

pub(super) fn uses_the_identity_of_the_machine() {
    let (server, origin) = between(|request| {
        if !request.target.starts_with("/metadata/") {
            return None;
        }
        let is_asked_right = request.header("metadata") == Some("true")
            && request.parameter("resource").as_deref() == Some("https://management.azure.com/")
            && request.parameter("client_id").as_deref() == Some("one-of-several");
        let mut given = Request::new("GET", "/", "");
        (VENDOR.sign)(&mut given);
        let token = given.header("authorization")?.strip_prefix("Bearer ")?;
        let body = json!({ "access_token": token, "expires_in": "86399", "token_type": "Bearer" });
        let no = json!({ "error": "invalid_request", "error_description": "Identity not found" });
        Some(if is_asked_right {
            Answer::json(200, &body)
        } else {
            Answer::json(400, &no)
        })
    });
    let fetch = |client: &str| {
        let text = format!(
            "endpoint = \"{}\"\nclient_id = \"{client}\"\nsubscription_id = \"{}\"\nresource_group = \"{}\"",
            server.endpoint(),
            secret("subscription_id"),
            secret("resource_group")
        );
        let adapter = adapter("azure").expect("a registered adapter");
        let provider = (adapter.connect)(Settings {
            id: "test",
            values: toml::de::DeTable::parse(&text).expect("TOML"),
            nameservers: Vec::new(),
            directory: Path::new("."),
            secrets: &Machine(server.endpoint()),
        })
        .unwrap_or_else(|error| panic!("{}", error.message));
        wait(provider.fetch(&origin))
    };
    assert!(fetch("one-of-several").is_ok());
    let error = fetch("nobody").err().expect("no such identity");
    assert_eq!(error.kind, ErrorKind::Unauthorized, "{error}");
}
