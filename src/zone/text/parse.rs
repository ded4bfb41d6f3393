//! Logical lines to records: directives, owners, TTLs, classes, types.

use std::borrow::Cow;

use super::generate::generate;
use super::scan::{FaultKind, Line, Scanner};
use super::{Includes, Parsed, Source, lint};
use crate::zone::rdata::{self, Word};
use crate::zone::{
    Finding, Name, NameError, NameRef, Position, RecordType, Severity, ZoneBuilder, parse_into,
};

/// How deep `$INCLUDE` may nest.
const MAX_DEPTH: usize = 20;

/// RFC 2181, section 8.
const MAX_TTL: u32 = 0x7fff_ffff;

/// Reads a zone whose apex is `origin`. One bad line does not stop the reader: everything that is wrong is found.
pub fn parse(source: &Source<'_>, origin: Name, includes: &dyn Includes) -> Parsed {
    let mut builder = ZoneBuilder::new(origin.clone());
    // A record of a master file takes some 30 octets of text; what is reserved and not used costs no memory.
    builder.reserve(source.text.len() / 32, source.text.len());
    let mut reader = Reader {
        builder,
        includes,
        findings: Vec::new(),
        texts: Vec::new(),
        stack: Vec::new(),
        owner: Vec::new(),
        data: Vec::new(),
        default_ttl: None,
        last_ttl: None,
        origin: origin.clone(),
        apex: origin,
    };
    reader.file(source.name, Cow::Borrowed(source.text));
    let Reader {
        builder,
        mut findings,
        texts,
        ..
    } = reader;
    let (zone, notes) = builder.finish_noting();
    lint::lint(&zone, &notes, &mut findings);
    for finding in &mut findings {
        if let Some((_, text)) = texts.iter().find(|(name, _)| *name == finding.file) {
            let line = text
                .split(|&byte| byte == b'\n')
                .nth(finding.line.saturating_sub(1) as usize);
            let line = String::from_utf8_lossy(line.unwrap_or_default());
            finding.source_line = Some(line.trim_end_matches('\r').to_owned());
        }
    }
    findings.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
    Parsed { zone, findings }
}

/// What reading one zone needs, whichever file is being read.
pub(super) struct Reader<'a> {
    builder: ZoneBuilder,
    includes: &'a dyn Includes,
    findings: Vec<Finding>,
    texts: Vec<(String, Cow<'a, [u8]>)>,
    /// The files being read, outermost first, and the line of the `$INCLUDE` that each is at.
    stack: Vec<(String, u16, u32)>,
    /// The owner before, in wire form; empty where there is none yet.
    owner: Vec<u8>,
    /// RDATA under construction.
    data: Vec<u8>,
    default_ttl: Option<u32>,
    last_ttl: Option<u32>,
    origin: Name,
    apex: Name,
}

impl<'a> Reader<'a> {
    fn file(&mut self, name: &str, text: Cow<'a, [u8]>) {
        let number = self.builder.add_file(name.to_owned());
        self.stack.push((name.to_owned(), number, 0));
        self.lines(&text);
        self.stack.pop();
        self.texts.push((name.to_owned(), text));
    }

    fn lines(&mut self, text: &[u8]) {
        let mut scanner = Scanner::new(text);
        let mut line = Line::default();
        while scanner.next(&mut line) {
            if let Some(fault) = &line.fault {
                let (code, message) = match fault.kind {
                    FaultKind::OpenQuote => ("ZON01", "this quote is not closed on its line"),
                    FaultKind::OpenParenthesis => ("ZON02", "this parenthesis is never closed"),
                    FaultKind::StrayParenthesis => {
                        ("ZON02", "nothing is open that this could close")
                    }
                    FaultKind::BareBackslash => ("ZON03", "a backslash with nothing behind it"),
                };
                self.say(
                    code,
                    Severity::Error,
                    message.to_owned(),
                    (fault.line, fault.column, 1),
                );
                continue;
            }
            let first = line.words[0];
            if !first.quoted
                && !line.indented
                && first.text.starts_with(b"$")
                && first.text.len() > 1
            {
                self.directive(&line.words);
            } else {
                self.record(&line.words, line.indented);
            }
        }
    }

