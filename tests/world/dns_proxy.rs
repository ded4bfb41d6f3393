//! Between a client and a DNS server, over TCP: passes connections on, or misbehaves as told.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;

use super::http_fake::reset;

/// What to do with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Pass everything on.
    Pass,
    /// Pass the first request on, and listen no more before its answer goes back.
    PassAndLeave,
    /// Reset once the first request is read.
    Reset,
    /// Say nothing until the client goes away.
    Hang,
    /// Answer without records and without a signature.
    Rcode(u8),
    /// Pass the first request on, and half of its answer back.
    Half,
    /// Pass the first request on, and its answer back with another id.
    WrongId,
    /// Pass the first request on, and reset instead of passing its answer back.
    PassAndReset,
}

/// The proxy; it stops when its handle is dropped.
pub struct Proxy {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Proxy {
    /// Stands before `upstream`; `manner` is told how many connections came before.
    pub fn before(
        upstream: SocketAddr,
        manner: impl Fn(usize) -> Manner + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let connections: Arc<AtomicUsize> = Arc::default();
        let stopped: Arc<AtomicBool> = Arc::default();
        let thread = std::thread::spawn({
            let (connections, stopped) = (connections.clone(), stopped.clone());
            move || {
                for stream in listener.incoming() {
                    if stopped.load(Ordering::SeqCst) {
                        return;
                    }
                    let manner = manner(connections.fetch_add(1, Ordering::SeqCst));
                    let stopped = stopped.clone();
                    // A client that goes away in the middle is none of the proxy's trouble.
                    std::thread::spawn(move || {
                        let _ = stream.and_then(|stream| serve(stream, upstream, manner, &stopped));
                    });
                }
            }
        });
        Self {
            address,
            connections,
            stopped,
            thread: Some(thread),
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections came.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes the listener.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(
    mut client: TcpStream,
    upstream: SocketAddr,
    manner: Manner,
    stopped: &AtomicBool,
) -> std::io::Result<()> {
    if manner == Manner::Hang {
        return std::io::copy(&mut client, &mut std::io::sink()).map(drop);
    }
    if manner == Manner::Pass {
        return pass(&client, upstream);
    }
    let request = message(&mut client)?;
    let answer = || {
        let mut server = TcpStream::connect(upstream)?;
        write(&mut server, &request)?;
        message(&mut server)
    };
    match manner {
        Manner::Pass | Manner::Hang => Ok(()),
        Manner::PassAndLeave => {
            let answer = answer()?;
            stopped.store(true, Ordering::SeqCst);
            let own = client.local_addr()?;
            // Each of these wakes the listener, until there is none.
            while TcpStream::connect(own).is_ok() {}
            write(&mut client, &answer)
        }
        Manner::Reset => reset(&client),
        Manner::PassAndReset => {
            answer()?;
            reset(&client)
        }
        Manner::Rcode(rcode) => {
            let mut answer = request[..12].to_vec();
            answer[2] |= 0x80;
            answer[3] = rcode;
            answer[4..].fill(0);
            write(&mut client, &answer)
        }
        Manner::Half => {
            let answer = answer()?;
            client.write_all(&(answer.len() as u16).to_be_bytes())?;
            client.write_all(&answer[..answer.len() / 2])
        }
        Manner::WrongId => {
            let mut answer = answer()?;
            answer[0] ^= 0x55;
            write(&mut client, &answer)
        }
    }
}

fn pass(client: &TcpStream, upstream: SocketAddr) -> std::io::Result<()> {
    let server = TcpStream::connect(upstream)?;
    let (mut from, mut to) = (client.try_clone()?, server.try_clone()?);
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    });
    std::io::copy(&mut &server, &mut &*client)?;
    client.shutdown(Shutdown::Both)
}

/// One message without its length.
fn message(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut length = [0; 2];
    stream.read_exact(&mut length)?;
    let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut message)?;
    Ok(message)
}

fn write(stream: &mut TcpStream, message: &[u8]) -> std::io::Result<()> {
    stream.write_all(&(message.len() as u16).to_be_bytes())?;
    stream.write_all(message)
}
