//! docs/tour.md, typed as a reader would: every command is run, and what it says compared with what stands there.
//!
//! A block `console` has commands behind `$ ` and what comes of them; a line `…` there is any number of lines. A block
//! with a file's name behind its language is that file. Figures that differ from run to run are not compared. The ports
//! are free ones here. `UPDATE_SNAPSHOTS=1` writes what comes of the commands of blocks without a `…`.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::{Project, finish};
use crate::world::{environment, free_address, require};

const TOUR: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/tour.md");
/// Where the reader's nameservers listen.
const PORTS: [&str; 2] = ["127.0.0.1:5301", "127.0.0.1:5302"];
/// Stands between what comes of one command and the next.
const MARK: &str = "@@ done";

/// A part of the page.
enum Part {
    Words(String),
    File {
        head: String,
        name: String,
        text: String,
    },
    Session(Vec<Step>),
}

/// A command, and what comes of it.
struct Step {
    command: String,
    said: String,
}

fn parts(page: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            parts.push(Part::Words(format!("{line}\n")));
            continue;
        };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        let text = block.iter().flat_map(|line| [*line, "\n"]);
        let text: String = text.collect();
        parts.push(match info.split_once(' ') {
            None if info == "console" => Part::Session(steps(&block)),
            None => Part::Words(format!("{line}\n{text}```\n")),
            Some((_, name)) => Part::File {
                head: line.to_owned(),
                name: name.to_owned(),
                text,
            },
        });
    }
    parts
}

fn steps(block: &[&str]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for line in block {
        match (line.strip_prefix("$ "), steps.last_mut()) {
            (Some(command), _) => steps.push(Step {
                command: command.to_owned(),
                said: String::new(),
            }),
            (None, Some(step)) => step.said += &format!("{line}\n"),
            (None, None) => panic!("a session begins with `{line}`, which is no command"),
        }
    }
    steps
}

/// One shell script of the whole tour, so that what runs in the background goes on running.
fn script(parts: &[Part], at: &[String]) -> String {
    let mut script = "exec 2>&1\n".to_owned();
    for part in parts {
        match part {
            Part::Words(_) => {}
            Part::File { name, text, .. } => {
                let text = with_ports(text, &PORTS.map(str::to_owned), at);
                let _ = writeln!(
                    script,
                    "mkdir -p \"$(dirname {name})\"; cat >{name} <<'END OF FILE'"
                );
                let _ = writeln!(script, "{text}END OF FILE");
            }
            Part::Session(steps) => {
                for step in steps {
                    let command = with_ports(&step.command, &PORTS.map(str::to_owned), at);
                    let _ = writeln!(script, "{command}");
                    if command.ends_with('&') {
                        let _ = writeln!(
                            script,
                            "until grep -qs 'Ctrl-C stops' serve.log; do sleep 0.05; done"
                        );
                    }
                    let _ = writeln!(script, "printf '{MARK}\\n'");
                }
            }
        }
    }
    script
}

fn with_ports(text: &str, from: &[String], to: &[String]) -> String {
    let pairs = from.iter().zip(to);
    pairs.fold(text.to_owned(), |text, (from, to)| {
        let (_, from_port) = from.split_once(':').expect("a port");
        let (_, to_port) = to.split_once(':').expect("a port");
        text.replace(from, to)
            .replace(&format!("-p {from_port} "), &format!("-p {to_port} "))
    })
}

/// Without what differs from run to run: dates, times of day, durations, serials.
fn settled(line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    let is_number = |word: &str| word.parse::<f64>().is_ok();
    let settled = words.iter().enumerate().map(|(index, word)| {
        let unit = words.get(index + 1).is_some_and(|unit| {
            ["ms", "s", "s,"].contains(&unit.trim_end_matches([',', ';', ')']))
        });
        let bare = word.trim_matches(['(', ')', ',', ';']);
        let is_date = bare.len() == 10 && bare.starts_with("20") && bare.contains('-');
        let is_time = bare.contains(':') && bare.chars().all(|c| c.is_ascii_digit() || c == ':');
        let is_serial = bare.len() == 10 && is_number(bare);
        if (is_number(bare) && unit) || is_date || is_time || is_serial || word.contains('@') {
            "#".to_owned()
        } else {
            (*word).to_owned()
        }
    });
    settled.collect::<Vec<_>>().join(" ")
}

/// Whether `said` is what `expected` has, in which `…` is any number of lines.
fn fits(expected: &[String], said: &[String]) -> bool {
    match expected.split_first() {
        None => said.is_empty(),
        Some((line, rest)) if line == "…" => {
            (0..=said.len()).any(|skip| fits(rest, &said[skip..]))
        }
        Some((line, rest)) => said.first() == Some(line) && fits(rest, &said[1..]),
    }
}

#[test]
fn the_tour_is_as_it_is_told() {
    for (program, package) in [("unbound", "unbound"), ("dig", "bind9-dnsutils")] {
        if require(program, package).is_none() {
            return;
        }
    }
    let page = fs::read_to_string(TOUR).expect("the tour");
    let mut parts = parts(&page);
    let at = [free_address(), free_address()].map(|address| address.to_string());
    let project = Project::new();
    for folder in ["zones", "providers"] {
        fs::remove_dir(project.path(folder)).expect("an empty folder");
    }
    let own = Path::new(env!("CARGO_BIN_EXE_redundns"));
    let path = format!(
        "{}:/usr/sbin:{}",
        own.parent().expect("a folder").display(),
        environment("PATH").unwrap_or_default().to_string_lossy()
    );
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &script(&parts, &at)])
        .current_dir(project.path("."))
        .env_clear()
        .env("PATH", path)
        .env("USER", "me");
    let output = finish(&mut shell);
    let said = with_ports(&output.stdout, &at, &PORTS.map(str::to_owned));
    let mark = format!("{MARK}\n");
    let mut answers = said.split(&mark);
    let mut wrong = String::new();
    for part in &mut parts {
        let Part::Session(steps) = part else { continue };
        for step in steps {
            let answer = answers.next().expect("an answer to each command");
            let lines = |text: &str| text.lines().map(settled).collect::<Vec<String>>();
            if fits(&lines(&step.said), &lines(answer)) {
                continue;
            }
            let _ = writeln!(wrong, "$ {}\n{answer}", step.command);
            if !step.said.lines().any(|line| line == "…") {
                answer.clone_into(&mut step.said);
            }
        }
    }
    if environment("UPDATE_SNAPSHOTS").is_some() {
        fs::write(TOUR, written(&parts)).expect("the tour");
    }
    assert!(
        wrong.is_empty(),
        "docs/tour.md has it otherwise (UPDATE_SNAPSHOTS=1 writes it):\n{wrong}"
    );
}

fn written(parts: &[Part]) -> String {
    let mut out = String::new();
    for part in parts {
        match part {
            Part::Words(words) => out += words,
            Part::File { head, text, .. } => out += &format!("{head}\n{text}```\n"),
            Part::Session(steps) => {
                out += "```console\n";
                for step in steps {
                    out += &format!("$ {}\n{}", step.command, step.said);
                }
                out += "```\n";
            }
        }
    }
    out
}
