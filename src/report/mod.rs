//! Saying so: the report as data, and one file per form it can be given.
//!
//! Commands fill a [`Report`]; everything anybody reads is rendered from it and from nothing else, so that two
//! formats cannot tell two stories. Nothing here prints.

mod convert;
mod data;
mod explain;
mod history;
mod judged;
mod markdown;
mod outcome;
mod redundancy;
#[cfg(test)]
mod schema;
pub mod text;

pub use data::{
    Agreement, AnswerEntry, ChangeEntry, CostEntry, Difference, ErrorEntry, ExceptionEntry,
    FindingEntry, IgnoredEntry, NameserverReport, ObjectionEntry, ProviderReport, ProviderState,
    Report, SetEntry, VERSION, ZoneReport,
};
pub use explain::{EXPLANATIONS, Explanation, explain, explain_text};
pub use history::{
    AnsweredEntry, CallEntry, History, PartEntry, ProofEntry, RunDetail, RunEntry, SnapshotEntry,
};
pub use markdown::markdown;
pub use outcome::Outcome;
pub use redundancy::{LossEntry, RedundancyEntry};
