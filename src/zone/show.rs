//! Findings the way compilers show them.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::{Finding, Severity};

/// `file:line:column: severity[CODE]: message`, the line with carets under what is meant, the hint, and the files
/// that led there. Ends without a line break.
pub fn show(finding: &Finding, colour: bool) -> String {
    let styled = |style: Style| if colour { style } else { Style::new() };
    let severity = styled(style(finding.severity));
    let strong = styled(Style::new().bold());
    let quiet = styled(AnsiColor::BrightBlue.on_default());
    let mut text = String::new();
    if !finding.file.is_empty() {
        let _ = write!(
            text,
            "{strong}{}:{}:{}:{strong:#} ",
            finding.file, finding.line, finding.column
        );
    }
    let _ = write!(
        text,
        "{severity}{}[{}]{severity:#}{strong}: {}{strong:#}",
        finding.severity, finding.code, finding.message
    );
    let number = finding.line.to_string();
    let margin = " ".repeat(number.len());
    if let Some(line) = finding
        .source_line
        .as_deref()
        .filter(|_| finding.line > 0 && finding.length > 0)
    {
        let _ = write!(text, "\n{quiet}{number} |{quiet:#} {line}");
        if let Some((indent, carets)) = carets(line, finding) {
            let _ = write!(
                text,
                "\n{quiet}{margin} |{quiet:#} {indent}{severity}{carets}{severity:#}"
            );
        }
    }
    if let Some(hint) = &finding.hint {
        let _ = write!(text, "\n{quiet}{margin} ={quiet:#} hint: {hint}");
    }
    for (file, line) in &finding.included_from {
        let _ = write!(
            text,
            "\n{quiet}{margin} ={quiet:#} included from {file}:{line}"
        );
    }
    text
}

fn style(severity: Severity) -> Style {
    match severity {
        Severity::Error => AnsiColor::Red.on_default().bold(),
        Severity::Warning => AnsiColor::Yellow.on_default().bold(),
        Severity::Info => AnsiColor::Cyan.on_default().bold(),
    }
}

/// White space as wide as what stands before the finding, and the carets below it; `None` where the line was cut
/// off before.
fn carets(line: &str, finding: &Finding) -> Option<(String, String)> {
    let start = usize::from(finding.column).checked_sub(1)?;
    let before = line.get(..start)?;
    let end = line.len().min(start + usize::from(finding.length));
    let meant = line.get(start..end).unwrap_or_default();
    let indent = before
        .chars()
        .map(|c| if c == '\t' { '\t' } else { ' ' })
        .collect();
    Some((indent, "^".repeat(meant.chars().count().max(1))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding() -> Finding {
        let mut finding = Finding::new("ZON10", Severity::Error, "unknown record type `BOGUS`")
            .hint("spell it right")
            .at("zones/example.com.zone", 14, 8);
        finding.length = 5;
        finding.source_line = Some("ü\tb \t BOGUS x".to_owned());
        finding.included_from = vec![("a.zone".to_owned(), 3)];
        finding.column = 8;
        finding
    }

    #[test]
    fn the_caret_stands_below_the_word_whatever_is_before_it() {
        assert_eq!(
            show(&finding(), false),
            "zones/example.com.zone:14:8: error[ZON10]: unknown record type `BOGUS`\n\
             14 | ü\tb \t BOGUS x\n   |  \t  \t ^^^^^\n   = hint: spell it right\n   = included from a.zone:3"
        );
    }

    #[test]
    fn colour_is_added_and_nothing_else() {
        let coloured = show(&finding(), true);
        assert!(coloured.contains("\u{1b}["));
        assert_eq!(
            anstream::adapter::strip_str(&coloured).to_string(),
            show(&finding(), false)
        );
    }

    #[test]
    fn a_finding_about_no_text_is_one_line() {
        let finding = Finding::new("ZON20", Severity::Warning, "no nameservers");
        assert_eq!(show(&finding, false), "warning[ZON20]: no nameservers");
    }
}
