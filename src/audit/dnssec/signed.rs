//! What a response says, with the signatures over it.

use super::signature::Signature;
use crate::verdict::Malformed;
use crate::zone::message::{MessageRef, RecordRef, Section};
use crate::zone::{Name, NameRef, RecordType, rdata};

/// Class IN.
const IN: u16 = 1;

/// An `RRset` as one server gave it, in the form that signatures cover.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SignedSet {
    /// Owner name.
    pub owner: Name,
    /// Record type.
    pub rtype: RecordType,
    /// The lowest TTL met, in seconds.
    pub ttl: u32,
    /// RDATA in the canonical form of RFC 4034, section 6.2, sorted, without repetition.
    pub rdata: Vec<Box<[u8]>>,
    /// The RRSIGs over it.
    pub signatures: Vec<Signature>,
}

/// A response in the terms that validation needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// RCODE.
    pub rcode: u16,
    /// AA.
    pub authoritative: bool,
    /// The answer section.
    pub answer: Vec<SignedSet>,
    /// The authority section.
    pub authority: Vec<SignedSet>,
}

impl Said {
    /// Takes a response apart.
    pub fn read(message: &MessageRef<'_>) -> Result<Self, Malformed> {
        let records: Vec<RecordRef<'_>> = message.records().collect::<Result<_, _>>()?;
        Ok(Self {
            rcode: message.rcode(),
            authoritative: message.aa(),
            answer: sets(&records, Section::Answer)?,
            authority: sets(&records, Section::Authority)?,
        })
    }

    /// The set of `owner` and `rtype` in the answer section.
    pub fn answered(&self, owner: NameRef<'_>, rtype: RecordType) -> Option<&SignedSet> {
        self.answer
            .iter()
            .find(|set| set.rtype == rtype && set.owner.borrow() == owner)
    }

    /// Sets of one type in the authority section.
    pub fn beside(&self, rtype: RecordType) -> impl Iterator<Item = &SignedSet> {
        self.authority.iter().filter(move |set| set.rtype == rtype)
    }
}

fn sets(records: &[RecordRef<'_>], section: Section) -> Result<Vec<SignedSet>, Malformed> {
    let mut sets: Vec<SignedSet> = Vec::new();
    let mut signatures: Vec<(Name, Signature)> = Vec::new();
    let here = records
        .iter()
        .filter(|record| record.section == section && record.class == IN);
    for record in here {
        let (owner, rtype) = (record.owner()?, record.rtype);
        let octets = signed_form(record)?;
        if rtype == RecordType::RRSIG {
            let signature = Signature::read(&octets).ok_or(Malformed::Data(rtype))?;
            signatures.push((owner, signature));
            continue;
        }
        let known = sets
            .iter_mut()
            .find(|set| set.rtype == rtype && set.owner == owner);
        match known {
            Some(set) => {
                set.ttl = set.ttl.min(record.ttl);
                set.rdata.push(octets);
            }
            None => sets.push(SignedSet {
                owner,
                rtype,
                ttl: record.ttl,
                rdata: vec![octets],
                signatures: Vec::new(),
            }),
        }
    }
    for set in &mut sets {
        set.rdata.sort_unstable();
        set.rdata.dedup();
        let own = |(owner, signature): &&(Name, Signature)| {
            *owner == set.owner && signature.covered == set.rtype
        };
        set.signatures = signatures
            .iter()
            .filter(own)
            .map(|(_, signature)| signature.clone())
            .collect();
    }
    Ok(sets)
}

/// The octets that a signature covers: names are expanded and in lower case in the types of RFC 4034, section 6.2,
/// and stay as they are in all others, NSEC included (RFC 6840, section 5.1).
fn signed_form(record: &RecordRef<'_>) -> Result<Box<[u8]>, Malformed> {
    use RecordType as T;
    let has_canonical_names = matches!(
        record.rtype,
        T::NS
            | T::MD
            | T::MF
            | T::CNAME
            | T::SOA
            | T::MB
            | T::MG
            | T::MR
            | T::PTR
            | T::MINFO
            | T::MX
            | T::RP
            | T::AFSDB
            | T::RT
            | T::SIG
            | T::PX
            | T::NXT
            | T::NAPTR
            | T::KX
            | T::SRV
            | T::DNAME
            | T::A6
            | T::RRSIG
    );
    if !has_canonical_names {
        return Ok(record.message()[record.rdata.clone()].into());
    }
    let mut octets = Vec::with_capacity(record.rdata.len());
    rdata::from_message(
        record.rtype,
        record.message(),
        record.rdata.clone(),
        &mut octets,
    )
    .map_err(|_| Malformed::Data(record.rtype))?;
    Ok(octets.into())
}
