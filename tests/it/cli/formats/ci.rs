//! The shell that CI runs, taken from the files that users copy, against a loopback fake of the comments' API.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::super::{Output, Project, finish};
use super::{broken, drifted};
use crate::world::http_fake::{Fake, Reply, Request};
use crate::world::{require, require_clients};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The block that follows the last line of a YAML file that is `key`, without its indentation.
fn block(file: &str, key: &str) -> String {
    let text = fs::read_to_string(root().join(file)).expect("a file of the repository");
    let lines = text.lines().skip_while(|line| line.trim() != key).skip(1);
    let lines: Vec<&str> = lines.collect();
    let indent = lines[0].len() - lines[0].trim_start().len();
    let inside =
        |line: &&&str| line.trim().is_empty() || line.len() - line.trim_start().len() >= indent;
    let own = lines.iter().take_while(inside);
    own.map(|line| line.get(indent..).unwrap_or_default().to_owned() + "\n")
        .collect()
}

/// Comments on one pull request: GitHub's or GitLab's paths, the marker of a stranger's comment among a page of others.
struct Comments {
    fake: Fake,
    bodies: Arc<Mutex<Vec<(u64, String)>>>,
}

impl Comments {
    fn start() -> Self {
        let stranger = (7, "<!-- redundns plan . -->\nmine".to_owned());
        let others = (100..199).map(|id| (id, "something else".to_owned()));
        let bodies: Arc<Mutex<Vec<(u64, String)>>> =
            Arc::new(Mutex::new(others.chain([stranger]).collect()));
        let shared = Arc::clone(&bodies);
        let fake = Fake::start(move |_, request| {
            let mut bodies = shared.lock().expect("no panic");
            answer(request, &mut bodies)
        });
        Self { fake, bodies }
    }

    /// What the program wrote.
    fn own(&self) -> Vec<String> {
        let bodies = self.bodies.lock().expect("no panic");
        let own = bodies.iter().filter(|(id, _)| *id >= 1000);
        own.map(|(_, body)| body.clone()).collect()
    }
}

fn answer(request: &Request, bodies: &mut Vec<(u64, String)>) -> Reply {
    let token = request
        .header("authorization")
        .or(request.header("private-token"));
    if !token.is_some_and(|token| token.ends_with("secret-token")) {
        return Reply::json(401, "{}");
    }
    let body = || {
        let sent: Value = serde_json::from_slice(&request.body).expect("JSON");
        sent["body"].as_str().expect("a body").to_owned()
    };
    let path = request.path.split('?').next().unwrap_or_default();
    match request.method.as_str() {
        "GET" => {
            let page = request
                .path
                .rsplit('=')
                .next()
                .and_then(|page| page.parse().ok());
            let page: usize = page.expect("a page");
            let rows = bodies.iter().skip((page - 1) * 100).take(100);
            let rows: Vec<Value> = rows
                .map(|(id, body)| json!({ "id": id, "body": body }))
                .collect();
            Reply::json(200, &Value::from(rows).to_string())
        }
        "POST" => {
            bodies.push((1000 + bodies.len() as u64, body()));
            Reply::json(201, "{}")
        }
        _ => {
            let id: Option<u64> = path.rsplit('/').next().and_then(|id| id.parse().ok());
            match bodies.iter_mut().find(|(own, _)| Some(*own) == id) {
                // Nobody edits the comments of others.
                Some((id, _)) if *id < 1000 => Reply::json(403, "{}"),
                Some((_, own)) => {
                    *own = body();
                    Reply::json(200, "{}")
                }
                None => Reply::json(404, "{}"),
            }
        }
    }
}

fn tools() -> Option<PathBuf> {
    require("curl", "curl")?;
    require("jq", "jq")
}

/// Runs the step of the composite action.
fn action(project: &Project, comments: &Comments, command: &str) -> Output {
    let step = block(".github/actions/redundns/action.yml", "run: |");
    project.write("summary", "");
    project.write("output", "");
    let mut shell = Command::new("bash");
    shell
        .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", &step])
        .current_dir(project.path("."))
        .env_clear()
        .env(
            "PATH",
            crate::world::environment("PATH").unwrap_or_default(),
        )
        .env(
            "GITHUB_ACTION_PATH",
            root().join(".github/actions/redundns"),
        )
        .env(
            "GITHUB_API_URL",
            format!("http://{}", comments.fake.address()),
        )
        .env("GITHUB_REPOSITORY", "owner/dns")
        .env("GITHUB_STEP_SUMMARY", project.path("summary"))
        .env("GITHUB_OUTPUT", project.path("output"))
        .env("GITHUB_WORKSPACE", project.path("."))
        .env("REDUNDNS", env!("CARGO_BIN_EXE_redundns"))
        .env("COMMAND", command)
        .env("ARGUMENTS", "")
        .env("DIRECTORY", ".")
        .env("COMMENT", "true")
        .env("PULL_REQUEST", "12")
        .env("TOKEN", "secret-token");
    finish(&mut shell)
}

