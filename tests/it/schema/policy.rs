//! `redundns.toml` and its schema, held together key by key: what serde says that it expects is what is described.

use std::collections::BTreeSet;
use std::fs;

use redundns::config::Project;
use serde_json::{Value, json};

use super::{Case, expected, is_form, judge, lines, probes, properties, resolved, schema};

/// What is wrong with `redundns.toml`, were this in it.
fn faults(text: &str) -> Vec<String> {
    let directory = tempfile::tempdir().expect("a directory");
    fs::write(directory.path().join("redundns.toml"), text).expect("a file");
    let found = Project::begin(directory.path()).findings;
    found
        .into_iter()
        .filter(|finding| matches!(finding.code, "CFG02" | "CFG03"))
        .map(|finding| finding.message)
        .collect()
}

/// A place in the file: how to put a value there.
type Place = Box<dyn Fn(Value) -> Value>;

/// Tables as the schema describes them, and keys by their path.
type Places = (Vec<(Place, Value)>, Vec<(Place, String)>);

/// Every table that the schema describes, with its place, and every key with a value that is no table.
fn places(root: &Value) -> Places {
    let (mut tables, mut leaves) = (Vec::new(), Vec::new());
    let mut open: Vec<(Value, Vec<String>)> = vec![(root.clone(), Vec::new())];
    while let Some((own, path)) = open.pop() {
        // Where a secret comes from is the business of whoever reads it.
        let is_secret = own["$ref"] == "#/$defs/secret";
        let own = resolved(root, &own).clone();
        let deeper = |step: &str| [&path[..], &[step.to_owned()]].concat();
        if is_secret {
            leaves.push((put(&path), path.join(".")));
        } else if let Some(members) = own["properties"].as_object() {
            tables.push((put(&path), own.clone()));
            for (name, member) in members {
                open.push((member.clone(), deeper(name)));
            }
        } else if own["additionalProperties"].is_object() {
            open.push((own["additionalProperties"].clone(), deeper("DEL06")));
        } else if own["items"]["$ref"].is_string() {
            open.push((own["items"].clone(), deeper("[]")));
        } else {
            leaves.push((put(&path), path.join(".")));
        }
    }
    (tables, leaves)
}

fn put(path: &[String]) -> Place {
    let path = path.to_vec();
    Box::new(move |value| {
        path.iter().rev().fold(value, |inner, step| {
            if step == "[]" {
                json!([inner])
            } else {
                json!({ step: inner })
            }
        })
    })
}

#[test]
fn every_key_that_is_read_is_described_and_no_other() {
    let schema = schema("policy");
    let (tables, _) = places(&schema);
    for (place, own) in &tables {
        let text = lines(&place(json!({ "zzz": 1 })));
        let said = faults(&text).concat();
        assert!(said.starts_with("unknown field `zzz`"), "{text}{said}");
        assert_eq!(properties(own), expected(&said), "{text}");
        assert_eq!(own["additionalProperties"], json!(false), "{text}");
    }
    // The choices of words, too.
    for (key, pointer) in [
        ("defaults.ns", "/properties/defaults/properties/ns"),
        (
            "rollout.on_failed_proof",
            "/properties/rollout/properties/on_failed_proof",
        ),
        (
            "audit.severity.DEL06",
            "/properties/audit/properties/severity/additionalProperties",
        ),
    ] {
        let said = faults(&format!("{key} = \"zzz\"")).concat();
        let described: BTreeSet<String> = schema.pointer(pointer).expect("a choice")["enum"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|word| word.as_str().expect("a word").to_owned())
            .collect();
        assert_eq!(described, expected(&said), "{key}");
    }
}

#[test]
fn the_schema_refuses_what_the_program_cannot_read_and_nothing_that_it_reads() {
    let schema = schema("policy");
    let (_, leaves) = places(&schema);
    let mut cases = Vec::new();
    let whole = json!({ "provider": "a", "name": "www", "type": "A", "reason": "so" });
    let exception = |members: Value| {
        let mut entry = whole.clone();
        for (key, value) in members.as_object().expect("members") {
            entry[key] = value.clone();
        }
        json!({ "zones": { "example.com": { "exception": [entry] } } })
    };
    let mut instances = vec![
        exception(json!({ "records": ["192.0.2.1"] })),
        exception(json!({ "records": ["192.0.2.1"], "absent": false })),
        exception(json!({ "absent": true, "ttl": 60 })),
    ];
    for probe in probes() {
        for (place, _) in leaves
            .iter()
            .filter(|(_, path)| !path.contains("exception"))
        {
            instances.push(place(probe.clone()));
        }
        for key in ["provider", "name", "type", "reason", "ttl"] {
            instances.push(exception(json!({ "absent": true, key: probe })));
        }
        instances.push(exception(json!({ "records": probe })));
    }
    for instance in instances {
        let text = lines(&instance);
        let said = faults(&text);
        if said.is_empty() {
            cases.push(Case::new("policy", text, instance, true));
        } else if said.iter().any(|message| is_form(message)) {
            cases.push(Case::new("policy", text, instance, false));
        }
    }
    let accepted = cases.iter().filter(|case| case.valid).count();
    assert!(
        accepted > 20 && cases.len() > accepted + 50,
        "{accepted} of {}",
        cases.len()
    );
    // What the program refuses beyond form, and an editor shall refuse as well.
    for mistake in [
        json!({ "guard": { "max_change": "a third" } }),
        json!({ "rollout": { "settle": "2 minutes" } }),
        json!({ "journal": { "max_size": "64 MiB" } }),
        json!({ "audit": { "severity": { "delegation": "off" } } }),
        exception(json!({})),
        exception(json!({ "records": ["192.0.2.1"], "absent": true })),
        exception(json!({ "records": [] })),
        exception(json!({ "absent": true, "reason": "" })),
    ] {
        let text = lines(&mistake);
        assert!(!faults(&text).is_empty(), "{text}");
        cases.push(Case::new("policy", text, mistake, false));
    }
    judge(&cases);
}
