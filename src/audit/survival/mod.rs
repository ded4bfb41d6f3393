//! Does a zone survive the loss of one thing that its nameservers depend on? Of a provider, a network, an autonomous
//! system, a zone that nameserver names lie in, a top-level domain.
//!
//! Availability figures that multiply are left out on purpose: they hold for independent failures only, and what is
//! asked here is what is not independent.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fmt;

use super::asn::AsnTable;
use super::note::finding;
use crate::verdict::{Nameserver, Network};
use crate::zone::{Finding, Name, NameRef};

/// A kind of thing that can be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dimension {
    /// Whoever runs the server.
    Provider,
    /// A /24 or a /48, the smallest that is routed by itself.
    Network,
    /// An autonomous system, where a table says which.
    System,
    /// What is left of a nameserver's name without its first label: the zone that says its addresses.
    NameZone,
    /// The top-level domain of a nameserver's name.
    Tld,
}

impl Dimension {
    /// Every one, in the order of the report.
    pub const ALL: [Self; 5] = [
        Self::Provider,
        Self::Network,
        Self::System,
        Self::NameZone,
        Self::Tld,
    ];

    /// The spelling in JSON output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Network => "network",
            Self::System => "as",
            Self::NameZone => "name_zone",
            Self::Tld => "tld",
        }
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Provider => "provider",
            Self::Network => "network",
            Self::System => "autonomous system",
            Self::NameZone => "zone of nameserver names",
            Self::Tld => "top-level domain of nameserver names",
        })
    }
}

/// One thing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Thing {
    /// Its kind.
    pub dimension: Dimension,
    /// `cloudflare`, `192.0.2.0/24`, `AS64500`, `example.net.`, `net.`.
    pub name: String,
}

impl fmt::Display for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.dimension, self.name)
    }
}

/// One address of a nameserver, and whether it counts.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    /// The server.
    pub server: &'a Nameserver,
    /// Whether it answers with authority, and as the others do.
    pub is_sound: bool,
    /// Whether the parent's servers give its address along, so that its name need not resolve.
    pub has_glue: bool,
}

/// What losing one thing does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// What is lost.
    pub thing: Thing,
    /// Sound addresses that are left.
    pub left: usize,
    /// How many addresses are lost with it, sound or not.
    pub lost: usize,
    /// The names of the nameservers that are lost.
    pub names: BTreeSet<Name>,
}

impl Loss {
    /// Whether the zone is still served.
    pub fn is_survived(&self) -> bool {
        self.left > 0
    }
}

/// The whole answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redundancy {
    /// Addresses of nameservers.
    pub servers: usize,
    /// The sound ones among them.
    pub sound: usize,
    /// Every thing that can be lost, by kind and name.
    pub losses: Vec<Loss>,
    /// The fewest things whose loss together leaves nothing; empty where nothing is sound to begin with.
    pub cut: Vec<Thing>,
}

/// How long resolvers wait for a dead server before they try the next one: the 95th percentile of the first lookups
/// with four resolvers in a laboratory, in seconds. Later ones avoid the dead server.
pub const FIRST_WAIT: (f64, f64) = (0.8, 1.5);

impl Redundancy {
    /// The share of lookups by a resolver with nothing in its cache that meet a dead server first while `loss` lasts,
    /// from 0 to 1. Assumes a resolver that picks among all addresses alike; those that prefer the nearest do better
    /// or worse.
    pub fn cold_share(&self, loss: &Loss) -> f64 {
        share(loss.lost, self.servers)
    }

    /// The share of lookups that get a wrong answer if what is lost were stale instead, from 0 to 1: resolvers fail
    /// over on silence and never on an answer. The same assumption; four resolvers measured spread from 0.03 to 0.7
    /// where half of the servers were stale.
    pub fn stale_share(&self, loss: &Loss) -> f64 {
        share(loss.lost, self.servers)
    }

    /// Losses of one kind.
    pub fn of(&self, dimension: Dimension) -> impl Iterator<Item = &Loss> {
        self.losses
            .iter()
            .filter(move |loss| loss.thing.dimension == dimension)
    }

    /// DIV04: each provider whose loss takes the zone off the net. Where no server is sound to begin with, other
    /// findings say why.
    pub fn findings(&self) -> Vec<Finding> {
        if self.sound == 0 {
            return Vec::new();
        }
        self.of(Dimension::Provider)
            .filter(|loss| !loss.is_survived())
            .map(|loss| {
                let name = &loss.thing.name;
                let message = match self.servers - loss.lost {
                    0 => format!("the zone does not survive the loss of {name}, which runs all of its nameservers"),
                    1 => format!("the zone does not survive the loss of {name}: the only other address does not answer as it should"),
                    others => format!("the zone does not survive the loss of {name}: none of the other {others} addresses answers as it should"),
                };
                let names: Vec<String> = loss.names.iter().map(ToString::to_string).collect();
                let message = format!("{message} (it runs {})", names.join(", "));
                let mut one = finding("DIV04", message);
                one.provider = Some(name.clone());
                one
            })
            .collect()
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "nobody has 2^52 nameserver addresses"
)]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    part as f64 / whole as f64
}

