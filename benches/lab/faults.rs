//! The table of faults, as `faults.toml` writes it.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::Deserialize;

use crate::twist::Twist;

/// `faults.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Worlds with one thing wrong.
    #[serde(rename = "fault")]
    pub faults: Vec<Case>,
    /// Worlds with nothing wrong.
    pub healthy: Vec<Case>,
}

/// One world, and what is to be said of it.
#[derive(Deserialize, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Case {
    /// In words joined by hyphens.
    pub name: String,
    /// In a sentence.
    pub about: String,
    /// How it is looked for.
    pub mode: Mode,
    /// By place, before signing.
    pub edit: BTreeMap<String, Edit>,
    /// By place, after signing.
    pub late: BTreeMap<String, Edit>,
    /// In the parent's zone.
    pub parent: Edit,
    /// In the zone file that is compared, and nowhere else.
    pub file: Edit,
    /// By provider: in what its primary holds.
    pub held: BTreeMap<String, Edit>,
    /// Instead of the usual three.
    pub nameservers: Option<Vec<Nameserver>>,
    /// By provider, or `all`: how the zone is signed.
    pub sign: BTreeMap<String, String>,
    /// By provider: what its server does otherwise.
    pub server: BTreeMap<String, Quirk>,
    /// By place: how a proxy misbehaves.
    pub twist: BTreeMap<String, Twist>,
    /// `redundns.toml`, for [`Mode::Check`].
    pub policy: Option<String>,
    /// Where users are told of outages.
    pub status_page: Option<String>,
    /// A zone that is delegated on the way to a nameserver's address.
    pub delegate: Option<String>,
    /// Many records in one set.
    pub generate: Option<Generate>,
    /// What must be found; nothing, where all is well.
    pub expect: Option<Expect>,
}

/// How a case is looked for.
#[derive(Deserialize, Clone, Copy, Default, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// By the name of the zone alone.
    #[default]
    Domain,
    /// And by a list of names.
    Names,
    /// By the zone file.
    File,
    /// By the zone file and the accounts of its providers.
    Check,
}

/// Lines out, lines in.
#[derive(Deserialize, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Edit {
    /// `owner TYPE`, and as many words of the data as tell it apart.
    pub remove: Vec<String>,
    /// Lines of a master file.
    pub add: Vec<String>,
}

/// A nameserver of the delegation.
#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub struct Nameserver {
    /// Without the final dot.
    pub name: String,
    /// `alpha`, `beta`, `gamma` or `delta`.
    pub provider: String,
    /// At port 53 of each it answers.
    pub addresses: Vec<IpAddr>,
}

/// What a real server does otherwise.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "kebab-case")]
pub enum Quirk {
    /// Transfers to everybody.
    Axfr,
    /// Resolves for everybody.
    Recursion,
    /// Does not have the zone.
    NoZone,
    /// Has it, and cannot read its file.
    BrokenZone,
    /// Has a zone below it as well.
    ChildZone,
}

/// Many addresses of one name.
#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub struct Generate {
    /// Relative to the zone.
    pub owner: String,
    /// At most 250.
    pub count: u8,
}

/// The finding that a fault asks for.
#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// Any of these.
    pub code: Vec<String>,
    /// All of these nameservers are accused, and none of the others.
    #[serde(default)]
    pub servers: Vec<String>,
    /// All of these words are said.
    #[serde(default)]
    pub mentions: Vec<String>,
    /// The owner.
    pub name: Option<String>,
    /// The type of the record.
    #[serde(rename = "type")]
    pub rtype: Option<String>,
}

impl Table {
    /// The table of this folder.
    pub fn read() -> Self {
        toml::from_str(include_str!("faults.toml")).expect("the table of faults")
    }

    /// Faults, then healthy worlds.
    pub fn cases(&self) -> impl Iterator<Item = &Case> {
        self.faults.iter().chain(&self.healthy)
    }
}

impl Case {
    /// Its nameservers, or the usual three.
    pub fn nameservers(&self) -> Vec<Nameserver> {
        self.nameservers.clone().unwrap_or_else(|| {
            [
                ("ns1.alpha.example", "alpha", 1),
                ("ns1.beta.lab", "beta", 2),
                ("ns1.gamma.example", "gamma", 3),
            ]
            .map(|(name, provider, network)| Nameserver {
                name: name.to_owned(),
                provider: provider.to_owned(),
                addresses: vec![
                    [10, 53, network, 1].into(),
                    [0xfd53, 0, network.into(), 0, 0, 0, 0, 1].into(),
                ],
            })
            .to_vec()
        })
    }

    /// What applies to an address of a provider: what is written for it alone, for the provider, for all.
    pub fn at<'a, T>(
        places: &'a BTreeMap<String, T>,
        provider: &str,
        address: IpAddr,
    ) -> impl Iterator<Item = &'a T> {
        let family = if address.is_ipv4() { "v4" } else { "v6" };
        let own = [
            "all".to_owned(),
            provider.to_owned(),
            format!("{provider}/{family}"),
        ];
        own.into_iter().filter_map(|place| places.get(&place))
    }
}
