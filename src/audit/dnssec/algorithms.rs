//! Whether algorithms are the same everywhere, complete and still allowed (SEC03), and NSEC3 is as plain as RFC 9276
//! asks (SEC06).

use std::collections::{BTreeMap, BTreeSet};

use super::chain::{Promise, Trust};
use super::denial::Nsec3;
use super::judge::{Examined, Signer};
use super::key::{algorithm, is_outdated};
use super::tally::Tally;
use crate::zone::{RecordType, Severity};

/// The fewest bits of an RSA modulus that are worth having (NIST SP 800-131A, revision 2).
const RSA_BITS: usize = 2048;

/// Above this, validators treat a zone as unsigned or fail (RFC 9276, section 3.2).
const MOST_ITERATIONS: u16 = 100;

pub(super) fn judge(
    signers: &[Signer<'_>],
    examined: &Examined<'_>,
    fault: Severity,
    tally: &mut Tally,
) {
    let mut groups: BTreeMap<BTreeSet<u8>, Vec<usize>> = BTreeMap::new();
    for signer in signers.iter().filter(|signer| signer.set.is_some()) {
        let own: BTreeSet<u8> = signer.keys.iter().map(|key| key.algorithm).collect();
        incomplete(signer, examined, &own, fault, tally);
        weak(signer, tally);
        nsec3(signer, examined, fault, tally);
        groups.entry(own).or_default().push(signer.index);
    }
    if groups.len() > 1 {
        for (own, servers) in &groups {
            let names: Vec<String> = own.iter().map(|&number| algorithm(number)).collect();
            let what = format!(
                "the keys here are of {}, those of other servers are not the same: all providers of a zone \
                 have to sign with the same algorithms (RFC 8901, section 4)",
                names.join(" and ")
            );
            tally.servers("SEC03", fault, what, servers.iter().copied());
        }
    }
    if let Trust::Secure(promises) = examined.trust {
        for promise in promises {
            if let Promise::Digest(ds) = promise
                && ds.digest_type == 1
            {
                let what = format!(
                    "the DS {ds} at the parent is a SHA-1 digest, which RFC 9905 has everybody replace"
                );
                tally.servers("SEC03", Severity::Warning, what, []);
            }
        }
    }
}

/// Every algorithm of the keys signs every set (RFC 4035, section 2.2; RFC 6840, section 5.11).
fn incomplete(
    signer: &Signer<'_>,
    examined: &Examined<'_>,
    own: &BTreeSet<u8>,
    fault: Severity,
    tally: &mut Tally,
) {
    if own.len() < 2 {
        return;
    }
    let answers = examined
        .witnesses
        .iter()
        .filter(|witness| witness.nameserver == signer.index);
    for witness in answers {
        let question = &witness.question;
        let Some(set) = witness
            .said
            .answered(question.name.borrow(), question.rtype)
        else {
            continue;
        };
        // Without any signature it is SEC01's.
        if set.signatures.is_empty() {
            continue;
        }
        let signing: BTreeSet<u8> = set.signatures.iter().map(|one| one.algorithm).collect();
        for &missing in own.difference(&signing) {
            let what = format!(
                "it has no signature of {}, of which the zone has a key (RFC 6840, section 5.11)",
                algorithm(missing)
            );
            tally.answer("SEC03", fault, what, signer.index, question);
        }
    }
}

fn weak(signer: &Signer<'_>, tally: &mut Tally) {
    for key in &signer.keys {
        if is_outdated(key.algorithm) {
            let what = format!(
                "key {key} is of an algorithm that no zone may be signed with any more (RFC 9904 to 9906): \
                 validators are free to treat the zone as unsigned"
            );
            tally.servers("SEC03", Severity::Warning, what, [signer.index]);
        }
        if let Some(bits) = key.rsa_bits().filter(|&bits| bits < RSA_BITS) {
            let what = format!("key {key} has {bits} bits, fewer than {RSA_BITS}");
            tally.servers("SEC03", Severity::Warning, what, [signer.index]);
        }
    }
}

fn nsec3(signer: &Signer<'_>, examined: &Examined<'_>, fault: Severity, tally: &mut Tally) {
    let records = examined
        .witnesses
        .iter()
        .filter(|witness| witness.nameserver == signer.index)
        .flat_map(|witness| witness.said.beside(RecordType::NSEC3))
        .filter_map(Nsec3::read);
    let parameters: BTreeSet<(u16, Vec<u8>)> =
        records.map(|nsec| (nsec.iterations, nsec.salt)).collect();
    for (iterations, salt) in parameters {
        if iterations > 0 {
            let severity = if iterations > MOST_ITERATIONS {
                fault
            } else {
                Severity::Warning
            };
            let what = format!(
                "NSEC3 hashes {iterations} more times than once: zones have to use 0, and validators may \
                 treat more as unsigned or fail (RFC 9276, section 3)"
            );
            tally.servers("SEC06", severity, what, [signer.index]);
        }
        if !salt.is_empty() {
            let what = "NSEC3 has a salt, which does nothing for a zone (RFC 9276, section 3.1)";
            tally.servers("SEC06", Severity::Info, what, [signer.index]);
        }
    }
}
