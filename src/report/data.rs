//! The report as data: what `--json` prints, and what every other format is rendered from.
//!
//! Fields may be added within a version, never change their meaning. Lists are never null; names are absolute and in
//! lower case; RDATA is in presentation format.

use serde::{Deserialize, Serialize};

use super::{DrillEntry, Outcome, RedundancyEntry};

/// The version of the format.
pub const VERSION: u32 = 1;

/// Everything one run has to say.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Report {
    /// [`VERSION`].
    pub version: u32,
    /// The command that made it: `plan`, `sync`, `check`, …
    pub command: String,
    /// The journalled run, where one was made.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub run: Option<String>,
    /// The identity of the saved plan that was made or applied: `sha256:` and 64 hexadecimal digits.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub plan: Option<String>,
    /// What it comes to.
    pub outcome: Outcome,
    /// Findings of no zone: configuration, accounts.
    pub findings: Vec<FindingEntry>,
    /// Why the guards will not have all zones together.
    pub objections: Vec<ObjectionEntry>,
    /// One entry a zone.
    pub zones: Vec<ZoneReport>,
    /// What taking the run back came to, where a failed proof made that happen.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub undone: Option<Box<Self>>,
}

/// What a run has to say about one zone.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct ZoneReport {
    /// The apex.
    pub zone: String,
    /// The zone file as it was named to the program; null where there is none.
    pub file: Option<String>,
    /// How many record sets the file has.
    pub record_sets: usize,
    /// Findings about this zone.
    pub findings: Vec<FindingEntry>,
    /// Declared differences, whether or not anybody was asked.
    pub exceptions: Vec<ExceptionEntry>,
    /// What the APIs hold, compared with the file.
    pub providers: Vec<ProviderReport>,
    /// Who was asked.
    pub nameservers: Vec<NameserverReport>,
    /// How many questions came out how; all zero where nobody was asked.
    pub agreement: Agreement,
    /// The questions that were not answered everywhere as the file says.
    pub differences: Vec<Difference>,
    /// What the zone survives, where that was audited.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub redundancy: Option<Box<RedundancyEntry>>,
    /// The rehearsal of losing a provider, under `drill`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub drill: Option<DrillEntry>,
}

/// Something noticed.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct FindingEntry {
    /// What `explain` takes.
    pub code: String,
    /// `info`, `warning` or `error`.
    pub severity: String,
    /// One sentence.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The command that shows it, where there is one.
    #[serde(default)]
    pub reproduce: Option<String>,
    /// The file, where it is about text.
    pub file: Option<String>,
    /// From 1.
    pub line: Option<u32>,
    /// From 1, in octets.
    pub column: Option<u16>,
    /// Owner name.
    pub name: Option<String>,
    /// Record type.
    #[serde(rename = "type")]
    pub rtype: Option<String>,
    /// Account id.
    pub provider: Option<String>,
    /// Nameserver.
    pub nameserver: Option<String>,
}

/// One provider's part in a zone.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct ProviderReport {
    /// Account id.
    pub id: String,
    /// The adapter's name.
    pub adapter: String,
    /// Whether it could be read.
    pub state: ProviderState,
    /// The accounts that it may transfer from, where it follows others.
    pub follows: Vec<String>,
    /// Why it could not be read, or why writing stopped.
    pub error: Option<ErrorEntry>,
    /// How many of `changes` this run made for certain.
    pub applied: usize,
    /// What makes it hold what the file says, in the order of writing.
    pub changes: Vec<ChangeEntry>,
    /// What making them costs; null where there is nothing to make.
    #[serde(default)]
    pub cost: Option<CostEntry>,
    /// Why a guard will not have it.
    pub objections: Vec<ObjectionEntry>,
    /// Names that may be without an answer for a moment while `changes` are made.
    pub gaps: Vec<String>,
    /// Owners of TXT record sets that differ from the file in the cut of their strings alone, which is no change.
    pub recut: Vec<String>,
    /// Record sets there that are somebody else's, and so are left alone.
    pub ignored: Vec<IgnoredEntry>,
}

/// A difference at one provider that is declared.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ExceptionEntry {
    /// Account id.
    pub provider: String,
    /// Owner name.
    pub name: String,
    /// Record type.
    #[serde(rename = "type")]
    pub rtype: String,
    /// Why, as declared.
    pub reason: String,
    /// What it shall hold or answer; null where nothing, or where it decides itself.
    pub expected: Option<SetEntry>,
}

/// A record set that is somebody else's.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct IgnoredEntry {
    /// Owner name.
    pub name: String,
    /// Record type.
    #[serde(rename = "type")]
    pub rtype: String,
    /// The entry of `ignore` by which it is left alone.
    pub rule: String,
}

/// Whether a provider could be read. Unknown is not empty.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProviderState {
    /// It was read, wholly.
    Known,
    /// It holds nothing of its own: its data arrive by zone transfer.
    Follows,
    /// It was not read.
    #[default]
    Unknown,
}

