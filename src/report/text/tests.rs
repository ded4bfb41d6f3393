//! Screens, whole: what people see is a promise too.

use super::*;
use crate::report::{
    Agreement, AnswerEntry, ChangeEntry, Difference, ErrorEntry, FindingEntry, NameserverReport,
    ObjectionEntry, Outcome, ProviderReport, ProviderState, SetEntry, ZoneReport,
};

fn set(ttl: u32, rdata: &[&str]) -> SetEntry {
    SetEntry {
        ttl,
        rdata: rdata.iter().map(ToString::to_string).collect(),
    }
}

fn change(
    name: &str,
    rtype: &str,
    before: Option<SetEntry>,
    after: Option<SetEntry>,
) -> ChangeEntry {
    let action = match (&before, &after) {
        (None, _) => "create",
        (_, None) => "delete",
        _ => "replace",
    };
    ChangeEntry {
        action: action.to_owned(),
        name: name.to_owned(),
        rtype: rtype.to_owned(),
        before,
        after,
    }
}

fn provider(id: &str, adapter: &str, changes: Vec<ChangeEntry>) -> ProviderReport {
    ProviderReport {
        id: id.to_owned(),
        adapter: adapter.to_owned(),
        state: ProviderState::Known,
        changes,
        ..ProviderReport::default()
    }
}

fn example(providers: Vec<ProviderReport>) -> ZoneReport {
    ZoneReport {
        zone: "example.com.".to_owned(),
        file: Some("zones/example.com.zone".to_owned()),
        record_sets: 43,
        providers,
        ..ZoneReport::default()
    }
}

fn report(command: &str, zone: ZoneReport) -> Report {
    Report {
        zones: vec![zone],
        ..Report::new(command)
    }
}

fn changes() -> Vec<ChangeEntry> {
    let long = "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQ";
    vec![
        change(
            "example.com.",
            "MX",
            None,
            Some(set(3600, &["10 mail.example.com."])),
        ),
        change(
            "api.example.com.",
            "A",
            Some(set(60, &["192.0.2.1"])),
            Some(set(300, &["192.0.2.1"])),
        ),
        change(
            "key._domainkey.example.com.",
            "TXT",
            None,
            Some(set(300, &[&format!("\"{long}\"")])),
        ),
        change(
            "old.example.com.",
            "CNAME",
            Some(set(300, &["www.example.com."])),
            None,
        ),
        change(
            "www.example.com.",
            "A",
            Some(set(300, &["192.0.2.10", "192.0.2.11"])),
            Some(set(300, &["192.0.2.11", "192.0.2.44"])),
        ),
    ]
}

/// Two nameservers each of alpha and beta.
fn nameservers() -> Vec<NameserverReport> {
    [
        ("alpha", "ns1", 11),
        ("alpha", "ns2", 12),
        ("beta", "ns3", 13),
        ("beta", "ns4", 14),
    ]
    .map(|(provider, name, octet)| NameserverReport {
        name: format!("{name}.{provider}.example."),
        address: format!("192.0.2.{octet}:53"),
        provider: Some(provider.to_owned()),
        asked: 51,
        answered: 51,
        p50_ms: Some(1.25),
        p95_ms: Some(4.0),
        serial: Some(7),
    })
    .to_vec()
}

fn answer(servers: &[usize], kind: &str, set: Option<SetEntry>, current: bool) -> AnswerEntry {
    let all = nameservers();
    AnswerEntry {
        nameservers: servers.iter().map(|&index| all[index].label()).collect(),
        kind: kind.to_owned(),
        current,
        detail: None,
        ttl: set.as_ref().map(|set| set.ttl),
        rdata: set.map(|set| set.rdata).unwrap_or_default(),
    }
}

fn difference(
    name: &str,
    verdict: &str,
    expected: Option<SetEntry>,
    answers: Vec<AnswerEntry>,
) -> Difference {
    Difference {
        name: name.to_owned(),
        rtype: "A".to_owned(),
        verdict: verdict.to_owned(),
        expected,
        explained: None,
        answers,
    }
}

fn asked(differ: usize, unverified: usize, differences: Vec<Difference>) -> ZoneReport {
    ZoneReport {
        nameservers: nameservers(),
        agreement: Agreement {
            questions: 51,
            agree: 51 - differ - unverified,
            differ,
            unverified,
        },
        differences,
        ..example(Vec::new())
    }
}

#[track_caller]
fn shows(report: &Report, expected: &str) {
    let shown = render(report, Style::default());
    assert_eq!(shown, expected.trim_start_matches('\n'), "\n{shown}");
    let widest = shown
        .lines()
        .filter(|line| !line.contains("example.com.:"))
        .map(|line| line.chars().count())
        .max();
    assert!(widest <= Some(80), "{widest:?} columns:\n{shown}");
    let json = report.to_json();
    let read: Report = serde_json::from_str(&json).expect("a report");
    assert_eq!(&read, report, "JSON says the same");
}

