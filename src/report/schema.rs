//! Tests that JSON is what the published schemas say, and what a plan becomes.

use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::*;
use crate::plan::{
    Change, DiffRules, Plan, ProviderPlan, SavedPlan, SavedProvider, SavedZone, order,
};
use crate::provider::{ApexNs, ErrorKind, ProviderError, Soa};
use crate::zone::{
    Finding, Name, Position, RecordKey, RecordSet, RecordType, Severity, Zone, ZoneBuilder,
};

const SCHEMA: &str = include_str!("../../docs/schema/report.schema.json");
const PLAN_SCHEMA: &str = include_str!("../../docs/schema/plan.schema.json");

/// As much of JSON Schema as ours uses; the path of the first thing that does not fit.
pub(crate) fn check(root: &Value, schema: &Value, value: &Value, path: &str) -> Result<(), String> {
    let fail = |what: &str| Err(format!("{path}: {what}: {value}"));
    if let Some(target) = schema["$ref"].as_str() {
        let own = root
            .pointer(target.trim_start_matches('#'))
            .ok_or_else(|| format!("{path}: no {target}"))?;
        return check(root, own, value, path);
    }
    if let Some(choices) = schema["anyOf"].as_array() {
        let fits = choices
            .iter()
            .any(|one| check(root, one, value, path).is_ok());
        return if fits { Ok(()) } else { fail("fits no choice") };
    }
    if schema.get("const").is_some_and(|only| only != value) {
        return fail("not the constant");
    }
    if schema["enum"]
        .as_array()
        .is_some_and(|all| !all.contains(value))
    {
        return fail("not in the list");
    }
    let is_a = |kind: &str| match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        _ => value.is_null(),
    };
    match &schema["type"] {
        Value::String(kind) if !is_a(kind) => return fail(kind),
        Value::Array(kinds) if !kinds.iter().filter_map(Value::as_str).any(is_a) => {
            return fail("none of the types");
        }
        _ => {}
    }
    for item in value.as_array().into_iter().flatten() {
        check(root, &schema["items"], item, &format!("{path}[]"))?;
    }
    for key in schema["required"].as_array().into_iter().flatten() {
        if value.get(key.as_str().unwrap_or_default()).is_none() {
            return fail(&format!("lacks {key}"));
        }
    }
    for (key, inner) in value.as_object().into_iter().flatten() {
        match schema["properties"].get(key) {
            Some(own) => check(root, own, inner, &format!("{path}.{key}"))?,
            None => return fail(&format!("has an undocumented {key}")),
        }
    }
    Ok(())
}

fn planned() -> Report {
    let name = |text: &str| Name::absolute(text).expect("a name");
    let key = RecordKey {
        owner: name("WWW.example.com"),
        rtype: RecordType::A,
    };
    let set = |ttl, octet| {
        let rdata = Ipv4Addr::new(192, 0, 2, octet).octets();
        RecordSet::new(ttl, vec![rdata.into()])
    };
    let changes = vec![Change::Replace {
        key,
        before: set(300, 10),
        after: set(60, 44),
    }];
    let origin = name("example.com");
    let mut alpha = ProviderPlan::unknown(
        "alpha",
        "powerdns",
        ProviderError::new(ErrorKind::Unreachable, "connection refused").hint("is it up?"),
    );
    let beta = ProviderPlan {
        id: "beta".to_owned(),
        state: crate::plan::State::Known {
            waves: order(changes, &origin),
            notices: Vec::new(),
            ignored: crate::plan::Ignored::default(),
        },
        ..alpha.clone()
    };
    alpha.objections = vec![crate::plan::Objection {
        code: "GRD05",
        provider: None,
        message: "unproved".to_owned(),
        flag: None,
        hint: "prove it".to_owned(),
    }];
    let plan = Plan {
        zone: origin,
        record_sets: 1,
        providers: vec![alpha, beta],
    };
    let mut report = Report::new("plan");
    let finding = Finding::new("FIT01", Severity::Error, "it does not fit").at("z", 3, 1);
    report.findings.push((&finding).into());
    report.zones.push(ZoneReport::of_plan(&plan, None));
    report
}

#[test]
fn a_plan_becomes_entries_in_presentation_format() {
    let json: Value = serde_json::from_str(&planned().to_json()).expect("JSON");
    assert_eq!(
        json["zones"][0]["providers"][1]["changes"],
        json!([{
            "action": "replace", "name": "www.example.com.", "type": "A",
            "before": { "ttl": 300, "rdata": ["192.0.2.10"] },
            "after": { "ttl": 60, "rdata": ["192.0.2.44"] },
            "file": null, "line": null, "column": null,
        }])
    );
    assert_eq!(
        json["zones"][0]["providers"][0]["error"],
        json!({ "kind": "unreachable", "message": "connection refused", "hint": "is it up?" })
    );
    assert_eq!(json["zones"][0]["providers"][0]["state"], "unknown");
    assert_eq!((&json["version"], json.get("run")), (&json!(1), None));
}

