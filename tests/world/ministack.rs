//! `MiniStack`, an emulator of AWS from `PyPI`, started for one test with an empty account.

use std::fs::File;
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::{Running, free_address, require_clients, wait_until};

/// The emulator; it believes any credentials.
pub struct MiniStack {
    /// Where it answers.
    pub address: SocketAddr,
    process: Running,
    directory: TempDir,
}

impl MiniStack {
    /// Starts it; `None` where it is not installed.
    pub fn start() -> Option<Self> {
        let python = require_clients("route53")?;
        let directory = tempfile::Builder::new()
            .prefix("redundns-")
            .tempdir()
            .expect("a temporary directory");
        let address = free_address();
        let log = File::create(directory.path().join("log")).expect("a log file");
        let process = Running::start(
            Command::new(python.with_file_name("ministack"))
                .current_dir(directory.path())
                .env("HOME", directory.path())
                .env("TMPDIR", directory.path())
                .env("BIND_HOST", address.ip().to_string())
                .env("GATEWAY_PORT", address.port().to_string())
                .stdin(Stdio::null())
                .stdout(log.try_clone().expect("the same log file"))
                .stderr(log),
        );
        let mut server = Self {
            address,
            process,
            directory,
        };
        wait_until("ministack", || {
            assert!(
                !server.process.has_ended(),
                "ministack ended: {}",
                server.log()
            );
            TcpStream::connect(address).is_ok()
        });
        Some(server)
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.directory.path().join("log")).unwrap_or_default()
    }
}
