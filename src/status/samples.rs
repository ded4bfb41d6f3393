//! Small pages for tests.

use super::{Day, Elsewhere, Incident, Page, Series, State, ZoneHistory};
use crate::zone::Date;

/// 30 November 2026, 19:00 UTC.
pub(super) const NOW: u64 = 1_796_065_200;

pub(super) fn page(zones: Vec<ZoneHistory>) -> Page {
    Page {
        title: "Example status".to_owned(),
        url: Some("https://status.example.net/".to_owned()),
        made: NOW,
        interval_seconds: 60,
        zones,
        elsewhere: Vec::new(),
        incidents: Vec::new(),
        warnings: Vec::new(),
    }
}

pub(super) fn zone(name: &str, state: State) -> ZoneHistory {
    ZoneHistory {
        zone: name.to_owned(),
        state,
        since: NOW - 3600,
        reasons: Vec::new(),
        last_24h: [86_400, 0, 0, 0],
        days: days(&[]),
        providers: ["alpha", "beta"].map(|id| provider(id, state)).to_vec(),
    }
}

pub(super) fn provider(id: &str, state: State) -> Series {
    Series {
        provider: id.to_owned(),
        state,
        since: 0,
        reasons: Vec::new(),
        last_24h: [86_400, 0, 0, 0],
        days: days(&[]),
        p50_ms: Some(12.0),
        p95_ms: None,
    }
}

/// 90 days that were good but for those named, counted from the oldest.
pub(super) fn days(others: &[(usize, [u64; 4])]) -> Vec<Day> {
    let today = Date::of(NOW).begin();
    (0..90)
        .map(|place| Day {
            date: Date::of(today - (89 - place as u64) * 86_400),
            seconds: match others.iter().find(|(own, _)| *own == place) {
                Some((_, seconds)) => *seconds,
                None if place == 89 => [NOW - today, 0, 0, 0],
                None => [86_400, 0, 0, 0],
            },
        })
        .collect()
}

pub(super) fn incident(name: &str, started: u64, ended: Option<u64>) -> Incident {
    Incident {
        name: name.to_owned(),
        title: format!("Incident {name}"),
        started,
        ended,
        state: State::Degraded,
        zones: vec!["example.com".to_owned()],
        providers: vec!["alpha".to_owned()],
        body: "It **was** so.".to_owned(),
    }
}

pub(super) fn elsewhere(name: &str, state: State) -> Elsewhere {
    Elsewhere {
        name: name.to_owned(),
        state,
        detail: String::new(),
        link: None,
    }
}
