//! Parts of an estate.

use std::collections::BTreeSet;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use super::super::{Project, ZONE, nameservers};
use crate::world::free_address;
use crate::world::http_fake::{Fake, Reply};

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

#[test]
fn zones_are_read_side_by_side_and_told_in_their_order() {
    for command in [&["plan"][..], &["check", "--api-only"]] {
        // Nobody is answered before three have asked, and the last is answered first.
        let asked = Arc::new((Mutex::new((0, Vec::new())), Condvar::new()));
        let fake = Fake::start({
            let asked = Arc::clone(&asked);
            move |_, request| {
                let (state, changed) = &*asked;
                let mut state = state.lock().expect("nothing panics while it is held");
                state.0 += 1;
                changed.notify_all();
                let own = state.0;
                let wait = Duration::from_secs(20);
                let has_to_wait = |state: &mut (usize, Vec<usize>)| {
                    state.0 < 3 || (own < 3 && !state.1.contains(&(own + 1)))
                };
                let waited = changed.wait_timeout_while(state, wait, has_to_wait);
                let (mut state, late) = waited.expect("nothing panics while it is held");
                state.1.push(own);
                changed.notify_all();
                let why = if late.timed_out() {
                    "alone"
                } else {
                    "in company"
                };
                Reply::json(422, &format!("{{\"error\": \"{} {why}\"}}", request.path))
            }
        });
        let account = format!(
            "adapter = \"powerdns\"\nendpoint = \"{}\"\napi_key = {{ env = \"KEY\" }}\n{}",
            fake.endpoint(),
            nameservers("a", free_address())
        );
        let mut project = Project::new().account("a", &account).variable("KEY", "key");
        for number in 0..3 {
            project = project.zone(&format!("z{number}.test"), ZONE);
        }
        let (code, report) = project.json(command);
        assert_eq!(code, 2, "{report:#}");
        assert_eq!(fake.seen().len(), 3);
        for (number, zone) in report["zones"].as_array().into_iter().flatten().enumerate() {
            assert_eq!(zone["zone"], format!("z{number}.test."));
            let told = zone["providers"][0]["error"]["message"].to_string();
            let words = format!("z{number}.test. in company");
            assert!(told.contains(&words), "{told}");
        }
    }
}
