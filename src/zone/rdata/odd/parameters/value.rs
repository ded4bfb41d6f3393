//! Values of service parameters, each in the form that its key prescribes (RFC 9460, section 7; RFC 9461; RFC 9540).

use std::net::{Ipv4Addr, Ipv6Addr};

use data_encoding::BASE64;

use super::super::super::number::{decimal, ipv4, ipv6};
use super::super::super::print::{self, push};
use super::super::super::text::base64_octets;
use super::{key, print_key};

#[derive(Clone, Copy)]
pub(super) enum Form {
    /// Numbers of keys, ascending.
    Keys,
    /// Protocol identifiers, each with its length octet.
    Protocols,
    /// No octets.
    Nothing,
    /// Two octets.
    Port,
    /// IPv4 addresses.
    Ipv4,
    /// IPv6 addresses.
    Ipv6,
    /// Any octets, in base64.
    Base64,
    /// A URI template with the variable `dns` (RFC 9461, section 5).
    DohPath,
    /// Any octets.
    Opaque,
}

impl Form {
    /// What the value should look like.
    pub(super) fn hint(self) -> &'static str {
        match self {
            Self::Keys => "a list of different keys, joined by commas",
            Self::Protocols => "a list of protocols of 1 to 255 octets, joined by commas",
            Self::Nothing => "this key has no value",
            Self::Port => "a number from 0 to 65535",
            Self::Ipv4 => "a list of IPv4 addresses, joined by commas",
            Self::Ipv6 => "a list of IPv6 addresses, joined by commas",
            Self::Base64 => "base64 with its padding",
            Self::DohPath => {
                "a relative URI template with the variable `dns`, as in `/dns-query{?dns}`"
            }
            Self::Opaque => "any octets",
        }
    }

    /// Octets of a value as written, its outer escapes resolved.
    pub(super) fn read(self, text: &[u8]) -> Option<Vec<u8>> {
        let items = || text.split(|&octet| octet == b',');
        match self {
            Self::Keys => {
                let mut keys: Vec<u16> = items().map(key).collect::<Option<_>>()?;
                keys.sort_unstable();
                let distinct = keys.windows(2).all(|pair| pair[0] != pair[1]);
                distinct.then(|| keys.into_iter().flat_map(u16::to_be_bytes).collect())
            }
            Self::Protocols => protocols(text),
            Self::Nothing => text.is_empty().then(Vec::new),
            Self::Port => {
                let port = u16::try_from(decimal(text)?).ok()?;
                Some(port.to_be_bytes().to_vec())
            }
            Self::Ipv4 => {
                let addresses: Option<Vec<_>> = items().map(ipv4).collect();
                Some(addresses?.iter().flat_map(Ipv4Addr::octets).collect())
            }
            Self::Ipv6 => {
                let addresses: Option<Vec<_>> = items().map(ipv6).collect();
                Some(addresses?.iter().flat_map(Ipv6Addr::octets).collect())
            }
            Self::Base64 => base64_octets(text),
            Self::DohPath | Self::Opaque => self.is_valid(text).then(|| text.to_vec()),
        }
    }

    pub(super) fn is_valid(self, octets: &[u8]) -> bool {
        let groups_of = |size: usize| !octets.is_empty() && octets.len().is_multiple_of(size);
        match self {
            Self::Keys => {
                groups_of(2)
                    && octets
                        .windows(4)
                        .step_by(2)
                        .all(|pair| pair[..2] < pair[2..])
            }
            Self::Protocols => {
                let mut rest = octets;
                while let [length, tail @ ..] = rest {
                    match tail.get(usize::from(*length)..) {
                        Some(next) if *length > 0 => rest = next,
                        _ => return false,
                    }
                }
                rest.is_empty() && !octets.is_empty()
            }
            Self::Nothing => octets.is_empty(),
            Self::Port => octets.len() == 2,
            Self::Ipv4 => groups_of(4),
            Self::Ipv6 => groups_of(16),
            Self::DohPath => is_doh_path(octets),
            Self::Base64 | Self::Opaque => true,
        }
    }

    /// Prints a valid value that is not empty.
    pub(super) fn print(self, octets: &[u8], out: &mut String) {
        let comma = |index: usize, out: &mut String| {
            if index > 0 {
                out.push(',');
            }
        };
        match self {
            Self::Keys => {
                for (index, key) in octets.chunks_exact(2).enumerate() {
                    comma(index, out);
                    print_key(u16::from_be_bytes([key[0], key[1]]), out);
                }
            }
            Self::Protocols => {
                let mut list = Vec::new();
                for (index, protocol) in print::strings(octets).enumerate() {
                    if index > 0 {
                        list.push(b',');
                    }
                    for &octet in protocol {
                        if matches!(octet, b',' | b'\\') {
                            list.push(b'\\');
                        }
                        list.push(octet);
                    }
                }
                print::quoted(&list, out);
            }
            Self::Nothing => {}
            Self::Port => push(
                out,
                format_args!("{}", u16::from_be_bytes([octets[0], octets[1]])),
            ),
            Self::Ipv4 => {
                for (index, address) in octets.chunks_exact(4).enumerate() {
                    comma(index, out);
                    print::ipv4(address, out);
                }
            }
            Self::Ipv6 => {
                for (index, address) in octets.chunks_exact(16).enumerate() {
                    comma(index, out);
                    print::ipv6(address, out);
                }
            }
            Self::Base64 => BASE64.encode_append(octets, out),
            Self::DohPath | Self::Opaque => print::quoted(octets, out),
        }
    }
}

