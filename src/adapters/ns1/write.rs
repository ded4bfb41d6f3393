//! Writing: a request for each record set, and one more to read it where answers that stay may have metadata.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::read::Held;
use super::{Ns1, path_of, spelling};
use crate::adapters::http::segment;
use crate::adapters::presentation::dotless;
use crate::plan::Change;
use crate::provider::{ErrorKind, ProviderError};
use crate::zone::{Name, RecordKey, RecordSet, rdata};

/// A record set as it is by itself.
#[derive(Deserialize)]
struct Whole {
    answers: Vec<Map<String, Value>>,
    #[serde(default)]
    filters: Vec<Value>,
    link: Option<String>,
}

impl Ns1 {
    pub(super) async fn write(
        &self,
        zone: &Name,
        change: &Change,
        held: Option<&Held>,
    ) -> Result<(), ProviderError> {
        let key = change.key();
        let path = format!(
            "{}/{}/{}",
            path_of(zone),
            segment(&dotless(&key.owner)),
            key.rtype
        );
        let request = match change {
            Change::Delete { .. } => self.api.delete(&path),
            Change::Create { after, .. } => {
                let answers = answers(key, after, &[])?;
                let body = body(zone, key, after.ttl, Some(answers));
                let is_there = held.is_some_and(|held| held.empty.contains(key));
                let request = if is_there {
                    self.api.post(&path)
                } else {
                    self.api.put(&path)
                };
                request.json(&body)
            }
            Change::Replace { before, after, .. } if before.rdata == after.rdata => {
                self.api.post(&path).json(&body(zone, key, after.ttl, None))
            }
            Change::Replace { after, .. } => {
                let whole: Whole = self.api.get(&path).send().await?.json()?;
                if whole.link.is_some() || !whole.filters.is_empty() {
                    let words = "it got a link or a filter chain since it was read";
                    return Err(ProviderError::new(ErrorKind::Conflict, words)
                        .hint("take that off there, or let the set as it is"));
                }
                let answers = answers(key, after, &whole.answers)?;
                let body = body(zone, key, after.ttl, Some(answers));
                self.api.post(&path).json(&body)
            }
        };
        request.send().await.map(|_| ())
    }
}

fn body(zone: &Name, key: &RecordKey, ttl: u32, answers: Option<Vec<Value>>) -> Value {
    let mut body = json!({
        "zone": dotless(zone),
        "domain": dotless(&key.owner),
        "type": key.rtype.to_string(),
        "ttl": ttl,
    });
    if let Some(answers) = answers {
        body["answers"] = answers.into();
    }
    body
}

/// The answers of a set; those that are there already are as they are, metadata and all.
fn answers(
    key: &RecordKey,
    after: &RecordSet,
    there: &[Map<String, Value>],
) -> Result<Vec<Value>, ProviderError> {
    let known = |answer| {
        let fields = Map::get(answer, "answer")?;
        spelling::from_fields(key.rtype, fields)
    };
    let known: Vec<Option<Vec<u8>>> = there.iter().map(known).collect();
    let answer = |data: &[u8]| {
        let is_it = |held: &Option<Vec<u8>>| {
            let held = held.as_deref();
            held.is_some_and(|held| rdata::same(key.rtype, held, data))
        };
        if let Some(at) = known.iter().position(is_it) {
            return Ok(Value::Object(there[at].clone()));
        }
        match spelling::fields(key.rtype, data) {
            Ok(fields) => Ok(json!({ "answer": fields })),
            Err(why) => Err(ProviderError::new(ErrorKind::Rejected, why)),
        }
    };
    after.rdata.iter().map(|data| answer(data)).collect()
}
