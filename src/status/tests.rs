//! What holds for all files together.

use super::samples::{NOW, days, elsewhere, incident, page, zone};
use super::*;

const HOSTILE: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&\u{202e}";

fn names(page: &Page) -> Vec<String> {
    files(page).into_iter().map(|(name, _)| name).collect()
}

fn text(page: &Page, name: &str) -> String {
    let all = files(page);
    let (_, octets) = all
        .into_iter()
        .find(|(own, _)| own == name)
        .expect("a file");
    String::from_utf8(octets).expect("UTF-8")
}

#[test]
fn files_are_named_so_that_every_host_serves_them() {
    let long = vec!["a".repeat(63); 3].join(".");
    let mut page = page(
        [
            "example.com.",
            "0/25.2.0.192.in-addr.arpa.",
            ".",
            "a\\.b.example.",
            "..",
            &long,
            &format!("{long}.bbbbbbbbbbbb"),
            &format!("{long}.bbbbbbbbbbbc"),
        ]
        .map(|name| zone(name, State::Good))
        .to_vec(),
    );
    page.incidents.push(incident("2026-11-30-a", 10, None));
    let all = names(&page);
    for name in [
        "index.html",
        "summary.json",
        "badge.svg",
        "feed.xml",
        "badge-example.com.svg",
        "badge-0~2f25.2.0.192.in-addr.arpa.svg",
        "badge-~2e.svg",
        "badge-a~5c.b.example.svg",
        "incidents/2026-11-30-a.html",
    ] {
        assert!(all.iter().any(|own| own == name), "{name}: {all:?}");
    }
    assert!(
        all.iter()
            .all(|name| name.len() < 220 && !name.contains("..")),
        "{all:?}"
    );
    let cut = |name: &&String| name.contains("aaa");
    let distinct: std::collections::BTreeSet<&String> = all.iter().filter(cut).collect();
    assert_eq!(distinct.len(), 3, "{all:?}");
    page.url = None;
    assert!(!names(&page).contains(&"feed.xml".to_owned()));
    for url in [
        "javascript:alert(1)",
        "mailto:a@example.com",
        "status.example.net",
    ] {
        page.url = Some(url.to_owned());
        assert!(!names(&page).contains(&"feed.xml".to_owned()), "{url}");
    }
    page.url = Some("https://status.example.net/dns/index.html".to_owned());
    assert!(text(&page, "feed.xml").contains("<link>https://status.example.net/dns/</link>"));
}

#[test]
fn the_state_of_the_page_is_its_most_serious_one() {
    use State::{Degraded, Failed, Good, Unknown};
    for (states, all) in [
        (&[][..], Unknown),
        (&[Good, Good], Good),
        (&[Good, Unknown], Unknown),
        (&[Unknown, Degraded], Degraded),
        (&[Degraded, Failed, Unknown], Failed),
    ] {
        let zones = states.iter().map(|&state| zone("z", state)).collect();
        assert_eq!(page(zones).state(), all, "{states:?}");
    }
    let mut page = page(vec![zone("z", Good)]);
    page.incidents = vec![
        incident("over", 10, Some(20)),
        incident("planned", NOW + 10, None),
    ];
    assert_eq!(page.state(), Good);
    page.incidents
        .push(incident("now", NOW - 10, Some(NOW + 10)));
    assert_eq!(page.state(), Degraded);
}

#[test]
fn nothing_from_outside_is_markup() {
    let mut bad = zone(HOSTILE, State::Failed);
    bad.reasons = vec![HOSTILE.to_owned(), HOSTILE.to_owned()];
    bad.days = days(&[(3, [0, 0, 86_400, 0])]);
    bad.providers[0].provider = HOSTILE.to_owned();
    bad.providers[0].reasons = vec![HOSTILE.to_owned()];
    bad.providers[0].days = days(&[(3, [0, 0, 86_400, 0])]);
    let mut hostile = page(vec![bad]);
    hostile.title = HOSTILE.to_owned();
    hostile.warnings = vec![HOSTILE.to_owned()];
    hostile.elsewhere = vec![Elsewhere {
        detail: HOSTILE.to_owned(),
        link: Some("javascript:alert(1)".to_owned()),
        ..elsewhere(HOSTILE, State::Failed)
    }];
    hostile.incidents = [("now", None), ("past", Some(NOW))]
        .map(|(name, ended)| Incident {
            title: HOSTILE.to_owned(),
            zones: vec![HOSTILE.to_owned()],
            providers: vec![HOSTILE.to_owned()],
            body: HOSTILE.to_owned(),
            ..incident(name, NOW - 100, ended)
        })
        .to_vec();
    for (name, octets) in files(&hostile) {
        let text = String::from_utf8(octets).expect("UTF-8");
        if name == "summary.json" {
            serde_json::from_str::<serde_json::Value>(&text).expect("JSON");
            continue;
        }
        let is_said = name == "badge.svg" || text.contains("alert(1)");
        assert!(is_said, "{name} says nothing of it");
        let scripts = usize::from(name == "index.html");
        assert_eq!(text.matches("<script").count(), scripts, "{name}");
        for word in ["<img", "\"'>", "href=\"javascript", "src="] {
            let found = text.replace("src=x", "").contains(word);
            assert!(!found, "{name}: {word}");
        }
    }
}

