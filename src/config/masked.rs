//! What is wrong with a line that may hold a secret, said without the secret.

use std::ops::Range;

use crate::zone::Finding;

/// A line may hold a secret that should not be there, in quotes of any kind or in none: where that
/// can be, nothing behind the key is shown.
pub(super) fn masked(mut finding: Finding) -> Finding {
    if matches!(finding.code, "CFG04" | "CFG07") {
        return finding;
    }
    // `invalid type: string "…", expected a boolean`
    if let Some(from) = finding.message.find(" \"")
        && let Some(to) = finding.message.rfind(", expected ")
        && finding.message.starts_with("invalid ")
        && from < to
    {
        finding.message.replace_range(from..to, "");
    }
    finding.source_line = finding.source_line.take().and_then(|line| {
        let (key, value) = line.split_once('=')?;
        Some(if value.is_empty() {
            line
        } else {
            format!("{key}= …")
        })
    });
    let shown = finding.source_line.as_deref().unwrap_or_default();
    let shown = u16::try_from(shown.chars().count()).unwrap_or(u16::MAX);
    finding.length = finding
        .length
        .min(shown.saturating_sub(finding.column.saturating_sub(1)))
        .max(1);
    finding
}

/// As [`masked`], where `span` of a policy lies in a section that names secrets.
pub(super) fn masked_in(text: &str, span: Option<Range<usize>>, finding: Finding) -> Finding {
    let at = span.map_or(0, |span| span.start).min(text.len());
    let before = String::from_utf8_lossy(&text.as_bytes()[..at]);
    let section = before
        .lines()
        .rev()
        .find(|line| line.trim_start().starts_with('['));
    let line = finding.source_line.as_deref().unwrap_or_default();
    let is_meant = section.is_some_and(|line| line.contains("notify"))
        || line.contains("notify")
        || line.contains("://");
    if is_meant { masked(finding) } else { finding }
}
