//! What only Gandi has: a zone that is put in whole, names as they were written, and an apex NS set of its own.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use libtest_mimic::Trial;
use redundns::plan::Change;
use redundns::provider::{ErrorKind, Provider, ProviderError, Snapshot};
use redundns::zone::{Name, RecordKey, RecordSet, RecordType, rdata};
use serde_json::{Value, json};

use crate::case::wait;
use crate::fakes::clock::Clock;
use crate::fakes::gandi::VENDOR;
use crate::fakes::http::Request;
use crate::fakes::{Fake, Vendor, desec};
use crate::vendors::{self, SPEED, account, prepare};
use crate::world::environment;

const ZONE: &str = "own.example";
const RECORDS: &str = "/v5/livedns/domains/own.example/records";

/// What is tried with it alone.
pub(super) fn trials() -> Vec<Trial> {
    let trials: [(&str, fn()); 6] = [
        (
            "keeps_the_rest_of_a_zone_that_is_put_in_whole",
            keeps_the_rest_of_a_zone_that_is_put_in_whole,
        ),
        ("puts_no_zone_over_what_moved", puts_no_zone_over_what_moved),
        ("changes_one_name_in_one_call", changes_one_name_in_one_call),
        (
            "finds_names_as_they_were_written",
            finds_names_as_they_were_written,
        ),
        (
            "takes_nothing_for_done_that_is_not_there",
            takes_nothing_for_done_that_is_not_there,
        ),
        (
            "is_usable_where_its_own_apex_ns_set_is_declared",
            is_usable_where_its_own_apex_ns_set_is_declared,
        ),
    ];
    let trial = |(name, check): (&str, fn())| {
        Trial::test(format!("gandi::{name}"), move || {
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

fn bench() -> (Fake, std::sync::Arc<dyn Provider>) {
    let fake = Fake::start(&VENDOR, Clock::times(SPEED));
    prepare(&VENDOR, &fake, "own.example.");
    let provider = vendors::provider(&VENDOR, &fake.http().endpoint());
    (fake, provider)
}

/// What somebody else does at the API.
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
    assert!(answer.status < 300, "{method} {path}: {said}");
    serde_json::from_str(&said).unwrap_or_default()
}

/// Sets that no zone file could hold in this form.
fn written() -> Vec<Value> {
    let set = |name: &str, rtype: &str, value: &str| json!({ "rrset_name": name, "rrset_type": rtype, "rrset_ttl": 300, "rrset_values": [value] });
    vec![
        set("Caps", "A", "192.0.2.30"),
        set("@", "MX", "10 mail"),
        set("@", "ALIAS", "www.example.net."),
    ]
}

/// Those among the sets of the zone that were written so.
fn kept(fake: &Fake) -> Vec<Value> {
    let held = ask(
        fake,
        "GET",
        &format!("{RECORDS}?per_page=500"),
        &Value::Null,
    );
    let mut held = held.as_array().expect("a list").clone();
    for set in &mut held {
        set.as_object_mut().expect("a set").remove("rrset_href");
    }
    held.retain(|set| written().contains(set));
    held
}

fn fetch(provider: &dyn Provider) -> Snapshot {
    wait(provider.fetch(&origin())).unwrap_or_else(|error| panic!("{error}"))
}

fn apply(
    provider: &dyn Provider,
    changes: &[Change],
    base: &Snapshot,
) -> Result<(), ProviderError> {
    wait(provider.apply(&origin(), changes, base))
}

fn held(base: &Snapshot, key: &RecordKey) -> RecordSet {
    let set = base.zone.get(key.owner.borrow(), key.rtype);
    set.expect("the set").to_record_set()
}

fn delete(base: &Snapshot, key: RecordKey) -> Change {
    let before = held(base, &key);
    Change::Delete { key, before }
}

/// More sets than are made one by one.
fn many() -> Vec<Change> {
    let new = |index: usize| Change::Create {
        key: key(&format!("n{index:02}"), RecordType::A),
        after: set(RecordType::A, 300, &["192.0.2.20"]),
    };
    (0..30).map(new).collect()
}

/// Methods and paths below the zone of what was asked.
fn asked(fake: &Fake) -> Vec<String> {
    let log = fake.http().take_log().into_iter();
    log.map(|seen| {
        let target = seen.request.target;
        let path = target.split('?').next().unwrap_or_default();
        format!("{} {}", seen.request.method, path.replace(RECORDS, ""))
    })
    .collect()
}

fn keeps_the_rest_of_a_zone_that_is_put_in_whole() {
    let (fake, provider) = bench();
    for set in written() {
        ask(&fake, "POST", RECORDS, &set);
    }
    let base = fetch(&*provider);
    let opaque: Vec<&RecordKey> = base.opaque.iter().map(|opaque| &opaque.key).collect();
    let expected = [key("@", RecordType::A), key("@", RecordType::AAAA)];
    assert_eq!(opaque, expected.iter().collect::<Vec<_>>());
    let mail = set(RecordType::MX, 300, &["10 mail.own.example."]);
    assert_eq!(held(&base, &key("@", RecordType::MX)), mail);
    asked(&fake);
    apply(&*provider, &many(), &base).expect("the changes");
    assert_eq!(asked(&fake), ["GET ", "PUT "]);
    assert_eq!(kept(&fake).len(), 3, "{:#?}", kept(&fake));
    assert_eq!(fetch(&*provider).zone.len(), base.zone.len() + 30);
    let served = fake.store().get(&origin()).expect("the zone").zone();
    let own = served.get(origin().borrow(), RecordType::NS);
    assert_eq!(own.expect("its own NS set").to_record_set().rdata.len(), 3);
}

fn puts_no_zone_over_what_moved() {
    let (fake, provider) = bench();
    let base = fetch(&*provider);
    ask(&fake, "DELETE", &format!("{RECORDS}/kept"), &Value::Null);
    let mut changes = many();
    changes.insert(0, delete(&base, key("kept", RecordType::TXT)));
    asked(&fake);
    let error = apply(&*provider, &changes, &base).expect_err("a conflict");
    assert_eq!(
        (error.kind, error.applied),
        (ErrorKind::Conflict, Some(0)),
        "{error}"
    );
    assert_eq!(asked(&fake), ["GET "]);
}

fn changes_one_name_in_one_call() {
    let (fake, provider) = bench();
    let base = fetch(&*provider);
    asked(&fake);
    let changes = [
        delete(&base, key("alias", RecordType::CNAME)),
        Change::Create {
            key: key("alias", RecordType::A),
            after: set(RecordType::A, 300, &["192.0.2.40"]),
        },
    ];
    apply(&*provider, &changes, &base).expect("the changes");
    assert_eq!(asked(&fake), ["PUT /alias"]);
    let now = fetch(&*provider);
    let address = set(RecordType::A, 300, &["192.0.2.40"]);
    assert_eq!(held(&now, &key("alias", RecordType::A)), address);
    assert_eq!(now.zone.len(), base.zone.len());
}

fn finds_names_as_they_were_written() {
    let (fake, provider) = bench();
    for set in written() {
        ask(&fake, "POST", RECORDS, &set);
    }
    let base = fetch(&*provider);
    asked(&fake);
    let caps = key("caps", RecordType::A);
    apply(&*provider, &[delete(&base, caps)], &base).expect("the change");
    assert_eq!(asked(&fake), ["DELETE /Caps/A"]);
    assert_eq!(kept(&fake).len(), 2);
}

fn takes_nothing_for_done_that_is_not_there() {
    let (fake, provider) = bench();
    let base = fetch(&*provider);
    let new = Change::Create {
        key: key("new", RecordType::A),
        after: set(RecordType::A, 300, &["192.0.2.20"]),
    };
    let kept = || delete(&base, key("kept", RecordType::TXT));
    ask(&fake, "DELETE", &format!("{RECORDS}/kept"), &Value::Null);
    for (changes, made) in [(vec![kept()], 0), (vec![new, kept()], 1)] {
        asked(&fake);
        let error = apply(&*provider, &changes, &base).expect_err("it is gone already");
        let told = (error.kind, error.applied);
        assert_eq!(told, (ErrorKind::Conflict, Some(made)), "{error}");
        assert!(error.message.contains("`kept.own.example. TXT`"), "{error}");
        assert_eq!(asked(&fake).len(), changes.len());
    }
    // Nor where the zone itself is gone, whatever was to be done there.
    fake.store().remove(&origin());
    let www = key("www", RecordType::A);
    let replace = Change::Replace {
        before: held(&base, &www),
        after: set(RecordType::A, 300, &["192.0.2.40"]),
        key: www.clone(),
    };
    for (change, kind) in [
        (replace, ErrorKind::NoSuchZone),
        (delete(&base, www), ErrorKind::Conflict),
    ] {
        let error = apply(&*provider, &[change], &base).expect_err("no zone");
        assert_eq!((error.kind, error.applied), (kind, Some(0)), "{error}");
    }
}

/// Two vendors, of which one answers with its own apex NS set for good.
fn is_usable_where_its_own_apex_ns_set_is_declared() {
    let vendors: [&'static Vendor; 2] = [&VENDOR, &desec::VENDOR];
    let fakes = vendors.map(|vendor| Fake::start(vendor, Clock::times(SPEED)));
    let project = tempfile::tempdir().expect("a directory");
    let write = |path: &str, text: &str| {
        let path = project.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    };
    let mut text = "@ 3600 IN SOA ns1 hostmaster 1 7200 3600 1209600 300\n".to_owned();
    let mut secrets = Vec::new();
    let mut accounts = Vec::new();
    for (vendor, fake) in vendors.iter().zip(&fakes) {
        let account = account(vendor, &fake.http().endpoint());
        let mut servers = Vec::new();
        for name in vendor.nameservers {
            _ = writeln!(text, "@ 3600 IN NS {name}");
            servers.push(format!(
                "{{ name = \"{name}\", addresses = [\"{}\"] }}",
                fake.dns()
            ));
        }
        accounts.push(format!(
            "adapter = \"{}\"\nnameservers = [{}]\n{}\n",
            vendor.adapter,
            servers.join(", "),
            account.text
        ));
        for (key, secret) in account.secrets {
            let variable = format!("REDUNDNS_{}_{key}", vendor.adapter);
            secrets.push((variable.to_uppercase(), secret));
        }
    }
    text += "www 3600 IN A 192.0.2.1\n";
    write(&format!("zones/{ZONE}.zone"), &text);
    write("providers/gandi.toml", &accounts[0]);
    write("providers/desec.toml", &accounts[1]);
    let run = |arguments: &[&str], code: i32, parts: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_redundns"));
        command
            .current_dir(project.path())
            .args(arguments)
            .env_clear()
            .env("PATH", environment("PATH").unwrap_or_default())
            .envs(secrets.iter().cloned());
        let output = command.output().expect("the program runs");
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        let said = format!("{out}{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{said}");
        // Wherever a line is broken.
        let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in parts {
            assert!(words.contains(part), "{arguments:?}: no {part}\n{said}");
        }
        out
    };
    let refusal = ["FIT06", "`apex_ns = \"provider\"` in the account `gandi`"];
    run(&["lint"], 1, &refusal);
    run(&["sync", "--yes", "--adopt"], 2, &refusal);
    let nothing = fakes.iter().all(|fake| fake.store().origins().is_empty());
    assert!(nothing, "something was made");
    let declared = format!("apex_ns = \"provider\"\n{}", accounts[0]);
    write("providers/gandi.toml", &declared);
    let cost = [
        "EXC03",
        "its own apex NS set",
        "who asks there learns of its servers only",
    ];
    run(&["sync", "--yes", "--adopt"], 0, &cost);
    run(&["lint"], 0, &[]);
    run(&["plan"], 0, &cost);
    run(&["check"], 0, &cost);
    let explained = "exception at gandi: the provider's own apex NS set";
    run(&["check", "--json"], 0, &["EXC03", explained]);
}
