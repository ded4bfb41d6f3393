//! Accounts and their schema, held together key by key, for each adapter.

use std::collections::BTreeSet;
use std::path::Path;

use redundns::adapters::{
    ADAPTERS, Adapter, Kind, Secret, SecretSource, Secrets, Settings, SettingsError,
};
use redundns::config::Draft;
use serde_json::{Value, json};

use super::{Case, expected, is_form, judge, lines, probes, properties, schema};

/// Every secret there can be.
struct Known;

impl Secrets for Known {
    fn read(
        &self,
        _: &str,
        _: &str,
        _: Option<&SecretSource>,
        _: &[&str],
    ) -> Result<Option<Secret>, SettingsError> {
        // Base64 as well.
        Ok(Some(Secret::new("c2VjcmV0")))
    }
}

/// What the adapter says of its own keys, were these.
fn connected(adapter: &Adapter, keys: &Value) -> Result<(), String> {
    let text = lines(keys);
    let table = toml::de::DeTable::parse(&text).expect("TOML");
    let settings = Settings {
        id: "x",
        values: table,
        nameservers: Vec::new(),
        directory: Path::new("/nonexistent"),
        secrets: &Known,
    };
    match (adapter.connect)(settings) {
        Ok(_) => Ok(()),
        Err(error) => Err(error.message),
    }
}

/// What is wrong with an account file.
fn faults(text: &str) -> Vec<String> {
    match Draft::read("x", text, Path::new("/nonexistent")) {
        Ok(_) => Vec::new(),
        Err(findings) => findings.into_iter().map(|one| one.message).collect(),
    }
}

/// The least that the adapter can be made of.
fn least(adapter: &Adapter) -> Value {
    let mut keys = json!({});
    for key in adapter.keys.iter().filter(|key| key.required) {
        keys[key.name] = match key.kind {
            Kind::Texts => json!(["127.0.0.1:5301"]),
            _ => json!("127.0.0.1"),
        };
    }
    keys
}

#[test]
fn every_key_of_an_adapter_is_described_and_no_other() {
    for adapter in ADAPTERS {
        let described: BTreeSet<String> =
            adapter.keys.iter().map(|key| key.name.to_owned()).collect();
        let said = connected(adapter, &json!({ "zzz": 1 })).expect_err("an unknown key");
        assert!(said.starts_with("unknown field `zzz`"), "{said}");
        assert_eq!(described, expected(&said), "{}", adapter.name);
        if let Some(key) = adapter.keys.iter().find(|key| key.kind == Kind::Tsig) {
            let mut keys = least(adapter);
            keys[key.name] = json!({ "zzz": 1 });
            let said = connected(adapter, &keys).expect_err("an unknown key");
            let tsig = &schema("account")["$defs"]["tsig"];
            assert_eq!(properties(tsig), expected(&said), "{}", adapter.name);
        }
        // What has to be there, and nothing else.
        let whole = least(adapter);
        for key in adapter.keys.iter().filter(|key| key.required) {
            let mut without = whole.clone();
            without.as_object_mut().expect("a table").remove(key.name);
            let said = connected(adapter, &without).expect_err("it is required");
            assert!(
                said.contains(&format!("`{}`", key.name)) && said.contains("missing"),
                "{said}"
            );
        }
        if let Err(said) = connected(adapter, &whole) {
            assert!(
                !said.starts_with("missing field"),
                "{}: {said}",
                adapter.name
            );
        }
    }
}

