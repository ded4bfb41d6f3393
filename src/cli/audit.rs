//! What `audit` takes.

use std::path::PathBuf;

use clap::Args;

use crate::config::NamedAddress;

pub(super) const EXAMPLES: &str = "\
Examples:
  redundns audit example.com
  redundns audit example.com --names names.txt     (ask for these names as well)
  redundns audit ./example.com.zone                (every record of the file, everywhere)
  redundns audit shop.lab --root-hints lab/hints   (a private root)
  redundns audit example.com --ns ns1.new.example=192.0.2.1 --ns ns2.new.example=192.0.2.2
      (before the delegation: these instead)
  redundns audit example.com --status-page status.example.net
      (does the page survive what it tells of?)

Worst first, each with its code and the `dig` line that shows it; `redundns explain CODE` tells the rule behind it. \
Nothing is written anywhere, and no credentials are needed.";

/// `audit`.
#[derive(Args, Debug)]
pub struct Audit {
    /// Domains, or zone files named after theirs; an existing path is a file
    #[arg(required = true, value_name = "TARGET")]
    pub targets: Vec<String>,
    /// Ask this nameserver instead of those that the parent lists; repeatable
    #[arg(long, value_name = "NAME=ADDRESS[:PORT]")]
    pub ns: Vec<NamedAddress>,
    /// Begin at the root servers of this master file instead of the public root's
    #[arg(long, value_name = "FILE")]
    pub root_hints: Option<PathBuf>,
    /// Trust the DS or DNSKEY records of this master file instead of the public root's
    #[arg(long, value_name = "FILE")]
    pub trust_anchor: Option<PathBuf>,
    /// Ask for these names as well: a name a line, and types if wanted
    #[arg(long, value_name = "FILE")]
    pub names: Option<PathBuf>,
    /// Which autonomous system announces what: a prefix and a number a line
    #[arg(long, value_name = "FILE")]
    pub asn: Option<PathBuf>,
    /// Where users are told of outages: say so if it hangs on the providers of the audited zone
    #[arg(long, value_name = "DOMAIN")]
    pub status_page: Option<String>,
}
