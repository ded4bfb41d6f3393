//! DNSKEY and DS records (RFC 4034, sections 2 and 5).

use std::fmt;

use ring::digest::{Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA384, digest};

use crate::zone::NameRef;

/// RFC 4034, section 2.1.1: the key is a zone's.
const ZONE_KEY: u16 = 0x0100;
/// RFC 5011, section 2.1: the key is revoked.
const REVOKED: u16 = 0x0080;

/// A zone's public key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Its data as a DNSKEY record.
    pub rdata: Box<[u8]>,
    /// Algorithm number.
    pub algorithm: u8,
    /// Key tag (RFC 4034, appendix B).
    pub tag: u16,
}

impl Key {
    /// Reads DNSKEY data; `None` where it is not a zone's key that may be used: another protocol, a revoked one.
    pub fn read(rdata: &[u8]) -> Option<Self> {
        let &[f0, f1, protocol, algorithm] = rdata.first_chunk()?;
        let flags = u16::from_be_bytes([f0, f1]);
        let is_usable = flags & ZONE_KEY != 0 && flags & REVOKED == 0 && protocol == 3;
        is_usable.then(|| Self {
            rdata: rdata.into(),
            algorithm,
            tag: tag(rdata),
        })
    }

    /// The key itself.
    pub fn public(&self) -> &[u8] {
        &self.rdata[4..]
    }

    /// Bits of an RSA key's modulus (RFC 3110, section 2); `None` for other algorithms.
    pub fn rsa_bits(&self) -> Option<usize> {
        if !matches!(self.algorithm, 1 | 5 | 7 | 8 | 10) {
            return None;
        }
        let modulus = match self.public() {
            [0, high, low, rest @ ..] => {
                rest.get(usize::from(u16::from_be_bytes([*high, *low]))..)?
            }
            [length, rest @ ..] => rest.get(usize::from(*length)..)?,
            [] => return None,
        };
        let zeros = modulus.first()?.leading_zeros();
        Some(modulus.len() * 8 - zeros as usize)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.tag, algorithm(self.algorithm))
    }
}

fn tag(rdata: &[u8]) -> u16 {
    if rdata.get(3) == Some(&1) {
        // RSA/MD5 has its own rule (RFC 4034, appendix B.1).
        let at = rdata.len().saturating_sub(3);
        return rdata
            .get(at..at + 2)
            .map_or(0, |pair| u16::from_be_bytes([pair[0], pair[1]]));
    }
    let sum: u32 = rdata
        .chunks(2)
        .map(|pair| u32::from(pair[0]) << 8 | u32::from(pair.get(1).copied().unwrap_or(0)))
        .sum();
    (sum + (sum >> 16)) as u16
}

/// A delegation's promise: the digest of a key (RFC 4034, section 5), from a DS or a CDS record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ds {
    /// Tag of the key.
    pub tag: u16,
    /// Algorithm of the key.
    pub algorithm: u8,
    /// How the digest is made.
    pub digest_type: u8,
    /// The digest.
    pub digest: Box<[u8]>,
}

impl Ds {
    /// Reads the data of a DS or CDS record.
    pub fn read(rdata: &[u8]) -> Option<Self> {
        let (&[t0, t1, algorithm, digest_type], digest) = rdata.split_first_chunk()?;
        Some(Self {
            tag: u16::from_be_bytes([t0, t1]),
            algorithm,
            digest_type,
            digest: digest.into(),
        })
    }

    /// Whether a validator can use it: it knows the digest and the key's algorithm.
    pub fn is_usable(&self) -> bool {
        digest_algorithm(self.digest_type).is_some() && is_supported(self.algorithm)
    }

    /// Whether it stands for `key` of the zone `owner`.
    pub fn is_of(&self, key: &Key, owner: NameRef<'_>) -> bool {
        if self.tag != key.tag || self.algorithm != key.algorithm {
            return false;
        }
        let Some(algorithm) = digest_algorithm(self.digest_type) else {
            return false;
        };
        let mut octets = owner.wire().to_vec();
        octets.extend_from_slice(&key.rdata);
        digest(algorithm, &octets).as_ref() == &*self.digest
    }
}

impl fmt::Display for Ds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.tag, algorithm(self.algorithm))
    }
}

fn digest_algorithm(number: u8) -> Option<&'static Algorithm> {
    match number {
        1 => Some(&SHA1_FOR_LEGACY_USE_ONLY),
        2 => Some(&SHA256),
        4 => Some(&SHA384),
        _ => None,
    }
}

