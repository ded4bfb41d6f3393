//! What holds for every zone text.

use std::fmt::Write as _;

use proptest::prelude::*;
use redundns::zone::{Name, NoIncludes, Parsed, Source, master_file, parse, print};

fn read(text: &[u8]) -> Parsed {
    let source = Source {
        name: "generated",
        text,
    };
    let origin = Name::absolute("example.test").expect("a constant name");
    parse(&source, origin, &NoIncludes)
}

/// Lines of one entry each, behind a head that makes them a zone.
fn zone() -> impl Strategy<Value = String> {
    let owner = prop_oneof![
        Just("@".to_owned()),
        "[a-z]{1,8}",
        "[a-z0-9_-]{1,8}(\\.[a-z]{1,4}){0,4}",
        "(\\\\[0-1][0-9][0-9]|[a-z]|\\\\[.;()\"]){1,12}",
    ];
    let ttl = prop_oneof![Just(String::new()), "[1-9][0-9]{0,6}", "[1-9]h[1-5]m"];
    let class = prop_oneof![Just(""), Just("IN"), Just("CLASS1")];
    let data = prop_oneof![
        any::<[u8; 4]>().prop_map(|a| format!("A {}.{}.{}.{}", a[0], a[1], a[2], a[3])),
        any::<u128>().prop_map(|a| format!("AAAA {}", std::net::Ipv6Addr::from(a))),
        "TXT \\( \"([a-zA-Z0-9 ;()]|\\\\\"|\\\\[01][0-9]{2}){0,30}\" \n [a-z]{1,9} \\)",
        (any::<u16>(), "[a-z]{1,9}").prop_map(|(p, host)| format!("MX {p} {host}")),
        "SRV 1 2 3 [a-z]{1,9}(\\.example\\.test\\.|\\.example\\.org\\.)?",
        "RP ([a-z]{1,9}|@|\\\\[0-1][0-9]{2}) [a-z]{1,9}\\.[a-z]{1,3}",
        "TYPE6528[0-9] \\\\# 2 [0-9a-f]{4}",
        "CAA 0 issue \"[a-z.]{1,20}\"",
    ];
    let record =
        (owner, ttl, class, data, any::<bool>()).prop_map(|(owner, ttl, class, data, first)| {
            if first {
                format!("{owner} {ttl} {class} {data}\n")
            } else {
                format!("{owner} {class} {ttl} {data}\n")
            }
        });
    proptest::collection::vec(record, 0..40).prop_map(|records| {
        let mut text = String::from(
            "$TTL 1h\n@ SOA ns1.example.net. h 1 7200 900 1209600 300\n@ NS ns1.example.net.\n",
        );
        for record in records {
            let _ = text.write_str(&record);
        }
        text
    })
}

proptest! {
    #[test]
    fn printed_zones_read_back(text in zone()) {
        let parsed = read(text.as_bytes());
        prop_assert!(!parsed.has_errors(), "{:?}", parsed.findings);
        let mut printed = String::new();
        print(&parsed.zone, &mut printed).expect("a String takes every write");
        let again = read(printed.as_bytes());
        prop_assert_eq!(&again.zone, &parsed.zone);
        let mut twice = String::new();
        print(&again.zone, &mut twice).expect("a String takes every write");
        prop_assert_eq!(twice, printed);
    }

    #[test]
    fn master_files_read_back(text in zone(), heading in proptest::collection::vec(any::<String>(), 0..3)) {
        let zone = read(text.as_bytes()).zone;
        let written = master_file(&zone, &heading);
        let again = read(written.as_bytes());
        prop_assert!(!again.has_errors(), "{:?}\n{written}", again.findings);
        prop_assert_eq!(&again.zone, &zone, "\n{}", written);
        prop_assert_eq!(master_file(&again.zone, &heading), written);
    }

    #[test]
    fn no_octets_make_the_reader_panic(octets in proptest::collection::vec(any::<u8>(), 0..400)) {
        for finding in read(&octets).findings {
            prop_assert!(finding.line >= 1 && finding.column >= 1);
        }
    }

    #[test]
    fn no_text_like_a_zone_makes_the_reader_panic(text in "([a-z@. \t\n()\";$\\\\]|\\$GENERATE 1-3 |\\$ORIGIN |A 192\\.0\\.2\\.1|TXT |60 |IN ){0,80}") {
        read(text.as_bytes());
    }
}
