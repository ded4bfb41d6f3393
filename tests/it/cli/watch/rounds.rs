//! Rounds, changes, and whoever is told of them.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::super::{ORIGIN, Project};
use super::{QUICK, TOKEN, Watching, changes, drift, get, listening, told, with_hook};
use crate::world::http_fake::{Fake, Reply};
use crate::world::{free_address, require, wait_until};

#[test]
fn a_change_is_told_once_and_so_is_its_end() {
    let fake = listening();
    let project = with_hook(Project::synced(), &fake);
    let watching = Watching::start(&project, &[]);
    watching.wait_for("round 1: 1 good");
    drift(&project, "b", "192.0.2.1\n", "192.0.2.77\n");
    wait_until("two messages", || fake.seen().len() >= 2);
    drift(&project, "b", "192.0.2.77\n", "192.0.2.1\n");
    wait_until("two more", || fake.seen().len() >= 4);
    let output = watching.terminate();
    output.expect(
        0,
        &[
            "~ example.test.: degraded, was good for",
            "= example.test. at b: good again, was degraded for",
            "stopped on request",
        ],
    );
    let messages = told(&fake);
    assert_eq!(
        changes(&messages),
        [
            "example.test. - degraded good",
            "example.test. - good degraded",
            "example.test. b degraded good",
            "example.test. b good degraded",
        ]
    );
    let ours = |message: &&serde_json::Value| message["provider"] == "b";
    let first = messages.iter().find(ours).expect("a message about b");
    let text = first["text"].as_str().expect("words");
    for part in [
        "example.test. at b: degraded, was good for",
        "\nsince 20",
        "\n- www.example.test. A: another answer than the zone file's at 1 of 1 nameserver",
        "\nat ns1.b.example. 127.0.0.1:",
        "\ndig +norec @127.0.0.1 -p ",
    ] {
        assert!(text.contains(part), "{part}:\n{text}");
    }
    for request in fake.seen() {
        assert_eq!(request.path, format!("/services/{TOKEN}"));
    }
}

#[test]
fn what_only_one_round_saw_is_told_nobody() {
    let fake = listening();
    let project = with_hook(Project::synced(), &fake);
    let once = |code: i32, phrases: &[&str]| {
        project.run(&["watch", "--once"]).expect(code, phrases);
    };
    once(0, &["= example.test.: good"]);
    for _ in 0..2 {
        drift(&project, "b", "192.0.2.1\n", "192.0.2.77\n");
        once(
            1,
            &["~ example.test.: degraded, seen once; it counts after 2 rounds running"],
        );
        drift(&project, "b", "192.0.2.77\n", "192.0.2.1\n");
        once(0, &["= example.test.: good\n"]);
    }
    assert_eq!(changes(&told(&fake)), Vec::<String>::new());
    drift(&project, "b", "192.0.2.1\n", "192.0.2.77\n");
    once(1, &[]);
    once(1, &["~ example.test. at b: degraded, was good"]);
    once(1, &["~ example.test.: degraded"]);
    assert_eq!(told(&fake).len(), 2);
    // Nothing but what changed, for whoever mails what cron prints.
    let quiet = project.run(&["watch", "--once", "-q"]);
    assert_eq!(quiet.expect_code(1).said(), "\n");
    let (code, report) = project.json(&["watch", "--once"]);
    assert_eq!((code, &report["outcome"]), (1, &"differs".into()));
}

#[test]
fn a_webhook_that_is_down_delays_nothing_and_is_told_later() {
    let fake = Fake::start(|index, _| {
        Reply::json(if index < 2 { 503 } else { 200 }, "{\"error\": \"later\"}")
    });
    let project = with_hook(Project::synced(), &fake);
    let metrics = free_address();
    project.edit("redundns.toml", "\"off\"", &format!("\"{metrics}\""));
    drift(&project, "b", "192.0.2.1\n", "192.0.2.77\n");
    let watching = Watching::start(&project, &["-v"]);
    watching.wait_for("cannot be told now");
    watching.wait_for("round 4: ");
    watching.wait_for("takes messages again");
    wait_until("both messages", || fake.seen().len() >= 4);
    let sent =
        "redundns_watch_notifications_sent_total{number=\"1\",target=\"webhook http://127.0.0.1:";
    wait_until("the figures", || {
        let (_, text) = get(metrics, "/metrics");
        text.lines()
            .any(|line| line.starts_with(sent) && line.ends_with("} 2"))
            && text.contains("redundns_watch_notification_failures_total{number=\"1\"")
            && !text.contains(TOKEN)
    });
    watching.terminate().expect_code(0);
    assert_eq!(
        changes(&told(&fake)[2..]),
        ["example.test. - - degraded", "example.test. b - degraded"]
    );
}

