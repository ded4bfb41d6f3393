//! Line, column, length and source line of findings: the text is read again, at the lines in question only.

use super::super::scan::Scanner;
use super::super::{Finding, Name, parse_into, rdata};
use super::{File, Note, Part};
use rdata::Word;

/// How much of a line is shown.
const MAX_LINE: usize = 300;

/// Places `notes` in `texts` (one for each of `files`), and sorts them.
pub(super) fn place(mut notes: Vec<Note>, files: &[File], texts: &[&[u8]]) -> Vec<Finding> {
    notes.sort_by_key(|note| (note.file, note.line()));
    let mut findings = Vec::with_capacity(notes.len());
    for group in notes.chunk_by_mut(|a, b| a.file == b.file) {
        let file = usize::from(group[0].file);
        let mut lines = Lines::new(texts[file]);
        for note in group.iter_mut() {
            locate(note, &mut lines);
            note.finding.file.clone_from(&files[file].name);
            note.finding.included_from = inclusions(file, files);
        }
        group.sort_by(|a, b| key(&a.finding).cmp(&key(&b.finding)));
        findings.extend(group.iter_mut().map(|note| note.finding.clone()));
    }
    findings
}

fn key(finding: &Finding) -> (u32, u16, &str) {
    (finding.line, finding.column, finding.code)
}

fn inclusions(file: usize, files: &[File]) -> Vec<(String, u32)> {
    let mut stack = Vec::new();
    let mut parent = files[file].parent;
    while let Some((file, line)) = parent {
        let file = &files[usize::from(file)];
        stack.push((file.name.clone(), line));
        parent = file.parent;
    }
    stack
}

impl Note {
    fn line(&self) -> u32 {
        match &self.part {
            Part::Known { line, .. } => *line,
            Part::Owner(at) | Part::Ttl(at) | Part::Target(at, _) => at.line,
            Part::Zone => 1,
        }
    }
}

fn locate(note: &mut Note, lines: &mut Lines<'_>) {
    let line = note.line();
    let Some(offset) = lines.offset(line) else {
        // A record's first word may stand in a later line than its parenthesis; none stands behind the end.
        return;
    };
    let finding = &mut note.finding;
    (finding.line, finding.column, finding.length) = match &note.part {
        Part::Known {
            line,
            column,
            length,
        } => (*line, *column, *length),
        Part::Zone => (1, 1, 0),
        Part::Owner(at) | Part::Ttl(at) | Part::Target(at, _) => {
            let mut words = Vec::new();
            let mut scanner = Scanner::starting(lines.text, offset, line);
            let cut = scanner.entry(&mut words);
            let indented = !matches!(&cut, Some(Ok(entry)) if !entry.indented);
            pick(&words, indented, &note.part).map_or((at.line, at.column, 1), |word| span(word))
        }
    };
    // The word may stand in a later line of the same record; the cursor stays, since the next finding may not.
    let mut here = Lines {
        line,
        offset,
        ..*lines
    };
    let offset = here.offset(finding.line).unwrap_or(offset);
    let rest = &lines.text[offset..];
    let end = rest.iter().position(|&octet| octet == b'\n');
    let whole = &rest[..end.unwrap_or(rest.len())];
    let whole = whole.strip_suffix(b"\r").unwrap_or(whole);
    let room = (whole.len() + 1).saturating_sub(usize::from(finding.column));
    finding.length = finding.length.min(u16::try_from(room).unwrap_or(u16::MAX));
    finding.source_line = Some(shown(whole));
}

fn span(word: &Word<'_>) -> (u32, u16, u16) {
    let length = word.text.len() + if word.quoted { 2 } else { 0 };
    (
        word.line,
        word.column,
        u16::try_from(length).unwrap_or(u16::MAX),
    )
}

/// The word of an entry that a finding means.
fn pick<'w, 'a>(words: &'w [Word<'a>], indented: bool, part: &Part) -> Option<&'w Word<'a>> {
    let after_owner = words.get(usize::from(!indented)..).unwrap_or_default();
    let meant = match part {
        Part::Ttl(_) => after_owner
            .iter()
            .take(2)
            .find(|word| word.text.first().is_some_and(u8::is_ascii_digit)),
        Part::Target(_, name) => after_owner
            .iter()
            .rev()
            .find(|word| is_spelling(word.text, name)),
        _ => None,
    };
    meant.or(words.first())
}

/// Whether `word`, completed by some origin or none, is `name`.
fn is_spelling(word: &[u8], name: &Name) -> bool {
    let mut wire = Vec::new();
    if word == b"@" {
        return true;
    }
    if parse_into(word, Some(Name::root().borrow()), &mut wire).is_err() {
        return false;
    }
    let name = name.borrow().wire();
    name == wire || wire.len() > 1 && name.starts_with(&wire[..wire.len() - 1])
}

/// A line fit for a terminal: as many octets as the original, without control characters other than tabs.
fn shown(line: &[u8]) -> String {
    let line = &line[..line.len().min(MAX_LINE)];
    let mut text = String::with_capacity(line.len());
    for chunk in line.utf8_chunks() {
        for c in chunk.valid().chars() {
            if c == '\t' || !c.is_control() {
                text.push(c);
            } else {
                text.extend(std::iter::repeat_n('?', c.len_utf8()));
            }
        }
        text.extend(std::iter::repeat_n('?', chunk.invalid().len()));
    }
    text
}

/// Finds the beginnings of lines, asked for in rising order or nearly so.
struct Lines<'a> {
    text: &'a [u8],
    line: u32,
    offset: usize,
}

impl<'a> Lines<'a> {
    fn new(text: &'a [u8]) -> Self {
        Self {
            text,
            line: 1,
            offset: 0,
        }
    }

    fn offset(&mut self, line: u32) -> Option<usize> {
        if line < self.line {
            (self.line, self.offset) = (1, 0);
        }
        while self.line < line {
            let rest = &self.text[self.offset..];
            self.offset += 1 + rest.iter().position(|&octet| octet == b'\n')?;
            self.line += 1;
        }
        Some(self.offset)
    }
}
