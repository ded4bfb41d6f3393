//! The embedded nameserver, asked as anybody on the network would ask it.

mod alike;
mod life;
mod wire;

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hickory_proto::op::{Edns, Message, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::{Name as WireName, RData, Record, RecordType as WireType};
use redundns::adapters::{Secret, SecretSource, Secrets, Settings, SettingsError, adapter};
use redundns::provider::{Provider, ProviderError, Serving};
use redundns::zone::{Name, RecordKey, RecordSet, RecordType};
use tempfile::TempDir;

/// A project directory with one embedded account, listening nowhere until told.
struct Project {
    directory: TempDir,
    provider: Arc<dyn Provider>,
}

impl Project {
    /// An account that listens on `listen`.
    fn new(listen: &[SocketAddr]) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let provider = connect(directory.path(), listen);
        Self {
            directory,
            provider,
        }
    }

    /// The same with zones, served on a free port.
    fn serving(zones: &[(&str, &str)]) -> (Self, Serving, SocketAddr) {
        let project = Self::new(&["127.0.0.1:0".parse().expect("an address")]);
        for (origin, text) in zones {
            project.put(origin, text);
        }
        let serving = project.serve().expect("serving");
        let address = serving.addresses[0];
        (project, serving, address)
    }

    fn serve(&self) -> Result<Serving, ProviderError> {
        wait(self.provider.serves().expect("the ability").serve())
    }

    fn file(&self, origin: &str) -> PathBuf {
        self.directory
            .path()
            .join(format!(".redundns/embedded/home/{origin}.zone"))
    }

    fn put(&self, origin: &str, text: &str) {
        let file = self.file(origin);
        fs::create_dir_all(file.parent().expect("a directory")).expect("a directory");
        fs::write(file, text).expect("a zone file");
    }
}

fn connect(directory: &Path, listen: &[SocketAddr]) -> Arc<dyn Provider> {
    let listen: Vec<String> = listen.iter().map(|at| format!("\"{at}\"")).collect();
    let text = format!("listen = [{}]", listen.join(", "));
    try_connect(directory, &text).unwrap_or_else(|error| panic!("{}", error.message))
}

fn try_connect(directory: &Path, text: &str) -> Result<Arc<dyn Provider>, SettingsError> {
    let adapter = adapter("embedded").expect("the adapter");
    (adapter.connect)(Settings {
        id: "home",
        values: toml::de::DeTable::parse(text).expect("TOML"),
        nameservers: Vec::new(),
        directory,
        secrets: &NoSecrets,
    })
}

struct NoSecrets;

impl Secrets for NoSecrets {
    fn read(
        &self,
        _: &str,
        _: &str,
        _: Option<&SecretSource>,
        _: &[&str],
    ) -> Result<Option<Secret>, SettingsError> {
        Ok(None)
    }
}

/// Runs a provider's future to its end.
fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime")
        .block_on(future)
}

fn name(text: &str) -> Name {
    Name::absolute(text).expect("a name in a test")
}

fn key(owner: &str, rtype: RecordType) -> RecordKey {
    RecordKey {
        owner: name(owner),
        rtype,
    }
}

fn set(ttl: u32, rdata: &[&[u8]]) -> RecordSet {
    RecordSet::new(ttl, rdata.iter().map(|&octets| octets.into()).collect())
}

fn question(qname: &str, qtype: u16) -> Message {
    let mut message = Message::new(4711, MessageType::Query, OpCode::Query);
    let qname = WireName::from_ascii(qname).expect("a name in a test");
    message.add_query(Query::query(qname, WireType::from(qtype)));
    message
}

fn with_edns(mut message: Message, payload: u16) -> Message {
    let mut edns = Edns::new();
    edns.set_max_payload(payload);
    message.edns = Some(edns);
    message
}

fn octets(message: &Message) -> Vec<u8> {
    message.to_vec().expect("a message that can be written")
}

fn over_udp(server: SocketAddr, question: &[u8]) -> Vec<u8> {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    socket
        .set_read_timeout(Some(Duration::from_secs(10)))
        .expect("a timeout");
    socket.connect(server).expect("a destination");
    socket.send(question).expect("sent");
    let mut buffer = vec![0; 65_535];
    let length = socket.recv(&mut buffer).expect("an answer");
    buffer[..length].to_vec()
}

/// One question over TCP, and the first `answers` messages that come back.
fn over_tcp(server: SocketAddr, question: &[u8], answers: usize) -> Vec<Vec<u8>> {
    let mut stream = TcpStream::connect(server).expect("a connection");
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .expect("a timeout");
    let length = u16::try_from(question.len()).expect("a short question");
    stream
        .write_all(&[&length.to_be_bytes(), question].concat())
        .expect("sent");
    (0..answers)
        .map(|_| {
            let mut length = [0; 2];
            stream.read_exact(&mut length).expect("a length");
            let mut answer = vec![0; usize::from(u16::from_be_bytes(length))];
            stream.read_exact(&mut answer).expect("an answer");
            answer
        })
        .collect()
}

fn read(answer: &[u8]) -> Message {
    Message::from_vec(answer).expect("a message that can be read")
}

/// Asks over UDP with EDNS, again over TCP when truncated.
fn ask(server: SocketAddr, qname: &str, qtype: u16) -> Message {
    let question = octets(&with_edns(question(qname, qtype), 1232));
    let answer = read(&over_udp(server, &question));
    if answer.metadata.truncation {
        return read(&over_tcp(server, &question, 1)[0]);
    }
    answer
}

fn code(message: &Message) -> ResponseCode {
    message.metadata.response_code
}

fn in_words(record: &Record) -> String {
    let data = match &record.data {
        RData::Unknown { rdata, .. } => format!("{:?}", rdata.anything),
        known => known.to_string(),
    };
    format!(
        "{} {} {} {data}",
        record.name.to_lowercase(),
        record.ttl,
        record.record_type()
    )
}
