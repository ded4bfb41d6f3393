//! The schemas in docs/schema, judged by others: they let pass what the program reads and prints, and refuse what it
//! refuses.

mod account;
mod documents;
mod policy;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::world::{environment, require_clients};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema")
}

/// `docs/schema/NAME.schema.json`.
fn schema(name: &str) -> Value {
    let text = fs::read_to_string(folder().join(format!("{name}.schema.json"))).expect("a schema");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The names of all of them.
fn names() -> BTreeSet<String> {
    let files = fs::read_dir(folder()).expect("a folder");
    files
        .map(|file| file.expect("a file").file_name())
        .map(|file| file.to_string_lossy().into_owned())
        .map(|file| match file.strip_suffix(".schema.json") {
            Some(name) => name.to_owned(),
            None => panic!("docs/schema/{file} is no schema"),
        })
        .collect()
}

/// What shall be so by a schema.
pub(super) struct Case {
    schema: String,
    /// In words, for when it is not.
    what: String,
    instance: Value,
    valid: bool,
}

impl Case {
    pub(super) fn new(schema: &str, what: impl Into<String>, instance: Value, valid: bool) -> Self {
        Self {
            schema: schema.to_owned(),
            what: what.into(),
            instance,
            valid,
        }
    }
}

/// Has somebody else's validator judge, which is not asked where it is not installed. A case that must fail goes along.
pub(super) fn judge(cases: &[Case]) {
    let Some(python) = require_clients("reports") else {
        return;
    };
    let schemas: serde_json::Map<String, Value> = names()
        .into_iter()
        .map(|name| (name.clone(), schema(&name)))
        .collect();
    let given: Vec<Value> = cases
        .iter()
        .map(|case| {
            json!({ "schema": case.schema, "what": case.what, "instance": case.instance, "valid": case.valid })
        })
        .collect();
    let ask = |cases: &[Value]| {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("cases.json");
        let asked = json!({ "schemas": schemas, "cases": cases });
        fs::write(&file, asked.to_string()).expect("a file");
        let output = Command::new(&python)
            .args(["-c", include_str!("judge.py")])
            .arg(&file)
            .output()
            .expect("it runs");
        let said =
            String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        (output.status.success(), said.into_owned())
    };
    let (right, said) = ask(&given);
    assert!(right, "{said}");
    assert!(
        said.starts_with(&format!("{} cases, 0 wrong", cases.len())),
        "{said}"
    );
    let mut turned = given[0].clone();
    turned["valid"] = json!(!cases[0].valid);
    assert!(!ask(&[turned]).0, "the judge cannot say no");
}

/// The words in backquotes behind `expected` of serde's message about a key or a value that it does not know.
fn expected(message: &str) -> BTreeSet<String> {
    let (_, list) = message
        .split_once("expected ")
        .unwrap_or_else(|| panic!("nothing was expected: {message}"));
    let words = list.split('`').skip(1).step_by(2);
    words.map(str::to_owned).collect()
}

/// Whether something is refused for its form, whatever it says.
fn is_form(message: &str) -> bool {
    [
        "invalid type",
        "invalid value",
        "unknown field",
        "unknown variant",
        "missing field",
        "a secret does not belong",
        "a secret has one source",
        "expected `{ env",
    ]
    .iter()
    .any(|start| message.starts_with(start))
}

/// The keys that an object may have by its schema.
fn properties(schema: &Value) -> BTreeSet<String> {
    let members = schema["properties"].as_object();
    let members = members.unwrap_or_else(|| panic!("no properties: {schema:#}"));
    members.keys().cloned().collect()
}

/// The schema behind a reference, or itself.
fn resolved<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(target) => root
            .pointer(target.trim_start_matches('#'))
            .unwrap_or_else(|| panic!("no {target}")),
        None => schema,
    }
}

/// One value of every kind that TOML has, and of some no more than the kind.
fn probes() -> Vec<Value> {
    vec![
        json!("x"),
        json!("30s"),
        json!("30%"),
        json!("64MB"),
        json!(0),
        json!(1),
        json!(-1),
        json!(1.5),
        json!(true),
        json!(false),
        json!([]),
        json!(["x"]),
        json!([1]),
        json!([{}]),
        json!({}),
        json!({ "env": "X" }),
        json!({ "env": 1 }),
        json!({ "literal": "x" }),
        json!({ "x": "x" }),
    ]
}

/// A value as it would stand in a TOML file.
fn toml(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let all: Vec<String> = members
                .iter()
                .map(|(key, value)| format!("{key:?} = {}", toml(value)))
                .collect();
            format!("{{ {} }}", all.join(", "))
        }
        Value::Array(values) => {
            let all: Vec<String> = values.iter().map(toml).collect();
            format!("[{}]", all.join(", "))
        }
        other => other.to_string(),
    }
}

/// Lines `key = value`.
fn lines(table: &Value) -> String {
    let members = table.as_object().expect("a table");
    members.iter().fold(String::new(), |text, (key, value)| {
        text + &format!("{key:?} = {}\n", toml(value))
    })
}

#[test]
fn the_schema_of_accounts_is_what_the_adapters_say() {
    let path = folder().join("account.schema.json");
    let made = format!("{:#}\n", redundns::config::account_schema());
    if environment("UPDATE_SNAPSHOTS").is_some() {
        fs::write(&path, &made).expect("a file");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == made,
        "docs/schema/account.schema.json is not what the adapters say (UPDATE_SNAPSHOTS=1 cargo test --test it schema \
         writes it)"
    );
}

#[test]
fn what_several_schemas_define_they_define_alike() {
    let report = schema("report");
    let history = schema("history");
    for name in ["finding", "change", "set", "error"] {
        assert_eq!(history["$defs"][name], report["$defs"][name], "{name}");
    }
}
