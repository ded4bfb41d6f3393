//! Comments, whole, and what must not happen in any.

use proptest::prelude::*;

use super::*;
use crate::report::{
    Agreement, AnswerEntry, ChangeEntry, CostEntry, Difference, ErrorEntry, NameserverReport,
    ObjectionEntry, Place, SetEntry,
};

/// <https://docs.github.com/en/rest/issues/comments>: the most characters in a comment.
const LIMIT: usize = 65_536;

#[expect(
    clippy::unnecessary_wraps,
    reason = "where it is used, there may be none"
)]
fn set(ttl: u32, rdata: &[&str]) -> Option<SetEntry> {
    Some(SetEntry {
        ttl,
        rdata: rdata.iter().map(ToString::to_string).collect(),
    })
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
        place: Place::default(),
    }
}

fn provider(id: &str, changes: Vec<ChangeEntry>) -> ProviderReport {
    ProviderReport {
        id: id.to_owned(),
        adapter: "powerdns".to_owned(),
        state: ProviderState::Known,
        changes,
        ..ProviderReport::default()
    }
}

fn zone(name: &str, providers: Vec<ProviderReport>) -> ZoneReport {
    ZoneReport {
        zone: name.to_owned(),
        file: Some(format!("zones/{name}zone")),
        record_sets: 43,
        providers,
        ..ZoneReport::default()
    }
}

fn report(command: &str, zones: Vec<ZoneReport>) -> Report {
    Report {
        zones,
        ..Report::new(command)
    }
}

fn changes() -> Vec<ChangeEntry> {
    vec![
        change(
            "www.example.com.",
            "A",
            set(300, &["192.0.2.1", "192.0.2.2"]),
            set(300, &["192.0.2.2", "192.0.2.9"]),
        ),
        change(
            "example.com.",
            "SOA",
            set(60, &["a. b. 0 1 2 3 4"]),
            set(60, &["a. b. 0 9 2 3 4"]),
        ),
        change(
            "t.example.com.",
            "TXT",
            None,
            set(300, &["\"a`b | </details> @team ```\""]),
        ),
        change(
            "old.example.com.",
            "CNAME",
            set(300, &["www.example.com."]),
            None,
        ),
        change(
            "ttl.example.com.",
            "A",
            set(60, &["192.0.2.7"]),
            set(300, &["192.0.2.7"]),
        ),
    ]
}

#[test]
fn a_plan_is_short_and_folds_equal_changes_into_one() {
    let mut alpha = provider("alpha", changes());
    alpha.cost = Some(CostEntry {
        calls: 4,
        seconds: 61,
        limit: None,
    });
    let example = zone(
        "example.com.",
        vec![
            alpha,
            provider("beta", changes()),
            provider("gamma", Vec::new()),
        ],
    );
    let calm = |name| zone(name, vec![provider("alpha", Vec::new())]);
    let comment = markdown(&report(
        "plan",
        vec![calm("a.test."), example, calm("b.test.")],
    ));
    assert_eq!(
        comment,
        r#"### redundns plan: 10 changes in 1 of 3 zones

- `example.com.`: **+1 ~3 -1** at `alpha`, the same at `beta`; nothing to change at `gamma`
- nothing differs in 2 other zones

<details><summary><code>example.com.</code>: +1 ~3 -1 at <code>alpha</code>, <code>beta</code></summary>

````diff
! @ SOA refresh 1 → 9
- old 300 CNAME www.example.com.
+ t 300 TXT "a`b | </details> @team ```"
- ttl 60 A 192.0.2.7
+ ttl 300 A 192.0.2.7
- www 300 A 192.0.2.1
+ www 300 A 192.0.2.9
````

Cost at `alpha`: about 4 calls, up to 61 s

</details>
"#,
        "{comment}"
    );
}

