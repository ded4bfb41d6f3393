//! The program: arguments in, exit code out.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    redundns::commands::run(redundns::cli::Cli::parse())
}
