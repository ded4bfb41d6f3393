//! The lines that are the same on every screen: findings, objections, errors.

use std::fmt::Write as _;
use std::net::SocketAddr;

use super::layout::{Style, wrap};
use crate::report::data::{FindingEntry, ObjectionEntry, ProviderReport};

/// `! error FIT02: …`, with the place in front and the hint below.
pub(super) fn findings(out: &mut String, findings: &[FindingEntry], style: Style) {
    if !findings.is_empty() && !out.ends_with("\n\n") {
        out.push('\n');
    }
    for finding in findings {
        let symbol = match finding.severity.as_str() {
            "error" => '!',
            "warning" => '~',
            _ => '=',
        };
        let place = match (&finding.file, finding.line, finding.column) {
            (Some(file), Some(line), Some(column)) => format!("{file}:{line}:{column}: "),
            (Some(file), _, _) => format!("{file}: "),
            _ => String::new(),
        };
        let whose = finding
            .nameserver
            .as_deref()
            .filter(|name| !finding.message.contains(name))
            .map(|name| format!(" ({name})"))
            .unwrap_or_default();
        let text = format!(
            "{place}{}[{}]: {}{whose}",
            finding.severity, finding.code, finding.message
        );
        let _ = writeln!(
            out,
            "{} {}",
            style.symbol(symbol),
            wrap(&text, style.width, 2)
        );
        hint(out, finding.hint.as_deref(), 2, style);
        if let Some(command) = &finding.reproduce {
            let _ = writeln!(out, "  see:  {command}");
        }
    }
}

/// Why a guard refuses, and the flag that has it done all the same.
pub(super) fn objections(out: &mut String, objections: &[ObjectionEntry], style: Style) {
    for objection in objections {
        let text = format!("refused [{}]: {}", objection.code, objection.message);
        let _ = writeln!(
            out,
            "  {} {}",
            style.symbol('!'),
            wrap(&text, style.width, 4)
        );
        hint(out, objection.hint.as_deref(), 4, style);
        if let Some(flag) = &objection.flag {
            let _ = writeln!(out, "    to do it all the same: {flag}");
        }
    }
}

/// What a provider said, in its own words.
pub(super) fn error(out: &mut String, provider: &ProviderReport, style: Style) {
    if let Some(error) = &provider.error {
        let _ = writeln!(out, "    {}", wrap(&error.message, style.width, 4));
        hint(out, error.hint.as_deref(), 4, style);
    }
}

fn hint(out: &mut String, hint: Option<&str>, indent: usize, style: Style) {
    if let Some(hint) = hint {
        let text = wrap(hint, style.width, indent + 6);
        let _ = writeln!(out, "{}hint: {text}", " ".repeat(indent));
    }
}

/// The command that asks the same by hand.
pub fn dig(address: &str, name: &str, rtype: &str) -> Option<String> {
    let address: SocketAddr = address.parse().ok()?;
    let port = match address.port() {
        53 => String::new(),
        port => format!(" -p {port}"),
    };
    Some(format!("dig +norec @{}{port} {name} {rtype}", address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remark_about_a_nameserver_names_it_once() {
        for message in ["it gives two answers", "`ns1.example.` gives two answers"] {
            let finding = FindingEntry {
                message: message.to_owned(),
                nameserver: Some("ns1.example.".to_owned()),
                ..FindingEntry::default()
            };
            let mut out = String::new();
            findings(&mut out, &[finding], Style::default());
            assert_eq!(out.matches("ns1.example.").count(), 1, "{out}");
        }
    }
}
