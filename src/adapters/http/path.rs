//! Parts of URLs: segments of paths, and where a page says the next one is.

use std::fmt::Write;

/// `text` as one segment of a path, or a value in a query: everything unusual as `%` and two hexadecimal digits
/// (RFC 3986, section 2).
pub fn segment(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Path and query of a URL, which is all that is followed of it: the credentials go to the account's own origin.
pub fn path_of(url: &str) -> Option<&str> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = &rest[rest.find('/')?..];
    Some(path.split('#').next().unwrap_or(path))
}

/// The target with the relation `rel` in a `Link` header (RFC 8288).
pub fn link<'h>(header: &'h str, rel: &str) -> Option<&'h str> {
    let mut rest = header;
    while let Some((_, after)) = rest.split_once('<') {
        let (target, after) = after.split_once('>')?;
        let end = after.find('<').unwrap_or(after.len());
        let is_it = after[..end].split([';', ',']).any(|parameter| {
            let parameter = parameter.trim();
            parameter
                .strip_prefix("rel=")
                .is_some_and(|value| value.trim_matches('"').split(' ').any(|one| one == rel))
        });
        if is_it {
            return Some(target);
        }
        rest = &after[end..];
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_found() {
        let header = "<https://a.example/z?cursor=>; rel=\"first\", \
                      <https://a.example/z?cursor=x%3D,y>; title=\"n, m\"; rel=\"next last\"";
        assert_eq!(
            link(header, "next"),
            Some("https://a.example/z?cursor=x%3D,y")
        );
        assert_eq!(link(header, "first"), Some("https://a.example/z?cursor="));
        assert_eq!(link(header, "prev"), None);
        assert_eq!(link("", "next"), None);
        assert_eq!(link("<broken", "next"), None);
    }

    #[test]
    fn only_path_and_query_are_followed() {
        assert_eq!(path_of("https://evil.example:1/z?q=/"), Some("/z?q=/"));
        assert_eq!(path_of("/z?q#f"), Some("/z?q"));
        assert_eq!(path_of("https://a.example"), None);
    }

    #[test]
    fn a_segment_stays_one() {
        assert_eq!(segment("0/25.2.example"), "0%2F25.2.example");
        assert_eq!(segment("*.a b?#ü"), "%2A.a%20b%3F%23%C3%BC");
    }
}
