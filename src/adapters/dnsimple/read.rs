//! Records put together into record sets.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::super::presentation::{absolute, dotless};
use super::super::records::Numbered;
use super::facts::PAGE;
use super::spelling;
use super::{Dnsimple, nonsense};
use crate::provider::{ErrorKind, Opaque, ProviderError, Snapshot};
use crate::zone::{Name, Position, RecordKey, RecordType, ZoneBuilder, rdata};

/// What writing needs to know again.
pub(super) struct Held {
    pub(super) numbered: Numbered<u64>,
    /// Whether anybody answers for the zone.
    pub(super) is_active: bool,
}

/// An answer about one thing.
#[derive(Deserialize)]
pub(super) struct One<T> {
    pub(super) data: T,
}

/// What is said of a zone.
#[derive(Deserialize)]
pub(super) struct About {
    name: String,
    #[serde(default)]
    secondary: bool,
    #[serde(default = "yes")]
    active: bool,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
struct Page<T> {
    data: Vec<T>,
    pagination: Pagination,
}

#[derive(Deserialize)]
struct Pagination {
    total_pages: usize,
    total_entries: usize,
}

/// A record as it comes.
#[derive(Deserialize)]
pub(super) struct Record {
    id: u64,
    /// The zone's name.
    zone_id: Option<String>,
    parent_id: Option<u64>,
    name: String,
    #[serde(rename = "type")]
    rtype: String,
    pub(super) content: String,
    ttl: u32,
    priority: Option<u32>,
    regions: Option<Vec<String>>,
    #[serde(default, rename = "system_record")]
    is_system: bool,
}

impl Record {
    fn nonsense(&self, why: &dyn std::fmt::Display) -> ProviderError {
        let (name, rtype) = (&self.name, &self.rtype);
        nonsense(format!(
            "it holds `{name} {rtype}`, which makes no sense: {why}"
        ))
    }

    /// Where it shows, and what it is beyond its data, if it is more.
    fn peculiarity(&self) -> Option<(&'static [RecordType], &'static str)> {
        type T = RecordType;
        Some(match self.rtype.as_str() {
            "ALIAS" => (
                &[T::A, T::AAAA],
                "an ALIAS: DNSimple answers with the addresses of its target",
            ),
            "POOL" => (
                &[T::CNAME],
                "a POOL: DNSimple answers with one of several names",
            ),
            "URL" => (
                &[T::A, T::AAAA],
                "a URL: DNSimple answers with servers that redirect",
            ),
            _ => return None,
        })
    }

    /// The same of records that only their place makes peculiar.
    fn place(&self) -> Option<&'static str> {
        let regions = self.regions.iter().flatten();
        if self.parent_id.is_some() {
            Some("part of another record, with which it comes and goes")
        } else if regions.into_iter().any(|region| region != "global") {
            Some("answered in some regions only")
        } else {
            None
        }
    }

    fn owner(&self, origin: &Name) -> Result<Name, ProviderError> {
        if self
            .zone_id
            .as_ref()
            .is_some_and(|zone| *zone != dotless(origin))
        {
            return Err(self.nonsense(&"it is of another zone"));
        }
        let owner = absolute(&self.name, origin).map_err(|error| self.nonsense(&error))?;
        if owner.borrow().is_at_or_below(origin.borrow()) {
            Ok(owner)
        } else {
            Err(self.nonsense(&"outside of the zone"))
        }
    }
}

impl Dnsimple {
    /// Everything that a list has; `path` has a query. A 404 is that there is no such `zone`.
    pub(super) async fn pages<T: DeserializeOwned>(
        &self,
        path: &str,
        zone: Option<&Name>,
    ) -> Result<Vec<T>, ProviderError> {
        let mut all = Vec::new();
        for number in 1.. {
            let path = format!("{path}&per_page={PAGE}&page={number}");
            let answer = self.api.get(path).accepting(&[404]).send().await?;
            if answer.status == 404 {
                return Err(
                    zone.map_or_else(|| self.api.refusal(&answer), |zone| self.missing(zone))
                );
            }
            let mut page: Page<T> = answer.json()?;
            all.append(&mut page.data);
            if number >= page.pagination.total_pages {
                // Pages are counted anew for each: what came or went meanwhile shifts them.
                if page.pagination.total_entries != all.len() {
                    return Err(
                        nonsense("the list changed while its pages were read".to_owned())
                            .hint("somebody else is at work there; run this again"),
                    );
                }
                break;
            }
        }
        Ok(all)
    }

    /// What is said of a zone.
    pub(super) async fn about(&self, zone: &Name) -> Result<About, ProviderError> {
        let request = self.api.get(self.path_of(zone)).accepting(&[404]);
        let answer = request.send().await?;
        if answer.status == 404 {
            return Err(self.missing(zone));
        }
        let about = answer.json::<One<About>>()?.data;
        if about.name != dotless(zone) {
            let words = format!("it answers about `{}` instead of `{zone}`", about.name);
            return Err(nonsense(words));
        }
        Ok(about)
    }

    /// Everything in a zone.
    pub(super) async fn read(&self, zone: &Name) -> Result<(Snapshot, Held), ProviderError> {
        let about = self.about(zone).await?;
        if about.secondary {
            let words = format!("`{zone}` is a secondary zone, which follows other nameservers");
            return Err(ProviderError::new(ErrorKind::Rejected, words)
                .hint("use the adapter `secondary` for it"));
        }
        let path = format!("{}/records?sort=id:asc", self.path_of(zone));
        let records: Vec<Record> = self.pages(&path, Some(zone)).await?;
        let mut opaque = BTreeMap::new();
        let mut plain = Vec::with_capacity(records.len());
        for record in records {
            let owner = record.owner(zone)?;
            if let Some((types, what)) = record.peculiarity() {
                for &rtype in types {
                    let owner = owner.clone();
                    opaque.insert(RecordKey { owner, rtype }, what.to_owned());
                }
                continue;
            }
            let rtype = record.rtype.parse();
            let rtype = rtype.map_err(|_| record.nonsense(&"no record type"))?;
            let is_apex_ns = rtype == RecordType::NS && owner == *zone;
            // The SOA, and keys.
            if record.is_system && !is_apex_ns {
                continue;
            }
            let key = RecordKey { owner, rtype };
            if let Some(what) = record.place() {
                opaque.insert(key.clone(), what.to_owned());
            }
            plain.push((key, record, is_apex_ns));
        }
        let mut builder = ZoneBuilder::new(zone.clone());
        let mut numbered = Numbered::default();
        let mut data = Vec::new();
        for (key, record, is_apex_ns) in plain {
            if opaque.contains_key(&key) {
                continue;
            }
            let text = spelling::text(key.rtype, &record.content, record.priority);
            data.clear();
            rdata::append_text(key.rtype, &text, None, &mut data)
                .map_err(|error| record.nonsense(&format_args!("`{text}`: {error}")))?;
            let at = Position::default();
            builder.push(key.owner.borrow(), key.rtype, record.ttl, &data, at);
            if !is_apex_ns {
                numbered.add(key, record.ttl, &data, record.id);
            }
        }
        let opaque = opaque.into_iter().map(|(key, what)| Opaque { key, what });
        let snapshot = Snapshot {
            zone: builder.finish(),
            opaque: opaque.collect(),
            handles: None,
        };
        let held = Held {
            numbered,
            is_active: about.active,
        };
        Ok((snapshot, held))
    }
}
