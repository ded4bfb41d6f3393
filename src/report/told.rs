//! What is worth telling one by one, and whose silence is told once.

use std::collections::HashSet;

use super::data::{Difference, NameserverReport, ZoneReport};

impl ZoneReport {
    /// Servers that were asked and said nothing at all.
    pub(super) fn silent(&self) -> impl Iterator<Item = &NameserverReport> {
        self.nameservers.iter().filter(|server| server.is_silent())
    }

    /// The differences, without those that are nothing but the silence of [`Self::silent`] servers.
    pub(super) fn told(&self) -> impl Iterator<Item = &Difference> {
        let silent: HashSet<String> = self.silent().map(NameserverReport::label).collect();
        self.differences.iter().filter(move |difference| {
            let others = difference.answers.iter().filter(|answer| !answer.current);
            silent.is_empty()
                || others
                    .flat_map(|answer| &answer.nameservers)
                    .any(|label| !silent.contains(label))
        })
    }

    /// Why a silent server said nothing, where the differences tell.
    pub(super) fn why_silent(&self, label: &str) -> Option<&str> {
        self.differences
            .iter()
            .flat_map(|difference| &difference.answers)
            .find(|answer| answer.nameservers.iter().any(|own| own == label))
            .and_then(|answer| answer.detail.as_deref())
    }
}
