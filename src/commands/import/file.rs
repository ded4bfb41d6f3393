//! The zone file itself, and whether it says what it should.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::zone::{self, NoIncludes, Parsed, Zone, master_file, parse, rfc3339};

/// Where the records come from.
pub(in crate::commands) struct Source<'a> {
    /// In words.
    pub(in crate::commands) from: String,
    /// What was left out or made up.
    pub(in crate::commands) remarks: &'a [String],
}

/// The file of `zone`, the heading included.
pub(in crate::commands) fn written(zone: &Zone, sources: &[Source<'_>]) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = rfc3339(now.map_or(0, |since| since.as_secs()));
    let name = zone.origin().to_string();
    let from: Vec<&str> = sources.iter().map(|source| source.from.as_str()).collect();
    let mut heading = vec![
        format!(
            "{}, as it was on {} at {} UTC",
            name.trim_end_matches('.'),
            &now[..10],
            &now[11..16]
        ),
        format!(
            "imported by redundns {} from {}",
            env!("CARGO_PKG_VERSION"),
            from.join(" and ")
        ),
    ];
    for source in sources {
        if !source.remarks.is_empty() {
            heading.push(String::new());
            heading.push(format!("{}:", source.from));
            heading.extend(source.remarks.iter().map(|remark| format!("- {remark}")));
        }
    }
    master_file(zone, &heading)
}

/// Reads `text` as everybody will. An error where that is not `zone`.
pub(in crate::commands) fn judge(text: &str, zone: &Zone, shown: &str) -> anyhow::Result<Parsed> {
    let source = zone::Source {
        name: shown,
        text: text.as_bytes(),
    };
    let parsed = parse(&source, zone.origin().clone(), &NoIncludes);
    if parsed.zone != *zone {
        anyhow::bail!(
            "the zone file of `{}` does not read back as what it was written from",
            zone.origin()
        );
    }
    Ok(parsed)
}
