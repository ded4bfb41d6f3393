//! What the journal remembers, and for how long.

use std::fs;

use serde_json::Value;

use super::{Project, provider};
use crate::world::bind::Bind;
use crate::world::hosted::{Access, Hosted, KEY};

fn edit(project: &Project, from: u8, to: u8) {
    let line = |octet: u8| format!("www A 192.0.2.{octet}\n");
    project.edit("zones/example.test.zone", &line(from), &line(to));
}

/// The names of files in a folder of the project, sorted; none where it is missing.
fn files(project: &Project, folder: &str) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(project.path(folder))
        .map(|entries| {
            entries
                .map(|entry| {
                    entry
                        .expect("an entry")
                        .file_name()
                        .to_string_lossy()
                        .into_owned()
                })
                .collect()
        })
        .unwrap_or_default();
    names.sort();
    names
}

#[test]
fn every_run_is_on_record_with_who_what_and_what_was_answered_in_the_end() {
    let project = Project::pair()
        .variable("USER", "alice")
        .variable("HOSTNAME", "desk")
        .variable("CI_JOB_URL", "https://ci.example/jobs/7");
    project
        .run(&["history"])
        .expect(0, &["no run is on record"]);
    let (_, first) = project.json(&["sync", "--yes"]);
    let applied = ["a", "b"].map(|id| provider(&first, id)["applied"].as_u64());
    assert_eq!(
        applied,
        [Some(13); 2],
        "what creating the zone brings counts"
    );
    edit(&project, 1, 2);
    let (_, report) = project.json(&["sync", "--yes"]);
    assert_eq!(report["run"], "2");
    project.run(&["sync", "--yes"]).expect_code(0);

    let said = project.run(&["history"]).expect(0, &[]).stdout;
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 3, "{said}");
    for (line, words) in [
        (lines[0], ["3  ", "nothing to change"]),
        (lines[1], ["2  ", "2 changes made"]),
        (lines[2], ["1  ", "26 changes made"]),
    ] {
        for word in words.iter().chain(&["alice@desk", "sync", "same", "UTC"]) {
            assert!(line.contains(word), "`{word}` is not in {line}");
        }
    }

    project.run(&["history", "2"]).expect(
        0,
        &[
            "who alice@desk",
            "job https://ci.example/jobs/7",
            "outcome same",
            "example.test. at b: 1 of 1 change made",
            "before: .redundns/snapshots/example.test/",
            "~ www 300 A 192.0.2.1 → 192.0.2.2",
            "ns1.b.example.",
        ],
    );
    let (code, history) = project.json(&["history", "2"]);
    assert_eq!((code, &history["outcome"]), (0, &"same".into()));
    let run = &history["runs"][0];
    let calls = run["detail"]["calls"].as_array().expect("calls");
    let facts: Vec<[&Value; 3]> = calls
        .iter()
        .map(|call| {
            [
                &call["provider"],
                &call["state"],
                &call["changes"][0]["after"]["rdata"][0],
            ]
        })
        .collect();
    assert_eq!(
        facts,
        [["a", "made", "192.0.2.2"], ["b", "made", "192.0.2.2"]]
    );
    let proof = &run["detail"]["proofs"][0];
    for server in proof["nameservers"].as_array().expect("servers") {
        assert_eq!(server["asked"], server["agree"], "{server}");
        assert_eq!(server["differ"], 0);
    }
    let kept = run["detail"]["snapshots"][0]["file"]
        .as_str()
        .expect("a file");
    let snapshot = project.read(kept);
    assert!(
        snapshot.contains("www.example.test. 300 IN A 192.0.2.1\n"),
        "{snapshot}"
    );
    // The two providers held the same, serials included, so one file tells of both.
    assert_eq!(run["detail"]["snapshots"][1]["file"], kept);

    project.run(&["history", "9"]).expect(2, &["no run 9"]);
}