#[test]
fn what_did_not_arrive_before_the_end_is_told_by_the_next_run() {
    for is_killed in [false, true] {
        let is_down = Arc::new(AtomicBool::new(true));
        let down = Arc::clone(&is_down);
        let fake = Fake::start(move |_, _| {
            Reply::json(
                if down.load(Ordering::SeqCst) {
                    503
                } else {
                    200
                },
                "{}",
            )
        });
        let project = with_hook(Project::synced(), &fake);
        drift(&project, "b", "192.0.2.1\n", "192.0.2.77\n");
        let watching = Watching::start(&project, &["-v", "--timeout", "2s"]);
        watching.wait_for("cannot be told now");
        watching.wait_for("round 4: ");
        if is_killed {
            watching.signal("-KILL");
            drop(watching);
        } else {
            let words = "2 messages did not arrive, and the next run tries again";
            watching.terminate().expect(0, &[words]);
        }
        is_down.store(false, Ordering::SeqCst);
        let before = fake.seen().len();
        let words = "2 messages of an earlier run are delivered first";
        project.run(&["watch", "--once"]).expect(1, &[words]);
        assert_eq!(
            changes(&told(&fake)[before..]),
            ["example.test. - - degraded", "example.test. b - degraded"]
        );
        let output = project.run(&["watch", "--once"]).expect_code(1);
        assert!(!output.said().contains("earlier run"), "{}", output.said());
        assert_eq!(fake.seen().len(), before + 2);
    }
}

#[test]
fn whoever_refuses_a_message_is_not_asked_again() {
    let fake = Fake::start(|_, request| {
        Reply::json(404, &format!("{{\"error\": \"no hook {}\"}}", request.path))
    });
    let project = with_hook(Project::synced(), &fake);
    project.edit("redundns.toml", "[watch]\n", "[watch]\nconfirm = 1\n");
    drift(&project, "b", "192.0.2.1\n", "192.0.2.77\n");
    let output = project.run(&["watch", "--once"]);
    let output = output.expect(2, &["was not told `example.test.: degraded", "will not be"]);
    assert!(!output.said().contains(TOKEN), "{}", output.said());
    assert_eq!(fake.seen().len(), 2);
}

