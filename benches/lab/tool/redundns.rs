//! This program, and whether it names the fault, the record and the server.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use serde_json::Value;

use super::{Heard, Remark, Verdict, Visit, complaint, first_line, millis, run};
use crate::faults::{Case, Expect, Mode};
use crate::master::ZONE;

/// The program as it was built with this benchmark.
const PROGRAM: &str = env!("CARGO_BIN_EXE_redundns");

/// What a list of names adds to those that an audit looks for by itself.
const NAMES: &str = "api\ns1._domainkey\nlegacy\nhost.rack.dc\n";

pub(super) fn version() -> String {
    first_line(Command::new(PROGRAM).arg("--version")).expect("a version")
}

pub(super) fn look(visit: &Visit<'_>) -> Heard {
    let mut command = Command::new(PROGRAM);
    if visit.case.mode == Mode::Check {
        project(visit);
        command
            .arg("-C")
            .arg(visit.scratch)
            .args(["check", ZONE, "--json"]);
    } else {
        command
            .args(["audit", "--json", "--root-hints"])
            .arg(&visit.lab.hints);
        command.arg("--trust-anchor").arg(&visit.lab.anchor);
        if let Some(page) = &visit.case.status_page {
            command.arg("--status-page").arg(page);
        }
        if visit.case.mode == Mode::Names {
            let names = visit.scratch.join("names");
            fs::write(&names, NAMES).expect("a list of names");
            command.arg("--names").arg(names);
        }
        if visit.case.mode == Mode::File {
            command.arg(&visit.internet.file);
        } else {
            command.arg(ZONE);
        }
    }
    let (said, status, took) = run(&mut command, visit.scratch);
    let Ok(report) = serde_json::from_str::<Value>(&said) else {
        return Heard {
            took,
            failure: Some(complaint(visit.scratch, status)),
            ..Heard::default()
        };
    };
    Heard {
        remarks: remarks(&report, visit.case),
        took,
        failure: None,
    }
}

/// Accounts that are read by transfer, the one whose primary is held back among them.
fn project(visit: &Visit<'_>) {
    let (zones, accounts) = (visit.scratch.join("zones"), visit.scratch.join("providers"));
    for directory in [&zones, &accounts] {
        fs::create_dir_all(directory).expect("a folder");
    }
    fs::copy(&visit.internet.file, zones.join(format!("{ZONE}.zone"))).expect("the zone file");
    if let Some(policy) = &visit.case.policy {
        fs::write(visit.scratch.join("redundns.toml"), policy).expect("a policy");
    }
    for server in visit.case.nameservers() {
        let addresses: Vec<String> = server
            .addresses
            .iter()
            .map(|address| format!("\"{address}\""))
            .collect();
        let nameservers = format!(
            "nameservers = [{{ name = \"{}.\", addresses = [{}] }}]\n",
            server.name,
            addresses.join(", ")
        );
        let account = match visit.internet.primaries.get(&server.provider) {
            Some(primary) => {
                format!("adapter = \"rfc2136\"\nserver = \"{primary}\"\n{nameservers}")
            }
            None => format!("adapter = \"secondary\"\n{nameservers}"),
        };
        fs::write(accounts.join(format!("{}.toml", server.provider)), account).expect("an account");
    }
}

/// Findings, wherever they stand, and differences.
fn remarks(report: &Value, case: &Case) -> Vec<Remark> {
    let zones = || items(&report["zones"]);
    let inner = zones().flat_map(|zone| items(&zone["findings"]));
    let findings = items(&report["findings"]).chain(inner).map(|finding| {
        let nameserver = finding["nameserver"].as_str().unwrap_or_default();
        let text = finding.to_string();
        let named = if nameserver.is_empty() {
            &text
        } else {
            nameserver
        };
        Remark {
            error: finding["severity"] == "error",
            accused: servers_in(named, case),
            ..remark(finding)
        }
    });
    let differences = zones().flat_map(|zone| items(&zone["differences"]));
    let differences = differences.map(|difference| {
        let wrong = items(&difference["answers"]).filter(|answer| answer["current"] == false);
        let named: String = wrong
            .map(|answer| answer["nameservers"].to_string())
            .collect();
        Remark {
            error: difference["explained"].is_null(),
            accused: servers_in(&named, case),
            ..remark(difference)
        }
    });
    findings.chain(differences).collect()
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

/// What findings and differences have in common.
fn remark(of: &Value) -> Remark {
    let said = |key: &str| {
        of[key]
            .as_str()
            .map(|text| text.trim_end_matches('.').to_owned())
    };
    Remark {
        code: said("code").unwrap_or_default(),
        name: said("name"),
        rtype: said("type"),
        text: of.to_string(),
        ..Remark::default()
    }
}

/// The nameservers whose name or address stands in `text`.
fn servers_in(text: &str, case: &Case) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for server in case.nameservers() {
        let addresses = server
            .addresses
            .iter()
            .any(|address| text.contains(&address.to_string()));
        if addresses || text.contains(&server.name) {
            found.insert(server.name);
        }
    }
    found
}

/// A finding counts that has the code, is about the record, and accuses the servers and no other.
pub fn judge(heard: &Heard, case: &Case) -> Verdict {
    let took = millis(heard.took);
    let verdict = |good: bool, said: String| Verdict { good, said, took };
    if let Some(failure) = &heard.failure {
        return verdict(false, failure.clone());
    }
    let Some(expect) = &case.expect else {
        let errors: BTreeSet<&str> = heard
            .remarks
            .iter()
            .filter(|one| one.error)
            .map(|one| one.code.as_str())
            .collect();
        let said: Vec<&str> = errors.into_iter().collect();
        return verdict(said.is_empty(), said.join(", "));
    };
    let coded: Vec<&Remark> = heard
        .remarks
        .iter()
        .filter(|one| expect.code.contains(&one.code))
        .collect();
    let Some(first) = coded.first() else {
        let codes: BTreeSet<&str> = heard.remarks.iter().map(|one| one.code.as_str()).collect();
        let codes: Vec<&str> = codes.into_iter().collect();
        return verdict(false, format!("not found (it says: {})", codes.join(", ")));
    };
    let about: Vec<&Remark> = coded
        .iter()
        .filter(|one| is_about(one, expect))
        .copied()
        .collect();
    if about.is_empty() {
        return verdict(false, format!("{}: not of that record", first.code));
    }
    let accused: BTreeSet<&String> = about.iter().flat_map(|one| &one.accused).collect();
    let wanted: BTreeSet<&String> = expect.servers.iter().collect();
    if !wanted.is_empty() && accused != wanted {
        let accused: Vec<&str> = accused.into_iter().map(String::as_str).collect();
        return verdict(
            false,
            format!("{}: wrong server ({})", about[0].code, accused.join(", ")),
        );
    }
    verdict(true, about[0].code.clone())
}

fn is_about(remark: &Remark, expect: &Expect) -> bool {
    let named = |wanted: &Option<String>, own: &Option<String>| match (wanted, own) {
        (Some(wanted), Some(own)) => own.eq_ignore_ascii_case(wanted),
        (Some(wanted), None) => remark.text.contains(wanted.as_str()),
        (None, _) => true,
    };
    named(&expect.name, &remark.name)
        && named(&expect.rtype, &remark.rtype)
        && expect
            .mentions
            .iter()
            .all(|word| remark.text.contains(word.as_str()))
}
