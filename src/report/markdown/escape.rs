//! Text that cannot be taken for markup.
//!
//! GitHub looks for `@name` and `#12` in the text that is left when all markup is done, and not in code. So a backslash
//! does not help against them, and a space of no width does.

/// Stands behind a character that would begin a mention.
const NO_WIDTH: char = '\u{200b}';

/// Longest sentence from elsewhere, in characters.
const LONGEST: usize = 600;

/// A code span that holds exactly `text`, whatever backticks are in it.
pub(super) fn code(text: &str) -> String {
    let text = one_line(text);
    let fence = "`".repeat(longest_run(&text) + 1);
    let is_edge = |c| c == '`' || c == ' ';
    if text.starts_with(is_edge) || text.ends_with(is_edge) || text.is_empty() {
        format!("{fence} {text} {fence}")
    } else {
        format!("{fence}{text}{fence}")
    }
}

/// A sentence; what it has in backquotes becomes code.
pub(super) fn prose(text: &str) -> String {
    let text = cut(&one_line(text), LONGEST);
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return plain(&text);
    }
    let mut out = String::new();
    for (index, part) in parts.iter().enumerate() {
        if index % 2 == 0 {
            out.push_str(&plain(part));
        } else if !part.is_empty() {
            out.push_str(&code(part));
        }
    }
    out
}

/// Text between the tags of HTML, in code.
pub(super) fn html_code(text: &str) -> String {
    let text = one_line(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    format!("<code>{text}</code>")
}

/// `lines` as a block of code in the highlighting of `language`, which nothing in them can close.
pub(super) fn block(language: &str, lines: &str) -> String {
    let fence = "`".repeat(longest_run(lines).max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}\n", lines.trim_end())
}

/// `text` without line breaks and other control characters.
pub(super) fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

/// `text` in at most `length` characters.
pub(super) fn cut(text: &str, length: usize) -> String {
    match text.char_indices().nth(length) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '@' | '#' => out.extend([c, NO_WIDTH]),
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '|' | '$' | '!' => out.extend(['\\', c]),
            _ => out.push(c),
        }
    }
    out
}

/// How many backticks stand side by side at most.
pub(super) fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_holds_whatever_it_is_given() {
        for (text, expected) in [
            ("www A", "`www A`"),
            ("a`b", "``a`b``"),
            ("`a``b", "``` `a``b ```"),
            ("@team\n</details>", "`@team </details>`"),
            ("", "`  `"),
        ] {
            assert_eq!(code(text), expected);
        }
    }

    #[test]
    fn prose_is_no_markup_and_mentions_nobody() {
        for (text, expected) in [
            ("`www A` is gone", "`www A` is gone"),
            ("ask @team about #12", "ask @\u{200b}team about #\u{200b}12"),
            (
                "<b>*a*</b> | [x](y)",
                "&lt;b&gt;\\*a\\*&lt;/b&gt; \\| \\[x\\](y)",
            ),
            ("one ` only\u{1b}", "one \\` only "),
            ("`@team` </details>", "`@team` &lt;/details&gt;"),
        ] {
            assert_eq!(prose(text), expected);
        }
        assert!(prose(&"x".repeat(5000)).chars().count() < 700);
    }

    #[test]
    fn nothing_in_a_block_closes_it() {
        assert_eq!(block("diff", "+ a"), "```diff\n+ a\n```\n");
        assert_eq!(block("", "a\n```\nb"), "````\na\n```\nb\n````\n");
        assert_eq!(
            html_code("</details> & co"),
            "<code>&lt;/details&gt; &amp; co</code>"
        );
    }
}
