//! Zone text on its way in and out of the provider's directory.

use std::path::Path;

use crate::zone::{self, Finding, Name, NoIncludes, RecordType, Severity, Source, Zone};

/// Errors in a zone file that somebody wrote, but not in the state of a server: a new zone begins with its SOA and NS
/// sets alone, and between two steps of a rollout a nameserver may be without its address or an alias.
const PASSING: [&str; 2] = ["ZON25", "ZON26"];

/// The zone that a file holds, or the first thing wrong with it as `file:line: what`.
pub(super) fn read(path: &Path, octets: &[u8], origin: &Name) -> Result<Zone, String> {
    let name = path.display().to_string();
    let source = Source {
        name: &name,
        text: octets,
    };
    let parsed = zone::parse(&source, origin.clone(), &NoIncludes);
    let error = |finding: &&Finding| {
        finding.severity == Severity::Error && !PASSING.contains(&finding.code)
    };
    if let Some(first) = parsed.findings.iter().find(error) {
        return Err(format!("{}:{}: {}", first.file, first.line, first.message));
    }
    if parsed.zone.get(origin.borrow(), RecordType::SOA).is_none() {
        return Err(format!("{name}:1: zone `{origin}` has no SOA record"));
    }
    Ok(parsed.zone)
}

/// The text of a zone.
pub(super) fn write(zone: &Zone) -> String {
    let mut text = String::new();
    zone::print(zone, &mut text).expect("a String takes everything");
    text
}
