//! Service parameters of SVCB and HTTPS: key, length and value, in ascending order of keys (RFC 9460).

mod value;

use super::super::codes;
use super::super::error::RdataError;
use super::super::number::decimal;
use super::super::print::push;
use super::super::text::bad_escape;
use super::super::words::{Words, unescape};
use super::Odd;
use value::Form;

const MANDATORY: u16 = 0;
const ALPN: u16 = 1;
const NO_DEFAULT_ALPN: u16 = 2;
/// Keys from here on were registered after RFC 9460.
const FIRST_LATER_KEY: u16 = 7;

/// Registered keys with names, and the form of their values.
const KEYS: &[(&str, u16, Form)] = &[
    ("mandatory", MANDATORY, Form::Keys),
    ("alpn", ALPN, Form::Protocols),
    ("no-default-alpn", NO_DEFAULT_ALPN, Form::Nothing),
    ("port", 3, Form::Port),
    ("ipv4hint", 4, Form::Ipv4),
    ("ech", 5, Form::Base64),
    ("ipv6hint", 6, Form::Ipv6),
    ("dohpath", 7, Form::DohPath),
    ("ohttp", 8, Form::Nothing),
];

pub(in super::super) const PARAMETERS: Odd = Odd {
    read: |words, out| {
        let mut parameters: Vec<(u16, Vec<u8>)> = Vec::new();
        while !words.is_empty() {
            let (key, value) = parameter(words)?;
            if parameters.iter().any(|&(other, _)| other == key) {
                return Err(words.bad(codes::REPEATED_PARAMETER, "key given twice:"));
            }
            parameters.push((key, value));
        }
        parameters.sort_unstable();
        let borrowed = || {
            parameters
                .iter()
                .map(|(key, value)| (*key, value.as_slice()))
        };
        if let Some(missing) = unmet(borrowed) {
            return Err(RdataError::new(codes::MANDATORY_MISSING, None, missing));
        }
        for (key, value) in &parameters {
            let length = u16::try_from(value.len())
                .map_err(|_| words.wrong(codes::TOO_LONG, "value of more than 65535 octets"))?;
            out.extend(key.to_be_bytes());
            out.extend(length.to_be_bytes());
            out.extend_from_slice(value);
        }
        Ok(())
    },
    length: |rest| {
        let mut above = None;
        let mut taken = 0;
        for (key, value) in pairs(rest) {
            if above >= Some(key) || !form(key).is_valid(value) {
                return None;
            }
            above = Some(key);
            taken += 4 + value.len();
        }
        (taken == rest.len() && unmet(|| pairs(rest)).is_none()).then_some(taken)
    },
    print: |octets, out| {
        for (index, (key, value)) in pairs(octets).enumerate() {
            if index > 0 {
                out.push(' ');
            }
            print_key(key, out);
            if !value.is_empty() {
                out.push('=');
                form(key).print(value, out);
            }
        }
    },
};

/// Whole parameters from the front.
fn pairs(octets: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut rest = octets;
    std::iter::from_fn(move || {
        let &[k1, k2, l1, l2, ref tail @ ..] = rest else {
            return None;
        };
        let length = usize::from(u16::from_be_bytes([l1, l2]));
        let value = tail.get(..length)?;
        rest = &tail[length..];
        Some((u16::from_be_bytes([k1, k2]), value))
    })
}

/// What the keys demand of each other and do not get.
fn unmet<'a, I: Iterator<Item = (u16, &'a [u8])>>(parameters: impl Fn() -> I) -> Option<String> {
    let has = |key: u16| parameters().any(|(other, _)| other == key);
    if has(NO_DEFAULT_ALPN) && !has(ALPN) {
        return Some("`no-default-alpn` without `alpn`".to_owned());
    }
    let (_, mandatory) = parameters().find(|&(key, _)| key == MANDATORY)?;
    mandatory.chunks_exact(2).find_map(|key| {
        let key = u16::from_be_bytes([key[0], key[1]]);
        let mut name = String::new();
        print_key(key, &mut name);
        if key == MANDATORY {
            Some("`mandatory` lists itself".to_owned())
        } else {
            (!has(key)).then(|| format!("mandatory key `{name}` is not there"))
        }
    })
}

fn form(key: u16) -> Form {
    KEYS.iter()
        .find(|&&(_, number, _)| number == key)
        .map_or(Form::Opaque, |&(_, _, form)| form)
}

/// Prints the name where RFC 9460 itself gives one. Names of later documents are not known to every server and API;
/// their numbers are.
fn print_key(key: u16, out: &mut String) {
    match KEYS.iter().find(|&&(_, number, _)| number == key) {
        Some((name, ..)) if key < FIRST_LATER_KEY => out.push_str(name),
        _ => push(out, format_args!("key{key}")),
    }
}

/// The key by name, or as `key` and a number without leading zeros.
fn key(text: &[u8]) -> Option<u16> {
    if let Some(&(_, number, _)) = KEYS.iter().find(|(name, ..)| name.as_bytes() == text) {
        return Some(number);
    }
    let digits = text.strip_prefix(b"key")?;
    let padded = digits.len() > 1 && digits[0] == b'0';
    decimal(digits)
        .filter(|_| !padded)
        .and_then(|number| u16::try_from(number).ok())
}

/// One parameter: `key`, `key=value` or `key="value"`; in the last form the quoted value is a word that touches.
fn parameter(words: &mut Words<'_>) -> Result<(u16, Vec<u8>), RdataError> {
    let word = words.any("a parameter")?;
    if word.quoted {
        return Err(words.bad(codes::QUOTED, "a parameter in quotes:"));
    }
    let equals = word.text.iter().position(|&octet| octet == b'=');
    let spelling = &word.text[..equals.unwrap_or(word.text.len())];
    let number =
        key(spelling).ok_or_else(|| words.bad(codes::BAD_PARAMETER_KEY, "not a parameter:"))?;
    let mut text = equals.map_or(&b""[..], |at| &word.text[at + 1..]);
    let is_quoted_next = |next: super::super::words::Word<'_>| next.quoted && word.touches(&next);
    if equals.is_some() && text.is_empty() && words.peek().is_some_and(is_quoted_next) {
        text = words.any("a value")?.text;
    }
    let mut raw = Vec::with_capacity(text.len());
    unescape(text, &mut raw).ok_or_else(|| bad_escape(words))?;
    // `keyNNN` gives the value's octets, whatever form the key's own name would ask for (RFC 9460, section 2.1).
    let form = form(number);
    let value = if spelling.starts_with(b"key") {
        form.is_valid(&raw).then_some(raw)
    } else {
        form.read(&raw)
    };
    value.map(|value| (number, value)).ok_or_else(|| {
        words
            .bad(codes::BAD_PARAMETER_VALUE, "value does not fit its key:")
            .hint(form.hint())
    })
}
