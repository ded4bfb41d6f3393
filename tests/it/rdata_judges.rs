//! Record data against a third party: BIND's zone compiler says what each text means, octet by octet.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use redundns::zone::{Name, RecordType, rdata};

use crate::world::require;

const ORIGIN: &str = "example.test.";

const VALID: &str = include_str!("rdata_valid.txt");
const INVALID: &str = include_str!("rdata_invalid.txt");
const STRICTER: &str = include_str!("rdata_stricter.txt");
const LAXER: &str = include_str!("rdata_laxer.txt");

/// Type and data of each line of [`VALID`].
pub(crate) fn valid_cases() -> Vec<(&'static str, &'static str)> {
    cases(VALID)
}

/// Type and data of each line that is not a comment.
fn cases(table: &str) -> Vec<(&str, &str)> {
    table
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with(';'))
        .map(|line| line.split_once(' ').unwrap_or((line, "")))
        .collect()
}

fn rtype(text: &str) -> RecordType {
    text.parse().expect("a record type in a test table")
}

fn ours(rtype: RecordType, text: &str) -> Result<Vec<u8>, rdata::RdataError> {
    let origin = Name::absolute(ORIGIN).expect("a name");
    rdata::from_text(rtype, text, Some(origin.borrow()))
}

/// What BIND makes of cases: octets by case, and the cases that it refuses.
struct Judgement {
    octets: BTreeMap<usize, Vec<u8>>,
    refused: BTreeSet<usize>,
    said: String,
}

/// One zone of all cases, each with an owner of its own. An SOA can only stand at the apex, so that each of them is
/// a zone by itself.
fn judge(compiler: &Path, cases: &[(&str, &str)]) -> Judgement {
    let mut judgement = Judgement {
        octets: BTreeMap::new(),
        refused: BTreeSet::new(),
        said: String::new(),
    };
    let (soas, others): (Vec<usize>, Vec<usize>) =
        (0..cases.len()).partition(|&index| cases[index].0 == "SOA");
    compile(compiler, cases, None, &others, &mut judgement);
    for soa in soas {
        compile(compiler, cases, Some(soa), &[], &mut judgement);
    }
    judgement
}

fn compile(
    compiler: &Path,
    cases: &[(&str, &str)],
    soa: Option<usize>,
    others: &[usize],
    judgement: &mut Judgement,
) {
    let directory = tempfile::tempdir().expect("a directory");
    let (zone, raw) = (directory.path().join("zone"), directory.path().join("raw"));
    let apex = soa.map_or("ns host 1 2 3 4 5", |index| cases[index].1);
    let mut remaining = others.to_vec();
    // BIND names every line that it refuses but then compiles nothing: once more without them.
    loop {
        let mut text = format!("$TTL 300\n@ SOA {apex}\n@ NS .\n");
        for &index in &remaining {
            let (mnemonic, data) = cases[index];
            writeln!(text, "c{index} {mnemonic} {data}").expect("a String takes any text");
        }
        std::fs::write(&zone, &text).expect("written");
        let run = Command::new(compiler)
            .args(["-i", "none", "-k", "ignore", "-F", "raw", "-o"])
            .args([&raw, Path::new(ORIGIN), &zone])
            .output()
            .expect("BIND's compiler runs");
        if run.status.success() {
            break;
        }
        let said = String::from_utf8_lossy(&[run.stdout, run.stderr].concat()).into_owned();
        judgement.said.push_str(&said);
        let marker = format!("{}:", zone.display());
        let lines: BTreeSet<usize> = said
            .lines()
            .filter(|line| !line.contains("signature has expired"))
            .filter_map(|line| line.split_once(&marker)?.1.split_once(':')?.0.parse().ok())
            .collect();
        if let Some(soa) = soa {
            judgement.refused.insert(soa);
            return;
        }
        let bad: Vec<usize> = lines
            .iter()
            .filter_map(|line| remaining.get(line.checked_sub(4)?).copied())
            .collect();
        assert!(!bad.is_empty(), "BIND refuses the zone as a whole:\n{said}");
        remaining.retain(|index| !bad.contains(index));
        judgement.refused.extend(bad);
    }
    for (owner, rtype, octets) in raw_records(&std::fs::read(&raw).expect("BIND's output")) {
        let index = match owner.split_once('.') {
            Some((label, _)) if rtype != RecordType::SOA => label.strip_prefix('c'),
            _ => None,
        };
        match (index.and_then(|digits| digits.parse().ok()), soa) {
            (Some(index), _) => judgement.octets.insert(index, octets),
            (None, Some(index)) if rtype == RecordType::SOA => {
                judgement.octets.insert(index, octets)
            }
            _ => None,
        };
    }
}

