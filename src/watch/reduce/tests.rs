use super::*;
use crate::report::{Agreement, AnswerEntry, ErrorEntry, FindingEntry};
use crate::status::State::{self, Degraded, Failed, Good, Unknown};

const QUESTIONS: usize = 10;

/// Two servers of `alpha` and two of `beta`, all of them current.
fn zone() -> ZoneReport {
    let server = |id: &str, number: u8| NameserverReport {
        name: format!("ns{number}.{id}.example."),
        address: format!("192.0.2.{number}:53"),
        provider: Some(id.to_owned()),
        asked: QUESTIONS,
        answered: QUESTIONS,
        ..NameserverReport::default()
    };
    ZoneReport {
        zone: "example.com.".to_owned(),
        agreement: Agreement {
            questions: QUESTIONS,
            agree: QUESTIONS,
            ..Agreement::default()
        },
        nameservers: vec![
            server("alpha", 1),
            server("alpha", 2),
            server("beta", 3),
            server("beta", 4),
        ],
        ..ZoneReport::default()
    }
}

/// The first `questions` questions come out like this at `servers`.
fn answered(zone: &mut ZoneReport, servers: &[usize], questions: usize, kind: &str, why: &str) {
    let labels = |is_meant: &dyn Fn(usize) -> bool| -> Vec<String> {
        let servers = zone.nameservers.iter().enumerate();
        let meant = servers.filter(|(place, _)| is_meant(*place));
        meant.map(|(_, server)| server.label()).collect()
    };
    let bad = labels(&|place| servers.contains(&place));
    let good = labels(&|place| !servers.contains(&place));
    for number in 0..questions {
        zone.differences.push(Difference {
            name: format!("h{number}.example.com."),
            rtype: "A".to_owned(),
            verdict: match kind {
                "records" => "differs",
                "nxdomain" => "missing",
                _ => "unverified",
            }
            .to_owned(),
            answers: vec![
                AnswerEntry {
                    nameservers: bad.clone(),
                    kind: kind.to_owned(),
                    detail: (!why.is_empty()).then(|| why.to_owned()),
                    ..AnswerEntry::default()
                },
                AnswerEntry {
                    nameservers: good.clone(),
                    kind: "records".to_owned(),
                    current: true,
                    ..AnswerEntry::default()
                },
            ],
            ..Difference::default()
        });
    }
    for &place in servers {
        if kind == "silent" {
            zone.nameservers[place].answered -= questions;
        }
    }
}

/// The states of the zone, of alpha and of beta.
fn states(zone: &ZoneReport) -> Vec<State> {
    let sights = sights(zone, None);
    let named: Vec<Option<&str>> = sights
        .iter()
        .map(|one| one.subject.provider.as_deref())
        .collect();
    assert_eq!(named, [None, Some("alpha"), Some("beta")]);
    for one in &sights {
        assert_eq!(one.state == Good, one.reasons.is_empty(), "{one:?}");
    }
    sights.iter().map(|one| one.state).collect()
}

