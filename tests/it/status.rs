//! The status page, judged by those who read it: a browser, an XML parser, a reader of feeds, a judge of schemas.

use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use redundns::status::{Day, Elsewhere, Incident, Page, Series, State, ZoneHistory, files};
use redundns::zone::Date;

use crate::browser::{browser, look, look_with};
use crate::world::{require, require_clients};

const DAY: u64 = 86_400;

/// What nobody should be able to make of a page.
const HOSTILE: &str = "</title><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">&\u{0}\u{1b}";

fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.expect("a clock after 1970").as_secs()
}

/// Made `age` seconds ago.
fn page(age: u64, zones: Vec<ZoneHistory>) -> Page {
    Page {
        title: "Example DNS".to_owned(),
        url: Some("https://status.example.net/".to_owned()),
        made: now() - age,
        interval_seconds: 60,
        zones,
        elsewhere: Vec::new(),
        incidents: Vec::new(),
        warnings: Vec::new(),
    }
}

/// 90 days: some that nobody watched, one with a failure, one degraded, the rest good.
fn days() -> Vec<Day> {
    let today = now() / DAY;
    let day = |place: u64| match place {
        0..20 => [0, 0, 0, DAY],
        40 => [DAY - 120, 0, 120, 0],
        60 => [DAY / 2, DAY / 2, 0, 0],
        _ => [DAY, 0, 0, 0],
    };
    (0..90)
        .map(|place| Day {
            date: Date::of((today - 89 + place) * DAY),
            seconds: day(place),
        })
        .collect()
}

fn zone(name: &str, state: State) -> ZoneHistory {
    let series = |provider: &str| Series {
        provider: provider.to_owned(),
        state,
        since: now() - 5000,
        reasons: Vec::new(),
        last_24h: [DAY, 0, 0, 0],
        days: days(),
        p50_ms: Some(4.2),
        p95_ms: Some(38.0),
    };
    ZoneHistory {
        zone: name.to_owned(),
        state,
        since: now() - 5000,
        reasons: vec!["ns1.alpha.example. 192.0.2.1:53 does not answer".to_owned()],
        last_24h: [DAY - 400, 0, 400, 0],
        days: days(),
        providers: ["alpha", "beta", "gamma"].map(series).to_vec(),
    }
}

fn incident(name: &str, title: &str, ended: Option<u64>) -> Incident {
    Incident {
        name: name.to_owned(),
        title: title.to_owned(),
        started: now() - 7200,
        ended,
        state: State::Degraded,
        zones: vec!["example.com".to_owned()],
        providers: vec!["alpha".to_owned()],
        body: format!(
            "# Cause\n\nAnswers are *slow*, see [there](https://example.com/).\n\n- one\n\n> two\n\n{HOSTILE}\n"
        ),
    }
}

/// With everything that a page can have, and with names as long as they can be.
fn full(age: u64) -> Page {
    let label = |c: &str| c.repeat(63);
    let long = format!(
        "{}.{}.{}.{}.",
        label("a"),
        label("b"),
        label("c"),
        "d".repeat(61)
    );
    let mut page = page(
        age,
        vec![
            zone("example.com.", State::Good),
            zone(&long, State::Failed),
            zone(HOSTILE, State::Unknown),
            zone("example.org.", State::Degraded),
        ],
    );
    page.zones[1].providers[0].provider = label("p");
    page.incidents = vec![
        incident("a", "Provider alpha is slow", None),
        incident("b", HOSTILE, Some(now() - 3600)),
        incident("c", &label("t"), Some(now() - 3600)),
    ];
    page.elsewhere.push(Elsewhere {
        name: label("e"),
        state: State::Degraded,
        detail: HOSTILE.to_owned(),
        link: Some("https://www.example.com/".to_owned()),
    });
    page.warnings.push(label("w"));
    page
}

