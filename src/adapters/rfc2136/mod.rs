//! Dynamic updates (RFC 2136) out, zone transfers (RFC 5936) in, TSIG (RFC 8945) on both: BIND, Knot and
//! whoever else speaks the standards.

mod connection;
mod refusal;
mod transfer;
mod update;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use serde::Deserialize;

use self::connection::{Connection, Deadlines};
use super::tsig::{self, Exchange, Key, TsigKeys};
use super::{AccountKey, Adapter, Kind, Settings, SettingsError};
use crate::plan::Change;
use crate::provider::{
    ApexNs, Capabilities, ErrorKind, Granularity, NameserverSpec, Provider, ProviderError, Quirk,
    Snapshot, Soa,
};
use crate::zone::message::MessageRef;
use crate::zone::{Name, RecordSet, RecordType, wire_length};

/// The adapter `rfc2136`.
pub const ADAPTER: Adapter = Adapter {
    name: "rfc2136",
    docs: "https://www.rfc-editor.org/rfc/rfc2136",
    capabilities,
    keys: &[
        AccountKey::text(
            "server",
            "The address or name of the primary server, with a port or without: 192.0.2.54:53.",
        )
        .required(),
        AccountKey::new(
            "tsig",
            Kind::Tsig,
            "The key that signs messages (RFC 8945); left out: they are not signed.",
        ),
    ],
    connect,
};

const CLASS_IN: u16 = 1;

