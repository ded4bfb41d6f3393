//! Tables.

use super::*;

fn name(text: &str) -> Name {
    Name::absolute(text).expect("a name in a test")
}

#[test]
fn text_becomes_lower_case_wire_and_back() {
    for (text, printed) in [
        ("WWW.Example.COM", "www.example.com."),
        (".", "."),
        ("a\\.b.example.", "a\\.b.example."),
        ("a\\065\\032b.", "aa\\032b."),
        ("\\@.example.", "\\@.example."),
    ] {
        assert_eq!(name(text).to_string(), printed);
        assert_eq!(name(printed), name(text));
    }
}

#[test]
fn what_is_no_name_is_refused() {
    let long = "a".repeat(64);
    let five = format!("{0}.{0}.{0}.{0}.{0}.", "a".repeat(63));
    for (text, error) in [
        ("a..b", NameError::EmptyLabel),
        (long.as_str(), NameError::LabelTooLong),
        (five.as_str(), NameError::TooLong),
        ("a\\256", NameError::BadEscape),
        ("a\\1", NameError::BadEscape),
    ] {
        assert_eq!(Name::absolute(text), Err(error), "{text}");
    }
    assert_eq!(Name::parse(b"www", None), Err(NameError::NoOrigin));
}

#[test]
fn the_longest_name_is_255_octets() {
    let fits = format!("{0}.{0}.{0}.{1}.", "a".repeat(63), "b".repeat(61));
    assert_eq!(name(&fits).borrow().wire().len(), 255);
    let over = format!("{0}.{0}.{0}.{1}.", "a".repeat(63), "b".repeat(62));
    assert_eq!(Name::absolute(&over), Err(NameError::TooLong));
}

#[test]
fn order_is_that_of_rfc_4034() {
    let sorted = [
        "example.",
        "a.example.",
        "yljkjljk.a.example.",
        "Z.a.example.",
        "zABC.a.EXAMPLE.",
        "z.example.",
        "\\001.z.example.",
        "*.z.example.",
        "\\200.z.example.",
    ];
    let mut names: Vec<Name> = sorted.iter().rev().map(|text| name(text)).collect();
    names.sort();
    assert_eq!(
        names,
        sorted.iter().map(|text| name(text)).collect::<Vec<_>>()
    );
}

#[test]
fn ancestry_and_relative_spelling() {
    let (apex, www) = (name("example.com"), name("www.example.com"));
    assert!(www.borrow().is_at_or_below(apex.borrow()));
    assert!(
        !name("wwwexample.com")
            .borrow()
            .is_at_or_below(apex.borrow())
    );
    assert_eq!(www.borrow().relative_to(apex.borrow()), "www");
    assert_eq!(apex.borrow().relative_to(apex.borrow()), "@");
    assert_eq!(name("a.b").borrow().relative_to(apex.borrow()), "a.b.");
}
