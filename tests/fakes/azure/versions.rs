//! What Azure DNS remembers of a set beside its data.

use std::collections::BTreeMap;

use redundns::zone::{Name, RecordKey, RecordSet};
use serde_json::Value;

/// A zone, and a set of it.
pub type Place = (Name, RecordKey);

#[derive(Default)]
pub struct State {
    /// Counts every version of every set.
    last: u64,
    pub versions: BTreeMap<Place, Version>,
    /// Sets that point to a resource; none of them is served.
    pub aliases: BTreeMap<Place, Value>,
}

pub struct Version {
    set: Option<RecordSet>,
    number: u64,
    pub metadata: Value,
}

impl State {
    /// The version of a set; what was put in past the API gets a new one.
    pub fn version(&mut self, place: &Place, set: Option<&RecordSet>) -> &Version {
        let is_known = self
            .versions
            .get(place)
            .is_some_and(|version| version.set.as_ref() == set);
        if !is_known {
            self.renew(place, set, Value::Null);
        }
        &self.versions[place]
    }

    pub fn renew(&mut self, place: &Place, set: Option<&RecordSet>, metadata: Value) {
        self.last += 1;
        let version = Version {
            set: set.cloned(),
            number: self.last,
            metadata,
        };
        self.versions.insert(place.clone(), version);
    }

    pub fn etag(&mut self, place: &Place, set: Option<&RecordSet>) -> String {
        let number = self.version(place, set).number;
        format!("5c1e7d3a-0000-4000-8000-{number:012x}")
    }
}
