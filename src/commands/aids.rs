//! `completions` and `man`: made from the definition of the command line.

use std::path::Path;

use anyhow::Context;
use clap::CommandFactory;

use super::console::Console;
use super::session::refuse;
use crate::cli::{Cli, Completions, Man};
use crate::report::Outcome;
use crate::report::text::plural;
use crate::zone::{Finding, Severity};

pub(super) fn completions(arguments: &Completions, console: &Console) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut Cli::command(),
        "redundns",
        &mut script,
    );
    console.print(&String::from_utf8_lossy(&script));
    Outcome::Same
}

pub(super) fn man(arguments: &Man, console: &Console) -> anyhow::Result<Outcome> {
    let Some(directory) = &arguments.out else {
        let mut page = Vec::new();
        clap_mangen::Man::new(whole()).render(&mut page)?;
        console.print(&String::from_utf8_lossy(&page));
        return Ok(Outcome::Same);
    };
    match pages(directory) {
        Ok(count) => {
            let shown = directory.display();
            console.note(&format!("wrote {} into {shown}", plural(count, "page")));
            Ok(Outcome::Same)
        }
        Err(error) => {
            let finding = Finding::new("RUN09", Severity::Error, format!("{error:#}"))
                .hint("name a folder that you may write to: `redundns man --out ./man1`");
            refuse("man", &[finding], console);
            Ok(Outcome::Trouble)
        }
    }
}

/// The command line with its commands, each knowing the name that it has as a whole.
fn whole() -> clap::Command {
    let mut whole = Cli::command().disable_help_subcommand(true);
    whole.build();
    whole
}

/// Writes a page for the program, and one for each of its commands.
fn pages(directory: &Path) -> anyhow::Result<usize> {
    let shown = directory.display();
    std::fs::create_dir_all(directory).with_context(|| format!("cannot make {shown}"))?;
    let whole = whole();
    let commands = whole.get_subcommands().cloned();
    let all: Vec<clap::Command> = std::iter::once(whole.clone()).chain(commands).collect();
    for command in &all {
        let page = clap_mangen::Man::new(command.clone());
        let file = directory.join(page.get_filename());
        let mut text = Vec::new();
        page.render(&mut text)?;
        std::fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(all.len())
}
