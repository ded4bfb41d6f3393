//! Mutates the zones of `tests/corpus` for some seconds and checks what must hold for every text:
//! nothing panics, findings point into the text, and a zone without errors reads back as it is printed.
//!
//! `cargo run --release --manifest-path fuzz/Cargo.toml -- SECONDS [SEED]`

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use redundns::zone::{Includes, Name, Parsed, Source, parse, print, show};

/// Pieces that matter to the reader.
const PIECES: &[&str] = &[
    "(",
    ")",
    "\"",
    "\\",
    ";",
    "\n",
    "\r\n",
    "\r",
    "\t",
    " ",
    "@",
    ".",
    "..",
    "\\255",
    "\\256",
    "\\.",
    "\0",
    "\u{fc}",
    "$ORIGIN ",
    "$TTL ",
    "$INCLUDE ",
    "$GENERATE ",
    "$",
    "${",
    "}",
    "${0,3,n}",
    "1-3",
    "0-20/7",
    "IN",
    "CLASS1",
    "CH",
    "60",
    "1w2d",
    "2147483647",
    "4294967296",
    "TYPE65280 \\# 2 abcd",
    "\\# ",
    "*",
    "A",
    "AAAA",
    "NS",
    "CNAME",
    "DNAME",
    "SOA",
    "MX",
    "TXT",
    "SRV",
    "SVCB",
    "HTTPS",
    "CAA",
    "NAPTR",
    "LOC",
    "APL",
    "HIP",
    "IPSECKEY",
    "RRSIG",
    "NSEC",
    "NSEC3",
    "TLSA",
    "DS",
    "alpn=h2",
    "key65000=\"x y\"",
    "192.0.2.1",
    "2001:db8::1",
    "example.test.",
    "ns1",
];

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

/// The corpus as a file system.
struct Texts(Vec<(String, Vec<u8>)>);

impl Includes for Texts {
    fn load(&self, _from: &str, path: &str) -> Result<(String, Vec<u8>), String> {
        let found = self.0.iter().find(|(name, _)| name == path);
        found.cloned().ok_or_else(|| "no such file".to_owned())
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1).map(|word| word.parse::<u64>());
    let seconds = arguments.next().and_then(Result::ok).unwrap_or(10);
    let seed = arguments.next().and_then(Result::ok).unwrap_or(0x5eed);
    let texts = Texts(corpus());
    let mut random = Random(seed | 1);
    let deadline = Instant::now() + Duration::from_secs(seconds);
    let (mut inputs, mut clean) = (0_u64, 0_u64);
    while Instant::now() < deadline {
        for _ in 0..256 {
            let text = mutated(&mut random, &texts.0);
            let verdict = catch_unwind(AssertUnwindSafe(|| judge(&text, &texts)));
            inputs += 1;
            match verdict {
                Ok(Ok(accepted)) => clean += u64::from(accepted),
                Ok(Err(complaint)) => fail(&text, &complaint),
                Err(_) => fail(&text, "panicked"),
            }
        }
    }
    println!("{inputs} inputs, {clean} of them without errors, nothing found");
}

fn fail(text: &[u8], complaint: &str) -> ! {
    let file = std::env::temp_dir().join("redundns-fuzz.zone");
    let kept = std::fs::write(&file, text);
    println!(
        "{complaint}\ninput ({}): {}\n{}",
        file.display(),
        kept.is_ok(),
        text.escape_ascii()
    );
    std::process::exit(1)
}

fn corpus() -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/corpus");
    let mut texts = Vec::new();
    for kind in ["accept", "reject"] {
        for entry in std::fs::read_dir(root.join(kind)).expect("the corpus") {
            let path = entry.expect("an entry of the corpus").path();
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .expect("a name in UTF-8");
            texts.push((
                name.to_owned(),
                std::fs::read(&path).expect("a readable zone"),
            ));
        }
    }
    texts.sort();
    texts
}

fn mutated(random: &mut Random, corpus: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut text = corpus[random.below(corpus.len())].1.clone();
    for _ in 0..=random.below(4) {
        let at = random.below(text.len() + 1);
        match random.below(8) {
            0 | 1 => {
                let piece = PIECES[random.below(PIECES.len())];
                text.splice(at..at, piece.bytes());
            }
            2 => {
                let end = text.len().min(at + 1 + random.below(8));
                text.drain(at.min(end)..end);
            }
            3 if at < text.len() => text[at] = random.next() as u8,
            4 if at < text.len() => text[at] ^= 1 << random.below(8),
            5 => {
                // Lines of another zone, where the head of this one stays whole.
                let other = &corpus[random.below(corpus.len())].1;
                let from = random.below(other.len());
                let end = other.len().min(from + 1 + random.below(80));
                let at = text
                    .iter()
                    .rposition(|&octet| octet == b'\n')
                    .map_or(text.len(), |line| line + 1);
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

fn read(text: &[u8], includes: &Texts) -> Parsed {
    let source = Source { name: "fuzz", text };
    let origin = Name::absolute("example.test").expect("a constant name");
    parse(&source, origin, includes)
}

/// Whether the text was read without errors, or what does not hold.
fn judge(text: &[u8], includes: &Texts) -> Result<bool, String> {
    let parsed = read(text, includes);
    let lines = text.split(|&octet| octet == b'\n').count();
    for finding in &parsed.findings {
        let _ = (show(finding, false), show(finding, true));
        let inside = finding.file != "fuzz" || (1..=lines).contains(&(finding.line as usize));
        let line = finding
            .source_line
            .as_deref()
            .ok_or(format!("no line: {finding:?}"))?;
        let end = usize::from(finding.column) + usize::from(finding.length);
        if !inside || finding.column == 0 || line.len() < 300 && end > line.len() + 2 {
            return Err(format!("outside of the text: {finding:?}"));
        }
    }
    if parsed.has_errors() {
        return Ok(false);
    }
    let mut printed = String::new();
    print(&parsed.zone, &mut printed).map_err(|error| error.to_string())?;
    let again = read(printed.as_bytes(), includes);
    if again.has_errors() {
        return Err(format!(
            "printed, it has errors: {:?}\n{printed}",
            again.findings
        ));
    }
    if again.zone != parsed.zone {
        return Err(format!("printed, it is another zone:\n{printed}"));
    }
    Ok(true)
}
