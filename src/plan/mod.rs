//! What has to change: values that can be shown, saved and compared, never closures.
//!
//! Nothing here reads a file, a clock or the environment.

use crate::zone::{RecordKey, RecordSet};

/// What to do with one `RRset`, carrying what was there and what shall be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    /// The set is not there yet.
    Create {
        /// Which set.
        key: RecordKey,
        /// What it shall be.
        after: RecordSet,
    },
    /// The set is there with other data or another TTL.
    Replace {
        /// Which set.
        key: RecordKey,
        /// What it was when the provider was read.
        before: RecordSet,
        /// What it shall be.
        after: RecordSet,
    },
    /// The set shall go.
    Delete {
        /// Which set.
        key: RecordKey,
        /// What it was when the provider was read.
        before: RecordSet,
    },
}

impl Change {
    /// Which set.
    pub fn key(&self) -> &RecordKey {
        match self {
            Self::Create { key, .. } | Self::Replace { key, .. } | Self::Delete { key, .. } => key,
        }
    }

    /// What was there.
    pub fn before(&self) -> Option<&RecordSet> {
        match self {
            Self::Create { .. } => None,
            Self::Replace { before, .. } | Self::Delete { before, .. } => Some(before),
        }
    }

    /// What shall be there.
    pub fn after(&self) -> Option<&RecordSet> {
        match self {
            Self::Create { after, .. } | Self::Replace { after, .. } => Some(after),
            Self::Delete { .. } => None,
        }
    }

    /// `create`, `replace` or `delete`, as in JSON output.
    pub fn action(&self) -> &'static str {
        match self {
            Self::Create { .. } => "create",
            Self::Replace { .. } => "replace",
            Self::Delete { .. } => "delete",
        }
    }
}
