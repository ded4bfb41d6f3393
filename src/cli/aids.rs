//! What the commands take that help with the others.

use std::path::PathBuf;

use clap::Args;

pub(super) const SERVE_EXAMPLES: &str = "\
Examples:
  redundns serve
  dig @127.0.0.1 -p 5301 www.example.com      (from elsewhere, while it serves)

Accounts with `adapter = \"embedded\"` are nameservers inside of this program. `sync`, `check` and `drill` start them \
for as long as they run; this keeps them up in between, for trying things out without any vendor.";

pub(super) const EXPLAIN_EXAMPLES: &str = "\
Examples:
  redundns explain ZON05
  redundns explain                            (every code, a line each)";

pub(super) const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  redundns completions bash > ~/.local/share/bash-completion/completions/redundns
  redundns completions zsh > ~/.zfunc/_redundns           (with ~/.zfunc in fpath)
  redundns completions fish > ~/.config/fish/completions/redundns.fish";

pub(super) const MAN_EXAMPLES: &str = "\
Examples:
  redundns man | man -l -
  redundns man --out ~/.local/share/man/man1              (then: man redundns-sync)";

/// `explain`.
#[derive(Args, Debug)]
pub struct Explain {
    /// A code as printed in brackets, e.g. ZON05; all of them when left out
    pub code: Option<String>,
}

/// `completions`.
#[derive(Args, Debug)]
pub struct Completions {
    /// Which shell
    pub shell: clap_complete::Shell,
}

/// `man`.
#[derive(Args, Debug)]
pub struct Man {
    /// Write a page for every command into this folder, in place of older ones
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}
