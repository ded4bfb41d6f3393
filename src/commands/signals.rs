//! Requests from outside to stop.

use super::console::Console;
use super::session::Session;
use crate::rollout::Stop;

/// Ctrl-C, SIGTERM and `--timeout` finish the call in flight and begin no other. Ends with the second Ctrl-C, from
/// somebody who does not want to wait for that.
pub(super) async fn insisted(session: &Session, stop: &Stop, console: &Console) {
    let timeout = async {
        match session.deadline {
            Some(at) => tokio::time::sleep_until(at.into()).await,
            None => std::future::pending().await,
        }
    };
    let why = tokio::select! {
        _ = tokio::signal::ctrl_c() => "asked to stop",
        () = terminated() => "asked to stop",
        () = timeout => "--timeout struck",
    };
    stop.request();
    console.interject(&format!(
        "{why}: finishing what is under way, beginning nothing new (Ctrl-C ends at once)"
    ));
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

#[cfg(not(unix))]
pub(super) async fn terminated() {
    std::future::pending().await
}
