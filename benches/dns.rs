//! Questions a second against `dnsperf` on the same servers in the same run, and what a dead server costs.

#![allow(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::{SocketAddr, UdpSocket};
use std::process::Command;
use std::time::{Duration, Instant};

use redundns::probe::{Ask, AskOptions, ask_each};
use redundns::verdict::{JudgeOptions, Nameserver, Seen, expect, judge_seen, questions};
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
use world::nsd::Nsd;

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
    let asked = questions(zone, false, 1).into();
    let work = Ask {
        origin: zone.origin(),
        nameservers: servers,
        questions: &asked,
        pairs: None,
    };
    let mut seen = Seen::new(zone, servers, &asked);
    let mut take = |batch: Vec<_>| batch.into_iter().for_each(|one| seen.take(one));
    runtime.block_on(ask_each(&work, &AskOptions::default(), &mut take));
    let asking = begun.elapsed();
    let judgement = judge_seen(&seen, JudgeOptions::default());
    let took = begun.elapsed();
    assert_eq!(judgement.is_clean(), clean, "{:?}", judgement.agreement);
    assert!(
        asked
            .iter()
            .all(|question| expect(zone, question).is_some())
    );
    println!(
        "  asked in {asking:.3?}, judged {:.3?} later",
        took.saturating_sub(asking)
    );
    took
}

/// Megabytes of this process, by a line of `/proc/self/status`.
fn memory(line: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let own = status.lines().find_map(|own| own.strip_prefix(line));
    let own = own.and_then(|own| own.split_whitespace().nth(1));
    own.and_then(|own| own.parse::<f64>().ok())
        .expect("a number of kilobytes")
        / 1000.0
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

    let (huge, text) = zone(100_000);
    let hosted = [Hosted::fixed("bench.example", &text)];
    let four = (
        Bind::start(&hosted),
        Knot::start(&hosted),
        Nsd::start(&hosted),
        Knot::start(&hosted),
    );
    let (Some(one), Some(two), Some(three), Some(four)) = four else {
        return;
    };
    let addresses = [
        one.address(),
        two.address(),
        three.address(),
        four.address(),
    ];
    let all = addresses.map(|address| Nameserver {
        address,
        ..servers[0].clone()
    });
    println!("100,000 names at four servers:");
    // From here on the most memory is counted anew (proc(5)).
    std::fs::write("/proc/self/clear_refs", "5").expect("Linux");
    let before = memory("VmRSS");
    let took = ours(&huge, &all, true);
    let most = memory("VmHWM");
    println!(
        "  {took:.3?}, {:.1} MB more than the {before:.1} MB with the zone alone",
        most - before
    );
    if let Some(peer) = dnsperf(100_000, &addresses) {
        println!(
            "  dnsperf {peer:.3?}: {:.2} times as long",
            took.as_secs_f64() / peer.as_secs_f64()
        );
    }

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
