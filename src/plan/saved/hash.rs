//! What a zone is known by when it is seen again.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use ring::digest::{Context, SHA256, digest};

use crate::plan::met::without_serial;
use crate::plan::{DiffRules, diff};
use crate::provider::Soa;
use crate::zone::{NameRef, RecordType, Zone, rdata};

/// A SHA-256 hash, written `sha256:` and 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Hash([u8; 32]);

impl Hash {
    /// The hash of `octets`.
    pub fn of(octets: &[u8]) -> Self {
        Self::from_digest(digest(&SHA256, octets).as_ref())
    }

    /// The first twelve hexadecimal digits: enough to tell the plans of a project apart.
    pub fn short(&self) -> String {
        data_encoding::HEXLOWER.encode(&self.0[..6])
    }

    fn from_digest(digest: &[u8]) -> Self {
        Self(digest.try_into().expect("SHA-256 has 32 octets"))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for Hash {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.strip_prefix("sha256:")
            .and_then(|digits| data_encoding::HEXLOWER.decode(digits.as_bytes()).ok())
            .and_then(|octets| octets.try_into().ok())
            .map(Self)
            .ok_or_else(|| "not `sha256:` and 64 hexadecimal digits in lower case".to_owned())
    }
}

/// The hash of everything that a zone file says but for the serial.
pub fn zone_hash(zone: &Zone) -> Hash {
    let mut hasher = Hasher::new(zone.origin().borrow());
    for set in zone.sets() {
        if set.rtype() == RecordType::SOA {
            let own = without_serial(set.rtype(), &set.to_record_set());
            let data = own.rdata.iter().map(AsRef::as_ref);
            hasher.set(set.owner(), set.rtype(), own.ttl, data);
        } else {
            hasher.set(set.owner(), set.rtype(), set.ttl(), set.rdata());
        }
    }
    hasher.finish()
}

/// The hash of what a provider holds and can be planned: neither the serial, nor a signer's own records, nor what
/// `rules` leave alone, nor how texts are cut.
///
/// What can be planned is what a plan would delete that wants nothing, and the SOA where it can be set. So it is the
/// difference itself that says what is ignored.
pub fn base_hash(current: &Zone, rules: &DiffRules) -> Hash {
    let origin = current.origin();
    let mut hasher = Hasher::new(origin.borrow());
    let soa = current
        .get(origin.borrow(), RecordType::SOA)
        .filter(|_| rules.soa == Soa::Settable);
    if let Some(soa) = soa {
        let own = without_serial(RecordType::SOA, &soa.to_record_set());
        let data = own.rdata.iter().map(AsRef::as_ref);
        hasher.set(origin.borrow(), RecordType::SOA, own.ttl, data);
    }
    for change in diff(current, &Zone::empty(origin.clone()), rules).changes {
        if let Some(before) = change.before() {
            let key = change.key();
            let data = before.rdata.iter().map(AsRef::as_ref);
            hasher.set(key.owner.borrow(), key.rtype, before.ttl, data);
        }
    }
    hasher.finish()
}

/// Octets so laid out that no two zones give the same: every part has a fixed length or says its own.
struct Hasher(Context);

impl Hasher {
    fn new(origin: NameRef<'_>) -> Self {
        let mut context = Context::new(&SHA256);
        context.update(b"zone 1\n");
        context.update(origin.wire());
        Self(context)
    }

    fn set<'a>(
        &mut self,
        owner: NameRef<'_>,
        rtype: RecordType,
        ttl: u32,
        data: impl Iterator<Item = &'a [u8]>,
    ) {
        let mut data: Vec<Cow<'a, [u8]>> =
            data.map(|octets| rdata::content(rtype, octets)).collect();
        data.sort_unstable();
        self.0.update(owner.wire());
        self.0.update(&rtype.0.to_be_bytes());
        self.0.update(&ttl.to_be_bytes());
        self.0.update(&(data.len() as u32).to_be_bytes());
        for octets in data {
            self.0.update(&(octets.len() as u32).to_be_bytes());
            self.0.update(&octets);
        }
    }

    fn finish(self) -> Hash {
        Hash::from_digest(self.0.finish().as_ref())
    }
}
