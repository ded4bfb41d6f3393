//! Address prefix lists: family, prefix length, negation and as many octets as matter (RFC 3123, section 4).

use super::super::codes;
use super::super::number::{decimal, ipv4, ipv6};
use super::super::print::{self, push};
use super::Odd;

pub(in super::super) const PREFIXES: Odd = Odd {
    read: |words, out| {
        while !words.is_empty() {
            let text = words.bare("an address prefix")?;
            item(text)
                .map(|octets| out.extend(octets))
                .ok_or_else(|| words.bad(codes::BAD_PREFIX, "not an address prefix:"))?;
        }
        Ok(())
    },
    length: |rest| {
        let mut at = 0;
        while at < rest.len() {
            let &[0, family, prefix, length, ..] = &rest[at..] else {
                return None;
            };
            let length = usize::from(length & 0x7f);
            let address = rest.get(at + 4..at + 4 + length)?;
            let size = size(family)?;
            if length > size || usize::from(prefix) > size * 8 || address.last() == Some(&0) {
                return None;
            }
            at += 4 + length;
        }
        Some(at)
    },
    print: |octets, out| {
        let mut rest = octets;
        while let [_, family, prefix, length, tail @ ..] = rest {
            let (address, next) = tail.split_at(usize::from(length & 0x7f));
            if rest.len() < octets.len() {
                out.push(' ');
            }
            let negation = if length & 0x80 == 0 { "" } else { "!" };
            push(out, format_args!("{negation}{family}:"));
            let mut whole = [0; 16];
            whole[..address.len()].copy_from_slice(address);
            if *family == 1 {
                print::ipv4(&whole[..4], out);
            } else {
                print::ipv6(&whole, out);
            }
            push(out, format_args!("/{prefix}"));
            rest = next;
        }
    },
};

/// Octets of a whole address.
fn size(family: u8) -> Option<usize> {
    match family {
        1 => Some(4),
        2 => Some(16),
        _ => None,
    }
}

fn item(text: &[u8]) -> Option<Vec<u8>> {
    let plain = text.strip_prefix(b"!").unwrap_or(text);
    let colon = plain.iter().position(|&octet| octet == b':')?;
    let slash = plain.iter().position(|&octet| octet == b'/')?;
    let family = u8::try_from(decimal(&plain[..colon])?).ok()?;
    let size = size(family)?;
    let address = plain.get(colon + 1..slash)?;
    let mut address = if family == 1 {
        ipv4(address)?.octets().to_vec()
    } else {
        ipv6(address)?.octets().to_vec()
    };
    let prefix = decimal(&plain[slash + 1..]).filter(|prefix| *prefix <= size as u64 * 8)?;
    while address.last() == Some(&0) {
        address.pop();
    }
    let negation = if plain.len() < text.len() { 0x80 } else { 0 };
    let mut octets = vec![0, family, prefix as u8, address.len() as u8 | negation];
    octets.extend(address);
    Some(octets)
}