/// A list joined by commas, in which a backslash takes the next octet along (RFC 9460, appendix A.1).
fn protocols(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() + 1);
    let mut length_at = 0;
    out.push(0);
    let mut octets = text.iter();
    let close = |out: &mut Vec<u8>, length_at: usize| {
        let length = u8::try_from(out.len() - length_at - 1).ok()?;
        out[length_at] = length;
        (length > 0).then_some(())
    };
    while let Some(&octet) = octets.next() {
        match octet {
            b',' => {
                close(&mut out, length_at)?;
                length_at = out.len();
                out.push(0);
            }
            b'\\' => out.push(*octets.next()?),
            plain => out.push(plain),
        }
    }
    close(&mut out, length_at)?;
    Some(out)
}

/// Whether the octets are a relative URI template in UTF-8 that uses the variable `dns` (RFC 6570, section 2).
fn is_doh_path(octets: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(octets) else {
        return false;
    };
    let mut uses_dns = false;
    let mut parts = text.split('{');
    let literal = parts.next().unwrap_or_default();
    if !literal.starts_with('/') || literal.contains('}') {
        return false;
    }
    for part in parts {
        let Some((expression, literal)) = part.split_once('}') else {
            return false;
        };
        if literal.contains('}') {
            return false;
        }
        let variables = expression
            .strip_prefix(['+', '#', '.', '/', ';', '?', '&'])
            .unwrap_or(expression);
        for variable in variables.split(',') {
            let Some(name) = variable_name(variable) else {
                return false;
            };
            uses_dns |= name == "dns";
        }
    }
    uses_dns
}

/// The name of a variable, its modifier (`*` or `:N`) taken away.
fn variable_name(variable: &str) -> Option<&str> {
    let name = match variable.split_once(':') {
        Some((name, digits)) => {
            let valid = (1..=4).contains(&digits.len())
                && !digits.starts_with('0')
                && digits.bytes().all(|digit| digit.is_ascii_digit());
            valid.then_some(name)?
        }
        None => variable.strip_suffix('*').unwrap_or(variable),
    };
    let plain = name
        .bytes()
        .all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'_' | b'.' | b'%'));
    (plain && !name.is_empty() && !name.starts_with('.') && !name.ends_with('.')).then_some(name)
}