/// A provider's failure.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct ErrorEntry {
    /// As of [`crate::provider::ErrorKind::as_str`].
    pub kind: String,
    /// In the provider's words where there are any.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// One record set to be created, replaced or deleted.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ChangeEntry {
    /// `create`, `replace` or `delete`.
    pub action: String,
    /// Owner name.
    pub name: String,
    /// Record type.
    #[serde(rename = "type")]
    pub rtype: String,
    /// What the provider held; null under `create`.
    pub before: Option<SetEntry>,
    /// What it shall hold; null under `delete`.
    pub after: Option<SetEntry>,
    /// Where the zone file says so.
    #[serde(flatten)]
    pub place: Place,
}

/// Where a record stands in a zone file; all null where it stands in none.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Place {
    /// The file, as it was named to the program.
    pub file: Option<String>,
    /// From 1.
    pub line: Option<u32>,
    /// From 1, in octets.
    pub column: Option<u16>,
}

/// The data of a record set.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct SetEntry {
    /// Seconds.
    pub ttl: u32,
    /// Presentation format, in canonical order.
    pub rdata: Vec<String>,
}

/// What making changes at one provider comes to, about.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct CostEntry {
    /// API calls, those that read back included.
    pub calls: usize,
    /// Seconds until its nameservers have settled.
    pub seconds: u64,
    /// The vendor's limit that makes it take longer; null where none does.
    pub limit: Option<String>,
}

/// A guard's refusal.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ObjectionEntry {
    /// What `explain` takes.
    pub code: String,
    /// One sentence.
    pub message: String,
    /// The flag that overrides it; null where nothing does.
    pub flag: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
}

/// One address of one nameserver.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct NameserverReport {
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
    /// Median time to answer, in milliseconds.
    pub p50_ms: Option<f64>,
    /// The time within which 95 of 100 answers came, in milliseconds.
    pub p95_ms: Option<f64>,
    /// The SOA serial it serves.
    pub serial: Option<u32>,
}

impl CostEntry {
    /// `about 12 calls, up to 40 s (limit: 2 writes/s)`.
    pub fn told(&self) -> String {
        let calls = if self.calls == 1 { "call" } else { "calls" };
        let limit = self.limit.as_ref();
        let limit = limit.map(|limit| format!(" (limit: {limit})"));
        format!(
            "about {} {calls}, up to {} s{}",
            self.calls,
            self.seconds,
            limit.unwrap_or_default()
        )
    }
}

impl SetEntry {
    /// `300  192.0.2.1, 192.0.2.2`.
    pub(super) fn told(&self) -> String {
        format!("{}  {}", self.ttl, self.rdata.join(", "))
    }
}

impl NameserverReport {
    /// How [`AnswerEntry::nameservers`] names this server: `ns1.example.net. 192.0.2.1:53`.
    pub fn label(&self) -> String {
        format!("{} {}", self.name, self.address)
    }

    /// Whether it was asked and said nothing at all.
    pub fn is_silent(&self) -> bool {
        self.asked > 0 && self.answered == 0
    }
}

/// How many questions came out how.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Agreement {
    /// How many were asked.
    pub questions: usize,
    /// Answered by every server as the file says.
    pub agree: usize,
    /// Answered otherwise by some server.
    pub differ: usize,
    /// Not answered by some server, and not otherwise by any.
    pub unverified: usize,
}

/// A question that was not answered everywhere as the file says.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Difference {
    /// QNAME.
    pub name: String,
    /// QTYPE.
    #[serde(rename = "type")]
    pub rtype: String,
    /// What `explain` takes; empty where nothing is wrong but that somebody was not heard.
    #[serde(default)]
    pub code: String,
    /// `missing`, `stale`, `extra`, `differs` or `unverified`.
    pub verdict: String,
    /// What the file says; null where it has nothing there.
    pub expected: Option<SetEntry>,
    /// Why this is no fault: a declared exception, records that a provider makes itself.
    pub explained: Option<String>,
    /// Who is expected to answer something else here, as declared.
    pub exceptions: Vec<ExceptionEntry>,
    /// Identical answers, grouped.
    pub answers: Vec<AnswerEntry>,
    /// Where the zone file says what is expected.
    #[serde(flatten)]
    pub place: Place,
}

/// One answer and everybody who gave it.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct AnswerEntry {
    /// As of [`NameserverReport::label`].
    pub nameservers: Vec<String>,
    /// `records`, `nodata`, `nxdomain`, `referral`, `not_authoritative`, `refused`, `failure` or `silent`.
    pub kind: String,
    /// Whether it is what the file says.
    pub current: bool,
    /// What went wrong, in words, where something did.
    pub detail: Option<String>,
    /// Seconds, where there are records.
    pub ttl: Option<u32>,
    /// Presentation format; empty where there are no records.
    pub rdata: Vec<String>,
}

impl Report {
    /// A report that has nothing to say yet.
    pub fn new(command: impl Into<String>) -> Self {
        Self {
            version: VERSION,
            command: command.into(),
            run: None,
            plan: None,
            outcome: Outcome::Same,
            findings: Vec::new(),
            objections: Vec::new(),
            zones: Vec::new(),
            undone: None,
        }
    }

    /// The report as JSON text, indented, with a final newline.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self)
            .expect("strings, numbers and lists always have a JSON form");
        text.push('\n');
        text
    }
}
