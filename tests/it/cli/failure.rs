//! A failed read is unknown: it changes nobody else's plan, and nothing is written until the operator decides.

use super::{Project, changes, nameservers, provider, stored_file};
use crate::world::free_address;
use crate::world::pdns::Pdns;

/// An rfc2136 account where nobody listens.
fn dead() -> String {
    let address = free_address();
    format!(
        "adapter = \"rfc2136\"\nserver = \"{address}\"\n{}",
        nameservers("b", address)
    )
}

/// Edits the zone, then takes provider `b` away; what is planned and stored for `a` must not notice.
fn outage(project: &Project, take_away: impl FnOnce(&Project)) {
    project.edit(
        "zones/example.test.zone",
        "www A 192.0.2.1\n",
        "www A 192.0.2.77\n",
    );
    let (code, whole) = project.json(&["plan"]);
    assert_eq!(code, 0, "{whole:#}");
    let (stored, origin) = (project.stored("a"), whole["zones"][0]["zone"].clone());
    take_away(project);

    let (code, partial) = project.json(&["plan"]);
    assert_eq!((code, &partial["outcome"]), (2, &"trouble".into()));
    assert_eq!(partial["zones"][0]["zone"], origin);
    assert_eq!(provider(&whole, "a"), provider(&partial, "a"));
    assert_eq!(changes(&partial, "a"), ["replace www.example.test. A"]);
    assert_eq!(provider(&partial, "b")["state"], "unknown");
    assert_eq!(provider(&partial, "b")["changes"], serde_json::json!([]));
    assert!(provider(&partial, "b")["error"]["message"].is_string());

    let refused = project.run(&["sync", "--yes"]);
    refused.expect(2, &["nothing was changed", "b (", "unknown", "--without b"]);
    assert_eq!(project.stored("a"), stored);
    project.run(&["check"]).expect_code(2);
}

#[test]
fn a_closed_port_leaves_the_other_plan_as_it_was_and_without_syncs_the_rest() {
    let project = Project::synced();
    outage(&project, |project| {
        project.write("providers/b.toml", &dead());
    });
    project
        .run(&["sync", "--yes", "--without", "b"])
        .expect(0, &["1 change made"]);
    assert!(
        project
            .stored("a")
            .is_some_and(|text| text.contains("192.0.2.77"))
    );
    project.run(&["check", "--without", "b"]).expect_code(0);
    project.run(&["check"]).expect_code(2);
}

#[test]
fn provider_limits_plan_proof_and_report_alike() {
    let project = Project::synced();
    outage(&project, |project| {
        project.write("providers/b.toml", &dead());
    });
    let (code, report) = project.json(&["sync", "--yes", "-p", "a"]);
    assert_eq!(code, 0, "{report:#}");
    assert_eq!(
        report["zones"][0]["providers"].as_array().map(Vec::len),
        Some(1)
    );
    let servers = report["zones"][0]["nameservers"]
        .as_array()
        .expect("a list");
    assert!(servers.iter().all(|server| server["provider"] == "a"));
    project.run(&["check", "-p", "a"]).expect_code(0);
    project
        .run(&["sync", "--yes", "-p", "a", "--without", "a"])
        .expect(2, &["no provider is left", "hint"]);
}

#[test]
fn powerdns_stopped_is_unknown_too() {
    let Some(server) = Pdns::start(&[]) else {
        return;
    };
    let project = Project::pair()
        .account(
            "b",
            &format!(
                "adapter = \"powerdns\"\nendpoint = \"{}\"\napi_key = {{ env = \"KEY\" }}\ncreate = true\n{}",
                server.endpoint,
                nameservers("b", server.dns)
            ),
        )
        .variable("KEY", server.api_key);
    project.run(&["sync", "--yes"]).expect_code(0);
    project
        .run(&["sync", "--yes"])
        .expect(0, &["nothing to change"]);
    outage(&project, |_| drop(server));
    project
        .run(&["sync", "--yes", "--without", "b"])
        .expect_code(0);
}

#[test]
fn a_directory_that_cannot_be_read_is_unknown() {
    let project = Project::synced();
    outage(&project, |project| {
        let file = project.path(&stored_file("b"));
        std::fs::remove_file(&file).expect("removed");
        std::fs::create_dir(&file).expect("a folder in its place");
    });
}

#[test]
fn a_timeout_before_the_first_write_is_trouble_and_nothing_was_changed() {
    let project = Project::synced();
    project.append("new A 192.0.2.99\n");
    let before = (project.stored("a"), project.stored("b"));
    let output = project.run(&["sync", "--yes", "--timeout", "0s"]);
    output.expect(2, &["hint"]);
    assert_eq!((project.stored("a"), project.stored("b")), before);
    project.run(&["check", "--timeout", "0s"]).expect_code(2);
}
