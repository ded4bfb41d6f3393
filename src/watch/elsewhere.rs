//! The state of other services, as JSON that the operator's own source gives.

use serde::Deserialize;

use crate::status::{Elsewhere, State};

/// A list, or the `summary.json` of another page like ours.
#[derive(Deserialize)]
#[serde(untagged)]
enum Source {
    List(Vec<Elsewhere>),
    Summary(Summary),
}

#[derive(Deserialize)]
struct Summary {
    url: Option<String>,
    zones: Vec<Zone>,
}

#[derive(Deserialize)]
struct Zone {
    #[serde(rename = "zone")]
    name: String,
    state: State,
    #[serde(default)]
    reasons: Vec<String>,
}

/// Reads either form; the error is one sentence.
pub fn elsewhere(json: &[u8]) -> Result<Vec<Elsewhere>, String> {
    let value: serde_json::Value =
        serde_json::from_slice(json).map_err(|error| format!("it is no JSON: {error}"))?;
    let source = Source::deserialize(value).map_err(|_| {
        "it is neither a list of { name, state, detail, link } with states good, degraded, failed or unknown, nor the \
         summary.json of a status page"
            .to_owned()
    })?;
    Ok(match source {
        Source::List(list) => list,
        Source::Summary(summary) => summary
            .zones
            .into_iter()
            .map(|zone| Elsewhere {
                name: zone.name,
                state: zone.state,
                detail: zone.reasons.into_iter().next().unwrap_or_default(),
                link: summary.url.clone(),
            })
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_and_a_summary_are_read_and_nothing_else_is() {
        let list = br#"[{"name": "Web", "state": "good"}, {"name": "Mail", "state": "failed", "detail": "down", "link": "https://x.example/", "more": 1}]"#;
        let read = elsewhere(list).expect("a list");
        assert_eq!(
            (read.len(), read[1].state, &*read[1].detail),
            (2, State::Failed, "down")
        );
        let summary = br#"{"version": 1, "url": "https://status.example/", "zones":
            [{"zone": "example.com.", "state": "degraded", "reasons": ["slow", "wrong"], "uptime": {}}]}"#;
        let read = elsewhere(summary).expect("a summary");
        assert_eq!((&*read[0].name, &*read[0].detail), ("example.com.", "slow"));
        assert_eq!(read[0].link.as_deref(), Some("https://status.example/"));
        for other in [
            "",
            "nonsense",
            "{}",
            "[1]",
            r#"[{"name": "x", "state": "fine"}]"#,
        ] {
            assert!(elsewhere(other.as_bytes()).is_err(), "{other}");
        }
        // What a page of ours says of itself is read by another one.
        let page = crate::status::Page {
            title: "DNS".to_owned(),
            url: None,
            made: 1_795_439_101,
            interval_seconds: 300,
            zones: Vec::new(),
            elsewhere: Vec::new(),
            incidents: Vec::new(),
            warnings: Vec::new(),
        };
        let files = crate::status::files(&page);
        let summary = files.iter().find(|(name, _)| name == "summary.json");
        let (_, octets) = summary.expect("a page has a summary");
        assert_eq!(elsewhere(octets).map(|list| list.len()), Ok(0));
    }
}
