//! A nameserver that answers every A question with one address, and can misbehave in one way at a time.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use super::free_address;

/// How it behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// As it should.
    Honest,
    /// Never answers.
    Silent,
    /// Answers this many questions, then never again.
    SilentAfter(usize),
    /// REFUSED.
    Refusing,
    /// SERVFAIL.
    ServFail,
    /// Data without the AA bit.
    Lame,
    /// NOERROR with the root's NS set.
    Upward,
    /// TC over UDP, the answer over TCP.
    Truncating,
    /// TC over UDP, and nobody listens on TCP.
    TruncatingWithoutTcp,
    /// TC over UDP, and TCP takes questions and never answers.
    TruncatingWithSilentTcp,
    /// TC over UDP, and half an answer over TCP.
    HalfOverTcp,
    /// Another address than the others say.
    Lying,
    /// Leaves the first packet of every question unanswered.
    Slow,
    /// Another id, every time.
    WrongId,
    /// Another question, every time.
    WrongQuestion,
    /// From another port, every time.
    WrongSource,
    /// Octets that are no message, before the right answer.
    GarbageFirst,
    /// The right id and then nothing readable; over TCP all is well.
    Garbage,
    /// An answer cut in the middle, without TC; over TCP all is well.
    Half,
    /// Upper case in question and owner.
    UpperCase,
    /// FORMERR without OPT to every query that has one.
    NoEdns,
    /// The question left out of a REFUSED.
    RefusedWithoutQuestion,
}

/// The address that an honest server gives.
pub const ADDRESS: [u8; 4] = [192, 0, 2, 1];

/// The TTL of every record.
pub const TTL: u32 = 300;

/// Runs until it is dropped.
pub struct FakeNs {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    packets: Arc<AtomicUsize>,
    connections: Arc<AtomicUsize>,
    threads: Vec<JoinHandle<()>>,
}

impl FakeNs {
    /// Starts one.
    pub fn start(mode: Mode) -> Self {
        let address = free_address();
        let udp = UdpSocket::bind(address).expect("a UDP socket");
        udp.set_read_timeout(Some(Duration::from_millis(20)))
            .expect("a timeout");
        let stop = Arc::new(AtomicBool::new(false));
        let packets = Arc::new(AtomicUsize::new(0));
        let connections = Arc::new(AtomicUsize::new(0));
        let mut threads = Vec::new();
        let (stopped, counter) = (stop.clone(), packets.clone());
        threads.push(std::thread::spawn(move || {
            serve_udp(&udp, mode, &stopped, &counter);
        }));
        if mode != Mode::TruncatingWithoutTcp {
            let tcp = TcpListener::bind(address).expect("a TCP socket");
            tcp.set_nonblocking(true).expect("a non-blocking listener");
            let (stopped, counter) = (stop.clone(), connections.clone());
            threads.push(std::thread::spawn(move || {
                serve_tcp(&tcp, mode, &stopped, &counter);
            }));
        }
        Self {
            address,
            stop,
            packets,
            connections,
            threads,
        }
    }

    /// Where it answers.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many datagrams came in.
    pub fn packets(&self) -> usize {
        self.packets.load(Ordering::Relaxed)
    }

