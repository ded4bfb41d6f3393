//! The public status page: from states and their history to the files of a static site.
//!
//! Whoever watches keeps the history and fills a [`Page`]; [`files`] makes of it what any host for static files can
//! serve. What the page says, the machines' `summary.json` says too, since both are made of the same values.
//!
//! All moments are seconds since 1970, in UTC.

mod badge;
mod feed;
mod incident;
mod link;
mod markdown;
mod page;
#[cfg(test)]
mod samples;
mod sentence;
mod share;
mod summary;
mod told;

pub use incident::{CODES, Incident};
pub use told::span;

use data_encoding::HEXLOWER;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use crate::zone::Date;

/// How something is doing.
#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// As it should be.
    Good,
    /// Answered, and not everything is as it should be.
    Degraded,
    /// Not answered, or wrongly.
    Failed,
    /// Nobody could look.
    #[default]
    Unknown,
}

impl State {
    /// All of them, in the order of [`Day::seconds`].
    pub const ALL: [Self; 4] = [Self::Good, Self::Degraded, Self::Failed, Self::Unknown];

    /// As it is written everywhere: `good`, `degraded`, `failed`, `unknown`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Degraded => "degraded",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }

    /// What tells more of several states together: the most serious that is known, and `Good` only where all are.
    #[must_use]
    pub fn worst(states: impl IntoIterator<Item = Self>) -> Option<Self> {
        let weight = |state: &Self| match state {
            Self::Good => 0,
            Self::Unknown => 1,
            Self::Degraded => 2,
            Self::Failed => 3,
        };
        states.into_iter().max_by_key(weight)
    }
}

/// Everything that the files say.
#[derive(Clone, PartialEq, Debug)]
pub struct Page {
    /// Of the page, as an operator names it.
    pub title: String,
    /// Where `index.html` is served, absolute (`https://status.example.net/`). Without it there is no feed, since a
    /// feed needs absolute addresses.
    pub url: Option<String>,
    /// When the files were made.
    pub made: u64,
    /// How often they are made anew. After three of them the page says that it is old.
    pub interval_seconds: u64,
    /// What is watched.
    pub zones: Vec<ZoneHistory>,
    /// Other services that are shown beside.
    pub elsewhere: Vec<Elsewhere>,
    /// Current and past ones, in any order.
    pub incidents: Vec<Incident>,
    /// What is wrong with the page itself, such as that its host depends on the providers it reports on.
    pub warnings: Vec<String>,
}

impl Page {
    /// All zones and what is happening, in one word.
    pub fn state(&self) -> State {
        let incidents = self.incidents.iter();
        let current = incidents.filter(|incident| incident.is_current(self.made));
        let zones = self.zones.iter().map(|zone| zone.state);
        // Without a zone there is nothing that could be good.
        match State::worst(zones) {
            Some(state) => {
                State::worst(current.map(|one| one.state).chain([state])).unwrap_or(state)
            }
            None => State::Unknown,
        }
    }

    /// From when on the files should have been made anew.
    pub(crate) fn old_from(&self) -> u64 {
        self.made
            .saturating_add(self.interval_seconds.saturating_mul(3))
    }

    /// Where the page is, with a final slash; nothing where that is no address of a page.
    fn address(&self) -> Option<String> {
        let url = self
            .url
            .as_deref()
            .filter(|url| link::is_link(url) && !url.starts_with("mailto:"))?;
        let folder = url.strip_suffix("index.html").unwrap_or(url);
        Some(format!("{}/", folder.trim_end_matches('/')))
    }

    /// The latest first.
    fn incidents_in_order(&self) -> Vec<&Incident> {
        let mut incidents: Vec<&Incident> = self.incidents.iter().collect();
        incidents.sort_by(|one, other| (other.started, &other.name).cmp(&(one.started, &one.name)));
        incidents
    }
}

