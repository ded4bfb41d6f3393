//! BIND behind a proxy that misbehaves as told.

use std::process::Command;

use super::{BODY, Call, Expected, LAST, OLD, Project, Run, Stage, nameserver, records, run_all};
use crate::world::bind::Bind;
use crate::world::dns_proxy::{Manner, Proxy};
use crate::world::free_address;
use crate::world::hosted::{Access, Hosted, KEY};
use crate::world::require;

/// The calls of an undisturbed run, in their order: each has a connection of its own.
const CALLS: [Call; 5] = [
    Call::Plan,
    Call::Body,
    Call::BodyBack,
    Call::Apex,
    Call::ApexBack,
];

struct Fault {
    name: &'static str,
    manner: Manner,
    /// Whether a write that met it changed nothing for certain, and whether it did change something.
    is_certain: bool,
    happened: bool,
    phrase: &'static str,
}

const fn fault(
    name: &'static str,
    manner: Manner,
    is_certain: bool,
    phrase: &'static str,
) -> Fault {
    Fault {
        name,
        manner,
        is_certain,
        happened: false,
        phrase,
    }
}

const fn applied(name: &'static str, manner: Manner, phrase: &'static str) -> Fault {
    Fault {
        happened: true,
        ..fault(name, manner, false, phrase)
    }
}

const FAULTS: [Fault; 8] = [
    fault("refused", Manner::PassAndLeave, true, "connection refused"),
    fault("reset", Manner::Reset, false, "connection reset"),
    fault("timeout", Manner::Hang, false, "timed out"),
    fault("SERVFAIL", Manner::Rcode(2), true, "SERVFAIL"),
    fault("NOTAUTH", Manner::Rcode(9), true, "NOTAUTH"),
    applied("truncated", Manner::Half, "before its answer was complete"),
    applied("wrong id", Manner::WrongId, "the answer belongs to another"),
    applied("answer lost", Manner::PassAndReset, "connection reset"),
];

const SECRET: (&str, &str) = ("DNS_UPDATE_KEYSECRET", KEY.secret);
const BYSTANDER: &str = "bystander.test";

fn zone(case: usize) -> String {
    format!("d{case}.test")
}

fn server(cases: usize) -> Option<Bind> {
    require("dig", "bind9-dnsutils")?;
    let zones = (0..cases).map(zone).chain([BYSTANDER.to_owned()]);
    let hosted: Vec<Hosted> = zones
        .map(|zone| Hosted::dynamic(&zone, OLD).transfer(Access::Anyone))
        .collect();
    Bind::start(&hosted)
}

/// What the server itself says to somebody else.
fn transferred(server: &Bind, zone: &str) -> String {
    let address = server.address();
    let output = Command::new("dig")
        .arg(format!("@{}", address.ip()))
        .args(["-p", &address.port().to_string()])
        .args(["+noall", "+answer", "+onesoa", zone, "AXFR"])
        .output()
        .expect("dig runs");
    String::from_utf8(output.stdout).expect("text")
}

fn account(server: std::net::SocketAddr) -> String {
    format!(
        "adapter = \"rfc2136\"\nserver = \"{server}\"\ntsig = {{ name = \"{}\", algorithm = \"{}\" }}",
        KEY.name, KEY.algorithm
    )
}

fn done(project: &Project, server: &Bind, run: &Run) -> Vec<String> {
    let mut wrong = Vec::new();
    if run.code != Some(0) {
        wrong.push(format!("exit {:?} instead of 0: {}", run.code, run.said));
    }
    let all = records(&project.zone, &(BODY.to_owned() + LAST));
    let held = records(&project.zone, &transferred(server, &project.zone));
    if project.beta() != all || held != all {
        wrong.push("not everything is there".to_owned());
    }
    wrong
}

#[test]
fn a_whole_sync_makes_the_calls_that_are_named_here() {
    let Some(server) = server(1) else {
        return;
    };
    let proxy = Proxy::before(server.address(), |_| Manner::Pass);
    let project = Project::new(&zone(0), &account(proxy.address()), server.address());
    let run = project.sync(SECRET, &[]);
    assert_eq!(done(&project, &server, &run), [""; 0]);
    assert_eq!(proxy.connections(), CALLS.len());
}

#[test]
fn every_fault_at_every_call() {
    let mut cases = Vec::new();
    for fault in &FAULTS {
        cases.extend(
            CALLS
                .into_iter()
                .enumerate()
                .map(|(number, call)| (fault, number, call)),
        );
    }
    let Some(server) = server(cases.len()) else {
        return;
    };
    let before = transferred(&server, BYSTANDER);
    let trial = |index: usize, &(fault, number, call): &(&Fault, usize, Call), (): &()| {
        let manner = fault.manner;
        let proxy = Proxy::before(server.address(), move |connection| match manner {
            Manner::PassAndLeave if connection + 1 == number => manner,
            Manner::PassAndLeave => Manner::Pass,
            _ if connection == number => manner,
            _ => Manner::Pass,
        });
        let leaves_at_once = manner == Manner::PassAndLeave && number == 0;
        let through = if leaves_at_once {
            free_address()
        } else {
            proxy.address()
        };
        let project = Project::new(&zone(index), &account(through), server.address());
        let time: &[&str] = if manner == Manner::Hang {
            &["--timeout", "3s"]
        } else {
            &[]
        };
        let run = project.sync(SECRET, time);
        let expected = Expected {
            call,
            is_certain: fault.is_certain,
            happened: fault.happened,
            phrase: fault.phrase,
        };
        let held = records(&project.zone, &transferred(&server, &project.zone));
        let alpha = Stage::of(&project.zone, &held);
        let beta = Stage::of(&project.zone, &project.beta());
        let mut wrong = expected.judge(&run, alpha, beta);
        if !wrong.is_empty() {
            wrong.push(run.said);
        }
        drop(proxy);
        project.write(
            "providers/alpha.toml",
            &format!(
                "{}\n{}",
                account(server.address()),
                nameserver("alpha", server.address())
            ),
        );
        let run = project.sync(SECRET, &[]);
        wrong.extend(done(&project, &server, &run));
        let name = format!("{} at {call:?}: ", fault.name);
        wrong
            .iter()
            .map(|complaint| name.clone() + complaint)
            .collect()
    };
    run_all(&cases, |_| (), trial);
    assert_eq!(
        transferred(&server, BYSTANDER),
        before,
        "a zone that was not named is another"
    );
}
