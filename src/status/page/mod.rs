//! The page itself: it stands on its own, fetches nothing, and says all it has to say without its script. The script
//! only looks at the clock, since a page that nobody makes anew must not go on saying that all is good.

mod bars;
mod incidents;
mod zones;

use std::fmt::Write as _;

use data_encoding::BASE64;
use ring::digest::{SHA256, digest};

use super::link::is_link;
use super::sentence::{besides, verdict};
use super::told::{span, time};
use super::{Elsewhere, Page, State};
use crate::report::escaped;

pub(super) use incidents::page as incident;

const SCRIPT: &str = include_str!("age.js");

/// `index.html`.
pub(super) fn index(page: &Page) -> String {
    let mut out = String::with_capacity(64 * 1024);
    open(&mut out, page, &page.title, true);
    let state = page.state();
    let _ = write!(
        out,
        "<header><h1>{}</h1></header>\n<main>\n\
         <div id=\"old\" class=\"notice\" role=\"alert\" hidden><strong>This page has not been updated since {made}, \
         <span></span> ago.</strong> What it says was true then; nobody knows about now. <a href=\"\">Load it again</a></div>\n\
         <div class=\"verdict {class}\"><p id=\"mark\" aria-hidden=\"true\">{symbol}</p>\n\
         <div><p class=\"sentence\"><span id=\"then\" hidden>Then: </span>{sentence}.</p>\n",
        escaped(&page.title),
        made = time(page.made),
        class = state.word(),
        symbol = symbol(state),
        sentence = escaped(&verdict(page)),
    );
    if let Some(words) = besides(page) {
        let _ = writeln!(out, "<p class=\"besides\">{}</p>", escaped(&words));
    }
    let _ = writeln!(
        out,
        "</div></div>\n<p id=\"made\" class=\"faint\">Made {} <span id=\"age\">– if that is more than {} ago, this page is \
         no longer updated and says nothing about now</span>, anew every {}.</p>",
        time(page.made),
        span(page.old_from() - page.made),
        match page.interval_seconds {
            60 => "minute".to_owned(),
            3600 => "hour".to_owned(),
            other => span(other),
        },
    );
    incidents::current(&mut out, page);
    zones::zones(&mut out, page);
    elsewhere(&mut out, &page.elsewhere);
    incidents::past(&mut out, page);
    figures(&mut out);
    if !page.warnings.is_empty() {
        out.push_str(
            "<section aria-labelledby=\"about\">\n<h2 id=\"about\">About this page</h2>\n<ul>\n",
        );
        for warning in &page.warnings {
            let _ = writeln!(out, "<li>{}</li>", escaped(warning));
        }
        out.push_str("</ul>\n</section>\n");
    }
    let feed = match page.address() {
        Some(_) => "<a href=\"feed.xml\">Feed (RSS)</a>\n",
        None => "",
    };
    let _ = write!(
        out,
        "</main>\n<footer><p>{feed}<a href=\"summary.json\">For machines (JSON)</a>\n<a href=\"badge.svg\">Badge (SVG)</a>\n\
         <span>redundns {}</span></p></footer>\n<script>{SCRIPT}</script>\n</body>\n</html>\n",
        env!("CARGO_PKG_VERSION")
    );
    out
}

/// All before the body's content; `is_index` has a script and stands in the folder that addresses begin in.
fn open(out: &mut String, page: &Page, title: &str, is_index: bool) {
    let up = if is_index { "" } else { "../" };
    let script = if is_index {
        let hash = BASE64.encode(digest(&SHA256, SCRIPT.as_bytes()).as_ref());
        format!("; script-src 'sha256-{hash}'")
    } else {
        String::new()
    };
    let feed = match page.address() {
        Some(_) => format!(
            "<link rel=\"alternate\" type=\"application/rss+xml\" title=\"{}\" href=\"{up}feed.xml\">\n",
            escaped(&page.title)
        ),
        None => String::new(),
    };
    let colour = match page.state() {
        State::Good => "2f9160",
        State::Degraded => "c98500",
        State::Failed => "b3261e",
        State::Unknown => "7b838e",
    };
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'{script}\">\n\
         <meta name=\"description\" content=\"{description}\">\n<title>{title}</title>\n\
         <link rel=\"icon\" href=\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'%3E\
         %3Ccircle cx='4' cy='4' r='4' fill='%23{colour}'/%3E%3C/svg%3E\">\n{feed}\
         <style>\n{style}</style>\n</head>\n<body data-interval=\"{interval}\">\n",
        description = escaped(&verdict(page)),
        title = escaped(title),
        style = include_str!("style.css"),
        interval = page.interval_seconds,
    );
}

const fn symbol(state: State) -> &'static str {
    match state {
        State::Good => "✓",
        State::Degraded => "~",
        State::Failed => "!",
        State::Unknown => "?",
    }
}

/// A state in words, with the colour and the symbol that belong to it.
fn chip(state: State) -> String {
    let word = match state {
        State::Good => "Good",
        State::Degraded => "Degraded",
        State::Failed => "Failed",
        State::Unknown => "Not known",
    };
    label(state, symbol(state), word)
}

fn label(state: State, symbol: &str, word: &str) -> String {
    format!(
        "<span class=\"chip {}\"><span aria-hidden=\"true\">{symbol}</span> {word}</span>",
        state.word()
    )
}

fn elsewhere(out: &mut String, others: &[Elsewhere]) {
    if others.is_empty() {
        return;
    }
    out.push_str(
        "<section aria-labelledby=\"elsewhere\">\n<h2 id=\"elsewhere\">Other services</h2>\n\
         <div class=\"card\"><ul class=\"list\">\n",
    );
    for one in others {
        let name = escaped(&one.name);
        let name = match one.link.as_deref().filter(|link| is_link(link)) {
            Some(link) => format!(
                "<a href=\"{}\" rel=\"noreferrer\">{name}</a>",
                escaped(link)
            ),
            None => name,
        };
        let _ = write!(
            out,
            "<li><div class=\"head\"><h3>{name}</h3>{}</div>",
            chip(one.state)
        );
        if !one.detail.is_empty() {
            let _ = write!(out, "<p class=\"faint\">{}</p>", escaped(&one.detail));
        }
        out.push_str("</li>\n");
    }
    out.push_str("</ul></div>\n</section>\n");
}

fn figures(out: &mut String) {
    out.push_str(
        "<section aria-labelledby=\"figures\">\n<h2 id=\"figures\">How the figures are made</h2>\n\
         <p class=\"faint\">Every nameserver of every provider is asked for the records of each zone. A percentage is the time that was \
         good, divided by the time that was watched: degraded time does not count as good, and time that nobody watched counts \
         neither as good nor as bad. Percentages are never rounded up. 24 h are the last 24 hours; 7 d and 90 d are days of UTC, today \
         among them. Each bar is a day; green is good, amber degraded, red failed, and a thin grey line was not watched.</p>\n\
         </section>\n",
    );
}
