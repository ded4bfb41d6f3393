//! Journals: whatever stands in one, what can be read of it is what was written, and is counted right.

use std::path::PathBuf;
use std::sync::OnceLock;

use redundns::rollout::journal::{Past, Run, read};

use super::{Target, words};

pub(super) const TARGET: Target = Target {
    name: "journal",
    folders: &["journal"],
    pieces: &[
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\n",
        "null",
        "-1",
        "1e9",
        "18446744073709551616",
        "\\u0000",
        "\"n\":1",
        "\"n\":2",
        "\"event\":\"begun\"",
        "\"event\":\"intent\"",
        "\"event\":\"result\"",
        "\"event\":\"replanned\"",
        "\"event\":\"read_back\"",
        "\"event\":\"proof\"",
        "\"event\":\"end\"",
        "\"event\":\"later\"",
        "\"call\":1",
        "\"applied\":null",
        "\"applied\":99",
        "\"changes\":[]",
        "\"before\":null",
        "\"wave\":\"create\"",
        "\"type\":\"TXT\"",
        "\"www.example.test.\"",
        ",\"crc\":\"00000000\"}",
        "\u{fc}",
    ],
    judge,
};

const NUMBER: u64 = 1;

/// As it is, and with checksums that are right, since nothing else gets far.
fn judge(_: &Target, octets: &[u8]) -> Result<String, String> {
    let said = one(octets)?;
    let sealed: Vec<u8> = octets
        .split_inclusive(|&octet| octet == b'\n')
        .flat_map(sealed)
        .collect();
    Ok(said + "; " + &one(&sealed)?)
}

fn one(octets: &[u8]) -> Result<String, String> {
    let run = run_of(octets)?;
    let said = run.damages.iter().take(2).map(|damage| words(&damage.why));
    let mut said: Vec<String> = said.collect();
    for tally in run.tallies() {
        let told = tally.done() + tally.unknown.len() + tally.left();
        if told < tally.planned {
            return Err(format!("{told} changes of {} are told", tally.planned));
        }
        for entry in tally.made.iter().chain(&tally.unknown) {
            let read = Past::read(entry).map(|_| String::new());
            said.extend(read.err().iter().map(|error| words(error)));
        }
    }
    let _ = (run.begun(), run.at(), run.outcome(), run.proofs().count());
    let made = run
        .calls()
        .iter()
        .filter(|call| call.result.is_some())
        .count();
    said.push(format!(
        "{} of {} calls",
        made.min(3),
        run.calls().len().min(3)
    ));
    // What was understood is what was written: nothing of it is lost on the way back.
    for line in &run.lines {
        let json = serde_json::to_string(line).map_err(|error| error.to_string())?;
        let again = serde_json::from_str(&json).map_err(|error| format!("{json}: {error}"))?;
        if *line != again {
            return Err(format!("{line:?} is {again:?} once it was written"));
        }
    }
    Ok(said.join("; "))
}

/// Reads octets as the only run of a project.
fn run_of(octets: &[u8]) -> Result<Run, String> {
    static PROJECT: OnceLock<PathBuf> = OnceLock::new();
    let project = PROJECT.get_or_init(|| {
        let name = format!("redundns-fuzz-journal-{}", std::process::id());
        let project = std::env::temp_dir().join(name);
        std::fs::create_dir_all(project.join(".redundns/journal")).expect("a directory");
        project
    });
    let file = project.join(format!(".redundns/journal/{NUMBER:06}.jsonl"));
    std::fs::write(file, octets).expect("a file");
    read(project, NUMBER).map_err(|error| format!("{error:#}"))
}

/// A line with the checksum that its octets have.
fn sealed(line: &[u8]) -> Vec<u8> {
    const MARK: &[u8] = b",\"crc\":\"";
    let text = line.strip_suffix(b"\n").unwrap_or(line);
    let end = text.windows(MARK.len()).rposition(|part| part == MARK);
    let body = &text[..end.unwrap_or(text.len())];
    let mut sealed = body.to_vec();
    sealed.extend_from_slice(MARK);
    sealed.extend_from_slice(format!("{:08x}\"}}\n", checksum(body)).as_bytes());
    sealed
}

/// CRC-32 of ISO 3309, bit by bit.
fn checksum(octets: &[u8]) -> u32 {
    let step = |value: u32, _: u32| (value >> 1) ^ (0xedb8_8320 * (value & 1));
    let add = |sum: u32, &octet: &u8| (0..8).fold(sum ^ u32::from(octet), step);
    !octets.iter().fold(!0, add)
}
