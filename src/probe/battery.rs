//! Every probe of an audit, sent to one address.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::exchange::{EdnsShape, PATIENCE, Query, exchange, framed, receive, stray};
use super::query::random_id;
use super::socket::said;
use crate::audit::{Probe, ServerView, Transfer};
use crate::verdict::Nameserver;
use crate::zone::message::{MessageRef, Section, TransferReader};
use crate::zone::{Name, RecordType};

/// Octets of a transfer that are read; whoever gives that much gives everything.
const LARGEST: usize = 16 << 20;

/// How long a transfer may take.
const LONGEST: Duration = Duration::from_secs(1);

/// A code that IANA keeps for local use, so that no server knows it.
const NOBODYS_OPTION: u16 = 65_001;

/// A flag of EDNS without a meaning.
const NOBODYS_FLAG: u16 = 0x0080;

/// What `server` says to every probe. What is not answered at all, over UDP or over TCP, is not asked again; where that
/// is for want of EDNS, without it (RFC 6891, section 6.2.2).
pub(super) async fn battery(
    server: &Nameserver,
    zone: &Name,
    deadline: Option<Instant>,
) -> ServerView {
    let address = server.address;
    let put = |query: Query, probe: Probe| async move {
        let heard = exchange(address, &query, deadline).await;
        (probe, heard)
    };
    let ask = |probe: Probe| put(query(probe, zone), probe);
    let first = query(Probe::Soa, zone);
    let (over_udp, plain, over_tcp, transfer, stray) = tokio::join!(
        ask(Probe::Soa),
        ask(Probe::Plain),
        ask(Probe::SoaTcp),
        transfer(address, zone),
        stray(address, &first),
    );
    let mut heard: BTreeMap<Probe, _> = [over_udp, plain, over_tcp].into();
    let why = |probe: Probe, heard: &BTreeMap<Probe, _>| {
        let of_kind = if probe.is_tcp() {
            Probe::SoaTcp
        } else {
            Probe::Soa
        };
        let outcome: Option<&crate::audit::Heard> = heard.get(&of_kind);
        outcome.and_then(|outcome| outcome.as_ref().err().cloned())
    };
    let rest = Probe::ALL
        .into_iter()
        .filter(|probe| !heard.contains_key(probe));
    let (dead, alive): (Vec<Probe>, Vec<Probe>) =
        rest.partition(|probe| why(*probe, &heard).is_some());
    let is_deaf = heard[&Probe::Soa].is_err() && heard[&Probe::Plain].is_ok();
    let (plain, dead): (Vec<Probe>, Vec<Probe>) = dead
        .into_iter()
        .partition(|probe| is_deaf && is_without_edns(*probe));
    let without_edns = |probe: Probe| {
        let query = Query {
            edns: None,
            ..query(probe, zone)
        };
        put(query, probe)
    };
    let (mut answers, plain) = tokio::join!(
        join_all(alive.into_iter().map(ask)),
        join_all(plain.into_iter().map(without_edns)),
    );
    answers.extend(plain);
    let silent: Vec<_> = dead
        .into_iter()
        .filter_map(|probe| Some((probe, Err(why(probe, &heard)?))))
        .collect();
    heard.extend(answers);
    heard.extend(silent);
    ServerView {
        server: server.clone(),
        heard,
        transfer,
        stray,
    }
}

/// Whether a probe shows something without EDNS, too.
fn is_without_edns(probe: Probe) -> bool {
    matches!(
        probe,
        Probe::Again | Probe::Mixed | Probe::Ns | Probe::Recursion | Probe::Upward
    )
}

fn query(probe: Probe, zone: &Name) -> Query {
    let soa = Query::new(zone, RecordType::SOA);
    let usual = EdnsShape::default();
    let signed = |payload| {
        Query::new(zone, RecordType::DNSKEY).edns(EdnsShape {
            payload,
            dnssec_ok: true,
            ..usual
        })
    };
    match probe {
        Probe::Soa | Probe::Again => soa.edns(EdnsShape {
            nsid: true,
            ..usual
        }),
        // Without EDNS, so that what fails is TCP.
        Probe::SoaTcp => Query {
            edns: None,
            ..soa.over_tcp()
        },
        Probe::Plain => Query { edns: None, ..soa },
        Probe::Mixed => Query {
            mixed_case: true,
            ..soa
        },
        Probe::Ns => Query::new(zone, RecordType::NS),
        Probe::NsTcp => Query::new(zone, RecordType::NS).over_tcp(),
        Probe::Version => soa.edns(EdnsShape {
            version: 1,
            ..usual
        }),
        Probe::Option => soa.edns(EdnsShape {
            option: Some(NOBODYS_OPTION),
            ..usual
        }),
        Probe::Flag => soa.edns(EdnsShape {
            flags: NOBODYS_FLAG,
            ..usual
        }),
        Probe::Small => signed(512),
        Probe::Text => Query::new(zone, RecordType::TXT).edns(EdnsShape {
            payload: 512,
            ..usual
        }),
        Probe::Large => signed(4096),
        Probe::Recursion => Query {
            recursion: true,
            ..Query::new(&Name::root(), RecordType::SOA)
        },
        Probe::Upward => Query::new(&Name::root(), RecordType::NS),
    }
}

/// Asks one address for the whole zone.
pub async fn transfer(address: SocketAddr, zone: &Name) -> Transfer {
    transfer_within(address, zone, LONGEST).await
}

/// As [`transfer`], for as long as `longest` once there is a connection.
pub async fn transfer_within(address: SocketAddr, zone: &Name, longest: Duration) -> Transfer {
    let patience: Duration = PATIENCE.iter().sum();
    match timeout(patience, TcpStream::connect(address)).await {
        Err(_) => Transfer::Closed("timeout over TCP".to_owned()),
        Ok(Err(error)) => Transfer::Closed(format!("{} over TCP", said(&error))),
        Ok(Ok(stream)) => match timeout(longest, read_zone(stream, zone)).await {
            Err(_) => Transfer::Closed("timeout over TCP".to_owned()),
            Ok(outcome) => outcome.unwrap_or_else(Transfer::Closed),
        },
    }
}

async fn read_zone(mut stream: TcpStream, zone: &Name) -> Result<Transfer, String> {
    let id = random_id();
    let query = Query {
        edns: None,
        ..Query::new(zone, RecordType::AXFR)
    };
    let sent = stream.write_all(&framed(&query.encode(id))).await;
    sent.map_err(|error| said(&error))?;
    let mut reader = TransferReader::new(zone);
    let mut octets = 0;
    while !reader.is_complete() {
        let received = receive(&mut stream).await.map_err(|error| said(&error))?;
        octets += received.len();
        if octets > LARGEST {
            return Ok(Transfer::Open(None));
        }
        let message = MessageRef::read(&received).map_err(|error| error.to_string())?;
        if message.id() != id || message.rcode() != 0 || message.count(Section::Answer) == 0 {
            return Err("refused".to_owned());
        }
        for record in message.records() {
            let record = record.map_err(|error| error.to_string())?;
            if record.section == Section::Answer {
                reader.take(&record)?;
            }
        }
    }
    Ok(Transfer::Open(Some(Box::new(reader.finish()))))
}
