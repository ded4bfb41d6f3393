//! Bad days of the machine: a state directory that cannot be written, a full disk, a damaged journal, a clock that
//! goes backwards. Nobody is changed without a record, and nothing that is broken keeps the next run from its work.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::process::Command;

use super::{Project, finish, nameservers};
use crate::world::{environment, free_address, require};

/// Accounts `a` and `b`, whose zones lie outside of `.redundns`, after a first sync.
pub(super) fn project() -> Project {
    let project = Project::pair();
    for id in ["a", "b"] {
        let address = free_address();
        project.write(
            &format!("providers/{id}.toml"),
            &format!(
                "adapter = \"embedded\"\nbatch = 1\nlisten = [\"{address}\"]\ndirectory = \"held/{id}\"\n{}",
                nameservers(id, address)
            ),
        );
    }
    project.run(&["sync", "--yes"]).expect_code(0);
    project
}

fn held(project: &Project, id: &str) -> String {
    project.read(&format!("held/{id}/example.test.zone"))
}

/// So many record sets that are not there yet.
fn grow(project: &Project, count: usize) {
    for n in 0..count {
        project.append(&format!("grown{n} A 198.51.100.{n}\n"));
    }
    project.write("redundns.toml", "[guard]\nmax_change = \"100%\"\n");
}

fn grown(project: &Project, id: &str) -> usize {
    held(project, id).matches("grown").count()
}

#[expect(clippy::print_stderr, reason = "a skipped test says so by name")]
fn skip(why: &str) {
    eprintln!("SKIPPED: {why}");
}

/// The program after `shell`, which runs in a mount namespace of its own; a named skip where there can be none.
pub(super) fn in_a_namespace(
    project: &Project,
    shell: &str,
    arguments: &[&str],
) -> Option<Command> {
    let unshare = require("unshare", "util-linux")?;
    let works = Command::new(&unshare)
        .args(["-m", "mount", "-t", "tmpfs", "none", "/mnt"])
        .output();
    if !works.is_ok_and(|output| output.status.success()) {
        skip("this user may not have a mount namespace");
        return None;
    }
    let inner = project.command(arguments);
    let mut command = Command::new(unshare);
    command
        .args(["-m", "sh", "-ec", &format!("{shell}; exec \"$@\""), "sh"])
        .arg(inner.get_program())
        .args(arguments)
        .current_dir(project.path("."))
        .env_clear()
        .env("PATH", environment("PATH").unwrap_or_default());
    Some(command)
}

/// Runs the program where it cannot write to `.redundns`: root has to be walled off, others need no wall.
fn walled_off(project: &Project, arguments: &[&str]) -> Option<super::Output> {
    let is_root = fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    if is_root {
        let shell = "mount --bind .redundns .redundns; mount -o remount,ro,bind .redundns";
        return Some(finish(&mut in_a_namespace(project, shell, arguments)?));
    }
    let folders = [".redundns", ".redundns/journal"].map(|name| project.path(name));
    let mode = |mode| {
        for folder in &folders {
            let allowed = fs::Permissions::from_mode(mode);
            fs::set_permissions(folder, allowed).expect("ours");
        }
    };
    mode(0o555);
    let output = project.run(arguments);
    mode(0o755);
    Some(output)
}

#[test]
fn a_state_directory_that_cannot_be_written_keeps_everything_as_it_is() {
    let project = project();
    project.append("new A 192.0.2.99\n");
    let before = ["a", "b"].map(|id| held(&project, id));
    let Some(output) = walled_off(&project, &["sync", "--yes"]) else {
        return;
    };
    output.expect(2, &[".redundns"]);
    assert_eq!(["a", "b"].map(|id| held(&project, id)), before);
    // Who only looks needs no place to write.
    for (arguments, code) in [(&["plan"][..], 0), (&["check", "--dns-only"], 1)] {
        let output = walled_off(&project, arguments).expect("as before");
        output.expect(code, &["new"]);
    }
    project.run(&["sync", "--yes"]).expect_code(0);
}

