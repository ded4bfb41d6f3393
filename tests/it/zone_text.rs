//! The reader of zone text, judged by the readers of BIND, Knot and ldns over `tests/corpus`.
//!
//! Every zone of `accept` is read without an error and every zone of `reject` with one. Where all judges agree we
//! agree with them; what only some of them take stands, with our reason, in [`DEVIATIONS`] and `docs/zone-text.md`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use redundns::zone::{Includes, Name, Parsed, Source, parse, print};

use crate::world::require;

const ORIGIN: &str = "example.test";

/// Program, how it sees things otherwise and why we do not follow, and the zones that show it.
const DEVIATIONS: &[(&str, &str, &[&str])] = &[
    (
        "named-compilezone",
        "TTLs that differ within a set: the first record counts here, wherever it stands; BIND takes the last one where other owners stand between",
        &["accept/mixed-ttl-apart"],
    ),
    (
        "named-compilezone",
        "a record without a TTL gets the last one written; BIND carries on the one that it had evened out",
        &["accept/mixed-ttl-then-implied"],
    ),
    (
        "named-compilezone",
        "nothing below a DNAME can be served (RFC 6672, section 2.4); BIND loads it and hides it",
        &["reject/below-dname"],
    ),
    (
        "named-compilezone",
        "missing glue makes a child unreachable; with `-i none` BIND does not look, with `-i local` it complains and loads the zone",
        &["reject/glue-missing"],
    ),
    (
        "named-compilezone",
        "a record outside of the zone is a mistake, so that it is an error; BIND warns and drops it",
        &["reject/out-of-zone", "reject/out-of-zone-sibling"],
    ),
    (
        "named-compilezone",
        "a TTL above 2147483647 is a mistake (RFC 2181, section 8); BIND warns and makes it zero",
        &["reject/ttl-2-31"],
    ),
    (
        "kzonecheck",
        "no $GENERATE",
        &[
            "accept/generate",
            "accept/generate-aaaa",
            "accept/generate-bases",
            "accept/generate-cname",
            "accept/generate-escapes",
            "accept/generate-in-origin",
            "accept/generate-keeps-owner",
            "accept/generate-lower-case",
            "accept/generate-mx",
            "accept/generate-nibbles",
            "accept/generate-offset",
            "accept/generate-step",
            "accept/generate-ttl-class",
            "accept/generate-width",
        ],
    ),
    (
        "kzonecheck",
        "no relative name after $ORIGIN or as the origin of $INCLUDE",
        &[
            "accept/at-sign-later-origin",
            "accept/blank-owner-after-origin",
            "accept/include-nested",
            "accept/include-origin",
            "accept/include-scope-origin",
            "accept/include-twice",
            "accept/origin-at",
            "accept/origin-lower-case",
            "accept/origin-relative",
            "accept/origin-with-comment",
        ],
    ),
    (
        "kzonecheck",
        "an included file does not inherit the owner",
        &["accept/include-inherits-owner"],
    ),
    ("kzonecheck", "CR before LF is refused", &["accept/crlf"]),
    (
        "kzonecheck",
        "no `CLASSnnn` for class IN",
        &["accept/numbered-class"],
    ),
    (
        "kzonecheck",
        "parentheses may not stand around the owner or before it, nor within others",
        &[
            "accept/parentheses-around-owner",
            "accept/parentheses-blank-owner",
            "accept/parentheses-nested",
        ],
    ),
    (
        "kzonecheck",
        "quotes and words need white space between them; no quotes around owners",
        &[
            "accept/owner-quoted",
            "accept/quoted-between-words",
            "accept/quoted-tight",
        ],
    ),
    (
        "kzonecheck",
        "octets outside of ASCII and control characters are refused",
        &[
            "accept/form-feed-in-string",
            "accept/owner-raw-octets",
            "accept/quoted-raw-octets",
        ],
    ),
    (
        "kzonecheck",
        "an octet escaped as a number above 255 wraps around",
        &["reject/escape-256"],
    ),
    (
        "kzonecheck",
        "a string of more than 255 octets is cut into several; we, like BIND, make the writer say where",
        &["reject/string-256"],
    ),
    (
        "kzonecheck",
        "generic data of a known type is not looked into",
        &["reject/generic-wrong-for-type"],
    ),
    (
        "kzonecheck",
        "a record without any TTL gets 3600",
        &["reject/no-ttl"],
    ),
    (
        "kzonecheck",
        "records outside of the zone, and SOA records below its apex or beside the first, are passed over",
        &[
            "reject/out-of-zone",
            "reject/out-of-zone-sibling",
            "reject/second-soa",
            "reject/soa-below-apex",
        ],
    ),
    (
        "kzonecheck",
        "a TTL above 2147483647 is taken",
        &["reject/ttl-2-31"],
    ),
    (
        "ldns-read-zone",
        "no $GENERATE",
        &[
            "accept/generate",
            "accept/generate-aaaa",
            "accept/generate-bases",
            "accept/generate-cname",
            "accept/generate-escapes",
            "accept/generate-in-origin",
            "accept/generate-keeps-owner",
            "accept/generate-lower-case",
            "accept/generate-mx",
            "accept/generate-nibbles",
            "accept/generate-offset",
            "accept/generate-step",
            "accept/generate-ttl-class",
            "accept/generate-width",
        ],
    ),
    (
        "ldns-read-zone",
        "no $INCLUDE",
        &[
            "accept/include",
            "accept/include-absolute-origin",
            "accept/include-inherits-owner",
            "accept/include-nested",
            "accept/include-origin",
            "accept/include-quoted",
            "accept/include-scope-origin",
            "accept/include-scope-owner",
            "accept/include-ttl",
            "accept/include-twice",
        ],
    ),
    (
        "ldns-read-zone",
        "a relative $ORIGIN becomes absolute, a lower-case one is overlooked",
        &[
            "accept/at-sign-later-origin",
            "accept/origin-at",
            "accept/origin-lower-case",
            "accept/origin-relative",
            "accept/origin-with-comment",
        ],
    ),
    (
        "ldns-read-zone",
        "a directive in lower case is taken for an owner",
        &["accept/ttl-directive-lower-case"],
    ),
    (
        "ldns-read-zone",
        "a class before the TTL is not understood",
        &["accept/class-before-ttl"],
    ),
    (
        "ldns-read-zone",
        "a form feed separates words",
        &["accept/form-feed-in-string"],
    ),
    (
        "ldns-read-zone",
        "quotes and parentheses without white space around them, quoted owners and escaped characters in owners come out as other data",
        &[
            "accept/owner-escaped-specials",
            "accept/owner-quoted",
            "accept/parentheses-tight",
            "accept/quoted-between-words",
        ],
    ),
    (
        "ldns-read-zone",
        "where no TTL is given it is 3600, not the SOA's MINIMUM",
        &["accept/ttl-from-soa-minimum"],
    ),
    (
        "ldns-read-zone",
        "it reads records and judges no zone: what must be there or must not be together is not looked at",
        &[
            "reject/a-and-cname",
            "reject/below-dname",
            "reject/cname-and-a",
            "reject/cname-at-apex",
            "reject/comment-only",
            "reject/empty",
            "reject/glue-missing",
            "reject/no-ns",
            "reject/no-owner",
            "reject/no-soa",
            "reject/no-ttl",
            "reject/ns-alias",
            "reject/ns-no-address",
            "reject/out-of-zone",
            "reject/out-of-zone-sibling",
            "reject/second-soa",
            "reject/several-cnames",
            "reject/several-dnames",
            "reject/soa-below-apex",
            "reject/soa-other-apex",
        ],
    ),
    (
        "ldns-read-zone",
        "other classes, meta types and numbers out of range are taken",
        &[
            "reject/class-any",
            "reject/class-ch",
            "reject/meta-any",
            "reject/meta-opt",
            "reject/mx-large-preference",
            "reject/name-256",
            "reject/ttl-2-31",
            "reject/ttl-garbage",
            "reject/ttl-too-large",
            "reject/type-too-large",
        ],
    ),
    (
        "ldns-read-zone",
        "open quotes, unbalanced parentheses and faulty directives go unnoticed",
        &[
            "reject/open-parenthesis",
            "reject/open-quote",
            "reject/open-quote-at-end",
            "reject/origin-left-over",
            "reject/stray-parenthesis",
            "reject/ttl-directive-garbage",
            "reject/ttl-directive-left-over",
            "reject/unknown-directive",
        ],
    ),
];

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
    let page = include_str!("../../docs/zone-text.md");
    for (program, reason, zones) in DEVIATIONS {
        let zones: Vec<String> = zones.iter().map(|zone| format!("`{zone}`")).collect();
        let row = format!("| {program} | {reason} | {} |", zones.join(", "));
        assert!(page.contains(&row), "docs/zone-text.md lacks\n{row}");
    }
}
