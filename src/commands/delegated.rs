//! The delegation at the parent beside the apex NS set of the zone: two views that have to coincide.

use crate::probe::{self, Delegation, Resolver};
use crate::report::Outcome;
use crate::zone::{Finding, RecordType, Severity, Zone, rdata};

/// What comparing came to.
pub(super) struct Compared {
    pub(super) outcome: Outcome,
    /// What the parent says, where it could be asked.
    pub(super) delegation: Option<Delegation>,
    pub(super) findings: Vec<Finding>,
}

/// Asks the parent of `zone`, and compares.
pub(super) async fn compare(zone: &Zone, resolver: Option<&Resolver>) -> Compared {
    let origin = zone.origin();
    let unknown = |message: String| {
        Compared {
        outcome: Outcome::Trouble,
        delegation: None,
        findings: vec![Finding::new("NSV03", Severity::Error, message).hint(
            "it takes a resolver in /etc/resolv.conf; without `delegation = true` in redundns.toml it is not asked for",
        )],
    }
    };
    let Some(resolver) = resolver else {
        return unknown("no resolver is configured, so the delegation cannot be read".to_owned());
    };
    match probe::delegation(origin, resolver).await {
        Err(why) => unknown(format!(
            "the delegation of `{origin}` cannot be read: {why}"
        )),
        Ok(delegation) => differences(zone, delegation),
    }
}

fn differences(zone: &Zone, delegation: Delegation) -> Compared {
    let origin = zone.origin();
    let own: Vec<_> = zone
        .get(origin.borrow(), RecordType::NS)
        .into_iter()
        .flat_map(|set| set.rdata())
        .collect();
    let parent = delegation.names();
    let lacks: Vec<String> = own
        .iter()
        .filter(|wire| !parent.iter().any(|name| name.borrow().wire() == **wire))
        .map(|wire| rdata::to_text(RecordType::NS, wire))
        .collect();
    let extra: Vec<String> = parent
        .iter()
        .filter(|name| !own.contains(&name.borrow().wire()))
        .map(ToString::to_string)
        .collect();
    let findings: Vec<Finding> = [
        (lacks, "does not list"),
        (extra, "lists, and the zone does not,"),
    ]
    .into_iter()
    .filter(|(names, _)| !names.is_empty())
    .map(|(names, words)| {
        let message = format!(
            "the parent `{}` {words} {}",
            delegation.parent,
            names.join(" ")
        );
        Finding::new("NSV03", Severity::Error, message)
            .hint("tell the registrar the NS set of the zone file")
            .about(origin, RecordType::NS)
    })
    .collect();
    Compared {
        outcome: if findings.is_empty() {
            Outcome::Same
        } else {
            Outcome::Differs
        },
        delegation: Some(delegation),
        findings,
    }
}
