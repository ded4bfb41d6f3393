use super::*;

/// The addresses and providers of the four servers replaced.
fn stand(evidence: &mut Evidence, servers: &[(&str, &str, &str)]) {
    for (at, (own, address, provider)) in servers.iter().enumerate() {
        let server = server(own, address, provider);
        evidence.servers[at].server = server.clone();
        evidence.chain[1].servers[at] = server;
    }
}

#[test]
fn one_provider_and_one_name_are_too_few() {
    shows(
        |evidence| {
            stand(
                evidence,
                &[
                    ("ns1.a.net", "192.0.2.1", "a"),
                    ("ns1.a.net", "2001:db8:a::1", "a"),
                    ("ns2.a.net", "198.51.100.1", "a"),
                    ("ns2.a.net", "2001:db8:b::1", "a"),
                ],
            );
        },
        &[
            "DIV01 all nameservers are of one provider: a",
            "DIV03 the names of all nameservers lie under `a.net.`, and stop working with it",
        ],
    );
}

#[test]
fn one_network_and_one_system_are_too_few() {
    let near = |evidence: &mut Evidence| {
        stand(
            evidence,
            &[
                ("ns1.a.net", "192.0.2.1", "a"),
                ("ns1.a.net", "2001:db8:a::1", "a"),
                ("ns1.b.org", "192.0.2.2", "b"),
                ("ns1.b.org", "2001:db8:b::1", "b"),
            ],
        );
    };
    shows(
        near,
        &["DIV02 all IPv4 addresses of the nameservers are in 192.0.2.0/24"],
    );
    let text = "192.0.2.0/24 64500\n2001:db8::/32 64500\n198.51.100.0/24 64501\n";
    let table = AsnTable::read("asn", text).expect("a table");
    let options = JudgeOptions {
        asn: Some(&table),
        ..JudgeOptions::default()
    };
    let mut own = evidence();
    assert_eq!(judge(&own, options), []);
    near(&mut own);
    let said: Vec<String> = judge(&own, options)
        .into_iter()
        .map(|one| one.message)
        .collect();
    assert_eq!(
        said,
        [
            "all IPv4 addresses of the nameservers are in 192.0.2.0/24",
            "all addresses of the nameservers are announced by AS64500"
        ]
    );
}

#[test]
fn a_status_page_needs_somebody_else() {
    let page = Name::absolute("status.shop.example").expect("a name");
    let audited = [
        server("ns1.a.net", "192.0.2.1", "a"),
        server("ns1.b.org", "198.51.100.1", "b"),
    ];
    let told = |servers: &[Nameserver]| {
        let finding = shared_page(&page, servers, &audited)?;
        Some(format!("{} {}", finding.code, finding.message))
    };
    let within = told(&audited[1..]);
    let expected =
        "DIV05 the status page `status.shop.example.` is served by b alone, as the zone is";
    assert_eq!(within.as_deref(), Some(expected));
    let both = [audited[1].clone(), server("ns1.c.com", "203.0.113.1", "c")];
    assert_eq!(told(&both), None);
    assert_eq!(told(&[]), None);
}
