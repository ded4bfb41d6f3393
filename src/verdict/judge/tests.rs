use std::time::Duration;

use super::*;
use crate::verdict::{Declaration, Settle, Standing};
use crate::zone::{Name, NameRef, Position, RecordKey, RecordSet, ZoneBuilder};

const SOA: &[u8] = b"\x01m\0\x01r\0\0\0\0\x01\0\0\0\x02\0\0\0\x03\0\0\0\x04\0\0\0\x3c";

fn name(text: &str) -> Name {
    Name::absolute(text).expect("a name in a test")
}

/// An SOA, and `www A` with one address.
fn zone(octet: u8) -> Zone {
    let mut builder = ZoneBuilder::new(name("example"));
    let (apex, www) = (name("example"), name("www.example"));
    builder.push(
        apex.borrow(),
        RecordType::SOA,
        900,
        SOA,
        Position::default(),
    );
    builder.push(
        www.borrow(),
        RecordType::A,
        300,
        &[192, 0, 2, octet],
        Position::default(),
    );
    builder.finish()
}

fn servers(providers: &[&str]) -> Vec<Nameserver> {
    providers
        .iter()
        .zip(1..)
        .map(|(provider, octet)| Nameserver {
            name: name(&format!("ns.{provider}")),
            address: ([127, 0, 0, octet], 53).into(),
            provider: Some((*provider).to_owned()),
        })
        .collect()
}

fn asked() -> Vec<Question> {
    let question = |owner, rtype| Question {
        name: name(owner),
        rtype,
    };
    vec![
        question("example", RecordType::SOA),
        question("www.example", RecordType::A),
    ]
}

fn seen(nameserver: usize, question: usize, answer: Answer) -> Observation {
    Observation {
        nameserver,
        question,
        answer,
        elapsed: Duration::from_millis(10 * (nameserver as u64 + 1)),
        tcp: false,
        attempts: 1,
        nsid: None,
        whole: None,
    }
}

fn www(octet: u8) -> Answer {
    Answer::Records {
        rtype: RecordType::A,
        set: RecordSet::new(300, vec![[192, 0, 2, octet].into()]),
    }
}

fn soa(serial: u8) -> Answer {
    let mut rdata = SOA.to_vec();
    rdata[9] = serial;
    Answer::Records {
        rtype: RecordType::SOA,
        set: RecordSet::new(900, vec![rdata.into()]),
    }
}

fn silent(why: &str) -> Answer {
    Answer::Silent {
        why: why.to_owned(),
    }
}

fn judged(providers: &[&str], observations: &[Observation]) -> Judgement {
    let options = JudgeOptions::default();
    judge(
        &zone(1),
        &servers(providers),
        &asked(),
        observations,
        options,
    )
}

#[test]
fn both_axes_are_told_apart() {
    type Row<'a> = (&'a [Answer], Option<(Verdict, Standing)>);
    let table: [Row<'_>; 6] = [
        (&[www(1), www(1)], None),
        (
            &[www(2), www(2)],
            Some((Verdict::Differs, Standing::AgreeStale)),
        ),
        (
            &[www(1), www(2)],
            Some((Verdict::Differs, Standing::Unfinished)),
        ),
        (
            &[www(3), www(2)],
            Some((Verdict::Differs, Standing::Disputed)),
        ),
        (
            &[www(1), silent("timeout")],
            Some((Verdict::Unverified, Standing::Current)),
        ),
        (
            &[Answer::Refused, silent("timeout")],
            Some((Verdict::Unverified, Standing::Unknown)),
        ),
    ];
    for (answers, expected) in table {
        let observations: Vec<Observation> = answers
            .iter()
            .enumerate()
            .map(|(nameserver, answer)| seen(nameserver, 1, answer.clone()))
            .collect();
        let judgement = judged(&["a", "b"], &observations);
        let got = judgement
            .differences
            .first()
            .map(|difference| (difference.verdict, difference.standing));
        assert_eq!(got, expected, "{answers:?}");
    }
}

#[test]
fn what_was_right_before_is_stale() {
    let previous = zone(2);
    let options = JudgeOptions {
        previous: Some(&previous),
        ..JudgeOptions::default()
    };
    let (servers, questions) = (servers(&["a", "b"]), asked());
    let observations = [seen(0, 1, www(2)), seen(1, 1, www(3))];
    let judgement = judge(&zone(1), &servers, &questions, &observations, options);
    let verdicts: Vec<Verdict> = judgement.differences[0]
        .answers
        .iter()
        .map(|group| group.verdict)
        .collect();
    assert_eq!(verdicts, [Verdict::Stale, Verdict::Differs]);
}

