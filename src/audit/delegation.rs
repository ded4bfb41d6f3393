//! DEL: who is listed, at the parent and in the zone, and whether that can be followed.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::evidence::{Delegated, Evidence, Found, Probe};
use super::note::{Notes, dig, dig_probe, finding};
use super::read::{apex_ns, lameness};
use crate::verdict::Nameserver;
use crate::zone::{Finding, Name, RecordSet, RecordType};

/// The most octets of a message without EDNS (RFC 1035, section 2.3.4).
const SMALLEST: usize = 512;

/// Judges the delegation. `agrees_apex` says whether the servers' NS sets are compared with a zone file elsewhere.
pub(super) fn judge(evidence: &Evidence, agrees_apex: bool) -> Vec<Finding> {
    let mut findings = counts(evidence);
    let own = own_sets(evidence);
    findings.extend(listed(evidence, &own, agrees_apex));
    findings.extend(glue(evidence));
    findings.extend(lame(evidence));
    findings.extend(hosts(evidence));
    findings.extend(ttl(evidence, &own));
    findings.extend(size(evidence));
    findings
}

/// The delegation as the first server of the parent that knows gives it.
fn delegated(evidence: &Evidence) -> Option<&Delegated> {
    let mut views = evidence.zone().views.iter();
    views.find_map(|view| view.said.as_ref().ok())
}

/// DEL01.
fn counts(evidence: &Evidence) -> Vec<Finding> {
    let servers = &evidence.zone().servers;
    let zone = &evidence.zone().zone;
    let names: BTreeSet<&Name> = match delegated(evidence) {
        Some(_) => evidence.ns_names.iter().map(|one| &one.name).collect(),
        None => servers.iter().map(|server| &server.name).collect(),
    };
    let four: BTreeSet<IpAddr> = servers
        .iter()
        .map(|server| server.address.ip().to_canonical())
        .filter(IpAddr::is_ipv4)
        .collect();
    let all: BTreeSet<IpAddr> = servers.iter().map(|server| server.address.ip()).collect();
    let ports: BTreeSet<_> = servers.iter().map(|server| server.address).collect();
    let only = |set: &BTreeSet<IpAddr>| {
        let own: Vec<String> = set.iter().map(ToString::to_string).collect();
        own.join(" ")
    };
    let message = if names.len() < 2 {
        let name = names
            .first()
            .map_or_else(|| "nobody".to_owned(), ToString::to_string);
        format!("one nameserver alone serves `{zone}`: {name}")
    } else if ports.len() > 1 && all.iter().all(IpAddr::is_loopback) {
        // A rehearsal on one machine, told apart by ports.
        return Vec::new();
    } else if all.len() < 2 {
        format!(
            "all nameservers of `{zone}` have one address: {}",
            only(&all)
        )
    } else if four.len() == 1 {
        format!("one nameserver alone has an IPv4 address: {}", only(&four))
    } else {
        return Vec::new();
    };
    vec![finding("DEL01", message).about(zone, RecordType::NS)]
}

/// The zone's own NS set, as each server gives it.
type OwnSets<'e> = Vec<(&'e Nameserver, RecordSet)>;

fn own_sets(evidence: &Evidence) -> OwnSets<'_> {
    let zone = &evidence.zone().zone;
    let each = evidence.servers.iter();
    each.filter_map(|view| Some((&view.server, apex_ns(view, zone)?)))
        .collect()
}

/// The most frequent set, by distinct names of servers; the first where several are.
fn usual<'s>(own: &'s OwnSets<'_>) -> Option<&'s RecordSet> {
    let names_with = |set: &RecordSet| {
        let same = own.iter().filter(|(_, other)| other.rdata == set.rdata);
        let names: BTreeSet<&Name> = same.map(|(server, _)| &server.name).collect();
        names.len()
    };
    let most = own.iter().map(|(_, set)| names_with(set)).max()?;
    let mut sets = own.iter().map(|(_, set)| set);
    sets.find(|set| names_with(set) == most)
}

