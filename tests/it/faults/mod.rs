//! Every fault at every call of a whole `sync`: the exit code, what is said, what is counted, what was touched, and
//! that the next run mends it.

mod dns;
mod http;

use std::collections::BTreeSet;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;

use redundns::zone::{Name, NoIncludes, Source, parse, print};
use serde_json::Value;

use crate::world::{environment, free_address};

/// What both providers hold before a run.
const OLD: &str = "\
$TTL 300
@ SOA ns1.alpha.example. hostmaster 1 4h 1h 2w 5m
@ NS ns1.alpha.example.
www A 192.0.2.1
gone A 192.0.2.9
kept TXT \"as it is\"
";

/// After the first wave.
const BODY: &str = "\
$TTL 300
@ SOA ns1.alpha.example. hostmaster 1 4h 1h 2w 5m
@ NS ns1.alpha.example.
www A 192.0.2.2
fresh MX 10 www
more AAAA 2001:db8::1
kept TXT \"as it is\"
";

/// After the apex wave.
const LAST: &str = "@ NS ns1.beta.example.\n";

/// Changes of the two waves.
const WAVES: [u64; 2] = [4, 1];

/// A working directory: `alpha` is reached through whatever misbehaves, `beta` is embedded.
struct Project {
    directory: tempfile::TempDir,
    zone: String,
}

impl Project {
    fn new(zone: &str, alpha: &str, dns: SocketAddr) -> Self {
        let directory = tempfile::Builder::new()
            .prefix("redundns-")
            .tempdir()
            .expect("a temporary directory");
        let project = Self {
            directory,
            zone: zone.to_owned(),
        };
        let beta = free_address();
        project.write(&format!("zones/{zone}.zone"), &(BODY.to_owned() + LAST));
        project.write(&format!("state/beta/{zone}.zone"), OLD);
        project.write(
            "providers/beta.toml",
            &format!(
                "adapter = \"embedded\"\nlisten = [\"{beta}\"]\ndirectory = \"state/beta\"\n{}",
                nameserver("beta", beta)
            ),
        );
        project.write(
            "providers/alpha.toml",
            &format!("{alpha}\n{}", nameserver("alpha", dns)),
        );
        project
    }

    fn write(&self, inner: &str, text: &str) {
        let path = self.directory.path().join(inner);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    /// What `beta` holds, a record a line.
    fn beta(&self) -> BTreeSet<String> {
        let file = format!("state/beta/{}.zone", self.zone);
        let text = fs::read_to_string(self.directory.path().join(file)).expect("its state");
        records(&self.zone, &text)
    }

    fn sync(&self, secret: (&str, &str), more: &[&str]) -> Run {
        Run::of(
            Command::new(env!("CARGO_BIN_EXE_redundns"))
                .args(["sync", "--yes", "--adopt", "--json"])
                .args(more)
                .current_dir(self.directory.path())
                .env_clear()
                .env("PATH", environment("PATH").unwrap_or_default())
                .env(secret.0, secret.1),
        )
    }
}

fn nameserver(id: &str, address: SocketAddr) -> String {
    format!("nameservers = [{{ name = \"ns1.{id}.example.\", addresses = [\"{address}\"] }}]\n")
}

/// What a run came to.
struct Run {
    code: Option<i32>,
    report: Value,
    said: String,
}

impl Run {
    fn of(command: &mut Command) -> Self {
        let output = command.stdin(Stdio::null()).output().expect("it runs");
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        Self {
            code: output.status.code(),
            report: serde_json::from_str(&stdout).unwrap_or_default(),
            said: stdout + &String::from_utf8_lossy(&output.stderr),
        }
    }

    /// The entry of an account.
    fn provider(&self, id: &str) -> &Value {
        let providers = self.report["zones"][0]["providers"].as_array();
        let found = providers.and_then(|all| all.iter().find(|one| one["id"] == id));
        found.unwrap_or(&Value::Null)
    }

    fn applied(&self, id: &str) -> u64 {
        self.provider(id)["applied"].as_u64().unwrap_or(0)
    }

    fn has_finding(&self, code: &str) -> bool {
        let findings = self.report["zones"][0]["findings"].as_array();
        findings.is_some_and(|all| all.iter().any(|finding| finding["code"] == code))
    }
}

/// The records of a master file, one a line, without the SOA, whose serial is the provider's own.
fn records(zone: &str, text: &str) -> BTreeSet<String> {
    let origin = Name::absolute(zone).expect("a name");
    let source = Source {
        name: Path::new(zone).to_str().expect("UTF-8"),
        text: text.as_bytes(),
    };
    let parsed = parse(&source, origin, &NoIncludes);
    assert!(!parsed.has_errors(), "{:?}\n{text}", parsed.findings);
    let mut printed = String::new();
    print(&parsed.zone, &mut printed).expect("a string takes it");
    let lines = printed.lines().filter(|line| !line.contains(" SOA "));
    lines.map(str::to_owned).collect()
}

/// Where in its plan a provider is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Stage {
    Old,
    Body,
    Done,
}

