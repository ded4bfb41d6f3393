//! Answers with their signatures, for judging DNSSEC.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use futures_util::future::join_all;

use super::engine::{Ask, AskOptions, ask_each};
use super::exchange::{PATIENCE, Query, exchange_whole};
use super::first::first;
use crate::audit::Cut;
use crate::audit::dnssec::{Link, Said, Witness};
use crate::verdict::{Nameserver, Observation, Question};
use crate::zone::message::MessageRef;
use crate::zone::{Name, RecordType};

/// What was said with the DO bit set (RFC 3225).
pub struct Signed {
    /// The chain of trust from the root to the zone.
    pub links: Vec<Link>,
    /// What each server of the zone said, those that said nothing left out.
    pub witnesses: Vec<Witness>,
}

/// Asks for keys and DS sets along `chain`, which ends with the zone itself, and then every one of its servers all
/// `questions`. Where neither a key nor a DS is anywhere, nothing more is asked.
///
/// Never fails: what cannot be asked until the deadline of `options` is missing.
pub async fn signed(chain: &[Cut], questions: &[Question], options: &AskOptions) -> Signed {
    let options = AskOptions {
        dnssec: true,
        nsid: false,
        timeouts: PATIENCE.to_vec(),
        ..options.clone()
    };
    let (options, deadline) = (&options, options.deadline);
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
    let everybody: Vec<usize> = (0..zone.servers.len()).collect();
    let (links, mut witnesses) = tokio::join!(
        join_all((0..chain.len()).map(|at| link(chain, at, deadline))),
        said_by(zone, &everybody, &keys, options),
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
        let heard: BTreeSet<usize> = witnesses.iter().map(|one| one.nameserver).collect();
        let heard: Vec<usize> = heard.into_iter().collect();
        witnesses.extend(said_by(zone, &heard, questions, options).await);
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
    with_authority(&reply.message().ok_or("no DNS message")?)
}

/// What each of these servers of the zone, by index, says to each question, in that order.
async fn said_by(
    zone: &Cut,
    servers: &[usize],
    questions: &[Question],
    options: &AskOptions,
) -> Vec<Witness> {
    let questions: Arc<[Question]> = questions.into();
    let all = |&server| (0..questions.len()).map(move |question| (server, question));
    let pairs: Vec<(usize, usize)> = servers.iter().flat_map(all).collect();
    let work = Ask {
        origin: &zone.zone,
        nameservers: &zone.servers,
        questions: &questions,
        pairs: Some(&pairs),
    };
    let mut heard = Vec::new();
    let mut take = |batch: Vec<Observation>| heard.extend(batch.iter().filter_map(witness));
    ask_each(&work, options, &mut take).await;
    heard.sort_by_key(|(question, nameserver, _)| (*nameserver, *question));
    let each = heard.into_iter();
    each.map(|(question, nameserver, said)| Witness {
        nameserver,
        question: questions[question].clone(),
        said,
    })
    .collect()
}

/// What was said with authority, beside the indexes of question and nameserver.
fn witness(seen: &Observation) -> Option<(usize, usize, Said)> {
    let message = MessageRef::read(seen.whole.as_ref()?).ok()?;
    let said = with_authority(&message).ok()?;
    Some((seen.question, seen.nameserver, said))
}

fn with_authority(message: &MessageRef<'_>) -> Result<Said, String> {
    let said = Said::read(message).map_err(|error| error.to_string())?;
    if said.authoritative && matches!(said.rcode, 0 | 3) {
        Ok(said)
    } else {
        Err("no answer with authority".to_owned())
    }
}