#[test]
fn the_action_keeps_one_comment_and_ends_as_the_program_does() {
    if tools().is_none() {
        return;
    }
    let (project, comments) = (drifted(), Comments::start());
    for _ in 0..2 {
        action(&project, &comments, "plan")
            .expect(0, &["::notice file=zones/example.test.zone,line=9"]);
        let own = comments.own();
        assert_eq!(own.len(), 1, "{own:#?}");
        let start = "<!-- redundns plan . -->\n### redundns plan: 4 changes in 1 of 1 zone";
        assert!(own[0].starts_with(start), "{own:#?}");
        assert!(
            project
                .read("summary")
                .contains("### redundns plan: 4 changes")
        );
        assert_eq!(project.read("output"), "exit-code=0\n");
    }
    project.edit("zones/example.test.zone", "new A 192.0.2.77\n", "");
    action(&project, &comments, "plan").expect_code(0);
    let own = comments.own();
    assert!(
        own.len() == 1 && own[0].contains("2 changes in 1 of 1 zone"),
        "{own:#?}"
    );
    action(&project, &comments, "check").expect(1, &["::error file="]);
    action(&broken(), &comments, "lint")
        .expect(1, &["::error file=zones/example.test.zone,line=16"]);
    assert_eq!(comments.own().len(), 1);
}

#[test]
fn gitlabs_snippet_keeps_one_note() {
    if tools().is_none() {
        return;
    }
    let script = block("docs/ci/gitlab.yml", "- |");
    let (project, comments) = (drifted(), Comments::start());
    let program = Path::new(env!("CARGO_BIN_EXE_redundns"))
        .parent()
        .expect("a directory");
    let path = crate::world::environment("PATH").unwrap_or_default();
    let mut paths = vec![program.to_path_buf()];
    paths.extend(std::env::split_paths(&path));
    for _ in 0..2 {
        let mut shell = Command::new("bash");
        shell
            .args(["-c", &script])
            .current_dir(project.path("."))
            .env_clear()
            .env("PATH", std::env::join_paths(&paths).expect("paths"))
            .env(
                "CI_API_V4_URL",
                format!("http://{}/api/v4", comments.fake.address()),
            )
            .env("CI_PROJECT_ID", "3")
            .env("CI_MERGE_REQUEST_IID", "4")
            .env("REDUNDNS_COMMENT_TOKEN", "secret-token");
        finish(&mut shell).expect_code(0);
        let own = comments.own();
        assert!(
            own.len() == 1 && own[0].contains("4 changes in 1 of 1 zone"),
            "{own:#?}"
        );
    }
}

#[test]
fn the_shell_has_no_known_mistakes() {
    let Some(judge) = require("shellcheck", "shellcheck") else {
        return;
    };
    let project = Project::new();
    let gitlab = block("docs/ci/gitlab.yml", "- |");
    project.write("gitlab.sh", &format!("#!/bin/bash\n{gitlab}"));
    let scripts =
        ["run.sh", "comment.sh"].map(|name| root().join(".github/actions/redundns").join(name));
    let output = Command::new(judge)
        .args(scripts)
        .arg(project.path("gitlab.sh"))
        .output()
        .expect("it runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
}

#[test]
fn the_files_are_as_the_systems_schemas_say() {
    let Some(python) = require_clients("reports") else {
        return;
    };
    for (schema, file) in [
        (
            "vendor.github-actions",
            ".github/actions/redundns/action.yml",
        ),
        ("vendor.github-workflows", "docs/ci/github.yml"),
        ("vendor.github-workflows", "docs/ci/github-shards.yml"),
        ("vendor.gitlab-ci", "docs/ci/gitlab.yml"),
    ] {
        let output = Command::new(&python)
            .args(["-m", "check_jsonschema", "--builtin-schema", schema])
            .arg(root().join(file))
            .output()
            .expect("it runs");
        assert!(
            output.status.success(),
            "{file}: {}",
            String::from_utf8_lossy(&output.stdout)
        );
    }
}
