//! A base that moved: whose change was met.

use super::Target;
use crate::plan::met;
use crate::provider::{ErrorKind, ProviderError};

/// How many record sets are named one by one.
const NAMED: usize = 3;

/// The error, and where it is a conflict, what the record sets are now that were to be changed. No adapter needs to
/// know that: the provider is asked.
pub(super) async fn named(mut error: ProviderError, target: &Target) -> ProviderError {
    if error.kind != ErrorKind::Conflict {
        return error;
    }
    let Ok(now) = target.provider.fetch(target.desired.origin()).await else {
        return error;
    };
    let sentences = met(target.waves.iter(), &now.zone);
    for sentence in sentences.iter().take(NAMED) {
        error.message += &format!("; {sentence}");
    }
    if sentences.len() > NAMED {
        error.message += &format!("; and {} more", sentences.len() - NAMED);
    }
    error
}
