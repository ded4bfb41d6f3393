//! Evidence by hand, one thing wrong at a time.

mod agreement;
mod delegation;
mod diversity;
mod servers;

use std::time::Duration;

use super::*;
use crate::verdict::Nameserver;
use crate::zone::{Name, RecordSet, RecordType, rdata};

/// The zone that all of it is about.
fn zone() -> Name {
    name("shop.example")
}

fn name(text: &str) -> Name {
    Name::absolute(text).expect("a name in a test")
}

fn server(text: &str, address: &str, provider: &str) -> Nameserver {
    Nameserver {
        name: name(text),
        address: (address.parse::<std::net::IpAddr>().expect("an address"), 53).into(),
        provider: Some(provider.to_owned()),
    }
}

/// Canonical RDATA of presentation format.
fn data(rtype: RecordType, text: &str) -> Vec<u8> {
    rdata::from_text(rtype, text, None).expect("data in a test")
}

fn set(rtype: RecordType, ttl: u32, texts: &[&str]) -> RecordSet {
    let all = texts.iter().map(|text| data(rtype, text).into());
    RecordSet::new(ttl, all.collect())
}

const AA: u16 = 0x8400;
const OPT: Option<(u8, u16)> = Some((0, 0));

/// A record: section, owner, type, TTL, data.
type Line<'a> = (u8, &'a str, RecordType, u32, &'a str);

