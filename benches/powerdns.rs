//! `PowerDNS`: reading zones beside a raw GET, and pushing 10,000 new record sets beside one raw PATCH.

#![expect(
    clippy::disallowed_methods,
    reason = "the bench starts itself as a child, which finds in its environment what to do"
)]
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
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use redundns::adapters::{Secret, SecretSource, Secrets, Settings, SettingsError, adapter};
use redundns::plan::{Change, DiffRules, diff};
use redundns::provider::Provider;
use redundns::zone::{Name, RecordKey, RecordSet, RecordType};
use tokio::runtime::Runtime;

use world::pdns::Pdns;

const RUNS: usize = 5;
const HEAD: &str =
    "@ 3600 IN SOA ns1 hostmaster 1 7200 3600 1209600 300\n@ 3600 IN NS ns.example.net.\n";

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    // The benchmark starts itself anew for each size, since peak memory never goes down again.
    if let Ok(endpoint) = std::env::var("BENCH_ENDPOINT") {
        return read_once(&runtime, &endpoint);
    }
    let Some(server) = Pdns::start_with("webserver-max-bodysize=100\n", &[]) else {
        return;
    };
    println!("no-change plan: the best of {RUNS} reads, then the difference to the same zone");
    println!(
        "{:>8} {:>10} {:>10} {:>10} {:>6} {:>9}",
        "RRsets", "raw GET", "fetch", "and diff", "ratio", "peak RSS"
    );
    for sets in [1_000, 10_000, 100_000] {
        let zone = format!("n{sets}.test.");
        server.create(&zone, &text(sets));
        let program = std::env::current_exe().expect("this program");
        let output = std::process::Command::new(program)
            .env("BENCH_ENDPOINT", &server.endpoint)
            .env("BENCH_ZONE", &zone)
            .env("BENCH_KEY", server.api_key)
            .output()
            .expect("this program runs");
        print!("{sets:>8} {}", String::from_utf8_lossy(&output.stdout));
    }
    println!("push of 10,000 new record sets: the best of {RUNS}");
    println!("{:>10} {:>10} {:>6}", "raw PATCH", "apply", "ratio");
    push(&runtime, &server);
}

fn text(sets: usize) -> String {
    let mut text = HEAD.to_owned();
    for index in 2..sets {
        let _ = writeln!(
            text,
            "name{index} 300 IN A 10.{}.{}.{}",
            index >> 16,
            index >> 8 & 255,
            index & 255
        );
    }
    text
}

fn best<T>(mut run: impl FnMut() -> T) -> (Duration, T) {
    let mut timed = || {
        let begin = Instant::now();
        let value = run();
        (begin.elapsed(), value)
    };
    let mut best = timed();
    for _ in 1..RUNS {
        let next = timed();
        if next.0 < best.0 {
            best = next;
        }
    }
    best
}

fn read_once(runtime: &Runtime, endpoint: &str) {
    let variable = |name| std::env::var(name).expect("set by the parent");
    let (zone, key) = (variable("BENCH_ZONE"), variable("BENCH_KEY"));
    let provider = connect(endpoint, &key);
    let origin = Name::absolute(&zone).expect("a name");
    let (fetched, snapshot) = best(|| runtime.block_on(provider.fetch(&origin)).expect("a zone"));
    // As in a plan: what the provider holds and what the file says are both in memory.
    let capabilities = (adapter("powerdns").expect("registered").capabilities)();
    let desired = snapshot.zone.clone();
    let (compared, ()) = best(|| {
        let rules = DiffRules::of(&capabilities, Vec::new());
        assert!(diff(&snapshot.zone, &desired, &rules).changes.is_empty());
    });
    let peak = peak_memory();
    let client = raw_client();
    let url = format!("{endpoint}/api/v1/servers/localhost/zones/{zone}");
    let (raw, _) = best(|| {
        runtime.block_on(async {
            let answer = client.get(&url).header("X-API-Key", &key).send().await;
            answer
                .expect("an answer")
                .bytes()
                .await
                .expect("a body")
                .len()
        })
    });
    let ours = fetched + compared;
    println!(
        "{:>8.1}ms {:>8.1}ms {:>8.1}ms {:>6.2} {:>5} MiB",
        milliseconds(raw),
        milliseconds(fetched),
        milliseconds(ours),
        ours.as_secs_f64() / raw.as_secs_f64(),
        peak.unwrap_or(0),
    );
}

fn push(runtime: &Runtime, server: &Pdns) {
    let names: Vec<String> = (0..10_000).map(|index| format!("name{index}")).collect();
    let sets = |zone: &str| -> Vec<serde_json::Value> {
        let set = |name: &String| {
            serde_json::json!({"name": format!("{name}.{zone}"), "type": "A", "ttl": 300, "changetype": "REPLACE",
                "records": [{"content": "192.0.2.1", "disabled": false}]})
        };
        names.iter().map(set).collect()
    };
    // Connecting installs the TLS provider that the raw client needs too.
    let provider = connect(&server.endpoint, server.api_key);
    let client = raw_client();
    let (mut raw, mut ours) = (Duration::MAX, Duration::MAX);
    for run in 0..RUNS {
        let zone = format!("raw{run}.test.");
        server.create(&zone, HEAD);
        let url = format!("{}/api/v1/servers/localhost/zones/{zone}", server.endpoint);
        let body = serde_json::json!({"rrsets": sets(&zone)}).to_string();
        let begin = Instant::now();
        let answer = runtime.block_on(
            client
                .patch(&url)
                .header("X-API-Key", server.api_key)
                .body(body)
                .send(),
        );
        assert_eq!(answer.expect("an answer").status(), 204);
        raw = raw.min(begin.elapsed());

        let zone = format!("own{run}.test.");
        server.create(&zone, HEAD);
        let origin = Name::absolute(&zone).expect("a name");
        let base = runtime.block_on(provider.fetch(&origin)).expect("a zone");
        let changes: Vec<Change> = names
            .iter()
            .map(|name| Change::Create {
                key: RecordKey {
                    owner: origin.borrow().child(name.as_bytes()).expect("a name"),
                    rtype: RecordType::A,
                },
                after: RecordSet::new(300, vec![[192, 0, 2, 1].into()]),
            })
            .collect();
        let begin = Instant::now();
        runtime
            .block_on(provider.apply(&origin, &changes, &base))
            .expect("a push");
        ours = ours.min(begin.elapsed());
    }
    println!(
        "{:>8.1}ms {:>8.1}ms {:>6.2}",
        milliseconds(raw),
        milliseconds(ours),
        ours.as_secs_f64() / raw.as_secs_f64()
    );
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The most memory this process ever had resident, in MiB.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes / 1024)
}

fn raw_client() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .build()
        .expect("a client")
}

struct Key<'a>(&'a str);

impl Secrets for Key<'_> {
    fn read(
        &self,
        _: &str,
        _: &str,
        _: Option<&SecretSource>,
        _: &[&str],
    ) -> Result<Option<Secret>, SettingsError> {
        Ok(Some(Secret::new(self.0)))
    }
}

fn connect(endpoint: &str, key: &str) -> Arc<dyn Provider> {
    let text = format!("endpoint = \"{endpoint}\"");
    (adapter("powerdns").expect("registered").connect)(Settings {
        id: "bench",
        values: toml::de::DeTable::parse(&text).expect("TOML"),
        nameservers: Vec::new(),
        directory: Path::new("."),
        secrets: &Key(key),
    })
    .unwrap_or_else(|error| panic!("{}", error.message))
}
