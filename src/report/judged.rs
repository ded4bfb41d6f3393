//! From what nameservers said to report entries.

use super::data::{
    Agreement, AnswerEntry, Difference, ExceptionEntry, FindingEntry, NameserverReport, Place,
    SetEntry, ZoneReport,
};
use crate::verdict::{self, Answer, Expected, Group, Judgement, Nameserver, Verdict};

impl ZoneReport {
    /// Takes in what `nameservers` said. Remarks become findings.
    pub fn judged(&mut self, nameservers: &[Nameserver], judgement: &Judgement) {
        self.nameservers = nameservers
            .iter()
            .enumerate()
            .map(|(index, server)| {
                let own = judgement
                    .nameservers
                    .get(index)
                    .cloned()
                    .unwrap_or_default();
                NameserverReport {
                    name: server.name.to_string(),
                    address: server.address.to_string(),
                    provider: server.provider.clone(),
                    asked: own.asked,
                    answered: own.answered,
                    p50_ms: own.p50_ms,
                    p95_ms: own.p95_ms,
                    serial: own.serial,
                }
            })
            .collect();
        let counts = judgement.agreement;
        self.agreement = Agreement {
            questions: counts.questions,
            agree: counts.agree,
            differ: counts.differ,
            unverified: counts.unverified,
        };
        let labels: Vec<String> = self
            .nameservers
            .iter()
            .map(NameserverReport::label)
            .collect();
        self.differences = judgement
            .differences
            .iter()
            .chain(&judgement.explained)
            .map(|one| difference(one, &labels))
            .collect();
        self.findings
            .extend(judgement.notices.iter().map(|one| notice(one, &labels)));
    }
}

fn notice(one: &verdict::Notice, labels: &[String]) -> FindingEntry {
    let (code, severity) = match one.code {
        "unstable" => ("AGR07", "warning"),
        "compact-denial" => ("AGR03", "warning"),
        "negative-ttl" => ("SOA02", "warning"),
        "no-route" => ("SRV03", "warning"),
        "soa-fields" => ("SOA04", "info"),
        "child-zone" => ("AGR12", "info"),
        _ => ("AGR11", "info"),
    };
    let (name, rtype) = one.about.clone().unzip();
    let servers: Vec<&str> = one
        .nameservers
        .iter()
        .filter_map(|&index| labels.get(index).map(String::as_str))
        .collect();
    FindingEntry {
        code: code.to_owned(),
        severity: severity.to_owned(),
        message: one.message.clone(),
        name: name.map(|name| name.to_string()),
        rtype: rtype.map(|rtype| rtype.to_string()),
        nameserver: (!servers.is_empty()).then(|| servers.join(", ")),
        ..FindingEntry::default()
    }
}

fn difference(one: &verdict::Difference, labels: &[String]) -> Difference {
    let is_explained = one.verdict == Verdict::Agree;
    Difference {
        code: one.code.to_owned(),
        name: one.name.to_string(),
        rtype: one.rtype.to_string(),
        // Not from the file by mistake, and still not alike.
        verdict: match one.verdict {
            Verdict::Agree => Verdict::Differs,
            verdict => verdict,
        }
        .as_str()
        .to_owned(),
        expected: expected(&one.expected),
        explained: is_explained.then(|| {
            let each = one
                .declared
                .iter()
                .map(|declared| format!("exception at {}: {}", declared.provider, declared.reason));
            each.collect::<Vec<_>>().join("; ")
        }),
        exceptions: one
            .declared
            .iter()
            .map(|declared| ExceptionEntry {
                provider: declared.provider.clone(),
                name: one.name.to_string(),
                rtype: one.rtype.to_string(),
                reason: declared.reason.clone(),
                expected: declared.expected.as_ref().and_then(expected),
            })
            .collect(),
        answers: one
            .answers
            .iter()
            .map(|group| answer(group, labels))
            .collect(),
        place: Place::default(),
    }
}

fn expected(expected: &Expected) -> Option<SetEntry> {
    match expected {
        Expected::Records { rtype, set, .. } => Some(SetEntry::of(*rtype, set)),
        Expected::Referral { set, .. } => Some(SetEntry::of(crate::zone::RecordType::NS, set)),
        Expected::NoData { .. } | Expected::NxDomain => None,
    }
}

fn answer(group: &Group, labels: &[String]) -> AnswerEntry {
    let set = match &group.answer {
        Answer::Records { rtype, set } => Some(SetEntry::of(*rtype, set)),
        Answer::Referral { set, .. } => Some(SetEntry::of(crate::zone::RecordType::NS, set)),
        _ => None,
    };
    let servers = group.nameservers.iter();
    AnswerEntry {
        nameservers: servers
            .filter_map(|&index| labels.get(index))
            .cloned()
            .collect(),
        kind: group.answer.kind().to_owned(),
        current: group.verdict == Verdict::Agree,
        detail: (!group.why.is_empty()).then(|| group.why.clone()),
        ttl: set.as_ref().map(|set| set.ttl),
        rdata: set.map(|set| set.rdata).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::Standing;
    use crate::zone::{Name, RecordSet, RecordType};

    #[test]
    fn a_judgement_becomes_names_and_presentation_format() {
        let name = |text: &str| Name::absolute(text).expect("a name");
        let server = |text: &str, address: &str| Nameserver {
            name: name(text),
            address: address.parse().expect("an address"),
            provider: Some("alpha".to_owned()),
        };
        let servers = [
            server("ns1.example.net", "192.0.2.1:53"),
            server("ns2.example.net", "[2001:db8::2]:53"),
        ];
        let set = RecordSet::new(60, vec![[192, 0, 2, 9].into()]);
        let group = |server: usize, answer, verdict, why: &str| Group {
            nameservers: vec![server],
            answer,
            verdict,
            why: why.to_owned(),
        };
        let records = Answer::Records {
            rtype: RecordType::A,
            set: set.clone(),
        };
        let silent = Answer::Silent {
            why: "timeout".to_owned(),
        };
        let judgement = Judgement {
            agreement: verdict::Agreement {
                questions: 2,
                agree: 1,
                differ: 0,
                unverified: 1,
            },
            differences: vec![verdict::Difference {
                code: "",
                question: 0,
                name: name("api.example.com"),
                rtype: RecordType::A,
                verdict: Verdict::Unverified,
                standing: Standing::Current,
                expected: Expected::Records {
                    rtype: RecordType::A,
                    set,
                    from_dname: false,
                },
                declared: Vec::new(),
                answers: vec![
                    group(0, records, Verdict::Agree, ""),
                    group(1, silent, Verdict::Unverified, "timeout"),
                ],
            }],
            ..Judgement::default()
        };
        let mut zone = ZoneReport::default();
        zone.judged(&servers, &judgement);
        assert_eq!(
            (zone.agreement.questions, zone.agreement.unverified),
            (2, 1)
        );
        let one = &zone.differences[0];
        assert_eq!(
            (&*one.name, &*one.rtype, &*one.verdict),
            ("api.example.com.", "A", "unverified")
        );
        let expected = SetEntry {
            ttl: 60,
            rdata: vec!["192.0.2.9".to_owned()],
        };
        assert_eq!(one.expected, Some(expected));
        assert!(one.answers[0].current && !one.answers[1].current);
        assert_eq!(one.answers[1].kind, "silent");
        assert_eq!(
            one.answers[1].nameservers,
            ["ns2.example.net. [2001:db8::2]:53"]
        );
        assert_eq!(one.answers[1].nameservers[0], zone.nameservers[1].label());
    }
}
