//! Lines as long as a terminal is wide.

use anstream::adapter::strip_str;

/// What somebody may want to copy stays in one piece.
const COMMANDS: [&str; 3] = ["dig ", "redundns ", "see: "];

/// `text` with no line of more than `width` columns, as far as its words allow; what goes on is indented a little more.
/// Colours take no room. Commands stay whole, and so do lines of a file, which stand behind their numbers.
pub(super) fn fold(text: &str, width: usize) -> String {
    let lines = text.split_inclusive('\n');
    lines.map(|line| folded(line, width)).collect()
}

fn folded(line: &str, width: usize) -> String {
    let bare = strip_str(line).to_string();
    let is_command = COMMANDS.iter().any(|own| bare.trim().starts_with(own));
    let margin = bare.split_once(" |").map(|(margin, _)| margin.trim());
    let is_quoted = margin.is_some_and(|margin| margin.chars().all(|c| c.is_ascii_digit()));
    if is_command || is_quoted || columns(&bare) <= width {
        return line.to_owned();
    }
    let indent = bare.len() - bare.trim_start().len();
    let indent = (indent + 2).min(width / 2);
    let (mut out, mut column) = (String::new(), 0);
    for (index, word) in line.split(' ').enumerate() {
        let length = columns(&strip_str(word).to_string());
        if index > 0 && column > indent && column + 1 + length > width {
            out.truncate(out.trim_end_matches(' ').len());
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

fn columns(bare: &str) -> usize {
    bare.trim_end_matches(['\r', '\n']).chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_kept_whole_and_colours_take_no_room() {
        assert_eq!(fold("= one two three\n", 9), "= one two\n  three\n");
        assert_eq!(fold("  ? one two\nfour\n", 9), "  ? one\n    two\nfour\n");
        let coloured = "\x1b[31m!\x1b[0m one two\n";
        assert_eq!(fold(coloured, 9), coloured);
        let folded = "\x1b[31mone\x1b[0m two\n  three\n";
        assert_eq!(fold("\x1b[31mone\x1b[0m two three\n", 9), folded);
        assert_eq!(fold("endless-word x\n", 4), "endless-word\n  x\n");
        // What is indented far leaves half of the line all the same.
        let far = " ".repeat(10);
        let folded = format!("{far}one\n       two\n       three\n");
        assert_eq!(fold(&format!("{far}one two three\n"), 14), folded);
    }

    #[test]
    fn what_is_copied_or_quoted_stays_in_one_piece() {
        for line in [
            "    dig +norec @192.0.2.1 www.example.com. A\n",
            "    redundns init example.com --second desec\n",
            "    see: https://example.com/docs and what stands there\n",
            "14 | www IN BOGUS something\n   |        ^^^^^\n",
        ] {
            assert_eq!(fold(line, 20), line);
        }
    }
}
