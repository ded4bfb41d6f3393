//! The screen of `check` and `sync`.

use super::*;

#[test]
fn check_where_all_is_well() {
    shows(
        &report("check", asked(0, 0, vec![])),
        "
= example.com.: 43 record sets, 4 nameservers of 2 providers agree, and all are current
",
    );
}

#[test]
fn check_with_an_unfinished_rollout() {
    let old = || Some(set(60, &["192.0.2.1"]));
    let new = || Some(set(60, &["192.0.2.9"]));
    let stale = difference(
        "api.example.com.",
        "stale",
        new(),
        vec![
            answer(&[0, 1], "records", new(), true),
            answer(&[2, 3], "records", old(), false),
        ],
    );
    let missing = |number: usize| {
        difference(
            &format!("h{number}.example.com."),
            "missing",
            new(),
            vec![
                answer(&[0, 1, 2], "records", new(), true),
                answer(&[3], "nxdomain", None, false),
            ],
        )
    };
    let mut differences = vec![stale];
    differences.extend((0..9).map(missing));
    shows(
        &report("check", asked(10, 0, differences)),
        "
~ example.com.: 10 of 51 questions are not answered as the zone file says; 4 nameservers of 2 providers disagree, and some are current: beta is not

        alpha     beta
        ns1  ns2  ns3  ns4
api  A  =    =    ~    ~
h0   A  =    =    =    -
h1   A  =    =    =    -
h2   A  =    =    =    -
h3   A  =    =    =    -
h4   A  =    =    =    -
(4 more alike)
(41 more agree)
= as in the file   ~ other data   - missing

api A: stale [AGR01]
  expected   60  192.0.2.9
  served     60  192.0.2.1
  by         every nameserver of beta
             dig +norec @192.0.2.13 api.example.com. A

h0 A: missing [AGR01]
  expected   60  192.0.2.9
  served     no such name (NXDOMAIN)
  by         ns4.beta.example. 192.0.2.14:53
             dig +norec @192.0.2.14 h0.example.com. A
  alike      h1 A, h2 A, h3 A, h4 A, h5 A, h6 A, h7 A, h8 A
",
    );
}

#[test]
fn check_where_all_agree_on_something_old() {
    let served = answer(
        &[0, 1, 2, 3],
        "records",
        Some(set(60, &["192.0.2.1"])),
        false,
    );
    let stale = difference("api.example.com.", "extra", None, vec![served]);
    let zone = asked(1, 0, vec![stale]);
    let shown = render(&report("check", zone), Style::default());
    let first = shown.lines().take(2).collect::<Vec<_>>().join(" ");
    assert!(first.contains("agree on it, and are stale"), "{shown}");
    assert!(shown.contains("expected   nothing"), "{shown}");
}

#[test]
fn check_that_could_not_verify() {
    let silent = difference(
        "api.example.com.",
        "unverified",
        Some(set(60, &["192.0.2.9"])),
        vec![
            answer(&[0, 1, 2], "records", Some(set(60, &["192.0.2.9"])), true),
            AnswerEntry {
                detail: Some("timeout".to_owned()),
                ..answer(&[3], "silent", None, false)
            },
        ],
    );
    shows(
        &report("check", asked(0, 1, vec![silent])),
        "
? example.com.: not verified: 1 of 51 questions went without an answer somewhere (43 record sets, 4 nameservers of 2 providers)

        alpha     beta
        ns1  ns2  ns3  ns4
api  A  =    =    =    ?
(50 more agree)
= as in the file   ? no answer

api A: unverified
  expected   60  192.0.2.9
  served     no answer: timeout
  by         ns4.beta.example. 192.0.2.14:53
             dig +norec @192.0.2.14 api.example.com. A
",
    );
}

#[test]
fn sync_that_stopped_midway() {
    let mut alpha = provider("alpha", "powerdns", changes());
    alpha.applied = 5;
    let mut beta = provider("beta", "desec", changes());
    beta.applied = 2;
    beta.error = Some(ErrorEntry {
        kind: "rejected".to_owned(),
        message: "record quota exceeded".to_owned(),
        hint: None,
    });
    let mut report = report("sync", example(vec![alpha, beta]));
    report.outcome = Outcome::Partial;
    shows(
        &report,
        "
! stopped midway: providers may now hold different data because of this run

~ example.com.: 1 of 2 providers differs from the zone file
  = alpha (powerdns)  5 changes made
  ! beta (desec)  2 of 5 changes made
    record quota exceeded
",
    );
}

