//! What every command prints under `--json`, and the schemas of it.

use std::collections::BTreeSet;

use clap::CommandFactory;
use redundns::cli::Cli;
use serde_json::Value;

use super::{Project, broken, drifted};
use crate::cli::ORIGIN;
use crate::schema::{Case, judge};
use crate::world::fake_ns::{FakeNs, Mode};

/// Commands whose output is no document: of those that stay it is notes, of the others a script or a page.
const OTHERS: [&str; 4] = ["serve", "watch", "completions", "man"];

/// The schema that a document says it follows: its command's own, or that of reports.
fn schema_of(document: &Value) -> &'static str {
    let own = |key: &str| document.get(key).is_some();
    match document["command"].as_str() {
        Some("history") if own("runs") => "closed history",
        Some("providers") if own("accounts") => "closed providers",
        Some("explain") if own("codes") => "closed explain",
        _ => "closed report",
    }
}

#[test]
fn every_command_prints_what_its_schema_says() {
    let mut cases = Vec::new();
    let mut covered: BTreeSet<String> = BTreeSet::new();
    let mut run = |project: &Project, arguments: &[&str], code: i32| {
        let (own, document) = project.json(arguments);
        let what = arguments.join(" ");
        assert_eq!(own, code, "{what}: {document:#}");
        assert_eq!(document["version"], 1, "{what}");
        assert_eq!(document["command"], arguments[0], "{what}");
        covered.insert(arguments[0].to_owned());
        let schema = schema_of(&document);
        // A property that nobody described is a fault, and so is one that is missing.
        cases.push(Case::new(schema, what.clone(), document.clone(), true));
        let mut more = document;
        more["surprise"] = 1.into();
        cases.push(Case::new(schema, what, more, false));
    };

    let project = Project::pair();
    run(&project, &["plan"], 0);
    run(&project, &["sync"], 2);
    run(&project, &["sync", "--yes"], 0);
    run(&project, &["sync", "--yes"], 0);
    run(&project, &["check"], 0);
    run(&project, &["history"], 0);
    run(&project, &["history", "1"], 0);
    run(&project, &["history", "77"], 2);
    run(&project, &["providers"], 0);
    run(&project, &["providers", "--check"], 0);
    run(&project, &["providers", "--zones"], 0);
    let server = FakeNs::start(Mode::Honest);
    let own = format!("ns1.a.example={}", server.address());
    run(&project, &["audit", "shop.test", "--ns", &own], 1);
    run(
        &project,
        &["drill", ORIGIN, "--down", "a", "--arithmetic"],
        0,
    );
    run(&project, &["import", "a", ORIGIN], 2);
    run(
        &project,
        &["import", "a", ORIGIN, "--output", "new.zone"],
        0,
    );
    run(&project, &["init", "not..a.name"], 2);
    run(&project, &["explain"], 0);
    run(&project, &["explain", "del06"], 0);
    run(&project, &["explain", "NOSUCH"], 2);
    run(&project, &["undo", "--yes"], 4);
    run(
        &project,
        &[
            "undo",
            "--yes",
            "--allow-empty",
            "--allow-protected",
            "--allow-type-gone",
            "--allow-change",
            "100%",
        ],
        0,
    );

    let project = drifted();
    run(&project, &["lint"], 0);
    run(&project, &["check"], 1);
    run(&project, &["plan", "--exit-code"], 1);
    project.write("providers/c.toml", "adapter = \"cloudflair\"\n");
    for command in ["lint", "plan", "check", "sync", "providers"] {
        run(&project, &[command], 2);
    }
    let project = broken();
    run(&project, &["lint"], 1);
    run(&project, &["check"], 2);
    judge(&cases);

    let all = Cli::command();
    let names = all.get_subcommands().map(|one| one.get_name().to_owned());
    let lacking: Vec<String> = names
        .filter(|name| !covered.contains(name) && !OTHERS.contains(&name.as_str()))
        .collect();
    assert!(lacking.is_empty(), "not looked at: {lacking:?}");
}