#[test]
fn identical_answers_are_one_group_and_counts_add_up() {
    let observations = [
        seen(0, 0, soa(5)),
        seen(1, 0, soa(5)),
        seen(2, 0, soa(9)),
        seen(0, 1, www(2)),
        seen(1, 1, www(1)),
        seen(2, 1, www(2)),
    ];
    let judgement = judged(&["a", "a", "b"], &observations);
    let agreement = judgement.agreement;
    assert_eq!(
        (agreement.questions, agreement.agree, agreement.differ),
        (2, 1, 1)
    );
    let groups: Vec<&[usize]> = judgement.differences[0]
        .answers
        .iter()
        .map(|group| group.nameservers.as_slice())
        .collect();
    assert_eq!(groups, [&[0, 2][..], &[1]]);
    assert_eq!(judgement.open_pairs(), [(0, 1), (2, 1)]);
    assert_eq!(judgement.nameservers[2].serial, Some(9));
    assert_eq!(judgement.nameservers[2].p50_ms, Some(30.0));
}

#[test]
fn providers_that_say_the_same_agree_though_some_sets_are_somebody_elses() {
    let (common, servers, questions) = (zone(1), servers(&["a", "b"]), asked());
    let observations = [seen(0, 1, www(2)), seen(1, 1, www(2))];
    let others = |_: Option<&str>, _: NameRef<'_>, _: RecordType| false;
    let expectations = Expectations::from(&common).others(&others);
    let options = JudgeOptions::default();
    let judgement = judge(expectations, &servers, &questions, &observations, options);
    let difference = &judgement.differences[0];
    assert_eq!(difference.standing, Standing::AgreeStale);
    assert_eq!(difference.answers.len(), 1, "{:?}", difference.answers);
}

#[test]
fn serials_are_compared_within_a_provider_only() {
    let observations = [seen(0, 0, soa(5)), seen(1, 0, soa(6)), seen(2, 0, soa(9))];
    let judgement = judged(&["a", "a", "b"], &observations);
    let behind: Vec<_> = judgement.differences[0]
        .answers
        .iter()
        .filter(|group| group.verdict == Verdict::Differs)
        .map(|group| (group.nameservers.clone(), group.why.as_str()))
        .collect();
    let why = "serial 5 while another server of the provider has 6";
    assert_eq!(behind, [(vec![0], why)]);
}

#[test]
fn a_provider_of_which_nothing_is_known_is_trouble() {
    let observations = [seen(0, 1, www(1)), seen(1, 1, Answer::NotAuthoritative)];
    let judgement = judged(&["a", "b"], &observations);
    assert!(judgement.is_trouble() && judgement.is_unverified() && !judgement.differs());
    assert_eq!(judgement.unverified_providers, [Some("b".to_owned())]);
    assert!(
        judged(&["a"], &[]).is_trouble(),
        "nothing asked is nothing verified"
    );
}

#[test]
fn a_family_without_route_is_reported_and_fails_only_on_demand() {
    let mut servers = servers(&["a", "a"]);
    servers[1].address = "[2001:db8::1]:53".parse().expect("an address");
    let observations = [
        seen(0, 1, www(1)),
        seen(1, 1, silent(crate::verdict::NO_ROUTE)),
    ];
    for require_all_families in [false, true] {
        let options = JudgeOptions {
            require_all_families,
            ..JudgeOptions::default()
        };
        let judgement = judge(&zone(1), &servers, &asked(), &observations, options);
        assert_eq!(judgement.is_clean(), !require_all_families);
        assert_eq!(judgement.notices[0].code, "no-route");
    }
}

#[test]
fn a_server_with_two_opinions_is_unstable_and_one_that_settles_is_not() {
    let unstable = |answers: &[Answer]| {
        let observations: Vec<Observation> = answers
            .iter()
            .map(|answer| seen(0, 1, answer.clone()))
            .collect();
        let judgement = judged(&["a"], &observations);
        judgement
            .notices
            .iter()
            .any(|notice| notice.code == "unstable")
    };
    assert!(!unstable(&[www(2), www(2), silent("timeout"), www(1)]));
    assert!(unstable(&[www(1), www(2)]));
    assert!(unstable(&[www(2), www(3), www(2)]));
}

