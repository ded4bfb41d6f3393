//! What the nameservers said, as the report has it.

use crate::report::{
    Agreement, AnswerEntry, Difference, NameserverReport, Outcome, SetEntry, ZoneReport,
};
use crate::verdict::{self, Answer, Judgement, Nameserver, Notice, Verdict};
use crate::zone::rdata::to_text;
use crate::zone::{Finding, RecordSet, RecordType, Severity};

/// Everything that asking came to.
pub(super) struct Served {
    pub(super) nameservers: Vec<Nameserver>,
    pub(super) judgement: Judgement,
    pub(super) delegation: Outcome,
}

impl Served {
    /// Puts it into the zone's report, and says what it comes to.
    pub(super) fn fill(&self, zone: &mut ZoneReport) -> Outcome {
        let judgement = &self.judgement;
        zone.nameservers = self
            .nameservers
            .iter()
            .zip(&judgement.nameservers)
            .map(|(server, statistics)| NameserverReport {
                name: server.name.to_string(),
                address: server.address.to_string(),
                provider: server.provider.clone(),
                asked: statistics.asked,
                answered: statistics.answered,
                p50_ms: statistics.p50_ms,
                p95_ms: statistics.p95_ms,
                serial: statistics.serial,
            })
            .collect();
        zone.agreement = Agreement {
            questions: judgement.agreement.questions,
            agree: judgement.agreement.agree,
            differ: judgement.agreement.differ,
            unverified: judgement.agreement.unverified,
        };
        zone.differences = judgement
            .differences
            .iter()
            .map(|difference| self.difference(difference))
            .collect();
        zone.findings.extend(
            judgement
                .notices
                .iter()
                .map(|notice| (&self.notice(notice)).into()),
        );
        let mut outcomes = vec![self.delegation];
        if judgement.differs() {
            outcomes.push(Outcome::Differs);
        }
        if judgement.is_trouble() || judgement.is_unverified() {
            outcomes.push(Outcome::Trouble);
        }
        Outcome::worst(outcomes)
    }

    fn label(&self, index: usize) -> String {
        format!(
            "{} {}",
            self.nameservers[index].name, self.nameservers[index].address
        )
    }

    fn difference(&self, difference: &verdict::Difference) -> Difference {
        let expected_type = match &difference.expected {
            verdict::Expected::Records { rtype, .. } => *rtype,
            verdict::Expected::Referral { .. } => RecordType::NS,
            _ => difference.rtype,
        };
        Difference {
            name: difference.name.to_string(),
            rtype: difference.rtype.to_string(),
            verdict: difference.verdict.as_str().to_owned(),
            expected: difference
                .expected
                .set()
                .map(|set| SetEntry::of(expected_type, set)),
            explained: None,
            answers: difference
                .answers
                .iter()
                .map(|group| {
                    let (kind, set, detail) = told(&group.answer);
                    AnswerEntry {
                        nameservers: group
                            .nameservers
                            .iter()
                            .map(|&index| self.label(index))
                            .collect(),
                        kind: kind.to_owned(),
                        current: group.verdict == Verdict::Agree,
                        detail: if group.why.is_empty() {
                            detail
                        } else {
                            Some(group.why.clone())
                        },
                        ttl: set.map(|(_, set)| set.ttl),
                        rdata: set.map_or_else(Vec::new, |(rtype, set)| texts(rtype, set)),
                    }
                })
                .collect(),
        }
    }

    fn notice(&self, notice: &Notice) -> Finding {
        let (code, severity) = match notice.code {
            "unstable" => ("AGR07", Severity::Warning),
            "compact-denial" => ("AGR03", Severity::Warning),
            "negative-ttl" => ("SOA02", Severity::Warning),
            "soa-fields" => ("SOA04", Severity::Info),
            "no-route" => ("SRV03", Severity::Warning),
            "child-zone" => ("AGR12", Severity::Info),
            _ => ("AGR11", Severity::Info),
        };
        let mut finding = Finding::new(code, severity, &notice.message);
        let servers: Vec<String> = notice
            .nameservers
            .iter()
            .map(|&index| self.label(index))
            .collect();
        finding.nameserver = (!servers.is_empty()).then(|| servers.join(", "));
        finding
    }
}

fn texts(rtype: RecordType, set: &RecordSet) -> Vec<String> {
    set.rdata
        .iter()
        .map(|rdata| to_text(rtype, rdata))
        .collect()
}

/// The answer's kind as in JSON, its records, and what went wrong.
fn told(
    answer: &Answer,
) -> (
    &'static str,
    Option<(RecordType, &RecordSet)>,
    Option<String>,
) {
    match answer {
        Answer::Records { rtype, set } => ("records", Some((*rtype, set)), None),
        Answer::NoData { .. } => ("nodata", None, None),
        Answer::NxDomain { .. } => ("nxdomain", None, None),
        Answer::Referral { set, .. } => ("referral", Some((RecordType::NS, set)), None),
        Answer::NotAuthoritative => ("not_authoritative", None, None),
        Answer::Refused => ("refused", None, None),
        Answer::Failure { what } => ("failure", None, Some(what.clone())),
        Answer::Silent { why } => ("silent", None, Some(why.clone())),
    }
}