fn file(page: &Page, name: &str) -> String {
    let all = files(page);
    let found = all.into_iter().find(|(own, _)| own == name);
    let (_, octets) = found.unwrap_or_else(|| panic!("no {name}"));
    String::from_utf8(octets).expect("UTF-8")
}

#[test]
fn the_page_is_read_on_every_screen_by_day_and_by_night() {
    let Some(browser) = browser() else { return };
    let index = file(&full(0), "index.html");
    for (width, dark) in [(360, false), (360, true), (1280, false), (1280, true)] {
        let seen = look(&browser, &index, width, dark);
        assert_eq!(
            (&seen["width"], &seen["dark"]),
            (&width.into(), &dark.into())
        );
        assert_eq!(seen["sideways"], 0, "{width}");
        assert_eq!(seen["fetched"], 0);
        assert_eq!(seen["title"], "Example DNS");
        assert!(
            seen["faintest"].as_f64() >= Some(4.5),
            "{}",
            seen["faintest"]
        );
        let text = seen["text"].as_str().expect("text");
        for words in [
            "1 of 4 zones has failed: aaa",
            "Incidents now",
            "Provider alpha is slow",
            "does not answer",
            "90 d 99.2",
            "of 70 days watched",
            "<script>",
            "ago)",
        ] {
            assert!(text.contains(words), "`{words}`:\n{text}");
        }
        let ids = seen["ids"].as_array().expect("a list");
        assert!(ids.contains(&"mark".into()), "{ids:?}");
        assert!(
            !ids.contains(&"old".into()) && !ids.contains(&"then".into()),
            "{ids:?}"
        );
    }
    let seen = look(&browser, &file(&full(0), "incidents/b.html"), 360, true);
    assert_eq!(
        (&seen["sideways"], &seen["fetched"]),
        (&0.into(), &0.into())
    );
    assert!(
        seen["faintest"].as_f64() >= Some(4.5),
        "{}",
        seen["faintest"]
    );
    assert!(
        seen["title"]
            .as_str()
            .is_some_and(|title| title.starts_with("</title>")),
        "{seen:#}"
    );
}

#[test]
fn a_page_that_nobody_makes_anew_says_so() {
    let Some(browser) = browser() else { return };
    let of = |age| {
        file(
            &page(age, vec![zone("example.com.", State::Good)]),
            "index.html",
        )
    };
    let is_old = |seen: &serde_json::Value| {
        let ids = seen["ids"].as_array().expect("a list");
        let notice = ids.contains(&"old".into());
        assert_eq!(notice, ids.contains(&"then".into()));
        assert_eq!(notice, seen["title"] != "Example DNS", "{}", seen["title"]);
        let text = seen["text"].as_str().expect("text");
        assert_eq!(
            notice,
            text.contains("has not been updated since"),
            "{text}"
        );
        assert_eq!(
            notice,
            text.contains("Then: example.com answers the same"),
            "{text}"
        );
        notice
    };
    // Three intervals of a minute.
    assert!(!is_old(&look(&browser, &of(0), 360, false)));
    assert!(!is_old(&look(&browser, &of(120), 1280, true)));
    for (age, width, dark) in [(200, 360, true), (7200, 1280, false)] {
        let seen = look(&browser, &of(age), width, dark);
        assert!(is_old(&seen), "{seen:#}");
        assert_eq!(seen["sideways"], 0);
        assert!(
            seen["faintest"].as_f64() >= Some(4.5),
            "{}",
            seen["faintest"]
        );
    }
    // Nothing looks at the clock here, and so the reader is asked to.
    let seen = look_with(&browser, &of(7200), 360, false, false);
    let text = seen["text"].as_str().expect("text");
    assert!(
        text.contains("if that is more than 3 min ago, this page is no longer updated"),
        "{text}"
    );
    assert!(
        text.contains("example.com answers the same at every provider."),
        "{text}"
    );
}

