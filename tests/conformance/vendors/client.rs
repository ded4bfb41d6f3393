//! The vendor's own client, and octoDNS, at work on the fake: a fake that they cannot use is none.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use redundns::zone::Name;
use serde_json::{Value, json};

use crate::fakes::clock::Clock;
use crate::fakes::http::Exchange;
use crate::fakes::{Fake, Vendor};
use crate::vendors::prepare;
use crate::world::require_clients;

const ZONE: &str = "client.example";
const NEW_ZONE: &str = "new-client.example";

/// How many sets octoDNS creates at a time.
const SIZES: [usize; 3] = [1, 100, 1000];

/// A step of the client, with the requests that it made.
struct Step {
    name: String,
    is_ok: bool,
    value: Value,
    error: String,
    exchanges: Vec<Exchange>,
}

/// Runs `tests/clients/run.py` on the fake; `None` where the clients are not installed.
fn run(vendor: &Vendor, fake: &Fake, mode: &str) -> Option<Vec<Step>> {
    let python = require_clients(vendor.adapter)?;
    let rejections = vendor.rejections.iter().map(|row| {
        let (path, body) = row.about(ZONE);
        json!({ "name": row.name, "method": row.method, "path": path, "body": body })
    });
    let secrets = vendor.secrets_at(&fake.http().endpoint()).into_iter();
    let secrets = secrets.map(|(key, value)| (key.to_owned(), json!(value)));
    let task = json!({
        "endpoint": fake.http().endpoint(),
        "zone": ZONE,
        "new_zone": NEW_ZONE,
        "secrets": Value::Object(secrets.collect()),
        "rejections": rejections.collect::<Vec<_>>(),
        "sets": sets(),
        "sizes": SIZES,
    });
    let mut child = Command::new(python)
        .arg("-P")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/run.py"))
        .args([vendor.adapter, mode])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the client starts");
    let mut input = child.stdin.take().expect("a pipe");
    let output = BufReader::new(child.stdout.take().expect("a pipe"));
    writeln!(input, "{task}").expect("it reads its task");
    let mut steps = Vec::new();
    for line in output.lines() {
        let line = line.expect("text");
        let said: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("it says {line}"));
        let text = |key: &str| said[key].as_str().unwrap_or_default().to_owned();
        steps.push(Step {
            name: text("step"),
            is_ok: said["ok"] == true,
            value: said["value"].clone(),
            error: text("error"),
            exchanges: fake.http().take_log(),
        });
        // It may have gone after its last line.
        let _ = writeln!(input);
    }
    let status = child.wait().expect("it ends");
    assert!(
        status.success(),
        "the client of {} {status}",
        vendor.adapter
    );
    Some(steps)
}

/// What the client creates, one call a set.
fn sets() -> Value {
    json!([
        ["www", "A", ["192.0.2.1", "192.0.2.2"]],
        ["www", "AAAA", ["2001:db8::1"]],
        ["", "MX", ["10 mail.example.net.", "20 mail2.example.net."]],
        ["alias", "CNAME", ["www.example.net."]],
        ["text", "TXT", ["\"hello world\""]],
        ["_sip._tcp", "SRV", ["10 60 5060 sip.example.net."]],
        ["_dmarc", "TXT", ["\"v=DMARC1; p=none\""]],
        ["", "CAA", ["0 issue \"ca.example.net\""]],
    ])
}

fn has(listed: &Value, name: &str, rtype: &str, ttl: u32, contents: &Value) -> bool {
    let sets = listed.as_array().map_or(&[][..], Vec::as_slice);
    sets.contains(&json!([name, rtype, ttl, contents]))
}

pub(crate) fn check(vendor: &'static Vendor) {
    let fake = Fake::start(vendor, Clock::times(super::SPEED));
    prepare(vendor, &fake, &format!("{ZONE}."));
    let Some(steps) = run(vendor, &fake, "client") else {
        return;
    };
    let (work, refusals) = steps.split_at(steps.len() - vendor.rejections.len());
    for step in work {
        assert!(step.is_ok, "{}: {}", step.name, step.error);
        assert!(!step.exchanges.is_empty(), "{} asked nothing", step.name);
    }
    let listed = |name: &str| {
        let step = work.iter().find(|step| step.name == name);
        &step.unwrap_or_else(|| panic!("no step {name}")).value
    };
    for set in sets().as_array().expect("a list") {
        let name = set[0].as_str().expect("a name");
        let rtype = set[1].as_str().expect("a type");
        let created = listed("list_created");
        assert!(
            has(created, name, rtype, 3600, &set[2]),
            "{set}: {created:#}"
        );
    }
    let changed = listed("list_changed");
    assert!(
        has(changed, "www", "A", 7200, &json!(["192.0.2.3"])),
        "{changed:#}"
    );
    let deleted = listed("list_deleted").to_string();
    assert!(!deleted.contains("192.0.2.3"), "{deleted}");
    let origin = Name::absolute(NEW_ZONE).expect("a name");
    let served = fake
        .store()
        .get(&origin)
        .expect("the zone that the client made");
    assert_eq!(
        served.sets().count(),
        2 + 7,
        "SOA, NS, and seven of eight sets"
    );
    for (step, row) in refusals.iter().zip(vendor.rejections) {
        assert_eq!(step.name, row.name);
        assert!(!step.is_ok, "{}: the client takes it for success", row.name);
        let last = step.exchanges.last().map(|exchange| exchange.answer.status);
        assert_eq!(last, Some(row.status), "{}: {}", row.name, step.error);
    }
}

pub(crate) fn check_octodns(vendor: &'static Vendor) {
    let Some(expected) = vendor.octodns_calls else {
        return;
    };
    let fake = Fake::start(vendor, Clock::times(super::SPEED));
    prepare(vendor, &fake, &format!("{ZONE}."));
    let origin = Name::absolute(ZONE).expect("a name");
    let held = || fake.store().get(&origin).expect("the zone").zone();
    let before = held();
    let Some(steps) = run(vendor, &fake, "octodns") else {
        return;
    };
    for step in &steps {
        assert!(step.is_ok, "{}: {}", step.name, step.error);
    }
    let counts: Vec<usize> = SIZES
        .iter()
        .map(|size| {
            let at = steps
                .iter()
                .position(|step| step.name == format!("apply_{size}"));
            let at = at.expect("a step");
            assert_eq!(steps[at - 1].value, json!(size), "planned");
            assert_eq!(steps[at + 1].value, json!(0), "left after {size}");
            steps[at].exchanges.len()
        })
        .collect();
    assert_eq!(before.len(), held().len(), "octoDNS left something behind");
    assert_eq!(counts, expected, "calls of octoDNS");
}
