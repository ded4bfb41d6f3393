//! Ctrl-C and SIGTERM in each phase of a sync: what is in flight is finished, nothing new is begun, the report says who
//! holds what, and the exit code tells whether anybody was changed.

use std::io::Write as _;
use std::net::UdpSocket;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};

use super::{ORIGIN, Output, Project, ZONE, nameservers, stored_file};
use crate::world::http_fake::{Fake, Reply, Request};
use crate::world::pdns::Pdns;
use crate::world::{require, wait_until};

const SIGNALS: [&str; 2] = ["-INT", "-TERM"];

/// Keeps requests waiting until it is opened.
#[derive(Default)]
struct Gate {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: usize,
    is_open: bool,
}

impl Gate {
    fn pass(&self) {
        let mut state = self.state.lock().expect("nobody panics with it");
        state.waiting += 1;
        let state = self.changed.wait_while(state, |state| !state.is_open);
        drop(state.expect("nobody panics with it"));
    }

    fn open(&self) {
        self.state.lock().expect("nobody panics with it").is_open = true;
        self.changed.notify_all();
    }

    fn wait_for_somebody(&self) {
        wait_until("a request at the gate", || {
            self.state.lock().expect("nobody panics with it").waiting > 0
        });
    }
}

/// A run under way.
struct Run {
    child: Child,
    said: std::path::PathBuf,
}

impl Run {
    fn start(project: &Project, arguments: &[&str]) -> Self {
        let said = project.path("said");
        let file = std::fs::File::create(&said).expect("a file");
        let child = project
            .command(arguments)
            .stdout(file.try_clone().expect("the same file"))
            .stderr(file)
            .spawn()
            .expect("started");
        Self { child, said }
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status();
        assert!(sent.expect("kill runs").success());
    }

    fn wait_for(&self, words: &str) {
        wait_until(words, || self.said().contains(words));
    }

    fn said(&self) -> String {
        std::fs::read_to_string(&self.said).unwrap_or_default()
    }

    fn end(mut self) -> Output {
        let status = self.child.wait().expect("ended");
        Output {
            code: status
                .code()
                .unwrap_or_else(|| panic!("no exit code: {status}")),
            stdout: self.said(),
            stderr: String::new(),
        }
    }
}

/// The account `p` at an API whose requests `holds` picks wait at the gate.
fn gated(
    project: Project,
    pdns: &Pdns,
    holds: impl Fn(usize, &Request) -> bool + Send + Sync + 'static,
) -> (Project, Fake, Arc<Gate>) {
    let gate: Arc<Gate> = Arc::default();
    let inner = Arc::clone(&gate);
    let fake = Fake::before(Some(pdns.web()), move |index, request| {
        if holds(index, request) {
            inner.pass();
        }
        Reply::Pass
    });
    let project = project
        .account("p", &account(&fake.endpoint(), pdns))
        .variable("KEY", pdns.api_key);
    (project, fake, gate)
}

fn account(endpoint: &str, pdns: &Pdns) -> String {
    format!(
        "adapter = \"powerdns\"\nendpoint = \"{endpoint}\"\napi_key = {{ env = \"KEY\" }}\ncreate = true\n{}",
        nameservers("p", pdns.dns)
    )
}

/// The embedded account `a`, and `p` at a real server, both current; then the zone file changes.
fn behind(pdns: &Pdns, more: &str) -> Project {
    let project = Project::new()
        .zone(ORIGIN, ZONE)
        .embedded("a")
        .account("p", &account(&pdns.endpoint, pdns))
        .variable("KEY", pdns.api_key);
    project.run(&["sync", "--yes"]).expect_code(0);
    project.edit(
        "zones/example.test.zone",
        "www A 192.0.2.1\n",
        "www A 192.0.2.77\n",
    );
    project.append(more);
    project
}

fn held_by(pdns: &Pdns) -> String {
    pdns.request("GET", &format!("/zones/{ORIGIN}."), "").1
}

