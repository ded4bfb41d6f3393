//! Records put together into record sets.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::facts::AUTOMATIC_TTL;
use super::spelling::Spelled;
use super::{Listed, One, ZONES};
use crate::adapters::http::{Api, segment};
use crate::adapters::presentation::absolute;
use crate::adapters::records::Numbered;
use crate::provider::{ErrorKind, Opaque, ProviderError, Snapshot};
use crate::zone::{Name, Position, RecordKey, RecordType, ZoneBuilder, rdata};

/// Records on a page. The API would take far more, in answers that take long.
const PAGE: usize = 5000;

/// What writing needs to know again.
pub(super) struct Held {
    /// The zone's id.
    pub(super) id: String,
    /// Records that one call may change.
    pub(super) batch: usize,
    /// The records that may be edited.
    pub(super) numbered: Numbered<String>,
    /// The zone's own nameservers, which no record holds.
    pub(super) own: Vec<Name>,
    /// `None` where the token may not see them.
    pub(super) settings: Option<DnsSettings>,
}

/// A page of a list.
#[derive(Deserialize)]
pub(super) struct Page<T> {
    pub(super) result: Vec<T>,
    result_info: Info,
}

#[derive(Deserialize)]
struct Info {
    total_pages: usize,
    total_count: usize,
}

/// Everything that a list has. `path` has a query.
pub(super) async fn pages<T: DeserializeOwned>(
    api: &Api,
    path: &str,
) -> Result<Vec<T>, ProviderError> {
    let mut all = Vec::new();
    for number in 1.. {
        let answer = api.get(format!("{path}&page={number}")).send().await?;
        let mut page: Page<T> = answer.json()?;
        all.append(&mut page.result);
        if number >= page.result_info.total_pages {
            // Pages are counted anew for each: what came or went meanwhile shifts them.
            if page.result_info.total_count != all.len() {
                let words = "the list changed while its pages were read";
                return Err(ProviderError::new(ErrorKind::Protocol, words)
                    .hint("somebody else is at work there; run this again"));
            }
            break;
        }
    }
    Ok(all)
}

/// The settings of a zone that decide what its records mean.
#[derive(Clone, Deserialize)]
pub(super) struct DnsSettings {
    /// Whether NS records at the apex are served.
    pub(super) multi_provider: bool,
    /// The TTL of the apex NS set.
    pub(super) ns_ttl: u32,
    #[serde(default)]
    flatten_all_cnames: bool,
}

impl DnsSettings {
    /// Where they are.
    pub(super) fn path(zone: &str) -> String {
        format!("{ZONES}/{}/dns_settings", segment(zone))
    }

    /// Those of a zone; `None` where the token may not see them.
    pub(super) async fn of(api: &Api, zone: &str) -> Result<Option<Self>, ProviderError> {
        let request = api.get(Self::path(zone)).accepting(&[403]);
        let answer = request.send().await?;
        if answer.status == 403 {
            return Ok(None);
        }
        let One { result } = answer.json()?;
        Ok(Some(result))
    }

    /// Changes those that `to` names.
    pub(super) async fn change(api: &Api, zone: &str, to: &Value) -> Result<(), ProviderError> {
        api.patch(Self::path(zone)).json(to).send().await?;
        Ok(())
    }
}

/// A record as it comes.
#[derive(Deserialize)]
struct Record {
    id: String,
    name: String,
    #[serde(rename = "type")]
    rtype: String,
    ttl: u32,
    #[serde(default)]
    proxied: bool,
    #[serde(default)]
    meta: Option<Meta>,
    #[serde(default)]
    settings: Option<Flags>,
    #[serde(flatten)]
    spelled: Spelled,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Meta {
    read_only: bool,
    managed_by_apps: bool,
    managed_by_argo_tunnel: bool,
}

#[derive(Deserialize)]
struct Flags {
    flatten_cname: Option<bool>,
}

impl Record {
    /// What it is beyond its data, if it is more.
    fn peculiarity(&self, key: &RecordKey, origin: &Name, flattens: bool) -> Option<&'static str> {
        let meta = self.meta.as_ref();
        let is_owned =
            |meta: &Meta| meta.read_only || meta.managed_by_apps || meta.managed_by_argo_tunnel;
        let flag = self.settings.as_ref().and_then(|flags| flags.flatten_cname);
        let is_flat = key.rtype == RecordType::CNAME
            && (flattens || key.owner == *origin || flag == Some(true));
        if self.proxied {
            Some("proxied: Cloudflare answers with addresses of its own")
        } else if meta.is_some_and(is_owned) {
            Some("a record of another product of Cloudflare, which alone changes it")
        } else if is_flat {
            Some("flattened: Cloudflare answers with the addresses of its target")
        } else {
            None
        }
    }

    fn ttl(&self) -> u32 {
        if self.ttl == 1 {
            AUTOMATIC_TTL
        } else {
            self.ttl
        }
    }

    fn key(&self, origin: &Name) -> Result<RecordKey, ProviderError> {
        // Names are absolute here, and have no final dot.
        let owner =
            absolute(&format!("{}.", self.name), origin).map_err(|error| self.nonsense(&error))?;
        if !owner.borrow().is_at_or_below(origin.borrow()) {
            return Err(self.nonsense(&"outside of the zone"));
        }
        let rtype = self.rtype.parse();
        let rtype = rtype.map_err(|_| self.nonsense(&"no record type"))?;
        Ok(RecordKey { owner, rtype })
    }

