//! Connected UDP sockets, and what their errors mean.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::UdpSocket;

use crate::verdict::NO_ROUTE;

/// `ENOBUFS` on Linux, which `std` has no kind for: the packet is lost, the socket is well.
pub(super) const NO_BUFFERS: i32 = 105;

/// A socket on a port of the system's choice, connected: it hears from `address` alone, and of its refusals.
pub(super) async fn connect(address: SocketAddr) -> io::Result<UdpSocket> {
    let any: IpAddr = if address.is_ipv4() {
        Ipv4Addr::UNSPECIFIED.into()
    } else {
        Ipv6Addr::UNSPECIFIED.into()
    };
    let socket = UdpSocket::bind((any, 0)).await?;
    socket.connect(address).await?;
    // The runtime learns only by and by that a new socket can be written to.
    socket.writable().await?;
    Ok(socket)
}

/// A socket's error in the words of [`crate::verdict::Answer::Silent`].
pub(super) fn said(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "connection refused".to_owned(),
        io::ErrorKind::TimedOut => "timeout".to_owned(),
        io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::AddrNotAvailable
        | io::ErrorKind::Unsupported => NO_ROUTE.to_owned(),
        _ => error.to_string().to_ascii_lowercase(),
    }
}
