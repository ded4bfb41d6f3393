//! A plan that is saved, looked at, and applied later: exactly it, or not at all.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{ORIGIN, Project, ZONE, changes, provider, stored_file};

const FILE: &str = "zones/example.test.zone";
const APPLY: [&str; 4] = ["sync", "--yes", "--plan", "plan.json"];

/// A synced project with one edit, and the plan of it saved.
fn planned() -> Project {
    let project = Project::synced();
    project.edit(FILE, "www A 192.0.2.1\n", "www A 192.0.2.77\n");
    project
        .run(&["plan", "--out", "plan.json"])
        .expect(0, &["192.0.2.77", "saved as `plan.json`"]);
    project
}

/// The plan is refused with `phrases`, in text and in JSON, and nobody is changed.
#[track_caller]
fn refused(project: &Project, phrases: &[&str], code: &str) -> Value {
    let before = (project.stored("a"), project.stored("b"));
    project.run(&APPLY).expect(
        4,
        &[phrases, &["nothing was changed", "no longer fits"]].concat(),
    );
    let (exit, report) = project.json(&APPLY);
    assert_eq!(
        (exit, &report["outcome"]),
        (4, &"refused".into()),
        "{report:#}"
    );
    let findings = report["zones"][0]["findings"].as_array().expect("a list");
    assert!(
        findings.iter().any(|finding| finding["code"] == code),
        "{report:#}"
    );
    assert_eq!((project.stored("a"), project.stored("b")), before);
    report
}

#[test]
fn a_saved_plan_is_applied_and_proved_and_does_not_fit_a_second_time() {
    let project = planned();
    let (code, report) = project.json(&APPLY);
    assert_eq!(
        (code, &report["outcome"]),
        (0, &"same".into()),
        "{report:#}"
    );
    assert!(
        report["plan"]
            .as_str()
            .is_some_and(|digest| digest.starts_with("sha256:"))
    );
    for id in ["a", "b"] {
        assert_eq!(provider(&report, id)["applied"], 1, "{report:#}");
        assert!(project.stored(id).expect("a zone").contains("192.0.2.77"));
    }
    project.run(&["check"]).expect_code(0);
    refused(
        &project,
        &[
            "`www A` is `192.0.2.77` (TTL 300) at `a` now, where the plan found `192.0.2.1` (TTL 300); run 2 (",
            "made it so",
        ],
        "PLN02",
    );
}

#[test]
fn a_zone_that_a_provider_lacks_can_be_planned_ahead() {
    let project = Project::pair();
    project.run(&["plan", "--out", "plan.json"]).expect_code(0);
    let plan: Value = serde_json::from_str(&project.read("plan.json")).expect("JSON");
    assert_eq!(plan["zones"][0]["providers"][0]["base"], Value::Null);
    project.run(&APPLY).expect(0, &["all are current"]);
    refused(&project, &["`a` lacked the zone, and has it now"], "PLN02");
}

#[test]
fn an_edit_of_the_file_is_named() {
    let project = planned();
    project.edit(FILE, "192.0.2.77", "192.0.2.78");
    project.edit(FILE, "h3 A 192.0.2.13", "h3 A 192.0.2.33");
    let report = refused(
        &project,
        &[
            "zones/example.test.zone:9:1: error[PLN01]: `www A` is `192.0.2.78` (TTL 300) in the zone file now",
            "`h3 A` is `192.0.2.33` (TTL 300) in the zone file now, where it was `192.0.2.13` (TTL 300)",
        ],
        "PLN01",
    );
    let findings = report["zones"][0]["findings"].as_array().expect("a list");
    assert_eq!(
        findings.len(),
        2,
        "once a file, not once a provider: {report:#}"
    );
    project.edit(FILE, "192.0.2.78", "192.0.2.77");
    project.edit(FILE, "192.0.2.33", "192.0.2.13");
    project.run(&APPLY).expect_code(0);
}

#[test]
fn a_change_at_one_provider_is_named_with_the_provider() {
    let project = planned();
    project.edit(&stored_file("b"), "192.0.2.13", "192.0.2.66");
    let report = refused(
        &project,
        &[
            "`h3 A` is `192.0.2.66` (TTL 300) at `b` now, where it was `192.0.2.13` (TTL 300); no run on record \
           here did",
        ],
        "PLN02",
    );
    let findings = report["zones"][0]["findings"].as_array().expect("a list");
    let named: Vec<_> = findings
        .iter()
        .map(|finding| (&finding["provider"], &finding["name"], &finding["type"]))
        .collect();
    assert_eq!(
        named,
        [(&"b".into(), &"h3.example.test.".into(), &"A".into())]
    );
}

