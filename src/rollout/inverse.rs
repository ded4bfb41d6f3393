//! The inverse of what a run wrote, against what a provider holds now.

use std::collections::BTreeSet;

use super::journal::{Past, Standing};
use crate::plan::{Change, apply};
use crate::zone::{Name, RecordKey, RecordSet, RecordType, SetRef, Zone};

/// What putting back would do at one provider.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Inverse {
    /// Record sets that go back to what they were.
    pub back: Vec<Past>,
    /// Record sets that somebody changed since, and which stay as they are.
    pub conflicts: Vec<RecordKey>,
}

/// What has to be put back in `now`, so that what `changes` did is undone; given in the order they were made.
///
/// Of several changes of one record set the first tells what it was and the last what was written. What somebody else
/// changed since is left alone, as are a SOA and an apex NS set that were not there before, and everything at a name where putting back would set a CNAME beside other data.
pub fn inverse(changes: &[Past], now: &Zone) -> Inverse {
    let mut inverse = Inverse::default();
    let apex = now.origin();
    for past in joined(changes) {
        let is_frame =
            past.key.owner == *apex && matches!(past.key.rtype, RecordType::SOA | RecordType::NS);
        match past.standing(now) {
            Standing::Before => {}
            // No zone is without.
            Standing::After if is_frame && past.before.is_none() => {}
            Standing::After => inverse.back.push(past),
            Standing::Other => inverse.conflicts.push(past.key),
        }
    }
    let torn = torn(&inverse, now);
    let (torn, back) = inverse
        .back
        .into_iter()
        .partition(|past| torn.contains(&past.key.owner));
    inverse.back = back;
    let torn: Vec<Past> = torn;
    inverse
        .conflicts
        .extend(torn.into_iter().map(|past| past.key));
    inverse.conflicts.sort();
    inverse
}

impl Inverse {
    /// What the provider shall hold.
    pub fn desired(&self, now: &Zone) -> Zone {
        let changes: Vec<Change> = self
            .back
            .iter()
            .filter_map(|past| change(past, now))
            .collect();
        apply(now, &changes)
    }
}

fn change(past: &Past, now: &Zone) -> Option<Change> {
    let key = past.key.clone();
    let held = now
        .get(key.owner.borrow(), key.rtype)
        .map(SetRef::to_record_set);
    Some(match (held, past.before.clone()) {
        (None, None) => return None,
        (None, Some(after)) => Change::Create { key, after },
        (Some(before), None) => Change::Delete { key, before },
        (Some(before), Some(after)) => Change::Replace { key, before, after },
    })
}

/// One entry a record set, from what it was at first to what it was made in the end.
fn joined(changes: &[Past]) -> Vec<Past> {
    let mut joined: std::collections::BTreeMap<
        &RecordKey,
        (Option<&RecordSet>, Option<&RecordSet>),
    > = std::collections::BTreeMap::new();
    for past in changes {
        joined
            .entry(&past.key)
            .and_modify(|(_, after)| *after = past.after.as_ref())
            .or_insert((past.before.as_ref(), past.after.as_ref()));
    }
    joined
        .into_iter()
        .map(|(key, (before, after))| Past {
            key: key.clone(),
            before: before.cloned(),
            after: after.cloned(),
        })
        .collect()
}