#[test]
fn every_kind_of_target_gets_a_test_message_and_is_heard() {
    let fake = listening();
    let project = Project::synced().variable("HOOK", &format!("{}/x/{TOKEN}", fake.endpoint()));
    project.write("tell", "#!/bin/sh\ncat > \"$1\"\n");
    project.write(
        "mail",
        "#!/bin/sh\necho \"$@\" > mail.words\ncat > mail.text\n",
    );
    for program in ["tell", "mail"] {
        let mode = fs::Permissions::from_mode(0o755);
        fs::set_permissions(project.path(program), mode).expect("ours");
    }
    let targets = "\
[[notify]]
slack = { env = \"HOOK\" }
[[notify]]
webhook = { env = \"HOOK\" }
[[notify]]
command = [\"./tell\", \"told.json\"]
[[notify]]
sendmail = { to = [\"ops@example.net\", \"two@example.net\"], from = \"dns@example.net\", program = \"./mail\" }
";
    project.write("redundns.toml", &format!("{QUICK}{targets}"));
    let output = project.run(&["watch", "--test-notify"]);
    output.expect(
        0,
        &[
            "= slack http://127.0.0.1:",
            "answered 200",
            "= command ./tell: exit status: 0",
            "= sendmail ops@example.net two@example.net: exit status: 0",
        ],
    );
    let messages = told(&fake);
    assert!(
        messages[0]["text"]
            .as_str()
            .expect("words")
            .contains("a test message")
    );
    assert_eq!(messages[0].as_object().map(serde_json::Map::len), Some(1));
    assert_eq!(messages[1]["event"], "test");
    let told: serde_json::Value =
        serde_json::from_str(&project.read("told.json")).expect("the same JSON");
    assert_eq!(told["event"], "test");
    assert_eq!(
        project.read("mail.words"),
        "-i -f dns@example.net -- ops@example.net two@example.net\n"
    );
    let mail = project.read("mail.text");
    assert!(mail.starts_with(
        "From: dns@example.net\nTo: ops@example.net, two@example.net\nSubject: redundns: a test"
    ));
    // One that fails is named, and the others are told all the same.
    project.edit("redundns.toml", "./tell", "./missing");
    let output = project.run(&["watch", "--test-notify"]);
    let output = output.expect(2, &["! command ./missing: cannot run", "= sendmail"]);
    assert!(!output.said().contains(TOKEN));
}

#[test]
fn metrics_are_accepted_by_promtool_and_name_every_state() {
    let metrics = free_address();
    let fake = listening();
    let project = with_hook(Project::synced(), &fake);
    project.edit("redundns.toml", "\"off\"", &format!("\"{metrics}\""));
    let watching = Watching::start(&project, &[]);
    watching.wait_for("round 1: ");
    let (status, text) = get(metrics, "/metrics");
    assert_eq!(status, "HTTP/1.1 200 OK");
    for line in [
        "redundns_watch_zone_state{zone=\"example.test.\",state=\"good\"} 1",
        "redundns_watch_zone_state{zone=\"example.test.\",state=\"failed\"} 0",
        "redundns_watch_provider_state{zone=\"example.test.\",provider=\"b\",state=\"good\"} 1",
        "redundns_watch_clock_leaps_total 0",
        "redundns_exit_code{command=\"watch\"} 0",
    ] {
        assert!(text.lines().any(|own| own == line), "{line}:\n{text}");
    }
    assert_eq!(
        get(metrics, "/healthz"),
        ("HTTP/1.1 200 OK".to_owned(), "ok\n".to_owned())
    );
    assert!(get(metrics, "/other").0.contains("404"));
    if let Some(judge) = require("promtool", "prometheus") {
        project.write("metrics", &text);
        let metrics = fs::File::open(project.path("metrics")).expect("a file");
        let mut command = std::process::Command::new(judge);
        let judged = command.args(["check", "metrics"]).stdin(metrics).output();
        let judged = judged.expect("it runs");
        let said = String::from_utf8_lossy(&judged.stderr).into_owned();
        assert!(
            judged.status.success() && said.trim().is_empty(),
            "{said}\n{text}"
        );
    }
    // An address that was named has to be free; nobody else's metrics are taken for ours.
    project.edit(
        "redundns.toml",
        "[watch]\n",
        "[watch]\nhistory = \"second.redb\"\n",
    );
    project.run(&["watch"]).expect(
        2,
        &["WAT03", &format!("metrics cannot be given at {metrics}")],
    );
    watching.terminate().expect_code(0);
}

#[test]
fn what_is_edited_meanwhile_is_seen_and_what_is_broken_is_unknown() {
    let fake = listening();
    let project = with_hook(Project::synced(), &fake);
    let watching = Watching::start(&project, &["-v"]);
    watching.wait_for("round 1: 1 good");
    project.append("broken A 192.0.2.999\n");
    watching.wait_for("? example.test.: unknown, was good");
    watching.wait_for("example.test.zone:16:");
    let text = project.read(&format!("zones/{ORIGIN}.zone"));
    project.write(
        &format!("zones/{ORIGIN}.zone"),
        &text.replace("broken A 192.0.2.999\n", ""),
    );
    watching.wait_for("= example.test.: good again, was unknown");
    let toml = project.read("redundns.toml");
    project.write("redundns.toml", "nonsense\n");
    watching.wait_for("the configuration has an error");
    project.write("redundns.toml", &toml);
    wait_until("good again", || {
        watching.said().matches("example.test.: good again").count() == 2
    });
    watching.terminate().expect_code(0);
    // Nobody outside reads of lines of files.
    assert_eq!(told(&fake)[0]["to"], "unknown");
}
