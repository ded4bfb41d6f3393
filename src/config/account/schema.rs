//! The JSON Schema of account files, for editors and for whoever writes them by program.

use serde_json::{Map, Value, json};

use crate::adapters::{ADAPTERS, Adapter, Kind};

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

/// What an account file may say, made of the adapters' own words. Each adapter has a definition of its own, so that what
/// is wrong is said of the key that is wrong.
pub fn account_schema() -> Value {
    let mut definitions = shared();
    definitions.extend(
        ADAPTERS
            .iter()
            .map(|adapter| (adapter.name.to_owned(), of_adapter(adapter))),
    );
    let choices: Vec<Value> = ADAPTERS
        .iter()
        .map(|adapter| {
            json!({
                "if": { "properties": { "adapter": { "const": adapter.name } }, "required": ["adapter"] },
                "then": { "$ref": format!("#/$defs/{}", adapter.name) },
            })
        })
        .collect();
    let mut properties = common();
    for adapter in ADAPTERS {
        for key in adapter.keys {
            properties
                .entry(key.name)
                .or_insert_with(|| json!({ "description": told(key.name) }));
        }
    }
    json!({
        "$schema": DRAFT,
        "title": "redundns account",
        "description": "A file of `providers/`. Its name without `.toml` is the account's id.",
        "type": "object",
        "properties": properties,
        "required": ["adapter"],
        "allOf": choices,
        "$defs": definitions,
    })
}

/// What a key is; where it is not the same for every adapter that has it, whose it is.
fn told(name: &str) -> String {
    let mut all: Vec<(&str, String)> = Vec::new();
    for adapter in ADAPTERS {
        for key in adapter.keys.iter().filter(|key| key.name == name) {
            match all.iter_mut().find(|(what, _)| *what == key.what) {
                Some((_, who)) => *who += &format!(", {}", adapter.name),
                None => all.push((key.what, adapter.name.to_owned())),
            }
        }
    }
    match &all[..] {
        [(what, _)] => (*what).to_owned(),
        several => several
            .iter()
            .map(|(what, who)| format!("{who}: {what}"))
            .collect::<Vec<_>>()
            .join("\n\n"),
    }
}

fn of_adapter(adapter: &Adapter) -> Value {
    // What every account has is described above all adapters.
    let mut properties: Map<String, Value> = common()
        .into_iter()
        .map(|(name, _)| (name, Value::Bool(true)))
        .collect();
    for key in adapter.keys {
        let mut own = of_kind(key.kind);
        own["description"] = key.what.into();
        properties.insert(key.name.to_owned(), own);
    }
    let required: Vec<&str> = adapter
        .keys
        .iter()
        .filter(|key| key.required)
        .map(|key| key.name)
        .collect();
    json!({
        "title": adapter.name,
        "description": adapter.docs,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn of_kind(kind: Kind) -> Value {
    match kind {
        Kind::Text => json!({ "type": "string" }),
        Kind::Texts => json!({ "type": "array", "items": { "type": "string" } }),
        Kind::Flag => json!({ "type": "boolean", "default": false }),
        Kind::Seconds => json!({ "type": "integer", "minimum": 0 }),
        Kind::Secret => json!({ "$ref": "#/$defs/secret" }),
        Kind::Map => json!({ "type": "object", "additionalProperties": { "type": "string" } }),
        Kind::Tsig => json!({ "$ref": "#/$defs/tsig" }),
        Kind::Free => json!({ "type": "object" }),
    }
}

/// The keys that every account has.
fn common() -> Map<String, Value> {
    let names: Vec<&str> = ADAPTERS.iter().map(|adapter| adapter.name).collect();
    members(json!({
        "adapter": {
            "description": "Which API the account speaks.",
            "enum": names,
        },
        "enabled": {
            "description": "Whether the account counts at all.",
            "type": "boolean",
            "default": true,
        },
        "zones": {
            "description": "Globs over zone origins: the zones that the account shall hold.",
            "type": "array",
            "items": { "type": "string" },
            "default": ["*"],
        },
        "nameservers": {
            "description": "The nameservers that answer for the account; left out: those that the provider names.",
            "type": "array",
            "items": { "$ref": "#/$defs/nameserver" },
        },
        "batch": {
            "description": "The most changes in one call; left out: as many as the API takes.",
            "type": "integer",
            "minimum": 1,
        },
        "capabilities": {
            "description": "What the provider can hold, where that differs from what the adapter knows.",
            "$ref": "#/$defs/capabilities",
        },
        "apex_ns": {
            "description": "Whose the apex NS set is. `provider` accepts that it is the provider's own there: resolvers \
                            that ask there learn of that provider's servers only.",
            "enum": ["file", "provider"],
            "default": "file",
        },
    }))
}

/// What several adapters use.
fn shared() -> Map<String, Value> {
    let count = |what: &str| json!({ "description": what, "type": "integer", "minimum": 0 });
    let seconds = |what: &str| json!({ "description": what, "type": "integer", "minimum": 0, "maximum": u32::MAX });
    let text = json!({ "type": "string" });
    members(json!({
        "secret": {
            "description": "Where a secret comes from; it never stands in the file itself.",
            "type": "object",
            "properties": {
                "env": { "description": "A variable of the environment.", "type": "string" },
                "file": { "description": "A file; a relative path starts at the project.", "type": "string" },
                "command": { "description": "A program and its arguments, which prints it.", "type": "array", "items": text },
            },
            "additionalProperties": false,
            "minProperties": 1,
            "maxProperties": 1,
        },
        "tsig": {
            "type": "object",
            "properties": {
                "name": { "description": "The name of the key.", "type": "string" },
                "algorithm": {
                    "description": "hmac-sha256, hmac-sha384 or hmac-sha512.",
                    "type": "string",
                    "default": "hmac-sha256",
                },
                "secret": {
                    "description": "The secret in base64; left out: DNS_UPDATE_KEYSECRET.",
                    "$ref": "#/$defs/secret",
                },
            },
            "required": ["name"],
            "additionalProperties": false,
        },
        "nameserver": {
            "type": "object",
            "properties": {
                "name": { "description": "Its name, absolute.", "type": "string" },
                "addresses": {
                    "description": "`192.0.2.1`, `192.0.2.1:5301` or `[2001:db8::1]:5301`; left out: looked up.",
                    "type": "array",
                    "items": text,
                },
            },
            "required": ["name"],
            "additionalProperties": false,
        },
        "capabilities": {
            "type": "object",
            "properties": {
                "types": { "description": "The types it holds, by mnemonic or as TYPE65280.", "type": "array", "items": text },
                "ttl_min": seconds("The lowest TTL, in seconds."),
                "ttl_max": seconds("The highest TTL, in seconds."),
                "ttl_steps": { "description": "The only TTLs there are, in seconds.", "type": "array", "items": seconds("Seconds.") },
                "txt_octets": count("Octets of TXT data in one record, strings joined."),
                "txt_set_octets": count("Octets of TXT data in one record set, all its records together."),
                "records_per_set": count("Records in one record set."),
                "apex_ns": {
                    "description": "What can be said of the apex NS set: nothing (hidden, fixed), more than its own (add_only), all (full).",
                    "enum": ["full", "add_only", "fixed", "hidden"],
                },
                "soa": { "description": "Whether the SOA can be set, its serial apart.", "enum": ["settable", "fixed"] },
                "settle": count("How many seconds after a write its nameservers may still answer with the old data."),
            },
            "additionalProperties": false,
        },
    }))
}

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
