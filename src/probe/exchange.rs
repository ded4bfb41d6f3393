//! One query of any shape to one address, and its response as octets.
//!
//! The engine asks thousands of ordinary questions; this asks the odd ones that an audit is made of.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use hickory_proto::op::{Edns, Message, Query as HickoryQuery};
use hickory_proto::rr::rdata::opt::{EdnsOption, NSIDPayload};
use hickory_proto::rr::{Name as HickoryName, RecordType as HickoryType};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

use super::query::{HEADER, ROOT_QUESTION, random_id};
use super::socket::{connect, said};
use crate::audit::{Heard, Reply};
use crate::verdict::{NO_TIME, Question, answers};
use crate::zone::message::MessageRef;
use crate::zone::{Name, RecordType};

/// EDNS in a query (RFC 6891).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EdnsShape {
    /// 0 is the one there is.
    pub version: u8,
    /// Octets that we take over UDP.
    pub payload: u16,
    /// Whether signatures shall come along (RFC 3225).
    pub dnssec_ok: bool,
    /// The flags beside that one; none has a meaning.
    pub flags: u16,
    /// Whether the server shall say which node it is (RFC 5001).
    pub nsid: bool,
    /// An empty option of this code.
    pub option: Option<u16>,
}

impl Default for EdnsShape {
    fn default() -> Self {
        Self {
            version: 0,
            payload: 1232,
            dnssec_ok: false,
            flags: 0,
            nsid: false,
            option: None,
        }
    }
}

/// A query of class IN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// QNAME and QTYPE.
    pub question: Question,
    /// Recursion desired.
    pub recursion: bool,
    /// EDNS, or a query as before it was invented.
    pub edns: Option<EdnsShape>,
    /// Whether every second letter of the QNAME is sent in upper case.
    pub mixed_case: bool,
    /// Over TCP instead of UDP.
    pub tcp: bool,
}

impl Query {
    /// Without recursion, over UDP, with ordinary EDNS.
    pub fn new(name: &Name, rtype: RecordType) -> Self {
        Self {
            question: Question {
                name: name.clone(),
                rtype,
            },
            recursion: false,
            edns: Some(EdnsShape::default()),
            mixed_case: false,
            tcp: false,
        }
    }

    /// The same with other EDNS.
    #[must_use]
    pub fn edns(mut self, edns: EdnsShape) -> Self {
        self.edns = Some(edns);
        self
    }

    /// The same with signatures.
    #[must_use]
    pub fn dnssec(self) -> Self {
        self.edns(EdnsShape {
            dnssec_ok: true,
            ..EdnsShape::default()
        })
    }

    /// The same over TCP.
    #[must_use]
    pub fn over_tcp(mut self) -> Self {
        self.tcp = true;
        self
    }

    /// Its octets.
    pub(super) fn encode(&self, id: u16) -> Vec<u8> {
        let mut message = Message::query();
        message.metadata.recursion_desired = self.recursion;
        message.add_query(HickoryQuery::query(HickoryName::root(), HickoryType::A));
        if let Some(shape) = self.edns {
            let mut opt = Edns::new();
            opt.set_version(shape.version);
            opt.set_max_payload(shape.payload);
            opt.set_dnssec_ok(shape.dnssec_ok);
            opt.flags_mut().z = shape.flags;
            if shape.nsid {
                let empty = NSIDPayload::new(Vec::new()).expect("an empty payload is short enough");
                opt.options_mut().insert(EdnsOption::NSID(empty));
            }
            if let Some(code) = shape.option {
                let odd = EdnsOption::Unknown(code, Vec::new());
                opt.options_mut().insert(odd);
            }
            message.set_edns(opt);
        }
        let template = message
            .to_vec()
            .expect("a query for the root name can be encoded");
        let mut octets = id.to_be_bytes().to_vec();
        octets.extend_from_slice(&template[2..HEADER]);
        let mut name = self.question.name.borrow().wire().to_vec();
        if self.mixed_case {
            for octet in name.iter_mut().step_by(2) {
                octet.make_ascii_uppercase();
            }
        }
        octets.extend_from_slice(&name);
        octets.extend_from_slice(&self.question.rtype.0.to_be_bytes());
        octets.extend_from_slice(&1_u16.to_be_bytes());
        octets.extend_from_slice(&template[HEADER + ROOT_QUESTION..]);
        octets
    }
}

/// How long to wait after each sending; there are as many tries as entries. Over TCP the sum is for all of it.
pub const PATIENCE: [Duration; 2] = [Duration::from_millis(350), Duration::from_millis(750)];

/// Sends `query` to `address` and waits for its response; what is no response to it is ignored.
///
/// Ends at `deadline` at the latest. The error says why there is no response, in the words of
/// [`crate::verdict::Answer::Silent`].
pub async fn exchange(address: SocketAddr, query: &Query, deadline: Option<Instant>) -> Heard {
    let asked = async {
        if query.tcp {
            stream(address, query).await
        } else {
            datagram(address, query).await
        }
    };
    let outcome = match deadline {
        None => asked.await,
        Some(deadline) => tokio::time::timeout_at(deadline.into(), asked)
            .await
            .map_err(|_| NO_TIME.to_owned())?,
    };
    outcome.map_err(|error| {
        let words = said(&error);
        if query.tcp {
            format!("{words} over TCP")
        } else {
            words
        }
    })
}

