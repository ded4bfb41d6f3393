//! Providers whose nameservers stand in one network, and so may fail together (RFC 2182, section 3.1).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Nameserver;

/// The smallest networks that are routed by themselves in the open Internet: a /24, or a /48.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Network(IpAddr);

impl Network {
    /// The network of an address; `None` for addresses that say nothing about the Internet: loopback, link-local.
    pub fn of(address: IpAddr) -> Option<Self> {
        match address.to_canonical() {
            IpAddr::V4(four) if !four.is_loopback() && !four.is_link_local() => {
                let [a, b, c, _] = four.octets();
                Some(Self(Ipv4Addr::new(a, b, c, 0).into()))
            }
            IpAddr::V6(six) if !six.is_loopback() && !six.is_unicast_link_local() => {
                let [a, b, c, ..] = six.segments();
                Some(Self(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0).into()))
            }
            _ => None,
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = if self.0.is_ipv4() { 24 } else { 48 };
        write!(f, "{}/{bits}", self.0)
    }
}

/// Networks that hold nameservers of more than one provider, each with these providers.
pub fn shared_networks(nameservers: &[Nameserver]) -> BTreeMap<Network, BTreeSet<&str>> {
    let mut networks: BTreeMap<Network, BTreeSet<&str>> = BTreeMap::new();
    for server in nameservers {
        let known = Network::of(server.address.ip()).zip(server.provider.as_deref());
        if let Some((network, provider)) = known {
            networks.entry(network).or_default().insert(provider);
        }
    }
    networks.retain(|_, providers| providers.len() > 1);
    networks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::Name;

    fn server(provider: Option<&str>, address: &str) -> Nameserver {
        Nameserver {
            name: Name::absolute("ns.example.net").expect("a name"),
            address: (address.parse::<IpAddr>().expect("an address"), 53).into(),
            provider: provider.map(str::to_owned),
        }
    }

    #[test]
    fn only_networks_of_several_providers_are_shared() {
        let servers = [
            server(Some("a"), "192.0.2.1"),
            server(Some("b"), "192.0.2.200"),
            server(Some("a"), "198.51.100.1"),
            server(Some("a"), "198.51.100.2"),
            server(None, "198.51.100.3"),
            server(Some("a"), "2001:db8:0:1::1"),
            server(Some("c"), "2001:db8:0:2::1"),
            server(Some("b"), "2001:db8:1::1"),
            server(Some("a"), "127.0.0.1"),
            server(Some("b"), "127.0.0.1"),
            server(Some("a"), "::1"),
            server(Some("b"), "::1"),
        ];
        let told: Vec<String> = shared_networks(&servers)
            .iter()
            .map(|(network, ids)| format!("{network} {ids:?}"))
            .collect();
        assert_eq!(
            told,
            [
                "192.0.2.0/24 {\"a\", \"b\"}",
                "2001:db8::/48 {\"a\", \"c\"}"
            ]
        );
    }
}
