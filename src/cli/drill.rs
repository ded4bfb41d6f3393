//! `drill`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::{duration, percent};

pub(super) const EXAMPLES: &str = "\
Examples:
  redundns drill example.com --down alpha
  redundns drill example.com --down alpha --loss 90% --duration 1m
  redundns drill example.com --down alpha --fault stale --rows rows.jsonl --svg drill.svg
  redundns drill example.com --down alpha --arithmetic    (asks nobody)

Only a resolver of its own, on loopback, sees the fault: it asks the zone's nameservers through forwarders that stand \
before each of them, and those of the lost provider misbehave for a while. That needs `unbound` (Debian package \
unbound, no daemon); where it is missing there is the arithmetic alone. Nobody but the zone's own nameservers is asked, \
once a lookup or little more.

`stale` and `empty` are what a change that never arrived looks like: an older address, or no name at all.

Where AppArmor confines the system's unbound, as its Debian package asks for, it may not read a configuration in the \
folder for temporary files: give it a copy of the program, `--resolver ./unbound`.

Exits 0 if at least 99 % of the lookups during the fault were right and none was wrong, else 1; 2 if it was not so \
before the fault either, since nothing is known then, or if it was stopped. By arithmetic: 0 if a nameserver is left, \
else 1.";

/// `drill`.
#[derive(Args, Debug)]
pub struct Drill {
    /// The zone's origin, one of zones/*.zone
    pub zone: String,
    /// The account whose provider is lost
    #[arg(long, value_name = "ID")]
    pub down: String,
    /// What its nameservers do meanwhile [default: silent; lossy where --loss is given]
    #[arg(long, value_enum)]
    pub fault: Option<FaultKind>,
    /// Share of queries that `lossy` loses [default: 50%]
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub loss: Option<u8>,
    /// How long lookups are made: a quarter before the fault, half during, a quarter after
    #[arg(long, value_name = "DURATION", value_parser = long_enough, default_value = "20s")]
    pub duration: Duration,
    /// Lookups a second
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=100))]
    pub rate: u16,
    /// How long a client waits for the resolver's answer before the lookup has failed
    #[arg(long, value_name = "DURATION", value_parser = patience, default_value = "5s")]
    pub patience: Duration,
    /// The resolver's program, an unbound [default: unbound, where it is installed]
    #[arg(long, value_name = "PROGRAM")]
    pub resolver: Option<String>,
    /// Write every lookup to this file, a line of JSON each
    #[arg(long, value_name = "FILE")]
    pub rows: Option<PathBuf>,
    /// Write the chart to this file
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,
    /// Exit 2 where the rehearsal cannot be made for real, instead of falling back to arithmetic alone
    #[arg(long)]
    pub real: bool,
    /// Arithmetic alone: ask nobody
    #[arg(long, conflicts_with_all = ["real", "rows", "svg"])]
    pub arithmetic: bool,
}

/// What the nameservers of the lost provider do.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// Answer nothing
    Silent,
    /// Refuse every query, as servers that lack the zone do
    Refused,
    /// Lose a share of the queries
    Lossy,
    /// Answer with an address that is not the zone file's, as after a change that never arrived
    Stale,
    /// Say that no name exists, as where records were lost or never arrived
    Empty,
}

fn long_enough(text: &str) -> Result<Duration, String> {
    let duration = duration(text)?;
    let range = Duration::from_secs(2)..=Duration::from_secs(3600);
    if range.contains(&duration) {
        Ok(duration)
    } else {
        Err("write 2s to 1h".to_owned())
    }
}

fn patience(text: &str) -> Result<Duration, String> {
    let duration = duration(text)?;
    let range = Duration::from_millis(100)..=Duration::from_secs(30);
    if range.contains(&duration) {
        Ok(duration)
    } else {
        Err("write 100ms to 30s".to_owned())
    }
}
