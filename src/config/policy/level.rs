//! How bad a project takes a finding of an audit to be.

use serde::Deserialize;

/// How bad a finding of an audit is to this project.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Not looked at.
    Off,
    /// Worth knowing.
    Info,
    /// Worth a look.
    Warning,
    /// Exit code 1.
    Error,
}

/// Capital letters and two digits.
pub(super) fn is_code(text: &str) -> bool {
    text.len() >= 4
        && text.is_ascii()
        && text
            .split_at(text.len() - 2)
            .0
            .bytes()
            .all(|byte| byte.is_ascii_uppercase())
        && text
            .split_at(text.len() - 2)
            .1
            .bytes()
            .all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_look_like_codes() {
        for code in ["DEL06", "NS01", "AGR10"] {
            assert!(is_code(code), "{code}");
        }
        for other in ["", "DEL", "DEL6", "D06", "DEL06X", "déL06"] {
            assert!(!is_code(other), "{other}");
        }
    }
}
