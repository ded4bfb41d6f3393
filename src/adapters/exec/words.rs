//! What a plug-in says to people: the end of its stderr and its log lines, without the secrets that it was given.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use crate::adapters::Secret;

/// Octets that are kept.
const KEPT: usize = 8192;
/// Lines that are shown, and characters of each.
const LINES: usize = 3;
const WIDTH: usize = 200;
/// Pieces of a secret of several lines that are taken out by themselves are at least so long.
const PIECE: usize = 8;

/// Takes secrets out of text.
pub(super) struct Redactor(Vec<Box<str>>);

impl Redactor {
    pub(super) fn new(secrets: &[Secret]) -> Self {
        let whole = secrets.iter().map(Secret::reveal);
        let pieces = whole.clone().flat_map(str::lines);
        let pieces = pieces.filter(|piece| piece.len() >= PIECE);
        let mut parts: Vec<Box<str>> = whole
            .filter(|secret| !secret.is_empty())
            .chain(pieces)
            .map(Into::into)
            .collect();
        // The longest first, so that no rest of it is left.
        parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
        parts.dedup();
        Self(parts)
    }

    fn longest(&self) -> usize {
        self.0.first().map_or(0, |part| part.len())
    }

    fn without_secrets(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for part in &self.0 {
            if text.contains(&**part) {
                text = text.replace(&**part, "[secret]");
            }
        }
        text
    }

    /// `text` on one line of bounded length, without secrets.
    pub(super) fn clean(&self, text: &str) -> String {
        let text = self.without_secrets(text);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        cut(&text, 3 * WIDTH)
    }
}

fn cut(text: &str, width: usize) -> String {
    match text.char_indices().nth(width) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// The last of what was said.
#[derive(Clone, Default)]
pub(super) struct Tail(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    octets: VecDeque<u8>,
    is_cut: bool,
}

impl Tail {
    /// Keeps the end of what was said so far and `octets`.
    pub(super) fn push(&self, octets: &[u8]) {
        let mut kept = self.0.lock().expect("nobody panics while holding it");
        kept.octets.extend(octets);
        let surplus = kept.octets.len().saturating_sub(KEPT);
        if surplus > 0 {
            kept.octets.drain(..surplus);
            kept.is_cut = true;
        }
    }

    /// The last lines in one, redacted; nothing where nothing was said.
    pub(super) fn show(&self, redactor: &Redactor) -> Option<String> {
        let kept = self.0.lock().expect("nobody panics while holding it");
        let octets: Vec<u8> = kept.octets.iter().copied().collect();
        let text = redactor.without_secrets(&String::from_utf8_lossy(&octets));
        // A secret whose beginning was cut off is not found.
        let start = if kept.is_cut { redactor.longest() } else { 0 };
        let start = (start..=text.len()).find(|&at| text.is_char_boundary(at));
        let text = &text[start.unwrap_or(text.len())..];
        let lines: Vec<&str> = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        let shown: Vec<String> = lines[lines.len().saturating_sub(LINES)..]
            .iter()
            .map(|line| cut(line, WIDTH))
            .collect();
        (!shown.is_empty()).then(|| shown.join(" / "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_shown_however_it_is_cut() {
        let redactor = Redactor::new(&[
            Secret::new("hunter2"),
            Secret::new("-----BEGIN-----\nMIIEvQIBADANBg\n-----END-----"),
        ]);
        assert_eq!(
            redactor.clean("the key\nhunter2 is\u{7} wrong"),
            "the key [secret] is\u{7} wrong"
        );
        for flood in 0..40 {
            let tail = Tail::default();
            tail.push(b"hunter2");
            tail.push(&vec![b'x'; KEPT - flood]);
            tail.push(b"\n'MIIEvQIBADANBg' is no key\n");
            let shown = tail.show(&redactor).expect("words");
            for part in ["unter2", "ter2x", "MIIEvQ"] {
                assert!(!shown.contains(part), "{flood} {shown}");
            }
        }
    }

    #[test]
    fn the_last_lines_are_shown() {
        let tail = Tail::default();
        assert_eq!(tail.show(&Redactor::new(&[])), None);
        tail.push(b"one\ntwo\n\nthree\nfour\n");
        assert_eq!(
            tail.show(&Redactor::new(&[])).as_deref(),
            Some("two / three / four")
        );
    }
}
