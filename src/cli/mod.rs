//! What can be typed, and nothing else.

mod aids;
mod audit;
mod drill;
mod format;
mod providers;
mod reading;
mod start;
mod watch;
mod writing;

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::StyledStr;
use clap::{Args, Parser, Subcommand, ValueEnum};

pub use aids::{Completions, Explain, Man};
pub use audit::Audit;
pub use drill::{Drill, FaultKind};
pub use format::Format;
pub use providers::{Providers, Schema};
pub use reading::{Check, History, Lint};
pub use start::{Import, Init};
pub use watch::Watch;
pub use writing::{Allow, Plan, Sync, Undo, Writing};

use crate::config::{Shard, parse_shard};

const EXIT_CODES: &str = "\
Exit codes, the same for every command:
  0  nothing differs
  1  something differs: drift, a pending change, an error of `lint`
  2  trouble: could not do it, or could not verify it
  3  stopped midway: providers may now differ because of this run
  4  refused: a guard or a lock says no, and names its flag

When several hold, the order of precedence is 3, 4, 2, 1, 0. Could not verify is never 0.";

const EXAMPLES: &str = "\
Begin with one of these:
  redundns init example.com         (a domain that is served somewhere)
  redundns init ./example.com.zone  (a zone file in hand)
  redundns audit example.com        (how well anybody's domain is served)

Every day:
  redundns lint && redundns plan
  redundns sync
  redundns check";

/// What stands below the options: where to begin, what comes out, how it ends.
fn after_help() -> StyledStr {
    format!("{EXAMPLES}\n\n{}\n\n{EXIT_CODES}", format::table()).into()
}

/// Keeps a DNS zone identical at several independent providers, and proves it.
///
/// `zones/` says what should be served, `providers/` says where. `sync` makes it so and asks every nameserver for proof.
#[derive(Parser, Debug)]
#[command(name = "redundns", version, after_help = after_help(), propagate_version = true)]
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
    /// Project directory [default: the nearest one upwards with zones/, and with
    /// providers/ or redundns.toml]
    #[arg(short = 'C', long = "directory", value_name = "DIR", global = true)]
    pub directory: Option<PathBuf>,
    /// Output format: text, json, and what the command has of markdown, github, junit, sarif, nagios, prometheus, html
    #[arg(long, value_enum, default_value_t = Format::Text, hide_possible_values = true, global = true)]
    pub format: Format,
    /// The same as --format json
    #[arg(long, global = true)]
    pub json: bool,
    /// When to use colour: auto (on a terminal, unless `NO_COLOR` is set), always, never
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Color::Auto, hide_possible_values = true, global = true)]
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
    #[command(after_help = reading::LINT_EXAMPLES)]
    Lint(Lint),
    /// Read the providers' APIs and show what would change; never writes
    #[command(after_help = writing::PLAN_EXAMPLES)]
    Plan(Plan),
    /// Make the providers hold what the zone files say, and prove it by asking every nameserver
    #[command(after_help = writing::SYNC_EXAMPLES)]
    Sync(Sync),
    /// Put back what a run changed, as a plan like any other: guarded, confirmed, proved
    #[command(after_help = writing::UNDO_EXAMPLES)]
    Undo(Undo),
    /// List the runs on record, or show one: its calls, and what the nameservers answered in the end
    #[command(after_help = reading::HISTORY_EXAMPLES)]
    History(History),
    /// Compare the zone files with each API and with every nameserver's answers; never writes
    #[command(after_help = reading::CHECK_EXAMPLES)]
    Check(Check),
    /// Say what is wrong with how a domain is served, anybody's: delegation, servers, diversity, agreement
    #[command(after_help = audit::EXAMPLES)]
    Audit(Audit),
    /// Rehearse losing a provider: who still resolves the zone, and how fast
    #[command(after_help = drill::EXAMPLES)]
    Drill(Drill),
    /// Check on a schedule: notify of changes, write a status page, give metrics
    #[command(after_help = watch::EXAMPLES)]
    Watch(Watch),
    /// List the accounts: what each can hold, whether its credentials work, which zones it has
    #[command(after_help = providers::EXAMPLES)]
    Providers(Providers),
    /// Keep the embedded nameservers of this project answering until Ctrl-C
    #[command(after_help = aids::SERVE_EXAMPLES)]
    Serve,
    /// Say what a finding's code means, why it is a rule, and what to do
    #[command(after_help = aids::EXPLAIN_EXAMPLES)]
    Explain(Explain),
    /// Print a completion script for a shell
    #[command(after_help = aids::COMPLETIONS_EXAMPLES)]
    Completions(Completions),
    /// Print the manual page, or write those of all commands
    #[command(after_help = aids::MAN_EXAMPLES)]
    Man(Man),
}

impl Command {
    /// Whether it goes on until somebody ends it, so that `--timeout` is for each round.
    pub fn goes_on(&self) -> bool {
        matches!(self, Self::Watch(watch) if !watch.once && !watch.test_notify)
    }

    /// As typed.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Init(_) => "init",
            Self::Import(_) => "import",
            Self::Lint(_) => "lint",
            Self::Plan(_) => "plan",
            Self::Sync(_) => "sync",
            Self::Undo(_) => "undo",
            Self::History(_) => "history",
            Self::Check(_) => "check",
            Self::Audit(_) => "audit",
            Self::Drill(_) => "drill",
            Self::Watch(_) => "watch",
            Self::Providers(_) => "providers",
            Self::Serve => "serve",
            Self::Explain(_) => "explain",
            Self::Completions(_) => "completions",
            Self::Man(_) => "man",
        }
    }
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
