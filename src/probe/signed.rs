//! Answers with their signatures, for judging DNSSEC.

use std::net::SocketAddr;
use std::time::Instant;

use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt};

use super::exchange::{Query, exchange_whole};
use super::first::first;
use crate::audit::Cut;
use crate::audit::dnssec::{Link, Said, Witness};
use crate::verdict::{Nameserver, Question};
use crate::zone::{Name, RecordType};

/// What was said with the DO bit set (RFC 3225).
pub struct Signed {
    /// The chain of trust from the root to the zone.
    pub links: Vec<Link>,
    /// What each server of the zone said, those that said nothing left out.
    pub witnesses: Vec<Witness>,
}

/// Asks for keys and DS sets along `chain`, which ends with the zone itself, and then every one of its servers all
/// `questions`, so many at a time. Where neither a key nor a DS is anywhere, nothing more is asked.
///
/// Never fails: what cannot be asked until `deadline` is missing.
pub async fn signed(
    chain: &[Cut],
    questions: &[Question],
    window: usize,
    deadline: Option<Instant>,
) -> Signed {
    let Some(zone) = chain.last() else {
        return Signed {
            links: Vec::new(),
            witnesses: Vec::new(),
        };
    };
    let keys = [Question {
        name: zone.zone.clone(),
        rtype: RecordType::DNSKEY,
    }];
    let (links, mut witnesses) = tokio::join!(
        join_all((0..chain.len()).map(|at| link(chain, at, deadline))),
        all_servers(&zone.servers, &keys, 1, deadline),
    );
    let has_keys = |said: &Said| {
        said.answered(zone.zone.borrow(), RecordType::DNSKEY)
            .is_some()
    };
    let has_ds = links.last().is_some_and(|link| {
        let said = link.delegation.as_ref();
        said.is_some_and(|said| said.answered(zone.zone.borrow(), RecordType::DS).is_some())
    });
    if has_ds || witnesses.iter().any(|witness| has_keys(&witness.said)) {
        // Who said nothing to the first question is not asked again.
        let mut heard = zone.servers.clone();
        heard.retain(|server| {
            let at = zone.servers.iter().position(|other| other == server);
            witnesses
                .iter()
                .any(|witness| Some(witness.nameserver) == at)
        });
        let more = all_servers(&heard, questions, window, deadline).await;
        witnesses.extend(more.into_iter().filter_map(|mut witness| {
            let server = heard.get(witness.nameserver)?;
            witness.nameserver = zone.servers.iter().position(|other| other == server)?;
            Some(witness)
        }));
    }
    Signed { links, witnesses }
}

async fn link(chain: &[Cut], at: usize, deadline: Option<Instant>) -> Link {
    let cut = &chain[at];
    let is_last = at + 1 == chain.len();
    let keys = async {
        if is_last {
            None
        } else {
            anybody(&cut.servers, &cut.zone, RecordType::DNSKEY, deadline).await
        }
    };
    let delegation = async {
        let above = &chain.get(at.checked_sub(1)?)?.servers;
        anybody(above, &cut.zone, RecordType::DS, deadline).await
    };
    let (keys, delegation) = tokio::join!(keys, delegation);
    Link {
        zone: cut.zone.clone(),
        delegation,
        keys,
    }
}

/// What the first server that answers with authority says.
async fn anybody(
    servers: &[Nameserver],
    name: &Name,
    rtype: RecordType,
    deadline: Option<Instant>,
) -> Option<Said> {
    let query = Query::new(name, rtype).dnssec();
    let attempts: Vec<_> = servers
        .iter()
        .map(|server| ask(server.address, &query, deadline))
        .collect();
    first(attempts).await.ok()
}

async fn ask(
    address: SocketAddr,
    query: &Query,
    deadline: Option<Instant>,
) -> Result<Said, String> {
    let reply = exchange_whole(address, query, deadline).await?;
    let message = reply.message().ok_or("no DNS message")?;
    let said = Said::read(&message).map_err(|error| error.to_string())?;
    if said.authoritative && matches!(said.rcode, 0 | 3) {
        Ok(said)
    } else {
        Err("no answer with authority".to_owned())
    }
}

async fn all_servers(
    servers: &[Nameserver],
    questions: &[Question],
    window: usize,
    deadline: Option<Instant>,
) -> Vec<Witness> {
    let each = servers
        .iter()
        .enumerate()
        .map(|(nameserver, server)| async move {
            let asked = questions.iter().map(|question| async move {
                let query = Query::new(&question.name, question.rtype).dnssec();
                let said = ask(server.address, &query, deadline).await.ok()?;
                Some(Witness {
                    nameserver,
                    question: question.clone(),
                    said,
                })
            });
            let heard: Vec<Option<Witness>> =
                stream::iter(asked).buffered(window.max(1)).collect().await;
            heard
        });
    join_all(each)
        .await
        .into_iter()
        .flatten()
        .flatten()
        .collect()
}
