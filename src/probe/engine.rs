//! Asks many questions of many nameservers at once.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::lane::Lane;
use super::query::Template;
use crate::verdict::{Nameserver, Observation, Question};
use crate::zone::Name;

/// Batches of observations that wait to be taken in; a lane that is faster waits, too.
const WAITING: usize = 64;

/// What shall be asked of whom.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    /// The apex: an answer that refers to it or above it is no referral but a lame server.
    pub origin: &'a Name,
    /// Whom.
    pub nameservers: &'a [Nameserver],
    /// What.
    pub questions: &'a Arc<[Question]>,
    /// `(nameserver, question)` by index; `None` asks everything of everyone.
    pub pairs: Option<&'a [(usize, usize)]>,
}

impl Ask<'_> {
    /// How many observations there will be.
    pub fn total(&self) -> usize {
        self.pairs
            .map_or_else(|| self.questions.len() * self.nameservers.len(), <[_]>::len)
    }
}

/// How to ask.
#[derive(Clone, Debug)]
pub struct AskOptions {
    /// Questions in flight at one server; a server that is slower than that paces itself.
    pub window: usize,
    /// How long to wait after each sending of one question: as many as there are tries.
    pub timeouts: Vec<Duration>,
    /// Queries a second and server; `None` is as fast as the window allows.
    pub rate: Option<u32>,
    /// When everything that is not answered counts as silent.
    pub deadline: Option<Instant>,
    /// Whether to ask which node of an anycast service answers (RFC 5001).
    pub nsid: bool,
    /// Whether to ask for signatures (RFC 3225), and to keep each response whole.
    pub dnssec: bool,
    /// Whether the servers were heard a moment ago, so that the window is open from the start.
    pub awake: bool,
    /// Addresses that leave EDNS unanswered, and are asked without it (RFC 6891, section 6.2.2).
    pub without_edns: Vec<SocketAddr>,
}

impl Default for AskOptions {
    fn default() -> Self {
        Self {
            window: 32,
            timeouts: [400, 800, 1600].map(Duration::from_millis).to_vec(),
            rate: None,
            deadline: None,
            nsid: false,
            dnssec: false,
            awake: false,
            without_edns: Vec::new(),
        }
    }
}

impl AskOptions {
    /// The same for somebody who wants to go: what is served now is still worth a moment.
    #[must_use]
    pub fn hurried(&self) -> Self {
        let mut hurried = self.clone();
        hurried.timeouts.truncate(1);
        hurried.deadline = None;
        hurried
    }
}

/// What the lanes of one run share.
pub(super) struct Shared {
    pub(super) origin: Name,
    pub(super) questions: Arc<[Question]>,
    pub(super) options: AskOptions,
    pub(super) with_edns: Template,
    pub(super) without_edns: Template,
}

/// One observation for each pair, ordered by question and then by nameserver. `progress` is told how many of how
/// many are there. Never fails: what cannot be asked is [`crate::verdict::Answer::Silent`].
///
/// Dropping the future stops everything. Must be polled inside a tokio runtime.
pub async fn ask(
    ask: &Ask<'_>,
    options: &AskOptions,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Vec<Observation> {
    let total = ask.total();
    let mut observations: Vec<Observation> = Vec::with_capacity(total);
    let mut take = |batch: Vec<Observation>| {
        observations.extend(batch);
        progress(observations.len(), total);
    };
    ask_each(ask, options, &mut take).await;
    observations.sort_by_key(|seen| (seen.question, seen.nameserver));
    observations
}

/// As [`ask`], and hands over what was observed as it comes in, so that nobody has to keep all of it.
pub async fn ask_each(
    ask: &Ask<'_>,
    options: &AskOptions,
    take: &mut (dyn FnMut(Vec<Observation>) + Send),
) {
    let shared = Arc::new(Shared {
        origin: ask.origin.clone(),
        questions: Arc::clone(ask.questions),
        options: options.clone(),
        with_edns: Template::new(true, options.nsid, options.dnssec),
        without_edns: Template::new(false, false, false),
    });
    let mut work: Vec<Vec<usize>> = vec![Vec::new(); ask.nameservers.len()];
    if let Some(pairs) = ask.pairs {
        for &(nameserver, question) in pairs {
            work[nameserver].push(question);
        }
    } else {
        for questions in &mut work {
            questions.extend(0..ask.questions.len());
        }
    }
    let (sender, mut receiver) = mpsc::channel(WAITING);
    let mut lanes = JoinSet::new();
    for (index, questions) in work.into_iter().enumerate() {
        if !questions.is_empty() {
            let address = ask.nameservers[index].address;
            let lane = Lane::new(index, address, questions, shared.clone(), sender.clone());
            lanes.spawn(lane.run());
        }
    }
    drop(sender);
    while let Some(batch) = receiver.recv().await {
        take(batch);
    }
}
