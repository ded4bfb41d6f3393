//! From what providers hold to what a zone file should say.
//!
//! A plan for a provider is empty right after its zone became the zone file: what would not be planned is either left
//! out or, where every zone needs it, made up.

mod unite;

use std::collections::BTreeMap;

use super::{DiffRules, LeftAlone};
use crate::provider::{Opaque, Snapshot};
use crate::zone::{Name, Position, RecordType, Zone, ZoneBuilder, rdata};

pub use unite::{Choice, Dispute, disputes, unite};

/// A provider's zone as a zone file should have it.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The records.
    pub zone: Zone,
    /// What was left out or made up, and why: a sentence each, without a final period.
    pub remarks: Vec<String>,
    /// Whether the provider signs the zone.
    pub is_signed: bool,
}

/// SOA timers and MINIMUM where the provider does not show its SOA: those of RIPE-203 with a negative TTL that lets
/// new names appear within the hour.
const TIMERS: &str = "1 86400 7200 3600000 3600";

/// The TTL of what is made up.
const MADE_TTL: u32 = 3600;

/// Takes over what a provider holds. `servers` are the names of its nameservers, for where it does not show its apex
/// NS set.
pub fn import(held: &Snapshot, rules: &DiffRules, servers: &[Name]) -> Imported {
    let origin = held.zone.origin();
    let nothing = Zone::empty(origin.clone());
    let left_alone = LeftAlone::new(&rules.ignore, &held.zone, &nothing);
    let mut builder = ZoneBuilder::new(origin.clone());
    let mut remarks = Vec::new();
    let mut signers: BTreeMap<RecordType, usize> = BTreeMap::new();
    let mut others: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for set in held.zone.sets() {
        if set.rtype().is_signers() {
            *signers.entry(set.rtype()).or_default() += 1;
        } else if let Some(rule) = left_alone.rule(set) {
            let name = set.owner().relative_to(origin.borrow());
            let named = format!("`{name} {}`", set.rtype());
            others.entry(rule.to_string()).or_default().push(named);
        } else {
            for rdata in set.rdata() {
                builder.push(
                    set.owner(),
                    set.rtype(),
                    set.ttl(),
                    rdata,
                    Position::default(),
                );
            }
        }
    }
    let lacks = |rtype| held.zone.get(origin.borrow(), rtype).is_none();
    if lacks(RecordType::NS) && !servers.is_empty() {
        for server in servers {
            push(&mut builder, RecordType::NS, server.borrow().wire());
        }
        remarks.push(
            "made up: the apex NS set, of the provider's nameservers, since it shows none"
                .to_owned(),
        );
    }
    if lacks(RecordType::SOA) {
        push(&mut builder, RecordType::SOA, &made_soa(origin, servers));
        remarks.push(
            "made up: the SOA, since the provider does not show its own, which it keeps".to_owned(),
        );
    }
    if !signers.is_empty() {
        let counted: Vec<String> = signers
            .iter()
            .map(|(rtype, count)| format!("{count} {rtype}"))
            .collect();
        remarks.push(format!(
            "left out: what the provider's own signer makes ({})",
            counted.join(", ")
        ));
    }
    for (rule, sets) in others {
        remarks.push(format!(
            "left out by `ignore = [\"{rule}\"]`: {}",
            sets.join(", ")
        ));
    }
    remarks.extend(held.opaque.iter().map(|opaque| left_out(origin, opaque)));
    Imported {
        zone: builder.finish(),
        remarks,
        is_signed: !signers.is_empty(),
    }
}

fn left_out(origin: &Name, Opaque { key, what }: &Opaque) -> String {
    let name = key.owner.borrow().relative_to(origin.borrow());
    let rtype = key.rtype;
    format!("left out: `{name} {rtype}`, which is {what}")
}

fn push(builder: &mut ZoneBuilder, rtype: RecordType, rdata: &[u8]) {
    let apex = builder.origin().clone();
    builder.push(apex.borrow(), rtype, MADE_TTL, rdata, Position::default());
}

fn made_soa(origin: &Name, servers: &[Name]) -> Vec<u8> {
    let mname = servers.first().unwrap_or(origin);
    let text = |rname: &str| format!("{mname} {rname} {TIMERS}");
    // The longest of names have no room for another label.
    rdata::from_text(RecordType::SOA, &text("hostmaster"), Some(origin.borrow()))
        .or_else(|_| rdata::from_text(RecordType::SOA, &text("."), None))
        .expect("two names and five numbers")
}

#[cfg(test)]
mod tests;