#[test]
fn while_the_providers_are_read_it_ends_at_once_and_nothing_was_changed() {
    for signal in SIGNALS {
        let gate: Arc<Gate> = Arc::default();
        let inner = Arc::clone(&gate);
        let fake = Fake::start(move |_, _| {
            inner.pass();
            Reply::json(500, "{}")
        });
        let project = Project::synced().variable("KEY", "key").account(
            "p",
            &format!(
                "adapter = \"powerdns\"\nendpoint = \"{}\"\napi_key = {{ env = \"KEY\" }}\n{}",
                fake.endpoint(),
                nameservers("p", fake.address())
            ),
        );
        project.append("new A 192.0.2.99\n");
        let before = project.stored("a");
        let run = Run::start(&project, &["sync", "--yes"]);
        gate.wait_for_somebody();
        run.signal(signal);
        run.end().expect(2, &["nothing was changed"]);
        gate.open();
        assert_eq!(project.stored("a"), before);
    }
}

#[test]
fn where_nobody_can_be_asked_nothing_is_changed() {
    let project = Project::synced();
    project.append("new A 192.0.2.99\n");
    let before = project.stored("a");
    project
        .run(&["sync"])
        .expect(2, &["nobody to ask; nothing was changed", "--yes"]);
    assert_eq!(project.stored("a"), before);
}

#[test]
fn at_the_question_it_ends_at_once_and_nothing_was_changed() {
    let Some(script) = require("script", "bsdutils") else {
        return;
    };
    for key in ["\x03", "TERM"] {
        let project = Project::synced();
        project.append("new A 192.0.2.99\n");
        let before = project.stored("a");
        let line = format!(
            "echo $$ > pid; exec {} sync",
            env!("CARGO_BIN_EXE_redundns")
        );
        let mut child = Command::new(&script)
            .args(["-qefc", &line, "said"])
            .current_dir(project.path("."))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("started");
        wait_until("the question", || {
            std::fs::read(project.path("said"))
                .is_ok_and(|said| String::from_utf8_lossy(&said).contains("[y/N]"))
        });
        let mut keyboard = child.stdin.take().expect("piped");
        if key == "TERM" {
            let pid = project.read("pid");
            let sent = Command::new("kill").args(["-TERM", pid.trim()]).status();
            assert!(sent.expect("kill runs").success());
        } else {
            keyboard.write_all(key.as_bytes()).expect("pressed");
        }
        let status = child.wait().expect("ended");
        let said = project.read("said");
        assert_eq!(status.code(), Some(2), "{said}");
        assert!(said.contains("nothing was changed"), "{said}");
        assert_eq!(project.stored("a"), before);
        drop(keyboard);
    }
}

#[test]
fn a_write_in_flight_at_the_canary_is_finished_and_nobody_else_is_begun() {
    for signal in SIGNALS {
        let Some(pdns) = Pdns::start(&[]) else {
            return;
        };
        let project = behind(&pdns, "");
        project.write("redundns.toml", "[rollout]\ncanary = \"p\"\n");
        let (project, _fake, gate) = gated(project, &pdns, |_, request| request.method == "PATCH");
        let before = project.stored("a");
        let run = Run::start(&project, &["sync", "--yes"]);
        gate.wait_for_somebody();
        run.signal(signal);
        run.wait_for("finishing what is under way");
        assert!(
            !held_by(&pdns).contains("192.0.2.77"),
            "held back until now"
        );
        gate.open();
        run.end()
            .expect(3, &["RUN03", "stopped on request", "redundns sync"]);
        assert!(held_by(&pdns).contains("192.0.2.77"), "finished");
        assert_eq!(project.stored("a"), before, "not begun");
        project
            .run(&["sync", "--yes"])
            .expect(0, &["1 change made"]);
        project.run(&["check"]).expect_code(0);
    }
}

