//! `watch`: who is told what and when, what is kept, what others read, and bad days.

mod delegation;
mod history;
mod page;
mod rounds;
mod wrong;

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command};

use serde_json::Value;

use super::{Output, Project};
use crate::world::http_fake::{Fake, Reply, Request};
use crate::world::wait_until;

/// Part of the webhook's address, which nobody shall see.
const TOKEN: &str = "HOOKtok3nQx7Zr2";

/// Quick, with nobody at the usual address of metrics, and without the public root.
const QUICK: &str = "\
[watch]
interval = \"1s\"
metrics = \"off\"
delegation = false
";

/// The same, and a webhook.
fn with_hook(project: Project, fake: &Fake) -> Project {
    project.write(
        "redundns.toml",
        &format!("{QUICK}\n[[notify]]\nwebhook = {{ env = \"HOOK\" }}\n"),
    );
    project.variable("HOOK", &format!("{}/services/{TOKEN}", fake.endpoint()))
}

fn listening() -> Fake {
    Fake::start(|_, _| Reply::json(200, "{}"))
}

/// What the webhook was told, in the order of arrival.
fn told(fake: &Fake) -> Vec<Value> {
    let seen = fake.seen();
    let body = |request: &Request| serde_json::from_slice(&request.body).expect("JSON");
    seen.iter().map(body).collect()
}

/// `zone provider from to`, sorted: which of a round's changes comes first is nobody's promise.
fn changes(messages: &[Value]) -> Vec<String> {
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let line = |message: &Value| {
        ["zone", "provider", "from", "to"]
            .map(|key| word(&message[key]))
            .join(" ")
    };
    let mut lines: Vec<String> = messages.iter().map(line).collect();
    lines.sort();
    lines
}

/// What the embedded account `id` answers for `www` from now on.
fn drift(project: &Project, id: &str, from: &str, to: &str) {
    let file = super::stored_file(id);
    project.edit(&file, &format!(" A {from}"), &format!(" A {to}"));
}

/// A `watch` that goes on, until its handle is dropped.
struct Watching {
    child: Child,
    said: std::path::PathBuf,
}

impl Watching {
    fn start(project: &Project, arguments: &[&str]) -> Self {
        let arguments = [&["watch"], arguments].concat();
        Self::of(project, &mut project.command(&arguments))
    }

    fn of(project: &Project, command: &mut Command) -> Self {
        let said = project.path("said");
        let file = std::fs::File::create(&said).expect("a file");
        let child = command
            .stdout(file.try_clone().expect("the same file"))
            .stderr(file)
            .spawn()
            .expect("started");
        Self { child, said }
    }

    fn said(&self) -> String {
        std::fs::read_to_string(&self.said).unwrap_or_default()
    }

    fn wait_for(&self, words: &str) {
        wait_until(words, || self.said().contains(words));
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status();
        assert!(sent.expect("kill runs").success());
    }

    /// Ends it as systemd does.
    fn terminate(mut self) -> Output {
        self.signal("-TERM");
        let status = self.child.wait().expect("ended");
        let output = Output {
            code: status
                .code()
                .unwrap_or_else(|| panic!("no exit code: {status}")),
            stdout: self.said(),
            stderr: String::new(),
        };
        assert!(!output.stdout.contains(TOKEN), "{}", output.stdout);
        output
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The status line and the body at `path`.
fn get(address: SocketAddr, path: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).expect("somebody listens");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").expect("written");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    let status = head.lines().next().unwrap_or_default().to_owned();
    (status, body.to_owned())
}