#[test]
fn accounts_and_zones_that_came_or_went_are_named() {
    let project = planned().embedded("c");
    refused(
        &project,
        &["`c` takes `example.test.` now, and the plan knows nothing of it"],
        "PLN03",
    );
    fs::remove_file(project.path("providers/c.toml")).expect("removed");
    fs::remove_file(project.path("providers/b.toml")).expect("removed");
    refused(
        &project,
        &["no account `b` takes `example.test.` now"],
        "PLN03",
    );

    let foreign = Project::new().zone("example.net", ZONE).embedded("a");
    foreign.write("plan.json", &project.read("plan.json"));
    foreign
        .run(&APPLY)
        .expect(4, &["PLN01", "the zone `example.test.`, which has no file"]);
    let (code, report) = foreign.json(&APPLY);
    assert_eq!((code, &report["findings"][0]["code"]), (4, &"PLN01".into()));
}

#[test]
fn who_was_left_out_stays_left_out() {
    let project = Project::synced();
    project.append("new A 192.0.2.99\n");
    project
        .run(&["plan", "--without", "b", "--out", "plan.json"])
        .expect_code(0);
    let (code, report) = project.json(&APPLY);
    assert_eq!(code, 0, "{report:#}");
    assert_eq!(
        report["zones"][0]["providers"].as_array().map(Vec::len),
        Some(1)
    );
    assert!(!project.stored("b").expect("a zone").contains("192.0.2.99"));
}

#[test]
fn a_provider_that_is_unknown_has_no_saved_plan() {
    let project = Project::synced();
    project.edit(&stored_file("b"), "192.0.2.13", "192.0.2.1.3");
    project
        .run(&["plan", "--out", "plan.json"])
        .expect(2, &["the plan was not saved", "--without"]);
    assert!(!project.path("plan.json").exists());
    project
        .run(&["plan", "--out", "plan.json", "--without", "b"])
        .expect_code(0);
    let (code, report) = project.json(&["plan", "--out", "none/plan.json", "-p", "a"]);
    assert_eq!((code, &report["findings"][0]["code"]), (2, &"RUN09".into()));
}

#[test]
fn a_provider_that_is_unknown_later_changes_nobody() {
    let project = planned();
    project.edit(&stored_file("b"), "192.0.2.13", "192.0.2.1.3");
    let before = project.stored("a");
    project
        .run(&APPLY)
        .expect(2, &["nothing was changed", "make a new plan"]);
    assert_eq!(project.stored("a"), before);
}

#[test]
fn guards_judge_again_when_a_plan_is_applied() {
    let project = Project::synced();
    project.edit(FILE, "_dmarc TXT \"v=DMARC1; p=none\"\n", "");
    project
        .run(&["plan", "--out", "plan.json"])
        .expect(0, &["--allow-protected"]);
    project
        .run(&APPLY)
        .expect(4, &["--allow-protected", "nothing was changed"]);
    project
        .run(&[&APPLY[..], &["--allow-protected"]].concat())
        .expect_code(0);
}

#[test]
fn a_file_that_is_no_plan_is_trouble() {
    let project = planned();
    let good = project.read("plan.json");
    for (text, phrase) in [
        ("", "not a saved plan"),
        ("{\"version\": 1}", "missing field `zones`"),
        (&good[..good.len() - 9], "not a saved plan"),
        (
            &good.replace("\"version\": 1", "\"version\": 9"),
            "version 9; this program knows version 1",
        ),
        (
            &project.json(&["plan"]).1.to_string(),
            "unknown field `command`",
        ),
    ] {
        project.write("plan.json", text);
        project
            .run(&APPLY)
            .expect(2, &["plan.json:1:1: error[PLN04]", phrase]);
        let (code, report) = project.json(&APPLY);
        assert_eq!((code, &report["findings"][0]["code"]), (2, &"PLN04".into()));
    }
    fs::remove_file(project.path("plan.json")).expect("removed");
    project
        .run(&APPLY)
        .expect(2, &["cannot read the saved plan"]);
}

#[test]
fn zones_and_accounts_are_those_of_the_plan() {
    let project = planned();
    for more in [&[ORIGIN][..], &["-p", "a"], &["--without", "a"]] {
        project
            .run(&[&APPLY[..], more].concat())
            .expect(2, &["cannot be used with"]);
    }
}

