use super::*;

/// One reply of the first server replaced by another outcome.
#[track_caller]
fn heard(probes: &[Probe], outcome: &Heard, expected: &[&str]) {
    shows(
        |evidence| {
            for probe in probes {
                evidence.servers[0].heard.insert(*probe, outcome.clone());
            }
        },
        &expected
            .iter()
            .map(|text| format!("{text} (ns1.a.net. 192.0.2.1:53)"))
            .collect::<Vec<_>>()
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>(),
    );
}

fn silent() -> Heard {
    Err("timeout".to_owned())
}

#[test]
fn silence_is_told_by_transport() {
    let udp: Vec<Probe> = Probe::ALL
        .into_iter()
        .filter(|probe| !probe.is_tcp())
        .collect();
    heard(&udp, &silent(), &["SRV01 no answer over UDP: timeout"]);
    heard(
        &[Probe::SoaTcp, Probe::NsTcp],
        &Err("connection refused over TCP".to_owned()),
        &["SRV02 no answer over TCP: connection refused"],
    );
    // Without a route from here nobody knows.
    heard(&udp, &Err("no route".to_owned()), &[]);
}

#[test]
fn a_stray_response_explains_the_silence() {
    shows(
        |evidence| {
            evidence.servers[0].stray = Some("with another id".to_owned());
            for probe in Probe::ALL.into_iter().filter(|probe| !probe.is_tcp()) {
                evidence.servers[0].heard.insert(probe, silent());
            }
        },
        &[
            "SRV08 the response comes with another id, so that no resolver takes it (ns1.a.net. 192.0.2.1:53)",
        ],
    );
}

#[test]
fn edns_has_its_rules() {
    let with_edns = [
        Probe::Soa,
        Probe::Again,
        Probe::Mixed,
        Probe::Version,
        Probe::Option,
        Probe::Flag,
    ];
    heard(
        &with_edns,
        &silent(),
        &[
            "SRV04 queries with EDNS are left unanswered, those without are not: all else was asked without it",
        ],
    );
    heard(
        &with_edns,
        &Ok(bare(0x8001, None)),
        &["SRV04 queries with EDNS are answered FORMERR"],
    );
    heard(
        &[Probe::Version],
        &Ok(soa_reply()),
        &["SRV04 a query of EDNS version 1 is answered NOERROR, where BADVERS belongs"],
    );
    heard(
        &[Probe::Option],
        &Ok(bare(0x8001, OPT)),
        &["SRV04 a query with an EDNS option that nobody knows is answered FORMERR"],
    );
    let mut echoed = soa_reply();
    let end = echoed.octets.len();
    echoed.octets[end - 3] = 0x80;
    heard(
        &[Probe::Flag],
        &Ok(echoed),
        &["SRV04 an EDNS flag that nobody knows is sent back"],
    );
    let soa = [(0, "shop.example", RecordType::SOA, 3600, SOA)];
    let without = reply(AA, zone().borrow().wire(), RecordType::SOA, &soa, None);
    heard(
        &[Probe::Soa],
        &Ok(without),
        &["SRV04 the OPT record is missing from answers to queries with EDNS"],
    );
    heard(
        &[Probe::Small],
        &Ok(bare(0x8600, None)),
        &["SRV04 the OPT record is missing from truncated answers"],
    );
}

#[test]
fn nothing_is_given_away() {
    let root = [(0, ".", RecordType::SOA, 60, SOA)];
    heard(
        &[Probe::Recursion],
        &Ok(reply(0x8180, &[0], RecordType::SOA, &root, OPT)),
        &["SRV05 other people's names are resolved for everybody"],
    );
    let up = [(1, ".", RecordType::NS, 60, "a.root.")];
    heard(
        &[Probe::Upward],
        &Ok(reply(0x8000, &[0], RecordType::NS, &up, OPT)),
        &["SRV05 questions about other zones are answered with a referral to the root"],
    );
    shows(
        |evidence| evidence.servers[0].transfer = Transfer::Open(None),
        &["SRV05 the whole zone is given to everybody who asks (AXFR) (ns1.a.net. 192.0.2.1:53)"],
    );
}

#[test]
fn case_is_kept_and_does_not_count() {
    heard(
        &[Probe::Mixed],
        &Ok(soa_reply()),
        &["SRV06 the letters of the question come back in another case"],
    );
    heard(
        &[Probe::Mixed],
        &Ok(bare(0x8403, OPT)),
        &["SRV06 a name is answered differently in mixed case"],
    );
}

#[test]
fn answers_keep_to_the_size_that_is_allowed() {
    let mut large = bare(AA, OPT);
    large.octets.resize(600, 0);
    heard(
        &[Probe::Text],
        &Ok(large.clone()),
        &["SRV07 an answer of 600 octets over UDP where the query allows 512"],
    );
    heard(&[Probe::Large], &Ok(large.clone()), &[]);
    large.octets.resize(1500, 0);
    heard(
        &[Probe::Large],
        &Ok(large),
        &["SRV07 an answer of 1500 octets over UDP, which most paths cut into fragments"],
    );
}

#[test]
fn slow_servers_stand_out() {
    shows(
        |evidence| {
            for heard in evidence.servers[0].heard.values_mut().flatten() {
                heard.elapsed = Duration::from_millis(340);
            }
        },
        &["SRV09 answers take 340 ms, at most others 10 ms (ns1.a.net. 192.0.2.1:53)"],
    );
}

#[test]
fn one_server_over_ipv6_is_too_few() {
    shows(
        |evidence| {
            for probe in Probe::ALL {
                evidence.servers[1].heard.insert(probe, silent());
            }
        },
        &[
            "SRV01 no answer over UDP: timeout (ns1.a.net. [2001:db8:a::1]:53)",
            "SRV02 no answer over TCP: timeout (ns1.a.net. [2001:db8:a::1]:53)",
            "SRV03 one nameserver alone can be reached over IPv6: ns1.b.org. (ns1.a.net.)",
        ],
    );
    shows(
        |evidence| {
            for view in &mut evidence.servers {
                if view.server.address.is_ipv6() {
                    for probe in Probe::ALL {
                        view.heard.insert(probe, Err("no route".to_owned()));
                    }
                }
            }
        },
        &[],
    );
}
