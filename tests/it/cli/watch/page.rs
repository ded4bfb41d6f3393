//! The files of the status page.

use std::fs;
use std::net::UdpSocket;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use super::super::Project;
use super::{QUICK, Watching, drift};
use crate::world::http_fake::{Fake, Reply};

fn project(more: &str) -> Project {
    let project = Project::synced();
    project.write(
        "redundns.toml",
        &format!(
            "{QUICK}confirm = 1\n[status]\ndirectory = \"public\"\ntitle = \"Our DNS\"\n{more}"
        ),
    );
    project
}

fn summary(project: &Project) -> Value {
    serde_json::from_str(&project.read("public/summary.json")).expect("JSON")
}

#[test]
fn the_page_says_what_was_seen_and_since_when() {
    let project = project("");
    project.run(&["watch", "--once"]).expect_code(0);
    let first = summary(&project);
    assert_eq!(first["title"], "Our DNS");
    assert_eq!(
        (&first["state"], &first["zones"][0]["state"]),
        (&"good".into(), &"good".into())
    );
    assert_eq!(first["zones"][0]["zone"], "example.test.");
    let ids: Vec<&str> = first["zones"][0]["providers"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| one["id"].as_str())
        .collect();
    assert_eq!(ids, ["a", "b"]);
    assert!(first["zones"][0]["providers"][0]["p50_ms"].is_number());
    drift(&project, "b", "192.0.2.1\n", "192.0.2.77\n");
    project.run(&["watch", "--once"]).expect_code(1);
    let second = summary(&project);
    let zone = &second["zones"][0];
    assert_eq!(
        (&second["state"], &zone["providers"][1]["state"]),
        (&"degraded".into(), &"degraded".into())
    );
    assert_eq!(zone["providers"][0]["state"], "good");
    assert!(
        zone["reasons"][0]
            .as_str()
            .expect("why")
            .contains("www.example.test. A")
    );
    // Readable by a web server, and nothing half written beside it.
    let mode = fs::metadata(project.path("public/summary.json"))
        .expect("a file")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o644);
    let names = fs::read_dir(project.path("public")).expect("a folder");
    for name in names {
        let name = name
            .expect("an entry")
            .file_name()
            .to_string_lossy()
            .into_owned();
        assert!(!name.starts_with('.'), "{name}");
    }
}

#[test]
fn a_round_that_is_cut_short_changes_no_page() {
    let silent = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let address = silent.local_addr().expect("bound");
    let project = project("");
    let text =
        "$TTL 300\n@ SOA ns.dark.test. h.dark.test. 1 14400 3600 1209600 300\n@ NS ns.dark.test.\n";
    for zone in ["middle.test", "z.test"] {
        project.write(&format!("zones/{zone}.zone"), text);
    }
    project.write(
        "providers/dark.toml",
        &format!(
            "adapter = \"secondary\"\nzones = [\"middle.test\"]\n\
             nameservers = [{{ name = \"ns.dark.test.\", addresses = [\"{address}\"] }}]\n"
        ),
    );
    let zones = || summary(&project)["zones"].as_array().map(Vec::len);
    project.run(&["watch", "--once", "--dns-only"]);
    assert_eq!(zones(), Some(3));
    let mut octets = [0; 512];
    silent.set_nonblocking(true).expect("a socket");
    while silent.recv(&mut octets).is_ok() {}
    silent.set_nonblocking(false).expect("a socket");

    let watching = Watching::start(&project, &["--dns-only"]);
    // Now it is at the second of the zones.
    silent.recv(&mut octets).expect("a question");
    let output = watching.terminate();
    output.expect(0, &["in the middle of a round, which does not count"]);
    assert_eq!(zones(), Some(3));
}

#[test]
fn an_incident_that_cannot_be_read_is_said_and_the_others_are_shown() {
    let project = project("incidents = \"incidents\"\n");
    project
        .run(&["watch", "--once"])
        .expect(0, &["no incident can be read from incidents"]);
    fs::create_dir(project.path("incidents")).expect("a folder");
    project.write(
        "incidents/2026-11-30-beta.md",
        "+++\ntitle = \"Beta answers slowly\"\nstarted = 2026-11-30T09:12:00Z\n+++\nWe look into it.\n",
    );
    project.write("incidents/2026-11-29-broken.md", "no keys at all\n");
    project.write("incidents/notes.txt", "nobody reads this\n");
    let output = project.run(&["watch", "--once"]);
    output.expect(0, &["incidents/2026-11-29-broken.md:1:1", "INC01"]);
    let incidents = summary(&project)["incidents"].clone();
    assert_eq!(incidents.as_array().map(Vec::len), Some(1));
    assert_eq!(incidents[0]["title"], "Beta answers slowly");
}

#[test]
fn other_services_are_shown_and_unknown_where_their_source_is_silent() {
    let fake = Fake::start(|index, _| match index {
        0 => Reply::json(
            200,
            r#"[{"name": "Web site", "state": "good", "link": "https://www.example/"}]"#,
        ),
        _ => Reply::json(500, "{}"),
    });
    let project = project(&format!(
        "elsewhere = \"{}/services.json\"\n",
        fake.endpoint()
    ));
    project.run(&["watch", "--once"]).expect_code(0);
    assert_eq!(summary(&project)["elsewhere"][0]["state"], "good");
    let output = project.run(&["watch", "--once"]);
    output.expect(
        0,
        &["the state of other services is not known", "answered 500"],
    );
}

#[test]
fn a_page_whose_own_name_depends_on_what_it_reports_on_says_so() {
    let project = project("url = \"https://status.example.test/\"\n");
    let words = "own name status.example.test. lies in example.test.";
    project.run(&["watch", "--once"]).expect(0, &[words]);
    let warnings = summary(&project)["warnings"].clone();
    assert!(
        warnings[0].as_str().expect("a warning").contains(words),
        "{warnings}"
    );
    project.edit("redundns.toml", "status.example.test", "127.0.0.1");
    let said = project.run(&["watch", "--once"]).expect_code(0).said();
    assert!(!said.contains("own name"), "{said}");
}

#[test]
fn a_page_that_cannot_be_written_is_said() {
    let project = project("");
    project.write("public", "a file where the folder should be\n");
    project.run(&["watch", "--once"]).expect(
        2,
        &[
            "the status page cannot be written to public",
            "= example.test.: good",
        ],
    );
}
