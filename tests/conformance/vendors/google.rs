//! What only Cloud DNS has: sets that no zone file can express, several zones of one name, credentials kept in many
//! places.

use std::sync::Arc;

use redundns::plan::Change;
use redundns::provider::{ErrorKind, Provider};
use redundns::zone::{Name, RecordKey, RecordSet, RecordType, rdata};
use serde_json::json;

use crate::case::wait;
use crate::fakes::Fake;
use crate::fakes::clock::Clock;
use crate::fakes::google::{KEY, REFRESH_TOKEN, VENDOR};
use crate::fakes::http::{Answer, HttpServer, Request};
use crate::vendors::machine::Machine;
use crate::vendors::{self, prepare};

const ZONE: &str = "only.example";
const ZONES: &str = "/dns/v1/projects/test-project/managedZones";

/// What is tried.
pub(super) const TRIALS: [(&str, fn()); 6] = [
    (
        "leaves_alone_what_no_zone_file_can_express",
        leaves_alone_what_no_zone_file_can_express,
    ),
    ("does_not_guess_between_zones", does_not_guess_between_zones),
    (
        "finds_credentials_where_google_keeps_them",
        finds_credentials_where_google_keeps_them,
    ),
    ("asks_for_a_token_once", asks_for_a_token_once),
    (
        "names_the_set_that_is_refused",
        names_the_set_that_is_refused,
    ),
    ("tells_refusals_apart", tells_refusals_apart),
];

fn fake() -> (Fake, Arc<dyn Provider>) {
    let fake = Fake::start(&VENDOR, Clock::times(super::SPEED));
    prepare(&VENDOR, &fake, &format!("{ZONE}."));
    let provider = vendors::provider(&VENDOR, &fake.http().endpoint());
    (fake, provider)
}

fn origin() -> Name {
    Name::absolute(ZONE).expect("a name")
}

fn post(fake: &Fake, path: &str, body: &serde_json::Value) {
    let mut request = Request::new("POST", path, &body.to_string());
    (VENDOR.sign)(&mut request);
    let answer = fake.ask(&request);
    let said = String::from_utf8_lossy(&answer.body);
    assert!(answer.status < 300, "{said}");
}

fn create(owner: &str) -> Change {
    let data = rdata::from_text(RecordType::A, "192.0.2.50", None).expect("an address");
    Change::Create {
        key: RecordKey {
            owner: Name::absolute(owner).expect("a name"),
            rtype: RecordType::A,
        },
        after: RecordSet::new(300, vec![data.into()]),
    }
}

fn leaves_alone_what_no_zone_file_can_express() {
    let (fake, provider) = fake();
    let before = wait(provider.fetch(&origin())).expect("the zone");
    assert!(before.opaque.is_empty());
    let weighted = json!([
        { "weight": 0.5, "rrdatas": ["192.0.2.1"] }, { "weight": 0.5, "rrdatas": ["192.0.2.2"] },
    ]);
    let specials = json!({ "additions": [
        { "name": format!("{ZONE}."), "type": "ALIAS", "ttl": 60, "rrdatas": ["lb.example.net."] },
        { "name": format!("by-weight.{ZONE}."), "type": "A", "ttl": 60,
          "routingPolicy": { "wrr": { "items": weighted } } },
        { "name": format!("by-place.{ZONE}."), "type": "A", "ttl": 60, "routingPolicy": { "geo": { "items": [] } } },
    ] });
    post(&fake, &format!("{ZONES}/only-example/changes"), &specials);
    let base = wait(provider.fetch(&origin())).expect("the zone");
    assert_eq!(base.zone, before.zone);
    let seen: Vec<String> = base
        .opaque
        .iter()
        .map(|opaque| format!("{}: {}", opaque.key, opaque.what))
        .collect();
    let expected = [
        "only.example. A: an alias of `lb.example.net.`",
        "only.example. AAAA: an alias of `lb.example.net.`",
        "by-weight.only.example. A: weighted",
        "by-place.only.example. A: answered by location",
    ];
    assert_eq!(seen, expected);
    // What is none of theirs can be changed, and a set in their place is refused by the API itself.
    let new = [create("new.only.example")];
    wait(provider.apply(&origin(), &new, &base)).expect("a change");
    let taken = [create("by-weight.only.example")];
    let error = wait(provider.apply(&origin(), &taken, &base)).expect_err("a refusal");
    assert_eq!(
        (error.kind, error.applied),
        (ErrorKind::Conflict, Some(0)),
        "{error}"
    );
    let after = wait(provider.fetch(&origin())).expect("the zone");
    assert_eq!(after.opaque, base.opaque);
}

