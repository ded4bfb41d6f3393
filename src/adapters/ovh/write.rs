//! Writing: record by record into the vendor's copy of the zone, which is then served, or put back as it was.

use serde_json::json;

use super::super::presentation::relative;
use super::super::records::Edit;
use super::read::{Held, Id};
use super::{Ovh, path_of};
use crate::plan::Change;
use crate::provider::{ErrorKind, ProviderError};
use crate::zone::{Name, RecordKey, RecordSet, RecordType, rdata};

/// How what was written is served after all.
const PUBLISH: &str = "`redundns sync` asks for it again; whoever has no journal of this run asks by POST \
                       `/domain/zone/{zoneName}/refresh` in the vendor's API console";

/// The first of the texts that the vendor would spoil.
fn spoiled(changes: &[Change]) -> Option<&RecordKey> {
    let is_spoiled = |change: &&Change| {
        let (rtype, after) = (change.key().rtype, change.after());
        let mut data = after.iter().flat_map(|set| &set.rdata);
        rtype == RecordType::TXT && data.any(|data| rdata::to_text(rtype, data).contains('\\'))
    };
    changes.iter().find(is_spoiled).map(Change::key)
}

/// A change back to what was there before another.
fn inverse(change: &Change) -> Change {
    let key = change.key().clone();
    let before = RecordSet::new(0, Vec::new());
    match change.before().cloned() {
        Some(after) => Change::Replace { key, before, after },
        None => Change::Delete { key, before },
    }
}

/// The edits of changes in the order of writing. Nothing of them is served before the last, so what goes makes place first.
fn edits<'a>(changes: &'a [Change], held: &'a Held) -> Vec<Edit<'a, Id>> {
    let edits = changes.iter().flat_map(|change| held.edits(change));
    let mut edits: Vec<_> = edits.flat_map(replacing).collect();
    edits.sort_by_key(|edit| !matches!(edit, Edit::Delete { .. }));
    edits
}

/// An edit, or two for a record of the vendor's own types: what it became would be checked for what such a type demands.
fn replacing(edit: Edit<'_, Id>) -> Vec<Edit<'_, Id>> {
    match edit {
        Edit::Update {
            id,
            key,
            ttl,
            rdata,
        } if id.is_native => vec![Edit::Delete { id, key }, Edit::Create { key, ttl, rdata }],
        edit => vec![edit],
    }
}

impl Ovh {
    pub(super) async fn write(
        &self,
        zone: &Name,
        changes: &[Change],
        held: &Held,
    ) -> Result<(), ProviderError> {
        if let Some(key) = spoiled(changes) {
            let words =
                format!("`{key}`: it spoils texts with quotes, backslashes or octets beyond ASCII");
            return Err(ProviderError::new(ErrorKind::Rejected, words).hint(
                "nothing was written; leave them out of the text, or serve the zone elsewhere",
            ));
        }
        for (done, edit) in edits(changes, held).iter().enumerate() {
            if let Err(error) = self.edit(zone, edit).await {
                let is_untouched = done == 0 && error.applied.is_some();
                return Err(if is_untouched {
                    error
                } else {
                    self.take_back(zone, changes, error).await
                });
            }
        }
        self.serve(zone, changes).await
    }

    /// Puts what is written on the nameservers.
    pub(super) async fn refresh(&self, zone: &Name) -> Result<(), ProviderError> {
        let path = format!("{}/refresh", path_of(zone));
        // Twice is as good as once: it may be repeated like a request that reads.
        self.api.post(path).reading().send().await.map(|_| ())
    }

    /// Serves what was written, or takes it back where that is refused.
    async fn serve(&self, zone: &Name, changes: &[Change]) -> Result<(), ProviderError> {
        let Err(mut error) = self.refresh(zone).await else {
            return Ok(());
        };
        if !matches!(error.kind, ErrorKind::Unreachable | ErrorKind::Protocol) {
            error.message = format!("it does not serve what was written: {}", error.message);
            return Err(self.take_back(zone, changes, error).await);
        }
        // Whoever took back now what is served by then would only make it worse.
        error.message = format!(
            "all records are written, and nobody knows whether they are served: {}",
            error.message
        );
        Err(error.applied(None).hint(PUBLISH))
    }

    /// Puts the sets of `changes` back as they were before, none of which is served yet, and says with `error` whether
    /// that could be done.
    async fn take_back(
        &self,
        zone: &Name,
        changes: &[Change],
        mut error: ProviderError,
    ) -> ProviderError {
        let back = async {
            let (_, held) = self.read(zone).await?;
            let inverse: Vec<Change> = changes.iter().map(inverse).collect();
            for edit in edits(&inverse, &held) {
                self.edit(zone, &edit).await?;
            }
            Ok::<(), ProviderError>(())
        };
        match back.await {
            Ok(()) => {
                error.message += "; nothing of it is served, and what was written is taken back";
                error
            }
            Err(other) => {
                error.message += &format!(
                    "; nothing of it is served, but what was written stays in the zone, since taking it back failed: {other}"
                );
                error.applied(None).hint(PUBLISH)
            }
        }
    }

    async fn edit(&self, zone: &Name, edit: &Edit<'_, Id>) -> Result<(), ProviderError> {
        let records = format!("{}/record", path_of(zone));
        let one = |id: &Id| format!("{records}/{}", id.number);
        let target = |key: &RecordKey, data: &[u8]| rdata::to_text(key.rtype, data);
        let (key, request) = match *edit {
            Edit::Create { key, ttl, rdata } => {
                let body = json!({
                    "fieldType": key.rtype.to_string(),
                    "subDomain": relative(&key.owner, zone, ""),
                    "target": target(key, rdata),
                    "ttl": ttl,
                });
                (key, self.api.post(&records).json(&body))
            }
            Edit::Update {
                id,
                key,
                ttl,
                rdata,
            } => {
                let body = json!({ "target": target(key, rdata), "ttl": ttl });
                (key, self.api.put(one(id)).json(&body))
            }
            Edit::Delete { id, key } => (key, self.api.delete(one(id))),
        };
        let sent = request.send().await;
        sent.map(|_| ()).map_err(|error| {
            let mut error = self.about(zone, error);
            if matches!(error.kind, ErrorKind::Rejected | ErrorKind::Conflict) {
                error.message = format!("`{key}`: {}", error.message);
            }
            error
        })
    }
}
