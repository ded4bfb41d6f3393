//! Records put together into record sets.

use serde::Deserialize;
use serde_json::Value;

use super::super::presentation::{absolute, dotless, nonsense, quoted};
use super::super::records::Numbered;
use super::{Ovh, path_of};
use crate::provider::ProviderError;
use crate::zone::{Name, Position, RecordKey, RecordType, Zone, ZoneBuilder, rdata};

/// What writing needs to know again.
pub(super) type Held = Numbered<Id>;

/// Records that one request reads. Their numbers stand in the path.
const TOGETHER: usize = 100;

/// Which record.
#[derive(Debug)]
pub(super) struct Id {
    pub(super) number: u64,
    /// Whether it is of one of the vendor's own types, whose contents it checks.
    pub(super) is_native: bool,
}

/// A record as it comes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    id: u64,
    /// Without its final dot.
    zone: Option<String>,
    field_type: String,
    sub_domain: Option<String>,
    target: String,
    /// Seconds; none or 0 is the zone's own.
    ttl: Option<u32>,
}

impl Record {
    fn has_ttl(&self) -> bool {
        self.ttl.is_some_and(|ttl| ttl > 0)
    }

    /// TXT records whose contents the vendor checks.
    fn is_native(&self) -> bool {
        matches!(self.field_type.as_str(), "DKIM" | "DMARC" | "SPF")
    }

    /// Adds it to a zone.
    fn push(
        &self,
        builder: &mut ZoneBuilder,
        held: &mut Held,
        default: u32,
    ) -> Result<(), ProviderError> {
        let owner = self.sub_domain.as_deref().unwrap_or_default();
        let fail = |why: &dyn std::fmt::Display| {
            let rtype = &self.field_type;
            nonsense(format_args!(
                "it holds `{owner} {rtype}`, which makes no sense: {why}"
            ))
        };
        let origin = builder.origin().clone();
        if self
            .zone
            .as_ref()
            .is_some_and(|zone| *zone != dotless(&origin))
        {
            return Err(fail(&"it is of another zone"));
        }
        let owner = absolute(owner, &origin).map_err(|error| fail(&error))?;
        if !owner.borrow().is_at_or_below(origin.borrow()) {
            return Err(fail(&"outside of the zone"));
        }
        let rtype = if self.is_native() {
            RecordType::TXT
        } else {
            let rtype = self.field_type.parse();
            rtype.map_err(|_| fail(&"no record type"))?
        };
        let text = if rtype == RecordType::TXT && !self.target.starts_with('"') {
            &quoted(&self.target)
        } else {
            &self.target
        };
        // Hosts may be named without the zone, as in a zone file.
        let data = rdata::from_text(rtype, text, Some(origin.borrow()))
            .map_err(|error| fail(&format_args!("`{text}`: {error}")))?;
        let ttl = self.ttl.filter(|ttl| *ttl > 0).unwrap_or(default);
        builder.push(owner.borrow(), rtype, ttl, &data, Position::default());
        let id = Id {
            number: self.id,
            is_native: self.is_native(),
        };
        held.add(RecordKey { owner, rtype }, ttl, &data, id);
        Ok(())
    }
}

/// One of the records that were asked for together.
#[derive(Deserialize)]
struct OneOfMany {
    value: Option<Record>,
    error: Option<Value>,
}

impl Ovh {
    /// Everything in a zone.
    pub(super) async fn read(&self, zone: &Name) -> Result<(Zone, Held), ProviderError> {
        let path = path_of(zone);
        let answer = self.api.get(format!("{path}/record")).send().await;
        let numbers: Vec<u64> = answer.map_err(|error| self.about(zone, error))?.json()?;
        let mut records = Vec::with_capacity(numbers.len());
        for some in numbers.chunks(TOGETHER) {
            match self.together(&path, some).await? {
                Some(found) => records.extend(found),
                None => {
                    for number in some {
                        let path = format!("{path}/record/{number}");
                        records.push(self.api.get(path).send().await?.json()?);
                    }
                }
            }
        }
        let mut default = 0;
        if records.iter().any(|record| !record.has_ttl()) {
            #[derive(Deserialize)]
            struct Soa {
                ttl: u32,
            }
            let soa: Soa = self.api.get(format!("{path}/soa")).send().await?.json()?;
            default = soa.ttl;
        }
        let mut builder = ZoneBuilder::new(zone.clone());
        let mut held = Held::default();
        for record in &records {
            record.push(&mut builder, &mut held, default)?;
        }
        Ok((builder.finish(), held))
    }

    /// Several records in one request; `None` where the API does not answer so.
    async fn together(
        &self,
        path: &str,
        numbers: &[u64],
    ) -> Result<Option<Vec<Record>>, ProviderError> {
        let [first, _, ..] = numbers else {
            return Ok(None);
        };
        let mut path = format!("{path}/record/{first}");
        for number in &numbers[1..] {
            path += &format!(",{number}");
        }
        let request = self.api.get(path).header("x-ovh-batch", ",");
        let answer = request.accepting(&[400, 404]).send().await?;
        let found: Result<Vec<OneOfMany>, _> = answer.json();
        let Some(found) = found.ok().filter(|_| answer.status == 200) else {
            return Ok(None);
        };
        let records = found.into_iter().map(|one| match one {
            OneOfMany {
                value: Some(record),
                error: None,
            } => Ok(record),
            _ => Err(nonsense("a record went away while the zone was read")
                .hint("somebody else is at work there; run this again")),
        });
        let records: Vec<Record> = records.collect::<Result<_, _>>()?;
        if records.len() != numbers.len() {
            let (asked, got) = (numbers.len(), records.len());
            return Err(nonsense(format_args!(
                "asked for {asked} records, it told {got}"
            )));
        }
        Ok(Some(records))
    }
}
