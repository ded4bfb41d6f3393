//! The nameserver of a fake's zones, over UDP and TCP. Anybody on loopback may transfer them, so that `dig` can
//! judge.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use redundns::zone::message::MessageRef;
use redundns::zone::{Lookup, Name, NameRef, RecordType, SetRef, Zone};

use super::store::Store;
use crate::world::free_address;

/// The largest answer over UDP.
const LARGEST: usize = 1232;
/// About how many octets of a transfer go into one message.
const FULL: usize = 16_000;
const AXFR: RecordType = RecordType(252);
/// Aliases followed for one question.
const ALIASES: usize = 8;

/// Runs until it is dropped.
pub struct Nameserver {
    address: SocketAddr,
    stopped: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Nameserver {
    /// Starts on a free loopback port.
    pub fn start(store: Arc<Store>) -> Self {
        // A port that was free a moment ago may be somebody's by now.
        let pair = || {
            let address = free_address();
            Some((
                UdpSocket::bind(address).ok()?,
                TcpListener::bind(address).ok()?,
            ))
        };
        let (udp, tcp) = (0..100).find_map(|_| pair()).expect("a free port");
        let address = tcp.local_addr().expect("a bound address");
        udp.set_read_timeout(Some(Duration::from_millis(50)))
            .expect("a timeout");
        let stopped: Arc<AtomicBool> = Arc::default();
        let over_udp = std::thread::spawn({
            let (stopped, store) = (stopped.clone(), store.clone());
            move || serve_udp(&udp, &store, &stopped)
        });
        let over_tcp = std::thread::spawn({
            let stopped = stopped.clone();
            move || {
                for stream in tcp.incoming() {
                    if stopped.load(Ordering::SeqCst) {
                        return;
                    }
                    let store = store.clone();
                    std::thread::spawn(move || stream.and_then(|stream| serve_tcp(stream, &store)));
                }
            }
        });
        Self {
            address,
            stopped,
            threads: vec![over_udp, over_tcp],
        }
    }

    /// Where it answers.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Nameserver {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes the listener.
        let _ = TcpStream::connect(self.address);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

fn serve_udp(socket: &UdpSocket, store: &Store, stopped: &AtomicBool) {
    let mut query = [0; 1500];
    while !stopped.load(Ordering::SeqCst) {
        let Ok((length, from)) = socket.recv_from(&mut query) else {
            continue;
        };
        let query = &query[..length];
        if let Some(mut answer) = answers(query, store).into_iter().next() {
            if answer.len() > LARGEST {
                answer =
                    Message::new(query, 0x8600, 0).map_or(Vec::new(), |message| message.octets);
            }
            let _ = socket.send_to(&answer, from);
        }
    }
}

fn serve_tcp(mut stream: TcpStream, store: &Store) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    loop {
        let mut length = [0; 2];
        stream.read_exact(&mut length)?;
        let mut query = vec![0; usize::from(u16::from_be_bytes(length))];
        stream.read_exact(&mut query)?;
        for answer in answers(&query, store) {
            let length = u16::try_from(answer.len()).expect("an answer below 64 KiB");
            stream.write_all(&[&length.to_be_bytes()[..], &answer].concat())?;
        }
    }
}

/// The answer to a query, several for a transfer, none to what is no query.
fn answers(query: &[u8], store: &Store) -> Vec<Vec<u8>> {
    let question = MessageRef::read(query)
        .ok()
        .and_then(|message| message.question());
    let Some((qname, qtype, _)) = question else {
        return Vec::new();
    };
    let Some(held) = store.zone_of(qname.borrow()) else {
        let refusal = Message::new(query, 0x8000, 5);
        return refusal.map(|message| message.octets).into_iter().collect();
    };
    let zone = held.zone();
    if qtype == AXFR {
        return transfer(query, &zone);
    }
    let mut answer = Reply::default();
    let mut next = Some(qname);
    for _ in 0..ALIASES {
        let Some(name) = next else { break };
        next = answer.step(&zone, name.borrow(), qtype);
    }
    let flags = if answer.refers { 0x8000 } else { 0x8400 };
    let Some(mut message) = Message::new(query, flags, answer.code) else {
        return Vec::new();
    };
    for (section, records) in [answer.answers, answer.authorities, answer.additionals]
        .iter()
        .enumerate()
    {
        for record in records {
            message.push(section, record);
        }
    }
    vec![message.octets]
}

fn transfer(query: &[u8], zone: &Zone) -> Vec<Vec<u8>> {
    let soa: Vec<Record> = zone
        .get(zone.origin().borrow(), RecordType::SOA)
        .into_iter()
        .flat_map(|set| records(set.owner(), set))
        .collect();
    let rest = zone
        .sets()
        .filter(|set| set.rtype() != RecordType::SOA)
        .flat_map(|set| records(set.owner(), set));
    let all = soa.iter().cloned().chain(rest).chain(soa.iter().cloned());
    let mut messages: Vec<Message> = Vec::new();
    for record in all {
        let full = messages
            .last()
            .is_none_or(|last| last.octets.len() + record.len() > FULL);
        if full {
            messages.extend(Message::new(query, 0x8400, 0));
        }
        if let Some(message) = messages.last_mut() {
            message.push(0, &record);
        }
    }
    messages.into_iter().map(|message| message.octets).collect()
}

type Record = Vec<u8>;

fn records<'a>(owner: NameRef<'a>, set: SetRef<'a>) -> impl Iterator<Item = Record> + use<'a> {
    set.rdata()
        .map(move |rdata| record(owner, set.rtype(), set.ttl(), rdata))
}

fn record(owner: NameRef<'_>, rtype: RecordType, ttl: u32, rdata: &[u8]) -> Record {
    let length = u16::try_from(rdata.len()).expect("data below 64 KiB");
    [
        owner.wire(),
        &rtype.0.to_be_bytes(),
        &[0, 1],
        &ttl.to_be_bytes(),
        &length.to_be_bytes(),
        rdata,
    ]
    .concat()
}

struct Message {
    octets: Vec<u8>,
}

impl Message {
    /// The header and the question of an answer, with RD as the query has it.
    fn new(query: &[u8], flags: u16, code: u16) -> Option<Self> {
        let end = query.get(12..)?.iter().scan(0_usize, |left, &octet| {
            let is_end = *left == 0 && octet == 0;
            *left = if *left == 0 {
                usize::from(octet)
            } else {
                *left - 1
            };
            Some(is_end)
        });
        let end = 12 + end.take_while(|is_end| !is_end).count() + 5;
        let mut octets = query[..2].to_vec();
        octets.extend((flags | code | u16::from(query[2] & 1) << 8).to_be_bytes());
        octets.extend([0, 1, 0, 0, 0, 0, 0, 0]);
        octets.extend(query.get(12..end)?);
        Some(Self { octets })
    }

