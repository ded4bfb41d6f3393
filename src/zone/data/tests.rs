use super::*;

fn name(text: &str) -> Name {
    Name::absolute(text).expect("a name in a test")
}

fn zone(records: &[(&str, RecordType, u32, &[u8])]) -> Zone {
    let mut builder = ZoneBuilder::new(name("example.com"));
    for (owner, rtype, ttl, rdata) in records {
        builder.push(
            name(owner).borrow(),
            *rtype,
            *ttl,
            rdata,
            Position::default(),
        );
    }
    builder.finish()
}

#[test]
fn order_of_pushing_does_not_matter() {
    let records: [(&str, RecordType, u32, &[u8]); 4] = [
        ("www.example.com", RecordType::A, 300, &[192, 0, 2, 1]),
        ("example.com", RecordType::NS, 300, b"\x02ns\x00"),
        ("a.www.example.com", RecordType::A, 300, &[192, 0, 2, 2]),
        ("www.example.com", RecordType::A, 300, &[192, 0, 2, 0]),
    ];
    let mut backwards = records;
    backwards.reverse();
    assert_eq!(zone(&records), zone(&backwards));
    let owners: Vec<String> = zone(&records)
        .sets()
        .map(|set| set.owner().to_string())
        .collect();
    assert_eq!(
        owners,
        ["example.com.", "www.example.com.", "a.www.example.com."]
    );
}

#[test]
fn the_first_ttl_wins_and_repetitions_count_once() {
    let zone = zone(&[
        ("w.example.com", RecordType::A, 300, &[192, 0, 2, 9]),
        ("w.example.com", RecordType::A, 600, &[192, 0, 2, 1]),
        ("w.example.com", RecordType::A, 600, &[192, 0, 2, 9]),
    ]);
    let set = zone
        .get(name("w.example.com").borrow(), RecordType::A)
        .expect("the set");
    assert_eq!((set.ttl(), set.len(), zone.record_count()), (300, 2, 2));
}

#[test]
fn sets_are_found_by_key_and_by_name() {
    let zone = zone(&[
        ("w.example.com", RecordType::A, 300, &[192, 0, 2, 9]),
        ("w.example.com", RecordType::TXT, 300, b"\x01a"),
        ("x.y.example.com", RecordType::TXT, 300, b"\x01a"),
    ]);
    assert_eq!(zone.at(name("w.example.com").borrow()).count(), 2);
    assert!(
        zone.get(name("w.example.com").borrow(), RecordType::AAAA)
            .is_none()
    );
    assert!(zone.has_at_or_below(name("y.example.com").borrow()));
    assert!(!zone.has_at_or_below(name("z.example.com").borrow()));
}

/// Keys are an abbreviation of names: whatever they cannot tell apart, names do.
#[test]
fn order_is_canonical_whatever_the_labels_hold() {
    let owners = [
        "example.com",
        "a.example.com",
        "\\000.a.example.com",
        "\\000\\000.a.example.com",
        "\\001.a.example.com",
        "\\002.a.example.com",
        "*.a.example.com",
        "b.a.example.com",
        "a\\000.example.com",
        "a\\001.example.com",
        "aa.example.com",
        "abcdefghijklmno.example.com",
        "abcdefghijklmnop.example.com",
        "a.abcdefghijklmnop.example.com",
        "abcdefghijklmnopq.example.com",
        "b.abcdefghijklmnopq.example.com",
        "abcdefghijklmnopr.example.com",
        "\\255.example.com",
    ];
    for outside in [None, Some("example.net"), Some("aexample.com"), Some("com")] {
        let names = owners.iter().rev().copied().chain(outside);
        let records: Vec<(&str, RecordType, u32, &[u8])> = names
            .map(|owner| (owner, RecordType::TXT, 60, &b"\x01x"[..]))
            .collect();
        let zone = zone(&records);
        assert_eq!(zone.len(), records.len());
        let found: Vec<Name> = zone.sets().map(|set| set.owner().to_name()).collect();
        assert!(found.is_sorted(), "{found:?}");
    }
}
