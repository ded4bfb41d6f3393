//! `drill`: a provider is lost, with BIND, Knot and NSD as the nameservers and unbound as the resolver.

use std::net::SocketAddr;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::{ORIGIN, Project, nameservers};
use crate::world::bind::Bind;
use crate::world::hosted::{Hosted, KEY};
use crate::world::knot::Knot;
use crate::world::nsd::Nsd;
use crate::world::{require, wait_until};

/// A wildcard, so that every lookup is of another name.
const WILD: &str = "\
$TTL 300
@ SOA ns1.a.example. hostmaster 1 4h 1h 2w 5m
@ NS ns1.a.example.
@ NS ns1.b.example.
www A 192.0.2.1
*.apps A 192.0.2.80
";

/// Short, and three seconds of waiting are enough to see who does not answer.
const BRISK: [&str; 6] = ["--duration", "4s", "--rate", "50", "--patience", "3s"];

fn account(id: &str, address: SocketAddr) -> String {
    format!(
        "adapter = \"rfc2136\"\nserver = \"{address}\"\ntsig = {{ name = \"{}\", algorithm = \"{}\", \
         secret = {{ env = \"TSIG\" }} }}\n{}",
        KEY.name,
        KEY.algorithm,
        nameservers(id, address)
    )
}

fn project(text: &str, servers: &[(&str, SocketAddr)]) -> Project {
    let project = Project::new()
        .zone(ORIGIN, text)
        .variable("TSIG", KEY.secret);
    servers.iter().fold(project, |project, (id, address)| {
        project.account(id, &account(id, *address))
    })
}

/// `during` of the first zone, and the exit code.
fn during(project: &Project, arguments: &[&str]) -> (i32, Value, Value) {
    let all = [&["drill", ORIGIN][..], &BRISK, arguments].concat();
    let (code, report) = project.json(&all);
    let rehearsal = &report["zones"][0]["drill"]["rehearsal"];
    let phases = rehearsal["phases"].as_array();
    let phases = phases.unwrap_or_else(|| panic!("no rehearsal in {report:#}"));
    let tally = phases[1]["tally"].clone();
    (code, tally, report)
}

fn count(tally: &Value, key: &str) -> u64 {
    tally[key]
        .as_u64()
        .unwrap_or_else(|| panic!("no {key} in {tally}"))
}

/// The processes of a user's resolver, by the directory that its configuration lies in.
fn resolvers_below(directory: &std::path::Path) -> usize {
    let below = directory.to_string_lossy().into_owned();
    let processes = std::fs::read_dir("/proc").expect("a list of processes");
    processes
        .filter_map(Result::ok)
        .filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok())
        .filter(|line| String::from_utf8_lossy(line).contains(&below))
        .filter(|line| String::from_utf8_lossy(line).contains("unbound.conf"))
        .count()
}

#[test]
fn two_providers_survive_every_fault_but_wrong_answers() {
    if require("unbound", "unbound").is_none() {
        return;
    }
    let hosted = [Hosted::fixed(ORIGIN, WILD)];
    let (Some(bind), Some(knot)) = (Bind::start(&hosted), Knot::start(&hosted)) else {
        return;
    };
    std::thread::scope(|scope| {
        for fault in ["silent", "refused", "lossy", "stale", "empty"] {
            let (bind, knot) = (bind.address(), knot.address());
            scope.spawn(move || {
                let project = project(WILD, &[("a", bind), ("b", knot)]);
                let rows = project.path("rows.jsonl");
                let rows = rows.to_str().expect("UTF-8");
                let (code, tally, report) =
                    during(&project, &["--down", "b", "--fault", fault, "--rows", rows]);
                let lookups = count(&tally, "lookups");
                assert_eq!(lookups, 100, "{fault}: {report:#}");
                let told = |what: &str| {
                    let text = project.read("rows.jsonl");
                    let rows = text.lines().map(|line| -> Value {
                        serde_json::from_str(line).expect("a row is JSON")
                    });
                    rows.filter(|row| row["phase"] == "during" && row["told"] == what)
                        .count() as u64
                };
                for what in ["right", "wrong", "nothing"] {
                    assert_eq!(count(&tally, what), told(what), "{fault}: {what}");
                }
                if ["stale", "empty"].contains(&fault) {
                    let wrong = count(&tally, "wrong");
                    assert!(wrong > 0 && count(&tally, "nothing") == 0, "{report:#}");
                    assert_eq!(code, 1, "{report:#}");
                    let message = &report["zones"][0]["findings"][0]["message"];
                    let said = format!("{wrong} of 100 lookups got a wrong answer");
                    assert!(message.to_string().contains(&said), "{message}");
                } else {
                    assert!(count(&tally, "right") >= 99, "{fault}: {report:#}");
                    assert_eq!(code, 0, "{fault}: {report:#}");
                }
            });
        }
    });
}