    /// A finding about octets of the file being read.
    pub(super) fn say(
        &mut self,
        code: &'static str,
        severity: Severity,
        message: String,
        (line, column, length): (u32, u16, usize),
    ) -> &mut Finding {
        let mut outer = self.stack.iter().rev();
        let file = outer
            .next()
            .map(|(name, ..)| name.clone())
            .unwrap_or_default();
        let mut finding = Finding::new(code, severity, message).at(file, line, column);
        finding.length = u16::try_from(length).unwrap_or(u16::MAX);
        finding.included_from = outer.map(|(name, _, line)| (name.clone(), *line)).collect();
        let at = self.findings.len();
        self.findings.push(finding);
        &mut self.findings[at]
    }

    fn bad_word(&mut self, code: &'static str, word: Word<'_>, message: String) -> &mut Finding {
        self.say(code, Severity::Error, message, place(word))
    }

    fn directive(&mut self, words: &[Word<'_>]) {
        let (directive, rest) = (words[0], &words[1..]);
        let is = |name: &str| directive.text[1..].eq_ignore_ascii_case(name.as_bytes());
        let most = if is("include") { 2 } else { 1 };
        if is("generate") {
            self.generate(directive, rest);
            return;
        }
        if !is("origin") && !is("ttl") && !is("include") {
            self.bad_word(
                "ZON09",
                directive,
                format!("`{}` is no directive", shown(directive.text)),
            )
            .hint = Some("directives: $ORIGIN, $TTL, $INCLUDE, $GENERATE".to_owned());
            return;
        }
        let Some(&value) = rest.first() else {
            self.bad_word(
                "ZON09",
                directive,
                format!("`{}` needs a value", shown(directive.text)),
            );
            return;
        };
        if let Some(&extra) = rest.get(most) {
            self.bad_word(
                "ZON09",
                extra,
                format!("`{}` is too much for this directive", shown(extra.text)),
            );
            return;
        }
        if is("origin") {
            if let Some(name) = self.name(value) {
                self.origin = name;
            }
        } else if is("ttl") {
            match rdata::seconds(value.text) {
                Some(ttl) if ttl <= MAX_TTL => {
                    self.default_ttl = Some(ttl);
                }
                _ => self.bad_ttl(value),
            }
        } else {
            self.include(value, rest.get(1).copied());
        }
    }

    fn include(&mut self, path: Word<'_>, origin: Option<Word<'_>>) {
        let Ok(written) = std::str::from_utf8(path.text) else {
            self.bad_word("ZON10", path, format!("`{}` is no path", shown(path.text)));
            return;
        };
        let inner = match origin {
            Some(word) => match self.name(word) {
                Some(name) => name,
                None => return,
            },
            None => self.origin.clone(),
        };
        let from = self
            .stack
            .last()
            .map(|(name, ..)| name.clone())
            .unwrap_or_default();
        match self.includes.load(&from, written) {
            Err(message) => {
                self.bad_word("ZON10", path, message);
            }
            Ok((name, _)) if self.stack.iter().any(|(open, ..)| *open == name) => {
                self.bad_word("ZON10", path, format!("`{name}` includes itself"));
            }
            Ok(_) if self.stack.len() >= MAX_DEPTH => {
                self.bad_word(
                    "ZON10",
                    path,
                    format!("more than {MAX_DEPTH} files include each other"),
                );
            }
            Ok((name, text)) => {
                if let Some(top) = self.stack.last_mut() {
                    top.2 = path.line;
                }
                // Origin and owner are the file's own affair (RFC 1035, section 5.1).
                let outer = std::mem::replace(&mut self.origin, inner);
                let owner = self.owner.clone();
                self.file(&name, Cow::Owned(text));
                self.origin = outer;
                self.owner = owner;
            }
        }
    }

    fn generate(&mut self, directive: Word<'_>, words: &[Word<'_>]) {
        let lines = match generate(words) {
            Ok(lines) => lines,
            Err((word, message)) => {
                let word = word
                    .and_then(|index| words.get(index).copied())
                    .unwrap_or(directive);
                self.bad_word("ZON09", word, message).hint =
                    Some("$GENERATE FIRST-LAST[/STEP] OWNER [TTL] [CLASS] TYPE DATA".to_owned());
                return;
            }
        };
        for made in lines {
            let before = self.findings.len();
            let mut scanner = Scanner::new(&made);
            let mut line = Line::default();
            if scanner.next(&mut line) {
                let (number, column) = (directive.line, directive.column);
                let moved = |word: &Word<'_>| (word.text.to_vec(), word.quoted);
                let owned: Vec<(Vec<u8>, bool)> = line.words.iter().map(moved).collect();
                let words: Vec<Word<'_>> = owned
                    .iter()
                    .map(|(text, quoted)| Word {
                        text,
                        quoted: *quoted,
                        line: number,
                        column,
                    })
                    .collect();
                self.record(&words, false);
            }
            if self.findings.len() > before {
                return;
            }
        }
    }