    /// How many TCP connections came in.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

impl Drop for FakeNs {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

fn serve_udp(socket: &UdpSocket, mode: Mode, stop: &AtomicBool, packets: &AtomicUsize) {
    let elsewhere = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("another socket");
    let mut seen: Vec<Vec<u8>> = Vec::new();
    let mut query = [0; 1500];
    while !stop.load(Ordering::Relaxed) {
        let Ok((length, from)) = socket.recv_from(&mut query) else {
            continue;
        };
        let query = &query[..length];
        let count = packets.fetch_add(1, Ordering::Relaxed) + 1;
        let truncated = matches!(
            mode,
            Mode::Truncating
                | Mode::TruncatingWithoutTcp
                | Mode::TruncatingWithSilentTcp
                | Mode::HalfOverTcp
        );
        let mut response = if truncated {
            header_and_question(query, 0x8600)
        } else {
            respond(query, mode)
        };
        let sender = if mode == Mode::WrongSource {
            &elsewhere
        } else {
            socket
        };
        match mode {
            Mode::Silent => continue,
            Mode::SilentAfter(limit) if count > limit => continue,
            Mode::Slow if !seen.contains(&query.to_vec()) => {
                seen.push(query.to_vec());
                continue;
            }
            Mode::WrongId => response[0] ^= 0x55,
            Mode::WrongQuestion => response[13] ^= 0x01,
            Mode::GarbageFirst => {
                for garbage in [
                    &b""[..],
                    b"x",
                    b"garbage that is no message at all",
                    &[0xff; 64],
                ] {
                    let _ = socket.send_to(garbage, from);
                }
            }
            Mode::Garbage => {
                response.truncate(2);
                response.extend([0xff; 30]);
            }
            Mode::Half => response.truncate(response.len() - 7),
            _ => {}
        }
        let _ = sender.send_to(&response, from);
    }
}

fn serve_tcp(listener: &TcpListener, mode: Mode, stop: &AtomicBool, connections: &AtomicUsize) {
    while !stop.load(Ordering::Relaxed) {
        match listener.accept() {
            Ok((stream, _)) => {
                connections.fetch_add(1, Ordering::Relaxed);
                serve_stream(stream, mode, stop);
            }
            Err(_) => std::thread::park_timeout(Duration::from_millis(5)),
        }
    }
}

fn serve_stream(mut stream: TcpStream, mode: Mode, stop: &AtomicBool) {
    let timeout = Some(Duration::from_millis(20));
    if stream.set_nonblocking(false).is_err() || stream.set_read_timeout(timeout).is_err() {
        return;
    }
    let mut received: Vec<u8> = Vec::new();
    let mut chunk = [0; 2048];
    while !stop.load(Ordering::Relaxed) {
        match stream.read(&mut chunk) {
            Ok(0) => return,
            Ok(length) => received.extend(&chunk[..length]),
            Err(_) => continue,
        }
        while let Some(length) = received
            .first_chunk::<2>()
            .map(|two| u16::from_be_bytes(*two))
        {
            let end = 2 + usize::from(length);
            let Some(query) = received.get(2..end).map(<[u8]>::to_vec) else {
                break;
            };
            received.drain(..end);
            let response = respond(&query, mode);
            let mut framed = (response.len() as u16).to_be_bytes().to_vec();
            framed.extend(&response);
            match mode {
                Mode::TruncatingWithSilentTcp => {}
                Mode::HalfOverTcp => {
                    let _ = stream.write_all(&framed[..framed.len() / 2]);
                    return;
                }
                _ => {
                    if stream.write_all(&framed).is_err() {
                        return;
                    }
                }
            }
        }
    }
}

/// Where the question of a query ends.
fn question_end(query: &[u8]) -> usize {
    let mut at = 12;
    while query[at] != 0 {
        at += 1 + usize::from(query[at]);
    }
    at + 5
}

fn header_and_question(query: &[u8], flags: u16) -> Vec<u8> {
    let mut out = query[..2].to_vec();
    out.extend(flags.to_be_bytes());
    out.extend([0, 1, 0, 0, 0, 0, 0, 0]);
    out.extend(&query[12..question_end(query)]);
    out
}

fn respond(query: &[u8], mode: Mode) -> Vec<u8> {
    let end = question_end(query);
    let has_opt = query[11] != 0;
    let flags = match mode {
        Mode::Refusing | Mode::RefusedWithoutQuestion => 0x8005,
        Mode::ServFail => 0x8002,
        Mode::NoEdns if has_opt => 0x8001,
        Mode::Lame | Mode::Upward => 0x8000,
        _ => 0x8400,
    };
    let mut out = header_and_question(query, flags);
    if mode == Mode::RefusedWithoutQuestion {
        out[5] = 0;
        out.truncate(12);
    }
    if flags & 0x0f != 0 {
        return out;
    }
    if mode == Mode::UpperCase {
        out[12..end - 4].make_ascii_uppercase();
    }
    if mode == Mode::Upward {
        out[9] = 1;
        out.extend([0, 0, 2, 0, 1, 0, 0, 0, 1, 0, 3, 1, b'a', 0]);
        return out;
    }
    out[7] = 1;
    out.extend([0xc0, 12, 0, 1, 0, 1]);
    out.extend(TTL.to_be_bytes());
    out.extend([0, 4]);
    out.extend(if mode == Mode::Lying {
        [192, 0, 2, 66]
    } else {
        ADDRESS
    });
    out
}
