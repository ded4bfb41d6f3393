//! Whether to write a plan at all: reasons to stop that a person can override, each by a flag of its own.

mod fleet;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt::Write as _;

pub use fleet::{Measure, guard_fleet};

use super::{Change, SetPattern};
use crate::zone::{Name, RecordType, Zone};

/// What is refused, and what the user has overridden.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line, independent of the others"
)]
pub struct GuardPolicy {
    /// The largest share of a provider's record sets that may be changed or deleted, from 0 to 1.
    pub max_change: f64,
    /// The share counts from this many record sets on.
    pub min_records: usize,
    /// Record sets that are not deleted.
    pub protect: Vec<SetPattern>,
    /// `--allow-empty`.
    pub allow_empty: bool,
    /// `--allow-protected`.
    pub allow_protected: bool,
    /// `--adopt`.
    pub adopt: bool,
    /// `--allow-unproved`.
    pub allow_unproved: bool,
    /// `--allow-type-gone`.
    pub allow_type_gone: bool,
    /// `--allow-gap`, or `[guard] allow_gap`.
    pub allow_gap: bool,
    /// `--allow-left`.
    pub allow_left: bool,
}

impl Default for GuardPolicy {
    fn default() -> Self {
        Self {
            max_change: 0.3,
            min_records: 10,
            protect: ["@ NS", "@ MX", "_dmarc TXT"]
                .map(|text| text.parse().expect("an owner and a type"))
                .to_vec(),
            allow_empty: false,
            allow_protected: false,
            adopt: false,
            allow_unproved: false,
            allow_type_gone: false,
            allow_gap: false,
            allow_left: false,
        }
    }
}

/// A reason to stop.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Objection {
    /// What `explain` takes.
    pub code: &'static str,
    /// The account it is about.
    pub provider: Option<String>,
    /// What would happen: one sentence, no final period.
    pub message: String,
    /// The flag that overrides it; `None` where nothing does.
    pub flag: Option<String>,
    /// What to do about it.
    pub hint: String,
}

/// What a guard looks at: one provider's plan and its circumstances.
#[derive(Clone, Copy, Debug)]
pub struct Proposal<'a> {
    /// Account id.
    pub provider: &'a str,
    /// What the provider holds.
    pub current: &'a Zone,
    /// What the file says.
    pub desired: &'a Zone,
    /// What would be written.
    pub changes: &'a [&'a Change],
    /// Whether this provider's copy of the zone was never written by this program.
    pub first_contact: bool,
    /// Nameservers that the file lists and the provider's apex NS set does not, and that do not serve the file's
    /// data yet.
    pub unproved: &'a [Name],
    /// Names that the provider's API leaves without an answer between two changes.
    pub gaps: &'a [Name],
    /// Nameservers that resolvers are sent to, of accounts that no longer take the zone.
    pub left: &'a [Left],
}

/// A nameserver that stays listed though its account left.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Left {
    /// The nameserver.
    pub nameserver: Name,
    /// Account id, as it was.
    pub account: String,
    /// Why resolvers ask it all the same.
    pub asked: Asked,
}

/// Why resolvers ask a nameserver.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Asked {
    /// The zone file lists it.
    File,
    /// The apex NS set at this account lists it.
    At(String),
    /// An NS set that listed it may be in a cache until then, as in `2026-11-25T13:05:01Z`.
    Remembered(String),
}

/// The codes of objections, in the order in which they are looked for.
pub const GUARD_CODES: &[&str] = &[
    "GRD01", "GRD02", "GRD03", "GRD04", "GRD05", "GRD06", "GRD07", "GRD08", "GRD09",
];

