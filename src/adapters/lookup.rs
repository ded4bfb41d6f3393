//! From the names of servers and APIs to their addresses.
//!
//! As the C library does it, and so whatever `nsswitch.conf` says, unless the program was linked statically: such a one
//! cannot load what that file names, and asks the resolvers of `resolv.conf` itself.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::LookupIpStrategy;

/// Whether the C library is inside of the program.
pub(super) const IS_STATIC: bool = cfg!(target_feature = "crt-static");

/// The addresses of `HOST:PORT`, of which there is one at least.
pub(super) async fn addresses(server: &str) -> io::Result<Vec<SocketAddr>> {
    if !IS_STATIC {
        return Ok(tokio::net::lookup_host(server).await?.collect());
    }
    if let Ok(address) = server.parse() {
        return Ok(vec![address]);
    }
    let wrong = || io::Error::new(io::ErrorKind::InvalidInput, "invalid socket address");
    let (host, port) = server.rsplit_once(':').ok_or_else(wrong)?;
    let port: u16 = port.parse().map_err(|_| wrong())?;
    let found = asked(host).await?;
    Ok(found.into_iter().map(|ip| (ip, port).into()).collect())
}

/// The addresses of `host` by the hosts file and the resolvers of this machine's configuration.
pub(super) async fn asked(host: &str) -> io::Result<Vec<IpAddr>> {
    let mut builder = TokioResolver::builder_tokio().map_err(io::Error::other)?;
    let options = builder.options_mut();
    options.timeout = Duration::from_secs(2);
    options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
    let resolver = builder.build().map_err(io::Error::other)?;
    let found = resolver.lookup_ip(host).await;
    let found = found.map_err(|error| {
        io::Error::other(format!("failed to lookup address information: {error}"))
    })?;
    Ok(found.iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn this_machine_is_known_without_asking_anybody() {
        let found = asked("localhost").await.expect("the hosts file");
        assert!(
            !found.is_empty() && found.iter().all(IpAddr::is_loopback),
            "{found:?}"
        );
        for (server, port) in [
            ("localhost:5301", 5301),
            ("127.0.0.1:53", 53),
            ("[::1]:53", 53),
        ] {
            let found = addresses(server).await.expect("addresses");
            assert!(found.iter().all(|one| one.port() == port), "{found:?}");
            assert!(found.iter().all(|one| one.ip().is_loopback()), "{found:?}");
        }
        assert!(addresses("localhost").await.is_err(), "no port");
    }
}
