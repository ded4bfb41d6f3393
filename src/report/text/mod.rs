//! For people at a terminal: symbols `+ ~ - = ! ?` always, colour only on top, names never cut.

mod audit;
mod calm;
mod difference;
mod drill;
mod history;
mod layout;
mod matrix;
mod notes;
mod plan;
#[cfg(test)]
mod tests;
mod verdict;

pub use audit::audit;
pub(super) use difference::in_full as difference_in_full;
pub use drill::drill;
pub use history::history;
pub(super) use layout::relative;
pub use layout::{Style, cut, plural, wrap};
pub(super) use matrix::{cells, columns, labels};
pub use notes::dig;
pub use plan::plan;
pub(super) use plan::{changed_fields, counts, in_order, look_alike};
pub(super) use verdict::sentence;
pub use verdict::verdict;

use super::{Report, ZoneReport};

/// What a zone comes to in a report of `command`, with its symbol.
pub(super) fn sentence_of(command: &str, zone: &ZoneReport) -> (char, String) {
    if command == "audit" {
        audit::sentence(zone)
    } else {
        sentence(zone)
    }
}

/// The screen that suits the report's command: [`plan`] for `plan`, [`audit`] for `audit`, [`verdict`] for the rest.
pub fn render(report: &Report, style: Style) -> String {
    match report.command.as_str() {
        "plan" => plan(report, style),
        "audit" => audit(report, style),
        _ => verdict(report, style),
    }
}
