//! What is installed, laid out by the scripts that packages are made with, of whatever binary is at hand.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use clap::CommandFactory;
use redundns::cli::Cli;

use crate::world::require;

const BINARY: &str = env!("CARGO_BIN_EXE_redundns");

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files_below(directory: &Path) -> Vec<PathBuf> {
    let (mut found, mut open) = (Vec::new(), vec![directory.to_path_buf()]);
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found
}

#[track_caller]
fn done(command: &mut Command) -> Output {
    let output = command.output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    output
}

/// Files, or patterns with a `*`, in the table of docs/install.md.
fn promised() -> Vec<String> {
    let text = fs::read_to_string(root().join("docs/install.md")).expect("the document");
    text.lines()
        .filter_map(|line| line.strip_prefix("| `/")?.split('`').next())
        .map(str::to_owned)
        .collect()
}

fn fits(file: &str, pattern: &str) -> bool {
    let Some((start, end)) = pattern.split_once('*') else {
        return file == pattern;
    };
    let middle = file
        .strip_prefix(start)
        .and_then(|rest| rest.strip_suffix(end));
    middle.is_some_and(|rest| !rest.contains('/'))
}

#[test]
fn what_is_installed_is_what_the_documentation_lists() {
    let stage = tempfile::tempdir().expect("a directory");
    // Elsewhere than where it is built.
    done(
        Command::new(root().join("packaging/stage"))
            .arg(BINARY)
            .arg(stage.path())
            .current_dir("/"),
    );
    let promised = promised();
    assert!(promised.len() > 8, "{promised:?}");
    let mut kept = BTreeSet::new();
    for path in files_below(stage.path()) {
        let file = path.strip_prefix(stage.path()).expect("inside");
        let file = file.to_string_lossy().into_owned();
        let pattern = promised.iter().find(|pattern| fits(&file, pattern));
        kept.insert(pattern.unwrap_or_else(|| panic!("docs/install.md lacks /{file}")));
        assert!(
            fs::metadata(&path).expect("a file").len() > 0,
            "{file} is empty"
        );
    }
    for pattern in &promised {
        assert!(kept.contains(pattern), "/{pattern} is not installed");
    }
    let own = fs::read(root().join("docs/schema/policy.schema.json")).expect("a schema");
    let laid = stage
        .path()
        .join("usr/share/redundns/schema/policy.schema.json");
    assert!(fs::read(laid).expect("a schema") == own);
}

#[test]
fn scripts_are_as_shellcheck_wants_them() {
    let Some(shellcheck) = require("shellcheck", "shellcheck") else {
        return;
    };
    let scripts = [
        "packaging/stage",
        "packaging/debian/build",
        "packaging/container/build",
    ];
    done(Command::new(shellcheck).args(scripts).current_dir(root()));
}

#[test]
fn the_service_starts_a_command_that_there_is() {
    let unit = fs::read_to_string(root().join("packaging/systemd/redundns-watch.service"));
    let unit = unit.expect("the unit");
    let start = unit
        .lines()
        .find_map(|line| line.strip_prefix("ExecStart="));
    let mut words = start.expect("a command").split(' ');
    if Cli::command().find_subcommand("watch").is_none() {
        return;
    }
    assert_eq!(words.next(), Some("/usr/bin/redundns"));
    let arguments: Vec<&str> = words.chain(["--help"]).collect();
    done(Command::new(BINARY).args(arguments));
}

#[test]
fn hooks_start_the_linter() {
    let text = fs::read_to_string(root().join(".pre-commit-hooks.yaml")).expect("the hooks");
    let entries: Vec<&str> = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("entry: redundns "))
        .collect();
    assert_eq!(entries, ["lint", "lint"]);
    let zone = root().join("zones/example.com.zone");
    done(
        Command::new(BINARY)
            .arg("lint")
            .arg(zone)
            .current_dir(root()),
    );
}
