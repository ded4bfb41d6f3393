//! DIV: what the nameservers share, and so may lose together.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::asn::AsnTable;
use super::evidence::Evidence;
use super::note::finding;
use crate::verdict::{Nameserver, Network, shared_networks};
use crate::zone::{Finding, Name, RecordType};

/// Judges who and what stands behind the nameservers.
pub(super) fn judge(evidence: &Evidence, asn: Option<&AsnTable>) -> Vec<Finding> {
    let names: BTreeSet<&Name> = evidence
        .servers
        .iter()
        .map(|view| &view.server.name)
        .collect();
    if names.len() < 2 {
        // That there is one server alone says it all.
        return Vec::new();
    }
    let mut findings = Vec::new();
    findings.extend(providers(evidence));
    findings.extend(networks(evidence));
    findings.extend(asn.and_then(|table| systems(evidence, table)));
    findings.extend(shared_name(&names));
    findings
}

/// Whose servers these are; those of nobody known are told apart by their networks.
fn whose<'s>(servers: impl Iterator<Item = &'s Nameserver>) -> Option<BTreeSet<String>> {
    servers
        .map(|server| {
            // Loopback says nothing.
            let network = || Network::of(server.address.ip()).map(|network| network.to_string());
            server.provider.clone().or_else(network)
        })
        .collect()
}

/// DIV05: whether nobody serves the zone of `page` who does not serve the audited zone as well.
pub fn shared_page(page: &Name, servers: &[Nameserver], audited: &[Nameserver]) -> Option<Finding> {
    let (page_is, audited) = (whose(servers.iter())?, whose(audited.iter())?);
    if page_is.is_empty() || !page_is.is_subset(&audited) {
        return None;
    }
    let all: Vec<&str> = page_is.iter().map(String::as_str).collect();
    let message = format!(
        "the status page `{page}` is served by {} alone, as the zone is",
        all.join(" and ")
    );
    Some(finding("DIV05", message).about(page, RecordType::NS))
}

/// DIV01.
fn providers(evidence: &Evidence) -> Option<Finding> {
    let whose = whose(evidence.servers.iter().map(|view| &view.server))?;
    if whose.len() > 1 {
        return None;
    }
    let only = whose.first()?;
    let message = format!("all nameservers are of one provider: {only}");
    Some(finding("DIV01", message))
}

/// DIV02, by /24 and /48.
fn networks(evidence: &Evidence) -> Vec<Finding> {
    let zone = evidence.zone();
    let mut findings = Vec::new();
    let mut told: BTreeSet<Network> = BTreeSet::new();
    for four in [true, false] {
        let own: Vec<_> = zone
            .servers
            .iter()
            .filter(|server| server.address.is_ipv4() == four)
            .collect();
        let names: BTreeSet<&Name> = own.iter().map(|server| &server.name).collect();
        let networks: Option<BTreeSet<Network>> = own
            .iter()
            .map(|server| Network::of(server.address.ip()))
            .collect();
        if let Some([only]) = networks.map(Vec::from_iter).as_deref()
            && names.len() > 1
        {
            let family = if four { "IPv4" } else { "IPv6" };
            let message = format!("all {family} addresses of the nameservers are in {only}");
            findings.push(finding("DIV02", message));
            told.insert(*only);
        }
    }
    for (network, providers) in shared_networks(&zone.servers) {
        if !told.contains(&network) {
            let all: Vec<&str> = providers.into_iter().collect();
            let message = format!("{network} holds nameservers of {}", all.join(" and "));
            findings.push(finding("DIV02", message));
        }
    }
    findings
}

/// DIV02, by autonomous system.
fn systems(evidence: &Evidence, table: &AsnTable) -> Option<Finding> {
    let addresses: BTreeSet<IpAddr> = evidence
        .servers
        .iter()
        .map(|view| view.server.address.ip().to_canonical())
        .collect();
    let known: BTreeMap<IpAddr, u32> = addresses
        .iter()
        .filter_map(|address| Some((*address, table.origin(*address)?)))
        .collect();
    let systems: BTreeSet<u32> = known.values().copied().collect();
    // What the table does not know may well be elsewhere.
    if known.len() < addresses.len() || systems.len() > 1 {
        return None;
    }
    let only = systems.first()?;
    Some(finding(
        "DIV02",
        format!("all addresses of the nameservers are announced by AS{only}"),
    ))
}

/// DIV03.
fn shared_name(names: &BTreeSet<&Name>) -> Option<Finding> {
    let mut shared = names.first()?.borrow().parent()?;
    for name in names {
        while !name.borrow().is_at_or_below(shared) {
            shared = shared.parent()?;
        }
    }
    if shared.is_root() {
        return None;
    }
    let shared = shared.to_name();
    let message =
        format!("the names of all nameservers lie under `{shared}`, and stop working with it");
    Some(finding("DIV03", message))
}
