//! `explain`: what a code means.

use serde::Serialize;

use super::console::Console;
use super::output::refuse;
use crate::audit::rules;
use crate::cli::Format;
use crate::config;
use crate::report::{EXPLANATIONS, Outcome, REMARK_CODES, VERSION, explain_text};
use crate::status;
use crate::zone::{self, Finding, Severity, rdata};

/// A code for machines; what its table does not have is null.
#[derive(Serialize)]
struct Meaning {
    code: &'static str,
    rule: &'static str,
    severity: Option<String>,
    source: Option<&'static str>,
    why: Option<&'static str>,
    action: Option<&'static str>,
}

/// What `explain --json` prints.
#[derive(Serialize)]
struct Meanings {
    version: u32,
    command: &'static str,
    codes: Vec<Meaning>,
}

pub(super) fn run(code: Option<&str>, console: &Console) -> anyhow::Result<Outcome> {
    let mut codes: Vec<Meaning> = meanings()
        .filter(|own| code.is_none_or(|code| own.code.eq_ignore_ascii_case(code)))
        .collect();
    codes.sort_by_key(|own| own.code);
    if codes.is_empty() {
        let code = code.unwrap_or_default();
        let (message, hint) = (
            format!("there is no code `{code}`"),
            "`redundns explain` lists all of them",
        );
        if console.format == Format::Json {
            let finding = Finding::new("EXP01", Severity::Error, message).hint(hint);
            refuse("explain", &[finding], console);
        } else {
            console.error(&message, Some(hint));
        }
        return Ok(Outcome::Trouble);
    }
    if console.format == Format::Json {
        let all = Meanings {
            version: VERSION,
            command: "explain",
            codes,
        };
        console.out(&(serde_json::to_string_pretty(&all)? + "\n"));
    } else if let Some(text) = code.and_then(text) {
        console.out(&text);
    } else {
        let lines = codes
            .iter()
            .map(|own| format!("{}  {}\n", own.code, own.rule));
        console.out(&lines.collect::<String>());
    }
    Ok(Outcome::Same)
}

/// Every code there is.
fn meanings() -> impl Iterator<Item = Meaning> {
    let sentence = |(code, rule): &(&'static str, &'static str)| Meaning {
        code,
        rule,
        severity: None,
        source: None,
        why: None,
        action: None,
    };
    let explained = EXPLANATIONS.iter().map(move |own| Meaning {
        why: Some(own.why),
        action: Some(own.action),
        ..sentence(&(own.code, own.rule))
    });
    let audited = rules().map(move |own| Meaning {
        severity: Some(own.severity.to_string()),
        source: Some(own.source),
        why: Some(own.why),
        action: Some(own.action),
        ..sentence(&(own.code, own.rule))
    });
    explained.chain(audited).chain(others().map(sentence))
}

/// What there is to say about `code`.
pub(super) fn text(code: &str) -> Option<String> {
    let other = || {
        others()
            .find(|(own, _)| own.eq_ignore_ascii_case(code))
            .map(|(own, text)| format!("{own}: {text}\n"))
    };
    explain_text(code).or_else(other)
}

/// Codes that one sentence explains.
fn others() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    zone::CODES
        .iter()
        .chain(rdata::CODES)
        .chain(config::CODES)
        .chain(status::CODES)
        .chain(REMARK_CODES)
        .chain(super::CODES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_means_two_things() {
        let mut codes: Vec<&str> = meanings().map(|own| own.code).collect();
        codes.sort_unstable();
        let twice = codes.windows(2).find(|pair| pair[0] == pair[1]);
        assert_eq!(twice, None);
    }
}
