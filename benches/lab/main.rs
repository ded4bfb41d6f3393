//! Faults seeded one at a time at real nameservers below a root of our own, and which tool finds them.
//!
//! `cargo bench --bench lab` goes through all of them with every tool that is installed (`peers.txt` goes into a Python
//! environment `target/lab`); words after `--` choose cases by parts of their names, `TOOLS=redundns` one of the tools.
//! With `UPDATE=1` the table in `docs/audit.md` is written anew. Under `cargo test` redundns alone looks at a few cases,
//! or at all whose names contain the words.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    unreachable_pub,
    reason = "a benchmark prints what it measured, and is no library"
)]

mod faults;
mod internet;
mod master;
mod namespace;
mod server;
mod signer;
mod table;
mod tool;
mod twist;

#[allow(
    dead_code,
    reason = "the harness serves several test binaries, none of which needs all of it"
)]
#[path = "../../tests/world/mod.rs"]
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use faults::{Case, Table};
use internet::Lab;
use table::{Measured, Run};
use tool::{Heard, Tool, Verdict, Visit, redundns};

/// What the lab is made of, and the Debian packages that have it.
const NEEDS: [(&str, &str); 9] = [
    ("named", "bind9"),
    ("dnssec-signzone", "bind9-utils"),
    ("dnssec-keygen", "bind9-utils"),
    ("knotd", "knot"),
    ("keymgr", "knot"),
    ("nsd", "nsd"),
    ("pdns_server", "pdns-server"),
    ("pdnsutil", "pdns-server"),
    ("sqlite3", "sqlite3"),
];

/// What is looked at in every run of the tests.
const QUICK: [&str; 10] = [
    "record-wrong",
    "name-missing",
    "ttl-differs",
    "unstable-server",
    "cname-order",
    "parent-lists-fewer",
    "refused",
    "silent",
    "plain",
    "signed",
];

