//! The query engine against servers that misbehave on purpose, and all of it against real ones.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use redundns::probe::{Ask, AskOptions, ask, delegation_at, nameservers};
use redundns::provider::NameserverSpec;
use redundns::verdict::{
    Answer, Expected, JudgeOptions, Nameserver, Observation, Question, Verdict, expect, judge,
    questions,
};
use redundns::zone::{Name, Position, RecordType, Zone, ZoneBuilder, rdata};

use crate::world::bind::Bind;
use crate::world::fake_ns::{ADDRESS, FakeNs, Mode, TTL};
use crate::world::free_address;
use crate::world::hosted::Hosted;
use crate::world::knot::Knot;
use crate::world::nsd::Nsd;

fn name(text: &str) -> Name {
    Name::absolute(text).expect("a name in a test")
}

fn server(address: SocketAddr) -> Nameserver {
    Nameserver {
        name: name("ns.example."),
        address,
        provider: Some("test".to_owned()),
    }
}

fn many(count: usize) -> Vec<Question> {
    (0..count)
        .map(|number| Question {
            name: name(&format!("n{number}.example.")),
            rtype: RecordType::A,
        })
        .collect()
}

/// Short enough for a test, long enough for a busy machine to answer on loopback.
fn options() -> AskOptions {
    AskOptions {
        timeouts: [150, 200, 300].map(Duration::from_millis).to_vec(),
        ..AskOptions::default()
    }
}

