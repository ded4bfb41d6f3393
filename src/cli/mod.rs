//! What can be typed, and nothing else.

mod audit;
mod drill;
mod format;
mod start;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use audit::Audit;
pub use drill::{Drill, FaultKind};
pub use format::Format;
pub use start::{Import, Init};

use crate::config::{Shard, parse_shard};

const EXIT_CODES: &str = "\
Exit codes, the same for every command:
  0  nothing differs
  1  something differs: drift, disagreement, a pending change under `plan --exit-code`, an error of
     `lint` or `audit`
  2  trouble: could not do or could not verify it (usage, configuration, credentials, an unreachable provider)
  3  stopped midway: providers may now differ because of this run
  4  refused: a guard says no, see the flag that it names; a saved plan no longer fits; another run holds the lock
When several hold, the order of precedence is 3, 4, 2, 1, 0. Could not verify is never 0.";

/// Keeps a DNS zone identical at several independent providers, and proves it.
///
/// `zones/` says what should be served, `providers/` says where. `sync` makes it so and asks every nameserver for proof.
#[derive(Parser, Debug)]
#[command(name = "redundns", version, after_help = EXIT_CODES, propagate_version = true)]
pub struct Cli {
    /// Flags that every command takes.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Flags that every command takes, before or after its name.
#[derive(Args, Debug, Clone)]
#[command(next_help_heading = "Options of every command")]
pub struct Global {
    /// Project directory [default: the nearest one upwards with zones/ and providers/]
    #[arg(short = 'C', long = "directory", value_name = "DIR", global = true)]
    pub directory: Option<PathBuf>,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text, global = true)]
    pub format: Format,
    /// The same as --format json
    #[arg(long, global = true)]
    pub json: bool,
    /// When to use colour
    #[arg(long, value_enum, default_value_t = Color::Auto, global = true)]
    pub color: Color,
    /// Only the outcome and what is wrong
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// More detail: every change, every nameserver's latency; twice: every request to an API
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// Limit to these accounts: plan, proof and report alike
    #[arg(
        short,
        long = "provider",
        value_name = "ID",
        value_delimiter = ',',
        global = true
    )]
    pub provider: Vec<String>,
    /// Leave these accounts out, for one that is down: plan, proof and report alike
    #[arg(long, value_name = "ID", value_delimiter = ',', global = true)]
    pub without: Vec<String>,
    /// Longest time for the whole run, e.g. 90s or 5m
    #[arg(long, value_name = "DURATION", value_parser = duration, global = true)]
    pub timeout: Option<Duration>,
    /// Questions in flight to each nameserver [default: 32]; on the open Internet `audit` asks three a second for each
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024), global = true)]
    pub concurrency: Option<u16>,
}

impl Global {
    /// `--json` wins over `--format`.
    pub fn format(&self) -> Format {
        if self.json { Format::Json } else { self.format }
    }
}

/// When to use colour.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Also into a pipe
    Always,
    /// Not at all
    Never,
}

/// The commands.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Start here: look at a domain's delegation, recognise its providers, write a project; nothing is written at them
    #[command(after_help = start::INIT_EXAMPLES)]
    Init(Init),
    /// Write a provider's zone as a zone file; a plan right after is empty there
    #[command(after_help = start::IMPORT_EXAMPLES)]
    Import(Import),
    /// Read zone files offline and say everything that is wrong with them
    #[command(
        after_help = "Examples:\n  redundns lint\n  redundns lint zones/example.com.zone --strict\n  \
        redundns lint --print zones/example.com.zone | sort"
    )]
    Lint(Lint),
    /// Read the providers' APIs and show what would change; never writes
    #[command(
        after_help = "Examples:\n  redundns plan\n  redundns plan example.com -p alpha\n  \
        redundns plan --exit-code --json\n  redundns plan --out plan.json             (apply it later: redundns sync --plan plan.json)\n  \
        redundns plan --format markdown > comment.md"
    )]
    Plan(Plan),
    /// Make the providers hold what the zone files say, and prove it by asking every nameserver
    #[command(
        after_help = "Examples:\n  redundns sync\n  redundns sync --yes example.com\n  \
        redundns sync --yes --without beta        (beta is down; change the others)\n  \
        redundns sync --adopt example.com         (take over a zone that holds other records)"
    )]
    Sync(Sync),
    /// Put back what a run changed, as a plan like any other: guarded, confirmed, proved
    #[command(
        after_help = "Examples:\n  redundns undo          (the last run that wrote something)\n  redundns undo 41\n\n\
        What is neither as the run wrote it nor as it was before is a conflict: it is named and left alone."
    )]
    Undo(Undo),
    /// List the runs that the journal remembers, or show one: its calls, and what the nameservers answered in the end
    History {
        /// A run's number; a list of all when left out
        run: Option<u64>,
    },
    /// Compare the zone files with each API and with every nameserver's answers; never writes
    #[command(
        after_help = "Examples:\n  redundns check\n  redundns check --dns-only\n  \
        redundns check --json example.com | jq .outcome"
    )]
    Check(Check),
    /// Say what is wrong with how a domain is served, anybody's: delegation, servers, diversity, agreement
    #[command(after_help = audit::EXAMPLES)]
    Audit(Audit),
    /// Rehearse losing a provider: who still resolves the zone, and how fast
    #[command(after_help = drill::EXAMPLES)]
    Drill(Drill),
    /// List the accounts and what their providers can hold
    Providers(Providers),
    /// Keep the embedded nameservers of this project answering until Ctrl-C
    Serve,
    /// Say what a finding's code means, why it is a rule, and what to do
    Explain {
        /// A code as printed in brackets, e.g. ZON05; all of them when left out
        code: Option<String>,
    },
    /// Print a completion script for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