#[test]
fn what_is_refused_or_unknown_comes_before_what_is_folded() {
    let mut alpha = provider("alpha", changes());
    alpha.objections = vec![ObjectionEntry {
        code: "GRD01".to_owned(),
        message: "14 of 40 record sets would be changed, `www A` too".to_owned(),
        flag: Some("--allow-change 35%".to_owned()),
        hint: None,
    }];
    let beta = ProviderReport {
        state: ProviderState::Unknown,
        error: Some(ErrorEntry {
            kind: "rejected".to_owned(),
            message: "<script>@admin</script>\n### no".to_owned(),
            hint: Some("ask them".to_owned()),
        }),
        ..provider("beta", Vec::new())
    };
    let mut example = zone("example.com.", vec![alpha, beta]);
    example.findings = vec![
        FindingEntry {
            code: "FIT09".to_owned(),
            severity: "warning".to_owned(),
            message: "the apex NS set lacks `ns1.x.`".to_owned(),
            file: Some("zones/example.com.zone".to_owned()),
            line: Some(3),
            ..FindingEntry::default()
        },
        FindingEntry {
            code: "RUN04".to_owned(),
            severity: "info".to_owned(),
            message: "it is created".to_owned(),
            ..FindingEntry::default()
        },
    ];
    let mut report = report("plan", vec![example]);
    report.outcome = Outcome::Trouble;
    let comment = markdown(&report);
    let (head, _) = comment.split_once("<details>").expect("something folded");
    assert_eq!(
        head,
        "### redundns plan: **trouble**: not everything could be done or verified\n\n\
        - `example.com.`: **+1 ~3 -1** at `alpha`; **unknown** at `beta`\n\n\
        - **refused** \\[GRD01\\], `example.com.` at `alpha`: 14 of 40 record sets would be changed, `www A` too; \
        to do it all the same: `--allow-change 35%`\n\
        - **unknown**, `example.com.` at `beta`: &lt;script&gt;@\u{200b}admin&lt;/script&gt; #\u{200b}#\u{200b}#\u{200b} no; ask them\n\
        - `zones/example.com.zone:3`: **warning** \\[FIT09\\]: the apex NS set lacks `ns1.x.`\n\n",
        "{head}"
    );
}

#[test]
fn a_verdict_folds_what_nameservers_answered() {
    let mut example = zone("example.com.", vec![provider("alpha", Vec::new())]);
    example.nameservers = vec![NameserverReport {
        name: "ns1.a.".to_owned(),
        address: "192.0.2.1:53".to_owned(),
        provider: Some("alpha".to_owned()),
        asked: 9,
        answered: 9,
        ..NameserverReport::default()
    }];
    example.agreement = Agreement {
        questions: 9,
        agree: 8,
        differ: 1,
        unverified: 0,
    };
    example.differences = vec![Difference {
        name: "www.example.com.".to_owned(),
        rtype: "A".to_owned(),
        verdict: "stale".to_owned(),
        expected: set(300, &["192.0.2.9"]),
        answers: vec![AnswerEntry {
            nameservers: vec![example.nameservers[0].label()],
            kind: "records".to_owned(),
            ttl: Some(300),
            rdata: vec!["192.0.2.1".to_owned()],
            ..AnswerEntry::default()
        }],
        ..Difference::default()
    }];
    let mut check = report("check", vec![example.clone()]);
    check.outcome = Outcome::Differs;
    let comment = markdown(&check);
    for part in [
        "### redundns check: something differs in 1 zone\n",
        "- `example.com.`: 1 of 9 questions is not answered as the zone file says; ",
        "<summary><code>example.com.</code>: 1 difference in what nameservers answer</summary>\n\n```text\nwww A: stale\n",
        "served     300  192.0.2.1\n",
    ] {
        assert!(comment.contains(part), "{part}\n{comment}");
    }
    example.differences.clear();
    (example.agreement.agree, example.agreement.differ) = (9, 0);
    let same = markdown(&report("check", vec![example]));
    assert_eq!(
        same,
        "### redundns check: nothing differs in 1 zone\n\n\
        - `example.com.`: 43 record sets, 1 nameserver of 1 provider is current\n"
    );
}

