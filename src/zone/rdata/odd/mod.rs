//! Fields that only one type has.

mod host_identity;
mod location;
mod nsap;
mod parameters;
mod prefixes;
mod services;

use super::codes;
use super::error::RdataError;
use super::number::decimal;
use super::print::{push, quoted};
use super::words::{Words, spelled, unescape};

pub(super) use host_identity::HOST_IDENTITY;
pub(super) use location::LOCATION;
pub(super) use nsap::{ATMA, NSAP};
pub(super) use parameters::PARAMETERS;
pub(super) use prefixes::PREFIXES;
pub(super) use services::SERVICES;

/// How one such field is read, measured and printed.
pub(super) struct Odd {
    /// Words to octets.
    pub(super) read: fn(&mut Words<'_>, &mut Vec<u8>) -> Result<(), RdataError>,
    /// How many of the remaining octets it takes; `None` where they do not fit it.
    pub(super) length: fn(&[u8]) -> Option<usize>,
    /// Valid octets to text.
    pub(super) print: fn(&[u8], &mut String),
}

fn print_octet(octets: &[u8], out: &mut String) {
    push(out, format_args!("{}", octets[0]));
}

/// The flags of KEY and DNSKEY: a number, in hexadecimal with `0x`, or the names of RFC 2535, section 7.1, joined
/// by `|`.
pub(super) const KEY_FLAGS: Odd = Odd {
    read: |words, out| {
        let text = words.bare("key flags")?;
        let hexadecimal = text
            .strip_prefix(b"0x")
            .or_else(|| text.strip_prefix(b"0X"));
        let flags = if let Some(digits) = hexadecimal {
            std::str::from_utf8(digits)
                .ok()
                .and_then(|digits| u16::from_str_radix(digits, 16).ok())
        } else if let Some(number) = decimal(text) {
            u16::try_from(number).ok()
        } else {
            text.split(|&octet| octet == b'|')
                .try_fold(0, |flags, name| key_flag(name).map(|flag| flags | flag))
        };
        let flags = flags.ok_or_else(|| words.bad(codes::UNKNOWN_MNEMONIC, "not key flags:"))?;
        out.extend(flags.to_be_bytes());
        Ok(())
    },
    length: |_| Some(2),
    print: |octets, out| {
        push(
            out,
            format_args!("{}", u16::from_be_bytes([octets[0], octets[1]])),
        );
    },
};

fn key_flag(name: &[u8]) -> Option<u16> {
    let name = std::str::from_utf8(name).ok()?.to_ascii_uppercase();
    if let Some(number) = name.strip_prefix("SIG") {
        return number.parse().ok().filter(|number| *number < 16);
    }
    Some(match name.as_str() {
        "NOCONF" => 0x4000,
        "NOAUTH" => 0x8000,
        "NOKEY" => 0xc000,
        "FLAG2" => 0x2000,
        "EXTEND" => 0x1000,
        "FLAG4" => 0x0800,
        "FLAG5" => 0x0400,
        "USER" => 0,
        "ZONE" => 0x0100,
        "HOST" => 0x0200,
        "NTYP3" => 0x0300,
        "FLAG8" => 0x0080,
        "FLAG9" => 0x0040,
        "FLAG10" => 0x0020,
        "FLAG11" => 0x0010,
        "KSK" => 1,
        _ => return None,
    })
}

/// The tag of a CAA record, case kept (RFC 8659, section 4.1).
pub(super) const TAG: Odd = Odd {
    read: |words, out| {
        let text = words.bare("a tag")?;
        if !is_tag(text) {
            return Err(words.bad(codes::BAD_TAG, "not letters and digits:"));
        }
        out.push(text.len() as u8);
        out.extend_from_slice(text);
        Ok(())
    },
    length: |rest| {
        let length = usize::from(*rest.first()?);
        is_tag(rest.get(1..=length)?).then_some(1 + length)
    },
    print: |octets, out| out.push_str(&String::from_utf8_lossy(&octets[1..])),
};

fn is_tag(text: &[u8]) -> bool {
    (1..=255).contains(&text.len()) && text.iter().all(u8::is_ascii_alphanumeric)
}

/// The gateway type of an IPSECKEY (RFC 4025, section 2.3).
pub(super) const GATEWAY_KIND: Odd = Odd {
    read: |words, out| {
        out.push(words.number(3)? as u8);
        Ok(())
    },
    length: |rest| (*rest.first()? <= 3).then_some(1),
    print: print_octet,
};

/// Discovery bit and relay type of an AMTRELAY: one octet, two words (RFC 8777, section 4.2).
pub(super) const RELAY_KIND: Odd = Odd {
    read: |words, out| {
        let discovery = words.number(1)? as u8;
        out.push(discovery << 7 | words.number(3)? as u8);
        Ok(())
    },
    length: |rest| (*rest.first()? & 0x7f <= 3).then_some(1),
    print: |octets, out| {
        push(out, format_args!("{} {}", octets[0] >> 7, octets[0] & 0x7f));
    },
};

/// An X.25 address: a character-string of at least four digits (RFC 1183, section 3.1).
pub(super) const X25: Odd = Odd {
    read: |words, out| {
        let mut digits = Vec::new();
        let word = words.any("an X.25 address")?;
        if unescape(word.text, &mut digits).is_none() || !is_x25(&digits) {
            let spelling = spelled(word.text);
            return Err(words.wrong(codes::BAD_X25, format!("not an X.25 address: `{spelling}`")));
        }
        out.push(digits.len() as u8);
        out.extend(digits);
        Ok(())
    },
    length: |rest| {
        let length = usize::from(*rest.first()?);
        is_x25(rest.get(1..=length)?).then_some(1 + length)
    },
    print: |octets, out| quoted(&octets[1..], out),
};

fn is_x25(digits: &[u8]) -> bool {
    (4..=255).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit)
}
