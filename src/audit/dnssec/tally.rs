//! Faults by their cause, so that one cause is one finding, however many servers and record sets it has.

use std::collections::{BTreeMap, BTreeSet};

use crate::audit::note;
use crate::verdict::{Nameserver, Question};
use crate::zone::{Finding, RecordKey, Severity};

/// One cause: code, severity, and what is the matter.
type Cause = (&'static str, Severity, String);

/// Who has it, and with what.
#[derive(Default)]
struct Reach {
    servers: BTreeSet<usize>,
    sets: BTreeSet<RecordKey>,
}

/// Causes, each with its reach.
#[derive(Default)]
pub(super) struct Tally(BTreeMap<Cause, Reach>);

impl Tally {
    /// A fault of whole servers.
    pub(super) fn servers(
        &mut self,
        code: &'static str,
        severity: Severity,
        what: impl Into<String>,
        servers: impl IntoIterator<Item = usize>,
    ) {
        let reach = self.0.entry((code, severity, what.into())).or_default();
        reach.servers.extend(servers);
    }

    /// A fault of what servers answer to one question.
    pub(super) fn answers(
        &mut self,
        code: &'static str,
        severity: Severity,
        what: &str,
        servers: &[usize],
        question: &Question,
    ) {
        for &server in servers {
            self.answer(code, severity, what, server, question);
        }
    }

    /// A fault of one server's answer to one question.
    pub(super) fn answer(
        &mut self,
        code: &'static str,
        severity: Severity,
        what: impl Into<String>,
        server: usize,
        question: &Question,
    ) {
        let reach = self.0.entry((code, severity, what.into())).or_default();
        reach.servers.insert(server);
        reach.sets.insert(RecordKey {
            owner: question.name.clone(),
            rtype: question.rtype,
        });
    }

    /// One finding a cause, by code and with the worst first.
    pub(super) fn findings(self, nameservers: &[Nameserver]) -> Vec<Finding> {
        let mut findings: Vec<Finding> = self
            .0
            .into_iter()
            .map(|((code, severity, what), reach)| {
                finding(code, severity, &what, &reach, nameservers)
            })
            .collect();
        findings.sort_by_key(|finding| (finding.code, std::cmp::Reverse(finding.severity)));
        findings
    }
}

fn finding(
    code: &'static str,
    severity: Severity,
    what: &str,
    reach: &Reach,
    nameservers: &[Nameserver],
) -> Finding {
    let first = reach.sets.first();
    let message = match (first, reach.sets.len()) {
        (None, _) => what.to_owned(),
        (Some(set), 1) => format!("`{set}`: {what}"),
        (Some(set), count) => format!("`{set}` and {} more: {what}", count - 1),
    };
    let mut finding = note::finding(code, message);
    finding.severity = severity;
    if let Some(set) = first {
        finding = finding.about(&set.owner, set.rtype);
    }
    let servers: Vec<&Nameserver> = reach
        .servers
        .iter()
        .filter_map(|&index| nameservers.get(index))
        .collect();
    if let (Some(server), Some(set)) = (servers.first(), first) {
        finding.reproduce = Some(note::dig_signed(server.address, &set.owner, set.rtype));
    }
    if !servers.is_empty() {
        let labels = servers.iter().map(|&server| note::label(server));
        finding.nameserver = Some(labels.collect::<Vec<_>>().join(", "));
    }
    let providers: BTreeSet<Option<&str>> = servers
        .iter()
        .map(|server| server.provider.as_deref())
        .collect();
    if let [Some(provider)] = providers.into_iter().collect::<Vec<_>>()[..] {
        finding.provider = Some(provider.to_owned());
    }
    finding
}
