//! Writing: in batches where the plan has them, else record by record; the apex NS set by a call of its own.

use std::sync::atomic::Ordering;

use serde_json::{Map, Value, json};

use super::super::http::Response;
use super::super::presentation::relative;
use super::super::records::{Edit, calls};
use super::Dnsimple;
use super::facts::{APEX_NS_TTL, BATCH};
use super::read::Held;
use super::spelling::{without_dot, written};
use crate::plan::Change;
use crate::provider::{ErrorKind, ProviderError};
use crate::zone::{Name, RecordKey, RecordType, rdata};

fn refused(message: String, hint: &str) -> ProviderError {
    ProviderError::new(ErrorKind::Rejected, message).hint(hint)
}

fn is_apex_ns(change: &Change, zone: &Name) -> bool {
    change.key().rtype == RecordType::NS && change.key().owner == *zone
}

/// What cannot be written as it is, seen before anything is.
fn check(zone: &Name, changes: &[Change], held: &Held) -> Result<(), ProviderError> {
    if !held.is_active && !changes.is_empty() {
        return Err(refused(
            format!("nobody answers for `{zone}`, whose DNS services are switched off"),
            "activate the zone in the dashboard, or with PUT to its `/activation`",
        ));
    }
    for change in changes {
        let (key, after) = (change.key(), change.after());
        if is_apex_ns(change, zone) {
            let ttl = change.before().map_or(APEX_NS_TTL, |set| set.ttl);
            match after {
                None => {
                    let words = format!("`{key}`: the apex NS set cannot go");
                    return Err(refused(words, "list at least one nameserver"));
                }
                Some(after) if after.ttl != ttl => {
                    let words = format!("`{key}`: its TTL is {ttl} there, and no other is taken");
                    return Err(refused(words, "write that TTL into the file"));
                }
                Some(_) => {}
            }
        }
        let mut data = after.iter().flat_map(|set| &set.rdata);
        if key.rtype == RecordType::SRV && data.any(|data| data.ends_with(&[0]) && data.len() == 7)
        {
            let words = format!("`{key}`: it spoils a record whose target is the root");
            return Err(refused(words, "nothing was written; leave the record out"));
        }
    }
    Ok(())
}

/// The fields that an edit sets.
fn fields(rtype: RecordType, ttl: u32, data: &[u8]) -> Map<String, Value> {
    let (content, priority) = written(rtype, data);
    let mut fields = Map::new();
    fields.insert("content".to_owned(), json!(content));
    fields.insert("ttl".to_owned(), json!(ttl));
    if let Some(priority) = priority {
        fields.insert("priority".to_owned(), json!(priority));
    }
    fields
}

fn new(zone: &Name, key: &RecordKey, ttl: u32, data: &[u8]) -> Map<String, Value> {
    let mut fields = fields(key.rtype, ttl, data);
    fields.insert("name".to_owned(), json!(relative(&key.owner, zone, "")));
    fields.insert("type".to_owned(), json!(key.rtype.to_string()));
    fields
}

