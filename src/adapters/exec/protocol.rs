//! The lines of the protocol, version 1, as `docs/exec.md` describes them.

use serde::{Deserialize, Serialize};

use crate::plan::Change;
use crate::provider::{Claims, ErrorKind, ProviderError};
use crate::zone::rdata::to_text;
use crate::zone::{RecordSet, RecordType, SetRef};

/// The version that is spoken here.
pub(super) const VERSION: u32 = 1;

/// One line to the plug-in.
#[derive(Serialize)]
pub(super) struct Request<'a> {
    /// Counts from 1; the answer repeats it.
    pub(super) id: u64,
    #[serde(flatten)]
    pub(super) what: What<'a>,
}

/// What is asked.
#[derive(Serialize)]
#[serde(tag = "request", rename_all = "snake_case")]
pub(super) enum What<'a> {
    Hello {
        version: u32,
        account: &'a str,
        /// Holds secrets, which is why this type is made for one line and dropped.
        settings: serde_json::Value,
    },
    Nameservers {
        zone: String,
    },
    Fetch {
        zone: String,
    },
    Apply {
        zone: String,
        changes: Vec<Alteration>,
        handles: Option<&'a str>,
    },
    ListZones,
    CreateZone {
        zone: String,
        records: Vec<Record>,
    },
}

impl What<'_> {
    /// As in `request`.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Hello { .. } => "hello",
            Self::Nameservers { .. } => "nameservers",
            Self::Fetch { .. } => "fetch",
            Self::Apply { .. } => "apply",
            Self::ListZones => "list_zones",
            Self::CreateZone { .. } => "create_zone",
        }
    }
}

/// One line from the plug-in.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Answer {
    /// The request's; a line with `log` alone has none.
    pub(super) id: Option<u64>,
    /// Words for people, shown if something fails.
    pub(super) log: Option<String>,
    pub(super) error: Option<Refusal>,
    /// Whether the answer goes on in another line.
    pub(super) more: bool,
    pub(super) version: Option<u32>,
    /// What the plug-in calls itself.
    pub(super) name: Option<String>,
    pub(super) capabilities: Claims,
    pub(super) abilities: Abilities,
    pub(super) nameservers: Vec<Server>,
    pub(super) zones: Vec<String>,
    pub(super) records: Vec<Record>,
    pub(super) opaque: Vec<Thing>,
    pub(super) handles: Option<String>,
    pub(super) applied: Option<usize>,
}

/// How the plug-in can be spoken to.
#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields, default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts, each a yes or a no"
)]
pub(super) struct Abilities {
    /// The most changes in one `apply`.
    pub(super) batch: usize,
    pub(super) atomic: bool,
    pub(super) detects_conflict: bool,
    pub(super) lists_zones: bool,
    pub(super) creates_zones: bool,
}

impl Default for Abilities {
    fn default() -> Self {
        Self {
            batch: 1000,
            atomic: false,
            detects_conflict: false,
            lists_zones: false,
            creates_zones: false,
        }
    }
}

/// A nameserver, as it stands in an account file too.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Server {
    pub(super) name: String,
    #[serde(default)]
    pub(super) addresses: Vec<String>,
}

/// A record set with its key.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) rtype: String,
    pub(super) ttl: u32,
    /// Presentation format, names in it absolute.
    pub(super) rdata: Vec<String>,
}

/// A record set that no zone file can express.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Thing {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) rtype: String,
    /// What it is, for people.
    pub(super) what: String,
}

impl From<SetRef<'_>> for Record {
    fn from(set: SetRef<'_>) -> Self {
        Self {
            name: set.owner().to_name().to_string(),
            rtype: set.rtype().to_string(),
            ttl: set.ttl(),
            rdata: set
                .rdata()
                .map(|rdata| to_text(set.rtype(), rdata))
                .collect(),
        }
    }
}

/// A record set without its key.
#[derive(Serialize)]
pub(super) struct Data {
    ttl: u32,
    rdata: Vec<String>,
}

impl Data {
    fn of(rtype: RecordType, set: &RecordSet) -> Self {
        let rdata = set.rdata.iter().map(|rdata| to_text(rtype, rdata));
        Self {
            ttl: set.ttl,
            rdata: rdata.collect(),
        }
    }
}

/// A change of one record set.
#[derive(Serialize)]
pub(super) struct Alteration {
    action: &'static str,
    name: String,
    #[serde(rename = "type")]
    rtype: String,
    before: Option<Data>,
    after: Option<Data>,
}

impl From<&Change> for Alteration {
    fn from(change: &Change) -> Self {
        let key = change.key();
        let data = |set| Data::of(key.rtype, set);
        Self {
            action: change.action(),
            name: key.owner.to_string(),
            rtype: key.rtype.to_string(),
            before: change.before().map(data),
            after: change.after().map(data),
        }
    }
}

/// Why the plug-in did not do as it was asked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Refusal {
    kind: String,
    message: String,
    hint: Option<String>,
    applied: Option<usize>,
}

impl Refusal {
    /// The same in the port's words, through `clean`, which keeps secrets out of them.
    pub(super) fn into_error(self, clean: impl Fn(&str) -> String) -> ProviderError {
        const KINDS: [ErrorKind; 7] = [
            ErrorKind::Unauthorized,
            ErrorKind::NoSuchZone,
            ErrorKind::Conflict,
            ErrorKind::Rejected,
            ErrorKind::RateLimited,
            ErrorKind::Unreachable,
            ErrorKind::Protocol,
        ];
        let kind = KINDS.into_iter().find(|kind| kind.as_str() == self.kind);
        let mut error = ProviderError::new(
            // What it meant nobody knows; that it refused is certain.
            kind.unwrap_or(ErrorKind::Rejected),
            clean(&self.message),
        )
        .applied(self.applied);
        error.hint = self.hint.as_deref().map(clean);
        error
    }
}
