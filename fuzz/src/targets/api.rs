//! What vendors' APIs answer, read by every adapter that speaks HTTP: a decoder has no other door.
//!
//! An input is the answers to the calls of one read, one after the other, with [`NEXT`] between them; the last one is
//! repeated as often as anybody asks. Lines that begin with [`HEADER`] at the top of an answer are its headers.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use redundns::adapters::{
    ADAPTERS, Adapter, Secret, SecretSource, Secrets, Settings, SettingsError, adapter,
};
use redundns::provider::Provider;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

use super::Target;
use super::answer::{origin, said};

/// What stands between two answers.
const NEXT: &[u8] = b"\n--- next answer ---\n";

/// What makes the first lines of an answer headers.
const HEADER: &[u8] = b"> ";

/// Stands for where the server listens.
const ENDPOINT: &str = "{endpoint}";

const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "null",
    "true",
    "-1",
    "1e9",
    "4294967296",
    "\\u0000",
    "\\ud800",
    "\"name\"",
    "\"ttl\"",
    "\"type\"",
    "\"TXT\"",
    "\"TYPE65401\"",
    "\"example.test.\"",
    "\"192.0.2.1\"",
    "\\\\# 1 00",
    "\u{fc}",
    "\\\"",
    "\\\\052",
    "<",
    "</",
    "/>",
    "&#x0;",
    "&amp;",
    "<Value>",
    "\n--- next answer ---\n",
    "\n--- next answer ---\n> Link: <{endpoint}/?cursor=2>; rel=\"next\"\n",
    "; rel=next",
    ", <",
    ">; ",
    "?cursor=",
];

/// A target for every adapter that can be sent to another endpoint.
pub(super) fn targets() -> impl Iterator<Item = Target> {
    let speak_http = ADAPTERS.iter().filter(|adapter| has(adapter, "endpoint"));
    speak_http.map(|adapter| Target {
        name: adapter.name,
        folders: std::slice::from_ref(&adapter.name),
        pieces: PIECES,
        judge: read,
    })
}

/// A server that answers with the input.
struct Bench {
    runtime: Runtime,
    input: Arc<Mutex<Answers>>,
    endpoint: String,
}

#[derive(Default)]
struct Answers {
    /// The next one last.
    left: Vec<Vec<u8>>,
    last: Vec<u8>,
}

impl Answers {
    fn of(input: &[u8]) -> Self {
        let mut left = Vec::new();
        let mut rest = input;
        while let Some(at) = rest.windows(NEXT.len()).position(|part| part == NEXT) {
            left.push(rest[..at].to_vec());
            rest = &rest[at + NEXT.len()..];
        }
        left.push(rest.to_vec());
        left.reverse();
        Self {
            left,
            last: Vec::new(),
        }
    }

    fn next(&mut self) -> Vec<u8> {
        if let Some(next) = self.left.pop() {
            self.last = next;
        }
        self.last.clone()
    }
}

/// One bench, and one input at a time on it.
fn bench() -> MutexGuard<'static, Bench> {
    static BENCH: OnceLock<Mutex<Bench>> = OnceLock::new();
    let bench = BENCH.get_or_init(|| Mutex::new(Bench::new()));
    bench.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Bench {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let input: Arc<Mutex<Answers>> = Arc::default();
        let address = runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let address = listener.local_addr().expect("bound");
            let input = input.clone();
            tokio::spawn(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(answer(stream, input.clone()));
                }
            });
            address
        });
        Self {
            runtime,
            input,
            endpoint: format!("http://{address}"),
        }
    }
}

