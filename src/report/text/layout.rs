//! How text is laid out: columns, cuts, plurals and the colour that goes with a symbol.

use anstyle::{AnsiColor, Style as Paint};

/// How a person's screen is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Style {
    /// Whether to colour; nothing is said by colour alone.
    pub color: bool,
    /// Columns of the screen.
    pub width: usize,
    /// Whether to say more: latencies, every difference.
    pub verbose: bool,
    /// Whether to say less: how many changes, and not which.
    pub quiet: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            color: false,
            width: 80,
            verbose: false,
            quiet: false,
        }
    }
}

impl Style {
    /// `text`, coloured as what `symbol` means.
    pub(super) fn paint(self, symbol: char, text: &str) -> String {
        let color = match symbol {
            '+' => AnsiColor::Green,
            '~' => AnsiColor::Yellow,
            '-' | '!' => AnsiColor::Red,
            '?' => AnsiColor::Magenta,
            _ => return text.to_owned(),
        };
        if !self.color {
            return text.to_owned();
        }
        let paint = Paint::new().fg_color(Some(color.into()));
        format!("{paint}{text}{paint:#}")
    }

    /// A symbol, coloured.
    pub(super) fn symbol(self, symbol: char) -> String {
        self.paint(symbol, symbol.encode_utf8(&mut [0; 4]))
    }
}

/// `1 record set`, `2 record sets`; the noun is the singular of a regular one.
pub fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// `text` in at most `width` columns, ending in `…` where something was cut off.
pub fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    kept.trim_end().to_owned() + "…"
}

/// `text` in lines of at most `width` columns, the lines after the first indented by `indent`. Words are not cut.
pub fn wrap(text: &str, width: usize, indent: usize) -> String {
    let mut out = String::new();
    let mut column = indent;
    for (index, word) in text.split(' ').enumerate() {
        let length = word.chars().count();
        if index > 0 && column + 1 + length > width {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            column = indent;
        } else if index > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    out
}

/// An owner name as written in the file of `zone`: `@`, `www`; whole where it lies elsewhere.
pub(in crate::report) fn relative<'a>(name: &'a str, zone: &str) -> &'a str {
    if name == zone {
        return "@";
    }
    name.strip_suffix(zone)
        .and_then(|own| own.strip_suffix('.'))
        .unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_reads_one_records() {
        assert_eq!(plural(1, "record"), "1 record");
        assert_eq!(plural(0, "record"), "0 records");
        assert_eq!(plural(2, "record"), "2 records");
    }

    #[test]
    fn cuts_are_marked_and_count_characters() {
        assert_eq!(cut("192.0.2.1", 9), "192.0.2.1");
        assert_eq!(cut("192.0.2.10", 9), "192.0.2.…");
        assert_eq!(cut("ääää", 4), "ääää");
        assert_eq!(cut("abc", 0), "…");
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrap("one two three", 9, 2), "one two\n  three");
        assert_eq!(wrap("endless-word x", 4, 2), "endless-word\n  x");
    }

    #[test]
    fn names_are_shown_as_written() {
        assert_eq!(relative("example.com.", "example.com."), "@");
        assert_eq!(relative("a.b.example.com.", "example.com."), "a.b");
        assert_eq!(
            relative("notexample.com.", "example.com."),
            "notexample.com."
        );
    }
}