#[test]
fn right_answers_are_not_kept_and_count_all_the_same() {
    let (zone, servers) = (zone(1), servers(&["a", "b"]));
    let mut log = Seen::new(&zone, &servers, &asked().into());
    let at_node = |nameserver, octet, node: &[u8]| Observation {
        nsid: Some(node.to_vec()),
        ..seen(nameserver, 1, www(octet))
    };
    log.take(at_node(0, 1, b"n1"));
    log.take(at_node(1, 1, b"n1"));
    assert!(log.others.is_empty() && log.first_difference().is_none());
    let judgement = judge_seen(&log, JudgeOptions::default());
    assert!(judgement.is_clean() && !judgement.is_trouble());
    assert_eq!(judgement.agreement.agree, 1);
    let times = judgement.nameservers.iter().map(|own| own.p50_ms);
    assert_eq!(times.collect::<Vec<_>>(), [Some(10.0), Some(20.0)]);

    // Whatever comes after something else is kept: it tells that the server went back.
    log.take(at_node(0, 2, b"n2"));
    log.take(at_node(0, 1, b"n1"));
    assert_eq!(log.others[&(1, 0)].len(), 2);
    let first = "www.example. A at ns.a. 127.0.0.1:53: other data";
    assert_eq!(log.first_difference(), Some(first));
    let judgement = judge_seen(&log, JudgeOptions::default());
    assert!(judgement.is_clean());
    let notice = &judgement.notices[0];
    assert_eq!(notice.code, "unstable");
    assert!(
        notice.message.ends_with("(nodes n1, n2)"),
        "{}",
        notice.message
    );
}

#[test]
fn what_may_be_otherwise_at_a_provider_is_no_difference_when_it_comes() {
    let (zone, servers) = (zone(1), servers(&["a", "b"]));
    let question = |owner, rtype| Question {
        name: name(owner),
        rtype,
    };
    let questions = [
        question("example", RecordType::NS),
        question("theirs.example", RecordType::A),
    ];
    let own = Answer::Records {
        rtype: RecordType::NS,
        set: RecordSet::new(300, vec![name("ns.b").borrow().wire().into()]),
    };
    let others = |id: Option<&str>, owner: NameRef<'_>, _| {
        id == Some("b") && *owner.to_string() == *"theirs.example."
    };
    let expectations = || {
        let declared = Expectations::from(&zone).own_apex_ns("b");
        declared.others(&others)
    };
    for (server, first) in [(1, None), (0, Some("at ns.a. 127.0.0.1:53"))] {
        for (number, answer) in [(0, own.clone()), (1, www(9))] {
            let mut log = Seen::new(expectations(), &servers, &questions.clone().into());
            log.take(seen(server, number, answer));
            let told = log.first_difference();
            assert_eq!(told.is_some(), first.is_some(), "{told:?}");
            assert!(told.unwrap_or_default().contains(first.unwrap_or_default()));
        }
    }
}

#[test]
fn another_answer_than_declared_has_a_code_of_its_own() {
    let (common, own) = (zone(1), zone(9));
    let servers = servers(&["a", "b"]);
    let code = |a, b| {
        let declared = Declaration {
            provider: "b".to_owned(),
            key: RecordKey {
                owner: name("www.example"),
                rtype: RecordType::A,
            },
            reason: "a proxy".to_owned(),
        };
        let expectations = Expectations::from(&common)
            .own("b", &own)
            .declaring([declared]);
        let observations = [seen(0, 1, www(a)), seen(1, 1, www(b))];
        let options = JudgeOptions::default();
        let judgement = judge(expectations, &servers, &asked(), &observations, options);
        assert_eq!(judgement.explained.len() + judgement.differences.len(), 1);
        judgement.differences.first().map(|one| one.code)
    };
    assert_eq!(code(1, 9), None);
    assert_eq!(code(1, 7), Some("AGR09"));
    assert_eq!(code(2, 9), Some("AGR01"));
}

#[test]
fn settling_asks_again_what_is_open_until_the_limit() {
    let open = judged(&["a", "b"], &[seen(0, 1, www(1)), seen(1, 1, www(2))]);
    let mut settle = Settle::new(Duration::from_secs(60));
    let mut elapsed = Duration::ZERO;
    let mut pauses = Vec::new();
    while let Some(round) = settle.next(&open, elapsed) {
        assert_eq!(round.pairs, [(1, 1)]);
        pauses.push(round.pause.as_millis());
        elapsed += round.pause;
    }
    assert_eq!(
        pauses,
        [
            100, 200, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 14_200
        ]
    );
    let done = judged(&["a"], &[seen(0, 1, www(1))]);
    assert_eq!(
        Settle::new(Duration::from_secs(60)).next(&done, Duration::ZERO),
        None
    );
    assert_eq!(
        Settle::new(Duration::ZERO).next(&open, Duration::ZERO),
        None
    );
}
