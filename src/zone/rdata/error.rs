//! What is wrong with data, as text or as octets.

use std::fmt;

use super::super::NameError;

/// What is wrong with the data, and at which word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RdataError {
    /// One of [`super::CODES`].
    pub code: &'static str,
    /// Index of the word; `None` where the fault is at the end or in the data as a whole.
    pub word: Option<usize>,
    /// A lower-case fragment, the user's own spelling in backquotes.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl RdataError {
    pub(super) fn new(code: &'static str, word: Option<usize>, message: impl Into<String>) -> Self {
        Self {
            code,
            word,
            message: message.into(),
            hint: None,
        }
    }

    #[must_use]
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for RdataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for RdataError {}

/// Octets in a message that are no data of the type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WireError {
    /// A name in it cannot be read.
    Name(NameError),
    /// A field is cut off, out of its range or followed by more octets.
    Malformed,
}

impl From<NameError> for WireError {
    fn from(error: NameError) -> Self {
        Self::Name(error)
    }
}

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(error) => error.fmt(f),
            Self::Malformed => f.write_str("octets that are no data of the type"),
        }
    }
}

impl std::error::Error for WireError {}
