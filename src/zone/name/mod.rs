//! Domain names in one spelling: uncompressed wire form, ASCII letters in lower case (RFC 4034, section 6.2).
//!
//! A name is parsed once, where text or a message enters the program; from then on two names are equal when
//! their octets are, and they sort in the canonical order of RFC 4034, section 6.1.

#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::fmt;

/// The longest name in octets, length octets and the root label included (RFC 1035, section 3.1).
pub const MAX_NAME: usize = 255;

/// An absolute domain name that owns its octets.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Name(Box<[u8]>);

/// An absolute domain name borrowed from a [`Name`] or a [`super::Zone`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct NameRef<'a>(&'a [u8]);

/// Why a text or a sequence of octets is no domain name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameError {
    /// A label of no octets that is not the root, as in `a..b`.
    EmptyLabel,
    /// A label of more than 63 octets.
    LabelTooLong,
    /// A name of more than 255 octets.
    TooLong,
    /// A backslash that is followed neither by one character nor by three digits up to 255.
    BadEscape,
    /// A relative name where no origin is known.
    NoOrigin,
    /// Octets that are not a name in wire form.
    BadWire,
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EmptyLabel => "empty label",
            Self::LabelTooLong => "label longer than 63 octets",
            Self::TooLong => "name longer than 255 octets",
            Self::BadEscape => "backslash not followed by a character or by three digits up to 255",
            Self::NoOrigin => "relative name without an origin",
            Self::BadWire => "not a domain name in wire form",
        })
    }
}

impl std::error::Error for NameError {}

impl Name {
    /// The root name.
    pub fn root() -> Self {
        Self(Box::new([0]))
    }

    /// Reads presentation format. A name without a final dot is completed with `origin`; `@` alone is the origin.
    pub fn parse(text: &[u8], origin: Option<NameRef<'_>>) -> Result<Self, NameError> {
        let mut wire = Vec::with_capacity(text.len() + 2);
        parse_into(text, origin, &mut wire)?;
        Ok(Self(wire.into()))
    }

    /// Reads a name that is absolute whether or not its final dot was written: file names, arguments, settings.
    pub fn absolute(text: &str) -> Result<Self, NameError> {
        Self::parse(text.as_bytes(), Some(NameRef(&[0])))
    }

    /// Takes uncompressed wire form, lowering its case.
    pub fn from_wire(wire: &[u8]) -> Result<Self, NameError> {
        let length = wire_length(wire)?;
        if length != wire.len() {
            return Err(NameError::BadWire);
        }
        Ok(Self(wire.to_ascii_lowercase().into()))
    }

    /// The name as a borrowed one.
    pub fn borrow(&self) -> NameRef<'_> {
        NameRef(&self.0)
    }
}

impl<'a> NameRef<'a> {
    /// Octets known to be canonical wire form, since this module or a [`super::ZoneBuilder`] made them.
    pub(crate) fn trusted(wire: &'a [u8]) -> Self {
        Self(wire)
    }

    /// Canonical wire form.
    pub fn wire(self) -> &'a [u8] {
        self.0
    }

    /// An owned copy.
    pub fn to_name(self) -> Name {
        Name(self.0.into())
    }

    /// Whether this is the root.
    pub fn is_root(self) -> bool {
        self.0.len() == 1
    }

    /// Labels from left to right, the root label left out.
    pub fn labels(self) -> impl Iterator<Item = &'a [u8]> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let (&length, tail) = rest.split_first()?;
            if length == 0 {
                return None;
            }
            let (label, next) = tail.split_at(usize::from(length));
            rest = next;
            Some(label)
        })
    }

    /// The name without its leftmost label; `None` for the root.
    pub fn parent(self) -> Option<Self> {
        (!self.is_root()).then(|| NameRef(&self.0[1 + usize::from(self.0[0])..]))
    }

    /// Whether this name is `ancestor` or lies below it.
    pub fn is_at_or_below(self, ancestor: NameRef<'_>) -> bool {
        let mut name = Some(self);
        while let Some(here) = name {
            if here.0.len() <= ancestor.0.len() {
                return here.0 == ancestor.0;
            }
            name = here.parent();
        }
        false
    }

    /// Whether the leftmost label is a lone asterisk (RFC 4592).
    pub fn is_wildcard(self) -> bool {
        self.0.starts_with(b"\x01*")
    }

    /// `label` put in front of this name.
    pub fn child(self, label: &[u8]) -> Result<Name, NameError> {
        if label.is_empty() {
            return Err(NameError::EmptyLabel);
        }
        if label.len() > 63 {
            return Err(NameError::LabelTooLong);
        }
        if self.0.len() + label.len() + 1 > MAX_NAME {
            return Err(NameError::TooLong);
        }
        let mut wire = Vec::with_capacity(self.0.len() + label.len() + 1);
        wire.push(label.len() as u8);
        wire.extend(label.iter().map(u8::to_ascii_lowercase));
        wire.extend_from_slice(self.0);
        Ok(Name(wire.into()))
    }

    /// The name as written relative to `origin`: `@` for the origin itself, absolute when outside of it.
    pub fn relative_to(self, origin: NameRef<'_>) -> String {
        if self == origin {
            return "@".to_owned();
        }
        if origin.is_root() || !self.is_at_or_below(origin) {
            return self.to_string();
        }
        let mut text = String::new();
        let own = &self.0[..self.0.len() - origin.0.len()];
        for (index, label) in (NameRef(own)).labels_until_end().enumerate() {
            if index > 0 {
                text.push('.');
            }
            push_label(&mut text, label);
        }
        text
    }

    fn labels_until_end(self) -> impl Iterator<Item = &'a [u8]> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let (&length, tail) = rest.split_first()?;
            let (label, next) = tail.split_at(usize::from(length));
            rest = next;
            Some(label)
        })
    }
}

