//! The questions about records: which, of whom, how often, and how fast.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use crate::audit::{
    Evidence, Probe, Reply, ServerView, Transfer, consensus, first_questions, further_questions,
};
use crate::commands::closely::closely;
use crate::commands::telling::Telling;
use crate::probe::{self, Ask, AskOptions};
use crate::verdict::{
    Answer, JudgeOptions, Judgement, Nameserver, Observation, Question, Seen, classify, judge,
    judge_seen, questions,
};
use crate::zone::{Finding, Name, RecordType, Zone};

/// Questions in flight to each nameserver unless told otherwise: on the open Internet, and where all of them stand in
/// private networks, so that a slow one does not keep everybody waiting.
const WINDOW: u16 = 32;
const PRIVATE_WINDOW: u16 = 128;

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
    /// How many record sets the answers were compared with.
    pub(super) record_sets: usize,
    /// AGR06 and AGR08.
    pub(super) findings: Vec<Finding>,
}

/// How and until when questions are put.
#[derive(Clone, Copy)]
pub(super) struct Manner<'a> {
    pub(super) concurrency: Option<u16>,
    pub(super) deadline: Option<Instant>,
    pub(super) wanted: &'a [Question],
    pub(super) telling: Telling<'a>,
}

impl Manner<'_> {
    /// For these servers, which were all heard already.
    pub(super) fn options(&self, servers: &[ServerView]) -> AskOptions {
        let is_open = servers
            .iter()
            .any(|view| is_public(view.server.address.ip()));
        let usual = if is_open { WINDOW } else { PRIVATE_WINDOW };
        let window = self.concurrency.unwrap_or(usual);
        let deaf = servers.iter().filter(|view| view.is_deaf_to_edns());
        AskOptions {
            window: usize::from(window),
            timeouts: probe::PATIENCE.to_vec(),
            rate: is_open.then(|| u32::from(window) * RATE),
            deadline: self.deadline,
            nsid: true,
            awake: true,
            without_edns: deaf.map(|view| view.server.address).collect(),
            ..AskOptions::default()
        }
    }
}

/// The first answers of every server that serves the zone, and what they lead to.
pub(super) struct First<'a> {
    views: &'a [ServerView],
    nameservers: &'a [Nameserver],
    manner: Manner<'a>,
    options: AskOptions,
    origin: &'a Name,
    book: Book<'a>,
    harvest: Harvest,
    /// Everything that was asked.
    pub(super) questions: Arc<[Question]>,
    /// Indexes of the servers that answer for the zone.
    pub(super) live: Vec<usize>,
    /// How many sets of a transferred zone were not asked.
    pub(super) left_out: usize,
}

/// What was observed, with what it is compared with.
enum Book<'a> {
    /// With a zone file, as it comes in.
    File(Box<Seen<'a>>),
    /// With one another, when all of it is there.
    Open(Vec<Observation>),
}

impl Book<'_> {
    fn judge(
        &self,
        origin: &Name,
        nameservers: &[Nameserver],
        questions: &[Question],
    ) -> (Judgement, usize) {
        let rules = JudgeOptions {
            at_once: true,
            ..JudgeOptions::default()
        };
        match self {
            Self::File(seen) => (judge_seen(seen, rules), 0),
            Self::Open(seen) => {
                let usual = consensus(origin, nameservers, questions, seen);
                let judgement = judge(&usual, nameservers, questions, seen, rules);
                (judgement, usual.len())
            }
        }
    }
}

/// Asks every server that serves the zone about its records, to compare them with `file`, or with one another.
pub(super) async fn first<'a>(
    evidence: &'a Evidence,
    nameservers: &'a [Nameserver],
    file: Option<&'a Zone>,
    manner: Manner<'a>,
) -> First<'a> {
    let origin = &evidence.zone().zone;
    let live: Vec<usize> = (0..nameservers.len())
        .filter(|&index| serves(&evidence.servers[index], origin))
        .collect();
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
    let questions: Arc<[Question]> = all.into();
    let book = match file {
        Some(file) => Book::File(Box::new(Seen::new(file, nameservers, &questions))),
        None => Book::Open(Vec::new()),
    };
    let mut first = First {
        views: &evidence.servers,
        nameservers,
        manner,
        options: manner.options(&evidence.servers),
        origin,
        book,
        harvest: Harvest::default(),
        questions,
        live,
        left_out,
    };
    let numbers: Vec<usize> = (0..first.questions.len()).collect();
    first.put(&numbers).await;
    if let Book::Open(seen) = &first.book
        && transferred.is_none()
    {
        let begin = first.questions.len();
        let more = further_questions(origin, &first.questions, seen);
        first.questions = first.questions.iter().cloned().chain(more).collect();
        let numbers: Vec<usize> = (begin..first.questions.len()).collect();
        first.put(&numbers).await;
    }
    first
}

