//! The reader of zone text, judged by the readers of BIND, Knot and ldns over `tests/corpus`.
//!
//! Every zone of `accept` is read without an error and every zone of `reject` with one. Where all judges agree we
//! agree with them; what only some of them take stands, with our reason, in [`DEVIATIONS`] and `docs/zone-text.md`.

mod deviations;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use redundns::zone::{Includes, Name, Parsed, Source, parse, print};

use deviations::DEVIATIONS;

use crate::world::require;

const ORIGIN: &str = "example.test";

/// `$INCLUDE` within the corpus.
struct Folder(PathBuf);

impl Includes for Folder {
    fn load(&self, _from: &str, path: &str) -> Result<(String, Vec<u8>), String> {
        let text = std::fs::read(self.0.join(path)).map_err(|error| error.to_string())?;
        Ok((path.to_owned(), text))
    }
}

fn corpus(kind: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/corpus")
        .join(kind);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("the corpus")
        .map(|entry| entry.expect("an entry of the corpus").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "zone"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no zones in {}", folder.display());
    files
}

fn stem(file: &Path) -> &str {
    file.file_stem()
        .and_then(|stem| stem.to_str())
        .expect("a name in UTF-8")
}

fn read(text: &[u8], file: &Path) -> Parsed {
    let source = Source {
        name: stem(file),
        text,
    };
    let folder = Folder(
        file.parent()
            .expect("a file stands in a folder")
            .to_path_buf(),
    );
    parse(
        &source,
        Name::absolute(ORIGIN).expect("a constant name"),
        &folder,
    )
}

fn read_file(file: &Path) -> Parsed {
    read(&std::fs::read(file).expect("a zone of the corpus"), file)
}

fn printed(parsed: &Parsed) -> String {
    let mut text = String::new();
    print(&parsed.zone, &mut text).expect("a String takes every write");
    text
}

/// A program, what it is called with, and whether its output is the zone.
#[derive(Clone, Copy)]
struct Judge {
    program: &'static str,
    package: &'static str,
    options: &'static [&'static str],
    prints: bool,
}

const JUDGES: [Judge; 3] = [
    Judge {
        program: "named-compilezone",
        package: "bind9-utils",
        options: &[
            "-q", "-i", "none", "-k", "ignore", "-s", "full", "-o", "-", ORIGIN,
        ],
        prints: true,
    },
    Judge {
        program: "kzonecheck",
        package: "knot-dnssecutils",
        options: &["-o", ORIGIN],
        prints: false,
    },
    Judge {
        program: "ldns-read-zone",
        package: "ldnsutils",
        options: &[],
        prints: true,
    },
];

impl Judge {
    fn verdict(self, file: &Path, text: &[u8]) -> Option<Output> {
        let program = require(self.program, self.package)?;
        // ldns takes the origin from the text alone.
        let copy = tempfile::NamedTempFile::new_in(file.parent()?).expect("room beside the corpus");
        let mut whole = Vec::new();
        if self.program == "ldns-read-zone" {
            whole.extend_from_slice(format!("$ORIGIN {ORIGIN}.\n").as_bytes());
        }
        whole.extend_from_slice(text);
        std::fs::write(copy.path(), whole).expect("room for a zone");
        let output = Command::new(program)
            .args(self.options)
            .arg(copy.path())
            .current_dir(file.parent()?)
            .output()
            .expect("an installed program");
        Some(output)
    }
}

fn deviates(zone: &str, program: &str) -> bool {
    DEVIATIONS
        .iter()
        .any(|(judge, _, zones)| *judge == program && zones.contains(&zone))
}

#[test]
fn the_corpus_is_read_as_its_folders_say() {
    let mut wrong = String::new();
    for (kind, expected) in [("accept", false), ("reject", true)] {
        for file in corpus(kind) {
            let parsed = read_file(&file);
            if parsed.has_errors() != expected {
                let _ = writeln!(wrong, "{kind}/{}: {:?}", stem(&file), parsed.findings);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn what_is_printed_reads_back() {
    for file in corpus("accept") {
        let parsed = read_file(&file);
        let text = printed(&parsed);
        let again = read(text.as_bytes(), &file);
        assert!(!again.has_errors(), "{}: {:?}", stem(&file), again.findings);
        assert_eq!(again.zone, parsed.zone, "{}", stem(&file));
    }
}

#[test]
fn judges_agree() {
    let mut wrong = String::new();
    let mut used = 0;
    for (kind, we_reject) in [("accept", false), ("reject", true)] {
        for file in corpus(kind) {
            let name = stem(&file);
            let text = std::fs::read(&file).expect("a zone of the corpus");
            let ours = read_file(&file);
            for judge in JUDGES {
                let Some(output) = judge.verdict(&file, &text) else {
                    continue;
                };
                let rejects = !output.status.success();
                let same = rejects == we_reject
                    && (we_reject || !judge.prints || {
                        let theirs = read(&output.stdout, &file);
                        theirs.zone == ours.zone
                    });
                let declared = deviates(&format!("{kind}/{name}"), judge.program);
                used += usize::from(declared);
                if same == declared {
                    let _ = writeln!(
                        wrong,
                        "{kind}/{name}: {} {}{}\n{}{}",
                        judge.program,
                        if rejects { "rejects" } else { "accepts" },
                        if declared {
                            ", though declared otherwise"
                        } else {
                            ""
                        },
                        String::from_utf8_lossy(&output.stderr),
                        if rejects || same {
                            String::new()
                        } else {
                            String::from_utf8_lossy(&output.stdout).into_owned()
                        },
                    );
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    if JUDGES
        .iter()
        .all(|judge| require(judge.program, judge.package).is_some())
    {
        let declared: usize = DEVIATIONS.iter().map(|(_, _, zones)| zones.len()).sum();
        assert_eq!(used, declared, "a deviation names no zone of the corpus");
    }
}

#[test]
fn every_deviation_is_documented() {
    let page = include_str!("../../../docs/zone-text.md");
    for (program, reason, zones) in DEVIATIONS {
        let zones: Vec<String> = zones.iter().map(|zone| format!("`{zone}`")).collect();
        let row = format!("| {program} | {reason} | {} |", zones.join(", "));
        assert!(page.contains(&row), "docs/zone-text.md lacks\n{row}");
    }
}

/// The same without our reader of their output: BIND compiles what we print to the very text it compiles the zone to.
#[test]
fn bind_sees_the_same_zone_in_what_is_printed() {
    let bind = JUDGES[0];
    for file in corpus("accept") {
        let name = format!("accept/{}", stem(&file));
        if deviates(&name, bind.program) {
            continue;
        }
        let text = std::fs::read(&file).expect("a zone of the corpus");
        let ours = printed(&read(&text, &file));
        let (Some(original), Some(again)) = (
            bind.verdict(&file, &text),
            bind.verdict(&file, ours.as_bytes()),
        ) else {
            return;
        };
        // BIND keeps the case of names as written; DNS does not care.
        let [original, again] = [original, again]
            .map(|output| String::from_utf8_lossy(&output.stdout).to_ascii_lowercase());
        assert_eq!(original, again, "{name}");
    }
}
