//! Ctrl-C, SIGTERM and deadlines.

use std::sync::Arc;
use std::time::Instant;

use crate::rollout::Stop;

/// Ctrl-C, SIGTERM and `--timeout` ask to finish the call in flight and begin no other: the first. Another Ctrl-C or
/// SIGTERM asks not to wait for that call either: the second.
pub(super) fn watch_for_signals(deadline: Option<Instant>) -> (Arc<Stop>, Arc<Stop>) {
    let (stop, cut) = (Arc::new(Stop::default()), Arc::new(Stop::default()));
    let asked = (Arc::clone(&stop), Arc::clone(&cut));
    if deadline.is_some_and(|at| at <= Instant::now()) {
        stop.request();
    }
    tokio::spawn(async move {
        let timeout = async {
            match deadline {
                Some(at) => tokio::time::sleep_until(at.into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = signalled() => {}
            () = timeout => {}
        }
        asked.0.request();
        signalled().await;
        asked.1.request();
    });
    (stop, cut)
}

async fn signalled() {
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
