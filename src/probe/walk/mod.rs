//! From the root down to a zone, asking authoritative servers without recursion; no resolver is needed.
//!
//! Names are walked label by label, as a resolver that minimises its queries does (RFC 9156): a server that serves
//! parent and child alike would else hide the cut between them. The work is bounded three times: by a number of
//! queries, by a depth of names that need other names, and by a deadline.

mod delegated;
mod descent;

use std::collections::{BTreeSet, HashMap};
use std::net::{IpAddr, SocketAddr};
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;
use std::time::Instant;

use futures_util::future::join_all;

use super::exchange::{Query, exchange};
use super::nameservers::PORT;
use crate::audit::{Cut, Delegated, Found, ParentView, Reply};
use crate::verdict::Nameserver;
use crate::zone::{Name, RecordType};
use delegated::delegated;

/// Queries of one walk, those for addresses of nameservers included.
const MOST_QUERIES: usize = 2000;

/// How many names may need one another to be resolved.
const DEEPEST: usize = 8;

/// Why a walk ended before the zone.
#[derive(Clone, Debug)]
pub enum Stop {
    /// The zone above says that there is no such delegation.
    NotDelegated {
        /// The zone above.
        parent: Name,
        /// Whether it says that there is no such name at all.
        nonexistent: bool,
    },
    /// Nobody could say; why, in one sentence.
    Unknown(String),
}

/// Walks from the root, and remembers what it met.
pub struct Walker {
    root: Cut,
    deadline: Option<Instant>,
    left: AtomicUsize,
    cuts: Mutex<HashMap<Name, Cut>>,
    found: Mutex<HashMap<Name, Found>>,
    /// Addresses that came with any delegation.
    glue: Mutex<HashMap<Name, BTreeSet<IpAddr>>>,
}

impl Walker {
    /// Begins at `hints`.
    pub fn new(hints: Vec<Nameserver>, deadline: Option<Instant>) -> Self {
        Self {
            root: Cut {
                zone: Name::root(),
                servers: hints,
                views: Vec::new(),
            },
            deadline,
            left: AtomicUsize::new(MOST_QUERIES),
            cuts: Mutex::default(),
            found: Mutex::default(),
            glue: Mutex::default(),
        }
    }

    /// The zone cuts down to `zone`, which is the last; every server of its parent was asked about it, and every name
    /// that any of them gave was resolved.
    pub async fn chain(&self, zone: &Name) -> Result<Vec<Cut>, Stop> {
        if zone.borrow().is_root() {
            return Ok(vec![self.root.clone()]);
        }
        let descent = self.descend(zone, &[]).await.map_err(Stop::Unknown)?;
        let mut chain = descent.cuts;
        if chain.last().is_none_or(|last| last.zone != *zone) {
            return Err(Stop::NotDelegated {
                parent: chain.pop().map_or_else(Name::root, |last| last.zone),
                nonexistent: descent.nonexistent,
            });
        }
        chain.pop();
        let parent = chain.last().expect("the root is above every other zone");
        let views = self.views(parent, zone).await;
        let mut names: Vec<Name> = Vec::new();
        for name in views
            .iter()
            .filter_map(|view| view.said.as_ref().ok())
            .flat_map(Delegated::names)
        {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let servers = self.servers(&names).await;
        chain.push(Cut {
            zone: zone.clone(),
            servers,
            views,
        });
        Ok(chain)
    }

    /// Addresses of every name to ask at once: those that came with the delegation of its zone, which is what resolvers
    /// begin with, and only where there are none those that its own zone gives.
    pub async fn servers(&self, names: &[Name]) -> Vec<Nameserver> {
        let found = join_all(names.iter().map(|name| self.begin_with(name))).await;
        let pairs = names.iter().zip(found);
        pairs
            .flat_map(|(name, addresses)| addresses.into_iter().map(|address| at(name, address)))
            .collect()
    }

    async fn begin_with(&self, name: &Name) -> Vec<IpAddr> {
        if let Some(zone) = name.borrow().parent() {
            // Its delegation may bring the addresses along, whether or not anybody answers for the zone itself.
            let _ = self.descend(&zone.to_name(), &[]).await;
        }
        let glue = self.glue_of(name);
        if !glue.is_empty() {
            return glue;
        }
        match self.resolve(name).await {
            Found::Addresses(addresses) => addresses,
            _ => Vec::new(),
        }
    }

    /// What the zone of `name` says about its addresses.
    pub async fn resolve(&self, name: &Name) -> Found {
        self.resolve_for(name, &[]).await
    }

    /// Addresses of `name` that came with any delegation.
    pub fn glue_of(&self, name: &Name) -> Vec<IpAddr> {
        let glue = self.glue.lock().expect("nobody panics with the lock");
        let own = glue.get(name);
        own.into_iter().flatten().copied().collect()
    }

    /// What each server of `parent` says about `zone`.
    async fn views(&self, parent: &Cut, zone: &Name) -> Vec<ParentView> {
        let query = Query::new(zone, RecordType::NS);
        let asked = parent.servers.iter().map(|server| {
            let query = &query;
            async move {
                let said = match exchange(server.address, query, self.deadline).await {
                    Err(why) => Err(why),
                    Ok(reply) => self.read_view(server, query, reply, parent).await,
                };
                ParentView {
                    server: server.clone(),
                    said,
                }
            }
        });
        let views = join_all(asked).await;
        for view in &views {
            self.remember_glue(view.said.as_ref().ok());
        }
        views
    }

    async fn read_view(
        &self,
        server: &Nameserver,
        query: &Query,
        reply: Reply,
        parent: &Cut,
    ) -> Result<Delegated, String> {
        let zone = &query.question.name;
        if !reply.message().is_some_and(|message| message.tc()) {
            return delegated(&reply, zone, &parent.zone);
        }
        let whole = exchange(server.address, &query.clone().over_tcp(), self.deadline).await?;
        Ok(Delegated {
            truncated: true,
            ..delegated(&whole, zone, &parent.zone)?
        })
    }

    fn remember_glue(&self, delegated: Option<&Delegated>) {
        let mut known = self.glue.lock().expect("nobody panics with the lock");
        for glue in delegated.into_iter().flat_map(|one| &one.glue) {
            let own = known.entry(glue.name.clone()).or_default();
            own.insert(glue.address);
        }
    }
}

fn at(name: &Name, address: IpAddr) -> Nameserver {
    Nameserver {
        name: name.clone(),
        address: SocketAddr::new(address, PORT),
        provider: None,
    }
}
