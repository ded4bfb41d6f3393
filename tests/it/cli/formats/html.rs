//! The page, looked at by a browser: what it shows at the width of a phone and of a desk, by day and by night.

use std::path::Path;
use std::process::Command;

use data_encoding::BASE64;
use serde_json::Value;

use super::super::Project;
use super::drifted;
use crate::world::require;

/// Looks at a page in a frame: its text, its cells with their contrast, and whether it has to be pushed sideways.
const LOOK: &str = r"
function colour(text) { return text.match(/[\d.]+/g).map(Number); }
function ground(node) {
  for (; node; node = node.parentElement) {
    const own = colour(getComputedStyle(node).backgroundColor);
    if (own.length < 4 || own[3] > 0) return own;
  }
  return [255, 255, 255];
}
function luminance(rgb) {
  const part = rgb.slice(0, 3).map(c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2];
}
function contrast(node) {
  const pair = [luminance(colour(getComputedStyle(node).color)), luminance(ground(node))].sort((a, b) => b - a);
  return (pair[0] + 0.05) / (pair[1] + 0.05);
}
onload = () => {
  const view = document.querySelector('iframe').contentWindow, page = view.document;
  const all = selector => [...page.querySelectorAll(selector)];
  const texts = all('p, th, td, li, h1, h2, h3, caption, small, summary, .mark').filter(node => node.innerText.trim());
  const seen = {
    width: view.innerWidth,
    sideways: page.documentElement.scrollWidth - page.documentElement.clientWidth,
    dark: view.matchMedia('(prefers-color-scheme: dark)').matches,
    text: page.body.innerText,
    cells: all('td.cell').map(node => ({
      symbol: node.querySelector('[aria-hidden]').innerText, words: node.querySelector('.words').textContent,
      ground: ground(node).join(' '),
    })),
    heat: all('td[class*=\'number h\']').map(node => node.innerText),
    faintest: Math.min(...texts.map(contrast)),
    headless: all('th:not([scope])').length,
    tables: all('.scroll[tabindex][aria-label] > table > caption').length - all('table').length,
    fetched: view.performance.getEntriesByType('resource').length,
  };
  const octets = new TextEncoder().encode(JSON.stringify(seen));
  document.querySelector('pre').textContent = 'SEEN:' + btoa(String.fromCharCode(...octets)) + ':';
};
";

fn look(browser: &Path, project: &Project, page: &str, width: u32, dark: bool) -> Value {
    let quoted = page.replace('&', "&amp;").replace('"', "&quot;");
    project.write(
        "frame.html",
        &format!(
            "<!doctype html><meta charset=utf-8><script>{LOOK}</script><pre></pre>\
             <iframe width={width} height=900 style=\"border:0\" srcdoc=\"{quoted}\"></iframe>"
        ),
    );
    let profile = tempfile::tempdir().expect("a directory");
    let scheme = i32::from(!dark);
    let output = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--window-size=1400,1000",
            "--dump-dom",
        ])
        .arg(format!("--blink-settings=preferredColorScheme={scheme}"))
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("file://{}", project.path("frame.html").display()))
        .output()
        .expect("it runs");
    let dom = String::from_utf8_lossy(&output.stdout);
    let seen = dom
        .rsplit("SEEN:")
        .next()
        .and_then(|rest| rest.split(':').next());
    let seen = seen.unwrap_or_else(|| panic!("{}\n{dom}", String::from_utf8_lossy(&output.stderr)));
    let octets = BASE64.decode(seen.as_bytes()).expect("base64");
    serde_json::from_slice(&octets).expect("JSON")
}

#[test]
fn the_page_shows_what_differs_on_every_screen() {
    let Some(browser) = require("chromium", "chromium") else {
        return;
    };
    let project = drifted();
    let page = project
        .run(&["check", "--format", "html"])
        .expect_code(1)
        .stdout;
    for (width, dark) in [(390, false), (1200, true)] {
        let seen = look(&browser, &project, &page, width, dark);
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
