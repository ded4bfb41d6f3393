//! DNS messages over TCP, each behind two octets of length (RFC 1035, section 4.2.2; RFC 7766).

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::super::{lookup, run};
use crate::provider::{ErrorKind, ProviderError};

/// How long to wait for the server.
#[derive(Clone, Copy)]
pub(super) struct Deadlines {
    /// For the connection.
    pub(super) connect: Duration,
    /// For a whole message.
    pub(super) message: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            message: Duration::from_secs(10),
        }
    }
}

/// An open connection to a server.
pub(super) struct Connection {
    stream: BufReader<TcpStream>,
    message: Vec<u8>,
    deadlines: Deadlines,
}

impl Connection {
    /// Connects to the first address of `server` that accepts; the port is 53 unless given.
    pub(super) async fn open(server: &str, deadlines: Deadlines) -> Result<Self, ProviderError> {
        let connecting = async {
            let addresses = lookup::addresses(&with_port(server)).await?;
            TcpStream::connect(&addresses[..]).await
        };
        let stream = timeout(run::time_for(deadlines.connect), connecting)
            .await
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
            .map_err(|error| {
                unreachable(&format!("cannot connect to `{server}`: {}", reason(&error)))
                    .hint("is it up, and is `server` of this account right?")
            })?;
        // A message goes out in one write, so nothing is gained by waiting for more.
        let _ = stream.set_nodelay(true);
        Ok(Self {
            stream: BufReader::with_capacity(0x1_0000, stream),
            message: Vec::new(),
            deadlines,
        })
    }

    /// Sends a message of at most 65,535 octets.
    pub(super) async fn send(&mut self, message: &[u8]) -> Result<(), ProviderError> {
        let mut framed = Vec::with_capacity(message.len() + 2);
        framed.extend_from_slice(&(message.len() as u16).to_be_bytes());
        framed.extend_from_slice(message);
        timeout(
            run::time_for(self.deadlines.message),
            self.stream.write_all(&framed),
        )
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
        .map_err(|error| unreachable(&format!("cannot send: {}", reason(&error))))
    }

    /// The next message; it stays until the one after it is asked for.
    pub(super) async fn receive(&mut self) -> Result<&[u8], ProviderError> {
        let (stream, message) = (&mut self.stream, &mut self.message);
        let reading = async {
            let length = stream.read_u16().await?;
            message.resize(usize::from(length), 0);
            stream.read_exact(message).await.map(drop)
        };
        timeout(run::time_for(self.deadlines.message), reading)
            .await
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
            .map_err(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof => ProviderError::new(
                    ErrorKind::Protocol,
                    "the server closed the connection before its answer was complete",
                ),
                _ => unreachable(&format!("no answer: {}", reason(&error))),
            })?;
        Ok(&self.message)
    }
}

/// `host`, `host:port`, `192.0.2.1`, `2001:db8::1` or `[2001:db8::1]:53` with its port.
fn with_port(server: &str) -> String {
    if let Ok(address) = server.parse::<IpAddr>() {
        SocketAddr::new(address, 53).to_string()
    } else if server.parse::<SocketAddr>().is_ok() || server.contains(':') {
        server.to_owned()
    } else {
        format!("{server}:53")
    }
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::TimedOut => "timed out".to_owned(),
        io::ErrorKind::ConnectionRefused => "connection refused".to_owned(),
        io::ErrorKind::ConnectionReset => "connection reset".to_owned(),
        _ => error.to_string(),
    }
}

fn unreachable(message: &str) -> ProviderError {
    ProviderError::new(ErrorKind::Unreachable, message)
}

#[cfg(test)]
mod tests {
    use super::with_port;

    #[test]
    fn the_port_is_53_unless_given() {
        for (server, complete) in [
            ("192.0.2.1", "192.0.2.1:53"),
            ("192.0.2.1:5353", "192.0.2.1:5353"),
            ("2001:db8::1", "[2001:db8::1]:53"),
            ("[2001:db8::1]:5353", "[2001:db8::1]:5353"),
            ("ns1.example", "ns1.example:53"),
            ("ns1.example:5353", "ns1.example:5353"),
        ] {
            assert_eq!(with_port(server), complete);
        }
    }
}
