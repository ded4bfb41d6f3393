//! Well-known services: a protocol and a bit for each port (RFC 1035, section 3.4.2).

use std::collections::BTreeSet;

use super::super::codes;
use super::super::number::decimal;
use super::super::print::push;
use super::Odd;

/// Protocols by name; others are given by number.
const PROTOCOLS: &[(&str, u16)] = &[
    ("icmp", 1),
    ("igmp", 2),
    ("ggp", 3),
    ("tcp", 6),
    ("egp", 8),
    ("pup", 12),
    ("udp", 17),
    ("hmp", 20),
    ("xns-idp", 22),
    ("rdp", 27),
];

/// Ports by name; others are given by number.
const PORTS: &[(&str, u16)] = &[
    ("echo", 7),
    ("discard", 9),
    ("systat", 11),
    ("daytime", 13),
    ("netstat", 15),
    ("qotd", 17),
    ("chargen", 19),
    ("ftp-data", 20),
    ("ftp", 21),
    ("ssh", 22),
    ("telnet", 23),
    ("smtp", 25),
    ("time", 37),
    ("whois", 43),
    ("domain", 53),
    ("tftp", 69),
    ("gopher", 70),
    ("finger", 79),
    ("http", 80),
    ("pop3", 110),
    ("sunrpc", 111),
    ("nntp", 119),
    ("ntp", 123),
    ("imap2", 143),
    ("snmp", 161),
    ("irc", 194),
    ("ldap", 389),
    ("https", 443),
];

fn number(text: &[u8], names: &[(&str, u16)]) -> Option<u64> {
    decimal(text).or_else(|| {
        names
            .iter()
            .find(|(name, _)| name.as_bytes().eq_ignore_ascii_case(text))
            .map(|&(_, number)| u64::from(number))
    })
}

pub(in super::super) const SERVICES: Odd = Odd {
    read: |words, out| {
        let text = words.bare("a protocol")?;
        let protocol = number(text, PROTOCOLS)
            .and_then(|number| u8::try_from(number).ok())
            .ok_or_else(|| words.bad(codes::UNKNOWN_SERVICE, "not a protocol:"))?;
        let mut ports = BTreeSet::new();
        while !words.is_empty() {
            let text = words.bare("a service")?;
            let port = number(text, PORTS)
                .and_then(|number| u16::try_from(number).ok())
                .ok_or_else(|| {
                    words
                        .bad(codes::UNKNOWN_SERVICE, "not a service:")
                        .hint("write the port's number")
                })?;
            ports.insert(port);
        }
        out.push(protocol);
        let start = out.len();
        if let Some(&last) = ports.last() {
            out.resize(start + usize::from(last) / 8 + 1, 0);
        }
        for port in ports {
            out[start + usize::from(port) / 8] |= 0x80 >> (port % 8);
        }
        Ok(())
    },
    length: |rest| {
        let bits = rest.get(1..)?;
        (bits.len() <= 8192 && bits.last() != Some(&0)).then_some(rest.len())
    },
    print: |octets, out| {
        push(out, format_args!("{}", octets[0]));
        for port in 0..(octets.len() - 1) * 8 {
            if octets[1 + port / 8] & (0x80 >> (port % 8)) != 0 {
                push(out, format_args!(" {port}"));
            }
        }
    },
};
