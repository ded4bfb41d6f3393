//! The files that people start from, and the mistakes that they make.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{Case, judge, names};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A TOML file as JSON.
fn read(text: &str) -> Value {
    toml::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The blocks of TOML in a document.
fn blocks(document: &str) -> Vec<Value> {
    let text = fs::read_to_string(root().join(document)).expect("a document");
    text.split("```toml\n")
        .skip(1)
        .map(|rest| read(rest.split("\n```").next().expect("a block")))
        .collect()
}

/// The lines of a sample that are commented out and would be keys, each taken in.
fn with_comments(text: &str) -> String {
    let line = |line: &str| match line.strip_prefix("# ") {
        Some(rest) if rest.split_once(" = ").is_some_and(|(key, _)| is_key(key)) => rest.to_owned(),
        _ => line.to_owned(),
    };
    text.lines().map(|own| line(own) + "\n").collect()
}

fn is_key(word: &str) -> bool {
    !word.is_empty()
        && word
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

fn account(adapter: &str, members: Value) -> Value {
    let mut account = members;
    account["adapter"] = json!(adapter);
    account
}

#[test]
fn samples_and_examples_are_as_the_schemas_say_and_mistakes_are_not() {
    let mut cases = Vec::new();
    for file in fs::read_dir(root().join("providers")).expect("samples") {
        let path = file.expect("a sample").path();
        let text = fs::read_to_string(&path).expect("text");
        let whole = with_comments(&text);
        let what = path.display().to_string();
        cases.push(Case::new("account", &*what, read(&text), true));
        // A key may stand there twice then, as an alternative.
        if let Ok(all) = toml::from_str(&whole) {
            cases.push(Case::new("account", what + " uncommented", all, true));
        }
    }
    assert!(cases.len() > 30, "{}", cases.len());
    let examples = blocks("README.md");
    assert!(!examples.is_empty());
    for example in examples {
        cases.push(Case::new("policy", "README.md", example, true));
    }
    for (schema, what, instance) in [
        ("account", "no adapter", json!({ "token": { "env": "X" } })),
        (
            "account",
            "no such adapter",
            account("cloudflair", json!({})),
        ),
        (
            "account",
            "a literal secret",
            account("desec", json!({ "token": "hunter2" })),
        ),
        (
            "account",
            "another adapter's key",
            account("desec", json!({ "api_key": { "env": "X" } })),
        ),
        (
            "account",
            "a key misspelt",
            account("desec", json!({ "enable": true })),
        ),
        (
            "account",
            "two sources",
            account("desec", json!({ "token": { "env": "X", "file": "x" } })),
        ),
        (
            "account",
            "a flag in quotes",
            account("desec", json!({ "create": "true" })),
        ),
        (
            "account",
            "one glob",
            account("desec", json!({ "zones": "*" })),
        ),
        (
            "account",
            "no batch",
            account("desec", json!({ "batch": 0 })),
        ),
        (
            "account",
            "a bare nameserver",
            account("desec", json!({ "nameservers": ["ns1.desec.io."] })),
        ),
        ("account", "what is required", account("exec", json!({}))),
        (
            "account",
            "a command as one string",
            account("exec", json!({ "command": "program" })),
        ),
        ("policy", "no such section", json!({ "default": {} })),
        (
            "policy",
            "a key of another section",
            json!({ "defaults": { "canary": "alpha" } }),
        ),
        (
            "policy",
            "a number for a share",
            json!({ "guard": { "max_change": 30 } }),
        ),
        (
            "policy",
            "no such severity",
            json!({ "audit": { "severity": { "DEL06": "fatal" } } }),
        ),
        (
            "policy",
            "an exception without a reason",
            json!({ "zones": { "example.com": { "exception": [
            { "provider": "beta", "name": "www", "type": "A", "absent": true }
        ] } } }),
        ),
    ] {
        cases.push(Case::new(schema, what, instance, false));
    }
    judge(&cases);
}

#[test]
fn editors_are_told_of_schemas_that_are_there() {
    let text = fs::read_to_string(root().join(".taplo.toml")).expect("the editor's file");
    let config = read(&text);
    let rules = config["rule"].as_array().expect("rules");
    assert_eq!(rules.len(), 2);
    for rule in rules {
        let path = rule["schema"]["path"].as_str().expect("a path");
        assert!(root().join(path).is_file(), "{path}");
        let files = rule["include"].as_array().expect("files");
        assert!(!files.is_empty(), "{path}");
    }
    let sample = Path::new("providers/alpha.toml");
    assert!(root().join(sample).is_file());
}

#[test]
fn every_schema_is_printed_as_it_is_kept() {
    let told = std::process::Command::new(env!("CARGO_BIN_EXE_redundns"))
        .args(["providers", "--help"])
        .output()
        .expect("it runs");
    let help = String::from_utf8_lossy(&told.stdout).into_owned();
    for name in names() {
        let printed = std::process::Command::new(env!("CARGO_BIN_EXE_redundns"))
            .args(["providers", "--schema", &name])
            .current_dir("/")
            .output()
            .expect("it runs");
        let kept = fs::read(super::folder().join(format!("{name}.schema.json"))).expect("text");
        assert!(printed.stdout == kept, "{name}");
        assert!(help.contains(&format!("- {name}:")), "{name}");
    }
    let usual = std::process::Command::new(env!("CARGO_BIN_EXE_redundns"))
        .args(["providers", "--schema"])
        .output()
        .expect("it runs");
    let account = fs::read(super::folder().join("account.schema.json")).expect("text");
    assert!(usual.stdout == account);
}
