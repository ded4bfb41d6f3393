//! What holds of record data whatever its octets: printing and reading are inverse, and nothing panics.

use proptest::prelude::*;
use redundns::zone::{Name, RecordType, rdata};

use crate::rdata_judges::valid_cases;

/// Octets of one of the valid cases, some of them overwritten, and perhaps cut.
fn nearly_valid() -> impl Strategy<Value = (RecordType, Vec<u8>)> {
    let origin = Name::absolute("example.test").expect("a name");
    let seeds: Vec<(RecordType, Vec<u8>)> = valid_cases()
        .into_iter()
        .map(|(mnemonic, text)| {
            let rtype = mnemonic.parse().expect("a type");
            let octets = rdata::from_text(rtype, text, Some(origin.borrow()));
            (rtype, octets.expect("a valid case"))
        })
        .collect();
    let strikes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4);
    (prop::sample::select(seeds), strikes, 0_usize..8).prop_map(|((rtype, seed), strikes, cut)| {
        let mut octets = seed;
        for (at, octet) in strikes {
            if !octets.is_empty() {
                let at = at.index(octets.len());
                octets[at] = octet;
            }
        }
        if cut < 2 {
            octets.truncate(octets.len().saturating_sub(cut));
        }
        (rtype, octets)
    })
}

fn octets() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..64)
}

/// Canonical octets print as text that reads as the same octets; octets that do not fit their type print in generic
/// form, which is refused for a type we know.
fn check(rtype: RecordType, octets: &[u8]) -> Result<(), TestCaseError> {
    let text = rdata::to_text(rtype, octets);
    let read = rdata::from_text(rtype, &text, None);
    if !rdata::is_valid(rtype, octets) {
        prop_assert!(text.starts_with("\\# "), "{rtype} {text}");
        prop_assert!(read.is_err(), "{rtype} {text}");
        return Ok(());
    }
    let mut canonical = Vec::new();
    let message = rdata::from_message(rtype, octets, 0..octets.len(), &mut canonical);
    prop_assert!(message.is_ok(), "{rtype} {text}");
    prop_assert_eq!(canonical.to_ascii_lowercase(), octets.to_ascii_lowercase());
    prop_assert_eq!(read.as_ref(), Ok(&canonical), "{} {}", rtype, text);
    let generic = format!(
        "\\# {} {}",
        octets.len(),
        data_encoding::HEXUPPER.encode(octets)
    );
    let read = rdata::from_text(rtype, &generic, None);
    prop_assert_eq!(read.as_ref(), Ok(&canonical));
    prop_assert_eq!(
        rdata::to_text(rtype, &canonical).to_ascii_lowercase(),
        text.to_ascii_lowercase()
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn text_and_octets_are_inverse((rtype, octets) in nearly_valid()) {
        check(rtype, &octets)?;
        // Whoever asks for targets gets some or none, never a panic.
        prop_assert!(rdata::targets(rtype, &octets).all(|name| name.wire().len() > 1));
    }

    #[test]
    fn any_octets_of_any_type_survive(number in 0_u16..300, octets in octets()) {
        check(RecordType(number), &octets)?;
    }

    #[test]
    fn any_message_is_read_or_refused(
        number in 0_u16..300, message in octets(), start in 0_usize..70, end in 0_usize..70,
    ) {
        let mut out = vec![1, 2, 3];
        let read = rdata::from_message(RecordType(number), &message, start..end, &mut out);
        prop_assert_eq!(&out[..3], &[1, 2, 3]);
        if read.is_ok() {
            prop_assert!(rdata::is_valid(RecordType(number), &out[3..]));
        } else {
            prop_assert_eq!(out.len(), 3);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(number in 0_u16..300, text in "[ -~]{0,40}") {
        let rtype = RecordType(number);
        if let Ok(octets) = rdata::from_text(rtype, &text, None) {
            prop_assert!(rdata::is_valid(rtype, &octets), "{} {} {:02x?}", rtype, text, octets);
        }
    }

    #[test]
    fn text_of_words_that_matter_is_read_or_refused(
        (rtype, words) in (prop::sample::select(valid_cases()), prop::sample::select(valid_cases()), any::<prop::sample::Index>())
            .prop_map(|(to, from, cut)| {
                let mut words: Vec<&str> = to.1.split(' ').collect();
                let at = cut.index(words.len());
                words[at] = from.1.split(' ').next().unwrap_or_default();
                (to.0.parse::<RecordType>().expect("a type"), words.join(" "))
            })
    ) {
        if let Ok(octets) = rdata::from_text(rtype, &words, None) {
            check(rtype, &octets)?;
        }
    }
}
