//! RSS 2.0 (<https://www.rssboard.org/rss-specification>, verified 2026-11-30): incidents, when they began and when they
//! were over, and every zone that is not good.
//!
//! An item is known by a name that does not change while it lasts, so that a reader shows it once.

use std::fmt::Write as _;

use super::markdown::to_html;
use super::told::{relaxed, rfc1123};
use super::{Page, State, ZoneHistory};
use crate::report::escaped;

/// Items of the feed, the latest.
const ITEMS: usize = 50;

struct Item {
    at: u64,
    title: String,
    /// Below the page's address.
    path: String,
    /// What it is known by, below the page's address.
    name: String,
    /// HTML.
    description: String,
}

/// The feed of the page at `url`, which ends in a slash.
pub(super) fn feed(page: &Page, url: &str) -> String {
    let mut items: Vec<Item> = page.zones.iter().filter_map(of_zone).collect();
    for incident in &page.incidents {
        let path = format!("incidents/{}.html", incident.name);
        items.push(Item {
            at: incident.started,
            title: incident.title.clone(),
            name: path.clone(),
            path: path.clone(),
            description: to_html(&incident.body),
        });
        if let Some(ended) = incident.ended.filter(|&ended| ended <= page.made) {
            items.push(Item {
                at: ended,
                title: format!("Over: {}", incident.title),
                name: format!("{path}#over"),
                path,
                description: to_html(&incident.body),
            });
        }
    }
    items.sort_by(|one, other| (other.at, &one.name).cmp(&(one.at, &other.name)));
    items.truncate(ITEMS);
    let url = escaped(url);
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\">\n<channel>\n<title>{title}</title>\n<link>{url}</link>\n\
         <description>{title}: incidents, and zones that are not good</description>\n<language>en</language>\n\
         <lastBuildDate>{made}</lastBuildDate>\n<ttl>{ttl}</ttl>\n\
         <atom:link href=\"{url}feed.xml\" rel=\"self\" type=\"application/rss+xml\"/>\n",
        title = escaped(&page.title),
        made = rfc1123(page.made),
        ttl = page.interval_seconds.div_ceil(60).max(1),
    );
    for item in items {
        let _ = write!(
            out,
            "<item>\n<title>{}</title>\n<link>{url}{}</link>\n<guid isPermaLink=\"false\">{url}{}</guid>\n",
            escaped(&item.title),
            escaped(&item.path),
            escaped(&item.name)
        );
        if item.at > 0 {
            let _ = writeln!(out, "<pubDate>{}</pubDate>", rfc1123(item.at));
        }
        let _ = write!(
            out,
            "<description>{}</description>\n</item>\n",
            escaped(&item.description)
        );
    }
    out.push_str("</channel>\n</rss>\n");
    out
}

/// A zone that is not good, with what is known of its providers.
fn of_zone(zone: &ZoneHistory) -> Option<Item> {
    if zone.state == State::Good {
        return None;
    }
    let name = relaxed(&zone.zone);
    let of_zone = zone.reasons.iter().map(|reason| escaped(reason));
    let providers = zone.providers.iter();
    let of_providers = providers
        .filter(|series| series.state != State::Good)
        .map(|series| {
            let said = match &series.reasons[..] {
                [] => series.state.word().to_owned(),
                reasons => reasons.join("; "),
            };
            escaped(&format!("{}: {said}", series.provider))
        });
    let lines: Vec<String> = of_zone.chain(of_providers).collect();
    Some(Item {
        at: zone.since,
        title: format!("{name}: {}", told(zone.state)),
        path: String::new(),
        name: format!("#{name}/{}/{}", zone.state.word(), zone.since),
        description: match &lines[..] {
            [] => String::new(),
            _ => format!("<p>{}</p>", lines.join("<br>")),
        },
    })
}

const fn told(state: State) -> &'static str {
    match state {
        State::Unknown => "not known",
        _ => state.word(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{NOW, incident, page, zone};
    use super::*;

    fn each<'a>(feed: &'a str, element: &str) -> Vec<&'a str> {
        let (open, close) = (format!("<{element}"), format!("</{element}>"));
        let items = feed.split("<item>").skip(1);
        items
            .filter_map(|item| {
                Some(
                    item.split_once(&open)?
                        .1
                        .split_once('>')?
                        .1
                        .split_once(&close)?
                        .0,
                )
            })
            .collect()
    }

    #[test]
    fn incidents_begin_and_end_and_zones_fail() {
        let mut page = page(vec![
            zone("a.example.", State::Good),
            zone("b.example.", State::Failed),
        ]);
        page.zones[1].providers[0].reasons = vec!["refused <everything>".to_owned()];
        page.incidents = vec![
            incident("x", NOW - 7200, Some(NOW - 60)),
            incident("y", NOW - 10, None),
        ];
        let feed = feed(&page, "https://status.example.net/");
        assert_eq!(
            each(&feed, "title"),
            [
                "Incident y",
                "Over: Incident x",
                "b.example: failed",
                "Incident x"
            ]
        );
        let base = "https://status.example.net/";
        let names = each(&feed, "guid");
        assert_eq!(
            names,
            [
                format!("{base}incidents/y.html"),
                format!("{base}incidents/x.html#over"),
                format!("{base}#b.example/failed/{}", NOW - 3600),
                format!("{base}incidents/x.html"),
            ]
        );
        assert_eq!(each(&feed, "pubDate")[0], "Mon, 30 Nov 2026 18:59:50 GMT");
        assert!(
            feed.contains("alpha: refused &amp;lt;everything&amp;gt;&lt;br&gt;beta: failed"),
            "{feed}"
        );

        // Known by the same while it lasts, however often the feed is made.
        page.made += 600;
        let later = super::feed(&page, base);
        assert_eq!(each(&later, "guid"), names);
    }

    #[test]
    fn an_incident_is_over_once_its_end_has_come() {
        let mut page = page(Vec::new());
        page.incidents = vec![incident("x", NOW - 20, Some(NOW + 60))];
        let titles = |page: &Page| {
            let feed = feed(page, "https://status.example.net/");
            feed.matches("<title>Over: Incident x</title>").count()
        };
        assert_eq!(titles(&page), 0);
        page.made += 60;
        assert_eq!(titles(&page), 1);
    }

    #[test]
    fn the_feed_is_as_long_as_anybody_reads() {
        let mut page = page(
            (0..60)
                .map(|n| zone(&format!("z{n}."), State::Failed))
                .collect(),
        );
        page.zones[59].since = 0;
        let feed = feed(&page, "https://status.example.net/");
        assert_eq!(feed.matches("<item>").count(), ITEMS);
        assert!(!feed.contains("1970"), "{feed}");
    }
}
