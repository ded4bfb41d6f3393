//! What a zone looks like after changes.

use super::Change;
use crate::zone::{RecordKey, Zone, ZoneBuilder};

/// `zone` with `changes` made, in order; of two changes of one record set the later one counts.
pub fn apply<'a>(zone: &Zone, changes: impl IntoIterator<Item = &'a Change>) -> Zone {
    let mut changes: Vec<&Change> = changes.into_iter().collect();
    changes.sort_by(|a, b| a.key().cmp(b.key()));
    let is_changed = |set: crate::zone::SetRef<'_>| {
        changes
            .binary_search_by(|change| {
                let RecordKey { owner, rtype } = change.key();
                owner
                    .borrow()
                    .cmp(&set.owner())
                    .then(rtype.cmp(&set.rtype()))
            })
            .is_ok()
    };
    let mut builder = ZoneBuilder::new(zone.origin().clone());
    for file in zone.files() {
        builder.add_file(file.clone());
    }
    for set in zone.sets().filter(|&set| !is_changed(set)) {
        for (rdata, position) in set.rdata().zip(set.positions()) {
            builder.push(set.owner(), set.rtype(), set.ttl(), rdata, position);
        }
    }
    for same_key in changes.chunk_by(|a, b| a.key() == b.key()) {
        let last = same_key[same_key.len() - 1];
        if let Some(after) = last.after() {
            builder.push_set(last.key().owner.borrow(), last.key().rtype, after);
        }
    }
    builder.finish()
}
