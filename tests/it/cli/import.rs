//! `import`: a provider's zone as a file, and what is never overwritten.

use super::{ORIGIN, Project, changes, stored_file};

const FILE: &str = "got.zone";

#[test]
fn a_zone_becomes_a_file_that_a_plan_has_nothing_to_say_to() {
    let project = Project::synced();
    let own = format!("zones/{ORIGIN}.zone");
    let before = project.read(&own);
    project
        .run(&["import", "a", ORIGIN])
        .expect(2, &["is there already", "--output"]);
    assert_eq!(project.read(&own), before);

    std::fs::remove_file(project.path(&own)).expect("the zone file");
    project.run(&["import", "a", ORIGIN]).expect(
        0,
        &[
            "wrote zones/example.test.zone: 13 record sets",
            "= a plan for a is empty",
        ],
    );
    let text = project.read(&own);
    for line in [
        "; example.test, as it was on ",
        "from account `a` (embedded)",
        "$ORIGIN example.test.",
        "$TTL 300",
        "@       SOA  ns1.a.example. hostmaster (",
        "; Mail\n@       MX   10 mail\n_dmarc  TXT  \"v=DMARC1; p=none\"\n",
        "h1      A    192.0.2.11\nh2      A    192.0.2.12\n",
    ] {
        assert!(text.contains(line), "`{line}` is not in:\n{text}");
    }
    project.run(&["plan", "--exit-code"]).expect_code(0);
    project.run(&["lint", "--strict"]).expect_code(0);
}

#[test]
fn stdout_takes_the_file_alone() {
    let project = Project::synced();
    let output = project
        .run(&["import", "a", ORIGIN, "--output", "-"])
        .expect_code(0);
    project.write("zones/other.zone", &output.stdout);
    let print = |file: &str| {
        project
            .run(&["lint", "--print", file, "--origin", ORIGIN])
            .stdout
    };
    let without_soa = |text: String| -> Vec<String> {
        let lines = text.lines().filter(|line| !line.contains(" SOA "));
        lines.map(str::to_owned).collect()
    };
    let printed = without_soa(print("zones/other.zone"));
    assert_eq!(printed.len(), 13);
    assert_eq!(printed, without_soa(print(&format!("zones/{ORIGIN}.zone"))));
    project
        .run(&["import", "a", ORIGIN, "--output", "-", "--json"])
        .expect(2, &["stdout has room for one"]);
}

#[test]
fn of_two_that_differ_somebody_chooses() {
    let project = Project::synced();
    project.edit(&stored_file("b"), "192.0.2.1\n", "192.0.2.99\n");
    project.edit(&stored_file("b"), "h6.example.test.", "h7.example.test.");
    let import = ["import", "a", "b", ORIGIN, "--output", FILE];
    project.run(&import).expect(
        1,
        &[
            "a and b differ in 3 record sets",
            "- h6 A a 300 192.0.2.16 b does not have it",
            "+ h7 A",
            "~ www A a 300 192.0.2.1 b 300 192.0.2.99",
            "--prefer ACCOUNT",
        ],
    );
    assert!(!project.path(FILE).exists());
    let (code, report) = project.json(&import);
    assert_eq!(code, 1);
    assert_eq!(changes(&report, "a"), [""; 0]);
    assert_eq!(changes(&report, "b").len(), 3, "{report:#}");

    project
        .run(&[&import[..], &["--prefer", "c"]].concat())
        .expect(2, &["there is no account `c`"]);
    project
        .run(&[&import[..], &["--prefer", "b"]].concat())
        .expect(
            0,
            &[
                "= a plan for b is empty",
                "what a sync would change now",
                "h7",
            ],
        );
    let text = project.read(FILE);
    assert!(
        text.contains("192.0.2.99") && !text.contains("h6"),
        "{text}"
    );
}

#[test]
fn what_makes_no_sense_is_told_at_once() {
    let project = Project::synced();
    project
        .run(&["import", "nobody", "exa..mple", "--prefer", "a"])
        .expect(
            2,
            &[
                "there is no account `nobody`",
                "enabled accounts: `a`, `b`",
                "none of the accounts",
                "is no zone",
            ],
        );
    project
        .run(&["import", "a", "elsewhere.test"])
        .expect(2, &["`a` cannot be read"]);
    assert!(!project.path("zones/elsewhere.test.zone").exists());
}
