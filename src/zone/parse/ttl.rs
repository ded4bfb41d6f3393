//! Which TTL a record gets (RFC 2308, section 4; RFC 1035, section 5.1), as BIND decides it.

use crate::zone::rdata;

/// The largest TTL (RFC 2181, section 8).
pub(super) const MAX_TTL: u32 = 0x7fff_ffff;

/// What was said about TTLs so far, `$INCLUDE`d files included.
#[derive(Clone, Copy, Default)]
pub(super) struct Ttls {
    /// From `$TTL`, or the SOA's MINIMUM where there was nothing else.
    pub(super) default: Option<u32>,
    /// From the last record that gave one.
    pub(super) last: Option<u32>,
}

impl Ttls {
    /// The TTL of a record that gives none.
    pub(super) fn implied(self) -> Option<u32> {
        self.default.or(self.last)
    }
}

/// A word read as a TTL.
pub(super) enum Ttl {
    /// Seconds.
    Seconds(u32),
    /// Digits and units, but too many seconds.
    TooLarge,
    /// Something else.
    Other,
}

pub(super) fn ttl(word: &[u8]) -> Ttl {
    if !word.first().is_some_and(u8::is_ascii_digit) {
        return Ttl::Other;
    }
    match rdata::seconds(word) {
        Some(seconds) if seconds <= MAX_TTL => Ttl::Seconds(seconds),
        Some(_) => Ttl::TooLarge,
        None if word.iter().all(u8::is_ascii_digit) => Ttl::TooLarge,
        None => Ttl::Other,
    }
}
