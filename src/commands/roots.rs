//! The root servers of a private root, and other files of records that are no zone.

use std::path::Path;

use crate::config::unread;
use crate::probe;
use crate::verdict::Nameserver;
use crate::zone::{Finding, Name, NoIncludes, Severity, Source, Zone, parse};

/// The root servers that a file names.
pub(super) fn read(path: &Path) -> Result<Vec<Nameserver>, Vec<Finding>> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| {
        let message = format!("cannot read the root hints: {error}");
        let finding = Finding::new("CFG01", Severity::Error, message);
        vec![finding.hint(unread(&error)).at(&shown, 1, 1)]
    })?;
    let hints = probe::hints_of(&records(&shown, &text)?);
    if hints.is_empty() {
        return Err(vec![
            Finding::new("CFG14", Severity::Error, "no root server with an address")
                .at(&shown, 1, 1)
                .hint("write `. NS a.root.` and `a.root. A 192.0.2.1`, each with a TTL"),
        ]);
    }
    Ok(hints)
}

/// Records of a master file that is no zone: no SOA, and no other rule of zones.
pub(super) fn records(file: &str, text: &str) -> Result<Zone, Vec<Finding>> {
    let source = Source {
        name: file,
        text: text.as_bytes(),
    };
    let parsed = parse(&source, Name::root(), &NoIncludes);
    let rules = crate::zone::lint(&parsed.zone);
    let mut faults = parsed.findings;
    faults.retain(|one| {
        let is_rule = rules.iter().any(|other| other.code == one.code);
        one.severity == Severity::Error && !is_rule
    });
    if faults.is_empty() {
        Ok(parsed.zone)
    } else {
        Err(faults)
    }
}