impl Stage {
    fn of(zone: &str, held: &BTreeSet<String>) -> Option<Self> {
        let stages = [
            (Self::Old, OLD.to_owned()),
            (Self::Body, BODY.to_owned()),
            (Self::Done, BODY.to_owned() + LAST),
        ];
        let mut found = stages.into_iter();
        let is_held = |(_, text): &(Self, String)| records(zone, text) == *held;
        found.find(is_held).map(|(stage, _)| stage)
    }

    /// How many changes that took.
    fn changes(self) -> u64 {
        match self {
            Self::Old => 0,
            Self::Body => WAVES[0],
            Self::Done => WAVES[0] + WAVES[1],
        }
    }
}

/// The calls of one provider in the order of a `sync`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Call {
    /// To plan.
    Plan,
    /// Once more before the first write.
    Base,
    Body,
    /// What is there after the write.
    BodyBack,
    ApexBase,
    Apex,
    ApexBack,
}

impl Call {
    fn writes(self) -> bool {
        matches!(self, Self::Body | Self::Apex)
    }

    /// The stage that the provider is in when this call begins.
    fn stage(self) -> Stage {
        match self {
            Self::Plan | Self::Base | Self::Body => Stage::Old,
            Self::BodyBack | Self::ApexBase | Self::Apex => Stage::Body,
            Self::ApexBack => Stage::Done,
        }
    }
}

/// What has to hold after a fault at `call`; `is_certain` tells whether a write that met it changed nothing for
/// certain, `happened` whether it did change something.
struct Expected {
    call: Call,
    is_certain: bool,
    happened: bool,
    phrase: &'static str,
}

impl Expected {
    /// Complaints about a run that met a fault.
    fn judge(&self, run: &Run, alpha: Option<Stage>, beta: Option<Stage>) -> Vec<String> {
        let mut wrong = Vec::new();
        let touched = self.call > Call::Body || self.call == Call::Body && !self.is_certain;
        let code = if touched { 3 } else { 2 };
        if run.code != Some(code) {
            wrong.push(format!("exit {:?} instead of {code}", run.code));
        }
        let stage = match (self.call, self.happened) {
            (Call::Body, true) => Stage::Body,
            (Call::Apex, true) => Stage::Done,
            (call, _) => call.stage(),
        };
        if alpha != Some(stage) {
            wrong.push(format!("alpha is at {alpha:?} instead of {stage:?}"));
        }
        // The canary failed, so nobody else is changed; in the apex wave all are changed together.
        let is_beta_right = match beta {
            Some(Stage::Old) => self.call <= Call::BodyBack,
            Some(_) => self.call > Call::BodyBack,
            None => false,
        };
        if !is_beta_right {
            wrong.push(format!("beta is at {beta:?}"));
        }
        let (applied, held) = (run.applied("alpha"), stage.changes());
        // What may have happened is not counted, and said to be unknown.
        let is_unknown = self.call.writes() && !self.is_certain;
        if applied > held || applied < held && !(is_unknown && run.has_finding("RUN01")) {
            wrong.push(format!("applied {applied} of the {held} that it holds"));
        }
        if Some(run.applied("beta")) != beta.map(Stage::changes) {
            wrong.push(format!("beta: applied {}", run.applied("beta")));
        }
        let error = &run.provider("alpha")["error"]["message"];
        if !error
            .as_str()
            .is_some_and(|text| text.contains(self.phrase))
        {
            wrong.push(format!("{error} does not say `{}`", self.phrase));
        }
        if !run.provider("beta")["error"].is_null() {
            wrong.push("beta is blamed".to_owned());
        }
        wrong
    }
}

/// Runs `trial` on every case, `WORKERS` at a time, each with its own `world`; panics with all that went wrong.
fn run_all<C: Sync, W>(
    cases: &[C],
    world: impl Fn(&[usize]) -> W + Sync,
    trial: impl Fn(usize, &C, &W) -> Vec<String> + Sync,
) {
    const WORKERS: usize = 6;
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for worker in 0..WORKERS {
            let (wrong, world, trial) = (&wrong, &world, &trial);
            scope.spawn(move || {
                let own: Vec<usize> = (worker..cases.len()).step_by(WORKERS).collect();
                let world = world(&own);
                for index in own {
                    let complaints = trial(index, &cases[index], &world);
                    wrong.lock().expect("a list").extend(complaints);
                }
            });
        }
    });
    let wrong = wrong.into_inner().expect("a list");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
