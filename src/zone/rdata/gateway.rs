//! Gateways of IPSECKEY and AMTRELAY: nothing, an address or a name, as an earlier octet says
//! (RFC 4025, section 2.5; RFC 8777, section 4.2).

use super::codes;
use super::error::RdataError;
use super::text::name;
use super::wire::name_length;
use super::words::Words;
use crate::zone::NameRef;

/// Reads the gateway of the given kind.
pub(super) fn read(words: &mut Words<'_>, kind: u8, out: &mut Vec<u8>) -> Result<(), RdataError> {
    match kind {
        0 => {
            if words.bare("a gateway")? != b"." {
                return Err(words
                    .bad(codes::BAD_GATEWAY, "gateway where the type says none:")
                    .hint("write `.`, or another gateway type"));
            }
        }
        1 => out.extend(words.ipv4()?.octets()),
        2 => out.extend(words.ipv6()?.octets()),
        3 => name(words, out)?,
        _ => return Err(words.wrong(codes::BAD_GATEWAY, "unknown gateway type")),
    }
    Ok(())
}

/// How many octets the gateway at the start of `rest` takes.
pub(super) fn length(kind: u8, rest: &[u8]) -> Option<usize> {
    match kind {
        0 => Some(0),
        1 => Some(4),
        2 => Some(16),
        3 => name_length(rest),
        _ => None,
    }
}

/// Prints a valid gateway, whose length tells its kind apart from the name.
pub(super) fn print(kind: u8, octets: &[u8], out: &mut String) {
    match kind {
        1 => super::print::ipv4(octets, out),
        2 => super::print::ipv6(octets, out),
        3 => super::print::name(NameRef::trusted(octets), out),
        _ => out.push('.'),
    }
}
