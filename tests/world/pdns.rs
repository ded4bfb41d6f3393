//! `PowerDNS`, started for one test with an empty database.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::{Running, free_address, require, wait_until};

/// Where Debian's package keeps the schema.
const SCHEMAS: [&str; 2] = [
    "/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql",
    "/usr/share/doc/pdns-backend-sqlite3/schema.sqlite3.sql",
];

/// A `pdns_server` with its HTTP API, on `SQLite`.
pub struct Pdns {
    /// Where it answers questions, over UDP and TCP; AXFR included.
    pub dns: SocketAddr,
    /// The origin of its API.
    pub endpoint: String,
    /// What the API wants in `X-API-Key`.
    pub api_key: &'static str,
    web: SocketAddr,
    process: Running,
    directory: TempDir,
}

impl Pdns {
    /// Starts it with zones, each an origin and a master file; `None` where it is not installed.
    pub fn start(zones: &[(&str, &str)]) -> Option<Self> {
        Self::start_with("", zones)
    }

    /// The same with more lines of configuration.
    pub fn start_with(configuration: &str, zones: &[(&str, &str)]) -> Option<Self> {
        let program = require("pdns_server", "pdns-server")?;
        let sqlite = require("sqlite3", "sqlite3")?;
        let schema = SCHEMAS
            .iter()
            .find(|path| fs::exists(path).unwrap_or(false));
        let Some(schema) = schema else {
            assert!(
                super::environment("CI").is_none(),
                "the schema is missing: install the Debian package `pdns-backend-sqlite3`"
            );
            eprintln!("SKIPPED: the Debian package `pdns-backend-sqlite3` is missing");
            return None;
        };
        let directory = tempfile::Builder::new()
            .prefix("redundns-")
            .tempdir()
            .expect("a temporary directory");
        let database = directory.path().join("pdns.sqlite3");
        let made = Command::new(sqlite)
            .arg(&database)
            .stdin(File::open(schema).expect("the schema"))
            .status()
            .expect("sqlite3 runs");
        assert!(made.success(), "sqlite3 does not take the schema");

        let (dns, web) = (free_address(), free_address());
        let api_key = "redundns-test-key";
        let path = directory.path().display();
        // Without caches every answer is current at once.
        let mut text = format!(
            "launch=gsqlite3\ngsqlite3-database={}\ngsqlite3-pragma-synchronous=0\n\
             local-address={}\nlocal-port={}\nsocket-dir={path}\n\
             api=yes\napi-key={api_key}\nwebserver=yes\nwebserver-address={}\nwebserver-port={}\n\
             webserver-allow-from=127.0.0.0/8\n\
             cache-ttl=0\nquery-cache-ttl=0\nnegquery-cache-ttl=0\nzone-cache-refresh-interval=0\n\
             security-poll-suffix=\n",
            database.display(),
            dns.ip(),
            dns.port(),
            web.ip(),
            web.port(),
        );
        text.push_str(configuration);
        fs::write(directory.path().join("pdns.conf"), text).expect("a configuration file");
        let log = File::create(directory.path().join("log")).expect("a log file");
        let process = Running::start(
            Command::new(program)
                .arg(format!("--config-dir={path}"))
                .args(["--daemon=no", "--guardian=no", "--disable-syslog"])
                .stdin(Stdio::null())
                .stdout(log.try_clone().expect("the same log file"))
                .stderr(log),
        );
        let mut server = Self {
            dns,
            endpoint: format!("http://{web}"),
            api_key,
            web,
            process,
            directory,
        };
        wait_until("pdns_server", || {
            assert!(
                !server.process.has_ended(),
                "pdns_server ended: {}",
                server.log()
            );
            server
                .try_request("GET", "", "")
                .is_ok_and(|(status, _)| status == 200)
        });
        for (origin, text) in zones {
            server.create(origin, text);
        }
        Some(server)
    }

    /// Where its API listens.
    pub fn web(&self) -> SocketAddr {
        self.web
    }

    /// Creates a zone from a master file.
    pub fn create(&self, origin: &str, text: &str) {
        let zone = serde_json::json!({
            "name": format!("{}.", origin.trim_end_matches('.')),
            "kind": "Native",
            "soa_edit_api": "DEFAULT",
            "zone": text,
        });
        let (status, said) = self.request("POST", "/zones", &zone.to_string());
        assert_eq!(status, 201, "creating {origin}: {said}");
    }

    /// One request below `/api/v1/servers/localhost`: its status and body.
    pub fn request(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        self.try_request(method, path, body)
            .unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    fn try_request(&self, method: &str, path: &str, body: &str) -> std::io::Result<(u16, String)> {
        let mut request = format!(
            "{method} /api/v1/servers/localhost{path} HTTP/1.1\r\nHost: {}\r\nX-API-Key: {}\r\nConnection: close\r\n",
            self.web, self.api_key
        );
        let _ = write!(request, "Content-Length: {}\r\n\r\n{body}", body.len());
        let mut stream = TcpStream::connect(self.web)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let status = answer
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        let (_, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
        Ok((status.unwrap_or(0), body.to_owned()))
    }

    /// What it wrote so far.
    pub fn log(&self) -> String {
        fs::read(self.directory.path().join("log"))
            .map(|octets| String::from_utf8_lossy(&octets).into_owned())
            .unwrap_or_default()
    }
}

impl Drop for Pdns {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.log();
            let lines: Vec<&str> = log.lines().collect();
            let tail = &lines[lines.len().saturating_sub(30)..];
            eprintln!("the log of pdns_server, its end:\n{}", tail.join("\n"));
        }
    }
}
