//! Trust from an anchor down to the audited zone (RFC 4035, section 5.2).

use super::denial::{Claim, prove};
use super::key::{Ds, Key};
use super::signature::Invalid;
use super::signed::{Said, SignedSet};
use crate::verdict::Question;
use crate::zone::{Name, NameRef, RecordType};

/// A key that is trusted to begin with: the root's, or that of a zone of one's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// Whose key it is.
    pub zone: Name,
    /// What it has to be.
    pub promise: Promise,
}

/// What a key has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Promise {
    /// Of this digest.
    Digest(Ds),
    /// This one.
    Key(Key),
}

impl Promise {
    /// Whether `key` of `zone` is the one.
    pub fn is_of(&self, key: &Key, zone: NameRef<'_>) -> bool {
        match self {
            Self::Digest(ds) => ds.is_of(key, zone),
            Self::Key(own) => own.rdata == key.rdata,
        }
    }

    /// Tag and algorithm of the key.
    pub fn label(&self) -> String {
        match self {
            Self::Digest(ds) => ds.to_string(),
            Self::Key(key) => key.to_string(),
        }
    }
}

/// One zone on the way from the root to the audited one.
#[derive(Clone, Debug)]
pub struct Link {
    /// Its apex.
    pub zone: Name,
    /// What a server of its parent says to its DS; `None` for the root, and where nobody said anything.
    pub delegation: Option<Said>,
    /// What one of its own servers says to its DNSKEY.
    pub keys: Option<Said>,
}

/// What follows from the chain for the audited zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Its key has to be one of these.
    Secure(Vec<Promise>),
    /// Nothing has to be signed.
    Insecure {
        /// The zone from which on nothing has to be.
        at: Name,
        /// Why, as a sentence without a final period.
        why: String,
    },
    /// No validator accepts any answer.
    Bogus {
        /// Where the chain breaks.
        at: Name,
        /// Why, as a sentence without a final period.
        why: String,
    },
    /// No trust anchor is at or above the zone, as far as its chain is known.
    Unanchored,
    /// Some link is not known.
    Unknown {
        /// Which.
        at: Name,
        /// Why, as a sentence without a final period.
        why: String,
    },
}

/// Follows the chain from the lowest zone that has an anchor; `links` begin with the root and end with the audited
/// zone. `now` is in seconds since 1970.
pub fn follow(links: &[Link], anchors: &[Anchor], now: u32) -> Trust {
    let anchored = |link: &Link| anchors.iter().any(|anchor| anchor.zone == link.zone);
    let Some(start) = links.iter().rposition(anchored) else {
        return Trust::Unanchored;
    };
    let mut promises: Vec<Promise> = anchors
        .iter()
        .filter(|anchor| anchor.zone == links[start].zone)
        .map(|anchor| anchor.promise.clone())
        .collect();
    for pair in links[start..].windows(2) {
        let (above, below) = (&pair[0], &pair[1]);
        match step(above, below, &promises, now) {
            Ok(next) => promises = next,
            Err(end) => return end,
        }
    }
    Trust::Secure(promises)
}

/// The promises for `below`, or the end of the chain.
fn step(above: &Link, below: &Link, promises: &[Promise], now: u32) -> Result<Vec<Promise>, Trust> {
    let unknown = |link: &Link, why: &str| Trust::Unknown {
        at: link.zone.clone(),
        why: why.to_owned(),
    };
    let bogus = |link: &Link, why: String| Trust::Bogus {
        at: link.zone.clone(),
        why,
    };
    let Some(said) = &above.keys else {
        return Err(unknown(
            above,
            "none of its servers answered for its DNSKEY set",
        ));
    };
    let keys = trusted_keys(said, &above.zone, promises, now).map_err(|why| bogus(above, why))?;
    let Some(said) = &below.delegation else {
        let why = format!("no server of `{}` answered for its DS set", above.zone);
        return Err(unknown(below, &why));
    };
    let signer = above.zone.borrow();
    if let Some(set) = said.answered(below.zone.borrow(), RecordType::DS) {
        valid(set, &keys, signer, now)
            .map_err(|why| bogus(below, format!("its DS set is not valid: {why}")))?;
        let all: Vec<Ds> = set
            .rdata
            .iter()
            .filter_map(|rdata| Ds::read(rdata))
            .collect();
        let usable: Vec<Promise> = all
            .iter()
            .filter(|ds| ds.is_usable())
            .cloned()
            .map(Promise::Digest)
            .collect();
        if usable.is_empty() {
            return Err(Trust::Insecure {
                at: below.zone.clone(),
                why: "its DS records have algorithms that validators do not know".to_owned(),
            });
        }
        return Ok(usable);
    }
    let question = Question {
        name: below.zone.clone(),
        rtype: RecordType::DS,
    };
    let proofs: Vec<&SignedSet> = said
        .authority
        .iter()
        .filter(|set| valid(set, &keys, signer, now).is_ok())
        .collect();
    match prove(Claim::NoData, &question, signer, &proofs) {
        Ok(()) => Err(Trust::Insecure {
            at: below.zone.clone(),
            why: format!("`{}` has no DS record for it", above.zone),
        }),
        Err(why) => Err(bogus(
            below,
            format!("that it has no DS is not proved: the answer {why}"),
        )),
    }
}

/// Every usable key of a zone, if one of them that is promised signed them all.
pub(super) fn trusted_keys(
    said: &Said,
    zone: &Name,
    promises: &[Promise],
    now: u32,
) -> Result<Vec<Key>, String> {
    let Some(set) = said.answered(zone.borrow(), RecordType::DNSKEY) else {
        return Err("it has no DNSKEY set".to_owned());
    };
    let keys: Vec<Key> = set
        .rdata
        .iter()
        .filter_map(|rdata| Key::read(rdata))
        .collect();
    let promised: Vec<Key> = keys
        .iter()
        .filter(|key| {
            promises
                .iter()
                .any(|promise| promise.is_of(key, zone.borrow()))
        })
        .cloned()
        .collect();
    if promised.is_empty() {
        let labels: Vec<String> = promises.iter().map(Promise::label).collect();
        return Err(format!(
            "none of its keys is what the DS set promises: {}",
            labels.join(", ")
        ));
    }
    match valid(set, &promised, zone.borrow(), now) {
        Ok(()) => Ok(keys),
        Err(why) => Err(format!(
            "its DNSKEY set is not signed by a key that the DS set promises: {why}"
        )),
    }
}

/// Whether one signature over the set counts; otherwise what is the matter with the best of them.
pub(super) fn valid(
    set: &SignedSet,
    keys: &[Key],
    signer: NameRef<'_>,
    now: u32,
) -> Result<(), String> {
    let mut faults: Vec<Invalid> = Vec::new();
    for signature in &set.signatures {
        match signature.verify(set, keys, signer, now) {
            Ok(_) => return Ok(()),
            Err(fault) => faults.push(fault),
        }
    }
    faults.sort_unstable();
    Err(match faults.first() {
        None => "it has no signature".to_owned(),
        Some(fault) => format!("its signature is {fault}"),
    })
}
