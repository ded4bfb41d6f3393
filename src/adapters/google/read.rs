//! What the API lists: managed zones, and record sets into a [`Zone`](crate::zone::Zone).

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;

use crate::adapters::presentation::absolute;
use crate::provider::Opaque;
use crate::zone::{Name, Position, RecordKey, RecordType, ZoneBuilder, rdata};

/// One managed zone of the project.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ManagedZone {
    /// What it is called in paths; the user chose it.
    pub(super) name: String,
    pub(super) dns_name: String,
    #[serde(default)]
    visibility: Option<String>,
    /// Its nameservers, with their final dots.
    #[serde(default)]
    pub(super) name_servers: Vec<String>,
}

impl ManagedZone {
    /// Whether it answers in networks of the project alone.
    pub(super) fn is_private(&self) -> bool {
        self.visibility.as_deref() == Some("private")
    }
}

/// A page of managed zones.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ZonePage {
    #[serde(default)]
    pub(super) managed_zones: Vec<ManagedZone>,
    pub(super) next_page_token: Option<String>,
}

/// A page of record sets.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SetPage {
    /// Never left out: no page of a zone is empty, which has an SOA and an NS set at least.
    pub(super) rrsets: Vec<Listed>,
    pub(super) next_page_token: Option<String>,
}

/// A record set as it comes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Listed {
    name: String,
    #[serde(rename = "type")]
    rtype: String,
    #[serde(default)]
    ttl: u32,
    #[serde(default)]
    rrdatas: Vec<String>,
    routing_policy: Option<Value>,
}

/// Values as the API spells them where this adapter spells them otherwise: a deletion must repeat them.
pub(super) type Spelled = HashMap<RecordKey, Vec<String>>;

/// Record sets being read, page by page.
pub(super) struct Sets {
    pub(super) builder: ZoneBuilder,
    pub(super) spelled: Spelled,
    pub(super) opaque: Vec<Opaque>,
}

impl Sets {
    pub(super) fn new(origin: &Name) -> Self {
        Self {
            builder: ZoneBuilder::new(origin.clone()),
            spelled: Spelled::new(),
            opaque: Vec::new(),
        }
    }

    /// Takes in a record set.
    pub(super) fn add(&mut self, set: Listed) -> Result<(), String> {
        let fail = |why: &str| format!("`{} {}`: {why}", set.name, set.rtype);
        let origin = self.builder.origin();
        let owner = absolute(&set.name, origin).map_err(|why| fail(&why.to_string()))?;
        if !owner.borrow().is_at_or_below(origin.borrow()) {
            return Err(fail("outside of the zone"));
        }
        if set.rtype == "ALIAS" {
            // It answers in the place of both, and no other type tells of it.
            let what = format!("an alias of `{}`", set.rrdatas.join(" "));
            for rtype in [RecordType::A, RecordType::AAAA] {
                let key = RecordKey {
                    owner: owner.clone(),
                    rtype,
                };
                let what = what.clone();
                self.opaque.push(Opaque { key, what });
            }
            return Ok(());
        }
        let rtype: RecordType = set.rtype.parse().map_err(|_| fail("no record type"))?;
        let key = RecordKey { owner, rtype };
        if let Some(policy) = &set.routing_policy {
            let what = of_policy(policy).to_owned();
            self.opaque.push(Opaque { key, what });
            return Ok(());
        }
        if set.rrdatas.is_empty() {
            return Err(fail("no value"));
        }
        let (mut data, mut is_spelled_otherwise) = (Vec::new(), false);
        for text in &set.rrdatas {
            data.clear();
            rdata::append_text(rtype, text, None, &mut data)
                .map_err(|why| fail(&format!("`{text}`: {why}")))?;
            is_spelled_otherwise |= rdata::to_text(rtype, &data) != *text;
            let owner = key.owner.borrow();
            self.builder
                .push(owner, rtype, set.ttl, &data, Position::default());
        }
        if is_spelled_otherwise {
            self.spelled.insert(key, set.rrdatas);
        }
        Ok(())
    }
}

/// What a routing policy makes of a set, as the end of a sentence.
fn of_policy(policy: &Value) -> &'static str {
    for (field, what) in [
        ("wrr", "weighted"),
        ("geo", "answered by location"),
        ("primaryBackup", "answered by a health check"),
    ] {
        if policy.get(field).is_some() {
            return what;
        }
    }
    "answered by a routing policy"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(sets: &mut Sets, json: &str) -> Result<(), String> {
        sets.add(serde_json::from_str(json).expect("a set in a test"))
    }

    fn sets() -> Sets {
        Sets::new(&Name::absolute("example.com").expect("a name"))
    }

    #[test]
    fn what_is_spelled_otherwise_is_kept() {
        let mut sets = sets();
        for json in [
            r#"{"name": "_25._tcp.example.com.", "type": "TLSA", "ttl": 60, "rrdatas": ["3 1 1 abcd"]}"#,
            r#"{"name": "www.example.com.", "type": "A", "ttl": 60, "rrdatas": ["192.0.2.1"]}"#,
        ] {
            add(&mut sets, json).expect("a set");
        }
        let spelled: Vec<String> = sets.spelled.keys().map(ToString::to_string).collect();
        assert_eq!(spelled, ["_25._tcp.example.com. TLSA"]);
        assert_eq!(sets.builder.finish().len(), 2);
    }

    #[test]
    fn what_no_zone_file_can_say_is_seen() {
        let mut sets = sets();
        for json in [
            r#"{"name": "example.com.", "type": "ALIAS", "ttl": 60, "rrdatas": ["lb.example.net."]}"#,
            r#"{"name": "a.example.com.", "type": "A", "ttl": 60, "routingPolicy": {"geo": {}}}"#,
            r#"{"name": "b.example.com.", "type": "A", "ttl": 60, "routingPolicy": {"new": {}}}"#,
        ] {
            add(&mut sets, json).expect("a set");
        }
        let seen: Vec<String> = sets
            .opaque
            .iter()
            .map(|opaque| format!("{} {}", opaque.key, opaque.what))
            .collect();
        assert_eq!(
            seen,
            [
                "example.com. A an alias of `lb.example.net.`",
                "example.com. AAAA an alias of `lb.example.net.`",
                "a.example.com. A answered by location",
                "b.example.com. A answered by a routing policy",
            ]
        );
        assert_eq!(sets.builder.finish().len(), 0);
    }

    #[test]
    fn nonsense_is_an_error() {
        for (json, part) in [
            (
                r#"{"name": "a.example.net.", "type": "A", "ttl": 1, "rrdatas": ["192.0.2.1"]}"#,
                "outside",
            ),
            (
                r#"{"name": "a.example.com.", "type": "WHAT", "ttl": 1, "rrdatas": ["x"]}"#,
                "no record type",
            ),
            (
                r#"{"name": "a.example.com.", "type": "A", "ttl": 1, "rrdatas": ["x"]}"#,
                "`x`",
            ),
            (
                r#"{"name": "a.example.com.", "type": "A", "ttl": 1}"#,
                "no value",
            ),
        ] {
            let why = add(&mut sets(), json).expect_err("nonsense");
            assert!(why.contains(part), "{why}");
        }
    }
}
