//! Asking servers and reading what they say, with hickory's messages and none of the program's own code.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::str::FromStr as _;
use std::time::Duration;

use hickory_proto::op::{Message, Query, ResponseCode};
use hickory_proto::rr::{Name, Record, RecordType};

use super::zones::{Key, ORIGIN, Set, Sets, absolute};

/// What a server says to one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The set; for an alias its CNAME, and in `beyond` the addresses that came along.
    Records {
        set: Set,
        beyond: bool,
    },
    NoData,
    NxDomain,
    /// Another rcode.
    Failure(ResponseCode),
    /// Not authoritative, or not readable.
    Wrong(String),
    /// Nothing within two seconds.
    Silent,
}

/// A socket connected to one server.
pub(crate) struct Asker {
    socket: UdpSocket,
    next: u16,
}

impl Asker {
    pub(crate) fn new(server: SocketAddr) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
        socket.connect(server).expect("loopback is there");
        socket
            .set_read_timeout(Some(Duration::from_secs(2)))
            .expect("a timeout");
        Self { socket, next: 1 }
    }

    pub(crate) fn ask(&mut self, (owner, rtype): &Key) -> Answer {
        self.next = self.next.wrapping_add(1);
        let mut question = question(owner, rtype);
        question.metadata.id = self.next;
        let octets = question.to_vec().expect("a question");
        if self.socket.send(&octets).is_err() {
            return Answer::Silent;
        }
        let mut buffer = [0; 4096];
        loop {
            let Ok(length) = self.socket.recv(&mut buffer) else {
                return Answer::Silent;
            };
            match Message::from_vec(&buffer[..length]) {
                // A late answer to an earlier question.
                Ok(message) if message.metadata.id != self.next => {}
                Ok(message) => return read(&message, rtype),
                Err(error) => return Answer::Wrong(error.to_string()),
            }
        }
    }
}

fn question(owner: &str, rtype: &str) -> Message {
    let mut message = Message::query();
    message.add_query(Query::query(
        Name::from_str(owner).expect("a name"),
        RecordType::from_str(rtype).expect("a type"),
    ));
    message
}

fn read(message: &Message, rtype: &str) -> Answer {
    if message.metadata.response_code == ResponseCode::NXDomain && message.answers.is_empty() {
        return Answer::NxDomain;
    }
    if message.metadata.response_code != ResponseCode::NoError {
        return Answer::Failure(message.metadata.response_code);
    }
    if !message.metadata.authoritative {
        return Answer::Wrong("without authority".to_owned());
    }
    let asked: Vec<&Record> = message
        .answers
        .iter()
        .filter(|record| record.record_type().to_string() == rtype)
        .collect();
    let aliases: Vec<&Record> = message
        .answers
        .iter()
        .filter(|record| record.record_type() == RecordType::CNAME)
        .collect();
    let records = if aliases.is_empty() { &asked } else { &aliases };
    match records.first() {
        None => Answer::NoData,
        Some(first) => Answer::Records {
            set: Set {
                ttl: first.ttl,
                data: records
                    .iter()
                    .map(|record| record.data.to_string())
                    .collect(),
            },
            beyond: !aliases.is_empty() && !asked.is_empty() && rtype != "CNAME",
        },
    }
}

/// Everything that a server gives away in an unsigned AXFR but the SOA, which is returned as its serial.
pub(crate) fn transfer(server: SocketAddr) -> std::io::Result<(Sets, u32)> {
    let mut stream = TcpStream::connect(server)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let octets = question(&absolute("@"), "AXFR")
        .to_vec()
        .expect("a question");
    let mut framed = (octets.len() as u16).to_be_bytes().to_vec();
    framed.extend(octets);
    stream.write_all(&framed)?;
    let mut sets = Sets::new();
    let mut serials = Vec::new();
    while serials.len() < 2 {
        let mut length = [0; 2];
        stream.read_exact(&mut length)?;
        let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
        stream.read_exact(&mut message)?;
        let message = Message::from_vec(&message).map_err(std::io::Error::other)?;
        if message.metadata.response_code != ResponseCode::NoError {
            let code = message.metadata.response_code;
            return Err(std::io::Error::other(format!("AXFR of {ORIGIN}: {code}")));
        }
        for record in &message.answers {
            if let hickory_proto::rr::RData::SOA(soa) = &record.data {
                serials.push(soa.serial);
                continue;
            }
            let key = (
                record.name.to_string().to_ascii_lowercase(),
                record.record_type().to_string(),
            );
            let set = sets.entry(key).or_insert_with(|| Set {
                ttl: record.ttl,
                data: BTreeSet::new(),
            });
            assert_eq!(set.ttl, record.ttl, "one set, two TTLs: {record}");
            set.data.insert(record.data.to_string());
        }
    }
    Ok((sets, serials[0]))
}
