//! Master-file text in both directions (RFC 1035, section 5).

mod codes;
mod generate;
mod lint;
mod parse;
mod print;
mod scan;
mod show;

pub use codes::CODES;
pub use parse::parse;
pub use print::print;
pub use show::show;

use super::{Finding, Zone};

/// A text to read.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// As shown in findings.
    pub name: &'a str,
    /// Any octets.
    pub text: &'a [u8],
}

/// Loads what `$INCLUDE` names.
pub trait Includes {
    /// The name to show and the text, for `path` as written in the file called `from`; or why not.
    fn load(&self, from: &str, path: &str) -> Result<(String, Vec<u8>), String>;
}

/// Refuses every `$INCLUDE`: for text that comes from no file.
pub struct NoIncludes;

impl Includes for NoIncludes {
    fn load(&self, _: &str, path: &str) -> Result<(String, Vec<u8>), String> {
        Err(format!(
            "cannot include `{path}`: this text stands in no file"
        ))
    }
}

/// What a text says, and what is wrong with it.
pub struct Parsed {
    /// Everything that could be read; not to be used where a finding is an error.
    pub zone: Zone,
    /// Sorted by file, line and column.
    pub findings: Vec<Finding>,
}
