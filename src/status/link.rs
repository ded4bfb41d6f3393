//! Where a link may lead.

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