/// A batch: one transaction, deletes before updates before creates.
fn batch(zone: &Name, edits: &[Edit<'_, u64>]) -> Value {
    let mut lists: Map<String, Value> = Map::new();
    for edit in edits {
        let (list, item) = match *edit {
            Edit::Create { key, ttl, rdata } => ("creates", new(zone, key, ttl, rdata)),
            Edit::Update {
                id,
                key,
                ttl,
                rdata,
            } => {
                let mut fields = fields(key.rtype, ttl, rdata);
                fields.insert("id".to_owned(), json!(id));
                ("updates", fields)
            }
            Edit::Delete { id, .. } => {
                let fields = Map::from_iter([("id".to_owned(), json!(id))]);
                ("deletes", fields)
            }
        };
        let list = lists.entry(list).or_insert_with(|| json!([]));
        list.as_array_mut()
            .expect("it was made a list")
            .push(Value::Object(item));
    }
    Value::Object(lists)
}

impl Dnsimple {
    pub(super) async fn write(
        &self,
        zone: &Name,
        changes: &[Change],
        held: &Held,
    ) -> Result<(), ProviderError> {
        check(zone, changes, held)?;
        let mut done = 0;
        for run in changes.chunk_by(|a, b| is_apex_ns(a, zone) == is_apex_ns(b, zone)) {
            let outcome = if is_apex_ns(&run[0], zone) {
                self.set_apex_ns(zone, &run[0]).await
            } else {
                self.write_records(zone, run, held).await
            };
            outcome.map_err(|error| {
                let applied = error.applied.map(|applied| done + applied);
                error.applied(applied)
            })?;
            done += run.len();
        }
        Ok(())
    }

    /// <https://developer.dnsimple.com/v2/zones/ns-records/#updateZoneNsRecords>
    async fn set_apex_ns(&self, zone: &Name, change: &Change) -> Result<(), ProviderError> {
        let after = change.after();
        let names = after.iter().flat_map(|set| &set.rdata);
        let names = names.map(|data| without_dot(&rdata::to_text(RecordType::NS, data)));
        let body = json!({ "ns_names": names.collect::<Vec<_>>(), "ns_set_ids": [] });
        let path = format!("{}/ns_records", self.path_of(zone));
        let request = self.api.put(path).json(&body).accepting(&[404, 412]);
        let answer = request.send().await?;
        match answer.status {
            404 => Err(self.missing(zone)),
            412 => Err(refused(
                format!(
                    "the apex NS set stays as it is, since the plan of this account has no name server sets: {}",
                    self.api.refusal(&answer)
                ),
                "change to a plan that has them, or write `apex_ns = \"provider\"` in the account",
            )),
            _ => Ok(()),
        }
    }

    async fn write_records(
        &self,
        zone: &Name,
        changes: &[Change],
        held: &Held,
    ) -> Result<(), ProviderError> {
        let mut done = 0;
        for call in calls(&held.numbered, changes, BATCH) {
            let outcome = match call.edits.as_slice() {
                [] => Ok(true),
                [edit] => self.edit(zone, edit).await.map(|()| true),
                _ if !self.has_batches.load(Ordering::Relaxed) => Ok(false),
                edits => self.send(zone, edits).await,
            };
            let is_made = outcome.map_err(|error| {
                let applied = error.applied.map(|_| done);
                error.applied(applied)
            })?;
            if !is_made {
                break;
            }
            done = call.done;
        }
        let left = self.one_by_one(zone, &changes[done..], held).await;
        left.map_err(|error| {
            let applied = error.applied.map(|applied| done + applied);
            error.applied(applied)
        })
    }

    /// Sends a batch; whether the plan has any.
    async fn send(&self, zone: &Name, edits: &[Edit<'_, u64>]) -> Result<bool, ProviderError> {
        let path = format!("{}/batch", self.path_of(zone));
        let request = self.api.post(path).json(&batch(zone, edits));
        let answer = request.accepting(&[400, 404, 412]).send().await?;
        match answer.status {
            400 => Err(self.refusal_of(&answer, edits)),
            404 => Err(self.missing(zone)),
            412 => {
                self.has_batches.store(false, Ordering::Relaxed);
                Ok(false)
            }
            _ => Ok(true),
        }
    }

    /// The refusal of a batch, with the record set that it is about: `{"errors": {"creates": [{"index": 0, …}]}}`.
    fn refusal_of(&self, answer: &Response, edits: &[Edit<'_, u64>]) -> ProviderError {
        let mut error = self.api.refusal(answer);
        let said: Value = answer.json().unwrap_or_default();
        let list_of = |edit: &Edit<'_, u64>| match edit {
            Edit::Create { .. } => "creates",
            Edit::Update { .. } => "updates",
            Edit::Delete { .. } => "deletes",
        };
        for list in ["creates", "updates", "deletes"] {
            let index = said["errors"][list][0]["index"].as_u64();
            let index = index.and_then(|index| usize::try_from(index).ok());
            let mut edits = edits.iter().filter(|edit| list_of(edit) == list);
            if let Some(edit) = index.and_then(|index| edits.nth(index)) {
                error.message = format!("`{}`: {}", edit.key(), error.message);
                return error;
            }
        }
        error
    }

    async fn one_by_one(
        &self,
        zone: &Name,
        changes: &[Change],
        held: &Held,
    ) -> Result<(), ProviderError> {
        for (done, change) in changes.iter().enumerate() {
            for (number, edit) in held.numbered.edits(change).iter().enumerate() {
                self.edit(zone, edit).await.map_err(|error| {
                    // A set of which one half is written is neither made nor not.
                    let applied = error.applied.filter(|_| number == 0).map(|_| done);
                    error.applied(applied)
                })?;
            }
        }
        Ok(())
    }

    async fn edit(&self, zone: &Name, edit: &Edit<'_, u64>) -> Result<(), ProviderError> {
        let records = format!("{}/records", self.path_of(zone));
        let one = |id: &u64| format!("{records}/{id}");
        let request = match *edit {
            Edit::Create { key, ttl, rdata } => {
                self.api.post(&records).json(&new(zone, key, ttl, rdata))
            }
            Edit::Update {
                id,
                key,
                ttl,
                rdata,
            } => self.api.patch(one(id)).json(&fields(key.rtype, ttl, rdata)),
            Edit::Delete { id, .. } => self.api.delete(one(id)),
        };
        let key = edit.key();
        let answer = request.accepting(&[404]).send().await;
        let answer = answer.map_err(|mut error| {
            if error.kind == ErrorKind::Rejected {
                error.message = format!("`{key}`: {}", error.message);
            }
            error
        })?;
        match (answer.status, edit) {
            (404, Edit::Create { .. }) => Err(self.missing(zone)),
            (404, _) => Err(ProviderError::new(
                ErrorKind::Conflict,
                format!("a record of `{key}` is not there any more"),
            )
            .hint("somebody else changed the zone meanwhile: run `plan` again")),
            _ => Ok(()),
        }
    }
}