#[test]
fn plan_where_nothing_differs() {
    let zone = example(vec![
        provider("alpha", "powerdns", vec![]),
        provider("beta", "rfc2136", vec![]),
    ]);
    shows(
        &report("plan", zone),
        r#"
example.com.  43 record sets, 2 providers

= alpha (powerdns)  nothing to change

= beta (rfc2136)  nothing to change
"#,
    );
}

#[test]
fn plan_with_every_action_a_twin_and_an_unknown() {
    let unknown = ProviderReport {
        state: ProviderState::Unknown,
        error: Some(ErrorEntry {
            kind: "unauthorized".to_owned(),
            message: "the key was not accepted: `invalid token`".to_owned(),
            hint: Some("set `BETA_TOKEN`".to_owned()),
        }),
        ..provider("gamma", "desec", vec![])
    };
    let zone = example(vec![
        provider("alpha", "powerdns", changes()),
        provider("beta", "rfc2136", changes()),
        unknown,
    ]);
    shows(
        &report("plan", zone),
        r#"
example.com.  43 record sets, 3 providers

  alpha (powerdns)  +2 ~2 -1
  + @               3600  MX     10 mail.example.com.
  ~ api              300  A      TTL 60 → 300
  + key._domainkey   300  TXT    "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4G…
  - old              300  CNAME  www.example.com.
  ~ www              300  A      192.0.2.10 → 192.0.2.44 (1 stays)

  beta (rfc2136)  +2 ~2 -1  as at alpha

? gamma (desec)  unknown
    the key was not accepted: `invalid token`
    hint: set `BETA_TOKEN`
"#,
    );
}

#[test]
fn plan_that_is_refused_and_does_not_fit() {
    let mut alpha = provider(
        "alpha",
        "digitalocean",
        vec![change(
            "old.example.com.",
            "CNAME",
            Some(set(300, &["www.example.com."])),
            None,
        )],
    );
    alpha.gaps = vec!["old.example.com.".to_owned()];
    alpha.objections = vec![ObjectionEntry {
        code: "GRD01".to_owned(),
        message: "14 of 40 record sets would be changed or deleted: 35 %, more than 30 %"
            .to_owned(),
        flag: Some("--allow-change 35%".to_owned()),
        hint: Some("look at the plan; if that is meant, allow this much for this once".to_owned()),
    }];
    let mut zone = example(vec![alpha]);
    zone.findings = vec![FindingEntry {
        code: "FIT02".to_owned(),
        severity: "error".to_owned(),
        message: "`www A` does not fit `beta`: TTL 60 is below its minimum of 3600".to_owned(),
        hint: Some("3600 is the nearest TTL that every provider holds".to_owned()),
        file: Some("zones/example.com.zone".to_owned()),
        line: Some(14),
        column: Some(1),
        ..FindingEntry::default()
    }];
    shows(
        &report("plan", zone),
        r#"
example.com.  43 record sets, 1 provider

  alpha (digitalocean)  +0 ~0 -1
  - old  300  CNAME  www.example.com.
  ! without an answer for a moment, unless alpha makes changes atomically: old
  ! refused [GRD01]: 14 of 40 record sets would be changed or deleted: 35 %,
    more than 30 %
    hint: look at the plan; if that is meant, allow this much for this once
    to do it all the same: --allow-change 35%

! zones/example.com.zone:14:1: error[FIT02]: `www A` does not fit `beta`: TTL 60
  is below its minimum of 3600
  hint: 3600 is the nearest TTL that every provider holds
"#,
    );
}

#[test]
fn check_where_all_is_well() {
    shows(
        &report("check", asked(0, 0, vec![])),
        r#"
= example.com.: 43 record sets, 4 nameservers of 2 providers agree, and all are current
"#,
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
        r#"
~ example.com.: 10 of 51 questions are not answered as the zone file says; 4 nameservers of 2 providers disagree, and some are current: a rollout is unfinished

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

api A: stale
  expected   60  192.0.2.9
  served     60  192.0.2.1
  by         ns3.beta.example. 192.0.2.13:53 and 1 more
             dig +norec @192.0.2.13 api.example.com. A

h0 A: missing
  expected   60  192.0.2.9
  served     no such name (NXDOMAIN)
  by         ns4.beta.example. 192.0.2.14:53
             dig +norec @192.0.2.14 h0.example.com. A
"#,
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
        r#"
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
"#,
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
        r#"
! stopped midway: providers may now hold different data because of this run

~ example.com.: 1 of 2 providers differs from the zone file
  = alpha (powerdns)  5 changes made
  ! beta (desec)  2 of 5 changes made
    record quota exceeded
"#,
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
fn colour_changes_nothing_but_colour() {
    let zone = example(vec![provider("alpha", "powerdns", changes())]);
    let report = report("plan", zone);
    let style = Style {
        color: true,
        ..Style::default()
    };
    let coloured = render(&report, style);
    let mut plain = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = after.split_once('m').expect("the end of a colour").1;
    }
    plain.push_str(rest);
    assert_ne!(coloured, plain);
    assert_eq!(plain, render(&report, Style::default()));
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
