//! What the commands take that only look.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::config::Shard;

pub(super) const LINT_EXAMPLES: &str = "\
Examples:
  redundns lint
  redundns lint zones/example.com.zone --strict
  redundns lint --print zones/example.com.zone | sort

It says where the text is no zone, and which record set which account cannot hold, with the nearest value that fits \
them all. `redundns explain CODE` tells more of a code in brackets. Errors exit 1, warnings do so with `--strict`.";

pub(super) const CHECK_EXAMPLES: &str = "\
Examples:
  redundns check
  redundns check --dns-only                   (no credentials needed)
  redundns check --settle 2m                  (a change is under way: ask again before calling it drift)
  redundns check --json example.com | jq -r .outcome

A line for each record set that is not answered as the zone file says, and a column for each nameserver: `=` answers \
so, `~` other data, `-` no such record, `+` something that the file lacks, `?` nothing. Exits 0 where all agree and \
all are current, 1 where something differs, 2 where somebody could not be asked.";

pub(super) const HISTORY_EXAMPLES: &str = "\
Examples:
  redundns history
  redundns history 41                         (every call of it, and the proof)
  redundns history 41 --json

The runs are kept in .redundns/journal/; `[journal]` in redundns.toml says how many. `redundns undo 41` puts back what \
run 41 changed.";

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
    #[arg(long, value_name = "I/N", value_parser = super::shard)]
    pub shard: Option<Shard>,
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
    #[arg(long, value_name = "I/N", value_parser = super::shard)]
    pub shard: Option<Shard>,
    /// Ask nameservers only; needs no credentials
    #[arg(long, conflicts_with = "api_only")]
    pub dns_only: bool,
    /// Read the APIs only
    #[arg(long)]
    pub api_only: bool,
    /// Ask again for this long before calling a difference a difference
    #[arg(long, value_name = "DURATION", value_parser = super::duration, default_value = "0s")]
    pub settle: Duration,
    /// Also compare the delegation at the parent, and look whether what it has a DS for is served signed
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

/// `history`.
#[derive(Args, Debug)]
pub struct History {
    /// A run's number; a list of all when left out
    pub run: Option<u64>,
}
