//! An API that misbehaves at one call.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use redundns::provider::Provider;
use serde_json::Value;

use super::clock::hurried;
use crate::bed::Endpoint;
use crate::world::http_fake::{Fake, Reply, Request};
use crate::world::http_faults::{Fault, Lasts};

/// Stands between a provider and its API.
pub(super) struct Disturbed<'e> {
    endpoint: &'e Endpoint,
    /// Taken away when nobody shall listen.
    fake: Mutex<Option<Fake>>,
    origin: String,
    fault: Option<(&'static Fault, usize)>,
    /// The requests before the first one that counts.
    first: Arc<AtomicUsize>,
}

impl<'e> Disturbed<'e> {
    /// One that passes everything on.
    pub(super) fn none(endpoint: &'e Endpoint) -> Self {
        Self::new(endpoint, None)
    }

    /// One that misbehaves at a call, counted from [`Self::begin`] on.
    pub(super) fn at(endpoint: &'e Endpoint, fault: &'static Fault, call: usize) -> Self {
        Self::new(endpoint, Some((fault, call)))
    }

    fn new(endpoint: &'e Endpoint, fault: Option<(&'static Fault, usize)>) -> Self {
        let upstream = endpoint.origin.trim_start_matches("http://");
        let upstream = upstream.parse().expect("an address");
        let first = Arc::new(AtomicUsize::new(usize::MAX));
        let begun = first.clone();
        let fake = Fake::before(Some(upstream), move |index, request| {
            let number = index.checked_sub(begun.load(Ordering::SeqCst));
            match (fault, number) {
                (Some((fault, call)), Some(number)) => reply(fault, call, number, request),
                _ => Reply::Pass,
            }
        });
        Self {
            endpoint,
            origin: fake.endpoint(),
            fake: Mutex::new(Some(fake)),
            fault,
            first,
        }
    }

    /// Whoever speaks to it.
    pub(super) fn provider(&self) -> Arc<dyn Provider> {
        (self.endpoint.connect)(&self.origin)
    }

    /// From here on calls count.
    pub(super) fn begin(&self) {
        let mut fake = self.fake.lock().expect("no panic while held");
        let seen = fake.as_ref().map_or(0, |fake| fake.seen().len());
        self.first.store(seen, Ordering::SeqCst);
        if self
            .fault
            .is_some_and(|(fault, call)| fault.leaves() && call == 0)
        {
            fake.take();
        }
    }

    /// Runs what a provider does here.
    pub(super) fn run<T, F: Future<Output = T>>(&self, future: impl FnOnce() -> F) -> T {
        let is_idle = self.with(|fake| fake.idle()).expect("it has not begun");
        hurried(is_idle, future())
    }

    fn with<T>(&self, what: impl FnOnce(&Fake) -> T) -> Option<T> {
        let fake = self.fake.lock().expect("no panic while held");
        fake.as_ref().map(what)
    }

    fn seen(&self) -> Vec<Request> {
        self.with(Fake::seen).unwrap_or_default()
    }

    /// The requests that count.
    fn counted(&self) -> Vec<Request> {
        let first = self.first.load(Ordering::SeqCst);
        self.seen().into_iter().skip(first).collect()
    }

    /// How many requests there were in all.
    pub(super) fn calls(&self) -> usize {
        self.seen().len()
    }

    /// Whether an answer was another than the API's.
    pub(super) fn is_met(&self) -> bool {
        self.with(|fake| fake.disturbed() > 0).unwrap_or(true)
    }

    /// Whether there was no call left to disturb.
    pub(super) fn is_over(&self, is_ok: bool) -> bool {
        match self.fault {
            Some((fault, _)) if fault.leaves() => is_ok,
            Some((_, call)) => self.counted().len() <= call,
            None => true,
        }
    }

    /// The call that was disturbed, where it was one that got here.
    fn met(&self) -> Option<Request> {
        self.counted().into_iter().nth(self.fault?.1)
    }

    /// Whether the call was one that makes no change: it reads, or has a change served, which a POST without a body does.
    pub(super) fn is_read(&self) -> bool {
        self.met().is_some_and(|request| match &*request.method {
            "GET" => true,
            "POST" => request.body.is_empty(),
            _ => false,
        })
    }

    /// Whether the call did nothing for certain.
    pub(super) fn is_certain(&self) -> bool {
        self.is_read() || self.fault.is_some_and(|(fault, _)| fault.is_certain)
    }

    /// A complaint where a write of unknown fate was sent again.
    pub(super) fn sent_twice(&self) -> Option<String> {
        let met = self.met().filter(|_| !self.is_certain())?;
        let is_same = |request: &&Request| {
            (&request.method, &request.path, &request.body) == (&met.method, &met.path, &met.body)
        };
        let times = self.counted().iter().filter(is_same).count();
        (times > 1).then(|| format!("{} {} was sent {times} times", met.method, met.path))
    }

    /// What must not show: the secrets of the account, and what was made of them for the requests.
    pub(super) fn secrets(&self) -> Vec<String> {
        let own = self.endpoint.secrets.iter().flat_map(|secret| {
            let document: Option<Value> = serde_json::from_str(secret).ok();
            let key =
                document.and_then(|document| Some(document["private_key"].as_str()?.to_owned()));
            key.unwrap_or_else(|| secret.clone())
                .lines()
                .filter(|line| !line.starts_with("-----"))
                .map(str::to_owned)
                .collect::<Vec<_>>()
        });
        let seen = self.seen();
        let made = seen.iter().filter_map(|request| {
            let mut words = request.header("authorization")?.split([' ', '=']);
            words.next_back().map(str::to_owned)
        });
        own.chain(made).filter(|secret| secret.len() > 4).collect()
    }
}

/// What to do with a request, given its number.
fn reply(fault: &Fault, call: usize, number: usize, request: &Request) -> Reply {
    if fault.leaves() {
        return if number + 1 == call {
            Reply::PassAndLeave
        } else {
            Reply::Pass
        };
    }
    let is_met = match fault.lasts {
        Lasts::On => number >= call,
        Lasts::Once => number == call,
    };
    if is_met {
        (fault.reply)(request)
    } else {
        Reply::Pass
    }
}
