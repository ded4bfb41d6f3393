//! Mutates what the program reads and checks what must hold for every input; nothing may panic.
//!
//! `cargo run --release --manifest-path fuzz/Cargo.toml -- SECONDS [TARGET] [SEED]`: so many seconds for the target,
//! or for each. What fails is kept in the corpus of its target, where the package's tests replay it.

mod targets;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use targets::{Target, files, targets};

/// One input may take this long.
const LONGEST: Duration = Duration::from_secs(10);

/// Inputs that are mutated, at most.
const MOST: usize = 4000;

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |index: usize| arguments.get(index).and_then(|word| word.parse().ok());
    let seconds = number(0).unwrap_or(10);
    let seed = number(2).unwrap_or(0x5eed);
    let chosen = |target: &&Target| arguments.get(1).is_none_or(|name| name == target.name);
    let mut is_clean = true;
    for target in targets().iter().filter(chosen) {
        is_clean &= fuzz(target, Duration::from_secs(seconds), &mut Random(seed | 1));
    }
    std::process::exit(i32::from(!is_clean));
}

fn fuzz(target: &Target, time: Duration, random: &mut Random) -> bool {
    let mut corpus: Vec<Vec<u8>> = files(target.folders)
        .into_iter()
        .map(|(_, octets)| octets)
        .collect();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let deadline = Instant::now() + time;
    let mut inputs = 0_u64;
    while Instant::now() < deadline {
        let input = mutated(random, &corpus, target.pieces);
        let begin = Instant::now();
        let verdict = catch_unwind(AssertUnwindSafe(|| target.judge(&input)));
        inputs += 1;
        match verdict {
            Ok(Ok(_)) if begin.elapsed() > LONGEST => return fail(target, &input, "took too long"),
            Ok(Ok(said)) => {
                if corpus.len() < MOST && seen.insert(said) {
                    corpus.push(input);
                }
            }
            Ok(Err(complaint)) => return fail(target, &input, &complaint),
            Err(_) => return fail(target, &input, "panicked"),
        }
    }
    println!(
        "{}: {inputs} inputs, {} kinds of outcome, nothing found",
        target.name,
        seen.len()
    );
    true
}

fn fail(target: &Target, input: &[u8], complaint: &str) -> bool {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/corpus");
    let hash = input
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, &octet| {
            (hash ^ u64::from(octet)).wrapping_mul(0x0100_0000_01b3)
        });
    let file = folder
        .join(target.folders[0])
        .join(format!("found-{hash:016x}"));
    let kept = std::fs::write(&file, input);
    println!(
        "{}: {complaint}\ninput ({}): {}\n{}",
        target.name,
        file.display(),
        kept.is_ok(),
        input.escape_ascii()
    );
    false
}

fn mutated(random: &mut Random, corpus: &[Vec<u8>], pieces: &[&str]) -> Vec<u8> {
    let mut text = corpus[random.below(corpus.len())].clone();
    for _ in 0..=random.below(4) {
        let at = random.below(text.len() + 1);
        match random.below(8) {
            0 | 1 => {
                let piece = pieces[random.below(pieces.len())];
                text.splice(at..at, piece.bytes());
            }
            2 => {
                let end = text.len().min(at + 1 + random.below(8));
                text.drain(at.min(end)..end);
            }
            3 if at < text.len() => text[at] = random.next() as u8,
            4 if at < text.len() => text[at] ^= 1 << random.below(8),
            5 => {
                // Lines of another input, where the head of this one stays whole.
                let other = &corpus[random.below(corpus.len())];
                let from = random.below(other.len());
                let end = other.len().min(from + 1 + random.below(80));
                let line = text.iter().rposition(|&octet| octet == b'\n');
                let at = line.map_or(text.len(), |line| line + 1);
                text.splice(at..at, other[from..end].iter().copied());
            }
            6 => {
                let end = text.len().min(at + random.below(40));
                let copy = text[at..end].to_vec();
                text.splice(at..at, copy);
            }
            _ => {
                let end = text.len().min(at + random.below(30));
                let swapped: Vec<u8> = text[at..end].iter().rev().copied().collect();
                text.splice(at..end, swapped);
            }
        }
    }
    text
}
