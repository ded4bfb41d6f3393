//! An estate without a change: 1,000 zones of 50 record sets at `PowerDNS`, beside octoDNS.

#![allow(
    clippy::print_stdout,
    reason = "the figures are what a benchmark is for"
)]

#[allow(
    dead_code,
    unreachable_pub,
    clippy::print_stderr,
    reason = "the harness serves several test binaries, none of which needs all of it"
)]
#[path = "../tests/world/mod.rs"]
mod world;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use world::pdns::Pdns;
use world::{require, require_clients};

/// Zones; those before the last show whether memory grows with their number.
const SIZES: [usize; 3] = [250, 500, 1_000];

/// Record sets in each, SOA and NS included.
const SETS: usize = 50;

/// The caches as PowerDNS has them where nobody says otherwise.
const DEFAULTS: &str =
    "cache-ttl=20\nquery-cache-ttl=20\nnegquery-cache-ttl=60\nzone-cache-refresh-interval=300\n";

/// How often ours is run; the best counts.
const RUNS: usize = 3;

fn main() {
    let Some(server) = Pdns::start_with(DEFAULTS, &[]) else {
        return;
    };
    let directory = tempfile::tempdir().expect("a temporary directory");
    let project = directory.path();
    for folder in ["zones", "providers"] {
        fs::create_dir(project.join(folder)).expect("a folder");
    }
    let account = format!(
        "adapter = \"powerdns\"\nendpoint = \"{}\"\napi_key = {{ env = \"KEY\" }}\n\
         nameservers = [{{ name = \"ns1.pdns.example.\", addresses = [\"{}\"] }}]\n",
        server.endpoint, server.dns
    );
    fs::write(project.join("providers/pdns.toml"), account).expect("an account");
    println!("no-change plan of zones with {SETS} record sets each, the best of {RUNS}");
    println!("{:>6} {:>10} {:>9}", "zones", "ours", "peak RSS");
    let mut ours = Duration::MAX;
    let mut made = 0;
    for size in SIZES {
        for number in made..size {
            let text = zone();
            server.create(&origin(number), &text);
            let path = project.join(format!("zones/{}zone", origin(number)));
            fs::write(path, text).expect("a zone file");
        }
        made = size;
        ours = Duration::MAX;
        let mut peak = 0;
        for _ in 0..RUNS {
            let (took, memory, said) = run(Command::new(env!("CARGO_BIN_EXE_redundns"))
                .arg("plan")
                .env("KEY", server.api_key)
                .current_dir(project));
            assert!(said.contains("nothing to change"), "{said}");
            ours = ours.min(took);
            peak = peak.max(memory);
        }
        println!("{size:>6} {:>8.2} s {peak:>5} MiB", ours.as_secs_f64());
    }
    floor(&server, ours);
    peer(&server, project, ours);
}

/// Every zone read by curl, as many at a time.
fn floor(server: &Pdns, ours: Duration) {
    let Some(curl) = require("curl", "curl") else {
        return;
    };
    let last = SIZES[SIZES.len() - 1];
    let url = format!(
        "{}/api/v1/servers/localhost/zones/zone[0-{}].test.",
        server.endpoint,
        last - 1
    );
    let key = format!("X-API-Key: {}", server.api_key);
    let mut command = Command::new(curl);
    command.args([
        "-sS",
        "-Z",
        "--parallel-max",
        "8",
        "-o",
        "/dev/null",
        "-H",
        &key,
        &url,
    ]);
    let best = (0..RUNS).map(|_| run(&mut command).0).min();
    let best = best.unwrap_or_default().as_secs_f64();
    let ratio = ours.as_secs_f64() / best;
    println!("raw GETs, eight at a time: {best:.2} s, ours {ratio:.2} times that");
}

fn origin(number: usize) -> String {
    format!("zone{number}.test.")
}

fn zone() -> String {
    let mut text =
        "@ 3600 IN SOA ns1.pdns.example. hostmaster 1 7200 3600 1209600 300\n@ 3600 IN NS ns1.pdns.example.\n"
            .to_owned();
    for number in 2..SETS {
        let _ = writeln!(text, "name{number} 300 IN A 192.0.2.{number}");
    }
    text
}

/// The same estate read and compared by octoDNS, once.
fn peer(server: &Pdns, project: &Path, ours: Duration) {
    let Some(python) = require_clients("octodns") else {
        return;
    };
    let web = server.web();
    let configuration = format!(
        "manager:\n  max_workers: 2\nproviders:\n  files:\n    class: octodns_bind.ZoneFileSource\n    directory: ./zones\n    \
         file_extension: .zone\n    check_origin: false\n  pdns:\n    class: octodns_powerdns.PowerDnsProvider\n    \
         host: {}\n    port: {}\n    api_key: {}\nzones:\n  '*':\n    sources: [files]\n    targets: [pdns]\n",
        web.ip(),
        web.port(),
        server.api_key
    );
    fs::write(project.join("octodns.yaml"), configuration).expect("a configuration");
    let (took, memory, said) = run(Command::new(python.with_file_name("octodns-sync"))
        .args(["--config-file", "octodns.yaml"])
        .current_dir(project));
    assert!(said.contains("No changes were planned"), "{said}");
    println!(
        "octoDNS with two workers: {:.2} s, {memory} MiB, {:.0} times ours",
        took.as_secs_f64(),
        took.as_secs_f64() / ours.as_secs_f64()
    );
}

/// How long a command takes, the most memory it had resident in MiB, and what it said.
fn run(command: &mut Command) -> (Duration, u64, String) {
    let log = tempfile::NamedTempFile::new().expect("a file");
    let file = log.reopen().expect("the same file");
    let begin = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(file.try_clone().expect("the same file"))
        .stderr(file)
        .spawn()
        .expect("it starts");
    let mut peak = 0;
    loop {
        peak = peak.max(peak_memory(&child).unwrap_or(0));
        if let Some(status) = child.try_wait().expect("it can be waited for") {
            let said = fs::read_to_string(log.path()).expect("what it said");
            assert!(status.success(), "{status}: {said}");
            return (begin.elapsed(), peak, said);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn peak_memory(child: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes / 1024)
}