/// Owner, type and data of the first record of each set in BIND's raw format (version 1).
fn raw_records(raw: &[u8]) -> Vec<(String, RecordType, Vec<u8>)> {
    let number16 = |at: usize| usize::from(u16::from_be_bytes([raw[at], raw[at + 1]]));
    let number32 = |at: usize| number16(at) << 16 | number16(at + 2);
    let mut records = Vec::new();
    let mut at = if number32(4) == 0 { 12 } else { 24 };
    while at < raw.len() {
        let end = at + number32(at);
        let rtype = RecordType(number16(at + 6) as u16);
        let owner_length = number16(at + 18);
        let owner = &raw[at + 20..at + 20 + owner_length];
        let data = at + 20 + owner_length;
        let octets = raw[data + 2..data + 2 + number16(data)].to_vec();
        let owner = Name::from_wire(owner).expect("an owner").to_string();
        records.push((owner, rtype, octets));
        at = end;
    }
    records
}

#[test]
fn valid_data_means_what_bind_says() {
    let Some(compiler) = require("named-compilezone", "bind9-utils") else {
        return;
    };
    let cases = cases(VALID);
    let judgement = judge(&compiler, &cases);
    let mut faults = Vec::new();
    let mut printed = Vec::new();
    for (index, &(mnemonic, text)) in cases.iter().enumerate() {
        let rtype = rtype(mnemonic);
        let octets = match ours(rtype, text) {
            Ok(octets) => octets,
            Err(error) => {
                faults.push(format!(
                    "refused: {mnemonic} {text}: {} {error}",
                    error.code
                ));
                continue;
            }
        };
        match judgement.octets.get(&index) {
            None => faults.push(format!("BIND refuses: {mnemonic} {text}")),
            Some(theirs) => {
                let mut canonical = Vec::new();
                let read = rdata::from_message(rtype, theirs, 0..theirs.len(), &mut canonical);
                if read.is_err() || canonical != octets {
                    faults.push(format!(
                        "{mnemonic} {text}\n  ours {octets:02x?}\n  BIND {theirs:02x?} ({read:?})"
                    ));
                }
            }
        }
        printed.push((mnemonic, rdata::to_text(rtype, &octets), octets));
    }
    let again: Vec<(&str, &str)> = printed
        .iter()
        .map(|(mnemonic, text, _)| (*mnemonic, text.as_str()))
        .collect();
    let again = judge(&compiler, &again);
    for (index, (mnemonic, text, octets)) in printed.iter().enumerate() {
        let theirs = again.octets.get(&index).map(Vec::as_slice);
        if theirs.is_none_or(|theirs| !theirs.eq_ignore_ascii_case(octets)) {
            faults.push(format!(
                "printed: {mnemonic} {text}: BIND reads {theirs:02x?}"
            ));
        }
        if ours(rtype(mnemonic), text).as_ref() != Ok(octets) {
            faults.push(format!(
                "printed: {mnemonic} {text}: we read something else"
            ));
        }
    }
    assert!(
        faults.is_empty(),
        "{}\n\n{}\n{}",
        faults.join("\n"),
        judgement.said,
        again.said
    );
}

#[test]
fn invalid_data_is_refused_as_by_bind() {
    let Some(compiler) = require("named-compilezone", "bind9-utils") else {
        return;
    };
    let mut faults = Vec::new();
    for (table, we_take, they_take) in [
        (INVALID, false, false),
        (STRICTER, false, true),
        (LAXER, true, false),
    ] {
        let cases = cases(table);
        let judgement = judge(&compiler, &cases);
        for (index, &(mnemonic, text)) in cases.iter().enumerate() {
            let read = ours(rtype(mnemonic), text);
            if read.is_ok() != we_take {
                faults.push(format!("{mnemonic} {text}: we say {read:02x?}"));
            }
            if judgement.refused.contains(&index) == they_take {
                faults.push(format!("{mnemonic} {text}: unexpected from BIND"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
