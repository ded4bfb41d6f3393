//! The same for machines: `summary.json`, as docs/schema/status.schema.json has it.

use serde::Serialize;

use super::sentence::verdict;
use super::share::Uptime;
use super::{Elsewhere, Incident, Page, Series, State, ZoneHistory};
use crate::zone::rfc3339;

/// Fields may be added within a version, never change their meaning.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Summary<'a> {
    version: u32,
    title: &'a str,
    url: Option<String>,
    state: State,
    /// What the page says first.
    verdict: String,
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
    badge: String,
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
    page: String,
}

pub(super) fn summary(page: &Page) -> String {
    let summary = Summary {
        version: VERSION,
        title: &page.title,
        url: page.address(),
        state: page.state(),
        verdict: verdict(page),
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
            badge: super::badge_name(&zone.zone),
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
            page: format!("incidents/{}.html", incident.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::samples::{NOW, elsewhere, incident, page, zone};
    use super::*;
    use crate::report::schema::check;

    const SCHEMA: &str = include_str!("../../docs/schema/status.schema.json");

    fn read(page: &Page) -> Value {
        serde_json::from_str(&summary(page)).expect("JSON")
    }

    #[test]
    fn the_summary_is_as_its_schema_says() {
        let schema: Value = serde_json::from_str(SCHEMA).expect("JSON");
        let mut page = page(vec![zone("example.com.", State::Failed)]);
        page.zones[0].last_24h = [82_080, 0, 4_320, 0];
        page.zones[0].reasons.push("reason".to_owned());
        page.incidents = vec![incident("a", 10, Some(20)), incident("b", NOW, None)];
        page.elsewhere.push(elsewhere("Web", State::Good));
        page.warnings.push("warning".to_owned());
        let json = read(&page);
        assert_eq!(check(&schema, &schema, &json, "summary"), Ok(()));

        let own = &json["zones"][0];
        assert_eq!(
            (&json["state"], &json["made"], &json["old_from"]),
            (
                &json!("failed"),
                &json!("2026-11-30T19:00:00Z"),
                &json!("2026-11-30T19:03:00Z")
            )
        );
        assert_eq!(
            own["uptime"]["24h"],
            json!({ "uptime": 0.95, "good": 82_080, "degraded": 0, "failed": 4_320, "unknown": 0 })
        );
        assert_eq!(own["uptime"]["7d"]["good"], json!(6 * 86_400 + 19 * 3600));
        assert_eq!(
            (&own["since"], &own["providers"][1]["since"]),
            (&json!("2026-11-30T18:00:00Z"), &Value::Null)
        );
        assert_eq!(json["incidents"][0]["name"], "b");

        for (pointer, value) in [
            ("/version", json!(2)),
            ("/state", json!("fine")),
            ("/zones/0/providers/0/uptime/7d/good", json!(-1)),
            ("/zones/0/reasons", Value::Null),
            ("/incidents/0/ended", json!(7)),
        ] {
            let mut wrong = json.clone();
            *wrong.pointer_mut(pointer).expect("a place in it") = value;
            assert!(
                check(&schema, &schema, &wrong, "summary").is_err(),
                "{pointer}"
            );
        }
    }

    #[test]
    fn nothing_watched_is_no_uptime() {
        let mut page = page(vec![zone("example.com.", State::Unknown)]);
        page.zones[0].last_24h = [0, 0, 0, 86_400];
        page.zones[0].days = Vec::new();
        let uptime = &read(&page)["zones"][0]["uptime"];
        for window in ["24h", "7d", "90d"] {
            assert_eq!(uptime[window]["uptime"], Value::Null, "{window}");
        }
    }
}
