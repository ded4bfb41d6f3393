//! What was measured, kept in `measured.json`, and the table in `docs/audit.md` that is made of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::faults::{Case, Mode, Table};
use crate::tool::{Tool, Verdict};

/// Between these lines the document is written by this benchmark.
const MARKS: [&str; 2] = [
    "<!-- what follows is written by `UPDATE=1 cargo bench --bench lab` -->",
    "<!-- until here -->",
];

/// Everything that was measured.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    /// By tool: its version, and the day.
    pub tools: BTreeMap<Tool, Run>,
    /// By case and tool.
    pub cases: BTreeMap<String, BTreeMap<Tool, Verdict>>,
}

/// When which version was run.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// As it calls itself.
    pub version: String,
    /// `2026-11-30`.
    pub date: String,
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

impl Measured {
    /// What earlier runs left.
    fn read() -> Self {
        let text = fs::read_to_string(file("benches/lab/measured.json"));
        text.map_or_else(
            |_| Self::default(),
            |text| serde_json::from_str(&text).expect("measured.json"),
        )
    }

    /// Takes over what `other` has, in place of what is known.
    fn take(&mut self, other: &Self) {
        self.tools.extend(other.tools.clone());
        for (name, verdicts) in &other.cases {
            self.cases
                .entry(name.clone())
                .or_default()
                .extend(verdicts.clone());
        }
    }

    /// Keeps it beside what is kept already, and writes the table anew.
    pub fn keep(&self, table: &Table) {
        let mut all = Self::read();
        all.take(self);
        all.write(table);
    }

    fn write(&mut self, table: &Table) {
        let known: Vec<&str> = table.cases().map(|case| case.name.as_str()).collect();
        self.cases.retain(|name, _| known.contains(&name.as_str()));
        let json = serde_json::to_string_pretty(self).expect("numbers and text");
        fs::write(file("benches/lab/measured.json"), json + "\n").expect("a writable file");
        let document = file("docs/audit.md");
        let text = fs::read_to_string(&document).expect("docs/audit.md");
        let (before, rest) = text.split_once(MARKS[0]).expect("the first mark");
        let (_, after) = rest.split_once(MARKS[1]).expect("the second mark");
        let text = format!(
            "{before}{}\n\n{}\n{}{after}",
            MARKS[0],
            self.markdown(table),
            MARKS[1]
        );
        fs::write(document, text).expect("a writable file");
    }

    fn markdown(&self, table: &Table) -> String {
        let mut text = String::new();
        let _ = writeln!(
            text,
            "| tool | measured | faults found | healthy worlds without an error | longest run |\n|---|---|---|---|---|"
        );
        for (tool, run) in &self.tools {
            let verdicts = |cases: &[Case]| -> Vec<Verdict> {
                cases
                    .iter()
                    .filter_map(|case| self.cases.get(&case.name)?.get(tool).cloned())
                    .collect()
            };
            let (faults, healthy) = (verdicts(&table.faults), verdicts(&table.healthy));
            let good = |verdicts: &[Verdict]| {
                format!(
                    "{} of {}",
                    verdicts.iter().filter(|one| one.good).count(),
                    verdicts.len()
                )
            };
            let longest = faults
                .iter()
                .chain(&healthy)
                .map(|one| one.took)
                .max()
                .unwrap_or_default();
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} |",
                run.version,
                run.date,
                good(&faults),
                good(&healthy),
                seconds(longest)
            );
        }
        for (title, cases) in [
            ("Faults", &table.faults),
            ("Healthy worlds", &table.healthy),
        ] {
            let _ = write!(
                text,
                "\n### {title}\n\n| case | what is so | looked for by | expected |"
            );
            for run in self.tools.values() {
                let _ = write!(text, " {} |", run.version);
            }
            let _ = writeln!(
                text,
                "\n|---|---|---|---|{}",
                "---|".repeat(self.tools.len())
            );
            for case in cases {
                let _ = write!(
                    text,
                    "| `{}` | {} | {} | {} |",
                    case.name,
                    case.about,
                    way(case.mode),
                    expected(case)
                );
                for tool in self.tools.keys() {
                    let verdict = self.cases.get(&case.name).and_then(|tools| tools.get(tool));
                    let _ = write!(
                        text,
                        " {} |",
                        verdict.map_or_else(|| "not measured".to_owned(), cell)
                    );
                }
                text.push('\n');
            }
        }
        text
    }
}

fn cell(verdict: &Verdict) -> String {
    let word = if verdict.good { "yes" } else { "**no**" };
    let said = verdict.said.replace('|', "\\|").replace('_', "\\_");
    let took = seconds(verdict.took);
    if said.is_empty() {
        format!("{word}, {took}")
    } else {
        format!("{word}: {said}, {took}")
    }
}

fn seconds(millis: u64) -> String {
    format!("{}.{} s", millis / 1000, millis % 1000 / 100)
}

fn way(mode: Mode) -> &'static str {
    match mode {
        Mode::Domain => "name",
        Mode::Names => "list of names",
        Mode::File => "zone file",
        Mode::Check => "`check`",
    }
}

fn expected(case: &Case) -> String {
    let Some(expect) = &case.expect else {
        return "no error".to_owned();
    };
    let mut words = vec![expect.code.join(" or ")];
    let record = [&expect.name, &expect.rtype].into_iter().flatten().cloned();
    words.extend(record.chain(expect.mentions.clone()));
    if !expect.servers.is_empty() {
        words.push(format!("at {}", expect.servers.join(", ")));
    }
    words.join(" ").replace('*', "\\*").replace('_', "\\_")
}