    fn nonsense(&self, why: &dyn std::fmt::Display) -> ProviderError {
        let (name, rtype) = (&self.name, &self.rtype);
        let words = format!("it holds `{name} {rtype}`, which makes no sense: {why}");
        ProviderError::new(ErrorKind::Protocol, words)
    }
}

/// Everything that the zone holds.
pub(super) async fn snapshot(
    api: &Api,
    zone: &Name,
    listed: &Listed,
    settings: Option<DnsSettings>,
) -> Result<Snapshot, ProviderError> {
    let path = format!(
        "{ZONES}/{}/dns_records?per_page={PAGE}",
        segment(&listed.id)
    );
    let records: Vec<Record> = pages(api, &path).await?;
    let flattens = settings.as_ref().is_some_and(|set| set.flatten_all_cnames);
    let keys = records.iter().map(|record| record.key(zone));
    let keys: Vec<RecordKey> = keys.collect::<Result<_, _>>()?;
    let mut opaque = BTreeMap::new();
    for (record, key) in records.iter().zip(&keys) {
        if let Some(what) = record.peculiarity(key, zone, flattens) {
            opaque.insert(key.clone(), what.to_owned());
        }
    }
    let own = listed.nameservers()?;
    let mut builder = ZoneBuilder::new(zone.clone());
    // The default of the setting, for tokens that may not see it.
    let ns_ttl = settings.as_ref().map_or(86_400, |settings| settings.ns_ttl);
    let serves_others = settings.as_ref().is_some_and(|set| set.multi_provider);
    for name in &own {
        let data = name.borrow().wire();
        builder.push(
            zone.borrow(),
            RecordType::NS,
            ns_ttl,
            data,
            Position::default(),
        );
    }
    let mut numbered = Numbered::default();
    let mut data = Vec::new();
    for (record, key) in records.into_iter().zip(keys) {
        if opaque.contains_key(&key) {
            continue;
        }
        let text = record.spelled.text(key.rtype);
        data.clear();
        rdata::append_text(key.rtype, &text, None, &mut data)
            .map_err(|error| record.nonsense(&format_args!("`{text}`: {error}")))?;
        let is_apex_ns = key.rtype == RecordType::NS && key.owner == *zone;
        let ttl = if is_apex_ns { ns_ttl } else { record.ttl() };
        if !is_apex_ns || serves_others {
            builder.push(
                key.owner.borrow(),
                key.rtype,
                ttl,
                &data,
                Position::default(),
            );
        }
        let ttl = record.ttl();
        numbered.add(key, ttl, &data, record.id);
    }
    let opaque = opaque.into_iter().map(|(key, what)| Opaque { key, what });
    Ok(Snapshot {
        zone: builder.finish(),
        opaque: opaque.collect(),
        handles: Some(Box::new(Held {
            id: listed.id.clone(),
            batch: listed.batch(),
            numbered,
            own,
            settings,
        })),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_more_than_its_data_is_seen() {
        let origin = Name::absolute("example.com").expect("a name in a test");
        for (name, more, part) in [
            (
                "www.example.com",
                r#""proxied":false,"meta":{},"settings":{}"#,
                None,
            ),
            (
                "www.example.com",
                r#""meta":{"auto_added":true,"read_only":false}"#,
                None,
            ),
            ("www.example.com", r#""proxied":true"#, Some("proxied")),
            (
                "www.example.com",
                r#""meta":{"email_routing":true,"read_only":true}"#,
                Some("another product"),
            ),
            (
                "www.example.com",
                r#""meta":{"managed_by_argo_tunnel":true}"#,
                Some("another product"),
            ),
            (
                "www.example.com",
                r#""settings":{"flatten_cname":true}"#,
                Some("flattened"),
            ),
            (
                "example.com",
                r#""settings":{"flatten_cname":false}"#,
                Some("flattened"),
            ),
        ] {
            let json = format!(
                r#"{{"id":"1","name":"{name}","type":"CNAME","ttl":1,"content":"a.example",{more}}}"#
            );
            let record: Record = serde_json::from_str(&json).expect("a record in a test");
            let key = record.key(&origin).expect("a key");
            let what = record.peculiarity(&key, &origin, false);
            assert_eq!(what.is_some(), part.is_some(), "{more}");
            assert!(what.unwrap_or_default().contains(part.unwrap_or_default()));
            assert_eq!(record.ttl(), AUTOMATIC_TTL);
            assert!(record.peculiarity(&key, &origin, true).is_some());
        }
    }

    #[test]
    fn names_outside_of_the_zone_make_no_sense() {
        let origin = Name::absolute("example.com").expect("a name in a test");
        for (name, rtype) in [
            ("www.example.net", "A"),
            ("", "A"),
            ("www.example.com", "WHAT"),
        ] {
            let json = format!(r#"{{"id":"1","name":"{name}","type":"{rtype}","ttl":60}}"#);
            let record: Record = serde_json::from_str(&json).expect("a record in a test");
            let error = record.key(&origin).expect_err("an error");
            assert_eq!(error.kind, ErrorKind::Protocol, "{error}");
        }
    }
}
