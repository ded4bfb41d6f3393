//! Parts of an estate.

use std::collections::BTreeSet;

use super::super::{Project, ZONE};

/// The zones that each of three parts has.
fn parts(project: &Project) -> Vec<BTreeSet<String>> {
    (1..=3)
        .map(|part| {
            let (code, report) = project.json(&["lint", "--shard", &format!("{part}/3")]);
            assert_eq!(code, 0, "{report:#}");
            let zones = report["zones"].as_array().expect("a list");
            let name = |zone: &serde_json::Value| zone["zone"].as_str().expect("a name").to_owned();
            zones.iter().map(name).collect()
        })
        .collect()
}

#[test]
fn parts_are_the_whole_and_stay_where_they_are_when_zones_come() {
    let mut project = Project::new().embedded("a").embedded("b");
    for number in 0..9 {
        project = project.zone(&format!("z{number}.test"), ZONE);
    }
    let before = parts(&project);
    assert_eq!(before.iter().map(BTreeSet::len).sum::<usize>(), 9);
    assert_eq!(before.iter().flatten().collect::<BTreeSet<_>>().len(), 9);
    for number in 9..15 {
        project = project.zone(&format!("z{number}.test"), ZONE);
    }
    let after = parts(&project);
    assert_eq!(after.iter().flatten().collect::<BTreeSet<_>>().len(), 15);
    for (before, after) in before.iter().zip(&after) {
        assert!(before.is_subset(after), "{before:?} {after:?}");
    }
}

#[test]
fn every_command_that_goes_through_the_estate_takes_a_part() {
    let project = Project::pair();
    let own = (1..=2).find(|part| {
        let (_, report) = project.json(&["lint", "--shard", &format!("{part}/2")]);
        report["zones"]
            .as_array()
            .is_some_and(|zones| zones.len() == 1)
    });
    let own = own.expect("one of the two");
    let (full, empty) = (format!("{own}/2"), format!("{}/2", 3 - own));
    project
        .run(&["sync", "--yes", "--shard", &empty])
        .expect(0, &[&format!("shard {empty}: 0 of 1 zone")]);
    assert_eq!(project.stored("a"), None);
    project
        .run(&["plan", "--exit-code", "--shard", &empty])
        .expect_code(0);
    project
        .run(&["plan", "--exit-code", "--shard", &full])
        .expect_code(1);
    project
        .run(&["sync", "--yes", "--shard", &full])
        .expect_code(0);
    project
        .run(&["check", "--shard", &full])
        .expect(0, &["13 record sets"]);
    project
        .run(&["check", "--shard", "0/2"])
        .expect(2, &["write a part and how many there are, from 1/N to N/N"]);
}
