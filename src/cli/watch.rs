//! What `watch` takes.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::duration;

pub(super) const EXAMPLES: &str = "\
Examples:
  redundns watch                         (every 5 minutes, until Ctrl-C or SIGTERM)
  redundns watch --interval 1m --dns-only
  redundns watch --once -q               (for cron: one round; says what changed, and nothing else)
  redundns watch --test-notify           (sends everybody of [[notify]] a message)

[watch], [status] and [[notify]] of redundns.toml say how often, what to publish and whom to tell.
A state counts once two rounds running have seen it. Every round reads zone files and accounts anew.
Under --once the exit code is that of `check`; ended by a signal it is 0. --timeout is for each round.";

/// `watch`.
#[derive(Args, Debug)]
pub struct Watch {
    /// Zone origins [default: every zones/*.zone]
    pub zones: Vec<String>,
    /// One round, for cron: exits as `check` does
    #[arg(long)]
    pub once: bool,
    /// From the beginning of one round to that of the next [default: 5m]
    #[arg(long, value_name = "DURATION", value_parser = interval)]
    pub interval: Option<Duration>,
    /// Ask nameservers only; needs no credentials
    #[arg(long)]
    pub dns_only: bool,
    /// Audit delegations from the root servers of this master file on, instead of the public root's
    #[arg(long, value_name = "FILE")]
    pub root_hints: Option<PathBuf>,
    /// Send everybody of `[[notify]]` a message, say what each answered, and end
    #[arg(long, conflicts_with_all = ["once", "interval", "zones"])]
    pub test_notify: bool,
}

fn interval(text: &str) -> Result<Duration, String> {
    let range = Duration::from_secs(1)..=Duration::from_secs(86_400);
    duration(text)
        .ok()
        .filter(|interval| range.contains(interval))
        .ok_or_else(|| "write 1s to 24h".to_owned())
}