/// Whether signatures of this algorithm can be verified here: those that RFC 9904 has validators implement, and the
/// ones with SHA-1, which many still do.
pub(super) fn is_supported(algorithm: u8) -> bool {
    matches!(algorithm, 5 | 7 | 8 | 10 | 13 | 14 | 15)
}

/// Why no zone should be signed with an algorithm any more (RFC 9904, section 3; RFC 9905; RFC 9906).
pub(super) fn is_outdated(algorithm: u8) -> bool {
    matches!(algorithm, 1 | 3 | 5 | 6 | 7 | 12)
}

/// The mnemonic of IANA's registry.
pub(super) fn algorithm(number: u8) -> String {
    let mnemonic = match number {
        1 => "RSAMD5",
        3 => "DSA",
        5 => "RSASHA1",
        6 => "DSA-NSEC3-SHA1",
        7 => "RSASHA1-NSEC3-SHA1",
        8 => "RSASHA256",
        10 => "RSASHA512",
        12 => "ECC-GOST",
        13 => "ECDSAP256SHA256",
        14 => "ECDSAP384SHA384",
        15 => "ED25519",
        16 => "ED448",
        17 => "SM2SM3",
        23 => "ECC-GOST12",
        other => return format!("algorithm {other}"),
    };
    mnemonic.to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::Promise;
    use super::*;
    use crate::zone::{Name, RecordType, rdata};

    fn data(rtype: RecordType, text: &str) -> Vec<u8> {
        rdata::from_text(rtype, text, None).expect("data in a test")
    }

    /// The root's key of 2017 and the DS that IANA publishes for it, and the one of 2024.
    #[test]
    fn the_roots_anchors_are_of_its_keys() {
        let keys = [
            "257 3 8 AwEAAaz/tAm8yTn4Mfeh5eyI96WSVexTBAvkMgJzkKTOiW1vkIbzxeF3+/4RgWOq7HrxRixHlFlExOLAJr5emLvN7SWXgnLh4+B5xQlNVz8Og8kvArMtNROxVQuCaSnIDdD5LKyWbRd2n9WGe2R8PzgCmr3EgVLrjyBxWezF0jLHwVN8efS3rCj/EWgvIWgb9tarpVUDK/b58Da+sqqls3eNbuv7pr+eoZG+SrDK6nWeL3c6H5Apxz7LjVc1uTIdsIXxuOLYA4/ilBmSVIzuDWfdRUfhHdY6+cn8HFRm+2hM8AnXGXws9555KrUB5qihylGa8subX2Nn6UwNR1AkUTV74bU=",
            "257 3 8 AwEAAa96jeuknZlaeSrvyAJj6ZHv28hhOKkx3rLGXVaC6rXTsDc449/cidltpkyGwCJNnOAlFNKF2jBosZBU5eeHspaQWOmOElZsjICMQMC3aeHbGiShvZsx4wMYSjH8e7Vrhbu6irwCzVBApESjbUdpWWmEnhathWu1jo+siFUiRAAxm9qyJNg/wOZqqzL/dL/q8PkcRU5oUKEpUge71M3ej2/7CPqpdVwuMoTvoB+ZOT4YeGyxMvHmbrxlFzGOHOijtzN+u1TQNatX2XBuzZNQ1K+s2CXkPIZo7s6JgZyvaBevYtxPvYLw4z9mR7K2vaF18UYH9Z9GNUUeayffKC73PYc=",
        ];
        let anchors = super::super::root_anchors();
        assert_eq!(anchors.len(), keys.len());
        for (key, anchor) in keys.iter().zip(anchors) {
            let key = Key::read(&data(RecordType::DNSKEY, key)).expect("a zone's key");
            let Promise::Digest(ds) = anchor.promise else {
                panic!("a DS")
            };
            assert!(ds.is_of(&key, Name::root().borrow()), "{ds}");
            assert_eq!(key.rsa_bits(), Some(2048));
            let mut other = key.clone();
            other.rdata[40] ^= 1;
            assert!(!ds.is_of(&other, Name::root().borrow()));
        }
    }

    #[test]
    fn a_revoked_key_and_another_protocol_are_no_keys() {
        for (flags, protocol, usable) in [
            (257, 3, true),
            (256, 3, true),
            (385, 3, false),
            (0, 3, false),
            (257, 2, false),
        ] {
            let rdata = data(RecordType::DNSKEY, &format!("{flags} {protocol} 8 AAAA"));
            assert_eq!(Key::read(&rdata).is_some(), usable, "{flags} {protocol}");
        }
    }
}
