//! Incidents: those of now in full, those of before by date, and a page for each.

use std::fmt::Write as _;

use super::{chip, label};
use crate::report::escaped;
use crate::status::markdown::to_html;
use crate::status::told::{DAY, list, relaxed, span, time};
use crate::status::{Incident, Page, State};
use crate::zone::Date;

/// What lasts, and what is planned.
pub(super) fn current(out: &mut String, page: &Page) {
    let all = page.incidents_in_order();
    let of = |is_meant: &dyn Fn(&Incident) -> bool| -> Vec<&Incident> {
        all.iter().copied().filter(|one| is_meant(one)).collect()
    };
    let now = of(&|one| one.is_current(page.made));
    let mut planned = of(&|one| one.started > page.made);
    planned.reverse();
    for (id, title, incidents) in [
        ("now", "Incidents now", now),
        ("planned", "Planned", planned),
    ] {
        if incidents.is_empty() {
            continue;
        }
        let _ = writeln!(
            out,
            "<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{title}</h2>"
        );
        for incident in incidents {
            let _ = writeln!(
                out,
                "<article class=\"card\">\n<div class=\"head\"><h3><a href=\"incidents/{}.html\">{}</a></h3>{}</div>",
                escaped(&incident.name),
                escaped(&incident.title),
                mark(page, incident)
            );
            about(out, page, incident);
            let _ = writeln!(out, "{}</article>", to_html(&incident.body));
        }
        out.push_str("</section>\n");
    }
}

/// What is over, by date, the latest first; what is older than the bars folded away.
pub(super) fn past(out: &mut String, page: &Page) {
    let mut over = page.incidents_in_order();
    over.retain(|one| {
        one.ended.is_some_and(|ended| ended <= page.made) && one.started <= page.made
    });
    out.push_str("<section aria-labelledby=\"past\">\n<h2 id=\"past\">Past incidents</h2>\n");
    let edge = page.made.saturating_sub(90 * DAY);
    let (recent, older): (Vec<&Incident>, Vec<&Incident>) =
        over.into_iter().partition(|one| one.started >= edge);
    if recent.is_empty() {
        out.push_str("<p class=\"faint\">None in the last 90 days.</p>\n");
    } else {
        by_date(out, &recent);
    }
    if !older.is_empty() {
        out.push_str("<details><summary>Older ones</summary>\n");
        by_date(out, &older);
        out.push_str("</details>\n");
    }
    out.push_str("</section>\n");
}

fn by_date(out: &mut String, incidents: &[&Incident]) {
    out.push_str("<div class=\"card\"><ul class=\"list\">\n");
    for day in incidents.chunk_by(|one, other| Date::of(one.started) == Date::of(other.started)) {
        let _ = writeln!(
            out,
            "<li><h3 class=\"faint\">{}</h3>",
            Date::of(day[0].started)
        );
        for incident in day {
            let lasted = incident.ended.unwrap_or(incident.started) - incident.started;
            let _ = writeln!(
                out,
                "<div class=\"head\"><span><a href=\"incidents/{}.html\">{}</a> <span class=\"faint\">{}</span></span>{}</div>",
                escaped(&incident.name),
                escaped(&incident.title),
                span(lasted),
                chip(incident.state)
            );
        }
        out.push_str("</li>\n");
    }
    out.push_str("</ul></div>\n");
}

/// How bad it is, or that it has not come yet.
fn mark(page: &Page, incident: &Incident) -> String {
    if incident.started > page.made {
        label(State::Unknown, "…", "Planned")
    } else {
        chip(incident.state)
    }
}

/// When it was, and what it is about.
fn about(out: &mut String, page: &Page, incident: &Incident) {
    let when = match incident.ended {
        Some(ended) => {
            let lasted = span(ended.saturating_sub(incident.started));
            format!("{} to {}, {lasted}", time(incident.started), time(ended))
        }
        None if incident.started > page.made => format!("from {} on", time(incident.started)),
        None => {
            let lasts = span(page.made - incident.started);
            format!("since {}, {lasts}", time(incident.started))
        }
    };
    let _ = write!(out, "<p class=\"faint\">{when}");
    let zones: Vec<&str> = incident.zones.iter().map(|zone| relaxed(zone)).collect();
    let providers: Vec<&str> = incident.providers.iter().map(|id| &**id).collect();
    for (what, names) in [("zones", zones), ("providers", providers)] {
        if !names.is_empty() {
            let _ = write!(out, " · {what}: {}", escaped(&list(&names, names.len())));
        }
    }
    out.push_str("</p>\n");
}

/// `incidents/NAME.html`.
pub(in crate::status) fn page(page: &Page, incident: &Incident) -> String {
    let mut out = String::with_capacity(8 * 1024);
    super::open(
        &mut out,
        page,
        &format!("{} · {}", incident.title, page.title),
        false,
    );
    let _ = write!(
        out,
        "<header><p class=\"faint\"><a href=\"../index.html\">{}</a></p></header>\n<main>\n<article class=\"card\">\n\
         <div class=\"head\"><h1>{}</h1>{}</div>\n",
        escaped(&page.title),
        escaped(&incident.title),
        mark(page, incident)
    );
    about(&mut out, page, incident);
    let _ = write!(
        out,
        "{}</article>\n<p class=\"faint\">Made {}.</p>\n</main>\n</body>\n</html>\n",
        to_html(&incident.body),
        time(page.made)
    );
    out
}
