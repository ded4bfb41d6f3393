//! A small HTTP server on loopback that answers as told, misbehaves as told, or passes requests on.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::Duration;

/// A request as it came.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    /// `GET` and the like.
    pub method: String,
    /// With its query.
    pub path: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// The value of a header, its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// What to do with a request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Answer with a status, headers and a body.
    Answer(u16, Vec<(&'static str, String)>, String),
    /// Announce this body, send half of it, and hang up.
    Truncated(String),
    /// Reset the connection once the request is read.
    Reset,
    /// Pass it on to the upstream.
    Pass,
    /// Pass it on, and reset the connection instead of passing the answer back.
    PassAndReset,
    /// Pass it on, and half of the answer back.
    PassHalf,
    /// Pass it on, and the answer back with another body.
    PassChanged(fn(&str) -> String),
    /// Answer with the answer that was passed back before; where there was none, pass it on.
    Again,
    /// Pass it on, and listen no more before the answer goes back.
    PassAndLeave,
    /// Say nothing until the client goes away.
    Hang,
}

impl Reply {
    /// JSON with a status.
    pub fn json(status: u16, body: &str) -> Self {
        Self::Answer(
            status,
            vec![("Content-Type", "application/json".to_owned())],
            body.to_owned(),
        )
    }

    /// A web page with a status.
    pub fn html(status: u16) -> Self {
        Self::Answer(
            status,
            vec![("Content-Type", "text/html".to_owned())],
            "<!DOCTYPE html><html><h1>It works!</h1></html>".to_owned(),
        )
    }
}

type Script = dyn Fn(usize, &Request) -> Reply + Send + Sync;

/// The server; it stops when its handle is dropped.
pub struct Fake {
    address: SocketAddr,
    state: Arc<State>,
    thread: Option<JoinHandle<()>>,
}

/// What the handle and the connections share.
#[derive(Default)]
struct State {
    upstream: Option<SocketAddr>,
    seen: Mutex<Vec<Request>>,
    /// The last answer that was passed back.
    last: Mutex<Vec<u8>>,
    stopped: AtomicBool,
    /// Connections that somebody works for.
    busy: AtomicUsize,
    disturbed: AtomicUsize,
}

impl Fake {
    /// Answers each request with what `script` says; it is told the request and how many came before.
    pub fn start(script: impl Fn(usize, &Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::before(None, script)
    }

    /// The same in front of `upstream`, for [`Reply::Pass`].
    pub fn before(
        upstream: Option<SocketAddr>,
        script: impl Fn(usize, &Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let state = Arc::new(State {
            upstream,
            ..State::default()
        });
        let script: Arc<Script> = Arc::new(script);
        let thread = std::thread::spawn({
            let state = state.clone();
            move || {
                for stream in listener.incoming() {
                    if state.stopped.load(Ordering::SeqCst) {
                        return;
                    }
                    let (state, script) = (state.clone(), script.clone());
                    state.busy.fetch_add(1, Ordering::SeqCst);
                    std::thread::spawn(move || {
                        // A client that goes away in the middle is none of the fake's trouble.
                        let _ = stream.and_then(|stream| state.serve(stream, &*script));
                        state.busy.fetch_sub(1, Ordering::SeqCst);
                    });
                }
            }
        });
        Self {
            address,
            state,
            thread: Some(thread),
        }
    }

    /// Tells, as long as it is asked, whether no request is being answered; those that are kept waiting do not count.
    pub fn idle(&self) -> impl Fn() -> bool + Send + use<> {
        let state = self.state.clone();
        move || state.busy.load(Ordering::SeqCst) == 0
    }

    /// How many answers were others than without the fake.
    pub fn disturbed(&self) -> usize {
        self.state.disturbed.load(Ordering::SeqCst)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its origin.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests so far.
    pub fn seen(&self) -> Vec<Request> {
        let seen = self.state.seen.lock();
        seen.expect("no test panics while it is held").clone()
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.state.stopped.store(true, Ordering::SeqCst);
        // Wakes the listener.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl State {
    fn serve(&self, mut stream: TcpStream, script: &Script) -> std::io::Result<()> {
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        let mut reader = BufReader::new(stream.try_clone()?);
        let request = read(&mut reader)?;
        let index = {
            let mut seen = self.seen.lock().expect("no test panics while it is held");
            seen.push(request.clone());
            seen.len() - 1
        };
        let reply = script(index, &request);
        if !matches!(reply, Reply::Pass | Reply::PassChanged(_) | Reply::Again) {
            self.disturbed.fetch_add(1, Ordering::SeqCst);
        }
        match reply {
            Reply::Answer(status, headers, body) => answer(&mut stream, status, &headers, &body),
            Reply::Truncated(body) => {
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                    body.len()
                );
                stream.write_all(head.as_bytes())?;
                stream.write_all(&body.as_bytes()[..body.len() / 2])
            }
            Reply::Reset => reset(&stream),
            Reply::Pass => stream.write_all(&self.pass(&request)?),
            Reply::PassAndReset => {
                self.pass(&request)?;
                reset(&stream)
            }
            Reply::PassHalf => {
                let answer = self.pass(&request)?;
                stream.write_all(&answer[..answer.len() / 2])
            }
            Reply::PassChanged(change) => {
                let answer = self.pass(&request)?;
                self.send_other(&mut stream, &answer, changed(&answer, change))
            }
            Reply::Again => {
                let last = self.last().clone();
                let answer = self.pass(&request)?;
                self.send_other(
                    &mut stream,
                    &answer,
                    Some(last).filter(|last| !last.is_empty()),
                )
            }
            Reply::PassAndLeave => {
                let answer = self.pass(&request)?;
                let own = stream.local_addr()?;
                self.stopped.store(true, Ordering::SeqCst);
                // Each of these wakes the listener, until there is none.
                while TcpStream::connect(own).is_ok() {}
                stream.write_all(&answer)
            }
            Reply::Hang => {
                self.busy.fetch_sub(1, Ordering::SeqCst);
                let gone = reader.read(&mut [0; 64]).map(drop);
                self.busy.fetch_add(1, Ordering::SeqCst);
                gone
            }
        }
    }

    /// Sends `other` where there is one, else what the upstream said.
    fn send_other(
        &self,
        stream: &mut TcpStream,
        answer: &[u8],
        other: Option<Vec<u8>>,
    ) -> std::io::Result<()> {
        let other = other.filter(|other| other != answer);
        if other.is_some() {
            self.disturbed.fetch_add(1, Ordering::SeqCst);
        }
        stream.write_all(other.as_deref().unwrap_or(answer))
    }

    fn last(&self) -> MutexGuard<'_, Vec<u8>> {
        self.last.lock().expect("no test panics while it is held")
    }

    fn pass(&self, request: &Request) -> std::io::Result<Vec<u8>> {
        let answer = passed(self.upstream, request)?;
        self.last().clone_from(&answer);
        Ok(answer)
    }
}

fn read(reader: &mut impl BufRead) -> std::io::Result<Request> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let mut request = Request {
        method: words.next().ok_or(std::io::ErrorKind::InvalidData)?,
        path: words.next().ok_or(std::io::ErrorKind::InvalidData)?,
        headers: Vec::new(),
        body: Vec::new(),
    };
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        request
            .headers
            .push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = request
        .header("content-length")
        .and_then(|length| length.parse().ok())
        .unwrap_or(0);
    request.body.resize(length, 0);
    reader.read_exact(&mut request.body)?;
    Ok(request)
}

fn answer(
    stream: &mut TcpStream,
    status: u16,
    headers: &[(&'static str, String)],
    body: &str,
) -> std::io::Result<()> {
    let mut text = format!("HTTP/1.1 {status} As Told\r\nConnection: close\r\n");
    for (name, value) in headers {
        let _ = write!(text, "{name}: {value}\r\n");
    }
    // 204 and 304 have no body, and no length either (RFC 9110, section 8.6).
    if status != 204 && status != 304 {
        let _ = write!(text, "Content-Length: {}\r\n", body.len());
    }
    stream.write_all(text.as_bytes())?;
    stream.write_all(b"\r\n")?;
    stream.write_all(body.as_bytes())
}

/// An answer whose body is another, with its length; `None` where it stays the same.
fn changed(answer: &[u8], change: fn(&str) -> String) -> Option<Vec<u8>> {
    let answer = String::from_utf8_lossy(answer);
    let (head, before) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let body = change(before);
    if body == before {
        return None;
    }
    let is_length = |line: &&str| line.to_ascii_lowercase().starts_with("content-length:");
    let mut text = String::new();
    for line in head.lines().filter(|line| !is_length(line)) {
        let _ = write!(text, "{line}\r\n");
    }
    let _ = write!(text, "Content-Length: {}\r\n\r\n{body}", body.len());
    Some(text.into_bytes())
}

/// Makes the end of the connection a reset instead of a goodbye.
pub(super) fn reset(stream: &TcpStream) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()?;
    let _inside = runtime.enter();
    let stream = stream.try_clone()?;
    stream.set_nonblocking(true)?;
    tokio::net::TcpStream::from_std(stream)?.set_zero_linger()
}

fn passed(upstream: Option<SocketAddr>, request: &Request) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(upstream.expect("a fake that passes has an upstream"))?;
    let mut text = format!(
        "{} {} HTTP/1.1\r\nConnection: close\r\n",
        request.method, request.path
    );
    for (name, value) in request
        .headers
        .iter()
        .filter(|(name, _)| name != "connection")
    {
        let _ = write!(text, "{name}: {value}\r\n");
    }
    stream.write_all(text.as_bytes())?;
    stream.write_all(b"\r\n")?;
    stream.write_all(&request.body)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(answer)
}
