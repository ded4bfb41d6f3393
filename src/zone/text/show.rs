//! A finding as a compiler would show it.

use crate::zone::{Finding, Severity};

/// `file:line:column: error[CODE]: message`, the line with a caret below, the hint, and the files that led there.
pub fn show(finding: &Finding, color: bool) -> String {
    let paint = |code: &str, text: &str| {
        if color {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    };
    let tint = match finding.severity {
        Severity::Error => "1;31",
        Severity::Warning => "1;33",
        Severity::Info => "1;36",
    };
    let label = paint(tint, &format!("{}[{}]", finding.severity, finding.code));
    let place = match (finding.file.is_empty(), &finding.provider) {
        (false, _) => format!(
            "{}:{}:{}: ",
            finding.file,
            finding.line.max(1),
            finding.column.max(1)
        ),
        (true, Some(provider)) => format!("{provider}: "),
        (true, None) => String::new(),
    };
    let mut text = format!("{}{label}: {}\n", paint("1", &place), finding.message);
    if let Some(line) = finding
        .source_line
        .as_deref()
        .filter(|line| !line.trim().is_empty())
    {
        let number = finding.line.to_string();
        let before: String = line
            .char_indices()
            .take_while(|(at, _)| at + 1 < usize::from(finding.column))
            .map(|(_, c)| if c == '\t' { '\t' } else { ' ' })
            .collect();
        let carets = "^".repeat(usize::from(finding.length.max(1)));
        text += &format!(
            " {number} | {line}\n {:width$} | {before}{}\n",
            "",
            paint(tint, &carets),
            width = number.len()
        );
    }
    if let Some(hint) = &finding.hint {
        text += &format!("   = hint: {hint}\n");
    }
    for (file, line) in &finding.included_from {
        text += &format!("   = included from {file}:{line}\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_below_the_word() {
        let mut finding = Finding::new("ZON04", Severity::Error, "`BOGUS` is no record type")
            .at("x.zone", 14, 7)
            .hint("see IANA");
        finding.source_line = Some("www 60\tBOGUS x".to_owned());
        finding.column = 8;
        finding.length = 5;
        finding.included_from = vec![("y.zone".to_owned(), 3)];
        assert_eq!(
            show(&finding, false),
            "x.zone:14:8: error[ZON04]: `BOGUS` is no record type\n 14 | www 60\tBOGUS x\n    |       \t^^^^^\n   \
             = hint: see IANA\n   = included from y.zone:3\n"
        );
    }
}
