//! DIV: what is shared.

use super::{Rule, entry};
use crate::zone::Severity::{Error, Info, Warning};

/// Sorted by code.
pub(super) const RULES: &[Rule] = &[
    entry(
        "DIV01",
        Warning,
        "Two providers at least serve the zone.",
        "RFC 2182, section 3",
        "An attack, a mistake or a bill at one provider takes all of its servers at once: Dyn 2016, Akamai 2021, GoDaddy 2025.",
        "Add a second provider; `redundns init` shows how.",
    ),
    entry(
        "DIV02",
        Warning,
        "The servers are not all in one network: a /24, a /48, an autonomous system; and no network holds several providers.",
        "RFC 2182, section 3.1; Zonemaster CONNECTIVITY03 and CONNECTIVITY04",
        "One route that is withdrawn takes all of them, as Facebook's did in 2021.",
        "Add a server elsewhere.",
    ),
    entry(
        "DIV03",
        Info,
        "The nameservers' names lie in several zones below several top-level domains.",
        "Krohnke and others 2018; the outage of .de on 2026-05-05",
        "Where the zone of the names fails, its servers cannot be found, however many providers run them.",
        "Choose names of servers in another zone for one of the providers.",
    ),
    entry(
        "DIV04",
        Error,
        "The loss of any one provider leaves a server that answers with authority, as the others do, and whose name resolves.",
        "RFC 2182, section 3; the method is that of Krohnke and others 2018",
        "Redundancy on paper is worse than none: nobody prepares for the outage that it does not survive.",
        "Mend what is said of the other providers' servers, or add a second provider.",
    ),
    entry(
        "DIV05",
        Info,
        "The domain of the status page (`--status-page`) is served by others than the audited providers.",
        "Codeship's outage of 2014-12-01",
        "The page that tells of the outage is gone with it.",
        "Host the status page below a domain at another DNS provider.",
    ),
];
