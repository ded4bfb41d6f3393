//! The same for machines: `summary.json`, as docs/schema/status.schema.json has it.

use serde::Serialize;

use super::share::Uptime;
use super::{Elsewhere, Incident, Page, Series, State, ZoneHistory};
use crate::zone::rfc3339;

/// Fields may be added within a version, never change their meaning.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Summary<'a> {
    version: u32,
    title: &'a str,
    url: Option<&'a str>,
    state: State,
    made: String,
    interval_seconds: u64,
    /// From when on nothing here should be believed any more.
    old_from: String,
    zones: Vec<Watched<'a>>,
    incidents: Vec<Event<'a>>,
    elsewhere: &'a [Elsewhere],
    warnings: &'a [String],
}

#[derive(Serialize)]
struct Watched<'a> {
    zone: &'a str,
    state: State,
    since: Option<String>,
    reasons: &'a [String],
    uptime: Uptime,
    providers: Vec<Provider<'a>>,
}

#[derive(Serialize)]
struct Provider<'a> {
    id: &'a str,
    state: State,
    since: Option<String>,
    reasons: &'a [String],
    uptime: Uptime,
    p50_ms: Option<f64>,
    p95_ms: Option<f64>,
}

#[derive(Serialize)]
struct Event<'a> {
    name: &'a str,
    title: &'a str,
    state: State,
    started: String,
    ended: Option<String>,
    zones: &'a [String],
    providers: &'a [String],
}

pub(super) fn summary(page: &Page) -> String {
    let summary = Summary {
        version: VERSION,
        title: &page.title,
        url: page.url.as_deref(),
        state: page.state(),
        made: rfc3339(page.made),
        interval_seconds: page.interval_seconds,
        old_from: rfc3339(page.old_from()),
        zones: page.zones.iter().map(Watched::of).collect(),
        incidents: page
            .incidents_in_order()
            .into_iter()
            .map(Event::of)
            .collect(),
        elsewhere: &page.elsewhere,
        warnings: &page.warnings,
    };
    let mut json = serde_json::to_string_pretty(&summary).expect("every key is a string");
    json.push('\n');
    json
}

fn moment(seconds: u64) -> Option<String> {
    (seconds > 0).then(|| rfc3339(seconds))
}

impl<'a> Watched<'a> {
    fn of(zone: &'a ZoneHistory) -> Self {
        Self {
            zone: &zone.zone,
            state: zone.state,
            since: moment(zone.since),
            reasons: &zone.reasons,
            uptime: Uptime::of(zone.last_24h, &zone.days),
            providers: zone.providers.iter().map(Provider::of).collect(),
        }
    }
}

impl<'a> Provider<'a> {
    fn of(series: &'a Series) -> Self {
        Self {
            id: &series.provider,
            state: series.state,
            since: moment(series.since),
            reasons: &series.reasons,
            uptime: Uptime::of(series.last_24h, &series.days),
            p50_ms: series.p50_ms,
            p95_ms: series.p95_ms,
        }
    }
}

impl<'a> Event<'a> {
    fn of(incident: &'a Incident) -> Self {
        Self {
            name: &incident.name,
            title: &incident.title,
            state: incident.state,
            started: rfc3339(incident.started),
            ended: incident.ended.map(rfc3339),
            zones: &incident.zones,
            providers: &incident.providers,
        }
    }
}
