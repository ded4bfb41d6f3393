//! Durations and percentages as people write them.

use std::time::Duration;

/// `500ms`, `30s`, `2m`, `1h`; a bare number counts seconds.
pub fn parse_duration(text: &str) -> Option<Duration> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let number: u64 = text[..digits].parse().ok()?;
    let milliseconds = match &text[digits..] {
        "ms" => 1,
        "" | "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    number.checked_mul(milliseconds).map(Duration::from_millis)
}

/// `30%` or `30`.
pub fn parse_percent(text: &str) -> Option<u8> {
    let number: u8 = text.strip_suffix('%').unwrap_or(text).parse().ok()?;
    (number <= 100).then_some(number)
}

/// `64MB`, `500kB`, `1GB`; a bare number counts octets. A thousand of each make one of the next.
pub fn parse_size(text: &str) -> Option<u64> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let number: u64 = text[..digits].parse().ok()?;
    let octets = match text[digits..].trim_start().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        _ => return None,
    };
    number.checked_mul(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, milliseconds) in [
            ("500ms", Some(500)),
            ("2m", Some(120_000)),
            ("7", Some(7_000)),
            ("1h", Some(3_600_000)),
            ("", None),
            ("m", None),
            ("2d", None),
            ("-1s", None),
        ] {
            assert_eq!(
                parse_duration(text),
                milliseconds.map(Duration::from_millis),
                "{text}"
            );
        }
    }

    #[test]
    fn sizes() {
        for (text, octets) in [
            ("64MB", Some(64_000_000)),
            ("500 kB", Some(500_000)),
            ("1GB", Some(1_000_000_000)),
            ("7", Some(7)),
            ("0", Some(0)),
            ("", None),
            ("MB", None),
            ("1.5MB", None),
            ("99999999999GB", None),
        ] {
            assert_eq!(parse_size(text), octets, "{text}");
        }
    }

    #[test]
    fn percentages() {
        for (text, percent) in [
            ("30%", Some(30)),
            ("30", Some(30)),
            ("101%", None),
            ("x", None),
        ] {
            assert_eq!(parse_percent(text), percent, "{text}");
        }
    }
}
