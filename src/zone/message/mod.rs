//! DNS messages read from raw octets: the header, the question and the records of RFC 1035, section 4.
//!
//! Nothing is decoded before it is asked for and nothing is copied; every offset is checked, so that any octets
//! at all can be given. RDATA stays where it is in the message, since names in it may be compressed.

#[cfg(test)]
mod tests;
mod transfer;

use std::fmt;
use std::ops::Range;

use super::{Name, NameRef, RecordType, rdata};
pub use transfer::TransferReader;

/// Octets before the question section.
const HEADER: usize = 12;

/// Why octets are no DNS message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageError {
    /// Fewer octets than a header has.
    NoHeader,
    /// The message ends inside of a question or a record.
    Truncated,
    /// A name with a bad label type, a pointer that does not point backward, or more than 255 octets.
    BadName,
}

impl fmt::Display for MessageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoHeader => "shorter than a DNS header",
            Self::Truncated => "the message ends inside of a record",
            Self::BadName => "a domain name in the message cannot be read",
        })
    }
}

impl std::error::Error for MessageError {}

/// The three sections that hold records. In an UPDATE message they are the prerequisites, the updates and the
/// additional data (RFC 2136, section 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// Second section.
    Answer,
    /// Third section.
    Authority,
    /// Fourth section; OPT and TSIG stand here.
    Additional,
}

/// A message, borrowed: its header and question are known to be whole, its records are read as one asks for them.
#[derive(Clone, Copy, Debug)]
pub struct MessageRef<'a> {
    octets: &'a [u8],
    records_at: usize,
}

impl<'a> MessageRef<'a> {
    /// Reads the header and steps over the question section.
    pub fn read(octets: &'a [u8]) -> Result<Self, MessageError> {
        if octets.len() < HEADER {
            return Err(MessageError::NoHeader);
        }
        let mut at = HEADER;
        for _ in 0..pair(octets, 4).unwrap_or(0) {
            at = skip_name(octets, at)? + 4;
        }
        if at > octets.len() {
            return Err(MessageError::Truncated);
        }
        Ok(Self {
            octets,
            records_at: at,
        })
    }

    /// The whole message.
    pub fn octets(&self) -> &'a [u8] {
        self.octets
    }

    /// Identifier.
    pub fn id(&self) -> u16 {
        u16::from_be_bytes([self.octets[0], self.octets[1]])
    }

    /// Whether this is a response.
    pub fn qr(&self) -> bool {
        self.octets[2] & 0x80 != 0
    }

    /// OPCODE: 0 is QUERY, 5 is UPDATE.
    pub fn opcode(&self) -> u8 {
        self.octets[2] >> 3 & 0x0f
    }

    /// Authoritative answer.
    pub fn aa(&self) -> bool {
        self.octets[2] & 0x04 != 0
    }

    /// Truncated.
    pub fn tc(&self) -> bool {
        self.octets[2] & 0x02 != 0
    }

    /// Recursion desired.
    pub fn rd(&self) -> bool {
        self.octets[2] & 0x01 != 0
    }

    /// Recursion available.
    pub fn ra(&self) -> bool {
        self.octets[3] & 0x80 != 0
    }

    /// RCODE, with the upper eight bits from the OPT record where there is one (RFC 6891, section 6.1.3).
    pub fn rcode(&self) -> u16 {
        let low = u16::from(self.octets[3] & 0x0f);
        let opt = self
            .records()
            .map_while(Result::ok)
            .find(|record| record.rtype == RecordType::OPT);
        opt.map_or(low, |opt| (opt.ttl >> 24 << 4) as u16 | low)
    }

    /// How many records the header announces in `section`.
    pub fn count(&self, section: Section) -> u16 {
        pair(self.octets, 6 + 2 * section as usize).unwrap_or(0)
    }

    /// The first question: name, type and class. `None` where there is none.
    pub fn question(&self) -> Option<(Name, RecordType, u16)> {
        if pair(self.octets, 4)? == 0 {
            return None;
        }
        let mut wire = Vec::new();
        let at = read_name(self.octets, HEADER, &mut wire).ok()?;
        let name = NameRef::trusted(&wire).to_name();
        let (rtype, class) = (pair(self.octets, at)?, pair(self.octets, at + 2)?);
        Some((name, RecordType(rtype), class))
    }

    /// Whether the first question is exactly this one.
    pub fn question_is(&self, name: NameRef<'_>, rtype: RecordType, class: u16) -> bool {
        pair(self.octets, 4) != Some(0)
            && name_is(self.octets, HEADER, name)
            && skip_name(self.octets, HEADER).is_ok_and(|at| {
                pair(self.octets, at) == Some(rtype.0) && pair(self.octets, at + 2) == Some(class)
            })
    }

    /// The records of all three sections in the order of the message; an error is the last item.
    pub fn records(&self) -> Records<'a> {
        Records {
            octets: self.octets,
            at: self.records_at,
            left: [Section::Answer, Section::Authority, Section::Additional]
                .map(|section| self.count(section)),
        }
    }
}

/// Walks the records of a message.
#[derive(Clone, Debug)]
pub struct Records<'a> {
    octets: &'a [u8],
    at: usize,
    left: [u16; 3],
}

