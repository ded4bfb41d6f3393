//! Signatures that were looked at already: most servers give the same ones, and many answers hold the same proofs.

use std::collections::HashMap;

use super::chain::valid;
use super::key::Key;
use super::signed::SignedSet;
use crate::zone::NameRef;

/// What became of every set so far.
pub(super) struct Verified<'a> {
    apex: NameRef<'a>,
    now: u32,
    known: HashMap<(&'a SignedSet, &'a [Key]), Result<(), String>>,
}

impl<'a> Verified<'a> {
    /// Of none yet, in the zone at `apex`; `now` is in seconds since 1970.
    pub(super) fn new(apex: NameRef<'a>, now: u32) -> Self {
        let known = HashMap::new();
        Self { apex, now, known }
    }

    /// The time by which it is judged.
    pub(super) fn now(&self) -> u32 {
        self.now
    }

    /// As [`valid`], which is arithmetic of a tenth of a millisecond.
    pub(super) fn valid(&mut self, set: &'a SignedSet, keys: &'a [Key]) -> Result<(), String> {
        let known = self.known.entry((set, keys));
        let outcome = known.or_insert_with(|| valid(set, keys, self.apex, self.now));
        outcome.clone()
    }
}
