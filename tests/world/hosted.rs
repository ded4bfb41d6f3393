//! What BIND and Knot have in common here: zones with access rules, TSIG keys, a directory and a log.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::net::{SocketAddr, UdpSocket};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::{Running, free_address, wait_until};

/// A TSIG key that every server here knows (RFC 8945).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TsigKey {
    /// Absolute, with the final dot.
    pub name: &'static str,
    /// `hmac-sha256` and the like.
    pub algorithm: &'static str,
    /// Base64.
    pub secret: &'static str,
}

/// The key to use unless a test is about keys.
pub const KEY: TsigKey = TsigKey {
    name: "redundns-test.",
    algorithm: "hmac-sha256",
    secret: "cmVkdW5kbnMgdGVzdCBrZXksIDMyIG9jdGV0cyBsb25n",
};

/// The keys of every server here, one for each algorithm.
pub const KEYS: [TsigKey; 3] = [
    KEY,
    TsigKey {
        name: "redundns-test-384.",
        algorithm: "hmac-sha384",
        secret: "cmVkdW5kbnMgdGVzdCBrZXksIHdoaWNoIGlzIDQ4IG9jdGV0cyBsb25nLCBzYXlz",
    },
    TsigKey {
        name: "redundns-test-512.",
        algorithm: "hmac-sha512",
        secret: "cmVkdW5kbnMgdGVzdCBrZXksIHdoaWNoIG5lZWRzIHRvIGJlIDY0IG9jdGV0cyBsb25nIGZvciBTSEEtNTEyIQ==",
    },
];

/// Who may ask for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody on the loopback network.
    Anyone,
    /// Whoever signs with one of [`KEYS`].
    Keys,
    /// Nobody.
    Nobody,
}

/// A zone and what may be done to it.
#[derive(Clone, Debug)]
pub struct Hosted {
    /// Without the final dot.
    pub origin: String,
    /// A master file; empty where the zone is yet to arrive.
    pub text: String,
    /// Where it is transferred from, and not anything that can be updated here.
    pub primary: Option<SocketAddr>,
    /// AXFR.
    pub transfer: Access,
    /// UPDATE.
    pub update: Access,
}

impl Hosted {
    /// A zone that takes updates and transfers signed with one of [`KEYS`].
    pub fn dynamic(origin: &str, text: &str) -> Self {
        Self {
            origin: origin.trim_end_matches('.').to_owned(),
            text: text.to_owned(),
            primary: None,
            transfer: Access::Keys,
            update: Access::Keys,
        }
    }

    /// A zone that anybody may transfer and nobody may update.
    pub fn fixed(origin: &str, text: &str) -> Self {
        Self {
            transfer: Access::Anyone,
            update: Access::Nobody,
            ..Self::dynamic(origin, text)
        }
    }

    /// A zone that is transferred from `primary`, with what is known of it from before.
    pub fn secondary(origin: &str, text: &str, primary: SocketAddr) -> Self {
        Self {
            primary: Some(primary),
            ..Self::fixed(origin, text)
        }
    }

    /// The same with another rule for AXFR.
    #[must_use]
    pub fn transfer(mut self, access: Access) -> Self {
        self.transfer = access;
        self
    }

    /// The same with another rule for UPDATE.
    #[must_use]
    pub fn update(mut self, access: Access) -> Self {
        self.update = access;
        self
    }
}

/// A server process with its own directory, whose log's tail is shown when the test fails.
pub struct Server {
    name: &'static str,
    address: SocketAddr,
    directory: TempDir,
    process: Option<Running>,
}

impl Server {
    /// Writes the zone files, lets `configure` make the command line, and waits until every zone is answered for.
    pub fn start(
        name: &'static str,
        zones: &[Hosted],
        configure: impl FnOnce(&Path, SocketAddr) -> Command,
    ) -> Self {
        let directory = tempfile::Builder::new()
            .prefix("redundns-")
            .tempdir()
            .expect("a temporary directory");
        let address = free_address();
        for zone in zones {
            if !zone.text.is_empty() {
                fs::write(directory.path().join(zone_file(zone)), &zone.text).expect("a zone file");
            }
        }
        let mut command = configure(directory.path(), address);
        let log = File::create(directory.path().join("log")).expect("a log file");
        command
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("the same log file"))
            .stderr(log);
        let mut server = Self {
            name,
            address,
            directory,
            process: Some(Running::start(&mut command)),
        };
        for zone in zones {
            wait_until(&format!("{name} with {}", zone.origin), || {
                assert!(!server.has_ended(), "{name} ended by itself");
                answers_for(address, &zone.origin)
            });
        }
        server
    }

    /// Where it answers, over UDP and TCP.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it wrote so far.
    pub fn log(&self) -> String {
        fs::read(self.directory.path().join("log"))
            .map(|octets| String::from_utf8_lossy(&octets).into_owned())
            .unwrap_or_default()
    }

    /// Ends it before its handle goes: the address stays, nobody answers there any more.
    pub fn stop(&mut self) {
        self.process = None;
    }

    fn has_ended(&mut self) -> bool {
        self.process.as_mut().is_some_and(Running::has_ended)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.log();
            let lines: Vec<&str> = log.lines().collect();
            let tail = &lines[lines.len().saturating_sub(30)..];
            eprintln!("the log of {}, its end:\n{}", self.name, tail.join("\n"));
        }
    }
}

/// The name of a zone's file in the server's directory.
pub fn zone_file(zone: &Hosted) -> String {
    format!("{}.zone", zone.origin)
}

/// Whether the server at `address` answers a SOA question for `origin` with authority and data.
pub fn answers_for(address: SocketAddr, origin: &str) -> bool {
    let mut question = vec![0x52, 0x44, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in origin.split('.').filter(|label| !label.is_empty()) {
        question.push(u8::try_from(label.len()).expect("a label in a test"));
        question.extend_from_slice(label.as_bytes());
    }
    question.extend_from_slice(&[0, 0, 6, 0, 1]);
    let ask = || {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        socket.set_read_timeout(Some(Duration::from_millis(500)))?;
        socket.connect(address)?;
        socket.send(&question)?;
        let mut answer = [0; 1500];
        let length = socket.recv(&mut answer)?;
        std::io::Result::Ok(answer[..length].to_vec())
    };
    ask().is_ok_and(|answer| {
        answer.len() > 12
            && answer[..2] == question[..2]
            && answer[2] & 0x84 == 0x84
            && answer[3] % 16 == 0
            && answer[7] == 1
    })
}

/// `line` with each key in turn.
pub(super) fn for_each_key(mut line: impl FnMut(&TsigKey) -> String) -> String {
    KEYS.iter().fold(String::new(), |mut text, key| {
        let _ = write!(text, "{}", line(key));
        text
    })
}
