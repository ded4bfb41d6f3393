//! Zones signed on the spot, with keys that come from a number.

mod chain;
mod denial;
mod judge;

use ring::signature::{Ed25519KeyPair, KeyPair};

use super::key::Key;
use super::signature::{Invalid, Signature};
use super::signed::{Said, SignedSet};
use crate::verdict::Question;
use crate::zone::{Name, RecordType, rdata};

/// 2026-11-30, noon.
pub(super) const NOW: u32 = 1_796_040_000;
pub(super) const DAY: u32 = 86_400;

pub(super) fn name(text: &str) -> Name {
    Name::absolute(text).expect("a name in a test")
}

pub(super) fn question(owner: &str, rtype: RecordType) -> Question {
    Question {
        name: name(owner),
        rtype,
    }
}

/// A zone with one key of Ed25519 (algorithm 15).
pub(super) struct Maker {
    pub(super) zone: Name,
    pair: Ed25519KeyPair,
}

impl Maker {
    pub(super) fn new(zone: &str, seed: u8) -> Self {
        Self {
            zone: name(zone),
            pair: Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).expect("any seed will do"),
        }
    }

    pub(super) fn key_data(&self) -> Box<[u8]> {
        let mut data = vec![1, 1, 3, 15];
        data.extend_from_slice(self.pair.public_key().as_ref());
        data.into()
    }

    pub(super) fn key(&self) -> Key {
        Key::read(&self.key_data()).expect("a zone's key")
    }

    /// The DS record for its key, with SHA-256.
    pub(super) fn ds_data(&self) -> Box<[u8]> {
        let mut octets = self.zone.borrow().wire().to_vec();
        octets.extend_from_slice(&self.key_data());
        let digest = ring::digest::digest(&ring::digest::SHA256, &octets);
        let mut data = self.key().tag.to_be_bytes().to_vec();
        data.extend([15, 2]);
        data.extend_from_slice(digest.as_ref());
        data.into()
    }

    /// Signs a set as if it stood at `source`, which is its owner or the wildcard that it is made from.
    pub(super) fn sign(&self, set: &mut SignedSet, source: &str, until: u32) {
        let labels = source.trim_end_matches('.').split('.');
        let labels = labels
            .filter(|label| !label.is_empty() && *label != "*")
            .count();
        let mut data = set.rtype.0.to_be_bytes().to_vec();
        data.extend([15, labels as u8]);
        data.extend(set.ttl.to_be_bytes());
        data.extend(until.to_be_bytes());
        data.extend((NOW - DAY).to_be_bytes());
        data.extend(self.key().tag.to_be_bytes());
        data.extend_from_slice(self.zone.borrow().wire());
        let unsigned = Signature::read(&data).expect("an RRSIG");
        data.extend_from_slice(self.pair.sign(&unsigned.covered_octets(set)).as_ref());
        set.signatures
            .push(Signature::read(&data).expect("an RRSIG"));
    }

    /// A set with data in presentation format, signed for a month.
    pub(super) fn set(&self, owner: &str, rtype: RecordType, data: &[&str]) -> SignedSet {
        let mut set = unsigned(owner, rtype, data);
        self.sign(&mut set, owner, NOW + 30 * DAY);
        set
    }

    /// Its DNSKEY set with `others` in it, signed by its own key.
    pub(super) fn keys(&self, others: &[&Self]) -> SignedSet {
        let mut set = unsigned(&self.zone.to_string(), RecordType::DNSKEY, &[]);
        set.rdata.push(self.key_data());
        set.rdata
            .extend(others.iter().map(|other| other.key_data()));
        set.rdata.sort_unstable();
        self.sign(&mut set, &self.zone.to_string(), NOW + 30 * DAY);
        set
    }
}

pub(super) fn unsigned(owner: &str, rtype: RecordType, data: &[&str]) -> SignedSet {
    let mut rdata: Vec<Box<[u8]>> = data
        .iter()
        .map(|text| {
            let data = rdata::from_text(rtype, text, None).expect("data in a test");
            data.into()
        })
        .collect();
    rdata.sort_unstable();
    SignedSet {
        owner: name(owner),
        rtype,
        ttl: 3600,
        rdata,
        signatures: Vec::new(),
    }
}

pub(super) fn said(rcode: u16, answer: Vec<SignedSet>, authority: Vec<SignedSet>) -> Said {
    Said {
        rcode,
        authoritative: true,
        answer,
        authority,
    }
}

#[test]
fn a_signature_counts_for_its_set_key_and_time_alone() {
    let maker = Maker::new("example.", 1);
    let keys = [maker.key()];
    let zone = name("example.");
    let mut set = maker.set("www.example.", RecordType::A, &["192.0.2.1", "192.0.2.2"]);
    let signature = set.signatures[0].clone();
    let verify = |set: &SignedSet, now: u32| {
        signature
            .verify(set, &keys, zone.borrow(), now)
            .map(|key| key.tag)
    };
    assert_eq!(verify(&set, NOW), Ok(maker.key().tag));
    assert_eq!(verify(&set, NOW + 31 * DAY), Err(Invalid::Expired(DAY)));
    assert_eq!(verify(&set, NOW - 2 * DAY), Err(Invalid::NotYet(DAY)));
    let other = [Maker::new("example.", 2).key()];
    assert_eq!(
        signature
            .verify(&set, &other, zone.borrow(), NOW)
            .map(|_| ()),
        Err(Invalid::NoKey(maker.key().tag))
    );
    assert_eq!(
        signature
            .verify(&set, &keys, name("www.example.").borrow(), NOW)
            .map(|_| ()),
        Err(Invalid::Misplaced)
    );
    set.rdata[0][3] = 9;
    assert_eq!(verify(&set, NOW), Err(Invalid::Wrong(maker.key().tag)));
    set.owner = name("ww2.example.");
    assert_eq!(verify(&set, NOW), Err(Invalid::Wrong(maker.key().tag)));
}

#[test]
fn a_wildcards_signature_counts_for_what_it_expands_to() {
    let maker = Maker::new("example.", 1);
    let keys = [maker.key()];
    let zone = name("example.");
    for (owner, source, expanded, counts) in [
        ("a.wild.example.", "*.wild.example.", true, true),
        ("a.b.wild.example.", "*.wild.example.", true, true),
        ("*.wild.example.", "*.wild.example.", false, true),
        ("*.b.wild.example.", "*.wild.example.", true, true),
        ("wild.example.", "*.wild.example.", false, false),
    ] {
        let mut set = unsigned(source, RecordType::TXT, &["\"here\""]);
        maker.sign(&mut set, source, NOW + DAY);
        set.owner = name(owner);
        let signature = &set.signatures[0];
        assert_eq!(
            signature.is_expanded(set.owner.borrow()),
            expanded,
            "{owner}"
        );
        let verified = signature.verify(&set, &keys, zone.borrow(), NOW);
        assert_eq!(verified.is_ok(), counts, "{owner}");
    }
}

#[test]
fn times_wrap_around_as_rfc_1982_says() {
    let maker = Maker::new("example.", 1);
    let mut set = unsigned("example.", RecordType::A, &["192.0.2.1"]);
    maker.sign(&mut set, "example.", NOW.wrapping_add(0x7fff_0000));
    let signature = &set.signatures[0];
    assert_eq!(signature.remaining(NOW), 0x7fff_0000);
    assert!(signature.remaining(signature.expiration.wrapping_add(5)) == -5);
}
