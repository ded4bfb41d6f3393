//! A page as a browser shows it.

use std::path::{Path, PathBuf};
use std::process::Command;

use data_encoding::BASE64;
use serde_json::Value;

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
  const texts = all('p, th, td, li, h1, h2, h3, caption, small, summary, .mark, .chip, a, b').filter(node => node.innerText.trim());
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
    ids: all('[id]').filter(node => node.checkVisibility() && node.getClientRects().length).map(node => node.id),
    title: page.title,
    fetched: view.performance.getEntriesByType('resource').length,
  };
  const octets = new TextEncoder().encode(JSON.stringify(seen));
  document.querySelector('pre').textContent = 'SEEN:' + btoa(String.fromCharCode(...octets)) + ':';
};
";

/// The browser, or a named skip.
pub(crate) fn browser() -> Option<PathBuf> {
    require("chromium", "chromium")
}

/// What there is to see of `page` on a screen of `width` pixels.
pub(crate) fn look(browser: &Path, page: &str, width: u32, dark: bool) -> Value {
    look_with(browser, page, width, dark, true)
}

/// The same, where scripts of the page may be forbidden.
pub(crate) fn look_with(
    browser: &Path,
    page: &str,
    width: u32,
    dark: bool,
    scripts: bool,
) -> Value {
    let quoted = page.replace('&', "&amp;").replace('"', "&quot;");
    let profile = tempfile::tempdir().expect("a directory");
    let frame = profile.path().join("frame.html");
    // A frame that may not run scripts can still be looked into from outside.
    let sandbox = if scripts {
        ""
    } else {
        "sandbox=allow-same-origin"
    };
    let text = format!(
        "<!doctype html><meta charset=utf-8><script>{LOOK}</script><pre></pre>\
         <iframe {sandbox} width={width} height=900 style=\"border:0\" srcdoc=\"{quoted}\"></iframe>"
    );
    std::fs::write(&frame, text).expect("a writable directory");
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
        .arg(format!("file://{}", frame.display()))
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