fn run(
    servers: &[Nameserver],
    questions: &[Question],
    options: &AskOptions,
) -> (Vec<Observation>, Duration) {
    let origin = name("example.");
    let asked = Ask {
        origin: &origin,
        nameservers: servers,
        questions: &questions.into(),
        pairs: None,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let begun = Instant::now();
    let observations = runtime.block_on(ask(&asked, options, &|_, _| {}));
    (observations, begun.elapsed())
}

/// The answer in short.
fn told(answer: &Answer) -> String {
    match answer {
        Answer::Records { rtype, set } => format!("{rtype} {} {:?}", set.ttl, set.rdata[0]),
        Answer::Failure { what } => what.clone(),
        Answer::Silent { why } => format!("silent: {why}"),
        other => other.kind().to_owned(),
    }
}

#[test]
fn every_fault_is_classified_and_bounded_in_time() {
    let right = format!("A {TTL} {ADDRESS:?}");
    let right = right.as_str();
    let table = [
        (Mode::Honest, right, false),
        (Mode::Silent, "silent: timeout", false),
        (Mode::Refusing, "refused", false),
        (Mode::RefusedWithoutQuestion, "refused", false),
        (Mode::ServFail, "SERVFAIL", false),
        (Mode::Lame, "not_authoritative", false),
        (Mode::Upward, "not_authoritative", false),
        (Mode::Truncating, right, true),
        (
            Mode::TruncatingWithoutTcp,
            "silent: connection refused over TCP",
            true,
        ),
        (
            Mode::TruncatingWithSilentTcp,
            "silent: timeout over TCP",
            true,
        ),
        (
            Mode::HalfOverTcp,
            "malformed: the TCP connection ended before the answer did",
            true,
        ),
        (Mode::Lying, "A 300 [192, 0, 2, 66]", false),
        (Mode::Slow, right, false),
        (Mode::WrongId, "silent: timeout", false),
        (Mode::WrongQuestion, "silent: timeout", false),
        (Mode::WrongSource, "silent: timeout", false),
        (Mode::GarbageFirst, right, false),
        (Mode::Garbage, right, true),
        (Mode::Half, right, true),
        (Mode::UpperCase, right, false),
        (Mode::NoEdns, right, false),
    ];
    let servers: Vec<FakeNs> = table.iter().map(|row| FakeNs::start(row.0)).collect();
    let addressed: Vec<Nameserver> = servers.iter().map(|fake| server(fake.address())).collect();
    let questions = many(40);
    let (observations, took) = run(&addressed, &questions, &options());
    assert_eq!(observations.len(), table.len() * questions.len());
    for seen in &observations {
        let (mode, expected, tcp) = table[seen.nameserver];
        assert_eq!(told(&seen.answer), expected, "{mode:?}");
        assert_eq!(seen.tcp, tcp, "{mode:?}");
    }
    // All of them at once: forty questions that cost a timeout each would be 26 s.
    assert!(took < Duration::from_secs(5), "{took:?}");
    let truncating = table
        .iter()
        .position(|row| row.0 == Mode::Truncating)
        .expect("a row");
    assert_eq!(
        servers[truncating].connections(),
        1,
        "one connection is reused"
    );
    assert_eq!(
        servers[1].packets(),
        3,
        "a silent server gets one question's tries"
    );
}

#[test]
fn a_port_that_refuses_is_noticed_at_once() {
    let (observations, took) = run(&[server(free_address())], &many(1000), &options());
    assert_eq!(observations.len(), 1000);
    for seen in &observations {
        assert_eq!(told(&seen.answer), "silent: connection refused");
    }
    assert!(
        took < Duration::from_millis(140),
        "before the first timeout: {took:?}"
    );
}

#[test]
fn a_server_that_falls_silent_costs_two_timeouts() {
    let fake = FakeNs::start(Mode::SilentAfter(10));
    let (observations, took) = run(&[server(fake.address())], &many(1000), &options());
    let answered = observations
        .iter()
        .filter(|seen| seen.answer.is_verified())
        .count();
    assert_eq!((observations.len(), answered), (1000, 10));
    assert!(took < Duration::from_secs(3), "{took:?}");
}

#[test]
fn the_deadline_ends_the_run_and_unanswered_questions_are_silent() {
    let fake = FakeNs::start(Mode::Silent);
    let options = AskOptions {
        timeouts: vec![Duration::from_secs(60)],
        deadline: Some(Instant::now() + Duration::from_millis(100)),
        ..AskOptions::default()
    };
    let (observations, took) = run(&[server(fake.address())], &many(50), &options);
    assert_eq!(observations.len(), 50);
    for seen in &observations {
        assert_eq!(told(&seen.answer), "silent: no time left");
    }
    assert!(took < Duration::from_secs(3), "{took:?}");
}

#[test]
fn the_rate_is_kept() {
    let fake = FakeNs::start(Mode::Honest);
    let options = AskOptions {
        rate: Some(100),
        ..options()
    };
    let (observations, took) = run(&[server(fake.address())], &many(31), &options);
    assert!(observations.iter().all(|seen| seen.answer.is_verified()));
    assert!(took >= Duration::from_millis(300), "{took:?}");
}

/// A zone with a wildcard, an empty non-terminal, a delegation with glue, a CNAME chain, a DNAME, and a set that
/// does not fit into a datagram.
fn sample() -> (Zone, String) {
    let mut records = "
example. 300 SOA ns1.example. hostmaster.example. 7 3600 600 86400 60
example. 300 NS ns1.example.
example. 300 NS ns2.example.
example. 300 MX 10 mail.example.
ns1.example. 300 A 192.0.2.1
ns2.example. 300 A 192.0.2.2
mail.example. 600 AAAA 2001:db8::1
www.example. 60 CNAME mail.example.
dangling.example. 60 CNAME nowhere.example.
*.wild.example. 300 TXT \"covers\"
here.wild.example. 300 A 192.0.2.3
host.empty.example. 300 A 192.0.2.4
sub.example. 300 NS ns.sub.example.
ns.sub.example. 300 A 192.0.2.5
old.example. 300 DNAME mail.example.
caa.example. 300 CAA 0 issue \"ca.example\"
odd.example. 300 TYPE65280 \\# 3 010203
"
    .to_owned();
    for number in 0..95 {
        let _ = writeln!(records, "big.example. 300 A 10.0.0.{number}");
    }
    let mut builder = ZoneBuilder::new(name("example."));
    for line in records.lines().filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let rtype: RecordType = words[2].parse().expect("a type");
        let data: Vec<rdata::Word<'_>> = words[3..]
            .iter()
            .map(|word| rdata::Word {
                text: word.trim_matches('"').as_bytes(),
                quoted: word.starts_with('"'),
                line: 1,
                column: 1,
            })
            .collect();
        let mut wire = Vec::new();
        rdata::from_words(rtype, &data, None, &mut wire).expect("data in a test");
        let ttl = words[1].parse().expect("a TTL");
        builder.push(
            name(words[0]).borrow(),
            rtype,
            ttl,
            &wire,
            Position::default(),
        );
    }
    (builder.finish(), records)
}

