//! Stands between a client and a nameserver over TCP, and tells what is asked before it is passed on.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

type Script = dyn Fn(&'static str) + Send + Sync;

/// The place between them; it stops when its handle is dropped.
pub struct DnsWatch {
    address: SocketAddr,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl DnsWatch {
    /// Calls `script` with `UPDATE`, `AXFR` or `QUERY` before it passes such a message on to `upstream`.
    pub fn before(
        upstream: SocketAddr,
        script: impl Fn(&'static str) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let stopped: Arc<AtomicBool> = Arc::default();
        let script: Arc<Script> = Arc::new(script);
        let thread = std::thread::spawn({
            let stopped = stopped.clone();
            move || {
                for stream in listener.incoming() {
                    if stopped.load(Ordering::SeqCst) {
                        return;
                    }
                    let script = script.clone();
                    std::thread::spawn(move || {
                        // Whoever goes away in the middle is none of the proxy's trouble.
                        let _ = stream.and_then(|stream| pass(stream, upstream, &*script));
                    });
                }
            }
        });
        Self {
            address,
            stopped,
            thread: Some(thread),
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for DnsWatch {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes the listener.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn pass(mut client: TcpStream, upstream: SocketAddr, script: &Script) -> std::io::Result<()> {
    let mut server = TcpStream::connect(upstream)?;
    let (mut from, mut to) = (server.try_clone()?, client.try_clone()?);
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(std::net::Shutdown::Both);
    });
    loop {
        let mut framed = vec![0; 2];
        if client.read_exact(&mut framed).is_err() {
            return server.shutdown(std::net::Shutdown::Both);
        }
        let length = usize::from(u16::from_be_bytes([framed[0], framed[1]]));
        framed.resize(2 + length, 0);
        client.read_exact(&mut framed[2..])?;
        script(kind(&framed[2..]));
        server.write_all(&framed)?;
    }
}

/// By the opcode, and the type of the first question.
fn kind(message: &[u8]) -> &'static str {
    const UPDATE: u8 = 5;
    const AXFR: [u8; 2] = [0, 252];
    let Some(flags) = message.get(2) else {
        return "QUERY";
    };
    if flags >> 3 & 15 == UPDATE {
        return "UPDATE";
    }
    let mut at = 12;
    while let Some(&length) = message.get(at).filter(|&&length| length != 0) {
        at += 1 + usize::from(length);
    }
    match message.get(at + 1..at + 3) {
        Some(rtype) if rtype == AXFR => "AXFR",
        _ => "QUERY",
    }
}
