//! An HTTP/1.1 server for fakes: connections that stay open, bodies in chunks, `Expect: 100-continue`, and a log of
//! everything that was asked.

use std::fmt::Display;
use std::io::{BufRead, BufReader, Error, ErrorKind, Read, Result, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;

/// A request, whole.
#[derive(Clone, Debug)]
pub struct Request {
    /// In capital letters.
    pub method: String,
    /// As it was sent, with the query.
    pub target: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// Unchunked.
    pub body: Vec<u8>,
}

impl Request {
    /// A request with a body of JSON, or with none.
    pub fn new(method: &str, target: &str, body: &str) -> Self {
        let kind = ("content-type".to_owned(), "application/json".to_owned());
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: Vec::from_iter((!body.is_empty()).then_some(kind)),
            body: body.as_bytes().to_vec(),
        }
    }

    /// Puts a header in, its name in lower case, in the place of others with its name.
    pub fn set_header(&mut self, name: &str, value: &str) {
        self.headers.retain(|header| header.0 != name);
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// The first header of this name, which is given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let header = self.headers.iter().find(|header| header.0 == name)?;
        Some(&header.1)
    }

    /// The parts of the path between slashes, decoded; a final slash leaves an empty one.
    pub fn segments(&self) -> Vec<String> {
        let path = self.target.split('?').next().unwrap_or_default();
        path.split('/').skip(1).map(decoded).collect()
    }

    /// A parameter of the query, decoded.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let (_, query) = self.target.split_once('?')?;
        query.split('&').find_map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(key) == name).then(|| decoded(&value.replace('+', " ")))
        })
    }

    /// The body as JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

fn decoded(text: &str) -> String {
    let mut octets = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(octet) if first == b'%' => {
                octets.push(octet);
                rest = &tail[2..];
            }
            _ => {
                octets.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&octets).into_owned()
}

/// What a fake answers.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Beside those about the connection and the length.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// A body of JSON.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::text(status, "application/json", body.to_string())
    }

    /// A body of another kind.
    pub fn text(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![("Content-Type", kind.to_owned())],
            body: body.into(),
        }
    }

    /// No body.
    pub fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// The same with one more header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Display) -> Self {
        self.headers.push((name, format!("{value}")));
        self
    }
}

/// A request and the status it was answered with.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// What was asked.
    pub request: Request,
    /// The answer.
    pub answer: Answer,
}

/// Runs until it is dropped.
pub struct HttpServer {
    address: SocketAddr,
    log: Arc<Mutex<Vec<Exchange>>>,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

type Handler = dyn Fn(&Request) -> Answer + Send + Sync;

impl HttpServer {
    /// Starts on a free loopback port.
    pub fn start(handler: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let (log, stopped): (Arc<Mutex<_>>, Arc<AtomicBool>) = Default::default();
        let handler: Arc<Handler> = Arc::new(handler);
        let thread = std::thread::spawn({
            let (log, stopped) = (log.clone(), stopped.clone());
            move || {
                for stream in listener.incoming() {
                    if stopped.load(Ordering::SeqCst) {
                        return;
                    }
                    let (log, handler) = (log.clone(), handler.clone());
                    std::thread::spawn(move || {
                        // A client that goes away in the middle is none of the fake's trouble.
                        let _ = stream.and_then(|stream| serve(stream, &log, &*handler));
                    });
                }
            }
        });
        Self {
            address,
            log,
            stopped,
            thread: Some(thread),
        }
    }

    /// Its origin.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Takes what was asked and answered since the last time.
    pub fn take_log(&self) -> Vec<Exchange> {
        std::mem::take(&mut self.log.lock().expect("no panic while held"))
    }
}

impl Drop for HttpServer {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes the listener.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(mut stream: TcpStream, log: &Mutex<Vec<Exchange>>, handler: &Handler) -> Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    while let Some(request) = read(&mut reader, &mut stream)? {
        let answer = handler(&request);
        let closes = request
            .header("connection")
            .is_some_and(|value| value.eq_ignore_ascii_case("close"));
        let octets = head(&answer, closes);
        let is_bodiless = request.method == "HEAD" || matches!(answer.status, 204 | 304);
        let body = if is_bodiless {
            &[][..]
        } else {
            &answer.body[..]
        };
        let whole = [&octets[..], body].concat();
        log.lock()
            .expect("no panic while held")
            .push(Exchange { request, answer });
        stream.write_all(&whole)?;
        if closes {
            break;
        }
    }
    Ok(())
}

fn head(answer: &Answer, closes: bool) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {} {}\r\n", answer.status, reason(answer.status));
    for (name, value) in &answer.headers {
        head += &format!("{name}: {value}\r\n");
    }
    // 204 and 304 have no body, and no length either (RFC 9110, section 8.6).
    if !matches!(answer.status, 204 | 304) {
        head += &format!("Content-Length: {}\r\n", answer.body.len());
    }
    if closes {
        head += "Connection: close\r\n";
    }
    head += "\r\n";
    head.into_bytes()
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        412 => "Precondition Failed",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        _ => "Other",
    }
}

/// The next request of a connection; `None` where the client said goodbye.
fn read(reader: &mut BufReader<TcpStream>, stream: &mut TcpStream) -> Result<Option<Request>> {
    let line = line(reader)?;
    let mut words = line.split(' ').map(str::to_owned);
    let (Some(method), Some(target)) = (words.next(), words.next()) else {
        return Ok(None);
    };
    let mut request = Request {
        method,
        target,
        headers: Vec::new(),
        body: Vec::new(),
    };
    loop {
        let line = self::line(reader)?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        let header = (name.to_ascii_lowercase(), value.trim().to_owned());
        request.headers.push(header);
    }
    if request.header("expect").is_some() {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    if request.header("transfer-encoding").is_some() {
        loop {
            let size = line_size(&self::line(reader)?)?;
            let at = request.body.len();
            request.body.resize(at + size, 0);
            reader.read_exact(&mut request.body[at..])?;
            self::line(reader)?;
            if size == 0 {
                return Ok(Some(request));
            }
        }
    }
    let length = request.header("content-length").map_or(Ok(0), str::parse);
    request
        .body
        .resize(length.map_err(|_| Error::from(ErrorKind::InvalidData))?, 0);
    reader.read_exact(&mut request.body)?;
    Ok(Some(request))
}

fn line(reader: &mut impl BufRead) -> Result<String> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    line.truncate(line.trim_end().len());
    Ok(line)
}

/// The size of a chunk (RFC 9112, section 7.1).
fn line_size(line: &str) -> Result<usize> {
    let digits = line.split(';').next().unwrap_or_default().trim();
    usize::from_str_radix(digits, 16).map_err(|_| Error::from(ErrorKind::InvalidData))
}