/// DEL02.
fn listed(evidence: &Evidence, own: &OwnSets<'_>, agrees_apex: bool) -> Vec<Finding> {
    let zone = &evidence.zone().zone;
    let mut notes = Notes::default();
    let Some(usual) = usual(own) else {
        return Vec::new();
    };
    for (server, set) in own {
        if !agrees_apex && set.rdata != usual.rdata {
            let message = format!(
                "the apex NS set is {} here, {} at most others",
                words(&set.rdata),
                words(&usual.rdata)
            );
            notes.add(
                "DEL02",
                message,
                server,
                dig(server.address, zone, RecordType::NS),
            );
        }
    }
    for view in &evidence.zone().views {
        let Ok(said) = &view.said else { continue };
        let parent = evidence
            .parent()
            .map_or_else(Name::root, |cut| cut.zone.clone());
        let lacks = minus(&usual.rdata, &said.ns.rdata);
        let more = minus(&said.ns.rdata, &usual.rdata);
        let command = dig(view.server.address, zone, RecordType::NS);
        if !lacks.is_empty() {
            let message = format!("the parent `{parent}` does not list {}", words(&lacks));
            notes.add("DEL02", message, &view.server, command.clone());
        }
        if !more.is_empty() {
            let words = words(&more);
            let message =
                format!("the parent `{parent}` lists {words}, which the zone's own NS set lacks");
            notes.add("DEL02", message, &view.server, command);
        }
    }
    let about = |one: Finding| one.about(zone, RecordType::NS);
    notes.finish().into_iter().map(about).collect()
}

fn minus(from: &[Box<[u8]>], what: &[Box<[u8]>]) -> Vec<Box<[u8]>> {
    let left = from.iter().filter(|one| !what.contains(one));
    left.cloned().collect()
}

fn words(names: &[Box<[u8]>]) -> String {
    let names = names.iter().filter_map(|wire| Name::from_wire(wire).ok());
    names
        .map(|name| name.to_string())
        .collect::<Vec<_>>()
        .join(" ")
}

/// DEL03.
fn glue(evidence: &Evidence) -> Vec<Finding> {
    let zone = &evidence.zone().zone;
    // By name and family: what is wrong, and the parent's servers that say so.
    let mut faults: BTreeMap<(&Name, RecordType, String), Vec<&Nameserver>> = BTreeMap::new();
    for view in &evidence.zone().views {
        let Some(said) = view.said.as_ref().ok().filter(|said| !said.authoritative) else {
            continue;
        };
        for host in &evidence.ns_names {
            let Found::Addresses(own) = &host.found else {
                continue;
            };
            if !said.names().contains(&host.name) {
                continue;
            }
            let is_needed = host.name.borrow().is_at_or_below(zone.borrow());
            for rtype in [RecordType::A, RecordType::AAAA] {
                let family = |address: &&IpAddr| address.is_ipv4() == (rtype == RecordType::A);
                let own: BTreeSet<&IpAddr> = own.iter().filter(family).collect();
                let given: BTreeSet<&IpAddr> = said
                    .glue
                    .iter()
                    .filter(|glue| glue.name == host.name)
                    .map(|glue| &glue.address)
                    .filter(family)
                    .collect();
                let fault = if own == given || given.is_empty() && !is_needed {
                    continue;
                } else if given.is_empty() {
                    format!("the parent gives no {rtype} glue for `{}`", host.name)
                } else {
                    format!(
                        "the parent has {} as {rtype} glue of `{}`, its zone says {}",
                        listed_addresses(&given),
                        host.name,
                        listed_addresses(&own)
                    )
                };
                let all = faults.entry((&host.name, rtype, fault)).or_default();
                all.push(&view.server);
            }
        }
    }
    faults
        .into_iter()
        .map(|((name, rtype, message), parents)| {
            let mut one = finding("DEL03", message).about(name, rtype);
            one.nameserver = Some(name.to_string());
            one.reproduce = parents
                .first()
                .map(|parent| dig(parent.address, zone, RecordType::NS));
            one
        })
        .collect()
}

fn listed_addresses(addresses: &BTreeSet<&IpAddr>) -> String {
    if addresses.is_empty() {
        return "none".to_owned();
    }
    let all: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    all.join(" ")
}

/// DEL04.
fn lame(evidence: &Evidence) -> Vec<Finding> {
    let zone = &evidence.zone().zone;
    let mut notes = Notes::default();
    for view in &evidence.servers {
        if let Some(why) = lameness(view, zone) {
            let command = dig_probe(view.server.address, zone, Probe::Soa);
            notes.add("DEL04", why, &view.server, command);
        }
    }
    notes.finish()
}

