//! `--help`, `man` and `completions`: what teaches the rest.

use std::fs;
use std::process::Command;

use super::{Project, finish};

const COMMANDS: &[&str] = &[
    "init",
    "import",
    "lint",
    "plan",
    "sync",
    "undo",
    "history",
    "check",
    "audit",
    "drill",
    "watch",
    "providers",
    "serve",
    "explain",
    "completions",
    "man",
];

#[test]
fn every_command_has_examples_of_itself() {
    let project = Project::new();
    let whole = project.run(&["--help"]).expect(
        0,
        &[
            "Begin with one of these:",
            "redundns init example.com",
            "prometheus metrics for a textfile collector check, audit",
            "4 refused: a guard or a lock says no",
        ],
    );
    for command in COMMANDS {
        assert!(
            whole.stdout.contains(&format!("\n  {command} ")),
            "{command}"
        );
        let help = project.run(&[command, "--help"]).expect_code(0).stdout;
        let examples = help.split("\nExamples:\n").nth(1).expect("examples");
        let first = examples.lines().next().expect("one at least").trim();
        assert!(
            first.starts_with(&format!("redundns {command}")),
            "{command}: {first}"
        );
    }
}

#[test]
fn there_is_a_page_for_every_command() {
    let project = Project::new();
    project
        .run(&["man", "--out", "pages/man1"])
        .expect(0, &["pages into pages/man1"]);
    for command in COMMANDS {
        let page = project.read(&format!("pages/man1/redundns-{command}.1"));
        assert!(
            page.contains(&format!(".TH redundns-{command} 1")),
            "{page}"
        );
        assert!(page.contains(&format!("redundns {command}")), "{page}");
    }
    let page = project.read("pages/man1/redundns.1");
    assert!(page.contains("redundns\\-sync(1)"), "{page}");
    assert_eq!(page, project.run(&["man"]).expect_code(0).stdout);
    project.write("a-file", "");
    project
        .run(&["man", "--out", "a-file"])
        .expect(2, &["cannot make a-file", "name a folder"]);
}

#[test]
fn shells_take_the_completions() {
    let project = Project::new();
    for (shell, part) in [
        ("bash", "complete -F _redundns"),
        ("zsh", "#compdef redundns"),
        ("fish", "complete -c redundns"),
    ] {
        let script = project.run(&["completions", shell]).expect_code(0).stdout;
        assert!(script.contains(part), "{shell}");
        assert!(
            script.contains("drill") && script.contains("allow-change"),
            "{shell}"
        );
    }
    let script = project.run(&["completions", "bash"]).stdout;
    fs::write(project.path("script"), script).expect("a file");
    let typed = "source ./script; COMP_WORDS=(redundns drill --fault ''); COMP_CWORD=3; \
                 _redundns redundns '' --fault; echo \"${COMPREPLY[*]}\"";
    let mut bash = Command::new("bash");
    bash.args(["-c", typed]).current_dir(project.path("."));
    finish(&mut bash).expect(0, &["silent refused lossy stale empty"]);
}
