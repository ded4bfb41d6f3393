//! A record's data as words, and the cutting of a short text into them.

use super::codes;
use super::error::RdataError;
use crate::zone::{NameRef, escaped};

/// One word of a record's data as the lexer cut it.
///
/// A quote always begins or ends a word, so that `a"b c"d` is three of them. What is joined across a quote, as in
/// `alpn="h2,h3"`, is told by `line` and `column`: the two words touch.
#[derive(Clone, Copy, Debug)]
pub struct Word<'a> {
    /// As written: escapes still in it, the surrounding quotes left out.
    pub text: &'a [u8],
    /// Whether quotes surrounded it.
    pub quoted: bool,
    /// From 1.
    pub line: u32,
    /// From 1, in octets; of the opening quote where there is one.
    pub column: u16,
}

impl Word<'_> {
    /// Whether `next` stands directly behind this unquoted word.
    pub(super) fn touches(&self, next: &Self) -> bool {
        let end = usize::from(self.column) + self.text.len();
        self.line == next.line && u16::try_from(end).unwrap_or(u16::MAX) == next.column
    }
}

/// The words of one record, taken from left to right.
pub(super) struct Words<'w> {
    all: &'w [Word<'w>],
    next: usize,
    pub(super) origin: Option<NameRef<'w>>,
}

impl<'w> Words<'w> {
    pub(super) fn new(words: &'w [Word<'w>], origin: Option<NameRef<'w>>) -> Self {
        Self {
            all: words,
            next: 0,
            origin,
        }
    }

    /// The next word, quoted or not.
    pub(super) fn any(&mut self, what: &str) -> Result<Word<'w>, RdataError> {
        let word =
            self.all.get(self.next).copied().ok_or_else(|| {
                RdataError::new(codes::MISSING, None, format!("{what} is missing"))
            })?;
        self.next += 1;
        Ok(word)
    }

    /// The next word, which must stand without quotes.
    pub(super) fn bare(&mut self, what: &str) -> Result<&'w [u8], RdataError> {
        let word = self.any(what)?;
        if word.quoted {
            return Err(self
                .wrong(codes::QUOTED, format!("{what} in quotes"))
                .hint("take the quotes away"));
        }
        Ok(word.text)
    }

    /// Every remaining word, which must all stand without quotes, as one sequence of octets.
    pub(super) fn joined(&mut self, what: &str) -> Result<Vec<u8>, RdataError> {
        let mut octets = Vec::new();
        while !self.is_empty() {
            octets.extend_from_slice(self.bare(what)?);
        }
        Ok(octets)
    }

    pub(super) fn peek(&self) -> Option<Word<'w>> {
        self.all.get(self.next).copied()
    }

    /// The words not yet taken.
    pub(super) fn upcoming(&self) -> &'w [Word<'w>] {
        &self.all[self.next..]
    }

    pub(super) fn is_empty(&self) -> bool {
        self.next == self.all.len()
    }

    /// An error at the word taken last.
    pub(super) fn wrong(&self, code: &'static str, message: impl Into<String>) -> RdataError {
        RdataError::new(code, self.next.checked_sub(1), message)
    }

    /// An error about the spelling of the word taken last: `what` and the word in backquotes.
    pub(super) fn bad(&self, code: &'static str, what: &str) -> RdataError {
        let spelling = self
            .next
            .checked_sub(1)
            .and_then(|index| self.all.get(index))
            .map(|word| spelled(word.text))
            .unwrap_or_default();
        self.wrong(code, format!("{what} `{spelling}`"))
    }

    /// That every word was taken.
    pub(super) fn finish(&mut self) -> Result<(), RdataError> {
        if self.is_empty() {
            return Ok(());
        }
        self.next += 1;
        let word = spelled(self.all[self.next - 1].text);
        Err(self.wrong(
            codes::LEFT_OVER,
            format!("`{word}` after the data is complete"),
        ))
    }
}

/// A word for a message: shortened, since a key may have thousands of characters.
pub(super) fn spelled(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}

/// Appends `text` with its escapes resolved; `None` where one is malformed.
pub(super) fn unescape(text: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let mut rest = text;
    while let Some(at) = rest.iter().position(|&octet| octet == b'\\') {
        out.extend_from_slice(&rest[..at]);
        let mut bytes = rest[at + 1..].iter().copied();
        out.push(escaped(&mut bytes).ok()?);
        rest = &rest[rest.len() - bytes.len()..];
    }
    out.extend_from_slice(rest);
    Some(())
}

/// Cuts one line into words: white space separates, quotes surround, a backslash takes the next octet along.
pub(super) fn cut(text: &[u8]) -> Result<Vec<Word<'_>>, RdataError> {
    let mut words = Vec::with_capacity(8);
    let mut at = 0;
    while let Some(&first) = text.get(at) {
        if first.is_ascii_whitespace() {
            at += 1;
            continue;
        }
        let column = u16::try_from(at + 1).unwrap_or(u16::MAX);
        let quoted = first == b'"';
        let start = at + usize::from(quoted);
        at = start;
        while let Some(&octet) = text.get(at) {
            match octet {
                b'\\' => at += 1,
                b'"' => break,
                _ if !quoted && octet.is_ascii_whitespace() => break,
                _ => {}
            }
            at += 1;
        }
        let end = at.min(text.len());
        words.push(Word {
            text: &text[start..end],
            quoted,
            line: 1,
            column,
        });
        if quoted {
            if at >= text.len() {
                return Err(RdataError::new(
                    codes::OPEN_QUOTE,
                    Some(words.len() - 1),
                    "quoted string without a closing quote",
                ));
            }
            at += 1;
        }
    }
    Ok(words)
}
