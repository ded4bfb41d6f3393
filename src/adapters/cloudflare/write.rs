//! Changes of record sets as batches of edits of records.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::ZONES;
use super::read::{DnsSettings, Held};
use super::spelling::written;
use crate::adapters::http::{Api, segment};
use crate::adapters::records::{Edit, Numbered};
use crate::plan::Change;
use crate::provider::{ErrorKind, ProviderError};
use crate::zone::{Name, RecordSet, RecordType};

/// A batch: one transaction, executed in this order.
/// <https://developers.cloudflare.com/dns/manage-dns-records/how-to/batch-record-changes/#use-the-api>
#[derive(Serialize)]
struct Batch {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    deletes: Vec<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    patches: Vec<Map<String, Value>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    posts: Vec<Map<String, Value>>,
}

impl Batch {
    fn of(edits: &mut [Edit<'_, String>]) -> Self {
        let mut batch = Self {
            deletes: Vec::new(),
            patches: Vec::new(),
            posts: Vec::new(),
        };
        // A DS record is taken only beside NS records: it comes after them and goes before them.
        edits.sort_by_key(|edit| match edit {
            Edit::Create { key, .. } => key.rtype == RecordType::DS,
            Edit::Update { .. } => false,
            Edit::Delete { key, .. } => key.rtype != RecordType::DS,
        });
        for edit in edits {
            match *edit {
                Edit::Create { key, ttl, rdata } => {
                    let mut record = written(key, ttl, rdata);
                    if matches!(
                        key.rtype,
                        RecordType::A | RecordType::AAAA | RecordType::CNAME
                    ) {
                        record.insert("proxied".to_owned(), json!(false));
                    }
                    batch.posts.push(record);
                }
                // A patch leaves comment and tags as they are.
                Edit::Update {
                    id,
                    key,
                    ttl,
                    rdata,
                } => {
                    let mut record = written(key, ttl, rdata);
                    record.insert("id".to_owned(), json!(id));
                    batch.patches.push(record);
                }
                Edit::Delete { id, .. } => batch.deletes.push(json!({ "id": id })),
            }
        }
        batch
    }
}

/// Edits that go into one call, and how many changes are made once it is through.
#[derive(Default)]
struct Call<'a> {
    edits: Vec<Edit<'a, String>>,
    done: usize,
}

/// The edits of `changes` in as few calls of at most `most` as can be. Neighbors of one owner stay together where they
/// fit, so that a CNAME and what takes its place change in one step.
fn calls<'a>(held: &'a Numbered<String>, changes: &'a [Change], most: usize) -> Vec<Call<'a>> {
    let mut calls = Vec::new();
    let mut call = Call::default();
    for neighbors in changes.chunk_by(|a, b| a.key().owner == b.key().owner) {
        let mut edits: Vec<_> = neighbors
            .iter()
            .flat_map(|change| held.edits(change))
            .collect();
        let done = call.done;
        if call.edits.len() + edits.len() > most && !call.edits.is_empty() {
            calls.push(std::mem::take(&mut call));
        }
        if edits.len() > most {
            // In several calls, as in one: what goes makes place first.
            edits.sort_by_key(|edit| !matches!(edit, Edit::Delete { .. }));
        }
        while edits.len() > most {
            let rest = edits.split_off(most);
            calls.push(Call { edits, done });
            edits = rest;
        }
        call.edits.append(&mut edits);
        call.done = done + neighbors.len();
    }
    calls.push(call);
    calls
}

/// Makes `changes`.
pub(super) async fn apply(
    api: &Api,
    zone: &Name,
    changes: &[Change],
    held: &Held,
) -> Result<(), ProviderError> {
    let mut changes = changes.to_vec();
    for change in &mut changes {
        if change.key().rtype == RecordType::NS && change.key().owner == *zone {
            prepare_apex_ns(api, change, held).await?;
        }
    }
    let path = format!("{ZONES}/{}/dns_records/batch", segment(&held.id));
    let mut done = 0;
    for mut call in calls(&held.numbered, &changes, held.batch) {
        if !call.edits.is_empty() {
            let request = api.post(&path).json(&Batch::of(&mut call.edits));
            request.send().await.map_err(|error| {
                let applied = error.applied.map(|_| done);
                error.applied(applied)
            })?;
        }
        done = call.done;
    }
    Ok(())
}

