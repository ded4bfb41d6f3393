//! `$GENERATE`, BIND's directive for runs of similar records.

use std::fmt::Write as _;

use super::super::scan::Scanner;
use super::super::{Finding, NameRef, Position, RecordType, Severity, codes, parse_into, rdata};
use super::note::Note;
use super::{Here, Reader, Scope, spelled};
use rdata::Word;

/// How many records one directive may make.
const MAX_RECORDS: u64 = 1 << 20;

impl Reader<'_> {
    pub(super) fn generate(&mut self, here: Here, words: &[Word<'_>], scope: &Scope) {
        let [directive, range_word, owner, rest @ ..] = words else {
            let message = "`$GENERATE` needs a range, an owner, a type and data".to_owned();
            self.wrong(
                here,
                &words[words.len() - 1],
                codes::DIRECTIVE_WORDS,
                message,
            );
            return;
        };
        let Some(range) = range(range_word.text) else {
            let message = format!("`{}` is no range", spelled(range_word.text));
            self.wrong(here, range_word, codes::GENERATE, message).hint = Some(
                "a range is START-STOP or START-STOP/STEP, with STOP not below START".to_owned(),
            );
            return;
        };
        if u64::from(range.stop - range.start) / u64::from(range.step) >= MAX_RECORDS {
            let message = format!(
                "range `{}` makes more than {MAX_RECORDS} records",
                spelled(range_word.text)
            );
            self.wrong(here, range_word, codes::GENERATE, message);
            return;
        }
        let Some(head) = self.head(here, directive, rest) else {
            return;
        };
        let data = &rest[head.words..];
        let [data] = data else {
            let (word, what) = match data.get(1) {
                Some(extra) => (extra, "takes one word of data"),
                None => (owner, "needs data after the type"),
            };
            self.wrong(here, word, codes::GENERATE, format!("`$GENERATE` {what}"))
                .hint = Some("put data of several words in quotes".to_owned());
            return;
        };
        let implied = head.ttl.or(self.ttls.implied());
        let Some(ttl) = implied else {
            self.wrong(
                here,
                directive,
                codes::NO_TTL,
                "no TTL given, here or before".to_owned(),
            )
            .hint = Some("write `$TTL 3600` before the first record".to_owned());
            return;
        };
        if head.ttl.is_some() {
            self.ttls.last = head.ttl;
        }
        let templates = Templates {
            directive,
            owner,
            data,
            rtype: head.rtype,
            ttl,
        };
        for number in (range.start..=range.stop).step_by(range.step as usize) {
            if !self.generated(here, number, &templates, scope) {
                // What is wrong with one is wrong with many.
                return;
            }
        }
    }

    fn generated(
        &mut self,
        here: Here,
        number: u32,
        of: &Templates<'_, '_>,
        scope: &Scope,
    ) -> bool {
        let number = i64::from(number);
        let mut texts = (Vec::new(), Vec::new());
        for (word, text) in [(of.owner, &mut texts.0), (of.data, &mut texts.1)] {
            if !expand(word.text, number, text) {
                let message = format!("malformed `${{…}}` in `{}`", spelled(word.text));
                self.wrong(here, word, codes::GENERATE, message).hint = Some(
                    "it is `${OFFSET}`, `${OFFSET,WIDTH}` or `${OFFSET,WIDTH,BASE}` with base d, o, x, X, n or N"
                        .to_owned(),
                );
                return false;
            }
        }
        let mut owner = Vec::new();
        if let Err(error) = parse_into(&texts.0, Some(scope.origin()), &mut owner) {
            let message = format!("`{}` is no domain name: {error}", spelled(&texts.0));
            self.wrong(here, of.owner, codes::BAD_OWNER, message);
            return false;
        }
        if !NameRef::trusted(&owner).is_at_or_below(self.apex.borrow()) {
            let message = format!("`{}` is not in zone `{}`", spelled(&texts.0), self.apex);
            self.wrong(here, of.owner, codes::OUT_OF_ZONE, message);
            return false;
        }
        let mut words = Vec::new();
        let mut scanner = Scanner::new(&texts.1);
        let cut = scanner.entry(&mut words);
        if let Some(Err(fault)) = cut {
            self.wrong(here, of.data, fault.code, fault.message.to_owned());
            return false;
        }
        self.rdata.clear();
        let result = rdata::from_words(of.rtype, &words, Some(scope.origin()), &mut self.rdata);
        if let Err(error) = result {
            let message = format!("`{}`: {}", spelled(&texts.1), error.message);
            let note = Note::at_word(here.file, of.data, error.code, message);
            self.notes.push(Note {
                finding: Finding {
                    hint: error.hint,
                    severity: Severity::Error,
                    ..note.finding
                },
                ..note
            });
            return false;
        }
        let at = Position {
            file: here.file,
            line: here.line,
            column: of.directive.column,
        };
        self.push(&owner, of.rtype, of.ttl, at);
        !self.full
    }
}

struct Templates<'w, 'a> {
    directive: &'w Word<'a>,
    owner: &'w Word<'a>,
    data: &'w Word<'a>,
    rtype: RecordType,
    ttl: u32,
}

