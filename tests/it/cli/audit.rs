//! `audit`: with a root of its own, before the delegation, and typed wrongly.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Output, Project, finish, program};
use crate::world::bind::Bind;
use crate::world::fake_ns::{FakeNs, Mode};
use crate::world::hosted::{Access, Hosted};
use crate::world::knot::Knot;
use crate::world::namespace;
use crate::world::nsd::Nsd;
use crate::world::small_internet::{SHOP, SmallInternet};

fn run(directory: &Path, arguments: &[&str]) -> Output {
    finish(&mut program(directory, &[&["audit"], arguments].concat()))
}

fn json(directory: &Path, arguments: &[&str]) -> (i32, Value) {
    let output = run(directory, &[arguments, &["--json"]].concat());
    let report = serde_json::from_str(&output.stdout)
        .unwrap_or_else(|error| panic!("no JSON ({error}): {output:#?}"));
    (output.code, report)
}

/// `CODE name type [nameservers]` of every finding and difference, those about signatures and survival left out.
fn told(report: &Value) -> Vec<String> {
    let zone = &report["zones"][0];
    let word = |entry: &Value, key: &str| entry[key].as_str().unwrap_or_default().to_owned();
    let of = |entry: &Value, whose: &str| {
        let [code, name, rtype] = ["code", "name", "type"].map(|key| word(entry, key));
        format!("{code} {name} {rtype} [{whose}]")
    };
    let findings = zone["findings"].as_array().expect("a list").iter();
    let mut all: Vec<String> = findings
        .map(|one| of(one, &word(one, "nameserver")))
        .collect();
    for one in zone["differences"].as_array().expect("a list") {
        let answers = one["answers"].as_array().expect("a list").iter();
        let wrong = answers.filter(|answer| answer["current"] == false);
        let whose: Vec<&str> = wrong
            .flat_map(|answer| answer["nameservers"].as_array().expect("a list"))
            .filter_map(Value::as_str)
            .collect();
        all.push(of(one, &whose.join(", ")));
    }
    all.retain(|one| !one.starts_with("SEC") && !one.starts_with("DIV04"));
    all
}

const BETA: &str = "ns1.beta.lab. 10.53.2.1:53, ns1.beta.lab. [fd53:0:2::1]:53";
const GAMMA: &str = "ns1.gamma.example. 10.53.3.1:53, ns1.gamma.example. [fd53:0:3::1]:53";

/// Arguments of a run, what is edited, who is down, the exit code, and what is told.
type Case<'a> = (
    &'a [&'a str],
    &'a [(&'a str, &'a str, &'a str)],
    &'a [&'a str],
    i32,
    &'a [String],
);

#[test]
fn with_a_root_of_its_own_every_fault_is_found_where_it_is() {
    if !namespace::inside("cli::audit::with_a_root_of_its_own_every_fault_is_found_where_it_is") {
        return;
    }
    let domain = ["shop.example", "--root-hints", "hints"];
    let file = ["shop.example.zone", "--root-hints", "hints"];
    let wrong = ["www 300 A 192.0.2.10", "www 300 A 192.0.2.66"];
    let cases: &[Case<'_>] = &[
        (&domain, &[], &[], 0, &[]),
        (&file, &[], &[], 0, &[]),
        (
            &domain,
            &[("beta", wrong[0], wrong[1])],
            &[],
            1,
            &[format!("AGR01 www.shop.example. A [{BETA}]")],
        ),
        (
            &file,
            &[("gamma", "*.apps 300 A 192.0.2.80\n", "")],
            &[],
            1,
            &[format!("AGR05 *.apps.shop.example. A [{GAMMA}]")],
        ),
        (
            &domain,
            &[("beta", "www 300 A", "www 60 A")],
            &[],
            0,
            &[format!("AGR02 www.shop.example. A [{BETA}]")],
        ),
        (
            &domain,
            &[("example", "shop NS ns1.gamma\n", "")],
            &[],
            1,
            &["DEL02 shop.example. NS [a.root. 10.53.0.1:53]".to_owned()],
        ),
    ];
    for (arguments, edits, down, code, expected) in cases {
        let Some(internet) = SmallInternet::start(edits, down) else {
            return;
        };
        let at = internet.directory();
        fs::write(at.join("shop.example.zone"), SHOP).expect("a zone file");
        let (got, report) = json(at, arguments);
        let told = told(&report);
        let all = expected.iter().all(|one| told.contains(one));
        assert!(all, "{edits:?}: {told:#?}\n{report:#}");
        let is_alone = |one: &String| {
            one[..5]
                == expected.first().map_or("", |first| &first[..5])
                    [..5.min(expected.first().map_or(0, String::len))]
        };
        assert!(told.iter().all(is_alone), "{edits:?}: {told:#?}");
        assert_eq!(got, *code, "{edits:?}: {told:#?}");
    }
}

