//! Providers that stand in one network, as findings.

use crate::config::Account;
use crate::verdict::{Nameserver, shared_networks};
use crate::zone::{Finding, Severity};

/// The nameservers that accounts list with their addresses.
pub(super) fn written_down(accounts: &[&Account]) -> Vec<Nameserver> {
    let of = |account: &&Account| {
        let id = account.id.clone();
        let servers = account.nameservers.clone().into_iter();
        servers.flat_map(move |server| {
            let (id, name) = (id.clone(), server.name);
            server.addresses.into_iter().map(move |address| Nameserver {
                name: name.clone(),
                address,
                provider: Some(id.clone()),
            })
        })
    };
    accounts.iter().flat_map(of).collect()
}

/// One warning for each network that several providers share and that `said` does not show already.
pub(super) fn neighbors(nameservers: &[Nameserver], said: &[Nameserver]) -> Vec<Finding> {
    let said = shared_networks(said);
    shared_networks(nameservers)
        .iter()
        .filter(|(network, providers)| said.get(network) != Some(providers))
        .map(|(network, providers)| {
            let ids: Vec<String> = providers.iter().map(|id| format!("`{id}`")).collect();
            Finding::new(
                "DIV02",
                Severity::Warning,
                format!("{} have nameservers in one network, {network}", ids.join(" and ")),
            )
            .hint("what takes that network down takes all of them; choose providers with networks of their own")
        })
        .collect()
}