#[derive(Debug, PartialEq, Eq)]
struct Range {
    start: u32,
    stop: u32,
    step: u32,
}

fn range(text: &[u8]) -> Option<Range> {
    let text = std::str::from_utf8(text).ok()?;
    let (span, step) = text.split_once('/').unwrap_or((text, "1"));
    let (start, end) = span.split_once('-')?;
    // BIND counts in a signed int.
    let number = |digits: &str| {
        let plain = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
        let value = plain.then(|| digits.parse::<i32>().ok())??;
        u32::try_from(value).ok()
    };
    let range = Range {
        start: number(start)?,
        stop: number(end)?,
        step: number(step)?,
    };
    (range.stop >= range.start && range.step > 0).then_some(range)
}

/// Appends `template` with each `$` replaced; `false` where a modifier is malformed.
fn expand(template: &[u8], number: i64, out: &mut Vec<u8>) -> bool {
    let mut rest = template;
    while let Some((&octet, tail)) = rest.split_first() {
        rest = tail;
        match octet {
            b'\\' => {
                // Escapes are resolved later, by whoever reads the text.
                out.push(octet);
                if let Some((&taken, tail)) = rest.split_first() {
                    out.push(taken);
                    rest = tail;
                }
            }
            b'$' if rest.first() == Some(&b'$') => {
                out.push(b'$');
                rest = &rest[1..];
            }
            b'$' if rest.first() == Some(&b'{') => {
                let Some(end) = rest.iter().position(|&octet| octet == b'}') else {
                    return false;
                };
                let Some(text) = modified(&rest[1..end], number) else {
                    return false;
                };
                out.extend_from_slice(text.as_bytes());
                rest = &rest[end + 1..];
            }
            b'$' => out.extend_from_slice(number.to_string().as_bytes()),
            plain => out.push(plain),
        }
    }
    true
}

/// `OFFSET[,WIDTH[,BASE]]` applied to `number`.
fn modified(modifier: &[u8], number: i64) -> Option<String> {
    let mut parts = std::str::from_utf8(modifier).ok()?.split(',');
    let offset: i32 = parts.next()?.parse().ok()?;
    let width: usize = parts.next().map_or(Ok(0), str::parse).ok()?;
    let base = parts.next().unwrap_or("d");
    if parts.next().is_some() || width > 255 {
        return None;
    }
    // Anything but decimal prints a negative number as its two's complement, as C does.
    let value = i32::try_from(number + i64::from(offset)).ok()?;
    Some(match base {
        "d" => format!("{value:0width$}"),
        "o" => format!("{value:0width$o}"),
        "x" => format!("{value:0width$x}"),
        "X" => format!("{value:0width$X}"),
        "n" => nibbles(value, width, |text, digit| write!(text, "{digit:x}")),
        "N" => nibbles(value, width, |text, digit| write!(text, "{digit:X}")),
        _ => return None,
    })
}

/// Hexadecimal digits from the lowest on, with dots between, as in `ip6.arpa`; the width counts the dots.
fn nibbles(value: i32, width: usize, digit: fn(&mut String, u32) -> std::fmt::Result) -> String {
    let mut value = value.cast_unsigned();
    let mut text = String::new();
    loop {
        digit(&mut text, value & 15).expect("a String takes every write");
        value >>= 4;
        if value == 0 && text.len() >= width {
            return text;
        }
        text.push('.');
        if value == 0 && text.len() >= width {
            return text;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_are_replaced() {
        for (template, number, expected) in [
            ("host$", 7, Some("host7")),
            ("$$x\\$y", 7, Some("$x\\$y")),
            ("${0}", 7, Some("7")),
            ("${-5}", 3, Some("-2")),
            ("${10,4}", 7, Some("0017")),
            ("${0,3,x}", 255, Some("0ff")),
            ("${0,0,X}", 255, Some("FF")),
            ("${0,3,o}", 8, Some("010")),
            ("${0,3,n}", 0x12, Some("2.1")),
            ("${0,7,N}", 0xab, Some("B.A.0.0")),
            ("${0,8,n}", 1, Some("1.0.0.0.")),
            ("${", 1, None),
            ("${}", 1, None),
            ("${1,2,q}", 1, None),
            ("${1,2,d,4}", 1, None),
        ] {
            let mut text = Vec::new();
            let done = expand(template.as_bytes(), number, &mut text);
            let text = done.then(|| String::from_utf8(text).expect("ASCII"));
            assert_eq!(text.as_deref(), expected, "{template}");
        }
    }

    #[test]
    fn ranges_go_up() {
        for (text, expected) in [
            ("1-3", Some((1, 3, 1))),
            ("0-10/5", Some((0, 10, 5))),
            ("3-1", None),
            ("1-3/0", None),
            ("1", None),
            ("-1-3", None),
            ("1-99999999999", None),
        ] {
            let found = range(text.as_bytes()).map(|range| (range.start, range.stop, range.step));
            assert_eq!(found, expected, "{text}");
        }
    }
}