    fn record(&mut self, words: &[Word<'_>], indented: bool) {
        let mut rest = words;
        if !indented {
            let owner = words[0];
            rest = &words[1..];
            let mut wire = std::mem::take(&mut self.owner);
            wire.clear();
            let read = if owner.quoted {
                Err(NameError::BadEscape)
            } else {
                parse_into(owner.text, Some(self.origin.borrow()), &mut wire)
            };
            self.owner = wire;
            if let Err(error) = read {
                self.owner.clear();
                self.bad_name(owner, error);
                return;
            }
        } else if self.owner.is_empty() {
            self.bad_word(
                "ZON08",
                words[0],
                "a line that starts with a blank takes the owner before, and there is none"
                    .to_owned(),
            );
            return;
        }
        let (mut ttl, mut class) = (None, false);
        let rtype = loop {
            let Some(&word) = rest.first() else {
                let last = words[words.len() - 1];
                self.bad_word(
                    "ZON08",
                    last,
                    "a record needs a type and its data".to_owned(),
                );
                return;
            };
            rest = &rest[1..];
            if word.quoted {
                self.bad_word(
                    "ZON04",
                    word,
                    format!("`\"{}\"` is no record type", shown(word.text)),
                );
                return;
            }
            if ttl.is_none() && word.text[0].is_ascii_digit() {
                match rdata::seconds(word.text) {
                    Some(seconds) if seconds <= MAX_TTL => ttl = Some(seconds),
                    _ => {
                        self.bad_ttl(word);
                        return;
                    }
                }
            } else if !class && let Some(number) = class_of(word.text) {
                if number != 1 {
                    self.bad_word(
                        "ZON05",
                        word,
                        format!("`{}`: only the class IN is served", shown(word.text)),
                    );
                    return;
                }
                class = true;
            } else {
                match rtype_of(word.text) {
                    Some(rtype) if !rtype.is_meta() => break (rtype, word),
                    Some(_) => {
                        self.bad_word(
                            "ZON04",
                            word,
                            format!("`{}` exists only in questions", shown(word.text)),
                        );
                        return;
                    }
                    None => {
                        self.bad_word(
                            "ZON04",
                            word,
                            format!("`{}` is no record type", shown(word.text)),
                        )
                        .hint = Some(
                            "a type without a mnemonic is written TYPE12345 \\# LENGTH HEX"
                                .to_owned(),
                        );
                        return;
                    }
                }
            }
        };
        self.data(words[0], rtype, ttl, rest);
    }

    fn data(
        &mut self,
        owner: Word<'_>,
        (rtype, type_word): (RecordType, Word<'_>),
        ttl: Option<u32>,
        words: &[Word<'_>],
    ) {
        let mut octets = std::mem::take(&mut self.data);
        octets.clear();
        let read = rdata::from_words(rtype, words, Some(self.origin.borrow()), &mut octets);
        if let Err(error) = read {
            let word = error.word.and_then(|index| words.get(index).copied());
            let at = word.or(words.last().copied()).unwrap_or(type_word);
            let finding = self.bad_word(error.code, at, format!("{rtype}: {}", error.message));
            finding.hint = error.hint;
        } else if !NameRef::trusted(&self.owner).is_at_or_below(self.apex.borrow()) {
            self.out_of_zone(owner);
        } else if let Some(ttl) = self.ttl(ttl, rtype, &octets, type_word) {
            let at = Position {
                file: self.stack.last().map_or(0, |(_, number, _)| *number),
                line: owner.line,
                column: owner.column,
            };
            self.builder
                .push(NameRef::trusted(&self.owner), rtype, ttl, &octets, at);
        }
        self.data = octets;
    }

    /// The TTL that counts: its own, `$TTL`, the one before, or the SOA's MINIMUM.
    fn ttl(
        &mut self,
        own: Option<u32>,
        rtype: RecordType,
        octets: &[u8],
        at: Word<'_>,
    ) -> Option<u32> {
        let known = own.or(self.default_ttl).or(self.last_ttl);
        let ttl = known.or_else(|| {
            let minimum = octets
                .last_chunk::<4>()
                .filter(|_| rtype == RecordType::SOA)?;
            let minimum = u32::from_be_bytes(*minimum).min(MAX_TTL);
            self.default_ttl = Some(minimum);
            Some(minimum)
        });
        if own.is_some() {
            self.last_ttl = own;
        }
        if ttl.is_none() {
            self.bad_word("ZON07", at, "no TTL is known for this record".to_owned())
                .hint = Some("put `$TTL 1h` at the top of the file".to_owned());
        }
        ttl
    }

    fn out_of_zone(&mut self, owner: Word<'_>) {
        let name = NameRef::trusted(&self.owner).to_string();
        let apex = self.apex.to_string();
        let hint = format!(
            "`{name}` is not below `{apex}`; a name with a final dot is absolute, one without is below $ORIGIN"
        );
        let message = format!("`{}` lies outside of the zone", shown(owner.text));
        self.bad_word("ZON11", owner, message).hint = Some(hint);
    }

    fn name(&mut self, word: Word<'_>) -> Option<Name> {
        match Name::parse(word.text, Some(self.origin.borrow())) {
            Ok(name) => Some(name),
            Err(error) => {
                self.bad_name(word, error);
                None
            }
        }
    }

    fn bad_name(&mut self, word: Word<'_>, error: NameError) {
        self.bad_word(
            "ZON03",
            word,
            format!("`{}` is no name: {error}", shown(word.text)),
        );
    }

    fn bad_ttl(&mut self, word: Word<'_>) {
        self.bad_word("ZON06", word, format!("`{}` is no TTL", shown(word.text)))
            .hint = Some("write seconds up to 2147483647, or units: 1h30m".to_owned());
    }
}

fn place(word: Word<'_>) -> (u32, u16, usize) {
    (
        word.line,
        word.column,
        word.text.len() + 2 * usize::from(word.quoted),
    )
}

fn shown(text: &[u8]) -> String {
    text.escape_ascii().to_string()
}

/// IN, CH, HS, or `CLASS` and a number (RFC 3597, section 5).
fn class_of(text: &[u8]) -> Option<u16> {
    match text.len() {
        2 if text.eq_ignore_ascii_case(b"IN") => Some(1),
        2 if text.eq_ignore_ascii_case(b"CH") => Some(3),
        2 if text.eq_ignore_ascii_case(b"HS") => Some(4),
        6.. if text[..5].eq_ignore_ascii_case(b"CLASS") => {
            std::str::from_utf8(&text[5..]).ok()?.parse().ok()
        }
        _ => None,
    }
}

fn rtype_of(text: &[u8]) -> Option<RecordType> {
    // The types that nearly all records have, without a walk through the registry.
    match text {
        b"A" => Some(RecordType::A),
        b"AAAA" => Some(RecordType::AAAA),
        b"CNAME" => Some(RecordType::CNAME),
        b"MX" => Some(RecordType::MX),
        b"NS" => Some(RecordType::NS),
        b"TXT" => Some(RecordType::TXT),
        _ => std::str::from_utf8(text).ok()?.parse().ok(),
    }
}