#[test]
fn asked_twice_it_does_not_wait_for_the_write_in_flight() {
    for signal in SIGNALS {
        let Some(pdns) = Pdns::start(&[]) else {
            return;
        };
        let project = behind(&pdns, "");
        project.write("redundns.toml", "[rollout]\ncanary = \"p\"\n");
        let (project, _fake, gate) = gated(project, &pdns, |_, request| request.method == "PATCH");
        let run = Run::start(&project, &["sync", "--yes"]);
        gate.wait_for_somebody();
        run.signal(signal);
        run.wait_for("finishing what is under way");
        run.signal(signal);
        run.end()
            .expect(3, &["cut off", "may be made or not", "redundns check"]);
        gate.open();
        wait_until("the write that nobody waited for", || {
            held_by(&pdns).contains("192.0.2.77")
        });
        project.run(&["sync", "--yes"]).expect_code(0);
        project.run(&["check"]).expect_code(0);
    }
}

#[test]
fn while_answers_settle_it_stops_before_the_next_provider() {
    for signal in SIGNALS {
        let silent = UdpSocket::bind("127.0.0.1:0").expect("a socket");
        let project = Project::synced();
        project.append("new A 192.0.2.99\n");
        let account = project.read("providers/a.toml");
        let (listening, _) = account.split_once("nameservers").expect("the last line");
        let asked = nameservers("a", silent.local_addr().expect("bound"));
        project.write("providers/a.toml", &format!("{listening}{asked}"));
        let before = project.stored("b");
        let run = Run::start(&project, &["sync", "--yes", "--settle", "10m"]);
        wait_until("the canary's zone", || {
            project
                .stored("a")
                .is_some_and(|text| text.contains("192.0.2.99"))
        });
        run.signal(signal);
        run.end()
            .expect(3, &["stopped on request", "`a` was written"]);
        assert_eq!(project.stored("b"), before);
    }
}

#[test]
fn in_the_last_proof_it_says_that_something_was_written_and_is_not_proved() {
    for signal in SIGNALS {
        let project = Project::synced();
        project.append("new A 192.0.2.99\n");
        project.run(&["sync", "--yes", "-p", "b"]).expect_code(0);
        let silent = UdpSocket::bind("127.0.0.1:0").expect("a socket");
        let account = project.read("providers/b.toml");
        let (listening, _) = account.split_once("nameservers").expect("the last line");
        let asked = nameservers("b", silent.local_addr().expect("bound"));
        project.write("providers/b.toml", &format!("{listening}{asked}"));
        let run = Run::start(&project, &["sync", "--yes", "--settle", "10m"]);
        // It was asked, and the canary was proved before.
        silent
            .set_read_timeout(Some(std::time::Duration::from_secs(30)))
            .expect("a timeout");
        silent.recv(&mut [0; 512]).expect("a question");
        run.signal(signal);
        run.end().expect(3, &["ns1.b.example."]);
        assert!(
            project
                .stored("a")
                .is_some_and(|text| text.contains("192.0.2.99"))
        );
    }
}

#[test]
fn in_the_apex_ns_wave_every_call_that_was_begun_is_finished() {
    for signal in SIGNALS {
        let Some(pdns) = Pdns::start(&[]) else {
            return;
        };
        let project = behind(&pdns, "");
        project.edit(
            "zones/example.test.zone",
            "@ NS ns1.b.example.\n",
            "@ NS ns1.p.example.\n",
        );
        let (project, _fake, gate) = gated(project, &pdns, |_, request| {
            let body = String::from_utf8_lossy(&request.body);
            request.method == "PATCH" && body.contains("\"NS\"")
        });
        let run = Run::start(&project, &["sync", "--yes"]);
        gate.wait_for_somebody();
        run.signal(signal);
        run.wait_for("finishing what is under way");
        gate.open();
        // Nothing is left to do, and the answers say so.
        run.end().expect(0, &["all are current"]);
        assert!(held_by(&pdns).contains("ns1.p.example."));
        let stored = project.stored("a").expect("a zone");
        assert!(stored.contains("ns1.p.example."), "{}", stored_file("a"));
        project.run(&["check"]).expect_code(0);
    }
}
