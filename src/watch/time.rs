//! Times and spans of time as people write them.

/// `40 s`, `25 min`, `3 h 5 min`, `2 d 4 h`: two units are enough.
pub fn span(seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    let parts = match (days, hours, minutes) {
        (0, 0, 0) => [(seconds, "s"), (0, "")],
        (0, 0, minutes) => [(minutes, "min"), (0, "")],
        (0, hours, minutes) => [(hours, "h"), (minutes, "min")],
        (days, hours, _) => [(days, "d"), (hours, "h")],
    };
    let told = parts
        .iter()
        .enumerate()
        .filter(|(place, (number, _))| *place == 0 || *number > 0)
        .map(|(_, (number, unit))| format!("{number} {unit}"));
    told.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_two_units_at_most() {
        for (seconds, text) in [
            (0, "0 s"),
            (40, "40 s"),
            (60, "1 min"),
            (1500, "25 min"),
            (3600, "1 h"),
            (11_100, "3 h 5 min"),
            (86_400 * 2 + 3600 * 4 + 59, "2 d 4 h"),
            (86_400 * 30, "30 d"),
        ] {
            assert_eq!(span(seconds), text);
        }
    }
}
