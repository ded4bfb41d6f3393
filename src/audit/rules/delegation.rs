//! DEL: the delegation.

use super::{Rule, entry};
use crate::zone::Severity::{Error, Info, Warning};

/// Sorted by code.
pub(super) const RULES: &[Rule] = &[
    entry(
        "DEL01",
        Error,
        "A zone has two nameservers at least, at addresses of their own, and two over IPv4 if any.",
        "RFC 1034, section 4.1; Zonemaster DELEGATION01 and DELEGATION02",
        "With one of them gone the zone is gone.",
        "Add a nameserver of another provider.",
    ),
    entry(
        "DEL02",
        Error,
        "The NS set at the parent and the apex NS set on every server are the same.",
        "RFC 1034, section 4.2.2; IANA's technical requirements for authoritative name servers",
        "Resolvers learn of servers from both. One that stands in one place only gets a part of the questions, or questions that it no longer answers.",
        "Give the registrar the apex NS set of the zone file, and every provider the whole set.",
    ),
    entry(
        "DEL03",
        Error,
        "The addresses at the parent are those that the nameserver's zone gives, and names within the zone have all of them there.",
        "RFC 9471, section 3; IANA's technical requirements for authoritative name servers",
        "Without glue a name within the zone cannot be found at all; with a wrong one resolvers ask somebody else.",
        "Correct the host's addresses at the registrar.",
    ),
    entry(
        "DEL04",
        Error,
        "Every listed server answers with authority.",
        "RFC 2181, section 6.1; RFC 9499 (lame delegation)",
        "Resolvers lose time with a server that does not serve the zone, and may take all of them for broken.",
        "Let the provider load the zone, or take the server out of both NS sets.",
    ),
    entry(
        "DEL05",
        Error,
        "The hosts that NS, MX and SRV records name are no aliases and have addresses.",
        "RFC 2181, section 10.3; RFC 2782",
        "Resolvers and mail servers need not follow an alias there, and many do not.",
        "Name the host itself, and give it an address.",
    ),
    entry(
        "DEL06",
        Info,
        "The NS set lives as long at the parent as in the zone.",
        "RFC 2181, section 5.4.1",
        "Some resolvers keep the parent's set, some the zone's: a server that leaves gets questions for the longer of both.",
        "Nothing; keep a server that leaves serving for as long as is said.",
    ),
    entry(
        "DEL07",
        Warning,
        "The referral fits 512 octets, with the longest name and the glue that it needs.",
        "RFC 1035, section 2.3.4; Zonemaster DELEGATION03",
        "A resolver without EDNS has to repeat the question over TCP.",
        "Use fewer nameservers, or shorter names that share an ending.",
    ),
];
