//! The zones, those with trouble first, and their providers.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::bars::{bars, troubled};
use super::chip;
use crate::report::escaped;
use crate::report::text::plural;
use crate::status::share::{Share, Uptime};
use crate::status::told::{DAY, list, percent, relaxed, span, time};
use crate::status::{Page, Series, State, ZoneHistory};

/// Zones whose providers are shown without being asked for.
const FEW: usize = 3;

/// Lines about days with trouble, each zone.
const TOLD: usize = 40;

pub(super) fn zones(out: &mut String, page: &Page) {
    let many = if page.zones.len() > 1 { " many" } else { "" };
    let _ = writeln!(
        out,
        "<section aria-labelledby=\"zones\">\n<h2 id=\"zones\">Zones</h2>\n\
         <p class=\"faint\">Each bar is a day; each percentage is the share of the watched time that was good \
         (<a href=\"#figures\">how the figures are made</a>).</p>\n<div class=\"zones{many}\">"
    );
    let mut sorted: Vec<&ZoneHistory> = page.zones.iter().collect();
    sorted.sort_by_key(|zone| match zone.state {
        State::Failed => 0,
        State::Degraded => 1,
        State::Unknown => 2,
        State::Good => 3,
    });
    for zone in sorted {
        of_zone(out, page, zone);
    }
    out.push_str("</div>\n</section>\n");
}

fn of_zone(out: &mut String, page: &Page, zone: &ZoneHistory) {
    let name = relaxed(&zone.zone);
    let _ = writeln!(
        out,
        "<article class=\"card\">\n<div class=\"head\"><h3>{}</h3>{}</div>",
        escaped(name),
        chip(zone.state)
    );
    since(out, zone.since, page.made);
    reasons(out, &zone.reasons);
    bars(out, name, &zone.days);
    out.push_str("<p class=\"scale\"><span>90 days ago</span><span>today</span></p>\n");
    figures(out, &Uptime::of(zone.last_24h, &zone.days), None);
    if !zone.providers.is_empty() {
        let open = if zone.state != State::Good || page.zones.len() <= FEW {
            " open"
        } else {
            ""
        };
        let _ = writeln!(
            out,
            "<details{open}><summary>{}</summary>",
            escaped(&providers(zone))
        );
        for series in &zone.providers {
            of_provider(out, page, name, series);
        }
        out.push_str("</details>\n");
    }
    troubles(out, zone);
    out.push_str("</article>\n");
}

/// As in `3 providers: alpha, beta and gamma`.
fn providers(zone: &ZoneHistory) -> String {
    let names: Vec<&str> = zone.providers.iter().map(|one| &*one.provider).collect();
    format!("{}: {}", plural(names.len(), "provider"), list(&names, 4))
}

fn of_provider(out: &mut String, page: &Page, zone: &str, series: &Series) {
    let _ = writeln!(
        out,
        "<div class=\"provider\"><div class=\"head\"><h4>{}</h4>{}</div>",
        escaped(&series.provider),
        chip(series.state)
    );
    if series.state != State::Good {
        since(out, series.since, page.made);
    }
    reasons(out, &series.reasons);
    bars(out, &format!("{zone} at {}", series.provider), &series.days);
    let uptime = Uptime::of(series.last_24h, &series.days);
    figures(
        out,
        &uptime,
        series.p50_ms.or(series.p95_ms).map(|_| series),
    );
    out.push_str("</div>\n");
}

fn since(out: &mut String, since: u64, made: u64) {
    if since > 0 && since <= made {
        let _ = writeln!(
            out,
            "<p class=\"faint\">since {}, {}</p>",
            time(since),
            span(made - since)
        );
    }
}

fn reasons(out: &mut String, reasons: &[String]) {
    match reasons {
        [] => {}
        [only] => {
            let _ = writeln!(out, "<p>{}</p>", escaped(only));
        }
        _ => {
            out.push_str("<ul>\n");
            for reason in reasons {
                let _ = writeln!(out, "<li>{}</li>", escaped(reason));
            }
            out.push_str("</ul>\n");
        }
    }
}

/// The percentages of good time, and how fast a provider answers.
fn figures(out: &mut String, uptime: &Uptime, speed: Option<&Series>) {
    out.push_str("<p class=\"figures\">");
    for (label, share, least) in [
        // Today is not over, and a look may be missed.
        ("24 h", &uptime.day, DAY - 3600),
        ("7 d", &uptime.week, 6 * DAY - 3600),
        ("90 d", &uptime.quarter, 89 * DAY - 12 * 3600),
    ] {
        figure(out, label, share, least);
    }
    if let Some(series) = speed {
        let within = |time: Option<f64>, what: &str| {
            time.map(|time| format!("{what} in <b>{} ms</b>", milliseconds(time)))
        };
        let parts = [
            within(series.p50_ms, "answers: half"),
            within(series.p95_ms, "95 %"),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let _ = write!(out, "<span>{}</span>", parts.join(", "));
    }
    out.push_str("</p>\n");
}

fn milliseconds(time: f64) -> String {
    if time < 10.0 {
        format!("{time:.1}")
    } else {
        format!("{time:.0}")
    }
}

fn figure(out: &mut String, label: &str, share: &Share, least: u64) {
    let watched = share.good + share.degraded + share.failed;
    let _ = match share.uptime {
        None => write!(out, "<span>{label}: not watched</span> "),
        Some(uptime) if watched < least => write!(
            out,
            "<span>{label} <b>{}</b> of {} watched</span> ",
            percent(uptime),
            span(watched)
        ),
        Some(uptime) => write!(out, "<span>{label} <b>{}</b></span> ", percent(uptime)),
    };
}

/// The days that a pointer would have to find, in words, the latest first.
fn troubles(out: &mut String, zone: &ZoneHistory) {
    let mut told: BTreeMap<Reverse<String>, Vec<&str>> = BTreeMap::new();
    let providers = zone.providers.iter().map(|one| (&*one.provider, &one.days));
    for (name, days) in [("zone", &zone.days)].into_iter().chain(providers) {
        for day in troubled(days) {
            told.entry(Reverse(day)).or_default().push(name);
        }
    }
    if told.is_empty() {
        return;
    }
    out.push_str("<details><summary>Days with trouble</summary>\n<ul>\n");
    let more = told.len().saturating_sub(TOLD);
    for (Reverse(day), names) in told.into_iter().take(TOLD) {
        let _ = writeln!(out, "<li>{day} ({})</li>", escaped(&names.join(", ")));
    }
    if more > 0 {
        let _ = writeln!(out, "<li>{} before</li>", plural(more, "line"));
    }
    out.push_str("</ul>\n</details>\n");
}