/// Every reason not to write `proposal`. No changes, no objections.
pub fn guard(policy: &GuardPolicy, proposal: &Proposal<'_>) -> Vec<Objection> {
    let objection = |code, message, flag: Option<String>, hint: &str| Objection {
        code,
        provider: Some(proposal.provider.to_owned()),
        message,
        flag,
        hint: hint.to_owned(),
    };
    let mut objections = Vec::new();
    let empties = empties(proposal);
    if empties && !policy.allow_empty {
        objections.push(objection(
            "GRD02",
            "the file has no record sets apart from the SOA and the apex NS set, so that all others would be deleted"
                .to_owned(),
            Some("--allow-empty".to_owned()),
            "look whether the zone file is the right one and complete",
        ));
    }
    if !empties && let Some((part, whole, share)) = excess(policy, proposal) {
        objections.push(objection(
            "GRD01",
            format!(
                "{part} of {whole} record sets would be changed or deleted: {} %, more than {} %",
                percent(share),
                percent(policy.max_change)
            ),
            Some(format!("--allow-change {}%", percent(share))),
            "look at the plan; if that is meant, allow this much for this once",
        ));
    }
    let protected: Vec<String> = deleted(proposal)
        .filter(|change| is_protected(policy, proposal, change))
        .map(|change| relative(proposal, change))
        .collect();
    if !protected.is_empty() && !policy.allow_protected {
        objections.push(objection(
            "GRD03",
            format!("{} protected and would be deleted", listed(&protected)),
            Some("--allow-protected".to_owned()),
            "put what is missing into the zone file, or change `protect` in `redundns.toml`",
        ));
    }
    let foreign: Vec<String> = deleted(proposal)
        .map(|change| relative(proposal, change))
        .collect();
    if proposal.first_contact && !foreign.is_empty() && !policy.adopt {
        objections.push(objection(
            "GRD04",
            format!(
                "this is the first contact with the zone there, and {} not in the file and would be deleted",
                listed(&foreign)
            ),
            Some("--adopt".to_owned()),
            "a line with `-` is only there: put what is needed into the zone file first",
        ));
    }
    if !proposal.unproved.is_empty() && !policy.allow_unproved {
        let names: Vec<String> = proposal.unproved.iter().map(Name::to_string).collect();
        objections.push(objection(
            "GRD05",
            format!(
                "{} not proved to serve the zone file and would be listed as nameserver",
                listed(&names)
            ),
            Some("--allow-unproved".to_owned()),
            "let its provider have the zone first; `redundns check` says when it is current",
        ));
    }
    let gone = if empties {
        BTreeMap::new()
    } else {
        types_gone(proposal)
    };
    if !gone.is_empty() && !policy.allow_type_gone {
        objections.push(objection(
            "GRD06",
            format!(
                "every record set of {} would be deleted",
                gone.iter()
                    .map(|(rtype, count)| format!("type {rtype} ({count})"))
                    .collect::<Vec<_>>()
                    .join(" and ")
            ),
            Some("--allow-type-gone".to_owned()),
            "look whether an `$INCLUDE` or the output of a generator is missing from the zone file",
        ));
    }
    if !proposal.gaps.is_empty() && !policy.allow_gap {
        let names: Vec<String> = proposal
            .gaps
            .iter()
            .map(|name| {
                name.borrow()
                    .relative_to(proposal.desired.origin().borrow())
            })
            .collect();
        objections.push(objection(
            "GRD07",
            format!(
                "{} there before and after, and would be without an answer in between, since the API deletes the old \
                 before it takes the new",
                listed(&names)
            ),
            Some("--allow-gap".to_owned()),
            "resolvers cache that the name does not exist for the negative TTL; `allow_gap = true` under `[guard]` \
             accepts it for good",
        ));
    }
    for left in proposal.left.iter().filter(|_| !policy.allow_left) {
        let (asked, hint) = match &left.asked {
            Asked::File => ("is listed in the zone file".to_owned(), UNLIST),
            Asked::At(id) => (format!("is listed in the apex NS set at `{id}`"), UNLIST),
            Asked::Remembered(until) => (
                format!("may be remembered by resolvers until {until}"),
                "bring the account back until then",
            ),
        };
        objections.push(objection(
            "GRD08",
            format!(
                "`{}` {asked}, and its account `{}` no longer takes the zone: it would go on with the old data",
                left.nameserver, left.account
            ),
            Some("--allow-left".to_owned()),
            hint,
        ));
    }
    objections
}

const UNLIST: &str = "take it out of the apex NS set in a sync of its own, and let it serve until resolvers forgot it; or \
                      bring the account back";

