use super::super::codes;
use super::*;
use crate::zone::{print, show};

const HEAD: &str =
    "$TTL 3600\n@ SOA ns hostmaster 1 7200 900 1209600 300\n@ NS ns\nns A 192.0.2.53\n";

struct Files(&'static [(&'static str, &'static str)]);

impl Includes for Files {
    fn load(&self, _from: &str, path: &str) -> Result<(String, Vec<u8>), String> {
        let found = self.0.iter().find(|(name, _)| *name == path);
        found
            .map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()))
            .ok_or_else(|| "no such file".to_owned())
    }
}

fn parsed_with(text: &str, files: &Files) -> Parsed {
    let source = Source {
        name: "z",
        text: text.as_bytes(),
    };
    let origin = Name::absolute("example.com").expect("a name in a test");
    parse(&source, origin, files)
}

fn parsed(text: &str) -> Parsed {
    parsed_with(text, &Files(&[]))
}

fn printed(zone: &Zone) -> String {
    let mut text = String::new();
    print(zone, &mut text).expect("a String takes every write");
    text
}

/// `CODE line:column+length` of every finding.
fn places(parsed: &Parsed) -> Vec<String> {
    let place = |f: &Finding| format!("{} {}:{}+{}", f.code, f.line, f.column, f.length);
    parsed.findings.iter().map(place).collect()
}

