//! Declared exceptions: one provider differs on purpose, visibly, and is held to it.

use super::{Project, changes, differences, stored_file};

fn declared(entries: &[&str]) -> String {
    entries
        .iter()
        .flat_map(|entry| ["[[zones.\"example.test\".exception]]\n", entry, "\n"])
        .collect()
}

const WWW: &str = "provider = \"b\"\nname = \"www\"\ntype = \"A\"\nrecords = [\"192.0.2.99\"]\nreason = \"behind a filter\"";

#[test]
fn the_provider_gets_what_is_declared_and_everybody_sees_it() {
    let project = Project::synced();
    project.write("redundns.toml", &declared(&[WWW]));
    let said = "= www A  exception at b: \"behind a filter\"";
    let plan = project.run(&["plan"]).expect(0, &[said]);
    assert!(plan.stdout.contains("a (embedded)  nothing to change"));
    project
        .run(&["sync", "--yes"])
        .expect(0, &[said, "all are current", "(1 difference explained)"]);
    assert!(project.stored("b").expect("a zone").contains("192.0.2.99"));
    assert!(!project.stored("a").expect("a zone").contains("192.0.2.99"));
    project.run(&["check", "--api-only"]).expect(0, &[said]);
    for command in [&["check"][..], &["check", "--dns-only"]] {
        project.run(command).expect(
            0,
            &[
                "www A: differs",
                "explained exception at b: behind a filter",
                "at b 300 192.0.2.99",
            ],
        );
        let (code, report) = project.json(command);
        assert_eq!(
            (code, differences(&report)),
            (0, vec!["www.example.test. A differs".to_owned()])
        );
        let zone = &report["zones"][0];
        assert_eq!(zone["agreement"]["differ"], 0);
        let exception = serde_json::json!({
            "provider": "b", "name": "www.example.test.", "type": "A", "reason": "behind a filter",
            "expected": { "ttl": 300, "rdata": ["192.0.2.99"] },
        });
        assert_eq!(zone["exceptions"][0], exception);
        assert_eq!(zone["differences"][0]["exceptions"][0], exception);
    }
}

#[test]
fn the_wrong_answer_there_is_drift_even_where_it_is_the_files() {
    let project = Project::synced();
    project.write("redundns.toml", &declared(&[WWW]));
    let (code, report) = project.json(&["check"]);
    assert_eq!(
        (code, changes(&report, "b")),
        (1, vec!["replace www.example.test. A".to_owned()])
    );
    assert!(changes(&report, "a").is_empty());
    let difference = &report["zones"][0]["differences"][0];
    assert_eq!(differences(&report), ["www.example.test. A differs"]);
    assert!(difference["explained"].is_null(), "{difference:#}");
    project.run(&["sync", "--yes"]).expect_code(0);
    project.edit(&stored_file("a"), "192.0.2.1\n", "192.0.2.99\n");
    let (code, report) = project.json(&["check", "--dns-only"]);
    assert_eq!(
        (code, differences(&report)),
        (1, vec!["www.example.test. A differs".to_owned()])
    );
}

#[test]
fn a_set_can_be_absent_or_stand_at_one_provider_alone() {
    let project = Project::synced();
    let entries = [
        "provider = \"b\"\nname = \"h1\"\ntype = \"A\"\nabsent = true\nreason = \"not there\"",
        "provider = \"a\"\nname = \"only.example.test.\"\ntype = \"TXT\"\nttl = 60\nrecords = ['\"x\"']\nreason = \"a token\"",
    ];
    project.write("redundns.toml", &declared(&entries));
    project
        .run(&["sync", "--yes"])
        .expect(0, &["h1 A", "only TXT", "all are current", "explained)"]);
    for command in [&["check"][..], &["check", "--dns-only"]] {
        let (code, report) = project.json(command);
        let told = report["zones"][0]["differences"]
            .as_array()
            .expect("a list");
        assert!(
            told.iter().all(|one| one["explained"].is_string()),
            "{report:#}"
        );
        // That the name is gone there is told of the type that no provider has as well.
        assert_eq!((code, told.len()), (0, 3), "{report:#}");
    }
    project.append("only 60 TXT x\n");
    project
        .run(&["lint"])
        .expect(0, &["warning[EXC01]", "redundns.toml:8:"]);
}

#[test]
fn everything_that_is_wrong_with_exceptions_is_placed() {
    let project = Project::pair();
    let entries = [
        "provider = \"c\"\nname = \"@\"\ntype = \"SOA\"\nabsent = true\nreason = \"x\"",
        "provider = \"a\"\nname = \"www.example.org.\"\ntype = \"BOGUS\"\nabsent = true\nreason = \"\"",
        "provider = \"a\"\nname = \"www\"\ntype = \"A\"\nrecords = [\"192.0.2.300\"]\nreason = \"x\"",
        "provider = \"a\"\nname = \"www\"\ntype = \"A\"\nreason = \"x\"",
    ];
    project.write("redundns.toml", &declared(&entries));
    project.run(&["plan"]).expect(
        2,
        &[
            "no account `c`",
            "redundns.toml:2:12",
            "the SOA takes no exception",
            "`www.example.org.` is not in the zone",
            "`BOGUS` is no record type",
            "redundns.toml:12:10",
            "needs a reason",
            "`192.0.2.300` is no A record",
            "redundns.toml:17:12",
            "either `records` or `absent = true`",
        ],
    );
    let entries = [
        "provider = \"a\"\nname = \"new\"\ntype = \"A\"\nrecords = [\"192.0.2.1\"]\nreason = \"x\"",
        "provider = \"b\"\nname = \"www\"\ntype = \"CNAME\"\nttl = 60\nrecords = [\"mail\"]\nreason = \"x\"",
    ];
    project.write("redundns.toml", &declared(&entries));
    project.run(&["plan"]).expect(
        2,
        &[
            "redundns.toml:2:12",
            "error[EXC02]",
            "needs a `ttl`",
            "redundns.toml:8:12",
            "CNAME",
        ],
    );
}

#[test]
fn a_fixed_apex_ns_set_is_usable_where_that_is_declared() {
    let project = Project::synced();
    let account = project.read("providers/b.toml");
    let fixed = "\n[capabilities]\napex_ns = \"fixed\"\n";
    project.write("providers/b.toml", &(account.clone() + fixed));
    project
        .run(&["lint"])
        .expect(1, &["FIT06", "`apex_ns = \"provider\"` in the account `b`"]);
    project.write(
        "providers/b.toml",
        &format!("apex_ns = \"provider\"\n{account}{fixed}"),
    );
    let stored = project.stored("b").expect("a zone");
    let own: String = stored
        .split_inclusive('\n')
        .filter(|line| !line.ends_with("ns1.a.example.\n"))
        .collect();
    assert_ne!(own, stored);
    project.write(&stored_file("b"), &own);
    project.append("new A 192.0.2.98\n");
    project
        .run(&["sync", "--yes"])
        .expect(0, &["EXC03", "its own apex NS set", "all are current"]);
    assert!(
        !project
            .stored("b")
            .expect("a zone")
            .contains("ns1.a.example.\n")
    );
    for command in [&["check"][..], &["check", "--dns-only"]] {
        let (code, report) = project.json(command);
        assert_eq!(
            (code, differences(&report)),
            (0, vec!["example.test. NS differs".to_owned()]),
            "{report:#}"
        );
        let explained = &report["zones"][0]["differences"][0]["explained"];
        assert_eq!(explained, "exception at b: the provider's own apex NS set");
    }
}
