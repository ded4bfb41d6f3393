//! After a run that was cut off the next one says what is known and what is not, and goes on from what is there.

use super::{Project, ZONE, stored_file};

/// A project whose second run, one call a change, was cut off behind the line of its journal that `is_last` picks.
fn cut_off(is_last: impl Fn(&str) -> bool) -> Project {
    let project = Project::synced();
    for id in ["a", "b"] {
        let file = format!("providers/{id}.toml");
        project.write(&file, &(project.read(&file) + "batch = 1\n"));
    }
    project.append("n1 A 192.0.2.41\nn2 A 192.0.2.42\nn3 A 192.0.2.43\n");
    project.run(&["sync", "--yes"]).expect_code(0);
    let journal = ".redundns/journal/000002.jsonl";
    let text = project.read(journal);
    let mut kept = String::new();
    for line in text.lines() {
        kept.push_str(line);
        kept.push('\n');
        if is_last(line) {
            break;
        }
    }
    assert!(kept.len() < text.len(), "{text}");
    project.write(journal, &kept);
    // Nobody came to the other provider.
    project.write(
        &stored_file("b"),
        &without(&project, "b", &["n1", "n2", "n3"]),
    );
    project
}

/// What `id` holds, without these names.
fn without(project: &Project, id: &str, names: &[&str]) -> String {
    let stored = project.stored(id).expect("a zone");
    let is_left = |line: &&str| !names.iter().any(|name| line.starts_with(name));
    lines(stored.lines().filter(is_left))
}

/// Each with its line break.
fn lines<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    lines.flat_map(|line| [line, "\n"]).collect()
}

fn is_second_intent(line: &str) -> bool {
    line.contains("\"intent\"") && line.contains("\"call\":2")
}

#[test]
fn a_call_that_nobody_heard_of_again_is_looked_up() {
    for (gone, words) in [
        (&["n3"][..], "read again: 1 made (`n2.example.test. A`)"),
        (
            &["n2", "n3"],
            "read again: 1 not made (`n2.example.test. A`)",
        ),
    ] {
        let project = cut_off(is_second_intent);
        project.write(&stored_file("a"), &without(&project, "a", gone));
        project.run(&["sync", "--yes"]).expect(
            0,
            &[
                "RUN06",
                "run 2 (",
                "was cut off: `a`, example.test.: 1 of 3 changes made, 1 unknown (`n2.example.test. A`), 1 not begun",
                words,
                "`b`, example.test.: 0 of 3 changes made, 0 unknown, 3 not begun",
            ],
        );
        project.run(&["check"]).expect_code(0);
        project.run(&["history"]).expect(0, &["no end on record"]);
        let said = project.run(&["sync", "--yes"]).expect(0, &[]).said();
        assert!(!said.contains("RUN06"), "{said}");
    }
}

#[test]
fn a_run_that_was_cut_off_in_the_middle_of_a_line_is_as_if_the_line_were_not_there() {
    let project = cut_off(is_second_intent);
    let journal = ".redundns/journal/000002.jsonl";
    let text = project.read(journal);
    project.write(journal, &text[..text.len() - 20]);
    project.run(&["sync", "--yes"]).expect(
        0,
        &["`a`, example.test.: 1 of 3 changes made, 0 unknown, 2 not begun"],
    );
    let said = project.run(&["history"]).expect(0, &[]).said();
    assert!(!said.contains("RUN07"), "{said}");
}

#[test]
fn what_may_have_been_made_is_undone_too() {
    let project = cut_off(is_second_intent);
    project.write(&stored_file("a"), &without(&project, "a", &["n3"]));
    project
        .run(&["undo", "2", "--yes"])
        .expect(0, &["2 changes made"]);
    let left = project.stored("a").expect("a zone");
    assert!(!left.contains("n1") && !left.contains("n2"), "{left}");
}

#[test]
fn a_run_that_was_cut_off_before_it_wrote_or_after_it_did_is_only_mentioned() {
    let project = cut_off(|line| line.contains("\"begun\""));
    project
        .run(&["sync", "--yes"])
        .expect(0, &["before it changed anything"]);
    let project = Project::synced();
    project.append("n1 A 192.0.2.41\n");
    project.run(&["sync", "--yes"]).expect_code(0);
    let journal = ".redundns/journal/000002.jsonl";
    let text = project.read(journal);
    let whole = text.trim_end().rfind('\n').expect("lines") + 1;
    project.write(journal, &text[..whole]);
    project
        .run(&["sync", "--yes"])
        .expect(0, &["after its last change"]);
}

#[test]
fn a_first_sync_that_was_cut_off_is_gone_on_with_and_needs_no_permission() {
    let project = Project::synced();
    project.write(".redundns/contacts.json", r#"{"version":1,"contacts":[]}"#);
    let journal = project.read(".redundns/journal/000001.jsonl");
    let first = lines(journal.lines().take(2));
    project.write(".redundns/journal/000001.jsonl", &first);
    project
        .run(&["sync", "--yes"])
        .expect(0, &["RUN06", "nothing to change"]);
    assert!(
        project.stored("a").expect("a zone").contains("192.0.2.16"),
        "{ZONE}"
    );
}