/// Appends the canonical wire form of `text` to `out`; on an error `out` is as it was.
pub fn parse_into(
    text: &[u8],
    origin: Option<NameRef<'_>>,
    out: &mut Vec<u8>,
) -> Result<(), NameError> {
    let start = out.len();
    let result = parse_unguarded(text, origin, out, start);
    if result.is_err() {
        out.truncate(start);
    }
    result
}

fn parse_unguarded(
    text: &[u8],
    origin: Option<NameRef<'_>>,
    out: &mut Vec<u8>,
    start: usize,
) -> Result<(), NameError> {
    if text == b"@" {
        out.extend_from_slice(origin.ok_or(NameError::NoOrigin)?.0);
        return Ok(());
    }
    if text == b"." {
        out.push(0);
        return Ok(());
    }
    if text.is_empty() {
        return Err(NameError::EmptyLabel);
    }
    let mut length_at = out.len();
    out.push(0);
    let mut bytes = text.iter().copied();
    while let Some(byte) = bytes.next() {
        let octet = match byte {
            b'.' => {
                let length = out.len() - length_at - 1;
                if length == 0 {
                    return Err(NameError::EmptyLabel);
                }
                out[length_at] = length as u8;
                if out.len() - start >= MAX_NAME {
                    return Err(NameError::TooLong);
                }
                length_at = out.len();
                out.push(0);
                continue;
            }
            b'\\' => escaped(&mut bytes)?,
            plain => plain,
        };
        if out.len() - length_at > 63 {
            return Err(NameError::LabelTooLong);
        }
        out.push(octet.to_ascii_lowercase());
    }
    let last = out.len() - length_at - 1;
    if last > 0 {
        out[length_at] = last as u8;
        out.extend_from_slice(origin.ok_or(NameError::NoOrigin)?.0);
    }
    if out.len() - start > MAX_NAME {
        return Err(NameError::TooLong);
    }
    Ok(())
}

/// The octet behind a backslash: one character, or three decimal digits (RFC 1035, section 5.1).
pub fn escaped(bytes: &mut impl Iterator<Item = u8>) -> Result<u8, NameError> {
    let first = bytes.next().ok_or(NameError::BadEscape)?;
    if !first.is_ascii_digit() {
        return Ok(first);
    }
    let mut value = u16::from(first - b'0');
    for _ in 0..2 {
        let digit = bytes
            .next()
            .filter(u8::is_ascii_digit)
            .ok_or(NameError::BadEscape)?;
        value = value * 10 + u16::from(digit - b'0');
    }
    u8::try_from(value).map_err(|_| NameError::BadEscape)
}

/// How many octets the uncompressed name at the start of `wire` takes.
pub fn wire_length(wire: &[u8]) -> Result<usize, NameError> {
    let mut at = 0;
    loop {
        let length = usize::from(*wire.get(at).ok_or(NameError::BadWire)?);
        at += 1 + length;
        if length > 63 || at > MAX_NAME || at > wire.len() {
            return Err(NameError::BadWire);
        }
        if length == 0 {
            return Ok(at);
        }
    }
}

fn push_label(text: &mut String, label: &[u8]) {
    for &octet in label {
        match octet {
            b'.' | b'\\' | b'"' | b';' | b'(' | b')' | b'@' | b'$' => {
                text.push('\\');
                text.push(char::from(octet));
            }
            0x21..=0x7e => text.push(char::from(octet)),
            _ => {
                text.push('\\');
                for digit in [octet / 100, octet / 10 % 10, octet % 10] {
                    text.push(char::from(b'0' + digit));
                }
            }
        }
    }
}

impl fmt::Display for NameRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_root() {
            return f.pad(".");
        }
        let mut text = String::with_capacity(self.0.len());
        for label in self.labels() {
            push_label(&mut text, label);
            text.push('.');
        }
        f.pad(&text)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.borrow().fmt(f)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl fmt::Debug for NameRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Ord for NameRef<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.0 == other.0 {
            return Ordering::Equal;
        }
        let (mut left, mut right) = ([0_u8; 128], [0_u8; 128]);
        let mut left = label_starts(self.0, &mut left).iter().rev();
        let mut right = label_starts(other.0, &mut right).iter().rev();
        loop {
            match (left.next(), right.next()) {
                (None, None) => return Ordering::Equal,
                (None, Some(_)) => return Ordering::Less,
                (Some(_), None) => return Ordering::Greater,
                (Some(&a), Some(&b)) => {
                    let order = label_at(self.0, a).cmp(label_at(other.0, b));
                    if order != Ordering::Equal {
                        return order;
                    }
                }
            }
        }
    }
}

fn label_starts<'s>(wire: &[u8], starts: &'s mut [u8; 128]) -> &'s [u8] {
    let (mut at, mut count) = (0, 0);
    while wire[at] != 0 {
        starts[count] = at as u8;
        count += 1;
        at += 1 + usize::from(wire[at]);
    }
    &starts[..count]
}

fn label_at(wire: &[u8], at: u8) -> &[u8] {
    let at = usize::from(at);
    &wire[at + 1..=at + usize::from(wire[at])]
}

impl PartialOrd for NameRef<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        self.borrow().cmp(&other.borrow())
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