/// Leaves the nameservers that are no records out of a change of the apex NS set, and gives the set its TTL.
async fn prepare_apex_ns(api: &Api, change: &mut Change, held: &Held) -> Result<(), ProviderError> {
    let refused = |message: String| ProviderError::new(ErrorKind::Rejected, message);
    let is_own = |data: &[u8]| held.own.iter().any(|own| own.borrow().wire() == data);
    let after = change.after().cloned();
    let after = after.unwrap_or_else(|| RecordSet::new(0, Vec::new()));
    for own in &held.own {
        if after
            .rdata
            .iter()
            .all(|data| **data != *own.borrow().wire())
        {
            return Err(refused(format!(
                "it always lists its own nameserver `{own}`"
            )));
        }
    }
    let Some(settings) = &held.settings else {
        return Err(refused("the token may not see the DNS settings of the zone".to_owned())
            .hint("give it the permission Zone DNS Settings Edit, or write `apex_ns = \"provider\"` in the account"));
    };
    let ttl = after.ttl;
    let others = after.rdata.into_iter().filter(|data| !is_own(data));
    let others: Vec<Box<[u8]>> = others.collect();
    if !others.is_empty() && !settings.multi_provider {
        let message =
            "it ignores foreign nameservers at the apex as long as multi-provider DNS is off";
        return Err(refused(message.to_owned()).hint(format!(
            "switch it on in the dashboard (DNS, Settings), or send `{{\"multi_provider\": true}}` with PATCH to {}",
            DnsSettings::path(&held.id)
        )));
    }
    if ttl != settings.ns_ttl {
        let to = json!({ "ns_ttl": ttl });
        DnsSettings::change(api, &held.id, &to).await.map_err(|error| {
            let now = settings.ns_ttl;
            error.hint(format!(
                "the TTL of the apex NS set is {now} here, and another one needs Foundation DNS: write {now} into the file"
            ))
        })?;
    }
    let key = change.key().clone();
    let before = change.before().cloned();
    let before = before.unwrap_or_else(|| RecordSet::new(ttl, Vec::new()));
    *change = if others.is_empty() {
        Change::Delete { key, before }
    } else {
        let after = RecordSet::new(ttl, others);
        Change::Replace { key, before, after }
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::RecordKey;

    /// Creations of so many addresses at each name, one name a change.
    fn creations(sizes: &[u8]) -> Vec<Change> {
        let change = |(index, size): (usize, &u8)| Change::Create {
            key: RecordKey {
                owner: Name::absolute(&format!("n{index}.example.com")).expect("a name"),
                rtype: RecordType::A,
            },
            after: RecordSet::new(
                60,
                (0..*size).map(|last| [192, 0, 2, last].into()).collect(),
            ),
        };
        sizes.iter().enumerate().map(change).collect()
    }

    #[test]
    fn calls_are_few_and_names_whole() {
        let held = Numbered::default();
        for (sizes, expected) in [
            (&[][..], &[(0, 0)][..]),
            (&[1, 2, 1], &[(4, 3)]),
            (&[3, 2, 1, 1], &[(3, 1), (4, 4)]),
            // A name too large for one call: nothing is made before the last of its edits.
            (&[1, 9, 2], &[(1, 1), (4, 1), (4, 1), (3, 3)]),
        ] {
            let changes = creations(sizes);
            let found: Vec<(usize, usize)> = calls(&held, &changes, 4)
                .iter()
                .map(|call| (call.edits.len(), call.done))
                .collect();
            assert_eq!(found, expected, "{sizes:?}");
        }
    }

    #[test]
    fn a_ds_record_comes_after_its_ns_records_and_goes_before_them() {
        let owner = Name::absolute("sub.example.com").expect("a name");
        let key = |rtype| RecordKey {
            owner: owner.clone(),
            rtype,
        };
        let (ns, ds) = (key(RecordType::NS), key(RecordType::DS));
        let wire = Name::absolute("ns.example.net").expect("a name");
        let wire = wire.borrow().wire();
        let digest = [0, 1, 13, 2, 0xab];
        let (first, second) = ("ns".to_owned(), "ds".to_owned());
        let mut edits = [
            Edit::Create {
                key: &ds,
                ttl: 60,
                rdata: &digest,
            },
            Edit::Create {
                key: &ns,
                ttl: 60,
                rdata: wire,
            },
            Edit::Delete {
                id: &first,
                key: &ns,
            },
            Edit::Delete {
                id: &second,
                key: &ds,
            },
        ];
        let batch = Batch::of(&mut edits);
        assert_eq!(batch.posts[0]["type"], "NS");
        assert_eq!(batch.deletes[0]["id"], "ds");
    }
}
