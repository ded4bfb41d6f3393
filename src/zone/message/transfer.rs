//! A zone out of the messages of a transfer (RFC 5936): from one SOA to the same SOA, or not at all.

use super::RecordRef;
use crate::zone::{Name, Position, RecordType, Zone, ZoneBuilder, rdata};

/// Class IN.
const IN: u16 = 1;

/// Takes the records of an AXFR's answer sections in their order. The errors are sentences without a final period.
pub struct TransferReader<'z> {
    zone: &'z Name,
    builder: ZoneBuilder,
    opening: Option<Vec<u8>>,
    is_complete: bool,
    owner: Vec<u8>,
    data: Vec<u8>,
}

impl<'z> TransferReader<'z> {
    /// Nothing was read yet.
    pub fn new(zone: &'z Name) -> Self {
        Self {
            zone,
            builder: ZoneBuilder::new(zone.clone()),
            opening: None,
            is_complete: false,
            owner: Vec::new(),
            data: Vec::new(),
        }
    }

    /// Whether the closing SOA was read.
    pub fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// How many records were read.
    pub fn record_count(&self) -> usize {
        self.builder.record_count()
    }

    /// Takes the next record.
    pub fn take(&mut self, record: &RecordRef<'_>) -> Result<(), String> {
        if self.is_complete {
            return Err("records follow the closing SOA".to_owned());
        }
        let owner = record
            .read_owner(&mut self.owner)
            .map_err(|error| error.to_string())?;
        let rtype = record.rtype;
        if record.class != IN || rtype.is_meta() {
            return Err(format!(
                "`{owner} {rtype}` of class {} does not belong into a zone",
                record.class
            ));
        }
        if !owner.is_at_or_below(self.zone.borrow()) {
            return Err(format!("`{owner}` is outside of `{}`", self.zone));
        }
        self.data.clear();
        rdata::from_message(
            rtype,
            record.message(),
            record.rdata.clone(),
            &mut self.data,
        )
        .map_err(|_| format!("the data of `{owner} {rtype}` cannot be read"))?;
        if rtype == RecordType::SOA {
            if owner != self.zone.borrow() {
                return Err(format!("a SOA at `{owner}`, below the apex"));
            }
            match &self.opening {
                None => self.opening = Some(self.data.clone()),
                Some(opening) if *opening == self.data => {
                    self.is_complete = true;
                    return Ok(());
                }
                Some(_) => return Err("the closing SOA is not the opening one".to_owned()),
            }
        } else if self.opening.is_none() {
            return Err("the transfer does not begin with a SOA".to_owned());
        }
        self.builder
            .push(owner, rtype, record.ttl, &self.data, Position::default());
        Ok(())
    }

    /// What was read.
    pub fn finish(self) -> Zone {
        self.builder.finish()
    }
}
