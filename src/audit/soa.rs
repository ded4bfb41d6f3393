//! SOA: what the zone tells secondaries and resolvers. Serials and negative TTLs are compared where the answers are.

use super::evidence::{Evidence, Probe};
use super::note::{Notes, dig_probe};
use super::read::soa;
use crate::verdict::SoaFields;
use crate::zone::{Finding, RecordType};

/// Seconds, as RIPE-203 and Zonemaster's ZONE02 to ZONE05 have them.
const REFRESH: u32 = 14_400;
const RETRY: u32 = 3_600;
const EXPIRE: u32 = 604_800;

/// SOA03.
pub(super) fn judge(evidence: &Evidence) -> Vec<Finding> {
    let zone = &evidence.zone().zone;
    let mut notes = Notes::default();
    let mut said = 0;
    for view in &evidence.servers {
        let Some(fields) = soa(view, zone).and_then(|set| SoaFields::read(set.rdata.first()?))
        else {
            continue;
        };
        said += 1;
        for fault in faults(fields.timers) {
            let command = dig_probe(view.server.address, zone, Probe::Soa);
            notes.add("SOA03", fault, &view.server, command);
        }
    }
    let findings = notes.finish().into_iter();
    findings
        .map(|mut one| {
            // What all of them say is the zone's fault and nobody's in particular.
            let whose = one
                .nameserver
                .as_ref()
                .map_or(0, |all| all.split(", ").count());
            if whose == said {
                one.nameserver = None;
            }
            one.about(zone, RecordType::SOA)
        })
        .collect()
}

fn faults([refresh, retry, expire]: [u32; 3]) -> Vec<String> {
    let mut all = Vec::new();
    if refresh < REFRESH {
        all.push(format!("REFRESH is {refresh} s, less than {REFRESH} s"));
    }
    if retry < RETRY {
        all.push(format!("RETRY is {retry} s, less than {RETRY} s"));
    }
    if retry >= refresh {
        all.push(format!(
            "RETRY is {retry} s, not less than the REFRESH of {refresh} s"
        ));
    }
    if expire < EXPIRE {
        all.push(format!("EXPIRE is {expire} s: secondaries drop the zone in less than {EXPIRE} s without their primary"));
    }
    if expire <= refresh {
        all.push(format!(
            "EXPIRE is {expire} s, not more than the REFRESH of {refresh} s"
        ));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timers_have_their_ranges() {
        assert_eq!(faults([14_400, 3_600, 1_209_600]), Vec::<String>::new());
        assert_eq!(faults([14_400, 3_600, 3_600]).len(), 2);
        assert_eq!(faults([3_600, 3_600, 1_209_600]).len(), 2);
        assert_eq!(
            faults([14_400, 900, 604_800]),
            ["RETRY is 900 s, less than 3600 s"]
        );
    }
}
