//! Record sets between JSON and the zone.

use super::protocol::{Record, Server, Thing};
use crate::provider::{ErrorKind, NameserverSpec, Opaque, ProviderError};
use crate::zone::rdata::from_text;
use crate::zone::{Name, Position, RecordKey, RecordType, Zone, ZoneBuilder};

/// A zone as it arrives, line by line.
pub(super) struct Arriving {
    zone: ZoneBuilder,
    opaque: Vec<Opaque>,
}

/// The largest TTL (RFC 2181, section 8).
const TTL_MAX: u32 = 0x7fff_ffff;

impl Arriving {
    pub(super) fn new(zone: &Name) -> Self {
        Self {
            zone: ZoneBuilder::new(zone.clone()),
            opaque: Vec::new(),
        }
    }

    /// Takes in record sets, which must be of the zone, with data that can be read.
    pub(super) fn take(&mut self, records: &[Record]) -> Result<(), ProviderError> {
        for record in records {
            let wrong = |why: String| unusable(&record.name, &record.rtype, &why);
            let RecordKey { owner, rtype } = self.key(&record.name, &record.rtype)?;
            if record.ttl > TTL_MAX {
                return Err(wrong(format!("a TTL of {} s", record.ttl)));
            }
            if record.rdata.is_empty() {
                return Err(wrong("a record set without a record".to_owned()));
            }
            for text in &record.rdata {
                let rdata = from_text(rtype, text, None)
                    .map_err(|error| wrong(format!("`{text}`: {error}")))?;
                let nowhere = Position::default();
                self.zone
                    .push(owner.borrow(), rtype, record.ttl, &rdata, nowhere);
            }
        }
        Ok(())
    }

    /// Takes in what no zone file can express.
    pub(super) fn take_opaque(&mut self, things: Vec<Thing>) -> Result<(), ProviderError> {
        for thing in things {
            let key = self.key(&thing.name, &thing.rtype)?;
            self.opaque.push(Opaque {
                key,
                what: thing.what,
            });
        }
        Ok(())
    }

    pub(super) fn finish(self) -> (Zone, Vec<Opaque>) {
        (self.zone.finish(), self.opaque)
    }

    fn key(&self, name: &str, rtype: &str) -> Result<RecordKey, ProviderError> {
        let wrong = |why: String| unusable(name, rtype, &why);
        let owner = absolute(name).map_err(wrong)?;
        if !owner.borrow().is_at_or_below(self.zone.origin().borrow()) {
            return Err(wrong(format!("not in `{}`", self.zone.origin())));
        }
        let rtype: RecordType = rtype
            .parse()
            .map_err(|_| wrong("no record type".to_owned()))?;
        if rtype.is_meta() {
            return Err(wrong("no type that a zone can hold".to_owned()));
        }
        Ok(RecordKey { owner, rtype })
    }
}

fn unusable(name: &str, rtype: &str, why: &str) -> ProviderError {
    ProviderError::new(ErrorKind::Protocol, format!("`{name} {rtype}`: {why}"))
}

/// A name that ends in a dot: whether another was meant to is a guess.
pub(super) fn absolute(text: &str) -> Result<Name, String> {
    Name::parse(text.as_bytes(), None).map_err(|error| error.to_string())
}

/// Nameservers as the port has them.
pub(super) fn nameservers(servers: &[Server]) -> Result<Vec<NameserverSpec>, ProviderError> {
    let wrong = |what: &str, why: String| {
        ProviderError::new(ErrorKind::Protocol, format!("`{what}`: {why}"))
    };
    let spec = |server: &Server| {
        let addresses = server.addresses.iter().map(|text| {
            let no_address = || wrong(text, "no address".to_owned());
            crate::adapters::socket_address(text).ok_or_else(no_address)
        });
        Ok(NameserverSpec {
            name: absolute(&server.name).map_err(|why| wrong(&server.name, why))?,
            addresses: addresses.collect::<Result<_, _>>()?,
        })
    };
    servers.iter().map(spec).collect()
}