#[test]
fn a_file_where_the_state_directory_should_be_keeps_everything_as_it_is() {
    let project = project();
    project.append("new A 192.0.2.99\n");
    let before = ["a", "b"].map(|id| held(&project, id));
    fs::remove_dir_all(project.path(".redundns")).expect("removed");
    project.write(".redundns", "a file");
    project.run(&["sync", "--yes"]).expect(2, &[".redundns"]);
    assert_eq!(["a", "b"].map(|id| held(&project, id)), before);
}

#[test]
fn a_full_disk_keeps_everything_as_it_is() {
    let project = project();
    project.append("new A 192.0.2.99\n");
    let before = ["a", "b"].map(|id| held(&project, id));
    let shell =
        "mount -t tmpfs -o size=64k none .redundns; head -c 100k /dev/zero >.redundns/full || true";
    let Some(mut command) = in_a_namespace(&project, shell, &["sync", "--yes"]) else {
        return;
    };
    finish(&mut command).expect(2, &["nothing was changed", "No space left"]);
    assert_eq!(["a", "b"].map(|id| held(&project, id)), before);
    project.run(&["sync", "--yes"]).expect_code(0);
}

const SETS: usize = 16;

/// A limit on the size of files stands in for a disk that fills up, at every place where a journal can end.
#[test]
fn a_disk_that_fills_up_midway_stops_the_rollout_where_the_record_ends() {
    let Some(prlimit) = require("prlimit", "util-linux") else {
        return;
    };
    let mut midway = 0;
    for limit in (1500..7000).step_by(271) {
        let project = project();
        grow(&project, SETS);
        let inner = project.command(&["sync", "--yes"]);
        let mut command = Command::new(&prlimit);
        command
            .arg(format!("--fsize={limit}"))
            .arg(inner.get_program())
            .args(["sync", "--yes"])
            .current_dir(project.path("."));
        let output = finish(&mut command);
        let (a, b) = (grown(&project, "a"), grown(&project, "b"));
        match (a, b) {
            // Everything fitted but perhaps the end.
            (SETS, SETS) => {}
            (0, 0) => drop(output.expect(2, &[])),
            _ => {
                midway += 1;
                output.expect(3, &["nothing more is written", "make room"]);
            }
        }
        assert!(b == 0 || a == SETS, "the canary comes first: {a} {b}");
        let journals = fs::read_dir(project.path(".redundns/journal")).expect("a folder");
        let newest = journals.map(|entry| entry.expect("an entry").path()).max();
        let text = fs::read_to_string(newest.expect("a journal")).expect("text");
        let intents = text
            .lines()
            .filter(|line| line.contains("\"event\":\"intent\""))
            .count();
        assert!(
            a + b <= intents,
            "limit {limit}: {a} and {b} made, {intents} announced"
        );
        project.run(&["sync", "--yes"]).expect_code(0);
        assert_eq!((grown(&project, "a"), grown(&project, "b")), (SETS, SETS));
        project.run(&["check"]).expect_code(0);
    }
    assert!(midway > 5, "{midway} runs stopped midway");
}

/// A journal of a run that wrote, and where it lies.
fn journal(project: &Project) -> (String, String) {
    let journals = fs::read_dir(project.path(".redundns/journal")).expect("a folder");
    let newest = journals
        .map(|entry| entry.expect("an entry").file_name())
        .max();
    let name = newest.expect("a journal").into_string().expect("text");
    let file = format!(".redundns/journal/{name}");
    let text = project.read(&file);
    assert!(text.lines().count() > 5, "{text}");
    (file, text)
}

