//! AGR10: what a server gives away that the zone file does not know of.

use std::collections::BTreeMap;

use crate::audit::{dig, rule};
use crate::verdict::Nameserver;
use crate::zone::{Finding, RecordKey, RecordType, Severity, Zone};

/// The most sets that are told one by one.
const TOLD: usize = 20;

/// One finding for each record set of a zone that a server gave away and `file` lacks, what signers make left out.
pub(super) fn unknown_to(file: &Zone, given: &[(&Nameserver, &Zone)]) -> Vec<Finding> {
    let mut unknown: BTreeMap<RecordKey, Vec<&Nameserver>> = BTreeMap::new();
    for (server, zone) in given {
        for set in zone.sets() {
            let is_own = set.rtype().is_signers() || set.rtype() == RecordType::SOA;
            if !is_own && file.get(set.owner(), set.rtype()).is_none() {
                unknown.entry(set.key()).or_default().push(server);
            }
        }
    }
    let more = unknown.len().saturating_sub(TOLD);
    let severity = rule("AGR10").map_or(Severity::Warning, |rule| rule.severity);
    let hint = rule("AGR10").map_or("", |rule| rule.action);
    let mut findings: Vec<Finding> = unknown
        .iter()
        .take(TOLD)
        .map(|(key, servers)| {
            let message = format!("`{key}` is served and stands in no line of the zone file");
            let mut one = Finding::new("AGR10", severity, message)
                .hint(hint)
                .about(&key.owner, key.rtype);
            let labels = servers
                .iter()
                .map(|server| format!("{} {}", server.name, server.address));
            one.nameserver = Some(labels.collect::<Vec<_>>().join(", "));
            one.reproduce = servers
                .first()
                .map(|server| dig(server.address, &key.owner, key.rtype));
            one
        })
        .collect();
    if more > 0 {
        let message = format!("{more} more record sets are served that the zone file lacks");
        findings.push(Finding::new("AGR10", severity, message));
    }
    findings
}
