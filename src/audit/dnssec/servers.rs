//! Whether the servers have the same keys (SEC02) and tell the parent the same (SEC05).

use std::collections::{BTreeMap, BTreeSet};

use super::chain::Trust;
use super::judge::{Examined, Signer};
use super::key::{Ds, Key};
use super::tally::Tally;
use crate::verdict::Question;
use crate::zone::{RecordType, Severity};

/// SEC02: every server has every key, since a resolver takes the keys from one and the answers from another
/// (RFC 8901, section 2.1).
pub(super) fn keys(
    signers: &[Signer<'_>],
    examined: &Examined<'_>,
    fault: Severity,
    tally: &mut Tally,
) {
    let signed: Vec<&Signer<'_>> = signers.iter().filter(|one| one.set.is_some()).collect();
    let all: BTreeMap<&[u8], &Key> = signed
        .iter()
        .flat_map(|signer| &signer.keys)
        .map(|key| (&*key.rdata, key))
        .collect();
    for (rdata, key) in &all {
        let lacking: Vec<usize> = signed
            .iter()
            .filter(|signer| !signer.keys.iter().any(|own| *own.rdata == **rdata))
            .map(|signer| signer.index)
            .collect();
        if !lacking.is_empty() {
            let what = format!(
                "key {key} is missing in the DNSKEY set, and other servers sign with it or have it: \
                 who takes the keys here refuses the answers of the others"
            );
            tally.answers(
                "SEC02",
                fault,
                &what,
                &lacking,
                &at_apex(examined, RecordType::DNSKEY),
            );
        }
    }
    if let Trust::Secure(promises) = examined.trust {
        for promise in promises {
            let is_had = all
                .values()
                .any(|key| promise.is_of(key, examined.zone.borrow()));
            if !is_had && !all.is_empty() {
                let what = format!(
                    "the DS {} at the parent is of no key that a server has",
                    promise.label()
                );
                tally.servers("SEC02", Severity::Info, what, []);
            }
        }
    }
}

fn at_apex(examined: &Examined<'_>, rtype: RecordType) -> Question {
    Question {
        name: examined.zone.clone(),
        rtype,
    }
}

/// The data that each server has of one type at the apex, in presentation order; nothing where it has none.
fn held<'a>(
    signers: &[Signer<'_>],
    examined: &Examined<'a>,
    rtype: RecordType,
) -> BTreeMap<usize, &'a [Box<[u8]>]> {
    let asked = examined.witnesses.iter().filter(|witness| {
        witness.question.rtype == rtype
            && witness.question.name == *examined.zone
            && signers.iter().any(|one| one.index == witness.nameserver)
    });
    asked
        .map(|witness| {
            let set = witness.said.answered(examined.zone.borrow(), rtype);
            (witness.nameserver, set.map_or(&[][..], |set| &set.rdata))
        })
        .collect()
}

/// SEC05: CDS, CDNSKEY and CSYNC are the same everywhere, and fit each other and the keys: a parent takes them from
/// whichever server it asks (RFC 7344, section 4.1; RFC 7477).
pub(super) fn children(
    signers: &[Signer<'_>],
    examined: &Examined<'_>,
    fault: Severity,
    tally: &mut Tally,
) {
    for rtype in [RecordType::CDS, RecordType::CDNSKEY, RecordType::CSYNC] {
        let held = held(signers, examined, rtype);
        let mut groups: BTreeMap<&[Box<[u8]>], Vec<usize>> = BTreeMap::new();
        for (&server, &rdata) in &held {
            groups.entry(rdata).or_default().push(server);
        }
        if groups.len() > 1 {
            // The smallest group is most likely the odd one.
            let odd = groups.values().min_by_key(|servers| servers.len());
            let what = format!(
                "the {rtype} set is not the same on all servers: a parent that acts on one of them would be misled"
            );
            let odd = odd.map_or(&[][..], Vec::as_slice);
            tally.answers("SEC05", fault, &what, odd, &at_apex(examined, rtype));
        }
    }
    let cds = held(signers, examined, RecordType::CDS);
    let cdnskey = held(signers, examined, RecordType::CDNSKEY);
    for signer in signers.iter().filter(|signer| signer.set.is_some()) {
        let of = |held: &BTreeMap<usize, &[Box<[u8]>]>| -> Vec<Box<[u8]>> {
            held.get(&signer.index)
                .map_or_else(Vec::new, |rdata| rdata.to_vec())
        };
        let (cds, cdnskey) = (of(&cds), of(&cdnskey));
        let digests: Vec<Ds> = cds
            .iter()
            .filter_map(|rdata| Ds::read(rdata))
            .filter(|ds| ds.algorithm != 0)
            .collect();
        for ds in &digests {
            if !signer
                .keys
                .iter()
                .any(|key| ds.is_of(key, examined.zone.borrow()))
            {
                let what = format!(
                    "the CDS {ds} is of no key in the DNSKEY set: a parent that follows it breaks the zone"
                );
                tally.answer(
                    "SEC05",
                    fault,
                    what,
                    signer.index,
                    &at_apex(examined, RecordType::CDS),
                );
            }
        }
        let asked: BTreeSet<Key> = cdnskey
            .iter()
            .filter_map(|rdata| Key::read(rdata))
            .filter(|key| key.algorithm != 0)
            .collect();
        for key in &asked {
            if !signer.keys.iter().any(|own| own.rdata == key.rdata) {
                let what = format!(
                    "the CDNSKEY {key} is not in the DNSKEY set: a parent that follows it breaks the zone"
                );
                tally.answer(
                    "SEC05",
                    fault,
                    what,
                    signer.index,
                    &at_apex(examined, RecordType::CDNSKEY),
                );
            }
            let is_digested = digests
                .iter()
                .any(|ds| ds.is_of(key, examined.zone.borrow()));
            if !digests.is_empty() && !is_digested {
                let what = format!("the CDNSKEY {key} has no CDS beside it (RFC 7344, section 4)");
                tally.answer(
                    "SEC05",
                    fault,
                    what,
                    signer.index,
                    &at_apex(examined, RecordType::CDNSKEY),
                );
            }
        }
    }
}
