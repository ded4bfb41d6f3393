//! Screens, whole: what people see is a promise too.

mod many;
mod plan;
mod verdict;

use super::*;
use crate::report::{
    Agreement, AnswerEntry, ChangeEntry, CostEntry, Difference, ErrorEntry, FindingEntry,
    NameserverReport, ObjectionEntry, Outcome, Place, ProviderReport, ProviderState, SetEntry,
    ZoneReport,
};

fn set(ttl: u32, rdata: &[&str]) -> SetEntry {
    SetEntry {
        ttl,
        rdata: rdata.iter().map(ToString::to_string).collect(),
    }
}

fn change(
    name: &str,
    rtype: &str,
    before: Option<SetEntry>,
    after: Option<SetEntry>,
) -> ChangeEntry {
    let action = match (&before, &after) {
        (None, _) => "create",
        (_, None) => "delete",
        _ => "replace",
    };
    ChangeEntry {
        action: action.to_owned(),
        name: name.to_owned(),
        rtype: rtype.to_owned(),
        before,
        after,
        place: Place::default(),
    }
}

fn provider(id: &str, adapter: &str, changes: Vec<ChangeEntry>) -> ProviderReport {
    ProviderReport {
        id: id.to_owned(),
        adapter: adapter.to_owned(),
        state: ProviderState::Known,
        changes,
        ..ProviderReport::default()
    }
}

fn example(providers: Vec<ProviderReport>) -> ZoneReport {
    ZoneReport {
        zone: "example.com.".to_owned(),
        file: Some("zones/example.com.zone".to_owned()),
        record_sets: 43,
        providers,
        ..ZoneReport::default()
    }
}

fn report(command: &str, zone: ZoneReport) -> Report {
    Report {
        zones: vec![zone],
        ..Report::new(command)
    }
}

fn changes() -> Vec<ChangeEntry> {
    let long = "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQ";
    vec![
        change(
            "example.com.",
            "MX",
            None,
            Some(set(3600, &["10 mail.example.com."])),
        ),
        change(
            "api.example.com.",
            "A",
            Some(set(60, &["192.0.2.1"])),
            Some(set(300, &["192.0.2.1"])),
        ),
        change(
            "key._domainkey.example.com.",
            "TXT",
            None,
            Some(set(300, &[&format!("\"{long}\"")])),
        ),
        change(
            "old.example.com.",
            "CNAME",
            Some(set(300, &["www.example.com."])),
            None,
        ),
        change(
            "www.example.com.",
            "A",
            Some(set(300, &["192.0.2.10", "192.0.2.11"])),
            Some(set(300, &["192.0.2.11", "192.0.2.44"])),
        ),
    ]
}

/// Two nameservers each of alpha and beta.
fn nameservers() -> Vec<NameserverReport> {
    [
        ("alpha", "ns1", 11),
        ("alpha", "ns2", 12),
        ("beta", "ns3", 13),
        ("beta", "ns4", 14),
    ]
    .map(|(provider, name, octet)| NameserverReport {
        name: format!("{name}.{provider}.example."),
        address: format!("192.0.2.{octet}:53"),
        provider: Some(provider.to_owned()),
        asked: 51,
        answered: 51,
        p50_ms: Some(1.25),
        p95_ms: Some(4.0),
        serial: Some(7),
    })
    .to_vec()
}

fn answer(servers: &[usize], kind: &str, set: Option<SetEntry>, current: bool) -> AnswerEntry {
    let all = nameservers();
    AnswerEntry {
        nameservers: servers.iter().map(|&index| all[index].label()).collect(),
        kind: kind.to_owned(),
        current,
        detail: None,
        ttl: set.as_ref().map(|set| set.ttl),
        rdata: set.map(|set| set.rdata).unwrap_or_default(),
    }
}

fn difference(
    name: &str,
    verdict: &str,
    expected: Option<SetEntry>,
    answers: Vec<AnswerEntry>,
) -> Difference {
    Difference {
        code: if verdict == "unverified" { "" } else { "AGR01" }.to_owned(),
        name: name.to_owned(),
        rtype: "A".to_owned(),
        verdict: verdict.to_owned(),
        expected,
        explained: None,
        exceptions: Vec::new(),
        answers,
        place: Place::default(),
    }
}

fn asked(differ: usize, unverified: usize, differences: Vec<Difference>) -> ZoneReport {
    ZoneReport {
        nameservers: nameservers(),
        agreement: Agreement {
            questions: 51,
            agree: 51 - differ - unverified,
            differ,
            unverified,
        },
        differences,
        ..example(Vec::new())
    }
}

#[track_caller]
fn shows(report: &Report, expected: &str) {
    let shown = render(report, Style::default());
    assert_eq!(shown, expected.trim_start_matches('\n'), "\n{shown}");
    let widest = shown
        .lines()
        .filter(|line| !line.contains("example.com.:"))
        .map(|line| line.chars().count())
        .max();
    assert!(widest <= Some(80), "{widest:?} columns:\n{shown}");
    let json = report.to_json();
    let read: Report = serde_json::from_str(&json).expect("a report");
    assert_eq!(&read, report, "JSON says the same");
}
