//! Changes as the lines of a diff, one a record.

use super::escape::{cut, one_line};
use crate::report::data::{ChangeEntry, ProviderReport, SetEntry, ZoneReport};
use crate::report::text::{changed_fields, in_order, look_alike, relative};

/// Longest RDATA shown, in characters.
const LONGEST: usize = 400;

/// Providers of a zone that have changes, those with equal ones together.
pub(super) fn groups(zone: &ZoneReport) -> Vec<Vec<&ProviderReport>> {
    let mut groups: Vec<Vec<&ProviderReport>> = Vec::new();
    for provider in &zone.providers {
        if provider.changes.is_empty() {
            continue;
        }
        let twins = groups
            .iter_mut()
            .find(|group| look_alike(group[0], provider));
        match twins {
            Some(group) => group.push(provider),
            None => groups.push(vec![provider]),
        }
    }
    groups
}

/// The lines for what a provider has to change: `-` for what goes, `+` for what comes.
pub(super) fn lines(zone: &ZoneReport, provider: &ProviderReport) -> Vec<String> {
    let changes = in_order(&provider.changes);
    changes
        .into_iter()
        .flat_map(|change| of(zone, change))
        .collect()
}

fn of(zone: &ZoneReport, change: &ChangeEntry) -> Vec<String> {
    let name = relative(&change.name, &zone.zone);
    if let Some(fields) = changed_fields(change) {
        return vec![one_line(&format!("! {name} {} {fields}", change.rtype))];
    }
    let records = |sign: char, set: Option<&SetEntry>, other: Option<&SetEntry>| {
        let is_new = |ttl: u32, rdata: &String| {
            other.is_none_or(|other| other.ttl != ttl || !other.rdata.contains(rdata))
        };
        set.into_iter()
            .flat_map(|set| set.rdata.iter().map(|rdata| (set.ttl, rdata)))
            .filter(|(ttl, rdata)| is_new(*ttl, rdata))
            .map(|(ttl, rdata)| {
                let rdata = cut(rdata, LONGEST);
                one_line(&format!("{sign} {name} {ttl} {} {rdata}", change.rtype))
            })
            .collect::<Vec<String>>()
    };
    let (before, after) = (change.before.as_ref(), change.after.as_ref());
    let mut lines = records('-', before, after);
    lines.extend(records('+', after, before));
    lines
}
