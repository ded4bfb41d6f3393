//! What each server makes of the chain of trust, answer by answer.

use super::algorithms;
use super::chain::{Trust, trusted_keys};
use super::denial::{Claim, Nsec, Nsec3, has_type, prove};
use super::key::Key;
use super::servers;
use super::signature::span;
use super::signed::{Said, SignedSet};
use super::tally::Tally;
use super::verified::Verified;
use crate::verdict::{Nameserver, Question};
use crate::zone::{Finding, Name, RecordType, Severity};

/// Twelve hours, in seconds: what a signature has to last beyond the longest cache (Zonemaster's DNSSEC04 has the
/// same floor).
const MARGIN: i64 = 12 * 3600;

/// One server's answer to one question, asked with the DO bit.
#[derive(Clone, Debug)]
pub struct Witness {
    /// Index of the nameserver.
    pub nameserver: usize,
    /// What was asked.
    pub question: Question,
    /// What it said.
    pub said: Said,
}

/// A zone and what its servers said.
#[derive(Clone, Copy)]
pub struct Examined<'a> {
    /// Its apex.
    pub zone: &'a Name,
    /// Who was asked.
    pub nameservers: &'a [Nameserver],
    /// What the chain of trust promises.
    pub trust: &'a Trust,
    /// Answers with authority; who is silent is somebody else's finding.
    pub witnesses: &'a [Witness],
}

/// One server with its keys.
pub(super) struct Signer<'a> {
    /// Index of the nameserver.
    pub(super) index: usize,
    /// What it said to DNSKEY.
    pub(super) said: &'a Said,
    /// Its DNSKEY set; `None` where it serves the zone unsigned.
    pub(super) set: Option<&'a SignedSet>,
    /// The usable ones of its keys.
    pub(super) keys: Vec<Key>,
}

/// Findings of the family SEC. `now` is in seconds since 1970.
pub fn judge(examined: &Examined<'_>, now: u32) -> Vec<Finding> {
    let mut tally = Tally::default();
    let signers: Vec<Signer<'_>> = examined
        .witnesses
        .iter()
        .filter(|witness| {
            witness.question.rtype == RecordType::DNSKEY && witness.question.name == *examined.zone
        })
        .map(|witness| signer(witness, examined.zone))
        .collect();
    let fault = match examined.trust {
        Trust::Insecure { .. } | Trust::Unanchored => Severity::Warning,
        _ => Severity::Error,
    };
    trust(examined, &signers, now, &mut tally);
    let mut verified = Verified::new(examined.zone.borrow(), now);
    for signer in signers.iter().filter(|signer| signer.set.is_some()) {
        let own = examined
            .witnesses
            .iter()
            .filter(|witness| witness.nameserver == signer.index);
        for witness in own {
            signatures(examined, signer, witness, fault, &mut verified, &mut tally);
            denial(examined, signer, witness, fault, &mut verified, &mut tally);
        }
        expiry(examined, signer, now, &mut tally);
        bitmaps(examined, signer, fault, &mut tally);
    }
    servers::keys(&signers, examined, fault, &mut tally);
    servers::children(&signers, examined, fault, &mut tally);
    algorithms::judge(&signers, examined, fault, &mut tally);
    tally.findings(examined.nameservers)
}

fn signer<'a>(witness: &'a Witness, zone: &Name) -> Signer<'a> {
    let set = witness.said.answered(zone.borrow(), RecordType::DNSKEY);
    Signer {
        index: witness.nameserver,
        said: &witness.said,
        set,
        keys: set.map_or_else(Vec::new, |set| {
            set.rdata
                .iter()
                .filter_map(|rdata| Key::read(rdata))
                .collect()
        }),
    }
}