#[test]
fn a_sync_says_how_far_it_came() {
    let mut alpha = provider("alpha", changes());
    alpha.applied = 5;
    let mut report = report(
        "sync",
        vec![zone(
            "example.com.",
            vec![alpha, provider("beta", changes())],
        )],
    );
    report.outcome = Outcome::Partial;
    let comment = markdown(&report);
    assert!(
        comment.starts_with("### redundns sync: **stopped midway**"),
        "{comment}"
    );
    assert!(
        comment.contains("the same at `beta` (5 made at `alpha`)"),
        "{comment}"
    );
}

#[test]
fn much_is_cut_off_with_a_count() {
    let many: Vec<ChangeEntry> = (0..2500)
        .map(|i| {
            change(
                &format!("h{i}.example.com."),
                "A",
                None,
                set(300, &["192.0.2.1"]),
            )
        })
        .collect();
    let zones = (0..80).map(|i| {
        zone(
            &format!("z{i}.test."),
            vec![provider("alpha", many.clone())],
        )
    });
    let comment = markdown(&report("plan", zones.collect()));
    assert!(comment.chars().count() <= LIMIT);
    assert!(comment.len() > LIMIT / 2, "what there is room for is told");
    assert!(
        comment.contains("- and 30 more zones\n"),
        "{}",
        &comment[..4000]
    );
    assert!(
        comment.contains("more lines\n```\n"),
        "a fence is closed after a cut"
    );
    assert!(
        comment.ends_with("79 more folded parts left out, since a comment has a limit\n"),
        "{}",
        &comment[comment.len() - 300..]
    );
    assert_eq!(
        comment.matches("<details>").count(),
        comment.matches("</details>").count()
    );
}

/// The lines outside of blocks of code, and whether every block is closed.
fn outside(comment: &str) -> (Vec<&str>, bool) {
    let mut fence: Option<usize> = None;
    let mut lines = Vec::new();
    for line in comment.lines() {
        let ticks = line.chars().take_while(|&c| c == '`').count();
        match fence {
            None if ticks >= 3 && !line[ticks..].contains('`') => fence = Some(ticks),
            None => lines.push(line),
            Some(open) if ticks >= open && line.len() == ticks => fence = None,
            Some(_) => {}
        }
    }
    (lines, fence.is_none())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_text_from_outside_becomes_markup(
        texts in proptest::collection::vec("([a-z@#<>|*_`\\\\\n\u{1b}!\\[\\]]|```|</details>|@team){0,40}", 6),
        long in 0..3_usize,
    ) {
        let text = |i: usize| texts[i].repeat([1, 40, 1000][long]);
        let mut alpha = provider(&text(0), vec![change(&text(1), &text(2), None, set(60, &[&text(3)]))]);
        alpha.error = Some(ErrorEntry { message: text(4), hint: Some(text(5)), ..ErrorEntry::default() });
        alpha.objections = vec![ObjectionEntry { message: text(5), flag: Some(text(4)), ..ObjectionEntry::default() }];
        let mut example = zone(&text(1), vec![alpha.clone(), alpha]);
        example.findings = vec![FindingEntry { message: text(3), file: Some(text(2)), ..FindingEntry::default() }];
        let comment = markdown(&report("plan", vec![example]));
        prop_assert!(comment.len() <= LIMIT, "{} octets", comment.len());
        let (lines, is_closed) = outside(&comment);
        prop_assert!(is_closed, "{}", comment);
        for line in lines {
            let is_own = line.is_empty() || line == "</details>" || line.contains("left out")
                || ["### redundns plan", "- ", "<details><summary><code>", "Cost at "].iter().any(|start| line.starts_with(start));
            prop_assert!(is_own, "{:?} in\n{}", line, comment);
        }
        let is_steering = comment.contains(|c: char| c.is_control() && c != '\n');
        prop_assert!(!is_steering);
    }
}
