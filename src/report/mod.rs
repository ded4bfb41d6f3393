//! Saying so: the report as data, and one file per form it can be given.
//!
//! Commands fill a [`Report`]; everything anybody reads is rendered from it and from nothing else, so that two
//! formats cannot tell two stories. Nothing here prints.

mod data;
mod outcome;

pub use data::{
    Agreement, AnswerEntry, ChangeEntry, Difference, ErrorEntry, FindingEntry, NameserverReport,
    ObjectionEntry, ProviderReport, ProviderState, Report, SetEntry, VERSION, ZoneReport,
};
pub use outcome::Outcome;
