//! Zone text to [`Zone`]: RFC 1035 master files as BIND 9.18 reads them, with everything that is wrong at once.

mod directive;
mod generate;
mod note;
mod place;
mod record;
mod ttl;

use super::rdata::Word;
use super::scan::Scanner;
use super::{Finding, Name, NameRef, Severity, Zone, ZoneBuilder, lint};
pub(in crate::zone) use note::{Note, Part};
use ttl::Ttls;

/// A text and its name.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// As shown in findings, such as `zones/example.com.zone`.
    pub name: &'a str,
    /// The octets of the file.
    pub text: &'a [u8],
}

/// Where the texts of `$INCLUDE` come from.
pub trait Includes {
    /// The name to show and the octets of `path`, which is as written in the file named `from`; or why there are
    /// none, as a lower-case fragment.
    fn load(&self, from: &str, path: &str) -> Result<(String, Vec<u8>), String>;
}

/// Refuses every `$INCLUDE`.
#[derive(Clone, Copy, Debug)]
pub struct NoIncludes;

impl Includes for NoIncludes {
    fn load(&self, _from: &str, _path: &str) -> Result<(String, Vec<u8>), String> {
        Err("there are no files to include here".to_owned())
    }
}

/// What a text says, and what is to be said about it.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// Every record that could be read. Not to be used where a finding is an error.
    pub zone: Zone,
    /// Of the reader and of every rule, by file in the order of inclusion, line and column.
    pub findings: Vec<Finding>,
}

impl Parsed {
    /// Whether any finding is an error.
    pub fn has_errors(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.severity == Severity::Error)
    }
}

/// Reads the zone `origin` from `source` and judges it.
pub fn parse(source: &Source<'_>, origin: Name, includes: &dyn Includes) -> Parsed {
    let mut reader = Reader::new(origin, includes);
    // Typical lines have 30 octets, of which the zone keeps about as many.
    reader
        .builder
        .reserve(source.text.len() / 32, source.text.len());
    reader.begin_file(source.name.to_owned(), None);
    let mut scope = Scope {
        origin: reader.apex.borrow().wire().to_vec(),
        owner: Vec::new(),
    };
    reader.read(source.text, 0, &mut scope);
    let Reader {
        builder,
        mut notes,
        files,
        ..
    } = reader;
    let zone = builder.finish_noting(|repetition| notes.push(note::repetition(&repetition)));
    lint::check(&zone, &mut notes);
    let texts: Vec<&[u8]> = std::iter::once(source.text)
        .chain(files.iter().skip(1).map(|file| file.text.as_slice()))
        .collect();
    let findings = place::place(notes, &files, &texts);
    Parsed { zone, findings }
}

/// One inclusion of a file; the same file included twice counts twice.
struct File {
    name: String,
    /// The file and line of the `$INCLUDE`.
    parent: Option<(u16, u32)>,
    /// Empty for the first file, whose text is the caller's, and as long as the file is being read.
    text: Vec<u8>,
}

/// What `$INCLUDE` restores.
#[derive(Clone)]
struct Scope {
    /// Wire form of what `$ORIGIN` said last.
    origin: Vec<u8>,
    /// Wire form of the last owner; empty before the first.
    owner: Vec<u8>,
}

impl Scope {
    fn origin(&self) -> NameRef<'_> {
        NameRef::trusted(&self.origin)
    }
}

struct Reader<'i> {
    includes: &'i dyn Includes,
    apex: Name,
    builder: ZoneBuilder,
    ttls: Ttls,
    files: Vec<File>,
    notes: Vec<Note>,
    /// RDATA of the record at hand.
    rdata: Vec<u8>,
    full: bool,
}

/// A line of the text at hand, for findings.
#[derive(Clone, Copy)]
struct Here {
    file: u16,
    line: u32,
}

impl<'i> Reader<'i> {
    fn new(apex: Name, includes: &'i dyn Includes) -> Self {
        Self {
            includes,
            builder: ZoneBuilder::new(apex.clone()),
            apex,
            ttls: Ttls::default(),
            files: Vec::new(),
            notes: Vec::new(),
            rdata: Vec::new(),
            full: false,
        }
    }

    fn begin_file(&mut self, name: String, parent: Option<(u16, u32)>) -> u16 {
        self.files.push(File {
            name: name.clone(),
            parent,
            text: Vec::new(),
        });
        self.builder.add_file(name)
    }

    fn read(&mut self, text: &[u8], file: u16, scope: &mut Scope) {
        let mut scanner = Scanner::new(text);
        let mut words = Vec::with_capacity(16);
        while let Some(entry) = scanner.entry(&mut words) {
            if self.full {
                return;
            }
            match entry {
                Err(fault) => self.notes.push(Note::fault(file, &fault)),
                Ok(entry) => {
                    let here = Here {
                        file,
                        line: words[0].line,
                    };
                    if !entry.indented && words[0].text.starts_with(b"$") {
                        self.directive(here, &words, scope);
                    } else {
                        self.record(here, entry.indented, &words, scope);
                    }
                }
            }
        }
    }

    /// An error at `word`.
    fn wrong(
        &mut self,
        here: Here,
        word: &Word<'_>,
        code: &'static str,
        message: String,
    ) -> &mut Finding {
        self.notes
            .push(Note::at_word(here.file, word, code, message));
        let last = self.notes.len() - 1;
        &mut self.notes[last].finding
    }
}

/// A word for a message: shortened, since there is no end to what can stand in a file.
fn spelled(text: &[u8]) -> String {
    let text: String = String::from_utf8_lossy(&text[..text.len().min(256)])
        .chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests;
