//! Keys that are trusted to begin with.

use super::chain::{Anchor, Promise};
use super::key::{Ds, Key};
use crate::zone::{Name, RecordType, Zone};

/// The DS records of the root's keys, as <https://data.iana.org/root-anchors/root-anchors.xml> has them: key tag,
/// algorithm, digest type, and the SHA-256 digest. Verified 2026-11-30 against the keys themselves, by a test.
const ROOT: [(u16, u8, u8, &str); 2] = [
    (
        20326,
        8,
        2,
        "E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D",
    ),
    (
        38696,
        8,
        2,
        "683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16",
    ),
];

/// The anchors of the public root.
pub fn root_anchors() -> Vec<Anchor> {
    ROOT.iter()
        .map(|&(tag, algorithm, digest_type, digest)| {
            let digest = data_encoding::HEXUPPER
                .decode(digest.as_bytes())
                .expect("a constant of this file")
                .into();
            Anchor {
                zone: Name::root(),
                promise: Promise::Digest(Ds {
                    tag,
                    algorithm,
                    digest_type,
                    digest,
                }),
            }
        })
        .collect()
}

/// The anchors in records that were read from a file; other types are left out.
pub fn anchors_of(records: &Zone) -> Vec<Anchor> {
    records
        .sets()
        .flat_map(|set| {
            set.rdata().filter_map(move |rdata| {
                let promise = match set.rtype() {
                    RecordType::DS => Promise::Digest(Ds::read(rdata)?),
                    RecordType::DNSKEY => Promise::Key(Key::read(rdata)?),
                    _ => return None,
                };
                Some(Anchor {
                    zone: set.owner().to_name(),
                    promise,
                })
            })
        })
        .collect()
}
