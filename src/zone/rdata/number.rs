//! Single words that stand for numbers and octets.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::codes;
use super::error::RdataError;
use super::words::Words;
use crate::zone::Date;

/// Decimal digits only: no sign, no other base.
pub(super) fn decimal(text: &[u8]) -> Option<u64> {
    let digits = text.len() <= 19 && !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    digits.then(|| {
        text.iter()
            .fold(0, |value, digit| value * 10 + u64::from(digit - b'0'))
    })
}

/// A number of seconds, plain or with the units `w d h m s` in any order and case; `None` where the text is
/// neither or does not fit 32 bits.
pub fn seconds(text: &[u8]) -> Option<u32> {
    let mut total = 0_u64;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest
            .iter()
            .take_while(|octet| octet.is_ascii_digit())
            .count();
        let value = decimal(&rest[..digits])?;
        let factor = match rest.get(digits).map(u8::to_ascii_lowercase) {
            None if total == 0 => 1,
            Some(b's') => 1,
            Some(b'm') => 60,
            Some(b'h') => 3_600,
            Some(b'd') => 86_400,
            Some(b'w') => 604_800,
            _ => return None,
        };
        total = value
            .checked_mul(factor)
            .and_then(|value| value.checked_add(total))?;
        rest = rest.get(digits + 1..).unwrap_or_default();
    }
    u32::try_from(total).ok().filter(|_| !text.is_empty())
}

impl Words<'_> {
    /// A decimal number up to `limit`.
    pub(super) fn number(&mut self, limit: u64) -> Result<u64, RdataError> {
        let text = self.bare("a number")?;
        let Some(value) = decimal(text) else {
            let digits = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
            return Err(if digits {
                self.too_large(limit)
            } else {
                self.bad(codes::NOT_A_NUMBER, "not a decimal number:")
            });
        };
        if value > limit {
            return Err(self.too_large(limit));
        }
        Ok(value)
    }

    fn too_large(&self, limit: u64) -> RdataError {
        self.bad(codes::OUT_OF_RANGE, "number out of range:")
            .hint(format!("the largest number here is {limit}"))
    }

    /// A number up to `limit`, or one of `names` in any case.
    pub(super) fn named(&mut self, limit: u64, names: &[(&str, u16)]) -> Result<u64, RdataError> {
        match self.peek() {
            Some(word) if !word.quoted && !word.text.iter().all(u8::is_ascii_digit) => {
                let text = self.bare("a number")?;
                names
                    .iter()
                    .find(|(name, _)| name.as_bytes().eq_ignore_ascii_case(text))
                    .map(|&(_, value)| u64::from(value))
                    .ok_or_else(|| {
                        self.bad(codes::UNKNOWN_MNEMONIC, "neither a number nor known here:")
                    })
            }
            _ => self.number(limit),
        }
    }

    pub(super) fn ipv4(&mut self) -> Result<Ipv4Addr, RdataError> {
        let text = self.bare("an IPv4 address")?;
        ipv4(text).ok_or_else(|| self.bad(codes::BAD_IPV4, "not an IPv4 address:"))
    }

    pub(super) fn ipv6(&mut self) -> Result<Ipv6Addr, RdataError> {
        let text = self.bare("an IPv6 address")?;
        ipv6(text).ok_or_else(|| self.bad(codes::BAD_IPV6, "not an IPv6 address:"))
    }
}

pub(super) fn ipv4(text: &[u8]) -> Option<Ipv4Addr> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

pub(super) fn ipv6(text: &[u8]) -> Option<Ipv6Addr> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// Seconds since 1970 of a UTC date `YYYYMMDDHHmmSS`, in 32 bits (serial number arithmetic, RFC 4034 3.1.5), or of a
/// decimal number of at most ten digits.
pub(super) fn moment(text: &[u8]) -> Option<u32> {
    if text.len() <= 10 {
        return u32::try_from(decimal(text)?).ok();
    }
    if text.len() != 14 {
        return None;
    }
    let part = |from: usize, to: usize| decimal(&text[from..to]);
    let (year, month, day) = (part(0, 4)?, part(4, 6)?, part(6, 8)?);
    let (hour, minute, second) = (part(8, 10)?, part(10, 12)?, part(12, 14)?);
    let day = Date::new(year, month, day)?.begin();
    let is_time = hour < 24 && minute < 60 && second <= 60;
    is_time.then(|| (day + hour * 3600 + minute * 60 + second) as u32)
}

/// The UTC date of `moment` as `YYYYMMDDHHmmSS`.
pub(super) fn date(moment: u32) -> String {
    let Date { year, month, day } = Date::of(moment.into());
    let clock = moment % 86_400;
    let (hour, minute, second) = (clock / 3600, clock / 60 % 60, clock % 60);
    format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_have_units() {
        for (text, value) in [
            ("0", Some(0)),
            ("1h30m", Some(5400)),
            ("1W2d3H4m5s", Some(788_645)),
            ("4294967295", Some(u32::MAX)),
            ("4294967296", None),
            ("1h30", None),
            ("h", None),
            ("", None),
            ("1y", None),
            ("-1", None),
            ("99999999999999999999w", None),
        ] {
            assert_eq!(seconds(text.as_bytes()), value, "{text}");
        }
    }

    #[test]
    fn moments_and_dates_are_inverse() {
        for (text, value) in [
            ("19700101000000", 0),
            ("20240229235959", 1_709_251_199),
            ("21060207062815", u32::MAX),
        ] {
            assert_eq!(moment(text.as_bytes()), Some(value));
            assert_eq!(date(value), text);
        }
    }
}
