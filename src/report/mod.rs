//! Saying so: the report as data, and one file per form it can be given.
//!
//! Commands fill a [`Report`]; everything anybody reads is rendered from it and from nothing else, so that two
//! formats cannot tell two stories. Nothing here prints.

mod convert;
mod data;
mod drill;
mod explain;
mod github;
mod history;
mod html;
mod judged;
mod junit;
mod markdown;
mod markup;
mod nagios;
mod outcome;
mod place;
mod prometheus;
mod redundancy;
mod remark;
#[cfg(test)]
mod samples;
mod sarif;
#[cfg(test)]
pub(crate) mod schema;
pub mod text;
mod told;

pub use data::{
    Agreement, AnswerEntry, ChangeEntry, CostEntry, Difference, ErrorEntry, ExceptionEntry,
    FindingEntry, IgnoredEntry, NameserverReport, ObjectionEntry, Place, ProviderReport,
    ProviderState, Report, SetEntry, VERSION, ZoneReport,
};
pub use drill::{
    ArithmeticEntry, DrillEntry, LookupRow, Phase, PhaseEntry, RehearsalEntry, SliceEntry, Tally,
    Told, svg,
};
pub use explain::{EXPLANATIONS, Explanation, explain, explain_text};
pub use github::github;
pub use history::{
    AnsweredEntry, CallEntry, History, PartEntry, ProofEntry, RunDetail, RunEntry, SnapshotEntry,
};
pub use html::html;
pub use junit::junit;
pub use markdown::markdown;
pub use markup::escaped;
pub use nagios::{ServiceState, nagios, service_state};
pub use outcome::Outcome;
pub use prometheus::{Label, Metric, metric, prometheus};
pub use redundancy::{LossEntry, RedundancyEntry};
pub use remark::CODES as REMARK_CODES;
pub use sarif::sarif;
