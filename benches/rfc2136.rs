//! 10,000 new record sets to BIND, ours against `nsupdate` in batches, and a transfer of 100,000 against `dig`.
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
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use redundns::adapters::{Secret, SecretSource, Secrets, Settings, SettingsError, adapter};
use redundns::plan::Change;
use redundns::provider::Provider;
use redundns::zone::{Name, RecordKey, RecordSet, RecordType};

use world::bind::Bind;
use world::hosted::{Hosted, KEY, Server};
use world::require;

const ORIGIN: &str = "example.com.";
const RUNS: usize = 3;
/// `nsupdate` runs out of space somewhere above 2,400 additions.
const BATCH: usize = 2000;

fn main() {
    let (Some(nsupdate), Some(dig)) = (
        require("nsupdate", "bind9-dnsutils"),
        require("dig", "bind9-dnsutils"),
    ) else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let origin = Name::absolute(ORIGIN).expect("a name");

    let best = |run: &dyn Fn() -> Option<Duration>| (0..RUNS).filter_map(|_| run()).min();
    let ours = best(&|| {
        let server = start(0)?;
        let provider = connect(&server);
        let base = runtime
            .block_on(provider.fetch(&origin))
            .expect("a transfer");
        let changes = additions(10_000);
        let begin = Instant::now();
        runtime
            .block_on(provider.apply(&origin, &changes, &base))
            .expect("an update");
        let elapsed = begin.elapsed();
        let after = runtime
            .block_on(provider.fetch(&origin))
            .expect("a transfer");
        assert_eq!(after.zone.len(), base.zone.len() + 10_000);
        Some(elapsed)
    });
    let theirs = best(&|| {
        let server = start(0)?;
        let script = script(&server, 10_000);
        let begin = Instant::now();
        let mut child = Command::new(&nsupdate)
            .arg("-v")
            .stdin(Stdio::piped())
            .spawn()
            .expect("nsupdate starts");
        let mut input = child.stdin.take().expect("a pipe");
        input.write_all(script.as_bytes()).expect("a script");
        drop(input);
        assert!(child.wait().expect("nsupdate ends").success());
        Some(begin.elapsed())
    });
    report("push 10,000 record sets", ours, "nsupdate", theirs);

    let Some(server) = start(100_000) else {
        return;
    };
    let provider = connect(&server);
    let ours = best(&|| {
        let begin = Instant::now();
        let snapshot = runtime
            .block_on(provider.fetch(&origin))
            .expect("a transfer");
        let elapsed = begin.elapsed();
        assert_eq!(snapshot.zone.record_count(), 100_003);
        Some(elapsed)
    });
    let theirs = best(&|| {
        let begin = Instant::now();
        let status = Command::new(&dig)
            .arg(format!("@{}", server.address().ip()))
            .args(["-p", &server.address().port().to_string()])
            .args([
                "-y",
                &format!("{}:{}:{}", KEY.algorithm, KEY.name, KEY.secret),
            ])
            .args([ORIGIN, "AXFR"])
            .stdout(Stdio::null())
            .status()
            .expect("dig runs");
        assert!(status.success());
        Some(begin.elapsed())
    });
    report("transfer of 100,000 records", ours, "dig", theirs);
}

fn report(what: &str, ours: Option<Duration>, peer: &str, theirs: Option<Duration>) {
    if let (Some(ours), Some(theirs)) = (ours, theirs) {
        let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
        println!("{what}: ours {ours:.3?}, {peer} {theirs:.3?}, ratio {ratio:.2}");
    }
}

fn address(n: usize) -> [u8; 4] {
    let [.., a, b, c] = (n as u32).to_be_bytes();
    [10, a, b, c]
}

fn start(records: usize) -> Option<Bind> {
    let mut text =
        "$TTL 300\n@ SOA ns1 hostmaster 1 3600 600 86400 300\n@ NS ns1\nns1 A 192.0.2.1\n"
            .to_owned();
    for n in 0..records {
        let [a, b, c, d] = address(n);
        let _ = writeln!(text, "n{n} A {a}.{b}.{c}.{d}");
    }
    Bind::start(&[Hosted::dynamic(ORIGIN, &text)])
}

fn additions(count: usize) -> Vec<Change> {
    let origin = Name::absolute(ORIGIN).expect("a name");
    (0..count)
        .map(|n| Change::Create {
            key: RecordKey {
                owner: origin
                    .borrow()
                    .child(format!("n{n}").as_bytes())
                    .expect("a short label"),
                rtype: RecordType::A,
            },
            after: RecordSet::new(300, vec![address(n).into()]),
        })
        .collect()
}

fn script(server: &Server, count: usize) -> String {
    let mut text = format!(
        "server {} {}\nzone {ORIGIN}\nkey {}:{} {}\n",
        server.address().ip(),
        server.address().port(),
        KEY.algorithm,
        KEY.name,
        KEY.secret
    );
    for n in 0..count {
        let [a, b, c, d] = address(n);
        let _ = writeln!(text, "update add n{n}.{ORIGIN} 300 A {a}.{b}.{c}.{d}");
        if n % BATCH == BATCH - 1 {
            text.push_str("send\n");
        }
    }
    text
}

struct KeySecret;

impl Secrets for KeySecret {
    fn read(
        &self,
        _: &str,
        _: &str,
        _: Option<&SecretSource>,
        _: &[&str],
    ) -> Result<Option<Secret>, SettingsError> {
        Ok(Some(Secret::new(KEY.secret)))
    }
}

fn connect(server: &Server) -> Arc<dyn Provider> {
    let text = format!(
        "server = \"{}\"\ntsig = {{ name = \"{}\", secret = {{ env = \"X\" }} }}",
        server.address(),
        KEY.name
    );
    let adapter = adapter("rfc2136").expect("a registered adapter");
    (adapter.connect)(Settings {
        id: "bench",
        values: toml::de::DeTable::parse(&text).expect("TOML"),
        nameservers: Vec::new(),
        directory: Path::new("."),
        secrets: &KeySecret,
    })
    .unwrap_or_else(|error| panic!("{}", error.message))
}
