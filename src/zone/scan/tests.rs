use super::*;

/// One string an entry: `>` where indented, quoted words in quotes, `!code@line:column` for a fault.
fn cut(text: &str) -> Vec<String> {
    let mut scanner = Scanner::new(text.as_bytes());
    let mut words = Vec::new();
    let mut entries = Vec::new();
    while let Some(entry) = scanner.entry(&mut words) {
        entries.push(match entry {
            Err(fault) => format!("!{}@{}:{}", fault.code, fault.line, fault.column),
            Ok(entry) => {
                let words: Vec<String> = words
                    .iter()
                    .map(|word| {
                        let text = String::from_utf8_lossy(word.text);
                        if word.quoted {
                            format!("\"{text}\"")
                        } else {
                            text.into_owned()
                        }
                    })
                    .collect();
                format!(
                    "{}{}",
                    if entry.indented { ">" } else { "" },
                    words.join("|")
                )
            }
        });
    }
    entries
}

#[test]
fn texts_are_cut_as_bind_cuts_them() {
    for (text, expected) in [
        ("", &[][..]),
        ("\n\n ; nothing\n   \n", &[]),
        ("www A 192.0.2.1", &["www|A|192.0.2.1"]),
        ("www A 1\r\n\tAAAA ::1\r\n", &["www|A|1", ">AAAA|::1"]),
        ("a 1;x\nb 2 ; y", &["a|1", "b|2"]),
        ("a TXT \"x;y\" z", &["a|TXT|\"x;y\"|z"]),
        ("a TXT a\"b c\"d", &["a|TXT|a|\"b c\"|d"]),
        ("a TXT a\\;b \\\"c a\\ b", &["a|TXT|a\\;b|\\\"c|a\\ b"]),
        ("a TXT \"x\\\"y\\\\\"", &["a|TXT|\"x\\\"y\\\\\""]),
        ("a TXT \"x\\\ny\"\nb A", &["a|TXT|\"x\\\ny\"", "b|A"]),
        ("a SOA ( b ; (\n c\n) d\ne", &["a|SOA|b|c|d", "e"]),
        ("(a A\n1)\nb A 2", &["a|A|1", "b|A|2"]),
        (" (A\n1)", &[">A|1"]),
        ("a ((1) (2\n)) 3", &["a|1|2|3"]),
        ("a A 1\rb A 2", &["a|A|1", "b|A|2"]),
        ("a b\\\nc", &["a|b\\", "c"]),
        ("a\u{0}b c", &["a\u{0}b|c"]),
        ("a )\nb A 1", &["!ZON01@1:3", "b|A|1"]),
        ("a TXT \"b\nc A 1", &["!ZON02@1:7", "c|A|1"]),
        ("a TXT \"b", &["!ZON02@1:7"]),
        ("a TXT \"b\\", &["!ZON02@1:7"]),
        (
            "a A ( 1\n  2\nb A 3\nc (4\nd 5)\ne 6",
            &["!ZON01@1:5", "b|A|3", "!ZON01@4:3", "!ZON01@5:4", "e|6"],
        ),
    ] {
        assert_eq!(cut(text), expected, "{text:?}");
    }
}

#[test]
fn words_know_their_line_and_column() {
    let mut scanner = Scanner::new(b"\na (\n \"b\"\n)");
    let mut words = Vec::new();
    scanner.entry(&mut words).expect("an entry").expect("words");
    let places: Vec<(u32, u16)> = words.iter().map(|word| (word.line, word.column)).collect();
    assert_eq!(places, [(2, 1), (3, 2)]);
}
