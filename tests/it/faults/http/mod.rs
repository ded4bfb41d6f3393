//! `PowerDNS` behind a server that misbehaves as told.

use super::{BODY, Call, Expected, LAST, OLD, Project, Run, Stage, records, run_all};
use crate::world::free_address;
use crate::world::http_fake::{Fake, Reply, Request};
use crate::world::http_faults::{At, FAULTS, LIE, Lasts, PASSING};
use crate::world::pdns::Pdns;

const SECRET: &str = "PDNS_API_KEY";

/// The calls of an undisturbed run, in their order.
const CALLS: [(Call, &str); 7] = [
    (Call::Plan, "GET"),
    (Call::Base, "GET"),
    (Call::Body, "PATCH"),
    (Call::BodyBack, "GET"),
    (Call::ApexBase, "GET"),
    (Call::Apex, "PATCH"),
    (Call::ApexBack, "GET"),
];

/// A server with its own zones and one that is nobody's business.
struct World(Option<Pdns>);

const BYSTANDER: &str = "bystander.test";

fn zone(case: usize) -> String {
    format!("c{case}.test")
}

impl World {
    fn new(cases: &[usize]) -> Self {
        let mut zones: Vec<String> = cases.iter().map(|&case| zone(case)).collect();
        zones.push(BYSTANDER.to_owned());
        let texts: Vec<(&str, String)> = zones
            .iter()
            .map(|zone| (zone.as_str(), format!("$ORIGIN {zone}.\n{OLD}")))
            .collect();
        let texts: Vec<(&str, &str)> = texts
            .iter()
            .map(|(zone, text)| (*zone, text.as_str()))
            .collect();
        Self(Pdns::start(&texts))
    }
}

fn export(server: &Pdns, zone: &str) -> String {
    server
        .request("GET", &format!("/zones/{zone}./export"), "")
        .1
}

fn held(server: &Pdns, zone: &str) -> Option<Stage> {
    Stage::of(zone, &records(zone, &export(server, zone)))
}

/// A project whose `alpha` is reached through `script`, which is told the number of the request.
fn disturbed(
    server: &Pdns,
    zone: &str,
    script: impl Fn(usize, &Request) -> Reply + Send + Sync + 'static,
) -> (Project, Fake) {
    let upstream = server.endpoint.trim_start_matches("http://");
    let upstream = upstream.parse().expect("an address");
    let fake = Fake::before(Some(upstream), script);
    let project = Project::new(zone, &account(&fake.endpoint()), server.dns);
    (project, fake)
}

fn account(endpoint: &str) -> String {
    format!("adapter = \"powerdns\"\nendpoint = \"{endpoint}\"")
}

/// The next run, undisturbed, makes everything as it shall be and touches nothing else.
fn mended(project: &Project, server: &Pdns, before: &str) -> Vec<String> {
    let file = project.directory.path().join("providers/alpha.toml");
    let text = std::fs::read_to_string(&file).expect("the account");
    let lines = text.lines().filter(|line| !line.starts_with("endpoint"));
    let text: Vec<&str> = lines.collect();
    project.write(
        "providers/alpha.toml",
        &format!("endpoint = \"{}\"\n{}", server.endpoint, text.join("\n")),
    );
    let run = project.sync((SECRET, server.api_key), &[]);
    let mut wrong = done(project, server, &run);
    if export(server, BYSTANDER) != before {
        wrong.push("a zone that was not named is another".to_owned());
    }
    wrong
}

fn done(project: &Project, server: &Pdns, run: &Run) -> Vec<String> {
    let mut wrong = Vec::new();
    if run.code != Some(0) {
        wrong.push(format!("exit {:?} instead of 0: {}", run.code, run.said));
    }
    let all = records(&project.zone, &(BODY.to_owned() + LAST));
    if project.beta() != all || records(&project.zone, &export(server, &project.zone)) != all {
        wrong.push("not everything is there".to_owned());
    }
    wrong
}

