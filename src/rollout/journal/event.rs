//! What a journal says: events, in the order in which they happened.

use serde::{Deserialize, Serialize};

use crate::plan::Change;
use crate::provider::ProviderError;
use crate::zone::{RecordSet, Zone, rdata};

/// The version of the format. Events may be added within one; an older program passes them over.
pub const FORMAT: u32 = 1;

/// Something that happened in a run.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The run began; always first.
    Begun(Begun),
    /// What a provider held before it was first written to is kept in a file.
    Snapshot(Snapshot),
    /// A call is about to be made.
    Intent(Intent),
    /// What came of a call.
    Result(CallResult),
    /// Creating the zone left another number of changes to make.
    Replanned(Planned),
    /// A provider was read again after it was written to.
    ReadBack(ReadBack),
    /// What the nameservers of a zone answered in the end.
    Proof(Proof),
    /// The run ended; always last, and missing where it was cut off.
    End {
        /// As in JSON output: `same`, `differs`, `trouble`, `partial` or `refused`.
        outcome: String,
    },
    /// An event of a later version.
    #[serde(other)]
    Other,
}

/// Who did what, with which intention.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Begun {
    /// [`FORMAT`].
    pub format: u32,
    /// The version of the program.
    pub program: String,
    /// The run's number.
    pub run: u64,
    /// `user@host`.
    pub who: String,
    /// The CI job, as a URL, where there is one.
    pub job: Option<String>,
    /// `sync` or `undo`.
    pub command: String,
    /// The run that is undone.
    pub undoes: Option<u64>,
    /// The identity of the saved plan, where there was one.
    pub plan: Option<String>,
    /// What was to be done, one entry a zone and provider.
    pub plans: Vec<Planned>,
}

impl Begun {
    /// How many changes were to be made.
    pub fn changes(&self) -> usize {
        self.plans.iter().map(|plan| plan.changes).sum()
    }
}

/// How much was to be done at one provider in one zone.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Planned {
    /// The apex.
    pub zone: String,
    /// Account id.
    pub provider: String,
    /// How many changes.
    pub changes: usize,
}

/// A provider's copy of a zone, put aside.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Snapshot {
    /// The apex.
    pub zone: String,
    /// Account id.
    pub provider: String,
    /// A master file, relative to the project directory.
    pub file: String,
    /// Of the file, in hexadecimal.
    pub sha256: String,
}

/// A call as it was about to be made.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Intent {
    /// From 1 within the run.
    pub call: u64,
    /// The apex.
    pub zone: String,
    /// Account id.
    pub provider: String,
    /// What kind of call.
    pub wave: Wave,
    /// In the order of writing.
    pub changes: Vec<Entry>,
}

/// Which part of a plan a call belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wave {
    /// Creating the zone itself.
    Create,
    /// Everything but the apex NS set.
    Body,
    /// The apex NS set, and what may go only after it.
    ApexNs,
    /// Serving what an earlier run wrote and may not have served.
    Publish,
}

/// What came of a call.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CallResult {
    /// The number of its intent.
    pub call: u64,
    /// How many changes, from the front, are made for certain; null where nobody can tell.
    pub applied: Option<usize>,
    /// Why not all.
    pub error: Option<Failure>,
}

/// A provider's failure.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Failure {
    /// As of [`crate::provider::ErrorKind::as_str`].
    pub kind: String,
    /// In the provider's words where there are any.
    pub message: String,
}

/// What reading a provider again came to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReadBack {
    /// The apex.
    pub zone: String,
    /// Account id.
    pub provider: String,
    /// Record sets that the provider said it had written and does not hold so: owner and type.
    pub lost: Vec<String>,
    /// Why it could not be read.
    pub error: Option<Failure>,
}

/// What the nameservers of a zone answered in the end.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Proof {
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
    pub nameservers: Vec<Answered>,
}

/// What one address of one nameserver answered.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Answered {
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
    /// The SOA serial it serves.
    pub serial: Option<u32>,
}

/// A change in presentation format.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// Owner name.
    pub name: String,
    /// Record type.
    #[serde(rename = "type")]
    pub rtype: String,
    /// What was there; null where nothing was.
    pub before: Option<Set>,
    /// What shall be there; null where nothing shall.
    pub after: Option<Set>,
}

/// The data of a record set in presentation format.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Set {
    /// Seconds.
    pub ttl: u32,
    /// In canonical order.
    pub rdata: Vec<String>,
}

impl Entry {
    /// `www.example.com. A`.
    pub fn key(&self) -> String {
        format!("{} {}", self.name, self.rtype)
    }
}

impl From<&Change> for Entry {
    fn from(change: &Change) -> Self {
        let key = change.key();
        let set = |set: &RecordSet| Set {
            ttl: set.ttl,
            rdata: set
                .rdata
                .iter()
                .map(|octets| rdata::to_text(key.rtype, octets))
                .collect(),
        };
        Self {
            name: key.owner.to_string(),
            rtype: key.rtype.to_string(),
            before: change.before().map(set),
            after: change.after().map(set),
        }
    }
}

impl From<&ProviderError> for Failure {
    fn from(error: &ProviderError) -> Self {
        Self {
            kind: error.kind.as_str().to_owned(),
            message: error.message.replace(char::is_control, " "),
        }
    }
}

impl Planned {
    /// So many changes to `zone` at the account `provider`.
    pub fn new(zone: &Zone, provider: &str, changes: usize) -> Self {
        Self {
            zone: zone.origin().to_string(),
            provider: provider.to_owned(),
            changes,
        }
    }
}
