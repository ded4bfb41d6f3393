//! One record set to be created, replaced or deleted.

use std::fmt;

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

/// How many changes of each kind, written `+3 ~1 -0`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Record sets to be created.
    pub create: usize,
    /// Record sets to be replaced.
    pub replace: usize,
    /// Record sets to be deleted.
    pub delete: usize,
}

impl Counts {
    /// Counts `changes`.
    pub fn of<'a>(changes: impl IntoIterator<Item = &'a Change>) -> Self {
        let mut counts = Self::default();
        for change in changes {
            match change {
                Change::Create { .. } => counts.create += 1,
                Change::Replace { .. } => counts.replace += 1,
                Change::Delete { .. } => counts.delete += 1,
            }
        }
        counts
    }

    /// All of them.
    pub fn total(self) -> usize {
        self.create + self.replace + self.delete
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{} ~{} -{}", self.create, self.replace, self.delete)
    }
}