#[test]
fn records_behind_the_usual_head() {
    for (text, expected) in [
        (
            "www 60 IN A 192.0.2.1\n",
            &["www.example.com. 60 IN A 192.0.2.1"][..],
        ),
        (
            "www IN 60 A 192.0.2.1",
            &["www.example.com. 60 IN A 192.0.2.1"],
        ),
        (
            "www class1 1m a 192.0.2.1",
            &["www.example.com. 60 IN A 192.0.2.1"],
        ),
        (
            "WWW A 192.0.2.1\n TXT x",
            &[
                "www.example.com. 3600 IN A 192.0.2.1",
                "www.example.com. 3600 IN TXT \"x\"",
            ],
        ),
        ("(a A\n192.0.2.1)", &["a.example.com. 3600 IN A 192.0.2.1"]),
        ("\"q\" A 192.0.2.1", &["q.example.com. 3600 IN A 192.0.2.1"]),
        (
            "$ORIGIN sub\na A 192.0.2.1\n$ORIGIN .\nb.example.com A 192.0.2.2",
            &[
                "b.example.com. 3600 IN A 192.0.2.2",
                "a.sub.example.com. 3600 IN A 192.0.2.1",
            ],
        ),
        (
            "$ttl 1h\na A 192.0.2.1\nb 60 A 192.0.2.1\nc A 192.0.2.1",
            &[
                "a.example.com. 3600 IN A 192.0.2.1",
                "b.example.com. 60 IN A 192.0.2.1",
                "c.example.com. 3600 IN A 192.0.2.1",
            ],
        ),
        (
            "$GENERATE 1-3/2 h$ A 192.0.2.$",
            &[
                "h1.example.com. 3600 IN A 192.0.2.1",
                "h3.example.com. 3600 IN A 192.0.2.3",
            ],
        ),
        (
            "$GENERATE 1-1 h$ 60 MX \"1$ ns\"",
            &["h1.example.com. 60 IN MX 11 ns.example.com."],
        ),
        (
            "a\\.b A 192.0.2.1\nb\u{fc} A 192.0.2.1",
            &[
                "a\\.b.example.com. 3600 IN A 192.0.2.1",
                "b\\195\\188.example.com. 3600 IN A 192.0.2.1",
            ],
        ),
        (
            "t TYPE65280 \\# 2 abcd",
            &["t.example.com. 3600 IN TYPE65280 \\# 2 abcd"],
        ),
    ] {
        let parsed = parsed(&format!("{HEAD}{text}"));
        assert_eq!(places(&parsed), [""; 0], "{text}");
        let all = printed(&parsed.zone);
        let found: Vec<&str> = all
            .lines()
            .filter(|line| {
                !line.starts_with("example.com.") && !line.starts_with("ns.example.com.")
            })
            .collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn findings_have_a_code_and_a_place() {
    for (text, expected) in [
        (
            "a BOGUS x\nb A 192.0.2.256",
            &["ZON10 5:3+5", "RDA05 6:5+11"][..],
        ),
        ("a\n", &["ZON09 5:1+1"]),
        ("a 60 IN\n", &["ZON09 5:6+2"]),
        ("a..b A 192.0.2.1\n TXT x", &["ZON07 5:1+4"]),
        ("a CH A 192.0.2.1", &["ZON13 5:3+2"]),
        ("a ANY A 192.0.2.1", &["ZON13 5:3+3"]),
        ("a AXFR x", &["ZON14 5:3+4"]),
        ("a 2147483648 A 192.0.2.1", &["ZON11 5:3+10"]),
        ("a 1x A 192.0.2.1", &["ZON10 5:3+2"]),
        ("www.example.org. A 192.0.2.1", &["ZON15 5:1+16"]),
        ("www.example.com A 192.0.2.1", &["ZON33 5:1+15"]),
        ("$FOO x", &["ZON03 5:1+4"]),
        ("$TTL", &["ZON04 5:1+4"]),
        ("$TTL 1 2", &["ZON04 5:8+1"]),
        ("$TTL x", &["ZON11 5:6+1"]),
        ("$ORIGIN a..b", &["ZON07 5:9+4"]),
        ("$INCLUDE missing", &["ZON05 5:10+7"]),
        ("$GENERATE 2-1 a$ A 192.0.2.$", &["ZON06 5:11+3"]),
        ("$GENERATE 255-256 a$ A 192.0.2.$", &["RDA05 5:24+9"]),
        ("$GENERATE 1-2 a$ MX 10 a$", &["ZON06 5:24+2"]),
        ("a TXT \"x", &["ZON02 5:7+1"]),
        ("a CNAME ns\na A 192.0.2.1", &["ZON21 5:1+1"]),
        ("a CNAME ns\na CNAME b\nb A 192.0.2.1", &["ZON22 6:1+1"]),
        (
            "@ SOA ns hostmaster 2 7200 900 1209600 300",
            &["ZON19 5:1+1"],
        ),
        (
            "a SOA ns hostmaster 2 7200 900 1209600 300",
            &["ZON18 5:1+1"],
        ),
        ("d DNAME example.org.\nx.d A 192.0.2.1", &["ZON24 6:1+3"]),
        ("@ NS gone", &["ZON25 5:6+4"]),
        ("c NS ns.c", &["ZON25 5:6+4"]),
        ("c NS gone", &["ZON31 5:6+4"]),
        ("c NS ns.d\nd NS ns", &[]),
        ("@ NS al\nal CNAME ns", &["ZON26 5:6+2"]),
        ("m MX 10 al\nal CNAME ns", &["ZON27 5:9+2"]),
        ("a 60 A 192.0.2.1\na (90\n A 192.0.2.2)", &["ZON29 6:4+2"]),
        ("a A 192.0.2.1\na A 192.0.2.1", &["ZON30 6:1+1"]),
        ("m MX 10 gone", &["ZON31 5:9+4"]),
        ("m CNAME gone", &["ZON31 5:9+4"]),
        ("m CNAME x.w\n*.w A 192.0.2.1", &[]),
        ("m CNAME x.c\nc NS ns", &[]),
        ("m MX 10 192.0.2.1", &["ZON32 5:9+9"]),
        ("m MX 10 mail.example.com", &["ZON33 5:9+16"]),
        (
            "c NS ns.c\nns.c A 192.0.2.1\nx.c A 192.0.2.1\nc MX 10 ns",
            &["ZON34 7:1+3", "ZON34 8:1+1"],
        ),
        ("*.w NS ns", &["ZON35 5:1+3"]),
        ("a 0 A 192.0.2.1", &["ZON36 5:3+1"]),
        (
            "a TXT \"v=spf1 -all\"\na TXT \"v=spf1 ~all\"",
            &["ZON37 6:1+1"],
        ),
    ] {
        assert_eq!(
            places(&parsed(&format!("{HEAD}{text}"))),
            expected,
            "{text}"
        );
    }
}

#[test]
fn a_zone_needs_a_head() {
    for (text, expected) in [
        ("", &["ZON17 1:1+0", "ZON20 1:1+0"][..]),
        (
            " A 192.0.2.1",
            &["ZON17 1:1+0", "ZON20 1:1+0", "ZON08 1:2+1"],
        ),
        (
            "a A 192.0.2.1",
            &["ZON12 1:1+1", "ZON17 1:1+0", "ZON20 1:1+0"],
        ),
        (
            "@ SOA ns h 1 2 3 4 500\n@ NS ns\nns A 192.0.2.1",
            &["ZON28 1:1+1"],
        ),
    ] {
        let mut found = places(&parsed(text));
        found.sort();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn an_included_file_changes_neither_origin_nor_owner_but_the_ttl() {
    let files = Files(&[
        ("inc", " TXT first\n$ORIGIN deep\n$TTL 60\na A 192.0.2.1\n"),
        ("other", "b A 192.0.2.2\n"),
    ]);
    let text = format!(
        "{HEAD}w A 192.0.2.9\n$INCLUDE inc\n TXT second\n$INCLUDE other sub\nc A 192.0.2.3"
    );
    let parsed = parsed_with(&text, &files);
    assert_eq!(places(&parsed), ["ZON29 7:2+3"]);
    let all = printed(&parsed.zone);
    for line in [
        "w.example.com. 3600 IN TXT \"first\"",
        "w.example.com. 3600 IN TXT \"second\"",
        "a.deep.example.com. 60 IN A 192.0.2.1",
        "b.sub.example.com. 60 IN A 192.0.2.2",
        "c.example.com. 60 IN A 192.0.2.3",
    ] {
        assert!(all.lines().any(|found| found == line), "{line} in\n{all}");
    }
}

#[test]
fn what_is_wrong_in_an_included_file_says_how_it_got_there() {
    let files = Files(&[
        ("inc", "\n$INCLUDE worse\n"),
        ("worse", "x BOGUS y\n"),
        ("self", "$INCLUDE self\n"),
    ]);
    let parsed_nested = parsed_with(&format!("{HEAD}$INCLUDE inc\n"), &files);
    let finding = &parsed_nested.findings[0];
    assert_eq!((finding.file.as_str(), finding.line), ("worse", 1));
    assert_eq!(
        finding.included_from,
        [("inc".to_owned(), 2), ("z".to_owned(), 5)]
    );
    assert!(show(finding, false).ends_with("= included from inc:2\n  = included from z:5"));
    let cycle = parsed_with(
        &format!("{HEAD}$INCLUDE self\n"),
        &Files(&[("self", "$INCLUDE self\n")]),
    );
    assert_eq!(cycle.findings[0].code, codes::INCLUDE);
    assert_eq!(cycle.findings[0].message, "`self` includes itself");
}
