//! Writing: set by set, or the whole zone where that takes fewer calls.

use serde_json::{Value, json};

use super::super::http::segment;
use super::super::presentation::{moved, relative};
use super::actions::{Action, Written};
use super::read::{Held, Known};
use super::{Hetzner, path_of, zonefile};
use crate::plan::Change;
use crate::provider::{ErrorKind, ProviderError};
use crate::zone::{Name, RecordKey, RecordSet, rdata};

/// Calls for which the zone as a whole is not worth importing: nobody else's change can be lost set by set.
const FEW: usize = 25;
/// Records in one call.
const MOST: usize = 50;

/// One request. Without a body it is a DELETE.
struct Step {
    path: String,
    body: Option<Value>,
}

/// The requests that make a change.
fn steps(change: &Change, zone: &Name, known: Option<&Known>) -> Vec<Step> {
    let key = change.key();
    let name = relative(&key.owner, zone, "@");
    let sets = format!("{}/rrsets", path_of(zone));
    let set = format!("{sets}/{}/{}", segment(&name), key.rtype);
    let act = |action: &str, body: Value| Step {
        path: format!("{set}/actions/{action}"),
        body: Some(body),
    };
    let given = |data: &[Box<[u8]>]| -> Vec<Value> {
        let records = data.iter().map(|data| record(key, data, known));
        records.collect()
    };
    let add = |data: &[Box<[u8]>]| -> Vec<Step> {
        let chunks = data.chunks(MOST);
        let step = |chunk| act("add_records", json!({ "records": given(chunk) }));
        chunks.map(step).collect()
    };
    match change {
        Change::Delete { .. } => vec![Step {
            path: set,
            body: None,
        }],
        Change::Create { after, .. } => {
            let (first, more) = after.rdata.split_at(after.rdata.len().min(MOST));
            let body = json!({
                "name": name, "type": key.rtype.to_string(), "ttl": after.ttl, "records": given(first),
            });
            let create = Step {
                path: sets,
                body: Some(body),
            };
            std::iter::once(create).chain(add(more)).collect()
        }
        Change::Replace { before, after, .. } => {
            let mut steps = Vec::new();
            if before.ttl != after.ttl {
                steps.push(act("change_ttl", json!({ "ttl": after.ttl })));
            }
            let without = |set: &RecordSet, other: &RecordSet| -> Vec<Box<[u8]>> {
                let data = set.rdata.iter().filter(|data| !other.rdata.contains(data));
                data.cloned().collect()
            };
            let (new, gone) = (without(after, before), without(before, after));
            if new.is_empty() && gone.is_empty() {
                return steps;
            }
            if after.rdata.len() <= MOST {
                steps.push(act(
                    "set_records",
                    json!({ "records": given(&after.rdata) }),
                ));
                return steps;
            }
            steps.extend(add(&new));
            for chunk in gone.chunks(MOST) {
                steps.push(act("remove_records", json!({ "records": given(chunk) })));
            }
            steps
        }
    }
}

/// A record as the vendor has it, with the comment that it has.
fn record(key: &RecordKey, data: &[u8], known: Option<&Known>) -> Value {
    let mut record = json!({ "value": rdata::to_text(key.rtype, data) });
    if let Some(comment) = known.and_then(|known| known.comments.get(data)) {
        record["comment"] = json!(comment);
    }
    record
}

impl Hetzner {
    pub(super) async fn write(
        &self,
        zone: &Name,
        changes: &[Change],
        held: &Held,
    ) -> Result<(), ProviderError> {
        let of = |change: &Change| held.sets.get(change.key());
        let is_protected = |change: &&Change| of(change).is_some_and(|known| known.is_protected);
        if let Some(change) = changes.iter().find(is_protected) {
            return Err(ProviderError::new(
                ErrorKind::Rejected,
                format!("`{}` is protected from changes there", change.key()),
            )
            .hint("take the protection off in the console, or let the set as it is"));
        }
        let steps: Vec<Vec<Step>> = changes
            .iter()
            .map(|change| steps(change, zone, of(change)))
            .collect();
        let calls: usize = steps.iter().map(Vec::len).sum();
        // The zone is read once more before it is imported.
        if calls > FEW.max(held.requests + 1)
            && zonefile::loses_nothing(held)
            && self.import(zone, changes).await?
        {
            return Ok(());
        }
        let mut actions: Vec<Action> = Vec::new();
        for (done, (change, steps)) in changes.iter().zip(&steps).enumerate() {
            for (number, step) in steps.iter().enumerate() {
                match self.step(zone, change, step).await {
                    Ok(action) => actions.extend(action),
                    Err(error) => {
                        // A set of which one half is written is neither made nor not.
                        let applied = error.applied.filter(|_| number == 0).map(|_| done);
                        return Err(error.applied(applied));
                    }
                }
            }
        }
        self.wait_for(actions).await
    }

    async fn step(
        &self,
        zone: &Name,
        change: &Change,
        step: &Step,
    ) -> Result<Option<Action>, ProviderError> {
        let request = match &step.body {
            Some(body) => self.api.post(&step.path).json(body),
            None => self.api.delete(&step.path),
        };
        let answer = request.accepting(&[404]).send().await;
        let named = |mut error: ProviderError| {
            if error.kind == ErrorKind::Rejected {
                error.message = format!("`{}`: {}", change.key(), error.message);
            }
            error
        };
        let answer = answer.map_err(named)?;
        if answer.status == 404 {
            return Err(match change {
                Change::Create { .. } => self.missing(zone),
                _ => moved(change),
            });
        }
        Ok(answer.json::<Written>()?.action)
    }

    /// Puts the zone in whole, as it is now but for the changes; whether that can be done without losing anything.
    async fn import(&self, zone: &Name, changes: &[Change]) -> Result<bool, ProviderError> {
        let (now, held) = self.read(zone).await?;
        if !zonefile::loses_nothing(&held) {
            return Ok(false);
        }
        let is_new = |change: &Change| matches!(change, Change::Create { .. });
        let has_moved = |change: &&Change| held.sets.contains_key(change.key()) == is_new(change);
        if let Some(change) = changes.iter().find(has_moved) {
            return Err(moved(change));
        }
        let body = json!({ "zonefile": zonefile::text(&now, &held, changes) });
        let path = format!("{}/actions/import_zonefile", path_of(zone));
        let request = self.api.post(path).json(&body).accepting(&[404]);
        let answer = request.send().await?;
        if answer.status == 404 {
            return Err(self.missing(zone));
        }
        let action = answer.json::<Written>()?.action;
        self.wait_for(Vec::from_iter(action)).await?;
        Ok(true)
    }
}
