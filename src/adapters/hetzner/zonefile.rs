//! A zone as the vendor imports it: <https://docs.hetzner.cloud/reference/cloud#tag/zones/zone-file-import>

use std::collections::HashMap;
use std::fmt::Write;

use super::super::presentation::relative;
use super::read::{Held, Known};
use crate::plan::Change;
use crate::zone::{RecordKey, RecordSet, Zone, rdata};

/// Whether a zone file holds everything that the vendor keeps: it has no labels and no protection, and comments of
/// one line, which nobody trims.
pub(super) fn loses_nothing(held: &Held) -> bool {
    let is_plain = |comment: &String| {
        !comment.contains(char::is_control) && comment.trim() == comment.as_str()
    };
    held.sets.values().all(|known| {
        !known.is_protected && !known.has_labels && known.comments.values().all(is_plain)
    })
}

/// The zone `now` with `changes` made. What has the zone's TTL is without one, so that it keeps to it.
pub(super) fn text(now: &Zone, held: &Held, changes: &[Change]) -> String {
    let changes: HashMap<&RecordKey, &Change> = changes
        .iter()
        .map(|change| (change.key(), change))
        .collect();
    let mut text = format!("$ORIGIN {}\n", now.origin());
    if let Some(ttl) = held.ttl {
        let _ = writeln!(text, "$TTL {ttl}");
    }
    for set in now.sets() {
        let (key, before) = (set.key(), set.to_record_set());
        let known = held.sets.get(&key);
        match changes.get(&key) {
            None => append(&mut text, now, held, &key, &before, known),
            Some(change) => {
                if let Some(after) = change.after() {
                    append(&mut text, now, held, &key, after, known);
                }
            }
        }
    }
    let mut new: Vec<_> = changes
        .values()
        .filter_map(|change| match change {
            Change::Create { key, after } => Some((key, after)),
            _ => None,
        })
        .collect();
    new.sort_by_key(|(key, _)| *key);
    for (key, after) in new {
        append(&mut text, now, held, key, after, None);
    }
    text
}

fn append(
    text: &mut String,
    zone: &Zone,
    held: &Held,
    key: &RecordKey,
    set: &RecordSet,
    known: Option<&Known>,
) {
    let owner = relative(&key.owner, zone.origin(), "@");
    let inherits = known.is_some_and(|known| known.inherits) && held.ttl == Some(set.ttl);
    for data in &set.rdata {
        let _ = write!(text, "{owner} ");
        if !inherits {
            let _ = write!(text, "{} ", set.ttl);
        }
        let _ = write!(text, "IN {} {}", key.rtype, rdata::to_text(key.rtype, data));
        if let Some(comment) = known.and_then(|known| known.comments.get(data)) {
            let _ = write!(text, " ; {comment}");
        }
        text.push('\n');
    }
}
