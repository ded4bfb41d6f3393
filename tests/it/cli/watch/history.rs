//! The history: newer, damaged, in use, on a full disk.

use std::fs;

use super::super::bad_days::{in_a_namespace, project as held_outside};
use super::super::{Project, finish};
use super::{QUICK, Watching, changes, drift, listening, told, with_hook};
use crate::world::wait_until;

const FILE: &str = ".redundns/history.redb";

fn watched() -> Project {
    let project = Project::synced();
    project.write("redundns.toml", QUICK);
    project.run(&["watch", "--once"]).expect_code(0);
    project
}

#[test]
fn a_history_of_a_later_version_is_refused_and_stays_as_it_is() {
    let project = watched();
    {
        let database = redb::Database::open(project.path(FILE)).expect("a database");
        let writing = database.begin_write().expect("a transaction");
        let meta = redb::TableDefinition::<&str, u64>::new("meta");
        let mut table = writing.open_table(meta).expect("a table");
        table.insert("version", 2).expect("inserted");
        drop(table);
        writing.commit().expect("written");
    }
    let phrases = [
        "WAT01",
        "later version",
        "its format is 2",
        "stays as it is",
    ];
    for _ in 0..2 {
        project.run(&["watch", "--once"]).expect(2, &phrases);
    }
    project.run(&["watch"]).expect(2, &phrases);
    assert!(!project.path(&format!("{FILE}.damaged-1")).exists());
}

#[test]
fn a_damaged_history_is_set_aside_and_never_deleted() {
    let project = watched();
    let whole = fs::read(project.path(FILE)).expect("a file");
    let cut = whole[..whole.len() / 3].to_vec();
    let mut turned = whole.clone();
    for octet in turned.iter_mut().skip(4096) {
        *octet ^= 0x55;
    }
    let mut zeroed = whole.clone();
    zeroed[..512].fill(0);
    let damages = [b"no database at all".to_vec(), cut, turned, zeroed];
    for (number, damaged) in damages.iter().enumerate() {
        fs::write(project.path(FILE), damaged).expect("written");
        let aside = format!("{FILE}.damaged-{}", number + 1);
        let output = project.run(&["watch", "--once"]);
        output.expect(
            0,
            &[
                "is damaged, and begins anew",
                &aside,
                "= example.test.: good",
            ],
        );
        assert_eq!(
            &fs::read(project.path(&aside)).expect("kept"),
            damaged,
            "{number}"
        );
        let said = project.run(&["watch", "--once"]).expect_code(0).said();
        assert!(!said.contains("damaged"), "{said}");
    }
}

#[test]
fn a_single_octet_is_noticed_or_does_no_harm() {
    let project = watched();
    let whole = fs::read(project.path(FILE)).expect("a file");
    // Where there is something: the header, and pages that are in use.
    let used: Vec<usize> = (0..whole.len())
        .filter(|place| whole[*place] != 0)
        .collect();
    for place in used.iter().step_by(used.len() / 24 + 1) {
        let mut damaged = whole.clone();
        damaged[*place] ^= 0x10;
        fs::write(project.path(FILE), &damaged).expect("written");
        let output = project.run(&["watch", "--once"]);
        assert!(
            [0, 2].contains(&output.code) && !output.said().contains("panicked"),
            "octet {place}: {output:#?}"
        );
    }
}

#[test]
fn one_watch_at_a_time_has_a_history() {
    let project = watched();
    let watching = Watching::start(&project, &[]);
    watching.wait_for("round 1: ");
    project
        .run(&["watch", "--once"])
        .expect(4, &["WAT01", "another `watch` has the history"]);
    watching.terminate().expect_code(0);
    project.run(&["watch", "--once"]).expect_code(0);
}

#[test]
fn sigkill_leaves_a_history_that_goes_on() {
    let fake = listening();
    let project = with_hook(Project::synced(), &fake);
    let watching = Watching::start(&project, &["-v"]);
    watching.wait_for("round 2: ");
    watching.signal("-KILL");
    drop(watching);
    let said = project.run(&["watch", "--once"]).expect_code(0).said();
    assert!(!said.contains("damaged"), "{said}");
    // What was known before is still known: a change begins where it ended.
    drift(&project, "b", "192.0.2.1\n", "192.0.2.77\n");
    project.run(&["watch", "--once"]).expect_code(1);
    project.run(&["watch", "--once"]).expect_code(1);
    assert_eq!(
        changes(&told(&fake)),
        [
            "example.test. - good degraded",
            "example.test. b good degraded"
        ]
    );
}

#[test]
fn a_full_disk_is_said_and_keeps_nobody_from_being_told() {
    let fake = listening();
    let project = with_hook(held_outside(), &fake);
    project.run(&["watch", "--once"]).expect_code(0);
    let hook = project.variables[0].1.clone();
    let shell = "cp -r .redundns kept; mount -t tmpfs -o size=8m none .redundns; \
                 cp -r kept/. .redundns; head -c 20m /dev/zero >.redundns/full || true; rm -f .redundns/history.redb";
    let fill = "head -c 20m /dev/zero >>.redundns/full || true";
    let Some(mut command) = in_a_namespace(&project, &format!("{shell}; {fill}"), &["watch", "-v"])
    else {
        return;
    };
    command.env("HOOK", hook);
    let watching = Watching::of(&project, &mut command);
    watching.wait_for("there is no room to open the history");
    watching.wait_for("round 2: 1 good");
    let edit = |from: &str, to: &str| project.edit("held/b/example.test.zone", from, to);
    edit("192.0.2.1\n", "192.0.2.77\n");
    wait_until("two messages", || fake.seen().len() >= 2);
    let inside = format!(
        "/proc/{}/root{}",
        watching.child.id(),
        project.path(".redundns/full").display()
    );
    fs::remove_file(inside).expect("removed");
    watching.wait_for("the history is written again");
    watching.terminate().expect_code(0);
    // Once, too: the exit code tells that nothing was kept.
    let Some(mut command) =
        in_a_namespace(&project, &format!("{shell}; {fill}"), &["watch", "--once"])
    else {
        return;
    };
    let output = finish(command.env("HOOK", "http://127.0.0.1:9/x"));
    output.expect(2, &["there is no room", "~ example.test.: degraded"]);
}