fn capabilities() -> Capabilities {
    Capabilities {
        rtypes: None,
        ttl: 0..=0x7fff_ffff,
        ttl_steps: (&[]).into(),
        txt_octets: None,
        txt_set_octets: None,
        records_per_set: None,
        apex_ns: ApexNs::Full,
        apex_ns_ttl: None,
        soa: Soa::Settable,
        granularity: Granularity::RecordSet,
        batch: 1000,
        atomic: true,
        detects_conflict: true,
        lists_zones: false,
        creates_zones: false,
        follows: false,
        limits: &[],
        settle: Duration::from_secs(1),
        quirks: &[
            Quirk {
                what: "data beside a CNAME, and a CNAME beside data, is ignored and answered NOERROR",
                verified: "2026-11-23",
                source: "RFC 2136, section 3.4.2.2; seen with BIND 9.18 and Knot 3.2",
            },
            Quirk {
                what: "deleting the apex NS set is ignored, and the last apex NS record never goes",
                verified: "2026-11-23",
                source: "RFC 2136, section 3.4.2; seen with BIND 9.18 and Knot 3.2",
            },
            Quirk {
                what: "Knot ignores another TTL on an apex NS record that exists; a record that is new changes it",
                verified: "2026-11-23",
                source: "seen with Knot 3.2",
            },
            Quirk {
                what: "BIND refuses an apex NS in the zone that has no address",
                verified: "2026-11-23",
                source: "seen with BIND 9.18, whose log says `post update name server sanity check failed`",
            },
            Quirk {
                what: "BIND answers SERVFAIL to an RRset of more than 100 records, unless max-records-per-type says otherwise",
                verified: "2026-11-23",
                source: "seen with BIND 9.18.49; the log says `too many records`",
            },
            Quirk {
                what: "a SOA with a serial that is not greater is ignored and answered NOERROR",
                verified: "2026-11-23",
                source: "RFC 2136, section 3.4.2.2; seen with BIND 9.18 and Knot 3.2",
            },
        ],
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    server: String,
    tsig: Option<toml::Spanned<TsigKeys>>,
}

fn connect(mut settings: Settings<'_>) -> Result<Arc<dyn Provider>, SettingsError> {
    let keys: Keys = settings.parse()?;
    let key = keys
        .tsig
        .map(|tsig| tsig::read_key(&settings, tsig.span(), tsig.get_ref()))
        .transpose()?;
    Ok(Arc::new(Rfc2136 {
        server: keys.server,
        key,
        nameservers: settings.nameservers,
        deadlines: Deadlines::default(),
        next_id: AtomicU16::new(std::process::id() as u16),
    }))
}

struct Rfc2136 {
    server: String,
    key: Option<Key>,
    nameservers: Vec<NameserverSpec>,
    deadlines: Deadlines,
    next_id: AtomicU16,
}

#[async_trait]
impl Provider for Rfc2136 {
    async fn nameservers(&self, _: &Name) -> Result<Vec<NameserverSpec>, ProviderError> {
        Ok(self.nameservers.clone())
    }

    async fn fetch(&self, zone: &Name) -> Result<Snapshot, ProviderError> {
        let mut connection = Connection::open(&self.server, self.deadlines).await?;
        transfer::transfer(&mut connection, self.key.as_ref(), zone, self.id())
            .await
            .map(Snapshot::of)
    }

    async fn apply(
        &self,
        zone: &Name,
        changes: &[Change],
        base: &Snapshot,
    ) -> Result<(), ProviderError> {
        let batches = update::batches(zone, changes)?;
        if batches.is_empty() {
            return Ok(());
        }
        let mut connection = Connection::open(&self.server, self.deadlines).await?;
        let mut made = vec![false; changes.len()];
        for (number, batch) in batches.into_iter().enumerate() {
            let result = self
                .update(&mut connection, zone, changes, &batch, number > 0)
                .await;
            if let Err(error) = result {
                let front = made.iter().take_while(|&&made| made).count();
                let applied = error.applied.map(|_| front);
                return Err(error.applied(applied));
            }
            for index in batch {
                made[index] = true;
            }
        }
        for cnames in update::cnames_again(&base.zone, changes) {
            let id = self.id();
            let request = update::additions(zone, &cnames, id);
            self.exchange(&mut connection, zone, request, id)
                .await
                .map_err(|error| error.applied(None))?;
        }
        Ok(())
    }
}

impl Rfc2136 {
    fn id(&self) -> u16 {
        self.next_id.fetch_add(1, Ordering::Relaxed)
    }

    /// Sends one batch; an error says `applied: None` where the server may have made it.
    async fn update(
        &self,
        connection: &mut Connection,
        zone: &Name,
        changes: &[Change],
        batch: &[usize],
        is_later: bool,
    ) -> Result<(), ProviderError> {
        let mut chosen = Vec::with_capacity(batch.len());
        for &index in batch {
            let change = &changes[index];
            chosen.push(if change.key().rtype == RecordType::SOA {
                self.with_serial(connection, zone, change, is_later).await?
            } else {
                std::borrow::Cow::Borrowed(change)
            });
        }
        let id = self.id();
        let request = update::message(zone, chosen.iter().map(AsRef::as_ref), id);
        self.exchange(connection, zone, request, id).await
    }

    /// Sends one UPDATE message and reads what the server says to it.
    async fn exchange(
        &self,
        connection: &mut Connection,
        zone: &Name,
        mut request: Vec<u8>,
        id: u16,
    ) -> Result<(), ProviderError> {
        let mut exchange = Exchange::begin(self.key.as_ref(), &mut request)?;
        connection
            .send(&request)
            .await
            .map_err(|error| error.applied(None))?;
        let answer = connection
            .receive()
            .await
            .map_err(|error| error.applied(None))?;
        let unclear =
            |message: String| ProviderError::new(ErrorKind::Protocol, message).applied(None);
        let message = MessageRef::read(answer).map_err(|error| unclear(error.to_string()))?;
        if message.id() != id || !message.qr() || message.opcode() != 5 {
            return Err(unclear("the answer belongs to another request".to_owned()));
        }
        exchange
            .accept(&message, |rcode| {
                refusal::of_update(rcode, zone, self.key.is_some())
            })
            .map_err(|error| match error.kind {
                ErrorKind::Protocol => error.applied(None),
                _ => error,
            })
    }

    /// A change of the SOA whose serial is greater than the server's, else it would be ignored without a word.
    ///
    /// Earlier messages of the same `apply` moved the serial, so it has to be read again for a later one.
    async fn with_serial<'c>(
        &self,
        connection: &mut Connection,
        zone: &Name,
        change: &'c Change,
        is_later: bool,
    ) -> Result<std::borrow::Cow<'c, Change>, ProviderError> {
        let Change::Replace { key, before, after } = change else {
            return Ok(std::borrow::Cow::Borrowed(change));
        };
        let ([old], [new]) = (&before.rdata[..], &after.rdata[..]) else {
            return Ok(std::borrow::Cow::Borrowed(change));
        };
        let mut current = old.to_vec();
        if is_later {
            current = transfer::current_soa(connection, self.key.as_ref(), zone, self.id()).await?;
            if without_serial(&current) != without_serial(old) {
                return Err(ProviderError::new(
                    ErrorKind::Conflict,
                    format!("the SOA of `{zone}` was changed by somebody else meanwhile"),
                ));
            }
        }
        let mut new = new.to_vec();
        if let (Some(held), Some(at)) = (serial(&current), serial_at(&new)) {
            let wanted = serial(&new).unwrap_or(held);
            // RFC 1982, section 3.2: greater is whatever lies less than half of the circle ahead.
            let is_greater = matches!(wanted.wrapping_sub(held), 1..=0x7fff_ffff);
            let written = if is_greater {
                wanted
            } else {
                held.wrapping_add(1)
            };
            new[at..at + 4].copy_from_slice(&written.to_be_bytes());
        }
        Ok(std::borrow::Cow::Owned(Change::Replace {
            key: key.clone(),
            before: RecordSet::new(before.ttl, vec![current.into()]),
            after: RecordSet::new(after.ttl, vec![new.into()]),
        }))
    }
}

/// Where the serial stands in the RDATA of a SOA: behind MNAME and RNAME.
fn serial_at(soa: &[u8]) -> Option<usize> {
    let first = wire_length(soa).ok()?;
    let second = wire_length(&soa[first..]).ok()?;
    (soa.len() == first + second + 20).then_some(first + second)
}

fn serial(soa: &[u8]) -> Option<u32> {
    soa.get(serial_at(soa)?..)?
        .first_chunk()
        .map(|octets| u32::from_be_bytes(*octets))
}

fn without_serial(soa: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = serial_at(soa)?;
    Some((&soa[..at], &soa[at + 4..]))
}

/// A header of a request with one question to come and no record.
fn header(id: u16, flags: u8) -> Vec<u8> {
    let mut message = Vec::with_capacity(512);
    message.extend_from_slice(&id.to_be_bytes());
    message.extend_from_slice(&[flags, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    message
}

fn question(message: &mut Vec<u8>, name: &Name, rtype: RecordType) {
    message.extend_from_slice(name.borrow().wire());
    message.extend_from_slice(&rtype.0.to_be_bytes());
    message.extend_from_slice(&CLASS_IN.to_be_bytes());
}
