//! What the commands of the first ten minutes take.

use std::path::PathBuf;

use clap::Args;

use crate::config::NamedAddress;

pub(super) const INIT_EXAMPLES: &str = "\
Examples:
  redundns init example.com
  redundns init ./example.com.zone            (a zone file in hand)
  redundns init example.com --second desec    (an account of a second provider as well)
  redundns init example.com --adapter powerdns --set endpoint=http://127.0.0.1:8081
  redundns init example.com --ns ns1.example.com=127.0.0.1:5301    (in a lab)

It writes zones/, providers/, redundns.toml and a CI workflow, proves that a plan would change nothing, and names the \
one next step. Nothing is written at a provider. Files that are there stay as they are; what is new is written whole or \
not at all.

Credentials are looked for in the usual variables, such as CLOUDFLARE_API_TOKEN, and never written down. \
`redundns providers -v` names the adapters.";

pub(super) const IMPORT_EXAMPLES: &str = "\
Examples:
  redundns import route53 example.com
  redundns import route53 example.com --output -         (on stdout; writes no file)
  redundns import route53 gandi example.com              (shows what differs, and asks)
  redundns import route53 gandi example.com --prefer gandi

Never overwrites a file, and never writes at a provider. What a provider answers itself, such as the serial and \
signatures, is left out, and the top of the file says so.";

/// `import`.
#[derive(Args, Debug)]
pub struct Import {
    /// Whose zone: one account, or several to compare
    #[arg(required = true, value_name = "ACCOUNT")]
    pub accounts: Vec<String>,
    /// The zone's origin
    #[arg(required = true)]
    pub zone: String,
    /// Where to write it; `-` is stdout [default: zones/ZONE.zone]
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Where the accounts differ, take what this one holds; the apex NS set gets the servers of all
    #[arg(long, value_name = "ACCOUNT")]
    pub prefer: Option<String>,
}

/// `init`.
#[derive(Args, Debug)]
pub struct Init {
    /// Domains, or zone files named after theirs
    #[arg(value_name = "ZONE|FILE")]
    pub zones: Vec<String>,
    /// The adapter for nameservers whose names tell nothing, such as powerdns or rfc2136
    #[arg(long, value_name = "ADAPTER")]
    pub adapter: Option<String>,
    /// A key of that adapter's account, or of the second one's where no other is named; repeatable
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Write an account of a second provider as well
    #[arg(long, value_name = "ADAPTER")]
    pub second: Option<String>,
    /// Where providers differ, take what this account holds; the apex NS set gets the servers of all
    #[arg(long, value_name = "ACCOUNT")]
    pub prefer: Option<String>,
    /// Write no CI workflow
    #[arg(long)]
    pub no_ci: bool,
    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
    /// A nameserver and its address; with any, the delegation is not looked at
    #[arg(long, value_name = "NAME=ADDRESS[:PORT]")]
    pub ns: Vec<NamedAddress>,
    /// Root hints to begin at instead of the public root's
    #[arg(long, value_name = "FILE")]
    pub root_hints: Option<PathBuf>,
}
