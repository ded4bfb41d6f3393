//! `$ORIGIN`, `$TTL` and `$INCLUDE` (RFC 1035, section 5.1; RFC 2308, section 4).

use super::super::{NameRef, codes, parse_into};
use super::ttl::{Ttl, ttl};
use super::{Here, Reader, Scope, spelled};
use crate::zone::rdata::Word;

/// How deep files may include each other.
const MAX_DEPTH: usize = 20;
/// How many inclusions there may be in all.
const MAX_FILES: usize = 10_000;

impl Reader<'_> {
    pub(super) fn directive(&mut self, here: Here, words: &[Word<'_>], scope: &mut Scope) {
        let name = words[0].text.to_ascii_uppercase();
        match name.as_slice() {
            b"$ORIGIN" => {
                if let Some([origin]) = self.arguments(here, words, "a name") {
                    self.name_in(here, origin, &mut scope.origin);
                }
            }
            b"$TTL" => {
                if let Some([word]) = self.arguments(here, words, "a TTL") {
                    match ttl(word.text) {
                        Ttl::Seconds(seconds) => self.ttls.default = Some(seconds),
                        Ttl::TooLarge => self.too_large(here, word),
                        Ttl::Other => {
                            let message = format!("`{}` is no TTL", spelled(word.text));
                            self.wrong(here, word, codes::BAD_TTL, message);
                        }
                    }
                }
            }
            b"$INCLUDE" => self.include(here, words, scope),
            b"$GENERATE" => self.generate(here, words, scope),
            _ => {
                let message = format!("unknown directive `{}`", spelled(words[0].text));
                self.wrong(here, &words[0], codes::UNKNOWN_DIRECTIVE, message)
                    .hint =
                    Some("an owner that begins with a dollar sign is written `\\$`".to_owned());
            }
        }
    }

    /// Exactly `N` words after the directive.
    fn arguments<'w, 'a, const N: usize>(
        &mut self,
        here: Here,
        words: &'w [Word<'a>],
        wanted: &str,
    ) -> Option<&'w [Word<'a>; N]> {
        let directive = spelled(words[0].text);
        if words.len() <= N {
            let message = format!("`{directive}` needs {wanted}");
            self.wrong(
                here,
                &words[words.len() - 1],
                codes::DIRECTIVE_WORDS,
                message,
            );
            return None;
        }
        if let Some(extra) = words.get(N + 1) {
            let message = format!("`{directive}` takes {wanted} and nothing else");
            self.wrong(here, extra, codes::DIRECTIVE_WORDS, message);
            return None;
        }
        words[1..].try_into().ok()
    }

    /// Replaces `name` by the one that `word` says, relative to it.
    fn name_in(&mut self, here: Here, word: &Word<'_>, name: &mut Vec<u8>) -> bool {
        let mut wire = Vec::new();
        match parse_into(word.text, Some(NameRef::trusted(name)), &mut wire) {
            Ok(()) => *name = wire,
            Err(error) => self.bad_owner(here, word, error),
        }
        !name.is_empty()
    }

    fn include(&mut self, here: Here, words: &[Word<'_>], scope: &Scope) {
        let mut inner = scope.clone();
        let path_word = if let [_, path, origin] = words {
            let known = self.notes.len();
            self.name_in(here, origin, &mut inner.origin);
            if self.notes.len() > known {
                return;
            }
            path
        } else {
            let Some([path]) = self.arguments(here, words, "a file name, perhaps an origin,")
            else {
                return;
            };
            path
        };
        match self.load(here, path_word) {
            Err(message) => {
                self.wrong(here, path_word, codes::INCLUDE, message);
            }
            Ok((name, text)) => {
                let file = self.begin_file(name, Some((here.file, here.line)));
                self.read(&text, file, &mut inner);
                self.files[usize::from(file)].text = text;
            }
        }
    }

    fn load(&self, here: Here, word: &Word<'_>) -> Result<(String, Vec<u8>), String> {
        let path = unescaped(word.text)
            .ok_or_else(|| format!("`{}` is no file name in UTF-8", spelled(word.text)))?;
        if self.files.len() >= MAX_FILES {
            return Err(format!("more than {MAX_FILES} inclusions"));
        }
        let from = &self.files[usize::from(here.file)].name;
        let (name, text) = self
            .includes
            .load(from, &path)
            .map_err(|error| format!("cannot include `{}`: {error}", spelled(path.as_bytes())))?;
        let mut depth = 0;
        let mut file = Some(here.file);
        while let Some(index) = file {
            let open = &self.files[usize::from(index)];
            if open.name == name {
                return Err(format!("`{}` includes itself", spelled(name.as_bytes())));
            }
            depth += 1;
            file = open.parent.map(|(parent, _)| parent);
        }
        if depth > MAX_DEPTH {
            return Err(format!("files included more than {MAX_DEPTH} deep"));
        }
        Ok((name, text))
    }
}

/// A file name as meant: of a backslash and an octet, the octet.
fn unescaped(text: &[u8]) -> Option<String> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(&octet) = rest.next() {
        octets.push(if octet == b'\\' { *rest.next()? } else { octet });
    }
    String::from_utf8(octets).ok()
}
