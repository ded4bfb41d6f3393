//! `lint`, and the commands that need no project at all.

use super::{ORIGIN, Project, ZONE, finish, program};
use crate::world::program as installed;

const FILE: &str = "zones/example.test.zone";

#[test]
fn all_findings_come_at_once_with_their_places() {
    let project = Project::pair();
    project.append("www CNAME other\nbad A 192.0.2\nout.example.org. A 192.0.2.1\nq TXT \"open\n");
    let output = project.run(&["lint"]).expect(1, &[]);
    assert_eq!(output.stdout, "");
    for place in ["16:", "17:7: error", "18:1: error", "19:7: error"] {
        let place = format!("{FILE}:{place}");
        let has = output.stderr.lines().any(|line| line.starts_with(&place));
        assert!(has, "no line begins with {place}:\n{}", output.stderr);
    }
    let printed = project.run(&["lint", "--print", FILE]).expect_code(1);
    assert_eq!(printed.stdout, "", "an error prints nothing");
    let (code, report) = project.json(&["lint"]);
    assert_eq!((code, &report["outcome"]), (1, &"differs".into()));
    let findings = report["zones"][0]["findings"].as_array().expect("a list");
    assert!(
        findings
            .iter()
            .any(|finding| finding["line"] == 17 && finding["column"] == 7)
    );
    for command in ["plan", "check", "sync"] {
        project
            .run(&[command])
            .expect(2, &["example.test.zone:17:7"]);
    }
    assert_eq!(project.stored("a"), None);
}

#[test]
fn what_lint_prints_reads_back_to_itself() {
    let project = Project::pair();
    let first = project
        .run(&["lint", "--print", FILE])
        .expect_code(0)
        .stdout;
    assert_eq!(first.lines().count(), 14, "{first}");
    for line in first.lines() {
        let words: Vec<&str> = line.split_ascii_whitespace().take(4).collect();
        assert!(words[0].ends_with("example.test."), "{line}");
        assert!(
            words[1].parse::<u32>().is_ok() && words[2] == "IN",
            "{line}"
        );
    }
    project.write(FILE, &first);
    let second = project
        .run(&["lint", "--print", FILE])
        .expect_code(0)
        .stdout;
    assert_eq!(first, second);
}

