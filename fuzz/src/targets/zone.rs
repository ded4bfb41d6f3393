//! Zone text: nothing panics, findings point into the text, and a zone without errors reads back as it is printed.

use std::sync::OnceLock;

use redundns::zone::{Includes, Name, Parsed, Source, parse, print, show};

use super::{Target, files};

pub(super) const TARGET: Target = Target {
    name: "zone",
    folders: &["accept", "reject"],
    pieces: PIECES,
    judge,
};

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

/// The corpus as a file system.
struct Texts(Vec<(String, Vec<u8>)>);

impl Includes for Texts {
    fn load(&self, _from: &str, path: &str) -> Result<(String, Vec<u8>), String> {
        let found = self.0.iter().find(|(name, _)| name == path);
        found.cloned().ok_or_else(|| "no such file".to_owned())
    }
}

fn judge(_: &Target, text: &[u8]) -> Result<String, String> {
    static TEXTS: OnceLock<Texts> = OnceLock::new();
    judge_with(text, TEXTS.get_or_init(|| Texts(files(TARGET.folders))))
}

fn read(text: &[u8], includes: &Texts) -> Parsed {
    let source = Source { name: "fuzz", text };
    let origin = Name::absolute("example.test").expect("a constant name");
    parse(&source, origin, includes)
}

/// What was found in the text, or what does not hold.
fn judge_with(text: &[u8], includes: &Texts) -> Result<String, String> {
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
        let codes = parsed.findings.iter().map(|finding| finding.code);
        return Ok(codes.take(3).collect::<Vec<_>>().join(" "));
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
    Ok("accepted".to_owned())
}
