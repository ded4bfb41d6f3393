//! What the reader, the linter and everyone else have to say about a piece of input.

use std::fmt;

/// How bad a finding is. Errors make `lint` exit 1 and stop a sync; warnings do neither.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Served as written, though probably not meant.
    Warning,
    /// Cannot or must not be served.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// Something noticed, with a stable code and, where it is about text, the place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// Stable: two to four capital letters and two digits, explained by `explain CODE`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong: one sentence, no final period, the user's own spelling in backquotes.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The command that shows it, if there is one.
    pub reproduce: Option<String>,
    /// The file as it was named to the program; empty where the finding is about no text.
    pub file: String,
    /// From 1; 0 where the finding is about no text.
    pub line: u32,
    /// From 1, in octets.
    pub column: u16,
    /// How many octets of the line are meant; the caret's width.
    pub length: u16,
    /// The line itself, for the caret.
    pub source_line: Option<String>,
    /// `(file, line)` of the `$INCLUDE`s that led here, innermost first.
    pub included_from: Vec<(String, u32)>,
    /// Owner name, absolute, if the finding is about one.
    pub name: Option<String>,
    /// Record type, if the finding is about one.
    pub rtype: Option<String>,
    /// Account id, if the finding is about one.
    pub provider: Option<String>,
    /// Nameserver, if the finding is about one.
    pub nameserver: Option<String>,
}

impl Finding {
    /// A finding about no text in particular. What is wrong with the text of a zone breaks a rule, and says it as long as
    /// there is no better hint.
    pub fn new(code: &'static str, severity: Severity, message: impl Into<String>) -> Self {
        let rule = (severity == Severity::Error).then(|| super::codes::rule(code));
        Self {
            code,
            severity,
            message: message.into(),
            hint: rule.flatten().map(str::to_owned),
            reproduce: None,
            file: String::new(),
            line: 0,
            column: 0,
            length: 0,
            source_line: None,
            included_from: Vec::new(),
            name: None,
            rtype: None,
            provider: None,
            nameserver: None,
        }
    }

    /// The same with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same, placed in a text.
    #[must_use]
    pub fn at(mut self, file: impl Into<String>, line: u32, column: u16) -> Self {
        self.file = file.into();
        self.line = line;
        self.column = column;
        self
    }

    /// The same, about an `RRset`.
    #[must_use]
    pub fn about(mut self, owner: impl fmt::Display, rtype: impl fmt::Display) -> Self {
        self.name = Some(owner.to_string());
        self.rtype = Some(rtype.to_string());
        self
    }

    /// The same, about an account.
    #[must_use]
    pub fn provider(mut self, id: impl Into<String>) -> Self {
        self.provider = Some(id.into());
        self
    }
}