#[test]
fn many_servers_become_numbers_with_a_key() {
    let mut zone = asked(1, 0, vec![]);
    zone.nameservers = (0..30)
        .map(|number| NameserverReport {
            name: format!("nameserver-{number}.example."),
            address: format!("192.0.2.{number}:53"),
            provider: Some("alpha".to_owned()),
            ..NameserverReport::default()
        })
        .collect();
    let mut served = answer(&[], "records", Some(set(60, &["192.0.2.1"])), false);
    served.nameservers = vec![zone.nameservers[29].label()];
    zone.differences = vec![difference(
        "a.example.com.",
        "stale",
        Some(set(60, &["192.0.2.2"])),
        vec![served],
    )];
    let shown = render(&report("check", zone), Style::default());
    assert!(
        shown.contains("  30  alpha  nameserver-29.example. 192.0.2.29:53\n"),
        "{shown}"
    );
}

#[test]
fn two_addresses_of_a_server_have_columns_of_their_own() {
    let mut zone = asked(1, 0, vec![]);
    zone.nameservers[1].name = "ns1.alpha.example.".to_owned();
    zone.nameservers[3].name = "ns1.beta.example.".to_owned();
    zone.differences = vec![difference("a.example.com.", "stale", None, vec![])];
    let shown = render(&report("check", zone), Style::default());
    assert!(
        shown.contains("ns1.alpha#1  ns1.alpha#2  ns3  ns1.beta\n"),
        "{shown}"
    );
}

#[test]
fn latencies_are_for_the_curious() {
    let report = report("check", asked(0, 0, vec![]));
    assert!(!render(&report, Style::default()).contains("median"));
    let curious = Style {
        verbose: true,
        ..Style::default()
    };
    let line = "ns1.alpha.example. 192.0.2.11:53  51 of 51 questions answered  median 1.2 ms, 95 % 4.0 ms\n";
    let shown = render(&report, curious);
    assert!(shown.contains(line), "{shown}");
}

/// The verdict on one difference with these answers, of all four cells and none.
#[test]
fn agreement_and_currency_are_two_axes() {
    let old = |servers: &[usize], octet: u8| {
        let set = set(60, &[&format!("192.0.2.{octet}")]);
        answer(servers, "records", Some(set), false)
    };
    let current = || answer(&[0, 1], "records", Some(set(60, &["192.0.2.9"])), true);
    for (answers, sentence) in [
        (
            vec![old(&[0, 1, 2, 3], 1)],
            "agree on it, and are stale: nobody was told",
        ),
        (
            vec![current(), old(&[2, 3], 1)],
            "disagree, and some are current: beta is not",
        ),
        (
            vec![old(&[0, 1], 1), old(&[2, 3], 2)],
            "disagree, and none is current: somebody else may be editing",
        ),
        (
            vec![current(), answer(&[2, 3], "refused", None, false)],
            "give no usable answer",
        ),
    ] {
        let expected = Some(set(60, &["192.0.2.9"]));
        let one = difference("api.example.com.", "stale", expected, answers);
        let shown = render(&report("check", asked(1, 0, vec![one])), Style::default());
        let first = shown.lines().next().expect("a verdict");
        assert!(first.ends_with(sentence), "{shown}");
    }
}

#[test]
fn servers_that_agree_do_not_hide_an_api_that_differs() {
    let mut zone = asked(0, 0, vec![]);
    zone.providers = vec![
        provider("alpha", "powerdns", changes()),
        ProviderReport {
            state: ProviderState::Unknown,
            ..provider("beta", "desec", vec![])
        },
    ];
    let shown = render(&report("check", zone), Style::default());
    let first = shown.lines().next().expect("a verdict");
    assert_eq!(
        first,
        "~ example.com.: 43 record sets, 4 nameservers of 2 providers agree, and all are current; by API 1 provider differs; 1 provider could not be read"
    );
    assert!(shown.contains("\n? beta (desec)  unknown\n"), "{shown}");
}

#[test]
fn a_server_that_says_nothing_is_one_line_and_not_one_a_question() {
    let name = |number: usize| format!("h{number}.example.com.");
    let silent = |number: usize| {
        let current = answer(&[0, 1, 2], "records", Some(set(60, &["192.0.2.9"])), true);
        let mut none = answer(&[3], "silent", None, false);
        none.detail = Some("timeout".to_owned());
        let expected = Some(set(60, &["192.0.2.9"]));
        difference(&name(number), "unverified", expected, vec![current, none])
    };
    let mut zone = asked(0, 9, (0..9).map(silent).collect());
    zone.nameservers[3].answered = 0;
    let shown = render(&report("check", zone), Style::default());
    assert!(
        shown.contains("  ? ns4.beta.example. 192.0.2.14:53 of beta answered none of "),
        "{shown}"
    );
    assert!(shown.contains("questions: timeout\n"), "{shown}");
    assert!(!shown.contains("h0"), "{shown}");
}
