//! Addresses of networks that are no more: NSAP (RFC 1706) and ATM (ATM Forum af-dans-0152, section 6).

use data_encoding::HEXLOWER;

use super::super::codes;
use super::super::words::Words;
use super::Odd;

/// The octets of hexadecimal digits with dots among them, at least one.
fn dotted_hex(text: &[u8]) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .iter()
        .filter(|&&octet| octet != b'.')
        .map(u8::to_ascii_lowercase)
        .collect();
    HEXLOWER
        .decode(&digits)
        .ok()
        .filter(|octets| !octets.is_empty())
}

fn has_lone_dots_inside(text: &[u8]) -> bool {
    text.split(|&octet| octet == b'.')
        .all(|part| !part.is_empty())
}

pub(in super::super) const NSAP: Odd = Odd {
    read: |words, out| {
        let text = words.bare("an NSAP address")?;
        let octets = text
            .strip_prefix(b"0x")
            .or_else(|| text.strip_prefix(b"0X"))
            .and_then(dotted_hex)
            .ok_or_else(|| words.bad(codes::BAD_NSAP, "not an NSAP address:"))?;
        out.extend(octets);
        Ok(())
    },
    length: |rest| (!rest.is_empty()).then_some(rest.len()),
    print: |octets, out| {
        out.push_str("0x");
        HEXLOWER.encode_append(octets, out);
    },
};

pub(in super::super) const ATMA: Odd = Odd {
    read: |words, out| {
        let text = words.bare("an ATM address")?;
        let wrong = |words: &Words<'_>| words.bad(codes::BAD_NSAP, "not an ATM address:");
        let digits = text.strip_prefix(b"+").unwrap_or(text);
        if !has_lone_dots_inside(digits) {
            return Err(wrong(words));
        }
        if digits.len() == text.len() {
            out.push(0);
            out.extend(dotted_hex(text).ok_or_else(|| wrong(words))?);
            return Ok(());
        }
        out.push(1);
        for &digit in digits.iter().filter(|&&octet| octet != b'.') {
            if !digit.is_ascii_digit() {
                return Err(wrong(words));
            }
            out.push(digit);
        }
        Ok(())
    },
    length: |rest| {
        let (&format, address) = rest.split_first()?;
        let valid = match format {
            0 => true,
            1 => address.iter().all(u8::is_ascii_digit),
            _ => false,
        };
        (valid && !address.is_empty()).then_some(rest.len())
    },
    print: |octets, out| {
        if octets[0] == 1 {
            out.push('+');
            out.push_str(&String::from_utf8_lossy(&octets[1..]));
        } else {
            HEXLOWER.encode_append(&octets[1..], out);
        }
    },
};
