//! Reading: zones, and the records of one.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Display;

use serde::Deserialize;
use serde_json::Value;

use super::super::http::{Response, segment};
use super::super::presentation::{absolute, dotless, named, nameservers, nonsense};
use super::{Scaleway, ZONES, records_of, spelling};
use crate::provider::{NameserverSpec, Opaque, ProviderError, Snapshot};
use crate::zone::{Name, Position, RecordKey, RecordType, ZoneBuilder};

/// A zone as it is listed.
#[derive(Deserialize)]
pub(super) struct Listed {
    domain: String,
    pub(super) subdomain: String,
    #[serde(default)]
    ns_default: Vec<String>,
    pub(super) status: String,
    pub(super) message: Option<String>,
    pub(super) project_id: Option<String>,
}

impl Listed {
    pub(super) fn name(&self) -> Result<Name, ProviderError> {
        let text = match self.subdomain.as_str() {
            "" => self.domain.clone(),
            below => format!("{below}.{}", self.domain),
        };
        named("zone", &text)
    }

    /// Scaleway's own, whatever the delegation is.
    pub(super) fn nameservers(&self) -> Result<Vec<NameserverSpec>, ProviderError> {
        nameservers(&self.ns_default)
    }
}

#[derive(Deserialize)]
struct Zones {
    #[serde(default)]
    total_count: usize,
    dns_zones: Vec<Listed>,
}

#[derive(Deserialize)]
struct Records {
    #[serde(default)]
    total_count: usize,
    records: Vec<Record>,
}

/// A record as it comes.
#[derive(Deserialize)]
struct Record {
    id: String,
    name: String,
    #[serde(rename = "type")]
    rtype: String,
    ttl: u32,
    data: String,
    comment: Option<String>,
    geo_ip_config: Option<Value>,
    weighted_config: Option<Value>,
    http_service_config: Option<Value>,
    view_config: Option<Value>,
}

/// The type that the vendor's ALIAS stands for, beside AAAA.
const ALIAS: &str = "ALIAS";

impl Record {
    /// Why no zone file can say it.
    fn peculiarity(&self) -> Option<&'static str> {
        if self.rtype == ALIAS {
            Some("an ALIAS, whose addresses are looked up there")
        } else if self.geo_ip_config.is_some() {
            Some("one of several by where the question comes from")
        } else if self.weighted_config.is_some() {
            Some("one of several by weight")
        } else if self.http_service_config.is_some() {
            Some("one of several by their health")
        } else if self.view_config.is_some() {
            Some("one of several by who asks")
        } else {
            None
        }
    }

    /// The sets that it belongs to.
    fn keys(&self, zone: &Name) -> Result<Vec<RecordKey>, ProviderError> {
        let owner = absolute(&self.name, zone).map_err(|error| self.nonsense(&error))?;
        if !owner.borrow().is_at_or_below(zone.borrow()) {
            return Err(self.nonsense(&"outside of the zone"));
        }
        let rtypes = if self.rtype == ALIAS {
            vec![RecordType::A, RecordType::AAAA]
        } else {
            let rtype = self.rtype.parse();
            vec![rtype.map_err(|_| self.nonsense(&"no record type"))?]
        };
        let key = |rtype| RecordKey {
            owner: owner.clone(),
            rtype,
        };
        Ok(rtypes.into_iter().map(key).collect())
    }

    fn nonsense(&self, why: &dyn Display) -> ProviderError {
        let (name, rtype) = (&self.name, &self.rtype);
        nonsense(format_args!(
            "it holds `{name} {rtype}`, which makes no sense: {why}"
        ))
    }
}

/// What is known of a zone beside DNS data.
pub(super) struct Held {
    comments: HashMap<RecordKey, HashMap<Box<[u8]>, String>>,
}

impl Held {
    /// The comment of a record.
    pub(super) fn comment(&self, key: &RecordKey, data: &[u8]) -> Option<&String> {
        self.comments.get(key)?.get(data)
    }
}

