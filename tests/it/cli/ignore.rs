//! Other people's records: neither changed nor called drift, and counted.

use super::{ORIGIN, Project, ZONE, changes, nameservers, provider, stored_file};
use crate::world::pdns::Pdns;

/// Puts lines into what the embedded account stores, as somebody else would.
fn hold(project: &Project, id: &str, lines: &str) {
    let file = stored_file(id);
    let text = project.read(&file);
    project.write(&file, &(text + lines));
}

const TOKEN: &str = "_acme-challenge.www.example.test. 60 IN TXT \"token\"\n";

#[test]
fn a_challenge_of_acme_is_left_alone_and_counted() {
    let project = Project::synced();
    hold(&project, "a", TOKEN);
    let (code, report) = project.json(&["check", "--api-only"]);
    assert_eq!(
        (code, changes(&report, "a")),
        (
            1,
            vec!["delete _acme-challenge.www.example.test. TXT".to_owned()]
        ),
        "without a rule it is drift"
    );
    project.write(
        "redundns.toml",
        "[zones.\"example.test\"]\nignore = [\"preset:acme\"]\n",
    );
    project
        .run(&["plan"])
        .expect(0, &["a (embedded)  nothing to change, 1 ignored"]);
    project
        .run(&["plan", "-v"])
        .expect(0, &["_acme-challenge.www  TXT  ignored by `preset:acme`"]);
    project
        .run(&["check"])
        .expect(0, &["all are current (1 record set ignored)"]);
    let (code, report) = project.json(&["plan", "--exit-code"]);
    assert_eq!(code, 0);
    assert_eq!(
        provider(&report, "a")["ignored"],
        serde_json::json!([{
            "name": "_acme-challenge.www.example.test.", "type": "TXT", "rule": "preset:acme",
        }])
    );
    project.append("new A 192.0.2.99\n");
    project
        .run(&["sync", "--yes"])
        .expect(0, &["all are current"]);
    assert!(project.stored("a").expect("a zone").contains("token"));
}

#[test]
fn what_stands_in_the_file_is_ours() {
    let project = Project::synced();
    project.write("redundns.toml", "[defaults]\nignore = [\"h? A\"]\n");
    project.edit(&stored_file("a"), "192.0.2.11", "192.0.2.111");
    let (_, report) = project.json(&["plan"]);
    assert_eq!(changes(&report, "a"), ["replace h1.example.test. A"]);
}

#[test]
fn what_external_dns_owns_is_left_alone_and_what_both_own_is_said() {
    let project = Project::synced();
    project.write(
        "redundns.toml",
        "[defaults]\nignore = [\"preset:external-dns\"]\n",
    );
    let heritage = "60 IN TXT \"heritage=external-dns,external-dns/owner=k8s,external-dns/resource=service/x/y\"\n";
    let mut lines = String::new();
    for name in ["a-shop", "a-h1", "aaaa-www"] {
        lines += &format!("{name}.{ORIGIN}. {heritage}");
    }
    lines += "shop.example.test. 60 IN A 198.51.100.1\nwww.example.test. 60 IN AAAA 2001:db8::1\n";
    for id in ["a", "b"] {
        hold(&project, id, &lines);
    }
    hold(&project, "b", "stray.example.test. 60 IN A 198.51.100.2\n");
    let (_, report) = project.json(&["plan"]);
    assert!(changes(&report, "a").is_empty(), "{report:#}");
    assert_eq!(changes(&report, "b"), ["delete stray.example.test. A"]);
    assert_eq!(
        provider(&report, "a")["ignored"].as_array().map(Vec::len),
        Some(5)
    );
    project
        .run(&["plan"])
        .expect(0, &["IGN01", "`h1.example.test. A`", "5 ignored"]);
    project
        .run(&["sync", "--yes"])
        .expect(0, &["all are current"]);
    project
        .run(&["check", "--dns-only"])
        .expect(0, &["all are current"]);
}

#[test]
fn every_rule_that_cannot_be_read_is_placed() {
    let project = Project::pair();
    project.write(
        "redundns.toml",
        "[defaults]\nignore = [\"www\", \"preset:acmee\"]\n[guard]\nprotect = [\"@ MX\", \"@\"]\n\
         [zones.\"example.test\"]\nignore = [\"x BOGUS\"]\n[zones.\"example.org\"]\n",
    );
    project.run(&["plan"]).expect(
        2,
        &[
            "redundns.toml:2:11",
            "redundns.toml:2:18",
            "redundns.toml:4:20",
            "redundns.toml:6:11",
            "there is no `preset:acmee`",
            "redundns.toml:7:8",
            "no zone file for `example.org.`",
        ],
    );
}

#[test]
fn a_challenge_that_appears_between_plan_and_proof_disturbs_neither() {
    let Some(pdns) = Pdns::start(&[]) else {
        return;
    };
    let account = format!(
        "adapter = \"powerdns\"\nendpoint = \"{}\"\napi_key = {{ env = \"PDNS\" }}\ncreate = true\n{}",
        pdns.endpoint,
        nameservers("b", pdns.dns)
    );
    let project = Project::new()
        .zone(ORIGIN, ZONE)
        .embedded("a")
        .account("b", &account)
        .variable("PDNS", pdns.api_key);
    let rule = "[zones.\"example.test\"]\nignore = [\"preset:acme\"]\n";
    project.write("redundns.toml", rule);
    project.run(&["sync", "--yes"]).expect_code(0);
    project.append("new A 192.0.2.99\n");
    project.run(&["plan", "--out", "saved.json"]).expect_code(0);
    let body = serde_json::json!({ "rrsets": [{
        "name": "_acme-challenge.deep.www.example.test.", "type": "TXT", "ttl": 60, "changetype": "REPLACE",
        "records": [{ "content": "\"token\"", "disabled": false }],
    }] });
    let (status, said) = pdns.request("PATCH", "/zones/example.test.", &body.to_string());
    assert_eq!(status, 204, "{said}");
    project
        .run(&["sync", "--yes", "--plan", "saved.json"])
        .expect(0, &["all are current"]);
    project
        .run(&["check"])
        .expect(0, &["all are current (1 record set ignored)"]);
    project.run(&["check", "--dns-only"]).expect_code(0);
    project.write("redundns.toml", "");
    project
        .run(&["check"])
        .expect(1, &["_acme-challenge.deep.www"]);
}