#[test]
fn answers_come_to_states() {
    let all = [0, 1, 2, 3];
    let half = QUESTIONS / 2;
    for (what, servers, questions, kind, why, expected) in [
        ("all is well", &all[..0], 0, "", "", [Good, Good, Good]),
        (
            "one server is dead",
            &all[..1],
            QUESTIONS,
            "silent",
            "timeout",
            [Degraded, Degraded, Good],
        ),
        (
            "a provider is dead",
            &all[..2],
            QUESTIONS,
            "silent",
            "timeout",
            [Degraded, Failed, Good],
        ),
        (
            "a provider refuses",
            &all[2..],
            QUESTIONS,
            "refused",
            "",
            [Degraded, Good, Failed],
        ),
        (
            "everybody is dead",
            &all,
            QUESTIONS,
            "silent",
            "timeout",
            [Failed, Failed, Failed],
        ),
        (
            "we are cut off",
            &all,
            QUESTIONS,
            "silent",
            NO_ROUTE,
            [Unknown, Unknown, Unknown],
        ),
        (
            "the round's time is over",
            &all,
            QUESTIONS,
            "silent",
            NO_TIME,
            [Unknown, Unknown, Unknown],
        ),
        (
            "a provider is out of reach",
            &all[..2],
            QUESTIONS,
            "silent",
            NO_ROUTE,
            [Unknown, Unknown, Good],
        ),
        (
            "one record is stale at one",
            &all[2..],
            1,
            "records",
            "",
            [Degraded, Good, Degraded],
        ),
        (
            "one record is stale everywhere",
            &all,
            1,
            "records",
            "",
            [Degraded, Degraded, Degraded],
        ),
        (
            "a provider answers wrongly",
            &all[2..],
            QUESTIONS,
            "nxdomain",
            "",
            [Failed, Good, Failed],
        ),
        (
            "half is wrong at one",
            &all[2..],
            half,
            "nxdomain",
            "",
            [Degraded, Good, Failed],
        ),
        (
            "half is wrong everywhere",
            &all,
            half,
            "records",
            "",
            [Failed, Failed, Failed],
        ),
        (
            "a question was lost",
            &all[..1],
            1,
            "silent",
            "timeout",
            [Degraded, Degraded, Good],
        ),
    ] {
        let mut zone = zone();
        answered(&mut zone, servers, questions, kind, why);
        assert_eq!(states(&zone), expected, "{what}");
        let blamed = sights(&zone, None)[0].nameservers.len();
        assert_eq!(blamed, servers.len(), "{what}");
    }
}

#[test]
fn an_address_without_a_route_counts_for_nothing_where_the_server_answered_elsewhere() {
    let mut zone = zone();
    zone.nameservers[0].answered = 0;
    assert_eq!(states(&zone), [Good, Good, Good]);
    // Nor for answers that are right: of the thirty that were given, sixteen are wrong.
    answered(&mut zone, &[2, 3], 8, "nxdomain", "");
    assert_eq!(states(&zone), [Failed, Good, Failed]);
}

#[test]
fn what_nobody_could_verify_is_open_and_not_wrong() {
    let mut zone = zone();
    answered(&mut zone, &[2, 3], QUESTIONS, "records", "");
    for one in &mut zone.differences {
        one.verdict = "unverified".to_owned();
    }
    assert_eq!(states(&zone), [Degraded, Good, Failed]);
}

#[test]
fn a_provider_out_of_reach_excuses_no_other_one() {
    let mut zone = zone();
    answered(&mut zone, &[0], QUESTIONS, "silent", NO_ROUTE);
    answered(&mut zone, &[2], QUESTIONS, "silent", "timeout");
    assert_eq!(states(&zone), [Degraded, Unknown, Degraded]);
}

#[test]
fn a_difference_that_is_declared_is_none() {
    let mut zone = zone();
    answered(&mut zone, &[2, 3], QUESTIONS, "records", "");
    for one in &mut zone.differences {
        one.explained = Some("exception at beta: on purpose".to_owned());
    }
    assert_eq!(states(&zone), [Good, Good, Good]);
}

#[test]
fn what_an_api_holds_is_its_providers_state_and_drift_the_zones_too() {
    let provider = |state, changes| ProviderReport {
        id: "beta".to_owned(),
        state,
        changes,
        error: Some(ErrorEntry {
            message: "401".to_owned(),
            ..ErrorEntry::default()
        }),
        ..ProviderReport::default()
    };
    let change = crate::report::ChangeEntry::default();
    for (state, changes, expected) in [
        (ProviderState::Known, vec![], [Good, Good, Good]),
        (ProviderState::Follows, vec![], [Good, Good, Good]),
        (
            ProviderState::Known,
            vec![change],
            [Degraded, Good, Degraded],
        ),
        (ProviderState::Unknown, vec![], [Good, Good, Unknown]),
    ] {
        let mut zone = zone();
        zone.providers = vec![provider(state, changes)];
        assert_eq!(states(&zone), expected, "{state:?}");
        // What it said is for operators alone.
        let told = sights(&zone, None).remove(2);
        let is_unknown = state == ProviderState::Unknown;
        assert_eq!(told.details == ["401"], is_unknown, "{told:?}");
        assert!(!told.reasons.concat().contains("401"), "{told:?}");
    }
}

