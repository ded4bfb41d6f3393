//! The program: arguments in, exit code out.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    redundns::commands::run_watched(redundns::cli::Cli::parse(), &|_| {})
}
