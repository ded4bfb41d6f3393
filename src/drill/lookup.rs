//! One client of the resolver, as any program on a machine is: it asks once, and waits.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use hickory_proto::op::{Message, Query};
use hickory_proto::rr::{Name as HickoryName, RecordType as HickoryType};
use tokio::net::UdpSocket;
use tokio::time::timeout;

use super::names::Wanted;
use crate::report::Told;
use crate::zone::message::{MessageRef, Section};
use crate::zone::{Name, RecordSet, RecordType, rdata};

/// What a lookup came to.
pub(super) struct Found {
    pub(super) rcode: Option<u16>,
    pub(super) latency: Option<Duration>,
    pub(super) told: Told,
}

/// Asks the resolver at one address.
#[derive(Clone, Copy, Debug)]
pub struct Client {
    resolver: SocketAddr,
    patience: Duration,
}

impl Client {
    /// Waits for `patience`.
    pub fn new(resolver: SocketAddr, patience: Duration) -> Self {
        Self { resolver, patience }
    }

    /// Whether the resolver says anything: it refuses whatever lies outside of the zone, and asks nobody for that.
    pub(super) async fn is_heard(&self) -> bool {
        let root = Name::root();
        let asked = self.ask(&root, RecordType::SOA);
        matches!(timeout(self.patience, asked).await, Ok(Ok(_)))
    }

    /// Looks up what is wanted, and compares.
    pub(super) async fn look_up(&self, wanted: &Wanted) -> Found {
        let begun = Instant::now();
        let asked = timeout(self.patience, self.ask(&wanted.name, wanted.rtype)).await;
        let Ok(Ok(octets)) = asked else {
            return Found {
                rcode: None,
                latency: None,
                told: Told::Nothing,
            };
        };
        let latency = Some(begun.elapsed());
        let message = MessageRef::read(&octets).ok();
        let rcode = message.as_ref().map(MessageRef::rcode);
        let told = match (message, rcode) {
            (Some(message), Some(0 | 3)) => {
                let set = set(&message, wanted);
                let is_right = wanted.right.iter().any(|right| right.rdata == set.rdata);
                if is_right { Told::Right } else { Told::Wrong }
            }
            _ => Told::Nothing,
        };
        Found {
            rcode,
            latency,
            told,
        }
    }

    async fn ask(&self, name: &Name, rtype: RecordType) -> io::Result<Vec<u8>> {
        let mut query = Message::query();
        query.metadata.recursion_desired = true;
        let qname = HickoryName::from_ascii(name.to_string()).map_err(io::Error::other)?;
        query.add_query(Query::query(qname, HickoryType::from(rtype.0)));
        let octets = query.to_vec().map_err(io::Error::other)?;
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        socket.connect(self.resolver).await?;
        socket.send(&octets).await?;
        let mut buffer = vec![0; usize::from(u16::MAX)];
        loop {
            let length = socket.recv(&mut buffer).await?;
            let is_ours = MessageRef::read(&buffer[..length])
                .is_ok_and(|message| message.qr() && message.id() == query.metadata.id);
            if is_ours {
                buffer.truncate(length);
                return Ok(buffer);
            }
        }
    }
}

/// The data of what is wanted in the answer section; data that cannot be read are none of it.
fn set(message: &MessageRef<'_>, wanted: &Wanted) -> RecordSet {
    let mut data = Vec::new();
    for record in message.records().map_while(Result::ok) {
        let is_wanted = record.section == Section::Answer
            && record.rtype == wanted.rtype
            && record.owner_is(wanted.name.borrow());
        let mut octets = Vec::new();
        if is_wanted
            && rdata::from_message(
                wanted.rtype,
                record.message(),
                record.rdata.clone(),
                &mut octets,
            )
            .is_ok()
        {
            data.push(octets.into());
        }
    }
    RecordSet::new(0, data)
}