/// Types of which two record sets or more are held and none would be left. One alone is too often meant, and what
/// must not go is protected by name.
fn types_gone(proposal: &Proposal<'_>) -> BTreeMap<RecordType, usize> {
    let mut gone: BTreeMap<RecordType, usize> = BTreeMap::new();
    for change in deleted(proposal) {
        *gone.entry(change.key().rtype).or_default() += 1;
    }
    gone.retain(|_, count| *count > 1);
    if gone.is_empty() {
        return gone;
    }
    let mut left = gone.clone();
    for set in proposal.current.sets() {
        if let Some(count) = left.get_mut(&set.rtype()) {
            *count = count.wrapping_sub(1);
        }
    }
    // What is held beyond what is deleted stays, since it is somebody else's.
    gone.retain(|rtype, _| left[rtype] == 0);
    for set in proposal.desired.sets() {
        gone.remove(&set.rtype());
    }
    gone
}

fn deleted<'a>(proposal: &Proposal<'a>) -> impl Iterator<Item = &'a Change> {
    proposal
        .changes
        .iter()
        .copied()
        .filter(|change| change.after().is_none())
}

/// Whether everything would go that makes the zone more than a frame.
fn empties(proposal: &Proposal<'_>) -> bool {
    let is_content = |zone: &Zone| {
        zone.sets().any(|set| {
            let is_frame = set.owner() == zone.origin().borrow()
                && matches!(set.rtype(), RecordType::SOA | RecordType::NS);
            !is_frame && !set.rtype().is_signers()
        })
    };
    deleted(proposal).next().is_some()
        && is_content(proposal.current)
        && !is_content(proposal.desired)
}

/// How many sets of how many would be changed or deleted, and the share, where that is too much.
fn excess(policy: &GuardPolicy, proposal: &Proposal<'_>) -> Option<(usize, usize, f64)> {
    let (part, whole) = measure(proposal);
    let share = share(part, whole);
    (whole >= policy.min_records && share > policy.max_change).then_some((part, whole, share))
}

/// How many sets would be changed or deleted, and of how many.
fn measure(proposal: &Proposal<'_>) -> (usize, usize) {
    let is_counted = |rtype: RecordType| rtype != RecordType::SOA && !rtype.is_signers();
    let whole = proposal
        .current
        .sets()
        .filter(|set| is_counted(set.rtype()))
        .count();
    let part = proposal
        .changes
        .iter()
        .filter(|change| change.before().is_some() && is_counted(change.key().rtype))
        .count();
    (part, whole)
}

fn share(part: usize, whole: usize) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of record sets are far below 2^52"
    )]
    let share = part as f64 / whole.max(1) as f64;
    share
}

/// Rounded up, so that allowing the figure shown allows the plan.
fn percent(share: f64) -> String {
    format!("{:.0}", (share * 100.0 - 1e-9).ceil())
}

fn is_protected(policy: &GuardPolicy, proposal: &Proposal<'_>, change: &Change) -> bool {
    let key = change.key();
    let origin = proposal.desired.origin().borrow();
    policy
        .protect
        .iter()
        .any(|pattern| pattern.matches(key.owner.borrow(), key.rtype, origin))
}

fn relative(proposal: &Proposal<'_>, change: &Change) -> String {
    let key = change.key();
    let origin = proposal.desired.origin().borrow();
    format!("{} {}", key.owner.borrow().relative_to(origin), key.rtype)
}

/// A subject with its verb: "`a A` is", "`a A` and `b A` are", "`a A`, `b A`, `c A` and 4 more are".
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 3;
    let shown = names.len().min(SHOWN);
    let mut text = String::new();
    for (index, name) in names[..shown].iter().enumerate() {
        let joint = match index {
            0 => "",
            _ if index + 1 == names.len() => " and ",
            _ => ", ",
        };
        let _ = write!(text, "{joint}`{name}`");
    }
    if names.len() > shown {
        let _ = write!(text, " and {} more", names.len() - shown);
    }
    text + if names.len() == 1 { " is" } else { " are" }
}
