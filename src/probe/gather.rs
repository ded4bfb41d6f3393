//! All evidence about a zone, collected from everybody at once.

use std::net::{IpAddr, SocketAddr};
use std::sync::Mutex;
use std::time::Instant;

use futures_util::future::join_all;

use super::battery::battery;
use super::nameservers::PORT;
use super::walk::Walker;
use crate::audit::{Cut, Evidence, Found, NsName, Probe, ServerView, Target};
use crate::verdict::{Answer, Nameserver, Question, classify};
use crate::zone::{Name, RecordType};

/// Who is asked on the way, and until when.
pub struct Gather<'a> {
    /// Resolves names of nameservers and targets; none where the servers were given by hand and nobody else exists.
    pub walker: Option<&'a Walker>,
    /// When everything that is not answered counts as silent.
    pub deadline: Option<Instant>,
    /// Whose a nameserver is, by its name.
    pub owner: &'a (dyn Fn(&Name) -> Option<String> + Sync),
    /// Told whom it waits for, as often as that changes.
    pub progress: &'a (dyn Fn(String) + Sync),
}

impl Gather<'_> {
    /// Asks every server of the last of `chain`, and those that only the zone itself lists.
    pub async fn evidence(&self, mut chain: Vec<Cut>) -> Evidence {
        let mut zone = chain.pop().expect("a chain has at least the zone itself");
        let by_hand = zone.views.is_empty();
        self.assign(&mut zone.servers);
        let walker = self.walker.filter(|_| !by_hand);
        let above = listed_above(&zone);
        let resolve = |names: Vec<Name>| async move {
            let Some(walker) = walker else {
                return Vec::new();
            };
            let found = join_all(names.iter().map(|name| walker.resolve(name))).await;
            let pairs = names.into_iter().zip(found);
            pairs.map(|(name, found)| NsName { name, found }).collect()
        };
        // Together: a provider that is silent costs its patience once.
        let (mut servers, mut ns_names) = tokio::join!(
            self.probe(&zone.servers, &zone.zone),
            resolve(above.clone()),
        );
        let mut only_within = listed_within(&servers, &zone.zone);
        only_within.retain(|name| !above.contains(name));
        ns_names.extend(resolve(only_within).await);
        let mut more = if by_hand {
            Vec::new()
        } else {
            further(&zone, &ns_names)
        };
        self.assign(&mut more);
        servers.extend(self.probe(&more, &zone.zone).await);
        zone.servers.extend(more);
        chain.push(zone);
        Evidence {
            chain,
            servers,
            ns_names,
            targets: Vec::new(),
        }
    }

    /// Looks up the hosts that records point to.
    pub async fn targets(&self, wanted: Vec<(Name, Name, RecordType)>) -> Vec<Target> {
        let Some(walker) = self.walker else {
            return Vec::new();
        };
        let found = join_all(wanted.iter().map(|(name, ..)| walker.resolve(name))).await;
        let pairs = wanted.into_iter().zip(found);
        pairs
            .map(|((name, owner, rtype), found)| Target {
                name,
                owner,
                rtype,
                found,
            })
            .collect()
    }

    fn assign(&self, servers: &mut [Nameserver]) {
        for server in servers {
            server.provider = (self.owner)(&server.name);
        }
    }

    async fn probe(&self, servers: &[Nameserver], zone: &Name) -> Vec<ServerView> {
        let waiting = Mutex::new(servers.to_vec());
        let asked = servers.iter().map(|server| {
            let waiting = &waiting;
            async move {
                let view = battery(server, zone, self.deadline).await;
                let left = {
                    let mut waiting = waiting.lock().expect("nobody panics with the lock");
                    waiting.retain(|other| other.address != server.address);
                    waiting.clone()
                };
                (self.progress)(waits_for(zone, &left));
                view
            }
        });
        (self.progress)(waits_for(zone, servers));
        join_all(asked).await
    }
}

/// Addresses that are not asked yet: those of names in the zone's own NS set alone, and those that a delegation
/// elsewhere does not give.
fn further(zone: &Cut, ns_names: &[NsName]) -> Vec<Nameserver> {
    let mut more = Vec::new();
    for host in ns_names {
        let Found::Addresses(addresses) = &host.found else {
            continue;
        };
        let asked = |address: &IpAddr| {
            let mut servers = zone.servers.iter();
            servers.any(|server| server.name == host.name && server.address.ip() == *address)
        };
        let fresh = addresses.iter().filter(|address| !asked(address));
        more.extend(fresh.map(|address| Nameserver {
            name: host.name.clone(),
            address: SocketAddr::new(*address, PORT),
            provider: None,
        }));
    }
    more
}

/// `example.com.: waiting for ns1.a.net. 192.0.2.1:53 and 3 more`.
fn waits_for(zone: &Name, left: &[Nameserver]) -> String {
    match left {
        [] => format!("{zone}: all nameservers were heard"),
        [one] => format!("{zone}: waiting for {} {}", one.name, one.address),
        [first, others @ ..] => format!(
            "{zone}: waiting for {} {} and {} more",
            first.name,
            first.address,
            others.len()
        ),
    }
}

/// The names that the parent's servers give.
fn listed_above(zone: &Cut) -> Vec<Name> {
    let mut all = Vec::new();
    for said in zone.views.iter().filter_map(|view| view.said.as_ref().ok()) {
        for name in said.names() {
            if !all.contains(&name) {
                all.push(name);
            }
        }
    }
    all
}

/// The names in the zone's own NS set, as any of its servers gives it.
fn listed_within(servers: &[ServerView], zone: &Name) -> Vec<Name> {
    let question = Question {
        name: zone.clone(),
        rtype: RecordType::NS,
    };
    let mut all = Vec::new();
    for reply in servers.iter().filter_map(|view| view.reply(Probe::Ns)) {
        let answer = reply
            .message()
            .and_then(|message| classify(&message, &question, zone.borrow()).ok());
        let Some(Answer::Records { set, .. }) = answer else {
            continue;
        };
        for name in set.rdata.iter().filter_map(|one| Name::from_wire(one).ok()) {
            if !all.contains(&name) {
                all.push(name);
            }
        }
    }
    all
}
