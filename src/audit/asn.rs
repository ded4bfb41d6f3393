//! Which autonomous system announces an address, from a table that the user has: no service is asked.

use std::collections::HashMap;
use std::net::IpAddr;

use crate::zone::{Finding, Severity};

/// Prefixes and their origins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AsnTable {
    /// By family, length of the prefix, and its bits in the high end.
    prefixes: HashMap<(bool, u8, u128), u32>,
}

impl AsnTable {
    /// Reads lines of a prefix and a number, such as `192.0.2.0/24 64500` or `2001:db8::/32 AS64501`. Empty lines and
    /// what follows a `#` do not count. Every bad line is a finding, at `file`.
    pub fn read(file: &str, text: &str) -> Result<Self, Vec<Finding>> {
        let mut table = Self::default();
        let mut findings = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default();
            let words: Vec<&str> = line.split_whitespace().collect();
            let fault = match words[..] {
                [] => continue,
                [prefix, asn] => match (parse_prefix(prefix), parse_asn(asn)) {
                    (Ok(key), Ok(asn)) => {
                        table.prefixes.insert(key, asn);
                        continue;
                    }
                    (Err(why), _) | (_, Err(why)) => why,
                },
                _ => format!("{} words, where a prefix and a number belong", words.len()),
            };
            let number = u32::try_from(number + 1).unwrap_or(u32::MAX);
            findings.push(
                Finding::new("CFG14", Severity::Error, fault)
                    .at(file, number, 1)
                    .hint("write a prefix and the number that announces it: 192.0.2.0/24 64500"),
            );
        }
        if findings.is_empty() {
            Ok(table)
        } else {
            Err(findings)
        }
    }

    /// The origin of the longest prefix that holds `address`.
    pub fn origin(&self, address: IpAddr) -> Option<u32> {
        let (four, bits) = bits(address.to_canonical());
        let longest = if four { 32 } else { 128 };
        (0..=longest)
            .rev()
            .find_map(|length| self.prefixes.get(&(four, length, masked(bits, length))))
            .copied()
    }
}

/// Whether it is version 4, and the address in the high bits.
fn bits(address: IpAddr) -> (bool, u128) {
    match address {
        IpAddr::V4(four) => (true, u128::from(four.to_bits()) << 96),
        IpAddr::V6(six) => (false, six.to_bits()),
    }
}

fn masked(bits: u128, length: u8) -> u128 {
    if length == 0 {
        return 0;
    }
    bits & u128::MAX << (128 - u32::from(length))
}

fn parse_prefix(text: &str) -> Result<(bool, u8, u128), String> {
    let bad = || format!("`{text}` is no prefix");
    let (address, length) = text.split_once('/').ok_or_else(bad)?;
    let address: IpAddr = address.parse().map_err(|_| bad())?;
    let length: u8 = length.parse().map_err(|_| bad())?;
    let (four, bits) = bits(address);
    if length > if four { 32 } else { 128 } {
        return Err(bad());
    }
    if masked(bits, length) != bits {
        return Err(format!("`{text}` has bits beyond its length"));
    }
    Ok((four, length, bits))
}

fn parse_asn(text: &str) -> Result<u32, String> {
    let digits = text
        .strip_prefix("AS")
        .or(text.strip_prefix("as"))
        .unwrap_or(text);
    let number = digits.parse();
    number.map_err(|_| format!("`{text}` is no number of an autonomous system"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_prefix_wins() {
        let text = "# mine\n192.0.0.0/16 64500\n192.0.2.0/24\tAS64501 # more exact\n::/0 1\n2001:db8::/32 64502\n";
        let table = AsnTable::read("asn", text).expect("a table");
        for (address, asn) in [
            ("192.0.2.9", Some(64501)),
            ("192.0.3.9", Some(64500)),
            ("198.51.100.1", None),
            ("::ffff:192.0.2.9", Some(64501)),
            ("2001:db8::1", Some(64502)),
            ("2001:db9::1", Some(1)),
        ] {
            assert_eq!(
                table.origin(address.parse().expect("an address")),
                asn,
                "{address}"
            );
        }
    }

    #[test]
    fn every_bad_line_is_named() {
        let text = "192.0.2.0/24 64500\n192.0.2.0 64500\n192.0.2.1/24 1\n2001:db8::/129 1\n10.0.0.0/8 x\na b c\n";
        let findings = AsnTable::read("asn.txt", text).expect_err("faults");
        let lines: Vec<u32> = findings.iter().map(|one| one.line).collect();
        assert_eq!(lines, [2, 3, 4, 5, 6]);
        assert!(findings.iter().all(|one| one.file == "asn.txt"));
    }
}
