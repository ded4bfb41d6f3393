//! A run is put back as a plan like any other: guarded, confirmed, proved, and without what others changed since.

use super::{Project, changes, stored_file};

fn edited() -> Project {
    let project = Project::synced();
    let file = "zones/example.test.zone";
    project.edit(
        file,
        "www A 192.0.2.1\n",
        "www A 192.0.2.77\nnew CNAME www\n",
    );
    project.edit(file, "h6 A 192.0.2.16\n", "");
    project.run(&["sync", "--yes"]).expect_code(0);
    project
}

fn records(project: &Project, id: &str) -> Vec<String> {
    let stored = project.stored(id).expect("a zone");
    stored
        .lines()
        .filter(|line| !line.contains("SOA"))
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_run_is_put_back_and_an_undo_is_undone_like_any_other_run() {
    let project = edited();
    let new = records(&project, "a");
    project
        .run(&["undo"])
        .expect(2, &["nothing was changed", "--yes"]);
    assert_eq!(records(&project, "a"), new);

    let (code, report) = project.json(&["undo", "--yes"]);
    assert_eq!(
        (code, &report["outcome"]),
        (0, &"same".into()),
        "{report:#}"
    );
    for id in ["a", "b"] {
        let expected = [
            "create h6.example.test. A",
            "delete new.example.test. CNAME",
            "replace www.example.test. A",
        ];
        let mut told = changes(&report, id);
        told.sort();
        assert_eq!(told, expected);
        let old = records(&project, id).join("\n") + "\n";
        assert!(old.contains("192.0.2.1\n") && old.contains("h6"), "{old}");
        assert!(!old.contains("192.0.2.77") && !old.contains("new"), "{old}");
    }
    let finding = &report["zones"][0]["findings"][0];
    assert_eq!(finding["code"], "UND02", "{report:#}");
    assert_eq!(finding["file"], "zones/example.test.zone");

    project
        .run(&["undo", "2", "--yes"])
        .expect(0, &["nothing to change"]);
    project
        .run(&["undo", "--yes", "3"])
        .expect(0, &["3 changes made"]);
    assert_eq!(records(&project, "a"), new);
    project.run(&["check"]).expect_code(0);
    project
        .run(&["history"])
        .expect(0, &["undo of 3", "undo of 2"]);
}

#[test]
fn the_last_run_that_wrote_something_is_meant_where_none_is_named() {
    let project = edited();
    project
        .run(&["sync", "--yes"])
        .expect(0, &["nothing to change"]);
    project
        .run(&["undo", "--yes"])
        .expect(0, &["3 changes made"]);
    project.run(&["history"]).expect(0, &["undo of 2"]);
}

#[test]
fn what_was_not_the_same_before_is_not_said_to_agree() {
    let project = Project::synced();
    project.edit(&stored_file("b"), "192.0.2.1\n", "203.0.113.5\n");
    project.append("new A 192.0.2.99\n");
    project.run(&["sync", "--yes"]).expect_code(0);
    let words = [
        "answer as their providers hold the zone, which is not the same everywhere",
        "warning[UND05]: the providers do not hold the same after this: `www.example.test. A`",
    ];
    project.run(&["undo", "--yes", "2"]).expect(1, &words);
    let old = records(&project, "b").join("\n") + "\n";
    assert!(old.contains("203.0.113.5\n"), "{old}");
    project.run(&["check"]).expect_code(1);
}

#[test]
fn what_somebody_changed_since_is_named_and_stays() {
    let project = edited();
    project.edit(&stored_file("b"), "192.0.2.77", "203.0.113.5");
    let (code, report) = project.json(&["undo", "--yes"]);
    assert_eq!(
        (code, &report["outcome"]),
        (1, &"differs".into()),
        "{report:#}"
    );
    let findings = report["zones"][0]["findings"].as_array().expect("findings");
    let conflict = findings
        .iter()
        .find(|finding| finding["code"] == "UND01")
        .expect("a conflict");
    assert_eq!(conflict["name"], "www.example.test.");
    assert_eq!(conflict["provider"], "b");
    let message = conflict["message"].as_str().expect("words");
    assert!(message.contains("203.0.113.5"), "{message}");
    assert!(records(&project, "b").join("\n").contains("203.0.113.5"));
    // The other provider's copy, and the record sets beside it, went back.
    assert!(
        records(&project, "a")
            .iter()
            .any(|line| line.ends_with(" 192.0.2.1"))
    );
    assert!(records(&project, "b").join("\n").contains("h6"));
}

#[test]
fn the_guards_look_at_an_undo_too() {
    let project = Project::synced();
    let before = project.stored("a");
    project
        .run(&["undo", "--yes"])
        .expect(4, &["GRD02", "--allow-empty", "GRD03"]);
    assert_eq!(project.stored("a"), before);
    project
        .run(&["undo", "--yes", "--allow-empty", "--allow-protected"])
        .expect(0, &["UND03", "created the zone", "changes made"]);
    let left = project.stored("a").expect("the zone stays");
    assert!(
        left.contains("SOA") && left.contains("NS") && !left.contains("www"),
        "{left}"
    );
}

#[test]
fn what_cannot_be_undone_is_said_and_changes_nothing() {
    let project = Project::pair();
    project
        .run(&["undo", "--yes"])
        .expect(2, &["no run that wrote anything"]);
    let project = edited();
    project
        .run(&["undo", "--yes", "7"])
        .expect(2, &["no run 7", "history"]);
    let account = project.read("providers/b.toml");
    project.write("providers/b.toml", &format!("enabled = false\n{account}"));
    let before = project.stored("a");
    project
        .run(&["undo", "--yes"])
        .expect(2, &["wrote to `b`", "--without b"]);
    assert_eq!(project.stored("a"), before);
    project
        .run(&["undo", "--yes", "--without", "b"])
        .expect_code(0);
    assert_ne!(project.stored("a"), before);
}

#[test]
fn no_zone_file_is_needed() {
    let project = edited();
    project.write("zones/example.test.zone", "www A nowhere\n");
    project
        .run(&["undo", "--yes"])
        .expect(0, &["3 changes made"]);
}
