//! SEC: signatures, keys and denials.

use super::{Rule, entry};
use crate::zone::Severity::{Error, Warning};

/// Sorted by code.
pub(super) const RULES: &[Rule] = &[
    entry(
        "SEC01",
        Error,
        "Where the parent has a DS, every server gives every record set with a signature that a validating resolver accepts.",
        "RFC 4035, sections 2 and 5",
        "Validating resolvers, most of the large ones, answer SERVFAIL instead of what they cannot validate: one unsigned provider below a DS is an outage for the share of lookups that it gets.",
        "Sign at that provider too, with keys that the others know (RFC 8901), or take the DS away and wait for its TTL before anything else.",
    ),
    entry(
        "SEC02",
        Error,
        "All servers have the same DNSKEY set, with the keys of every provider in it, and the DS set promises a key of each.",
        "RFC 8901, section 2.1",
        "A resolver takes the keys from one server and the answers from another; keys that only one has make the other's signatures worthless.",
        "Publish each provider's zone signing keys at every other one, and the DS of every key signing key at the parent.",
    ),
    entry(
        "SEC03",
        Error,
        "All servers sign with the same algorithms, every one of them all record sets, and none is outdated.",
        "RFC 6840, section 5.11; RFC 8901, section 4; RFC 9904, RFC 9905, RFC 9906",
        "Validators are free to demand each algorithm that the keys promise, and to treat outdated ones as no signature at all.",
        "Choose ECDSAP256SHA256 (13) or ED25519 (15) at all providers; roll algorithms over one provider's worth at a time as RFC 6781 has it.",
    ),
    entry(
        "SEC04",
        Warning,
        "Signatures last longer than caches keep what they cover, with half a day to spare.",
        "RFC 6781, section 4.4.2; Zonemaster DNSSEC04",
        "A signer that has stopped shows in nothing but the date on which everything fails.",
        "See why the signer has not signed again; servers that transfer the zone may be stale.",
    ),
    entry(
        "SEC05",
        Error,
        "CDS, CDNSKEY and CSYNC are the same on all servers and fit the keys.",
        "RFC 7344, section 4; RFC 7477; draft-ietf-dnsop-cds-consistency",
        "A parent that acts on what one server says replaces the DS set, and the other providers' keys with it.",
        "Publish the union of all providers' records everywhere, or nowhere.",
    ),
    entry(
        "SEC06",
        Error,
        "What is denied is proved by NSEC or NSEC3 records that tell the truth, with plain parameters.",
        "RFC 4035, section 5.4; RFC 5155, section 8; RFC 9276, section 3; RFC 9824",
        "A denial without proof is SERVFAIL; a proof that denies what exists is cached and used for other questions, as in Slack's outage of 2021-09-30.",
        "It is the signer's fault: sign the zone anew, use NSEC or NSEC3 with 0 iterations and no salt, and report it to the provider.",
    ),
];
