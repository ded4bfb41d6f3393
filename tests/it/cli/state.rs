//! A state directory that cannot be written: nothing is changed that is not on record.

use std::process::Command;

use super::{Output, Project, finish};

/// The project after a sync, with six record sets more in its file and one call a change.
fn pending() -> Project {
    let project = Project::synced();
    for id in ["a", "b"] {
        let file = format!("providers/{id}.toml");
        project.write(&file, &(project.read(&file) + "batch = 1\n"));
    }
    let lines: Vec<String> = (1..7)
        .map(|n| format!("n{n} A 192.0.2.{}\n", 40 + n))
        .collect();
    project.append(&lines.concat());
    project
}

/// `sync --yes` where no file may grow beyond so many octets.
fn limited(project: &Project, octets: usize) -> Output {
    let mut command = Command::new("prlimit");
    command
        .arg(format!("--fsize={octets}"))
        .arg(env!("CARGO_BIN_EXE_redundns"))
        .args(["sync", "--yes"])
        .current_dir(project.path(""));
    finish(&mut command)
}

#[test]
fn a_journal_that_cannot_be_begun_refuses_the_sync() {
    let project = pending();
    let before = project.stored("a");
    let journal = project.path(".redundns/journal");
    std::fs::remove_dir_all(&journal).expect("removed");
    std::fs::write(&journal, "").expect("written");
    project
        .run(&["sync", "--yes"])
        .expect(2, &["journal cannot be begun", "nothing was changed"]);
    let (code, report) = project.json(&["sync", "--yes"]);
    assert_eq!(code, 2);
    let findings = report["findings"].as_array().expect("findings");
    assert!(
        findings.iter().any(|finding| finding["code"] == "RUN08"),
        "{report:#}"
    );
    assert_eq!(project.stored("a"), before);
    std::fs::remove_file(&journal).expect("removed");
    limited(&project, 0).expect(2, &["journal cannot be begun", "nothing was changed"]);
    assert_eq!(project.stored("a"), before);
    let left: Vec<_> = std::fs::read_dir(&journal).expect("a folder").collect();
    assert!(left.is_empty(), "{left:?}");
    project.run(&["sync", "--yes"]).expect_code(0);
}

#[test]
fn a_call_whose_intent_cannot_be_written_is_not_made() {
    let project = pending();
    let before = project.stored("a");
    // Room for the beginning, and for no snapshot.
    limited(&project, 500).expect(2, &["a snapshot cannot be kept", "RUN08"]);
    assert_eq!(project.stored("a"), before);
    project
        .run(&["history"])
        .expect(0, &["0 of 12 changes made"]);
}

#[test]
fn a_journal_that_fills_up_midway_stops_the_run_and_the_next_one_goes_on() {
    let mut stopped = 0;
    for octets in (1_000..6_000).step_by(500) {
        let project = pending();
        let output = limited(&project, octets);
        let stored = project.stored("a").expect("a zone");
        let made = (1..7).filter(|n| stored.contains(&format!("n{n}"))).count();
        if output.code != 3 {
            continue;
        }
        stopped += 1;
        output.expect(3, &["journal cannot be written", "RUN08"]);
        let (code, history) = project.json(&["history"]);
        assert_eq!(code, 0, "{history:#}");
        let part = &history["runs"][0]["parts"][0];
        let told =
            part["made"].as_u64().expect("a number") + part["unknown"].as_u64().expect("a number");
        assert_eq!(told, made as u64, "{history:#}");
        project.run(&["sync", "--yes"]).expect_code(0);
        project.run(&["check"]).expect_code(0);
        if stopped == 2 {
            break;
        }
    }
    assert!(stopped > 0);
}
