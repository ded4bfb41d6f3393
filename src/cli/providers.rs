//! What `providers` takes.

use clap::{Args, ValueEnum};

pub(super) const EXAMPLES: &str = "\
Examples:
  redundns providers                          (what each can hold; asks nobody)
  redundns providers --check                  (whether the credentials read and write)
  redundns providers --zones -p route53       (and which of its zones no file covers)
  redundns providers -v                       (the adapters there are)
  redundns providers --schema policy          (what redundns.toml may say, for editors)

Whether credentials write is asked and never tried. Where a vendor does not tell, it says so.";

/// `providers`.
#[derive(Args, Debug)]
pub struct Providers {
    /// Whether the credentials work; reads, never writes
    #[arg(long)]
    pub check: bool,
    /// The zones that each account holds
    #[arg(long)]
    pub zones: bool,
    /// Print a JSON Schema and nothing else: of account files where nothing more is said
    #[arg(
        long,
        value_enum,
        value_name = "OF",
        num_args = 0..=1,
        default_missing_value = "account",
        conflicts_with_all = ["check", "zones"]
    )]
    pub schema: Option<Schema>,
}

/// What has a schema.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// The files of providers/
    Account,
    /// redundns.toml
    Policy,
    /// What `--json` prints, `providers`, `history` and `explain` apart
    Report,
    /// What `providers --json` prints
    Providers,
    /// What `history --json` prints
    History,
    /// What `explain --json` prints
    Explain,
    /// What `plan --out` writes
    Plan,
    /// The summary.json of the public status page
    Status,
}
