//! What the commands take that show a change and make it.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::config::Shard;

pub(super) const PLAN_EXAMPLES: &str = "\
Examples:
  redundns plan
  redundns plan example.com -p alpha          (one zone, at one account)
  redundns plan --exit-code --json            (for a machine)
  redundns plan --out plan.json               (later: redundns sync --plan plan.json)
  redundns plan --format markdown > comment.md

Reading the screen: `+` comes, `~` changes, `-` goes, `=` is as it should be, `?` could not be read. A provider that \
cannot be read has no plan, and leaves the plans of the others as they are.";

pub(super) const SYNC_EXAMPLES: &str = "\
Examples:
  redundns sync
  redundns sync --yes example.com
  redundns sync --yes --without beta          (beta is down; change the others)
  redundns sync --adopt example.com           (take over a zone that holds other records)
  redundns sync --yes --plan plan.json        (exactly what was reviewed, or nothing)

It reads every provider, shows the plan, and asks. Then one provider is changed, the canary, and its nameservers are \
asked until they answer as the file says; the others follow, each proved in the same way, and the apex NS set comes last. \
A proof that fails stops the run before the next provider. Every call is on record before it is made: `redundns history` \
shows it, `redundns undo` takes it back.

Without a terminal it needs `--yes`. Ctrl-C finishes the call in flight and begins no other.";

pub(super) const UNDO_EXAMPLES: &str = "\
Examples:
  redundns undo                               (the last run that wrote something)
  redundns history                            (which runs there are)
  redundns undo 41

What is neither as the run wrote it nor as it was before is a conflict: it is named and left alone. The zone file stays \
as it is, so put it right as well: the next sync would make the same change again.";

/// `plan`.
#[derive(Args, Debug)]
pub struct Plan {
    /// Zone origins [default: every zones/*.zone]
    pub zones: Vec<String>,
    /// Only part I of N of these zones, e.g. 3/8: which part a zone belongs to depends on its origin alone
    #[arg(long, value_name = "I/N", value_parser = super::shard)]
    pub shard: Option<Shard>,
    /// Save the plan, for `sync --plan`; not if a provider is unknown
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Exit 1 when a change is pending, 4 when a guard would refuse it; without it both exit 0
    #[arg(long)]
    pub exit_code: bool,
    /// What the guards let pass.
    #[command(flatten)]
    pub allow: Allow,
}

/// `sync`.
#[derive(Args, Debug)]
pub struct Sync {
    /// Zone origins [default: every zones/*.zone]
    pub zones: Vec<String>,
    /// Only part I of N of these zones, e.g. 3/8: which part a zone belongs to depends on its origin alone
    #[arg(long, value_name = "I/N", value_parser = super::shard)]
    pub shard: Option<Shard>,
    /// Apply this saved plan exactly, or exit 4 and say what moved; zones and accounts are those of the plan
    #[arg(long, value_name = "FILE", conflicts_with_all = ["zones", "shard", "provider", "without"])]
    pub plan: Option<PathBuf>,
    /// How it is written.
    #[command(flatten)]
    pub writing: Writing,
}

/// `undo`.
#[derive(Args, Debug)]
pub struct Undo {
    /// A run's number [default: the last run that wrote something]
    pub run: Option<u64>,
    /// How it is written.
    #[command(flatten)]
    pub writing: Writing,
}

/// How a command that writes goes about it.
#[derive(Args, Debug, Clone)]
pub struct Writing {
    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
    /// No canary: change all providers at once. A mistake then reaches every provider before anybody can see it
    #[arg(long)]
    pub all_at_once: bool,
    /// How long nameservers may take to serve a change [default: each provider's own]
    #[arg(long, value_name = "DURATION", value_parser = super::duration)]
    pub settle: Option<Duration>,
    /// Also compare the delegation at the parent, and look whether what it has a DS for is served signed
    #[arg(long)]
    pub delegation: bool,
    /// What the guards let pass.
    #[command(flatten)]
    pub allow: Allow,
}

/// Overrides of the guards, each named by the guard that refuses.
#[derive(Args, Debug, Clone, Default)]
#[command(next_help_heading = "What the guards let pass")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line, independent of the others"
)]
pub struct Allow {
    /// Take over zones that hold record sets which the file lacks
    #[arg(long)]
    pub adopt: bool,
    /// Let this share of a zone's record sets change or go, e.g. 60%
    #[arg(long, value_name = "PERCENT", value_parser = super::percent)]
    pub allow_change: Option<u8>,
    /// Let a zone be emptied
    #[arg(long)]
    pub allow_empty: bool,
    /// Let protected record sets go
    #[arg(long)]
    pub allow_protected: bool,
    /// Let a nameserver be listed that was not proved current
    #[arg(long)]
    pub allow_unproved: bool,
    /// Let every record set of a type go
    #[arg(long)]
    pub allow_type_gone: bool,
    /// Let a name be without an answer between two changes, where an API cannot avoid it
    #[arg(long)]
    pub allow_gap: bool,
    /// Let a nameserver stay listed whose account no longer takes the zone
    #[arg(long)]
    pub allow_left: bool,
}
