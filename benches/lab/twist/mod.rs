//! A proxy in front of a real nameserver that misbehaves in one way.

mod change;

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::server::unspecified;

/// The one thing that it does wrong.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "kebab-case")]
pub enum Twist {
    /// Never answers.
    Silent,
    /// Nobody listens on TCP.
    NoTcp,
    /// TCP connections are taken and left alone.
    HangingTcp,
    /// TC with nothing else, and nobody listens on TCP.
    TruncateWithoutTcp,
    /// Without the AA bit.
    NoAuthority,
    /// The root's NS set instead of an answer.
    UpwardReferral,
    /// NXDOMAIN where names exist below.
    DenyEmptyNonTerminals,
    /// NOERROR where NXDOMAIN belongs.
    NodataForNxdomain,
    /// Another address over TCP.
    LieOverTcp,
    /// Another address every second time.
    LieNowAndThen,
    /// The answer section upside down.
    CnameLast,
    /// No answer to a query with EDNS.
    DropEdns,
    /// FORMERR to a query with EDNS.
    FormerrOnEdns,
    /// An unknown version is taken for the known one.
    NoBadvers,
    /// No OPT record in answers.
    NoOpt,
    /// FORMERR to an option that is not known.
    FormerrOnUnknownOption,
    /// Names in lower case.
    LowerCase,
    /// NXDOMAIN to names with upper case.
    DenyUpperCase,
    /// Everything over UDP, whatever its size.
    IgnorePayloadSize,
    /// From another address.
    AnswerFromElsewhere,
    /// With another id.
    WrongId,
    /// A third of a second late.
    Slow,
    /// Without NSEC and NSEC3.
    NoDenialProof,
}

/// How much later a slow server answers.
const LATE: Duration = Duration::from_millis(350);

/// How long the server behind may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// The address that answers come from when they should not.
pub fn elsewhere(like: SocketAddr) -> IpAddr {
    if like.is_ipv4() {
        [10, 53, 254, 1].into()
    } else {
        [0xfd53, 0, 254, 0, 0, 0, 0, 1].into()
    }
}

/// The proxy; it stops when its handle is dropped.
pub struct Proxy {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

struct Inner {
    upstream: SocketAddr,
    twist: Twist,
    /// How often a question was asked.
    asked: Mutex<HashMap<Vec<u8>, usize>>,
}

impl Proxy {
    /// Takes `address` and passes on to `upstream`.
    pub fn start(address: SocketAddr, upstream: SocketAddr, twist: Twist) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let inner = Arc::new(Inner {
            upstream,
            twist,
            asked: Mutex::default(),
        });
        let udp = once_free(|| UdpSocket::bind(address));
        let mut threads = vec![std::thread::spawn({
            let (inner, stop) = (inner.clone(), stop.clone());
            move || serve_udp(&udp, &inner, &stop)
        })];
        if !matches!(twist, Twist::NoTcp | Twist::TruncateWithoutTcp) {
            let tcp = once_free(|| TcpListener::bind(address));
            let stop = stop.clone();
            threads.push(std::thread::spawn(move || serve_tcp(&tcp, &inner, &stop)));
        }
        Self { stop, threads }
    }
}

