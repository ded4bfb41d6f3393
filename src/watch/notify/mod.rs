//! Telling somebody.

mod post;

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::message::Message;
use crate::adapters::http::Hook;
use crate::provider::ErrorKind;

pub use post::{Post, Waiting};

/// How long one attempt may take.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Octets of an answer that are read.
pub const LARGEST: usize = 64 << 10;

/// How somebody is told.
pub enum Means {
    /// A webhook that takes what Slack's takes.
    Slack(Hook),
    /// A webhook that takes the JSON of a [`Message`].
    Webhook(Hook),
    /// A program that gets the JSON on its standard input.
    Command(Vec<String>),
    /// E-mail through the local sendmail.
    Sendmail {
        /// Recipients.
        to: Vec<String>,
        /// The sender.
        from: String,
        /// The program.
        program: String,
    },
}

/// Who is told, and what became of what he was told.
pub struct Target {
    means: Means,
    /// Where programs are run: the project.
    directory: PathBuf,
    /// Without anything that is secret.
    name: String,
    /// Messages that arrived.
    sent: AtomicU64,
    /// Attempts that failed.
    failed: AtomicU64,
    /// Messages that were given up or had no room.
    lost: AtomicU64,
    /// Messages that wait.
    waiting: AtomicU64,
}

/// Why an attempt failed.
struct Failure {
    why: String,
    /// The same message will fail again.
    is_final: bool,
}

/// What a target has come to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tally {
    /// Messages that arrived.
    pub sent: u64,
    /// Attempts that failed.
    pub failed: u64,
    /// Messages that were given up or had no room.
    pub lost: u64,
    /// Messages that wait.
    pub waiting: u64,
}

impl Target {
    /// Nobody is told yet.
    pub fn new(means: Means, directory: &Path) -> Self {
        let name = match &means {
            Means::Slack(hook) => format!("slack {}", hook.origin()),
            Means::Webhook(hook) => format!("webhook {}", hook.origin()),
            Means::Command(words) => {
                let program = words.first().map_or("", String::as_str);
                format!("command {program}")
            }
            Means::Sendmail { to, .. } => format!("sendmail {}", to.join(" ")),
        };
        Self {
            means,
            // A program's path shall not depend on where it is run.
            directory: directory
                .canonicalize()
                .unwrap_or_else(|_| directory.to_owned()),
            name,
            sent: AtomicU64::default(),
            failed: AtomicU64::default(),
            lost: AtomicU64::default(),
            waiting: AtomicU64::default(),
        }
    }

    /// As it is named to people.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The figures so far.
    pub fn tally(&self) -> Tally {
        let read = |number: &AtomicU64| number.load(Ordering::Relaxed);
        Tally {
            sent: read(&self.sent),
            failed: read(&self.failed),
            lost: read(&self.lost),
            waiting: read(&self.waiting),
        }
    }

    /// Sends once; what came back, or why nothing arrived.
    pub async fn try_once(&self, message: &Message) -> Result<String, String> {
        self.send(message).await.map_err(|failure| failure.why)
    }

    async fn send(&self, message: &Message) -> Result<String, Failure> {
        match &self.means {
            Means::Slack(hook) => {
                let body = serde_json::json!({ "text": message.text });
                posted(hook, &body).await
            }
            Means::Webhook(hook) => posted(hook, message).await,
            Means::Command(words) => {
                let body = serde_json::to_vec(message).expect("words and numbers have a JSON form");
                self.run(words, &body).await
            }
            Means::Sendmail { to, from, program } => {
                let mut words = vec![program.clone(), "-i".to_owned()];
                words.extend(["-f".to_owned(), from.clone(), "--".to_owned()]);
                words.extend(to.iter().cloned());
                self.run(&words, mail(to, from, message).as_bytes()).await
            }
        }
    }

    /// Runs a program that reads `input`; what it says goes where the program's own words go.
    async fn run(&self, words: &[String], input: &[u8]) -> Result<String, Failure> {
        let (program, arguments) = words.split_first().expect("checked when it was read");
        let failure = |why: String| Failure {
            why,
            is_final: false,
        };
        // Where it has a directory, it starts at the project, as every path of the configuration does.
        let path = if program.contains('/') {
            self.directory.join(program)
        } else {
            PathBuf::from(program)
        };
        let mut command = Command::new(path);
        command
            .args(arguments)
            .current_dir(&self.directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .kill_on_drop(true);
        // A Ctrl-C is for us, who let it finish what it is doing.
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command
            .spawn()
            .map_err(|error| failure(format!("cannot run `{program}`: {error}")))?;
        let work = async {
            if let Some(mut stdin) = child.stdin.take() {
                // A program may know enough without reading all of it.
                let _ = stdin.write_all(input).await;
            }
            child.wait().await
        };
        let status: ExitStatus = tokio::time::timeout(PATIENCE, work)
            .await
            .map_err(|_| failure(format!("it did not end within {} s", PATIENCE.as_secs())))?
            .map_err(|error| failure(error.to_string()))?;
        if status.success() {
            Ok(status.to_string())
        } else {
            Err(failure(format!("`{program}` failed ({status})")))
        }
    }
}

async fn posted(hook: &Hook, body: &impl serde::Serialize) -> Result<String, Failure> {
    match hook.post(body).await {
        Ok(answer) => Ok(format!("{} answered {}", hook.origin(), answer.status)),
        Err(error) => Err(Failure {
            is_final: matches!(
                error.kind,
                ErrorKind::Rejected | ErrorKind::Unauthorized | ErrorKind::Conflict
            ),
            why: error.message,
        }),
    }
}

/// A message as RFC 5322 has it. Addresses were checked when they were read, zones and states have no line ends, and
/// sendmail adds what is missing.
fn mail(to: &[String], from: &str, message: &Message) -> String {
    let title: String = message
        .title
        .chars()
        .map(|c| {
            if c.is_ascii_graphic() || c == ' ' {
                c
            } else {
                '?'
            }
        })
        .collect();
    format!(
        "From: {from}\nTo: {}\nSubject: {title}\nAuto-Submitted: auto-generated\nMIME-Version: 1.0\n\
         Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{}\n",
        to.join(", "),
        message.text
    )
}

#[cfg(test)]
mod tests;
