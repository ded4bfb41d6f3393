//! RRSIG records and what makes one valid (RFC 4034, section 3; RFC 4035, section 5.3).

use std::fmt;

use hickory_proto::dnssec::{Algorithm, PublicKey, PublicKeyBuf};

use super::key::{Key, algorithm, is_supported};
use super::signed::SignedSet;
use crate::zone::{Name, NameRef, RecordType, wire_length};

/// Octets of an RRSIG's data before the signer's name.
const FIXED: usize = 18;

/// A signature over an `RRset`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Signature {
    /// The type it covers.
    pub covered: RecordType,
    /// Algorithm number.
    pub algorithm: u8,
    /// Labels of the owner that it was made for; fewer than the owner has where a wildcard was expanded.
    pub labels: u8,
    /// The TTL that it was made for.
    pub original_ttl: u32,
    /// Seconds since 1970, in the arithmetic of RFC 1982.
    pub expiration: u32,
    /// Likewise.
    pub inception: u32,
    /// Tag of the key.
    pub tag: u16,
    /// The zone that signed.
    pub signer: Name,
    /// Everything before the signature, as it is signed.
    head: Box<[u8]>,
    made: Box<[u8]>,
}

/// Why a signature counts for nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Invalid {
    /// It ran out, this many seconds ago.
    Expired(u32),
    /// It begins in this many seconds.
    NotYet(u32),
    /// Nobody here can verify its algorithm.
    Unsupported(u8),
    /// The zone has no key of this tag and algorithm.
    NoKey(u16),
    /// It is made for another zone, or for an owner that cannot be this one.
    Misplaced,
    /// The key of this tag did not make it.
    Wrong(u16),
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expired(seconds) => write!(f, "expired {} ago", span(*seconds)),
            Self::NotYet(seconds) => write!(f, "valid only in {}", span(*seconds)),
            Self::Unsupported(number) => {
                write!(f, "made with {}, which is not known", algorithm(*number))
            }
            Self::NoKey(tag) => write!(f, "made with key {tag}, which the zone does not have"),
            Self::Misplaced => f.write_str("made for another zone or name"),
            Self::Wrong(tag) => write!(f, "not what key {tag} makes of these records"),
        }
    }
}

/// Seconds in the largest unit that keeps two figures.
pub(super) fn span(seconds: u32) -> String {
    let (count, unit) = match seconds {
        0..120 => (seconds, "s"),
        120..7200 => (seconds / 60, "min"),
        7200..172_800 => (seconds / 3600, "h"),
        _ => (seconds / 86_400, "days"),
    };
    format!("{count} {unit}")
}

impl Signature {
    /// Reads RRSIG data whose signer is in lower case.
    pub fn read(rdata: &[u8]) -> Option<Self> {
        let &[c0, c1, algorithm, labels] = rdata.first_chunk()?;
        let number = |at: usize| {
            let octets = rdata.get(at..at + 4)?.first_chunk()?;
            Some(u32::from_be_bytes(*octets))
        };
        let length = wire_length(rdata.get(FIXED..)?).ok()?;
        let (head, made) = rdata.split_at_checked(FIXED + length)?;
        Some(Self {
            covered: RecordType(u16::from_be_bytes([c0, c1])),
            algorithm,
            labels,
            original_ttl: number(4)?,
            expiration: number(8)?,
            inception: number(12)?,
            tag: u16::from_be_bytes([rdata[16], rdata[17]]),
            signer: Name::from_wire(&head[FIXED..]).ok()?,
            head: head.into(),
            made: made.into(),
        })
    }

    /// Seconds from `now` until it runs out; negative where it has.
    pub fn remaining(&self, now: u32) -> i64 {
        i64::from(self.expiration.wrapping_sub(now).cast_signed())
    }

    /// Whether it was made for a wildcard of which `owner` is an expansion (RFC 4035, section 5.3.4).
    pub fn is_expanded(&self, owner: NameRef<'_>) -> bool {
        usize::from(self.labels) < labels(owner)
    }

    /// Whether it was made by one of `keys` of the zone `signer` over `set`, and counts at `now`.
    pub fn verify<'k>(
        &self,
        set: &SignedSet,
        keys: &'k [Key],
        signer: NameRef<'_>,
        now: u32,
    ) -> Result<&'k Key, Invalid> {
        let is_placed = self.signer.borrow() == signer
            && set.owner.borrow().is_at_or_below(signer)
            && usize::from(self.labels) <= labels(set.owner.borrow());
        if !is_placed {
            return Err(Invalid::Misplaced);
        }
        let late = now.wrapping_sub(self.expiration).cast_signed();
        if late > 0 {
            return Err(Invalid::Expired(late.unsigned_abs()));
        }
        let early = self.inception.wrapping_sub(now).cast_signed();
        if early > 0 {
            return Err(Invalid::NotYet(early.unsigned_abs()));
        }
        if !is_supported(self.algorithm) {
            return Err(Invalid::Unsupported(self.algorithm));
        }
        let octets = self.covered_octets(set);
        let mut candidates = keys
            .iter()
            .filter(|key| key.tag == self.tag && key.algorithm == self.algorithm)
            .peekable();
        if candidates.peek().is_none() {
            return Err(Invalid::NoKey(self.tag));
        }
        candidates
            .find(|key| {
                PublicKeyBuf::new(key.public().to_vec(), Algorithm::from_u8(key.algorithm))
                    .verify(&octets, &self.made)
                    .is_ok()
            })
            .ok_or(Invalid::Wrong(self.tag))
    }

    /// What is signed (RFC 4034, section 3.1.8.1).
    pub(super) fn covered_octets(&self, set: &SignedSet) -> Vec<u8> {
        let owner = set.owner.borrow();
        let mut name = Vec::new();
        if self.is_expanded(owner) {
            name.extend_from_slice(b"\x01*");
            name.extend_from_slice(last_labels(owner, self.labels.into()).wire());
        } else {
            name.extend_from_slice(owner.wire());
        }
        let mut octets = self.head.to_vec();
        for rdata in &set.rdata {
            octets.extend_from_slice(&name);
            octets.extend_from_slice(&set.rtype.0.to_be_bytes());
            octets.extend_from_slice(&[0, 1]);
            octets.extend_from_slice(&self.original_ttl.to_be_bytes());
            octets.extend_from_slice(&(rdata.len() as u16).to_be_bytes());
            octets.extend_from_slice(rdata);
        }
        octets
    }
}

/// The name that the last `count` labels of `name` are.
pub(super) fn last_labels(name: NameRef<'_>, count: usize) -> NameRef<'_> {
    let surplus = name.labels().count().saturating_sub(count);
    (0..surplus).fold(name, |name, _| name.parent().unwrap_or(name))
}

/// Labels as RFC 4034, section 3.1.3, counts them: neither the root's nor an asterisk.
fn labels(name: NameRef<'_>) -> usize {
    name.labels().count() - usize::from(name.is_wildcard())
}