#[test]
fn what_lint_prints_is_a_zone_to_bind_too() {
    let Some(judge) = installed("named-checkzone") else {
        let _ = crate::world::require("named-checkzone", "bind9-utils");
        return;
    };
    let project = Project::pair();
    let printed = project
        .run(&["lint", "--print", FILE])
        .expect_code(0)
        .stdout;
    project.write("printed", &printed);
    let output = std::process::Command::new(judge)
        .args(["-i", "local", ORIGIN])
        .arg(project.path("printed"))
        .output()
        .expect("it runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
}

#[test]
fn warnings_pass_unless_strict() {
    let project = Project::pair();
    project.append("alias CNAME nowhere\n");
    project
        .run(&["lint"])
        .expect(0, &["example.test.zone:16:", "warning", "1 warning"]);
    project.run(&["lint", "--strict"]).expect(1, &["warning"]);
}

#[test]
fn a_file_outside_of_any_project_takes_its_origin_from_its_name_or_the_flag() {
    let directory = tempfile::tempdir().expect("a directory");
    let lint = |arguments: &[&str]| finish(&mut program(directory.path(), arguments));
    std::fs::write(directory.path().join("example.test.zone"), ZONE).expect("a file");
    std::fs::write(directory.path().join("db"), ZONE).expect("a file");
    let own = lint(&["lint", "--print", "example.test.zone"])
        .expect_code(0)
        .stdout;
    let told = lint(&["lint", "--print", "db", "--origin", ORIGIN])
        .expect_code(0)
        .stdout;
    assert_eq!(own, told);
    lint(&["lint", "missing.zone"]).expect(2, &["cannot read the zone file"]);
    lint(&["lint"]).expect(2, &["no zone file is named", "hint"]);
}

#[test]
fn what_a_named_file_includes_lies_beside_it_wherever_lint_runs() {
    let directory = tempfile::tempdir().expect("a directory");
    let inner = directory.path().join("in");
    std::fs::create_dir(&inner).expect("a directory");
    let zone = format!("{ZONE}$INCLUDE more.inc\n");
    std::fs::write(inner.join("example.test.zone"), zone).expect("a file");
    std::fs::write(inner.join("more.inc"), "more A 192.0.2.9\n").expect("a file");
    for (place, file) in [
        (directory.path(), "in/example.test.zone"),
        (directory.path(), "./in/example.test.zone"),
        (&*inner, "example.test.zone"),
    ] {
        let output = finish(&mut program(place, &["lint", "--print", file])).expect_code(0);
        let more = "more.example.test. ";
        assert!(output.stdout.contains(more), "{}", output.stdout);
    }
}

#[test]
fn explain_knows_every_code_that_it_lists() {
    let project = Project::new();
    let listed = project.run(&["explain"]).expect_code(0).stdout;
    let codes: Vec<&str> = listed
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(
        codes.contains(&"GRD04") && codes.contains(&"CFG10"),
        "{listed}"
    );
    for code in ["GRD01", "CFG03", "RUN02", "ZON10", "FIT09"] {
        project.run(&["explain", code]).expect(0, &[code]);
    }
    project.run(&["explain", "grd01"]).expect(0, &["GRD01"]);
    project
        .run(&["explain", "NOPE1"])
        .expect(2, &["`NOPE1`", "hint"]);
}

#[test]
fn completions_the_manual_and_help_need_no_project() {
    let directory = tempfile::tempdir().expect("a directory");
    let say = |arguments: &[&str]| finish(&mut program(directory.path(), arguments));
    for shell in ["bash", "zsh", "fish"] {
        let output = say(&["completions", shell]).expect(0, &["redundns", "sync"]);
        assert_eq!(output.stderr, "");
    }
    say(&["man"]).expect(0, &[".TH redundns", "Exit codes"]);
    say(&["--help"]).expect(0, &["Exit codes", "Could not verify is never 0"]);
    say(&["--version"]).expect(0, &[env!("CARGO_PKG_VERSION")]);
    say(&["frobnicate"]).expect(2, &["unrecognized subcommand"]);
    say(&["sync", "--timeout", "soon"]).expect(2, &["write a number and a unit"]);
    say(&["check", "--dns-only", "--api-only"]).expect(2, &["cannot be used with"]);
}

#[test]
fn accounts_that_cannot_be_read_are_not_passed_over() {
    let project = Project::pair().account("b", "adapter = \"nope\"\n");
    project
        .run(&["lint"])
        .expect(2, &["b.toml:1:11", "`nope` is no adapter"]);
    let (code, report) = project.json(&["lint"]);
    assert_eq!((code, &report["findings"][0]["code"]), (2, &"CFG04".into()));
    // A file that is named is looked at for its own sake.
    let named = project.run(&["lint", "--print", FILE]).expect_code(0);
    assert_eq!(named.stdout.lines().count(), 14);
}

#[test]
fn quiet_says_the_outcome_alone() {
    let project = Project::pair();
    let output = project.run(&["sync", "--yes", "--quiet"]).expect_code(0);
    assert_eq!(output.stderr, "");
    assert!(!output.stdout.contains("+ www"), "{}", output.stdout);
    assert!(
        output.stdout.contains("agree, and all are current"),
        "{}",
        output.stdout
    );
    let lint = project.run(&["lint", "-q"]).expect_code(0);
    assert_eq!(lint.said().trim(), "");
}

#[test]
fn providers_in_one_network_are_warned_of_without_asking_anybody() {
    let project = Project::pair();
    let account = |address: &str| {
        format!(
            "adapter = \"powerdns\"\nnameservers = [{{ name = \"ns1.a.example.\", addresses = [\"{address}\"] }}]\n"
        )
    };
    let project = project.account("a", &account("192.0.2.1"));
    let near = project.account("b", &account("192.0.2.2"));
    near.run(&["lint"])
        .expect(0, &["DIV02", "`a` and `b`", "192.0.2.0/24"]);
    let far = near.account("b", &account("198.51.100.1"));
    let said = far.run(&["lint"]).expect_code(0);
    assert!(!said.stderr.contains("DIV02"), "{}", said.stderr);
}
