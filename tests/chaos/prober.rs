//! Asks every server for every name, again and again, while others change the zone, and knows what they may say.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use super::answers::{Answer, Asker};
use super::zones::{Key, Set, Side, sets};

/// What may be said about one name and type while the zone goes from one state to the other.
#[derive(Debug)]
struct Allowed {
    values: Vec<Set>,
    no_data: bool,
    nx_domain: bool,
}

/// Every question, and what may be said to it.
fn expectations() -> BTreeMap<Key, Allowed> {
    let (a, b) = (sets(Side::A), sets(Side::B));
    let names = |side: &super::zones::Sets| -> BTreeSet<String> {
        side.keys().map(|(owner, _)| owner.clone()).collect()
    };
    let both: BTreeSet<String> = names(&a).intersection(&names(&b)).cloned().collect();
    let mut expectations = BTreeMap::new();
    for key in a.keys().chain(b.keys()) {
        let mut values: Vec<Set> = a.get(key).into_iter().chain(b.get(key)).cloned().collect();
        let is_on_both = values.len() == 2;
        values.dedup();
        let allowed = Allowed {
            values,
            no_data: !is_on_both,
            nx_domain: !both.contains(&key.0),
        };
        if key.1 == "CNAME" {
            // Who follows the alias must find its target, whichever that is.
            let follow = (key.0.clone(), "A".to_owned());
            let values = allowed.values.clone();
            expectations.insert(follow, Allowed { values, ..allowed });
        }
        expectations.insert(key.clone(), allowed);
    }
    expectations
}

/// Counts, and what was wrong.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) asked: usize,
    pub(crate) sweeps: usize,
    /// Answers that are neither the old nor the new one.
    pub(crate) wrong: Vec<String>,
    /// SERVFAIL and the like, and no answer at all.
    pub(crate) failed: Vec<String>,
}

impl Tally {
    /// Both.
    pub(crate) fn add(&mut self, other: Self) {
        self.asked += other.asked;
        self.sweeps += other.sweeps;
        self.wrong.extend(other.wrong);
        self.failed.extend(other.failed);
    }
}

/// The servers, and what they said so far.
pub(crate) struct Prober {
    servers: Vec<(&'static str, SocketAddr)>,
    tally: Mutex<Tally>,
    expectations: BTreeMap<Key, Allowed>,
}

impl Prober {
    pub(crate) fn new(servers: Vec<(&'static str, SocketAddr)>) -> Arc<Self> {
        Arc::new(Self {
            servers,
            tally: Mutex::default(),
            expectations: expectations(),
        })
    }

    fn askers(&self) -> Vec<(&'static str, Asker)> {
        self.servers
            .iter()
            .map(|(id, address)| (*id, Asker::new(*address)))
            .collect()
    }

    /// Asks everything once.
    pub(crate) fn sweep(&self) {
        self.sweep_with(&mut self.askers());
    }

    fn sweep_with(&self, askers: &mut [(&'static str, Asker)]) {
        let mut mine = Tally::default();
        for (key, allowed) in &self.expectations {
            for (id, asker) in &mut *askers {
                mine.asked += 1;
                let answer = asker.ask(key);
                let told = || format!("{id}: {} {}: {answer:?}", key.0, key.1);
                match &answer {
                    Answer::Records { set, beyond } => {
                        let is_alias = key.1 == "A" && self.expectations.contains_key(&alias(key));
                        if !allowed.values.contains(set) || is_alias && !beyond {
                            mine.wrong.push(told());
                        }
                    }
                    Answer::NoData if allowed.no_data => {}
                    Answer::NxDomain if allowed.nx_domain => {}
                    Answer::NoData | Answer::NxDomain | Answer::Wrong(_) => mine.wrong.push(told()),
                    Answer::Failure(_) | Answer::Silent => mine.failed.push(told()),
                }
            }
        }
        let mut tally = self.tally.lock().expect("no sweep panics");
        tally.asked += mine.asked;
        tally.sweeps += 1;
        tally.wrong.append(&mut mine.wrong);
        tally.failed.append(&mut mine.failed);
    }

    /// What was counted since the last time.
    pub(crate) fn take(&self) -> Tally {
        std::mem::take(&mut *self.tally.lock().expect("no sweep panics"))
    }

    /// Sweeps in a thread of its own until the handle is dropped, with a pause between sweeps so that those who are
    /// asked can also be changed.
    pub(crate) fn keep_asking(self: &Arc<Self>, pause: Duration) -> Asking {
        let (prober, stop) = (Arc::clone(self), Arc::new(AtomicBool::new(false)));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let mut askers = prober.askers();
            while !stopped.load(Ordering::Relaxed) {
                prober.sweep_with(&mut askers);
                std::thread::park_timeout(pause);
            }
        });
        Asking {
            stop,
            thread: Some(thread),
        }
    }
}

fn alias(key: &Key) -> Key {
    (key.0.clone(), "CNAME".to_owned())
}

/// A thread that asks until this is dropped.
pub(crate) struct Asking {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}