impl Records<'_> {
    /// Where the next record begins, or where the last one ended.
    pub fn offset(&self) -> usize {
        self.at
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<RecordRef<'a>, MessageError>;

    fn next(&mut self) -> Option<Self::Item> {
        let (section, left) = [Section::Answer, Section::Authority, Section::Additional]
            .into_iter()
            .zip(&mut self.left)
            .find(|(_, left)| **left > 0)?;
        *left -= 1;
        let record = read_record(self.octets, self.at, section);
        match &record {
            Ok(record) => self.at = record.rdata.end,
            Err(_) => self.left = [0; 3],
        }
        Some(record)
    }
}

fn read_record(octets: &[u8], at: usize, section: Section) -> Result<RecordRef<'_>, MessageError> {
    let fixed = skip_name(octets, at)?;
    let Some(&[t0, t1, c0, c1, l0, l1, l2, l3, n0, n1]) =
        octets.get(fixed..).and_then(<[u8]>::first_chunk)
    else {
        return Err(MessageError::Truncated);
    };
    let start = fixed + 10;
    let end = start + usize::from(u16::from_be_bytes([n0, n1]));
    if end > octets.len() {
        return Err(MessageError::Truncated);
    }
    Ok(RecordRef {
        octets,
        at,
        section,
        rtype: RecordType(u16::from_be_bytes([t0, t1])),
        class: u16::from_be_bytes([c0, c1]),
        ttl: u32::from_be_bytes([l0, l1, l2, l3]),
        rdata: start..end,
    })
}

/// One record where it stands in its message.
#[derive(Clone, Debug)]
pub struct RecordRef<'a> {
    octets: &'a [u8],
    at: usize,
    /// Where in the message it stands.
    pub section: Section,
    /// TYPE.
    pub rtype: RecordType,
    /// CLASS; 1 is IN.
    pub class: u16,
    /// Seconds, or what OPT and TSIG make of the field.
    pub ttl: u32,
    /// Octets of the message, names in them still compressed.
    pub rdata: Range<usize>,
}

impl<'a> RecordRef<'a> {
    /// The message that this record stands in.
    pub fn message(&self) -> &'a [u8] {
        self.octets
    }

    /// Where the record begins in its message.
    pub fn offset(&self) -> usize {
        self.at
    }

    /// Owner name.
    pub fn owner(&self) -> Result<Name, MessageError> {
        let mut wire = Vec::with_capacity(64);
        self.read_owner(&mut wire)?;
        Ok(NameRef::trusted(&wire).to_name())
    }

    /// The owner name in place of what `out` holds, which saves an allocation for each record.
    pub fn read_owner<'o>(&self, out: &'o mut Vec<u8>) -> Result<NameRef<'o>, MessageError> {
        out.clear();
        read_name(self.octets, self.at, out)?;
        Ok(NameRef::trusted(out))
    }

    /// Whether the owner is `name`; allocates nothing.
    pub fn owner_is(&self, name: NameRef<'_>) -> bool {
        name_is(self.octets, self.at, name)
    }
}

/// The two octets at `at` as a number.
fn pair(octets: &[u8], at: usize) -> Option<u16> {
    let octets = octets.get(at..)?.first_chunk()?;
    Some(u16::from_be_bytes(*octets))
}

/// What stands at an offset inside of a name.
enum Step<'a> {
    Label(&'a [u8]),
    Pointer(usize),
    Root,
}

fn step(octets: &[u8], at: usize) -> Result<Step<'_>, MessageError> {
    let &length = octets.get(at).ok_or(MessageError::Truncated)?;
    match length {
        0 => Ok(Step::Root),
        1..=63 => octets
            .get(at + 1..=at + usize::from(length))
            .map(Step::Label)
            .ok_or(MessageError::Truncated),
        0xc0.. => {
            let &low = octets.get(at + 1).ok_or(MessageError::Truncated)?;
            let target = usize::from(length & 0x3f) << 8 | usize::from(low);
            // Pointers alone cannot loop when each goes back (RFC 1035, section 4.1.4); a loop with labels in it
            // ends at the longest name.
            if target < at {
                Ok(Step::Pointer(target))
            } else {
                Err(MessageError::BadName)
            }
        }
        _ => Err(MessageError::BadName),
    }
}

/// Where the name at `at` ends, its pointer not followed.
fn skip_name(octets: &[u8], mut at: usize) -> Result<usize, MessageError> {
    loop {
        match step(octets, at)? {
            Step::Label(label) => at += 1 + label.len(),
            Step::Pointer(_) => return Ok(at + 2),
            Step::Root => return Ok(at + 1),
        }
    }
}

/// Appends the canonical form of the name at `at` and says where the name ends in the message.
fn read_name(octets: &[u8], at: usize, out: &mut Vec<u8>) -> Result<usize, MessageError> {
    rdata::read_name(octets, at, out).map_err(|_| MessageError::BadName)
}

fn name_is(octets: &[u8], mut at: usize, name: NameRef<'_>) -> bool {
    let mut labels = name.labels();
    loop {
        match step(octets, at) {
            Ok(Step::Label(label)) => {
                if !labels
                    .next()
                    .is_some_and(|expected| expected.eq_ignore_ascii_case(label))
                {
                    return false;
                }
                at += 1 + label.len();
            }
            Ok(Step::Pointer(target)) => at = target,
            Ok(Step::Root) => return labels.next().is_none(),
            Err(_) => return false,
        }
    }
}
