//! Screens with much on them.

use super::*;

/// Four providers with four servers each, and sixty record sets that differ in three ways.
fn crowded() -> Report {
    let servers: Vec<NameserverReport> = (0..16)
        .map(|number| NameserverReport {
            name: format!("ns{}.{}.example.", number % 4 + 1, PROVIDERS[number / 4]),
            address: format!("192.0.2.{}:53", number + 1),
            provider: Some(PROVIDERS[number / 4].to_owned()),
            asked: 80,
            answered: 80,
            ..NameserverReport::default()
        })
        .collect();
    let said = |of: &[usize], kind: &str, address: Option<&str>, current: bool| AnswerEntry {
        nameservers: of.iter().map(|&index| servers[index].label()).collect(),
        kind: kind.to_owned(),
        current,
        ttl: address.map(|_| 60),
        rdata: address.into_iter().map(str::to_owned).collect(),
        detail: None,
    };
    let all: Vec<usize> = (0..16).collect();
    let new = || Some(set(60, &["192.0.2.9"]));
    let way = |number: usize| {
        let name = format!("host-{number}.example.com.");
        let (verdict, wrong) = match number % 3 {
            0 => (
                "stale",
                said(&all[4..12], "records", Some("192.0.2.1"), false),
            ),
            1 => ("missing", said(&[1, 2, 3, 15], "nxdomain", None, false)),
            _ => ("stale", said(&[5], "records", Some("192.0.2.2"), false)),
        };
        let others: Vec<usize> = all
            .iter()
            .copied()
            .filter(|&index| !wrong.nameservers.contains(&servers[index].label()))
            .collect();
        let right = said(&others, "records", Some("192.0.2.9"), true);
        difference(&name, verdict, new(), vec![right, wrong])
    };
    let change = |number: usize| {
        let name = format!("host-{number}.example.com.");
        change(&name, "A", Some(set(60, &["192.0.2.1"])), new())
    };
    let pending: Vec<ChangeEntry> = (0..60).step_by(3).map(change).collect();
    let mut zone = asked(0, 0, (0..60).map(way).collect());
    zone.agreement.differ = 60;
    zone.agreement.questions = 80;
    zone.agreement.agree = 20;
    zone.nameservers.clone_from(&servers);
    zone.providers = vec![
        provider("alpha", "powerdns", vec![]),
        provider("beta", "desec", pending.clone()),
        provider("gamma", "ns1", pending),
        provider("delta", "route53", vec![]),
    ];
    report("check", zone)
}

const PROVIDERS: [&str; 4] = ["alpha", "beta", "gamma", "delta"];

#[test]
fn sixty_differences_at_sixteen_servers_fit_a_narrow_screen() {
    for width in [60, 80, 120] {
        let style = Style {
            width,
            ..Style::default()
        };
        let shown = render(&crowded(), style);
        let too_wide: Vec<&str> = shown
            .lines()
            .filter(|line| line.chars().count() > width && !line.contains("example.com.:"))
            .collect();
        assert!(too_wide.is_empty(), "{too_wide:#?}\n{shown}");
        assert!(shown.lines().count() < 120, "{shown}");
        assert!(
            shown.contains("  gamma (ns1)  +0 ~20 -0  as at beta\n"),
            "{shown}"
        );
    }
    let shown = render(
        &crowded(),
        Style {
            width: 60,
            ..Style::default()
        },
    );
    let from = shown.find("               1111111").map_or(0, |at| at + 1);
    let from = shown[..from].rfind("\n\n").map_or(0, |at| at + 1);
    let matrix = &shown[from..];
    let expected = "
                        1111111
               1234567890123456
host-0   A  ====~~~~~~~~====
host-3   A  ====~~~~~~~~====
";
    let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        squeezed(matrix).starts_with(&squeezed(expected)),
        "{matrix}"
    );
    for words in [
        "by every nameserver of beta, gamma",
        "by 3 of 4 of alpha; ns4.delta.example. 192.0.2.16:53",
        "by ns2.beta.example. 192.0.2.6:53",
        "alike host-3 A, host-6 A, host-9 A, host-12 A, host-15 A, host-18 A, host-21 A, host-24 A and 11 more",
        "hint the API differs too at beta, gamma: `redundns sync` puts it right",
        "hint the API is as in the file at alpha, delta: not served yet, or not by every node;",
    ] {
        assert!(squeezed(&shown).contains(words), "{words}:\n{shown}");
    }
}
