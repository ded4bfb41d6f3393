//! A whole zone by AXFR (RFC 5936): from one SOA to the same SOA, or not at all.

use super::connection::Connection;
use super::refusal;
use super::{CLASS_IN, header, question};
use crate::adapters::tsig::{Exchange, Key};
use crate::provider::{ErrorKind, ProviderError};
use crate::zone::message::{MessageRef, RecordRef, Section};
use crate::zone::{Name, Position, RecordType, Zone, ZoneBuilder, rdata};

/// The largest transfer that is read, in octets of its messages: a server that never ends must not fill the memory.
const LARGEST: usize = 1 << 30;

/// Reads `zone` over `connection`, signed with `key` where there is one.
pub(super) async fn transfer(
    connection: &mut Connection,
    key: Option<&Key>,
    zone: &Name,
    id: u16,
) -> Result<Zone, ProviderError> {
    let mut request = header(id, 0);
    question(&mut request, zone, RecordType::AXFR);
    let mut exchange = Exchange::begin(key, &mut request)?;
    connection.send(&request).await?;
    let mut reader = Reader::new(zone);
    let mut octets = 0;
    while !reader.is_complete {
        let message = MessageRef::read(connection.receive().await?)
            .map_err(|error| protocol(error.to_string()))?;
        if message.id() != id || !message.qr() || message.opcode() != 0 {
            return Err(protocol("the answer belongs to another question"));
        }
        octets += message.octets().len();
        if octets > LARGEST {
            return Err(protocol(format!(
                "the transfer is larger than {} MiB",
                LARGEST >> 20
            )));
        }
        exchange.accept(&message, |rcode| {
            refusal::of_transfer(rcode, zone, key.is_some())
        })?;
        if message.count(Section::Answer) == 0 {
            return Err(protocol("a message of the transfer holds no record"));
        }
        for record in message.records() {
            let record = record.map_err(|error| protocol(error.to_string()))?;
            if record.section == Section::Answer {
                reader.take(&record)?;
            }
        }
    }
    exchange.finish()?;
    Ok(reader.builder.finish())
}

/// The SOA of `zone` as the server has it now, canonical octets.
pub(super) async fn current_soa(
    connection: &mut Connection,
    key: Option<&Key>,
    zone: &Name,
    id: u16,
) -> Result<Vec<u8>, ProviderError> {
    let mut request = header(id, 0);
    question(&mut request, zone, RecordType::SOA);
    let mut exchange = Exchange::begin(key, &mut request)?;
    connection.send(&request).await?;
    let message = MessageRef::read(connection.receive().await?)
        .map_err(|error| protocol(error.to_string()))?;
    if message.id() != id || !message.qr() || message.opcode() != 0 {
        return Err(protocol("the answer belongs to another question"));
    }
    exchange.accept(&message, |rcode| {
        refusal::of_transfer(rcode, zone, key.is_some())
    })?;
    let record = message
        .records()
        .map_while(Result::ok)
        .find(|record| record.rtype == RecordType::SOA && record.owner_is(zone.borrow()))
        .ok_or_else(|| protocol(format!("no SOA of `{zone}` in the answer")))?;
    let mut data = Vec::new();
    rdata::from_message(record.rtype, record.message(), record.rdata, &mut data)
        .map_err(|_| protocol("the SOA cannot be read"))?;
    Ok(data)
}

struct Reader<'z> {
    zone: &'z Name,
    builder: ZoneBuilder,
    opening: Option<Vec<u8>>,
    is_complete: bool,
    owner: Vec<u8>,
    data: Vec<u8>,
}

impl<'z> Reader<'z> {
    fn new(zone: &'z Name) -> Self {
        Self {
            zone,
            builder: ZoneBuilder::new(zone.clone()),
            opening: None,
            is_complete: false,
            owner: Vec::new(),
            data: Vec::new(),
        }
    }

    fn take(&mut self, record: &RecordRef<'_>) -> Result<(), ProviderError> {
        if self.is_complete {
            return Err(protocol("records follow the closing SOA"));
        }
        let owner = record
            .read_owner(&mut self.owner)
            .map_err(|error| protocol(error.to_string()))?;
        let rtype = record.rtype;
        if record.class != CLASS_IN || rtype.is_meta() {
            return Err(protocol(format!(
                "`{owner} {rtype}` of class {} does not belong into a zone",
                record.class
            )));
        }
        if !owner.is_at_or_below(self.zone.borrow()) {
            return Err(protocol(format!("`{owner}` is outside of `{}`", self.zone)));
        }
        self.data.clear();
        rdata::from_message(
            rtype,
            record.message(),
            record.rdata.clone(),
            &mut self.data,
        )
        .map_err(|_| protocol(format!("the data of `{owner} {rtype}` cannot be read")))?;
        if rtype == RecordType::SOA {
            if owner != self.zone.borrow() {
                return Err(protocol(format!("a SOA at `{owner}`, below the apex")));
            }
            match &self.opening {
                None => self.opening = Some(self.data.clone()),
                Some(opening) if *opening == self.data => {
                    self.is_complete = true;
                    return Ok(());
                }
                Some(_) => return Err(protocol("the closing SOA is not the opening one")),
            }
        } else if self.opening.is_none() {
            return Err(protocol("the transfer does not begin with a SOA"));
        }
        self.builder
            .push(owner, rtype, record.ttl, &self.data, Position::default());
        Ok(())
    }
}

fn protocol(message: impl Into<String>) -> ProviderError {
    ProviderError::new(ErrorKind::Protocol, message)
}
