//! The tools that look for the faults, and what each says.

mod dnsviz;
mod octodns;
pub mod redundns;
mod zonemaster;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::faults::{Case, Expect};
use crate::internet::{Internet, Lab};
use crate::world::{self, program};

/// How long a tool may take for one case.
const LIMIT: Duration = Duration::from_secs(90);

/// A tool of the table.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tool {
    /// This program.
    Redundns,
    /// `zonemaster-cli`.
    Zonemaster,
    /// `dnsviz probe` and `dnsviz grok`.
    Dnsviz,
    /// `octodns-report`.
    OctodnsReport,
}

/// What a tool said in one world.
#[derive(Default)]
pub struct Heard {
    /// One for each finding at the tool's usual level.
    pub remarks: Vec<Remark>,
    /// How long it took.
    pub took: Duration,
    /// How it failed, where it did.
    pub failure: Option<String>,
}

/// One finding.
#[derive(Clone, Default, Debug)]
pub struct Remark {
    /// What the tool calls it.
    pub code: String,
    /// Whether the tool calls it an error.
    pub error: bool,
    /// All that is said.
    pub text: String,
    /// The nameservers that are accused, by name.
    pub accused: BTreeSet<String>,
    /// The owner, without the final dot.
    pub name: Option<String>,
    /// The type of the record.
    pub rtype: Option<String>,
}

/// A world for a tool to look at.
pub struct Visit<'a> {
    /// Root hints and trust anchor.
    pub lab: &'a Lab,
    /// What is seeded.
    pub case: &'a Case,
    /// What runs.
    pub internet: &'a Internet,
    /// For files of the tool.
    pub scratch: &'a Path,
}

/// What became of a tool's search.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// A fault: whether it was found. A healthy world: whether there was no error.
    pub good: bool,
    /// Codes, or what is missing.
    pub said: String,
    /// In milliseconds.
    pub took: u64,
}

impl Tool {
    /// In the order of the table's columns.
    pub const ALL: [Self; 4] = [
        Self::Redundns,
        Self::Zonemaster,
        Self::Dnsviz,
        Self::OctodnsReport,
    ];

    /// What it says of a world.
    pub fn look(self, visit: &Visit<'_>) -> Heard {
        match self {
            Self::Redundns => redundns::look(visit),
            Self::Zonemaster => zonemaster::look(visit),
            Self::Dnsviz => dnsviz::look(visit),
            Self::OctodnsReport => octodns::look(visit),
        }
    }

    /// Its name and version; `None` where it is not installed.
    pub fn version(self) -> Option<String> {
        match self {
            Self::Redundns => Some(redundns::version()),
            Self::Zonemaster => zonemaster::version(),
            Self::Dnsviz => dnsviz::version(),
            Self::OctodnsReport => octodns::version(),
        }
    }
}

/// How a tool that knows nothing of the table is judged: everything counts that it does not say of a healthy world,
/// whether or not it names the server or the record. Of a healthy world only its errors count.
pub fn judge(heard: &Heard, healthy: &BTreeSet<String>, expect: Option<&Expect>) -> Verdict {
    let new = heard
        .remarks
        .iter()
        .filter(|remark| !healthy.contains(&remark.code));
    let counted = new.filter(|remark| expect.is_some() || remark.error);
    let codes: BTreeSet<&str> = counted.map(|remark| remark.code.as_str()).collect();
    let mut said: Vec<String> = codes.into_iter().map(str::to_owned).collect();
    let good = heard.failure.is_none() && said.is_empty() != expect.is_some();
    said.extend(heard.failure.clone());
    Verdict {
        good,
        said: said.join(", "),
        took: millis(heard.took),
    }
}

/// Whole milliseconds.
pub fn millis(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}

/// Runs `command` within the limit: what it printed on stdout, its exit code, how long that took.
fn run(command: &mut Command, scratch: &Path) -> (String, Option<i32>, Duration) {
    let path = scratch.join("stdout");
    command
        .stdin(Stdio::null())
        .stdout(File::create(&path).expect("a file"))
        .stderr(File::create(scratch.join("stderr")).expect("a file"));
    let begun = Instant::now();
    let mut child = command.spawn().expect("a program that was looked for");
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child") {
            break status.code();
        }
        if begun.elapsed() > LIMIT {
            let _ = child.kill();
            let _ = child.wait();
            break None;
        }
        std::thread::park_timeout(Duration::from_millis(5));
    };
    let took = begun.elapsed();
    let said = fs::read(&path).map(|octets| String::from_utf8_lossy(&octets).into_owned());
    (said.unwrap_or_default(), status, took)
}

/// The last line that a failed program wrote.
fn complaint(scratch: &Path, status: Option<i32>) -> String {
    if status.is_none() {
        return format!("stopped after {} s", LIMIT.as_secs());
    }
    let text = fs::read_to_string(scratch.join("stderr")).unwrap_or_default();
    let line = text.lines().rev().find(|line| !line.trim().is_empty());
    format!("failed: {}", line.unwrap_or("it says nothing").trim())
}

/// A program of `target/lab`, where the Python tools are (`peers.txt`), or of the system.
fn peer(name: &str) -> Option<PathBuf> {
    let own = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .with_file_name("lab")
        .join("bin")
        .join(name);
    own.is_file().then_some(own).or_else(|| program(name))
}

/// The first line that a program prints when it is asked for its version.
fn first_line(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines()
        .find(|line| !line.is_empty())
        .map(|line| line.trim().to_owned())
}

/// Whether a variable of the environment is set.
pub fn is_set(name: &str) -> bool {
    world::environment(name).is_some_and(|value| !value.is_empty())
}
