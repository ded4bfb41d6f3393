//! Nameservers as they are typed where nobody can look them up.

use std::net::SocketAddr;
use std::str::FromStr;

use crate::adapters::socket_address;
use crate::zone::Name;

/// `NAME=ADDRESS[:PORT]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedAddress {
    /// A nameserver.
    pub name: Name,
    /// One of its addresses; port 53 where none is written.
    pub address: SocketAddr,
}

impl FromStr for NamedAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = "write NAME=ADDRESS[:PORT], e.g. ns1.example.com=192.0.2.1 or ns1.example.com=[2001:db8::1]:5301";
        let (name, address) = text.split_once('=').ok_or(form)?;
        Ok(Self {
            name: Name::absolute(name).map_err(|error| format!("`{name}`: {error}"))?,
            address: socket_address(address).ok_or(form)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_a_port_or_not() {
        for (text, expected) in [
            ("ns1.example.com=192.0.2.1", Some("192.0.2.1:53")),
            ("ns1.example.com=127.0.0.1:5301", Some("127.0.0.1:5301")),
            ("ns1.example.com=2001:db8::1", Some("[2001:db8::1]:53")),
            (
                "ns1.example.com=[2001:db8::1]:5301",
                Some("[2001:db8::1]:5301"),
            ),
            ("ns1.example.com", None),
            ("ns1..com=192.0.2.1", None),
            ("ns1.example.com=host", None),
        ] {
            let read: Option<NamedAddress> = text.parse().ok();
            let expected: Option<SocketAddr> = expected.map(|one| one.parse().expect("an address"));
            assert_eq!(read.map(|one| one.address), expected, "{text}");
        }
    }
}
