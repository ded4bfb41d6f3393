//! One provider first, proof, then the others; what stops midway says who holds what.

use super::{ORIGIN, Project, ZONE, differences, nameservers, provider};
use crate::world::bind::Bind;
use crate::world::free_address;
use crate::world::hosted::{Access, Hosted, KEY};

/// An embedded account whose nameserver is said to be where nobody answers.
fn unprovable(id: &str) -> String {
    format!(
        "adapter = \"embedded\"\nlisten = [\"{}\"]\n{}",
        free_address(),
        nameservers(id, free_address())
    )
}

#[test]
fn a_canary_that_cannot_be_proved_stops_the_rollout_before_the_next_provider() {
    let project = Project::pair().account("a", &unprovable("a"));
    let (code, report) = project.json(&["sync", "--yes", "--settle", "0s"]);
    assert_eq!(
        (code, &report["outcome"]),
        (3, &"partial".into()),
        "{report:#}"
    );
    assert_eq!(provider(&report, "b")["applied"], 0);
    assert_eq!(
        project.stored("b"),
        None,
        "the other provider is left as it was"
    );
    let findings = report["zones"][0]["findings"].as_array().expect("a list");
    assert!(
        findings.iter().any(|finding| finding["code"] == "RUN02"),
        "{report:#}"
    );
    project
        .run(&["check"])
        .expect(2, &["connection refused", "ns1.a.example."]);
}

#[test]
fn the_canary_can_be_chosen() {
    let project = Project::pair().account("a", &unprovable("a"));
    project.write("redundns.toml", "[rollout]\ncanary = \"b\"\n");
    project
        .run(&["sync", "--yes", "--settle", "0s"])
        .expect(3, &["RUN02", "`a` was written"]);
    assert!(
        project.stored("b").is_some(),
        "the canary was first, and right"
    );
    project.write("redundns.toml", "[rollout]\ncanary = \"bb\"\n");
    project
        .run(&["sync", "--yes"])
        .expect(2, &["redundns.toml:2:10", "no account `bb`"]);
}

#[test]
fn all_at_once_has_no_canary() {
    let project = Project::pair().account("a", &unprovable("a"));
    project
        .run(&["sync", "--yes", "--settle", "0s", "--all-at-once"])
        .expect(3, &["RUN02"]);
    assert!(project.stored("a").is_some() && project.stored("b").is_some());
}

#[test]
fn what_was_left_undone_is_done_by_the_next_sync() {
    let project = Project::pair();
    let right = project.read("providers/a.toml");
    project.write("providers/a.toml", &unprovable("a"));
    project
        .run(&["sync", "--yes", "--settle", "0s"])
        .expect_code(3);
    project.write("providers/a.toml", &right);
    project
        .run(&["sync", "--yes"])
        .expect(0, &["all are current"]);
}

#[test]
fn what_is_remembered_of_earlier_runs_is_not_guessed_where_it_cannot_be_read() {
    let project = Project::synced();
    project.append("new A 192.0.2.99\n");
    project.write(".redundns/contacts.json", "{");
    let before = project.stored("a");
    for command in [&["plan"][..], &["sync", "--yes"]] {
        project.run(command).expect(2, &["contacts.json"]);
    }
    let (code, report) = project.json(&["plan"]);
    assert_eq!((code, &report["findings"][0]["code"]), (2, &"RUN09".into()));
    assert_eq!(report["command"], "plan");
    assert_eq!(project.stored("a"), before);
}

#[test]
fn an_apex_ns_set_is_not_written_where_the_rest_could_not_be() {
    let hosted = Hosted::dynamic(ORIGIN, ZONE);
    let Some(server) = Bind::start(&[hosted.update(Access::Nobody)]) else {
        return;
    };
    let project = Project::synced()
        .account(
            "c",
            &format!(
                "adapter = \"rfc2136\"\nserver = \"{}\"\ntsig = {{ name = \"{}\", algorithm = \"{}\", \
                 secret = {{ env = \"KEY\" }} }}\n{}",
                server.address(),
                KEY.name,
                KEY.algorithm,
                nameservers("c", server.address())
            ),
        )
        .variable("KEY", KEY.secret);
    project.edit(
        "zones/example.test.zone",
        "@ NS ns1.b.example.\n",
        "@ NS ns1.b.example.\n@ NS ns1.c.example.\n",
    );
    project.append("zz A 192.0.2.4\n");
    project
        .run(&["sync", "--yes"])
        .expect(3, &["refuses the update", "allow-update"]);
    for id in ["a", "b"] {
        let stored = project.stored(id).expect("a zone");
        assert!(!stored.contains("ns1.c.example"), "{stored}");
    }
}

/// A synced pair whose account `a` is asked at `b`'s server, so that it seems stale as long as it is the canary.
fn stale_canary() -> Project {
    let (a, b) = (free_address(), free_address());
    let project = Project::new()
        .zone(ORIGIN, ZONE)
        .embedded_at("a", a)
        .embedded_at("b", b);
    project.run(&["sync", "--yes"]).expect_code(0);
    project.edit(
        "providers/a.toml",
        &format!("addresses = [\"{a}\"]"),
        &format!("addresses = [\"{b}\"]"),
    );
    project.append("added A 192.0.2.44\n");
    project
}

#[test]
fn a_run_that_stops_midway_says_what_finishes_it_and_what_takes_it_back() {
    let project = stale_canary();
    let next = "finish it with `redundns sync`, or take it back with `redundns undo 2`";
    project
        .run(&["sync", "--yes", "--settle", "0s"])
        .expect(3, &["RUN02", "RUN12", next]);
    assert!(project.stored("a").expect("a zone").contains("added"));
    assert!(!project.stored("b").expect("a zone").contains("added"));
    project
        .run(&["undo", "2", "--yes", "--settle", "0s"])
        .expect_code(0);
    assert!(!project.stored("a").expect("a zone").contains("added"));
}

