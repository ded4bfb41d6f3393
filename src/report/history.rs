//! What the journal remembers, as data.

use serde::Serialize;

use super::data::{ChangeEntry, ErrorEntry, FindingEntry};
use super::{Outcome, VERSION};

/// Runs, the newest first.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct History {
    /// [`VERSION`].
    pub version: u32,
    /// `history`.
    pub command: &'static str,
    /// Trouble where something cannot be read.
    pub outcome: Outcome,
    /// What cannot be read.
    pub findings: Vec<FindingEntry>,
    /// One entry a run.
    pub runs: Vec<RunEntry>,
}

/// One run.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct RunEntry {
    /// Its number.
    pub run: u64,
    /// Its journal, relative to the project.
    pub file: String,
    /// When it began, in UTC (RFC 3339); null where that cannot be read.
    pub at: Option<String>,
    /// `user@host`.
    pub who: Option<String>,
    /// The CI job.
    pub job: Option<String>,
    /// `sync` or `undo`.
    pub command: Option<String>,
    /// The run that it undoes.
    pub undoes: Option<u64>,
    /// The identity of the saved plan, where there was one.
    pub plan: Option<String>,
    /// The program's version.
    pub program: Option<String>,
    /// What it came to; null where it was cut off or is under way.
    pub outcome: Option<String>,
    /// How far it came, one entry a zone and provider.
    pub parts: Vec<PartEntry>,
    /// Calls, snapshots and proofs; null in a list.
    pub detail: Option<RunDetail>,
}

/// How far a run came with one zone at one provider.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct PartEntry {
    /// The apex.
    pub zone: String,
    /// Account id.
    pub provider: String,
    /// Changes that were planned.
    pub planned: usize,
    /// Made for certain.
    pub made: usize,
    /// Made or not, nobody can tell.
    pub unknown: usize,
    /// Whether the run created the zone there, or may have.
    pub created: bool,
}

/// Everything about a run.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct RunDetail {
    /// In the order in which they were made.
    pub calls: Vec<CallEntry>,
    /// What was there before.
    pub snapshots: Vec<SnapshotEntry>,
    /// What the nameservers answered in the end, one entry a zone.
    pub proofs: Vec<ProofEntry>,
}

/// One call.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct CallEntry {
    /// From 1.
    pub call: u64,
    /// When, in UTC (RFC 3339).
    pub at: String,
    /// The apex.
    pub zone: String,
    /// Account id.
    pub provider: String,
    /// `create` (the zone itself), `body`, `apex_ns`, or `publish` (what an earlier run wrote).
    pub wave: String,
    /// `made`, `failed`, or `unknown` where the run was cut off or nobody can tell.
    pub state: &'static str,
    /// How many of `changes`, from the front, are made for certain; null where nobody can tell.
    pub applied: Option<usize>,
    /// Why not all.
    pub error: Option<ErrorEntry>,
    /// In the order of writing.
    pub changes: Vec<ChangeEntry>,
}

/// A provider's copy of a zone before the run.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct SnapshotEntry {
    /// The apex.
    pub zone: String,
    /// Account id.
    pub provider: String,
    /// A master file, relative to the project.
    pub file: String,
}

/// What the nameservers of a zone answered in the end.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct ProofEntry {
    /// The apex.
    pub zone: String,
    /// How many questions were asked.
    pub questions: usize,
    /// How many every server answered as it should.
    pub agree: usize,
    /// How many some server answered otherwise.
    pub differ: usize,
    /// How many went without an answer somewhere.
    pub unverified: usize,
    /// One entry a server and address.
    pub nameservers: Vec<AnsweredEntry>,
}

/// What one address of one nameserver answered.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct AnsweredEntry {
    /// As in NS records.
    pub name: String,
    /// Address and port.
    pub address: String,
    /// The account whose server it is.
    pub provider: Option<String>,
    /// How many questions it was asked.
    pub asked: usize,
    /// How many it answered.
    pub answered: usize,
    /// How many as it should.
    pub agree: usize,
    /// How many otherwise.
    pub differ: usize,
    /// The SOA serial it served.
    pub serial: Option<u32>,
}

impl History {
    /// Of these runs, given the newest first.
    pub fn new(runs: Vec<RunEntry>, findings: Vec<FindingEntry>) -> Self {
        Self {
            version: VERSION,
            command: "history",
            outcome: if findings.is_empty() {
                Outcome::Same
            } else {
                Outcome::Trouble
            },
            findings,
            runs,
        }
    }

    /// JSON text, indented, with a final newline.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self)
            .expect("strings, numbers and lists always have a JSON form");
        text.push('\n');
        text
    }
}
