//! The screen of `plan`.

use super::*;

#[test]
fn plan_where_nothing_differs() {
    let zone = example(vec![
        provider("alpha", "powerdns", vec![]),
        provider("beta", "rfc2136", vec![]),
    ]);
    shows(
        &report("plan", zone),
        "
example.com.  43 record sets, 2 providers

= alpha (powerdns)  nothing to change

= beta (rfc2136)  nothing to change
",
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
  + key._domainkey   300  TXT    "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4G…
  ~ api              300  A      TTL 60 → 300
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
        "
example.com.  43 record sets, 1 provider

  alpha (digitalocean)  +0 ~0 -1
  - old  300  CNAME  www.example.com.
  ! without an answer for a moment, since alpha does not make changes
    atomically: old
  ! refused [GRD01]: 14 of 40 record sets would be changed or deleted: 35 %,
    more than 30 %
    hint: look at the plan; if that is meant, allow this much for this once
    to do it all the same: --allow-change 35%

! zones/example.com.zone:14:1: error[FIT02]: `www A` does not fit `beta`: TTL 60
  is below its minimum of 3600
  hint: 3600 is the nearest TTL that every provider holds
",
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
fn another_cut_of_a_text_is_for_the_curious() {
    let mut alpha = provider("alpha", "powerdns", vec![]);
    alpha.recut = vec!["example.com.".to_owned()];
    let report = report("plan", example(vec![alpha]));
    assert!(!render(&report, Style::default()).contains("TXT"));
    let curious = Style {
        verbose: true,
        ..Style::default()
    };
    let shown = render(&report, curious);
    assert!(
        shown.contains("= 1 TXT record set cut into strings in another way"),
        "{shown}"
    );
}

#[test]
fn the_cost_is_told_where_it_takes_long() {
    let mut alpha = provider("alpha", "digitalocean", changes());
    let told = |alpha: &ProviderReport| {
        let report = report("plan", example(vec![alpha.clone()]));
        let text = render(&report, Style::default());
        text.lines()
            .find_map(|line| line.trim().strip_prefix("cost: "))
            .map(str::to_owned)
    };
    for (calls, seconds, limit, expected) in [
        (3, 1, None, None),
        (20, 2, None, Some("about 20 calls, up to 2 s")),
        (
            12,
            40,
            Some("2 writes/s"),
            Some("about 12 calls, up to 40 s (limit: 2 writes/s)"),
        ),
    ] {
        alpha.cost = Some(CostEntry {
            calls,
            seconds,
            limit: limit.map(str::to_owned),
        });
        assert_eq!(told(&alpha).as_deref(), expected);
    }
}
