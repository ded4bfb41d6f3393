//! The questions about records: which, of whom, how often, and how fast.

use std::net::IpAddr;
use std::time::{Instant, SystemTime};

use crate::audit::{
    Evidence, Probe, ServerView, Transfer, consensus, first_questions, further_questions,
};
use crate::commands::closely::closely;
use crate::probe::{self, Ask, AskOptions};
use crate::verdict::{
    Answer, JudgeOptions, Judgement, Nameserver, Observation, Question, classify, judge, questions,
};
use crate::zone::{Finding, Name, RecordType, Zone};

/// Questions in flight to each nameserver unless told otherwise.
const WINDOW: u16 = 32;

/// Queries a second and server on the open Internet, for each question that may be in flight.
const RATE: u32 = 3;

/// The most questions about a zone that was transferred; a file is asked wholly.
const MOST_TRANSFERRED: usize = 1000;

/// How often what was answered with records is asked again, to see whether answers stay.
const AGAIN: usize = 3;

/// The most questions that are asked again.
const MOST_AGAIN: usize = 200;

/// What asking came to.
pub(super) struct Asked {
    pub(super) judgement: Judgement,
    /// What the answers were compared with.
    pub(super) reference: Zone,
    /// Everything that was asked.
    pub(super) questions: Vec<Question>,
    /// Indexes of the servers that answer for the zone.
    pub(super) live: Vec<usize>,
    /// AGR06 and AGR08.
    pub(super) findings: Vec<Finding>,
    /// Hosts that MX and SRV records name: host, owner, type.
    pub(super) targets: Vec<(Name, Name, RecordType)>,
    /// How many sets of a transferred zone were not asked.
    pub(super) left_out: usize,
}

/// How and until when questions are put.
pub(super) struct Manner<'a> {
    pub(super) concurrency: Option<u16>,
    pub(super) deadline: Option<Instant>,
    pub(super) wanted: &'a [Question],
    pub(super) progress: &'a (dyn Fn(usize, usize) + Sync),
}

/// Asks every server that serves the zone about its records, and compares: with `file`, or with one another.
pub(super) async fn ask(evidence: &Evidence, file: Option<&Zone>, manner: &Manner<'_>) -> Asked {
    let origin = &evidence.zone().zone;
    let nameservers: Vec<Nameserver> = evidence
        .servers
        .iter()
        .map(|view| view.server.clone())
        .collect();
    let live: Vec<usize> = (0..nameservers.len())
        .filter(|&index| serves(&evidence.servers[index], origin))
        .collect();
    let options = options(&nameservers, manner);
    let seed = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(1, |now| now.as_nanos() as u64);
    let transferred = evidence
        .servers
        .iter()
        .find_map(|view| match &view.transfer {
            Transfer::Open(zone) => zone.as_deref(),
            Transfer::Closed(_) => None,
        });
    let mut left_out = 0;
    let mut all = match (file, transferred) {
        (Some(file), _) => questions(file, false, seed),
        (None, Some(zone)) => {
            let mut some = questions(zone, false, seed);
            left_out = some.len().saturating_sub(MOST_TRANSFERRED);
            some.truncate(MOST_TRANSFERRED);
            some
        }
        (None, None) => first_questions(origin, manner.wanted, seed),
    };
    if file.is_some() || transferred.is_some() {
        all.extend(manner.wanted.iter().cloned());
    }
    if file.is_none() {
        // The delegation is judged with it, server by server.
        all.retain(|one| one.name != *origin || one.rtype != RecordType::NS);
        all.retain(|one| !one.rtype.is_signers());
    }
    let put = async |questions: &[Question], numbers: &[usize]| {
        let pairs: Vec<(usize, usize)> = live
            .iter()
            .flat_map(|&server| numbers.iter().map(move |&number| (server, number)))
            .collect();
        let ask = Ask {
            origin,
            nameservers: &nameservers,
            questions,
            pairs: Some(&pairs),
        };
        probe::ask(&ask, &options, manner.progress).await
    };
    let numbers: Vec<usize> = (0..all.len()).collect();
    let mut seen = put(&all, &numbers).await;
    if file.is_none() && transferred.is_none() {
        let first = all.len();
        let more = further_questions(origin, &all, &seen);
        all.extend(more);
        let numbers: Vec<usize> = (first..all.len()).collect();
        seen.extend(put(&all, &numbers).await);
    }
    let mut positive: Vec<usize> = seen
        .iter()
        .filter(|one| matches!(one.answer, Answer::Records { .. }))
        .map(|one| one.question)
        .collect();
    positive.sort_unstable();
    positive.dedup();
    let again = &positive[..positive.len().min(MOST_AGAIN)];
    seen.extend(put(&all, &again.repeat(AGAIN)).await);
    let reference = match file {
        Some(file) => file.clone(),
        None => consensus(origin, &nameservers, &all, &seen),
    };
    let compare = |seen: &[Observation]| {
        let rules = JudgeOptions {
            at_once: true,
            ..JudgeOptions::default()
        };
        judge(&reference, &nameservers, &all, seen, rules)
    };
    let mut judgement = compare(&seen);
    // What differs once more, alone: an answer that went astray is no difference.
    let mut open: Vec<usize> = judgement
        .differences
        .iter()
        .map(|one| one.question)
        .collect();
    open.truncate(MOST_AGAIN);
    if !open.is_empty() {
        seen.extend(put(&all, &open).await);
        judgement = compare(&seen);
    }
    let servers: Vec<&Nameserver> = live.iter().map(|&index| &nameservers[index]).collect();
    let with_records: Vec<&Question> = positive.iter().map(|&number| &all[number]).collect();
    let mut aliases: Vec<&Name> = seen
        .iter()
        .filter(|one| is_alias(&one.answer))
        .map(|one| &all[one.question].name)
        .collect();
    aliases.sort_unstable();
    aliases.dedup();
    let findings = closely(origin, &servers, &with_records, &aliases, manner.deadline).await;
    Asked {
        targets: targets(&all, &seen),
        judgement,
        reference,
        findings,
        left_out,
        live,
        questions: all,
    }
}

