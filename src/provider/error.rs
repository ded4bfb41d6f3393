//! What can go wrong with a provider, in the few kinds that somebody branches on.

use std::fmt;

/// Kinds that change what the program does next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ErrorKind {
    /// The credentials were not accepted, or do not allow this.
    Unauthorized,
    /// The provider does not have the zone.
    NoSuchZone,
    /// The base moved: somebody else changed the zone meanwhile. Nothing was written by the refused call.
    Conflict,
    /// The provider understood and refused.
    Rejected,
    /// Too many requests.
    RateLimited,
    /// No usable connection: refused, reset, timed out, no route, TLS.
    Unreachable,
    /// This machine could not journal the call, and so it was not made.
    Unrecorded,
    /// An answer that makes no sense: HTML instead of JSON, a short transfer, the wrong zone.
    Protocol,
}

impl ErrorKind {
    /// The spelling in JSON output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unauthorized => "unauthorized",
            Self::NoSuchZone => "no_such_zone",
            Self::Conflict => "conflict",
            Self::Rejected => "rejected",
            Self::RateLimited => "rate_limited",
            Self::Unreachable => "unreachable",
            Self::Unrecorded => "unrecorded",
            Self::Protocol => "protocol",
        }
    }
}

/// The most characters of a message.
const MOST: usize = 1000;

/// A provider's failure: what it was asked, what it said, and how much it had done.
#[derive(Clone, Debug)]
pub struct ProviderError {
    /// What somebody may branch on.
    pub kind: ErrorKind,
    /// In the provider's own words where there are any, redacted, one line.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Of an `apply`: how many changes from the front are made for certain; `None` where nobody can tell.
    pub applied: Option<usize>,
}

impl ProviderError {
    /// A failure that changed nothing. What is quoted of an answer may be anything: control characters become blanks, and
    /// what is longer than anybody reads is cut.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let mut message = message.into().replace(char::is_control, " ");
        if let Some((end, _)) = message.char_indices().nth(MOST) {
            message.truncate(end);
            message.push('…');
        }
        Self {
            kind,
            message,
            hint: None,
            applied: Some(0),
        }
    }

    /// The same with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same, after `applied` changes; `None` where nobody can tell.
    #[must_use]
    pub fn applied(mut self, applied: Option<usize>) -> Self {
        self.applied = applied;
        self
    }

    /// Whether the same request may succeed later, unchanged.
    pub fn is_temporary(&self) -> bool {
        matches!(self.kind, ErrorKind::RateLimited | ErrorKind::Unreachable)
    }
}

impl fmt::Display for ProviderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ProviderError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_an_answer_holds_becomes_a_line_that_can_be_read() {
        let shown = ProviderError::new(ErrorKind::Protocol, "it names `\u{1b}[31m\r\nx`");
        assert_eq!(shown.message, "it names ` [31m  x`");
        let long = ProviderError::new(ErrorKind::Protocol, "ü".repeat(5000)).message;
        assert_eq!(long.chars().count(), MOST + 1);
        assert!(long.ends_with("ü…"));
    }
}
