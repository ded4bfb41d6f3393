//! A small picture in two parts, as READMEs and dashboards show them.

use std::fmt::Write as _;

use super::told::{moment, relaxed};
use super::{Page, State, ZoneHistory};
use crate::report::escaped;

/// Characters of the left part, so that a name of 253 octets leaves room for what is said of it.
const LONGEST: usize = 40;

/// All zones together.
pub(super) fn of_page(page: &Page) -> String {
    let state = page.state();
    let count = |state| page.zones.iter().filter(|zone| zone.state == state).count();
    let own = count(state);
    let said = match page.zones.len() {
        // What an incident says is about no number of zones.
        0 | 1 => state.word().to_owned(),
        _ if own == 0 || state == State::Good => state.word().to_owned(),
        all => format!("{own} of {all} {}", state.word()),
    };
    badge("DNS", &said, state, page.made)
}

/// One zone.
pub(super) fn of_zone(page: &Page, zone: &ZoneHistory) -> String {
    let name = relaxed(&zone.zone);
    badge(name, zone.state.word(), zone.state, page.made)
}

fn badge(name: &str, said: &str, state: State, made: u64) -> String {
    let shown = shortened(name);
    let (left, right) = (width(&shown), width(said));
    let (edge, whole) = (left + 12, left + right + 24);
    let title = escaped(&format!("{name}: {said}, {}", moment(made)));
    let colour = match state {
        State::Good => "#1e7a44",
        State::Degraded => "#8a5a00",
        State::Failed => "#b3261e",
        State::Unknown => "#5b626c",
    };
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{whole}\" height=\"20\" viewBox=\"0 0 {whole} 20\" role=\"img\" \
         aria-label=\"{title}\">\n<title>{title}</title>\n\
         <clipPath id=\"edge\"><rect width=\"{whole}\" height=\"20\" rx=\"3\"/></clipPath>\n\
         <g clip-path=\"url(#edge)\"><rect width=\"{edge}\" height=\"20\" fill=\"#3f4650\"/>\
         <rect x=\"{edge}\" width=\"{rest}\" height=\"20\" fill=\"{colour}\"/></g>\n\
         <g fill=\"#ffffff\" font-family=\"Verdana,'DejaVu Sans',Geneva,sans-serif\" font-size=\"11\">\n",
        rest = right + 12,
    );
    for (x, length, text) in [(6, left, &*shown), (edge + 6, right, said)] {
        // The length is said, so that it fits in whatever font there is.
        let _ = writeln!(
            out,
            "<text x=\"{x}\" y=\"14\" textLength=\"{length}\" lengthAdjust=\"spacingAndGlyphs\">{}</text>",
            escaped(text)
        );
    }
    out.push_str("</g>\n</svg>\n");
    out
}

/// Without its middle, where it is long: both ends of a name tell it from others.
fn shortened(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    if chars.len() <= LONGEST {
        return name.to_owned();
    }
    let half = LONGEST / 2;
    let start: String = chars[..half].iter().collect();
    let end: String = chars[chars.len() - half + 1..].iter().collect();
    format!("{start}…{end}")
}

/// Pixels of a text in Verdana at 11 pixels, nearly.
fn width(text: &str) -> usize {
    let tenths: usize = text
        .chars()
        .map(|c| match c {
            'i' | 'j' | 'l' | '\'' => 32,
            ' ' | '.' | ',' | 'f' | 't' | 'I' | '|' | '!' | ':' | ';' | '-' | '(' | ')' => 44,
            'r' | 's' | 'c' | '/' => 56,
            'm' | 'w' | 'M' | 'W' | '@' | '%' | '…' => 102,
            'A'..='Z' => 79,
            c if c.is_ascii() => 67,
            _ => 110,
        })
        .sum();
    tenths.div_ceil(10)
}

#[cfg(test)]
mod tests {
    use super::super::samples::{incident, page, zone};
    use super::*;

    fn said(badge: &str) -> (String, String) {
        let mut texts = badge.split("spacingAndGlyphs\">").skip(1);
        let mut next = || {
            texts
                .next()
                .expect("a text")
                .split('<')
                .next()
                .expect("it")
                .to_owned()
        };
        (next(), next())
    }

    #[test]
    fn the_badge_says_what_the_page_says() {
        use State::{Degraded, Failed, Good, Unknown};
        for (states, right) in [
            (&[][..], "unknown"),
            (&[Good], "good"),
            (&[Failed], "failed"),
            (&[Good, Good], "good"),
            (&[Good, Failed, Degraded], "1 of 3 failed"),
            (&[Good, Unknown], "1 of 2 unknown"),
        ] {
            let zones = states.iter().map(|&state| zone("z.", state)).collect();
            let badge = of_page(&page(zones));
            assert_eq!(said(&badge), ("DNS".to_owned(), right.to_owned()));
        }
        let mut trouble = page(vec![zone("a.", Good), zone("b.", Good)]);
        trouble.incidents.push(incident("x", 10, None));
        assert_eq!(said(&of_page(&trouble)).1, "degraded");
    }

    #[test]
    fn a_long_name_is_shortened_and_told_in_full() {
        let long = format!("{}.example.", vec!["a".repeat(63); 3].join("."));
        let page = page(vec![zone(&long, State::Good)]);
        let badge = of_zone(&page, &page.zones[0]);
        let (left, _) = said(&badge);
        assert_eq!(left.chars().count(), LONGEST);
        assert!(
            left.ends_with("….example") || left.ends_with("a.example"),
            "{left}"
        );
        let title = format!(
            "<title>{}: good, 2026-11-30 19:00 UTC</title>",
            relaxed(&long)
        );
        assert!(badge.contains(&title), "{badge}");
    }
}