impl Command {
    /// As typed.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Init(_) => "init",
            Self::Import(_) => "import",
            Self::Lint(_) => "lint",
            Self::Plan(_) => "plan",
            Self::Sync(_) => "sync",
            Self::Undo(_) => "undo",
            Self::History { .. } => "history",
            Self::Check(_) => "check",
            Self::Audit(_) => "audit",
            Self::Drill(_) => "drill",
            Self::Providers(_) => "providers",
            Self::Serve => "serve",
            Self::Explain { .. } => "explain",
            Self::Completions { .. } => "completions",
            Self::Man => "man",
        }
    }
}

/// `lint`.
#[derive(Args, Debug)]
pub struct Lint {
    /// Zone files [default: every zones/*.zone]
    pub files: Vec<PathBuf>,
    /// Print the zone in canonical form: one record a line, absolute names, sorted; nothing if there is an error
    #[arg(long)]
    pub print: bool,
    /// Warnings count as errors
    #[arg(long)]
    pub strict: bool,
    /// The zone's origin [default: the file's name without .zone]
    #[arg(long, value_name = "NAME")]
    pub origin: Option<String>,
    /// Only part I of N of these zones, e.g. 3/8: which part a zone belongs to depends on its origin alone
    #[arg(long, value_name = "I/N", value_parser = shard)]
    pub shard: Option<Shard>,
}

/// `plan`.
#[derive(Args, Debug)]
pub struct Plan {
    /// Zone origins [default: every zones/*.zone]
    pub zones: Vec<String>,
    /// Only part I of N of these zones, e.g. 3/8: which part a zone belongs to depends on its origin alone
    #[arg(long, value_name = "I/N", value_parser = shard)]
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
    #[arg(long, value_name = "I/N", value_parser = shard)]
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
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub settle: Option<Duration>,
    /// Also compare the delegation at the parent
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
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
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

/// `check`.
#[derive(Args, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line, independent of the others"
)]
pub struct Check {
    /// Zone origins [default: every zones/*.zone]
    pub zones: Vec<String>,
    /// Only part I of N of these zones, e.g. 3/8: which part a zone belongs to depends on its origin alone
    #[arg(long, value_name = "I/N", value_parser = shard)]
    pub shard: Option<Shard>,
    /// Ask nameservers only; needs no credentials
    #[arg(long, conflicts_with = "api_only")]
    pub dns_only: bool,
    /// Read the APIs only
    #[arg(long)]
    pub api_only: bool,
    /// Ask again for this long before calling a difference a difference
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "0s")]
    pub settle: Duration,
    /// Also compare the delegation at the parent
    #[arg(long)]
    pub delegation: bool,
    /// No limit on negative probes
    #[arg(long)]
    pub deep: bool,
    /// An address that this machine has no route to counts as not verified, even where the same server was verified
    /// over the other family
    #[arg(long)]
    pub require_v6: bool,
}

/// `providers`.
#[derive(Args, Debug)]
pub struct Providers {
    /// Whether the credentials work; reads, never writes
    #[arg(long)]
    pub check: bool,
    /// The zones that each account holds
    #[arg(long)]
    pub zones: bool,
}

/// `500ms`, `30s`, `2m`, `1h`, or a number of seconds.
fn duration(text: &str) -> Result<Duration, String> {
    crate::config::parse_duration(text)
        .ok_or_else(|| "write a number and a unit: 500ms, 30s, 2m, 1h".to_owned())
}

/// `3/8`.
fn shard(text: &str) -> Result<Shard, String> {
    parse_shard(text)
        .ok_or_else(|| "write a part and how many there are, from 1/N to N/N: 3/8".to_owned())
}

/// `60%` or `60`.
fn percent(text: &str) -> Result<u8, String> {
    crate::config::parse_percent(text)
        .ok_or_else(|| "write a percentage from 0% to 100%".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn global_flags_stand_before_or_after_the_command() {
        for words in [
            ["redundns", "-p", "a,b", "plan"],
            ["redundns", "plan", "-p", "a,b"],
        ] {
            let cli = Cli::try_parse_from(words).expect("both orders");
            assert_eq!(cli.global.provider, ["a", "b"]);
        }
    }
}
