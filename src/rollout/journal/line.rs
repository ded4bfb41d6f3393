//! One event as one line: JSON whose last member is a checksum of the octets before it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::event::Event;

/// `,"crc":"xxxxxxxx"}`: what every line ends with.
const TAIL: usize = 18;
const MARK: &str = ",\"crc\":\"";

/// An event with its number and time.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Line {
    /// From 1; a number that is passed over means that a line was lost.
    pub n: u64,
    /// When, in UTC (RFC 3339).
    pub at: String,
    /// What.
    #[serde(flatten)]
    pub event: Event,
}

/// What is wrong with a line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Damage {
    /// From 1, in the file.
    pub line: usize,
    /// One sentence without a subject: `does not match its checksum`.
    pub why: String,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} {}", self.line, self.why)
    }
}

impl Line {
    /// The line with its checksum and a line break.
    pub(super) fn seal(&self) -> String {
        let mut text = serde_json::to_string(self)
            .expect("strings, numbers and lists always have a JSON form");
        text.pop();
        let sum = crc32(text.as_bytes());
        text + &format!("{MARK}{sum:08x}\"}}\n")
    }

    /// Reads what [`Self::seal`] wrote, without its line break.
    fn unseal(octets: &[u8]) -> Result<Self, String> {
        let damaged = || "does not match its checksum".to_owned();
        let (body, tail) = octets
            .len()
            .checked_sub(TAIL)
            .map(|at| octets.split_at(at))
            .ok_or_else(damaged)?;
        let expected = format!("{MARK}{:08x}\"}}", crc32(body));
        if tail != expected.as_bytes() {
            return Err(damaged());
        }
        serde_json::from_slice(&[body, b"}"].concat())
            .map_err(|error| format!("is not understood: {error}"))
    }
}

/// What a journal's octets say: its lines, what is damaged, and whether the last line was cut off, which counts as
/// not written.
pub(super) fn read(octets: &[u8]) -> (Vec<Line>, Vec<Damage>, bool) {
    let (mut lines, mut damages) = (Vec::<Line>::new(), Vec::new());
    let mut rest = octets;
    let mut number = 0;
    while let Some(end) = rest.iter().position(|&octet| octet == b'\n') {
        number += 1;
        let damage = |why| Damage { line: number, why };
        match Line::unseal(&rest[..end]) {
            Err(why) => damages.push(damage(why)),
            Ok(line) if line.n != number as u64 && damages.is_empty() => {
                damages.push(damage(format!("is the one numbered {}", line.n)));
                lines.push(line);
            }
            Ok(line) => lines.push(line),
        }
        rest = &rest[end + 1..];
    }
    if !is_cut_off(rest, number + 1) {
        damages.push(Damage {
            line: number + 1,
            why: "is no line of a journal".to_owned(),
        });
    }
    (lines, damages, !rest.is_empty())
}

/// Whether octets without a line break are what is left of a line of that number, or the zeros that some file systems
/// leave in its place after a power cut.
fn is_cut_off(rest: &[u8], number: usize) -> bool {
    let head = format!("{{\"n\":{number},");
    let length = rest.len().min(head.len());
    rest[..length] == head.as_bytes()[..length] || rest.iter().all(|&octet| octet == 0)
}

/// CRC-32 of ISO 3309, as in zlib: against accidents, not against forgery.
fn crc32(octets: &[u8]) -> u32 {
    const TABLE: [u32; 256] = {
        let mut table = [0; 256];
        let mut index = 0;
        while index < 256 {
            let mut value = index as u32;
            let mut bit = 0;
            while bit < 8 {
                value = (value >> 1) ^ (0xedb8_8320 * (value & 1));
                bit += 1;
            }
            table[index] = value;
            index += 1;
        }
        table
    };
    !octets.iter().fold(!0, |sum, &octet| {
        TABLE[((sum ^ u32::from(octet)) & 0xff) as usize] ^ (sum >> 8)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(count: u64) -> String {
        (1..=count)
            .map(|n| {
                let event = Event::End {
                    outcome: format!("o{n}"),
                };
                let at = "2026-11-23T13:05:01Z".to_owned();
                Line { n, at, event }.seal()
            })
            .collect()
    }

    fn numbers(octets: &[u8]) -> (Vec<u64>, Vec<usize>, bool) {
        let (lines, damages, torn) = read(octets);
        (
            lines.iter().map(|line| line.n).collect(),
            damages.iter().map(|damage| damage.line).collect(),
            torn,
        )
    }

    #[test]
    fn the_checksum_is_the_known_one() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn lines_are_json_with_a_checksum_and_read_back() {
        let text = text(2);
        for line in text.lines() {
            let value: serde_json::Value = serde_json::from_str(line).expect("JSON");
            assert_eq!(value["event"], "end");
            assert_eq!(value["crc"].as_str().map(str::len), Some(8));
        }
        assert_eq!(numbers(text.as_bytes()), (vec![1, 2], vec![], false));
        assert_eq!(numbers(b""), (vec![], vec![], false));
    }

    #[test]
    fn a_last_line_cut_off_anywhere_is_not_there_and_hides_no_other() {
        let text = text(3);
        let whole = text.lines().take(2).map(|line| line.len() + 1).sum();
        for cut in whole..text.len() {
            let expected = (vec![1, 2], vec![], cut > whole);
            assert_eq!(numbers(&text.as_bytes()[..cut]), expected, "{cut}");
        }
    }

    #[test]
    fn any_octet_changed_in_the_middle_is_damage_that_names_its_line() {
        let text = text(3).into_bytes();
        let first = text
            .iter()
            .position(|&octet| octet == b'\n')
            .expect("a line")
            + 1;
        let second = first..2 * first - 1;
        for at in second {
            let mut changed = text.clone();
            changed[at] ^= 1;
            if changed[at] == b'\n' {
                continue;
            }
            assert_eq!(numbers(&changed), (vec![1, 3], vec![2], false), "{at}");
        }
        let mut without = text.clone();
        without.drain(first..2 * first);
        assert_eq!(numbers(&without), (vec![1, 3], vec![2], false));
    }

    #[test]
    fn an_event_of_a_later_version_is_passed_over() {
        let later = r#"{"n":1,"at":"2030-01-01T00:00:00Z","event":"dreamt","of":3"#;
        let line = format!("{later}{MARK}{:08x}\"}}\n", crc32(later.as_bytes()));
        let (lines, damages, _) = read(line.as_bytes());
        assert_eq!((lines[0].event.clone(), damages.len()), (Event::Other, 0));
    }
}
