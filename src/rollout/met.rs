//! A base that moved: whose change was met.

use super::Target;
use super::journal::Journal;
use crate::plan::met;
use crate::provider::{ErrorKind, ProviderError};

/// How many record sets are named one by one.
const NAMED: usize = 3;

/// The error, and where it is a conflict, what the record sets are now that were to be changed, and which run made
/// them so, if one on record did. No adapter needs to know that: the provider is asked.
pub(super) async fn named(
    mut error: ProviderError,
    target: &Target,
    journal: &Journal<'_>,
) -> ProviderError {
    if error.kind != ErrorKind::Conflict {
        return error;
    }
    let Ok(now) = target.provider.fetch(target.desired.origin()).await else {
        return error;
    };
    let sentences = met(target.waves.iter(), &now.zone);
    for (key, sentence) in sentences.iter().take(NAMED) {
        error.message += &format!("; {sentence}");
        match journal.author(&target.id, key, &now.zone) {
            Some(author) => error.message += &format!(", as {author} made it"),
            None => error.message += ", which no run on record here did",
        }
    }
    if sentences.len() > NAMED {
        error.message += &format!("; and {} more", sentences.len() - NAMED);
    }
    error
}
