//! What differs between a provider and the zone file.
//!
//! Both zones are in canonical order, so one pass over the two finds everything, and nothing is copied for record
//! sets that are equal.

use std::cmp::Ordering;

use super::{Change, IgnoreRule, LeftAlone};
use crate::provider::{ApexNs, Capabilities, Soa};
use crate::zone::rdata::only_cut_differs;
use crate::zone::{NameRef, RecordKey, RecordSet, RecordType, SetRef, Zone};

/// What one provider lets be planned.
#[derive(Clone, Debug)]
pub struct DiffRules {
    /// The apex NS set.
    pub apex_ns: ApexNs,
    /// The SOA.
    pub soa: Soa,
    /// Record sets that are left alone unless they stand in the file.
    pub ignore: Vec<IgnoreRule>,
}

impl DiffRules {
    /// The rules that follow from what an API can hold.
    pub fn of(capabilities: &Capabilities, ignore: Vec<IgnoreRule>) -> Self {
        Self {
            apex_ns: capabilities.apex_ns,
            soa: capabilities.soa,
            ignore,
        }
    }
}

/// What differs.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Diff {
    /// In canonical order.
    pub changes: Vec<Change>,
    /// TXT record sets that differ in the cut of their strings alone: vendors cut anew, so that is never a change.
    pub notices: Vec<RecordKey>,
    /// What was left alone.
    pub ignored: Ignored,
}

/// How many record sets at the provider were left alone though they are not as in the file, and why.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ignored {
    /// The signer's own: RRSIG, NSEC, DNSKEY and their kin.
    pub signers: usize,
    /// Somebody else's, by [`DiffRules::ignore`], in canonical order.
    pub others: Vec<Others>,
    /// The SOA or the apex NS set, which the provider does not let anybody set.
    pub fixed: usize,
}

/// A record set that is somebody else's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Others {
    /// Which set.
    pub key: RecordKey,
    /// The entry of `ignore` by which it is left alone.
    pub rule: String,
}

/// Compares what a provider holds with what it should hold.
///
/// The SOA's serial is never compared; where the SOA has to be written, its serial is the successor of the
/// provider's own. A SOA is never deleted.
pub fn diff(current: &Zone, desired: &Zone, rules: &DiffRules) -> Diff {
    let mut differ = Differ {
        origin: desired.origin().borrow(),
        rules,
        left_alone: LeftAlone::new(&rules.ignore, current, desired),
        diff: Diff::default(),
    };
    let (mut held, mut wanted) = (current.sets().peekable(), desired.sets().peekable());
    loop {
        let order = match (held.peek(), wanted.peek()) {
            (None, None) => return differ.diff,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(held), Some(wanted)) => held
                .owner()
                .cmp(&wanted.owner())
                .then(held.rtype().cmp(&wanted.rtype())),
        };
        let (held, wanted) = (
            held.next_if(|_| order.is_le()),
            wanted.next_if(|_| order.is_ge()),
        );
        match (held, wanted) {
            (Some(held), Some(wanted)) if held == wanted => {}
            (Some(held), Some(wanted)) => differ.both(held, wanted),
            (Some(held), None) => differ.surplus(held),
            (None, Some(wanted)) => differ.missing(wanted),
            (None, None) => unreachable!("the order says which side comes first"),
        }
    }
}

struct Differ<'a> {
    origin: NameRef<'a>,
    rules: &'a DiffRules,
    left_alone: LeftAlone<'a>,
    diff: Diff,
}