fn main() -> ExitCode {
    if NEEDS
        .iter()
        .any(|(name, package)| world::require(name, package).is_none())
    {
        return ExitCode::SUCCESS;
    }
    if !namespace::is_inside() {
        return namespace::enter();
    }
    let words: Vec<String> = std::env::args().skip(1).collect();
    let bench = words.iter().any(|word| word == "--bench");
    let words: Vec<&String> = words.iter().filter(|word| !word.starts_with('-')).collect();
    let table = Table::read();
    let chosen = |case: &&Case| match (words.is_empty(), bench) {
        (true, true) => true,
        (true, false) => QUICK.contains(&case.name.as_str()),
        (false, _) => words.iter().any(|word| case.name.contains(*word)),
    };
    namespace::set_up(&Lab::addresses(&table));
    let directory = tempfile::tempdir().expect("a folder");
    let mut run = Session {
        lab: Lab::new(directory.path()),
        directory: directory.path(),
        versions: versions(bench),
        healthy: BTreeMap::new(),
        measured: Measured::default(),
    };
    let mut bad = 0;
    let cases: Vec<&Case> = table.cases().filter(chosen).collect();
    for baseline in run.baselines(&table, &cases) {
        run.learn(baseline);
    }
    for case in &cases {
        bad += run.visit(case);
        if tool::is_set("UPDATE") {
            run.measured.keep(&table);
        }
    }
    println!("{} passed; {bad} failed", cases.len() - bad);
    if bad == 0 || bench {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The tools that take part.
fn versions(bench: bool) -> BTreeMap<Tool, String> {
    let wanted = world::environment("TOOLS").map(|value| value.to_string_lossy().into_owned());
    let takes_part = |tool: &Tool| match &wanted {
        Some(names) => names
            .split(',')
            .any(|name| format!("{tool:?}").to_lowercase().starts_with(name)),
        None => bench || *tool == Tool::Redundns,
    };
    let mut versions = BTreeMap::new();
    for tool in Tool::ALL.into_iter().filter(takes_part) {
        match tool.version() {
            Some(version) => drop(versions.insert(tool, version)),
            None => eprintln!("SKIPPED: {tool:?} is not installed"),
        }
    }
    versions
}

/// One run through the cases.
struct Session<'a> {
    lab: Lab,
    directory: &'a Path,
    versions: BTreeMap<Tool, String>,
    /// By healthy world and tool: what the tool says of it all the same.
    healthy: BTreeMap<(String, Tool), BTreeSet<String>>,
    measured: Measured,
}

impl Session<'_> {
    /// The healthy worlds that the other tools are compared with.
    fn baselines<'t>(&self, table: &'t Table, cases: &[&Case]) -> Vec<&'t Case> {
        if self.versions.keys().all(|tool| *tool == Tool::Redundns) {
            return Vec::new();
        }
        let names: BTreeSet<&str> = cases.iter().flat_map(|case| baselines(case)).collect();
        table
            .healthy
            .iter()
            .filter(|case| names.contains(case.name.as_str()))
            .collect()
    }

    fn learn(&mut self, case: &Case) {
        for (tool, heard) in self.look(case, |tool| tool != Tool::Redundns) {
            let codes = heard
                .remarks
                .into_iter()
                .map(|remark| remark.code)
                .collect();
            self.healthy.insert((case.name.clone(), tool), codes);
        }
    }

    /// Whether redundns failed: 0 or 1.
    fn visit(&mut self, case: &Case) -> usize {
        let mut bad = 0;
        for (tool, heard) in self.look(case, |_| true) {
            let verdict = if tool == Tool::Redundns {
                redundns::judge(&heard, case)
            } else {
                let healthy = baselines(case)
                    .into_iter()
                    .filter_map(|world| self.healthy.get(&(world.to_owned(), tool)))
                    .flatten()
                    .cloned()
                    .collect();
                tool::judge(&heard, &healthy, case.expect.as_ref())
            };
            bad += usize::from(tool == Tool::Redundns && !verdict.good);
            show(case, tool, &verdict, &heard);
            self.keep(case, tool, verdict);
        }
        bad
    }

    fn look(&self, case: &Case, takes_part: impl Fn(Tool) -> bool) -> Vec<(Tool, Heard)> {
        let internet = self.lab.start(case);
        let tools = self.versions.keys().filter(|tool| takes_part(**tool));
        tools
            .map(|tool| {
                let scratch = self.directory.join(format!("{tool:?}"));
                let _ = fs::remove_dir_all(&scratch);
                fs::create_dir_all(&scratch).expect("a folder");
                let visit = Visit {
                    lab: &self.lab,
                    case,
                    internet: &internet,
                    scratch: &scratch,
                };
                (*tool, tool.look(&visit))
            })
            .collect()
    }

    fn keep(&mut self, case: &Case, tool: Tool, verdict: Verdict) {
        let date = signer::output(Command::new("date").arg("+%F"))
            .trim()
            .to_owned();
        let version = self.versions[&tool].clone();
        self.measured.tools.insert(tool, Run { version, date });
        self.measured
            .cases
            .entry(case.name.clone())
            .or_default()
            .insert(tool, verdict);
    }
}

/// The healthy worlds that are most like a case.
fn baselines(case: &Case) -> Vec<&'static str> {
    let mut worlds = vec![match case.sign.values().next() {
        None => "plain",
        Some(way) if way.starts_with("nsec3") => "signed-nsec3",
        Some(_) => "signed",
    }];
    let servers = case.nameservers();
    if servers
        .iter()
        .any(|server| server.name.ends_with(master::ZONE))
    {
        worlds.push("nameservers-within");
    }
    worlds
}

fn show(case: &Case, tool: Tool, verdict: &Verdict, heard: &Heard) {
    let word = if verdict.good { "ok" } else { "NO" };
    println!(
        "{:32} {:14} {word} {:6} ms  {}",
        case.name,
        format!("{tool:?}"),
        verdict.took,
        verdict.said
    );
    if tool::is_set("VERBOSE") {
        for remark in &heard.remarks {
            println!("    {}: {}", remark.code, remark.text);
        }
    }
}
