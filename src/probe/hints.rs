//! The root's servers, where every walk begins.

use std::net::{IpAddr, SocketAddr};

use super::nameservers::PORT;
use crate::verdict::Nameserver;
use crate::zone::{Name, RecordType, Zone};

/// The root's servers by letter, IANA's root hints, verified 2026-11-30.
const ROOT: [(&str, &str, &str); 13] = [
    ("a", "198.41.0.4", "2001:503:ba3e::2:30"),
    ("b", "170.247.170.2", "2801:1b8:10::b"),
    ("c", "192.33.4.12", "2001:500:2::c"),
    ("d", "199.7.91.13", "2001:500:2d::d"),
    ("e", "192.203.230.10", "2001:500:a8::e"),
    ("f", "192.5.5.241", "2001:500:2f::f"),
    ("g", "192.112.36.4", "2001:500:12::d0d"),
    ("h", "198.97.190.53", "2001:500:1::53"),
    ("i", "192.36.148.17", "2001:7fe::53"),
    ("j", "192.58.128.30", "2001:503:c27::2:30"),
    ("k", "193.0.14.129", "2001:7fd::1"),
    ("l", "199.7.83.42", "2001:500:9f::42"),
    ("m", "202.12.27.33", "2001:dc3::35"),
];

/// The public root, version 4 first.
pub fn root_hints() -> Vec<Nameserver> {
    let server = |letter: &str, address: &str| Nameserver {
        name: Name::absolute(&format!("{letter}.root-servers.net")).expect("a name of the table"),
        address: SocketAddr::new(address.parse().expect("an address of the table"), PORT),
        provider: None,
    };
    let four = ROOT.iter().map(|(letter, four, _)| server(letter, four));
    let six = ROOT.iter().map(|(letter, _, six)| server(letter, six));
    four.chain(six).collect()
}

/// The servers of a file of root hints: the root's NS set, and the addresses of the names in it.
pub fn hints_of(zone: &Zone) -> Vec<Nameserver> {
    let root = Name::root();
    let set = zone.get(root.borrow(), RecordType::NS);
    let names = set.into_iter().flat_map(|set| set.rdata());
    let names = names.filter_map(|rdata| Name::from_wire(rdata).ok());
    let mut servers = Vec::new();
    for name in names {
        for rtype in [RecordType::A, RecordType::AAAA] {
            let set = zone.get(name.borrow(), rtype);
            for rdata in set.into_iter().flat_map(|set| set.rdata()) {
                servers.extend(address_of(rdata).map(|address| Nameserver {
                    name: name.clone(),
                    address: SocketAddr::new(address, PORT),
                    provider: None,
                }));
            }
        }
    }
    servers
}

/// The address in the RDATA of an A or AAAA record.
pub(super) fn address_of(rdata: &[u8]) -> Option<IpAddr> {
    if let Ok(four) = <[u8; 4]>::try_from(rdata) {
        return Some(IpAddr::from(four));
    }
    <[u8; 16]>::try_from(rdata).ok().map(IpAddr::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::{NoIncludes, Source, parse};

    #[test]
    fn the_built_in_table_is_whole() {
        let hints = root_hints();
        assert_eq!(hints.len(), 26);
        assert!(hints[..13].iter().all(|server| server.address.is_ipv4()));
    }

    #[test]
    fn a_file_names_the_servers_of_a_private_root() {
        let text = b". 60 NS a.root.\na.root. 60 A 10.0.0.1\na.root. 60 AAAA 2001:db8::1\nb.root. 60 A 10.0.0.2\n";
        let source = Source {
            name: "hints",
            text,
        };
        let hints = hints_of(&parse(&source, Name::root(), &NoIncludes).zone);
        let addresses: Vec<String> = hints.iter().map(|one| one.address.to_string()).collect();
        assert_eq!(addresses, ["10.0.0.1:53", "[2001:db8::1]:53"]);
    }
}
