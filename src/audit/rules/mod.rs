//! Every rule that an audit checks: its code, how bad a breach is, where it comes from, and what to do.

mod agreement;
mod delegation;
mod diversity;
mod dnssec;
mod servers;

use std::fmt;

use crate::zone::Severity;

/// A rule in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// `DEL03`.
    pub code: &'static str,
    /// Of a breach, unless `[audit]` in redundns.toml says otherwise.
    pub severity: Severity,
    /// What is looked at, in one sentence.
    pub rule: &'static str,
    /// RFC and section, or whose practice it is.
    pub source: &'static str,
    /// Why that matters.
    pub why: &'static str,
    /// What to do.
    pub action: &'static str,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.code, self.rule)?;
        writeln!(f, "\nSeverity: {}", self.severity)?;
        writeln!(f, "Source: {}", self.source)?;
        writeln!(f, "\nWhy: {}", self.why)?;
        writeln!(f, "\nWhat to do: {}", self.action)?;
        if UNPROVEN.contains(&self.code) {
            writeln!(
                f,
                "\nUnproven: no fault of the lab in benches/lab provokes this finding yet."
            )?;
        }
        Ok(())
    }
}

/// Codes that no fault of the lab provokes.
pub const UNPROVEN: &[&str] = &[];

/// Families of rules, each sorted by code.
const FAMILIES: [&[Rule]; 5] = [
    agreement::RULES,
    delegation::RULES,
    diversity::RULES,
    dnssec::RULES,
    servers::RULES,
];

/// Every rule.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    FAMILIES.into_iter().flatten()
}

/// The rule of `code`, in whatever case it is written.
pub fn rule(code: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.code.eq_ignore_ascii_case(code))
}

const fn entry(
    code: &'static str,
    severity: Severity,
    rule: &'static str,
    source: &'static str,
    why: &'static str,
    action: &'static str,
) -> Rule {
    Rule {
        code,
        severity,
        rule,
        source,
        why,
        action,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_one_rule_and_what_is_unproven_has_one() {
        let mut codes: Vec<&str> = rules().map(|rule| rule.code).collect();
        codes.sort_unstable();
        let twice = codes.windows(2).find(|pair| pair[0] == pair[1]);
        assert_eq!(twice, None);
        assert!(UNPROVEN.iter().all(|code| codes.contains(code)));
        let said = rule("del03").expect("a rule").to_string();
        assert!(
            said.contains("RFC 9471") && !said.contains("Unproven"),
            "{said}"
        );
    }

    #[test]
    fn what_no_fault_of_the_lab_provokes_is_listed_as_unproven() {
        let measured = include_str!("../../../benches/lab/measured.json");
        let measured: serde_json::Value = serde_json::from_str(measured).expect("JSON");
        let cases = measured["cases"].as_object().expect("cases");
        let ours = |case: &serde_json::Value| {
            let own = &case["redundns"];
            own["good"] == true && own["said"] != ""
        };
        let said: Vec<&str> = cases
            .values()
            .filter(|case| ours(case))
            .filter_map(|case| case["redundns"]["said"].as_str())
            .collect();
        assert!(said.len() > 40, "{said:?}");
        let silent: Vec<&str> = rules()
            .map(|rule| rule.code)
            .filter(|code| !said.contains(code))
            .collect();
        assert_eq!(silent, UNPROVEN);
    }
}
