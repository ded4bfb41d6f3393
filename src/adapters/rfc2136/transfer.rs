//! A whole zone by AXFR (RFC 5936): from one SOA to the same SOA, or not at all.

use super::connection::Connection;
use super::refusal;
use super::{header, question};
use crate::adapters::tsig::{Exchange, Key};
use crate::provider::{ErrorKind, ProviderError};
use crate::zone::message::{MessageRef, Section, TransferReader};
use crate::zone::{Name, RecordType, Zone, rdata};

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
    let mut reader = TransferReader::new(zone);
    let mut octets = 0;
    while !reader.is_complete() {
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
                reader.take(&record).map_err(protocol)?;
            }
        }
    }
    exchange.finish()?;
    Ok(reader.finish())
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

fn protocol(message: impl Into<String>) -> ProviderError {
    ProviderError::new(ErrorKind::Protocol, message)
}