#[test]
fn a_zone_at_one_provider_collapses_with_it() {
    if require("unbound", "unbound").is_none() {
        return;
    }
    // Without a wildcard: the same name again and again, and no cache to hide behind.
    let text = WILD.replace("*.apps A 192.0.2.80\n", "");
    let Some(nsd) = Nsd::start(&[Hosted::fixed(ORIGIN, &text)]) else {
        return;
    };
    let project = project(&text, &[("a", nsd.address())]);
    std::thread::scope(|scope| {
        for fault in ["silent", "refused"] {
            let project = &project;
            scope.spawn(move || {
                let (code, tally, report) = during(project, &["--down", "a", "--fault", fault]);
                assert_eq!(
                    report["zones"][0]["drill"]["rehearsal"]["names"],
                    "uncached"
                );
                assert_eq!(count(&tally, "right"), 0, "{fault}: {report:#}");
                assert_eq!(code, 1, "{report:#}");
                assert_eq!(report["zones"][0]["drill"]["arithmetic"]["left"], 0);
            });
        }
    });
}

#[test]
fn a_zone_that_is_wrong_before_the_fault_is_not_judged() {
    if require("unbound", "unbound").is_none() {
        return;
    }
    let text = WILD.replace("192.0.2.80", "192.0.2.81");
    let Some(nsd) = Nsd::start(&[Hosted::fixed(ORIGIN, &text)]) else {
        return;
    };
    let project = project(WILD, &[("a", nsd.address())]);
    let all = [&["drill", ORIGIN, "--down", "a"][..], &BRISK].concat();
    project.run(&all).expect(
        2,
        &[
            "already before the fault 0 of 50 lookups were right",
            "redundns check",
        ],
    );
}

#[test]
fn the_screen_and_the_picture_say_the_same() {
    if require("unbound", "unbound").is_none() {
        return;
    }
    let project = Project::synced();
    let all = [
        &["drill", ORIGIN, "--down", "b", "--svg", "drill.svg"][..],
        &BRISK,
    ]
    .concat();
    let output = project.run(&all).expect(
        0,
        &[
            "100.0 % of 100 cold lookups right, 0 wrong, 0 without an answer",
            "by arithmetic 1 of 2 addresses is lost, 1 left",
            "50 % of cold lookups ask a dead server first",
            "nobody but this resolver notices, and nobody but these addresses is asked",
            "! b is silent",
        ],
    );
    let bars = output.stdout.lines().filter(|line| line.contains("====="));
    assert!(bars.count() >= 20, "{}", output.stdout);
    let picture = project.read("drill.svg");
    assert!(picture.contains("during the fault 100 of 100 lookups were right"));
}

#[test]
fn a_rehearsal_that_is_stopped_shows_what_it_has() {
    if require("unbound", "unbound").is_none() {
        return;
    }
    let project = Project::synced();
    let mut all = vec![
        "drill",
        ORIGIN,
        "--down",
        "b",
        "--duration",
        "10m",
        "--rate",
        "50",
    ];
    all.extend([
        "--rows",
        "rows.jsonl",
        "--svg",
        "drill.svg",
        "--timeout",
        "4s",
    ]);
    let (code, report) = project.json(&all);
    assert_eq!(code, 2, "{report:#}");
    let zone = &report["zones"][0];
    let tally = &zone["drill"]["rehearsal"]["phases"][0]["tally"];
    let lookups = count(tally, "lookups");
    assert!(lookups > 0, "{report:#}");
    assert_eq!(project.read("rows.jsonl").lines().count() as u64, lookups);
    assert!(project.read("drill.svg").starts_with("<svg"));
    let findings = zone["findings"].as_array().expect("a list");
    let stopped = findings.iter().find(|one| one["code"] == "DRL07");
    let message = stopped.expect("a finding")["message"].to_string();
    let said = format!("stopped by `--timeout`, after {lookups} of 30000 lookups");
    assert!(message.contains(&said), "{message}");
    all.truncate(8);
    all.extend(["--timeout", "4s"]);
    let output = project.run(&all).expect(
        2,
        &[
            "the rehearsal was stopped before b was silent",
            "[DRL07]",
            "= before",
        ],
    );
    assert!(!output.stdout.contains("during"), "{}", output.stdout);
}

