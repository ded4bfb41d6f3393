//! Reports that the tests of several formats start from.

use super::Outcome;
use super::data::{
    Agreement, AnswerEntry, ChangeEntry, Difference, ErrorEntry, FindingEntry, NameserverReport,
    Place, ProviderReport, ProviderState, Report, SetEntry, ZoneReport,
};

pub(super) fn finding(severity: &str, message: &str) -> FindingEntry {
    FindingEntry {
        code: "CFG01".to_owned(),
        severity: severity.to_owned(),
        message: message.to_owned(),
        ..FindingEntry::default()
    }
}

fn set(address: &str) -> SetEntry {
    SetEntry {
        ttl: 60,
        rdata: vec![address.to_owned()],
    }
}

fn place(line: u32) -> Place {
    Place {
        file: Some("zones/example.com.zone".to_owned()),
        line: Some(line),
        column: Some(1),
    }
}

/// Two nameservers each of alpha and beta; the last says nothing.
fn nameservers() -> Vec<NameserverReport> {
    [
        ("alpha", "ns1", 11, 1.25),
        ("alpha", "ns2", 12, 12.0),
        ("beta", "ns3", 13, 140.0),
        ("beta", "ns4", 14, 0.0),
    ]
    .map(|(provider, name, octet, median)| NameserverReport {
        name: format!("{name}.{provider}.example."),
        address: format!("192.0.2.{octet}:53"),
        provider: Some(provider.to_owned()),
        asked: 51,
        answered: if median > 0.0 { 51 } else { 0 },
        p50_ms: (median > 0.0).then_some(median),
        p95_ms: (median > 0.0).then_some(median * 2.0),
        serial: (median > 0.0).then_some(7),
    })
    .to_vec()
}

fn answer(servers: &[usize], kind: &str, set: Option<SetEntry>, current: bool) -> AnswerEntry {
    let all = nameservers();
    AnswerEntry {
        nameservers: servers.iter().map(|&index| all[index].label()).collect(),
        kind: kind.to_owned(),
        current,
        detail: (kind == "silent").then(|| "timeout".to_owned()),
        ttl: set.as_ref().map(|set| set.ttl),
        rdata: set.map(|set| set.rdata).unwrap_or_default(),
    }
}

fn difference(name: &str, verdict: &str, answers: Vec<AnswerEntry>) -> Difference {
    Difference {
        name: name.to_owned(),
        rtype: "A".to_owned(),
        verdict: verdict.to_owned(),
        code: if verdict == "unverified" { "" } else { "AGR01" }.to_owned(),
        expected: (verdict != "extra").then(|| set("192.0.2.9")),
        answers,
        ..Difference::default()
    }
}

/// `check` of example.com: `api` is stale at beta, which its API shows too; `<old>` should not be; one server is
/// silent; gamma cannot be read; what differs at `geo` is declared.
pub(super) fn drifted() -> Report {
    let silent = || answer(&[3], "silent", None, false);
    let change = ChangeEntry {
        action: "replace".to_owned(),
        name: "api.example.com.".to_owned(),
        rtype: "A".to_owned(),
        before: Some(set("192.0.2.1")),
        after: Some(set("192.0.2.9")),
        place: place(12),
    };
    let provider = |id: &str, adapter: &str| ProviderReport {
        id: id.to_owned(),
        adapter: adapter.to_owned(),
        state: ProviderState::Known,
        ..ProviderReport::default()
    };
    let current = || answer(&[0, 1], "records", Some(set("192.0.2.9")), true);
    let stale = answer(&[2, 3], "records", Some(set("192.0.2.1")), false);
    let mut differences = vec![
        difference("api.example.com.", "stale", vec![current(), stale]),
        difference(
            "<old>.example.com.",
            "extra",
            vec![
                answer(&[0, 1], "nxdomain", None, true),
                answer(&[2], "records", Some(set("192.0.2.1")), false),
            ],
        ),
        difference("www.example.com.", "unverified", vec![current(), silent()]),
        difference(
            "geo.example.com.",
            "differs",
            vec![
                current(),
                answer(&[2], "records", Some(set("192.0.2.99")), false),
            ],
        ),
    ];
    differences[0].place = place(12);
    differences[2].place = place(14);
    differences[3].explained = Some("exception at beta: it stands behind a filter".to_owned());
    let zone = ZoneReport {
        zone: "example.com.".to_owned(),
        file: Some("zones/example.com.zone".to_owned()),
        record_sets: 43,
        findings: vec![FindingEntry {
            code: "DIV02".to_owned(),
            ..finding("warning", "one network")
        }],
        providers: vec![
            provider("alpha", "powerdns"),
            ProviderReport {
                changes: vec![change],
                ..provider("beta", "desec")
            },
            ProviderReport {
                state: ProviderState::Unknown,
                error: Some(ErrorEntry {
                    kind: "unreachable".to_owned(),
                    message: "connection refused".to_owned(),
                    hint: Some("is it up?".to_owned()),
                }),
                ..provider("gamma", "ns1")
            },
        ],
        nameservers: nameservers(),
        agreement: Agreement {
            questions: 51,
            agree: 47,
            differ: 3,
            unverified: 1,
        },
        differences,
        ..ZoneReport::default()
    };
    Report {
        outcome: Outcome::Trouble,
        zones: vec![zone],
        ..Report::new("check")
    }
}

/// `check` of example.com where all is well.
pub(super) fn calm() -> Report {
    let mut report = drifted();
    report.outcome = Outcome::Same;
    let zone = &mut report.zones[0];
    zone.differences.clear();
    zone.findings.clear();
    zone.providers.truncate(1);
    zone.nameservers.truncate(3);
    zone.agreement = Agreement {
        questions: 51,
        agree: 51,
        ..Agreement::default()
    };
    report
}
