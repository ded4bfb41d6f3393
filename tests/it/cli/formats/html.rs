//! The page, looked at by a browser: what it shows at the width of a phone and of a desk, by day and by night.

use super::drifted;
use crate::browser::{browser, look};

#[test]
fn the_page_shows_what_differs_on_every_screen() {
    let Some(browser) = browser() else {
        return;
    };
    let project = drifted();
    let page = project
        .run(&["check", "--format", "html"])
        .expect_code(1)
        .stdout;
    for (width, dark) in [(390, false), (1200, true)] {
        let seen = look(&browser, &page, width, dark);
        assert_eq!(
            (&seen["width"], &seen["dark"]),
            (&width.into(), &dark.into())
        );
        assert_eq!(seen["sideways"], 0, "{seen:#}");
        assert_eq!(
            (&seen["headless"], &seen["tables"]),
            (&0.into(), &0.into()),
            "{seen:#}"
        );
        assert_eq!(seen["fetched"], 0);
        assert!(seen["faintest"].as_f64() >= Some(4.5), "{seen:#}");
        let text = seen["text"].as_str().expect("text");
        for words in [
            "redundns check",
            "~ something differs",
            "www A",
            "192.0.2.99",
            "Latency",
            "ns1.a.example.",
        ] {
            assert!(text.contains(words), "`{words}`:\n{text}");
        }
        // Two record sets at two servers: other data for one of them, nothing for the other.
        let cells = seen["cells"].as_array().expect("a list");
        let mut shown: Vec<(&str, &str, &str)> = cells
            .iter()
            .map(|cell| {
                let word = |key: &str| cell[key].as_str().unwrap_or_default();
                (word("symbol"), word("words"), word("ground"))
            })
            .collect();
        shown.sort_unstable();
        let symbols: Vec<(&str, &str)> = shown.iter().map(|(a, b, _)| (*a, *b)).collect();
        assert!(
            symbols.contains(&("-", "missing")) && symbols.contains(&("~", "other data")),
            "{seen:#}"
        );
        let ground = |symbol: &str| shown.iter().find(|one| one.0 == symbol).map(|one| one.2);
        assert_ne!(ground("-"), ground("~"));
        let heat = seen["heat"].as_array().expect("a list");
        assert!(
            heat.len() == 4 && heat.iter().all(|cell| cell.to_string().contains(" ms")),
            "{heat:?}"
        );
    }
}