/// A response: header flags, QNAME as sent, QTYPE, records, and the upper RCODE and flags of OPT.
fn reply(
    flags: u16,
    qname: &[u8],
    qtype: RecordType,
    lines: &[Line<'_>],
    opt: Option<(u8, u16)>,
) -> Reply {
    let mut octets = vec![0, 7];
    octets.extend(flags.to_be_bytes());
    octets.extend([0, 1]);
    for section in 0..3 {
        let own = lines.iter().filter(|line| line.0 == section).count();
        let own = own + usize::from(section == 2 && opt.is_some());
        octets.extend(u16::try_from(own).expect("few").to_be_bytes());
    }
    octets.extend(qname);
    octets.extend(qtype.0.to_be_bytes());
    octets.extend([0, 1]);
    for (_, owner, rtype, ttl, text) in lines {
        let rdata = data(*rtype, text);
        octets.extend(name(owner).borrow().wire());
        octets.extend(rtype.0.to_be_bytes());
        octets.extend([0, 1]);
        octets.extend(ttl.to_be_bytes());
        octets.extend(u16::try_from(rdata.len()).expect("short").to_be_bytes());
        octets.extend(rdata);
    }
    if let Some((rcode, flags)) = opt {
        octets.extend([0, 0, 41, 0x04, 0xd0, rcode, 0]);
        octets.extend(flags.to_be_bytes());
        octets.extend([0, 0]);
    }
    Reply {
        octets,
        elapsed: Duration::from_millis(10),
    }
}

const SOA: &str = "ns1.a.net. h.a.net. 1 14400 3600 1209600 300";
const NS: [&str; 2] = ["ns1.a.net.", "ns1.b.org."];

fn soa_reply() -> Reply {
    let lines = [(0, "shop.example", RecordType::SOA, 3600, SOA)];
    reply(AA, zone().borrow().wire(), RecordType::SOA, &lines, OPT)
}

fn ns_reply(names: &[&str]) -> Reply {
    let lines: Vec<Line<'_>> = names
        .iter()
        .map(|own| (0, "shop.example", RecordType::NS, 3600, *own))
        .collect();
    reply(AA, zone().borrow().wire(), RecordType::NS, &lines, OPT)
}

/// An answer with an RCODE and nothing else.
fn bare(flags: u16, opt: Option<(u8, u16)>) -> Reply {
    reply(flags, zone().borrow().wire(), RecordType::SOA, &[], opt)
}

/// A server without fault.
fn healthy(server: Nameserver) -> ServerView {
    let mut mixed = zone().borrow().wire().to_vec();
    for octet in mixed.iter_mut().step_by(2) {
        octet.make_ascii_uppercase();
    }
    let soa = [(0, "shop.example", RecordType::SOA, 3600, SOA)];
    let heard = Probe::ALL.map(|probe| {
        let reply = match probe {
            Probe::Plain => reply(AA, zone().borrow().wire(), RecordType::SOA, &soa, None),
            Probe::Mixed => reply(AA, &mixed, RecordType::SOA, &soa, OPT),
            Probe::Ns | Probe::NsTcp => ns_reply(&NS),
            // BADVERS is 16: its upper bits stand in OPT.
            Probe::Version => bare(0x8000, Some((1, 0))),
            Probe::Recursion | Probe::Upward => reply(0x8005, &[0], RecordType::SOA, &[], OPT),
            Probe::Small | Probe::Text | Probe::Large => bare(AA, OPT),
            _ => soa_reply(),
        };
        (probe, Ok(reply))
    });
    ServerView {
        server,
        heard: heard.into(),
        transfer: Transfer::Closed("refused".to_owned()),
        stray: None,
    }
}

/// A zone without fault: two nameservers of two providers, each with both families.
fn evidence() -> Evidence {
    let servers = vec![
        server("ns1.a.net", "192.0.2.1", "a"),
        server("ns1.a.net", "2001:db8:a::1", "a"),
        server("ns1.b.org", "198.51.100.1", "b"),
        server("ns1.b.org", "2001:db8:b::1", "b"),
    ];
    let parent = server("ns.example", "203.0.113.1", "parent");
    let said = Delegated {
        ns: set(RecordType::NS, 3600, &NS),
        glue: Vec::new(),
        authoritative: false,
        truncated: false,
        octets: 100,
    };
    let found = |own: &[&Nameserver]| {
        Found::Addresses(own.iter().map(|server| server.address.ip()).collect())
    };
    Evidence {
        ns_names: vec![
            NsName {
                name: name("ns1.a.net"),
                found: found(&[&servers[0], &servers[1]]),
            },
            NsName {
                name: name("ns1.b.org"),
                found: found(&[&servers[2], &servers[3]]),
            },
        ],
        servers: servers.iter().cloned().map(healthy).collect(),
        chain: vec![
            Cut {
                zone: name("example"),
                servers: vec![parent.clone()],
                views: Vec::new(),
            },
            Cut {
                zone: zone(),
                servers,
                views: vec![ParentView {
                    server: parent,
                    said: Ok(said),
                }],
            },
        ],
        targets: Vec::new(),
    }
}

/// `CODE message (nameservers)` of each finding.
fn told(evidence: &Evidence) -> Vec<String> {
    let findings = judge(evidence, JudgeOptions::default());
    let each = findings.iter().map(|one| {
        let whose = one.nameserver.as_ref();
        let whose = whose.map(|own| format!(" ({own})")).unwrap_or_default();
        format!("{} {}{whose}", one.code, one.message)
    });
    each.collect()
}

/// Checks that one change of healthy evidence leads to these findings and no others.
#[track_caller]
fn shows(change: impl FnOnce(&mut Evidence), expected: &[&str]) {
    let mut evidence = evidence();
    change(&mut evidence);
    assert_eq!(told(&evidence), expected);
}

#[test]
fn a_healthy_zone_has_no_findings() {
    shows(|_| {}, &[]);
}

#[test]
fn findings_have_a_hint_and_a_command() {
    let mut evidence = evidence();
    evidence.servers[0]
        .heard
        .insert(Probe::Soa, Ok(bare(0x8005, OPT)));
    evidence.servers[0]
        .heard
        .insert(Probe::Plain, Ok(bare(0x8005, None)));
    let findings = judge(&evidence, JudgeOptions::default());
    let lame = findings
        .iter()
        .find(|one| one.code == "DEL04")
        .expect("lame");
    assert_eq!(
        lame.reproduce.as_deref(),
        Some("dig +norec @192.0.2.1 shop.example. SOA")
    );
    assert!(lame.hint.is_some());
}