#[test]
fn many_zones_fit() {
    let Some(browser) = browser() else { return };
    let mut zones: Vec<ZoneHistory> = (0..60)
        .map(|n| zone(&format!("zone-{n}.example."), State::Good))
        .collect();
    zones[17].state = State::Degraded;
    let seen = look(&browser, &file(&page(0, zones), "index.html"), 360, false);
    assert_eq!(seen["sideways"], 0);
    let text = seen["text"].as_str().expect("text");
    let zones = &text[text.find("\nZones\n").expect("a heading")..];
    assert!(
        text.contains("1 of 60 zones is degraded: zone-17.example."),
        "{text}"
    );
    // What is wrong comes first, and shows its providers.
    let first = zones.find("zone-17.example").expect("it");
    assert!(
        zones
            .find("zone-0.example")
            .is_some_and(|other| first < other),
        "{zones}"
    );
    assert_eq!(zones.matches("\nalpha\n").count(), 1, "{zones}");
}

#[test]
fn feed_and_badges_are_xml_that_others_read() {
    const JUDGE: &str = "import sys, glob, email.utils, xml.etree.ElementTree as tree\n\
        root = tree.parse(sys.argv[1] + '/feed.xml').getroot()\n\
        channel = root.find('channel')\n\
        assert root.tag == 'rss' and root.get('version') == '2.0'\n\
        assert all(channel.findtext(tag) for tag in ('title', 'link', 'description'))\n\
        items = channel.findall('item')\n\
        assert all(item.findtext('title') and item.findtext('link').startswith('https://') for item in items)\n\
        guids = [item.findtext('guid') for item in items]\n\
        assert len(guids) == len(set(guids)), guids\n\
        dates = [email.utils.parsedate_to_datetime(item.findtext('pubDate')) for item in items]\n\
        assert dates == sorted(dates, reverse=True), dates\n\
        svg = '{http://www.w3.org/2000/svg}'\n\
        badges = [tree.parse(name).getroot() for name in sorted(glob.glob(sys.argv[1] + '/badge*.svg'))]\n\
        for badge in badges:\n\
        \x20   width, edge = int(badge.get('width')), int(badge.findall('.//' + svg + 'g/' + svg + 'rect')[1].get('x'))\n\
        \x20   left, right = [(int(t.get('x')), int(t.get('textLength'))) for t in badge.iter(svg + 'text')]\n\
        \x20   assert badge.findtext(svg + 'title') and left[0] + left[1] <= edge <= right[0], left\n\
        \x20   assert right[0] + right[1] <= width <= 500, right\n\
        print(len(items), len(badges), any('document.title' in b.findtext(svg + 'title') for b in badges))\n\
        print([item.findtext('title') for item in items if 'example.org' in item.findtext('title')])";
    let Some(python) = require("python3", "python3") else {
        return;
    };
    let directory = tempfile::tempdir().expect("a directory");
    for (name, octets) in files(&full(0)) {
        if !name.contains('/') {
            std::fs::write(directory.path().join(name), octets).expect("a writable directory");
        }
    }
    let output = Command::new(python)
        .args(["-c", JUDGE])
        .arg(directory.path())
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    // Three zones that are not good, three incidents, two of them over; a badge each and one for all.
    assert!(output.status.success(), "{said}");
    assert_eq!(said.trim(), "8 5 True\n['example.org: degraded']");
}

#[test]
fn the_summary_is_as_its_schema_says() {
    let Some(python) = require_clients("reports") else {
        return;
    };
    let schema = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/docs/schema/status.schema.json"
    );
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("summary.json");
    let summary = file(&full(0), "summary.json");
    let empty = file(&page(0, Vec::new()), "summary.json");
    let wrong = summary.replace("\"state\": \"failed\"", "\"state\": \"poor\"");
    for (text, is_valid) in [(summary, true), (empty, true), (wrong, false)] {
        std::fs::write(&path, text).expect("a writable directory");
        let output = Command::new(&python)
            .args(["-m", "check_jsonschema", "--schemafile", schema])
            .arg(&path)
            .output()
            .expect("it runs");
        let said =
            String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.success(), is_valid, "{said}");
    }
}