/// Answers of the proxy before it may still be on their way, and keep its address.
fn once_free<T>(bind: impl Fn() -> io::Result<T>) -> T {
    let begun = Instant::now();
    loop {
        match bind() {
            Err(error)
                if error.kind() == io::ErrorKind::AddrInUse && begun.elapsed() < 2 * PATIENCE =>
            {
                std::thread::sleep(Duration::from_millis(20));
            }
            bound => return bound.expect("a free address"),
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

fn serve_udp(socket: &UdpSocket, inner: &Arc<Inner>, stop: &AtomicBool) {
    let tick = Some(Duration::from_millis(50));
    socket.set_read_timeout(tick).expect("a timeout");
    let elsewhere = UdpSocket::bind((elsewhere(socket.local_addr().expect("bound")), 0));
    let elsewhere = Arc::new(elsewhere.expect("another address"));
    let mut query = [0; 4096];
    while !stop.load(Ordering::SeqCst) {
        let Ok((length, from)) = socket.recv_from(&mut query) else {
            continue;
        };
        if inner.twist == Twist::Silent {
            continue;
        }
        let query = query[..length].to_vec();
        let (inner, elsewhere) = (inner.clone(), elsewhere.clone());
        let socket = socket.try_clone().expect("the same socket");
        std::thread::spawn(move || {
            if inner.twist == Twist::Slow {
                std::thread::sleep(LATE);
            }
            let Some(answer) = inner.answer(&query, false) else {
                return;
            };
            let sender = if inner.twist == Twist::AnswerFromElsewhere {
                &*elsewhere
            } else {
                &socket
            };
            // A client that is gone is none of the proxy's trouble.
            let _ = sender.send_to(&answer, from);
        });
    }
}

fn serve_tcp(listener: &TcpListener, inner: &Arc<Inner>, stop: &Arc<AtomicBool>) {
    listener.set_nonblocking(true).expect("a listener");
    while !stop.load(Ordering::SeqCst) {
        if matches!(inner.twist, Twist::Silent | Twist::HangingTcp) {
            // The system completes the handshake; nobody takes the connection.
            std::thread::park_timeout(Duration::from_millis(50));
            continue;
        }
        match listener.accept() {
            Ok((stream, _)) => {
                let (inner, stop) = (inner.clone(), stop.clone());
                std::thread::spawn(move || {
                    let _ = converse(stream, &inner, &stop);
                });
            }
            Err(_) => std::thread::park_timeout(Duration::from_millis(5)),
        }
    }
}

fn converse(mut stream: TcpStream, inner: &Inner, stop: &AtomicBool) -> io::Result<()> {
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    while !stop.load(Ordering::SeqCst) {
        let query = receive(&mut stream)?;
        if inner.twist == Twist::Slow {
            std::thread::sleep(LATE);
        }
        let Some(answer) = inner.answer(&query, true) else {
            return Ok(());
        };
        send(&mut stream, &answer)?;
    }
    Ok(())
}

fn send(stream: &mut TcpStream, message: &[u8]) -> io::Result<()> {
    let length = u16::try_from(message.len()).map_err(io::Error::other)?;
    stream.write_all(&[&length.to_be_bytes(), message].concat())
}

fn receive(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut length = [0; 2];
    stream.read_exact(&mut length)?;
    let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut message)?;
    Ok(message)
}

impl Inner {
    /// What goes back for a query: nothing, or the real server's answer with the one thing wrong.
    fn answer(&self, query: &[u8], tcp: bool) -> Option<Vec<u8>> {
        if query.len() < 12 {
            return None;
        }
        let turn = {
            let mut asked = self.asked.lock().expect("no thread panics");
            let count = asked.entry(query[12..].to_vec()).or_default();
            *count += 1;
            *count
        };
        match change::query(query, self.twist) {
            change::Query::Ignore => None,
            change::Query::Answer(answer) => Some(answer),
            change::Query::Pass(passed) => {
                let over_tcp = tcp || self.twist == Twist::IgnorePayloadSize;
                let answer = self.pass(&passed, over_tcp).ok()?;
                Some(change::answer(answer, self.twist, tcp, turn))
            }
        }
    }

    fn pass(&self, query: &[u8], tcp: bool) -> io::Result<Vec<u8>> {
        if tcp {
            let mut stream = TcpStream::connect_timeout(&self.upstream, PATIENCE)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            send(&mut stream, query)?;
            return receive(&mut stream);
        }
        let socket = UdpSocket::bind((unspecified(self.upstream), 0))?;
        socket.set_read_timeout(Some(PATIENCE))?;
        socket.connect(self.upstream)?;
        socket.send(query)?;
        let mut answer = vec![0; 65535];
        let length = socket.recv(&mut answer)?;
        answer.truncate(length);
        Ok(answer)
    }
}