#[test]
fn the_same_input_gives_the_same_octets_and_no_secret() {
    let text = |project: &Project| {
        project.run(&["plan", "--out", "plan.json"]).expect_code(0);
        project.read("plan.json")
    };
    let one = Project::pair().variable("KEY", "c2VjcmV0LW9mLXRoZS1rZXk=");
    let first = text(&one);
    assert_eq!(text(&one), first);
    for word in [
        "127.0.0.1",
        "/tmp",
        "2026",
        "c2VjcmV0",
        "listen",
        &*one.path("").to_string_lossy(),
    ] {
        assert!(!first.contains(word), "{word} in {first}");
    }
    // Another directory, other ports, the accounts made in another order.
    let other = Project::new()
        .embedded("b")
        .embedded("a")
        .zone(ORIGIN, ZONE);
    assert_eq!(text(&other), first);
    // The file in another order and another spelling, with another serial.
    let mut lines: Vec<&str> = ZONE.lines().collect();
    lines[2..].reverse();
    let respelled = lines.join("\n").replace("1 4h", "77 14400") + "\n";
    let third = Project::pair().zone(ORIGIN, &respelled);
    assert_eq!(text(&third), first);
    let path = Path::new("sub/plan.json");
    fs::create_dir(other.path("sub")).expect("created");
    other
        .run(&["plan", "--out", &path.to_string_lossy()])
        .expect_code(0);
    assert_eq!(other.read("sub/plan.json"), first);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(other.path("sub/plan.json"))
            .expect("a file")
            .permissions()
            .mode();
        assert_ne!(mode & 0o044, 0, "others may read it");
    }
    assert_eq!(
        fs::read_dir(other.path("sub")).expect("a folder").count(),
        1
    );
}

#[test]
fn changes_stand_in_the_order_of_writing() {
    let project = Project::synced();
    project.edit(FILE, "h1 A 192.0.2.11\n", "");
    project.append("zz A 192.0.2.99\nalias CNAME zz\n");
    let (_, report) = project.json(&["plan", "--out", "plan.json"]);
    let order = [
        "create zz.example.test. A",
        "create alias.example.test. CNAME",
        "delete h1.example.test. A",
    ];
    assert_eq!(changes(&report, "a"), order);
    let plan: Value = serde_json::from_str(&project.read("plan.json")).expect("JSON");
    assert_eq!(
        plan["zones"][0]["providers"][0]["changes"][0]["name"],
        "zz.example.test."
    );
    let text = project.run(&["plan"]).stdout;
    let at = |word: &str| {
        text.find(word)
            .unwrap_or_else(|| panic!("no {word} in {text}"))
    };
    assert!(
        at("alias") < at("h1") && at("h1") < at("zz "),
        "people look names up: {text}"
    );
}

#[test]
fn a_comment_says_the_plan_short_first() {
    let project = planned();
    let comment = project
        .run(&["plan", "--format", "markdown"])
        .expect_code(0)
        .stdout;
    assert!(
        comment.starts_with(
            "### redundns plan: 2 changes in 1 of 1 zone\n\n- `example.test.`: **+0 ~1 -0** at `a`, the same at `b`\n\n<details>"
        ),
        "{comment}"
    );
    assert!(
        comment.contains("```diff\n- www 300 A 192.0.2.1\n+ www 300 A 192.0.2.77\n```\n"),
        "{comment}"
    );
    let stale = project
        .run(&["check", "--format", "markdown"])
        .expect_code(1)
        .stdout;
    assert!(
        stale.contains("1 difference in what nameservers answer"),
        "{stale}"
    );
    let made = project
        .run(&[&APPLY[..], &["--format", "markdown"]].concat())
        .expect_code(0)
        .stdout;
    assert!(
        made.starts_with("### redundns sync: nothing differs"),
        "{made}"
    );
    assert!(made.contains("1 made at `a`, 1 made at `b`"), "{made}");
    let refused = project
        .run(&[&APPLY[..], &["--format", "markdown"]].concat())
        .expect_code(4)
        .stdout;
    assert!(
        refused.contains("### redundns sync: **refused**"),
        "{refused}"
    );
    assert!(
        refused.contains("**error** \\[PLN02\\]: `www A` is `192.0.2.77`"),
        "{refused}"
    );
    let same = project
        .run(&["plan", "--format", "markdown"])
        .expect_code(0)
        .stdout;
    assert_eq!(
        same,
        "### redundns plan: nothing to change in 1 zone\n\n- `example.test.`: nothing to change at `a`, `b`\n"
    );
    project
        .run(&["providers", "--format", "markdown"])
        .expect(2, &["`providers` has no format `markdown`"]);
    project
        .run(&["plan", "--format", "markdown", "example.net"])
        .expect(2, &["no zone file for `example.net`", "**trouble**"]);
}