#[test]
fn a_failed_proof_takes_the_run_back_where_the_policy_says_so() {
    let project = stale_canary();
    project.write("redundns.toml", "[rollout]\non_failed_proof = \"undo\"\n");
    let (code, report) = project.json(&["sync", "--yes", "--settle", "0s"]);
    assert_eq!(
        (code, &report["outcome"]),
        (1, &"differs".into()),
        "{report:#}"
    );
    assert_eq!(report["undone"]["outcome"], "same", "{report:#}");
    for id in ["a", "b"] {
        assert!(
            !project.stored(id).expect("a zone").contains("added"),
            "{id}"
        );
    }
    project.run(&["history"]).expect(0, &["undo", "sync"]);
    project.write("redundns.toml", "[rollout]\non_failed_proof = \"pray\"\n");
    project
        .run(&["sync", "--yes"])
        .expect(2, &["redundns.toml:2:19", "`stop`", "`undo`"]);
}

#[test]
fn other_zones_are_not_begun_once_one_went_wrong() {
    let project = stale_canary();
    let other = ZONE.replace(ORIGIN, "zzz.test");
    let project = project.zone("zzz.test", &other);
    project.run(&["sync", "--yes", "--settle", "0s"]).expect(
        3,
        &["RUN15", &format!("not begun, since {ORIGIN}. went wrong")],
    );
    let created = project.path(".redundns/embedded/b/zzz.test.zone");
    assert!(!created.exists(), "the other zone was begun");
}

#[test]
fn a_server_that_leaves_the_ns_set_has_to_serve_until_resolvers_forgot_it() {
    let project = Project::synced();
    project.edit(&format!("zones/{ORIGIN}.zone"), "@ NS ns1.b.example.\n", "");
    let (code, report) = project.json(&["sync", "--yes", "--allow-protected"]);
    assert_eq!(code, 0, "{report:#}");
    let told = |report: &serde_json::Value, code: &str| {
        let findings = report["zones"][0]["findings"].as_array().expect("a list");
        let message = |one: &serde_json::Value| one["message"].as_str().map(str::to_owned);
        let mut of_code = findings.iter().filter(|one| one["code"] == code);
        of_code.next().and_then(message)
    };
    let message = told(&report, "RUN16").expect("a time to wait");
    assert!(
        message
            .starts_with("`ns1.b.example.` is no longer listed, and has to go on serving until 2"),
        "{message}"
    );
    for command in ["plan", "check"] {
        let (_, report) = project.json(&[command]);
        assert_eq!(told(&report, "RUN16").as_ref(), Some(&message), "{command}");
    }

    // Whoever leaves before that would go on with old data.
    let account = project.read("providers/b.toml");
    project.edit("providers/b.toml", "adapter", "enabled = false\nadapter");
    project.append("added A 192.0.2.44\n");
    project.run(&["sync", "--yes"]).expect(
        4,
        &[
            "GRD08",
            "may be remembered by resolvers until",
            "--allow-left",
        ],
    );
    project.write("providers/b.toml", &account);
    project.run(&["sync", "--yes"]).expect_code(0);

    // Two days later it may go, which is said once.
    let state = project.read(".redundns/contacts.json");
    let since = state.find("\"since\": ").expect("the time") + 9;
    let end = since + state[since..].find(',').expect("the end of it");
    project.write(
        ".redundns/contacts.json",
        &format!("{}1{}", &state[..since], &state[end..]),
    );
    let (code, report) = project.json(&["sync", "--yes"]);
    assert!(code == 0 && told(&report, "RUN17").is_some(), "{report:#}");
    let (_, report) = project.json(&["plan"]);
    assert_eq!(told(&report, "RUN16").or(told(&report, "RUN17")), None);
}

#[test]
fn a_set_that_was_deleted_and_is_still_served_is_found_out() {
    let Some(stale) = Bind::start(&[Hosted::dynamic(ORIGIN, ZONE)]) else {
        return;
    };
    let account = format!(
        "adapter = \"embedded\"\nlisten = [\"{}\"]\n{}",
        free_address(),
        nameservers("a", stale.address())
    );
    let project = Project::pair().account("a", &account);
    project.run(&["sync", "--yes"]).expect_code(0);
    project.edit("zones/example.test.zone", "h6 A 192.0.2.16\n", "");
    let (code, report) = project.json(&["sync", "--yes", "--settle", "0s"]);
    assert_eq!(code, 3, "{report:#}");
    assert_eq!(differences(&report), ["h6.example.test. A extra"]);
    assert_eq!(
        provider(&report, "b")["applied"],
        0,
        "the canary was not proved"
    );
    // Nor does anybody forget it once every API is as the file says.
    let _ = project.json(&["sync", "--yes", "--settle", "0s"]);
    for check in [&["check"][..], &["check", "--dns-only"]] {
        let (code, report) = project.json(check);
        assert_eq!(code, 1, "{report:#}");
        assert_eq!(differences(&report), ["h6.example.test. A extra"]);
    }
    assert_eq!(project.json(&["check", "--api-only"]).0, 0);
    // What the file has again is expected, and no longer asked for as gone.
    project.append("h6 A 192.0.2.16\n");
    let (_, report) = project.json(&["check", "--dns-only"]);
    let told = differences(&report);
    assert!(!told.is_empty() && !told.iter().any(|one| one.ends_with("extra")));
}