#[test]
fn reports_are_as_the_schema_says() {
    let schema: Value = serde_json::from_str(SCHEMA).expect("JSON");
    let mut report = planned();
    report.run = Some("2026-11-23T11-00-00Z".to_owned());
    report.outcome = Outcome::Trouble;
    let zone = &mut report.zones[0];
    zone.providers[1].cost = Some(CostEntry::default());
    zone.nameservers.push(NameserverReport {
        name: "ns1.example.net.".to_owned(),
        address: "192.0.2.1:53".to_owned(),
        p50_ms: Some(1.5),
        ..NameserverReport::default()
    });
    zone.differences.push(Difference {
        verdict: "stale".to_owned(),
        answers: vec![AnswerEntry {
            nameservers: vec![zone.nameservers[0].label()],
            kind: "nodata".to_owned(),
            ..AnswerEntry::default()
        }],
        ..Difference::default()
    });
    zone.drill = Some(drilled());
    let json = serde_json::to_value(&report).expect("JSON");
    assert_eq!(check(&schema, &schema, &json, "report"), Ok(()));

    let mut wrong = json.clone();
    wrong["zones"][0]["drill"]["rehearsal"]["phases"][0]["phase"] = json!("late");
    assert!(check(&schema, &schema, &wrong, "report").is_err());
    let mut wrong = json.clone();
    wrong["zones"][0]["providers"] = Value::Null;
    assert!(check(&schema, &schema, &wrong, "report").is_err());
    let mut wrong = json;
    wrong["zones"][0]["differences"][0]["verdict"] = json!("odd");
    assert!(check(&schema, &schema, &wrong, "report").is_err());
}

fn drilled() -> DrillEntry {
    let row = LookupRow {
        at_ms: 0.0,
        phase: Phase::Before,
        name: "www.example.com.".to_owned(),
        rtype: "A".to_owned(),
        rcode: None,
        latency_ms: None,
        told: Told::Nothing,
    };
    let rehearsal = RehearsalEntry {
        resolver: "unbound 1.17.1".to_owned(),
        names: "wildcard".to_owned(),
        rate: 20,
        seconds: 20.0,
        patience_seconds: 5.0,
        phases: Vec::new(),
        slices: Vec::new(),
    };
    DrillEntry {
        down: "alpha".to_owned(),
        fault: "silent".to_owned(),
        loss_percent: None,
        arithmetic: ArithmeticEntry {
            servers: 2,
            lost: 1,
            left: 1,
            survived: true,
            cold_share: 0.5,
            first_wait_seconds: (0.8, 1.5),
            stale_share: 0.5,
            assumptions: vec!["a resolver picks among all addresses alike; those that prefer the nearest do better".to_owned()],
        },
        rehearsal: Some(rehearsal.with(&[row])),
    }
}

#[test]
fn saved_plans_are_as_the_schema_says() {
    let schema: Value = serde_json::from_str(PLAN_SCHEMA).expect("JSON");
    let zone = |address| {
        let mut builder = ZoneBuilder::new(Name::absolute("example.com").expect("a name"));
        for (owner, last) in [("example.com", 1), ("www.example.com", address)] {
            let owner = Name::absolute(owner).expect("a name");
            let rdata = [192, 0, 2, last];
            builder.push(
                owner.borrow(),
                RecordType::A,
                60,
                &rdata,
                Position::default(),
            );
        }
        let ns = Name::absolute("ns.example.net").expect("a name");
        let origin = builder.origin().clone();
        let (ns, at) = (ns.borrow().wire(), Position::default());
        builder.push(origin.borrow(), RecordType::NS, 60, ns, at);
        builder.finish()
    };
    let rules = DiffRules {
        apex_ns: ApexNs::Full,
        soa: Soa::Settable,
        ignore: Vec::new(),
    };
    let desired = zone(1);
    let empty = Zone::empty(desired.origin().clone());
    let provider = |id: &str, current: Option<&Zone>| {
        let held = current.unwrap_or(&empty);
        let plan = ProviderPlan::known(id, "embedded", held, &desired, &rules);
        SavedProvider::of(&plan, current, &rules).expect("a known provider")
    };
    let providers = vec![provider("a", None), provider("b", Some(&zone(2)))];
    let left_out = vec!["c".to_owned()];
    let plan = SavedPlan::new(vec![SavedZone::new(
        &desired, "zones/z", providers, left_out,
    )]);
    let json: Value = serde_json::from_str(&plan.to_json()).expect("JSON");
    assert_eq!(check(&schema, &schema, &json, "plan"), Ok(()));

    let changes = |json: &Value| json["zones"][0]["providers"][0]["changes"].clone();
    let waves: Vec<Value> = changes(&json)
        .as_array()
        .expect("a list")
        .iter()
        .map(|change| change["wave"].clone())
        .collect();
    assert_eq!(waves, ["body", "body", "apex_ns"]);
    for (pointer, value) in [
        ("", json!({ "version": 1, "zones": [], "at": "2026-11-23" })),
        ("/version", json!(2)),
        ("/zones/0/desired", Value::Null),
        ("/zones/0/providers/0/changes/0/wave", json!("last")),
        ("/zones/0/providers/0/changes/0/after/ttl", json!("60")),
    ] {
        let mut wrong = json.clone();
        *wrong.pointer_mut(pointer).expect("a place in it") = value;
        assert!(
            check(&schema, &schema, &wrong, "plan").is_err(),
            "{pointer}"
        );
    }
    for pointer in [
        "",
        "/zones/0",
        "/zones/0/providers/0",
        "/zones/0/providers/0/changes/0",
    ] {
        let mut wrong = json.clone();
        wrong.pointer_mut(pointer).expect("an object")["more"] = json!(1);
        assert!(
            check(&schema, &schema, &wrong, "plan").is_err(),
            "{pointer}"
        );
        assert!(
            SavedPlan::read(wrong.to_string().as_bytes()).is_err(),
            "{pointer}"
        );
    }
}
