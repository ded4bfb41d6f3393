//! Text from outside in HTML and XML.

/// As text or inside of an attribute, in HTML as well as in XML 1.0, which does not allow every character.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// Whether an address may be a link: only those kinds that open a page or a letter.
pub(super) fn is_link(address: &str) -> bool {
    let begins = |scheme: &str| {
        let start = address.get(..scheme.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    let is_odd = |c: char| c.is_control() || c.is_whitespace();
    ["https://", "http://", "mailto:"].into_iter().any(begins) && !address.contains(is_odd)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_is_markup() {
        assert_eq!(
            escaped("<b a='x' b=\"y\">&\u{0}\u{1b}\u{ffff}\r"),
            "&lt;b a=&#39;x&#39; b=&quot;y&quot;&gt;&amp;\u{fffd}\u{fffd}\u{fffd}\u{fffd}"
        );
    }

    #[test]
    fn only_pages_and_letters_are_links() {
        for (address, is) in [
            ("https://example.com/a?b=c#d", true),
            ("HTTP://example.com", true),
            ("mailto:hostmaster@example.com", true),
            ("javascript:alert(1)", false),
            ("java\tscript:alert(1)", false),
            (" https://example.com", false),
            ("https://example.com/\nx", false),
            ("data:text/html,x", false),
            ("//example.com", false),
            ("incidents/a.html", false),
            ("é", false),
            ("", false),
        ] {
            assert_eq!(is_link(address), is, "{address}");
        }
    }
}
