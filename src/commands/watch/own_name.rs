//! Whether the page goes down with what it reports on: its own name in one of the zones, or at one of the providers.

use std::time::{Duration, Instant};

use super::round::Round;
use crate::probe;
use crate::provider::operator;
use crate::zone::Name;

/// How long an answer counts.
const FRESH: Duration = Duration::from_secs(3600);

/// What is known of the page's own name.
#[derive(Default)]
pub(super) struct OwnName {
    host: Option<Name>,
    /// When the nameservers were looked up, and what they are.
    found: Option<(Instant, Vec<Name>)>,
}

impl OwnName {
    /// A host that is an address depends on no name.
    pub(super) fn new(host: Option<&str>) -> Self {
        let is_address = |host: &&str| host.parse::<std::net::IpAddr>().is_ok();
        let host = host.filter(|host| !is_address(host) && *host != "localhost");
        Self {
            host: host.and_then(|host| Name::absolute(host).ok()),
            found: None,
        }
    }

    /// What is to be said of it, one sentence each.
    pub(super) async fn warnings(&mut self, round: &Round) -> Vec<String> {
        let Some(host) = self.host.clone() else {
            return Vec::new();
        };
        let mut warnings = Vec::new();
        for zone in &round.report.zones {
            let apex = Name::absolute(&zone.zone);
            if apex.is_ok_and(|apex| host.borrow().is_at_or_below(apex.borrow())) {
                warnings.push(format!(
                    "this page's own name {host} lies in {}, so that both go down together",
                    zone.zone
                ));
            }
        }
        for server in self.nameservers(&host).await {
            if let Some(id) = provider_of(server, round) {
                let warning = format!(
                    "this page's own name {host} is served by {server} of {id}, so that both go down together"
                );
                if !warnings.contains(&warning) {
                    warnings.push(warning);
                }
            }
        }
        warnings
    }

    /// Those of the zone that the name lies in, looked up once an hour; none where nobody knows.
    async fn nameservers(&mut self, host: &Name) -> &[Name] {
        let is_fresh = |(at, _): &(Instant, Vec<Name>)| at.elapsed() < FRESH;
        if !self.found.as_ref().is_some_and(is_fresh) {
            let found = match probe::resolver() {
                Ok(resolver) => probe::zone_of(host, &resolver).await,
                Err(why) => Err(why),
            };
            let names = found.map(|(_, names)| names).unwrap_or_default();
            self.found = Some((Instant::now(), names));
        }
        self.found.as_ref().map_or(&[], |(_, names)| names)
    }
}

/// The account that a nameserver belongs to: one that lists it, or whose vendor's servers are named like that.
fn provider_of<'a>(server: &Name, round: &'a Round) -> Option<&'a str> {
    let name = server.to_string();
    let mut asked = round.report.zones.iter().flat_map(|zone| &zone.nameservers);
    let listed = asked.find(|one| one.name == name);
    listed.and_then(|one| one.provider.as_deref()).or_else(|| {
        let adapter = operator(server)?.adapter?;
        let mut accounts = round.accounts.iter();
        let theirs = accounts.find(|account| account.adapter == adapter)?;
        Some(&theirs.id)
    })
}
