//! SARIF 2.1.0 (OASIS, <https://docs.oasis-open.org/sarif/sarif/v2.1.0/>): results for code scanning.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use super::data::{Place, Report};
use super::remark::{Level, Remark, remarks};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The report as one SARIF run. Paths begin at the root of the repository, where `prefix` leads to the project;
/// `explain` says what a code means.
pub fn sarif(report: &Report, prefix: &str, explain: &dyn Fn(&str) -> Option<String>) -> String {
    let all = remarks(report);
    let codes: BTreeSet<&str> = all.iter().map(|one| &*one.code).collect();
    let rules: Vec<Value> = codes.iter().map(|code| rule(code, explain(code))).collect();
    let index: HashMap<&str, usize> = codes.into_iter().zip(0..).collect();
    let mut seen: HashMap<(&str, &str), usize> = HashMap::new();
    let results: Vec<Value> = all
        .iter()
        .map(|remark| {
            let nth = seen.entry((&remark.code, &remark.about)).or_default();
            *nth += 1;
            result(remark, index[&*remark.code], *nth, prefix)
        })
        .collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "redundns",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "automationDetails": { "id": format!("redundns/{}/", report.command) },
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                // Could not do or could not verify is not a result but a run that went wrong.
                "executionSuccessful": !matches!(report.outcome.exit_code(), 2 | 3),
                "exitCode": report.outcome.exit_code(),
            }],
            "results": results,
        }],
    });
    format!("{log:#}\n")
}

fn rule(code: &str, explained: Option<String>) -> Value {
    let text = explained.unwrap_or_else(|| code.to_owned());
    let first = text.lines().next().unwrap_or_default();
    let short = first.strip_prefix(code).unwrap_or(first);
    json!({
        "id": code,
        "shortDescription": { "text": short.trim_start_matches(": ") },
        "fullDescription": { "text": text.trim_end() },
    })
}

fn result(remark: &Remark, rule: usize, nth: usize, prefix: &str) -> Value {
    let level = match remark.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    };
    let text = format!("{}: {}", remark.title, remark.message);
    let locations: Vec<Value> = location(&remark.place, prefix).into_iter().collect();
    json!({
        "ruleId": remark.code,
        "ruleIndex": rule,
        "level": level,
        "message": { "text": text },
        "locations": locations,
        "partialFingerprints": { "redundns/v1": fingerprint(remark, nth) },
    })
}

fn location(place: &Place, prefix: &str) -> Option<Value> {
    let file = place.file.as_ref()?;
    let mut physical = json!({
        "artifactLocation": { "uri": uri(&format!("{prefix}{file}")), "uriBaseId": "%SRCROOT%" },
    });
    // Code scanning shows what has a region alone.
    let mut region = json!({ "startLine": place.line.unwrap_or(1) });
    if let Some(column) = place.column {
        region["startColumn"] = json!(column);
    }
    physical["region"] = region;
    Some(json!({ "physicalLocation": physical }))
}

/// The same for the same trouble in the next run, wherever the lines of the file went meanwhile.
fn fingerprint(remark: &Remark, nth: usize) -> String {
    let text = format!("{}\n{}\n{nth}", remark.code, remark.about);
    let hash = digest(&SHA256, text.as_bytes());
    hash.as_ref()[..16]
        .iter()
        .fold(String::new(), |mut out, octet| {
            let _ = write!(out, "{octet:02x}");
            out
        })
}

/// A path as a relative reference (RFC 3986, section 4.2).
fn uri(path: &str) -> String {
    let mut out = String::new();
    for octet in path.replace('\\', "/").bytes() {
        if octet.is_ascii_alphanumeric() || b"/-._~+=@".contains(&octet) {
            out.push(char::from(octet));
        } else {
            let _ = write!(out, "%{octet:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::samples::{drifted, finding};
    use super::*;

    fn log(report: &Report) -> Value {
        let text = sarif(report, "dns/", &|code| {
            Some(format!("{code}: what it means\n\nWhy: so"))
        });
        serde_json::from_str(&text).expect("JSON")
    }

    #[test]
    fn results_point_at_the_record() {
        let log = log(&drifted());
        let results = log["runs"][0]["results"].as_array().expect("a list");
        let is_agreement = |one: &&Value| one["ruleId"] == "AGR01";
        let result = results.iter().find(is_agreement).expect("a result");
        assert_eq!(
            (&result["ruleId"], &result["level"]),
            (&json!("AGR01"), &json!("error"))
        );
        assert_eq!(
            result["locations"][0]["physicalLocation"],
            json!({
                "artifactLocation": { "uri": "dns/zones/example.com.zone", "uriBaseId": "%SRCROOT%" },
                "region": { "startLine": 12, "startColumn": 1 },
            })
        );
        let rule = result["ruleIndex"].as_u64().expect("a number") as usize;
        let rule = &log["runs"][0]["tool"]["driver"]["rules"][rule];
        assert_eq!(rule["id"], "AGR01");
        assert_eq!(rule["shortDescription"]["text"], "what it means");
    }

    #[test]
    fn fingerprints_outlive_moved_lines_and_tell_twins_apart() {
        let prints = |report: &Report| -> Vec<Value> {
            let log = log(report);
            let results = log["runs"][0]["results"].as_array().expect("a list");
            let print = |one: &Value| one["partialFingerprints"]["redundns/v1"].clone();
            results.iter().map(print).collect()
        };
        let before = drifted();
        let mut after = before.clone();
        after.zones[0].differences[0].place.line = Some(99);
        assert_eq!(prints(&before), prints(&after));
        let mut twins = Report::new("lint");
        twins.findings = vec![finding("error", "odd"), finding("error", "odd")];
        let prints = prints(&twins);
        assert_ne!(prints[0], prints[1]);
    }

    #[test]
    fn paths_are_references() {
        assert_eq!(uri("zones\\a b#c.zone"), "zones/a%20b%23c.zone");
    }
}