/// What `members` depend on, and what losing it does to the zone `zone`.
pub fn redundancy(zone: &Name, members: &[Member<'_>], asn: Option<&AsnTable>) -> Redundancy {
    let needs: Vec<(bool, BTreeSet<Thing>)> = members
        .iter()
        .map(|member| (member.is_sound, things(zone, member, asn)))
        .collect();
    let all: BTreeSet<&Thing> = needs.iter().flat_map(|(_, things)| things).collect();
    let losses = all
        .iter()
        .map(|&thing| {
            let lost = |needs: &BTreeSet<Thing>| needs.contains(thing);
            let names = members.iter().zip(&needs).filter(|(_, (_, own))| lost(own));
            Loss {
                thing: thing.clone(),
                names: names
                    .map(|(member, _)| member.server.name.clone())
                    .collect(),
                left: needs
                    .iter()
                    .filter(|(sound, own)| *sound && !lost(own))
                    .count(),
                lost: needs.iter().filter(|(_, own)| lost(own)).count(),
            }
        })
        .collect();
    let sound: Vec<&BTreeSet<Thing>> = needs
        .iter()
        .filter(|(sound, _)| *sound)
        .map(|(_, things)| things)
        .collect();
    Redundancy {
        servers: members.len(),
        sound: sound.len(),
        losses,
        cut: smallest_cut(&sound),
    }
}

/// What one address depends on. A name below the zone itself, or with glue, resolves as long as the parent does.
fn things(zone: &Name, member: &Member<'_>, asn: Option<&AsnTable>) -> BTreeSet<Thing> {
    let server = member.server;
    let thing = |dimension, name: String| Thing { dimension, name };
    let network = Network::of(server.address.ip()).map(|network| network.to_string());
    let provider = server.provider.clone().or_else(|| network.clone());
    let system = asn
        .and_then(|table| table.origin(server.address.ip()))
        .map(|number| format!("AS{number}"));
    let mut all: BTreeSet<Thing> = [
        (Dimension::Provider, provider),
        (Dimension::Network, network),
        (Dimension::System, system),
    ]
    .into_iter()
    .filter_map(|(dimension, name)| Some(thing(dimension, name?)))
    .collect();
    let name = server.name.borrow();
    if !member.has_glue && !name.is_at_or_below(zone.borrow()) {
        if let Some(above) = name.parent().filter(|above| !above.is_root()) {
            all.insert(thing(Dimension::NameZone, above.to_name().to_string()));
        }
        all.insert(thing(Dimension::Tld, tld(name).to_name().to_string()));
    }
    all
}

fn tld(mut name: NameRef<'_>) -> NameRef<'_> {
    while let Some(above) = name.parent().filter(|above| !above.is_root()) {
        name = above;
    }
    name
}

/// The fewest things of which every one of `needs` has at least one: by trying all ones, then all twos, and so on.
/// Never more than there are things in the kind with the fewest, so that the work stays small.
fn smallest_cut(needs: &[&BTreeSet<Thing>]) -> Vec<Thing> {
    if needs.is_empty() {
        return Vec::new();
    }
    let all: Vec<&Thing> = needs
        .iter()
        .copied()
        .flatten()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    // One kind alone is a cut where every address has something of it.
    let mut best: Vec<Thing> = Dimension::ALL
        .iter()
        .filter_map(|&dimension| {
            let of = |thing: &&&Thing| thing.dimension == dimension;
            let own: Vec<Thing> = all.iter().filter(of).map(|&thing| thing.clone()).collect();
            let covers = needs
                .iter()
                .all(|need| own.iter().any(|thing| need.contains(thing)));
            covers.then_some(own)
        })
        .min_by_key(Vec::len)
        .unwrap_or_else(|| all.iter().map(|&thing| thing.clone()).collect());
    for size in 1..best.len().min(MOST_MIXED + 1) {
        let mut chosen = Vec::new();
        if covers_with(needs, size, &mut chosen) {
            best = chosen;
            break;
        }
    }
    best
}

/// Cuts of things of several kinds are looked for up to this size; larger ones are no news.
const MOST_MIXED: usize = 3;

/// Whether `left` more things are enough for all of `needs`: whatever is chosen has to serve the first that is not
/// served yet, so only its own things are tried.
fn covers_with(needs: &[&BTreeSet<Thing>], left: usize, chosen: &mut Vec<Thing>) -> bool {
    let open = needs
        .iter()
        .find(|need| !chosen.iter().any(|thing| need.contains(thing)));
    let Some(open) = open else {
        return true;
    };
    if left == 0 {
        return false;
    }
    for thing in *open {
        chosen.push(thing.clone());
        if covers_with(needs, left - 1, chosen) {
            return true;
        }
        chosen.pop();
    }
    false
}