#[test]
fn a_journal_tells_of_failures_and_never_a_secret() {
    let hosted = Hosted::dynamic(super::ORIGIN, super::ZONE);
    let Some(server) = Bind::start(&[hosted.update(Access::Nobody)]) else {
        return;
    };
    let project = Project::synced()
        .account(
            "c",
            &format!(
                "adapter = \"rfc2136\"\nserver = \"{}\"\ntsig = {{ name = \"{}\", algorithm = \"{}\", \
                 secret = {{ env = \"KEY\" }} }}\n{}",
                server.address(),
                KEY.name,
                KEY.algorithm,
                super::nameservers("c", server.address())
            ),
        )
        .variable("KEY", KEY.secret);
    edit(&project, 1, 2);
    project.run(&["sync", "--yes"]).expect_code(3);
    project.run(&["history", "2"]).expect(
        0,
        &[
            "example.test. at c: 0 of 1 change made",
            "failed",
            "refuses the update",
            "outcome partial",
        ],
    );
    for file in files(&project, ".redundns/journal") {
        let text = project.read(&format!(".redundns/journal/{file}"));
        assert!(!text.contains(KEY.secret), "{file}");
    }
}

#[test]
fn old_runs_go_with_their_snapshots_those_first_that_changed_nothing() {
    let project = Project::synced();
    project.write("redundns.toml", "[journal]\nkeep = 3\n");
    edit(&project, 1, 2);
    for _ in 0..3 {
        project.run(&["sync", "--yes"]).expect_code(0);
    }
    // 3 changed nothing and 4 is the newest.
    let journal = || files(&project, ".redundns/journal");
    assert_eq!(journal(), ["000001.jsonl", "000002.jsonl", "000004.jsonl"]);
    let old = files(&project, ".redundns/snapshots/example.test");
    assert_eq!(old.len(), 1);
    for octet in 2..6 {
        edit(&project, octet, octet + 1);
        project.run(&["sync", "--yes"]).expect_code(0);
    }
    assert_eq!(journal(), ["000006.jsonl", "000007.jsonl", "000008.jsonl"]);
    let kept = files(&project, ".redundns/snapshots/example.test");
    assert_eq!(kept.len(), 3);
    assert!(!kept.contains(&old[0]), "{kept:?}");

    project.write("redundns.toml", "[journal]\nmax_size = \"1kB\"\n");
    project.run(&["sync", "--yes"]).expect_code(0);
    assert_eq!(journal(), ["000009.jsonl"]);
    assert_eq!(files(&project, ".redundns/snapshots/example.test"), [""; 0]);
    project.write("redundns.toml", "[journal]\nmax_size = \"much\"\n");
    project
        .run(&["sync", "--yes"])
        .expect(2, &["redundns.toml:2:12", "`much` is no size"]);
}

#[test]
fn damage_is_named_with_file_and_line_and_keeps_no_sync_from_anything() {
    let project = Project::synced();
    edit(&project, 1, 2);
    project.run(&["sync", "--yes"]).expect_code(0);
    let journal = ".redundns/journal/000002.jsonl";
    project.edit(journal, "192.0.2.2", "192.0.2.3");
    let place = ".redundns/journal/000002.jsonl:3:1";
    for arguments in [&["history"][..], &["history", "2"], &["undo", "--yes", "2"]] {
        project.run(arguments).expect(2, &[place, "checksum"]);
    }
    let stored = project.stored("a");
    project.run(&["history", "1"]).expect_code(0);
    edit(&project, 2, 4);
    project.run(&["sync", "--yes"]).expect(0, &["RUN07", place]);
    assert_ne!(project.stored("a"), stored);
    // It is the newest no more.
    let said = project.run(&["sync", "--yes"]).expect(0, &[]).said();
    assert!(!said.contains("RUN07"), "{said}");
    project.write(".redundns/journal/000005.jsonl", "");
    project.run(&["history"]).expect(2, &["RUN07"]);
}

#[test]
fn runs_are_ordered_by_number_whatever_the_clock_says() {
    let project = Project::synced();
    let line = project.read(".redundns/journal/000001.jsonl");
    project.write(".redundns/journal/000041.jsonl", &line);
    edit(&project, 1, 2);
    let (_, report) = project.json(&["sync", "--yes"]);
    assert_eq!(report["run"], "42");
    let (_, history) = project.json(&["history"]);
    let numbers: Vec<u64> = history["runs"]
        .as_array()
        .expect("runs")
        .iter()
        .filter_map(|run| run["run"].as_u64())
        .collect();
    assert_eq!(numbers, [42, 41, 1]);
}
