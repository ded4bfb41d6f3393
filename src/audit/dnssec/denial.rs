//! Whether NSEC and NSEC3 records prove what a negative answer claims (RFC 4035, section 5.4; RFC 5155, section 8;
//! RFC 9824 for compact denial).

use data_encoding::BASE32HEX_NOPAD;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use super::signature::last_labels;
use super::signed::SignedSet;
use crate::verdict::Question;
use crate::zone::{Name, NameRef, RecordType, wire_length};

/// What is claimed about a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// The name does not exist.
    NxDomain,
    /// The name exists, the type does not.
    NoData,
    /// The name does not exist, and a wildcard answers for it: the one right below the name of so many labels.
    Expanded(usize),
}

/// Whether `sets`, each of them valid already, prove the claim in the zone at `apex`. The error says what is missing,
/// as the end of a sentence that starts with the answer.
pub(super) fn prove(
    claim: Claim,
    question: &Question,
    apex: NameRef<'_>,
    sets: &[&SignedSet],
) -> Result<(), String> {
    let of = |rtype| sets.iter().filter(move |set| set.rtype == rtype);
    let plain: Vec<Nsec<'_>> = of(RecordType::NSEC)
        .filter_map(|set| Nsec::read(set))
        .collect();
    if !plain.is_empty() {
        return by_names(claim, question, &plain);
    }
    let hashed: Vec<Nsec3> = of(RecordType::NSEC3)
        .filter_map(|set| Nsec3::read(set))
        .collect();
    match hashed.first() {
        Some(first) => by_hashes(claim, question, apex, &hashed, first),
        None => Err("has no NSEC or NSEC3 record that is valid".to_owned()),
    }
}

/// Whether a type bitmap (RFC 4034, section 4.1.2) has the type.
pub(super) fn has_type(bitmap: &[u8], rtype: RecordType) -> bool {
    let [window, low] = rtype.0.to_be_bytes();
    let mut rest = bitmap;
    while let Some((&[number, length], tail)) = rest.split_first_chunk() {
        let Some((octets, next)) = tail.split_at_checked(usize::from(length)) else {
            return false;
        };
        if number == window {
            let octet = octets.get(usize::from(low / 8)).copied().unwrap_or(0);
            return octet & (0x80 >> (low % 8)) != 0;
        }
        rest = next;
    }
    false
}

/// A name that exists, what it has, and the next one.
pub(super) struct Nsec<'a> {
    /// The name.
    pub(super) owner: NameRef<'a>,
    /// The next one in canonical order.
    pub(super) next: Name,
    /// Its types.
    pub(super) bitmap: &'a [u8],
}

impl<'a> Nsec<'a> {
    /// Reads one; `None` where its data make no sense.
    pub(super) fn read(set: &'a SignedSet) -> Option<Self> {
        let rdata = set.rdata.first()?;
        let length = wire_length(rdata).ok()?;
        Some(Self {
            owner: set.owner.borrow(),
            next: Name::from_wire(&rdata[..length]).ok()?,
            bitmap: &rdata[length..],
        })
    }

    /// Whether it says that nothing exists at `name`; the last of a zone leads back to the apex.
    fn covers(&self, name: NameRef<'_>) -> bool {
        let next = self.next.borrow();
        if self.owner < next {
            self.owner < name && name < next
        } else {
            self.owner < name && name.is_at_or_below(next)
        }
    }

    /// Whether it is the parent's side of a zone cut, which says nothing about names below it.
    fn is_above_a_cut(&self) -> bool {
        has_type(self.bitmap, RecordType::NS) && !has_type(self.bitmap, RecordType::SOA)
    }
}

fn denies_type(bitmap: &[u8], rtype: RecordType) -> bool {
    !has_type(bitmap, rtype) && !has_type(bitmap, RecordType::CNAME)
}

/// How many labels, from the right, two names share.
fn shared(one: NameRef<'_>, other: NameRef<'_>) -> usize {
    let labels = |name: NameRef<'_>| name.labels().count();
    (0..=labels(one).min(labels(other)))
        .rev()
        .find(|&count| last_labels(one, count) == last_labels(other, count))
        .unwrap_or(0)
}

fn by_names(claim: Claim, question: &Question, all: &[Nsec<'_>]) -> Result<(), String> {
    let qname = question.name.borrow();
    let at = |name: NameRef<'_>| all.iter().find(|nsec| nsec.owner == name);
    let cover = |name: NameRef<'_>| {
        let usable = |nsec: &&Nsec<'_>| {
            nsec.covers(name) && !(nsec.is_above_a_cut() && name.is_at_or_below(nsec.owner))
        };
        all.iter().find(usable)
    };
    if claim == Claim::NoData
        && let Some(nsec) = at(qname)
    {
        return if denies_type(nsec.bitmap, question.rtype) {
            Ok(())
        } else {
            Err(format!(
                "has an NSEC record by which `{}` has {}",
                question.name, question.rtype
            ))
        };
    }
    let Some(covering) = cover(qname) else {
        return Err(format!(
            "has no NSEC record that covers `{}`",
            question.name
        ));
    };
    if let Claim::Expanded(_) = claim {
        return Ok(());
    }
    if claim == Claim::NoData && covering.next.borrow().is_at_or_below(qname) {
        // An empty non-terminal: the next name lies below it.
        return Ok(());
    }
    let encloser = shared(qname, covering.owner).max(shared(qname, covering.next.borrow()));
    let wildcard = last_labels(qname, encloser)
        .child(b"*")
        .map_err(|error| format!("is about a name without a wildcard: {error}"))?;
    match claim {
        Claim::NoData => match at(wildcard.borrow()) {
            Some(nsec) if denies_type(nsec.bitmap, question.rtype) => Ok(()),
            Some(_) => Err(format!(
                "has an NSEC record by which `{wildcard}` has {}",
                question.rtype
            )),
            None => Err(format!(
                "says that `{}` exists, and its NSEC records say that it does not",
                question.name
            )),
        },
        _ if cover(wildcard.borrow()).is_some() => Ok(()),
        _ => Err(format!(
            "has no NSEC record that covers the wildcard `{wildcard}`"
        )),
    }
}

