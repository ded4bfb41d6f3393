//! The built program, driven as a user would: a working directory, a command line, an exit code and what is said.

mod aids;
mod audit;
mod bad_days;
mod config;
mod delegation;
mod drill;
mod exception;
mod exec;
mod failure;
mod first_day;
mod formats;
mod guard;
mod history;
mod ignore;
mod import;
mod init;
mod lint;
mod real;
mod resume;
mod rollout;
mod saved;
mod secondary;
mod serve;
mod servers;
mod signal;
mod state;
mod story;
mod terminal;
mod tour;
mod undo;
mod watch;

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::world::{environment, free_address};

/// The zone of most tests: two providers' servers, and little else.
const ORIGIN: &str = "example.test";

/// Thirteen record sets, so that the share of a change counts.
const ZONE: &str = "\
$TTL 300
@ SOA ns1.a.example. hostmaster 1 4h 1h 2w 5m
@ NS ns1.a.example.
@ NS ns1.b.example.
@ A 192.0.2.10
@ MX 10 mail
mail A 192.0.2.25
_dmarc TXT \"v=DMARC1; p=none\"
www A 192.0.2.1
h1 A 192.0.2.11
h2 A 192.0.2.12
h3 A 192.0.2.13
h4 A 192.0.2.14
h5 A 192.0.2.15
h6 A 192.0.2.16
";

/// A working directory of its own.
struct Project {
    directory: TempDir,
    variables: Vec<(String, String)>,
}

/// What a run came to.
#[derive(Debug)]
struct Output {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Project {
    /// With `zones/` and `providers/`, both empty.
    fn new() -> Self {
        let directory = tempfile::Builder::new()
            .prefix("redundns-")
            .tempdir()
            .expect("a temporary directory");
        for folder in ["zones", "providers"] {
            fs::create_dir(directory.path().join(folder)).expect("a folder");
        }
        Self {
            directory,
            variables: Vec::new(),
        }
    }

    /// With [`ZONE`] and the embedded accounts `a` and `b`.
    fn pair() -> Self {
        Self::new().zone(ORIGIN, ZONE).embedded("a").embedded("b")
    }

    /// The same, after a first sync.
    fn synced() -> Self {
        let project = Self::pair();
        project.run(&["sync", "--yes"]).expect_code(0);
        project
    }

    /// Writes `zones/NAME.zone`.
    fn zone(self, name: &str, text: &str) -> Self {
        self.write(&format!("zones/{name}.zone"), text);
        self
    }

    /// Writes `providers/ID.toml`.
    fn account(self, id: &str, toml: &str) -> Self {
        self.write(&format!("providers/{id}.toml"), toml);
        self
    }

    /// An embedded account whose nameserver is `ns1.ID.example.`, on a free port.
    fn embedded(self, id: &str) -> Self {
        let address = free_address();
        self.embedded_at(id, address)
    }

    fn embedded_at(self, id: &str, address: SocketAddr) -> Self {
        let servers = nameservers(id, address);
        self.account(
            id,
            &format!("adapter = \"embedded\"\nlisten = [\"{address}\"]\n{servers}"),
        )
    }

    /// A variable of the environment, which is clean otherwise.
    fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    fn path(&self, relative: &str) -> PathBuf {
        self.directory.path().join(relative)
    }

    fn write(&self, relative: &str, text: &str) {
        fs::write(self.path(relative), text).expect("a file in the project");
    }

    fn read(&self, relative: &str) -> String {
        fs::read_to_string(self.path(relative))
            .unwrap_or_else(|error| panic!("{relative}: {error}"))
    }

    /// Replaces words of a file, which must be there.
    fn edit(&self, relative: &str, from: &str, to: &str) {
        let text = self.read(relative);
        assert!(
            text.contains(from),
            "`{from}` is not in {relative}:\n{text}"
        );
        self.write(relative, &text.replace(from, to));
    }

    /// Adds lines to the zone file of [`ORIGIN`].
    fn append(&self, lines: &str) {
        let file = format!("zones/{ORIGIN}.zone");
        self.write(&file, &(self.read(&file) + lines));
    }

    /// What the embedded account `id` stores for [`ORIGIN`]; nothing where it stores no such zone.
    fn stored(&self, id: &str) -> Option<String> {
        fs::read_to_string(self.path(&stored_file(id))).ok()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program(self.directory.path(), arguments);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        finish(&mut self.command(arguments))
    }

    /// A run with `--json`: its exit code and the report, the one thing on stdout.
    fn json(&self, arguments: &[&str]) -> (i32, Value) {
        let output = self.run(&[arguments, &["--json"]].concat());
        let report = serde_json::from_str(&output.stdout)
            .unwrap_or_else(|error| panic!("no JSON ({error}): {output:#?}"));
        (output.code, report)
    }
}

impl Output {
    /// The exit code is the one expected, nothing panicked, and every phrase was said somewhere.
    #[track_caller]
    fn expect(self, code: i32, phrases: &[&str]) -> Self {
        let said = self.said();
        assert_eq!(self.code, code, "{said}");
        assert!(!said.contains("panicked"), "{said}");
        assert!(!said.contains('\x1b'), "colour in a pipe:\n{said}");
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        for phrase in phrases {
            assert!(
                words(&said).contains(&words(phrase)),
                "`{phrase}` is not in:\n{said}"
            );
        }
        self
    }

    #[track_caller]
    fn expect_code(self, code: i32) -> Self {
        self.expect(code, &[])
    }

    /// Both streams.
    fn said(&self) -> String {
        format!("{}\n{}", self.stdout, self.stderr)
    }
}

/// The program in `directory`, with no terminal and a clean environment.
fn program(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_redundns"));
    command
        .args(arguments)
        .current_dir(directory)
        .env_clear()
        .env("PATH", environment("PATH").unwrap_or_default())
        .stdin(Stdio::null());
    command
}

fn finish(command: &mut Command) -> Output {
    let output = command.output().expect("the program runs");
    Output {
        code: output.status.code().expect("no signal ends it"),
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// The lines of an account that list its one nameserver, `ns1.ID.example.`.
fn nameservers(id: &str, address: SocketAddr) -> String {
    format!("nameservers = [{{ name = \"ns1.{id}.example.\", addresses = [\"{address}\"] }}]\n")
}

/// Where the embedded account `id` stores [`ORIGIN`].
fn stored_file(id: &str) -> String {
    format!(".redundns/embedded/{id}/{ORIGIN}.zone")
}

/// The entry of account `id` in the first zone of a report.
#[track_caller]
fn provider<'a>(report: &'a Value, id: &str) -> &'a Value {
    let providers = report["zones"][0]["providers"].as_array().expect("a list");
    providers
        .iter()
        .find(|provider| provider["id"] == id)
        .unwrap_or_else(|| panic!("no `{id}` in {report:#}"))
}

/// `action name type`, one a change of account `id`.
#[track_caller]
fn changes(report: &Value, id: &str) -> Vec<String> {
    let word = |change: &Value, key: &str| change[key].as_str().unwrap_or_default().to_owned();
    provider(report, id)["changes"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|change| {
            ["action", "name", "type"]
                .map(|key| word(change, key))
                .join(" ")
        })
        .collect()
}

/// `name type verdict`, one a difference of the first zone.
fn differences(report: &Value) -> Vec<String> {
    let word = |entry: &Value, key: &str| entry[key].as_str().unwrap_or_default().to_owned();
    report["zones"][0]["differences"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|entry| {
            ["name", "type", "verdict"]
                .map(|key| word(entry, key))
                .join(" ")
        })
        .collect()
}
