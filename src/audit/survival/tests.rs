use super::*;

fn server(name: &str, address: &str, provider: &str) -> Nameserver {
    Nameserver {
        name: Name::absolute(name).expect("a name"),
        address: (address.parse::<std::net::IpAddr>().expect("an address"), 53).into(),
        provider: Some(provider.to_owned()),
    }
}

fn judged(servers: &[Nameserver], unsound: &[usize], glue: &[usize]) -> Redundancy {
    let members: Vec<Member<'_>> = servers
        .iter()
        .enumerate()
        .map(|(index, server)| Member {
            server,
            is_sound: !unsound.contains(&index),
            has_glue: glue.contains(&index),
        })
        .collect();
    redundancy(
        &Name::absolute("example.com").expect("a name"),
        &members,
        None,
    )
}

fn fatal(redundancy: &Redundancy) -> Vec<String> {
    let fatal = redundancy.losses.iter().filter(|loss| !loss.is_survived());
    fatal.map(|loss| loss.thing.to_string()).collect()
}

fn two_providers() -> Vec<Nameserver> {
    vec![
        server("ns1.alpha.net", "192.0.2.1", "alpha"),
        server("ns2.alpha.net", "192.0.2.2", "alpha"),
        server("ns1.beta.org", "198.51.100.1", "beta"),
    ]
}

#[test]
fn two_whole_providers_survive_any_single_loss() {
    let answer = judged(&two_providers(), &[], &[]);
    assert_eq!(fatal(&answer), Vec::<String>::new());
    assert_eq!(answer.findings(), []);
    assert_eq!(answer.cut.len(), 2, "{:?}", answer.cut);
    let alpha = answer.of(Dimension::Provider).next().expect("alpha");
    assert_eq!((alpha.left, alpha.lost), (1, 2));
    assert!((answer.cold_share(alpha) - 2.0 / 3.0).abs() < 1e-9);
}

#[test]
fn a_provider_whose_servers_do_not_count_is_redundancy_on_paper() {
    let answer = judged(&two_providers(), &[2], &[]);
    let findings = answer.findings();
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(
        findings[0]
            .message
            .contains("loss of alpha: the only other address does not")
    );
    let expected = [
        "provider alpha",
        "network 192.0.2.0/24",
        "zone of nameserver names alpha.net.",
        "top-level domain of nameserver names net.",
    ];
    assert_eq!(fatal(&answer), expected);
    assert_eq!(answer.cut.len(), 1);
    let dark = judged(&two_providers(), &[0, 1, 2], &[]);
    assert_eq!((dark.cut.len(), dark.findings().len()), (0, 0));
    let alone = judged(&two_providers()[..2], &[], &[]);
    assert!(
        alone.findings()[0]
            .message
            .contains("runs all of its nameservers")
    );
}

#[test]
fn names_under_one_domain_fall_together_unless_the_parent_gives_glue() {
    let servers = [
        server("a.dns.net", "192.0.2.1", "alpha"),
        server("b.dns.net", "198.51.100.1", "beta"),
    ];
    let answer = judged(&servers, &[], &[]);
    assert_eq!(
        fatal(&answer),
        [
            "zone of nameserver names dns.net.",
            "top-level domain of nameserver names net."
        ]
    );
    assert_eq!(fatal(&judged(&servers, &[], &[0])), Vec::<String>::new());
    let within = [
        server("a.example.com", "192.0.2.1", "alpha"),
        server("b.example.com", "198.51.100.1", "beta"),
    ];
    assert_eq!(fatal(&judged(&within, &[], &[])), Vec::<String>::new());
}

#[test]
fn a_cut_may_mix_kinds() {
    // Three providers, three networks and three name zones, and two things suffice.
    let servers = [
        server("ns.one.net", "192.0.2.1", "alpha"),
        server("ns.two.org", "198.51.100.1", "alpha"),
        server("ns.three.info", "203.0.113.1", "beta"),
        server("ns.four.com", "203.0.113.2", "gamma"),
    ];
    let answer = judged(&servers, &[], &[]);
    let cut: Vec<String> = answer.cut.iter().map(ToString::to_string).collect();
    assert_eq!(cut, ["provider alpha", "network 203.0.113.0/24"]);
}