#[test]
fn a_silent_provider_is_named_within_three_seconds() {
    if !namespace::inside("cli::audit::a_silent_provider_is_named_within_three_seconds") {
        return;
    }
    let Some(internet) = SmallInternet::start(&[], &["beta"]) else {
        return;
    };
    // Packets that nobody answers, instead of a refusal at once.
    let holes: Vec<std::net::UdpSocket> = ["10.53.2.1:53", "[fd53:0:2::1]:53"]
        .iter()
        .map(|address| std::net::UdpSocket::bind(address).expect("a socket that never answers"))
        .collect();
    let begun = Instant::now();
    let (code, report) = json(
        internet.directory(),
        &["shop.example", "--root-hints", "hints"],
    );
    let took = begun.elapsed();
    drop(holes);
    let told = told(&report);
    assert_eq!(code, 1, "{told:#?}");
    assert!(told.contains(&format!("SRV01   [{BETA}]")), "{told:#?}");
    assert!(took < Duration::from_secs(3), "{took:?}");
}

#[test]
fn a_domain_that_is_none_is_said_so() {
    if !namespace::inside("cli::audit::a_domain_that_is_none_is_said_so") {
        return;
    }
    let Some(internet) = SmallInternet::start(&[], &[]) else {
        return;
    };
    let at = internet.directory();
    for (target, phrase) in [
        ("nothing.example", "`nothing.example.` does not exist"),
        (
            "www.shop.example",
            "`www.shop.example.` is no zone of its own, but a part of `shop.example.`",
        ),
    ] {
        run(at, &[target, "--root-hints", "hints"]).expect(2, &["error[AUD01]", phrase]);
    }
}

const ZONE: &str = "\
$TTL 3600
@ SOA ns1.a.example. hostmaster 1 14400 3600 1209600 300
@ NS ns1.a.example.
@ NS ns1.b.example.
@ NS ns1.c.example.
@ MX 10 mail
www A 192.0.2.1
mail A 192.0.2.2
";

#[test]
fn before_the_delegation_given_servers_are_asked() {
    let hosted = |text: &str| [Hosted::fixed("shop.test", text).transfer(Access::Keys)];
    let stale = ZONE.replace("www A 192.0.2.1", "www A 192.0.2.9");
    let (Some(bind), Some(knot), Some(nsd)) = (
        Bind::start(&hosted(ZONE)),
        Knot::start(&hosted(ZONE)),
        Nsd::start(&hosted(&stale)),
    ) else {
        return;
    };
    let project = Project::new();
    let at = project.path("");
    let servers = [
        ("a.example", bind.address()),
        ("b.lab", knot.address()),
        ("c.net", nsd.address()),
    ]
    .map(|(id, address)| format!("ns1.{id}={address}"));
    let [a, b, c] = servers.each_ref().map(String::as_str);
    let given = ["shop.test", "--ns", a, "--ns", b];
    let (code, report) = json(&at, &given);
    // Whoever is asked alone cannot tell where the mail goes.
    let alone = "AUD03   []".to_owned();
    assert_eq!(
        (code, told(&report)),
        (0, vec![alone.clone()]),
        "{report:#}"
    );
    let (code, report) = json(&at, &[&given[..], &["--ns", c]].concat());
    let expected = format!("AGR01 www.shop.test. A [ns1.c.net. {}]", nsd.address());
    let expected = vec![alone, expected];
    assert_eq!((code, told(&report)), (1, expected), "{report:#}");
    let text = run(&at, &[&given[..], &["--ns", c]].concat());
    text.expect(
        1,
        &[
            "! shop.test.: 1 note, 1 of",
            "www A: differs [AGR01]",
            "expected 3600 192.0.2.1",
            "served 3600 192.0.2.9",
            &format!(
                "dig +norec @127.0.0.1 -p {} www.shop.test. A",
                nsd.address().port()
            ),
        ],
    );
    // A project may take it otherwise.
    project.write(
        "redundns.toml",
        "[audit]\nseverity = { AGR01 = \"warning\" }\n",
    );
    let (code, _) = json(&at, &[&given[..], &["--ns", c]].concat());
    assert_eq!(code, 0);
}

