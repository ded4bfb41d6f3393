//! What the parent zone says about who serves a zone.

use std::net::SocketAddr;

use hickory_resolver::proto::rr::{RData, RecordType as HickoryType};

use super::nameservers::PORT;
use super::{Ask, AskOptions, Resolver, ask};
use crate::verdict::{Answer, Nameserver, Question};
use crate::zone::{Name, RecordSet, RecordType};

/// The parent's side of a zone cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegation {
    /// The zone that delegates.
    pub parent: Name,
    /// Its nameservers.
    pub servers: Vec<Nameserver>,
    /// The NS set as the parent's servers give it.
    pub ns: RecordSet,
}

impl Delegation {
    /// The nameservers' names.
    pub fn names(&self) -> Vec<Name> {
        let names = self.ns.rdata.iter();
        names
            .filter_map(|rdata| Name::from_wire(rdata).ok())
            .collect()
    }
}

/// Asks the parent's servers, one after the other until one of them tells, without recursion.
///
/// The error says in one sentence why nothing is known; it is not the same as a zone that is not delegated.
pub async fn delegation(zone: &Name, resolver: &Resolver) -> Result<Delegation, String> {
    let above = zone
        .borrow()
        .parent()
        .ok_or("the root zone has no parent")?;
    let (parent, names) = zone_of(&above.to_name(), resolver).await?;
    let mut servers = Vec::new();
    for name in names {
        let addresses = resolver.addresses(&name).await.unwrap_or_default();
        servers.extend(addresses.into_iter().map(|address| Nameserver {
            name: name.clone(),
            address: SocketAddr::new(address, PORT),
            provider: None,
        }));
    }
    delegation_at(zone, &parent, &servers).await
}

/// As [`delegation`], where the parent zone and its servers are known already.
pub async fn delegation_at(
    zone: &Name,
    parent: &Name,
    servers: &[Nameserver],
) -> Result<Delegation, String> {
    let mut last = format!("none of the servers of `{parent}` has an address");
    for server in servers {
        match ask_parent(zone, parent, server).await {
            Ok(ns) => {
                return Ok(Delegation {
                    parent: parent.clone(),
                    servers: servers.to_vec(),
                    ns,
                });
            }
            Err(why) => last = format!("`{}` at {}: {why}", server.name, server.address),
        }
    }
    Err(last)
}

/// The zone that `name` lies in, and its nameservers' names.
pub async fn zone_of(name: &Name, resolver: &Resolver) -> Result<(Name, Vec<Name>), String> {
    let mut above = Some(name.borrow());
    while let Some(candidate) = above {
        let name = candidate.to_name();
        let names: Vec<Name> = resolver
            .lookup(&name, HickoryType::NS)
            .await
            .map_err(|error| format!("the servers of `{name}` are not known: {error}"))?
            .into_iter()
            .filter_map(|data| match data {
                RData::NS(ns) => Name::absolute(&ns.0.to_string()).ok(),
                _ => None,
            })
            .collect();
        if !names.is_empty() {
            return Ok((name, names));
        }
        above = candidate.parent();
    }
    Err("no resolver of this machine knows the servers of any zone above".to_owned())
}

/// The NS set of `zone` from one server of `parent`.
async fn ask_parent(zone: &Name, parent: &Name, server: &Nameserver) -> Result<RecordSet, String> {
    let question = Question {
        name: zone.clone(),
        rtype: RecordType::NS,
    };
    let asked = Ask {
        origin: parent,
        nameservers: std::slice::from_ref(server),
        questions: &[question].into(),
        pairs: None,
    };
    let mut seen = ask(&asked, &AskOptions::default(), &|_, _| {}).await;
    match seen.pop().map(|seen| seen.answer) {
        Some(Answer::Referral { cut, set }) if cut == *zone => Ok(set),
        // The server answers for both sides of the cut.
        Some(Answer::Records {
            rtype: RecordType::NS,
            set,
        }) => Ok(set),
        Some(Answer::NoData { .. } | Answer::NxDomain { .. }) => {
            Err(format!("`{zone}` is not delegated"))
        }
        Some(Answer::Silent { why }) => Err(why),
        Some(other) => Err(format!(
            "unexpected answer: {}",
            other.kind().replace('_', " ")
        )),
        None => Err("no answer".to_owned()),
    }
}
