//! From the names of nameservers to addresses that can be asked.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use hickory_resolver::TokioResolver;
use hickory_resolver::config::ResolveHosts;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::rr::{RData, RecordType as HickoryType};

use crate::provider::NameserverSpec;
use crate::verdict::Nameserver;
use crate::zone::{Finding, Name, Severity};

/// The port of DNS.
pub(super) const PORT: u16 = 53;

/// The recursive resolvers of this machine's configuration.
pub struct Resolver {
    resolver: TokioResolver,
    deadline: Option<Instant>,
}

/// Reads the system's configuration. Search domains and the hosts file are not for names of nameservers, and a
/// name that does not resolve within 5 s will not.
pub fn resolver() -> Result<Resolver, String> {
    let mut builder = TokioResolver::builder_tokio().map_err(|error| error.to_string())?;
    let options = builder.options_mut();
    options.timeout = Duration::from_secs(2);
    options.attempts = 1;
    options.use_hosts_file = ResolveHosts::Never;
    let resolver = builder.build().map_err(|error| error.to_string())?;
    Ok(Resolver {
        resolver,
        deadline: None,
    })
}

/// How long a name may take altogether.
const PATIENCE: Duration = Duration::from_secs(5);

impl Resolver {
    /// The same, which gives up at `deadline`.
    #[must_use]
    pub fn until(mut self, deadline: Option<Instant>) -> Self {
        self.deadline = deadline;
        self
    }

    /// The data of `name` and `rtype`; empty where there is none.
    pub(super) async fn lookup(
        &self,
        name: &Name,
        rtype: HickoryType,
    ) -> Result<Vec<RData>, String> {
        // Absolute, so that no search domain is tried.
        let lookup = self.resolver.lookup(name.to_string(), rtype);
        let patience = Instant::now() + PATIENCE;
        let deadline = self.deadline.filter(|deadline| *deadline < patience);
        match tokio::time::timeout_at(deadline.unwrap_or(patience).into(), lookup).await {
            Err(_) if deadline.is_some() => Err("the run's time was up".to_owned()),
            Err(_) => Err("timeout".to_owned()),
            Ok(Ok(found)) => Ok(found
                .answers()
                .iter()
                .filter(|record| record.record_type() == rtype)
                .map(|record| record.data.clone())
                .collect()),
            Ok(Err(NetError::Dns(DnsError::NoRecordsFound(_)))) => Ok(Vec::new()),
            Ok(Err(error)) => Err(error.to_string()),
        }
    }

    /// Every address of `name`, version 4 first. An error only where neither family gave an answer.
    pub async fn addresses(&self, name: &Name) -> Result<Vec<IpAddr>, String> {
        let (four, six) = tokio::join!(
            self.lookup(name, HickoryType::A),
            self.lookup(name, HickoryType::AAAA)
        );
        if let (Err(error), Err(_)) = (&four, &six) {
            return Err(error.clone());
        }
        let data = four.into_iter().chain(six).flatten();
        Ok(data.filter_map(|data| data.ip_addr()).collect())
    }
}

/// Nameservers that can be asked, and those that cannot.
#[derive(Debug, Default)]
pub struct Addressed {
    /// One for each name and address, in the order of the specs.
    pub nameservers: Vec<Nameserver>,
    /// A finding for each name that has no address, or whose addresses could not be found out.
    pub findings: Vec<Finding>,
}

/// Gives each of a provider's nameservers its addresses: the written ones, which are never looked up, else those
/// that `resolver` finds. `provider` is the account's id.
pub async fn nameservers(
    specs: &[NameserverSpec],
    provider: Option<&str>,
    resolver: Option<&Resolver>,
) -> Addressed {
    let mut outcome = Addressed::default();
    for spec in specs {
        let found = if !spec.addresses.is_empty() {
            Ok(spec.addresses.clone())
        } else if let Some(resolver) = resolver {
            resolver.addresses(&spec.name).await.map(|addresses| {
                let with_port = |address| SocketAddr::new(address, PORT);
                addresses.into_iter().map(with_port).collect()
            })
        } else {
            Err("there is no resolver".to_owned())
        };
        let problem = match found {
            Ok(addresses) if addresses.is_empty() => "it has no address".to_owned(),
            Ok(addresses) => {
                let each = addresses.into_iter().map(|address| Nameserver {
                    name: spec.name.clone(),
                    address,
                    provider: provider.map(str::to_owned),
                });
                outcome.nameservers.extend(each);
                continue;
            }
            Err(error) => error,
        };
        let mut finding = Finding::new(
            "NS01",
            Severity::Error,
            format!(
                "the addresses of nameserver `{}` are not known: {problem}",
                spec.name
            ),
        )
        .hint("give its addresses in the account's `nameservers`");
        finding.nameserver = Some(spec.name.to_string());
        finding.provider = provider.map(str::to_owned);
        outcome.findings.push(finding);
    }
    outcome
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, UdpSocket};

    use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
    use hickory_resolver::net::runtime::TokioRuntimeProvider;

    use super::*;

    #[tokio::test]
    async fn a_resolver_that_never_answers_is_given_up_when_the_run_has_to_end() {
        let silent = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let mut udp = ConnectionConfig::udp();
        udp.port = silent.local_addr().expect("bound").port();
        let server = NameServerConfig::new(Ipv4Addr::LOCALHOST.into(), true, vec![udp]);
        let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
        let builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        let begun = Instant::now();
        let resolver = Resolver {
            resolver: builder.build().expect("a resolver"),
            deadline: None,
        };
        let resolver = resolver.until(Some(begun + Duration::from_millis(50)));
        let name = Name::absolute("ns1.example").expect("a name");
        let why = resolver.addresses(&name).await.expect_err("no answer");
        assert_eq!(why, "the run's time was up");
        assert!(begun.elapsed() < Duration::from_secs(2));
    }
}
