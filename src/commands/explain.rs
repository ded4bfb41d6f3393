//! `explain`: what a code means.

use super::console::Console;
use crate::audit::rules;
use crate::config;
use crate::report::{EXPLANATIONS, Outcome, REMARK_CODES, explain_text};
use crate::status;
use crate::zone::{self, rdata};

pub(super) fn run(code: Option<&str>, console: &Console) -> Outcome {
    let Some(code) = code else {
        let mut lines: Vec<String> = EXPLANATIONS
            .iter()
            .map(|entry| format!("{}  {}\n", entry.code, entry.rule))
            .collect();
        lines.extend(rules().map(|rule| format!("{}  {}\n", rule.code, rule.rule)));
        lines.extend(others().map(|(code, text)| format!("{code}  {text}\n")));
        lines.sort();
        console.out(&lines.concat());
        return Outcome::Same;
    };
    if let Some(text) = text(code) {
        console.out(&text);
        Outcome::Same
    } else {
        console.error(
            &format!("there is no code `{code}`"),
            Some("`redundns explain` lists all of them"),
        );
        Outcome::Trouble
    }
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
        let explained = EXPLANATIONS.iter().map(|entry| entry.code);
        let mut codes: Vec<&str> = explained.chain(others().map(|(code, _)| *code)).collect();
        codes.extend(rules().map(|rule| rule.code));
        codes.sort_unstable();
        let twice = codes.windows(2).find(|pair| pair[0] == pair[1]);
        assert_eq!(twice, None);
    }
}
