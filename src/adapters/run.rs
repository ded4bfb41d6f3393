//! The run that all requests of this process belong to: when it has to end, and who wants to hear how it goes.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// What a request is given when the run's time is up, so that a provider that was just written can still be read.
const GRACE: Duration = Duration::from_secs(1);

/// One run of the program.
pub struct Run {
    /// When it has to end.
    pub deadline: Option<Instant>,
    /// Told what goes on; never a secret.
    pub hear: Box<dyn Fn(&Event<'_>) + Send + Sync>,
}

/// Something that goes on between the program and a provider.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// Nothing is sent for a while.
    Waiting {
        /// Where it would be sent.
        origin: &'a str,
        /// For how long.
        pause: Duration,
        /// What for.
        reason: &'a str,
    },
    /// A request was answered, or was not.
    Exchange {
        /// `GET` and the like.
        method: &'a str,
        /// Origin, path and query.
        url: &'a str,
        /// The status code, unless there was no whole answer.
        status: Option<u16>,
        /// From connecting to the last octet.
        took: Duration,
    },
}

static RUN: OnceLock<Run> = OnceLock::new();

/// Says which run this process is; the first word counts. Without it nothing ends early and nobody listens.
pub fn begin(run: Run) {
    let _ = RUN.set(run);
}

/// Tells whoever listens.
pub(super) fn tell(event: &Event<'_>) {
    if let Some(run) = RUN.get() {
        (run.hear)(event);
    }
}

/// What is left of the run, the grace included; `None` where it may last.
pub(super) fn time_left() -> Option<Duration> {
    let deadline = RUN.get().and_then(|run| run.deadline)?;
    Some(
        deadline
            .saturating_duration_since(Instant::now())
            .max(GRACE),
    )
}

/// `usual`, or what is left of the run where that is less.
pub(super) fn time_for(usual: Duration) -> Duration {
    time_left().map_or(usual, |left| usual.min(left))
}