/// SEC01: what the chain says about the zone, and whether each server's keys fit it.
fn trust(examined: &Examined<'_>, signers: &[Signer<'_>], now: u32, tally: &mut Tally) {
    let unsigned = || {
        signers
            .iter()
            .filter(|signer| signer.set.is_none())
            .map(|signer| signer.index)
    };
    let is_signed = signers.iter().any(|signer| signer.set.is_some());
    match examined.trust {
        Trust::Secure(promises) => {
            if unsigned().next().is_some() {
                tally.servers(
                    "SEC01",
                    Severity::Error,
                    "the zone is served unsigned, and its parent has a DS for it: validating resolvers refuse these answers",
                    unsigned(),
                );
            }
            for signer in signers.iter().filter(|signer| signer.set.is_some()) {
                if let Err(why) = trusted_keys(signer.said, examined.zone, promises, now) {
                    tally.servers(
                        "SEC01",
                        Severity::Error,
                        format!("`{}`: {why}", examined.zone),
                        [signer.index],
                    );
                }
            }
        }
        Trust::Bogus { at, why } => tally.servers(
            "SEC01",
            Severity::Error,
            format!("the chain of trust breaks at `{at}`: {why}"),
            [],
        ),
        Trust::Unknown { at, why } => tally.servers(
            "SEC01",
            Severity::Warning,
            format!("the chain of trust could not be followed at `{at}`: {why}"),
            [],
        ),
        Trust::Insecure { .. } | Trust::Unanchored => {
            if is_signed && unsigned().next().is_some() {
                tally.servers(
                    "SEC01",
                    Severity::Warning,
                    "the zone is served unsigned by some servers and signed by others: it cannot get a DS like this",
                    unsigned(),
                );
            } else if is_signed {
                let why = match examined.trust {
                    Trust::Insecure { at, why } => format!("`{at}` is not secure: {why}"),
                    _ => "no trust anchor is above it here".to_owned(),
                };
                let what = format!("the zone is signed, and nobody validates it: {why}");
                tally.servers("SEC01", Severity::Info, what, []);
            }
        }
    }
}

/// The sets of an answer that the zone itself has to have signed: at the QNAME, and what denies.
fn own_sets<'a>(examined: &Examined<'_>, witness: &'a Witness) -> Vec<&'a SignedSet> {
    let apex = examined.zone.borrow();
    let qname = witness.question.name.borrow();
    let answered = witness
        .said
        .answer
        .iter()
        .filter(|set| set.owner.borrow() == qname && set.owner.borrow().is_at_or_below(apex));
    let is_denial = |rtype| {
        matches!(
            rtype,
            RecordType::SOA | RecordType::NSEC | RecordType::NSEC3
        )
    };
    let denying = witness
        .said
        .authority
        .iter()
        .filter(|set| is_denial(set.rtype) && set.owner.borrow().is_at_or_below(apex));
    answered.chain(denying).collect()
}

/// SEC01: every set has a signature that counts. One that ran out is SEC04's.
fn signatures<'a>(
    examined: &Examined<'a>,
    signer: &'a Signer<'_>,
    witness: &'a Witness,
    fault: Severity,
    verified: &mut Verified<'a>,
    tally: &mut Tally,
) {
    for set in own_sets(examined, witness) {
        // A CNAME that a DNAME makes is not signed (RFC 6672, section 5.3.1).
        let is_made = set.rtype == RecordType::CNAME
            && set.signatures.is_empty()
            && witness
                .said
                .answer
                .iter()
                .any(|other| other.rtype == RecordType::DNAME);
        if is_made {
            continue;
        }
        let Err(why) = verified.valid(set, &signer.keys) else {
            continue;
        };
        let only_late = !set.signatures.is_empty()
            && set
                .signatures
                .iter()
                .all(|signature| signature.remaining(verified.now()) < 0);
        let code = if only_late { "SEC04" } else { "SEC01" };
        let question = Question {
            name: set.owner.clone(),
            rtype: set.rtype,
        };
        tally.answer(code, fault, why, signer.index, &question);
    }
}

