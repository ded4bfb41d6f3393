//! The lexer: octets to logical lines of words, each with its place.
//!
//! A logical line ends at a newline outside of parentheses (RFC 1035, section 5.1). Quotes always begin or end a
//! word. Words are ranges of the text, with their escapes still in them; nothing is copied.

use crate::zone::rdata::Word;

/// Walks over a text, one logical line at a time.
pub(super) struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
    line: u32,
    /// Where the current line starts.
    line_start: usize,
}

/// A logical line. Its storage is used again for the next one.
#[derive(Default)]
pub(super) struct Line<'a> {
    /// What stands there, comments left out.
    pub(super) words: Vec<Word<'a>>,
    /// Whether the line begins with white space, so that its owner is the one before.
    pub(super) indented: bool,
    /// What is wrong with the line itself.
    pub(super) fault: Option<Fault>,
}

/// What the lexer cannot make sense of.
pub(super) struct Fault {
    pub(super) kind: FaultKind,
    pub(super) line: u32,
    pub(super) column: u16,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum FaultKind {
    /// A quote that is still open at the end of its line.
    OpenQuote,
    /// `(` that is still open at the end of the text.
    OpenParenthesis,
    /// `)` without `(`.
    StrayParenthesis,
    /// A backslash with nothing behind it.
    BareBackslash,
}

/// What an octet does outside of quotes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Word,
    Blank,
    Newline,
    Quote,
    Open,
    Close,
    Comment,
    Escape,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Word; 256];
    classes[b' ' as usize] = Class::Blank;
    classes[b'\t' as usize] = Class::Blank;
    classes[b'\r' as usize] = Class::Blank;
    classes[b'\n' as usize] = Class::Newline;
    classes[b'"' as usize] = Class::Quote;
    classes[b'(' as usize] = Class::Open;
    classes[b')' as usize] = Class::Close;
    classes[b';' as usize] = Class::Comment;
    classes[b'\\' as usize] = Class::Escape;
    classes
};

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        let at = if text.starts_with(b"\xef\xbb\xbf") {
            3
        } else {
            0
        };
        Self {
            text,
            at,
            line: 1,
            line_start: 0,
        }
    }

    /// Reads the next logical line that has words or a fault into `out`; `false` at the end of the text.
    pub(super) fn next(&mut self, out: &mut Line<'a>) -> bool {
        out.words.clear();
        out.fault = None;
        let mut fresh = true;
        let mut depth = 0_u32;
        let mut opened = (0, 0);
        loop {
            let Some(&byte) = self.text.get(self.at) else {
                if depth > 0 && out.fault.is_none() {
                    let (line, column) = opened;
                    out.fault = Some(Fault {
                        kind: FaultKind::OpenParenthesis,
                        line,
                        column,
                    });
                }
                return !out.words.is_empty() || out.fault.is_some();
            };
            let class = CLASSES[usize::from(byte)];
            if fresh {
                out.indented = class == Class::Blank;
                fresh = false;
            }
            match class {
                Class::Blank => self.at += 1,
                Class::Newline => {
                    self.newline();
                    if depth == 0 {
                        if !out.words.is_empty() || out.fault.is_some() {
                            return true;
                        }
                        fresh = true;
                    }
                }
                Class::Comment => self.skip_to_newline(),
                Class::Open => {
                    if depth == 0 {
                        opened = (self.line, self.column());
                    }
                    depth += 1;
                    self.at += 1;
                }
                Class::Close => {
                    if depth == 0 {
                        self.fault(out, FaultKind::StrayParenthesis);
                    }
                    depth = depth.saturating_sub(1);
                    self.at += 1;
                }
                Class::Quote => self.quoted(out),
                Class::Word | Class::Escape => self.word(out),
            }
        }
    }

    fn word(&mut self, out: &mut Line<'a>) {
        let (start, column) = (self.at, self.column());
        while let Some(&byte) = self.text.get(self.at) {
            match CLASSES[usize::from(byte)] {
                Class::Word => self.at += 1,
                Class::Escape => {
                    if matches!(self.text.get(self.at + 1), None | Some(b'\n')) {
                        self.fault(out, FaultKind::BareBackslash);
                        self.at += 1;
                    } else {
                        self.at += 2;
                    }
                }
                // A carriage return inside of a line is data; in front of the newline it is the line's end.
                Class::Blank
                    if byte == b'\r'
                        && self
                            .text
                            .get(self.at + 1)
                            .is_some_and(|&next| next != b'\n') =>
                {
                    self.at += 1;
                }
                _ => break,
            }
        }
        out.words.push(Word {
            text: &self.text[start..self.at],
            quoted: false,
            line: self.line,
            column,
        });
    }

    fn quoted(&mut self, out: &mut Line<'a>) {
        let column = self.column();
        let start = self.at + 1;
        self.at = start;
        loop {
            match self.text.get(self.at) {
                None | Some(b'\n') => {
                    let end = self.at;
                    out.words.push(Word {
                        text: &self.text[start..end],
                        quoted: true,
                        line: self.line,
                        column,
                    });
                    if out.fault.is_none() {
                        out.fault = Some(Fault {
                            kind: FaultKind::OpenQuote,
                            line: self.line,
                            column,
                        });
                    }
                    return;
                }
                Some(b'"') => {
                    out.words.push(Word {
                        text: &self.text[start..self.at],
                        quoted: true,
                        line: self.line,
                        column,
                    });
                    self.at += 1;
                    return;
                }
                Some(b'\\')
                    if self
                        .text
                        .get(self.at + 1)
                        .is_some_and(|&next| next != b'\n') =>
                {
                    self.at += 2
                }
                Some(_) => self.at += 1,
            }
        }
    }

    fn fault(&self, out: &mut Line<'a>, kind: FaultKind) {
        if out.fault.is_none() {
            out.fault = Some(Fault {
                kind,
                line: self.line,
                column: self.column(),
            });
        }
    }

    fn newline(&mut self) {
        self.at += 1;
        self.line += 1;
        self.line_start = self.at;
    }

    fn skip_to_newline(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest
            .iter()
            .position(|&byte| byte == b'\n')
            .unwrap_or(rest.len());
    }

    fn column(&self) -> u16 {
        u16::try_from(self.at - self.line_start + 1).unwrap_or(u16::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<(bool, Vec<String>, Option<FaultKind>)> {
        let mut scanner = Scanner::new(text.as_bytes());
        let mut line = Line::default();
        let mut all = Vec::new();
        while scanner.next(&mut line) {
            let words = line.words.iter().map(|word| {
                let text = String::from_utf8_lossy(word.text);
                let text = if word.quoted {
                    format!("\"{text}\"")
                } else {
                    text.into_owned()
                };
                format!("{}:{}:{text}", word.line, word.column)
            });
            all.push((
                line.indented,
                words.collect(),
                line.fault.as_ref().map(|fault| fault.kind),
            ));
        }
        all
    }

    #[test]
    fn words_have_places() {
        assert_eq!(
            lines("a b ; c\r\n\n  d \"e f\"g\n"),
            [
                (false, vec!["1:1:a".into(), "1:3:b".into()], None),
                (
                    true,
                    vec!["3:3:d".into(), "3:5:\"e f\"".into(), "3:10:g".into()],
                    None
                ),
            ]
        );
    }

    #[test]
    fn parentheses_join_lines_and_comments_end_at_theirs() {
        assert_eq!(
            lines("a ( b ; (\n c ) d\ne"),
            [
                (
                    false,
                    vec![
                        "1:1:a".into(),
                        "1:5:b".into(),
                        "2:2:c".into(),
                        "2:6:d".into()
                    ],
                    None
                ),
                (false, vec!["3:1:e".into()], None),
            ]
        );
    }

    #[test]
    fn faults_end_with_their_line() {
        assert_eq!(lines("a \"b\nc")[0].2, Some(FaultKind::OpenQuote));
        assert_eq!(lines("a \"b\nc")[1].1, ["2:1:c"]);
        assert_eq!(lines("a ) b\nc")[0].2, Some(FaultKind::StrayParenthesis));
        assert_eq!(lines("a (\nb")[0].2, Some(FaultKind::OpenParenthesis));
        assert_eq!(lines("a \\\nb")[0].2, Some(FaultKind::BareBackslash));
        assert_eq!(lines("\\")[0].2, Some(FaultKind::BareBackslash));
    }
}
