//! A person at a terminal: questions, progress, and screens that are narrow.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Stdio;

use super::{ORIGIN, Output, Project, ZONE, finish, program, stored_file};
use crate::world::pdns::Pdns;
use crate::world::require;

/// A terminal of so many columns, as `script` of util-linux makes one.
struct Terminal {
    script: PathBuf,
    columns: usize,
}

impl Terminal {
    fn new(columns: usize) -> Option<Self> {
        let script = require("script", "bsdutils")?;
        Some(Self { script, columns })
    }

    /// Runs the program there, with `keys` typed from the beginning; stdout and stderr are one.
    fn run(&self, project: &Project, arguments: &[&str], keys: &str) -> Output {
        let own = program(&project.path("."), &[]);
        let mut line = format!("stty cols {} rows 40; exec", self.columns);
        for word in std::iter::once(own.get_program().to_str().expect("UTF-8"))
            .chain(arguments.iter().copied())
        {
            line += &format!(" '{word}'");
        }
        let mut command = project.command(&[]);
        let mut inside = std::process::Command::new(&self.script);
        inside
            .args(["--quiet", "--return", "--command", &line, "/dev/null"])
            .current_dir(project.path("."))
            .env_clear()
            .envs(
                command
                    .env("SHELL", "/bin/sh")
                    .get_envs()
                    .filter_map(|(name, value)| value.map(|value| (name, value))),
            )
            .env("TERM", "xterm")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = inside.spawn().expect("it runs");
        let mut input = child.stdin.take().expect("a pipe");
        input.write_all(keys.as_bytes()).expect("typed");
        drop(input);
        let output = child.wait_with_output().expect("it ends");
        Output {
            code: output.status.code().expect("no signal ends it"),
            stdout: plain(&String::from_utf8_lossy(&output.stdout)),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// What a screen shows in the end: without colours, and without lines that were wiped.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for line in text.split('\n') {
        let shown = line.trim_end_matches('\r');
        let shown = shown.rsplit("\r\x1b[K").next().unwrap_or_default();
        let mut letters = shown.chars();
        while let Some(letter) = letters.next() {
            if letter == '\x1b' {
                let _ = letters.by_ref().find(char::is_ascii_alphabetic);
            } else {
                out.push(letter);
            }
        }
        out.push('\n');
    }
    out
}

/// A directory with nothing in it, and a zone at a PowerDNS.
fn new_user(pdns: &Pdns) -> Project {
    let project = Project::new()
        .variable("PDNS_API_KEY", pdns.api_key)
        .variable("PDNS_API_URL", &pdns.endpoint)
        .variable("DESEC_TOKEN", "nobody-is-asked-with-it");
    for folder in ["zones", "providers"] {
        fs::remove_dir(project.path(folder)).expect("an empty folder");
    }
    project
}

#[test]
fn init_asks_before_it_writes() {
    let Some(terminal) = Terminal::new(80) else {
        return;
    };
    let Some(pdns) = Pdns::start(&[(ORIGIN, ZONE)]) else {
        return;
    };
    let ns = format!("ns1.a.example={}", pdns.dns);
    let init = ["init", ORIGIN, "--adapter", "powerdns", "--ns", &ns];
    let asks = ["A second provider?", "1  desec (DESEC_TOKEN)", "2  later"];
    let refused = "nothing was written";
    for (keys, code, phrases, is_written) in [
        ("2\nn\n", 2, &["Write 4 files?", refused][..], false),
        ("9\nlater\n", 2, &["a number from 1 to 2", refused], false),
        ("1\n", 2, &["does not fit `desec`", refused], false),
        (
            "2\ny\n",
            0,
            &["+ zones/example.test.zone", "is empty"],
            true,
        ),
    ] {
        let project = new_user(&pdns);
        let output = terminal.run(&project, &init, keys);
        let output = output.expect(code, phrases).expect(code, &asks);
        let is_there = project.path("zones").exists();
        assert_eq!(is_there, is_written, "{keys:?}: {}", output.stdout);
    }
    // Nobody is asked who says yes beforehand, or who has no terminal.
    let project = new_user(&pdns);
    let output = terminal.run(&project, &[&init[..], &["--yes"]].concat(), "");
    let output = output.expect_code(0);
    assert!(!output.stdout.contains('?'), "{}", output.stdout);
    let project = new_user(&pdns);
    let output = project.run(&init).expect_code(0);
    assert!(!output.said().contains("A second provider?"));
    // Which domain is asked for as well.
    let project = new_user(&pdns);
    let output = terminal.run(
        &project,
        &["init", "--adapter", "powerdns", "--ns", &ns],
        "example.test\n2\ny\n",
    );
    output.expect(0, &["A second provider?", "+ zones/example.test.zone"]);
}

#[test]
fn what_differs_is_chosen_at_a_terminal() {
    let Some(terminal) = Terminal::new(80) else {
        return;
    };
    let project = Project::synced();
    project.edit(&stored_file("b"), "192.0.2.1\n", "192.0.2.99\n");
    project.edit(&stored_file("b"), "h6.example.test.", "h7.example.test.");
    let import = ["import", "a", "b", ORIGIN, "--output", "got.zone"];
    for (keys, code, has, lacks) in [
        (
            "1\n",
            0,
            &["192.0.2.1\n", "h6"][..],
            &["192.0.2.99", "h7"][..],
        ),
        ("2\n", 0, &["192.0.2.99", "h7"], &["192.0.2.1\n", "h6"]),
        // For each: h6 as at a, h7 not, of www all.
        (
            "3\n1\n1\n3\n",
            0,
            &["192.0.2.99", "192.0.2.1\n", "h6"],
            &["h7"],
        ),
        ("4\n", 1, &[], &[]),
        ("", 1, &[], &[]),
    ] {
        let output = terminal.run(&project, &import, keys);
        let output = output.expect(code, &["a and b differ in 3 record sets", "Which shall"]);
        let text = fs::read_to_string(project.path("got.zone")).unwrap_or_default();
        for word in has {
            assert!(
                text.contains(word),
                "{keys:?} {word}: {text}\n{}",
                output.stdout
            );
        }
        for word in lacks {
            assert!(!text.contains(word), "{keys:?} {word}: {text}");
        }
        let _ = fs::remove_file(project.path("got.zone"));
    }
}

#[test]
fn sixty_columns_are_enough_for_every_command() {
    let Some(terminal) = Terminal::new(60) else {
        return;
    };
    let Some(pdns) = Pdns::start(&[(ORIGIN, ZONE)]) else {
        return;
    };
    let ns = format!("ns1.a.example={}", pdns.dns);
    let init = ["init", ORIGIN, "--adapter", "powerdns", "--ns", &ns];
    let project = new_user(&pdns);
    let mut screens = vec![(init.join(" "), terminal.run(&project, &init, "2\ny\n"))];
    let project = Project::synced();
    project.append("new A 192.0.2.99\na.rather.long.name.that.somebody.chose TXT \"with a text that is longer than any screen is wide, as texts are\"\n");
    project.edit(
        "zones/example.test.zone",
        "h1 A 192.0.2.11",
        "h1 A 192.0.2.111",
    );
    for (arguments, keys) in [
        ("lint", ""),
        ("plan", ""),
        ("check", ""),
        ("sync", "n\n"),
        ("sync --yes", ""),
        ("check -v", ""),
        ("history", ""),
        ("history 2", ""),
        ("undo", "n\n"),
        ("providers", ""),
        ("providers --check --zones -v", ""),
        ("drill example.test --down b --arithmetic", ""),
        ("import a example.test --output other.zone", ""),
        (
            "audit zones/example.test.zone --ns ns1.a.example=127.0.0.1:9",
            "",
        ),
        ("explain ZON05", ""),
        ("explain", ""),
        ("plan nobody.test", ""),
        ("sync --plan nothing.json", ""),
        ("--help", ""),
        ("init --help", ""),
        ("drill --help", ""),
        ("sync --help", ""),
        ("audit -h", ""),
    ] {
        let words: Vec<&str> = arguments.split(' ').collect();
        let output = terminal.run(&project, &words, keys);
        screens.push((arguments.to_owned(), output));
    }
    let mut wide = String::new();
    for (arguments, output) in screens {
        for line in output.stdout.lines() {
            // What cannot be broken may stick out: a path, a command to copy, an address in brackets.
            let longest = line.split(' ').map(|word| word.chars().count()).max();
            let is_to_copy = ["dig ", "redundns ", "see: "]
                .iter()
                .any(|start| line.trim_start().starts_with(start));
            if line.chars().count() > 60 && longest < Some(50) && !is_to_copy {
                wide += &format!("{arguments}: {line}\n");
            }
        }
    }
    assert!(wide.is_empty(), "wider than 60 columns:\n{wide}");
}

#[test]
fn what_is_piped_has_no_control_characters() {
    let project = Project::synced();
    for arguments in [&["check", "-v"][..], &["plan"], &["history"], &["--help"]] {
        let output = finish(&mut project.command(arguments));
        let is_plain = |c: char| c == '\n' || !c.is_control();
        assert!(output.said().chars().all(is_plain), "{arguments:?}");
    }
}
