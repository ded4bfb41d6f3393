//! Changes of record sets as batches of edits of records.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::ZONES;
use super::read::{DnsSettings, Held};
use super::spelling::written;
use crate::adapters::http::{Api, segment};
use crate::adapters::records::{Edit, calls};
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