/// 200 and the next answer, as often as asked; whoever posts asks for a token.
async fn answer(mut stream: TcpStream, input: Arc<Mutex<Answers>>) -> std::io::Result<()> {
    let mut request = Vec::new();
    loop {
        while !request.ends_with(b"\r\n\r\n") {
            request.push(stream.read_u8().await?);
        }
        let head = String::from_utf8_lossy(&request).to_ascii_lowercase();
        request.clear();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"));
        let length = length
            .and_then(|length| length.trim().parse().ok())
            .unwrap_or(0);
        stream.read_exact(&mut vec![0; length]).await?;
        let answer = if head.starts_with("post ") {
            br#"{"access_token": "token", "token_type": "Bearer", "expires_in": 3600}"#.to_vec()
        } else {
            input
                .lock()
                .expect("nothing panics while it is held")
                .next()
        };
        let (headers, body) = split(&answer, &stream.local_addr()?.to_string());
        let status = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n", body.len());
        let answer = [status.as_bytes(), &headers, b"\r\n", body].concat();
        stream.write_all(&answer).await?;
    }
}

/// The headers of an answer as they go, and its body. What would end a header early is left out of it.
fn split<'a>(mut answer: &'a [u8], address: &str) -> (Vec<u8>, &'a [u8]) {
    let mut headers = Vec::new();
    while let Some(line) = answer.strip_prefix(HEADER) {
        let end = line.iter().position(|&octet| octet == b'\n');
        let (line, rest) = line.split_at(end.unwrap_or(line.len()));
        let line = String::from_utf8_lossy(line).replace(ENDPOINT, &format!("http://{address}"));
        // Another length or encoding would be the HTTP client's business, not the decoder's.
        if line.to_ascii_lowercase().starts_with("link:") {
            headers.extend(line.bytes().filter(|octet| !octet.is_ascii_control()));
            headers.extend_from_slice(b"\r\n");
        }
        answer = rest.strip_prefix(b"\n").unwrap_or(rest);
    }
    (headers, answer)
}

/// Whatever is asked for; a key of a service account where there has to be one.
struct MadeUp<'a>(&'a str);

impl Secrets for MadeUp<'_> {
    fn read(
        &self,
        _: &str,
        key: &str,
        _: Option<&SecretSource>,
        _: &[&str],
    ) -> Result<Option<Secret>, SettingsError> {
        Ok(Some(match key {
            "credentials" => {
                let key = include_str!("../../../tests/fakes/google/key.json");
                Secret::new(key.replace("{endpoint}", self.0))
            }
            _ => Secret::new("secret-of-the-fuzzer"),
        }))
    }
}

fn has(adapter: &Adapter, key: &str) -> bool {
    adapter.keys.iter().any(|own| own.name == key)
}

/// A provider whose account says no more than it must.
fn connect(adapter: &Adapter, endpoint: &str) -> Arc<dyn Provider> {
    let mut text = format!("endpoint = \"{endpoint}\"\n");
    loop {
        let connected = (adapter.connect)(Settings {
            id: "fuzz",
            values: toml::de::DeTable::parse(&text).expect("TOML"),
            nameservers: Vec::new(),
            directory: Path::new("/nonexistent"),
            secrets: &MadeUp(endpoint),
        });
        let message = match connected {
            Ok(provider) => return provider,
            Err(error) => error.message,
        };
        // What is missing stands in it as a word in quotes.
        let key = message.split('`').nth(1).unwrap_or_default();
        let is_new = has(adapter, key) && !text.contains(&format!("{key} ="));
        assert!(is_new, "{}: {message}", adapter.name);
        text += &format!("{key} = \"731\"\n");
    }
}

fn read(target: &Target, input: &[u8]) -> Result<String, String> {
    let bench = bench();
    *bench.input.lock().expect("nothing panics while it is held") = Answers::of(input);
    let adapter = adapter(target.name).expect("a registered adapter");
    let provider = connect(adapter, &bench.endpoint);
    let zone = origin();
    bench.runtime.block_on(async {
        let read = tokio::time::timeout(Duration::from_secs(20), provider.fetch(&zone));
        match read.await {
            Ok(read) => said(read),
            Err(_) => Err("it reads for ever".to_owned()),
        }
    })
}