#[test]
fn the_page_fetches_nothing_and_is_small() {
    let mut zones: Vec<ZoneHistory> = (0..20)
        .map(|n| zone(&format!("zone{n}.example.com."), State::Good))
        .collect();
    for (place, zone) in zones.iter_mut().enumerate() {
        zone.providers.push(samples::provider("gamma", State::Good));
        // A provider with a rather bad quarter.
        let bad = [
            (place + 2, [80_000, 0, 6_400, 0]),
            (place + 40, [0, 0, 0, 86_400]),
            (place + 50, [80_000, 6_400, 0, 0]),
        ];
        zone.days = days(&bad);
        zone.providers[place % 3].days = days(&bad);
    }
    let page = page(zones);
    let index = text(&page, "index.html");
    assert!(index.len() < 100_000, "{}", index.len());
    for word in ["src=", "url(", "@import", "https://"] {
        assert!(!index.contains(word), "{word}");
    }
}

#[test]
fn the_script_is_the_one_that_the_page_allows() {
    let index = text(&page(Vec::new()), "index.html");
    let script = index
        .split("<script>")
        .nth(1)
        .and_then(|rest| rest.split("</script>").next());
    let hash = digest(&SHA256, script.expect("a script").as_bytes());
    let allowed = format!(
        "script-src 'sha256-{}'\"",
        data_encoding::BASE64.encode(hash.as_ref())
    );
    assert!(index.contains(&allowed), "{index}");
}

#[test]
fn incidents_stand_where_they_belong() {
    let mut page = page(vec![zone("example.com.", State::Good)]);
    page.incidents = vec![
        incident("now", NOW - 100, None),
        incident("soon", NOW + 100, None),
        incident("past", NOW - 1000, Some(NOW - 900)),
        incident("old", NOW - 100 * 86_400, Some(NOW - 99 * 86_400)),
    ];
    let index = text(&page, "index.html");
    let order = [
        "class=\"verdict degraded\"",
        "example.com answers the same at every provider.",
        "1 current incident: Incident now.",
        "<h2 id=\"now\">",
        "Incident now</a></h3>",
        "<strong>was</strong>",
        "<h2 id=\"planned\">",
        "Incident soon</a></h3>",
        "<h2 id=\"zones\">",
        "<h2 id=\"past\">",
        "2026-11-30</h3>",
        "Incident past</a>",
        "Older ones",
        "Incident old</a>",
    ];
    let mut rest = &*index;
    for words in order {
        let at = rest
            .find(words)
            .unwrap_or_else(|| panic!("`{words}` is not there, or too early: {index}"));
        rest = &rest[at..];
    }
    assert!(text(&page, "incidents/past.html").contains("../index.html"));
}

#[test]
fn other_services_and_what_is_wrong_with_the_page_are_on_it() {
    let mut page = page(vec![zone("example.com.", State::Good)]);
    let parts = [
        "<h2 id=\"elsewhere\">Other services</h2>",
        "<h3><a href=\"https://www.example.com/\" rel=\"noreferrer\">Web site</a></h3>",
        "<span class=\"chip failed\"><span aria-hidden=\"true\">!</span> Failed</span>",
        "<p class=\"faint\">down since noon</p>",
        "<h2 id=\"about\">About this page</h2>",
        "<li>its name lies in a zone of its own</li>",
    ];
    let index = text(&page, "index.html");
    for part in parts {
        assert!(!index.contains(part), "{part}");
    }
    page.elsewhere = vec![Elsewhere {
        detail: "down since noon".to_owned(),
        link: Some("https://www.example.com/".to_owned()),
        ..elsewhere("Web site", State::Failed)
    }];
    page.warnings = vec!["its name lies in a zone of its own".to_owned()];
    let index = text(&page, "index.html");
    for part in parts {
        assert!(index.contains(part), "{part}: {index}");
    }
}
