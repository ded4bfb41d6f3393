//! Actions: what a write begins, and the end of it.

use std::fmt::Write;
use std::time::Duration;

use serde::Deserialize;

use super::{Hetzner, ZONES};
use crate::provider::{ErrorKind, ProviderError};

/// The pause after the first question; it doubles from there.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// The longest pause between two questions, each of which counts as a request.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// Who waits longer than this learns the rest from the nameservers.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Actions that one question is about.
const MOST: usize = 50;

/// The answer to a write.
#[derive(Deserialize)]
pub(super) struct Written {
    pub(super) action: Option<Action>,
}

/// Something under way, or over.
#[derive(Deserialize)]
pub(super) struct Action {
    id: u64,
    command: String,
    status: String,
    error: Option<Failure>,
}

#[derive(Deserialize)]
struct Failure {
    code: String,
    message: String,
}

#[derive(Deserialize)]
struct Listed {
    actions: Vec<Action>,
}

impl Action {
    /// Whether it is under way still; an error where it failed, which leaves open what came of it.
    fn is_running(&self) -> Result<bool, ProviderError> {
        match (self.status.as_str(), &self.error) {
            ("error", None) => Err(failed(format!("the action `{}` failed", self.command))),
            ("error", Some(Failure { code, message })) => Err(failed(format!(
                "the action `{}` failed: {message} ({code})",
                self.command
            ))),
            (status, _) => Ok(status == "running"),
        }
    }
}

fn failed(message: String) -> ProviderError {
    ProviderError::new(ErrorKind::Rejected, message).applied(None)
}

impl Hetzner {
    /// Waits until the actions are over. An action that failed is an error; one that takes very long, or that cannot
    /// be asked for, is not: the write was accepted.
    pub(super) async fn wait_for(&self, actions: Vec<Action>) -> Result<(), ProviderError> {
        let mut running = Vec::new();
        for action in &actions {
            if action.is_running()? {
                running.push(action.id);
            }
        }
        let wait = async {
            let mut pause = FIRST_PAUSE;
            while !running.is_empty() {
                let mut left = Vec::new();
                for ids in running.chunks(MOST) {
                    let mut path = format!("{ZONES}/actions?per_page={MOST}");
                    for id in ids {
                        let _ = write!(path, "&id={id}");
                    }
                    let Ok(answer) = self.api.get(path).send().await else {
                        return Ok(());
                    };
                    for action in answer.json::<Listed>()?.actions {
                        if action.is_running()? {
                            left.push(action.id);
                        }
                    }
                }
                running = left;
                if !running.is_empty() {
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
            Ok(())
        };
        let waited = tokio::time::timeout(LONGEST_WAIT, wait).await;
        waited
            .unwrap_or(Ok(()))
            .map_err(|error: ProviderError| error.applied(None))
    }
}
