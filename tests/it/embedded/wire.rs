//! The protocol around the answers: sizes, EDNS, transfers, questions that make no sense.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::process::Command;

use hickory_proto::op::{Message, MessageType, OpCode, ResponseCode};
use hickory_proto::rr::{DNSClass, RData};
use redundns::zone::{Name, Zone};

use super::{
    Project, ask, code, name, octets, over_tcp, over_udp, question, read, wait, with_edns,
};
use crate::world::require;

const TXT: u16 = 16;
const AXFR: u16 = 252;
const IXFR: u16 = 251;

/// `records` TXT records with a hundred octets each under every one of `names` names.
fn large(names: usize, records: usize) -> String {
    let mut text = "\
$ORIGIN example.com.
$TTL 60
@ IN SOA ns1 hostmaster 1 7200 3600 1209600 300
@ IN NS ns1
ns1 IN A 192.0.2.53
odd IN TYPE65281 \\# 4 C00CC00C
"
    .to_owned();
    for name in 0..names {
        for record in 0..records {
            let _ = writeln!(text, "n{name} IN TXT \"{record:0100}\"");
        }
    }
    text
}

#[test]
fn what_does_not_fit_is_truncated_and_whole_over_tcp() {
    let text = large(1, 9);
    let (_project, _serving, server) = Project::serving(&[("example.com", &text)]);
    let bare = question("n0.example.com.", TXT);
    let whole = 9;
    for (edns, fits) in [
        (None, false),
        (Some(100), false),
        (Some(600), false),
        (Some(1232), true),
    ] {
        let question = match edns {
            Some(payload) => with_edns(bare.clone(), payload),
            None => bare.clone(),
        };
        let raw = over_udp(server, &octets(&question));
        let answer = read(&raw);
        assert!(raw.len() <= usize::from(edns.unwrap_or(0).max(512)));
        assert_eq!(answer.metadata.truncation, !fits, "{edns:?}");
        assert_eq!(answer.answers.len(), if fits { whole } else { 0 });
        assert_eq!(answer.edns.is_some(), edns.is_some(), "{edns:?}");
        assert!(answer.metadata.authoritative);

        let answer = read(&over_tcp(server, &octets(&question), 1)[0]);
        assert_eq!(answer.answers.len(), whole);
        assert!(!answer.metadata.truncation);
        assert_eq!(answer.edns.is_some(), edns.is_some(), "{edns:?}");
    }
    // However much a client takes, nothing is sent that the network would have to cut up.
    let text = large(1, 20);
    let (_project, _serving, server) = Project::serving(&[("example.com", &text)]);
    let answer = read(&over_udp(server, &octets(&with_edns(bare, 4096))));
    assert!(answer.metadata.truncation);
    assert_eq!(answer.edns.map(|edns| edns.max_payload()), Some(1232));
}

#[test]
fn data_of_any_type_goes_out_as_it_stands() {
    let text = format!("{}odd IN TYPE65282 \\# 0\n", large(0, 0));
    let (_project, _serving, server) = Project::serving(&[("example.com", &text)]);
    for (qtype, data) in [(65282, &[][..]), (65281, &[0xC0, 0x0C, 0xC0, 0x0C])] {
        let raw = over_udp(server, &octets(&question("odd.example.com.", qtype)));
        let length = u16::try_from(data.len()).expect("short").to_be_bytes();
        assert!(raw.ends_with(&[&length, data].concat()), "{raw:?}");
        let counts = &raw[6..12];
        assert_eq!(counts, [0, 1, 0, 0, 0, 0]);
    }
    // ANY is one set of the name and no more.
    let answer = ask(server, "odd.example.com.", 255);
    assert_eq!(answer.answers.len(), 1);
    assert_eq!(u16::from(answer.answers[0].record_type()), 65281);
}

#[test]
fn the_spelling_of_the_question_comes_back() {
    let text = large(0, 0);
    let (_project, _serving, server) = Project::serving(&[("example.com", &text)]);
    let asked = octets(&question("Ns1.eXample.COM.", 1));
    let raw = over_udp(server, &asked);
    assert_eq!(raw[12..asked.len()], asked[12..]);
    assert_eq!(read(&raw).answers.len(), 1);
}

#[test]
fn questions_that_are_none_of_ours() {
    let text = large(0, 0);
    let (_project, _serving, server) = Project::serving(&[("example.com", &text)]);
    let apex = || question("example.com.", 6);
    let mut notify = apex();
    notify.metadata.op_code = OpCode::Notify;
    let mut update = apex();
    update.metadata.op_code = OpCode::Update;
    let mut chaos = apex();
    chaos.queries[0].set_query_class(DNSClass::CH);
    let mut two = apex();
    two.add_query(two.queries[0].clone());
    let mut none = apex();
    none.queries.clear();
    let mut newer = with_edns(apex(), 1232);
    newer.edns.as_mut().map(|edns| edns.set_version(1));
    for (what, asked, expected) in [
        ("NOTIFY", notify, ResponseCode::NotImp),
        ("UPDATE", update, ResponseCode::NotImp),
        ("class CH", chaos, ResponseCode::Refused),
        ("two questions", two, ResponseCode::FormErr),
        ("no question", none, ResponseCode::FormErr),
        ("EDNS version 1", newer, ResponseCode::BADVERS),
        (
            "QTYPE MAILB",
            question("example.com.", 253),
            ResponseCode::NotImp,
        ),
        (
            "another zone",
            question("example.org.", 6),
            ResponseCode::Refused,
        ),
        ("the root", question(".", 2), ResponseCode::Refused),
    ] {
        let answer = read(&over_udp(server, &octets(&asked)));
        // hickory has two names for code 16, and reads the other one.
        assert_eq!(u16::from(code(&answer)), u16::from(expected), "{what}");
        assert_eq!(answer.metadata.id, asked.metadata.id, "{what}");
        assert!(!answer.metadata.authoritative, "{what}");
    }
    // A name that runs out of the message.
    let mut cut = octets(&apex());
    cut.truncate(20);
    let raw = over_udp(server, &cut);
    assert_eq!(raw[3] & 0x0f, 1);
    // Nobody answers an answer, however broken questions before it were: the next question is answered first.
    let mut answer = apex();
    answer.metadata.message_type = MessageType::Response;
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").expect("a socket");
    socket.connect(server).expect("a destination");
    let mut next = apex();
    next.metadata.id = 1;
    for message in [&answer, &next] {
        socket.send(&octets(message)).expect("sent");
    }
    let mut buffer = [0; 512];
    let length = socket.recv(&mut buffer).expect("an answer");
    assert_eq!(read(&buffer[..length]).metadata.id, 1);
}

