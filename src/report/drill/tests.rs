//! Figures are what the rows say.

use super::*;

fn row(at_ms: f64, phase: Phase, told: Told, latency_ms: Option<f64>) -> LookupRow {
    LookupRow {
        at_ms,
        phase,
        name: "www.example.com.".to_owned(),
        rtype: "A".to_owned(),
        rcode: latency_ms.map(|_| "NOERROR".to_owned()),
        latency_ms,
        told,
    }
}

fn rehearsed() -> RehearsalEntry {
    let mut rows = Vec::new();
    for index in 0..100_u32 {
        let at = f64::from(index) * 100.0;
        let phase = match index {
            0..25 => Phase::Before,
            25..75 => Phase::During,
            _ => Phase::After,
        };
        let (told, latency) = match (phase, index) {
            (Phase::During, 25..35) => (Told::Nothing, None),
            (Phase::During, 35) => (Told::Wrong, Some(3.0)),
            _ => (Told::Right, Some(f64::from(index) + 1.0)),
        };
        rows.push(row(at, phase, told, latency));
    }
    let empty = RehearsalEntry {
        resolver: "unbound 1".to_owned(),
        names: "wildcard".to_owned(),
        rate: 10,
        seconds: 10.0,
        patience_seconds: 5.0,
        phases: Vec::new(),
        slices: Vec::new(),
    };
    empty.with(&rows)
}

#[test]
fn phases_are_counted_from_rows() {
    let rehearsal = rehearsed();
    let during = rehearsal.of(Phase::During);
    assert_eq!(
        (during.lookups, during.right, during.wrong, during.nothing),
        (50, 39, 1, 10)
    );
    assert!((during.success() - 78.0).abs() < 1e-9);
    assert!(!during.is_well());
    let before = rehearsal.of(Phase::Before);
    assert_eq!((before.p50_ms, before.p95_ms), (Some(13.0), Some(24.0)));
    assert!(before.is_well());
    let counted: usize = rehearsal
        .slices
        .iter()
        .map(|slice| slice.tally.lookups)
        .sum();
    assert_eq!(counted, 100, "no lookup is in two slices or in none");
}

#[test]
fn one_wrong_answer_is_not_well_and_one_missing_of_a_hundred_is() {
    let well = |right, wrong, nothing| {
        let tally = Tally {
            lookups: right + wrong + nothing,
            right,
            wrong,
            nothing,
            ..Tally::default()
        };
        tally.is_well()
    };
    assert!(well(99, 0, 1));
    assert!(!well(98, 0, 2) && !well(999, 1, 0) && !well(0, 0, 0));
}

#[test]
fn the_picture_says_in_words_what_it_shows() {
    let rehearsal = rehearsed();
    let drill = DrillEntry {
        down: "beta".to_owned(),
        fault: "lossy".to_owned(),
        loss_percent: Some(50),
        arithmetic: ArithmeticEntry {
            servers: 2,
            lost: 1,
            left: 1,
            survived: true,
            cold_share: 0.5,
            first_wait_seconds: (0.8, 1.5),
            stale_share: 0.5,
            assumptions: Vec::new(),
        },
        rehearsal: None,
    };
    let picture = svg("a<b.example.", &drill, &rehearsal);
    assert!(picture.contains("<title id=\"title\">a&lt;b.example. without beta (lossy (50 %))"));
    assert!(
        picture.contains(
            "during the fault 39 of 50 lookups were right, 1 wrong, 10 without an answer"
        )
    );
    assert!(picture.contains("; during the fault 39 right, 1 wrong, 10 no answer</text>"));
    assert!(picture.contains("prefers-color-scheme:dark"));
    assert!(!picture.contains("NaN"));
    let opened = picture.matches("<text").count();
    assert_eq!(opened, picture.matches("</text>").count());
}