impl Differ<'_> {
    fn both(&mut self, held: SetRef<'_>, wanted: SetRef<'_>) {
        let after = if held.rtype() == RecordType::SOA {
            self.soa(held, wanted)
        } else if self.is_apex_ns(held) {
            self.apex_ns(held, wanted)
        } else if held.ttl() == wanted.ttl()
            && only_cut_differs(held.rtype(), held.rdata(), wanted.rdata())
        {
            self.diff.notices.push(held.key());
            None
        } else {
            Some(wanted.to_record_set())
        };
        if let Some(after) = after {
            self.diff.changes.push(Change::Replace {
                key: held.key(),
                before: held.to_record_set(),
                after,
            });
        }
    }

    fn soa(&mut self, held: SetRef<'_>, wanted: SetRef<'_>) -> Option<RecordSet> {
        let (held_rdata, wanted_rdata) = (held.rdata().next()?, wanted.rdata().next()?);
        let ((held_names, serial, held_timers), (names, _, timers)) =
            (soa_parts(held_rdata)?, soa_parts(wanted_rdata)?);
        if held.ttl() == wanted.ttl() && held_names == names && held_timers == timers {
            return None;
        }
        if self.rules.soa == Soa::Fixed {
            self.diff.ignored.fixed += 1;
            return None;
        }
        let rdata = [names, &successor(serial).to_be_bytes(), timers].concat();
        Some(RecordSet::new(wanted.ttl(), vec![rdata.into()]))
    }

    fn apex_ns(&mut self, held: SetRef<'_>, wanted: SetRef<'_>) -> Option<RecordSet> {
        match self.rules.apex_ns {
            ApexNs::Full => Some(wanted.to_record_set()),
            ApexNs::AddOnly => {
                let both = held.rdata().chain(wanted.rdata()).map(Into::into).collect();
                let union = RecordSet::new(wanted.ttl(), both);
                // The TTL of a provider's own NS records is its own too.
                (union.rdata.len() > held.len()).then_some(union)
            }
            ApexNs::Fixed | ApexNs::Hidden => {
                self.diff.ignored.fixed += 1;
                None
            }
        }
    }

    fn missing(&mut self, wanted: SetRef<'_>) {
        if self.is_unplanned(wanted) {
            self.diff.ignored.fixed += 1;
            return;
        }
        self.diff.changes.push(Change::Create {
            key: wanted.key(),
            after: wanted.to_record_set(),
        });
    }

    fn surplus(&mut self, held: SetRef<'_>) {
        if held.rtype().is_signers() {
            self.diff.ignored.signers += 1;
        } else if held.rtype() == RecordType::SOA
            || (self.is_apex_ns(held) && self.rules.apex_ns != ApexNs::Full)
        {
            self.diff.ignored.fixed += 1;
        } else if let Some(rule) = self.left_alone.rule(held) {
            self.diff.ignored.others.push(Others {
                key: held.key(),
                rule: rule.to_string(),
            });
        } else {
            self.diff.changes.push(Change::Delete {
                key: held.key(),
                before: held.to_record_set(),
            });
        }
    }

    fn is_unplanned(&self, wanted: SetRef<'_>) -> bool {
        (wanted.rtype() == RecordType::SOA && self.rules.soa == Soa::Fixed)
            || (self.is_apex_ns(wanted)
                && matches!(self.rules.apex_ns, ApexNs::Fixed | ApexNs::Hidden))
    }

    fn is_apex_ns(&self, set: SetRef<'_>) -> bool {
        set.rtype() == RecordType::NS && set.owner() == self.origin
    }
}

/// MNAME and RNAME, serial, timers and MINIMUM; `None` for what is too short to be a SOA.
fn soa_parts(rdata: &[u8]) -> Option<(&[u8], u32, &[u8])> {
    let (head, timers) = rdata.split_at_checked(rdata.len().checked_sub(16)?)?;
    let (names, serial) = head.split_last_chunk::<4>()?;
    Some((names, u32::from_be_bytes(*serial), timers))
}

/// The SOA's data with another serial; `None` for what is too short to be a SOA.
pub(super) fn soa_with_serial(rdata: &[u8], serial: u32) -> Option<Vec<u8>> {
    let (names, _, timers) = soa_parts(rdata)?;
    Some([names, &serial.to_be_bytes(), timers].concat())
}

/// The next serial in the arithmetic of RFC 1982. Zero is passed over, since servers take it for "unset".
fn successor(serial: u32) -> u32 {
    serial.wrapping_add(1).max(1)
}
