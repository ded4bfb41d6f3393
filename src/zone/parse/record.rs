//! Records: owner, TTL and class in either order, type, data.

use super::super::{
    Finding, NameError, NameRef, Position, RecordType, Severity, codes, parse_into, rdata,
};
use super::note::{Note, Part};
use super::ttl::{MAX_TTL, Ttl, ttl};
use super::{Here, Reader, Scope, spelled};
use rdata::Word;

/// What stands between owner and data.
pub(super) struct Head {
    pub(super) ttl: Option<u32>,
    pub(super) rtype: RecordType,
    /// How many words it takes.
    pub(super) words: usize,
}

impl Reader<'_> {
    pub(super) fn record(
        &mut self,
        here: Here,
        indented: bool,
        words: &[Word<'_>],
        scope: &mut Scope,
    ) {
        let mut rest = words;
        let mut in_zone = true;
        if !indented {
            let Scope { origin, owner } = scope;
            owner.clear();
            if let Err(error) = parse_into(words[0].text, Some(NameRef::trusted(origin)), owner) {
                // Records that share this owner are not about another one: they are lost without a further word.
                self.bad_owner(here, &words[0], error);
                in_zone = false;
            } else if !NameRef::trusted(owner).is_at_or_below(self.apex.borrow()) {
                self.out_of_zone(here, &words[0], scope);
                in_zone = false;
            }
            if !in_zone {
                scope.owner.clear();
                scope.owner.push(LOST);
            }
            rest = &words[1..];
        } else if scope.owner.is_empty() {
            self.wrong(
                here,
                &words[0],
                codes::NO_OWNER,
                "record without an owner, and none before it".to_owned(),
            )
            .hint = Some("begin the line with the owner; `@` is the zone itself".to_owned());
            in_zone = false;
        } else if scope.owner[0] == LOST {
            in_zone = false;
        }
        let Some(head) = self.head(here, &words[0], rest) else {
            return;
        };
        let data = &rest[head.words..];
        self.rdata.clear();
        let result = rdata::from_words(head.rtype, data, Some(scope.origin()), &mut self.rdata);
        if let Err(error) = result {
            let type_word = &rest[head.words - 1];
            let word = error.word.and_then(|index| data.get(index));
            let word = word.or(data.last()).unwrap_or(type_word);
            let note = Note::at_word(here.file, word, error.code, error.message);
            self.notes.push(Note {
                finding: Finding {
                    hint: error.hint,
                    ..note.finding
                },
                ..note
            });
            return;
        }
        if !in_zone {
            return;
        }
        let first = &words[0];
        let Some(ttl) = self.ttl_of(here, first, &head) else {
            return;
        };
        let at = Position {
            file: here.file,
            line: first.line,
            column: first.column,
        };
        self.push(&scope.owner, head.rtype, ttl, at);
    }

    /// Adds the record whose data is in `self.rdata`.
    pub(super) fn push(&mut self, owner: &[u8], rtype: RecordType, ttl: u32, at: Position) {
        if self.builder.octets() > u32::MAX as usize - 0x2_0000 {
            self.full = true;
            self.notes.push(Note::new(
                Part::Owner(at),
                Finding::new(
                    codes::TOO_LARGE,
                    Severity::Error,
                    "more than 4 GiB of records",
                ),
            ));
            return;
        }
        self.builder
            .push(NameRef::trusted(owner), rtype, ttl, &self.rdata, at);
    }

    /// The record's TTL: its own, else `$TTL` or the last one given, else the SOA's MINIMUM.
    fn ttl_of(&mut self, here: Here, first: &Word<'_>, head: &Head) -> Option<u32> {
        if let Some(ttl) = head.ttl {
            self.ttls.last = Some(ttl);
            return Some(ttl);
        }
        if let Some(ttl) = self.ttls.implied() {
            return Some(ttl);
        }
        if head.rtype == RecordType::SOA {
            let (_, minimum) = self.rdata.split_last_chunk::<4>()?;
            let minimum = u32::from_be_bytes(*minimum).min(MAX_TTL);
            self.ttls.default = Some(minimum);
            let warning = self.wrong(
                here,
                first,
                codes::SOA_MINIMUM,
                format!("no TTL given; the SOA's MINIMUM, {minimum}, is used from here on"),
            );
            warning.severity = Severity::Warning;
            warning.hint = Some(format!("write `$TTL {minimum}` before the first record"));
            return Some(minimum);
        }
        self.wrong(
            here,
            first,
            codes::NO_TTL,
            "no TTL given, here or before".to_owned(),
        )
        .hint = Some("write `$TTL 3600` before the first record".to_owned());
        None
    }

    pub(super) fn head(&mut self, here: Here, first: &Word<'_>, rest: &[Word<'_>]) -> Option<Head> {
        let (mut seen_ttl, mut seen_class) = (None, false);
        for (index, word) in rest.iter().enumerate() {
            if !seen_class && is_class(word) {
                seen_class = true;
                if !is_class_in(word.text) {
                    self.wrong(
                        here,
                        word,
                        codes::CLASS,
                        format!("class `{}` in a zone of class IN", spelled(word.text)),
                    );
                    return None;
                }
                continue;
            }
            if seen_ttl.is_none() && !word.quoted {
                match ttl(word.text) {
                    Ttl::Seconds(seconds) => {
                        seen_ttl = Some(seconds);
                        continue;
                    }
                    Ttl::TooLarge => {
                        self.too_large(here, word);
                        return None;
                    }
                    Ttl::Other => {}
                }
            }
            return self.known_type(here, word).map(|rtype| Head {
                ttl: seen_ttl,
                rtype,
                words: index + 1,
            });
        }
        let word = rest.last().unwrap_or(first);
        self.wrong(
            here,
            word,
            codes::NO_TYPE,
            format!(
                "record ends after `{}`, without type and data",
                spelled(word.text)
            ),
        );
        None
    }

    pub(super) fn too_large(&mut self, here: Here, word: &Word<'_>) {
        self.wrong(
            here,
            word,
            codes::BAD_TTL,
            format!("TTL `{}` is larger than {MAX_TTL}", spelled(word.text)),
        );
    }

    pub(super) fn known_type(&mut self, here: Here, word: &Word<'_>) -> Option<RecordType> {
        let Some(rtype) = record_type(word) else {
            self.wrong(
                here,
                word,
                codes::UNKNOWN_TYPE,
                format!("unknown record type `{}`", spelled(word.text)),
            )
            .hint =
                word.text.first().is_some_and(u8::is_ascii_digit).then(|| {
                    "a TTL is digits, or digits each with a unit: `3600`, `1h30m`".to_owned()
                });
            return None;
        };
        if rtype.is_meta() {
            self.wrong(
                here,
                word,
                codes::META_TYPE,
                format!("type `{}` cannot stand in a zone", spelled(word.text)),
            );
            return None;
        }
        Some(rtype)
    }

    pub(super) fn bad_owner(&mut self, here: Here, word: &Word<'_>, error: NameError) {
        self.wrong(
            here,
            word,
            codes::BAD_OWNER,
            format!("`{}` is no domain name: {error}", spelled(word.text)),
        );
    }

    fn out_of_zone(&mut self, here: Here, word: &Word<'_>, scope: &Scope) {
        let owner = NameRef::trusted(&scope.owner);
        let apex = &self.apex;
        let hint = if word.text.ends_with(b".") {
            format!("this file is zone `{apex}`; names in it end in that")
        } else {
            format!(
                "a name without a final dot is relative to `{}`, which `$ORIGIN` set outside of zone `{apex}`",
                scope.origin()
            )
        };
        let message = format!("`{}` is not in zone `{apex}`", spelled(word.text));
        let name = owner.to_string();
        let finding = self.wrong(here, word, codes::OUT_OF_ZONE, message);
        finding.hint = Some(hint);
        finding.name = Some(name);
    }
}