fn does_not_guess_between_zones() {
    let (fake, provider) = fake();
    let another = |name: &str, visibility: &str| {
        let body = json!({
            "name": name, "dnsName": format!("{ZONE}."), "description": "another", "visibility": visibility,
        });
        post(&fake, ZONES, &body);
    };
    another("inside", "private");
    wait(provider.fetch(&origin()))
        .expect("the public zone: nobody outside is served from the other");
    another("second", "public");
    let error = wait(provider.fetch(&origin())).err().expect("a refusal");
    assert_eq!(error.kind, ErrorKind::Rejected, "{error}");
    for name in ["`only-example`", "`second`"] {
        assert!(error.message.contains(name), "{error}");
    }
    let hint = error.hint.unwrap_or_default();
    assert!(
        hint.contains("managed_zones = { \"only.example\""),
        "{hint}"
    );
    let told = |name: &str| {
        let mut account = vendors::account(&VENDOR, &fake.http().endpoint());
        account.text += &format!("\nmanaged_zones = {{ \"{ZONE}\" = \"{name}\" }}");
        let adapter = redundns::adapters::adapter("google").expect("a registered adapter");
        let provider = crate::bed::connect(adapter, std::path::Path::new("."), &account);
        wait(provider.fetch(&origin())).map(|held| held.zone.len())
    };
    assert_eq!(told("only-example").expect("the zone that is named"), 7);
    for (name, part) in [
        ("inside", "names a private zone"),
        ("nobodys", "no managed zone"),
    ] {
        let error = told(name).expect_err("a refusal");
        assert!(error.message.contains(part), "{error}");
    }
}

/// What comes of reading the zone from a machine.
fn fetch(machine: &Machine, endpoint: &str, more: &str) -> Result<usize, String> {
    let text = format!("endpoint = \"{endpoint}\"\n{more}");
    let provider = machine.connect("google", &text)?;
    let held = wait(provider.fetch(&origin())).map_err(|error| error.message)?;
    Ok(held.zone.len())
}

fn finds_credentials_where_google_keeps_them() {
    let (fake, _) = fake();
    let endpoint = fake.http().endpoint();
    let key = KEY.replace("{endpoint}", &endpoint);
    let login = |refresh_token: &str| {
        json!({
            "type": "authorized_user", "client_id": "gcloud.apps.example", "client_secret": "d-none-of-these",
            "refresh_token": refresh_token, "quota_project_id": "who-pays",
            "token_uri": format!("{endpoint}/token"),
        })
        .to_string()
    };
    let machine = || Machine::default().with("HOME", "/home/me");
    let usual = "/home/me/.config/gcloud/application_default_credentials.json";
    let project = "project = \"test-project\"";
    let host = endpoint.trim_start_matches("http://");
    for (what, machine, more) in [
        (
            "a variable with the key itself, and the project from it",
            machine().with("GCE_SERVICE_ACCOUNT", &key),
            "",
        ),
        (
            "the file that a variable names",
            machine()
                .with("GOOGLE_APPLICATION_CREDENTIALS", "/etc/key.json")
                .file("/etc/key.json", key.clone()),
            "",
        ),
        (
            "a login of gcloud, and the project from a variable",
            machine()
                .with("GOOGLE_CLOUD_PROJECT", "test-project")
                .file(usual, login(REFRESH_TOKEN)),
            "",
        ),
        (
            "a login somewhere else",
            machine().with("CLOUDSDK_CONFIG", "/srv/gcloud").file(
                "/srv/gcloud/application_default_credentials.json",
                login(REFRESH_TOKEN),
            ),
            project,
        ),
        (
            "the service account of the machine",
            machine().with("GCE_METADATA_HOST", host),
            project,
        ),
    ] {
        assert_eq!(fetch(&machine, &endpoint, more), Ok(7), "{what}");
    }
    let log = fake.http().take_log();
    let paying = log
        .iter()
        .filter(|seen| seen.request.header("x-goog-user-project") == Some("who-pays"));
    assert_eq!(paying.count(), 4, "two logins, two requests each");
    let nobody = crate::world::free_address().to_string();
    for (machine, more, part) in [
        (machine(), "", "`project` is missing"),
        (
            machine().with("GCE_METADATA_HOST", &nobody),
            project,
            "no Google credentials",
        ),
        (
            machine().file(usual, login("1//of-somebody-else")),
            project,
            "invalid_grant",
        ),
        (
            machine().file(usual, "{\"type\": \"external_account\"}".to_owned()),
            project,
            "credentials of the type `external_account`",
        ),
        (
            machine().with("GOOGLE_APPLICATION_CREDENTIALS", "/etc/none.json"),
            project,
            "cannot read `/etc/none.json`",
        ),
        (
            machine().with("GCE_SERVICE_ACCOUNT", "no JSON but a secret"),
            project,
            "no file of Google credentials",
        ),
        (
            machine().with("GCE_SERVICE_ACCOUNT", &key.replace("MII", "MIJ")),
            "",
            "`private_key` of the credentials cannot be used",
        ),
        (
            machine().with(
                "GCE_SERVICE_ACCOUNT",
                &KEY.replace("{endpoint}", "http://tokens.example.net"),
            ),
            "",
            "`token_uri` of the credentials would send the credentials in clear text",
        ),
    ] {
        let error = fetch(&machine, &endpoint, more).expect_err("a refusal");
        assert!(error.contains(part), "{error}");
        assert!(!error.contains("secret"), "{error}");
    }
}

