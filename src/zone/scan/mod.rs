//! Master files cut into entries and words (RFC 1035, section 5.1), in one pass over the octets.
//!
//! Quirks are BIND's: a quote or a parenthesis ends a word without white space, a lone CR ends a line, a backslash
//! takes the next octet along but not the end of the line (within quotes that too).

use super::codes;
use super::rdata::Word;

/// What stands between two ends of lines that count: a record, a directive, or something that is neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// The line begins with white space: the owner is the one before.
    pub(super) indented: bool,
    /// Where the line of the first word begins in the text.
    pub(super) offset: usize,
}

/// Why an entry cannot be cut into words, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) code: &'static str,
    pub(super) message: &'static str,
    pub(super) hint: &'static str,
    pub(super) line: u32,
    pub(super) column: u16,
}

/// Reads a text entry by entry.
pub(super) struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
    line: u32,
    line_start: usize,
    /// Set once a parenthesis stayed open to the end: from then on a line that is not indented ends a group, so that
    /// the rest of the text is still read, and read once.
    wary: bool,
}

/// Octets that end a word without quotes, and the backslash.
const STOPS: [bool; 256] = {
    let mut stops = [false; 256];
    let octets = b" \t\r\n\"();\\";
    let mut index = 0;
    while index < octets.len() {
        stops[octets[index] as usize] = true;
        index += 1;
    }
    stops
};

/// The state before a parenthesis was opened.
struct Open {
    line: u32,
    column: u16,
    resume: Resume,
}

#[derive(Clone, Copy)]
struct Resume {
    at: usize,
    line: u32,
    line_start: usize,
}

impl<'a> Scanner<'a> {
    /// At the beginning of `text`.
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self::starting(text, 0, 1)
    }

    /// At `offset`, where line number `line` begins.
    pub(super) fn starting(text: &'a [u8], offset: usize, line: u32) -> Self {
        Self {
            text,
            at: offset,
            line,
            line_start: offset,
            wary: false,
        }
    }

    /// The words of the next entry that has any go into `words`; `None` at the end of the text.
    pub(super) fn entry(&mut self, words: &mut Vec<Word<'a>>) -> Option<Result<Entry, Fault>> {
        words.clear();
        let mut indented = self.at_blank();
        let mut offset = self.at;
        let mut depth = 0_u32;
        let mut open: Option<Open> = None;
        loop {
            let Some(&octet) = self.text.get(self.at) else {
                if let Some(open) = open {
                    return Some(Err(self.left_open(&open)));
                }
                return (!words.is_empty()).then_some(Ok(Entry { indented, offset }));
            };
            match octet {
                b' ' | b'\t' => self.at += 1,
                b'\r' | b'\n' => {
                    self.end_line();
                    if depth == 0 {
                        if !words.is_empty() {
                            return Some(Ok(Entry { indented, offset }));
                        }
                        indented = self.at_blank();
                        offset = self.at;
                    } else if let Some(open) = open.as_ref().filter(|_| self.wary && self.at_word())
                    {
                        return Some(Err(open.fault()));
                    }
                }
                b';' => self.skip_line(),
                b'(' => {
                    depth += 1;
                    if depth == 1 {
                        open = Some(Open {
                            line: self.line,
                            column: self.column(),
                            resume: Resume {
                                at: self.at,
                                line: self.line,
                                line_start: self.line_start,
                            },
                        });
                    }
                    self.at += 1;
                }
                b')' if depth == 0 => {
                    let fault = self.fault(
                        codes::PARENTHESES,
                        "`)` without `(` before it",
                        "open the group in the same record, or take the parenthesis away",
                    );
                    self.skip_line();
                    return Some(Err(fault));
                }
                b')' => {
                    depth -= 1;
                    if depth == 0 {
                        open = None;
                    }
                    self.at += 1;
                }
                b'"' => {
                    if let Err(fault) = self.quoted(words) {
                        self.skip_line();
                        return Some(Err(fault));
                    }
                }
                _ => self.bare(words),
            }
        }
    }

    fn bare(&mut self, words: &mut Vec<Word<'a>>) {
        let (start, column) = (self.at, self.column());
        while let Some(&octet) = self.text.get(self.at) {
            if !STOPS[usize::from(octet)] {
                self.at += 1;
            } else if octet == b'\\' {
                let takes = !matches!(self.text.get(self.at + 1), None | Some(b'\r' | b'\n'));
                self.at += 1 + usize::from(takes);
            } else {
                break;
            }
        }
        words.push(Word {
            text: &self.text[start..self.at],
            quoted: false,
            line: self.line,
            column,
        });
    }

    fn quoted(&mut self, words: &mut Vec<Word<'a>>) -> Result<(), Fault> {
        let fault = self.fault(
            codes::OPEN_QUOTE,
            "quoted string without a closing quote",
            "close the string on its own line; a quote within it is written `\\\"`",
        );
        let (start, line, column) = (self.at + 1, self.line, self.column());
        self.at = start;
        loop {
            match self.text.get(self.at) {
                None | Some(b'\n') => return Err(fault),
                Some(b'"') => break,
                Some(b'\\') => {
                    self.at += 1;
                    match self.text.get(self.at) {
                        None => return Err(fault),
                        Some(b'\n') => self.end_line(),
                        Some(_) => self.at += 1,
                    }
                }
                Some(_) => self.at += 1,
            }
        }
        words.push(Word {
            text: &self.text[start..self.at],
            quoted: true,
            line,
            column,
        });
        self.at += 1;
        Ok(())
    }

    fn left_open(&mut self, open: &Open) -> Fault {
        self.wary = true;
        self.at = open.resume.at;
        self.line = open.resume.line;
        self.line_start = open.resume.line_start;
        loop {
            self.skip_line();
            if self.at == self.text.len() {
                break;
            }
            self.end_line();
            if self.at_word() {
                break;
            }
        }
        open.fault()
    }

    fn fault(&self, code: &'static str, message: &'static str, hint: &'static str) -> Fault {
        Fault {
            code,
            message,
            hint,
            line: self.line,
            column: self.column(),
        }
    }

    fn column(&self) -> u16 {
        u16::try_from(self.at - self.line_start + 1).unwrap_or(u16::MAX)
    }

    fn at_blank(&self) -> bool {
        matches!(self.text.get(self.at), Some(b' ' | b'\t'))
    }

    fn at_word(&self) -> bool {
        !matches!(
            self.text.get(self.at),
            None | Some(b' ' | b'\t' | b'\r' | b'\n' | b')' | b';')
        )
    }

    /// Up to the end of the line, which stays.
    fn skip_line(&mut self) {
        let rest = &self.text[self.at..];
        let length = rest.iter().position(|&octet| octet == b'\n');
        self.at += length.unwrap_or(rest.len());
    }

    /// Over CR, LF or both; only LF counts lines, as in an editor.
    fn end_line(&mut self) {
        if self.text[self.at..].starts_with(b"\r\n") {
            self.at += 1;
        }
        let counts = self.text[self.at] == b'\n';
        self.at += 1;
        if counts {
            self.line += 1;
            self.line_start = self.at;
        }
    }
}

impl Open {
    fn fault(&self) -> Fault {
        Fault {
            code: codes::PARENTHESES,
            message: "`(` is never closed",
            hint: "close the group with `)` after the record's last word",
            line: self.line,
            column: self.column,
        }
    }
}

#[cfg(test)]
mod tests;
