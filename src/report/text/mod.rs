//! For people at a terminal: symbols `+ ~ - = ! ?` always, colour only on top, names never cut.

mod history;
mod layout;
mod matrix;
mod notes;
mod plan;
#[cfg(test)]
mod tests;
mod verdict;

pub use history::history;
pub use layout::{Style, plural};
pub use plan::plan;
pub use verdict::verdict;

use super::Report;

/// The screen that suits the report's command: [`plan`] for `plan`, [`verdict`] for the rest.
pub fn render(report: &Report, style: Style) -> String {
    if report.command == "plan" {
        plan(report, style)
    } else {
        verdict(report, style)
    }
}
