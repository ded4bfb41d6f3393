//! The sockets: hickory's server loop around our own answers, on a thread of its own.

use std::io;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use async_trait::async_trait;
use hickory_proto::op::{Edns, Header, HeaderCounts, Metadata, OpCode, ResponseCode};
use hickory_proto::rr::{DNSClass, Record};
use hickory_proto::serialize::binary::BinEncoder;
use hickory_server::net::runtime::Time;
use hickory_server::net::xfer::Protocol;
use hickory_server::server::{Request, RequestHandler, ResponseHandler, ResponseInfo, Server};
use hickory_server::zone_handler::MessageResponseBuilder;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use super::reply::{Reply, records};
use super::store::Store;
use crate::zone::{Name, RecordType, Zone};

/// The largest UDP payload sent and the size announced: what crosses every network in one piece.
const PAYLOAD: u16 = 1232;
/// Octets of records in one message of a zone transfer, uncompressed; the header, the question and OPT fit beside.
const TRANSFER_OCTETS: usize = 60_000;
/// Messages that may wait on one TCP connection: a transfer is queued whole.
const QUEUE: usize = 1 << 16;
/// A TCP connection without a question for so long is closed.
const IDLE: Duration = Duration::from_secs(30);

/// A running server; dropping it closes its sockets before the drop returns.
pub(super) struct Running {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        // Either fails only if the thread has already ended.
        let _ = self.stop.take().map(|stop| stop.send(()));
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// Answers on every address, UDP and TCP; port 0 takes one that is free for both. The addresses come back as bound.
pub(super) fn start(
    store: Arc<Store>,
    listen: &[SocketAddr],
) -> Result<(Running, Vec<SocketAddr>), (SocketAddr, io::Error)> {
    let mut sockets = Vec::new();
    for &address in listen {
        sockets.push(bind(address).map_err(|error| (address, error))?);
    }
    let addresses = sockets.iter().map(|(address, ..)| *address).collect();
    let first = sockets
        .first()
        .map_or(([0; 4], 0).into(), |(address, ..)| *address);
    let running = spawn(store, sockets).map_err(|error| (first, error))?;
    Ok((running, addresses))
}

fn spawn(
    store: Arc<Store>,
    sockets: Vec<(SocketAddr, UdpSocket, TcpListener)>,
) -> io::Result<Running> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let server = register(&runtime, store, sockets)?;
    let (stop, stopped) = oneshot::channel::<()>();
    let thread = thread::Builder::new()
        .name("nameserver".to_owned())
        .spawn(move || {
            let _ = runtime.block_on(stopped);
            // The sockets belong to the server's tasks, which end with their runtime.
            drop(server);
            drop(runtime);
        })?;
    Ok(Running {
        stop: Some(stop),
        thread: Some(thread),
    })
}

fn register(
    runtime: &Runtime,
    store: Arc<Store>,
    sockets: Vec<(SocketAddr, UdpSocket, TcpListener)>,
) -> io::Result<Server<Handler>> {
    let _inside = runtime.enter();
    let mut server = Server::new(Handler { store });
    for (_, udp, tcp) in sockets {
        udp.set_nonblocking(true)?;
        tcp.set_nonblocking(true)?;
        server.register_socket(tokio::net::UdpSocket::from_std(udp)?);
        server.register_listener(tokio::net::TcpListener::from_std(tcp)?, IDLE, QUEUE);
    }
    Ok(server)
}

fn bind(address: SocketAddr) -> io::Result<(SocketAddr, UdpSocket, TcpListener)> {
    let mut attempts = if address.port() == 0 { 100 } else { 1 };
    loop {
        attempts -= 1;
        let tcp = TcpListener::bind(address)?;
        let bound = tcp.local_addr()?;
        match UdpSocket::bind(bound) {
            Ok(udp) => return Ok((bound, udp, tcp)),
            Err(error) if attempts == 0 => return Err(error),
            Err(_) => {}
        }
    }
}

struct Handler {
    store: Arc<Store>,
}

#[async_trait]
impl RequestHandler for Handler {
    async fn handle_request<R: ResponseHandler, T: Time>(
        &self,
        request: &Request,
        mut client: R,
    ) -> ResponseInfo {
        match self.decide(request) {
            Decision::Reply(reply) => send(request, &reply, &mut client).await,
            Decision::Transfer(zone) => transfer(request, &zone, &mut client).await,
        }
    }
}

enum Decision {
    Reply(Reply),
    Transfer(Arc<Zone>),
}

impl Handler {
    fn decide(&self, request: &Request) -> Decision {
        let refuse = |code| Decision::Reply(Reply::bare(code));
        if request.metadata.op_code != OpCode::Query {
            return refuse(ResponseCode::NotImp);
        }
        if request.version() > 0 {
            return refuse(ResponseCode::BADVERS);
        }
        let [query] = request.queries.queries() else {
            return refuse(ResponseCode::FormErr);
        };
        let query = query.original();
        let labels = query.name().iter();
        let mut wire: Vec<u8> = labels.flat_map(length_and_octets).collect();
        wire.push(0);
        let Ok(qname) = Name::from_wire(&wire) else {
            return refuse(ResponseCode::FormErr);
        };
        let qtype = RecordType(query.query_type().into());
        if query.query_class() != DNSClass::IN {
            return refuse(ResponseCode::Refused);
        }
        match qtype {
            RecordType::AXFR | RecordType::IXFR => self.transfer(request, &qname),
            RecordType::ANY => Decision::Reply(self.answer(&qname, qtype)),
            meta if meta.is_meta() => refuse(ResponseCode::NotImp),
            _ => Decision::Reply(self.answer(&qname, qtype)),
        }
    }

