//! One part of an estate, so that several machines share it.

use std::fmt;

use ring::digest::{SHA256, digest};

use crate::zone::Name;

/// Part `index` of `count`. Which part a zone belongs to depends on its origin alone: the first eight octets of the
/// SHA-256 of the origin (absolute, in lower case), as a number, modulo `count`. So parts have about the same size,
/// and no zone moves when another one comes or goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shard {
    /// From 1.
    index: u64,
    count: u64,
}

impl Shard {
    /// Whether the zone belongs to it.
    pub fn takes(self, origin: &Name) -> bool {
        let hash = digest(&SHA256, origin.to_string().to_ascii_lowercase().as_bytes());
        let first = hash.as_ref()[..8].try_into().map_or(0, u64::from_be_bytes);
        first % self.count == self.index - 1
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

/// `3/8`: the third of eight parts.
pub fn parse_shard(text: &str) -> Option<Shard> {
    let (index, count) = text.split_once('/')?;
    let (index, count): (u64, u64) = (index.parse().ok()?, count.parse().ok()?);
    (1..=count)
        .contains(&index)
        .then_some(Shard { index, count })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origins(count: usize) -> Vec<Name> {
        let name = |number: usize| format!("zone-{number}.example.com");
        (0..count)
            .map(|number| Name::absolute(&name(number)).expect("a name"))
            .collect()
    }

    #[test]
    fn every_zone_belongs_to_one_part_and_parts_are_about_alike() {
        for count in [1, 2, 7, 16] {
            let parts: Vec<Shard> = (1..=count).map(|index| Shard { index, count }).collect();
            let mut sizes = vec![0_u64; parts.len()];
            for origin in origins(1600) {
                let takes = |part: &Shard| part.takes(&origin);
                assert_eq!(
                    parts.iter().filter(|part| takes(part)).count(),
                    1,
                    "{origin}"
                );
                sizes[parts.iter().position(takes).expect("one")] += 1;
            }
            let fair = 1600 / count;
            assert!(
                sizes.iter().all(|&size| size > fair / 2 && size < fair * 2),
                "{sizes:?}"
            );
        }
    }

    #[test]
    fn where_a_zone_belongs_is_a_promise() {
        // printf 'example.com.' | sha256sum: 3ebef312509f797c…, the first eight octets modulo 8.
        let part = |text: &str| {
            let origin = Name::absolute(text).expect("a name");
            (1..=8).find(|&index| Shard { index, count: 8 }.takes(&origin))
        };
        assert_eq!(part("example.com"), part("EXAMPLE.com."));
        assert_eq!(
            ["example.com", "example.net", "example.org"].map(part),
            [Some(5), Some(7), Some(3)]
        );
    }

    #[test]
    fn what_is_no_part_is_refused() {
        assert_eq!(
            parse_shard("3/8").map(|part| part.to_string()).as_deref(),
            Some("3/8")
        );
        for text in ["0/8", "9/8", "1/0", "3", "a/b", "-1/2", "1/2/3", ""] {
            assert_eq!(parse_shard(text), None, "{text}");
        }
    }
}