/// Stands for an owner that was refused; no label is this long.
const LOST: u8 = 0xff;

fn is_class(word: &Word<'_>) -> bool {
    if word.quoted {
        return false;
    }
    let is = |name: &str| word.text.eq_ignore_ascii_case(name.as_bytes());
    match word.text.len() {
        2 => is("IN") || is("CH") || is("HS"),
        3 => is("ANY"),
        4 => is("NONE"),
        5 => is("CHAOS") || numbered_class(word.text).is_some(),
        6 => is("HESIOD") || numbered_class(word.text).is_some(),
        _ => numbered_class(word.text).is_some(),
    }
}

fn is_class_in(text: &[u8]) -> bool {
    text.eq_ignore_ascii_case(b"IN") || numbered_class(text) == Some(1)
}

fn numbered_class(text: &[u8]) -> Option<u16> {
    let (word, digits) = text.split_at_checked(5)?;
    if !word.eq_ignore_ascii_case(b"CLASS") || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn record_type(word: &Word<'_>) -> Option<RecordType> {
    if word.quoted {
        return None;
    }
    // Nearly every record of nearly every zone, without a search.
    match word.text {
        b"A" => return Some(RecordType::A),
        b"AAAA" => return Some(RecordType::AAAA),
        b"CNAME" => return Some(RecordType::CNAME),
        b"MX" => return Some(RecordType::MX),
        b"NS" => return Some(RecordType::NS),
        b"TXT" => return Some(RecordType::TXT),
        b"PTR" => return Some(RecordType::PTR),
        b"SRV" => return Some(RecordType::SRV),
        _ => {}
    }
    std::str::from_utf8(word.text).ok()?.parse().ok()
}
