//! What an API can hold, as dated facts, and what a fleet of them can hold together.

use std::borrow::Cow;
use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use serde::Deserialize;

use crate::zone::RecordType;

/// Who decides about the NS set at the apex.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApexNs {
    /// Not shown and not settable.
    Hidden,
    /// The provider's own and nothing else.
    Fixed,
    /// The provider's own stay; others can be added.
    AddOnly,
    /// Any set.
    Full,
}

/// Which fields of the SOA can be set. The serial is always the provider's own business.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Soa {
    /// None.
    Fixed,
    /// MNAME, RNAME, timers, MINIMUM and TTL.
    Settable,
}

/// The unit an API writes in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Granularity {
    /// One record at a time, by id.
    Record,
    /// A whole `RRset`.
    RecordSet,
    /// The whole zone.
    Zone,
}

/// Which requests a [`RateLimit`] counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Counted {
    /// Every request.
    All,
    /// Those that read.
    Reads,
    /// Those that write.
    Writes,
}

/// How many requests a vendor answers in a span of time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RateLimit {
    /// Requests, all of which may come at once.
    pub requests: u32,
    /// The time after which as many are allowed again.
    pub per: Duration,
    /// Which requests it counts.
    pub of: Counted,
}

impl fmt::Display for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = match self.of {
            Counted::All => "requests",
            Counted::Reads => "reads",
            Counted::Writes => "writes",
        };
        match self.per.as_secs() {
            1 => write!(f, "{} {counted}/s", self.requests),
            seconds => write!(f, "{} {counted} in {seconds} s", self.requests),
        }
    }
}

/// A fact about a vendor that no field of [`Capabilities`] expresses, with the day it was last seen true.
#[derive(Clone, Copy, Debug)]
pub struct Quirk {
    /// What it is.
    pub what: &'static str,
    /// `YYYY-MM-DD`.
    pub verified: &'static str,
    /// Where the vendor says so, or how it was seen.
    pub source: &'static str,
}

/// What one API can hold and how it is written to.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts about an API, each a yes or a no"
)]
pub struct Capabilities {
    /// Types it holds; `None` means all, unknown ones included (RFC 3597).
    pub rtypes: Option<Cow<'static, [RecordType]>>,
    /// TTLs in seconds.
    pub ttl: RangeInclusive<u32>,
    /// The only TTLs there are, where the API rounds to a list; empty means every value of `ttl`.
    pub ttl_steps: Cow<'static, [u32]>,
    /// Octets of TXT data in one record, strings joined; `None` means up to the wire's limit.
    pub txt_octets: Option<usize>,
    /// Octets of TXT data in one `RRset`, all its records together; `None` means as many as its records hold.
    pub txt_set_octets: Option<usize>,
    /// Records in one `RRset`.
    pub records_per_set: Option<usize>,
    /// The apex NS set.
    pub apex_ns: ApexNs,
    /// The only TTL that the apex NS set can have, where it is not free, in seconds.
    pub apex_ns_ttl: Option<u32>,
    /// The SOA.
    pub soa: Soa,
    /// Unit of writing.
    pub granularity: Granularity,
    /// The most changes in one call.
    pub batch: usize,
    /// Whether one call happens wholly or not at all.
    pub atomic: bool,
    /// Whether a base that moved is refused by the API itself.
    pub detects_conflict: bool,
    /// Whether the API lists its zones.
    pub lists_zones: bool,
    /// Whether the API creates zones.
    pub creates_zones: bool,
    /// Whether its data arrive by zone transfer from another provider, so that nothing is read or written there.
    pub follows: bool,
    /// What the vendor allows at most, every limit that it names; empty where none is known.
    pub limits: &'static [RateLimit],
    /// How long after a write its nameservers may still answer with the old data.
    pub settle: Duration,
    /// The rest.
    pub quirks: &'static [Quirk],
}

impl Default for Capabilities {
    /// Whatever DNS itself allows, written one record set at a time, with no ability beyond the port's three verbs:
    /// an adapter says where its API differs.
    fn default() -> Self {
        Self {
            rtypes: None,
            ttl: 0..=0x7fff_ffff,
            ttl_steps: Cow::Borrowed(&[]),
            txt_octets: None,
            txt_set_octets: None,
            records_per_set: None,
            apex_ns: ApexNs::Full,
            apex_ns_ttl: None,
            soa: Soa::Fixed,
            granularity: Granularity::RecordSet,
            batch: 1,
            atomic: false,
            detects_conflict: false,
            lists_zones: false,
            creates_zones: false,
            follows: false,
            limits: &[],
            settle: Duration::from_secs(60),
            quirks: &[],
        }
    }
}

impl Capabilities {
    /// Whether it holds records of a type.
    pub fn holds(&self, rtype: RecordType) -> bool {
        let types = self.rtypes.as_ref();
        types.is_none_or(|types| types.contains(&rtype))
    }
}