#[test]
fn a_whole_sync_makes_the_calls_that_are_named_here() {
    let World(Some(server)) = World::new(&[0]) else {
        return;
    };
    let (project, fake) = disturbed(&server, &zone(0), |_, _| Reply::Pass);
    let run = project.sync((SECRET, server.api_key), &[]);
    assert_eq!(done(&project, &server, &run), [""; 0]);
    let seen = fake.seen();
    let methods: Vec<&str> = seen.iter().map(|request| request.method.as_str()).collect();
    assert_eq!(methods, CALLS.map(|(_, method)| method));
    assert_eq!(
        [run.applied("alpha"), run.applied("beta")],
        [Stage::Done.changes(); 2]
    );
}

#[test]
fn every_fault_at_every_call() {
    let mut cases = Vec::new();
    for fault in FAULTS.iter().chain([&LIE]) {
        for (number, (call, _)) in CALLS.into_iter().enumerate() {
            let makes_sense = match fault.at {
                At::Every => true,
                At::Reads => !call.writes(),
                At::Writes => call.writes(),
            };
            if makes_sense {
                cases.push((fault, number, call));
            }
        }
    }
    run_all(
        &cases,
        World::new,
        |index, &(fault, number, call), world| {
            let Some(server) = &world.0 else {
                return Vec::new();
            };
            let (lasts, reply) = (fault.lasts, fault.reply);
            let leaves = fault.leaves();
            let (project, fake) = disturbed(server, &zone(index), move |at, request| {
                let is_met = match lasts {
                    Lasts::On => at >= number,
                    Lasts::Once => at == number,
                };
                match leaves {
                    true if at + 1 == number => Reply::PassAndLeave,
                    false if is_met => reply(request),
                    _ => Reply::Pass,
                }
            });
            if leaves && number == 0 {
                let nobody = format!("http://{}", free_address());
                project.write(
                    "providers/alpha.toml",
                    &format!(
                        "{}\n{}",
                        account(&nobody),
                        super::nameserver("alpha", server.dns)
                    ),
                );
            }
            let before = export(server, BYSTANDER);
            let time: &[&str] = if fault.name == "timeout" {
                &["--timeout", "3s"]
            } else {
                &[]
            };
            let run = project.sync((SECRET, server.api_key), time);
            let expected = Expected {
                call,
                is_certain: fault.is_certain,
                happened: fault.happened,
                phrase: fault.phrases[usize::from(call.writes())],
            };
            let alpha = held(server, &project.zone);
            let beta = Stage::of(&project.zone, &project.beta());
            let mut wrong = expected.judge(&run, alpha, beta);
            if !wrong.is_empty() {
                wrong.push(run.said);
            }
            drop(fake);
            wrong.extend(mended(&project, server, &before));
            let name = format!("{} at {call:?}: ", fault.name);
            wrong
                .iter()
                .map(|complaint| name.clone() + complaint)
                .collect()
        },
    );
}

#[test]
fn what_passes_by_itself_is_waited_for() {
    let mut cases = Vec::new();
    for fault in PASSING {
        for (number, (call, _)) in CALLS.into_iter().enumerate() {
            if fault.at == At::Every || !call.writes() {
                cases.push((fault, number, call));
            }
        }
    }
    run_all(
        &cases,
        World::new,
        |index, &(fault, number, call), world| {
            let Some(server) = &world.0 else {
                return Vec::new();
            };
            let reply = fault.reply;
            let script = move |at, request: &Request| {
                if at == number {
                    reply(request)
                } else {
                    Reply::Pass
                }
            };
            let (project, fake) = disturbed(server, &zone(index), script);
            let run = project.sync((SECRET, server.api_key), &[]);
            let mut wrong = done(&project, server, &run);
            let calls = fake.seen().len();
            if calls != CALLS.len() + 1 {
                wrong.push(format!("{calls} requests"));
            }
            let name = format!("{} at {call:?}: ", fault.name);
            wrong
                .iter()
                .map(|complaint| name.clone() + complaint)
                .collect()
        },
    );
}
