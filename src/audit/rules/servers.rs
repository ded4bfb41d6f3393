//! SRV: the behaviour of servers.

use super::{Rule, entry};
use crate::zone::Severity::{Error, Info, Warning};

/// Sorted by code.
pub(super) const RULES: &[Rule] = &[
    entry(
        "SRV01",
        Error,
        "Every address answers over UDP.",
        "RFC 1035, section 4.2.1; RFC 2182, section 4",
        "Each first question to a silent address costs the user a timeout.",
        "Find out why it is silent, or take the server out of both NS sets.",
    ),
    entry(
        "SRV02",
        Error,
        "Every address answers over TCP.",
        "RFC 7766, section 5; RFC 9210",
        "Whatever does not fit a datagram, long TXT records and signatures above all, cannot be had from there.",
        "Open TCP port 53 in the firewall, or tell the provider.",
    ),
    entry(
        "SRV03",
        Warning,
        "Two nameservers at least can be reached over IPv6, if any has such an address.",
        "RFC 3901, section 3, and its revision draft-ietf-dnsop-3901bis",
        "Resolvers without IPv4 hang on a single server, or on none.",
        "Give a second nameserver an IPv6 address, and see that all of them are reachable.",
    ),
    entry(
        "SRV04",
        Warning,
        "EDNS works: OPT comes back, version 1 is answered BADVERS, unknown options and flags are ignored.",
        "RFC 6891, sections 6.1 and 7; RFC 8906",
        "Since the DNS flag day of 2019 resolvers no longer work around servers that fail at this.",
        "Update the server, or the firewall in front of it.",
    ),
    entry(
        "SRV05",
        Warning,
        "A server answers for its own zones, to everybody, and gives nothing else away: no recursion, no referral to the root, no transfer.",
        "RFC 5358; RFC 5936, section 6",
        "Open recursion serves attacks on others, an open transfer shows every name that there is.",
        "Switch recursion off, and allow transfers to the secondaries only.",
    ),
    entry(
        "SRV06",
        Warning,
        "Upper and lower case are the same, and the question comes back as it was asked.",
        "RFC 4343; draft-vixie-dnsext-dns0x20",
        "Resolvers that vary the case against forgery take another spelling for a forged answer.",
        "Update the server, or the proxy in front of it.",
    ),
    entry(
        "SRV07",
        Warning,
        "No answer over UDP is larger than the query allows, nor than 1400 octets.",
        "RFC 9715, section 3.1; RFC 6891, section 6.2.5",
        "Larger ones are cut into fragments, which firewalls drop and forgers replace.",
        "Limit the server's size over UDP to 1232 octets.",
    ),
    entry(
        "SRV08",
        Error,
        "A response comes from the address that was asked, with the id and the question of the query.",
        "RFC 2181, section 4; RFC 5452, section 9",
        "Every resolver drops anything else as forged, so that the server is silent to them.",
        "Bind the server to its addresses, one by one, and see to the address translation in front of it.",
    ),
    entry(
        "SRV09",
        Info,
        "No nameserver is much slower than the others.",
        "Müller and others, IMC 2017",
        "Resolvers ask every server now and then: the slowest one decides the longest wait.",
        "Replace it by one with nodes nearer to the users.",
    ),
];