/// Names at which the zone would hold a CNAME beside other data (RFC 1034, section 3.6.2).
fn torn(inverse: &Inverse, now: &Zone) -> BTreeSet<Name> {
    let desired = inverse.desired(now);
    let is_torn = |owner: &&Name| {
        let sets = desired.at(owner.borrow());
        let rtypes: Vec<RecordType> = sets
            .map(SetRef::rtype)
            .filter(|rtype| !rtype.is_signers())
            .collect();
        rtypes.len() > 1 && rtypes.contains(&RecordType::CNAME)
    };
    let owners = inverse.back.iter().map(|past| &past.key.owner);
    owners.filter(is_torn).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::{NoIncludes, Source, parse};

    fn zone(text: &str) -> Zone {
        let text = format!("$TTL 60\n@ SOA a. b. 7 1 2 3 4\n@ NS ns.a.test.\n{text}");
        let source = Source {
            name: "test",
            text: text.as_bytes(),
        };
        parse(
            &source,
            Name::absolute("example.com").expect("a name"),
            &NoIncludes,
        )
        .zone
    }

    /// What a run did that made `new` of `old`.
    fn run(old: &Zone, new: &Zone) -> Vec<Past> {
        let mut keys: Vec<RecordKey> = old.sets().chain(new.sets()).map(SetRef::key).collect();
        keys.sort();
        keys.dedup();
        let get = |zone: &Zone, key: &RecordKey| {
            zone.get(key.owner.borrow(), key.rtype)
                .map(SetRef::to_record_set)
        };
        keys.into_iter()
            .map(|key| Past {
                before: get(old, &key),
                after: get(new, &key),
                key,
            })
            .filter(|past| past.before != past.after)
            .collect()
    }

    fn names(keys: &[RecordKey]) -> Vec<String> {
        keys.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_nobody_touched_since_goes_back_whole() {
        let old = zone("www A 192.0.2.1\ngone A 192.0.2.3\nalias CNAME www\n");
        let new = zone("www A 192.0.2.2\nnew A 192.0.2.4\nalias A 192.0.2.9\n");
        let run = run(&old, &new);
        let inverse = inverse(&run, &new);
        assert!(inverse.conflicts.is_empty());
        assert_eq!(inverse.desired(&new), old);
        // Undone already: nothing is left to do.
        assert_eq!(super::inverse(&run, &old), Inverse::default());
    }

    #[test]
    fn what_somebody_changed_since_stays_and_is_named() {
        let old = zone("www A 192.0.2.1\nmail A 192.0.2.5\n");
        let new = zone("www A 192.0.2.2\nmail A 192.0.2.6\n");
        let now = zone("www A 203.0.113.1\nmail A 192.0.2.6\nother A 192.0.2.7\n");
        let inverse = inverse(&run(&old, &new), &now);
        assert_eq!(names(&inverse.conflicts), ["www.example.com. A"]);
        let expected = zone("www A 203.0.113.1\nmail A 192.0.2.5\nother A 192.0.2.7\n");
        assert_eq!(inverse.desired(&now), expected);
    }

    #[test]
    fn no_cname_is_put_beside_what_others_put_there() {
        let old = zone("x CNAME www\ny A 192.0.2.1\n");
        let new = zone("x A 192.0.2.1\ny CNAME www\n");
        let now = zone("x A 192.0.2.1\nx TXT hello\ny CNAME elsewhere\n");
        let inverse = inverse(&run(&old, &new), &now);
        let conflicts = [
            "x.example.com. A",
            "x.example.com. CNAME",
            "y.example.com. A",
            "y.example.com. CNAME",
        ];
        assert_eq!(names(&inverse.conflicts), conflicts);
        assert_eq!(inverse.desired(&now), now);
    }

    #[test]
    fn a_zone_that_the_run_created_keeps_its_frame() {
        let old = Zone::empty(Name::absolute("example.com").expect("a name"));
        let new = zone("www A 192.0.2.1\n");
        let inverse = inverse(&run(&old, &new), &new);
        assert!(inverse.conflicts.is_empty());
        assert_eq!(inverse.desired(&new), zone(""));
    }

    #[test]
    fn of_two_changes_of_one_record_set_the_first_tells_what_it_was() {
        let zones = [1, 2, 3].map(|octet| zone(&format!("www A 192.0.2.{octet}\n")));
        let [first, second, third] = &zones;
        let both = [run(first, second), run(second, third)].concat();
        assert_eq!(inverse(&both, third).desired(third), *first);
    }
}
