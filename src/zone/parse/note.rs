//! Findings before they have a place in the text.

use super::super::data::Repetition;
use super::super::rdata::Word;
use super::super::scan::Fault;
use super::super::{Finding, Name, Position, Severity, codes};

/// Which part of a record a finding is about.
pub(in crate::zone) enum Part {
    /// Line, column and length are known.
    Known { line: u32, column: u16, length: u16 },
    /// The owner where it is written, else the record's first word.
    Owner(Position),
    /// The TTL where it is written, else as `Owner`.
    Ttl(Position),
    /// The word that is this name, else as `Owner`.
    Target(Position, Name),
    /// The zone as a whole.
    Zone,
}

/// A finding and which part of which file it is about; [`super::place`] finds line and column.
pub(in crate::zone) struct Note {
    pub(in crate::zone) file: u16,
    pub(in crate::zone) part: Part,
    pub(in crate::zone) finding: Finding,
}

impl Note {
    /// About the record at a position.
    pub(in crate::zone) fn new(part: Part, finding: Finding) -> Self {
        let file = match &part {
            Part::Owner(at) | Part::Ttl(at) | Part::Target(at, _) => at.file,
            Part::Known { .. } | Part::Zone => 0,
        };
        Self {
            file,
            part,
            finding,
        }
    }

    pub(super) fn at_word(file: u16, word: &Word<'_>, code: &'static str, message: String) -> Self {
        let length = word.text.len() + if word.quoted { 2 } else { 0 };
        Self {
            file,
            part: Part::Known {
                line: word.line,
                column: word.column,
                length: u16::try_from(length).unwrap_or(u16::MAX),
            },
            finding: Finding::new(code, Severity::Error, message),
        }
    }

    pub(super) fn fault(file: u16, fault: &Fault) -> Self {
        Self {
            file,
            part: Part::Known {
                line: fault.line,
                column: fault.column,
                length: 1,
            },
            finding: Finding::new(fault.code, Severity::Error, fault.message).hint(fault.hint),
        }
    }
}

/// What happens to a record that repeats another, or another's TTL.
pub(super) fn repetition(repetition: &Repetition<'_>) -> Note {
    match *repetition {
        Repetition::Record {
            owner,
            rtype,
            at,
            first,
        } => Note::new(
            Part::Owner(at),
            Finding::new(
                codes::DUPLICATE,
                Severity::Warning,
                format!("the same {rtype} record stands in line {} already", first.line),
            )
            .hint("delete one of the two")
            .about(owner, rtype),
        ),
        Repetition::Ttl {
            owner,
            rtype,
            at,
            written,
            used,
        } => Note::new(
            Part::Ttl(at),
            Finding::new(
                codes::MIXED_TTL,
                Severity::Warning,
                format!("TTL {written} differs from the {used} of the RRset's first record, which counts"),
            )
            .hint("give all records of the set the same TTL")
            .about(owner, rtype),
        ),
    }
}