/// SEC06: what is denied is proved.
fn denial<'a>(
    examined: &Examined<'a>,
    signer: &'a Signer<'_>,
    witness: &'a Witness,
    fault: Severity,
    verified: &mut Verified<'a>,
    tally: &mut Tally,
) {
    let (said, question) = (&witness.said, &witness.question);
    let qname = question.name.borrow();
    let at_qname = said.answer.iter().find(|set| set.owner.borrow() == qname);
    let claim = match (said.rcode, at_qname) {
        (0, None) if said.answer.is_empty() => Claim::NoData,
        (3, None) if said.answer.is_empty() => Claim::NxDomain,
        (_, Some(set)) => {
            let expanded = set
                .signatures
                .iter()
                .find(|signature| signature.is_expanded(qname));
            match expanded {
                Some(signature) => Claim::Expanded(usize::from(signature.labels)),
                None => return,
            }
        }
        _ => return,
    };
    let apex = examined.zone.borrow();
    let proofs: Vec<&SignedSet> = said
        .authority
        .iter()
        .filter(|set| verified.valid(set, &signer.keys).is_ok())
        .collect();
    if let Err(why) = prove(claim, question, apex, &proofs) {
        // Signers that work online leave these empty without a word (Knot DNS 3.2.6 with mod-onlinesign, seen
        // 2026-11-30): nobody but the parent asks for them, and it then does nothing.
        let is_for_parent = matches!(question.rtype, RecordType::CDS | RecordType::CDNSKEY);
        let severity = if is_for_parent && said.authority.is_empty() {
            Severity::Warning
        } else {
            fault
        };
        tally.answer(
            "SEC06",
            severity,
            format!("the answer {why}"),
            signer.index,
            question,
        );
    }
}

/// SEC04: how long the signatures of one server still count.
fn expiry(examined: &Examined<'_>, signer: &Signer<'_>, now: u32, tally: &mut Tally) {
    let own = examined
        .witnesses
        .iter()
        .filter(|witness| witness.nameserver == signer.index)
        .flat_map(|witness| own_sets(examined, witness));
    let soonest = own
        .flat_map(|set| {
            set.signatures
                .iter()
                .map(move |signature| (signature.remaining(now), set))
        })
        .filter(|(remaining, set)| {
            let ttl = set
                .signatures
                .iter()
                .map(|signature| signature.original_ttl);
            (0..i64::from(ttl.max().unwrap_or(0)) + MARGIN).contains(remaining)
        })
        .min_by_key(|(remaining, _)| *remaining);
    if let Some((remaining, set)) = soonest {
        let seconds = u32::try_from(remaining).unwrap_or(0);
        let question = Question {
            name: set.owner.clone(),
            rtype: set.rtype,
        };
        let what = format!(
            "its signature runs out in {}, less than its TTL and 12 h from now",
            span(seconds)
        );
        tally.answer("SEC04", Severity::Warning, what, signer.index, &question);
    }
}

/// SEC06: a bitmap denies nothing that the same server answers (the outage of Slack in 2021 was one that did).
fn bitmaps(examined: &Examined<'_>, signer: &Signer<'_>, fault: Severity, tally: &mut Tally) {
    let own: Vec<&Witness> = examined
        .witnesses
        .iter()
        .filter(|witness| witness.nameserver == signer.index)
        .collect();
    let denying = |rtype| {
        own.iter()
            .flat_map(move |witness| witness.said.beside(rtype))
    };
    let plain: Vec<Nsec<'_>> = denying(RecordType::NSEC).filter_map(Nsec::read).collect();
    let hashed: Vec<Nsec3> = denying(RecordType::NSEC3).filter_map(Nsec3::read).collect();
    let apex = examined.zone.borrow();
    for set in own.iter().flat_map(|witness| &witness.said.answer) {
        let owner = set.owner.borrow();
        // What a wildcard answers stands in the bitmap of the wildcard.
        let source: Name = match set.signatures.first() {
            _ if !owner.is_at_or_below(apex) => continue,
            Some(signature) if signature.is_expanded(owner) => {
                let encloser = super::signature::last_labels(owner, usize::from(signature.labels));
                match encloser.child(b"*") {
                    Ok(name) => name,
                    Err(_) => continue,
                }
            }
            Some(_) => set.owner.clone(),
            None => continue,
        };
        let by_name = plain
            .iter()
            .find(|nsec| nsec.owner == source.borrow())
            .map(|nsec| nsec.bitmap);
        let by_hash = || {
            let hash = hashed.first()?.hash_of(source.borrow());
            let nsec = hashed.iter().find(|nsec| nsec.hash == hash)?;
            Some(nsec.bitmap.as_slice())
        };
        let Some(bitmap) = by_name.or_else(by_hash) else {
            continue;
        };
        if !has_type(bitmap, set.rtype) {
            let question = Question {
                name: source,
                rtype: set.rtype,
            };
            let what = format!(
                "it is answered, and the proof for the same name says that there is no {}: \
                 resolvers that have cached the proof deny it (RFC 8198)",
                set.rtype
            );
            tally.answer("SEC06", fault, what, signer.index, &question);
        }
    }
}
