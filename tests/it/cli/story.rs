//! Two embedded accounts from the first sync to drift and back.

use std::fs;
use std::path::Path;

use super::{ORIGIN, Project, changes, differences, finish, program, stored_file};
use crate::world::free_address;

#[test]
fn a_first_sync_creates_and_proves_and_a_second_has_nothing_to_do() {
    let project = Project::pair();
    let (code, report) = project.json(&["sync", "--yes"]);
    assert_eq!(
        (code, &report["outcome"]),
        (0, &"same".into()),
        "{report:#}"
    );
    let zone = &report["zones"][0];
    assert_eq!(zone["zone"], "example.test.");
    for id in ["a", "b"] {
        assert_eq!(super::provider(&report, id)["applied"], 13, "{report:#}");
    }
    let agreement = &zone["agreement"];
    assert!(agreement["questions"].as_u64() >= Some(13), "{agreement}");
    assert_eq!(agreement["agree"], agreement["questions"], "{agreement}");

    let (before_a, before_b) = (project.stored("a"), project.stored("b"));
    let (code, report) = project.json(&["sync", "--yes"]);
    assert_eq!(
        (code, &report["outcome"]),
        (0, &"same".into()),
        "{report:#}"
    );
    assert!(changes(&report, "a").is_empty() && changes(&report, "b").is_empty());
    assert_eq!(
        (project.stored("a"), project.stored("b")),
        (before_a, before_b)
    );
    project
        .run(&["sync"])
        .expect(0, &["nothing to change", "agree, and all are current"]);
}

#[test]
fn an_edit_is_drift_until_it_is_synced() {
    let project = Project::synced();
    project.edit(
        "zones/example.test.zone",
        "www A 192.0.2.1\n",
        "www A 192.0.2.77\n",
    );

    let (code, report) = project.json(&["check"]);
    assert_eq!(
        (code, &report["outcome"]),
        (1, &"differs".into()),
        "{report:#}"
    );
    assert_eq!(differences(&report), ["www.example.test. A differs"]);
    project
        .run(&["check"])
        .expect(1, &["www A: differs", "are stale", "192.0.2.77"]);

    let (code, report) = project.json(&["plan"]);
    assert_eq!(code, 0);
    for id in ["a", "b"] {
        assert_eq!(changes(&report, id), ["replace www.example.test. A"]);
    }
    let before = project.stored("a");
    project
        .run(&["plan", "--exit-code"])
        .expect(1, &["192.0.2.77"]);
    assert_eq!(project.stored("a"), before, "plan never writes");

    project
        .run(&["sync", "--yes"])
        .expect(0, &["1 change made"]);
    project.run(&["check"]).expect(0, &["all are current"]);
    project.run(&["plan", "--exit-code"]).expect_code(0);
}

#[test]
fn a_record_changed_behind_our_back_is_named_with_the_server_that_has_it() {
    let project = Project::synced();
    project.edit(&stored_file("b"), "192.0.2.13", "192.0.2.66");
    let (code, report) = project.json(&["check", "--dns-only"]);
    assert_eq!(code, 1);
    assert_eq!(
        differences(&report),
        ["h3.example.test. A differs"],
        "{report:#}"
    );
    let (code, report) = project.json(&["check", "--api-only"]);
    assert_eq!(code, 1);
    assert_eq!(changes(&report, "a"), [""; 0]);
    assert_eq!(changes(&report, "b"), ["replace h3.example.test. A"]);
    project
        .run(&["check"])
        .expect(1, &["h3 A", "192.0.2.66", "ns1.b.example."]);
    project.run(&["sync", "--yes"]).expect_code(0);
    project.run(&["check"]).expect_code(0);
}

#[test]
fn a_broken_state_file_is_trouble_and_not_an_empty_zone() {
    let project = Project::synced();
    project.edit(&stored_file("b"), "192.0.2.13", "192.0.2.1.3");
    let before = project.stored("b");
    let (code, report) = project.json(&["plan"]);
    assert_eq!(code, 2);
    assert_eq!(super::provider(&report, "b")["state"], "unknown");
    assert!(changes(&report, "b").is_empty(), "unknown is never empty");
    project.run(&["check"]).expect(2, &[&stored_file("b")]);
    project
        .run(&["sync", "--yes"])
        .expect(2, &["nothing was changed", "--without b"]);
    assert_eq!(project.stored("b"), before);
}

#[test]
fn one_of_two_zones_can_be_named() {
    let other = super::ZONE.replace("192.0.2.1\n", "192.0.2.99\n");
    let project = Project::pair().zone("example.net", &other);
    project
        .run(&["sync", "--yes", "example.net"])
        .expect_code(0);
    assert_eq!(project.stored("a"), None);
    let (code, report) = project.json(&["check", "EXAMPLE.net."]);
    assert_eq!(code, 0, "{report:#}");
    assert_eq!(report["zones"].as_array().map(Vec::len), Some(1));
    // The servers refuse questions about a zone that they do not have, so nothing is verified there.
    project.run(&["check"]).expect(2, &[ORIGIN, "+ www"]);
}

#[test]
fn the_project_is_found_from_a_directory_inside_and_by_its_name() {
    let project = Project::synced();
    let inside = project.path("zones");
    finish(&mut program(&inside, &["check"])).expect_code(0);
    let name = project.path("").display().to_string();
    finish(&mut program(Path::new("/"), &["-C", &name, "check"])).expect_code(0);
    finish(&mut program(Path::new("/"), &["check", "-C", &name])).expect_code(0);
}

#[test]
fn the_samples_of_the_repository_work_as_they_are() {
    let project = Project::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut accounts = 0;
    for folder in ["zones", "providers"] {
        for entry in fs::read_dir(root.join(folder)).expect("a folder of samples") {
            let path = entry.expect("an entry").path();
            let mut text = fs::read_to_string(&path).expect("a sample");
            if folder == "providers" {
                accounts += 1;
                for port in ["5301", "5302"] {
                    let own = free_address().port().to_string();
                    text = text.replace(&format!("127.0.0.1:{port}"), &format!("127.0.0.1:{own}"));
                }
            }
            let name = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            project.write(&format!("{folder}/{name}"), &text);
        }
    }
    let (code, listed) = project.json(&["providers"]);
    assert_eq!(code, 0, "{listed:#}");
    let count = |key: &str| listed[key].as_array().map_or(0, Vec::len);
    assert_eq!(
        count("accounts") + count("disabled"),
        accounts,
        "{listed:#}"
    );
    project.run(&["lint", "--strict"]).expect_code(0);
    let (code, report) = project.json(&["sync", "--yes"]);
    assert_eq!(
        (code, &report["outcome"]),
        (0, &"same".into()),
        "{report:#}"
    );
    project.run(&["check", "--deep"]).expect_code(0);
}

#[test]
fn every_sample_account_is_right_once_it_is_enabled() {
    let project = Project::new().zone(ORIGIN, super::ZONE);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("providers");
    let mut enabled = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of samples") {
        let path = entry.expect("an entry").path();
        let id = path
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let text = fs::read_to_string(&path).expect("a sample");
        project.write(
            &format!("providers/{id}.toml"),
            &text.replace("enabled = false", "enabled = true"),
        );
        enabled.push(id);
    }
    enabled.sort();
    let (code, listed) = project.json(&["providers"]);
    assert_eq!(code, 0, "{listed:#}");
    let ids: Vec<&str> = listed["accounts"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|account| account["id"].as_str())
        .collect();
    assert_eq!(ids, enabled);
}