fn is_alias(answer: &Answer) -> bool {
    matches!(
        answer,
        Answer::Records {
            rtype: RecordType::CNAME,
            ..
        }
    )
}

/// Whether a server answers for the zone over UDP with EDNS, so that asking it more makes sense.
fn serves(view: &ServerView, zone: &Name) -> bool {
    let question = Question {
        name: zone.clone(),
        rtype: RecordType::SOA,
    };
    let answers = [Probe::Soa, Probe::Plain].into_iter().filter_map(|probe| {
        let message = view.reply(probe)?.message()?;
        // What is cut off is asked again over TCP.
        Some(
            message.tc()
                || classify(&message, &question, zone.borrow()).is_ok_and(|one| one.is_verified()),
        )
    });
    view.reply(Probe::Soa).is_some() && answers.into_iter().any(|serves| serves)
}

fn options(nameservers: &[Nameserver], manner: &Manner<'_>) -> AskOptions {
    let window = manner.concurrency.unwrap_or(WINDOW);
    let is_open = nameservers
        .iter()
        .any(|server| is_public(server.address.ip()));
    AskOptions {
        window: usize::from(window),
        timeouts: probe::PATIENCE.to_vec(),
        rate: is_open.then(|| u32::from(window) * RATE),
        deadline: manner.deadline,
        nsid: true,
    }
}

/// Whether somebody else may stand behind the address.
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(four) => !four.is_loopback() && !four.is_private() && !four.is_link_local(),
        IpAddr::V6(six) => {
            !six.is_loopback() && !six.is_unique_local() && !six.is_unicast_link_local()
        }
    }
}

/// The hosts that MX and SRV records name, each once.
fn targets(all: &[Question], seen: &[Observation]) -> Vec<(Name, Name, RecordType)> {
    let mut found: Vec<(Name, Name, RecordType)> = Vec::new();
    for one in seen {
        let question = &all[one.question];
        let Answer::Records { rtype, set } = &one.answer else {
            continue;
        };
        if !matches!(*rtype, RecordType::MX | RecordType::SRV) {
            continue;
        }
        let own = set.rdata.iter();
        for host in own.flat_map(|rdata| crate::zone::rdata::targets(*rtype, rdata)) {
            let entry = (host.to_name(), question.name.clone(), *rtype);
            // The root as a target says that there is no such service (RFC 7505, RFC 2782).
            if !host.is_root() && !found.contains(&entry) && found.len() < MOST_AGAIN {
                found.push(entry);
            }
        }
    }
    found
}
