//! What must not happen, seen from the command line: lost hand-made records, unproved servers that are listed, a stop
//! that is not heard.

use std::net::{SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::world::{free_address, wait_until};

/// A project of the embedded accounts `alpha` and `beta`.
struct Project {
    directory: tempfile::TempDir,
    alpha: SocketAddr,
}

const FRAME: &str = "$TTL 300\n@ SOA ns.alpha.test. admin.alpha.test. 1 2 3 4 5\n@ NS ns.alpha.test.\n@ NS ns.beta.test.\n";

impl Project {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        for inner in ["zones", "providers", "state/alpha", "state/beta"] {
            std::fs::create_dir_all(directory.path().join(inner)).expect("created");
        }
        let project = Self {
            directory,
            alpha: free_address(),
        };
        project.account("alpha", project.alpha, project.alpha);
        let beta = free_address();
        project.account("beta", beta, beta);
        project.zone("www A 192.0.2.1\n");
        project
    }

    fn path(&self, inner: &str) -> PathBuf {
        self.directory.path().join(inner)
    }

    fn write(&self, inner: &str, text: &str) {
        std::fs::write(self.path(inner), text).expect("written");
    }

    fn zone(&self, text: &str) {
        self.write("zones/example.com.zone", &format!("{FRAME}{text}"));
    }

    /// An account that listens in one place and is asked at another.
    fn account(&self, id: &str, listen: SocketAddr, asked: SocketAddr) {
        self.write(
            &format!("providers/{id}.toml"),
            &format!(
                "adapter = \"embedded\"\nlisten = [\"{listen}\"]\ndirectory = \"state/{id}\"\n\
                 nameservers = [{{ name = \"ns.{id}.test.\", addresses = [\"{asked}\"] }}]\n"
            ),
        );
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_redundns"));
        command
            .arg("-C")
            .arg(self.directory.path())
            .args(arguments)
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("started")
    }
}

#[track_caller]
fn expect(output: &Output, code: i32, words: &str) {
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert!(said.contains(words), "no {words:?} in\n{said}");
}

fn holds(file: &Path, words: &str) -> bool {
    std::fs::read_to_string(file).is_ok_and(|text| text.contains(words))
}

#[test]
fn a_first_sync_that_failed_elsewhere_does_not_adopt_the_next_time() {
    let project = Project::new();
    let by_hand = format!("{FRAME}precious A 192.0.2.77\n");
    project.write("state/alpha/example.com.zone", &by_hand);
    project.write("state/beta/example.com.zone", &by_hand);
    // Alpha is asked where nobody answers.
    let silent = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    project.account("alpha", project.alpha, silent.local_addr().expect("bound"));
    expect(
        &project.run(&["sync", "--yes", "--adopt", "--settle", "0s"]),
        3,
        "alpha",
    );
    assert!(!holds(
        &project.path("state/alpha/example.com.zone"),
        "precious"
    ));
    assert!(holds(
        &project.path("state/beta/example.com.zone"),
        "precious"
    ));

    project.account("alpha", project.alpha, project.alpha);
    expect(&project.run(&["sync", "--yes"]), 4, "--adopt");
    assert!(holds(
        &project.path("state/beta/example.com.zone"),
        "precious"
    ));
    expect(&project.run(&["sync", "--yes", "--adopt"]), 0, "");
    expect(&project.run(&["check"]), 0, "");
}

#[test]
fn a_server_that_nobody_proved_is_not_listed() {
    let project = Project::new();
    expect(&project.run(&["sync", "--yes"]), 0, "");
    let gamma = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let asked = gamma.local_addr().expect("bound");
    project.account("gamma", free_address(), asked);
    project.zone("@ NS ns.gamma.test.\nwww A 192.0.2.1\n");
    let without = ["sync", "--yes", "--without", "gamma"];
    expect(&project.run(&without), 4, "--allow-unproved");
    let alpha = project.path("state/alpha/example.com.zone");
    assert!(!holds(&alpha, "gamma"));
    expect(
        &project.run(&[&without[..], &["--allow-unproved"]].concat()),
        0,
        "",
    );
    assert!(holds(&alpha, "gamma"));
}

#[test]
fn a_server_that_answers_currently_may_be_listed_by_those_who_do_not_own_it() {
    let project = Project::new();
    project.zone("@ NS ns.gamma.test.\nwww A 192.0.2.1\n");
    let gamma = free_address();
    std::fs::create_dir_all(project.path("state/gamma")).expect("created");
    project.account("gamma", gamma, gamma);
    expect(&project.run(&["sync", "--yes", "-p", "gamma"]), 0, "");
    project.zone("www A 192.0.2.1\n");
    expect(
        &project.run(&["sync", "--yes", "--without", "gamma"]),
        0,
        "",
    );
    project.zone("@ NS ns.gamma.test.\nwww A 192.0.2.1\n");
    let mut serving = crate::world::Running::start(
        project
            .command(&["serve"])
            .stdout(Stdio::null())
            .stderr(Stdio::null()),
    );
    wait_until("the embedded nameserver", || {
        assert!(!serving.has_ended());
        std::net::TcpStream::connect(gamma).is_ok()
    });
    expect(
        &project.run(&["sync", "--yes", "--without", "gamma"]),
        0,
        "",
    );
}

#[cfg(unix)]
#[test]
fn a_stop_ends_the_wait_for_answers_and_says_that_something_was_written() {
    for stop in ["signal", "timeout"] {
        let project = Project::new();
        let silent = UdpSocket::bind("127.0.0.1:0").expect("a socket");
        project.account("alpha", project.alpha, silent.local_addr().expect("bound"));
        let mut arguments = vec!["sync", "--yes", "--settle", "10m"];
        if stop == "timeout" {
            arguments.extend(["--timeout", "1s"]);
        }
        let mut command = project.command(&arguments);
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("started");
        if stop == "signal" {
            wait_until("the canary's zone", || {
                holds(&project.path("state/alpha/example.com.zone"), "www")
            });
            let pid = child.id().to_string();
            let owner = format!(", pid {pid}, since ");
            expect(&project.run(&["sync", "--yes"]), 4, &owner);
            let sent = Command::new("kill").args(["-INT", &pid]).status();
            assert!(sent.expect("kill").success());
        }
        let output = child.wait_with_output().expect("ended");
        expect(&output, 3, "stopped on request");
        assert!(!holds(&project.path("state/beta/example.com.zone"), "www"));
    }
}