#[test]
fn the_ds_of_a_zone_comes_from_its_parent_if_that_is_here() {
    let child = "@ 60 IN SOA ns.sub.example.com. h. 1 2 3 4 5\n@ 60 IN NS ns.sub.example.com.\n";
    let parent = format!(
        "{}sub 60 IN NS ns.sub\nsub 60 IN DS 1 13 2 {}\n",
        large(0, 0),
        "ab".repeat(32)
    );
    let (project, _serving, server) = Project::serving(&[("sub.example.com", child)]);
    let alone = ask(server, "sub.example.com.", 43);
    assert_eq!((alone.answers.len(), alone.authorities.len()), (0, 1));
    project.put("example.com", &parent);
    let both = ask(server, "sub.example.com.", 43);
    assert_eq!(both.answers.len(), 1, "{both:?}");
    assert!(ask(server, "sub.example.com.", 2).metadata.authoritative);
}

#[test]
fn a_name_that_would_grow_too_long_is_told_so() {
    let text = format!(
        "{}d IN DNAME {}\n",
        large(0, 0),
        "a-label-of-twenty-oct.".repeat(8)
    );
    let (_project, _serving, server) = Project::serving(&[("example.com", &text)]);
    let long = format!("{}d.example.com.", "another-label-of-22-oct.".repeat(5));
    let answer = ask(server, &long, 1);
    assert_eq!(code(&answer), ResponseCode::YXDomain);
    assert_eq!(answer.answers.len(), 1);
}

/// Every message of a transfer, up to the one that closes it with the SOA.
fn transferred(server: SocketAddr, qtype: u16) -> Vec<Message> {
    let question = octets(&question("example.com.", qtype));
    for messages in 1.. {
        let answers: Vec<Message> = over_tcp(server, &question, messages)
            .iter()
            .map(|raw| read(raw))
            .collect();
        let soas = answers
            .iter()
            .flat_map(|message| &message.answers)
            .filter(|record| u16::from(record.record_type()) == 6);
        if soas.count() == 2 {
            return answers;
        }
    }
    unreachable!("a transfer ends")
}

#[test]
fn a_transfer_is_complete_and_over_tcp_only() {
    let text = large(30, 50);
    let (project, _serving, server) = Project::serving(&[("example.com", &text)]);
    let zone: Zone = wait(project.provider.fetch(&name("example.com")))
        .expect("a zone")
        .zone;
    for qtype in [AXFR, IXFR] {
        let messages = transferred(server, qtype);
        assert!(messages.len() > 2, "{} messages", messages.len());
        let records: Vec<_> = messages
            .iter()
            .flat_map(|message| &message.answers)
            .collect();
        assert_eq!(records.len(), zone.record_count() + 1);
        assert!(matches!(records[0].data, RData::SOA(_)));
        assert_eq!(records.first(), records.last());
        let refused = read(&over_udp(server, &octets(&question("example.com.", qtype))));
        assert_eq!(code(&refused), ResponseCode::Refused);
    }
    let below = read(&over_tcp(server, &octets(&question("n0.example.com.", AXFR)), 1)[0]);
    assert_eq!(code(&below), ResponseCode::NotAuth);
}

/// `dig` with the arguments in `words`, its output without blank lines and comments.
fn dig(server: SocketAddr, words: &str) -> Option<Vec<String>> {
    let program = require("dig", "bind9-dnsutils")?;
    let output = Command::new(program)
        .arg(format!("@{}", server.ip()))
        .args(["-p", &server.port().to_string()])
        .args(words.split(' '))
        .output()
        .expect("dig runs");
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("text");
    let lines = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with(';'));
    Some(lines.map(str::to_owned).collect())
}

#[test]
fn dig_understands_every_kind_of_answer() {
    let text = large(30, 50);
    let (project, _serving, server) = Project::serving(&[("example.com", &text)]);
    let Some(address) = dig(server, "+norec +short ns1.example.com A") else {
        return;
    };
    assert_eq!(address, ["192.0.2.53"]);
    // Fifty records of a hundred octets: truncated first, then over TCP.
    let texts = dig(server, "+norec +short n7.example.com TXT").expect("dig");
    assert_eq!(texts.len(), 50);
    let transfer = dig(server, "example.com AXFR").expect("dig");
    let mut owners: Vec<Name> = transfer
        .iter()
        .map(|line| name(line.split_whitespace().next().expect("an owner")))
        .collect();
    assert_eq!(owners.first(), owners.last());
    owners.pop();
    owners.sort();
    let zone = wait(project.provider.fetch(&name("example.com")))
        .expect("a zone")
        .zone;
    let mut stored: Vec<Name> = Vec::new();
    for set in zone.sets() {
        stored.extend(std::iter::repeat_n(set.owner().to_name(), set.len()));
    }
    assert_eq!(owners, stored);
}