#[test]
fn every_key_of_all_accounts_is_described_and_no_other() {
    let schema = schema("account");
    let common = |adapter: &str| {
        let own = properties(&schema["$defs"][adapter]);
        let adapter = redundns::adapters::adapter(adapter).expect("an adapter");
        let of_adapter: BTreeSet<String> =
            adapter.keys.iter().map(|key| key.name.to_owned()).collect();
        &own - &of_adapter
    };
    // The hint of the finding has them all.
    let unknown = "adapter = \"embedded\"\nlisten = [\"127.0.0.1:53\"]\nzzz = 1\n";
    let findings = Draft::read("x", unknown, Path::new("/nonexistent")).err();
    let hint = findings.and_then(|mut findings| findings.pop()?.hint);
    let mut listed = expected(
        &hint
            .expect("a hint")
            .replace(" has the keys ", " expected "),
    );
    for own in ["listen", "directory"] {
        assert!(listed.remove(own), "{own}");
    }
    for adapter in ADAPTERS {
        assert_eq!(common(adapter.name), listed, "{}", adapter.name);
        for key in &listed {
            assert!(
                schema["properties"][key]["description"].is_string(),
                "{key}"
            );
        }
    }
    for (line, pointer) in [
        ("nameservers = [{ zzz = 1 }]", "/$defs/nameserver"),
        ("capabilities = { zzz = 1 }", "/$defs/capabilities"),
    ] {
        let said = faults(&format!("adapter = \"embedded\"\n{line}\n")).concat();
        let own = schema.pointer(pointer).expect("a definition");
        assert_eq!(properties(own), expected(&said), "{line}");
    }
    for (line, pointer) in [
        ("apex_ns = \"zzz\"", "/properties/apex_ns"),
        (
            "capabilities = { apex_ns = \"zzz\" }",
            "/$defs/capabilities/properties/apex_ns",
        ),
        (
            "capabilities = { soa = \"zzz\" }",
            "/$defs/capabilities/properties/soa",
        ),
    ] {
        let said = faults(&format!("adapter = \"embedded\"\n{line}\n")).concat();
        let words = schema.pointer(pointer).expect("a choice")["enum"].as_array();
        let words: BTreeSet<String> = words
            .expect("a list")
            .iter()
            .map(|word| word.as_str().expect("a word").to_owned())
            .collect();
        assert_eq!(words, expected(&said), "{line}");
    }
}

#[test]
fn the_schema_refuses_what_an_adapter_cannot_read_and_nothing_that_it_reads() {
    let mut cases = Vec::new();
    for adapter in ADAPTERS {
        let mut tried = vec![json!({}), least(adapter)];
        for key in adapter.keys {
            for probe in probes() {
                let mut keys = least(adapter);
                keys[key.name] = probe;
                tried.push(keys);
            }
        }
        for mut keys in tried {
            let said = connected(adapter, &keys);
            let valid = match &said {
                Ok(()) => true,
                Err(message) if is_form(message) => false,
                // Of a right form, and nothing that can be used.
                Err(_) => continue,
            };
            keys["adapter"] = json!(adapter.name);
            let what = format!("{}({said:?})", lines(&keys));
            cases.push(Case::new("account", what, keys, valid));
        }
    }
    let common = [
        "enabled",
        "zones",
        "nameservers",
        "batch",
        "capabilities",
        "apex_ns",
    ];
    let claims = properties(&schema("account")["$defs"]["capabilities"]);
    for probe in probes() {
        let own = |key: &str, value: &Value| json!({ "adapter": "embedded", "listen": ["127.0.0.1:5301"], key: value });
        let mut tried: Vec<Value> = common.iter().map(|key| own(key, &probe)).collect();
        for claim in &claims {
            tried.push(own("capabilities", &json!({ claim: probe })));
        }
        for instance in tried {
            let said = faults(&lines(&instance));
            let valid = said.is_empty();
            if valid || said.iter().any(|message| is_form(message)) {
                let what = format!("{}{said:?}", lines(&instance));
                cases.push(Case::new("account", what, instance, valid));
            }
        }
    }
    let accepted = cases.iter().filter(|case| case.valid).count();
    assert!(
        accepted > 100 && cases.len() > accepted + 500,
        "{accepted} of {}",
        cases.len()
    );
    judge(&cases);
}