fn asks_for_a_token_once() {
    for (lasts, expected) in [(3600, 1), (60, 6), (0, 6)] {
        let (fake, _) = fake();
        let tokens = HttpServer::start(move |_| {
            let mut signed = Request::new("GET", "/", "");
            (VENDOR.sign)(&mut signed);
            let token = signed.header("authorization").unwrap_or_default();
            let token = token.trim_start_matches("Bearer ");
            Answer::json(200, &json!({ "access_token": token, "expires_in": lasts }))
        });
        let key = KEY.replace("{endpoint}", &tokens.endpoint());
        let machine = Machine::default().with("GCE_SERVICE_ACCOUNT", &key);
        let text = format!("endpoint = \"{}\"", fake.http().endpoint());
        let provider = machine.connect("google", &text).expect("a provider");
        for _ in 0..3 {
            wait(provider.fetch(&origin())).expect("the zone");
        }
        assert_eq!(fake.http().take_log().len(), 6);
        assert_eq!(tokens.take_log().len(), expected, "good for {lasts} s");
    }
}

fn names_the_set_that_is_refused() {
    let (_fake, provider) = fake();
    let base = wait(provider.fetch(&origin())).expect("the zone");
    let changes = [create("new.only.example"), create("www.only.example")];
    let error = wait(provider.apply(&origin(), &changes, &base)).expect_err("a refusal");
    assert_eq!((error.kind, error.applied), (ErrorKind::Conflict, Some(0)));
    assert!(
        error.message.starts_with("`www.only.example. A`: ")
            && error.message.contains("alreadyExists"),
        "{error}"
    );
}

/// What the fake has no reason to say.
fn tells_refusals_apart() {
    for (status, reason, words, kind, hint) in [
        (
            403,
            "accessNotConfigured",
            "Cloud DNS API has not been used in project 1 before or it is disabled.",
            ErrorKind::Unauthorized,
            "enable the Cloud DNS API",
        ),
        (
            403,
            "forbidden",
            "Forbidden",
            ErrorKind::Unauthorized,
            "roles/dns.admin",
        ),
        (
            403,
            "quotaExceeded",
            "The change would exceed quota for additions per change.",
            ErrorKind::Rejected,
            "Quotas page",
        ),
        (
            404,
            "notFound",
            "The 'parameters.managedZone' resource named 'gone' does not exist.",
            ErrorKind::NoSuchZone,
            "managed_zones",
        ),
        (
            404,
            "notFound",
            "The 'parameters.project' resource named 'nobodys' does not exist.",
            ErrorKind::Rejected,
            "check `project`",
        ),
        (
            401,
            "authError",
            "Invalid Credentials",
            ErrorKind::Unauthorized,
            "check `credentials`",
        ),
    ] {
        let body = json!({ "error": { "code": status, "message": words, "errors": [
            { "domain": "global", "reason": reason, "message": words },
        ] } });
        let server = HttpServer::start(move |request| match request.target.as_str() {
            "/token" => Answer::json(200, &json!({ "access_token": "any", "expires_in": 3600 })),
            _ => Answer::json(status, &body),
        });
        let provider = vendors::provider(&VENDOR, &server.endpoint());
        let error = wait(provider.fetch(&origin())).err().expect("a refusal");
        assert_eq!(error.kind, kind, "{error}");
        assert!(
            error.message.ends_with(&format!("{words} ({reason})")),
            "{error}"
        );
        assert!(
            error.hint.as_ref().is_some_and(|said| said.contains(hint)),
            "{error:?}"
        );
    }
}