impl<'a> First<'a> {
    async fn put(&mut self, numbers: &[usize]) {
        let servers = self.live.iter();
        let pairs: Vec<(usize, usize)> = servers
            .flat_map(|&server| numbers.iter().map(move |&number| (server, number)))
            .collect();
        let ask = Ask {
            origin: self.origin,
            nameservers: self.nameservers,
            questions: &self.questions,
            pairs: Some(&pairs),
        };
        let (book, harvest) = (&mut self.book, &mut self.harvest);
        let mut take = |batch: Vec<Observation>| {
            for one in batch {
                harvest.take(&self.questions[one.question], &one);
                match book {
                    Book::File(seen) => seen.take(one),
                    Book::Open(seen) => seen.push(one),
                }
            }
            match book {
                Book::File(seen) => seen.first_difference().map(str::to_owned),
                Book::Open(_) => None,
            }
        };
        let telling = self.manner.telling;
        telling.ask(&ask, &self.options, &mut take).await;
        if let Book::Open(seen) = &mut self.book {
            seen.sort_by_key(|one| (one.question, one.nameserver));
        }
    }

    /// Those that answer for the zone, with EDNS, and over TCP or not.
    fn hearing(&self, tcp: bool) -> Vec<&'a Nameserver> {
        let views = self.live.iter().map(|&at| &self.views[at]);
        let is_meant = |view: &&ServerView| {
            !view.is_deaf_to_edns() && view.reply(Probe::SoaTcp).is_some() == tcp
        };
        views.filter(is_meant).map(|view| &view.server).collect()
    }

    /// Hosts that MX and SRV records name: host, owner, type.
    pub(super) fn targets(&self) -> Vec<(Name, Name, RecordType)> {
        self.harvest.targets.clone()
    }

    /// Some of it again, over TCP and in its order, and what differs once more, alone: an answer that went astray is no
    /// difference.
    pub(super) async fn again(&mut self) -> Asked {
        let (origin, nameservers, deadline) =
            (self.origin, self.nameservers, self.options.deadline);
        let questions = Arc::clone(&self.questions);
        let again: Vec<usize> = self.harvest.positive.iter().copied().collect();
        let positive: Vec<&Question> = again.iter().map(|&number| &questions[number]).collect();
        let aliases: Vec<Name> = self.harvest.aliases.iter().cloned().collect();
        let aliases: Vec<&Name> = aliases.iter().collect();
        let again = again.repeat(AGAIN);
        let (with_tcp, without) = (self.hearing(true), self.hearing(false));
        let (mut findings, more, ()) = tokio::join!(
            closely(origin, &with_tcp, &positive, &aliases, deadline),
            closely(origin, &without, &[], &aliases, deadline),
            self.put(&again),
        );
        findings.extend(more);
        let (mut judgement, mut record_sets) = self.book.judge(origin, nameservers, &questions);
        let differ = judgement.differences.iter().map(|one| one.question);
        let open: Vec<usize> = differ.take(MOST_AGAIN).collect();
        if !open.is_empty() {
            self.put(&open).await;
            (judgement, record_sets) = self.book.judge(origin, nameservers, &questions);
        }
        Asked {
            judgement,
            record_sets,
            findings,
        }
    }
}

/// What answers lead to, as far as that is looked at.
#[derive(Default)]
struct Harvest {
    /// Questions that were answered with records.
    positive: BTreeSet<usize>,
    /// Names with a CNAME.
    aliases: BTreeSet<Name>,
    targets: Vec<(Name, Name, RecordType)>,
}

impl Harvest {
    fn take(&mut self, question: &Question, seen: &Observation) {
        let Answer::Records { rtype, set } = &seen.answer else {
            return;
        };
        self.positive.insert(seen.question);
        if self.positive.len() > MOST_AGAIN {
            self.positive.pop_last();
        }
        if *rtype == RecordType::CNAME && self.aliases.len() < MOST_AGAIN {
            self.aliases.insert(question.name.clone());
        }
        if !matches!(*rtype, RecordType::MX | RecordType::SRV) {
            return;
        }
        let own = set.rdata.iter();
        for host in own.flat_map(|rdata| crate::zone::rdata::targets(*rtype, rdata)) {
            let entry = (host.to_name(), question.name.clone(), *rtype);
            let is_full = self.targets.len() >= MOST_AGAIN;
            // The root as a target says that there is no such service (RFC 7505, RFC 2782).
            if !host.is_root() && !is_full && !self.targets.contains(&entry) {
                self.targets.push(entry);
            }
        }
    }
}

/// Whether a server answers for the zone over UDP, so that asking it more makes sense.
fn serves(view: &ServerView, zone: &Name) -> bool {
    let question = Question {
        name: zone.clone(),
        rtype: RecordType::SOA,
    };
    [Probe::Soa, Probe::Plain].into_iter().any(|probe| {
        let message = view.reply(probe).and_then(Reply::message);
        // What is cut off is asked again over TCP.
        message.is_some_and(|message| {
            message.tc()
                || classify(&message, &question, zone.borrow()).is_ok_and(|one| one.is_verified())
        })
    })
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