impl Scaleway {
    /// Every page of `path`, which has a query, each given to `read`, which says how many there are altogether and how
    /// many it took in.
    async fn pages(
        &self,
        path: &str,
        accepted: &[u16],
        mut read: impl FnMut(&Response) -> Result<(usize, usize), ProviderError> + Send,
    ) -> Result<Option<Response>, ProviderError> {
        let (mut page, mut count) = (1, 0);
        let mut before = None;
        loop {
            let request = self.api.get(format!("{path}&page={page}"));
            let answer = request.accepting(accepted).send().await?;
            if answer.status >= 300 {
                return Ok(Some(answer));
            }
            let (total, taken) = read(&answer)?;
            count += taken;
            if count >= total {
                return Ok(None);
            } else if taken == 0 {
                let words = format_args!("it lists {count} of {total}, and no more");
                return Err(nonsense(words).hint("run this again"));
            }
            before = Some(answer.unlike(before.as_ref())?);
            page += 1;
        }
    }

    /// The zones that the key sees; `filter` is empty, or a parameter with its value.
    pub(super) async fn zones(&self, filter: &str) -> Result<Vec<Listed>, ProviderError> {
        let mut zones = Vec::new();
        let path = format!("{ZONES}?{filter}order_by=domain_asc&page_size=100");
        self.pages(&path, &[], |page| {
            let listed: Zones = page.json()?;
            let taken = listed.dns_zones.len();
            zones.extend(listed.dns_zones);
            Ok((listed.total_count, taken))
        })
        .await?;
        Ok(zones)
    }

    /// One zone of them.
    pub(super) async fn listed(&self, zone: &Name) -> Result<Option<Listed>, ProviderError> {
        let filter = format!("dns_zones={}&", segment(&dotless(zone)));
        for listed in self.zones(&filter).await? {
            if listed.name()? == *zone {
                return Ok(Some(listed));
            }
        }
        Ok(None)
    }

    /// Everything in a zone.
    pub(super) async fn read(&self, zone: &Name) -> Result<Snapshot, ProviderError> {
        let mut records: Vec<Record> = Vec::new();
        let path = format!("{}?order_by=name_asc&page_size=1000", records_of(zone));
        let refused = self
            .pages(&path, &[403, 404], |page| {
                let listed: Records = page.json()?;
                let taken = listed.records.len();
                records.extend(listed.records);
                Ok((listed.total_count, taken))
            })
            .await?;
        if let Some(answer) = refused {
            // A zone that is not there is forbidden as often as it is not found.
            return Err(match self.listed(zone).await {
                Ok(None) => self.missing(zone),
                Ok(Some(_)) | Err(_) => self.api.refusal(&answer),
            });
        }
        let mut seen = HashSet::with_capacity(records.len());
        if let Some(twice) = records.iter().find(|record| !seen.insert(&record.id)) {
            let words = format_args!(
                "it lists `{} {}` twice: the zone changed while it was read",
                twice.name, twice.rtype
            );
            return Err(nonsense(words).hint("run this again"));
        }
        snapshot(zone, &records)
    }
}

fn snapshot(zone: &Name, records: &[Record]) -> Result<Snapshot, ProviderError> {
    let mut opaque = BTreeMap::new();
    for record in records {
        if let Some(what) = record.peculiarity() {
            let keys = record.keys(zone)?.into_iter();
            opaque.extend(keys.map(|key| (key, what.to_owned())));
        }
    }
    let mut builder = ZoneBuilder::new(zone.clone());
    let mut comments: HashMap<RecordKey, HashMap<Box<[u8]>, String>> = HashMap::new();
    let mut data = Vec::new();
    for record in records {
        for key in record.keys(zone)? {
            if opaque.contains_key(&key) {
                continue;
            }
            data.clear();
            spelling::read(key.rtype, &record.data, &mut data)
                .map_err(|why| record.nonsense(&format_args!("`{}`: {why}", record.data)))?;
            let owner = key.owner.borrow();
            builder.push(owner, key.rtype, record.ttl, &data, Position::default());
            if let Some(comment) = &record.comment {
                let of_set = comments.entry(key).or_default();
                of_set.insert(data.as_slice().into(), comment.clone());
            }
        }
    }
    let opaque = opaque.into_iter().map(|(key, what)| Opaque { key, what });
    Ok(Snapshot {
        zone: builder.finish(),
        opaque: opaque.collect(),
        handles: Some(Box::new(Held { comments })),
    })
}