    fn answer(&self, qname: &Name, qtype: RecordType) -> Reply {
        // The parent side of a cut has the DS, if it is here too (RFC 4035, section 3.1.4.1).
        let parent = qname.borrow().parent().filter(|_| qtype == RecordType::DS);
        let zone = parent
            .and_then(|parent| self.store.enclosing(parent))
            .or_else(|| self.store.enclosing(qname.borrow()));
        match zone {
            Some(Ok(zone)) => Reply::to(&zone, qname, qtype),
            Some(Err(_)) => Reply::bare(ResponseCode::ServFail),
            None => Reply::bare(ResponseCode::Refused),
        }
    }

    /// An IXFR is answered with the whole zone, as RFC 1995 section 4 allows.
    fn transfer(&self, request: &Request, qname: &Name) -> Decision {
        let refuse = |code| Decision::Reply(Reply::bare(code));
        if request.protocol() != Protocol::Tcp || !request.src().ip().to_canonical().is_loopback() {
            return refuse(ResponseCode::Refused);
        }
        match self.store.zone(qname.borrow()) {
            Some(Ok(zone)) => Decision::Transfer(zone),
            Some(Err(_)) => refuse(ResponseCode::ServFail),
            None => refuse(ResponseCode::NotAuth),
        }
    }
}

fn length_and_octets(label: &[u8]) -> impl Iterator<Item = u8> {
    std::iter::once(label.len() as u8).chain(label.iter().copied())
}

/// Sends `reply`, or an empty one with the TC bit where it does not fit what the client takes.
///
/// Records are never left out one by one: half an answer helps nobody, and the OPT record must stay.
async fn send<R: ResponseHandler>(
    request: &Request,
    reply: &Reply,
    client: &mut R,
) -> ResponseInfo {
    let mut metadata = Metadata::response_from_request(&request.metadata);
    metadata.response_code = reply.code;
    metadata.authoritative = reply.authoritative;
    let edns = request.edns.as_ref().map(|_| {
        let mut edns = Edns::new();
        edns.set_max_payload(PAYLOAD);
        edns
    });
    let builder = || MessageResponseBuilder::new(&request.queries, edns.as_ref());
    let whole = || {
        builder().build(
            metadata,
            &reply.answers,
            &reply.authorities,
            [],
            &reply.additionals,
        )
    };
    let fits = request.protocol() != Protocol::Udp || {
        let mut octets = Vec::new();
        let mut encoder = BinEncoder::new(&mut octets);
        encoder.set_max_size(request.max_payload().min(PAYLOAD));
        whole()
            .destructive_emit(&mut encoder)
            .is_ok_and(|sent| !sent.truncation)
    };
    let sent = if fits {
        client.send_response(whole()).await
    } else {
        metadata.truncation = true;
        client
            .send_response(builder().build_no_records(metadata))
            .await
    };
    sent.unwrap_or_else(|_| unsent(metadata))
}

/// Sends the whole zone, the SOA first and last (RFC 5936, section 2.2).
async fn transfer<R: ResponseHandler>(
    request: &Request,
    zone: &Zone,
    client: &mut R,
) -> ResponseInfo {
    let soa = || {
        zone.get(zone.origin().borrow(), RecordType::SOA)
            .into_iter()
            .flat_map(|set| records(set.owner(), set))
    };
    let between = zone
        .sets()
        .filter(|set| set.rtype() != RecordType::SOA)
        .flat_map(|set| records(set.owner(), set));
    let mut reply = Reply::bare(ResponseCode::NoError);
    reply.authoritative = true;
    let mut octets = 0;
    for record in soa().chain(between).chain(soa()) {
        let size = uncompressed(&record);
        if octets > 0 && octets + size > TRANSFER_OCTETS {
            send(request, &reply, client).await;
            reply.answers.clear();
            octets = 0;
            // A long transfer must not keep everybody else waiting.
            tokio::task::yield_now().await;
        }
        octets += size;
        reply.answers.push(record);
    }
    send(request, &reply, client).await
}

/// Octets of a record at most: name, fixed fields and RDATA.
fn uncompressed(record: &Record) -> usize {
    let rdata = match &record.data {
        hickory_proto::rr::RData::Unknown { rdata, .. } => rdata.anything.len(),
        _ => 0,
    };
    record.name.len() + 10 + rdata
}

/// What is reported of a response that its client is no longer there for.
fn unsent(metadata: Metadata) -> ResponseInfo {
    ResponseInfo::from(Header {
        metadata,
        counts: HeaderCounts::default(),
    })
}