/// A hash that exists, what the name behind it has, and the next one.
pub(super) struct Nsec3 {
    /// The hash of the name.
    pub(super) hash: Vec<u8>,
    /// The next one.
    pub(super) next: Vec<u8>,
    /// Its types.
    pub(super) bitmap: Vec<u8>,
    /// Whether names without DS may stand in between unseen (RFC 5155, section 6).
    pub(super) opt_out: bool,
    /// Rounds of hashing beyond the first; 0 is what RFC 9276 asks for.
    pub(super) iterations: u16,
    /// What is mixed in; nothing is what RFC 9276 asks for.
    pub(super) salt: Vec<u8>,
}

impl Nsec3 {
    /// Reads one; `None` where its data make no sense or the hash is none that is known.
    pub(super) fn read(set: &SignedSet) -> Option<Self> {
        let label = set.owner.borrow().labels().next()?;
        let hash = BASE32HEX_NOPAD.decode(&label.to_ascii_uppercase()).ok()?;
        let rdata = set.rdata.first()?;
        let (&[algorithm, flags, i0, i1, salt_length], rest) = rdata.split_first_chunk()?;
        let (salt, rest) = rest.split_at_checked(usize::from(salt_length))?;
        let (&length, rest) = rest.split_first()?;
        let (next, bitmap) = rest.split_at_checked(usize::from(length))?;
        (algorithm == 1).then(|| Self {
            hash,
            next: next.to_vec(),
            bitmap: bitmap.to_vec(),
            opt_out: flags & 1 != 0,
            iterations: u16::from_be_bytes([i0, i1]),
            salt: salt.to_vec(),
        })
    }

    fn covers(&self, hash: &[u8]) -> bool {
        let (own, next) = (self.hash.as_slice(), self.next.as_slice());
        if own < next {
            own < hash && hash < next
        } else {
            own < hash || hash < next
        }
    }

    /// The hash of `name` with these parameters (RFC 5155, section 5).
    pub(super) fn hash_of(&self, name: NameRef<'_>) -> Vec<u8> {
        let once = |octets: &[u8]| {
            let salted = [octets, &self.salt].concat();
            digest(&SHA1_FOR_LEGACY_USE_ONLY, &salted).as_ref().to_vec()
        };
        (0..self.iterations).fold(once(name.wire()), |hash, _| once(&hash))
    }
}

fn by_hashes(
    claim: Claim,
    question: &Question,
    apex: NameRef<'_>,
    all: &[Nsec3],
    first: &Nsec3,
) -> Result<(), String> {
    let qname = question.name.borrow();
    let at = |name: NameRef<'_>| {
        let hash = first.hash_of(name);
        all.iter().find(move |nsec| nsec.hash == hash)
    };
    let cover = |name: NameRef<'_>| {
        let hash = first.hash_of(name);
        all.iter().find(move |nsec| nsec.covers(&hash))
    };
    if claim == Claim::NoData
        && let Some(nsec) = at(qname)
    {
        return if denies_type(&nsec.bitmap, question.rtype) {
            Ok(())
        } else {
            Err(format!(
                "has an NSEC3 record by which `{}` has {}",
                question.name, question.rtype
            ))
        };
    }
    let labels = qname.labels().count();
    let encloser = match claim {
        Claim::Expanded(encloser) => encloser,
        _ => (apex.labels().count()..labels)
            .rev()
            .find(|&count| at(last_labels(qname, count)).is_some())
            .ok_or_else(|| {
                format!(
                    "has no NSEC3 record for a name that encloses `{}`",
                    question.name
                )
            })?,
    };
    let closer = last_labels(qname, encloser + 1);
    let Some(covering) = cover(closer) else {
        return Err(format!(
            "has no NSEC3 record that covers `{}`",
            closer.to_name()
        ));
    };
    let wildcard = last_labels(qname, encloser)
        .child(b"*")
        .map_err(|error| format!("is about a name without a wildcard: {error}"))?;
    match claim {
        Claim::Expanded(_) => Ok(()),
        // Opt-out hides delegations without DS (RFC 5155, section 8.6).
        Claim::NoData if question.rtype == RecordType::DS && covering.opt_out => Ok(()),
        Claim::NoData => match at(wildcard.borrow()) {
            Some(nsec) if denies_type(&nsec.bitmap, question.rtype) => Ok(()),
            Some(_) => Err(format!(
                "has an NSEC3 record by which `{wildcard}` has {}",
                question.rtype
            )),
            None => Err(format!(
                "says that `{}` exists, and its NSEC3 records say that it does not",
                question.name
            )),
        },
        Claim::NxDomain if cover(wildcard.borrow()).is_some() => Ok(()),
        Claim::NxDomain => Err(format!(
            "has no NSEC3 record that covers the wildcard `{wildcard}`"
        )),
    }
}
