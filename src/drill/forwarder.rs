//! Stands before one nameserver: passes everything on, or misbehaves while it is told to.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ring::rand::{SecureRandom, SystemRandom};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::fault::{Fault, denial, make_stale, refusal};

/// After this a nameserver's answer is of no use to any resolver.
const PATIENCE: Duration = Duration::from_secs(10);

/// The longest message over UDP.
const LONGEST: usize = u16::MAX as usize;

/// How often a port is looked for that is free for UDP and TCP alike.
const TRIES: usize = 20;

/// A forwarder; it ends when it is dropped.
pub struct Forwarder {
    address: SocketAddr,
    // Ends them all with it.
    _tasks: JoinSet<()>,
}

/// What every query through a forwarder needs.
struct Way {
    upstream: SocketAddr,
    /// What it does while `is_on`; nothing where the server is of a provider that stays.
    fault: Option<Fault>,
    is_on: Arc<AtomicBool>,
}

/// What becomes of a query.
enum Fate {
    Passes,
    PassesStale,
    Refused,
    Denied,
    Lost,
}

impl Forwarder {
    /// Listens on a port of 127.0.0.1 and passes on to `upstream`, but for `fault` while `is_on`.
    pub async fn before(
        upstream: SocketAddr,
        fault: Option<Fault>,
        is_on: &Arc<AtomicBool>,
    ) -> io::Result<Self> {
        let (datagrams, streams) = listen().await?;
        let address = datagrams.local_addr()?;
        let way = Arc::new(Way {
            upstream,
            fault,
            is_on: Arc::clone(is_on),
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(over_udp(Arc::new(datagrams), Arc::clone(&way)));
        tasks.spawn(over_tcp(streams, way));
        Ok(Self {
            address,
            _tasks: tasks,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

async fn listen() -> io::Result<(UdpSocket, TcpListener)> {
    let mut tried = 0;
    loop {
        let datagrams = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        match TcpListener::bind(datagrams.local_addr()?).await {
            Ok(streams) => return Ok((datagrams, streams)),
            Err(error) if tried == TRIES => return Err(error),
            Err(_) => tried += 1,
        }
    }
}

impl Way {
    fn fate(&self, is_tcp: bool) -> Fate {
        match self.fault.filter(|_| self.is_on.load(Ordering::SeqCst)) {
            Some(Fault::Silent) => Fate::Lost,
            Some(Fault::Refused) => Fate::Refused,
            Some(Fault::Stale) => Fate::PassesStale,
            Some(Fault::Empty) => Fate::Denied,
            Some(Fault::Lossy(percent)) if !is_tcp && is_hit(percent) => Fate::Lost,
            None | Some(Fault::Lossy(_)) => Fate::Passes,
        }
    }
}

/// True `percent` of the times.
fn is_hit(percent: u8) -> bool {
    let mut octets = [0; 4];
    // A machine without randomness loses everything, which no drill mistakes for health.
    SystemRandom::new().fill(&mut octets).is_err()
        || u32::from_le_bytes(octets) % 100 < u32::from(percent)
}

async fn over_udp(socket: Arc<UdpSocket>, way: Arc<Way>) {
    let mut under_way = JoinSet::new();
    let mut buffer = vec![0; LONGEST];
    loop {
        while under_way.try_join_next().is_some() {}
        // An error here is a client's that went away, which is no reason to end.
        let Ok((length, client)) = socket.recv_from(&mut buffer).await else {
            continue;
        };
        let query = buffer[..length].to_vec();
        let (socket, way) = (Arc::clone(&socket), Arc::clone(&way));
        under_way.spawn(async move {
            let response = match way.fate(false) {
                Fate::Lost => return,
                Fate::Refused => refusal(&query),
                Fate::Denied => denial(&query),
                Fate::Passes => datagram(way.upstream, &query).await.ok(),
                Fate::PassesStale => datagram(way.upstream, &query).await.ok().map(stale),
            };
            if let Some(response) = response {
                let _ = socket.send_to(&response, client).await;
            }
        });
    }
}

fn stale(mut response: Vec<u8>) -> Vec<u8> {
    make_stale(&mut response);
    response
}

/// Asks from a port of its own for each query, as a resolver would.
async fn datagram(upstream: SocketAddr, query: &[u8]) -> io::Result<Vec<u8>> {
    let socket = if upstream.is_ipv4() {
        UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).await?
    } else {
        UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0)).await?
    };
    socket.connect(upstream).await?;
    socket.send(query).await?;
    let mut buffer = vec![0; LONGEST];
    let answered = async {
        loop {
            let length = socket.recv(&mut buffer).await?;
            if length >= 2 && buffer[..2] == query[..2.min(query.len())] {
                return io::Result::Ok(length);
            }
        }
    };
    let length = timeout(PATIENCE, answered).await??;
    buffer.truncate(length);
    Ok(buffer)
}

async fn over_tcp(listener: TcpListener, way: Arc<Way>) {
    let mut under_way = JoinSet::new();
    loop {
        while under_way.try_join_next().is_some() {}
        let Ok((client, _)) = listener.accept().await else {
            continue;
        };
        let way = Arc::clone(&way);
        under_way.spawn(async move {
            // A client or a server that goes away ends the connection, and nothing else.
            let _ = connection(client, &way).await;
        });
    }
}

async fn connection(mut client: TcpStream, way: &Way) -> io::Result<()> {
    loop {
        let query = message(&mut client).await?;
        let response = match way.fate(true) {
            // As a server that answers nothing: the connection stays until the client leaves it.
            Fate::Lost => continue,
            Fate::Refused => refusal(&query).ok_or(io::ErrorKind::InvalidData)?,
            Fate::Denied => denial(&query).ok_or(io::ErrorKind::InvalidData)?,
            Fate::Passes => stream(way.upstream, &query).await?,
            Fate::PassesStale => stale(stream(way.upstream, &query).await?),
        };
        write(&mut client, &response).await?;
    }
}

async fn stream(upstream: SocketAddr, query: &[u8]) -> io::Result<Vec<u8>> {
    let exchange = async {
        let mut server = TcpStream::connect(upstream).await?;
        write(&mut server, query).await?;
        message(&mut server).await
    };
    timeout(PATIENCE, exchange).await?
}

/// One message, without its length (RFC 1035, section 4.2.2).
async fn message(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let length = stream.read_u16().await?;
    let mut octets = vec![0; usize::from(length)];
    stream.read_exact(&mut octets).await?;
    Ok(octets)
}

async fn write(stream: &mut TcpStream, message: &[u8]) -> io::Result<()> {
    let length = u16::try_from(message.len()).map_err(|_| io::ErrorKind::InvalidData)?;
    let mut octets = length.to_be_bytes().to_vec();
    octets.extend_from_slice(message);
    stream.write_all(&octets).await
}