/// DEL05.
fn hosts(evidence: &Evidence) -> Vec<Finding> {
    let zone = &evidence.zone();
    let fault = |found: &Found| match found {
        Found::Addresses(_) => None,
        Found::Alias(target) => Some(format!("is an alias of `{target}`")),
        Found::Nothing => Some("has no address".to_owned()),
        Found::Unknown(why) => Some(format!("cannot be resolved: {why}")),
    };
    let servers = evidence.ns_names.iter().filter_map(|host| {
        let has_glue = zone.servers.iter().any(|server| server.name == host.name);
        if has_glue && !matches!(host.found, Found::Alias(_)) {
            return None;
        }
        let why = fault(&host.found)?;
        let message = format!("the nameserver `{}` {why}", host.name);
        Some(finding("DEL05", message).about(&zone.zone, RecordType::NS))
    });
    let targets = evidence.targets.iter().filter_map(|target| {
        // Somebody else's servers that are out of reach from here are no fault of this zone.
        if matches!(target.found, Found::Unknown(_)) {
            return None;
        }
        let why = fault(&target.found)?;
        let message = format!("the {} target `{}` {why}", target.rtype, target.name);
        Some(finding("DEL05", message).about(&target.owner, target.rtype))
    });
    servers.chain(targets).collect()
}

/// DEL06.
fn ttl(evidence: &Evidence, own: &OwnSets<'_>) -> Vec<Finding> {
    let (Some(said), Some(own)) = (delegated(evidence), usual(own)) else {
        return Vec::new();
    };
    if said.authoritative || said.ns.ttl == own.ttl {
        return Vec::new();
    }
    let message = format!(
        "the NS set lives {} s at the parent and {} s in the zone: a nameserver that leaves has to serve for {} s more",
        said.ns.ttl,
        own.ttl,
        said.ns.ttl.max(own.ttl)
    );
    vec![finding("DEL06", message).about(&evidence.zone().zone, RecordType::NS)]
}

/// DEL07: the referral for the longest name there can be, with the glue that it needs.
fn size(evidence: &Evidence) -> Vec<Finding> {
    let zone = &evidence.zone().zone;
    let Some(said) = delegated(evidence) else {
        return Vec::new();
    };
    let needed = |name: &Name| name.borrow().is_at_or_below(zone.borrow());
    let octets = referral_octets(zone, &said.names(), |name| {
        let own = said
            .glue
            .iter()
            .filter(|glue| glue.name == *name && needed(name));
        own.map(|glue| glue.address).collect()
    });
    if octets <= SMALLEST {
        return Vec::new();
    }
    let message = format!(
        "the referral to `{zone}` takes up to {octets} octets, more than the {SMALLEST} that fit without EDNS"
    );
    let mut one = finding("DEL07", message).about(zone, RecordType::NS);
    let first = evidence.zone().views.first();
    one.reproduce = first.map(|view| dig(view.server.address, zone, RecordType::NS));
    vec![one]
}

/// Octets of a referral, names compressed as RFC 1035, section 4.1.4, allows.
fn referral_octets(zone: &Name, names: &[Name], glue: impl Fn(&Name) -> Vec<IpAddr>) -> usize {
    const HEADER: usize = 12;
    const LONGEST_QUESTION: usize = 255 + 4;
    const FIXED: usize = 10;
    const POINTER: usize = 2;
    let mut seen: BTreeSet<Vec<u8>> = BTreeSet::new();
    let mut remember = |wire: &[u8]| {
        let mut rest = wire;
        let mut fresh = 0;
        while let Some(length) = rest.first().filter(|length| **length > 0) {
            if !seen.insert(rest.to_vec()) {
                return fresh + POINTER;
            }
            fresh += 1 + usize::from(*length);
            rest = &rest[1 + usize::from(*length)..];
        }
        fresh + 1
    };
    remember(zone.borrow().wire());
    let mut octets = HEADER + LONGEST_QUESTION;
    for name in names {
        octets += POINTER + FIXED + remember(name.borrow().wire());
        for address in glue(name) {
            octets += POINTER + FIXED + if address.is_ipv4() { 4 } else { 16 };
        }
    }
    octets
}