    fn push(&mut self, section: usize, record: &[u8]) {
        self.octets.extend(record);
        let at = 6 + 2 * section;
        let count = u16::from_be_bytes([self.octets[at], self.octets[at + 1]]) + 1;
        self.octets[at..at + 2].copy_from_slice(&count.to_be_bytes());
    }
}

#[derive(Default)]
struct Reply {
    code: u16,
    refers: bool,
    answers: Vec<Record>,
    authorities: Vec<Record>,
    additionals: Vec<Record>,
}

impl Reply {
    /// Adds what the zone says about one name, and returns where an alias leads.
    fn step(&mut self, zone: &Zone, name: NameRef<'_>, qtype: RecordType) -> Option<Name> {
        match zone.lookup(name, qtype) {
            Lookup::Records { set, .. } => self.answers.extend(records(name, set)),
            Lookup::Alias { set, .. } => {
                self.answers.extend(records(name, set));
                return Name::from_wire(set.rdata().next()?).ok();
            }
            Lookup::Dname { set } => {
                self.answers.extend(records(set.owner(), set));
                let target = redundns::zone::redirect(name, set)?;
                let wire = target.borrow().wire();
                self.answers
                    .push(record(name, RecordType::CNAME, set.ttl(), wire));
                return Some(target);
            }
            Lookup::Referral { set } => {
                self.refers = self.answers.is_empty();
                self.authorities.extend(records(set.owner(), set));
                for server in set.rdata().filter_map(|wire| Name::from_wire(wire).ok()) {
                    for rtype in [RecordType::A, RecordType::AAAA] {
                        let glue = zone.get(server.borrow(), rtype);
                        self.additionals
                            .extend(glue.into_iter().flat_map(|set| records(set.owner(), set)));
                    }
                }
            }
            Lookup::NoData { .. } => self.negative(zone),
            Lookup::NxDomain => {
                self.code = 3;
                self.negative(zone);
            }
            Lookup::NotInZone => {}
        }
        None
    }

    /// The SOA with the negative TTL (RFC 2308, section 3).
    fn negative(&mut self, zone: &Zone) {
        let apex = zone.origin().borrow();
        if let Some(set) = zone.get(apex, RecordType::SOA) {
            for rdata in set.rdata() {
                let minimum = rdata
                    .last_chunk()
                    .map_or(0, |&four| u32::from_be_bytes(four));
                let ttl = set.ttl().min(minimum);
                self.authorities
                    .push(record(apex, RecordType::SOA, ttl, rdata));
            }
        }
    }
}
