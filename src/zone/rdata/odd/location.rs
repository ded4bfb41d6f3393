//! Where a host stands on Earth: version, size, two precisions, latitude, longitude, altitude (RFC 1876).

use super::super::codes;
use super::super::error::RdataError;
use super::super::number::decimal;
use super::super::print::push;
use super::super::words::Words;
use super::Odd;

const EQUATOR: u32 = 0x8000_0000;
const SEA_LEVEL: u32 = 10_000_000;
const MILLISECONDS_PER_DEGREE: u32 = 3_600_000;

pub(in super::super) const LOCATION: Odd = Odd {
    read: |words, out| {
        let latitude = coordinate(words, *b"NS", 90)?;
        let longitude = coordinate(words, *b"EW", 180)?;
        let altitude = altitude(words)?;
        // RFC 1876, section 3: size 1 m, horizontal precision 10 km, vertical precision 10 m.
        let mut lengths = [0x12, 0x16, 0x13];
        for length in &mut lengths {
            if !words.is_empty() {
                *length = precision(words)?;
            }
        }
        out.push(0);
        out.extend(lengths);
        for number in [latitude, longitude, altitude] {
            out.extend(number.to_be_bytes());
        }
        Ok(())
    },
    length: |rest| {
        let octets: &[u8; 16] = rest.first_chunk()?;
        let precise = octets[1..4]
            .iter()
            .all(|&octet| octet == 0 || (octet & 0x0f <= 9 && (1..=9).contains(&(octet >> 4))));
        let on_earth = [(4, 90), (8, 180)].iter().all(|&(at, limit)| {
            word(octets, at).abs_diff(EQUATOR) <= limit * MILLISECONDS_PER_DEGREE
        });
        (octets[0] == 0 && precise && on_earth).then_some(16)
    },
    print: |octets, out| {
        print_coordinate(word(octets, 4), ['N', 'S'], out);
        print_coordinate(word(octets, 8), ['E', 'W'], out);
        let altitude = word(octets, 12);
        let sign = if altitude < SEA_LEVEL { "-" } else { "" };
        let distance = altitude.abs_diff(SEA_LEVEL);
        push(
            out,
            format_args!("{sign}{}.{:02}m", distance / 100, distance % 100),
        );
        for &octet in &octets[1..4] {
            let centimeters = u64::from(octet >> 4) * 10_u64.pow(u32::from(octet & 0x0f));
            push(
                out,
                format_args!(" {}.{:02}m", centimeters / 100, centimeters % 100),
            );
        }
    },
};

fn word(octets: &[u8], at: usize) -> u32 {
    octets[at..at + 4]
        .iter()
        .fold(0, |value, &octet| value << 8 | u32::from(octet))
}

fn print_coordinate(value: u32, directions: [char; 2], out: &mut String) {
    let direction = directions[usize::from(value < EQUATOR)];
    let milliseconds = value.abs_diff(EQUATOR);
    let (seconds, thousandths) = (milliseconds / 1000, milliseconds % 1000);
    push(
        out,
        format_args!(
            "{} {} {}.{thousandths:03} {direction} ",
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60
        ),
    );
}

fn wrong(words: &Words<'_>, what: &str) -> RdataError {
    words.bad(codes::BAD_LOCATION, what).hint(
        "for example `52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000.00m 10.00m`, what is not known left out",
    )
}

/// Degrees, and perhaps minutes and seconds, then a letter.
fn coordinate(words: &mut Words<'_>, directions: [u8; 2], limit: u32) -> Result<u32, RdataError> {
    let mut milliseconds = 0;
    for (index, largest) in [limit, 59, 59].into_iter().enumerate() {
        let text = words.bare("a coordinate")?;
        if index > 0
            && let Some(sign) = direction(text, directions)
        {
            return checked(words, milliseconds, limit, sign);
        }
        let (places, unit) = [(0, 3_600_000), (0, 60_000), (3, 1)][index];
        let value = fixed_point(text, places)
            .filter(|value| *value < u64::from(largest + 1) * 10_u64.pow(places))
            .ok_or_else(|| wrong(words, "not degrees, minutes or seconds:"))?;
        milliseconds += value as u32 * unit;
    }
    let text = words.bare("a direction")?;
    let sign = direction(text, directions).ok_or_else(|| wrong(words, "not a direction:"))?;
    checked(words, milliseconds, limit, sign)
}

/// Whether the letter points to greater values.
fn direction(text: &[u8], [plus, minus]: [u8; 2]) -> Option<bool> {
    match text {
        [letter] if letter.to_ascii_uppercase() == plus => Some(true),
        [letter] if letter.to_ascii_uppercase() == minus => Some(false),
        _ => None,
    }
}

fn checked(
    words: &Words<'_>,
    milliseconds: u32,
    limit: u32,
    positive: bool,
) -> Result<u32, RdataError> {
    if milliseconds > limit * MILLISECONDS_PER_DEGREE {
        return Err(wrong(words, "beyond the pole or the antimeridian:"));
    }
    Ok(if positive {
        EQUATOR + milliseconds
    } else {
        EQUATOR - milliseconds
    })
}

fn altitude(words: &mut Words<'_>) -> Result<u32, RdataError> {
    let text = words.bare("an altitude")?;
    let (below, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    fixed_point(meters(digits), 2)
        .and_then(|distance| u32::try_from(distance).ok())
        .and_then(|distance| {
            if below {
                SEA_LEVEL.checked_sub(distance)
            } else {
                SEA_LEVEL.checked_add(distance)
            }
        })
        .ok_or_else(|| wrong(words, "not an altitude:"))
}

fn meters(text: &[u8]) -> &[u8] {
    text.strip_suffix(b"m").unwrap_or(text)
}

/// One decimal digit and a power of ten, in centimeters; further digits are cut off.
fn precision(words: &mut Words<'_>) -> Result<u8, RdataError> {
    let text = words.bare("a precision")?;
    let mut mantissa = fixed_point(meters(text), 2)
        .filter(|centimeters| *centimeters < 9_000_000_100)
        .ok_or_else(|| wrong(words, "not a length from 0 to 90000000 meters:"))?;
    let mut exponent = 0;
    while mantissa > 9 {
        mantissa /= 10;
        exponent += 1;
    }
    Ok((mantissa as u8) << 4 | exponent)
}

/// A decimal number with at most `places` decimal places, times ten to that power.
fn fixed_point(text: &[u8], places: u32) -> Option<u64> {
    let dot = text.iter().position(|&octet| octet == b'.');
    let (whole, fraction) = match dot {
        Some(_) if places == 0 => return None,
        Some(dot) => (&text[..dot], &text[dot + 1..]),
        None => (text, &b""[..]),
    };
    if whole.is_empty() && fraction.is_empty() || fraction.len() > places as usize {
        return None;
    }
    let whole = if whole.is_empty() { 0 } else { decimal(whole)? };
    let part = if fraction.is_empty() {
        0
    } else {
        decimal(fraction)?
    };
    let part = part * 10_u64.pow(places - fraction.len() as u32);
    whole.checked_mul(10_u64.pow(places))?.checked_add(part)
}
