//! Questions a second against `dnsperf` on the same servers in the same run, and what a dead server costs.

#![allow(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::{SocketAddr, UdpSocket};
use std::process::Command;
use std::time::{Duration, Instant};

use redundns::probe::{Ask, AskOptions, ask};
use redundns::verdict::{JudgeOptions, Nameserver, expect, judge, questions};
use redundns::zone::{Name, Position, RecordType, Zone, ZoneBuilder};

#[allow(
    dead_code,
    unreachable_pub,
    clippy::print_stderr,
    reason = "the harness serves several test binaries, none of which needs all of it"
)]
#[path = "../tests/world/mod.rs"]
mod world;

use world::bind::Bind;
use world::hosted::Hosted;
use world::knot::Knot;

/// How often each side is measured; the best counts.
const ROUNDS: usize = 5;

fn name(text: &str) -> Name {
    Name::absolute(text).expect("a name")
}

/// `count` names with an address each.
fn zone(count: u32) -> (Zone, String) {
    let mut builder = ZoneBuilder::new(name("bench.example"));
    let mut text = "$TTL 300\n@ SOA ns1 hostmaster 1 3600 600 86400 300\n@ NS ns1\n".to_owned();
    let mut soa = Vec::new();
    for label in ["ns1", "hostmaster"] {
        let name = name(&format!("{label}.bench.example"));
        soa.extend_from_slice(name.borrow().wire());
    }
    for number in [1_u32, 3600, 600, 86400, 300] {
        soa.extend(number.to_be_bytes());
    }
    let apex = name("bench.example");
    let ns = name("ns1.bench.example");
    let nowhere = Position::default();
    builder.push(apex.borrow(), RecordType::SOA, 300, &soa, nowhere);
    builder.push(
        apex.borrow(),
        RecordType::NS,
        300,
        ns.borrow().wire(),
        nowhere,
    );
    builder.push(ns.borrow(), RecordType::A, 300, &[192, 0, 2, 1], nowhere);
    text.push_str("ns1 A 192.0.2.1\n");
    for number in 0..count {
        let [_, b, c, d] = number.to_be_bytes();
        let _ = writeln!(text, "n{number} A 10.{b}.{c}.{d}");
        let owner = name(&format!("n{number}.bench.example"));
        builder.push(owner.borrow(), RecordType::A, 300, &[10, b, c, d], nowhere);
    }
    (builder.finish(), text)
}

/// Asks and judges; how long that took.
fn ours(zone: &Zone, servers: &[Nameserver], clean: bool) -> Duration {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let begun = Instant::now();
    let asked = questions(zone, false, 1);
    let work = Ask {
        origin: zone.origin(),
        nameservers: servers,
        questions: &asked,
        pairs: None,
    };
    let observations = runtime.block_on(ask(&work, &AskOptions::default(), &|_, _| {}));
    let asking = begun.elapsed();
    let judgement = judge(
        zone,
        servers,
        &asked,
        &observations,
        JudgeOptions::default(),
    );
    assert_eq!(judgement.is_clean(), clean, "{:?}", judgement.agreement);
    assert!(
        asked
            .iter()
            .all(|question| expect(zone, question).is_some())
    );
    println!(
        "  asked in {asking:.3?}, judged {:.3?} later",
        begun.elapsed().saturating_sub(asking)
    );
    begun.elapsed()
}

/// The same questions through dnsperf, at both servers at once.
fn dnsperf(names: u32, servers: &[SocketAddr]) -> Option<Duration> {
    let program = world::require("dnsperf", "dnsperf")?;
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    for number in 0..names {
        writeln!(file, "n{number}.bench.example A").expect("a line");
    }
    let begun = Instant::now();
    let children: Vec<_> = servers
        .iter()
        .map(|server| {
            Command::new(&program)
                .args([
                    "-s",
                    &server.ip().to_string(),
                    "-p",
                    &server.port().to_string(),
                ])
                .args(["-n", "1", "-q", "100", "-d"])
                .arg(file.path())
                .stdout(std::process::Stdio::null())
                .spawn()
                .expect("dnsperf starts")
        })
        .collect();
    for mut child in children {
        assert!(child.wait().expect("dnsperf ends").success());
    }
    Some(begun.elapsed())
}

fn main() {
    let (big, text) = zone(10_000);
    let hosted = [Hosted::fixed("bench.example", &text)];
    let (Some(bind), Some(knot)) = (Bind::start(&hosted), Knot::start(&hosted)) else {
        return;
    };
    let addresses = [bind.address(), knot.address()];
    let servers = addresses.map(|address| Nameserver {
        name: name("ns1.bench.example"),
        address,
        provider: Some(address.to_string()),
    });
    println!("10,000 names at BIND and Knot:");
    let mut best = [Duration::MAX; 2];
    for _ in 0..ROUNDS {
        best[0] = best[0].min(ours(&big, &servers, true));
        let Some(peer) = dnsperf(10_000, &addresses) else {
            return;
        };
        best[1] = best[1].min(peer);
    }
    println!(
        "  ours {:.3?}, dnsperf {:.3?}: {:.2} times as long",
        best[0],
        best[1],
        best[0].as_secs_f64() / best[1].as_secs_f64()
    );

    // Bound and never read: nobody answers, and nothing refuses.
    let silent = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let (small, _) = zone(1000);
    let dead = Nameserver {
        address: silent.local_addr().expect("an address"),
        provider: Some("dead".to_owned()),
        ..servers[0].clone()
    };
    println!("1,000 names, one of two servers dead:");
    let took = ours(&small, &[servers[1].clone(), dead], false);
    println!("  {took:.3?}");
}
