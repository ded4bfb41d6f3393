//! Zone text on its way in and out of the provider's directory.

use std::path::Path;

use crate::zone::{self, Name, NoIncludes, RecordType, Severity, Source, Zone};

/// The zone that a file holds, or the first thing wrong with it as `file:line: what`.
pub(super) fn read(path: &Path, octets: &[u8], origin: &Name) -> Result<Zone, String> {
    let name = path.display().to_string();
    let source = Source {
        name: &name,
        text: octets,
    };
    let parsed = zone::parse(&source, origin.clone(), &NoIncludes);
    let error = |finding: &&zone::Finding| finding.severity == Severity::Error;
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
