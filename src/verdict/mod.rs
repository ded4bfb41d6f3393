//! Do the servers agree, and is it what the zone file says? Two axes, kept apart.
//!
//! **Agreement**: do the servers say the same as each other? **Currency**: is it what the zone file says? *Agree and
//! current* is the goal; *agree and stale* is drift; *disagree, one current* is an unfinished rollout; *disagree, none
//! current* is somebody else editing.
//!
//! Nothing here opens a socket or looks at a clock: observations come in, verdicts go out.

mod classify;
mod diversity;
mod expectation;
mod judge;
mod judgement;
mod pair;
mod probes;
mod question;
mod seen;
mod settle;
mod soa;
mod statistics;

use std::net::SocketAddr;
use std::time::Duration;

pub use classify::{Malformed, answers, classify, nsid};
pub use diversity::{Network, shared_networks};
pub use expectation::{Declaration, Declared, Expectations, Others};
pub use judge::{JudgeOptions, judge, judge_seen};
pub use judgement::{Agreement, Difference, Group, Judgement, Notice, Standing, Verdict};
pub use question::{Expected, MAX_PROBES, expect, questions};
pub use seen::Seen;
pub use settle::{Round, Settle};
pub use soa::SoaFields;
pub use statistics::Statistics;

use crate::zone::{Name, RecordSet, RecordType};

/// One addressed authoritative server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nameserver {
    /// As it stands in NS records.
    pub name: Name,
    /// Where it is asked.
    pub address: SocketAddr,
    /// The account whose server it is; `None` where only the delegation names it.
    pub provider: Option<String>,
}

/// What is asked; the class is IN and recursion is not desired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// QNAME.
    pub name: Name,
    /// QTYPE.
    pub rtype: RecordType,
}

/// What one server said, in the terms of RFC 9499.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Authoritative data at the QNAME: of the QTYPE, or the CNAME that stands in its place.
    Records {
        /// QTYPE, or CNAME.
        rtype: RecordType,
        /// The `RRset` at the QNAME; what the answer section holds for other names is left out.
        set: RecordSet,
    },
    /// Authoritative: the name exists, the type does not.
    NoData {
        /// TTL for negative caching: the smaller of the SOA's TTL and MINIMUM (RFC 2308, section 5).
        negative_ttl: Option<u32>,
    },
    /// Authoritative: the name does not exist.
    NxDomain {
        /// As for [`Answer::NoData`].
        negative_ttl: Option<u32>,
    },
    /// NS records of a zone cut at or above the QNAME and below the apex.
    Referral {
        /// The zone cut.
        cut: Name,
        /// Its NS set as given.
        set: RecordSet,
    },
    /// NOERROR or NXDOMAIN without the AA bit, or an upward referral: a lame server.
    NotAuthoritative,
    /// REFUSED or NOTAUTH.
    Refused,
    /// Another error code, or an answer that cannot be read.
    Failure {
        /// `SERVFAIL`, `FORMERR`, `malformed: …`.
        what: String,
    },
    /// No answer in time, or the address refused the packets.
    Silent {
        /// `timeout`, `connection refused`, `no route`.
        why: String,
    },
}

/// One answer with its witness.
#[derive(Clone, Debug)]
pub struct Observation {
    /// Index of the nameserver.
    pub nameserver: usize,
    /// Index of the question.
    pub question: usize,
    /// What it said.
    pub answer: Answer,
    /// From the last sending to the answer.
    pub elapsed: Duration,
    /// Whether the answer came over TCP.
    pub tcp: bool,
    /// How many times it was sent; 0 where the server was given up before.
    pub attempts: usize,
    /// Which node of the server answered (RFC 5001), where that was asked and told.
    pub nsid: Option<Vec<u8>>,
    /// The response as it came, where it is to be kept.
    pub whole: Option<Box<[u8]>>,
}

/// The reason of [`Answer::Silent`] where this machine cannot send to the address at all.
pub const NO_ROUTE: &str = "no route";

/// The same where the run had no time left to ask, or to wait for an answer.
pub const NO_TIME: &str = "no time left";

impl Answer {
    /// Whether the server said something with authority, so that it can be right or wrong.
    pub fn is_verified(&self) -> bool {
        matches!(
            self,
            Self::Records { .. }
                | Self::NoData { .. }
                | Self::NxDomain { .. }
                | Self::Referral { .. }
        )
    }

    /// The spelling in JSON output.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Records { .. } => "records",
            Self::NoData { .. } => "nodata",
            Self::NxDomain { .. } => "nxdomain",
            Self::Referral { .. } => "referral",
            Self::NotAuthoritative => "not_authoritative",
            Self::Refused => "refused",
            Self::Failure { .. } => "failure",
            Self::Silent { .. } => "silent",
        }
    }

    /// The records in it.
    pub fn set(&self) -> Option<&RecordSet> {
        match self {
            Self::Records { set, .. } | Self::Referral { set, .. } => Some(set),
            _ => None,
        }
    }
}
