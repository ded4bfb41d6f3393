//! What was seen, as data. Judges read it, and nobody else decides anything from it.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use crate::verdict::Nameserver;
use crate::zone::message::MessageRef;
use crate::zone::{Name, RecordSet, RecordType, Zone};

/// One zone on the way from the root to the audited zone, and who serves it.
#[derive(Clone, Debug)]
pub struct Cut {
    /// Its apex.
    pub zone: Name,
    /// Every address of every nameserver, as far as addresses are known; these are the ones that can be asked.
    pub servers: Vec<Nameserver>,
    /// What servers of the zone above said about it. Empty for the root, and where the servers were given by hand.
    pub views: Vec<ParentView>,
}

/// What one server of the zone above said when it was asked for the NS set of a zone.
#[derive(Clone, Debug)]
pub struct ParentView {
    /// Who was asked.
    pub server: Nameserver,
    /// What it said, or in a few words why that is not known.
    pub said: Result<Delegated, String>,
}

/// A delegation as one server gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegated {
    /// The NS set.
    pub ns: RecordSet,
    /// Addresses that came along.
    pub glue: Vec<Glue>,
    /// Whether the server answered with authority, as one does that serves the zone below as well.
    pub authoritative: bool,
    /// Whether the answer was cut (TC) over UDP.
    pub truncated: bool,
    /// Octets of the answer.
    pub octets: usize,
}

/// An address of a nameserver that came with a delegation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Glue {
    /// The nameserver.
    pub name: Name,
    /// Its address.
    pub address: IpAddr,
}

impl Delegated {
    /// The nameservers' names, in canonical order of their octets.
    pub fn names(&self) -> Vec<Name> {
        let names = self.ns.rdata.iter();
        names
            .filter_map(|rdata| Name::from_wire(rdata).ok())
            .collect()
    }
}

/// What asking the authoritative servers for the addresses of a name came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// They exist.
    Addresses(Vec<IpAddr>),
    /// The name is an alias of another.
    Alias(Name),
    /// There is no such name, or none of both types.
    Nothing,
    /// Nobody could be asked; why, in a few words.
    Unknown(String),
}

/// One nameserver's name, wherever it is listed.
#[derive(Clone, Debug)]
pub struct NsName {
    /// As in NS records.
    pub name: Name,
    /// What its own zone says.
    pub found: Found,
}

/// A host that a record of the zone points to.
#[derive(Clone, Debug)]
pub struct Target {
    /// The host.
    pub name: Name,
    /// Owner of the record that points to it.
    pub owner: Name,
    /// Its type: MX or SRV.
    pub rtype: RecordType,
    /// What the host's own zone says.
    pub found: Found,
}

/// What a server is asked beside the records of the zone, to see how it behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Probe {
    /// SOA of the apex over UDP, EDNS with 1232 octets.
    Soa,
    /// The same once more, for a second opinion of the same address.
    Again,
    /// SOA of the apex over TCP, without EDNS.
    SoaTcp,
    /// SOA without EDNS.
    Plain,
    /// SOA with the letters of the name in mixed case.
    Mixed,
    /// NS of the apex.
    Ns,
    /// The same over TCP.
    NsTcp,
    /// SOA with EDNS version 1, which nobody has.
    Version,
    /// SOA with an EDNS option that nobody knows.
    Option,
    /// SOA with an EDNS flag that nobody knows.
    Flag,
    /// DNSKEY with signatures and room for 512 octets.
    Small,
    /// TXT of the apex with room for 512 octets.
    Text,
    /// DNSKEY with signatures and room for 4096 octets.
    Large,
    /// The root's SOA with recursion desired.
    Recursion,
    /// The root's NS set, without recursion.
    Upward,
}

impl Probe {
    /// Every probe, the one that shows whether there is a server at all first.
    pub const ALL: [Self; 15] = [
        Self::Soa,
        Self::Again,
        Self::SoaTcp,
        Self::Plain,
        Self::Mixed,
        Self::Ns,
        Self::NsTcp,
        Self::Version,
        Self::Option,
        Self::Flag,
        Self::Small,
        Self::Text,
        Self::Large,
        Self::Recursion,
        Self::Upward,
    ];

    /// Whether it goes over TCP.
    pub fn is_tcp(self) -> bool {
        matches!(self, Self::SoaTcp | Self::NsTcp)
    }
}

/// A response: whole octets, of which at least the header can be read, with the id of the query.
#[derive(Clone, Debug)]
pub struct Reply {
    /// As received.
    pub octets: Vec<u8>,
    /// From the last sending to the answer.
    pub elapsed: Duration,
}

impl Reply {
    /// To read it. The octets were looked at when they came in.
    pub fn message(&self) -> Option<MessageRef<'_>> {
        MessageRef::read(&self.octets).ok()
    }
}

/// A response, or in the words of [`crate::verdict::Answer::Silent`] why there is none.
pub type Heard = Result<Reply, String>;

/// What a request for the whole zone came to (AXFR, RFC 5936).
#[derive(Clone, Debug)]
pub enum Transfer {
    /// The server gave everything, or more than was wanted.
    Open(Option<Box<Zone>>),
    /// It did not; why, in a few words.
    Closed(String),
}

/// What one address of one nameserver said.
#[derive(Clone, Debug)]
pub struct ServerView {
    /// Who was asked.
    pub server: Nameserver,
    /// By probe; one that was not sent is missing.
    pub heard: BTreeMap<Probe, Heard>,
    /// AXFR.
    pub transfer: Transfer,
    /// What is wrong with a response that no resolver would take: `from 192.0.2.1:53`, `with another id`.
    pub stray: Option<String>,
}

impl ServerView {
    /// The response to a probe.
    pub fn reply(&self, probe: Probe) -> Option<&Reply> {
        self.heard.get(&probe)?.as_ref().ok()
    }

    /// Whether it answers what comes without EDNS, and that alone.
    pub fn is_deaf_to_edns(&self) -> bool {
        self.reply(Probe::Soa).is_none() && self.reply(Probe::Plain).is_some()
    }
}

/// Everything that was seen of one zone, its records apart.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The zone cuts, root first and the audited zone last; the zone alone where its servers were given by hand.
    pub chain: Vec<Cut>,
    /// One entry for each of the servers of the last cut, in their order.
    pub servers: Vec<ServerView>,
    /// The nameservers' names, of the parent and of the zone together.
    pub ns_names: Vec<NsName>,
    /// Where its records point.
    pub targets: Vec<Target>,
}

impl Evidence {
    /// The audited zone.
    pub fn zone(&self) -> &Cut {
        self.chain
            .last()
            .expect("a chain has at least the zone itself")
    }

    /// The zone that delegates it, where that is known.
    pub fn parent(&self) -> Option<&Cut> {
        self.chain.iter().rev().nth(1)
    }
}