#[test]
fn real_servers_agree_with_the_zone_and_one_that_lies_does_not() {
    let (zone, text) = sample();
    let hosted = [Hosted::fixed("example", &text)];
    let (bind, knot, nsd) = (
        Bind::start(&hosted),
        Knot::start(&hosted),
        Nsd::start(&hosted),
    );
    let mut servers: Vec<Nameserver> = Vec::new();
    let addresses = [
        bind.as_ref().map(|server| server.address()),
        knot.as_ref().map(|server| server.address()),
        nsd.as_ref().map(|server| server.address()),
    ];
    servers.extend(addresses.into_iter().flatten().map(server));
    let real = servers.len();
    let asked = questions(&zone, true, 42);
    assert!(asked.iter().any(|question| matches!(
        expect(&zone, question),
        Some(Expected::NoData {
            empty_non_terminal: true
        })
    )));
    let (observations, _) = run(&servers, &asked, &options());
    let judgement = judge(
        &zone,
        &servers,
        &asked,
        &observations,
        JudgeOptions::default(),
    );
    assert!(judgement.is_clean(), "{:#?}", judgement.differences);
    assert_eq!(judgement.agreement.agree, asked.len());
    assert!(
        real == 0 || observations.iter().any(|seen| seen.tcp),
        "the big set needs TCP"
    );
    for statistics in &judgement.nameservers {
        assert_eq!(
            (statistics.answered, statistics.serial),
            (asked.len(), Some(7))
        );
    }

    let liar = FakeNs::start(Mode::Lying);
    servers.push(server(liar.address()));
    let (observations, _) = run(&servers, &asked, &options());
    let judgement = judge(
        &zone,
        &servers,
        &asked,
        &observations,
        JudgeOptions::default(),
    );
    assert!(judgement.differs() && !judgement.is_trouble());
    let ns1 = judgement
        .differences
        .iter()
        .find(|difference| {
            difference.name == name("ns1.example.") && difference.rtype == RecordType::A
        })
        .expect("the lie about ns1");
    assert_eq!(ns1.verdict, Verdict::Differs);
    let wrong = ns1.answers.last().expect("the liar's answer");
    assert_eq!(wrong.nameservers, [real]);
}

#[tokio::test]
async fn the_parent_tells_the_delegation() {
    let (_, text) = sample();
    let parent = name("example.");
    let hosted = [Hosted::fixed("example", &text)];
    let (bind, knot) = (Bind::start(&hosted), Knot::start(&hosted));
    let refusing = FakeNs::start(Mode::Refusing);
    let addresses = [
        bind.as_ref().map(|server| server.address()),
        knot.as_ref().map(|server| server.address()),
    ];
    for address in addresses.into_iter().flatten() {
        let servers = [server(refusing.address()), server(address)];
        let found = delegation_at(&name("sub.example."), &parent, &servers).await;
        let found = found.expect("the second server tells");
        assert_eq!(found.names(), [name("ns.sub.example.")]);
        let none = delegation_at(&name("mail.example."), &parent, &servers).await;
        let why = none.expect_err("no zone cut there");
        assert!(why.ends_with("`mail.example.` is not delegated"), "{why}");
    }
}

#[tokio::test]
async fn written_addresses_are_taken_and_missing_ones_are_a_finding() {
    let spec = |text, addresses: &[&str]| NameserverSpec {
        name: name(text),
        addresses: addresses
            .iter()
            .map(|address| address.parse().expect("an address"))
            .collect(),
    };
    let specs = [
        spec("a.example.", &["127.0.0.1:5301", "[::1]:5301"]),
        spec("b.example.", &[]),
    ];
    let found = nameservers(&specs, Some("alpha"), None).await;
    let ports: Vec<String> = found
        .nameservers
        .iter()
        .map(|server| server.address.to_string())
        .collect();
    assert_eq!(ports, ["127.0.0.1:5301", "[::1]:5301"]);
    assert_eq!(found.nameservers[0].provider.as_deref(), Some("alpha"));
    assert_eq!(found.findings[0].nameserver.as_deref(), Some("b.example."));
}
