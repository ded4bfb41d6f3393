//! What is read, and what is said of what cannot be.

use super::*;

fn wrong(file: &str, text: &str) -> Vec<(&'static str, u32, u16, String)> {
    let findings = Incident::parse(file, text).expect_err("something wrong");
    assert!(
        findings
            .iter()
            .all(|one| one.hint.is_some() && one.file == file)
    );
    findings
        .into_iter()
        .map(|one| (one.code, one.line, one.column, one.message))
        .collect()
}

#[test]
fn keys_and_markdown_are_read() {
    let text = "+++\ntitle = \" Slow \"\nstarted = 2026-11-30T10:12:00+01:00\nended = 2026-11-30T10:00:00.5Z\n\
                state = \"failed\"\nzones = [\"example.com\"]\nproviders = [\"alpha\"]\n+++\n\n**now**\n\n+++\n\nmore\n";
    let incident = Incident::parse("incidents/2026-11-30-slow.md", text).expect("an incident");
    assert_eq!(
        incident,
        Incident {
            name: "2026-11-30-slow".to_owned(),
            title: "Slow".to_owned(),
            started: 1_796_029_920,
            ended: Some(1_796_032_800),
            state: State::Failed,
            zones: vec!["example.com".to_owned()],
            providers: vec!["alpha".to_owned()],
            body: "**now**\n\n+++\n\nmore".to_owned(),
        }
    );
    let short = "\u{feff}+++\r\ntitle = \"Slow\"\r\nstarted = 2026-11-30 09:12:00Z\r\n+++";
    let incident = Incident::parse("a.md", short).expect("an incident");
    assert_eq!(
        (
            incident.state,
            incident.ended,
            &*incident.body,
            incident.started
        ),
        (State::Degraded, None, "", 1_796_029_920)
    );
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    for (text, code, line, column, words) in [
        ("", "INC01", 1, 1, "no keys"),
        ("# Slow\n", "INC01", 1, 1, "no keys"),
        ("+++\ntitle = \"x\"\n", "INC01", 1, 1, "no second line"),
        (
            "+++\ntitle = \"x\"\n+++\n",
            "INC02",
            2,
            1,
            "missing field `started`",
        ),
        (
            "+++\ntitle = \"x\"\nstarted = 2026-11-30T09:12:00Z\nbegan = 1\n+++\n",
            "INC02",
            4,
            1,
            "unknown field `began`",
        ),
        (
            "+++\ntitle = \"x\"\nstate = \"bad\"\nstarted = 2026-11-30T09:12:00Z\n+++\n",
            "INC02",
            3,
            9,
            "unknown variant `bad`",
        ),
        (
            "+++\ntitle = \"x\nstarted = 2026-11-30T09:12:00Z\n+++\n",
            "INC02",
            2,
            11,
            "",
        ),
        (
            "+++\ntitle = \" \"\nstarted = 2026-11-30T09:12:00Z\n+++\n",
            "INC02",
            2,
            9,
            "no line of text",
        ),
        (
            "+++\ntitle = \"x\"\nstarted = 2026-11-30T09:12:00\n+++\n",
            "INC03",
            3,
            11,
            "no moment",
        ),
        (
            "+++\ntitle = \"x\"\nstarted = 2026-11-30\n+++\n",
            "INC03",
            3,
            11,
            "no moment",
        ),
        (
            "+++\ntitle = \"x\"\nstarted = 1969-11-30T00:00:00Z\n+++\n",
            "INC03",
            3,
            11,
            "no moment",
        ),
        (
            "+++\ntitle = \"x\"\nstarted = 2026-11-30T09:12:00Z\nended = 2026-11-30T09:11:59Z\n+++\n",
            "INC03",
            4,
            9,
            "ends before it starts",
        ),
    ] {
        let findings = wrong("a.md", text);
        let [(own, at, from, said)] = &findings[..] else {
            panic!("{text}: {findings:?}");
        };
        assert_eq!((*own, *at, *from), (code, line, column), "{text}: {said}");
        assert!(said.contains(words), "{text}: {said}");
    }
}

#[test]
fn everything_wrong_is_told_at_once() {
    let text = "+++\ntitle = \"\"\nstarted = 2026-11-30\nended = 2026-11-30T00:00:00\n+++\n";
    let codes: Vec<(&str, u32)> = wrong("Slow answers.md", text)
        .iter()
        .map(|one| (one.0, one.1))
        .collect();
    assert_eq!(
        codes,
        [("INC04", 1), ("INC02", 2), ("INC03", 3), ("INC03", 4)]
    );
}

#[test]
fn names_are_addresses() {
    let text = "+++\ntitle = \"x\"\nstarted = 2026-11-30T09:12:00Z\n+++\n";
    for name in [
        "",
        ".md",
        "..md",
        "../.x.md",
        "a.txt",
        "a b.md",
        "ä.md",
        "a\"b.md",
        "a/.md",
        &format!("{}.md", "a".repeat(101)),
    ] {
        let findings = wrong(name, text);
        assert_eq!(findings[0].0, "INC04", "{name}");
    }
    for (name, own) in [
        ("a.md", "a"),
        ("x/y/2026-11-30.a_b.md", "2026-11-30.a_b"),
        ("x\\a.md", "a"),
    ] {
        assert_eq!(Incident::parse(name, text).expect("an incident").name, own);
    }
}
