//! Reading: record sets, and what the vendor keeps beside them.

use std::collections::HashMap;

use serde::Deserialize;

use super::super::http::Response;
use super::super::presentation::{absolute, nonsense};
use super::{Hetzner, path_of};
use crate::provider::ProviderError;
use crate::zone::{Name, Position, RecordKey, RecordType, Zone, ZoneBuilder, rdata};

/// What writing needs to know again.
pub(super) struct Held {
    pub(super) sets: HashMap<RecordKey, Known>,
    /// The zone's TTL, where a set has it.
    pub(super) ttl: Option<u32>,
    /// Requests that it took.
    pub(super) requests: usize,
}

/// What the vendor keeps of a set beside names, TTL and data.
#[derive(Default)]
pub(super) struct Known {
    /// Its TTL is the zone's, whatever that is.
    pub(super) inherits: bool,
    /// Somebody wants it to stay as it is.
    pub(super) is_protected: bool,
    pub(super) has_labels: bool,
    /// By data.
    pub(super) comments: HashMap<Box<[u8]>, String>,
}

/// What the vendor says of a zone.
#[derive(Deserialize)]
pub(super) struct About {
    pub(super) ttl: u32,
    pub(super) authoritative_nameservers: Nameservers,
}

#[derive(Deserialize)]
pub(super) struct Nameservers {
    #[serde(default)]
    pub(super) assigned: Vec<String>,
}

#[derive(Deserialize)]
struct Page {
    rrsets: Vec<Set>,
}

#[derive(Deserialize)]
struct Set {
    name: String,
    #[serde(rename = "type")]
    rtype: String,
    ttl: Option<u32>,
    #[serde(default)]
    labels: HashMap<String, String>,
    #[serde(default)]
    protection: Protection,
    records: Vec<Record>,
}

#[derive(Deserialize, Default)]
struct Protection {
    change: bool,
}

#[derive(Deserialize)]
struct Record {
    value: String,
    #[serde(default)]
    comment: Option<String>,
}

#[derive(Deserialize)]
struct Paged {
    meta: Meta,
}

#[derive(Deserialize)]
struct Meta {
    pagination: Pagination,
}

#[derive(Deserialize)]
struct Pagination {
    next_page: Option<u64>,
}

impl Set {
    /// Adds it to a zone. Values may name hosts below the zone without the zone, as in a zone file.
    fn push(
        &self,
        builder: &mut ZoneBuilder,
        ttl: u32,
    ) -> Result<(RecordKey, Known), ProviderError> {
        let fail = |why: &dyn std::fmt::Display| {
            let (name, rtype) = (&self.name, &self.rtype);
            nonsense(format_args!(
                "it holds `{name} {rtype}`, which makes no sense: {why}"
            ))
        };
        let origin = builder.origin().clone();
        let owner = absolute(&self.name, &origin).map_err(|error| fail(&error))?;
        if !owner.borrow().is_at_or_below(origin.borrow()) {
            return Err(fail(&"outside of the zone"));
        }
        let rtype: RecordType = self.rtype.parse().map_err(|_| fail(&"no record type"))?;
        let mut known = Known {
            inherits: self.ttl.is_none(),
            is_protected: self.protection.change,
            has_labels: !self.labels.is_empty(),
            comments: HashMap::new(),
        };
        for record in &self.records {
            let data = rdata::from_text(rtype, &record.value, Some(origin.borrow()))
                .map_err(|error| fail(&format_args!("`{}`: {error}", record.value)))?;
            builder.push(owner.borrow(), rtype, ttl, &data, Position::default());
            if let Some(comment) = record.comment.as_ref().filter(|words| !words.is_empty()) {
                known.comments.insert(data.into(), comment.clone());
            }
        }
        Ok((RecordKey { owner, rtype }, known))
    }
}

impl Hetzner {
    /// Every page of `path`, which has a query, each given to `read`; how many they were. A 404 is that there is no
    /// such `zone`.
    pub(super) async fn pages(
        &self,
        path: &str,
        zone: Option<&Name>,
        mut read: impl FnMut(&Response) -> Result<(), ProviderError> + Send,
    ) -> Result<usize, ProviderError> {
        let (mut page, mut count) = (1, 0);
        loop {
            let request = self.api.get(format!("{path}&page={page}"));
            let answer = request.accepting(&[404]).send().await?;
            if answer.status == 404 {
                return Err(
                    zone.map_or_else(|| self.api.refusal(&answer), |zone| self.missing(zone))
                );
            }
            read(&answer)?;
            count += 1;
            match answer.json::<Paged>()?.meta.pagination.next_page {
                None => return Ok(count),
                Some(next) if next > page => page = next,
                Some(next) => {
                    return Err(nonsense(format_args!(
                        "{} leads from page {page} back to page {next}",
                        self.api.origin()
                    )));
                }
            }
        }
    }

    /// What the vendor says of a zone.
    pub(super) async fn about(&self, zone: &Name) -> Result<About, ProviderError> {
        #[derive(Deserialize)]
        struct Envelope {
            zone: About,
        }
        let request = self.api.get(path_of(zone)).accepting(&[404]);
        let answer = request.send().await?;
        if answer.status == 404 {
            return Err(self.missing(zone));
        }
        Ok(answer.json::<Envelope>()?.zone)
    }

    /// Everything in a zone.
    pub(super) async fn read(&self, zone: &Name) -> Result<(Zone, Held), ProviderError> {
        let mut found: Vec<Set> = Vec::new();
        let path = format!("{}/rrsets?per_page=100", path_of(zone));
        let read = |page: &Response| {
            found.extend(page.json::<Page>()?.rrsets);
            Ok(())
        };
        let mut requests = self.pages(&path, Some(zone), read).await?;
        let mut ttl = None;
        if found.iter().any(|set| set.ttl.is_none()) {
            ttl = Some(self.about(zone).await?.ttl);
            requests += 1;
        }
        let mut builder = ZoneBuilder::new(zone.clone());
        let mut sets = HashMap::with_capacity(found.len());
        for set in &found {
            let (key, known) = set.push(&mut builder, set.ttl.or(ttl).unwrap_or_default())?;
            if let Some(twice) = sets.insert(key, known).map(|_| &set.name) {
                return Err(nonsense(format_args!(
                    "it lists `{twice} {}` twice: the zone changed while it was read",
                    set.rtype
                ))
                .hint("run this again"));
            }
        }
        let held = Held {
            sets,
            ttl,
            requests,
        };
        Ok((builder.finish(), held))
    }
}