#[test]
fn ctrl_c_ends_the_resolver_too() {
    if require("unbound", "unbound").is_none() {
        return;
    }
    let project = Project::synced();
    let place = project.path("place");
    std::fs::create_dir(&place).expect("a folder");
    for signal in ["-INT", "-TERM", "-KILL"] {
        let mut child = project
            .command(&["drill", ORIGIN, "--down", "b", "--duration", "10m"])
            .env("TMPDIR", &place)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("started");
        wait_until("a resolver", || resolvers_below(&place) > 0);
        let sent = Command::new("kill")
            .args([signal, &child.id().to_string()])
            .status();
        assert!(sent.expect("kill runs").success());
        let status = child.wait().expect("it ends");
        if signal != "-KILL" {
            assert_eq!(status.code(), Some(2), "{signal}");
        }
        wait_until("no resolver", || resolvers_below(&place) == 0);
    }
}

#[test]
fn without_a_resolver_there_is_the_arithmetic() {
    let project = Project::pair();
    let run = |more: &[&str]| project.run(&[&["drill", ORIGIN, "--down", "b"][..], more].concat());
    let missing = ["--resolver", "no-such-unbound"];
    run(&missing).expect(
        0,
        &[
            "no-such-unbound is not installed",
            "[DRL01]",
            "is still served, at 1 address",
        ],
    );
    run(&[&missing[..], &["--real"]].concat()).expect(2, &["no-such-unbound is not installed"]);
    run(&["--arithmetic"]).expect(
        0,
        &["by arithmetic it is still served, at 1 address", "assumes:"],
    );
    let alone = Project::new().zone(ORIGIN, WILD).embedded("a");
    alone
        .run(&["drill", ORIGIN, "--down", "a", "--arithmetic"])
        .expect(1, &["nobody is left to answer", "[DRL03]"]);
}

#[test]
fn what_cannot_be_drilled_is_said_and_nothing_is_begun() {
    let project = Project::pair();
    let drill = |more: &[&str]| project.run(&[&["drill"][..], more].concat());
    drill(&[ORIGIN, "--down", "c"]).expect(
        2,
        &[
            "no account `c` serves example.test.",
            "its accounts: `a`, `b`",
        ],
    );
    drill(&["example.org", "--down", "a"]).expect(2, &["example.org"]);
    project.edit(
        "zones/example.test.zone",
        "@ NS ns1.b.example.",
        "@ NS ns1.b.example.\n@ NS ns.stranger.example.",
    );
    drill(&[ORIGIN, "--down", "a", "--arithmetic"])
        .expect(0, &["`ns.stranger.example.` is of no account", "[DRL06]"]);
    drill(&[ORIGIN, "--down", "a", "--fault", "stale", "--loss", "10%"])
        .expect(2, &["`--loss` goes with `--fault lossy` alone"]);
    let nowhere = ["--rows", "no/such/folder/rows.jsonl"];
    drill(&[&[ORIGIN, "--down", "a"][..], &nowhere].concat())
        .expect(2, &["no/such/folder/rows.jsonl cannot be written"]);
    drill(&[ORIGIN, "--down", "a", "--loss", "101%"]).expect(2, &["from 0% to 100%"]);
    drill(&[ORIGIN, "--down", "a", "--rate", "0"]).expect(2, &["1..=100"]);
    drill(&[ORIGIN, "--down", "a", "--duration", "1s"]).expect(2, &["2s to 1h"]);
    let mail = "$TTL 60\n@ SOA ns h 1 2 3 4 5\n@ NS ns1.a.example.\n@ MX 10 mail.example.org.\n";
    let project = Project::new()
        .zone(ORIGIN, mail)
        .embedded("a")
        .embedded("b");
    project
        .run(&["drill", ORIGIN, "--down", "a", "--real"])
        .expect(2, &["nothing to look up", "[DRL05]"]);
}
