//! The delegation at the parent beside the apex NS set of the zone, two views that have to coincide; and what the parent
//! promises of signatures beside those that the providers serve.

use std::collections::BTreeMap;
use std::time::Instant;

use crate::audit::Cut;
use crate::audit::dnssec::{Said, Witness};
use crate::probe::{self, AskOptions, Delegation, Resolver, Signed};
use crate::report::Outcome;
use crate::verdict::Nameserver;
use crate::zone::{Finding, Name, RecordType, Severity, Zone, rdata};

/// Of a provider that serves a zone unsigned though the parent has a DS for it.
pub(super) const UNSIGNED: &str = "SEC01";

/// What comparing came to.
pub(super) struct Compared {
    pub(super) outcome: Outcome,
    /// What the parent says, where it could be asked.
    pub(super) delegation: Option<Delegation>,
    pub(super) findings: Vec<Finding>,
}

impl Compared {
    /// Looks whether the zone is served signed by each of `servers`, where the parent says that it is.
    pub(super) async fn sign(
        &mut self,
        zone: &Name,
        servers: &[Nameserver],
        deadline: Option<Instant>,
    ) {
        let Some(delegation) = &self.delegation else {
            return;
        };
        let cut = |zone: &Name, servers: &[Nameserver]| Cut {
            zone: zone.clone(),
            servers: servers.to_vec(),
            views: Vec::new(),
        };
        let parent = &delegation.parent;
        let chain = [cut(parent, &delegation.servers), cut(zone, servers)];
        let options = AskOptions {
            deadline,
            ..AskOptions::default()
        };
        let signed = probe::signed(&chain, &[], &options).await;
        let (outcome, findings) = match promised(&signed, zone) {
            Some(false) => return,
            Some(true) => {
                let unsigned = unsigned(&signed.witnesses, zone, servers);
                let found = unsigned
                    .iter()
                    .map(|(id, names)| broken(id, names, zone, parent));
                (Outcome::Differs, found.collect())
            }
            None => {
                let message =
                    format!("whether the parent `{parent}` has a DS for `{zone}` cannot be read");
                let finding = Finding::new("NSV03", Severity::Error, message)
                    .hint("its servers told the NS set and not this: run it again, and ask them with `dig +norec DS`");
                (Outcome::Trouble, vec![finding])
            }
        };
        if !findings.is_empty() {
            self.outcome = Outcome::worst([self.outcome, outcome]);
        }
        self.findings.extend(findings);
    }
}

/// Whether the parent has a DS for `zone`; `None` where it did not say.
fn promised(signed: &Signed, zone: &Name) -> Option<bool> {
    let said = signed.links.last()?.delegation.as_ref()?;
    Some(said.answered(zone.borrow(), RecordType::DS).is_some())
}

/// The accounts of which some server answers without a signed DNSKEY set, and the names of these servers.
fn unsigned<'a>(
    witnesses: &[Witness],
    zone: &Name,
    servers: &'a [Nameserver],
) -> BTreeMap<&'a str, Vec<String>> {
    let is_signed = |said: &Said| {
        let keys = said.answered(zone.borrow(), RecordType::DNSKEY);
        keys.is_some_and(|keys| !keys.signatures.is_empty())
    };
    let mut unsigned: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for witness in witnesses.iter().filter(|witness| !is_signed(&witness.said)) {
        let Some(server) = servers.get(witness.nameserver) else {
            continue;
        };
        let Some(id) = &server.provider else { continue };
        let names = unsigned.entry(id).or_default();
        let name = server.name.to_string();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    unsigned
}

fn broken(id: &str, names: &[String], zone: &Name, parent: &Name) -> Finding {
    let message = format!(
        "`{id}` serves `{zone}` unsigned ({}), while the parent `{parent}` has a DS for it: who validates gets no answer there",
        names.join(" ")
    );
    let hint = format!(
        "sign it at `{id}` too, or have the DS taken out of `{parent}` and wait for its TTL; `--without {id}` leaves that provider out meanwhile"
    );
    Finding::new(UNSIGNED, Severity::Error, message)
        .hint(hint)
        .about(zone, RecordType::DNSKEY)
        .provider(id)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::dnssec::{Link, SignedSet};
    use crate::verdict::Question;
    use crate::zone::{Position, RecordSet, ZoneBuilder};

    #[test]
    fn a_server_without_keys_or_without_signatures_is_unsigned_and_a_silent_one_is_unknown() {
        let zone = Name::absolute("example.com").expect("a name");
        let server = |id: &str| Nameserver {
            name: Name::absolute(&format!("ns.{id}.example")).expect("a name"),
            address: ([127, 0, 0, 1], 53).into(),
            provider: Some(id.to_owned()),
        };
        let servers = ["none", "bare", "silent"].map(server);
        let keys = SignedSet {
            owner: zone.clone(),
            rtype: RecordType::DNSKEY,
            ttl: 300,
            rdata: vec![[1, 1, 3, 13, 0].into()],
            signatures: Vec::new(),
        };
        let witness = |nameserver, answer: &[SignedSet]| Witness {
            nameserver,
            question: Question {
                name: zone.clone(),
                rtype: RecordType::DNSKEY,
            },
            said: Said {
                authoritative: true,
                answer: answer.to_vec(),
                ..Said::default()
            },
        };
        let witnesses = [witness(0, &[]), witness(1, &[keys])];
        let found = unsigned(&witnesses, &zone, &servers);
        let ids: Vec<&str> = found.keys().copied().collect();
        assert_eq!(ids, ["bare", "none"]);
        assert_eq!(found["none"], ["ns.none.example."]);
    }

    #[test]
    fn what_either_side_lists_alone_is_named_and_who_lists_it() {
        let name = |text: &str| Name::absolute(text).expect("a name");
        let wire = |text: &str| name(text).borrow().wire().to_vec();
        let apex = name("example.com");
        let mut builder = ZoneBuilder::new(apex.clone());
        for server in ["ns1.example", "ns2.example"] {
            let place = Position::default();
            builder.push(apex.borrow(), RecordType::NS, 60, &wire(server), place);
        }
        let zone = builder.finish();
        for (listed, messages) in [
            (&["ns1.example", "ns2.example"][..], &[][..]),
            (&["ns1.example"], &["does not list ns2.example."]),
            (
                &["ns2.example", "ns3.example"],
                &[
                    "does not list ns1.example.",
                    "lists, and the zone does not, ns3.example.",
                ],
            ),
        ] {
            let ns = listed.iter().map(|server| wire(server).into()).collect();
            let delegation = Delegation {
                parent: name("com"),
                servers: Vec::new(),
                ns: RecordSet::new(60, ns),
            };
            let compared = differences(&zone, delegation);
            let found: Vec<&str> = compared.findings.iter().map(|one| &*one.message).collect();
            let expected: Vec<String> = messages
                .iter()
                .map(|words| format!("the parent `com.` {words}"))
                .collect();
            assert_eq!(found, expected);
            assert_eq!(compared.outcome == Outcome::Same, messages.is_empty());
        }
    }

    #[test]
    fn a_parent_that_says_nothing_of_a_ds_promises_neither() {
        let zone = Name::absolute("example.com").expect("a name");
        let link = |delegation| Signed {
            links: vec![Link {
                zone: zone.clone(),
                delegation,
                keys: None,
            }],
            witnesses: Vec::new(),
        };
        assert_eq!(promised(&link(None), &zone), None);
        let none = Said {
            authoritative: true,
            ..Said::default()
        };
        assert_eq!(promised(&link(Some(none)), &zone), Some(false));
    }
}