/// A zone and how it was doing.
#[derive(Clone, PartialEq, Debug)]
pub struct ZoneHistory {
    /// Its name, with or without the final dot.
    pub zone: String,
    /// Now.
    pub state: State,
    /// When that began; 0 where nobody knows.
    pub since: u64,
    /// Why it is not good, in words for people.
    pub reasons: Vec<String>,
    /// Seconds of the last 24 hours in each state, in the order of [`State::ALL`].
    pub last_24h: [u64; 4],
    /// The last 90 days, oldest first, the last one today.
    pub days: Vec<Day>,
    /// The same of each provider.
    pub providers: Vec<Series>,
}

/// How a provider was doing in one zone.
#[derive(Clone, PartialEq, Debug)]
pub struct Series {
    /// The account's id.
    pub provider: String,
    /// Now.
    pub state: State,
    /// When that began; 0 where nobody knows.
    pub since: u64,
    /// Why it is not good, in words for people.
    pub reasons: Vec<String>,
    /// Seconds of the last 24 hours in each state, in the order of [`State::ALL`].
    pub last_24h: [u64; 4],
    /// The last 90 days, oldest first, the last one today.
    pub days: Vec<Day>,
    /// Within how many milliseconds half of the answers came, in the last round.
    pub p50_ms: Option<f64>,
    /// And 95 of 100.
    pub p95_ms: Option<f64>,
}

/// One day of one history.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Day {
    /// In UTC.
    pub date: Date,
    /// Seconds in each state, in the order of [`State::ALL`]. What is lacking of the day was not watched, as if
    /// unknown.
    pub seconds: [u64; 4],
}

/// Another service, as the operator's own source tells of it.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq, Debug)]
pub struct Elsewhere {
    /// `Web site`.
    pub name: String,
    /// Now.
    pub state: State,
    /// A sentence about it, or nothing.
    #[serde(default)]
    pub detail: String,
    /// Where more is said; shown if it begins with http, https or mailto.
    #[serde(default)]
    pub link: Option<String>,
}

/// The files of the page, each with its name relative to the directory: `index.html`, `summary.json`, `badge.svg`,
/// `badge-ZONE.svg`, `incidents/NAME.html`, and `feed.xml` where the page has an address.
///
/// Nothing else is read or written. Files of zones and incidents that are no longer in `page` are left to the caller.
pub fn files(page: &Page) -> Vec<(String, Vec<u8>)> {
    let mut files = vec![
        ("index.html".to_owned(), page::index(page)),
        ("summary.json".to_owned(), summary::summary(page)),
        ("badge.svg".to_owned(), badge::of_page(page)),
    ];
    if let Some(url) = page.address() {
        files.push(("feed.xml".to_owned(), feed::feed(page, &url)));
    }
    for zone in &page.zones {
        files.push((badge_name(&zone.zone), badge::of_zone(page, zone)));
    }
    for incident in &page.incidents {
        let name = format!("incidents/{}.html", incident.name);
        files.push((name, page::incident(page, incident)));
    }
    let octets = |(name, text): (String, String)| (name, text.into_bytes());
    files.into_iter().map(octets).collect()
}

/// The file of a zone's badge. What a file system or an address could take amiss is written as `~` and its
/// hexadecimal digits, and a name that is too long for a file ends in its hash.
fn badge_name(zone: &str) -> String {
    use std::fmt::Write as _;
    let mut name = String::from("badge-");
    for octet in told::relaxed(zone).bytes() {
        match octet {
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => name.push(octet.into()),
            b'.' if !name.ends_with('.') && name != "badge-" => name.push('.'),
            _ => {
                let _ = write!(name, "~{octet:02x}");
            }
        }
    }
    if name.len() > 200 {
        let hash = digest(&SHA256, zone.as_bytes());
        name.truncate(180);
        name.push('~');
        name.push_str(&HEXLOWER.encode(&hash.as_ref()[..8]));
    }
    name + ".svg"
}

#[cfg(test)]
mod tests;