#[test]
fn a_damaged_journal_is_named_and_keeps_nobody_from_going_on() {
    type Damage = fn(&str) -> Vec<u8>;
    let damages: [(&str, Damage, &[&str]); 9] = [
        (
            "a flipped bit",
            |text| flipped(text, 3),
            &["RUN07", ":3:", "checksum"],
        ),
        (
            "a flipped bit in the first line",
            |text| flipped(text, 1),
            &["RUN07", ":1:"],
        ),
        (
            "a torn last line",
            |text| text.as_bytes()[..text.len() - 9].to_vec(),
            &["RUN06"],
        ),
        (
            "a line that is lost",
            |text| without(text, 3),
            &["RUN07", ":3:"],
        ),
        (
            "a line said twice",
            |text| twice(text, 3),
            &["RUN07", ":4:"],
        ),
        ("nothing at all", |_| Vec::new(), &[]),
        ("no text at all", |_| vec![0xff; 5000], &["RUN07"]),
        (
            "zeros, as after a power cut",
            |text| [text.as_bytes(), &[0; 512]].concat(),
            &[],
        ),
        (
            "a long line",
            |text| [text.as_bytes(), &vec![b'x'; 1 << 20], b"\n"].concat(),
            &["RUN07"],
        ),
    ];
    let project = project();
    for (n, (what, damage, phrases)) in damages.into_iter().enumerate() {
        project.append(&format!("more{n} A 198.51.100.{n}\n"));
        project.run(&["sync", "--yes"]).expect_code(0);
        let (file, text) = journal(&project);
        fs::write(project.path(&file), damage(&text)).expect(what);
        project.append(&format!("still{n} A 198.51.100.{n}\n"));
        println!("{what}");
        project.run(&["sync", "--yes"]).expect(0, phrases);
        // What cannot be read is trouble to whoever wants to read it.
        let told = project.run(&["history"]);
        assert!(
            [0, 2].contains(&told.code) && !told.said().contains("panicked"),
            "{told:?}"
        );
        assert!(held(&project, "b").contains(&format!("still{n}")), "{what}");
    }
}

fn flipped(text: &str, line: usize) -> Vec<u8> {
    let mut octets = text.as_bytes().to_vec();
    let start: usize = text
        .split_inclusive('\n')
        .take(line - 1)
        .map(str::len)
        .sum();
    octets[start + 20] ^= 1;
    octets
}

fn without(text: &str, line: usize) -> Vec<u8> {
    let lines = text.split_inclusive('\n').enumerate();
    let kept = lines.filter(|(at, _)| at + 1 != line);
    kept.map(|(_, text)| text).collect::<String>().into_bytes()
}

fn twice(text: &str, line: usize) -> Vec<u8> {
    let again = text.split_inclusive('\n').nth(line - 1).expect("a line");
    text.replacen(again, &again.repeat(2), 1).into_bytes()
}

#[test]
fn what_is_no_journal_keeps_nobody_from_going_on() {
    let project = project();
    project.append("new A 192.0.2.99\n");
    for name in ["notes.txt", "000x.jsonl", "-1.jsonl"] {
        project.write(&format!(".redundns/journal/{name}"), "{}");
    }
    fs::create_dir(project.path(".redundns/journal/000009.jsonl")).expect("a folder");
    project
        .run(&["sync", "--yes"])
        .expect(0, &["RUN07", "000009.jsonl"]);
    project.append("newer A 192.0.2.98\n");
    project.run(&["sync", "--yes"]).expect_code(0);
    assert!(project.path(".redundns/journal/000011.jsonl").is_file());
}

#[test]
fn a_clock_that_went_backwards_orders_nothing() {
    let project = project();
    project.append("first A 192.0.2.98\n");
    project.run(&["sync", "--yes"]).expect_code(0);
    let (file, text) = journal(&project);
    let year = text.split("\"at\":\"").nth(1).expect("a time")[..4].to_owned();
    let later: String = text
        .lines()
        .map(|line| sealed(&line.replace(&format!("\"at\":\"{year}"), "\"at\":\"2099")))
        .collect();
    project.write(&file, &later);
    project.append("second A 192.0.2.97\n");
    let said = project.run(&["sync", "--yes"]).expect_code(0).said();
    assert!(!said.contains("RUN07"), "{said}");
    let (newest, _) = journal(&project);
    assert!(newest > file, "{newest}");
    // The last run is the one with the highest number, whatever its time.
    project.run(&["undo", "--yes"]).expect_code(0);
    let held = held(&project, "a");
    assert!(held.contains("first") && !held.contains("second"), "{held}");
}

/// A line of the journal with the checksum that it should have: CRC-32 as in zip and PNG.
fn sealed(line: &str) -> String {
    let (body, _) = line.rsplit_once(",\"crc\":\"").expect("a checksum");
    let mut crc = u32::MAX;
    for octet in body.bytes() {
        crc ^= u32::from(octet);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        }
    }
    format!("{body},\"crc\":\"{:08x}\"}}\n", !crc)
}
