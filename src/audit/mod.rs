//! What is wrong with how a domain is served, whoever serves it.
//!
//! The shells gather [`Evidence`]: the zone cuts from the root down to the zone, what each server of the parent said
//! about the last one, and what every address of every nameserver said to each [`Probe`]. The judges, one file for
//! each family of codes, turn it into findings. Nothing here opens a socket or looks at a clock.

mod agreement;
mod asn;
mod delegation;
mod diversity;
pub mod dnssec;
mod evidence;
mod manners;
mod names;
mod note;
mod read;
mod rules;
mod servers;
mod soa;
mod survival;
#[cfg(test)]
mod tests;

pub use agreement::{consensus, other_over_tcp, out_of_order};
pub use asn::AsnTable;
pub use diversity::shared_page;
pub use evidence::{
    Cut, Delegated, Evidence, Found, Glue, Heard, NsName, ParentView, Probe, Reply, ServerView,
    Target, Transfer,
};
pub use names::{first_questions, further_questions, read_names};
pub use note::dig;
pub use rules::{Rule, UNPROVEN, rule, rules};
pub use survival::{Dimension, FIRST_WAIT, Loss, Member, Redundancy, Thing, redundancy};

use crate::zone::Finding;

/// What judging may take into account.
#[derive(Clone, Copy, Default)]
pub struct JudgeOptions<'a> {
    /// Which autonomous system announces an address.
    pub asn: Option<&'a AsnTable>,
    /// Whether the apex NS set of each server is compared with a zone file elsewhere.
    pub has_file: bool,
}

/// Everything that the evidence shows, worst first, and by code.
pub fn judge(evidence: &Evidence, options: JudgeOptions<'_>) -> Vec<Finding> {
    let mut findings = delegation::judge(evidence, options.has_file);
    findings.extend(servers::judge(evidence));
    findings.extend(diversity::judge(evidence, options.asn));
    findings.extend(soa::judge(evidence));
    findings.extend(agreement::judge(evidence));
    findings.sort_by(|one, other| (other.severity, one.code).cmp(&(one.severity, other.code)));
    findings
}
