//! Ctrl-C, SIGTERM and deadlines.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::console::Console;
use super::session::refuse;
use crate::report::Outcome;
use crate::rollout::Stop;
use crate::zone::{Finding, Severity};

/// Who asked a run to stop, and how urgently.
pub(super) struct Interrupts {
    /// Finish the call in flight and begin no other: the first Ctrl-C or SIGTERM, or `--timeout`.
    pub(super) stop: Arc<Stop>,
    /// Do not wait for that call either: the second Ctrl-C or SIGTERM.
    pub(super) cut: Arc<Stop>,
    /// The first Ctrl-C or SIGTERM.
    signal: Arc<Stop>,
    is_writing: AtomicBool,
}

impl Interrupts {
    /// From now on neither ends the process by itself.
    pub(super) fn watch(timeout: Option<Duration>) -> Self {
        let deadline = timeout.map(|timeout| Instant::now() + timeout);
        let new = || Arc::new(Stop::default());
        let (stop, cut, signal) = (new(), new(), new());
        let (asked, urged) = (Arc::clone(&signal), Arc::clone(&cut));
        tokio::spawn(async move {
            signalled().await;
            asked.request();
            signalled().await;
            urged.request();
        });
        if deadline.is_some_and(|at| at <= Instant::now()) {
            stop.request();
        }
        let (stopping, asked) = (Arc::clone(&stop), Arc::clone(&signal));
        tokio::spawn(async move {
            let timeout = async {
                match deadline {
                    Some(at) => tokio::time::sleep_until(at.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = asked.requested() => {}
                () = timeout => {}
            }
            stopping.request();
        });
        Self {
            stop,
            cut,
            signal,
            is_writing: AtomicBool::new(false),
        }
    }

    /// From now on a run finishes what it has begun.
    pub(super) fn begin_writing(&self) {
        self.is_writing.store(true, Ordering::SeqCst);
    }

    /// What comes of `run`; where somebody asks to stop before it writes anything, it is dropped on the spot.
    pub(super) async fn watch_over(
        &self,
        command: &str,
        console: &Console,
        run: impl Future<Output = anyhow::Result<Outcome>>,
    ) -> anyhow::Result<Outcome> {
        let early = async {
            self.signal.requested().await;
            if self.is_writing.load(Ordering::SeqCst) {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            outcome = run => outcome,
            () = early => {
                let message = "stopped on request; nothing was changed";
                let finding = Finding::new("RUN03", Severity::Error, message);
                refuse(command, &[finding.hint("run it again whenever you like")], console);
                Ok(Outcome::Trouble)
            }
        }
    }
}

pub(super) async fn signalled() {
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated() => {}
    }
}

#[cfg(unix)]
pub(super) async fn terminated() {
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}

/// A limit on the size of files shall be an error that can be told, as a full disk is, and not the process's death.
#[cfg(unix)]
pub(super) fn survive_size_limits() {
    // SIGXFSZ on Linux, macOS and the BSDs. That a handler is installed is all there is to it.
    const FILE_SIZE: i32 = 25;
    let _ = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::from_raw(FILE_SIZE));
}

#[cfg(not(unix))]
pub(super) fn survive_size_limits() {}

#[cfg(not(unix))]
pub(super) async fn terminated() {
    std::future::pending().await
}