/// As [`exchange`], and over TCP where the response over UDP was cut.
pub async fn exchange_whole(
    address: SocketAddr,
    query: &Query,
    deadline: Option<Instant>,
) -> Heard {
    let reply = exchange(address, query, deadline).await?;
    if reply.message().is_some_and(|message| message.tc()) {
        return exchange(address, &query.clone().over_tcp(), deadline).await;
    }
    Ok(reply)
}

async fn datagram(address: SocketAddr, query: &Query) -> io::Result<Reply> {
    let [short, long] = PATIENCE;
    let first = Sent::new(address, query).await?;
    if let Ok(heard) = timeout(short, first.response(query)).await {
        return heard;
    }
    let second = Sent::new(address, query).await?;
    // The first one may only be late.
    timeout(long, async {
        tokio::select! {
            heard = second.response(query) => heard,
            heard = first.response(query) => heard,
        }
    })
    .await?
}

/// A query on its way, from a port of its own: whoever guesses one has to guess the next one too.
struct Sent {
    socket: UdpSocket,
    id: u16,
    at: Instant,
}

impl Sent {
    async fn new(address: SocketAddr, query: &Query) -> io::Result<Self> {
        let (socket, id) = (connect(address).await?, random_id());
        socket.send(&query.encode(id)).await?;
        let at = Instant::now();
        Ok(Self { socket, id, at })
    }

    async fn response(&self, query: &Query) -> io::Result<Reply> {
        let mut buffer = vec![0; usize::from(u16::MAX)];
        loop {
            let length = self.socket.recv(&mut buffer).await?;
            if is_response(&buffer[..length], self.id, query) {
                return Ok(Reply {
                    octets: buffer[..length].to_vec(),
                    elapsed: self.at.elapsed(),
                });
            }
        }
    }
}

async fn stream(address: SocketAddr, query: &Query) -> io::Result<Reply> {
    let id = random_id();
    let octets = framed(&query.encode(id));
    timeout(PATIENCE.iter().sum(), async {
        let begun = Instant::now();
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(&octets).await?;
        loop {
            let octets = receive(&mut stream).await?;
            if is_response(&octets, id, query) {
                return Ok(Reply {
                    octets,
                    elapsed: begun.elapsed(),
                });
            }
        }
    })
    .await?
}

/// With its length in front (RFC 1035, section 4.2.2).
pub(super) fn framed(message: &[u8]) -> Vec<u8> {
    let length = u16::try_from(message.len()).expect("a query is shorter than 65,536 octets");
    let mut octets = length.to_be_bytes().to_vec();
    octets.extend_from_slice(message);
    octets
}

/// The next message of a stream.
pub(super) async fn receive(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let length = stream.read_u16().await?;
    let mut octets = vec![0; usize::from(length)];
    stream.read_exact(&mut octets).await?;
    Ok(octets)
}

fn is_response(octets: &[u8], id: u16, query: &Query) -> bool {
    MessageRef::read(octets)
        .is_ok_and(|message| message.id() == id && answers(&message, &query.question))
}

/// Asks `address` once from a socket that hears everybody, and says what is wrong with the first response that is
/// not what a resolver would take: from elsewhere, with another id, to another question (RFC 5452, section 9).
pub(super) async fn stray(address: SocketAddr, query: &Query) -> Option<String> {
    let any: SocketAddr = if address.is_ipv4() {
        ([0, 0, 0, 0], 0).into()
    } else {
        ([0_u16; 8], 0).into()
    };
    let socket = UdpSocket::bind(any).await.ok()?;
    let id = random_id();
    socket.send_to(&query.encode(id), address).await.ok()?;
    let mut buffer = vec![0; usize::from(u16::MAX)];
    let heard = timeout(PATIENCE[1], socket.recv_from(&mut buffer)).await;
    let (length, from) = heard.ok()?.ok()?;
    if (from.ip().to_canonical(), from.port()) != (address.ip().to_canonical(), address.port()) {
        return Some(format!("from {from}"));
    }
    let Ok(message) = MessageRef::read(&buffer[..length]) else {
        return Some("as octets that are no DNS message".to_owned());
    };
    if message.id() != id {
        return Some("with another id".to_owned());
    }
    (!answers(&message, &query.question)).then(|| "to another question".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hickory_reads_every_shape() {
        let name = Name::absolute("www.example.com").expect("a name");
        let plain = Query {
            edns: None,
            recursion: true,
            mixed_case: true,
            ..Query::new(&name, RecordType::SOA)
        };
        let octets = plain.encode(7);
        let message = Message::from_vec(&octets).expect("a message");
        assert!(message.edns.is_none() && message.metadata.recursion_desired);
        assert!(octets[12..].starts_with(b"\x03wWw\x07eXaMpLe\x03cOm\0"));

        let odd = Query::new(&name, RecordType::SOA).edns(EdnsShape {
            version: 1,
            payload: 512,
            dnssec_ok: true,
            flags: 0x0040,
            nsid: true,
            option: Some(65_001),
        });
        let message = Message::from_vec(&odd.encode(7)).expect("a message");
        let edns = message.edns.expect("EDNS");
        assert_eq!((edns.version(), edns.max_payload()), (1, 512));
        assert!(edns.flags().dnssec_ok);
        assert_eq!(edns.flags().z, 0x0040);
        assert_eq!(edns.options().as_ref().len(), 2);
    }
}
