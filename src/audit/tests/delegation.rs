use super::*;

fn view(evidence: &mut Evidence) -> &mut Delegated {
    let last = evidence.chain.last_mut().expect("the zone");
    last.views[0].said.as_mut().expect("a delegation")
}

#[test]
fn ns_sets_are_compared_everywhere() {
    shows(
        |evidence| {
            view(evidence).ns = set(
                RecordType::NS,
                3600,
                &["ns1.a.net.", "ns1.b.org.", "ns1.c.net."],
            );
        },
        &[
            "DEL02 the parent `example.` lists ns1.c.net., which the zone's own NS set lacks (ns.example. 203.0.113.1:53)",
        ],
    );
    shows(
        |evidence| view(evidence).ns = set(RecordType::NS, 3600, &["ns1.a.net."]),
        &["DEL02 the parent `example.` does not list ns1.b.org. (ns.example. 203.0.113.1:53)"],
    );
    shows(
        |evidence| {
            let own = &mut evidence.servers[3].heard;
            own.insert(Probe::Ns, Ok(ns_reply(&["ns1.b.org."])));
            own.insert(Probe::NsTcp, Ok(ns_reply(&["ns1.b.org."])));
        },
        &[
            "DEL02 the apex NS set is ns1.b.org. here, ns1.a.net. ns1.b.org. at most others (ns1.b.org. [2001:db8:b::1]:53)",
        ],
    );
    shows(
        |evidence| view(evidence).ns.ttl = 172_800,
        &[
            "DEL06 the NS set lives 172800 s at the parent and 3600 s in the zone: a nameserver that leaves has to serve for 172800 s more",
        ],
    );
}

#[test]
fn glue_is_compared_with_the_zone() {
    let glue = |text: &str| Glue {
        name: name("ns1.a.net"),
        address: text.parse().expect("an address"),
    };
    shows(
        |evidence| view(evidence).glue = vec![glue("192.0.2.9"), glue("2001:db8:a::1")],
        &[
            "DEL03 the parent has 192.0.2.9 as A glue of `ns1.a.net.`, its zone says 192.0.2.1 (ns1.a.net.)",
        ],
    );
    // Needed for names within the zone, and of both families.
    let within = |evidence: &mut Evidence, own: &[&str]| {
        let inside = name("ns1.shop.example");
        evidence.ns_names[0].name = inside.clone();
        for at in [0, 1] {
            evidence.servers[at].server.name = inside.clone();
            evidence.chain[1].servers[at].name = inside.clone();
        }
        let listed = ["ns1.shop.example.", "ns1.b.org."];
        for view in &mut evidence.servers {
            view.heard.insert(Probe::Ns, Ok(ns_reply(&listed)));
            view.heard.insert(Probe::NsTcp, Ok(ns_reply(&listed)));
        }
        let said = view(evidence);
        said.ns = set(RecordType::NS, 3600, &listed);
        said.glue = own
            .iter()
            .map(|text| Glue {
                name: inside.clone(),
                ..glue(text)
            })
            .collect();
    };
    shows(
        |evidence| within(evidence, &["192.0.2.1", "2001:db8:a::1"]),
        &[],
    );
    shows(
        |evidence| within(evidence, &["192.0.2.1"]),
        &["DEL03 the parent gives no AAAA glue for `ns1.shop.example.` (ns1.shop.example.)"],
    );
    shows(
        |evidence| {
            within(evidence, &[]);
            view(evidence).authoritative = true;
        },
        &[],
    );
}

#[test]
fn lame_servers_are_told_apart() {
    let lame = |reply: Reply, expected: &str| {
        let told = {
            let mut evidence = evidence();
            for probe in [Probe::Soa, Probe::Again, Probe::Plain, Probe::SoaTcp] {
                evidence.servers[0].heard.insert(probe, Ok(reply.clone()));
            }
            told(&evidence)
        };
        let own: Vec<&String> = told.iter().filter(|one| one.starts_with("DEL04")).collect();
        assert_eq!(
            own,
            [&format!("DEL04 {expected} (ns1.a.net. 192.0.2.1:53)")],
            "{told:?}"
        );
    };
    lame(
        bare(0x8005, OPT),
        "the server refuses to answer for the zone",
    );
    lame(bare(0x8002, OPT), "the server answers SERVFAIL");
    lame(
        bare(0x8403, OPT),
        "the server says that the zone does not exist",
    );
    let soa = [(0, "shop.example", RecordType::SOA, 3600, SOA)];
    lame(
        reply(0x8000, zone().borrow().wire(), RecordType::SOA, &soa, OPT),
        "the server answers without authority",
    );
    let up = [(1, ".", RecordType::NS, 3600, "a.root.")];
    lame(
        reply(0x8000, zone().borrow().wire(), RecordType::SOA, &up, OPT),
        "the server refers to the root instead of answering: it does not serve the zone",
    );
}

#[test]
fn hosts_are_no_aliases_and_have_addresses() {
    shows(
        |evidence| evidence.ns_names[0].found = Found::Alias(name("x.a.net")),
        &["DEL05 the nameserver `ns1.a.net.` is an alias of `x.a.net.`"],
    );
    let target = |found| Target {
        name: name("mx.shop.example"),
        owner: zone(),
        rtype: RecordType::MX,
        found,
    };
    shows(
        |evidence| evidence.targets = vec![target(Found::Nothing)],
        &["DEL05 the MX target `mx.shop.example.` has no address"],
    );
    shows(
        |evidence| evidence.targets = vec![target(Found::Unknown("timeout".to_owned()))],
        &[],
    );
}

#[test]
fn one_server_is_too_few() {
    shows(
        |evidence| {
            evidence.servers.truncate(1);
            evidence.chain[1].servers.truncate(1);
            evidence.ns_names.truncate(1);
            for probe in [Probe::Ns, Probe::NsTcp] {
                evidence.servers[0]
                    .heard
                    .insert(probe, Ok(ns_reply(&["ns1.a.net."])));
            }
            view(evidence).ns = set(RecordType::NS, 3600, &["ns1.a.net."]);
        },
        &["DEL01 one nameserver alone serves `shop.example.`: ns1.a.net."],
    );
    shows(
        |evidence| {
            for at in [0, 2] {
                let address = "192.0.2.1:53".parse().expect("an address");
                evidence.chain[1].servers[at].address = address;
                evidence.servers[at].server.address = address;
            }
            evidence.chain[1].servers = vec![
                evidence.chain[1].servers[0].clone(),
                evidence.chain[1].servers[2].clone(),
            ];
        },
        &[
            "DEL01 all nameservers of `shop.example.` have one address: 192.0.2.1",
            "DIV02 all IPv4 addresses of the nameservers are in 192.0.2.0/24",
        ],
    );
}

#[test]
fn a_referral_of_many_long_names_is_too_large() {
    let names: Vec<String> = (0..7)
        .map(|number| {
            format!("a-rather-long-name-of-a-nameserver-number-{number}.in-a-zone-{number}.net.")
        })
        .collect();
    let texts: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut evidence = evidence();
    view(&mut evidence).ns = set(RecordType::NS, 3600, &texts);
    let told = told(&evidence);
    assert!(
        told.iter().any(|one| one.starts_with("DEL07 ")),
        "{told:#?}"
    );
}
