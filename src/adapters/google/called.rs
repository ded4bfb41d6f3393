//! What a new managed zone is called.

use ring::digest::{SHA256, digest};

use crate::adapters::presentation::dotless;
use crate::zone::Name;

/// Letters, digits and dashes, 63 at most, and another for each DNS name.
pub(super) fn name_for(origin: &Name) -> String {
    let text = origin.to_string();
    let mut name = format!("zone-{}", dotless(origin));
    name = name
        .chars()
        .map(|c| match c {
            'a'..='z' | '0'..='9' => c,
            _ => '-',
        })
        .take(54)
        .collect();
    let hash = digest(&SHA256, text.as_bytes());
    let hash = data_encoding::HEXLOWER.encode(&hash.as_ref()[..4]);
    format!("{name}-{hash}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_new_zones_are_short_plain_and_their_own() {
        let long = format!("{0}.{0}.example", "l".repeat(63));
        let mut names = Vec::new();
        for origin in [
            "example.com",
            "a-b.example",
            "a.b-example",
            "_x.Example.NET",
            &long,
        ] {
            let name = name_for(&Name::absolute(origin).expect("a name"));
            let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(name.len() <= 63 && name.chars().all(is_plain), "{name}");
            assert!(!name.ends_with('-'), "{name}");
            names.push(name);
        }
        assert!(names[0].starts_with("zone-example-com-"), "{}", names[0]);
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 5);
    }
}