#[test]
fn findings_count_that_are_errors_about_answers_and_that_no_question_shows() {
    for (code, severity, name, expected) in [
        ("AGR06", "error", None, Degraded),
        ("AGR06", "warning", None, Good),
        // What an API holds is told by its provider's state.
        ("API01", "error", None, Good),
        // The parent lists somebody else, or could not be asked.
        ("NSV03", "error", Some("example.com."), Degraded),
        ("NSV03", "error", None, Unknown),
    ] {
        let mut zone = zone();
        zone.findings = vec![FindingEntry {
            code: code.to_owned(),
            severity: severity.to_owned(),
            message: "a finding".to_owned(),
            name: name.map(str::to_owned),
            ..FindingEntry::default()
        }];
        assert_eq!(states(&zone), [expected, Good, Good], "{code} {severity}");
    }
}

#[test]
fn what_could_not_be_asked_is_unknown() {
    let error = |code: &str, provider: Option<&str>| FindingEntry {
        code: code.to_owned(),
        severity: "error".to_owned(),
        message: "the addresses of a nameserver are not known".to_owned(),
        provider: provider.map(str::to_owned),
        ..FindingEntry::default()
    };
    let mut nobody = zone();
    nobody
        .nameservers
        .retain(|one| one.provider.as_deref() != Some("beta"));
    nobody.findings = vec![error("NS01", Some("beta"))];
    assert_eq!(states(&nobody), [Unknown, Good, Unknown]);

    let mut unread = ZoneReport {
        zone: "example.com.".to_owned(),
        ..ZoneReport::default()
    };
    unread.findings = vec![error("TXT01", None)];
    let sights = sights(&unread, None);
    assert_eq!((sights.len(), sights[0].state), (1, Unknown));

    let mut other = zone();
    other.findings = vec![error("AGR06", None)];
    assert_eq!(states(&other), [Degraded, Good, Good]);

    let mut unsigned = zone();
    unsigned.findings = vec![error("SEC01", Some("beta"))];
    assert_eq!(states(&unsigned), [Degraded, Good, Degraded]);
}

#[test]
fn a_broken_delegation_is_the_zones_state() {
    for (state, expected) in [(Degraded, Degraded), (Failed, Failed), (Unknown, Unknown)] {
        let standing = Standing {
            state,
            reasons: vec!["the parent lists a server that is lame".to_owned()],
            reproduce: Some("dig +norec @192.0.2.9 example.com. NS".to_owned()),
        };
        let sights = sights(&zone(), Some(&standing));
        assert_eq!(sights[0].state, expected);
        assert_eq!(sights[0].reproduce, standing.reproduce);
        assert_eq!(sights[1].state, Good);
    }
}

#[test]
fn reasons_are_few_and_say_how_to_see_it() {
    let mut zone = zone();
    answered(&mut zone, &[2, 3], 9, "records", "");
    answered(&mut zone, &[0], QUESTIONS, "silent", "timeout");
    let sights = sights(&zone, None);
    assert_eq!(
        sights[0].reasons,
        [
            "ns1.alpha.example. 192.0.2.1:53 answers nothing (timeout)",
            "h0.example.com. A: another answer than the zone file's at 2 of 4 nameservers",
            "h1.example.com. A: another answer than the zone file's at 2 of 4 nameservers",
            "h2.example.com. A: another answer than the zone file's at 2 of 4 nameservers",
            "6 more record sets differ as well",
        ]
    );
    assert_eq!(
        sights[2].reproduce.as_deref(),
        Some("dig +norec @192.0.2.3 h0.example.com. A")
    );
    assert_eq!(
        sights[1].reproduce.as_deref(),
        Some("dig +norec @192.0.2.1 example.com. SOA")
    );
    zone.differences.drain(4..9);
    let sights = super::sights(&zone, None);
    let last = sights[2].reasons.last().map(String::as_str);
    assert_eq!(last, Some("1 more record set differs as well"));
}