#[test]
fn servers_that_misbehave_are_told_apart() {
    let project = Project::new();
    let honest = FakeNs::start(Mode::Honest);
    for (mode, code, phrase) in [
        (Mode::Silent, "SRV01", "no answer over UDP: timeout"),
        (Mode::Refusing, "DEL04", "refuses to answer"),
        (Mode::WrongId, "SRV08", "with another id"),
        (Mode::WrongSource, "SRV08", "the response comes from"),
        (Mode::NoEdns, "SRV04", "answered FORMERR"),
    ] {
        let fake = FakeNs::start(mode);
        let good = format!("ns1.a.example={}", honest.address());
        let bad = format!("ns1.b.example={}", fake.address());
        let output = run(
            &project.path(""),
            &["shop.test", "--ns", &good, "--ns", &bad],
        );
        let said = output.said();
        let words: Vec<&str> = said.split_whitespace().collect();
        let words = words.join(" ");
        assert!(words.contains(&format!("[{code}]")), "{mode:?}: {said}");
        assert!(words.contains(phrase), "{mode:?}: {said}");
        assert_ne!(output.code, 0, "{mode:?}: {said}");
        assert!(
            said.contains(&fake.address().to_string()),
            "{mode:?}: {said}"
        );
    }
}

#[test]
fn what_is_typed_wrongly_is_said_at_once_and_asks_nobody() {
    let project = Project::new();
    project.write("names.txt", "www\nother.org.\n");
    project.write("asn.txt", "192.0.2.0/24 64500\n192.0.2.0 1\n");
    project.write("hints.txt", "www 60 A 192.0.2.1\n");
    project.write("anchor.txt", "example. 60 A 192.0.2.1\n");
    project.write("broken.zone", "@ A 192.0.2.256\n");
    let at = project.path("");
    let table: &[(&[&str], &[&str])] = &[
        (&["a..b"], &["`a..b` is no domain", "hint:"]),
        (&["gone.zone"], &["there is no file `gone.zone`"]),
        (&["zones"], &["`zones` is a directory"]),
        (&["broken.zone"], &["broken.zone:1:5", "192.0.2.256"]),
        (
            &["shop.test", "--names", "names.txt"],
            &["names.txt:2:1", "not in `shop.test.`"],
        ),
        (
            &["shop.test", "--asn", "asn.txt"],
            &["asn.txt:2:1", "`192.0.2.0` is no prefix"],
        ),
        (
            &["shop.test", "--root-hints", "hints.txt"],
            &["hints.txt", "no root server"],
        ),
        (
            &["shop.test", "--trust-anchor", "anchor.txt"],
            &["anchor.txt:1:1", "neither DS nor DNSKEY"],
        ),
        (
            &["shop.test", "--names", "gone.txt"],
            &["gone.txt:1:1", "cannot read it"],
        ),
        (&["shop.test", "--ns", "ns1.a.example"], &["NAME=ADDRESS"]),
        (
            &["shop.test", "--status-page", "https://status..test"],
            &["--status-page", "is no domain"],
        ),
    ];
    for (arguments, phrases) in table {
        run(&at, arguments).expect(2, phrases);
    }
    project.write("redundns.toml", "[audit]\nseverity = { DEL99 = \"off\" }\n");
    run(&at, &["shop.test"]).expect(2, &["there is no code `DEL99`"]);
    project.write(
        "redundns.toml",
        "[audit]\nseverity = { DEL06 = \"loud\" }\n",
    );
    run(&at, &["shop.test"]).expect(2, &["redundns.toml:2"]);
}
