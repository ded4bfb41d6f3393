use super::*;
use crate::verdict::{Answer, JudgeOptions as Rules, Observation, Question, Verdict, judge};

fn observe(nameserver: usize, question: usize, answer: Answer) -> Observation {
    Observation {
        nameserver,
        question,
        answer,
        elapsed: Duration::from_millis(1),
        tcp: false,
        attempts: 1,
        nsid: None,
        whole: None,
    }
}

fn records(rtype: RecordType, ttl: u32, texts: &[&str]) -> Answer {
    Answer::Records {
        rtype,
        set: set(rtype, ttl, texts),
    }
}

/// Code and verdict of what three servers of three names say to one question, and who is wrong.
fn differences(owner: &str, answers: [Answer; 3]) -> Vec<(&'static str, Verdict, Vec<usize>)> {
    let servers = [
        server("ns1.a.net", "192.0.2.1", "a"),
        server("ns1.b.org", "198.51.100.1", "b"),
        server("ns1.c.com", "203.0.113.1", "c"),
    ];
    let asked = [Question {
        name: name(owner),
        rtype: RecordType::A,
    }];
    let mut seen = Vec::new();
    for (at, answer) in answers.into_iter().enumerate() {
        seen.push(observe(at, 0, answer));
    }
    let usual = consensus(&zone(), &servers, &asked, &seen);
    let judgement = judge(&usual, &servers, &asked, &seen, Rules::default());
    let wrong = |one: &crate::verdict::Difference| {
        let groups = one
            .answers
            .iter()
            .filter(|group| group.verdict != Verdict::Agree);
        groups.flat_map(|group| group.nameservers.clone()).collect()
    };
    let all = judgement.differences.iter();
    all.map(|one| (one.code, one.verdict, wrong(one))).collect()
}

#[test]
fn what_most_say_is_what_is_expected() {
    let negative_ttl = Some(60);
    let right = || records(RecordType::A, 300, &["192.0.2.10"]);
    let nodata = || Answer::NoData { negative_ttl };
    let nxdomain = || Answer::NxDomain { negative_ttl };
    let www = "www.shop.example";
    assert_eq!(differences(www, [right(), right(), right()]), []);
    assert_eq!(differences(www, [nodata(), nodata(), nodata()]), []);
    assert_eq!(differences(www, [nxdomain(), nxdomain(), nxdomain()]), []);
    assert_eq!(
        differences(
            www,
            [
                records(RecordType::A, 300, &["192.0.2.66"]),
                right(),
                right()
            ]
        ),
        [("AGR01", Verdict::Differs, vec![0])]
    );
    assert_eq!(
        differences(
            www,
            [
                right(),
                records(RecordType::A, 60, &["192.0.2.10"]),
                right()
            ]
        ),
        [("AGR02", Verdict::Differs, vec![1])]
    );
    assert_eq!(
        differences(www, [right(), right(), nxdomain()]),
        [("AGR01", Verdict::Missing, vec![2])]
    );
    assert_eq!(
        differences(www, [nxdomain(), right(), nxdomain()]),
        [("AGR03", Verdict::Extra, vec![1])]
    );
    let silent = Answer::Silent {
        why: "timeout".to_owned(),
    };
    assert_eq!(
        differences(www, [silent, right(), right()]),
        [("", Verdict::Unverified, vec![0])]
    );
}

#[test]
fn aliases_come_before_what_they_lead_to() {
    let question = Question {
        name: name("api.shop.example"),
        rtype: RecordType::A,
    };
    let alias: Line<'_> = (
        0,
        "api.shop.example",
        RecordType::CNAME,
        60,
        "www.shop.example.",
    );
    let address: Line<'_> = (0, "www.shop.example", RecordType::A, 60, "192.0.2.10");
    let other: Line<'_> = (0, "else.shop.example", RecordType::A, 60, "192.0.2.10");
    let order = |lines: &[Line<'_>]| {
        let said = reply(AA, question.name.borrow().wire(), RecordType::A, lines, OPT);
        out_of_order(&said, &question)
    };
    assert_eq!(order(&[alias, address]), None);
    assert_eq!(order(&[alias]), None);
    assert_eq!(
        order(&[address, alias]).as_deref(),
        Some("`www.shop.example.` stands before the alias that leads to it")
    );
    assert_eq!(
        order(&[alias, address, other]).as_deref(),
        Some(
            "`else.shop.example.` is in the answer to `api.shop.example.`, which does not lead to it"
        )
    );
}

#[test]
fn the_apex_shows_two_opinions_of_one_address() {
    let newer = "ns1.a.net. h.a.net. 2 14400 3600 1209600 300";
    let lines = [(0, "shop.example", RecordType::SOA, 3600, newer)];
    let newer = reply(AA, zone().borrow().wire(), RecordType::SOA, &lines, OPT);
    for (probe, expected) in [
        (
            Probe::Again,
            "AGR07 two answers to the same question, SOA of the apex (ns1.a.net. 192.0.2.1:53)",
        ),
        (
            Probe::SoaTcp,
            "AGR06 SOA of the apex is another over TCP than over UDP (ns1.a.net. 192.0.2.1:53)",
        ),
    ] {
        shows(
            |evidence| {
                evidence.servers[0].heard.insert(probe, Ok(newer.clone()));
            },
            &[expected],
        );
    }
}
