//! Reads and judges a zone of a million records, against the checkers of Knot, BIND and ldns on the same file in the
//! same run: `cargo bench --bench parse`.

#![expect(clippy::print_stdout, reason = "a benchmark reports on stdout")]

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use redundns::zone::{Name, NoIncludes, Severity, Source, parse};

const RECORDS: u32 = 1_000_000;
const RUNS: usize = 3;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, mode, file] = arguments.as_slice()
        && mode == "--read"
    {
        return read(Path::new(file));
    }
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file = directory.path().join("example.com.zone");
    std::fs::write(&file, text(RECORDS)).expect("room for the zone");
    let size = std::fs::metadata(&file).expect("the zone").len();
    println!("{RECORDS} records, {} MB", size / 1_000_000);

    let own = best(
        "redundns",
        Command::new(&arguments[0]).arg("--read").arg(&file),
    );
    let peers = [
        ("kzonecheck", &["-o", "example.com"][..]),
        (
            "named-compilezone",
            &["-i", "none", "-o", "/dev/null", "example.com"],
        ),
        ("ldns-read-zone", &[]),
    ];
    for (program, options) in peers {
        let time = best(program, Command::new(program).args(options).arg(&file));
        if let (Some(own), Some(time)) = (own, time) {
            println!(
                "{:>26}: {:.2} times ours",
                "",
                time.as_secs_f64() / own.as_secs_f64()
            );
        }
    }
}

/// The child process: one zone, and what it took.
fn read(file: &Path) {
    let start = Instant::now();
    let text = std::fs::read(file).expect("the zone");
    let source = Source {
        name: "example.com.zone",
        text: &text,
    };
    let origin = Name::absolute("example.com").expect("a constant name");
    let parsed = parse(&source, origin, &NoIncludes);
    let time = start.elapsed();
    assert!(!parsed.has_errors());
    let warnings = parsed
        .findings
        .iter()
        .filter(|f| f.severity == Severity::Warning)
        .count();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak: usize = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|line| line.trim().trim_end_matches(" kB").parse().ok())
        .unwrap_or_default();
    println!(
        "{:>26}: {} records, {warnings} warnings, {time:.2?} within, {} bytes a record at the peak",
        "",
        parsed.zone.record_count(),
        peak * 1024 / parsed.zone.record_count().max(1)
    );
}

/// The fastest of several runs of a whole process; `None` where the program is missing or fails.
fn best(name: &str, command: &mut Command) -> Option<Duration> {
    let mut fastest: Option<Duration> = None;
    for run in 0..RUNS {
        if run == 1 || name != "redundns" {
            command.stdout(Stdio::null());
        }
        command.stderr(Stdio::null());
        let start = Instant::now();
        let status = command.status().ok();
        let time = start.elapsed();
        if !status.is_some_and(|status| status.success()) {
            println!("{name:>26}: not installed, or it failed");
            return None;
        }
        fastest = Some(fastest.map_or(time, |best| best.min(time)));
    }
    let time = fastest?;
    println!("{name:>26}: {time:.3?}");
    Some(time)
}

/// A zone as large estates have them: addresses of both families, mail, texts and aliases, in no canonical order.
fn text(records: u32) -> Vec<u8> {
    let mut text = String::from(
        "$TTL 3600\n@ SOA ns1 hostmaster 1 7200 900 1209600 300\n@ NS ns1\n@ NS ns2\nns1 A 192.0.2.1\nns2 A 192.0.2.2\n",
    );
    for number in 5..records {
        let (a, b, c) = (number >> 16 & 255, number >> 8 & 255, number & 255);
        let host = number / 5;
        let _ = match number % 5 {
            0 => writeln!(text, "host{host} A 10.{a}.{b}.{c}"),
            1 => writeln!(
                text,
                "host{host} 300 IN AAAA 2001:db8::{a:x}:{:x}",
                number & 0xffff
            ),
            2 => writeln!(text, "host{host} TXT \"text of {number}\""),
            3 => writeln!(text, "mail{host} MX 10 host{host}"),
            _ => writeln!(text, "www{host} CNAME host{host}"),
        };
    }
    text.into_bytes()
}
